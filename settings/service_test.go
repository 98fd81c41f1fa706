package settings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
	"galley/store/storetest"
)

type env struct {
	*testing.T
	db    *store.DB
	s     *Service
	maren access.Actor
	heard *[]bool // what the listener was told
}

func newEnv(t *testing.T, pins Pins) env {
	t.Helper()
	db := storetest.Open(t)
	e := env{T: t, db: db, maren: storetest.Person(t, db, "Maren Oduya", access.Admin)}
	e.start(pins)
	return e
}

// start is what a start of the process does.
func (e *env) start(pins Pins) {
	e.Helper()
	e.s = New(e.db, pins)
	if err := e.s.Start(e.Context()); err != nil {
		e.Fatal(err)
	}
	e.heard = &[]bool{}
	heard := e.heard
	e.s.OnChange(func(on bool) { *heard = append(*heard, on) })
}

func (e env) change(revision int64, on bool) (Settings, error) {
	v, _, err := e.s.Change(e.Context(), e.maren, revision, Edit{WebsocketsEnabled: &on})
	return v, err
}

func (e env) enabledInTheRow() (on bool) {
	e.Helper()
	err := e.db.Read(context.Background(), func(tx *gorm.DB) error {
		return tx.Raw(`SELECT coalesce(websockets_pinned, websockets_enabled) FROM settings`).Scan(&on).Error
	})
	if err != nil {
		e.Fatal(err)
	}
	return on
}

func TestChange(t *testing.T) {
	e := newEnv(t, Pins{})
	first, at, err := e.s.Get(t.Context(), e.maren)
	if err != nil || !first.WebsocketsEnabled || first.RealtimeFallback != "manual" || first.Revision != 1 || first.ChangedAt != nil || first.ChangedBy != nil || first.Pinned.WebsocketsEnabled != nil || at.Epoch == "" {
		t.Fatalf("at first: got %+v at %v, %v", first, at, err)
	}
	v, err := e.change(1, false)
	if err != nil || v.WebsocketsEnabled || v.Revision != 2 || v.ChangedBy == nil || *v.ChangedBy != e.maren.Person() || v.ChangedAt == nil || time.Since(*v.ChangedAt) > time.Minute {
		t.Fatalf("got %+v, %v", v, err)
	}
	if again, _, err := e.s.Get(t.Context(), e.maren); err != nil || again.WebsocketsEnabled || again.Revision != 2 {
		t.Errorf("read back %+v, %v", again, err)
	}
	if e.s.Cached().WebsocketsEnabled || e.enabledInTheRow() {
		t.Error("the cache or the row says on")
	}
	if want := []bool{true, false}; !slices.Equal(*e.heard, want) {
		t.Errorf("the listener heard %v, want %v", *e.heard, want)
	}
	var logged []*events.Event
	err = e.db.Read(t.Context(), func(tx *gorm.DB) (err error) {
		logged, err = events.Page(tx, nil, 0, 10)
		return err
	})
	if err != nil || len(logged) != 2 {
		t.Fatalf("got %d events, %v", len(logged), err)
	}
	got := logged[0]
	if got.Topic != "site" || got.Type != "settings.changed" || got.Subject != "settings" || string(got.Data) != `{"websockets_enabled":false,"realtime_fallback":"manual","revision":2}` {
		t.Errorf("got %s %s %s %s", got.Topic, got.Type, got.Subject, got.Data)
	}
	want := fmt.Sprintf(`"kind":"settings_changed","actor":{"id":%d,"name":"Maren Oduya","handle":"maren"},"subject":"settings","detail":{"name":"","person":null,"changes":[{"field":"websockets_enabled","before":true,"after":false}]}`, e.maren.UserID)
	if kept := logged[1]; kept.Type != "audit.added" || kept.Topic != "audit" || !strings.Contains(string(kept.Data), want) {
		t.Errorf("kept is %s, want %s", kept.Data, want)
	}
	t.Run("is kept over a restart", func(t *testing.T) {
		e.start(Pins{})
		if e.s.Cached().WebsocketsEnabled || !slices.Equal(*e.heard, []bool{false}) {
			t.Errorf("got %+v, heard %v", e.s.Cached(), *e.heard)
		}
	})
	t.Run("to what is already so, is none", func(t *testing.T) {
		same, err := e.change(2, false)
		if err != nil || same.Revision != 2 || storetest.LastEvent(t, e.db) != logged[1].ID || len(*e.heard) != 1 {
			t.Errorf("got %+v, %v; heard %v", same, err, *e.heard)
		}
	})
}

