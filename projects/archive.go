package projects

import (
	"context"

	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/errs"
	"galley/events"
	"galley/notifications"
	"galley/store"
)

// setArchived puts the project away, or takes it out again in the state that it had. Nobody's edits go to an archived one.
func setArchived(tx *gorm.DB, a access.Actor, p Project, archived bool) error {
	switch {
	case archived == (p.State == Archived):
		return nil
	case !archived:
		if err := tx.Exec(`UPDATE projects SET state = archived_from, archived_from = '' WHERE id = ?`, p.ID).Error; err != nil {
			return store.Fault(err, "project")
		}
		return Record(tx, a, Entry{ProjectID: p.ID, Act: ActUnarchived})
	}
	if err := refuseWhile(p.State); err != nil {
		return err
	}
	if err := tx.Exec(`UPDATE projects SET archived_from = state, state = ? WHERE id = ?`, Archived, p.ID).Error; err != nil {
		return store.Fault(err, "project")
	}
	if err := Record(tx, a, Entry{ProjectID: p.ID, Act: ActArchived}); err != nil {
		return err
	}
	return deactivate(tx, a, p.ID)
}

// Delete removes the project with its talk and its reports, based on the given revision; the versions in it stay, held by
// no project. Conflict while it is on its way out. Emits project.deleted.
func (s *Service) Delete(ctx context.Context, a access.Actor, id, revision int64) error {
	return s.db.WriteAlone(ctx, func(tx *gorm.DB) error {
		p, err := Require(tx, a, id, access.DeleteProject)
		if err != nil {
			return err
		}
		if p.Revision != revision {
			v, err := viewFor(tx, a, id)
			if err != nil {
				return err
			}
			return &errs.Error{Code: errs.Stale, Message: "The project changed in the meantime. Look again before you delete it.", Current: v}
		}
		if err := refuseWhile(p.State); err != nil && p.State != Archived {
			return err
		}
		return remove(tx, a, p)
	})
}

// remove deletes the project once everybody who knows of it has been told.
func remove(tx *gorm.DB, a access.Actor, p Project) error {
	topics, err := knowing(tx, p)
	if err != nil {
		return err
	}
	if err := forget(tx, topics...); err != nil {
		return err
	}
	if err := deactivateAll(tx, a, p.ID); err != nil {
		return err
	}
	if err := notifications.Orphan(tx, p.ID); err != nil {
		return err
	}
	if err := freeAll(tx, a, p.ID); err != nil {
		return err
	}
	if err := tx.Where("id = ?", p.ID).Delete(&Project{}).Error; err != nil {
		return store.Fault(err, "project")
	}
	if err := audit.Add(tx, a, audit.ProjectDeleted, subject(p.ID), audit.Detail{Name: p.Name}); err != nil {
		return err
	}
	here := events.Change{Topic: events.Project(p.ID), Type: events.ProjectDeleted, Subject: subject(p.ID), Actor: a}
	if err := events.Append(tx, here, gone{p.ID}); err != nil { // no recheck: who followed it may hear how it ended
		return err
	}
	return tellGone(tx, a, p.ID, topics...)
}

// knowing are the topics, but its own, on which the project has been spoken of.
func knowing(tx *gorm.DB, p Project) ([]string, error) {
	var people []int64
	err := tx.Raw(`SELECT u.id FROM users u WHERE
		@members AND (u.role = 'admin' AND NOT u.disabled OR EXISTS (SELECT 1 FROM members m WHERE m.project_id = @project AND m.user_id = u.id))
		OR `+toldOf+` ORDER BY u.id`, map[string]any{"members": p.Visibility == Members, "project": p.ID, "subject": subject(p.ID)}).Scan(&people).Error
	var topics []string
	if p.Visibility == Everyone {
		topics = append(topics, events.Projects)
	}
	for _, person := range people {
		topics = append(topics, events.User(person))
	}
	return topics, store.Fault(err, "person")
}

// freeAll emits version.freed for everything that the project holds.
func freeAll(tx *gorm.DB, a access.Actor, projectID int64) error {
	items, err := manyItems(tx, `WHERE i.project_id = ? ORDER BY i.position`, projectID)
	if err != nil {
		return err
	}
	for _, it := range items {
		if err := tellHolding(tx, a, events.VersionFreed, it); err != nil {
			return err
		}
	}
	return nil
}
