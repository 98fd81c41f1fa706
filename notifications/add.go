package notifications

import (
	"database/sql"
	"fmt"

	"gorm.io/gorm"

	"galley/events"
	"galley/store"
)

// Add puts the note into each recipient's inbox, once, and tells their browsers. Plain SQL: a busy comment thread passes
// here for everybody in it.
func Add(tx *gorm.DB, n Note, recipients ...int64) error {
	if len(recipients) == 0 {
		return nil
	}
	base := Notification{
		Kind: n.Kind, ProjectID: &n.ProjectID, ItemID: n.ItemID, CommentID: n.CommentID,
		Text: excerpt(n.Text), Reason: n.Reason, Count: max(n.Count, 1), CreatedAt: store.Now(tx),
	}
	actor := sql.NullInt64{Int64: n.Actor.UserID, Valid: n.Actor.UserID != 0}
	if actor.Valid {
		p := n.Actor.Person()
		base.Actor = &p
	}
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT p.name, v.title FROM projects p
		LEFT JOIN project_items i ON i.id = ? LEFT JOIN versions v ON v.id = i.version_id WHERE p.id = ?`, n.ItemID, n.ProjectID)
	if err := row.Scan(&base.ProjectName, &base.ItemTitle); err != nil {
		return store.Fault(err, "project")
	}
	told := map[int64]bool{}
	for _, user := range recipients {
		if told[user] {
			continue
		}
		told[user] = true
		entry := base
		id, err := store.Insert(tx, `INSERT INTO notifications (user_id, kind, project_id, item_id, comment_id, actor_id, text, reason, count, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			user, entry.Kind, entry.ProjectID, entry.ItemID, entry.CommentID, actor, entry.Text, entry.Reason, entry.Count, entry.CreatedAt)
		if err != nil {
			return store.Fault(err, "notification")
		}
		entry.ID = id
		change := events.Change{Topic: events.User(user), Type: events.NotificationNew, Subject: fmt.Sprint("notifications/", entry.ID), Actor: n.Actor}
		if err := events.Append(tx, change, entry); err != nil {
			return err
		}
	}
	return nil
}

// Orphan takes the words out of all entries about a project that is about to go; stubs are left.
func Orphan(tx *gorm.DB, projectID int64) error {
	err := tx.Exec(`UPDATE notifications SET project_id = NULL, item_id = NULL, comment_id = NULL, actor_id = NULL, text = '', reason = '' WHERE project_id = ?`, projectID).Error
	return store.Fault(err, "notification")
}

// MoveItem lets the entries about an item belong to another project, and tells whose they are.
func MoveItem(tx *gorm.DB, itemID, projectID int64) (people []int64, err error) {
	err = tx.Raw(`SELECT DISTINCT user_id FROM notifications WHERE item_id = ? ORDER BY user_id`, itemID).Scan(&people).Error
	if err == nil && len(people) > 0 {
		err = tx.Exec(`UPDATE notifications SET project_id = ? WHERE item_id = ?`, projectID, itemID).Error
	}
	return people, store.Fault(err, "notification")
}

// excerpt is the beginning of a text, cut between characters.
func excerpt(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxText {
			return text[:i] + "…"
		}
	}
	return text
}
