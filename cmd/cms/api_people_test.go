package main

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"galley/access"
	"galley/errs"
	"galley/events"
)

func TestManagePeopleAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const (
		users     = "/api/v1/users"
		sten      = users + "/{sten}"
		everybody = "ines anna ben sten rosa"
	)
	changed := []string{"person.changed user:{sten}", "person.changed site", audited}
	n.table(t, []row{
		{
			name: "one", as: "ines", method: "GET", path: sten, wantStatus: 200,
			wantBody: `{"id":{sten},"name":"Sten Holm","handle":"sten","role":"editor","disabled":false,"has_password":false,"revision":1,"topic":"site"}`,
		},
		{name: "one, by an editor", as: "anna", method: "GET", path: sten, wantStatus: 403, wantCode: errs.Forbidden, wantBody: `{"detail":"Only admins manage people."}`},
		{name: "of one role", as: "ines", method: "GET", path: users + "?role=editor&limit=2", wantStatus: 200, wantBody: `{"items":[{"id":{anna}},{"id":{ben}}],"next":"{ben}"}`},
		{name: "of one role, the rest", as: "ines", method: "GET", path: users + "?role=editor&after={ben}", wantStatus: 200, wantBody: `{"items":[{"id":{sten}}],"next":null}`},
		{name: "by part of a name", as: "ines", method: "GET", path: users + "?q=hOl", wantStatus: 200, wantBody: `{"items":[{"id":{sten}}]}`},
		{
			name: "rename", as: "ines", method: "PATCH", path: sten, header: []string{"If-Match", `"1"`}, body: `{"name":" Sten  Holmgren"}`, wantStatus: 200,
			wantBody: `{"id":{sten},"name":"Sten Holmgren","handle":"sten","role":"editor","revision":2}`, wantEvents: changed, heardBy: everybody,
		},
		{name: "read back", as: "ines", method: "GET", path: sten, wantStatus: 200, wantBody: `{"name":"Sten Holmgren","revision":2}`},
		{
			name: "on what was there before", as: "ines", method: "PATCH", path: sten, header: []string{"If-Match", `"1"`}, body: `{"role":"admin"}`,
			wantStatus: 412, wantCode: errs.Stale, wantBody: `{"current":{"id":{sten},"name":"Sten Holmgren","role":"editor","revision":2}}`,
		},
		{name: "one's own role", as: "sten", method: "PATCH", path: sten, header: []string{"If-Match", `"2"`}, body: `{"role":"admin"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "a role of projects", as: "ines", method: "PATCH", path: sten, header: []string{"If-Match", `"2"`}, body: `{"role":"owner"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"role"}},
		{name: "what is so already", as: "ines", method: "PATCH", path: sten, header: []string{"If-Match", `"2"`}, body: `{"role":"editor","disabled":false}`, wantStatus: 200, wantBody: `{"revision":2}`},
		{
			name: "lower", as: "ines", method: "PATCH", path: sten, header: []string{"If-Match", `"2"`}, body: `{"role":"reviewer"}`, wantStatus: 200,
			wantBody: `{"role":"reviewer","revision":3}`, wantEvents: changed, heardBy: everybody,
		},
		{name: "with the new role at once", as: "sten", method: "POST", path: "/api/v1/projects", body: `{"name":"Boats"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "the only admin lowers themselves", as: "ines", method: "PATCH", path: users + "/{ines}", header: []string{"If-Match", `"1"`}, body: `{"role":"editor"}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "the only admin disables themselves", as: "ines", method: "PATCH", path: users + "/{ines}", header: []string{"If-Match", `"1"`}, body: `{"disabled":true}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "disable somebody who is not here", as: "ines", method: "PATCH", path: users + "/999999", header: []string{"If-Match", `"1"`}, body: `{"disabled":true}`, wantStatus: 404, wantCode: errs.NotFound},
	})
}

func TestLinksAPI(t *testing.T) {
	n := newNewsroom(t)
	n.addPerson(t, "Vera Quist", access.Editor)
	n.vars["vera"] = n.rows(t, `SELECT id FROM users WHERE handle = 'vera'`)[0]
	n.listen(t)
	const (
		users     = "/api/v1/users"
		password  = "/api/v1/password"
		everybody = "ines anna ben sten rosa"
		nils      = `{"name":"Nils Aune","email":"nils@merrow.example","role":"reviewer"}`
	)
	sign := `{"email":"vera@merrow.example","password":"` + testPassword + `"}`
	n.table(t, []row{
		{
			name: "invite", as: "ines", method: "POST", path: users, header: []string{"Idempotency-Key", "n1"}, body: nils, wantStatus: 201, keep: "nils",
			wantBody:   `{"name":"Nils Aune","handle":"nils","email":"nils@merrow.example","role":"reviewer","disabled":false,"has_password":false,"last_seen_at":null,"revision":1}`,
			wantEvents: []string{"person.added site", audited, audited}, heardBy: everybody,
		},
		{name: "the same again", as: "ines", method: "POST", path: users, header: []string{"Idempotency-Key", "n1"}, body: nils, wantStatus: 200, wantBody: `{"id":{nils},"link":null}`},
		{name: "the address again", as: "ines", method: "POST", path: users, body: `{"name":"Nora","email":"NILS@merrow.example","role":"admin"}`, wantStatus: 409, wantCode: errs.Conflict, wantFields: []string{"email"}},
		{
			name: "a group's handle", as: "ines", method: "POST", path: users, body: `{"name":"Admins","email":"admins@merrow.example","role":"reviewer","password":"a long enough password"}`, wantStatus: 201,
			wantBody: `{"handle":"person","link":null,"has_password":true}`, wantEvents: []string{"person.added site", audited},
		},
		{name: "by an editor", as: "anna", method: "POST", path: users, body: nils, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "she signs in", method: "POST", path: "/api/v1/session", body: sign, wantStatus: 201, keep: "vera", wantEvents: []string{audited}, heardBy: "ines", notHeardBy: "anna ben sten rosa"},
	})
	link := func(t *testing.T, who string) string {
		t.Helper()
		var l struct{ URL string }
		if err := json.Unmarshal(n.do(t, row{as: "ines", method: "POST", path: users + "/{" + who + "}/link", wantStatus: 201, wantEvents: []string{audited}, heardBy: "ines", notHeardBy: "anna ben sten rosa"}), &l); err != nil {
			t.Fatal(err)
		}
		token, found := strings.CutPrefix(l.URL, n.url+"/reset#")
		if !found {
			t.Fatalf("got %s", l.URL)
		}
		return token
	}
	n.vars["older"], n.vars["newer"] = link(t, "vera"), link(t, "vera")
	set := func(token string) string { return `{"token":"` + token + `","password":"a new long password"}` }
	window := n.dial(t, "vera")
	n.table(t, []row{
		{name: "an older link", method: "POST", path: password, body: set("{older}"), wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"token"}},
		{name: "a short password", method: "POST", path: password, body: `{"token":"{newer}","password":"short"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"password"}},
		{
			name: "set", method: "POST", path: password, body: set("{newer}"), wantStatus: 201, keep: "veras", wantBody: `{"id":{vera},"handle":"vera","setup":false}`,
			wantEvents: []string{"session.ended user:{vera}", "person.changed user:{vera}", "person.changed site", audited, audited}, heardBy: everybody,
		},
		{name: "again", method: "POST", path: password, body: set("{newer}"), wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"token"}},
		{name: "the session of before", as: "vera", method: "GET", path: "/api/v1/me", wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "the new one", as: "veras", method: "GET", path: "/api/v1/me", wantStatus: 200, wantBody: `{"id":{vera},"has_password":true,"revision":2}`},
		{name: "the old password", method: "POST", path: "/api/v1/session", body: sign, wantStatus: 401, wantCode: errs.Unauthenticated, wantEvents: []string{audited}},
		{name: "the new one", method: "POST", path: "/api/v1/session", body: strings.Replace(sign, testPassword, "a new long password", 1), wantStatus: 201, wantEvents: []string{audited}},
		{name: "a link for a disabled account", as: "ines", method: "PATCH", path: users + "/{nils}", header: []string{"If-Match", `"1"`}, body: `{"disabled":true}`, wantStatus: 200, wantEvents: []string{"person.changed user:{nils}", "person.changed site", audited}},
		{name: "is none", as: "ines", method: "POST", path: users + "/{nils}/link", wantStatus: 409, wantCode: errs.Conflict},
	})
	window.ended(t, 4501, time.Now()) // that the password was hashed first is not the socket's time
	for range 3 {
		n.do(t, row{method: "POST", path: password, body: set(strings.Repeat("A", 43)), wantStatus: 422, wantCode: errs.Invalid})
	}
	n.do(t, row{method: "POST", path: password, body: set(strings.Repeat("A", 43)), wantStatus: 422, wantCode: errs.Invalid})
	n.do(t, row{method: "POST", path: password, body: set(strings.Repeat("A", 43)), wantStatus: 429, wantCode: errs.RateLimited})
}

