package content_test

import (
	"errors"
	"strings"
	"testing"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/store/storetest"
)

func TestSave(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, e.anna, "Fares")
	before := storetest.LastEvent(t, e.db)
	saved, err := e.Save(t.Context(), e.tomas, v.ID, 1, v.Version.Revision, content.Save{Slug: ptr("prices"), Fields: content.Values{"title": "Prices", "body": "From 12."}})
	if err != nil {
		t.Fatal(err)
	}
	if saved.Title != "Prices" || saved.Slug != "prices" || saved.Fields["body"] != "From 12." || saved.Fields["summary"] != "" || saved.Version.Revision != 2 || saved.Version.SavedBy.Handle != "tomas" {
		t.Errorf("got %+v", saved)
	}
	e.events(t, before, "version.saved content")
	read := e.get(t, e.ilse, v.ID, 0)
	if read.Title != "Prices" || read.Fields["body"] != "From 12." || read.Version.Number != 1 || !read.Version.SavedAt.Equal(saved.Version.SavedAt) {
		t.Errorf("read back: got %+v", read)
	}
	if named, err := e.Save(t.Context(), e.anna, v.ID, 1, 2, content.Save{Slug: ptr(""), Fields: values("All prices")}); err != nil || named.Slug != "all-prices" {
		t.Errorf("an empty slug: got %q, %v, want one made of the title", named.Slug, err)
	}
}

// A stale save loses nothing: what stands now comes with the refusal, and the version stays as it is.
func TestStaleSave(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, e.anna, "Fares")
	e.save(t, e.tomas, v, "Fares by Tomas")
	before := storetest.LastEvent(t, e.db)
	for _, revision := range []int64{v.Version.Revision, 99} {
		_, err := e.Save(t.Context(), e.anna, v.ID, 1, revision, content.Save{Slug: &v.Slug, Fields: values("Fares by Anna")})
		wantCode(t, err, errs.Stale)
		var stale *errs.Error
		if !errors.As(err, &stale) || !strings.Contains(stale.Message, "Tomas Brekke") {
			t.Fatalf("got %v", err)
		}
		current, ok := stale.Current.(content.View)
		if !ok || current.Title != "Fares by Tomas" || current.Fields["title"] != "Fares by Tomas" || current.Version.Revision != 2 {
			t.Errorf("current: got %+v", stale.Current)
		}
	}
	e.events(t, before)
	if read := e.get(t, e.anna, v.ID, 0); read.Title != "Fares by Tomas" || read.Version.Revision != 2 {
		t.Errorf("read back: got %+v", read)
	}
}

// What no project holds joins the active one when it is saved, unless that has a draft of it or cannot take it: then the
// text is kept all the same.
func TestSaveJoinsTheActiveProject(t *testing.T) {
	e := newEnv(t)
	free := e.page(t, e.anna, "Fares")
	e.in(t, e.anna, e.launch)
	before := storetest.LastEvent(t, e.db)
	saved := e.save(t, e.anna, free, "New fares")
	if saved.Version.ProjectID == nil || *saved.Version.ProjectID != e.launch || saved.Topic != topic(e.launch) {
		t.Errorf("got %+v", saved)
	}
	e.events(t, before, "item.added "+topic(e.launch), "version.held content", "item.changed "+topic(e.launch), "version.saved "+topic(e.launch), "project.changed "+topic(e.launch), "project.changed projects")
	before = storetest.LastEvent(t, e.db)
	e.save(t, e.anna, saved, "Newer fares")
	e.events(t, before, "item.changed "+topic(e.launch), "version.saved "+topic(e.launch), "project.changed "+topic(e.launch), "project.changed projects")

	e.in(t, e.anna, 0)
	second := must(t)(e.Begin(t.Context(), e.anna, free.ID, content.NewDraft{Language: "en", From: ptr(int64(1))}))
	e.in(t, e.anna, e.launch)
	if kept := e.save(t, e.anna, second, "Another text"); kept.Version.ProjectID != nil || kept.Title != "Another text" {
		t.Errorf("the project has a draft of it: got %+v", kept)
	}
	other := e.page(t, e.tomas, "Timetable")
	storetest.Exec(t, e.db, `UPDATE projects SET state = 'scheduled' WHERE id = ?`, e.launch)
	if kept := e.save(t, e.anna, other, "New timetable"); kept.Version.ProjectID != nil || kept.Title != "New timetable" {
		t.Errorf("the project cannot take it: got %+v", kept)
	}
	if elsewhere := e.save(t, e.tomas, e.get(t, e.tomas, free.ID, 1), "By Tomas"); *elsewhere.Version.ProjectID != e.launch {
		t.Errorf("saved by somebody whose edits go nowhere: got %+v", elsewhere)
	}
}

