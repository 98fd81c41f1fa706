package main

import (
	"strings"
	"testing"

	"galley/errs"
)

func TestProjectsAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	n.table(t, []row{
		{
			name: "create", as: "anna", method: "POST", path: "/api/v1/projects", header: []string{"Idempotency-Key", "k1"},
			body:       `{"name":"  Winter timetable ","description":"Boats & trains <b>","due_on":"2026-12-24"}`,
			wantStatus: 201, keep: "new",
			wantBody:   `{"name":"Winter timetable","description":"Boats & trains <b>","due_on":"2026-12-24","state":"active","visibility":"everyone","owner":{"id":{anna}},"client_key":"k1","revision":1,"archived":false,"counts":{"draft":0},"my":{"active":false},"may":{"edit":{"allowed":true},"delete_any_comment":{"allowed":true}}}`,
			wantEvents: []string{"project.created projects"}, heardBy: everybody,
		},
		{
			name: "read back", as: "rosa", method: "GET", path: "/api/v1/projects/{new}", wantStatus: 200,
			wantBody: `{"id":{new},"name":"Winter timetable","due_on":"2026-12-24","items":[],"items_next":null,"members":[{"user":{"id":{anna}},"role":"owner"}],"topic":"project:{new}","may":{"edit":{"allowed":false},"comment":{"allowed":true},"delete_any_comment":{"allowed":false}}}`,
		},
		{
			name: "the same request again", as: "anna", method: "POST", path: "/api/v1/projects", header: []string{"Idempotency-Key", "k1"},
			body: `{"name":"  Winter timetable ","description":"Boats & trains <b>","due_on":"2026-12-24"}`, wantStatus: 200, wantBody: `{"id":{new},"revision":1}`,
		},
		{
			name: "the key with another body", as: "anna", method: "POST", path: "/api/v1/projects", header: []string{"Idempotency-Key", "k1"},
			body: `{"name":"Another"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"Idempotency-Key"},
		},
		{
			name: "somebody else's same key", as: "ben", method: "POST", path: "/api/v1/projects", header: []string{"Idempotency-Key", "k1"},
			body: `{"name":"Another"}`, wantStatus: 201, wantBody: `{"owner":{"id":{ben}},"due_on":null,"description":""}`, wantEvents: []string{"project.created projects"},
		},
		{name: "a name of blanks", as: "anna", method: "POST", path: "/api/v1/projects", body: `{"name":" \t\n"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"name"}},
		{name: "a day that is none", as: "anna", method: "POST", path: "/api/v1/projects", body: `{"name":"x","due_on":"2026-02-30"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"due_on"}},
		{
			name: "all that is wrong at once", as: "anna", method: "POST", path: "/api/v1/projects", body: `{"name":"","due_on":"soon","description":"` + strings.Repeat("é", 2001) + `"}`,
			wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"name", "due_on", "description"},
		},
		{name: "by a reviewer", as: "rosa", method: "POST", path: "/api/v1/projects", body: `{"name":"x"}`, wantStatus: 403, wantCode: errs.Forbidden, wantBody: `{"detail":"Only editors create projects."}`},

		{
			name: "rename and redate", as: "ben", method: "PATCH", path: "/api/v1/projects/{new}", header: []string{"If-Match", `"1"`}, body: `{"name":"Winter","due_on":null}`, wantStatus: 200,
			wantBody:   `{"name":"Winter","due_on":null,"description":"Boats & trains <b>","revision":2}`,
			wantEvents: []string{"project.changed project:{new}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "read back what is new", as: "sten", method: "GET", path: "/api/v1/projects/{new}", wantStatus: 200, wantBody: `{"name":"Winter","due_on":null,"revision":2}`},
		{
			name: "on what was there before", as: "anna", method: "PATCH", path: "/api/v1/projects/{new}", header: []string{"If-Match", `"1"`}, body: `{"name":"Summer"}`,
			wantStatus: 412, wantCode: errs.Stale, wantBody: `{"current":{"name":"Winter","revision":2}}`,
		},

		{
			name: "list", as: "sten", method: "GET", path: "/api/v1/projects?limit=2", wantStatus: 200,
			wantBody: `{"items":[{"name":"Another"},{"id":{new},"my":{"active":false}}],"next":"{new}","topic":"projects","tabs":{"open":4,"mine":0,"published":0}}`,
		},
		{
			name: "its next page leaves out what is not for this person", as: "sten", method: "GET", path: "/api/v1/projects?limit=200&after={new}", wantStatus: 200,
			wantBody: `{"items":[{"id":{other}},{"id":{open}}],"next":null}`,
		},
		{name: "the same page for a member", as: "rosa", method: "GET", path: "/api/v1/projects?after={new}", wantStatus: 200, wantBody: `{"items":[{"id":{secret}},{"id":{other}},{"id":{open}}],"tabs":{"open":5}}`},
		{name: "an admin sees all", as: "ines", method: "GET", path: "/api/v1/projects?after={new}", wantStatus: 200, wantBody: `{"items":[{"id":{secret}},{"id":{other}},{"id":{open}}]}`},
		{name: "mine", as: "ben", method: "GET", path: "/api/v1/projects?owner=me&state=active&q=harb", wantStatus: 200, wantBody: `{"items":[{"id":{other}}],"tabs":{"mine":2}}`},
		{name: "signs of LIKE are plain letters", as: "ben", method: "GET", path: "/api/v1/projects?q=%25", wantStatus: 200, wantBody: `{"items":[]}`},
		{name: "archived ones", as: "ben", method: "GET", path: "/api/v1/projects?state=archived", wantStatus: 200, wantBody: `{"items":[]}`},

		{
			name: "activate", as: "ben", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{open}}`, wantStatus: 200,
			wantBody: `{"id":{ben},"active_project_id":{open},"active_project":{"id":{open},"name":"Coast Pass launch"}}`, wantEvents: []string{"person.changed user:{ben}"},
			heardBy: "ben", notHeardBy: "ines anna sten rosa",
		},
		{name: "it is mine now", as: "ben", method: "GET", path: "/api/v1/projects/{open}", wantStatus: 200, wantBody: `{"my":{"active":true}}`},
		{name: "and nobody else's", as: "anna", method: "GET", path: "/api/v1/projects/{open}", wantStatus: 200, wantBody: `{"my":{"active":false}}`},
		{name: "activate the same again", as: "ben", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{open}}`, wantStatus: 200},
		{
			name: "none", as: "ben", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":null}`, wantStatus: 200,
			wantBody: `{"active_project_id":null,"active_project":null}`, wantEvents: []string{"person.changed user:{ben}"},
		},
		{name: "none, by a reviewer", as: "rosa", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":null}`, wantStatus: 200},
		{name: "one, by a reviewer", as: "rosa", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{open}}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "no such project", as: "ben", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":999999}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "one that this person may not see", as: "sten", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{secret}}`, wantStatus: 404, wantCode: errs.NotFound},

		{
			name: "people", as: "rosa", method: "GET", path: "/api/v1/projects/{open}/people", wantStatus: 200,
			wantBody: `{"items":[{"handle":"anna"},{"handle":"ben"},{"handle":"ines"},{"handle":"rosa"},{"handle":"sten"},{"handle":"admins","name":"All admins","group":true,"count":1},{"handle":"editors","count":3},{"handle":"reviewers","count":1}]}`,
		},
		{name: "groups by their beginning", as: "rosa", method: "GET", path: "/api/v1/projects/{open}/people?q=edi", wantStatus: 200, wantBody: `{"items":[{"handle":"editors","group":true,"count":3}]}`},
		{name: "people by the second name", as: "rosa", method: "GET", path: "/api/v1/projects/{open}/people?q=HOL", wantStatus: 200, wantBody: `{"items":[{"id":{sten},"role":"editor"}]}`},
		{
			name: "people of a members-only project", as: "rosa", method: "GET", path: "/api/v1/projects/{secret}/people", wantStatus: 200,
			wantBody: `{"items":[{"handle":"anna"},{"handle":"ben"},{"handle":"ines"},{"handle":"rosa"},{"handle":"admins","count":1},{"handle":"editors","count":2},{"handle":"reviewers","count":1}]}`,
		},
	})
	n.exec(t, `UPDATE projects SET state = 'archived' WHERE id = {other}`)
	n.table(t, []row{
		{name: "archived: activate", as: "ben", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{other}}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "archived: remove an item", as: "ben", method: "DELETE", path: "/api/v1/projects/{other}/items/{other.item}", header: []string{"If-Match", `"1"`}, wantStatus: 409, wantCode: errs.Conflict},
		{name: "archived: listed as such", as: "sten", method: "GET", path: "/api/v1/projects?state=archived", wantStatus: 200, wantBody: `{"items":[{"id":{other},"archived":true,"state":"archived"}]}`},
	})
}

