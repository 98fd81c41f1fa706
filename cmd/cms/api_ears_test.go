package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"gorm.io/gorm"

	"galley/access"
	"galley/events"
)

// ear is one person's real socket and what came in on it.
type ear struct {
	who    string
	ws     *websocket.Conn
	topics []string // followed, by their names in the log
	in     chan message
}

// message is any message of the server.
type message struct {
	Type, Topic, Code string
	Topics            map[string]struct{ Recovered bool }
	Position          string
	Events            []json.RawMessage
	err               error
	at                time.Time // it came in
}

const hearWithin = 20 * time.Second // generous: a busy machine under the race detector is no failure

// dial opens a socket for the person.
func (n *newsroom) dial(t *testing.T, who string) *ear {
	t.Helper()
	header := http.Header{"Origin": {n.url}, "Cookie": {"galley_session=" + n.tokens[who]}}
	d := websocket.Dialer{Subprotocols: []string{"galley.v1"}, HandshakeTimeout: hearWithin}
	ws, res, err := d.DialContext(t.Context(), "ws"+strings.TrimPrefix(n.url, "http")+"/api/v1/realtime", header)
	if err != nil {
		t.Fatalf("%s gets no socket: %v (%v)", who, err, res)
	}
	_ = res.Body.Close() // the upgrade has none
	e := &ear{who: who, ws: ws, in: make(chan message, 4096)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			var m message
			m.err = ws.ReadJSON(&m)
			m.at = time.Now()
			e.in <- m
			if m.err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = ws.Close() // ends the reader
		<-done
	})
	if m := e.next(t); m.Type != "hello" {
		t.Fatalf("%s: the first message is %v", who, m)
	}
	return e
}

func (e *ear) next(t *testing.T) message {
	t.Helper()
	select {
	case m := <-e.in:
		if m.err != nil {
			t.Fatalf("%s's socket: %v", e.who, m.err)
		}
		return m
	case <-time.After(hearWithin):
		t.Fatalf("%s's socket: nothing came in %v", e.who, hearWithin)
	}
	return message{}
}

// follow subscribes to topics from the positions, "" for now, and tells which are refused.
func (e *ear) follow(t *testing.T, topics map[string]string) (refused []string) {
	t.Helper()
	from := map[string]any{}
	for topic, position := range topics {
		if from[topic] = nil; position != "" {
			from[topic] = position
		}
	}
	if err := e.ws.WriteJSON(map[string]any{"type": "subscribe", "id": 1, "topics": from}); err != nil {
		t.Fatal(err)
	}
	for answered := 0; answered < len(topics); {
		switch m := e.next(t); m.Type {
		case "unsubscribed":
			answered++
			if m.Code != "not_found" {
				t.Errorf("%s's socket: %s is refused as %q", e.who, m.Topic, m.Code)
			}
			refused = append(refused, m.Topic)
		case "subscribed":
			answered += len(m.Topics)
		case "heartbeat":
		default:
			t.Fatalf("%s's socket: %v instead of an answer to subscribe", e.who, m)
		}
	}
	return refused
}

// listen opens sockets for the people, each on every topic of the newsroom that they may follow.
func (n *newsroom) listen(t *testing.T, people ...string) {
	t.Helper()
	if len(people) == 0 {
		for _, s := range staff {
			first, _, _ := strings.Cut(strings.ToLower(s.name), " ")
			people = append(people, first)
		}
	}
	for _, who := range people {
		e := n.dial(t, who)
		for _, topic := range n.topics() {
			asked := topic
			if topic == events.User(n.actors[who].UserID) {
				asked = events.Self
			}
			if len(e.follow(t, map[string]string{asked: ""})) == 0 {
				e.topics = append(e.topics, topic)
			}
		}
		n.ears[who] = e
	}
}

// topics are all that anybody here could want to follow.
func (n *newsroom) topics() []string {
	all := []string{events.Projects, events.Content, events.Site, events.Audit}
	for _, project := range []string{"open", "other", "secret"} {
		all = append(all, "project:"+n.vars[project])
	}
	for _, s := range staff {
		first, _, _ := strings.Cut(strings.ToLower(s.name), " ")
		all = append(all, "user:"+n.vars[first])
	}
	return all
}

// mark writes an event of no meaning to every topic: what a socket has not heard before it there, it never will.
func (n *newsroom) mark(t *testing.T) events.Type {
	t.Helper()
	n.marks++
	marker := events.Type(fmt.Sprint("marker.", n.marks))
	err := n.app.db.Write(t.Context(), func(tx *gorm.DB) error {
		for _, topic := range n.topics() {
			if err := events.Append(tx, events.Change{Topic: topic, Type: marker, Subject: "markers", Actor: access.System}, struct{}{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return marker
}

// until reads the socket up to the marker on every topic that it follows, and returns what came before it, by topic. All of
// that must be in the log, byte by byte.
func (e *ear) until(t *testing.T, marker events.Type, self string, log [][]byte) map[string][]string {
	t.Helper()
	heard := map[string][]string{}
	for left := len(e.topics); left > 0; {
		m := e.next(t)
		switch m.Type {
		case "events":
		case "heartbeat":
			continue
		case "unsubscribed": // the right to it was lost
			lost := m.Topic
			e.topics = slices.DeleteFunc(e.topics, func(topic string) bool { return topic == lost })
			left--
			continue
		default:
			t.Fatalf("%s's socket: %v", e.who, m)
		}
		topic := m.Topic
		if topic == events.Self {
			topic = self
		}
		for _, wire := range m.Events {
			var event struct {
				Type  events.Type
				Topic string
			}
			if err := json.Unmarshal(wire, &event); err != nil {
				t.Fatal(err)
			}
			switch {
			case event.Topic != m.Topic:
				t.Errorf("%s's socket: an event of %s in a frame of %s", e.who, event.Topic, m.Topic)
			case event.Type == marker:
				left--
			case strings.HasPrefix(string(event.Type), "marker."):
				t.Errorf("%s's socket: %s came again", e.who, event.Type)
			default:
				heard[topic] = append(heard[topic], string(event.Type)+" "+topic)
				if !slices.ContainsFunc(log, func(written []byte) bool { return bytes.Equal(written, wire) }) {
					t.Errorf("%s heard an event that is not in the log:\n%s", e.who, wire)
				}
			}
		}
	}
	return heard
}

// checkEars compares what every socket heard with those of the written events that its person follows, in order for each topic.
func (n *newsroom) checkEars(t *testing.T, written []string, wire [][]byte, heardBy, notHeardBy []string) {
	t.Helper()
	if len(n.ears) == 0 {
		if len(heardBy)+len(notHeardBy) > 0 {
			t.Error("nobody listens in this newsroom")
		}
		return
	}
	marker := n.mark(t)
	n.state(t) // the marker is no change of the next row
	for _, who := range slices.Sorted(maps.Keys(n.ears)) {
		e := n.ears[who]
		heard := e.until(t, marker, "user:"+n.vars[who], wire)
		want := map[string][]string{}
		for _, event := range written {
			if _, topic, _ := strings.Cut(event, " "); slices.Contains(e.topics, topic) {
				want[topic] = append(want[topic], event)
			}
		}
		if !maps.EqualFunc(heard, want, slices.Equal) {
			t.Errorf("%s heard %v, want %v", who, heard, want)
		}
		if slices.Contains(heardBy, who) && len(heard) == 0 {
			t.Errorf("%s heard nothing", who)
		}
		if slices.Contains(notHeardBy, who) && len(heard) > 0 {
			t.Errorf("%s heard %v", who, heard)
		}
	}
}