func TestSaveRefuses(t *testing.T) {
	e := newEnv(t)
	open := e.page(t, e.anna, "Fares")
	hidden := e.pageIn(t, e.anna, e.secret, "Hidden")
	old := e.page(t, e.anna, "Timetable")
	e.goLive(t, old)
	next := must(t)(e.Begin(t.Context(), e.anna, old.ID, content.NewDraft{Language: "en"}))
	e.goLive(t, next)
	planned := e.page(t, e.anna, "Planned")
	storetest.Exec(t, e.db, `UPDATE versions SET state = 'scheduled' WHERE content_id = ?`, planned.ID)
	before := storetest.LastEvent(t, e.db)
	good := content.Save{Slug: ptr("x"), Fields: values("x")}
	for _, row := range []struct {
		name       string
		as         access.Actor
		id, number int64
		in         content.Save
		want       errs.Code
		field      string
	}{
		{"a reviewer", e.ilse, open.ID, 1, good, errs.Forbidden, ""},
		{"a stranger", e.tomas, hidden.ID, 1, good, errs.NotFound, ""},
		{"no such item", e.anna, 999, 1, good, errs.NotFound, ""},
		{"no such version", e.anna, open.ID, 2, good, errs.NotFound, ""},
		{"what was published once", e.anna, old.ID, 1, good, errs.Conflict, ""},
		{"what is published", e.anna, old.ID, 2, good, errs.Conflict, ""},
		{"what is scheduled", e.anna, planned.ID, 1, good, errs.Conflict, ""},
		{"without a slug", e.anna, open.ID, 1, content.Save{Fields: values("x")}, errs.Invalid, "slug"},
		{"without fields", e.anna, open.ID, 1, content.Save{Slug: ptr("x")}, errs.Invalid, "fields"},
		{"a wrong slug", e.anna, open.ID, 1, content.Save{Slug: ptr("X"), Fields: values("x")}, errs.Invalid, "slug"},
		{"a body too long", e.anna, open.ID, 1, content.Save{Slug: ptr("x"), Fields: content.Values{"body": strings.Repeat("x", 200_001)}}, errs.Invalid, "fields.body"},
		{"no such field", e.anna, open.ID, 1, content.Save{Slug: ptr("x"), Fields: content.Values{"Title": "x"}}, errs.Invalid, "fields.Title"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := e.Save(t.Context(), row.as, row.id, row.number, 1, row.in)
			wantCode(t, err, row.want)
			wantField(t, err, row.field)
		})
	}
	e.events(t, before)
	if v := e.get(t, e.anna, open.ID, 0); v.Title != "Fares" || v.Version.Revision != 1 {
		t.Errorf("got %+v", v)
	}
}

