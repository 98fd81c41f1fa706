package projects

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
	"galley/store"
)

// looked is what the event of that name says.
type looked struct {
	ProjectID int64  `json:"project_id"`
	ItemID    *int64 `json:"item_id"` // nil: the project with all its items
}

// Looked notes that the actor has seen the target as it is now; a project is seen with its items. Emits project.looked to
// themselves. NotFound to a stranger.
func (s *Service) Looked(ctx context.Context, a access.Actor, t Target) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := requireTarget(tx, a, t); err != nil {
			return err
		}
		table, column, id := t.table()
		err := tx.Exec(`INSERT INTO `+table+` (`+column+`, user_id, looked_at, looked_comment)
			VALUES (@id, @me, @now, (SELECT coalesce(max(id), 0) FROM comments WHERE `+column+` = @id))
			ON CONFLICT DO UPDATE SET looked_at = excluded.looked_at, looked_comment = excluded.looked_comment`,
			map[string]any{"id": id, "me": a.UserID, "now": store.Now(tx)}).Error
		if err != nil {
			return store.Fault(err, "watch")
		}
		c := events.Change{Topic: events.User(a.UserID), Type: events.ProjectLooked, Subject: fmt.Sprint("users/", a.UserID, "/looked"), Actor: a}
		return events.Append(tx, c, looked(t))
	})
}
