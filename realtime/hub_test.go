package realtime_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"gorm.io/gorm"

	"galley/events"
	"galley/realtime"
	"galley/store/storetest"
)

func TestFollowFromNow(t *testing.T) {
	e := newEnv(t)
	e.add("project:7", 1)
	b := e.dial(3)
	if m := b.subscribe("project:7", ""); !m.Topics["project:7"].Recovered {
		t.Errorf("got %+v", m)
	}
	e.add("project:8", 2)
	e.add("project:7", 3)
	e.add("project:7", 4)
	b.wants("project:7", 3, 4)
}

func TestResumeGivesExactlyWhatWasMissed(t *testing.T) {
	e := newEnv(t)
	from := e.head()
	for n := range 5 {
		e.add("project:7", n)
		e.add("project:8", 100+n)
	}
	b := e.dial(3)
	b.subscribe("project:7", from.String())
	b.wants("project:7", 0, 1, 2, 3, 4)
	e.add("project:7", 5)
	b.wants("project:7", 5)
}

func TestPersonalTopic(t *testing.T) {
	e := newEnv(t)
	b := e.dial(3)
	b.subscribe(events.Self, "")
	if m := b.subscribe("user:3", ""); m.Type != "unsubscribed" {
		t.Errorf("somebody's topic by its number: got %+v", m)
	}
	e.add("user:4", 1)
	e.add("user:3", 2)
	b.wants(events.Self, 2)
}

func TestPositionsThatNeedAReload(t *testing.T) {
	e := newEnv(t)
	for n := range 3 {
		e.add("project:7", n)
	}
	head := e.head()
	storetest.Exec(t, e.db, `UPDATE event_log SET floor = 2`)
	for name, from := range map[string]events.Position{
		"another epoch":   {Epoch: "other", ID: 3},
		"beyond the head": {Epoch: head.Epoch, ID: head.ID + 1},
		"below the floor": {Epoch: head.Epoch, ID: 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := e.dial(3)
			if m := b.subscribe("project:7", from.String()); m.Topics["project:7"].Recovered {
				t.Errorf("got %+v, want it not recovered", m)
			}
			if m := b.next(); m.Type != "resync" || m.Topic != "project:7" || m.Position != e.head().String() {
				t.Errorf("got %+v, want resync at the head", m)
			}
		})
	}
	b := e.dial(3)
	b.subscribe("project:7", events.Position{Epoch: head.Epoch, ID: 2}.String())
	b.wants("project:7", 2)
}