func TestReadyAndBack(t *testing.T) {
	e := newEnv(t)
	v := e.pageIn(t, e.anna, e.launch, "Fares")
	before := storetest.LastEvent(t, e.db)
	for range 2 { // the second time changes nothing and tells nobody
		ready, err := e.SetReady(t.Context(), e.tomas, v.ID, 1)
		if err != nil || ready.State != content.Ready || ready.Version.State != content.Ready || ready.Version.Revision != 2 {
			t.Fatalf("got %+v, %v", ready, err)
		}
	}
	changed := []string{"item.changed " + topic(e.launch), "version.changed " + topic(e.launch), "project.changed " + topic(e.launch), "project.changed projects"}
	e.events(t, before, changed...)
	o, err := e.projects.Overview(t.Context(), e.ilse, e.launch)
	if err != nil || o.Counts.Ready != 1 || o.Counts.Draft != 0 || o.Items[0].State != content.Ready {
		t.Errorf("overview: got %+v, %v", o, err)
	}
	before = storetest.LastEvent(t, e.db)
	if back, err := e.BackToDraft(t.Context(), e.anna, v.ID, 1); err != nil || back.State != content.Draft || back.Version.Revision != 3 || back.Version.SavedBy.Handle != "anna" {
		t.Errorf("got %+v, %v", back, err)
	}
	e.events(t, before, changed...)
	free := e.page(t, e.anna, "Timetable")
	before = storetest.LastEvent(t, e.db)
	e.ready(t, e.anna, free)
	e.events(t, before, "version.changed content")
}

// Whatever was said of a text holds for that text alone.
func TestEditOfWhatIsReady(t *testing.T) {
	e := newEnv(t)
	v := e.ready(t, e.anna, e.pageIn(t, e.anna, e.launch, "Fares"))
	saved := e.save(t, e.anna, v, "Fares, once more")
	if saved.State != content.Draft || e.get(t, e.anna, v.ID, 0).State != content.Draft {
		t.Errorf("got %q, want a draft again", saved.State)
	}
	for _, state := range []string{content.InReview, content.Rejected} {
		storetest.Exec(t, e.db, `UPDATE versions SET state = ? WHERE content_id = ?`, state, v.ID)
		if saved = e.save(t, e.anna, saved, "Fares, "+state); saved.State != content.Draft {
			t.Errorf("what was %s: got %q, want a draft again", state, saved.State)
		}
	}
}

func TestReadyRefuses(t *testing.T) {
	e := newEnv(t)
	open := e.page(t, e.anna, "Fares")
	hidden := e.pageIn(t, e.anna, e.secret, "Hidden")
	out := e.page(t, e.anna, "Timetable")
	e.goLive(t, out)
	empty := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", Fields: content.Values{"title": "Empty", "summary": " \t"}}))
	before := storetest.LastEvent(t, e.db)
	_, err := e.SetReady(t.Context(), e.anna, empty.ID, 1)
	wantCode(t, err, errs.Invalid)
	wantField(t, err, "fields.summary")
	var wrong *errs.Error
	if errors.As(err, &wrong) && len(wrong.Fields) != 1 {
		t.Errorf("got %v, want words about the summary alone", wrong.Fields)
	}
	for name, row := range map[string]struct {
		as         access.Actor
		id, number int64
		want       errs.Code
	}{
		"a reviewer":        {e.ilse, open.ID, 1, errs.Forbidden},
		"a stranger":        {e.tomas, hidden.ID, 1, errs.NotFound},
		"no such item":      {e.anna, 999, 1, errs.NotFound},
		"no such version":   {e.anna, open.ID, 2, errs.NotFound},
		"what is published": {e.anna, out.ID, 1, errs.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := e.SetReady(t.Context(), row.as, row.id, row.number)
			wantCode(t, err, row.want)
			_, err = e.BackToDraft(t.Context(), row.as, row.id, row.number)
			wantCode(t, err, row.want)
		})
	}
	e.events(t, before)
}

