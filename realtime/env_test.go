package realtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/httpapi"
	"galley/realtime"
	"galley/store"
	"galley/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// env is a real server with a real log; who may hear what stands in a table of the test's own, read on each snapshot.
type env struct {
	*testing.T
	hear   realtime.MayHear
	db     *store.DB
	hub    *realtime.Hub
	server *httptest.Server
}

func newEnv(t *testing.T, change ...func(*realtime.Options)) *env {
	t.Helper()
	return newEnvWith(t, mayHear, change...)
}

func newEnvWith(t *testing.T, hear realtime.MayHear, change ...func(*realtime.Options)) *env {
	t.Helper()
	e := &env{T: t, hear: hear, db: storetest.Open(t)}
	storetest.Exec(t, e.db, `CREATE TABLE denied (user_id INTEGER, topic TEXT)`)
	e.start(change...)
	return e
}

// start serves the log; its end stands in the order in which the product stops.
func (e *env) start(change ...func(*realtime.Options)) {
	e.Helper()
	o := realtime.Defaults()
	for _, c := range change {
		c(&o)
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	hub := realtime.NewHub(e.db, e.hear, quiet, o)
	srv, err := httpapi.New(authenticate, quiet, httpapi.Options{})
	if err != nil {
		e.Fatal(err)
	}
	hub.Routes(srv)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()
	server := httptest.NewServer(srv.Echo)
	e.hub, e.server = hub, server
	e.Cleanup(func() {
		bound, stop := context.WithTimeout(context.Background(), 5*time.Second)
		defer stop()
		hub.Close(bound)
		server.Close()
		cancel()
		if err := <-done; err != nil {
			e.Error(err)
		}
	})
}

func authenticate(_ context.Context, token string, _ bool) (access.Actor, error) {
	id, err := strconv.ParseInt(token, 10, 64)
	if err != nil {
		return access.Actor{}, errs.New(errs.Unauthenticated, "Sign in first.")
	}
	return access.Actor{UserID: id, Role: access.Editor, SessionID: id}, nil
}

func mayHear(tx *gorm.DB, a access.Actor, topic string) error {
	var denied string
	err := tx.Raw(`SELECT coalesce(max(topic), '') FROM denied WHERE user_id = ? AND topic IN (?, 'session', 'account')`, a.UserID, topic).Scan(&denied).Error
	switch {
	case err != nil:
		return err
	case denied == "session":
		return errs.New(errs.Unauthenticated, "over")
	case denied == "account":
		return errs.New(errs.Forbidden, "disabled")
	case denied != "" || strings.HasPrefix(topic, "user:") && topic != events.User(a.UserID):
		return errs.Missing("topic")
	}
	return nil
}

// add appends one event and returns its id.
func (e *env) add(topic string, n int) { e.addWith(topic, n, events.RecheckNobody, "") }

// addWith appends an event together with a change of rights.
func (e *env) addWith(topic string, n int, r events.Recheck, deny string, args ...any) {
	e.Helper()
	err := e.db.Write(context.Background(), func(tx *gorm.DB) error {
		if deny != "" {
			if err := tx.Exec(deny, args...).Error; err != nil {
				return err
			}
		}
		return events.Append(tx, events.Change{Topic: topic, Type: events.CommentAdded, Subject: fmt.Sprint("comments/", n), Recheck: r}, map[string]int{"n": n})
	})
	if err != nil {
		e.Error(err)
	}
}

// deny takes the topic from the person, telling so in the topic itself.
func (e *env) deny(user int64, topic, tellIn string, n int) {
	e.Helper()
	e.addWith(tellIn, n, events.RecheckUser(user), `INSERT INTO denied VALUES (?, ?)`, user, topic)
}

// log is what the log has for the topic, above an id.
func (e *env) log(topic string, after int64) []int64 {
	e.Helper()
	var ids []int64
	err := e.db.Read(context.Background(), func(tx *gorm.DB) error {
		return tx.Raw(`SELECT id FROM events WHERE topic = ? AND id > ? ORDER BY id`, topic, after).Scan(&ids).Error
	})
	if err != nil {
		e.Fatal(err)
	}
	return ids
}

// rows is log with what each event says.
func (e *env) rows(topic string, after int64) (rows []string) {
	e.Helper()
	err := e.db.Read(context.Background(), func(tx *gorm.DB) error {
		return tx.Raw(`SELECT id || ' ' || (data ->> 'n') FROM events WHERE topic = ? AND id > ? ORDER BY id`, topic, after).Scan(&rows).Error
	})
	if err != nil {
		e.Error(err)
	}
	return rows
}

func (e *env) head() events.Position {
	e.Helper()
	var p events.Position
	if err := e.db.Read(context.Background(), func(tx *gorm.DB) (err error) { p, err = events.Here(tx); return err }); err != nil {
		e.Fatal(err)
	}
	return p
}

// message is any message from the server.
type message struct {
	Type, Topic, Position, Epoch string
	Code                         any
	ID                           int64
	Topics                       map[string]struct{ Recovered bool }
	RetryMS                      int64 `json:"retry_ms"`
	Events                       []struct {
		ID, Topic string
		Data      struct{ N int }
	}
}

// browser is a socket of somebody.
type browser struct {
	*env
	ws *websocket.Conn
}

func (e *env) dial(user int64) *browser {
	e.Helper()
	ws, res, err := e.tryDial(user, nil)
	if err != nil {
		e.Fatalf("dial: %v (%v)", err, res)
	}
	b := &browser{env: e, ws: ws}
	e.Cleanup(func() { _ = ws.Close() })
	if hello := b.next(); hello.Type != "hello" || hello.Epoch != e.head().Epoch {
		e.Fatalf("got %+v, want hello", hello)
	}
	return b
}

func (e *env) tryDial(user int64, change func(http.Header)) (*websocket.Conn, *http.Response, error) {
	h := http.Header{"Origin": {e.server.URL}, "Cookie": {fmt.Sprintf("%s=%d", httpapi.CookieName, user)}}
	if change != nil {
		change(h)
	}
	d := websocket.Dialer{Subprotocols: []string{realtime.Subprotocol}, HandshakeTimeout: 5 * time.Second}
	if p := h.Get("Sec-WebSocket-Protocol"); p != "" {
		d.Subprotocols = []string{p}
		h.Del("Sec-WebSocket-Protocol")
	}
	return d.Dial("ws"+strings.TrimPrefix(e.server.URL, "http")+"/api/v1/realtime", h)
}

const patience = 10 * time.Second // for something that must come

func (b *browser) send(format string, args ...any) {
	b.Helper()
	if err := b.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		b.Error(err)
	}
}

