package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// event is what a browser reads of an event.
type event struct {
	ID    string          `json:"id"`
	Topic string          `json:"topic"`
	Type  string          `json:"type"`
	Data  json.RawMessage `json:"data"`
}

// frame is what comes over the socket; only the members that the type has are set.
type frame struct {
	Type      string          `json:"type"`
	ID        int             `json:"id"`
	Topic     string          `json:"topic"`
	Position  string          `json:"position"`
	Code      json.RawMessage `json:"code"`
	Events    []event         `json:"events"`
	Topics    json.RawMessage `json:"topics"`
	RetryMS   *int            `json:"retry_ms"`
	Heartbeat int             `json:"heartbeat_s"`
}

// socket is a browser's one connection.
type socket struct {
	*testing.T
	conn *websocket.Conn
}

func (p person) dial() (*websocket.Conn, *http.Response, error) {
	u, err := url.Parse(p.url)
	if err != nil {
		return nil, nil, err
	}
	header := http.Header{"Origin": {p.url}}
	for _, c := range p.client.Jar.Cookies(u) {
		header.Add("Cookie", c.String())
	}
	dialer := websocket.Dialer{Subprotocols: []string{"galley.v1"}, HandshakeTimeout: 5 * time.Second}
	return dialer.Dial("ws"+strings.TrimPrefix(p.url, "http")+"/api/v1/realtime", header)
}

// connect opens the socket and reads the hello.
func (p person) connect(t *testing.T) socket {
	t.Helper()
	conn, res, err := p.dial()
	if err != nil {
		t.Fatalf("connecting: %v (%v)", err, res)
	}
	t.Cleanup(func() { _ = conn.Close() })
	s := socket{t, conn}
	if m := s.next("hello"); m.Heartbeat == 0 {
		t.Errorf("hello: got %+v", m)
	}
	return s
}

// next reads until a frame of the type comes.
func (s socket) next(kind string) frame {
	s.Helper()
	if err := s.conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		s.Fatal(err)
	}
	for {
		var m frame
		if err := s.conn.ReadJSON(&m); err != nil {
			s.Fatalf("waiting for %s: %v", kind, err)
		}
		if m.Type == kind {
			return m
		}
		if m.Type == "error" || m.Type == "resync" {
			s.Fatalf("waiting for %s: got %+v", kind, m)
		}
	}
}

// events reads until n events have come.
func (s socket) events(n int) (all []event) {
	s.Helper()
	for len(all) < n {
		all = append(all, s.next("events").Events...)
	}
	return all
}

func (s socket) follow(topic, position string) {
	s.Helper()
	if err := s.conn.WriteJSON(map[string]any{"type": "subscribe", "id": 1, "topics": map[string]string{topic: position}}); err != nil {
		s.Fatal(err)
	}
	if m := s.next("subscribed"); !strings.Contains(string(m.Topics), `"recovered":true`) {
		s.Fatalf("subscribed: got %s", m.Topics)
	}
}

// closed reads to the end and wants it to come with the code.
func (s socket) closed(code int) {
	s.Helper()
	if err := s.conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		s.Fatal(err)
	}
	for {
		_, _, err := s.conn.ReadMessage()
		if err == nil {
			continue
		}
		var end *websocket.CloseError
		if !errors.As(err, &end) || end.Code != code {
			s.Errorf("the socket ended with %v, want %d", err, code)
		}
		return
	}
}
