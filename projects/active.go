package projects

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"galley/access"
	"galley/store"
	"galley/users"
)

// ActiveProject is the project that the person's edits go to, nil for none.
func ActiveProject(tx *gorm.DB, userID int64) (*int64, error) {
	var id *int64
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT active_project_id FROM users WHERE id = ?`, userID)
	err := noRows(row.Scan(&id))
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil // the system edits too, and has no active project
	}
	return id, store.Fault(err, "person")
}

// Activate makes the project the one that the actor's edits go to, or none for nil, emits person.changed and answers the
// session as it then is. It must be a project whose content the actor may edit.
func (s *Service) Activate(ctx context.Context, a access.Actor, projectID *int64) (users.Session, error) {
	var session users.Session
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		if projectID != nil {
			p, err := Require(tx, a, *projectID, access.EditContent)
			if err != nil {
				return err
			}
			if why := refuseWhile(p.State); why != nil {
				return why
			}
		}
		if err := users.SetActiveProject(tx, a, projectID); err != nil {
			return err
		}
		var err error
		session, err = users.SessionOf(tx, a)
		return err
	})
	return session, err
}
