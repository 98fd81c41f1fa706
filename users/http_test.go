package users

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"galley/access"
	"galley/httpapi"
	"galley/store/storetest"
)

// server is the real frame around the routes.
func (e env) server(o httpapi.Options) *httpapi.Server {
	e.Helper()
	srv, err := httpapi.New(e.s.Authenticate, slog.New(slog.DiscardHandler), o)
	if err != nil {
		e.Fatal(err)
	}
	e.s.Routes(srv)
	return srv
}

type request struct {
	method, path, body, token, ifMatch, kind, origin string
}

func (e env) send(srv *httpapi.Server, in request) *httptest.ResponseRecorder {
	r := httptest.NewRequest(in.method, "http://127.0.0.1/api/v1"+in.path, strings.NewReader(in.body))
	r.RemoteAddr = "192.0.2.7:1234"
	if in.kind == "" {
		in.kind = "application/json"
	}
	r.Header.Set("Content-Type", in.kind)
	if in.token != "" {
		r.AddCookie(&http.Cookie{Name: httpapi.CookieName, Value: in.token})
	}
	if in.ifMatch != "" {
		r.Header.Set("If-Match", in.ifMatch)
	}
	if in.origin != "" {
		r.Header.Set("Origin", in.origin)
	}
	w := httptest.NewRecorder()
	srv.Echo.ServeHTTP(w, r)
	return w
}

