package content_test

import (
	"errors"
	"strings"
	"testing"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/store"
	"galley/store/storetest"
)

func TestCreate(t *testing.T) {
	e := newEnv(t)
	before := storetest.LastEvent(t, e.db)
	v := e.page(t, e.anna, "Where the boats land")
	if v.State != content.Draft || v.Version.Number != 1 || v.Version.Base != nil || v.Version.Revision != 1 || v.Version.ProjectID != nil || v.Live != nil || v.Topic != "content" {
		t.Errorf("got %+v", v)
	}
	e.events(t, before, "content.created content")
	read := e.get(t, e.ilse, v.ID, 0)
	if read.Title != "Where the boats land" || read.Slug != "where-the-boats-land" || read.Path != read.Slug || read.Fields["summary"] != "All about it." || read.Version.SavedBy.Handle != "anna" {
		t.Errorf("read back: got %+v", read)
	}
	if read.May["edit"].Allowed || read.May["edit"].Reason == "" || read.May["set_ready"].Allowed {
		t.Errorf("a reviewer may %+v", read.May)
	}
}

func TestCreateJoinsTheActiveProject(t *testing.T) {
	e := newEnv(t)
	e.in(t, e.anna, e.launch)
	before := storetest.LastEvent(t, e.db)
	v := e.page(t, e.anna, "Prices")
	if v.Version.ProjectID == nil || *v.Version.ProjectID != e.launch || v.Version.ItemID == nil || v.Topic != topic(e.launch) || v.Locked != nil || !v.May["edit"].Allowed {
		t.Errorf("got %+v", v)
	}
	e.events(t, before, "item.added "+topic(e.launch), "version.saved "+topic(e.launch), "project.changed "+topic(e.launch), "project.changed projects")
	o, err := e.projects.Overview(t.Context(), e.ilse, e.launch)
	if err != nil || len(o.Items) != 1 || o.Items[0].Title != "Prices" || o.Counts.Draft != 1 {
		t.Errorf("overview: got %+v, %v", o, err)
	}

	storetest.Exec(t, e.db, `UPDATE projects SET state = 'archived' WHERE id = ?`, e.launch)
	_, _, err = e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", Fields: values("Into an archive")})
	wantCode(t, err, errs.Conflict)
	storetest.Exec(t, e.db, `UPDATE projects SET visibility = 'members', owner_id = ? WHERE id = ?`, e.maren.UserID, e.launch)
	storetest.Exec(t, e.db, `DELETE FROM members WHERE project_id = ?`, e.launch)
	if v := e.page(t, e.anna, "Lost in between"); v.Version.ProjectID != nil {
		t.Errorf("it joined project %d, which its author may not see", *v.Version.ProjectID)
	}
}

func TestCreateRefuses(t *testing.T) {
	e := newEnv(t)
	hidden := e.pageIn(t, e.anna, e.secret, "Hidden parent")
	before := storetest.LastEvent(t, e.db)
	good := content.NewItem{Type: "page", Language: "en", Fields: values("x")}
	for _, row := range []struct {
		name   string
		as     access.Actor
		change func(n *content.NewItem)
		want   errs.Code
		field  string
	}{
		{"a reviewer", e.ilse, func(*content.NewItem) {}, errs.Forbidden, ""},
		{"no such type", e.anna, func(n *content.NewItem) { n.Type = "poem" }, errs.Invalid, "type"},
		{"no language", e.anna, func(n *content.NewItem) { n.Language = "" }, errs.Invalid, "language"},
		{"no such language", e.anna, func(n *content.NewItem) { n.Language = "EN" }, errs.Invalid, "language"},
		{"slug with capitals", e.anna, func(n *content.NewItem) { n.Slug = "Fares" }, errs.Invalid, "slug"},
		{"slug with a slash", e.anna, func(n *content.NewItem) { n.Slug = "a/b" }, errs.Invalid, "slug"},
		{"slug that ends in a hyphen", e.anna, func(n *content.NewItem) { n.Slug = "fares-" }, errs.Invalid, "slug"},
		{"slug too long", e.anna, func(n *content.NewItem) { n.Slug = strings.Repeat("x", 81) }, errs.Invalid, "slug"},
		{"title too long", e.anna, func(n *content.NewItem) { n.Fields = values(strings.Repeat("é", 201)) }, errs.Invalid, "fields.title"},
		{"title of two lines", e.anna, func(n *content.NewItem) { n.Fields = values("a\nb") }, errs.Invalid, "fields.title"},
		{"no such field", e.anna, func(n *content.NewItem) { n.Fields = content.Values{"title": "x", "price": "12"} }, errs.Invalid, "fields.price"},
		{"no such parent", e.anna, func(n *content.NewItem) { n.ParentID = ptr(int64(999)) }, errs.NotFound, ""},
		{"a parent that this person may not see", e.tomas, func(n *content.NewItem) { n.ParentID = &hidden.ID }, errs.NotFound, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			n := good
			row.change(&n)
			_, _, err := e.Create(t.Context(), row.as, n)
			wantCode(t, err, row.want)
			wantField(t, err, row.field)
		})
	}
	e.events(t, before)
	same(t, "content", e.rows(t, `SELECT v.title FROM content_items c JOIN versions v ON v.content_id = c.id ORDER BY c.id`), []string{"Hidden parent"})
}

