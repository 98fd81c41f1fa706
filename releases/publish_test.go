package releases_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/projects"
	"galley/releases"
	"galley/store"
	"galley/store/storetest"
)

func TestPublishWhatIsReady(t *testing.T) {
	e := newEnv(t)
	fares, draft := e.readyPage(t, e.launch, "Fares"), e.page(t, e.anna, e.launch, "Timetable")
	before := storetest.LastEvent(t, e.db)
	r := e.publish(t, e.anna, e.launch)
	if r.ProjectID != e.launch || r.Mode != "ready" || r.State != "published" || r.By.Handle != "anna" || r.StartedAt.IsZero() || r.FinishedAt.Before(r.StartedAt) {
		t.Errorf("got %+v", r)
	}
	same(t, "report", report(r), []string{"Fares published", "Timetable skipped: It is not ready."})
	same(t, "events", storetest.Events(t, e.db, before), []string{
		"item.changed " + topic(e.launch), "version.changed " + topic(e.launch), "version.changed content", "audit.added audit", "run.finished " + topic(e.launch), "project.changed " + topic(e.launch), "project.changed projects",
	})
	o := e.overview(t, e.launch)
	if o.State != projects.Active || o.Counts.Published != 1 || o.Counts.Draft != 1 || o.Items[0].State != content.Published || o.Items[0].VersionRevision != 3 {
		t.Errorf("got %+v", o)
	}
	if e.delivered(t, fares.Slug) != "# Fares" || e.delivered(t, draft.Slug) != "" {
		t.Errorf("the public gets %q and %q", e.delivered(t, fares.Slug), e.delivered(t, draft.Slug))
	}

	e.ready(t, draft)
	before = storetest.LastEvent(t, e.db)
	same(t, "second report", report(e.publish(t, e.tomas, e.launch)), []string{"Timetable published"})
	if o := e.overview(t, e.launch); o.State != projects.Published || o.Counts.Published != 2 {
		t.Errorf("after the last one: got %s, %+v", o.State, o.Counts)
	}
	if told := storetest.Events(t, e.db, before); count(told, "project.changed projects") != 1 {
		t.Errorf("got %q, want project.changed once for all", told)
	}
	_, _, err := e.Publish(t.Context(), e.anna, e.launch, releases.Request{Mode: releases.WhatIsReady})
	wantCode(t, err, errs.Conflict)
}

