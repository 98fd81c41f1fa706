package realtime_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"galley/events"
	"galley/realtime"
	"galley/store/storetest"
)

// One person has twenty sockets; the next one is closed at once, and nobody else's are counted.
func TestTooManySockets(t *testing.T) {
	e := newEnv(t)
	var open []*browser
	for range realtime.Defaults().PerUser {
		open = append(open, e.dial(3))
	}
	if len(open) != 20 {
		t.Fatalf("the limit is %d, want 20", len(open))
	}
	refused := func() bool {
		ws, _, err := e.tryDial(3, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = ws.Close() }() // the server may have closed it
		_, err = (&browser{env: e, ws: ws}).tryNext()
		return websocket.IsCloseError(err, 4506)
	}
	if !refused() {
		t.Error("the 21st socket was not closed with 4506")
	}
	e.dial(4)
	open[7].subscribe("project:7", "")
	e.add("project:7", 1)
	open[7].wants("project:7", 1)
	if err := open[0].ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")); err != nil {
		t.Fatal(err)
	}
	open[0].wantsClose(websocket.CloseNormalClosure)
	until(t, "a place is free again", func() bool { return !refused() })
}

func TestTooManyTopics(t *testing.T) {
	e := newEnv(t)
	b := e.dial(3)
	topics := func(from, to int) string {
		var all []string
		for i := from; i <= to; i++ {
			all = append(all, fmt.Sprintf(`"project:%d":null`, i))
		}
		return strings.Join(all, ",")
	}
	b.send(`{"type":"subscribe","id":1,"topics":{%s}}`, topics(1, 100))
	if m := b.next(); m.Type != "subscribed" || len(m.Topics) != 100 {
		t.Fatalf("got %+v", m)
	}
	b.send(`{"type":"subscribe","id":2,"topics":{"project:101":null}}`)
	if m := b.next(); m.Type != "error" || m.Code != "invalid" || m.ID != 2 {
		t.Errorf("got %+v, want the 101st refused", m)
	}
	b.send(`{"type":"unsubscribe","id":3,"topics":["project:1"]}`)
	b.next()
	if m := b.subscribe("project:101", ""); !m.Topics["project:101"].Recovered {
		t.Errorf("got %+v", m)
	}
}

// Whoever answers pings stays and hears heartbeats; whoever does not is closed with 4000.
func TestHeartbeat(t *testing.T) {
	e := newEnv(t, func(o *realtime.Options) { o.Heartbeat, o.Pong = 600*time.Millisecond, 500*time.Millisecond })
	alive, silent := e.dial(3), e.stranger(4)
	done := make(chan error, 1)
	go func() {
		for beats := 0; beats < 3; {
			_ = alive.ws.SetReadDeadline(time.Now().Add(patience))
			_, b, err := alive.ws.ReadMessage() // answers pings, too
			if err != nil {
				done <- err
				return
			}
			if string(b) == `{"type":"heartbeat"}` {
				beats++
			}
		}
		done <- nil
	}()
	pings := 0
	for {
		first, payload := silent.next()
		if first == fin|opPing {
			pings++
			continue
		}
		if first != fin|opClose || !strings.HasPrefix(payload, "\x0f\xa0") || pings == 0 {
			t.Errorf("after %d pings: got %x %q, want close 4000", pings, first, payload)
		}
		break
	}
	if err := <-done; err != nil {
		t.Errorf("whoever answers: %v", err)
	}
}

// A connection has a lifetime; the browser is told when to come back.
func TestLifetime(t *testing.T) {
	e := newEnv(t, func(o *realtime.Options) { o.Lifetime, o.Heartbeat = 100*time.Millisecond, time.Second/5 })
	b := e.dial(3)
	if m := b.next(); m.Type != "bye" || m.Code != 4002.0 || m.RetryMS < 0 || m.RetryMS > 5000 {
		t.Errorf("got %+v, want bye", m)
	}
	b.wantsClose(4002)
}

// Off closes what is open and refuses what comes; the log goes on, and on brings everybody back with nothing lost.
func TestSwitch(t *testing.T) {
	e := newEnv(t)
	open := []*browser{e.dial(3), e.dial(3), e.dial(4)}
	open[0].subscribe("project:7", "")
	from := e.head()
	within(t, time.Second, "closing everybody", func() {
		e.hub.SetEnabled(false)
		for _, b := range open {
			b.wantsClose(4505)
		}
	})
	_, res, err := e.tryDial(3, nil)
	if err == nil || res == nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("an upgrade while off: got %+v, %v", res, err)
	}
	if body, err := io.ReadAll(res.Body); err != nil || !strings.Contains(string(body), `"code":"realtime_disabled"`) {
		t.Errorf("got %s, %v", body, err)
	}
	e.add("project:7", 1)
	e.hub.SetEnabled(false) // again: nothing to do
	e.hub.SetEnabled(true)
	b := e.dial(3)
	b.subscribe("project:7", from.String())
	e.add("project:7", 2)
	b.wants("project:7", 1, 2)
}

// A socket that comes while everything stops is told to come back.
func TestSocketDuringTheStop(t *testing.T) {
	e := newEnv(t)
	e.hub.Close(t.Context())
	ws, _, err := e.tryDial(3, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.Close() }() // the server has closed it
	(&browser{env: e, ws: ws}).wantsClose(websocket.CloseServiceRestart)
}

// The bytes that one resume may take bound it as its events do.
func TestTooManyBytesBehindReload(t *testing.T) {
	e := newEnv(t)
	from := e.head()
	for _, size := range []int{30_000, 30_000} {
		storetest.Exec(t, e.db, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 18)
			INSERT INTO events (topic, type, subject, data, created_at) SELECT 'project:7', 'comment.added', 'comments/1', '{"n":1,"x":"' || printf('%0*d', ?, 0) || '"}', '2026-03-10' FROM n`, size)
		b := e.dial(3)
		b.subscribe("project:7", from.String())
		m := b.next()
		if behind := len(e.log("project:7", from.ID)); (behind > 18) != (m.Type == "resync") {
			t.Errorf("%d events of 30 kB behind: got %s", behind, m.Type)
		}
	}
}

// until waits for a condition.
func until(t *testing.T, what string, fn func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !fn(); {
		if time.Now().After(deadline) {
			t.Fatalf("not so in %v: %s", patience, what)
		}
	}
}

// Old events leave the log under a browser that is away: below the floor it reloads, at the floor it misses nothing.
func TestPrunedWhileAway(t *testing.T) {
	e := newEnv(t)
	b := e.dial(3)
	b.subscribe("project:7", "")
	for n := range 4 {
		e.add("project:7", n)
	}
	b.wants("project:7", 0, 1, 2, 3)
	ids := e.log("project:7", 0)
	storetest.Exec(t, e.db, `DELETE FROM events WHERE id <= ?`, ids[1])
	storetest.Exec(t, e.db, `UPDATE event_log SET floor = ?`, ids[1])
	for i, recovered := range []bool{false, true, true} {
		from := events.Position{Epoch: e.head().Epoch, ID: ids[i]}
		again := e.dial(3)
		if m := again.subscribe("project:7", from.String()); m.Topics["project:7"].Recovered != recovered {
			t.Errorf("from the %d. event: got %+v, want recovered %v", i+1, m, recovered)
		}
		if !recovered {
			if m := again.next(); m.Type != "resync" {
				t.Errorf("got %+v, want resync", m)
			}
			continue
		}
		again.wants("project:7", []int{1, 2, 3}[i:]...)
	}
	e.add("project:7", 4)
	b.wants("project:7", 4)
}
