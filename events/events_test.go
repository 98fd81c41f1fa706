package events_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
	"galley/store"
	"galley/store/storetest"
)

var anna = access.Actor{UserID: 3, Name: "Anna Vale", Handle: "anna", Role: access.Editor}

func add(t *testing.T, db *store.DB, topic string, data any) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		return events.Append(tx, events.Change{Topic: topic, Type: events.CommentAdded, Subject: "comments/1", Actor: anna}, data)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func page(t *testing.T, db *store.DB, topics []string, after int64, limit int) []*events.Event {
	t.Helper()
	var got []*events.Event
	err := db.Read(t.Context(), func(tx *gorm.DB) (err error) {
		got, err = events.Page(tx, topics, after, limit)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func here(t *testing.T, db *store.DB) events.Position {
	t.Helper()
	var p events.Position
	err := db.Read(t.Context(), func(tx *gorm.DB) (err error) {
		p, err = events.Here(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAppendIsReadBackWhole(t *testing.T) {
	db := storetest.Open(t)
	add(t, db, events.Project(7), map[string]any{"id": 1, "body": `<b> & "quotes"`})
	got := page(t, db, []string{events.Project(7)}, 0, 10)
	if len(got) != 1 {
		t.Fatalf("got %d events, want 1", len(got))
	}
	wire := string(got[0].AppendWire(nil, "k3f9"))
	want := fmt.Sprintf(`{"id":"k3f9.%d","topic":"project:7","type":"comment.added","subject":"comments/1","actor":{"id":3,"name":"Anna Vale","handle":"anna"},"time":%q,"data":{"body":"<b> & \"quotes\"","id":1}}`,
		got[0].ID, got[0].Time.UTC().Format("2006-01-02T15:04:05.000Z"))
	if wire != want {
		t.Errorf("got  %s\nwant %s", wire, want)
	}
	if !json.Valid([]byte(wire)) {
		t.Error("the wire form is no JSON")
	}
}

// What I did myself is not new to me; what nobody did is.
func TestCountLeavesOutMyOwn(t *testing.T) {
	db := storetest.Open(t)
	add(t, db, events.Project(7), map[string]any{"id": 1})
	begin := here(t, db)
	for range 3 {
		add(t, db, events.Project(7), map[string]any{"id": 1})
	}
	add(t, db, events.Project(8), map[string]any{"id": 2})
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		return events.Append(tx, events.Change{Topic: events.Project(7), Type: events.ProjectChanged, Subject: "projects/7"}, map[string]any{"id": 7})
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		person int64
		limit  int
		want   int
	}{
		"a colleague":   {4, 100, 4},
		"who did most":  {anna.UserID, 100, 1},
		"up to a limit": {4, 2, 2},
		"no more of it": {anna.UserID, 1, 1},
	} {
		var got int
		err := db.Read(t.Context(), func(tx *gorm.DB) (err error) {
			got, err = events.Count(tx, []string{events.Project(7)}, begin.ID, row.limit, row.person)
			return err
		})
		if err != nil || got != row.want {
			t.Errorf("%s: got %d, %v, want %d", name, got, err, row.want)
		}
	}
}

func TestPersonalTopicIsSelfOnTheWire(t *testing.T) {
	e := events.Event{ID: 5, Topic: events.User(3), Type: events.NotificationNew, Actor: json.RawMessage("null"), Data: json.RawMessage("{}"), Time: time.Unix(0, 0)}
	if wire := string(e.AppendWire(nil, "e")); !strings.Contains(wire, `"topic":"user:self"`) || strings.Contains(wire, "user:3") {
		t.Errorf("got %s", wire)
	}
}

func TestRolledBackActionLeavesNoEvent(t *testing.T) {
	db := storetest.Open(t)
	before := here(t, db)
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := events.Append(tx, events.Change{Topic: events.Site, Type: events.SettingsChanged, Subject: "settings"}, 1); err != nil {
			return err
		}
		return errors.New("no")
	})
	if err == nil {
		t.Fatal("the action succeeded")
	}
	if got := page(t, db, nil, 0, 10); len(got) != 0 {
		t.Errorf("got %d events, want none", len(got))
	}
	if after := here(t, db); after != before {
		t.Errorf("the head moved from %s to %s", before, after)
	}
}

// Ids in commit order is what lets a reader go by id and never miss a row.
func TestHandedOverInCommitOrder(t *testing.T) {
	db := storetest.Open(t)
	var mu sync.Mutex
	var handed []int64
	db.OnCommitted(func(emitted []any) {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range events.Committed(emitted) {
			handed = append(handed, e.ID)
		}
	})
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 25 {
				add(t, db, events.Project(int64(w+1)), map[string]int{"id": i})
			}
		})
	}
	wg.Wait()
	mu.Lock()
	defer mu.Unlock()
	if len(handed) != 200 {
		t.Fatalf("got %d events, want 200", len(handed))
	}
	for i, e := range page(t, db, nil, 0, 500) {
		if handed[i] != e.ID {
			t.Fatalf("at %d: handed over %d, the log has %d", i, handed[i], e.ID)
		}
	}
}

func TestLargeDataGoesOutAsIDAndRevision(t *testing.T) {
	db := storetest.Open(t)
	add(t, db, events.Site, map[string]any{"id": 4, "revision": 9, "body": strings.Repeat("x", 33<<10)})
	if got, want := string(page(t, db, nil, 0, 1)[0].Data), `{"id":4,"revision":9,"truncated":true}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPruneRaisesTheFloorAndKeepsTheHead(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	db := storetest.OpenWith(t, store.Options{Now: func() time.Time { return now }})
	for range 5 {
		add(t, db, events.Site, map[string]int{"id": 1})
	}
	head := here(t, db)
	now = now.Add(8 * 24 * time.Hour)
	var gone, floor int64
	err := db.Write(t.Context(), func(tx *gorm.DB) (err error) {
		gone, err = events.Prune(tx, now.Add(-7*24*time.Hour))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Read(t.Context(), func(tx *gorm.DB) (err error) { floor, err = events.Floor(tx, events.Projects); return err }); err != nil {
		t.Fatal(err)
	}
	if gone != 5 || floor != head.ID {
		t.Errorf("got %d pruned and floor %d, want 5 and %d", gone, floor, head.ID)
	}
	if after := here(t, db); after != head {
		t.Errorf("a quiet, pruned log has its head at %s, want %s", after, head)
	}
	add(t, db, events.Site, map[string]int{"id": 2})
	if next := here(t, db); next.ID <= head.ID {
		t.Errorf("id %d was given again after pruning", next.ID)
	}
}

func TestParsePosition(t *testing.T) {
	for in, ok := range map[string]bool{
		"k3f9.0": true, "k3f9.1790": true, "a.9223372036854775807": true,
		"": false, "k3f9": false, ".5": false, "k3f9.": false, "k3f9.-1": false, "k3f9.+1": false, "k3f9.01": false, "k3f9.1.2": false,
		"K3F9.1": false, "k3 f9.1": false, "k3f9.9223372036854775808": false, strings.Repeat("a", 65) + ".1": false, "k3f9.1\n": false,
	} {
		p, got := events.ParsePosition(in)
		if got != ok {
			t.Errorf("ParsePosition(%q): got %v, want %v", in, got, ok)
		}
		if got && p.String() != in {
			t.Errorf("ParsePosition(%q) comes back as %q", in, p)
		}
	}
}

func TestParseTopic(t *testing.T) {
	for in, ok := range map[string]bool{
		"projects": true, "content": true, "site": true, "project:7": true, "user:3": true,
		"": false, "project": false, "project:": false, "project:0": false, "project:-1": false, "project:07": false, "project:*": false,
		"user:self": false, "project:7 ": false, "projects:1": false, "secret:1": false, "project:99999999999999999999": false,
	} {
		if _, _, got := events.ParseTopic(in); got != ok {
			t.Errorf("ParseTopic(%q): got %v, want %v", in, got, ok)
		}
	}
}

func TestForgottenTopicsHaveAGap(t *testing.T) {
	db := storetest.Open(t)
	add(t, db, events.Projects, 1) // 1
	add(t, db, events.Content, 2)  // 2
	add(t, db, events.Projects, 3) // 3
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := events.Forget(tx, events.Projects); err != nil { // 4
			return err
		}
		return events.Append(tx, events.Change{Topic: events.Projects, Type: events.ProjectDeleted, Subject: "projects/1"}, 4) // 5
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Read(t.Context(), func(tx *gorm.DB) error {
		for _, row := range []struct {
			topic string
			after int64
			want  bool
		}{
			{events.Projects, 0, true},
			{events.Projects, 2, true},
			{events.Projects, 3, false},
			{events.Projects, 4, false},
			{events.Projects, 5, false},
			{events.Content, 0, false},
			{events.Project(1), 0, false},
		} {
			if gap, err := events.Gap(tx, row.topic, row.after); err != nil || gap != row.want {
				t.Errorf("%s after %d: got %v, %v", row.topic, row.after, gap, err)
			}
		}
		floor, err := events.Floor(tx, events.Projects)
		if err != nil || floor != 4 {
			t.Errorf("the floor: got %d, %v", floor, err)
		}
		latest, err := events.Latest(tx, events.Projects, floor, 100, 10)
		if err != nil || len(latest) != 1 || latest[0].ID != 5 {
			t.Errorf("what is left: got %v, %v", latest, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"!projects", "!project:7"} {
		if _, _, ok := events.ParseTopic(name); ok {
			t.Errorf("%s can be followed", name)
		}
	}
}
