package projects

import (
	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/events"
	"galley/store"
	"galley/users"
)

// setVisibility makes the project everybody's or its members' alone. Whoever loses it hears that it is gone before anything
// else, and nothing of it from then on.
func setVisibility(tx *gorm.DB, a access.Actor, p Project, visibility string) error {
	if visibility == p.Visibility {
		return nil
	}
	if err := tx.Model(&Project{}).Where("id = ?", p.ID).Update("visibility", visibility).Error; err != nil {
		return store.Fault(err, "project")
	}
	err := audit.Add(tx, a, audit.VisibilityChanged, subject(p.ID), audit.Detail{
		Name: p.Name, Changes: []audit.Change{{Field: "visibility", Before: p.Visibility, After: visibility}},
	})
	if err != nil {
		return err
	}
	rightsChanged(tx, a, p.ID)
	held, err := manyItems(tx, `WHERE i.project_id = ? AND i.action = 'publish' ORDER BY i.id`, p.ID)
	if err != nil {
		return err
	}
	if visibility == Everyone {
		if err := Record(tx, a, Entry{ProjectID: p.ID, Act: ActOpened}); err != nil {
			return err
		}
		return tellHeld(tx, a, held)
	}
	return closeDoor(tx, a, p.ID, held)
}

// closeDoor lets the topics of those who lose the project forget what they said of it and of what it holds, and says so.
func closeDoor(tx *gorm.DB, a access.Actor, projectID int64, held []Item) error {
	if err := Record(tx, a, Entry{ProjectID: projectID, Act: ActHidden}); err != nil {
		return err
	}
	losers, err := losers(tx, projectID)
	if err != nil {
		return err
	}
	topics := []string{events.Projects}
	for _, person := range losers {
		topics = append(topics, events.User(person))
	}
	if err := forget(tx, topics...); err != nil {
		return err
	}
	contents := make([]int64, len(held))
	for i, it := range held {
		contents[i] = it.ContentID
	}
	if err := ForgetContent(tx, projectID, contents...); err != nil {
		return err
	}
	if err := tellGone(tx, a, projectID, topics...); err != nil {
		return err
	}
	if err := tellHeld(tx, a, held); err != nil {
		return err
	}
	return deactivate(tx, a, projectID)
}

// tellHeld lets everybody who looks at all content look again at what the project holds: it came into sight, or went.
func tellHeld(tx *gorm.DB, a access.Actor, held []Item) error {
	for _, it := range held {
		if err := tellHolding(tx, a, events.VersionHeld, it); err != nil {
			return err
		}
	}
	return nil
}

// losers are the people who may not open the project, but whose own topic has spoken of it.
func losers(tx *gorm.DB, projectID int64) ([]int64, error) {
	var out []int64
	err := tx.Raw(`SELECT u.id FROM users u WHERE NOT `+opens+` AND `+toldOf+` ORDER BY u.id`,
		map[string]any{"project": projectID, "subject": subject(projectID)}).Scan(&out).Error
	return out, store.Fault(err, "person")
}

// toldOf is the condition under which the own topic of a person u has spoken of the project @project, named @subject.
const toldOf = `(EXISTS (SELECT 1 FROM notifications n WHERE n.project_id = @project AND n.user_id = u.id)
	OR EXISTS (SELECT 1 FROM events e WHERE e.topic = 'user:' || u.id AND e.subject = @subject))`

// deactivate takes the project from everybody whose edits go there and who may no longer edit in it.
func deactivate(tx *gorm.DB, a access.Actor, projectID int64) error {
	return deactivateWhere(tx, a, projectID, func(who access.Actor) bool {
		p, err := Require(tx, who, projectID, access.EditContent)
		return err != nil || refuseWhile(p.State) != nil
	})
}

func deactivateAll(tx *gorm.DB, a access.Actor, projectID int64) error {
	return deactivateWhere(tx, a, projectID, func(access.Actor) bool { return true })
}

func deactivateWhere(tx *gorm.DB, a access.Actor, projectID int64, loses func(access.Actor) bool) error {
	var active []struct {
		ID   int64
		Role string
	}
	if err := tx.Raw(`SELECT id, role FROM users WHERE active_project_id = ? ORDER BY id`, projectID).Scan(&active).Error; err != nil {
		return store.Fault(err, "person")
	}
	for _, person := range active {
		role, _ := access.ParseRole(person.Role)
		if !loses(access.Actor{UserID: person.ID, Role: role}) {
			continue
		}
		if err := users.ClearActiveProject(tx, a, person.ID); err != nil {
			return err
		}
	}
	return nil
}
