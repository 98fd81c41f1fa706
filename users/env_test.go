package users

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/errs"
	"galley/events"
	"galley/store"
	"galley/store/storetest"
)

const (
	annasPassword = "morning-ferry-12"
	annasEmail    = "anna@merrow.example"
)

var here = Client{Address: "192.0.2.7", UserAgent: "Browser/1"}

// env is the service on a database of its own, with a clock that tests move.
type env struct {
	*testing.T
	db    *store.DB
	s     *Service
	clock *atomic.Int64 // milliseconds since 1970
}

func newEnv(t *testing.T) env {
	t.Helper()
	clock := &atomic.Int64{}
	clock.Store(time.Date(2026, 3, 10, 14, 7, 0, 0, time.UTC).UnixMilli())
	db := storetest.OpenWith(t, store.Options{Now: func() time.Time { return time.UnixMilli(clock.Load()) }})
	return env{t, db, New(db, Options{}), clock}
}

// settle waits until all that was queued to be written later is written.
func (e env) settle() {
	e.Helper()
	storetest.Exec(e.T, e.db, `SELECT 1`)
}

func (e env) now() time.Time { return time.UnixMilli(e.clock.Load()) }

func (e env) pass(d time.Duration) { e.clock.Add(d.Milliseconds()) }

// anna is an editor whose password is annasPassword.
func (e env) anna() Person { return e.add("Anna Vale", annasEmail, access.Editor, annasPassword) }

func (e env) add(name, email string, role access.Role, password string) Person {
	e.Helper()
	p, err := e.s.Add(e.Context(), access.System, NewPerson{Name: name, Email: email, Role: role, Password: password})
	if err != nil {
		e.Fatal(err)
	}
	return p
}

// signIn signs in and returns the token and the actor behind it.
func (e env) signIn(email, password string) (string, access.Actor) {
	e.Helper()
	token, _, err := e.s.SignIn(e.Context(), Credentials{Email: email, Password: password}, here, "")
	if err != nil {
		e.Fatal(err)
	}
	a, err := e.s.Authenticate(e.Context(), token, false)
	if err != nil {
		e.Fatal(err)
	}
	return token, a
}

func (e env) wantCode(err error, want errs.Code) {
	e.Helper()
	if got := errs.CodeOf(err); got != want {
		e.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func (e env) alive(token string) bool {
	_, err := e.s.Authenticate(e.Context(), token, false)
	return err == nil
}

// alivePerson is what Alive says of the actor.
func (e env) alivePerson(a access.Actor) error {
	return e.db.Read(e.Context(), func(tx *gorm.DB) error {
		_, err := e.s.Alive(tx, a)
		return err
	})
}

// logged are the events since the position, but for those that only say what was audited.
func (e env) logged(since int64) []*events.Event {
	e.Helper()
	return slices.DeleteFunc(e.all(since), func(l *events.Event) bool { return l.Type == events.AuditAdded })
}

// audited is what was kept for the admins since the position, and told to them: kind, subject, who, from where, and what.
func (e env) audited(since int64) (list []string) {
	e.Helper()
	for _, l := range e.all(since) {
		if l.Type != events.AuditAdded {
			continue
		}
		var a audit.Entry
		if err := json.Unmarshal(l.Data, &a); err != nil || l.Topic != events.Audit {
			e.Fatalf("%s: %s, %v", l.Topic, l.Data, err)
		}
		row := fmt.Sprint(a.Kind, " ", a.Subject, " ", a.Detail.Name, " by ")
		if a.Actor != nil {
			row += a.Actor.Handle
		}
		row += " from " + a.Address
		for _, c := range a.Detail.Changes {
			row += fmt.Sprintf(" %s:%v→%v", c.Field, c.Before, c.After)
		}
		list = append(list, row)
	}
	return list
}

func (e env) wantAudited(since int64, want ...string) {
	e.Helper()
	if got := e.audited(since); !slices.Equal(got, want) {
		e.Errorf("kept\ngot  %s\nwant %s", strings.Join(got, "; "), strings.Join(want, "; "))
	}
}

func (e env) all(since int64) []*events.Event {
	e.Helper()
	var list []*events.Event
	err := e.db.Read(e.Context(), func(tx *gorm.DB) (err error) {
		list, err = events.Page(tx, nil, since, 100)
		return err
	})
	if err != nil {
		e.Fatal(err)
	}
	return slices.DeleteFunc(list, func(e *events.Event) bool { _, silent := events.Forgotten(e.Topic); return silent })
}

func (e env) number(query string, args ...any) (n int64) {
	e.Helper()
	err := e.db.Read(context.Background(), func(tx *gorm.DB) error { return tx.Raw(query, args...).Scan(&n).Error })
	if err != nil {
		e.Fatal(err)
	}
	return n
}
