package content_test

import (
	"strings"
	"testing"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/projects"
	"galley/store/storetest"
)

func (e env) join(t *testing.T, a access.Actor, project, id int64) (projects.Item, bool, error) {
	t.Helper()
	return e.Join(t.Context(), a, project, content.Joining{ContentID: id, Language: "en"})
}

func TestJoin(t *testing.T) {
	e := newEnv(t)
	free := e.page(t, e.anna, "Fares")
	before := storetest.LastEvent(t, e.db)
	it, joined, err := e.join(t, e.tomas, e.launch, free.ID)
	if err != nil || !joined || it.ProjectID != e.launch || it.ContentID != free.ID || it.Version != 1 || it.Title != "Fares" || it.State != content.Draft {
		t.Errorf("got %+v, joined %v, %v", it, joined, err)
	}
	e.events(t, before, "item.added "+topic(e.launch), "version.held content", "project.changed "+topic(e.launch), "project.changed projects")
	before = storetest.LastEvent(t, e.db)
	again, joined, err := e.join(t, e.anna, e.launch, free.ID)
	if err != nil || joined || again.ID != it.ID {
		t.Errorf("again: got %+v, joined %v, %v", again, joined, err)
	}
	e.events(t, before)
	if v := e.get(t, e.ilse, free.ID, 0); *v.Version.ItemID != it.ID {
		t.Errorf("got %+v", v.Version)
	}
}

// What is live alone gets a draft of its own; what was drafted since joins as it is, the newest first.
func TestJoinOfWhatIsLive(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, e.anna, "Fares")
	e.goLive(t, v)
	it, joined, err := e.join(t, e.anna, e.launch, v.ID)
	if err != nil || !joined || it.Version != 2 || it.State != content.Draft || it.Conflict {
		t.Errorf("got %+v, joined %v, %v", it, joined, err)
	}
	same(t, "versions", e.versions(t, v.ID), []string{"1 published on nothing", "2 draft on 1"})
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en", From: ptr(int64(1))}))
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en", From: ptr(int64(1))}))
	if it, joined, err := e.join(t, e.anna, e.bus, v.ID); err != nil || !joined || it.Version != 4 {
		t.Errorf("the newest that is free: got %+v, joined %v, %v", it, joined, err)
	}
	german, joined, err := e.Join(t.Context(), e.anna, e.bus, content.Joining{ContentID: v.ID, Language: "de", Action: projects.Publish})
	if err != nil || !joined || german.Version != 5 || german.Language != "de" {
		t.Errorf("another language: got %+v, joined %v, %v", german, joined, err)
	}
}

func TestJoinRefuses(t *testing.T) {
	e := newEnv(t)
	open := e.page(t, e.anna, "Fares")
	held := e.pageIn(t, e.anna, e.bus, "Timetable")
	hidden := e.pageIn(t, e.anna, e.secret, "Hidden")
	archived := e.project(t, e.anna, "Archived")
	storetest.Exec(t, e.db, `UPDATE projects SET state = 'archived' WHERE id = ?`, archived)
	before := storetest.LastEvent(t, e.db)
	for _, row := range []struct {
		name    string
		as      access.Actor
		project int64
		in      content.Joining
		want    errs.Code
		field   string
	}{
		{"a reviewer", e.ilse, e.launch, content.Joining{ContentID: open.ID, Language: "en"}, errs.Forbidden, ""},
		{"a stranger to the project", e.tomas, e.secret, content.Joining{ContentID: open.ID, Language: "en"}, errs.NotFound, ""},
		{"a stranger to the item", e.tomas, e.launch, content.Joining{ContentID: hidden.ID, Language: "en"}, errs.NotFound, ""},
		{"no such item", e.anna, e.launch, content.Joining{ContentID: 999, Language: "en"}, errs.NotFound, ""},
		{"no such project", e.anna, 999, content.Joining{ContentID: open.ID, Language: "en"}, errs.NotFound, ""},
		{"nothing said", e.anna, e.launch, content.Joining{Language: "en"}, errs.Invalid, "content_id"},
		{"no such language", e.anna, e.launch, content.Joining{ContentID: open.ID, Language: "e"}, errs.Invalid, "language"},
		{"what nobody can ask", e.anna, e.launch, content.Joining{ContentID: open.ID, Language: "en", Action: "delete"}, errs.Invalid, "action"},
		{"what is not live to be taken off", e.anna, e.launch, content.Joining{ContentID: open.ID, Language: "en", Action: projects.Unpublish}, errs.Conflict, ""},
		{"what another project holds", e.anna, e.launch, content.Joining{ContentID: held.ID, Language: "en"}, errs.Conflict, ""},
		{"an archived project", e.anna, archived, content.Joining{ContentID: open.ID, Language: "en"}, errs.Conflict, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, _, err := e.Join(t.Context(), row.as, row.project, row.in)
			wantCode(t, err, row.want)
			wantField(t, err, row.field)
		})
	}
	e.events(t, before)
}

// The refusal names the project that holds the item, to those alone who may see it.
func TestJoinTellsWhoHoldsIt(t *testing.T) {
	e := newEnv(t)
	v := e.pageIn(t, e.anna, e.bus, "Timetable")
	_, _, err := e.join(t, e.tomas, e.launch, v.ID)
	if err == nil || !strings.Contains(err.Error(), "Held by Night bus.") {
		t.Errorf("got %v", err)
	}
	e.goLive(t, v)
	e.in(t, e.anna, e.secret)
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en"}))
	_, _, err = e.join(t, e.tomas, e.launch, v.ID)
	wantCode(t, err, errs.Conflict)
	if err == nil || !strings.Contains(err.Error(), "Held by a project you may not see.") || strings.Contains(err.Error(), "Secret") {
		t.Errorf("got %v", err)
	}
}

// A project that has gone out takes the next version in the place of the one that went out.
func TestJoinAfterItWentOut(t *testing.T) {
	e := newEnv(t)
	v := e.pageIn(t, e.anna, e.launch, "Fares")
	e.goLive(t, v)
	storetest.Exec(t, e.db, `UPDATE projects SET state = 'published' WHERE id = ?`, e.launch)
	before := storetest.LastEvent(t, e.db)
	it, joined, err := e.join(t, e.anna, e.launch, v.ID)
	if err != nil || !joined || it.ID != *v.Version.ItemID || it.Version != 2 || it.Revision != 2 {
		t.Errorf("got %+v, joined %v, %v", it, joined, err)
	}
	e.events(t, before, "item.changed "+topic(e.launch), "project.changed "+topic(e.launch), "project.changed projects")
	o, err := e.projects.Overview(t.Context(), e.ilse, e.launch)
	if err != nil || o.State != projects.Active || len(o.Items) != 1 {
		t.Errorf("got %+v, %v", o, err)
	}
}