func TestTooFarBehindReloads(t *testing.T) {
	e := newEnv(t)
	from := e.head()
	err := e.db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001)
			INSERT INTO events (topic, type, subject, data, created_at) SELECT 'project:7', 'comment.added', 'comments/1', '{"n":1}', '2026-03-10' FROM n`).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	b := e.dial(3)
	b.subscribe("project:7", from.String())
	if m := b.next(); m.Type != "resync" {
		t.Errorf("1,001 behind: got %+v, want resync", m)
	}
	b.subscribe("project:7", events.Position{Epoch: from.Epoch, ID: from.ID + 1}.String())
	got := 0
	for got < 1000 {
		got += len(b.next().Events)
	}
	if got != 1000 {
		t.Errorf("1,000 behind: got %d events, want all", got)
	}
}

// The promise: whatever is cut and whenever, each browser gets just the rows of the log, in order, each once.
func TestCutAtRandomWhileEightWrite(t *testing.T) {
	for seed := range storetest.Seeds(t) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { cutAtRandom(t, seed) })
	}
}

func cutAtRandom(t *testing.T, seed uint64) {
	const writers, each, readers = 8, 60, 6
	e := newEnv(t)
	start := e.head()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				e.add(fmt.Sprintf("project:%d", 1+(w+i)%2), i)
			}
		})
	}
	for r := range readers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(r), seed))
			got := map[string][]string{}
			at := map[string]string{"project:1": start.String(), "project:2": start.String()}
			for total := 0; total < writers*each; {
				ws, _, err := e.tryDial(int64(100+r), nil)
				if err != nil {
					t.Error(err)
					return
				}
				b := &browser{env: e, ws: ws}
				b.send(`{"type":"subscribe","id":1,"topics":{"project:1":%q,"project:2":%q}}`, at["project:1"], at["project:2"])
				for left := 1 + random.IntN(40); left > 0 && total < writers*each; {
					m, err := b.tryNext()
					if err != nil {
						t.Error(err)
						return
					}
					for _, ev := range m.Events {
						got[m.Topic] = append(got[m.Topic], fmt.Sprint(idOf(ev.ID), " ", ev.Data.N))
						total++
						left--
					}
					if m.Type == "events" {
						at[m.Topic] = m.Position
					}
				}
				_ = ws.NetConn().Close() // as a lost line does, without a word
			}
			for topic := range at {
				if want := e.rows(topic, start.ID); !slices.Equal(got[topic], want) {
					t.Errorf("reader %d, %s: got %d events, want the %d rows of the log", r, topic, len(got[topic]), len(want))
				}
			}
		})
	}
	wg.Wait()
}

func TestManyTopicsOfOneBrowserUnderLoad(t *testing.T) {
	e := newEnv(t)
	b := e.dial(3)
	for p := range 5 {
		b.subscribe(fmt.Sprintf("project:%d", p+1), "")
	}
	var wg sync.WaitGroup
	for w := range 5 {
		wg.Go(func() {
			for n := range 100 {
				e.add(fmt.Sprintf("project:%d", w+1), n)
			}
		})
	}
	next := map[string]int{}
	for total := 0; total < 500; {
		m := b.next()
		for _, ev := range m.Events {
			if ev.Data.N != next[m.Topic] {
				t.Fatalf("%s: got %d, want %d", m.Topic, ev.Data.N, next[m.Topic])
			}
			next[m.Topic]++
			total++
		}
	}
	wg.Wait()
}

// stuck opens a browser that reads nothing more, with little room on its side.
func (e *env) stuck(user int64) *browser {
	b := e.dial(user)
	if tcp, ok := b.ws.NetConn().(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4 << 10)
	}
	b.subscribe("project:7", "")
	return b
}

// flood appends 12 MB of events, more than the system keeps for a socket, while fn reads them.
func (e *env) flood(fn func(count int)) {
	const count = 400
	large := map[string]any{"n": 1, "text": fmt.Sprintf("%030000d", 0)}
	var wg sync.WaitGroup
	wg.Go(func() {
		for range count {
			err := e.db.Write(context.Background(), func(tx *gorm.DB) error {
				return events.Append(tx, events.Change{Topic: "project:7", Type: events.CommentAdded, Subject: "comments/1"}, large)
			})
			if err != nil {
				e.Error(err)
			}
		}
	})
	fn(count)
	wg.Wait()
}

// Their writes never return here: the limit that ends them is longer than anybody is willing to wait.
func TestNobodyWaitsForSocketsThatNeverRead(t *testing.T) {
	e := newEnv(t)
	for user := range int64(5) {
		e.stuck(4 + user)
	}
	b := e.dial(3)
	b.subscribe("project:7", "")
	e.flood(func(count int) {
		for got := 0; got < count; {
			got += len(b.next().Events)
		}
	})
}

func TestSocketThatNeverReadsIsCut(t *testing.T) {
	e := newEnv(t, func(o *realtime.Options) { o.Stall = 300 * time.Millisecond })
	stuck := e.stuck(4)
	e.flood(func(int) {})
	tcp, ok := stuck.ws.NetConn().(*net.TCPConn)
	if !ok {
		t.Fatalf("a browser's line is a %T", stuck.ws.NetConn())
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(patience); ; <-look.C {
		var fault int
		err := raw.Control(func(fd uintptr) { fault, err = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR) })
		if err != nil {
			t.Fatal(err)
		}
		if syscall.Errno(fault) == syscall.ECONNRESET {
			return
		}
		if time.Now().After(end) {
			t.Fatal("a socket that does not read was not cut")
		}
	}
}

func TestUnsubscribe(t *testing.T) {
	e := newEnv(t)
	b := e.dial(3)
	b.subscribe("project:7", "")
	b.subscribe("project:8", "")
	b.send(`{"type":"unsubscribe","id":2,"topics":["project:7"]}`)
	if m := b.next(); m.Type != "unsubscribed" || m.Topic != "project:7" || m.ID != 2 {
		t.Errorf("got %+v", m)
	}
	e.add("project:7", 1)
	e.add("project:8", 2)
	b.wants("project:8", 2)
}

// A restart loses nothing: the browser comes back with its position.
func TestRestart(t *testing.T) {
	e := newEnv(t)
	b := e.dial(3)
	from := e.head()
	b.subscribe("project:7", "")
	bound, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	go e.hub.Close(bound)
	if m := b.next(); m.Type != "bye" || m.RetryMS < 0 || m.RetryMS > 5000 {
		t.Errorf("got %+v, want bye", m)
	}
	b.wantsClose(websocket.CloseServiceRestart)
	e.add("project:7", 1)
	e.start()
	b = e.dial(3)
	b.subscribe("project:7", from.String())
	b.wants("project:7", 1)
}

// What another process wrote is found without a wake-up.
func TestFeedFindsWhatNobodyHandedOver(t *testing.T) {
	e := newEnv(t, func(o *realtime.Options) { o.Poll = 20 * time.Millisecond })
	b := e.dial(3)
	b.subscribe("project:7", "")
	storetest.Exec(t, e.db, `INSERT INTO events (topic, type, subject, data, created_at) VALUES ('project:7', 'comment.added', 'comments/1', '{"n":1}', '2026-03-10')`)
	e.add("project:7", 2)
	b.wants("project:7", 1, 2)
}

// Who asks for a topic again gets it from the new position, and nothing more of the old one.
func TestSubscribeAgainUnderLoad(t *testing.T) {
	const writers, each, times = 4, 60, 5
	e := newEnv(t)
	start := e.head()
	b := e.dial(3)
	b.subscribe("project:7", "")
	var writing sync.WaitGroup
	for range writers {
		writing.Go(func() {
			for n := range each {
				e.add("project:7", n)
			}
		})
	}
	answers := 0
	var got []string
	for len(got) < writers*each {
		if answers < times && len(got) >= answers*10 {
			b.send(`{"type":"subscribe","id":%d,"topics":{"project:7":%q}}`, 10+answers, start)
			for m := b.next(); m.ID != int64(10+answers); m = b.next() {
				if m.Type != "events" {
					t.Fatalf("got %+v", m)
				}
			}
			answers, got = answers+1, nil
		}
		for _, ev := range b.next().Events {
			got = append(got, fmt.Sprint(idOf(ev.ID), " ", ev.Data.N))
		}
	}
	writing.Wait()
	if want := e.rows("project:7", start.ID); answers != times || !slices.Equal(got, want) {
		t.Errorf("after %d answers: got %d events, want the %d rows of the log", answers, len(got), len(want))
	}
}
