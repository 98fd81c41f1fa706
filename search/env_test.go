package search_test

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/content"
	"galley/projects"
	"galley/search"
	"galley/store"
	"galley/store/storetest"
	"galley/words"
)

// env is a newsroom with a project of Anna's and a members-only one of Maren's, to which Tomas is a stranger.
type env struct {
	*search.Service
	db                       *store.DB
	content                  *content.Service
	projects                 *projects.Service
	maren, anna, tomas, ilse access.Actor
	launch, secret           int64
}

func newEnv(t testing.TB) env {
	t.Helper()
	db := storetest.Open(t)
	pages, err := content.New(db)
	if err != nil {
		t.Fatal(err)
	}
	e := env{
		Service: search.New(db), db: db, content: pages, projects: projects.New(db),
		maren: storetest.Person(t, db, "Maren Oduya", access.Admin),
		anna:  storetest.Person(t, db, "Anna Vale", access.Editor),
		tomas: storetest.Person(t, db, "Tomas Brekke", access.Editor),
		ilse:  storetest.Person(t, db, "Ilse Kortwijk", access.Reviewer),
	}
	e.launch, e.secret = e.project(t, e.anna, "Coast Pass launch"), e.project(t, e.maren, "Merger with the ferries")
	storetest.Exec(t, db, `UPDATE projects SET visibility = 'members' WHERE id = ?`, e.secret)
	storetest.Exec(t, db, `INSERT INTO members (project_id, user_id, role) VALUES (?, ?, 'editor')`, e.secret, e.anna.UserID)
	return e
}

func (e env) project(t testing.TB, owner access.Actor, name string) int64 {
	t.Helper()
	v, _, err := e.projects.Create(t.Context(), owner, projects.Draft{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

// insert adds a page by hand, as the service would, in the members-only project where it is hidden.
func (e env) insert(tx *gorm.DB, id int64, title string, hidden bool) error {
	now := time.Now().UTC()
	for _, row := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO content_items (id, type, position, created_by, created_at) VALUES (?, 'page', ?, 1, ?)`, []any{id, id, now}},
		{`INSERT INTO versions (id, content_id, number, language, state, slug, title, fields, created_by, saved_by, saved_at, created_at)
			VALUES (?, ?, 1, 'en', 'draft', ?, ?, '{}', 1, 1, ?, ?)`, []any{id, id, strings.Join(words.Split(title), "-"), title, now, now}},
		{`INSERT INTO content_words (docid, title, slug) VALUES (?, ?, '')`, []any{id, strings.Join(words.Split(title), " ")}},
	} {
		if err := tx.Exec(row.query, row.args...).Error; err != nil {
			return err
		}
	}
	if hidden {
		return tx.Exec(`INSERT INTO project_items (project_id, content_id, language, version_id, position, added_by, created_at) VALUES (?, ?, 'en', ?, ?, 1, ?)`,
			e.secret, id, id, id, now).Error
	}
	return nil
}