// next is the next message, heartbeats left out.
func (b *browser) next() message {
	b.Helper()
	m, err := b.tryNext()
	if err != nil {
		b.Fatalf("no message: %v", err)
	}
	return m
}

func (b *browser) tryNext() (message, error) {
	for {
		_ = b.ws.SetReadDeadline(time.Now().Add(patience))
		_, raw, err := b.ws.ReadMessage()
		if err != nil {
			return message{}, err
		}
		var m message
		if err := json.Unmarshal(raw, &m); err != nil {
			return message{}, fmt.Errorf("%w in %s", err, raw)
		}
		if m.Type != "heartbeat" {
			return m, nil
		}
	}
}

// subscribe follows a topic from a position ("" for now) and waits for the answer.
func (b *browser) subscribe(topic, from string) message {
	b.Helper()
	position := "null"
	if from != "" {
		position = strconv.Quote(from)
	}
	b.send(`{"type":"subscribe","id":1,"topics":{%q:%s}}`, topic, position)
	m := b.next()
	if m.Type != "subscribed" && m.Type != "unsubscribed" {
		b.Fatalf("got %+v, want an answer to subscribe", m)
	}
	return m
}

// wants reads events until it has the given numbers, in this order, of this topic.
func (b *browser) wants(topic string, numbers ...int) {
	b.Helper()
	for i := 0; i < len(numbers); {
		m := b.next()
		if m.Type != "events" || m.Topic != topic {
			b.Fatalf("got %+v, want events of %s", m, topic)
		}
		for _, e := range m.Events {
			if i == len(numbers) || e.Data.N != numbers[i] {
				b.Fatalf("got %+v, want the rest of %v from the %d. on", m.Events, numbers, i+1)
			}
			i++
		}
	}
}

// wantsClose reads until the socket closes with the code.
func (b *browser) wantsClose(code int) {
	b.Helper()
	for {
		m, err := b.tryNext()
		if err == nil {
			if m.Type == "events" {
				b.Fatalf("got %+v, want close %d", m, code)
			}
			continue
		}
		if !websocket.IsCloseError(err, code) {
			b.Fatalf("got %v, want close %d", err, code)
		}
		return
	}
}

func idOf(position string) int64 {
	p, _ := events.ParsePosition(position)
	return p.ID
}

// raw opens a TCP connection and sends a handshake of the test's own.
func (e *env) raw(head string) net.Conn {
	e.Helper()
	nc, err := net.Dial("tcp", e.server.Listener.Addr().String())
	if err != nil {
		e.Fatal(err)
	}
	e.Cleanup(func() { _ = nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(nc, strings.ReplaceAll(head, "\n", "\r\n")+"\r\n\r\n"); err != nil {
		e.Fatal(err)
	}
	return nc
}
