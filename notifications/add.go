package notifications

import (
	"database/sql"
	"errors"
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
		Kind: n.Kind, ProjectID: n.ProjectID, ProjectName: n.ProjectName, ItemID: n.ItemID, CommentID: n.CommentID,
		Text: excerpt(n.Text), Reason: n.Reason, Count: max(n.Count, 1), CreatedAt: store.Now(tx),
	}
	actor := sql.NullInt64{Int64: n.Actor.UserID, Valid: n.Actor.UserID != 0}
	if actor.Valid {
		p := n.Actor.Person()
		base.Actor = &p
	}
	if n.ItemID != nil {
		row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT v.title FROM project_items i JOIN versions v ON v.id = i.version_id WHERE i.id = ?`, *n.ItemID)
		err := row.Scan(&base.ItemTitle)
		if errors.Is(err, sql.ErrNoRows) {
			base.ItemID = nil // it was taken out of the project
		} else if err != nil {
			return store.Fault(err, "item")
		}
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
