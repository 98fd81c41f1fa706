package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"galley/comments"
	"galley/events"
)

// Whoever loses a project loses it on every open connection within a second, and nothing that was said in it reaches them
// again: not on the sockets they have, not by resuming from where they were, not by hand.
func TestLostRightsActAtOnce(t *testing.T) {
	for _, way := range []struct {
		before []row
		act    row
	}{
		{act: row{name: "hidden", as: "anna", method: "PATCH", path: "/api/v1/projects/{open}", header: []string{"If-Match", `"1"`}, body: `{"visibility":"members"}`}},
		{
			before: []row{
				{as: "anna", method: "PUT", path: "/api/v1/projects/{open}/members/{sten}", body: `{"role":"editor"}`, wantStatus: 200},
				{as: "anna", method: "PATCH", path: "/api/v1/projects/{open}", header: []string{"If-Match", `"1"`}, body: `{"visibility":"members"}`, wantStatus: 200},
			},
			act: row{name: "removed", as: "anna", method: "DELETE", path: "/api/v1/projects/{open}/members/{sten}"},
		},
		{
			before: []row{
				{as: "ines", method: "PATCH", path: "/api/v1/users/{sten}", header: []string{"If-Match", `"1"`}, body: `{"role":"admin"}`, wantStatus: 200},
				{as: "anna", method: "PATCH", path: "/api/v1/projects/{open}", header: []string{"If-Match", `"1"`}, body: `{"visibility":"members"}`, wantStatus: 200},
			},
			act: row{name: "no admin any more", as: "ines", method: "PATCH", path: "/api/v1/users/{sten}", header: []string{"If-Match", `"2"`}, body: `{"role":"editor"}`},
		},
	} {
		t.Run(way.act.name, func(t *testing.T) {
			n := newNewsroom(t)
			n.exec(t, `UPDATE users SET password_hash = 'x' WHERE id = {ines}`) // an admin who can sign in stays
			for _, r := range way.before {
				n.sendGood(t, r)
			}
			n.comment(t, "word", "anna", 1, comments.Draft{Body: "@sten: quokka one"}) // a notification, too
			begin := n.position(t, 0)
			topics := map[string]string{"project:1": "", events.Self: "", events.Projects: ""}
			var sockets []*ear
			for range 3 {
				e := n.dial(t, "sten")
				if refused := e.follow(t, topics); len(refused) > 0 {
					t.Fatalf("refused are %v", refused)
				}
				sockets = append(sockets, e)
			}
			n.comment(t, "more", "anna", 1, comments.Draft{Body: "quokka two"})
			for _, e := range sockets {
				n.hears(t, e, "quokka two")
			}
			req := n.request(t, way.act.as, way.act.method, way.act.path, way.act.body, way.act.header)
			asked := time.Now()
			res, err := noRedirects.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close() // its status says all
			if res.StatusCode >= 300 {
				t.Fatalf("got %d", res.StatusCode)
			}
			for i, e := range sockets {
				for gone := false; !gone; {
					m := e.next(t)
					for _, wire := range m.Events {
						if strings.Contains(string(wire), "quokka") || m.Topic == "project:1" {
							t.Errorf("socket %d still hears %s", i, wire)
						}
					}
					gone = m.Type == "unsubscribed" && m.Topic == "project:1"
				}
				if took := time.Since(asked); took > time.Second {
					t.Errorf("socket %d had it for %v", i, took)
				}
			}
			n.comment(t, "after", "anna", 1, comments.Draft{Body: "@sten quokka three"})
			for _, e := range sockets {
				n.hearsNothing(t, e, "quokka", events.Projects)
			}
			n.resumesToNothing(t, begin)
		})
	}
}

// hears reads the socket until the words come.
func (n *newsroom) hears(t *testing.T, e *ear, words string) {
	t.Helper()
	for {
		for _, wire := range e.next(t).Events {
			if strings.Contains(string(wire), words) {
				return
			}
		}
	}
}

// hearsNothing reads the socket up to a marker on the topic, and fails for the words.
func (n *newsroom) hearsNothing(t *testing.T, e *ear, words, topic string) {
	t.Helper()
	marker := string(n.mark(t))
	for {
		m := e.next(t)
		for _, wire := range m.Events {
			if strings.Contains(string(wire), words) {
				t.Errorf("%s hears on %s: %s", e.who, m.Topic, wire)
			}
			if m.Topic == topic && strings.Contains(string(wire), `"`+marker+`"`) {
				return
			}
		}
	}
}

// resumesToNothing comes back from the beginning of the log, by socket and by hand.
func (n *newsroom) resumesToNothing(t *testing.T, begin string) {
	t.Helper()
	e := n.dial(t, "sten")
	refused := e.follow(t, map[string]string{"project:1": begin, events.Self: begin, events.Projects: begin})
	if len(refused) != 1 || refused[0] != "project:1" {
		t.Errorf("refused are %v", refused)
	}
	n.hearsNothing(t, e, "quokka", events.Projects)
	for _, topics := range []string{"project:1", "user:self", "projects", "projects,user:self,site"} {
		req := n.request(t, "sten", "GET", "/api/v1/realtime/changes?limit=200&topics="+topics+"&after="+begin, "", nil)
		res, err := noRedirects.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Resync bool
			Topics map[string]string
			Events []json.RawMessage
		}
		err = json.NewDecoder(res.Body).Decode(&answer)
		_ = res.Body.Close() // read to its end
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("got %d (%v)", res.StatusCode, err)
		}
		for _, wire := range answer.Events {
			if text := string(wire); strings.Contains(text, "quokka") || strings.Contains(text, "Coast Pass") {
				t.Errorf("%s by hand: %s", topics, wire)
			}
		}
		if topics == "project:1" && answer.Topics["project:1"] != "not_found" {
			t.Errorf("got %v", answer.Topics)
		}
	}
}