// ended reads until the server closes the socket, wants it to do so with the code and soon, and returns what came before.
func (e *ear) ended(t *testing.T, code int, since time.Time) (all []message) {
	t.Helper()
	for {
		select {
		case m := <-e.in:
			if m.err == nil {
				all = append(all, m)
				continue
			}
			var end *websocket.CloseError
			if !errors.As(m.err, &end) || end.Code != code {
				t.Errorf("%s's socket ended with %v, want %d", e.who, m.err, code)
			}
			if took := m.at.Sub(since); took > actsWithin {
				t.Errorf("%s's socket ended after %v", e.who, took)
			}
			return all
		case <-time.After(hearWithin):
			t.Fatalf("%s's socket is still open", e.who)
		}
	}
}

// actsWithin is how soon a change of rights acts on open sockets.
const actsWithin = time.Second

// Whoever is disabled hears nothing more, in no window, and is kept out; what they made stays.
func TestDisablingAPI(t *testing.T) {
	n := newNewsroom(t)
	n.addPerson(t, "Vera Quist", access.Editor)
	n.vars["vera"] = n.rows(t, `SELECT id FROM users WHERE handle = 'vera'`)[0]
	sign := row{name: "sign in", method: "POST", path: "/api/v1/session", body: `{"email":"vera@merrow.example","password":"` + testPassword + `"}`, wantStatus: 201, keep: "vera", wantEvents: []string{audited}}
	again := sign
	again.keep = "veras"
	n.table(t, []row{
		sign, again,
		{name: "she makes a project", as: "vera", method: "POST", path: "/api/v1/projects", body: `{"name":"Night boats"}`, wantStatus: 201, keep: "boats", wantEvents: []string{"project.created projects"}},
		{
			name: "and says something", as: "vera", method: "POST", path: "/api/v1/projects/{open}/comments", body: `{"body":"@anna?"}`, wantStatus: 201, keep: "said",
			wantEvents: []string{"notification.added user:{anna}", "notification.added user:{ben}", "notification.added user:{rosa}", "follow.changed user:{vera}", "comment.added project:{open}"},
		},
	})
	idle, busy := n.dial(t, "vera"), n.dial(t, "veras")
	busy.follow(t, map[string]string{events.Self: "", events.Site: "", "project:" + n.vars["open"]: ""})
	n.listen(t, "ines", "rosa")
	began := time.Now()
	n.do(t, row{
		as: "ines", method: "PATCH", path: "/api/v1/users/{vera}", header: []string{"If-Match", `"1"`}, body: `{"disabled":true}`, wantStatus: 200, wantBody: `{"disabled":true,"revision":2}`,
		wantEvents: []string{"person.changed user:{vera}", "person.changed site", "session.ended user:{vera}", "session.ended user:{vera}", audited}, heardBy: "ines rosa",
	})
	n.do(t, row{as: "rosa", method: "POST", path: "/api/v1/projects/{open}/comments", body: `{"body":"@vera is gone"}`, wantStatus: 201, wantEvents: []string{"notification.added user:{anna}", "notification.added user:{ben}", "comment.added project:{open}"}, heardBy: "ines rosa"})
	idle.ended(t, 4502, began)
	for _, m := range busy.ended(t, 4502, began) {
		if len(m.Events) > 0 {
			t.Errorf("she still hears %s", m.Events)
		}
	}
	n.table(t, []row{
		{name: "her next request", as: "vera", method: "GET", path: "/api/v1/projects", wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "signing in", method: "POST", path: "/api/v1/session", body: sign.body, wantStatus: 403, wantCode: errs.Forbidden, wantEvents: []string{audited}, heardBy: "ines", notHeardBy: "rosa"},
		{name: "her project stays", as: "anna", method: "GET", path: "/api/v1/projects/{boats}", wantStatus: 200, wantBody: `{"owner":{"id":{vera}}}`},
		{name: "her words stay", as: "anna", method: "GET", path: "/api/v1/projects/{open}/comments?limit=2", wantStatus: 200, wantBody: `{"items":[{"html":"<p>@vera is gone</p>\n"},{"id":{said},"author":{"id":{vera}}}]}`},
		{
			name: "enable", as: "ines", method: "PATCH", path: "/api/v1/users/{vera}", header: []string{"If-Match", `"2"`}, body: `{"disabled":false}`, wantStatus: 200,
			wantEvents: []string{"person.changed user:{vera}", "person.changed site", audited}, heardBy: "ines rosa",
		},
		{name: "an ended session stays ended", as: "vera", method: "GET", path: "/api/v1/projects", wantStatus: 401, wantCode: errs.Unauthenticated},
		sign,
	})
}