func report(r releases.Run) []string {
	out := []string{}
	for _, it := range r.Items {
		line := it.Title + " " + it.Result
		if it.Reason != "" {
			line += ": " + it.Reason
		}
		out = append(out, line)
	}
	return out
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

func TestPublishAllOrNothing(t *testing.T) {
	e := newEnv(t)
	fares, draft := e.readyPage(t, e.launch, "Fares"), e.page(t, e.anna, e.launch, "Timetable")
	all := releases.Request{Mode: releases.AllOrNothing}
	before := e.dump(t)
	_, _, err := e.Publish(t.Context(), e.anna, e.launch, all)
	wantCode(t, err, errs.Conflict)
	if err == nil || !strings.Contains(err.Error(), "1 of 2") {
		t.Errorf("got %v", err)
	}
	same(t, "what was refused", e.dump(t), before)
	if e.delivered(t, fares.Slug) != "" {
		t.Error("something went out")
	}
	e.ready(t, draft)
	r, created, err := e.Publish(t.Context(), e.anna, e.launch, all)
	if err != nil || !created || r.Mode != "all" {
		t.Fatalf("got %+v, %v", r, err)
	}
	same(t, "report", report(r), []string{"Fares published", "Timetable published"})
	if o := e.overview(t, e.launch); o.State != projects.Published {
		t.Errorf("got %s", o.State)
	}
}

// The version before becomes previously published, and the run remembers it.
func TestPublishTheNextVersion(t *testing.T) {
	e := newEnv(t)
	v := e.readyPage(t, e.launch, "Fares")
	e.publish(t, e.anna, e.launch)
	other := e.project(t, "Another")
	e.ready(t, e.next(t, e.anna, other, v, "New fares"))
	before := storetest.LastEvent(t, e.db)
	r := e.publish(t, e.anna, other)
	if got := e.delivered(t, "fares"); got != "# New fares" {
		t.Errorf("the public gets %q", got)
	}
	for number, want := range map[int64]string{1: content.PreviouslyPublished, 2: content.Published} {
		got, err := e.content.Get(t.Context(), e.ilse, v.ID, "en", number)
		if err != nil || got.State != want || got.Live.Number != 2 {
			t.Errorf("version %d: got %+v, %v, want it %s", number, got, err, want)
		}
	}
	var kept int64
	err := e.db.Read(t.Context(), func(tx *gorm.DB) error {
		return tx.Raw(`SELECT v.number FROM publish_run_items i JOIN versions v ON v.id = i.previous_version_id WHERE i.run_id = ?`, r.ID).Scan(&kept).Error
	})
	if err != nil || kept != 1 {
		t.Errorf("got version %d as the one before, %v", kept, err)
	}
	if o := e.overview(t, e.launch); o.Counts.PreviouslyPublished != 1 || o.Counts.Published != 0 {
		t.Errorf("in the first project: got %+v", o.Counts)
	}
	if told := storetest.Events(t, e.db, before); count(told, "item.changed "+topic(e.launch)) != 1 || count(told, "project.changed "+topic(e.launch)) != 1 {
		t.Errorf("the first project was not told: %q", told)
	}
}

func TestPublishRefuses(t *testing.T) {
	e := newEnv(t)
	e.readyPage(t, e.launch, "Fares")
	e.readyPage(t, e.secret, "Secret fares")
	empty, unready := e.project(t, "Empty"), e.project(t, "Unready")
	e.page(t, e.anna, unready, "A draft")
	before := e.dump(t)
	ready := releases.Request{Mode: releases.WhatIsReady}
	for _, row := range []struct {
		name    string
		as      access.Actor
		project int64
		req     releases.Request
		want    errs.Code
	}{
		{"a reviewer", e.ilse, e.launch, ready, errs.Forbidden},
		{"a stranger", e.tomas, e.secret, ready, errs.NotFound},
		{"no such project", e.anna, 999, ready, errs.NotFound},
		{"no mode", e.anna, e.launch, releases.Request{}, errs.Invalid},
		{"no such mode", e.anna, e.launch, releases.Request{Mode: "some"}, errs.Invalid},
		{"nothing in it", e.anna, empty, ready, errs.Conflict},
		{"nothing ready", e.anna, unready, ready, errs.Conflict},
		{"nothing ready, all", e.anna, unready, releases.Request{Mode: releases.AllOrNothing}, errs.Conflict},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, _, err := e.Publish(t.Context(), row.as, row.project, row.req)
			wantCode(t, err, row.want)
		})
	}
	same(t, "what was refused", e.dump(t), before)
	for _, state := range []string{projects.Archived, projects.Scheduled, projects.Publishing} {
		storetest.Exec(t, e.db, `UPDATE projects SET state = ? WHERE id = ?`, state, e.launch)
		_, _, err := e.Publish(t.Context(), e.anna, e.launch, ready)
		wantCode(t, err, errs.Conflict)
	}
	storetest.Exec(t, e.db, `UPDATE projects SET state = ? WHERE id = ?`, projects.PublishFailed, e.launch)
	e.publish(t, e.anna, e.launch)
	for name, read := range map[string]func() error{
		"preflight": func() error { _, err := e.Preflight(t.Context(), e.tomas, e.secret); return err },
		"runs":      func() error { _, err := e.Runs(t.Context(), e.tomas, e.secret, 0, 50); return err },
	} {
		t.Log(name)
		wantCode(t, read(), errs.NotFound)
	}
}

func TestPublishTwiceWithOneKey(t *testing.T) {
	e := newEnv(t)
	e.readyPage(t, e.launch, "Fares")
	req := releases.Request{Mode: releases.WhatIsReady, Key: store.NewClientKey("k", []byte("a"))}
	first, created, err := e.Publish(t.Context(), e.anna, e.launch, req)
	if err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
	e.readyPage(t, e.launch, "Timetable") // it must not go out by a repeat
	before := e.dump(t)
	again, created, err := e.Publish(t.Context(), e.anna, e.launch, req)
	if err != nil || created || again.ID != first.ID || len(again.Items) != 1 || again.Items[0] != first.Items[0] {
		t.Errorf("got %+v (created %v, %v), want %+v again", again, created, err, first)
	}
	req.Key = store.NewClientKey("k", []byte("b"))
	_, _, err = e.Publish(t.Context(), e.anna, e.launch, req)
	wantCode(t, err, errs.Invalid)
	same(t, "what was repeated", e.dump(t), before)
	if _, created, err := e.Publish(t.Context(), e.tomas, e.launch, req); err != nil || !created {
		t.Errorf("somebody else's equal key: created %v, %v", created, err)
	}
}

