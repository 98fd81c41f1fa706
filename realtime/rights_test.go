package realtime_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/realtime"
	"galley/store/storetest"
)

// lost reads until the topic is taken away, and returns the ids of the events that came before.
func (b *browser) lost(topic string) (heard []int64) {
	b.Helper()
	for {
		m := b.next()
		switch {
		case m.Type == "unsubscribed" && m.Topic == topic && m.Code == "not_found":
			return heard
		case m.Type == "events" && m.Topic == topic:
			for _, e := range m.Events {
				heard = append(heard, idOf(e.ID))
			}
		default:
			b.Fatalf("got %+v, want %s to be taken away", m, topic)
		}
	}
}

// Who may not hear a topic does not get into it, from whatever position, and neither by asking twice.
func TestSubscribeWithoutTheRight(t *testing.T) {
	e := newEnv(t)
	from := e.head()
	e.add("project:7", 1)
	storetest.Exec(t, e.db, `INSERT INTO denied VALUES (3, 'project:7')`)
	b := e.dial(3)
	for _, position := range []string{"", from.String(), e.head().String()} {
		if m := b.subscribe("project:7", position); m.Type != "unsubscribed" || m.Code != "not_found" {
			t.Errorf("from %q: got %+v", position, m)
		}
	}
	b.send(`{"type":"subscribe","id":5,"topics":{"project:7":%q,"project:8":null}}`, from.String())
	if m := b.next(); m.Type != "unsubscribed" || m.Topic != "project:7" {
		t.Errorf("got %+v", m)
	}
	if m := b.next(); m.Type != "subscribed" || len(m.Topics) != 1 || !m.Topics["project:8"].Recovered {
		t.Errorf("got %+v", m)
	}
	e.add("project:7", 2)
	e.add("project:8", 3)
	b.wants("project:8", 3)
}

// Who loses a right hears nothing from then on, not even the event that says so; the other topics and the others go on.
func TestRightLostWhileFollowing(t *testing.T) {
	e := newEnv(t)
	b, other := e.dial(3), e.dial(4)
	b.subscribe("project:7", "")
	b.subscribe("project:8", "")
	other.subscribe("project:7", "")
	e.add("project:7", 1)
	b.wants("project:7", 1)
	within(t, time.Second, "taking the topic away", func() {
		e.deny(3, "project:7", "project:7", 2)
		if heard := b.lost("project:7"); len(heard) > 0 {
			t.Errorf("it heard %v", heard)
		}
	})
	e.add("project:7", 3)
	e.add("project:8", 4)
	b.wants("project:8", 4)
	other.wants("project:7", 1, 2, 3)
	storetest.Exec(t, e.db, `DELETE FROM denied`)
	b.subscribe("project:7", "")
	e.add("project:7", 5)
	b.wants("project:7", 5)
}

// A project that becomes members-only concerns everybody who follows it: whoever may still hear it misses nothing.
func TestRightsOfEverybodyMayHaveChanged(t *testing.T) {
	e := newEnv(t)
	stranger, member := e.dial(3), e.dial(4)
	stranger.subscribe("project:7", "")
	member.subscribe("project:7", "")
	e.addWith("project:7", 1, events.RecheckAll, `INSERT INTO denied VALUES (?, ?)`, 3, "project:7")
	e.add("project:7", 2)
	if heard := stranger.lost("project:7"); len(heard) > 0 {
		t.Errorf("it heard %v", heard)
	}
	member.wants("project:7", 1, 2)
}

