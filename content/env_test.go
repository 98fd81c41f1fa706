package content_test

import (
	"fmt"
	"slices"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/projects"
	"galley/store"
	"galley/store/storetest"
)

// env is a newsroom with two open projects of Anna's and a members-only one of Maren's, to which Tomas is a stranger and
// Anna an editor. Nobody has an active project.
type env struct {
	*content.Service
	db                       *store.DB
	projects                 *projects.Service
	maren, anna, tomas, ilse access.Actor
	launch, bus, secret      int64
}

func newEnv(t *testing.T) env {
	t.Helper()
	db := storetest.Open(t)
	s, err := content.New(db)
	if err != nil {
		t.Fatal(err)
	}
	e := env{
		Service: s, db: db, projects: projects.New(db),
		maren: storetest.Person(t, db, "Maren Oduya", access.Admin),
		anna:  storetest.Person(t, db, "Anna Vale", access.Editor),
		tomas: storetest.Person(t, db, "Tomas Brekke", access.Editor),
		ilse:  storetest.Person(t, db, "Ilse Kortwijk", access.Reviewer),
	}
	e.launch, e.bus, e.secret = e.project(t, e.anna, "Coast Pass launch"), e.project(t, e.anna, "Night bus"), e.project(t, e.maren, "Secret")
	storetest.Exec(t, db, `UPDATE projects SET visibility = 'members' WHERE id = ?`, e.secret)
	storetest.Exec(t, db, `INSERT INTO members (project_id, user_id, role) VALUES (?, ?, 'editor')`, e.secret, e.anna.UserID)
	return e
}

func (e env) project(t *testing.T, owner access.Actor, name string) int64 {
	t.Helper()
	v, _, err := e.projects.Create(t.Context(), owner, projects.Draft{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

// in makes the project the one that the person's edits go to, 0 none.
func (e env) in(t *testing.T, a access.Actor, project int64) {
	t.Helper()
	active := &project
	if project == 0 {
		active = nil
	}
	if _, err := e.projects.Activate(t.Context(), a, active); err != nil {
		t.Fatal(err)
	}
}

// page makes a page that could go out, in the person's active project.
func (e env) page(t *testing.T, a access.Actor, title string) content.View {
	t.Helper()
	return must(t)(e.Create(t.Context(), a, content.NewItem{Type: "page", Language: "en", Fields: values(title)}))
}

// pageIn is page in the project, which is not the active one afterwards.
func (e env) pageIn(t *testing.T, a access.Actor, project int64, title string) content.View {
	t.Helper()
	e.in(t, a, project)
	defer e.in(t, a, 0)
	return e.page(t, a, title)
}

func values(title string) content.Values {
	return content.Values{"title": title, "summary": "All about it.", "body": "# " + title}
}

// goLive makes the version what the public sees.
func (e env) goLive(t *testing.T, v content.View) (previous *int64) {
	t.Helper()
	previous, err := e.tryGoLive(t, v)
	if err != nil {
		t.Fatal(err)
	}
	return previous
}

func (e env) tryGoLive(t *testing.T, v content.View) (previous *int64, err error) {
	err = e.db.Write(t.Context(), func(tx *gorm.DB) error {
		out := content.Outgoing{ContentID: v.ID, Language: v.Language, Slug: v.Slug, ParentID: v.ParentID}
		if err := tx.Raw(`SELECT id FROM versions WHERE content_id = ? AND number = ?`, v.ID, v.Version.Number).Scan(&out.VersionID).Error; err != nil {
			return err
		}
		var err error
		previous, err = content.GoLive(tx, e.maren, out)
		return err
	})
	return previous, err
}

func (e env) get(t *testing.T, a access.Actor, id, number int64) content.View {
	t.Helper()
	v, err := e.Get(t.Context(), a, id, "en", number)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (e env) save(t *testing.T, a access.Actor, v content.View, title string) content.View {
	t.Helper()
	saved, err := e.Save(t.Context(), a, v.ID, v.Version.Number, v.Version.Revision, content.Save{Slug: &v.Slug, Fields: values(title)})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func (e env) ready(t *testing.T, a access.Actor, v content.View) content.View {
	t.Helper()
	v, err := e.SetReady(t.Context(), a, v.ID, v.Version.Number)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// must takes the answer of an act that creates: it has to succeed, and not as a repeat.
func must(t *testing.T) func(content.View, bool, error) content.View {
	return func(v content.View, created bool, err error) content.View {
		t.Helper()
		if err != nil || !created {
			t.Fatalf("created %v, %v", created, err)
		}
		return v
	}
}

// rows reads texts from the database.
func (e env) rows(t *testing.T, query string, args ...any) []string {
	t.Helper()
	out := []string{}
	if err := e.db.Read(t.Context(), func(tx *gorm.DB) error { return tx.Raw(query, args...).Scan(&out).Error }); err != nil {
		t.Fatal(err)
	}
	return out
}

// versions are all of an item, as number, state and base.
func (e env) versions(t *testing.T, id int64) []string {
	t.Helper()
	return e.rows(t, `SELECT number || ' ' || state || ' on ' || coalesce(base, 'nothing') FROM versions WHERE content_id = ? ORDER BY number`, id)
}

// events are those since the position, each as type and topic.
func (e env) events(t *testing.T, since int64, want ...string) {
	t.Helper()
	same(t, "events", storetest.Events(t, e.db, since), want)
}

func topic(project int64) string { return fmt.Sprint("project:", project) }

func wantCode(t *testing.T, err error, want errs.Code) {
	t.Helper()
	if got := errs.CodeOf(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func ptr[T any](v T) *T { return &v }