// However many press the button at once, with one key or each with their own, it is one run with one effect.
func TestPublishAtOnce(t *testing.T) {
	for name, key := range map[string]func(i int) store.ClientKey{
		"one key": func(int) store.ClientKey { return store.NewClientKey("k", []byte("a")) },
		"many":    func(i int) store.ClientKey { return store.NewClientKey(fmt.Sprint(i), []byte("a")) },
		"no key":  func(int) store.ClientKey { return store.ClientKey{} },
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t)
			e.readyPage(t, e.launch, "Fares")
			e.readyPage(t, e.launch, "Timetable")
			before := storetest.LastEvent(t, e.db)
			var all sync.WaitGroup
			var mu sync.Mutex
			made, refused, runs := 0, 0, map[int64]bool{}
			for i := range 8 {
				all.Go(func() {
					r, created, err := e.Publish(context.WithoutCancel(t.Context()), e.anna, e.launch, releases.Request{Mode: releases.WhatIsReady, Key: key(i)})
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						runs[r.ID] = true
						if created {
							made++
						}
					case errs.CodeOf(err) == errs.Conflict:
						refused++
					default:
						t.Error(err)
					}
				})
			}
			all.Wait()
			wantRefused := 7
			if name == "one key" {
				wantRefused = 0
			}
			if made != 1 || len(runs) != 1 || refused != wantRefused {
				t.Errorf("made %d, runs %v, refused %d, want one run, and %d refused", made, runs, refused, wantRefused)
			}
			if n := count(storetest.Events(t, e.db, before), "run.finished "+topic(e.launch)); n != 1 {
				t.Errorf("run.finished was written %d times", n)
			}
			page, err := e.Runs(t.Context(), e.ilse, e.launch, 0, 50)
			if err != nil || len(page.Rows) != 1 || len(page.Rows[0].Items) != 2 {
				t.Errorf("got %+v, %v", page.Rows, err)
			}
		})
	}
}

// A publish that fails on its way leaves nothing: no page, no state, no run, no notification, no event.
func TestFailingPublishLeavesNothing(t *testing.T) {
	for name, trigger := range map[string]string{
		"a statement fails":             `CREATE TRIGGER fails BEFORE INSERT ON publish_run_items WHEN NEW.title = 'Timetable' BEGIN SELECT RAISE(ABORT, 'no'); END`,
		"the whole transaction is lost": `CREATE TRIGGER fails BEFORE INSERT ON live WHEN NEW.slug = 'timetable' BEGIN SELECT RAISE(ROLLBACK, 'no'); END`,
		"the last thing to be written":  `CREATE TRIGGER fails BEFORE INSERT ON events WHEN NEW.type = 'run.finished' BEGIN SELECT RAISE(ABORT, 'no'); END`,
		"somebody cannot be told":       `CREATE TRIGGER fails BEFORE INSERT ON notifications BEGIN SELECT RAISE(ABORT, 'no'); END`,
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t)
			v := e.readyPage(t, e.launch, "Fares")
			e.readyPage(t, e.launch, "Timetable")
			storetest.Exec(t, e.db, trigger)
			before := e.dump(t)
			req := releases.Request{Mode: releases.WhatIsReady, Key: store.NewClientKey("k", []byte("a"))}
			if _, _, err := e.Publish(t.Context(), e.tomas, e.launch, req); err == nil {
				t.Error("it succeeded")
			}
			same(t, "what is left of it", e.dump(t), before)
			if e.delivered(t, v.Slug) != "" {
				t.Error("something went out")
			}
			storetest.Exec(t, e.db, `DROP TRIGGER fails`)
			if r, created, err := e.Publish(t.Context(), e.tomas, e.launch, req); err != nil || !created || len(r.Items) != 2 {
				t.Errorf("once more, with the same key: got %+v, created %v, %v", r, created, err)
			}
		})
	}
}

func TestRuns(t *testing.T) {
	e := newEnv(t)
	other := e.project(t, "Another")
	e.readyPage(t, other, "Elsewhere")
	e.publish(t, e.anna, other)
	for i := range 3 {
		e.readyPage(t, e.launch, fmt.Sprint("Page ", i))
		e.publish(t, e.anna, e.launch)
	}
	page, err := e.Runs(t.Context(), e.ilse, e.launch, 0, 2)
	if err != nil || len(page.Rows) != 3 || page.Position.ID != storetest.LastEvent(t, e.db) {
		t.Fatalf("got %+v, %v, want one row more than asked", page, err)
	}
	for i, want := range []string{"Page 2 published", "Page 1 published", "Page 0 published"} {
		same(t, "run", report(page.Rows[i]), []string{want})
	}
	rest, err := e.Runs(t.Context(), e.ilse, e.launch, page.Rows[1].ID, 2)
	if err != nil || len(rest.Rows) != 1 || rest.Rows[0].ID != page.Rows[2].ID {
		t.Errorf("the next page: got %+v, %v", rest.Rows, err)
	}
}
