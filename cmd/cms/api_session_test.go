package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"galley/access"
	"galley/errs"
)

func TestSetupAPI(t *testing.T) {
	n := emptyNewsroom(t, testConfig(t))
	code, err := n.app.users.OpenSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.vars["code"] = code
	const good = `{"code":"{code}","name":"Ines Falk","email":"Ines@Merrow.example ","password":"a long enough password"}`
	n.table(t, []row{
		{name: "nobody is signed in, and there is no admin", method: "GET", path: "/api/v1/session", wantStatus: 200, wantBody: `{"setup":true,"realtime":{"mode":"websocket"}}`},
		{name: "nothing else is open", method: "GET", path: "/api/v1/projects", wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "a wrong code", method: "POST", path: "/api/v1/setup", body: `{"code":"AAAA-AAAA-AAAA","name":"Ines","email":"ines@merrow.example","password":"a long enough password"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{
			name: "all that is wrong at once", method: "POST", path: "/api/v1/setup", body: `{"code":"{code}","name":" ","email":"ines","password":"short"}`,
			wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"name", "email", "password"},
		},
		{
			name: "the first admin", method: "POST", path: "/api/v1/setup", body: good, wantStatus: 201, keep: "ines",
			wantBody:   `{"name":"Ines Falk","handle":"ines","email":"ines@merrow.example","role":"admin","setup":false,"topic":"user:self","may":{"settings":{"allowed":true},"people":{"allowed":true},"create_project":{"allowed":true}}}`,
			wantEvents: []string{"person.added site", audited, audited},
		},
		{name: "is signed in", as: "ines", method: "GET", path: "/api/v1/session", wantStatus: 200, wantBody: `{"id":{ines},"setup":false,"unread":0,"active_project":null}`},
		{name: "and alone", as: "ines", method: "GET", path: "/api/v1/users", wantStatus: 200, wantBody: `{"items":[{"id":{ines}}]}`},
		{name: "the code works once", method: "POST", path: "/api/v1/setup", body: good, wantStatus: 409, wantCode: errs.Conflict},
		{name: "the others have to sign in", method: "GET", path: "/api/v1/session", wantStatus: 401, wantCode: errs.Unauthenticated},
	})
}

func TestSessionAPI(t *testing.T) {
	n := newNewsroom(t)
	n.addPerson(t, "Vera Quist", access.Reviewer)
	vera := n.rows(t, `SELECT id FROM users WHERE handle = 'vera'`)[0]
	n.vars["vera"] = vera
	n.session(t, "sten", "stens")
	n.listen(t, "ines", "rosa")
	const right = `{"email":" VERA@merrow.example","password":"` + testPassword + `"}`
	n.table(t, []row{
		{
			name: "sign in", method: "POST", path: "/api/v1/session", body: right, wantStatus: 201, keep: "vera1",
			wantBody:   `{"id":{vera},"handle":"vera","role":"reviewer","may":{"create_project":{"allowed":false,"reason":"Only editors create projects."},"settings":{"allowed":false}},"realtime":{"mode":"websocket"},"setup":false}`,
			wantEvents: []string{audited}, heardBy: "ines", notHeardBy: "rosa",
		},
		{name: "who is signed in", as: "vera1", method: "GET", path: "/api/v1/session", wantStatus: 200, wantBody: `{"id":{vera}}`},
		{name: "nobody is", method: "GET", path: "/api/v1/session", wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "in another browser", method: "POST", path: "/api/v1/session", body: right, wantStatus: 201, keep: "vera2", wantEvents: []string{audited}},
		{name: "where", as: "vera1", method: "GET", path: "/api/v1/sessions", wantStatus: 200, wantBody: `{"items":[{"current":true,"address":"127.0.0.1"},{"current":false}],"topic":"user:self","next":null}`},
		{name: "a page of where", as: "vera1", method: "GET", path: "/api/v1/sessions?limit=1", wantStatus: 200, wantBody: `{"items":[{"current":true}]}`},
		{
			name: "again in the same browser ends what was there", as: "vera2", method: "POST", path: "/api/v1/session", body: right, wantStatus: 201, keep: "vera3",
			wantEvents: []string{"session.ended user:{vera}", audited}, heardBy: "ines", notHeardBy: "rosa",
		},
		{name: "what was there is no more", as: "vera2", method: "GET", path: "/api/v1/me", wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "end somebody else's session", as: "vera1", method: "DELETE", path: "/api/v1/sessions/{stens.session}", wantStatus: 404, wantCode: errs.NotFound},
		{name: "end one of mine", as: "sten", method: "DELETE", path: "/api/v1/sessions/{stens.session}", wantStatus: 204, wantEvents: []string{"session.ended user:{sten}"}},
		{name: "it has ended", as: "stens", method: "GET", path: "/api/v1/me", wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "end it again", as: "sten", method: "DELETE", path: "/api/v1/sessions/{stens.session}", wantStatus: 404, wantCode: errs.NotFound},
		{name: "sign out", as: "sten", method: "DELETE", path: "/api/v1/session", wantStatus: 204, wantEvents: []string{"session.ended user:{sten}"}},
		{name: "signed out", as: "sten", method: "GET", path: "/api/v1/session", wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "sign out when nobody is signed in", method: "DELETE", path: "/api/v1/session", wantStatus: 204},
		{name: "sign out everywhere", as: "vera1", method: "DELETE", path: "/api/v1/sessions", wantStatus: 204, wantEvents: []string{"session.ended user:{vera}", "session.ended user:{vera}", audited}},
		{name: "everywhere", as: "vera3", method: "GET", path: "/api/v1/me", wantStatus: 401, wantCode: errs.Unauthenticated},
	})
	n.exec(t, `UPDATE users SET disabled = TRUE WHERE handle IN ('vera', 'ben')`)
	n.exec(t, `UPDATE sessions SET expires_at = created_at WHERE user_id = {anna}`)
	n.table(t, []row{
		{name: "a disabled account signs in", method: "POST", path: "/api/v1/session", body: right, wantStatus: 403, wantCode: errs.Forbidden, wantEvents: []string{audited}},
		{name: "a disabled account goes on", as: "ben", method: "GET", path: "/api/v1/projects", wantStatus: 403, wantCode: errs.Forbidden},
		{name: "a disabled account asks who it is", as: "ben", method: "GET", path: "/api/v1/session", wantStatus: 403, wantCode: errs.Forbidden},
		{name: "a session that has run out", as: "anna", method: "GET", path: "/api/v1/projects", wantStatus: 401, wantCode: errs.Unauthenticated},
	})
	for left := 4; left > 0; left-- {
		n.do(t, row{
			method: "POST", path: "/api/v1/session", body: `{"email":"nobody@merrow.example","password":"a wrong password"}`, wantStatus: 401, wantCode: errs.Unauthenticated, wantEvents: []string{audited},
			wantBody: fmt.Sprintf(`{"detail":"E-mail and password don't match. %s left before a 15 minute pause."}`, map[bool]string{true: "1 try", false: fmt.Sprint(left, " tries")}[left == 1]),
		})
	}
	n.table(t, []row{
		{name: "the last try", method: "POST", path: "/api/v1/session", body: `{"email":"nobody@merrow.example","password":"a wrong password"}`, wantStatus: 401, wantCode: errs.Unauthenticated, wantEvents: []string{audited}},
		{name: "one too many", method: "POST", path: "/api/v1/session", body: `{"email":"nobody@merrow.example","password":"a wrong password"}`, wantStatus: 429, wantCode: errs.RateLimited},
	})
}

// Scripts of the page must not read the cookie, and other sites' pages must not send it along.
func TestSessionCookie(t *testing.T) {
	c := testConfig(t)
	n := emptyNewsroom(t, c)
	n.addPerson(t, "Vera Quist", access.Reviewer)
	res, err := http.Post(n.url+"/api/v1/session", jsonType, strings.NewReader(`{"email":"vera@merrow.example","password":"`+testPassword+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close() // only the cookie counts
	cookies := res.Cookies()
	if len(cookies) != 1 || cookies[0].Name != "galley_session" || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Path != "/" || cookies[0].Domain != "" {
		t.Errorf("got %v", cookies)
	}
	if res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a cache may keep it: %v", res.Header)
	}
}

func TestPeopleAPI(t *testing.T) {
	n := newNewsroom(t)
	n.addPerson(t, "Vera Quist", access.Reviewer)
	n.listen(t)
	sign := `{"email":"vera@merrow.example","password":"` + testPassword + `"}`
	n.table(t, []row{
		{name: "me", as: "rosa", method: "GET", path: "/api/v1/me", wantStatus: 200, wantBody: `{"id":{rosa},"name":"Rosa Lind","role":"reviewer","disabled":false,"time_zone":"","revision":1}`},
		{
			name: "a new name", as: "rosa", method: "PATCH", path: "/api/v1/me", header: []string{"If-Match", `"1"`}, body: `{"name":" Rosa  Berg ","time_zone":"Europe/Oslo"}`, wantStatus: 200,
			wantBody: `{"name":"Rosa Berg","handle":"rosa","time_zone":"Europe/Oslo","revision":2}`, wantEvents: []string{"person.changed user:{rosa}", "person.changed site", audited}, heardBy: "ines anna ben sten rosa",
		},
		{name: "read back", as: "rosa", method: "GET", path: "/api/v1/me", wantStatus: 200, wantBody: `{"name":"Rosa Berg","time_zone":"Europe/Oslo","revision":2}`},
		{name: "on what was there before", as: "rosa", method: "PATCH", path: "/api/v1/me", header: []string{"If-Match", `"1"`}, body: `{"name":"Rosa"}`, wantStatus: 412, wantCode: errs.Stale, wantBody: `{"current":{"name":"Rosa Berg"}}`},
		{name: "no time zone", as: "rosa", method: "PATCH", path: "/api/v1/me", header: []string{"If-Match", `"2"`}, body: `{"time_zone":"Mars/Olympus"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"time_zone"}},
		{name: "the machine's own time zone", as: "rosa", method: "PATCH", path: "/api/v1/me", header: []string{"If-Match", `"2"`}, body: `{"time_zone":"Local"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"time_zone"}},
		{name: "a time zone out of a folder", as: "rosa", method: "PATCH", path: "/api/v1/me", header: []string{"If-Match", `"2"`}, body: `{"time_zone":"../../etc/passwd"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"time_zone"}},
		{name: "another role", as: "rosa", method: "PATCH", path: "/api/v1/me", header: []string{"If-Match", `"2"`}, body: `{"role":"admin"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"role"}},
		{name: "a password without that of now", as: "rosa", method: "PATCH", path: "/api/v1/me", header: []string{"If-Match", `"2"`}, body: `{"password":"a new long password"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"current_password"}},
		{name: "sign in", method: "POST", path: "/api/v1/session", body: sign, wantStatus: 201, keep: "vera", wantEvents: []string{audited}},
		{name: "sign in elsewhere", method: "POST", path: "/api/v1/session", body: sign, wantStatus: 201, keep: "veras", wantEvents: []string{audited}},
		{
			name: "a password with a wrong one of now", as: "vera", method: "PATCH", path: "/api/v1/me", header: []string{"If-Match", `"1"`}, body: `{"current_password":"this is not it","password":"a new long password"}`,
			wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"current_password"},
		},
		{
			name: "a new password ends the other sessions", as: "vera", method: "PATCH", path: "/api/v1/me", header: []string{"If-Match", `"1"`}, body: `{"current_password":"` + testPassword + `","password":"a new long password"}`,
			wantStatus: 200, wantEvents: []string{"session.ended user:{vera}", "person.changed user:{vera}", "person.changed site", audited}, heardBy: "ines anna ben sten rosa",
		},
		{name: "the other session", as: "veras", method: "GET", path: "/api/v1/me", wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "the old password", method: "POST", path: "/api/v1/session", body: sign, wantStatus: 401, wantCode: errs.Unauthenticated, wantEvents: []string{audited}},
		{name: "this session goes on", as: "vera", method: "GET", path: "/api/v1/me", wantStatus: 200, wantBody: `{"revision":2}`},
		{name: "everybody", as: "ines", method: "GET", path: "/api/v1/users?limit=2", wantStatus: 200, wantBody: `{"items":[{"id":{ines},"role":"admin"},{"id":{anna}}],"next":"{anna}","topic":"site"}`},
		{name: "the rest", as: "ines", method: "GET", path: "/api/v1/users?after={anna}", wantStatus: 200, wantBody: `{"items":[{"id":{ben}},{"id":{sten}},{"id":{rosa}},{"id":{vera}}],"next":null}`},
		{name: "everybody, by an editor", as: "anna", method: "GET", path: "/api/v1/users", wantStatus: 403, wantCode: errs.Forbidden},
	})
}