func TestCreateTwiceWithOneKey(t *testing.T) {
	e := newEnv(t)
	e.in(t, e.anna, e.launch)
	n := content.NewItem{Type: "page", Language: "en", Fields: values("Once"), Key: store.NewClientKey("k", []byte("Once"))}
	first := must(t)(e.Create(t.Context(), e.anna, n))
	before := storetest.LastEvent(t, e.db)
	again, created, err := e.Create(t.Context(), e.anna, n)
	if err != nil || created || again.ID != first.ID || again.Version.Number != 1 {
		t.Errorf("got %d (created %v, %v), want %d again", again.ID, created, err, first.ID)
	}
	n.Fields, n.Key = values("Twice"), store.NewClientKey("k", []byte("Twice"))
	_, _, err = e.Create(t.Context(), e.anna, n)
	wantCode(t, err, errs.Invalid)
	e.events(t, before)
	if v, created, err := e.Create(t.Context(), e.tomas, n); err != nil || !created || v.ID == first.ID {
		t.Errorf("somebody else's equal key: created %v, %v", created, err)
	}
}

func TestSlugs(t *testing.T) {
	e := newEnv(t)
	for title, want := range map[string]string{
		"Where the boats land":     "where-the-boats-land",
		"  Fähre & Übersetzung!  ": "fahre-ubersetzung",
		"Straße zum Ærø":           "strasse-zum-aero",
		"100 % on time":            "100-on-time",
		"Łódź, naïve café":         "lodz-naive-cafe",
		"時刻表":                      "",
		"---":                      "",
		strings.Repeat("ab ", 60):  strings.TrimSuffix(strings.Repeat("ab-", 27), "-"),
	} {
		v := e.page(t, e.anna, title)
		if v.Slug != want {
			t.Errorf("%q: got %q, want %q", title, v.Slug, want)
		}
		if len(v.Slug) > 80 {
			t.Errorf("%q has %d characters", v.Slug, len(v.Slug))
		}
	}
	given := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", Slug: "fares-2026", Fields: values("Prices")}))
	if given.Slug != "fares-2026" {
		t.Errorf("got %q, want the slug that was given", given.Slug)
	}
}

// The path of an item has the slugs of its ancestors: of what is live, else of what is newest.
func TestPaths(t *testing.T) {
	e := newEnv(t)
	parent := e.page(t, e.anna, "Travel")
	child := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &parent.ID, Fields: values("Fares")}))
	grandchild := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &child.ID, Fields: values("Students")}))
	path := func() string { return e.get(t, e.ilse, grandchild.ID, 0).Path }
	if path() != "travel/fares/students" {
		t.Errorf("got %q", path())
	}
	e.goLive(t, e.get(t, e.anna, parent.ID, 0))
	must(t)(e.Begin(t.Context(), e.anna, parent.ID, content.NewDraft{Language: "en", Slug: ptr("getting-around")}))
	if path() != "travel/fares/students" {
		t.Errorf("with a draft of the parent: got %q, want the live slug", path())
	}
	must(t)(e.Begin(t.Context(), e.anna, child.ID, content.NewDraft{Language: "en", Slug: ptr("prices")}))
	if path() != "travel/prices/students" {
		t.Errorf("with a newer draft of what is not live: got %q, want its slug", path())
	}
}

