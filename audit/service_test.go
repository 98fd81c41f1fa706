package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/httpapi"
	"galley/store"
	"galley/store/storetest"
)

type env struct {
	*testing.T
	db          *store.DB
	s           *Service
	maren, anna access.Actor
	clock       *atomic.Int64 // milliseconds since 1970
}

func newEnv(t *testing.T) env {
	t.Helper()
	clock := &atomic.Int64{}
	clock.Store(time.Date(2026, 3, 10, 14, 7, 0, 0, time.UTC).UnixMilli())
	db := storetest.OpenWith(t, store.Options{Now: func() time.Time { return time.UnixMilli(clock.Load()) }})
	e := env{T: t, db: db, s: New(db), maren: storetest.Person(t, db, "Maren Oduya", access.Admin), anna: storetest.Person(t, db, "Anna Vale", access.Editor), clock: clock}
	e.maren.Address = "192.0.2.7"
	return e
}

func (e env) add(a access.Actor, kind Kind, subject string, d Detail) {
	e.Helper()
	if err := e.db.Write(e.Context(), func(tx *gorm.DB) error { return Add(tx, a, kind, subject, d) }); err != nil {
		e.Fatal(err)
	}
}

func (e env) list(f Filter) []Entry {
	e.Helper()
	list, at, err := e.s.List(e.Context(), e.maren, f)
	if err != nil || at.Epoch == "" {
		e.Fatal(at, err)
	}
	return list
}

func TestAdd(t *testing.T) {
	e := newEnv(t)
	anna := e.anna.Person()
	e.add(e.maren, MemberChanged, "projects/7", Detail{Name: "Coast Pass <launch>", Person: &anna, Changes: Differences(
		Change{Field: "role", Before: "reviewer", After: "editor"}, Change{Field: "kept", Before: true, After: true}, Change{Field: "count", Before: nil, After: 3},
	)})
	e.add(access.System, Restored, "database", Detail{Name: "monday.db"})
	maren := e.maren.Person()
	at := time.Date(2026, 3, 10, 14, 7, 0, 0, time.UTC)
	want := []Entry{
		{ID: 2, Kind: Restored, Subject: "database", Detail: Detail{Name: "monday.db", Changes: []Change{}}, CreatedAt: at},
		{ID: 1, Kind: MemberChanged, Actor: &maren, Subject: "projects/7", Address: "192.0.2.7", CreatedAt: at, Detail: Detail{
			Name: "Coast Pass <launch>", Person: &anna, Changes: []Change{{"role", "reviewer", "editor"}, {"count", nil, 3.0}},
		}},
	}
	if got := e.list(Filter{Limit: 50}); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	var logged []*events.Event
	err := e.db.Read(t.Context(), func(tx *gorm.DB) (err error) {
		logged, err = events.Page(tx, nil, 0, 10)
		return err
	})
	if err != nil || len(logged) != 2 {
		t.Fatalf("got %d events, %v", len(logged), err)
	}
	const data = `{"id":1,"kind":"member_changed","actor":{"id":1,"name":"Maren Oduya","handle":"maren"},"subject":"projects/7","detail":{"name":"Coast Pass <launch>",` +
		`"person":{"id":2,"name":"Anna Vale","handle":"anna"},"changes":[{"field":"role","before":"reviewer","after":"editor"},{"field":"count","before":null,"after":3}]},` +
		`"address":"192.0.2.7","created_at":"2026-03-10T14:07:00Z"}`
	if got := logged[0]; got.Type != "audit.added" || got.Topic != "audit" || got.Subject != "audit/1" || string(got.Data) != data {
		t.Errorf("got %s %s %s\n%s\nwant\n%s", got.Type, got.Topic, got.Subject, got.Data, data)
	}
	// What did not happen in the end is not kept.
	refused := errors.New("no")
	err = e.db.Write(t.Context(), func(tx *gorm.DB) error {
		return errors.Join(Add(tx, e.maren, ProjectDeleted, "projects/7", Detail{}), refused)
	})
	if !errors.Is(err, refused) || len(e.list(Filter{Limit: 50})) != 2 || storetest.LastEvent(t, e.db) != logged[1].ID {
		t.Errorf("a refused action left something; %v", err)
	}
}

