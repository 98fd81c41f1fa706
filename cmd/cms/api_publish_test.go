package main

import (
	"testing"

	"galley/errs"
)

func TestPublishAPI(t *testing.T) {
	n := newNewsroom(t)
	n.item(t, "second", 1, "ben", "Where the boats land")
	n.listen(t)
	const open, publish = "/api/v1/projects/{open}", "/api/v1/projects/{open}/publish"
	ready := func(page string) string { return "/api/v1/content/{" + page + "}/versions/1/ready" }
	readied := func(project string) []string {
		return []string{"item.changed project:" + project, "version.changed project:" + project, "project.changed project:" + project}
	}
	n.table(t, []row{
		{
			name: "preflight of drafts", as: "rosa", method: "GET", path: open + "/preflight", wantStatus: 200,
			wantBody: `{"ready":0,"total":2,"obstacles":[{"kind":"not_ready","count":2,"item_ids":[{open.item},{second}]}],"items":[{"item_id":{open.item},"obstacles":["not_ready"]},{"item_id":{second}}],"topic":"project:{open}"}`,
		},
		{name: "nothing is ready", as: "ben", method: "POST", path: publish, body: `{"mode":"ready"}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "set one ready", as: "anna", method: "POST", path: ready("second.page"), wantStatus: 200, wantEvents: append(readied("{open}"), "project.changed projects"), heardBy: everybody},
		{name: "all or nothing", as: "ben", method: "POST", path: publish, body: `{"mode":"all"}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "by a reviewer", as: "rosa", method: "POST", path: publish, body: `{"mode":"ready"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "nothing is out", method: "GET", path: "/delivery/v1/en/where-the-boats-land", wantStatus: 404, wantCode: errs.NotFound},
		{
			name: "what is ready", as: "sten", method: "POST", path: publish, header: []string{"Idempotency-Key", "r1"}, body: `{"mode":"ready"}`, wantStatus: 201, keep: "run",
			wantBody: `{"project_id":{open},"mode":"ready","state":"published","by":{"id":{sten}},"items":[{"item_id":{open.item},"result":"skipped","reason":"It is not ready."},{"item_id":{second},"result":"published","reason":""}]}`,
			wantEvents: []string{
				"item.changed project:{open}", "version.changed project:{open}", "version.changed content", "notification.added user:{anna}", "notification.added user:{ben}", audited, "run.finished project:{open}",
				"project.changed project:{open}", "project.changed projects",
			}, heardBy: everybody,
		},
		{name: "the same request again", as: "sten", method: "POST", path: publish, header: []string{"Idempotency-Key", "r1"}, body: `{"mode":"ready"}`, wantStatus: 200, wantBody: `{"id":{run}}`},
		{name: "the key with another body", as: "sten", method: "POST", path: publish, header: []string{"Idempotency-Key", "r1"}, body: `{"mode":"all"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"Idempotency-Key"}},
		{name: "the public has it", method: "GET", path: "/delivery/v1/en/where-the-boats-land", wantStatus: 200, wantBody: `{"title":"Where the boats land","version":1}`},
		{name: "the project goes on", as: "rosa", method: "GET", path: open, wantStatus: 200, wantBody: `{"state":"active","counts":{"published":1,"draft":1}}`},
		{name: "the owner is told", as: "anna", method: "GET", path: "/api/v1/notifications?kind=project_published", wantStatus: 200, wantBody: `{"items":[{"project_id":{open},"actor":{"id":{sten}},"count":1}]}`},
		{name: "whose work it is is told", as: "ben", method: "GET", path: "/api/v1/notifications?kind=item_published", wantStatus: 200, wantBody: `{"items":[{"item_id":{second},"item_title":"Where the boats land"}]}`},
		{name: "what is out does not change", as: "ben", method: "PUT", path: "/api/v1/content/{second.page}/versions/1", header: ifRevision("3"), body: `{"slug":"x","fields":{"title":"x","summary":"x","body":""}}`, wantStatus: 409, wantCode: errs.Conflict},

		{name: "set the other ready", as: "anna", method: "POST", path: ready("open.item.page"), wantStatus: 200, wantEvents: append(readied("{open}"), "project.changed projects")},
		{
			name: "the rest, by its owner", as: "anna", method: "POST", path: publish, body: `{"mode":"all"}`, wantStatus: 201, wantBody: `{"mode":"all","items":[{"item_id":{open.item},"result":"published"}]}`,
			wantEvents: []string{"item.changed project:{open}", "version.changed project:{open}", "version.changed content", audited, "run.finished project:{open}", "project.changed project:{open}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "the project is out", as: "rosa", method: "GET", path: open, wantStatus: 200, wantBody: `{"state":"published","counts":{"published":2,"draft":0}}`},
		{name: "nothing is left", as: "anna", method: "POST", path: publish, body: `{"mode":"ready"}`, wantStatus: 409, wantCode: errs.Conflict},
		{
			name: "what is live goes on in another project", as: "ben", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{second.page},"language":"en","action":"publish"}`, wantStatus: 201, wantBody: `{"version":2,"state":"draft","conflict":false}`,
			wantEvents: []string{"item.added project:{other}", "project.changed project:{other}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "its runs", as: "rosa", method: "GET", path: open + "/runs?limit=1", wantStatus: 200, wantBody: `{"items":[{"mode":"all","by":{"id":{anna}}}]}`},
		{name: "the first of them", as: "rosa", method: "GET", path: open + "/runs?after=2", wantStatus: 200, wantBody: `{"items":[{"id":{run}}],"next":null}`},
	})
}

// A members-only project goes out, and strangers hear nothing of that but what everybody gets: the page. What it does to the
// drafts of others is told there.
func TestPublishMembersOnlyAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const publish = "/api/v1/projects/{secret}/publish"
	n.table(t, []row{
		{
			name: "set ready", as: "ben", method: "POST", path: "/api/v1/content/{secret.item.page}/versions/1/ready", wantStatus: 200, notHeardBy: "sten", heardBy: "ines anna ben rosa",
			wantEvents: []string{"item.changed project:{secret}", "version.changed project:{secret}", "project.changed project:{secret}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}", "project.changed user:{rosa}"},
		},
		{name: "a stranger's preflight", as: "sten", method: "GET", path: "/api/v1/projects/{secret}/preflight", wantStatus: 404, wantCode: errs.NotFound},
		{name: "a stranger's publishing", as: "sten", method: "POST", path: publish, body: `{"mode":"ready"}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "by a reviewer of it", as: "rosa", method: "POST", path: publish, body: `{"mode":"ready"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{
			name: "by an editor of it", as: "ben", method: "POST", path: publish, body: `{"mode":"ready"}`, wantStatus: 201,
			wantEvents: []string{
				"item.changed project:{secret}", "version.changed project:{secret}", "version.changed content", "notification.added user:{anna}", audited, "run.finished project:{secret}",
				"project.changed project:{secret}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}", "project.changed user:{rosa}",
			}, heardBy: everybody, // what is live is everybody's
		},
		{name: "the page is everybody's", method: "GET", path: "/delivery/v1/en/fares-of-merger-with-the-ferries", wantStatus: 200, wantBody: `{"id":{secret.item.page}}`},
		{name: "the run is not", as: "sten", method: "GET", path: "/api/v1/projects/{secret}/runs", wantStatus: 404, wantCode: errs.NotFound},

		{name: "work in an open project", as: "anna", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{open}}`, wantStatus: 200, wantEvents: []string{"person.changed user:{anna}"}},
		{
			name: "a draft of it there", as: "anna", method: "POST", path: "/api/v1/content/{secret.item.page}/versions", body: `{"language":"en","from":null,"slug":null}`, wantStatus: 201,
			wantEvents: []string{"item.added project:{open}", "version.saved project:{open}", "project.changed project:{open}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "work in the members-only project", as: "ben", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{secret}}`, wantStatus: 200, wantEvents: []string{"person.changed user:{ben}"}},
		{
			name: "a new draft", as: "ben", method: "POST", path: "/api/v1/content/{secret.item.page}/versions", body: `{"language":"en","from":1,"slug":null}`, wantStatus: 201, notHeardBy: "sten",
			wantEvents: []string{"item.changed project:{secret}", "version.saved project:{secret}", "project.changed project:{secret}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}", "project.changed user:{rosa}"},
		},
		{
			name: "ready", as: "ben", method: "POST", path: "/api/v1/content/{secret.item.page}/versions/3/ready", wantStatus: 200, notHeardBy: "sten",
			wantEvents: []string{"item.changed project:{secret}", "version.changed project:{secret}", "project.changed project:{secret}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}", "project.changed user:{rosa}"},
		},
		{
			name: "out again", as: "ben", method: "POST", path: publish, body: `{"mode":"ready"}`, wantStatus: 201, heardBy: everybody,
			wantEvents: []string{
				"item.changed project:{secret}", "item.changed project:{open}", "version.changed project:{secret}", "version.changed content", "version.changed content", "notification.added user:{anna}", audited, "run.finished project:{secret}",
				"project.changed project:{secret}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}", "project.changed user:{rosa}", "project.changed project:{open}", "project.changed projects",
			},
		},
		{name: "the other draft is in conflict", as: "sten", method: "GET", path: "/api/v1/projects/{open}", wantStatus: 200, wantBody: `{"items":[{"conflict":false},{"conflict":true,"content_id":{secret.item.page}}]}`},
	})
}