func TestTreeHasTwentyLevels(t *testing.T) {
	e := newEnv(t)
	var parent *int64
	for range 20 {
		v := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: parent, Fields: values("Down")}))
		e.goLive(t, v)
		parent = &v.ID
	}
	path := strings.TrimSuffix(strings.Repeat("down/", 20), "/")
	if d, err := e.Deliver(t.Context(), "en", path); err != nil || d.ID != *parent {
		t.Errorf("the lowest level: got %+v, %v", d, err)
	}
	_, _, err := e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: parent, Fields: values("Too far")})
	wantCode(t, err, errs.Invalid)
	wantField(t, err, "parent_id")
}

func TestBegin(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, e.anna, "Fares")
	e.goLive(t, v)
	e.in(t, e.tomas, e.bus)
	before := storetest.LastEvent(t, e.db)
	next := must(t)(e.Begin(t.Context(), e.tomas, v.ID, content.NewDraft{Language: "en"}))
	if next.Version.Number != 2 || *next.Version.Base != 1 || next.Title != "Fares" || next.Slug != "fares" || next.Live.Number != 1 || *next.Version.ProjectID != e.bus || next.Version.SavedBy.ID != e.tomas.UserID {
		t.Errorf("got %+v", next)
	}
	e.events(t, before, "item.added "+topic(e.bus), "version.saved "+topic(e.bus), "project.changed "+topic(e.bus), "project.changed projects")
	same(t, "versions", e.versions(t, v.ID), []string{"1 published on nothing", "2 draft on 1"})

	_, _, err := e.Begin(t.Context(), e.tomas, v.ID, content.NewDraft{Language: "en"})
	wantCode(t, err, errs.Conflict) // the project has a draft of it
	e.goLive(t, e.get(t, e.tomas, v.ID, 2))
	e.in(t, e.anna, e.launch)
	old := must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en", From: ptr(int64(1)), Slug: ptr("prices"), Fields: values("Prices")}))
	if old.Version.Number != 3 || *old.Version.Base != 2 || old.Title != "Prices" || old.Slug != "prices" {
		t.Errorf("from an old version, on what is live now: got %+v", old)
	}
}

// Somebody begins a draft of what another project holds, from there; both projects go on with their own.
func TestNewDraftFromHere(t *testing.T) {
	e := newEnv(t)
	held := e.pageIn(t, e.anna, e.launch, "Fares")
	e.in(t, e.tomas, e.bus)
	for _, number := range []int64{0, held.Version.Number} {
		locked := e.get(t, e.tomas, held.ID, number)
		if locked.Locked == nil || locked.Locked.ProjectID != e.launch || locked.Locked.Name != "Coast Pass launch" || locked.Locked.ItemID != *held.Version.ItemID || locked.May["edit"].Allowed || !strings.Contains(locked.May["edit"].Reason, "Coast Pass launch") {
			t.Errorf("held by another project, version %d: got %+v, may %+v", number, locked.Locked, locked.May)
		}
		if v := e.get(t, e.ilse, held.ID, number); v.Locked != nil || v.May["edit"].Allowed || strings.Contains(v.May["edit"].Reason, "Coast Pass launch") {
			t.Errorf("a reviewer, version %d: got %+v, may %+v; no project is in their way", number, v.Locked, v.May)
		}
	}
	mine := must(t)(e.Begin(t.Context(), e.tomas, held.ID, content.NewDraft{Language: "en", From: &held.Version.Number}))
	if mine.Version.Number != 2 || *mine.Version.ProjectID != e.bus || mine.Locked != nil {
		t.Errorf("got %+v", mine)
	}
	if v := e.get(t, e.tomas, held.ID, 0); v.Version.Number != 2 || v.Locked != nil || !v.May["edit"].Allowed || len(v.HeldBy) != 2 {
		t.Errorf("afterwards: got version %d, locked %+v, held by %+v", v.Version.Number, v.Locked, v.HeldBy)
	}
	e.in(t, e.anna, e.launch)
	if v := e.get(t, e.anna, held.ID, 0); v.Version.Number != 1 || v.Locked != nil {
		t.Errorf("in the first project: got version %d, locked %+v", v.Version.Number, v.Locked)
	}
}

