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
	if visibility == Everyone {
		return Record(tx, a, Entry{ProjectID: p.ID, Act: ActOpened})
	}
	if err := Record(tx, a, Entry{ProjectID: p.ID, Act: ActHidden}); err != nil {
		return err
	}
	losers, err := losers(tx, p.ID)
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
	if err := tellGone(tx, a, p.ID, topics...); err != nil {
		return err
	}
	return deactivate(tx, a, p.ID)
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
