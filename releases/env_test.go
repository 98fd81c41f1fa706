package releases_test

import (
	"fmt"
	"slices"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/comments"
	"galley/content"
	"galley/errs"
	"galley/notifications"
	"galley/projects"
	"galley/releases"
	"galley/store"
	"galley/store/storetest"
)

// env is a newsroom with a project of Anna's and a members-only one of hers, to which Tomas is a stranger.
type env struct {
	*releases.Service
	db                       *store.DB
	projects                 *projects.Service
	content                  *content.Service
	comments                 *comments.Service
	inbox                    *notifications.Service
	maren, anna, tomas, ilse access.Actor
	launch, secret           int64
}

func newEnv(t *testing.T) env {
	t.Helper()
	db := storetest.Open(t)
	pages, err := content.New(db)
	if err != nil {
		t.Fatal(err)
	}
	e := env{
		Service: releases.New(db, pages), db: db, content: pages,
		projects: projects.New(db), comments: comments.New(db), inbox: notifications.New(db),
		maren: storetest.Person(t, db, "Maren Oduya", access.Admin),
		anna:  storetest.Person(t, db, "Anna Vale", access.Editor),
		tomas: storetest.Person(t, db, "Tomas Brekke", access.Editor),
		ilse:  storetest.Person(t, db, "Ilse Kortwijk", access.Reviewer),
	}
	e.launch, e.secret = e.project(t, "Coast Pass launch"), e.project(t, "Secret")
	storetest.Exec(t, db, `UPDATE projects SET visibility = 'members' WHERE id = ?`, e.secret)
	return e
}

// project makes a project of Anna's.
func (e env) project(t *testing.T, name string) int64 {
	t.Helper()
	v, _, err := e.projects.Create(t.Context(), e.anna, projects.Draft{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

// inside runs fn while the person's edits go to the project.
func (e env) inside(t *testing.T, a access.Actor, project int64, fn func() (content.View, bool, error)) content.View {
	t.Helper()
	if _, err := e.projects.Activate(t.Context(), a, &project); err != nil {
		t.Fatal(err)
	}
	v, _, err := fn()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.projects.Activate(t.Context(), a, nil); err != nil {
		t.Fatal(err)
	}
	return v
}

// page makes a page in the project that could go out but for its state.
func (e env) page(t *testing.T, a access.Actor, project int64, title string) content.View {
	t.Helper()
	return e.inside(t, a, project, func() (content.View, bool, error) {
		return e.content.Create(t.Context(), a, content.NewItem{Type: "page", Language: "en", Fields: values(title)})
	})
}

// next begins another draft of the page, in the project.
func (e env) next(t *testing.T, a access.Actor, project int64, v content.View, title string) content.View {
	t.Helper()
	return e.inside(t, a, project, func() (content.View, bool, error) {
		return e.content.Begin(t.Context(), a, v.ID, content.NewDraft{Language: "en", Fields: values(title)})
	})
}

func values(title string) content.Values {
	return content.Values{"title": title, "summary": "All about it.", "body": "# " + title}
}

func (e env) ready(t *testing.T, all ...content.View) {
	t.Helper()
	for _, v := range all {
		if _, err := e.content.SetReady(t.Context(), e.anna, v.ID, v.Version.Number); err != nil {
			t.Fatal(err)
		}
	}
}

// readyPage is a page of Anna's that can go out.
func (e env) readyPage(t *testing.T, project int64, title string) content.View {
	t.Helper()
	v := e.page(t, e.anna, project, title)
	e.ready(t, v)
	return v
}

func (e env) publish(t *testing.T, a access.Actor, project int64) releases.Run {
	t.Helper()
	r, created, err := e.Publish(t.Context(), a, project, releases.Request{Mode: releases.WhatIsReady})
	if err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
	return r
}

// delivered is what the public gets at the address, "" for nothing.
func (e env) delivered(t *testing.T, path string) string {
	t.Helper()
	d, err := e.content.Deliver(t.Context(), "en", path)
	switch errs.CodeOf(err) {
	case "":
	case errs.NotFound:
		return ""
	default:
		t.Fatal(err)
	}
	return fmt.Sprint(d.Fields["body"])
}

// told is somebody's inbox, newest first.
func (e env) told(t *testing.T, a access.Actor) []string {
	t.Helper()
	page, err := e.inbox.List(t.Context(), a, notifications.Filter{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, n := range page.Rows {
		out = append(out, fmt.Sprintf("%s of %d by %s: %s (%s)", n.Kind, n.Count, n.Actor.Handle, n.Text, n.Reason))
	}
	return out
}

func (e env) overview(t *testing.T, project int64) projects.Overview {
	t.Helper()
	o, err := e.projects.Overview(t.Context(), e.maren, project)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// dump is everything that the database holds, table by table.
func (e env) dump(t *testing.T) []string {
	t.Helper()
	out := []string{}
	err := e.db.Read(t.Context(), func(tx *gorm.DB) error {
		for _, table := range []string{"projects", "project_items", "versions", "live", "publish_runs", "publish_run_items", "notifications", "events"} {
			var rows []map[string]any
			if err := tx.Table(table).Find(&rows).Error; err != nil {
				return err
			}
			for _, row := range rows {
				out = append(out, fmt.Sprint(table, " ", row))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
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