// However much is under way: nobody hears an event from the one on with which the right was lost, and of those below it just
// the log's, in order, each once. Half of them lose it while they still catch up.
func TestRightLostUnderLoad(t *testing.T) {
	const writers, each, before = 8, 40, 600 // more than the ring holds
	e := newEnv(t)
	start := e.head()
	storetest.Exec(t, e.db, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO events (topic, type, subject, data, created_at) SELECT 'project:7', 'comment.added', 'comments/1', '{"n":0}', '2026-03-10' FROM n`, before)
	browsers := make([]*browser, writers)
	heard := make([][]int64, writers)
	from := map[bool]events.Position{true: start, false: e.head()}
	var reading, writing sync.WaitGroup
	for i := range browsers {
		b := e.dial(int64(100 + i))
		browsers[i] = b
		b.subscribe("project:8", "")
		b.subscribe("project:7", from[i%2 == 0].String())
		reading.Go(func() {
			heard[i] = b.lost("project:7")
			b.wants("project:8", 1) // and nothing before it
		})
		writing.Go(func() {
			for n := range each {
				if n == each/2 {
					e.deny(int64(100+i), "project:7", "project:7", 1000+i)
				}
				e.add("project:7", n)
			}
		})
	}
	writing.Wait()
	e.add("project:8", 1)
	reading.Wait()
	for i, ids := range heard {
		log := e.log("project:7", from[i%2 == 0].ID)
		for j, id := range ids {
			if id != log[j] {
				t.Fatalf("browser %d: the %d. event is %d, the log has %d", i, j+1, id, log[j])
			}
		}
		if lost := e.numbered(1000 + i); len(ids) > 0 && ids[len(ids)-1] >= lost {
			t.Errorf("browser %d heard %d, though it lost the right with %d", i, ids[len(ids)-1], lost)
		}
	}
}

// numbered is the id of the event with the number.
func (e *env) numbered(n int) (id int64) {
	e.Helper()
	err := e.db.Read(context.Background(), func(tx *gorm.DB) error {
		return tx.Raw(`SELECT id FROM events WHERE data ->> 'n' = ?`, n).Scan(&id).Error
	})
	if err != nil || id == 0 {
		e.Fatalf("there is no event with the number %d: %v", n, err)
	}
	return id
}

// Whose rights are checked again and again, and stay, misses nothing and hears nothing twice.
func TestRightsThatStayUnderLoad(t *testing.T) {
	const writers, each = 8, 40
	e := newEnv(t)
	start := e.head()
	b := e.dial(3)
	b.subscribe("project:7", "")
	var writing sync.WaitGroup
	for range writers {
		writing.Go(func() {
			for n := range each {
				e.addWith("project:7", n, []events.Recheck{events.RecheckNobody, events.RecheckUser(3), events.RecheckAll}[n%3], "")
			}
		})
	}
	var heard []int64
	for len(heard) < writers*each {
		m := b.next()
		if m.Type != "events" {
			t.Fatalf("got %+v", m)
		}
		for _, ev := range m.Events {
			heard = append(heard, idOf(ev.ID))
		}
	}
	writing.Wait()
	if want := e.log("project:7", start.ID); !slices.Equal(heard, want) {
		t.Errorf("got %d events, want the %d of the log in order", len(heard), len(want))
	}
}

// A session that ends takes all its sockets with it within a second, whatever they follow.
func TestSessionEnds(t *testing.T) {
	e := newEnv(t)
	idle, following, other := e.dial(3), e.dial(3), e.dial(4)
	following.subscribe(events.Self, "")
	following.subscribe("project:7", "")
	other.subscribe("project:7", "")
	within(t, time.Second, "closing them", func() {
		e.deny(3, "session", "user:3", 1)
		idle.wantsClose(4501)
		following.wantsClose(4501)
	})
	e.add("project:7", 2)
	other.wants("project:7", 2)
	b := e.dial(3) // in this test everybody is let in; what it follows is asked for again
	b.send(`{"type":"subscribe","id":1,"topics":{"project:7":null}}`)
	b.wantsClose(4501)
}

func TestAccountDisabled(t *testing.T) {
	e := newEnv(t)
	idle, following := e.dial(3), e.dial(3)
	following.subscribe("project:7", "")
	within(t, time.Second, "closing them", func() {
		e.deny(3, "account", "user:3", 1)
		idle.wantsClose(4502)
		following.wantsClose(4502)
	})
	b := e.dial(3)
	b.send(`{"type":"subscribe","id":1,"topics":{"project:7":null}}`)
	b.wantsClose(4502)
}

// A session that runs out by itself has no event: it is looked for.
func TestSessionRunsOut(t *testing.T) {
	e := newEnv(t, func(o *realtime.Options) { o.Recheck = 50 * time.Millisecond })
	b, other := e.dial(3), e.dial(4)
	b.subscribe("project:7", "")
	other.subscribe("project:7", "")
	e.add("project:7", 1)
	b.wants("project:7", 1)
	storetest.Exec(t, e.db, `INSERT INTO denied VALUES (3, 'session')`)
	b.wantsClose(4501)
	e.add("project:7", 2)
	other.wants("project:7", 1, 2)
}

// A right that another process took is seen when its event is read from the log.
func TestRightTakenByAnotherProcess(t *testing.T) {
	e := newEnv(t, func(o *realtime.Options) { o.Poll = 20 * time.Millisecond })
	b := e.dial(3)
	b.subscribe("project:7", "")
	err := e.db.Write(t.Context(), func(tx *gorm.DB) error { // nothing is handed over by plain statements
		return errors.Join(tx.Exec(`INSERT INTO denied VALUES (3, 'project:7')`).Error, tx.Exec(`INSERT INTO events (topic, type, subject, recheck, data, created_at)
			VALUES ('project:7', 'member.removed', 'projects/7', 3, '{"n":1}', '2026-03-10'), ('project:7', 'comment.added', 'comments/1', 0, '{"n":2}', '2026-03-10')`).Error)
	})
	if err != nil {
		t.Fatal(err)
	}
	if heard := b.lost("project:7"); len(heard) > 0 {
		t.Errorf("it heard %v", heard)
	}
}

// Each page of a long catch-up asks again, on its own snapshot: what was lost meanwhile needs no event to be noticed.
func TestRightLostBetweenPages(t *testing.T) {
	var asked atomic.Int64
	e := newEnvWith(t, func(_ *gorm.DB, _ access.Actor, topic string) error {
		if topic == "project:7" && asked.Add(1) > 2 { // after subscribing and the first page
			return errs.Missing("topic")
		}
		return nil
	})
	from := e.head()
	storetest.Exec(t, e.db, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
		INSERT INTO events (topic, type, subject, data, created_at) SELECT 'project:7', 'comment.added', 'comments/1', '{"n":0}', '2026-03-10' FROM n`)
	e.hub.Close(t.Context())
	e.start() // the feed begins behind them: what comes of them is read from the log, but for the latest, which the ring has
	b := e.dial(3)
	b.subscribe("project:7", from.String())
	if heard := b.lost("project:7"); !slices.Equal(heard, e.log("project:7", from.ID)[:256]) {
		t.Errorf("got %d events, want the first page of them", len(heard))
	}
}