// A socket that was opened with a higher role hears no more than the role of now allows, from the change on and also when it
// resumes from before.
func TestLoweringAPI(t *testing.T) {
	n := newNewsroom(t)
	n.exec(t, `UPDATE users SET role = 'admin' WHERE id = {sten}`)
	n.exec(t, `UPDATE users SET password_hash = 'some' WHERE id = {ines}`) // the admin who stays
	secret := "project:" + n.vars["secret"]
	open := n.dial(t, "sten")
	if refused := open.follow(t, map[string]string{secret: "", events.Self: ""}); len(refused) > 0 {
		t.Fatalf("an admin may not follow %v", refused)
	}
	begin := n.position(t, 0)
	say := row{
		as: "rosa", method: "POST", path: "/api/v1/projects/{secret}/comments", body: `{"body":"The price is 12 million."}`, wantStatus: 201,
		wantEvents: []string{"notification.added user:{anna}", "notification.added user:{ben}", "comment.added project:{secret}"},
	}
	n.do(t, say)
	if m := open.next(t); len(m.Events) != 1 || m.Topic != secret {
		t.Fatalf("an admin hears %+v", m)
	}
	began := time.Now()
	n.do(t, row{as: "ines", method: "PATCH", path: "/api/v1/users/{sten}", header: []string{"If-Match", `"1"`}, body: `{"role":"editor"}`, wantStatus: 200, wantEvents: []string{"topic.forgotten !user:{sten}", "person.changed user:{sten}", "person.changed site", audited}})
	n.do(t, say)
	var told struct {
		Type events.Type
		Data struct{ Role string }
	}
	for lost := false; !lost || told.Type == ""; {
		switch m := open.next(t); m.Type {
		case "unsubscribed":
			if lost = true; m.Topic != secret || m.Code != "not_found" || m.at.Sub(began) > actsWithin {
				t.Errorf("got %+v after %v", m, m.at.Sub(began))
			}
		case "events":
			if m.Topic != events.Self || len(m.Events) != 1 {
				t.Fatalf("an editor hears %s on %s", m.Events, m.Topic)
			}
			if err := json.Unmarshal(m.Events[0], &told); err != nil || told.Data.Role != "editor" {
				t.Errorf("he is told %s, %v", m.Events[0], err)
			}
		}
	}
	if refused := open.follow(t, map[string]string{secret: begin}); !slices.Equal(refused, []string{secret}) {
		t.Errorf("on the same socket, refused are %v", refused)
	}
	if refused := n.dial(t, "sten").follow(t, map[string]string{secret: begin}); !slices.Equal(refused, []string{secret}) {
		t.Errorf("on a new socket, refused are %v", refused)
	}
	n.do(t, row{as: "sten", method: "GET", path: "/api/v1/projects/{secret}", wantStatus: 404, wantCode: errs.NotFound})
}

// Who begins a request as an admin and sends its end as an editor has it done as an editor.
func TestLoweredWhileSending(t *testing.T) {
	n := newNewsroom(t)
	n.addPerson(t, "Vera Quist", access.Admin)
	vera := signIn(t, n.url, "vera@merrow.example", testPassword)
	const body = `{"websockets_enabled":false}`
	slow := vera.begin(t, "PATCH", "/settings", len(body), "If-Match", `"1"`)
	slow.write(body[:8])
	n.exec(t, `UPDATE users SET role = 'editor' WHERE handle = 'vera'`)
	for began := time.Now(); time.Since(began) < 1200*time.Millisecond; { // another process did it, which shows within a second
		n.do(t, row{method: "GET", path: "/healthz", wantStatus: 200})
	}
	before := n.state(t)
	slow.write(body[8:])
	if status := slow.status(); status != 403 || n.state(t) != before {
		t.Errorf("got %d", status)
	}
}