func TestGoLive(t *testing.T) {
	e := newEnv(t)
	v := e.pageIn(t, e.anna, e.launch, "Fares")
	before := storetest.LastEvent(t, e.db)
	if previous := e.goLive(t, v); previous != nil {
		t.Errorf("got %d as what was live before, want nothing", *previous)
	}
	changed := func(project int64) []string {
		return []string{"item.changed " + topic(project), "version.changed " + topic(project), "version.changed content", "project.changed " + topic(project), "project.changed projects"}
	}
	e.events(t, before, changed(e.launch)...)
	read := e.get(t, e.ilse, v.ID, 0)
	if read.State != content.Published || read.Live == nil || read.Live.Number != 1 || read.Version.Revision != 2 {
		t.Errorf("got %+v", read)
	}
	next := e.ready(t, e.anna, must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en", Slug: ptr("prices")})))
	if previous := e.goLive(t, next); previous == nil {
		t.Error("nothing is said to have been live before")
	}
	same(t, "versions", e.versions(t, v.ID), []string{"1 previously_published on nothing", "2 published on 1"})
	same(t, "live", e.rows(t, `SELECT content_id || ' ' || language || ' ' || slug FROM live`), []string{e.rows(t, `SELECT id FROM content_items`)[0] + " en prices"})
}

// What goes live concerns every project that has the item: in one it is out no more, in the other it is in conflict.
func TestGoLiveTellsEveryProjectThatHoldsTheItem(t *testing.T) {
	e := newEnv(t)
	first := e.pageIn(t, e.anna, e.launch, "Fares")
	e.goLive(t, first)
	e.in(t, e.anna, e.bus)
	must(t)(e.Begin(t.Context(), e.anna, first.ID, content.NewDraft{Language: "en"}))
	e.in(t, e.anna, e.secret)
	third := must(t)(e.Begin(t.Context(), e.anna, first.ID, content.NewDraft{Language: "en", From: ptr(int64(1))}))
	before := storetest.LastEvent(t, e.db)
	e.goLive(t, third)
	told := storetest.Events(t, e.db, before)
	for _, project := range []int64{e.launch, e.bus, e.secret} {
		for _, want := range []string{"item.changed " + topic(project), "project.changed " + topic(project)} {
			if n := count(told, want); n != 1 {
				t.Errorf("%s was written %d times, want once; all of it: %q", want, n, told)
			}
		}
	}
	for project, want := range map[int64]int{e.launch: 1, e.bus: 0, e.secret: 1} { // the version that was live, and the one that is
		if n := count(told, "version.changed "+topic(project)); n != want {
			t.Errorf("version.changed of project %d was written %d times, want %d", project, n, want)
		}
	}
	for project, want := range map[int64]string{e.launch: "previously_published false", e.bus: "draft true", e.secret: "published false"} {
		o, err := e.projects.Overview(t.Context(), e.anna, project)
		if err != nil || len(o.Items) != 1 {
			t.Fatalf("got %+v, %v", o.Items, err)
		}
		if it := o.Items[0]; it.State+map[bool]string{true: " true", false: " false"}[it.Conflict] != want {
			t.Errorf("project %d: got %s, conflict %v, want %s", project, it.State, it.Conflict, want)
		}
	}
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// Two items cannot be live at one address, whatever anybody checked before.
func TestGoLiveAtATakenAddress(t *testing.T) {
	e := newEnv(t)
	first := e.page(t, e.anna, "Fares")
	e.goLive(t, first)
	second := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", Slug: "fares", Fields: values("Other fares")}))
	before := storetest.LastEvent(t, e.db)
	_, err := e.tryGoLive(t, second)
	wantCode(t, err, errs.Conflict)
	e.events(t, before)
	if v := e.get(t, e.anna, second.ID, 0); v.State != content.Draft || v.Live != nil {
		t.Errorf("got %+v", v)
	}
	german := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "de", Slug: "fares", Fields: values("Preise")}))
	below := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &first.ID, Slug: "fares", Fields: values("Fares below")}))
	e.goLive(t, german)
	e.goLive(t, below)
}
