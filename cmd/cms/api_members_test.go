package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"galley/errs"
	"galley/events"
)

// To a stranger a members-only project is not there: every operation on it and on what it holds answers just as for an id
// that was never given, and nothing of it reaches a stranger's socket, at once or later, nor a reading of the log.
func TestMembersOnlyAPI(t *testing.T) {
	n := newNewsroom(t)
	begin := n.position(t, 0)
	t.Run("every address", func(t *testing.T) {
		tried := 0
		for _, s := range samples {
			op := operationOf(t, s.op)
			r := n.rowOf(t, op, sample{op: s.op, as: "sten", path: secretly(s.path), match: secretly(s.match), query: secretly(s.query), body: secretly(s.body)})
			inside := false
			for _, name := range parameters(op, "path") {
				inside = inside || strings.HasPrefix(place[name], "{open")
			}
			if !inside {
				continue
			}
			for param, value := range place {
				if own := n.fill(t, value); strings.HasPrefix(value, "{open") { // the same path with what is secret in it
					r.path = replaceSegment(op.path, r.path, param, own, n.fill(t, secretly(value)))
				}
			}
			tried++
			t.Run(s.op, func(t *testing.T) {
				hidden := n.do(t, r.wrong("", http.StatusNotFound, errs.NotFound))
				absent := r
				for _, name := range parameters(op, "path") {
					absent.path = replaceSegment(op.path, absent.path, name, "", "999999")
				}
				never := n.do(t, absent.wrong("", http.StatusNotFound, errs.NotFound))
				if got, want := withoutRequestID(t, hidden), withoutRequestID(t, never); got != want {
					t.Errorf("the hidden one answers\n%s, one that never was\n%s", got, want)
				}
			})
		}
		if tried < 10 {
			t.Errorf("only %d operations were tried", tried)
		}
	})
	post := row{
		as: "rosa", method: "POST", path: "/api/v1/projects/{secret}/comments", body: `{"body":"@ben: the price is 12 million."}`, wantStatus: 201,
		wantEvents: []string{"notification.added user:{ben}", "notification.added user:{anna}", "comment.added project:{secret}"},
	}
	n.do(t, post)
	t.Run("the log by hand", func(t *testing.T) {
		read := "/api/v1/realtime/changes?topics=project:{secret},projects,content,site,user:self,user:{rosa}&after=" + begin
		body := n.do(t, row{
			as: "sten", method: "GET", path: read + "&limit=200", wantStatus: 200,
			wantBody: `{"topics":{"project:{secret}":"not_found","user:{rosa}":"not_found","projects":"ok","user:self":"ok"},"more":false,"resync":false}`,
		})
		if n.tellsSecret(string(body)) {
			t.Errorf("sten reads %s", body)
		}
		n.do(t, row{as: "sten", method: "GET", path: "/api/v1/realtime/changes?count=true&topics=project:{secret}&after=" + begin, wantStatus: 200, wantBody: `{"count":0}`})
		n.do(t, row{as: "ben", method: "GET", path: "/api/v1/realtime/changes?count=true&topics=project:{secret}&after=" + begin, wantStatus: 200, wantBody: `{"count":6}`})
	})
	t.Run("lists", func(t *testing.T) {
		for _, path := range []string{"/api/v1/projects", "/api/v1/notifications", "/api/v1/session", "/api/v1/projects?q=ferries"} {
			if body := n.do(t, row{as: "sten", method: "GET", path: path, wantStatus: 200}); n.tellsSecret(string(body)) {
				t.Errorf("%s tells sten %s", path, body)
			}
		}
	})
	t.Run("a socket, later", func(t *testing.T) { n.resumeAsStranger(t, begin) })
	t.Run("a socket, at once", func(t *testing.T) {
		n.listen(t)
		if slices.Contains(n.ears["sten"].topics, "project:"+n.vars["secret"]) || !slices.Contains(n.ears["rosa"].topics, "project:"+n.vars["secret"]) {
			t.Fatalf("sten follows %v, rosa %v", n.ears["sten"].topics, n.ears["rosa"].topics)
		}
		post.heardBy, post.notHeardBy = "ines anna ben rosa", "sten"
		n.do(t, post)
	})
}

// resumeAsStranger follows everything from the beginning of the log, as somebody who is back after a long time.
func (n *newsroom) resumeAsStranger(t *testing.T, begin string) {
	t.Helper()
	e := n.dial(t, "sten")
	from := map[string]string{events.Self: begin}
	for _, topic := range n.topics() {
		from[topic] = begin
	}
	delete(from, "user:"+n.vars["sten"]) // that is user:self
	refused := e.follow(t, from)
	slices.Sort(refused)
	want := []string{"audit", "project:" + n.vars["secret"], "user:" + n.vars["anna"], "user:" + n.vars["ben"], "user:" + n.vars["ines"], "user:" + n.vars["rosa"]}
	if slices.Sort(want); !slices.Equal(refused, want) {
		t.Errorf("refused are %v, want %v", refused, want)
	}
	marker, heard := n.mark(t), 0
	for left := len(from) - len(refused); left > 0; {
		m := e.next(t)
		for _, wire := range m.Events {
			heard++
			if n.tellsSecret(string(wire)) {
				t.Errorf("sten's socket is told on %s: %s", m.Topic, wire)
			}
			if strings.Contains(string(wire), `"`+string(marker)+`"`) {
				left--
			}
		}
	}
	if heard < 10 {
		t.Errorf("only %d events were replayed", heard)
	}
}

func secretly(text string) string {
	return strings.NewReplacer("open.", "secret.", "other.", "secret.", "{open}", "{secret}").Replace(text)
}

// replaceSegment puts the value in the place of the parameter, where it stands for was, or for anything.
func replaceSegment(pattern, path, param, was, value string) string {
	path, query, asked := strings.Cut(path, "?")
	segments := strings.Split(path, "/")
	for i, segment := range strings.Split(pattern, "/") {
		if segment == "{"+param+"}" && (was == "" || segments[i] == was) {
			segments[i] = value
		}
	}
	if path = strings.Join(segments, "/"); asked {
		path += "?" + query
	}
	return path
}

func withoutRequestID(t *testing.T, problem []byte) string {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal(problem, &p); err != nil {
		t.Fatal(err)
	}
	delete(p, "request_id")
	body, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// tellsSecret tells whether something of the members-only project is in the text.
func (n *newsroom) tellsSecret(text string) bool {
	return strings.Contains(text, "ferries") || strings.Contains(text, `"project_id":`+n.vars["secret"]+`,`) || strings.Contains(text, "million")
}

// position is a place in the log as browsers hold it.
func (n *newsroom) position(t *testing.T, id int64) string {
	t.Helper()
	return events.Position{Epoch: n.rows(t, `SELECT epoch FROM event_log`)[0], ID: id}.String()
}