func TestList(t *testing.T) {
	e := newEnv(t)
	for i := range 3 {
		e.add(e.maren, SignedIn, "users/1", Detail{Name: fmt.Sprint(i)})
		e.add(e.anna, SignedIn, "users/2", Detail{Name: fmt.Sprint(i)})
		e.add(e.maren, SettingsChanged, "settings", Detail{Name: fmt.Sprint(i)})
	}
	for _, row := range []struct {
		name string
		f    Filter
		want []int64
	}{
		{"all, newest first, with one more", Filter{Limit: 2}, []int64{9, 8, 7}},
		{"the next page", Filter{Limit: 2, After: 8}, []int64{7, 6, 5}},
		{"the last page", Filter{Limit: 2, After: 3}, []int64{2, 1}},
		{"a kind", Filter{Limit: 50, Kind: "settings_changed"}, []int64{9, 6, 3}},
		{"a person", Filter{Limit: 50, Actor: e.anna.UserID}, []int64{8, 5, 2}},
		{"a kind of a person, on", Filter{Limit: 50, Kind: "signed_in", Actor: e.maren.UserID, After: 7}, []int64{4, 1}},
		{"nothing", Filter{Limit: 50, Kind: "restored"}, nil},
	} {
		var got []int64
		for _, entry := range e.list(row.f) {
			got = append(got, entry.ID)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: got %v, want %v", row.name, got, row.want)
		}
	}
	for _, role := range []access.Role{access.None, access.Reviewer, access.Editor, access.Owner} {
		list, _, err := e.s.List(t.Context(), access.Actor{UserID: 1, Role: role}, Filter{Limit: 50})
		if errs.CodeOf(err) != errs.Forbidden || list != nil {
			t.Errorf("as %s: got %v, %v", role, list, err)
		}
	}
}

// A page costs the same however long the log is: each filter has an index that also sorts.
func TestListIsReadByAnIndex(t *testing.T) {
	e := newEnv(t)
	for _, f := range []Filter{{}, {After: 5}, {Kind: "signed_in", After: 5}, {Actor: 1}, {Actor: 1, After: 5}} {
		var plan []struct{ Detail string }
		err := e.db.Read(t.Context(), func(tx *gorm.DB) error {
			sql, args := f.query()
			return tx.Raw(`EXPLAIN QUERY PLAN `+sql, args...).Scan(&plan).Error
		})
		if err != nil || len(plan) != 2 { // one step for the entries, one for their actors; a third would be the sorting
			t.Errorf("%+v: got %+v, %v", f, plan, err)
			continue
		}
		if byKey := f.Kind == "" && f.Actor == 0; !byKey && !strings.Contains(plan[0].Detail, "USING INDEX audit_entries_by") {
			t.Errorf("%+v is not read by an index: %+v", f, plan)
		}
	}
}

func TestPrune(t *testing.T) {
	e := newEnv(t)
	insert := `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO audit_entries (kind, subject, detail, address, created_at) SELECT 'signed_in', 'users/1', '{}', '', ? FROM n`
	now := time.UnixMilli(e.clock.Load()).UTC()
	storetest.Exec(t, e.db, insert, 2*pruneBatch+500, now.Add(-keepFor-time.Minute))
	storetest.Exec(t, e.db, insert, 3, now.Add(-keepFor+time.Minute))
	if err := e.s.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := e.list(Filter{Limit: 50}); len(left) != 3 || left[2].ID != 2*pruneBatch+501 {
		t.Errorf("%d are left", len(left))
	}
}

func TestRoutes(t *testing.T) {
	e := newEnv(t)
	people := map[string]access.Actor{"admin": e.maren, "editor": e.anna}
	srv, err := httpapi.New(func(_ context.Context, token string, _ bool) (access.Actor, error) {
		a, ok := people[token]
		if !ok {
			return a, errs.New(errs.Unauthenticated, "Sign in first.")
		}
		return a, nil
	}, slog.New(slog.DiscardHandler), httpapi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e.s.Routes(srv)
	e.add(e.maren, SignedIn, "users/1", Detail{Name: "Maren Oduya"})
	e.add(e.maren, SettingsChanged, "settings", Detail{})
	for _, row := range []struct {
		as, query string
		status    int
		want      string // a part of the answer
	}{
		{"admin", "", 200, `{"items":[{"id":2,"kind":"settings_changed","actor":{"id":1,"name":"Maren Oduya","handle":"maren"},"subject":"settings","detail":{"name":"","person":null,"changes":[]},"address":"192.0.2.7","created_at":"2026-03-10T14:07:00Z"},{"id":1,`},
		{"admin", "?limit=1", 200, `"next":"2","position":"`},
		{"admin", "?kind=signed_in&actor=1&after=2", 200, `{"items":[{"id":1,`},
		{"admin", "?kind=signed_out", 422, `"fields":{"kind":"One of: signed_in, sign_in_failed,`},
		{"admin", "?actor=maren", 422, `"fields":{"actor":"This is not an id."}`},
		{"editor", "", 403, "Only admins read the audit log."},
		{"", "", 401, `"code":"unauthenticated"`},
	} {
		r := httptest.NewRequest("GET", "http://127.0.0.1/api/v1/audit"+row.query, nil)
		r.AddCookie(&http.Cookie{Name: httpapi.CookieName, Value: row.as})
		w := httptest.NewRecorder()
		srv.Echo.ServeHTTP(w, r)
		if w.Code != row.status || !strings.Contains(w.Body.String(), row.want) {
			t.Errorf("%s as %q: got %d %s, want %d with %s", row.query, row.as, w.Code, w.Body, row.status, row.want)
		}
	}
}
