package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"galley/access"
	"galley/errs"
)

func TestSettingsAPI(t *testing.T) {
	n := newNewsroom(t)
	handshake := []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol", "galley.v1", "Origin", n.url}
	const settings = "/api/v1/settings"
	n.table(t, []row{
		{
			name: "as they are", as: "ines", method: "GET", path: settings, wantStatus: 200,
			wantBody: `{"websockets_enabled":true,"realtime_fallback":"manual","revision":1,"changed_at":null,"changed_by":null,"pinned":{"websockets_enabled":null},"topic":"site"}`,
		},
		{name: "by an editor", as: "anna", method: "GET", path: settings, wantStatus: 403, wantCode: errs.Forbidden},
		{
			name: "a fall-back that there is not", as: "ines", method: "PATCH", path: settings, header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":false,"realtime_fallback":"sse"}`,
			wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"realtime_fallback"},
		},
		{name: "what is already so", as: "ines", method: "PATCH", path: settings, header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":true,"realtime_fallback":"manual"}`, wantStatus: 200, wantBody: `{"revision":1}`},
		{
			name: "off", as: "ines", method: "PATCH", path: settings, header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":false}`, wantStatus: 200,
			wantBody: `{"websockets_enabled":false,"revision":2,"changed_by":{"id":{ines}}}`, wantEvents: []string{"settings.changed site", audited},
		},
		{name: "read back", as: "ines", method: "GET", path: settings, wantStatus: 200, wantBody: `{"websockets_enabled":false,"revision":2}`},
		{
			name: "on what was there before", as: "ines", method: "PATCH", path: settings, header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":true}`, wantStatus: 412, wantCode: errs.Stale,
			wantBody: `{"current":{"websockets_enabled":false,"revision":2}}`,
		},
		{name: "every browser is told", as: "rosa", method: "GET", path: "/api/v1/session", wantStatus: 200, wantBody: `{"realtime":{"mode":"manual"}}`},
		{name: "and whoever asks how to follow", as: "rosa", method: "GET", path: "/api/v1/realtime", wantStatus: 200, wantBody: `{"mode":"manual","transports":["manual"],"reason":"WebSockets are switched off."}`},
		{name: "no sockets", as: "rosa", method: "GET", path: "/api/v1/realtime", header: handshake, wantStatus: 503, wantCode: errs.RealtimeDisabled},
		{name: "the log is read by hand", as: "rosa", method: "GET", path: "/api/v1/realtime/changes?topics=site&count=true", wantStatus: 200, wantBody: `{"mode":"manual","topics":{"site":"ok"},"count":0}`},
		{name: "on", as: "ines", method: "PATCH", path: settings, header: []string{"If-Match", `"2"`}, body: `{"websockets_enabled":true}`, wantStatus: 200, wantEvents: []string{"settings.changed site", audited}},
		{name: "sockets again", as: "rosa", method: "GET", path: "/api/v1/realtime", wantStatus: 200, wantBody: `{"mode":"websocket","transports":["websocket","manual"],"reason":""}`},
	})
	n.listen(t)
}

