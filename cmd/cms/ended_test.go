package main

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"galley/errs"
)

// closes wants the socket closed with the code within a second, and nothing said before.
func (e *ear) closes(t *testing.T, code int) {
	t.Helper()
	late := time.After(time.Second)
	for {
		select {
		case m := <-e.in:
			switch {
			case m.err == nil && m.Type == "heartbeat":
			case m.err == nil:
				t.Errorf("%s's socket: %+v instead of the end", e.who, m)
			case websocket.IsCloseError(m.err, code):
				return
			default:
				t.Errorf("%s's socket: %v, want close %d", e.who, m.err, code)
				return
			}
		case <-late:
			t.Errorf("%s's socket is still open after a second", e.who)
			return
		}
	}
}

// Whoever ends a session takes its sockets away at once, whatever they follow, and no other session's of the same person.
func TestEndedSessionsLoseTheirSockets(t *testing.T) {
	n := newNewsroom(t)
	n.session(t, "rosa", "abroad")
	follow := func(as string) *ear {
		e := n.dial(t, as)
		e.follow(t, map[string]string{"project:" + n.vars["open"]: ""})
		return e
	}
	rosa, second, abroad, idle := follow("rosa"), follow("rosas"), follow("abroad"), n.dial(t, "rosas")
	hears := func(e *ear) {
		t.Helper()
		n.sendGood(t, row{as: "anna", method: "POST", path: "/api/v1/projects/{open}/comments", body: `{"body":"Still there?"}`, wantStatus: 201})
		if m := e.next(t); m.Type != "events" || len(m.Events) != 1 {
			t.Errorf("%s's socket: got %+v", e.who, m)
		}
	}
	n.sendGood(t, row{as: "rosa", method: "DELETE", path: "/api/v1/sessions/{rosas.session}", wantStatus: 204})
	second.closes(t, 4501)
	idle.closes(t, 4501)
	hears(rosa)
	n.do(t, row{as: "rosas", method: "GET", path: "/api/v1/session", wantStatus: 401, wantCode: errs.Unauthenticated})

	n.sendGood(t, row{as: "rosa", method: "DELETE", path: "/api/v1/session", wantStatus: 204})
	rosa.closes(t, 4501)
	abroad.next(t) // what rosa heard
	hears(abroad)

	n.sendGood(t, row{as: "abroad", method: "DELETE", path: "/api/v1/sessions", wantStatus: 204})
	abroad.closes(t, 4501)
}
