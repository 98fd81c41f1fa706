package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"

	"galley/migrations"
	"galley/store"
)

// before is a little of everything in a database of the first issue's schema.
const before = `
INSERT INTO users (id, name, handle, email, role, password_hash, created_at) VALUES (1, 'Anna', 'anna', 'a@merrow.example', 'editor', 'x', '2026-03-10');
INSERT INTO projects (id, name, description, owner_id, client_key, created_at, updated_at) VALUES (7, 'Coast Pass', '', 1, 'k', '2026-03-10', '2026-03-10');
UPDATE users SET active_project_id = 7;
INSERT INTO content_items (id, type, created_by, created_at) VALUES (20, 'page', 1, '2026-03-10'), (21, 'page', 1, '2026-03-10');
INSERT INTO versions (id, content_id, language, number, state, title, slug, fields, created_by, saved_by, created_at, saved_at)
  VALUES (30, 20, 'en', 1, 'draft', 'Fares', 'fares', '{}', 1, 1, '2026-03-10', '2026-03-10');
INSERT INTO project_items (id, project_id, content_id, language, version_id, position, added_by, created_at) VALUES
  (40, 7, 20, 'en', 30, 1, 1, '2026-03-10');
UPDATE sqlite_sequence SET seq = 44 WHERE name = 'project_items'; -- 41 to 44 were here once
INSERT INTO comments (id, project_id, item_id, field, quote, body, html, author_id, created_at) VALUES (50, 7, 40, '', '', 'Hm', 'Hm', 1, '2026-03-10');
INSERT INTO notifications (id, user_id, kind, project_id, item_id, comment_id, text, reason, created_at) VALUES (60, 1, 'mentioned', 7, 40, 50, 'Hm', '', '2026-03-10');
INSERT INTO events (topic, type, subject, data, created_at) VALUES ('project:7', 'comment.added', 'comments/50', '{}', '2026-03-10');`

// A database that an earlier binary has filled keeps all that is in it.
func TestUpgrade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "galley.db")
	pool, err := sql.Open("sqlite3", "file:"+file+"?_foreign_keys=1")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, pool, migrations.SQLite())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(before); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := store.OpenSQLite(file, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		`SELECT count(*) FROM pragma_foreign_key_check`:                               "0",
		`SELECT integrity_check FROM pragma_integrity_check`:                          "ok",
		`SELECT owner_id || created_by || client_key FROM projects WHERE id = 7`:      "11k",
		`SELECT active_project_id FROM users`:                                         "7",
		`SELECT role FROM members WHERE project_id = 7 AND user_id = 1`:               "owner",
		`SELECT count(*) FROM content_items WHERE position > 0`:                       "2",
		`SELECT count(DISTINCT position) FROM content_items`:                          "2",
		`SELECT version_id || ' ' || (position > 1) FROM project_items WHERE id = 40`: "30 1",
		`SELECT item_id FROM comments WHERE id = 50`:                                  "40",
		`SELECT project_id || ' ' || item_id || ' ' || comment_id FROM notifications`: "7 40 50",
		`SELECT seq FROM sqlite_sequence WHERE name = 'project_items'`:                "44",
		`SELECT count(*) FROM sqlite_sequence WHERE name LIKE '%anew'`:                "0",
		`SELECT count(*) FROM sqlite_master WHERE sql LIKE '%_anew%'`:                 "0",
		`SELECT count(*) FROM events`:                                                 "1",
	} {
		err := db.Read(t.Context(), func(tx *gorm.DB) error {
			var got string
			if err := tx.Raw(query).Row().Scan(&got); err != nil {
				t.Errorf("%s: %v", query, err)
			} else if got != want {
				t.Errorf("%s: got %s, want %s", query, got, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err = db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO members (project_id, user_id, role) VALUES (999, 1, 'editor')`).Error
	})
	if err == nil {
		t.Error("the writer does not look after references any more")
	}
}
