package projects_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/projects"
	"galley/store"
	"galley/store/storetest"
)

type env struct {
	*projects.Service
	db                       *store.DB
	maren, anna, tomas, ilse access.Actor
}

func newEnv(t *testing.T) env {
	t.Helper()
	db := storetest.Open(t)
	return env{
		Service: projects.New(db), db: db,
		maren: storetest.Person(t, db, "Maren Oduya", access.Admin),
		anna:  storetest.Person(t, db, "Anna Vale", access.Editor),
		tomas: storetest.Person(t, db, "Tomas Brekke", access.Editor),
		ilse:  storetest.Person(t, db, "Ilse Kortwijk", access.Reviewer),
	}
}

func (e env) create(t *testing.T, a access.Actor, name string) projects.View {
	t.Helper()
	v, _, err := e.Create(t.Context(), a, projects.Draft{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// hide makes the project members-only, with its owner as the only member.
func (e env) hide(t *testing.T, id int64) {
	t.Helper()
	o, err := e.Overview(t.Context(), e.maren, id)
	if err != nil {
		t.Fatal(err)
	}
	visibility := projects.Members
	if _, err := e.Edit(t.Context(), e.maren, id, o.Revision, projects.Edit{Visibility: &visibility}); err != nil {
		t.Fatal(err)
	}
}

func (e env) member(t *testing.T, id int64, who access.Actor, role string) {
	t.Helper()
	if _, err := e.SetMember(t.Context(), e.maren, id, who.UserID, projects.Membership{Role: role}); err != nil {
		t.Fatal(err)
	}
}

func (e env) names(t *testing.T, a access.Actor, f projects.Filter) []string {
	t.Helper()
	f.Limit = 50
	page, err := e.List(t.Context(), a, f)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, v := range page.Rows {
		out = append(out, v.Name)
	}
	return out
}

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

func TestCreate(t *testing.T) {
	e := newEnv(t)
	before := storetest.LastEvent(t, e.db)
	day := "2026-03-24"
	v, created, err := e.Create(t.Context(), e.anna, projects.Draft{Name: "  Coast Pass launch ", Description: "Everything.", DueOn: &day})
	if err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
	if v.Name != "Coast Pass launch" || v.Owner.ID != e.anna.UserID || v.State != projects.Active || *v.DueOn != day || !v.May["delete_any_comment"].Allowed {
		t.Errorf("got %+v", v)
	}
	same(t, "events", storetest.Events(t, e.db, before), []string{"project.created projects"})
	o, err := e.Overview(t.Context(), e.ilse, v.ID)
	if err != nil || o.Name != v.Name || len(o.Members) != 1 || o.Members[0].Role != "owner" {
		t.Errorf("overview: got %+v, %v", o, err)
	}
	acts, err := e.Activity(t.Context(), e.ilse, v.ID, 0, 10)
	if err != nil || len(acts.Rows) != 1 || acts.Rows[0].Act != projects.ActCreated || acts.Rows[0].Actor.ID != e.anna.UserID {
		t.Errorf("activity: got %+v, %v", acts.Rows, err)
	}
	if o.May["edit"].Allowed || o.May["edit"].Reason == "" || !o.May["comment"].Allowed {
		t.Errorf("a reviewer may %+v", o.May)
	}
}

func TestCreateRefuses(t *testing.T) {
	e := newEnv(t)
	before := storetest.LastEvent(t, e.db)
	day := "2026-02-31"
	for name, row := range map[string]struct {
		as    access.Actor
		draft projects.Draft
		want  errs.Code
	}{
		"no name":         {e.anna, projects.Draft{Name: "  "}, errs.Invalid},
		"long name":       {e.anna, projects.Draft{Name: strings.Repeat("ü", 121)}, errs.Invalid},
		"no such day":     {e.anna, projects.Draft{Name: "x", DueOn: &day}, errs.Invalid},
		"a reviewer":      {e.ilse, projects.Draft{Name: "x"}, errs.Forbidden},
		"long decription": {e.anna, projects.Draft{Name: "x", Description: strings.Repeat("x", 2001)}, errs.Invalid},
	} {
		_, _, err := e.Create(t.Context(), row.as, row.draft)
		t.Log(name)
		wantCode(t, err, row.want)
	}
	same(t, "events", storetest.Events(t, e.db, before), []string{})
	same(t, "projects", e.names(t, e.maren, projects.Filter{}), []string{})
}

func TestCreateTwiceWithOneKey(t *testing.T) {
	e := newEnv(t)
	d := projects.Draft{Name: "Once", Key: store.NewClientKey("k", []byte("Once"))}
	first, _, err := e.Create(t.Context(), e.anna, d)
	if err != nil {
		t.Fatal(err)
	}
	before := storetest.LastEvent(t, e.db)
	again, created, err := e.Create(t.Context(), e.anna, d)
	if err != nil || created || again.ID != first.ID {
		t.Errorf("got %d (created %v, %v), want %d again", again.ID, created, err, first.ID)
	}
	_, _, err = e.Create(t.Context(), e.anna, projects.Draft{Name: "Twice", Key: store.NewClientKey("k", []byte("Twice"))})
	wantCode(t, err, errs.Invalid)
	same(t, "events", storetest.Events(t, e.db, before), []string{})
}

func TestEdit(t *testing.T) {
	e := newEnv(t)
	v := e.create(t, e.anna, "Before")
	before := storetest.LastEvent(t, e.db)
	name, day := "After", "2026-12-24"
	v, err := e.Edit(t.Context(), e.tomas, v.ID, v.Revision, projects.Edit{Name: &name, DueOn: &day})
	if err != nil || v.Name != name || *v.DueOn != day || v.Revision != 2 {
		t.Fatalf("got %+v, %v", v, err)
	}
	none := ""
	v, err = e.Edit(t.Context(), e.tomas, v.ID, v.Revision, projects.Edit{DueOn: &none})
	if err != nil || v.DueOn != nil || v.Name != name {
		t.Fatalf("got %+v, %v", v, err)
	}
	project := fmt.Sprintf("project.changed project:%d", v.ID)
	same(t, "events", storetest.Events(t, e.db, before), []string{project, "project.changed projects", project, "project.changed projects"})

	_, err = e.Edit(t.Context(), e.anna, v.ID, 1, projects.Edit{Name: &name})
	wantCode(t, err, errs.Stale)
	_, err = e.Edit(t.Context(), e.ilse, v.ID, v.Revision, projects.Edit{Name: &name})
	wantCode(t, err, errs.Forbidden)
	_, err = e.Edit(t.Context(), e.anna, 999, 1, projects.Edit{Name: &name})
	wantCode(t, err, errs.NotFound)
	_, err = e.Edit(t.Context(), e.anna, v.ID, v.Revision, projects.Edit{Name: &none})
	wantCode(t, err, errs.Invalid)
}

func TestListFilters(t *testing.T) {
	e := newEnv(t)
	e.create(t, e.anna, "Coast Pass launch")
	done := e.create(t, e.tomas, "100% done_")
	storetest.Exec(t, e.db, `UPDATE projects SET state = 'published' WHERE id = ?`, done.ID)
	e.hide(t, e.create(t, e.anna, "Secret").ID)
	for name, row := range map[string]struct {
		as   access.Actor
		f    projects.Filter
		want []string
	}{
		"all, to the owner":         {e.anna, projects.Filter{}, []string{"Secret", "100% done_", "Coast Pass launch"}},
		"all, to a stranger":        {e.tomas, projects.Filter{}, []string{"100% done_", "Coast Pass launch"}},
		"all, to an admin":          {e.maren, projects.Filter{}, []string{"Secret", "100% done_", "Coast Pass launch"}},
		"open":                      {e.tomas, projects.Filter{State: projects.Open}, []string{"Coast Pass launch"}},
		"published":                 {e.tomas, projects.Filter{State: projects.Published}, []string{"100% done_"}},
		"mine":                      {e.tomas, projects.Filter{Mine: true}, []string{"100% done_"}},
		"by name":                   {e.tomas, projects.Filter{Query: "pass"}, []string{"Coast Pass launch"}},
		"by owner":                  {e.tomas, projects.Filter{Query: "brekke"}, []string{"100% done_"}},
		"wildcards are plain signs": {e.tomas, projects.Filter{Query: "0%"}, []string{"100% done_"}},
		"an underscore too":         {e.tomas, projects.Filter{Query: "t_P"}, []string{}},
		"a stranger's search":       {e.tomas, projects.Filter{Query: "secret"}, []string{}},
	} {
		same(t, name, e.names(t, row.as, row.f), row.want)
	}
	page, err := e.List(t.Context(), e.tomas, projects.Filter{Limit: 1})
	if err != nil || page.Tabs != (projects.Tabs{Open: 1, Mine: 1, Published: 1}) {
		t.Errorf("got tabs %+v, %v", page.Tabs, err)
	}
}

func TestStrangersFindNothing(t *testing.T) {
	e := newEnv(t)
	secret := e.create(t, e.anna, "Secret")
	item := storetest.Item(t, e.db, secret.ID, e.anna, "Secret page")
	e.hide(t, secret.ID)
	name := "x"
	for what, act := range map[string]func(a access.Actor) error{
		"overview": func(a access.Actor) error { _, err := e.Overview(t.Context(), a, secret.ID); return err },
		"edit": func(a access.Actor) error {
			_, err := e.Edit(t.Context(), a, secret.ID, 1, projects.Edit{Name: &name})
			return err
		},
		"items":    func(a access.Actor) error { _, err := e.Items(t.Context(), a, secret.ID, 0, 1); return err },
		"item":     func(a access.Actor) error { _, err := e.ItemPlace(t.Context(), a, secret.ID, item); return err },
		"remove":   func(a access.Actor) error { return e.Remove(t.Context(), a, secret.ID, item, 1) },
		"people":   func(a access.Actor) error { _, err := e.People(t.Context(), a, secret.ID, ""); return err },
		"activate": func(a access.Actor) error { _, err := e.Activate(t.Context(), a, &secret.ID); return err },
		"follow": func(a access.Actor) error {
			_, err := e.Follow(t.Context(), a, projects.Target{ProjectID: secret.ID, ItemID: &item}, true)
			return err
		},
		"mute": func(a access.Actor) error {
			_, err := e.Mute(t.Context(), a, projects.Target{ProjectID: secret.ID}, true)
			return err
		},
		"look":     func(a access.Actor) error { return e.Looked(t.Context(), a, projects.Target{ProjectID: secret.ID}) },
		"activity": func(a access.Actor) error { _, err := e.Activity(t.Context(), a, secret.ID, 0, 1); return err },
		"members":  func(a access.Actor) error { _, err := e.Members(t.Context(), a, secret.ID, 0, 1); return err },
		"add themselves": func(a access.Actor) error {
			_, err := e.SetMember(t.Context(), a, secret.ID, a.UserID, projects.Membership{Role: "owner"})
			return err
		},
		"remove the owner": func(a access.Actor) error { return e.RemoveMember(t.Context(), a, secret.ID, e.anna.UserID) },
		"delete":           func(a access.Actor) error { return e.Delete(t.Context(), a, secret.ID, 1) },
	} {
		t.Run(what, func(t *testing.T) { wantCode(t, act(e.tomas), errs.NotFound) })
	}
}

func TestProjectRolesAreCappedByTheGlobalOne(t *testing.T) {
	e := newEnv(t)
	p := e.create(t, e.anna, "Members only")
	e.hide(t, p.ID)
	e.member(t, p.ID, e.tomas, "reviewer")
	e.member(t, p.ID, e.ilse, "editor")
	require := func(a access.Actor, act access.Act) error {
		return e.db.Read(t.Context(), func(tx *gorm.DB) error { _, err := projects.Require(tx, a, p.ID, act); return err })
	}
	wantCode(t, require(e.tomas, access.Comment), "")
	wantCode(t, require(e.tomas, access.EditContent), errs.Forbidden) // an editor, but a reviewer here
	wantCode(t, require(e.ilse, access.Comment), "")
	wantCode(t, require(e.ilse, access.EditContent), errs.Forbidden) // an editor here, but a reviewer
	wantCode(t, require(e.anna, access.DeleteProject), "")
	wantCode(t, require(e.maren, access.DeleteProject), "")
}

func TestRemoveItem(t *testing.T) {
	e := newEnv(t)
	p, other := e.create(t, e.anna, "Coast Pass launch"), e.create(t, e.anna, "Night bus")
	item := storetest.Item(t, e.db, p.ID, e.anna, "Prices")
	before := storetest.LastEvent(t, e.db)
	wantCode(t, e.Remove(t.Context(), e.ilse, p.ID, item, 1), errs.Forbidden)
	wantCode(t, e.Remove(t.Context(), e.anna, other.ID, item, 1), errs.NotFound)
	wantCode(t, e.Remove(t.Context(), e.anna, p.ID, item, 2), errs.Stale)
	same(t, "events of what was refused", storetest.Events(t, e.db, before), []string{})
	if err := e.Remove(t.Context(), e.tomas, p.ID, item, 1); err != nil {
		t.Fatal(err)
	}
	same(t, "events", storetest.Events(t, e.db, before), []string{
		fmt.Sprintf("item.removed project:%d", p.ID), "version.freed content", fmt.Sprintf("project.changed project:%d", p.ID), "project.changed projects",
	})
	o, err := e.Overview(t.Context(), e.anna, p.ID)
	if err != nil || len(o.Items) != 0 || o.Counts.Draft != 0 {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestJoinHoldsAVersionOnce(t *testing.T) {
	e := newEnv(t)
	p, other := e.create(t, e.anna, "Coast Pass launch"), e.create(t, e.anna, "Night bus")
	item := storetest.Item(t, e.db, p.ID, e.anna, "Prices")
	var content, version int64
	err := e.db.Read(t.Context(), func(tx *gorm.DB) error {
		return tx.Raw(`SELECT content_id, version_id FROM project_items WHERE id = ?`, item).Row().Scan(&content, &version)
	})
	if err != nil {
		t.Fatal(err)
	}
	join := func(a access.Actor, project int64) (id int64, err error) {
		err = e.db.Write(t.Context(), func(tx *gorm.DB) error {
			id, err = projects.Join(tx, a, project, content, "en", version)
			return err
		})
		return id, err
	}
	before := storetest.LastEvent(t, e.db)
	if id, err := join(e.anna, p.ID); err != nil || id != item {
		t.Errorf("joining again: got %d, %v, want %d", id, err, item)
	}
	_, err = join(e.anna, other.ID)
	wantCode(t, err, errs.Conflict)
	_, err = join(e.ilse, other.ID)
	wantCode(t, err, errs.Forbidden)
	same(t, "events", storetest.Events(t, e.db, before), []string{})

	if err := e.Remove(t.Context(), e.anna, p.ID, item, 1); err != nil {
		t.Fatal(err)
	}
	storetest.Exec(t, e.db, `UPDATE projects SET state = 'published' WHERE id = ?`, other.ID)
	before = storetest.LastEvent(t, e.db)
	if _, err = join(e.anna, other.ID); err != nil {
		t.Fatal(err)
	}
	same(t, "events", storetest.Events(t, e.db, before), []string{
		fmt.Sprintf("item.added project:%d", other.ID), fmt.Sprintf("project.changed project:%d", other.ID), "project.changed projects",
	})
	if o, err := e.Overview(t.Context(), e.anna, other.ID); err != nil || o.State != projects.Active || o.Counts.Draft != 1 {
		t.Errorf("a published project with something new: got %+v, %v", o.View, err)
	}
}

func TestItemPlaceAndPages(t *testing.T) {
	e := newEnv(t)
	p := e.create(t, e.anna, "Coast Pass launch")
	var ids []int64
	for i := range 3 {
		ids = append(ids, storetest.Item(t, e.db, p.ID, e.anna, fmt.Sprint("Page ", i)))
	}
	place, err := e.ItemPlace(t.Context(), e.ilse, p.ID, ids[1])
	if err != nil || place.Index != 2 || place.Total != 3 || *place.Previous != ids[0] || *place.Next != ids[2] {
		t.Errorf("got %+v, %v", place, err)
	}
	first, err := e.ItemPlace(t.Context(), e.ilse, p.ID, ids[0])
	if err != nil || first.Previous != nil || *first.Next != ids[1] {
		t.Errorf("got %+v, %v", first, err)
	}
	page, err := e.Items(t.Context(), e.ilse, p.ID, first.Order, 1)
	if err != nil || len(page.Rows) != 2 || page.Rows[0].ID != ids[1] {
		t.Errorf("got %+v, %v", page, err)
	}
}

func TestPeopleWhoMayOpen(t *testing.T) {
	e := newEnv(t)
	p := e.create(t, e.anna, "Members only")
	storetest.Exec(t, e.db, `UPDATE users SET disabled = TRUE WHERE id = ?`, e.tomas.UserID)
	found := func(words string) []string {
		p, err := e.People(t.Context(), e.anna, p.ID, words)
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, who := range p.People {
			out = append(out, who.Handle)
		}
		for _, g := range p.Groups {
			out = append(out, fmt.Sprint("@", g.Handle, " ", g.Count))
		}
		return out
	}
	same(t, "everybody but the disabled", found(""), []string{"anna", "ilse", "maren", "@admins 1", "@editors 1", "@reviewers 1"})
	same(t, "a group by its beginning", found("Rev"), []string{"@reviewers 1"})
	same(t, "by last name", found("kort"), []string{"ilse"})
	same(t, "wildcards are plain signs", found("%"), []string{})
	e.hide(t, p.ID)
	same(t, "of a members-only project: the owner and admins", found(""), []string{"anna", "maren", "@admins 1", "@editors 1"})
}

func TestActivate(t *testing.T) {
	e := newEnv(t)
	p := e.create(t, e.anna, "Coast Pass launch")
	before := storetest.LastEvent(t, e.db)
	session, err := e.Activate(t.Context(), e.tomas, &p.ID)
	if err != nil || session.ActiveProjectID == nil || *session.ActiveProjectID != p.ID {
		t.Fatalf("got %+v, %v", session, err)
	}
	same(t, "events", storetest.Events(t, e.db, before), []string{fmt.Sprintf("person.changed user:%d", e.tomas.UserID)})
	page, err := e.List(t.Context(), e.tomas, projects.Filter{Limit: 1})
	if err != nil || !page.Rows[0].My.Active {
		t.Errorf("got %+v, %v", page.Rows, err)
	}
	_, err = e.Activate(t.Context(), e.ilse, &p.ID)
	wantCode(t, err, errs.Forbidden)
	if session, err = e.Activate(t.Context(), e.tomas, nil); err != nil || session.ActiveProjectID != nil {
		t.Errorf("got %+v, %v", session, err)
	}
}
