package notifications_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/notifications"
	"galley/store"
	"galley/store/storetest"
)

type env struct {
	*notifications.Service
	db            *store.DB
	anna, ilse    access.Actor
	project, item int64
}

func newEnv(t *testing.T) env {
	t.Helper()
	return newEnvWith(t, store.Options{})
}

func newEnvWith(t *testing.T, o store.Options) env {
	t.Helper()
	db := storetest.OpenWith(t, o)
	e := env{
		Service: notifications.New(db), db: db,
		anna: storetest.Person(t, db, "Anna Vale", access.Editor),
		ilse: storetest.Person(t, db, "Ilse Kortwijk", access.Reviewer),
	}
	storetest.Exec(t, db, `INSERT INTO projects (id, name, description, owner_id, created_at, updated_at) VALUES (7, 'Coast Pass launch', '', ?, '2026-03-10', '2026-03-10')`, e.anna.UserID)
	e.project, e.item = 7, storetest.Item(t, db, 7, e.anna, "Prices")
	return e
}

func (e env) tell(t *testing.T, text string, to ...int64) {
	t.Helper()
	err := e.db.Write(t.Context(), func(tx *gorm.DB) error {
		return notifications.Add(tx, notifications.Note{
			Kind: notifications.Mentioned, ProjectID: e.project, ItemID: &e.item, Actor: e.anna, Text: text, Reason: "You were mentioned by name.",
		}, to...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (e env) list(t *testing.T, a access.Actor, f notifications.Filter) notifications.Page {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = 50
	}
	page, err := e.List(t.Context(), a, f)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestAddIsOnceForEachAndOnlyWithItsCause(t *testing.T) {
	e := newEnv(t)
	before := storetest.LastEvent(t, e.db)
	e.tell(t, strings.Repeat("ä", 201), e.ilse.UserID, e.ilse.UserID)
	page := e.list(t, e.ilse, notifications.Filter{})
	if len(page.Rows) != 1 || page.Unread != 1 {
		t.Fatalf("got %d entries, %d unread, want one of each", len(page.Rows), page.Unread)
	}
	n := page.Rows[0]
	if n.ProjectName != "Coast Pass launch" || *n.ItemTitle != "Prices" || n.Actor.ID != e.anna.UserID || n.Text != strings.Repeat("ä", 200)+"…" {
		t.Errorf("got %+v", n)
	}
	if own := e.list(t, e.anna, notifications.Filter{}); len(own.Rows) != 0 {
		t.Errorf("somebody else's inbox has %+v", own.Rows)
	}
	want := []string{fmt.Sprintf("notification.added user:%d", e.ilse.UserID)}
	if got := storetest.Events(t, e.db, before); !slices.Equal(got, want) {
		t.Errorf("got events %q, want %q", got, want)
	}

	failed := e.db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := notifications.Add(tx, notifications.Note{Kind: notifications.Replied, ProjectID: e.project, Actor: e.anna}, e.ilse.UserID); err != nil {
			return err
		}
		return errors.New("the cause fails")
	})
	if after := e.list(t, e.ilse, notifications.Filter{}); failed == nil || len(after.Rows) != 1 {
		t.Errorf("a notification outlived its cause: %+v", after.Rows)
	}
}

func TestRead(t *testing.T) {
	e := newEnv(t)
	for i := range 3 {
		e.tell(t, fmt.Sprint(i), e.ilse.UserID, e.anna.UserID)
	}
	rows := e.list(t, e.ilse, notifications.Filter{}).Rows
	foreign := e.list(t, e.anna, notifications.Filter{}).Rows[0].ID
	before := storetest.LastEvent(t, e.db)
	for range 2 { // the second time there is nothing to tell
		unread, err := e.Read(t.Context(), e.ilse, notifications.Reading{IDs: []int64{rows[0].ID, foreign}})
		if err != nil || unread != 2 {
			t.Fatalf("got %d unread, %v, want 2", unread, err)
		}
	}
	if left := e.list(t, e.anna, notifications.Filter{Unread: true}); left.Unread != 3 {
		t.Errorf("somebody else's entries were marked: %d unread, want 3", left.Unread)
	}
	unread, err := e.Read(t.Context(), e.ilse, notifications.Reading{All: true})
	if err != nil || unread != 0 {
		t.Fatalf("got %d unread, %v, want none", unread, err)
	}
	if left := e.list(t, e.ilse, notifications.Filter{Unread: true}); len(left.Rows) != 0 {
		t.Errorf("unread: %+v", left.Rows)
	}
	event := fmt.Sprintf("notification.read user:%d", e.ilse.UserID)
	if got := storetest.Events(t, e.db, before); !slices.Equal(got, []string{event, event}) {
		t.Errorf("got events %q, want two of %s", got, event)
	}
}

func TestReadRefuses(t *testing.T) {
	e := newEnv(t)
	for name, r := range map[string]notifications.Reading{
		"nothing": {}, "both": {IDs: []int64{1}, All: true}, "too many": {IDs: make([]int64, 201)},
	} {
		if _, err := e.Read(t.Context(), e.ilse, r); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
}

func TestListByPagesAndKind(t *testing.T) {
	e := newEnv(t)
	for i := range 3 {
		e.tell(t, fmt.Sprint(i), e.ilse.UserID)
	}
	first := e.list(t, e.ilse, notifications.Filter{Limit: 1})
	if len(first.Rows) != 2 || first.Rows[0].Text != "2" {
		t.Fatalf("got %+v, want the newest and one more", first.Rows)
	}
	if second := e.list(t, e.ilse, notifications.Filter{After: first.Rows[0].ID}); len(second.Rows) != 2 || second.Rows[0].Text != "1" {
		t.Errorf("got %+v", second.Rows)
	}
	if none := e.list(t, e.ilse, notifications.Filter{Kind: notifications.Replied}); len(none.Rows) != 0 {
		t.Errorf("got %+v", none.Rows)
	}
}

// What many say about one thing within an hour is one entry, while it is unread.
func TestAlikeEntriesJoin(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	e := newEnvWith(t, store.Options{Now: func() time.Time { return now }})
	people := []access.Actor{e.anna}
	for i := range 4 {
		people = append(people, storetest.Person(t, e.db, fmt.Sprintf("Person%d Vale", i), access.Editor))
	}
	say := func(kind notifications.Kind, by access.Actor, item *int64, text string) {
		t.Helper()
		err := e.db.Write(t.Context(), func(tx *gorm.DB) error {
			return notifications.Add(tx, notifications.Note{Kind: kind, ProjectID: e.project, ItemID: item, Actor: by, Text: text, Reason: "You follow it."}, e.ilse.UserID)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	first := now
	before := storetest.LastEvent(t, e.db)
	for i, who := range append(people, e.anna) {
		say(notifications.Commented, who, &e.item, fmt.Sprint(i))
		now = now.Add(5 * time.Minute)
	}
	page := e.list(t, e.ilse, notifications.Filter{})
	if len(page.Rows) != 1 || page.Unread != 1 {
		t.Fatalf("got %d entries, %d unread", len(page.Rows), page.Unread)
	}
	n := page.Rows[0]
	var actors []string
	for _, p := range n.Actors {
		actors = append(actors, p.Handle)
	}
	if n.Count != 6 || n.People != 5 || n.Actor.ID != e.anna.UserID || n.Text != "5" || !n.CreatedAt.Equal(first) || !slices.Equal(actors, []string{"anna", "person3", "person2"}) {
		t.Errorf("got %+v, with %v", n, actors)
	}
	if told := storetest.Events(t, e.db, before); len(told) != 6 || slices.Compact(told)[0] != fmt.Sprint("notification.added user:", e.ilse.UserID) {
		t.Errorf("got events %q", told)
	}
	kinds := func() (out []string) {
		for _, n := range e.list(t, e.ilse, notifications.Filter{}).Rows {
			out = append(out, fmt.Sprint(n.Kind, " ", n.Count, " ", n.ItemID != nil))
		}
		return out
	}
	wants := func(what string, want ...string) {
		t.Helper()
		if got := kinds(); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	say(notifications.Commented, e.anna, nil, "on the project")
	wants("another thing", "commented 1 false", "commented 6 true")
	say(notifications.Replied, e.anna, &e.item, "a reply")
	wants("another kind", "replied 1 true", "commented 1 false", "commented 6 true")
	now = first.Add(61 * time.Minute)
	say(notifications.Commented, e.anna, &e.item, "an hour later")
	wants("another hour", "commented 1 true", "replied 1 true", "commented 1 false", "commented 6 true")
	if _, err := e.Read(t.Context(), e.ilse, notifications.Reading{All: true}); err != nil {
		t.Fatal(err)
	}
	say(notifications.Replied, e.anna, &e.item, "once read")
	say(notifications.Mentioned, e.anna, &e.item, "@ilse?")
	say(notifications.Mentioned, e.anna, &e.item, "@ilse!")
	wants("read ones stay as they are, mentions stand alone",
		"mentioned 1 true", "mentioned 1 true", "replied 1 true", "commented 1 true", "replied 1 true", "commented 1 false", "commented 6 true")
}

// An entry about what one may not see any more is a stub, and counts as unread like any other.
func TestStubs(t *testing.T) {
	e := newEnv(t)
	e.tell(t, "secret", e.ilse.UserID)
	storetest.Exec(t, e.db, `UPDATE projects SET visibility = 'members' WHERE id = 7`)
	page := e.list(t, e.ilse, notifications.Filter{})
	n := page.Rows[0]
	if !n.Gone || n.Kind != notifications.Mentioned || n.ProjectID != nil || n.ProjectName != "" || n.ItemID != nil || n.ItemTitle != nil || n.Actor != nil || len(n.Actors) > 0 || n.Text != "" || n.Reason != "" || page.Unread != 1 {
		t.Errorf("got %+v, %d unread", n, page.Unread)
	}
	if found := e.list(t, e.ilse, notifications.Filter{ProjectID: 7}); len(found.Rows) != 0 {
		t.Errorf("a filter finds %+v", found.Rows)
	}
	storetest.Exec(t, e.db, `INSERT INTO members VALUES (7, ?, 'reviewer')`, e.ilse.UserID)
	if found := e.list(t, e.ilse, notifications.Filter{ProjectID: 7}); len(found.Rows) != 1 || found.Rows[0].Gone || found.Rows[0].Text != "secret" {
		t.Errorf("to a member: got %+v", found.Rows)
	}
}
