package main

import (
	"testing"

	"galley/errs"
)

func TestUnpublishAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const everybody = "ines anna ben sten rosa"
	n.table(t, []row{
		{
			name: "nothing is live", as: "ben", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{open.item.page},"language":"en","action":"unpublish"}`,
			wantStatus: 409, wantCode: errs.Conflict, wantBody: `{"detail":"Nothing of it is live in en."}`,
		},
		{name: "ready", as: "ben", method: "POST", path: "/api/v1/content/{open.item.page}/versions/1/ready", wantStatus: 200, wantEvents: []string{"item.changed project:{open}", "version.changed project:{open}", "project.changed project:{open}", "project.changed projects"}},
		{
			name: "publish", as: "anna", method: "POST", path: "/api/v1/projects/{open}/publish", body: `{"mode":"ready"}`, wantStatus: 201, wantBody: `{"items":[{"content_id":{open.item.page},"result":"published"}]}`,
			wantEvents: []string{"item.changed project:{open}", "version.changed project:{open}", "version.changed content", audited, "run.finished project:{open}", "project.changed project:{open}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "it is live", method: "GET", path: "/delivery/v1/en/fares-of-coast-pass-launch", wantStatus: 200, wantBody: `{"id":{open.item.page}}`},
		{name: "unpublish, as a reviewer", as: "rosa", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{open.item.page},"language":"en","action":"unpublish"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "in a language that is not live", as: "ben", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{open.item.page},"language":"de","action":"unpublish"}`, wantStatus: 409, wantCode: errs.Conflict},
		{
			name: "unpublish", as: "ben", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{open.item.page},"language":"en","action":"unpublish"}`, keep: "leaving", wantStatus: 201,
			wantBody:   `{"content_id":{open.item.page},"action":"unpublish","state":"published","version":1}`,
			wantEvents: []string{"item.added project:{other}", "project.changed project:{other}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "once more", as: "sten", method: "POST", path: "/api/v1/projects/{other}/items", body: `{"content_id":{open.item.page},"language":"en","action":"unpublish"}`, wantStatus: 200, wantBody: `{"id":{leaving}}`},
		{
			name: "preflight", as: "rosa", method: "GET", path: "/api/v1/projects/{other}/preflight", wantStatus: 200,
			wantBody: `{"ready":1,"total":2,"warnings":[],"items":[{"item_id":{other.item},"action":"publish","obstacles":["not_ready"],"warnings":[]},{"item_id":{leaving},"action":"unpublish","obstacles":[]}]}`,
		},
		{
			name: "take it off", as: "ben", method: "POST", path: "/api/v1/projects/{other}/publish", body: `{"mode":"ready"}`, wantStatus: 201,
			wantBody: `{"items":[{"result":"skipped"},{"item_id":{leaving},"result":"unpublished","reason":""}]}`,
			wantEvents: []string{
				"item.changed project:{open}", "item.changed project:{other}", "version.changed project:{open}", "version.changed content", "notification.added user:{anna}", audited, "run.finished project:{other}",
				"project.changed project:{open}", "project.changed projects", "project.changed project:{other}", "project.changed projects",
			}, heardBy: everybody,
		},
		{name: "it is live no more", method: "GET", path: "/delivery/v1/en/fares-of-coast-pass-launch", wantStatus: 404, wantCode: errs.NotFound},
		{name: "its state", as: "rosa", method: "GET", path: "/api/v1/content/{open.item.page}", wantStatus: 200, wantBody: `{"state":"previously_published","live":null,"languages":[{"language":"en","state":"previously_published","live":false}]}`},
	})
}