func TestRoutes(t *testing.T) {
	e := newEnv(t)
	srv := e.server(httpapi.Options{})
	e.anna()
	e.add("Maren Oduya", "maren@merrow.example", access.Admin, "harbour-lantern-7")
	annas, asAnna := e.signIn(annasEmail, annasPassword)
	phone, onPhone := e.signIn(annasEmail, annasPassword)
	marens, asMaren := e.signIn("maren@merrow.example", "harbour-lantern-7")
	signIn := func(password string) string {
		return fmt.Sprintf(`{"email":%q,"password":%q}`, annasEmail, password)
	}
	for _, row := range []struct {
		name   string
		in     request
		status int
		body   string // a part of it
		events string // types, each with its topic
	}{
		{"who nobody is", request{method: "GET", path: "/session"}, 401, `"code":"unauthenticated"`, ""},
		{"who I am", request{method: "GET", path: "/session", token: annas}, 200, `"handle":"anna"`, ""},
		{"set up when there is an admin", request{method: "POST", path: "/setup", body: `{"code":"x","name":"M","email":"m@merrow.example","password":"long enough now"}`}, 409, `"code":"conflict"`, ""},
		{"sign in", request{method: "POST", path: "/session", body: signIn(annasPassword)}, 201, `"active_project_id":null,"active_project":null,"realtime":{"mode":"websocket"},"unread":0,"setup":false,"position":"`, "audit.added audit"},
		{"sign in wrongly", request{method: "POST", path: "/session", body: signIn("not the password")}, 401, "4 tries left before a 15 minute pause", "audit.added audit"},
		{"unknown field", request{method: "POST", path: "/session", body: `{"email":"a","password":"b","remember":true}`}, 422, `"fields":{"remember"`, ""},
		{"doubled key", request{method: "POST", path: "/session", body: `{"email":"a","email":"b","password":"c"}`}, 400, `"code":"malformed"`, ""},
		{"wrong type", request{method: "POST", path: "/session", body: `{"email":5,"password":"c"}`}, 422, `"fields":{"email"`, ""},
		{"no JSON", request{method: "POST", path: "/session", body: `{"email"`}, 400, `"code":"malformed"`, ""},
		{"no UTF-8", request{method: "POST", path: "/session", body: "{\"email\":\"\xff\",\"password\":\"c\"}"}, 400, `"code":"malformed"`, ""},
		{"a form", request{method: "POST", path: "/session", body: "email=a&password=b", kind: "application/x-www-form-urlencoded"}, 415, `"code":"unsupported_media"`, ""},
		{"too large", request{method: "POST", path: "/session", body: `{"email":"` + strings.Repeat("a", 1<<20) + `"}`}, 413, `"code":"too_large"`, ""},
		{"from a foreign page", request{method: "POST", path: "/session", body: signIn(annasPassword), origin: "https://elsewhere.example"}, 403, `"code":"origin_not_allowed"`, ""},
		{"me", request{method: "GET", path: "/me", token: annas}, 200, `"email":"anna@merrow.example","role":"editor","disabled":false,"time_zone":"","has_password":true,"revision":1,"created_at":`, ""},
		{"me, signed out", request{method: "GET", path: "/me"}, 401, `"code":"unauthenticated"`, ""},
		{"change without If-Match", request{method: "PATCH", path: "/me", token: annas, body: `{"name":"Anna"}`}, 428, `"code":"precondition_required"`, ""},
		{"change with a bad If-Match", request{method: "PATCH", path: "/me", token: annas, body: `{"name":"Anna"}`, ifMatch: "1"}, 400, `"code":"malformed"`, ""},
		{"change based on another revision", request{method: "PATCH", path: "/me", token: annas, body: `{"name":"Anna"}`, ifMatch: `"9"`}, 412, `"current":{"id":1,"name":"Anna Vale"`, ""},
		{"make oneself admin", request{method: "PATCH", path: "/me", token: annas, body: `{"role":"admin"}`, ifMatch: `"1"`}, 422, `"fields":{"role"`, ""},
		{"change", request{method: "PATCH", path: "/me", token: annas, body: `{"time_zone":"Europe/Oslo"}`, ifMatch: `"1"`}, 200, `"time_zone":"Europe/Oslo","has_password":true,"revision":2,"created_at":"2026-03-10T14:07:00Z","last_seen_at":"2026-03-10T14:07:00Z"}`, "person.changed user:1 person.changed site"},
		{"people, as an editor", request{method: "GET", path: "/users", token: annas}, 403, `"code":"forbidden"`, ""},
		{"people", request{method: "GET", path: "/users?limit=1", token: marens}, 200, `"next":"1","position":"`, ""},
		{"admins", request{method: "GET", path: "/users?role=admin&q=mar", token: marens}, 200, `{"items":[{"id":2,`, ""},
		{"people of no role", request{method: "GET", path: "/users?role=owner", token: marens}, 422, `"fields":{"role":`, ""},
		{"somebody", request{method: "GET", path: "/users/1", token: marens}, 200, `"position":"`, ""},
		{"somebody, as an editor", request{method: "GET", path: "/users/1", token: annas}, 403, "Only admins manage people.", ""},
		{"nobody", request{method: "GET", path: "/users/4711", token: marens}, 404, `"code":"not_found"`, ""},
		{"change somebody, as an editor", request{method: "PATCH", path: "/users/1", token: annas, body: `{"role":"admin"}`, ifMatch: `"2"`}, 403, "Only admins manage people.", ""},
		{"change somebody without a base", request{method: "PATCH", path: "/users/1", token: marens, body: `{"role":"admin"}`}, 428, `"code":"precondition_required"`, ""},
		{"change an address", request{method: "PATCH", path: "/users/1", token: marens, body: `{"email":"x@merrow.example"}`, ifMatch: `"2"`}, 422, `"fields":{"email"`, ""},
		{"change somebody", request{method: "PATCH", path: "/users/1", token: marens, body: `{"role":"reviewer"}`, ifMatch: `"2"`}, 200, `"role":"reviewer"`, "person.changed user:1 person.changed site audit.added audit"},
		{"people, oddly", request{method: "GET", path: "/users?limit=0&sort=name", token: marens}, 422, `"fields":{"limit":`, ""},
		{"my sessions", request{method: "GET", path: "/sessions?after=" + fmt.Sprint(asAnna.SessionID), token: annas}, 200, fmt.Sprintf(`"items":[{"id":%d,"user_agent":"Browser/1","address":"192.0.2.7"`, onPhone.SessionID), ""},
		{"a method there is not", request{method: "PUT", path: "/session", token: annas}, 405, `"code":"method_not_allowed"`, ""},
		{"end hers", request{method: "DELETE", path: fmt.Sprintf("/sessions/%d", asMaren.SessionID), token: annas}, 404, `"code":"not_found"`, ""},
		{"end none", request{method: "DELETE", path: "/sessions/x", token: annas}, 404, `"code":"not_found"`, ""},
		{"end mine", request{method: "DELETE", path: fmt.Sprintf("/sessions/%d", onPhone.SessionID), token: annas}, 204, "", "session.ended user:1"},
		{"with the ended one", request{method: "GET", path: "/me", token: phone}, 401, "Your session has ended", ""},
		{"sign out twice", request{method: "DELETE", path: "/session", token: phone}, 204, "", ""},
		{"sign out", request{method: "DELETE", path: "/session", token: marens}, 204, "", "session.ended user:2"},
		{"everywhere", request{method: "DELETE", path: "/sessions", token: annas}, 204, "", "session.ended user:1 session.ended user:1 audit.added audit"},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := storetest.LastEvent(t, e.db)
			w := e.send(srv, row.in)
			if w.Code != row.status || !strings.Contains(w.Body.String(), row.body) {
				t.Errorf("got %d %s, want %d with %s", w.Code, w.Body, row.status, row.body)
			}
			if w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("the problem came as %q", w.Header().Get("Content-Type"))
			}
			if got := strings.Join(storetest.Events(t, e.db, before), " "); got != row.events {
				t.Errorf("events: got %q, want %q", got, row.events)
			}
		})
	}
}

