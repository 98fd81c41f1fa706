package storetest

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/store"
)

// Person adds somebody with the role and no password, and returns them as an actor.
func Person(t testing.TB, db *store.DB, name string, role access.Role) access.Actor {
	t.Helper()
	first, _, _ := strings.Cut(strings.ToLower(name), " ")
	a := access.Actor{Name: name, Handle: first, Role: role}
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Raw(`INSERT INTO users (name, handle, email, role, password_hash, created_at) VALUES (?, ?, ?, ?, '', ?) RETURNING id`,
			name, first, first+"@merrowcoast.example", role.String(), store.Now(tx)).Scan(&a.UserID).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Exec runs one statement as an action of its own, for rows that no service makes yet.
func Exec(t testing.TB, db *store.DB, query string, args ...any) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *gorm.DB) error { return tx.Exec(query, args...).Error }); err != nil {
		t.Fatal(err)
	}
}

// Item adds a content item with one draft to the project and returns the project item's id.
func Item(t testing.TB, db *store.DB, projectID int64, by access.Actor, title string) (itemID int64) {
	t.Helper()
	now := time.Now().UTC()
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		var content, version int64
		if err := tx.Raw(`INSERT INTO content_items (type, created_by, created_at) VALUES ('page', ?, ?) RETURNING id`, by.UserID, now).Scan(&content).Error; err != nil {
			return err
		}
		if err := tx.Raw(`INSERT INTO versions (content_id, number, language, state, slug, title, fields, created_by, saved_by, saved_at, created_at)
			VALUES (?, 1, 'en', 'draft', '', ?, '{}', ?, ?, ?, ?) RETURNING id`, content, title, by.UserID, by.UserID, now, now).Scan(&version).Error; err != nil {
			return err
		}
		return tx.Raw(`INSERT INTO project_items (project_id, content_id, language, version_id, position, added_by, created_at)
			VALUES (?, ?, 'en', ?, ?, ?, ?) RETURNING id`, projectID, content, version, content, by.UserID, now).Scan(&itemID).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return itemID
}

// Events are the types of the events written since the position, each with its topic: "comment.added project:7".
func Events(t testing.TB, db *store.DB, since int64) []string {
	t.Helper()
	out := []string{}
	err := db.Read(t.Context(), func(tx *gorm.DB) error {
		return tx.Raw(`SELECT type || ' ' || topic FROM events WHERE id > ? ORDER BY id`, since).Scan(&out).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// LastEvent is the id of the newest event, 0 where there is none.
func LastEvent(t testing.TB, db *store.DB) int64 {
	t.Helper()
	var id int64
	err := db.Read(t.Context(), func(tx *gorm.DB) error { return tx.Raw(`SELECT coalesce(max(id), 0) FROM events`).Scan(&id).Error })
	if err != nil {
		t.Fatal(err)
	}
	return id
}