func TestBeginInAnotherLanguage(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, e.anna, "Fares")
	e.goLive(t, v)
	german := must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "de", Fields: values("Fahrpreise")}))
	if german.Version.Number != 2 || german.Version.Base != nil || german.Language != "de" || german.Slug != "fahrpreise" || german.Live != nil {
		t.Errorf("got %+v", german)
	}
	if v := e.get(t, e.anna, v.ID, 0); v.Language != "en" || v.Version.Number != 1 {
		t.Errorf("the English one: got %+v", v)
	}
	empty := must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "de-AT"}))
	if empty.Title != "" || empty.Fields["body"] != "" || empty.Slug != "" {
		t.Errorf("a language that begins with nothing: got %+v", empty)
	}
}

func TestBeginRefuses(t *testing.T) {
	e := newEnv(t)
	open := e.page(t, e.anna, "Fares")
	german := must(t)(e.Begin(t.Context(), e.anna, open.ID, content.NewDraft{Language: "de"}))
	hidden := e.pageIn(t, e.anna, e.secret, "Hidden")
	before := storetest.LastEvent(t, e.db)
	for _, row := range []struct {
		name  string
		as    access.Actor
		id    int64
		draft content.NewDraft
		want  errs.Code
		field string
	}{
		{"a reviewer", e.ilse, open.ID, content.NewDraft{Language: "en"}, errs.Forbidden, ""},
		{"no such item", e.anna, 999, content.NewDraft{Language: "en"}, errs.NotFound, ""},
		{"no such version", e.anna, open.ID, content.NewDraft{Language: "en", From: ptr(int64(9))}, errs.NotFound, ""},
		{"a translation into a language with a draft", e.anna, open.ID, content.NewDraft{Language: "en", From: &german.Version.Number}, errs.Conflict, ""},
		{"a language twice", e.anna, open.ID, content.NewDraft{Language: "de", From: ptr(int64(1))}, errs.Conflict, ""},
		{"no language", e.anna, open.ID, content.NewDraft{}, errs.Invalid, "language"},
		{"a wrong slug", e.anna, open.ID, content.NewDraft{Language: "en", Slug: ptr("a b")}, errs.Invalid, "slug"},
		{"a wrong field", e.anna, open.ID, content.NewDraft{Language: "en", Fields: content.Values{"price": "1"}}, errs.Invalid, "fields.price"},
		{"what this person may not see", e.tomas, hidden.ID, content.NewDraft{Language: "en"}, errs.NotFound, ""},
		{"a version that this person may not see", e.tomas, hidden.ID, content.NewDraft{Language: "en", From: &hidden.Version.Number}, errs.NotFound, ""},
		{"another language of what this person may not see", e.tomas, hidden.ID, content.NewDraft{Language: "fr"}, errs.NotFound, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, _, err := e.Begin(t.Context(), row.as, row.id, row.draft)
			wantCode(t, err, row.want)
			wantField(t, err, row.field)
		})
	}
	e.events(t, before)
	same(t, "versions", e.versions(t, open.ID), []string{"1 draft on nothing", "2 draft on nothing"})
}

func TestBeginTwiceWithOneKey(t *testing.T) {
	e := newEnv(t)
	e.in(t, e.anna, e.launch)
	v := e.page(t, e.tomas, "Fares")
	n := content.NewDraft{Language: "en", Key: store.NewClientKey("k", []byte("a"))}
	first := must(t)(e.Begin(t.Context(), e.anna, v.ID, n))
	before := storetest.LastEvent(t, e.db)
	again, created, err := e.Begin(t.Context(), e.anna, v.ID, n)
	if err != nil || created || again.Version.Number != first.Version.Number {
		t.Errorf("got version %d (created %v, %v), want %d again", again.Version.Number, created, err, first.Version.Number)
	}
	n.Key = store.NewClientKey("k", []byte("b"))
	_, _, err = e.Begin(t.Context(), e.anna, v.ID, n)
	wantCode(t, err, errs.Invalid)
	e.events(t, before)
	same(t, "versions", e.versions(t, v.ID), []string{"1 draft on nothing", "2 draft on nothing"})
}

// wantField looks for the sentence about a field; "" stands for none.
func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var e *errs.Error
	if field != "" && (!errors.As(err, &e) || e.Fields[field] == "") {
		t.Errorf("got %+v, want words about %s", e, field)
	}
}