func TestFirstRunByHTTP(t *testing.T) {
	e := newEnv(t)
	srv := e.server(httpapi.Options{})
	if w := e.send(srv, request{method: "GET", path: "/session"}); w.Code != 200 || w.Body.String() != `{"setup":true,"realtime":{"mode":"websocket"}}` {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	code, err := e.s.OpenSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	body := `{"code":%q,"name":"Maren Oduya","email":"maren@merrow.example","password":"harbour-lantern-7"}`
	if w := e.send(srv, request{method: "POST", path: "/setup", body: fmt.Sprintf(body, "AAAA-BBBB-CCCC")}); w.Code != 403 {
		t.Errorf("a wrong code: got %d %s", w.Code, w.Body)
	}
	w := e.send(srv, request{method: "POST", path: "/setup", body: fmt.Sprintf(body, code)})
	var v Session
	if err := json.Unmarshal(w.Body.Bytes(), &struct {
		*Session
		Position string `json:"position"`
	}{Session: &v}); err != nil || w.Code != 201 || v.Role != "admin" || !v.May["settings"].Allowed {
		t.Fatalf("got %d %s, %v", w.Code, w.Body, err)
	}
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("got %v", cookies)
	}
	if w := e.send(srv, request{method: "GET", path: "/session", token: cookies[0].Value}); w.Code != 200 || !strings.Contains(w.Body.String(), `"handle":"maren"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestCookie(t *testing.T) {
	e := newEnv(t)
	e.anna()
	in := request{method: "POST", path: "/session", body: fmt.Sprintf(`{"email":%q,"password":%q}`, annasEmail, annasPassword)}
	for name, row := range map[string]struct {
		public *url.URL
		secure bool
	}{
		"plain":      {nil, false},
		"behind TLS": {&url.URL{Scheme: "https", Host: "galley.example"}, true},
	} {
		c := e.send(e.server(httpapi.Options{PublicURL: row.public}), in).Result().Cookies()[0]
		if c.Name != "galley_session" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure != row.secure || c.MaxAge != 30*24*3600 || len(c.Value) != tokenChars {
			t.Errorf("%s: got %v", name, c)
		}
	}
	token, _ := e.signIn(annasEmail, annasPassword)
	out := e.send(e.server(httpapi.Options{}), request{method: "DELETE", path: "/session", token: token}).Result().Cookies()
	if len(out) != 1 || out[0].MaxAge >= 0 || out[0].Value != "" {
		t.Errorf("signing out: got %v", out)
	}
}

func TestPauseByHTTP(t *testing.T) {
	e := newEnv(t)
	srv := e.server(httpapi.Options{})
	wrong := request{method: "POST", path: "/session", body: `{"email":"anna@merrow.example","password":"x"}`}
	for range 5 {
		e.send(srv, wrong)
	}
	e.pass(90 * time.Second)
	w := e.send(srv, wrong)
	if w.Code != 429 || w.Header().Get("Retry-After") != "810" || !strings.Contains(w.Body.String(), `"code":"rate_limited"`) {
		t.Errorf("got %d, Retry-After %q, %s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
}