func TestItemsAPI(t *testing.T) {
	n := newNewsroom(t)
	n.item(t, "second", 1, "ben", "Where the boats land")
	n.listen(t)
	n.table(t, []row{
		{
			name: "list", as: "sten", method: "GET", path: "/api/v1/projects/{open}/items", wantStatus: 200,
			wantBody: `{"items":[{"id":{open.item},"title":"Fares of Coast Pass launch","state":"draft","version":1,"action":"publish","assignee":null,"locked":false,"conflict":false,"comments":0},{"id":{second}}],"next":null,"topic":"project:{open}"}`,
		},
		{name: "the first page", as: "sten", method: "GET", path: "/api/v1/projects/{open}/items?limit=1", wantStatus: 200, wantBody: `{"items":[{"id":{open.item}}]}`},
		{name: "the next page", as: "sten", method: "GET", path: "/api/v1/projects/{open}/items?limit=1&after=1073741824", wantStatus: 200, wantBody: `{"items":[{"id":{second}}],"next":null}`},
		{
			name: "one with its neighbours", as: "rosa", method: "GET", path: "/api/v1/projects/{open}/items/{second}", wantStatus: 200,
			wantBody: `{"id":{second},"index":2,"total":2,"previous":{open.item},"next":null,"topic":"project:{open}","may":{"edit_content":{"allowed":false},"comment":{"allowed":true}}}`,
		},
		{name: "in the overview", as: "sten", method: "GET", path: "/api/v1/projects/{open}", wantStatus: 200, wantBody: `{"items":[{"id":{open.item}},{"id":{second}}],"counts":{"draft":2,"ready":0}}`},
		{name: "remove, by a reviewer", as: "rosa", method: "DELETE", path: "/api/v1/projects/{open}/items/{second}", header: []string{"If-Match", `"1"`}, wantStatus: 403, wantCode: errs.Forbidden},
		{
			name: "remove, on what was there before", as: "ben", method: "DELETE", path: "/api/v1/projects/{open}/items/{second}", header: []string{"If-Match", `"2"`},
			wantStatus: 412, wantCode: errs.Stale, wantBody: `{"current":{"id":{second},"revision":1}}`,
		},
		{name: "remove from a project that does not hold it", as: "ben", method: "DELETE", path: "/api/v1/projects/{other}/items/{second}", header: []string{"If-Match", `"1"`}, wantStatus: 404, wantCode: errs.NotFound},
		{
			name: "remove", as: "ben", method: "DELETE", path: "/api/v1/projects/{open}/items/{second}", header: []string{"If-Match", `"1"`}, wantStatus: 204,
			wantEvents: []string{"item.removed project:{open}", "version.freed content", "project.changed project:{open}", "project.changed projects"}, heardBy: "ines anna ben sten rosa",
		},
		{name: "it is gone", as: "ben", method: "GET", path: "/api/v1/projects/{open}/items/{second}", wantStatus: 404, wantCode: errs.NotFound},
		{name: "the counts are right", as: "sten", method: "GET", path: "/api/v1/projects/{open}", wantStatus: 200, wantBody: `{"items":[{"id":{open.item}}],"counts":{"draft":1}}`},
		{name: "remove it again", as: "ben", method: "DELETE", path: "/api/v1/projects/{open}/items/{second}", header: []string{"If-Match", `"1"`}, wantStatus: 404, wantCode: errs.NotFound},
		{
			name: "remove from the members-only project", as: "ben", method: "DELETE", path: "/api/v1/projects/{secret}/items/{secret.item}", header: []string{"If-Match", `"1"`}, wantStatus: 204,
			wantEvents: []string{"item.removed project:{secret}", "version.freed content", "project.changed project:{secret}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}", "project.changed user:{rosa}"},
			heardBy:    "ines anna ben sten rosa",
		},
	})
}