func TestChangeRefusals(t *testing.T) {
	e := newEnv(t, Pins{})
	no, poll := false, "poll"
	for _, row := range []struct {
		name     string
		as       access.Actor
		revision int64
		edit     Edit
		want     errs.Code
	}{
		{"a reviewer", access.Actor{UserID: e.maren.UserID, Role: access.Reviewer}, 1, Edit{WebsocketsEnabled: &no}, errs.Forbidden},
		{"an editor", access.Actor{UserID: e.maren.UserID, Role: access.Editor}, 1, Edit{WebsocketsEnabled: &no}, errs.Forbidden},
		{"a project's owner", access.Actor{UserID: e.maren.UserID, Role: access.Owner}, 1, Edit{WebsocketsEnabled: &no}, errs.Forbidden},
		{"an old revision", e.maren, 7, Edit{WebsocketsEnabled: &no}, errs.Stale},
		{"a fall-back there is not", e.maren, 1, Edit{RealtimeFallback: &poll}, errs.Invalid},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, _, err := e.s.Change(t.Context(), row.as, row.revision, row.edit)
			if got := errs.CodeOf(err); got != row.want {
				t.Errorf("got %q (%v), want %q", got, err, row.want)
			}
			var stale *errs.Error
			if errors.As(err, &stale) && stale.Code == errs.Stale && stale.Current.(Settings).Revision != 1 {
				t.Errorf("current: got %+v", stale.Current)
			}
		})
	}
	_, _, err := e.s.Get(t.Context(), access.Actor{UserID: e.maren.UserID, Role: access.Editor})
	if errs.CodeOf(err) != errs.Forbidden {
		t.Errorf("reading as an editor: got %v", err)
	}
	if !e.enabledInTheRow() || storetest.LastEvent(t, e.db) != 0 || len(*e.heard) != 1 {
		t.Error("a refusal did something")
	}
}

func TestPinned(t *testing.T) {
	e := newEnv(t, Pins{Websockets: &Pin{On: false, By: "the flag --websockets off"}})
	if !slices.Equal(*e.heard, []bool{false}) || e.enabledInTheRow() {
		t.Errorf("pinned off: heard %v", *e.heard)
	}
	v, _, err := e.s.Get(t.Context(), e.maren)
	if err != nil || v.WebsocketsEnabled || v.Pinned.WebsocketsEnabled == nil || *v.Pinned.WebsocketsEnabled != "the flag --websockets off" {
		t.Errorf("got %+v, %v", v, err)
	}
	_, err = e.change(1, true)
	var got *errs.Error
	if !errors.As(err, &got) || got.Code != errs.Conflict || got.Message != "This is set by the flag --websockets off. Change it there and start Galley again." {
		t.Errorf("got %v", err)
	}
	manual := "manual"
	if _, _, err := e.s.Change(t.Context(), e.maren, 1, Edit{RealtimeFallback: &manual}); err != nil {
		t.Errorf("what is not pinned: got %v", err)
	}
	e.start(Pins{}) // the pin is taken away: what the admins chose counts again
	if !slices.Equal(*e.heard, []bool{true}) || !e.enabledInTheRow() {
		t.Errorf("after the pin: heard %v", *e.heard)
	}
}

// Two admins switch at once: the listener ends on what the database holds.
func TestChangesAtOnce(t *testing.T) {
	e := newEnv(t, Pins{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 20 {
				v, _, err := e.s.Get(t.Context(), e.maren)
				if err == nil {
					_, err = e.change(v.Revision, i%2 == 0)
				}
				if err != nil && errs.CodeOf(err) != errs.Stale {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	last := (*e.heard)[len(*e.heard)-1]
	if last != e.enabledInTheRow() || e.s.Cached().WebsocketsEnabled != last {
		t.Errorf("the listener believes %v, the database %v, the cache %v", last, e.enabledInTheRow(), e.s.Cached().WebsocketsEnabled)
	}
	if changes := int(storetest.LastEvent(t, e.db)); changes == 0 || len(*e.heard) > changes+1 {
		t.Errorf("%d changes, the listener heard %d", changes, len(*e.heard))
	}
}