func TestPinnedSettingsAPI(t *testing.T) {
	c := testConfig(t)
	c.Websockets = pin(true)
	n := newNewsroomWith(t, c)
	n.listen(t)
	n.table(t, []row{
		{name: "it says by what", as: "ines", method: "GET", path: "/api/v1/settings", wantStatus: 200, wantBody: `{"websockets_enabled":true,"pinned":{"websockets_enabled":"a test"}}`},
		{
			name: "off", as: "ines", method: "PATCH", path: "/api/v1/settings", header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":false}`, wantStatus: 409, wantCode: errs.Conflict,
			wantBody: `{"detail":"This is set by a test. Change it there and start Galley again."}`,
		},
		{name: "on, as it is", as: "ines", method: "PATCH", path: "/api/v1/settings", header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":true}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "the fall-back is not pinned", as: "ines", method: "PATCH", path: "/api/v1/settings", header: []string{"If-Match", `"1"`}, body: `{"realtime_fallback":"manual"}`, wantStatus: 200},
	})
}

func TestAuditAPI(t *testing.T) {
	n := newNewsroom(t)
	n.addPerson(t, "Vera Quist", access.Reviewer)
	n.vars["vera"] = n.rows(t, `SELECT id FROM users WHERE handle = 'vera'`)[0]
	n.listen(t)
	const log = "/api/v1/audit"
	n.table(t, []row{
		{name: "by an editor", as: "anna", method: "GET", path: log, wantStatus: 403, wantCode: errs.Forbidden, wantBody: `{"detail":"Only admins read the audit log."}`},
		{
			name: "a wrong password", method: "POST", path: "/api/v1/session", body: `{"email":"vera@merrow.example","password":"my other password"}`, wantStatus: 401, wantCode: errs.Unauthenticated,
			wantEvents: []string{audited}, heardBy: "ines", notHeardBy: "anna ben sten rosa",
		},
		{
			name: "the right one", method: "POST", path: "/api/v1/session", body: `{"email":"vera@merrow.example","password":"` + testPassword + `"}`, wantStatus: 201, keep: "vera",
			wantEvents: []string{audited}, heardBy: "ines", notHeardBy: "anna ben sten rosa",
		},
		{
			name: "another role", as: "ines", method: "PATCH", path: "/api/v1/users/{vera}", header: []string{"If-Match", `"1"`}, body: `{"role":"editor","name":"Vera Q."}`, wantStatus: 200,
			wantEvents: []string{"person.changed user:{vera}", "person.changed site", audited},
		},
		{name: "a setting", as: "ines", method: "PATCH", path: "/api/v1/settings", header: []string{"If-Match", `"1"`}, body: `{"realtime_fallback":"manual"}`, wantStatus: 200},
		{
			name: "all of it", as: "ines", method: "GET", path: log, wantStatus: 200, wantBody: `{"topic":"audit","next":null,"items":[
				{"kind":"person_changed","actor":{"id":{ines}},"subject":"users/{vera}","address":"127.0.0.1","detail":{"name":"Vera Q.","person":null,"changes":[{"field":"name","before":"Vera Quist","after":"Vera Q."},{"field":"role","before":"reviewer","after":"editor"}]}},
				{"kind":"signed_in","actor":{"id":{vera},"name":"Vera Q."},"subject":"users/{vera}","address":"127.0.0.1","detail":{"name":"Vera Quist","changes":[]}},
				{"kind":"sign_in_failed","actor":null,"subject":"users/{vera}","address":"127.0.0.1","detail":{"name":"Vera Quist"}},
				{"kind":"person_added","actor":null,"subject":"users/{vera}","address":"","detail":{"name":"Vera Quist","changes":[{"field":"role","before":null,"after":"reviewer"}]}}]}`,
		},
		{name: "a page", as: "ines", method: "GET", path: log + "?kind=person_changed&limit=1", wantStatus: 200, wantBody: `{"items":[{"kind":"person_changed"}],"next":null}`},
		{name: "by one", as: "ines", method: "GET", path: log + "?actor={vera}", wantStatus: 200, wantBody: `{"items":[{"kind":"signed_in"}]}`},
		{name: "by nobody", as: "ines", method: "GET", path: log + "?actor=999999", wantStatus: 200, wantBody: `{"items":[]}`},
		{name: "a kind that there is not", as: "ines", method: "GET", path: log + "?kind=signed_out", wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"kind"}},
	})
	if refused := n.dial(t, "anna").follow(t, map[string]string{"audit": ""}); !slices.Equal(refused, []string{"audit"}) {
		t.Errorf("an editor is refused %v", refused)
	}
	if strings.Contains(n.state(t), "my other password") {
		t.Error("what was typed is kept")
	}
}

// Who may see what, and what the public sees, is kept with what it was before.
func TestAuditOfProjectsAPI(t *testing.T) {
	n := newNewsroom(t)
	project := "/api/v1/projects/{open}"
	for _, r := range []row{
		{as: "anna", method: "PATCH", path: project, header: []string{"If-Match", `"1"`}, body: `{"visibility":"members"}`, wantStatus: 200, keep: "open"},
		{as: "anna", method: "PUT", path: project + "/members/{sten}", body: `{"role":"reviewer"}`, wantStatus: 200},
		{as: "anna", method: "PUT", path: project + "/members/{sten}", body: `{"role":"editor"}`, wantStatus: 200},
		{as: "anna", method: "PUT", path: project + "/members/{sten}", body: `{"role":"editor"}`, wantStatus: 200},
		{as: "anna", method: "DELETE", path: project + "/members/{sten}", wantStatus: 204},
		{as: "anna", method: "POST", path: "/api/v1/content/{open.item.page}/versions/1/ready", wantStatus: 200},
		{as: "anna", method: "POST", path: project + "/publish", body: `{"mode":"ready"}`, wantStatus: 201},
	} {
		n.sendGood(t, r)
	}
	var now struct{ Revision int }
	if err := json.Unmarshal(n.sendGood(t, row{as: "anna", method: "GET", path: project, wantStatus: 200}), &now); err != nil {
		t.Fatal(err)
	}
	n.sendGood(t, row{as: "anna", method: "DELETE", path: project, header: []string{"If-Match", fmt.Sprintf("%q", fmt.Sprint(now.Revision))}, wantStatus: 204})
	about := `"subject":"projects/{open}","actor":{"id":{anna}},"address":"127.0.0.1"`
	member := `"name":"Coast Pass launch","person":{"id":{sten},"name":"Sten Holm","handle":"sten"}`
	n.do(t, row{as: "ines", method: "GET", path: "/api/v1/audit", wantStatus: 200, wantBody: `{"items":[
		{"kind":"project_deleted",` + about + `,"detail":{"name":"Coast Pass launch","person":null,"changes":[]}},
		{"kind":"published",` + about + `,"detail":{"name":"Coast Pass launch","changes":[{"field":"items","before":null,"after":1}]}},
		{"kind":"member_removed",` + about + `,"detail":{` + member + `,"changes":[{"field":"role","before":"editor","after":null}]}},
		{"kind":"member_changed",` + about + `,"detail":{` + member + `,"changes":[{"field":"role","before":"reviewer","after":"editor"}]}},
		{"kind":"member_added",` + about + `,"detail":{` + member + `,"changes":[{"field":"role","before":null,"after":"reviewer"}]}},
		{"kind":"visibility_changed",` + about + `,"detail":{"name":"Coast Pass launch","changes":[{"field":"visibility","before":"everyone","after":"members"}]}}]}`})
}
