package main

import (
	"net/http"
	"strings"
	"testing"

	"galley/errs"
)

// ifRevision is the header of a change that is based on the revision.
func ifRevision(revision string) []string { return []string{"If-Match", `"` + revision + `"`} }

func TestContentAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const all, active = "/api/v1/content", "/api/v1/session/active-project"
	page := func(title, slug string) string {
		return `{"type":"page","parent_id":null,"slug":"` + slug + `","language":"en","fields":{"title":"` + title + `","summary":"All about it.","body":""}}`
	}
	save := func(title string) string {
		return `{"slug":"winter","fields":{"title":"` + title + `","summary":"Cold.","body":"# ` + title + `"}}`
	}
	n.table(t, []row{
		{name: "create, by a reviewer", as: "rosa", method: "POST", path: all, body: page("Winter", ""), wantStatus: 403, wantCode: errs.Forbidden},
		{
			name: "create", as: "ben", method: "POST", path: all, header: []string{"Idempotency-Key", "p1"}, body: page("Winter timetable", "winter"), wantStatus: 201, keep: "winter",
			wantBody:   `{"type":"page","language":"en","slug":"winter","path":"winter","state":"draft","version":{"number":1,"base":null,"revision":1,"project_id":null,"saved_by":{"id":{ben}}},"live":null,"locked":null,"held_by":[],"topic":"content"}`,
			wantEvents: []string{"content.created content"}, heardBy: everybody,
		},
		{name: "the same request again", as: "ben", method: "POST", path: all, header: []string{"Idempotency-Key", "p1"}, body: page("Winter timetable", "winter"), wantStatus: 200, wantBody: `{"id":{winter}}`},
		{name: "the key with another body", as: "ben", method: "POST", path: all, header: []string{"Idempotency-Key", "p1"}, body: page("Else", ""), wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"Idempotency-Key"}},
		{name: "read by a reviewer", as: "rosa", method: "GET", path: all + "/{winter}", wantStatus: 200, wantBody: `{"title":"Winter timetable","fields":{"summary":"All about it."},"may":{"edit":{"allowed":false},"set_ready":{"allowed":false}}}`},
		{name: "found by words", as: "rosa", method: "GET", path: all + "?q=winter", wantStatus: 200, wantBody: `{"items":[{"id":{winter}}],"next":null,"topic":"content"}`},
		{
			name: "save", as: "ben", method: "PUT", path: all + "/{winter}/versions/1", header: ifRevision("1"), body: save("Winter"), wantStatus: 200,
			wantBody: `{"title":"Winter","fields":{"body":"# Winter"},"version":{"revision":2}}`, wantEvents: []string{"version.saved content"}, heardBy: everybody,
		},
		{
			name: "save on what was there before", as: "sten", method: "PUT", path: all + "/{winter}/versions/1", header: ifRevision("1"), body: save("Cold"), wantStatus: 412, wantCode: errs.Stale,
			wantBody: `{"current":{"title":"Winter","fields":{"body":"# Winter"},"version":{"revision":2,"saved_by":{"id":{ben}}}}}`,
		},
		{name: "save without saying on what", as: "sten", method: "PUT", path: all + "/{winter}/versions/1", body: save("Cold"), wantStatus: 428, wantCode: errs.PreconditionRequired},
		{name: "save, by a reviewer", as: "rosa", method: "PUT", path: all + "/{winter}/versions/1", header: ifRevision("2"), body: save("Cold"), wantStatus: 403, wantCode: errs.Forbidden},
		{name: "save a title of two lines", as: "ben", method: "PUT", path: all + "/{winter}/versions/1", header: ifRevision("2"), body: save(`a\nb`), wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"fields.title"}},

		{
			name: "a page below it", as: "ben", method: "POST", path: all, body: `{"type":"page","parent_id":{winter},"slug":"ice","language":"en","fields":{"title":"Ice on the lines","summary":"","body":""}}`, wantStatus: 201, keep: "ice",
			wantBody: `{"parent_id":{winter},"path":"winter/ice"}`, wantEvents: []string{"content.created content"}, heardBy: everybody,
		},
		{name: "those below it", as: "rosa", method: "GET", path: all + "?parent={winter}", wantStatus: 200, wantBody: `{"items":[{"id":{ice},"path":"winter/ice"}]}`},
		{
			name: "put into a project by hand", as: "ben", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{ice},"language":"en","action":"publish"}`, wantStatus: 201, wantBody: `{"content_id":{ice},"missing":["summary"]}`,
			wantEvents: []string{"item.added project:{other}", "version.held content", "project.changed project:{other}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "put into a project, by a reviewer", as: "rosa", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{ice},"language":"en","action":"publish"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "work in a project", as: "ben", method: "PUT", path: active, body: `{"project_id":{open}}`, wantStatus: 200, wantEvents: []string{"person.changed user:{ben}"}, heardBy: "ben", notHeardBy: "ines anna sten rosa"},
		{
			name: "a save joins it", as: "ben", method: "PUT", path: all + "/{winter}/versions/1", header: ifRevision("2"), body: save("Winter 2026"), wantStatus: 200,
			wantBody:   `{"version":{"project_id":{open},"revision":3},"topic":"project:{open}","locked":null}`,
			wantEvents: []string{"item.added project:{open}", "version.held content", "item.changed project:{open}", "version.saved project:{open}", "project.changed project:{open}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "locked for somebody else", as: "sten", method: "GET", path: all + "/{winter}", wantStatus: 200, wantBody: `{"locked":{"project_id":{open},"name":"Coast Pass launch","version":1},"may":{"edit":{"allowed":false}}}`},
		{
			name: "a new draft from there", as: "sten", method: "POST", path: all + "/{winter}/versions", body: `{"language":"en","from":1,"slug":null}`, wantStatus: 201,
			wantBody: `{"title":"Winter 2026","version":{"number":2,"base":null,"project_id":null},"locked":null,"held_by":[{"project_id":{open}}]}`, wantEvents: []string{"version.saved content"}, heardBy: everybody,
		},
		{name: "into a project that has one", as: "sten", method: "POST", path: "/api/v1/projects/{open}/items", body: `{"content_id":{winter},"language":"en","action":"publish"}`, wantStatus: 200, wantBody: `{"version":1}`},
		{
			name: "into another project", as: "sten", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{winter},"language":"en","action":"publish"}`, wantStatus: 201, wantBody: `{"version":2,"project_id":{other}}`,
			wantEvents: []string{"item.added project:{other}", "version.held content", "project.changed project:{other}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "what others hold", as: "sten", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{open.item.page},"language":"en","action":"publish"}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "its versions", as: "rosa", method: "GET", path: all + "/{winter}/versions?limit=1", wantStatus: 200, wantBody: `{"items":[{"version":{"number":2,"project_id":{other}}}],"next":"2"}`},

		{
			name: "ready", as: "ben", method: "POST", path: all + "/{winter}/versions/1/ready", wantStatus: 200, wantBody: `{"state":"ready","version":{"state":"ready","revision":4}}`,
			wantEvents: []string{"item.changed project:{open}", "version.changed project:{open}", "project.changed project:{open}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "ready again", as: "ben", method: "POST", path: all + "/{winter}/versions/1/ready", wantStatus: 200, wantBody: `{"version":{"revision":4}}`},
		{name: "ready, by a reviewer", as: "rosa", method: "POST", path: all + "/{winter}/versions/1/ready", wantStatus: 403, wantCode: errs.Forbidden},
		{
			name: "an edit makes it a draft", as: "ben", method: "PUT", path: all + "/{winter}/versions/1", header: ifRevision("4"), body: `{"slug":"winter","fields":{"title":"Winter","summary":" ","body":""}}`, wantStatus: 200,
			wantBody: `{"state":"draft"}`, wantEvents: []string{"item.changed project:{open}", "version.saved project:{open}", "project.changed project:{open}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "ready with something missing", as: "ben", method: "POST", path: all + "/{winter}/versions/1/ready", wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"fields.summary"}},

		{name: "work in the members-only project", as: "ben", method: "PUT", path: active, body: `{"project_id":{secret}}`, wantStatus: 200, wantEvents: []string{"person.changed user:{ben}"}},
		{
			name: "create in it", as: "ben", method: "POST", path: all, body: page("The price is 12 million", ""), wantStatus: 201, keep: "price",
			wantEvents: []string{"item.added project:{secret}", "version.saved project:{secret}", "project.changed project:{secret}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}", "project.changed user:{rosa}"},
			heardBy:    "ines anna ben rosa", notHeardBy: "sten",
		},
		{name: "to a stranger it is not there", as: "sten", method: "GET", path: all + "/{price}", wantStatus: 404, wantCode: errs.NotFound},
		{name: "and in no list", as: "sten", method: "GET", path: all + "?q=million", wantStatus: 200, wantBody: `{"items":[]}`},
		{name: "nor to be joined", as: "sten", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{price},"language":"en","action":"publish"}`, wantStatus: 404, wantCode: errs.NotFound},
		{
			name: "a draft of what everybody sees, in it", as: "ben", method: "POST", path: all + "/{winter}/versions", body: `{"language":"en","from":2,"slug":null}`, wantStatus: 201, wantBody: `{"version":{"number":3,"project_id":{secret}}}`,
			wantEvents: []string{"item.added project:{secret}", "version.saved project:{secret}", "project.changed project:{secret}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}", "project.changed user:{rosa}"},
			heardBy:    "ines anna ben rosa", notHeardBy: "sten",
		},
		{name: "a stranger sees the others", as: "sten", method: "GET", path: all + "/{winter}/versions", wantStatus: 200, wantBody: `{"items":[{"version":{"number":2}},{"version":{"number":1}}]}`},
	})
}

// What is live is everybody's: without a sign-in, from any site, to be kept as long as it stays the same, and never with a cookie.
func TestDeliveryAPI(t *testing.T) {
	n := newNewsroom(t)
	n.exec(t, `UPDATE versions SET slug = 'fares' WHERE content_id = {open.item.page}`)
	n.do(t, row{method: "GET", path: "/delivery/v1/en/fares", wantStatus: 404, wantCode: errs.NotFound})
	publish := func() {
		t.Helper()
		n.sendGood(t, row{as: "anna", method: "POST", path: "/api/v1/projects/{open}/publish", body: `{"mode":"ready"}`, wantStatus: 201})
	}
	n.sendGood(t, row{as: "anna", method: "POST", path: "/api/v1/content/{open.item.page}/versions/1/ready", wantStatus: 200})
	n.do(t, row{method: "GET", path: "/delivery/v1/en/fares", wantStatus: 404, wantCode: errs.NotFound}) // ready is not published
	publish()
	first := n.delivered(t, "fares", "")
	if first.StatusCode != http.StatusOK || first.Header.Get("Access-Control-Allow-Origin") != "*" || first.Header.Get("ETag") == "" || first.Header.Get("Set-Cookie") != "" || !strings.Contains(first.Header.Get("Cache-Control"), "public") {
		t.Errorf("got %d %v", first.StatusCode, first.Header)
	}
	n.do(t, row{method: "GET", path: "/delivery/v1/en/fares", wantStatus: 200, wantBody: `{"id":{open.item.page},"title":"Fares of Coast Pass launch","version":1,"path":"fares"}`})
	if again := n.delivered(t, "fares", first.Header.Get("ETag")); again.StatusCode != http.StatusNotModified || again.Header.Get("ETag") != first.Header.Get("ETag") {
		t.Errorf("with its ETag: got %d %v", again.StatusCode, again.Header)
	}

	n.sendGood(t, row{as: "anna", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{open}}`, wantStatus: 200})
	n.sendGood(t, row{as: "anna", method: "POST", path: "/api/v1/content/{open.item.page}/versions", body: `{"language":"en","from":null,"slug":"fares","fields":{"title":"New fares","summary":"All new.","body":""}}`, wantStatus: 201})
	if still := n.delivered(t, "fares", first.Header.Get("ETag")); still.StatusCode != http.StatusNotModified {
		t.Errorf("with a draft beside it: got %d", still.StatusCode)
	}
	n.sendGood(t, row{as: "anna", method: "POST", path: "/api/v1/content/{open.item.page}/versions/2/ready", wantStatus: 200})
	publish()
	if changed := n.delivered(t, "fares", first.Header.Get("ETag")); changed.StatusCode != http.StatusOK || changed.Header.Get("ETag") == first.Header.Get("ETag") {
		t.Errorf("after the next version: got %d %v", changed.StatusCode, changed.Header)
	}
	n.do(t, row{method: "GET", path: "/delivery/v1/en/fares", header: []string{"Origin", "https://www.example"}, wantStatus: 200, wantBody: `{"title":"New fares","version":2}`})
	n.do(t, row{as: "rosa", method: "GET", path: "/delivery/v1/de/fares", wantStatus: 404, wantCode: errs.NotFound})
}

// delivered asks for what is live at the address; its body is not of interest.
func (n *newsroom) delivered(t *testing.T, path, tag string) *http.Response {
	t.Helper()
	res, err := noRedirects.Do(n.request(t, "", "GET", "/delivery/v1/en/"+path, "", []string{"If-None-Match", tag, "Origin", "https://www.example"}))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close() // only its head counts
	return res
}
