package main

import (
	"testing"

	"galley/errs"
)

// Items are sorted, assigned and moved under everybody's eyes, as far as they may see both places.
func TestArrangeAPI(t *testing.T) {
	n := newNewsroom(t)
	n.item(t, "second", 1, "ben", "Where the boats land")
	n.listen(t)
	const (
		everybody = "ines anna ben sten rosa"
		items     = "/api/v1/projects/{open}/items"
		second    = items + "/{second}"
	)
	changed := []string{"item.changed project:{open}"}
	n.table(t, []row{
		{name: "first", as: "sten", method: "PATCH", path: second, header: []string{"If-Match", `"1"`}, body: `{"order":1}`, wantStatus: 200, wantBody: `{"id":{second},"revision":2}`, wantEvents: changed, heardBy: everybody},
		{name: "in its new place", as: "rosa", method: "GET", path: items, wantStatus: 200, wantBody: `{"items":[{"id":{second}},{"id":{open.item}}]}`},
		{name: "first, where it is", as: "sten", method: "PATCH", path: second, header: []string{"If-Match", `"2"`}, body: `{"order":1}`, wantStatus: 200, wantBody: `{"revision":2}`},
		{name: "on what was there before", as: "sten", method: "PATCH", path: second, header: []string{"If-Match", `"1"`}, body: `{"order":2}`, wantStatus: 412, wantCode: errs.Stale, wantBody: `{"current":{"id":{second},"revision":2}}`},
		{name: "by a reviewer", as: "rosa", method: "PATCH", path: second, header: []string{"If-Match", `"2"`}, body: `{"order":2}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "to somebody", as: "sten", method: "PATCH", path: second, header: []string{"If-Match", `"2"`}, body: `{"assignee_id":{rosa}}`, wantStatus: 200, wantBody: `{"assignee":{"id":{rosa},"handle":"rosa"},"revision":3}`, wantEvents: changed, heardBy: everybody},
		{name: "to nobody known", as: "sten", method: "PATCH", path: second, header: []string{"If-Match", `"3"`}, body: `{"assignee_id":999999}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"assignee_id"}},
		{name: "to nobody, and last", as: "sten", method: "PATCH", path: second, header: []string{"If-Match", `"3"`}, body: `{"assignee_id":null,"order":9}`, wantStatus: 200, wantBody: `{"assignee":null,"revision":4}`, wantEvents: changed},
		{name: "into a project unseen", as: "sten", method: "PATCH", path: second, header: []string{"If-Match", `"4"`}, body: `{"project_id":{secret}}`, wantStatus: 404, wantCode: errs.NotFound, wantBody: `{"detail":"There is no such project."}`},
		{
			name: "into another project", as: "ben", method: "PATCH", path: second, header: []string{"If-Match", `"4"`}, body: `{"project_id":{other}}`, wantStatus: 200, wantBody: `{"project_id":{other},"revision":5}`,
			wantEvents: []string{"item.removed project:{open}", "item.added project:{other}", "version.held content", "project.changed project:{open}", "project.changed projects", "project.changed project:{other}", "project.changed projects"},
			heardBy:    everybody,
		},
		{name: "it is not here any more", as: "ben", method: "GET", path: second, wantStatus: 404, wantCode: errs.NotFound},
		{name: "it is there", as: "rosa", method: "GET", path: "/api/v1/projects/{other}/items/{second}", wantStatus: 200, wantBody: `{"index":2,"total":2}`},
		{
			name: "into a members-only project", as: "ben", method: "PATCH", path: "/api/v1/projects/{other}/items/{second}", header: []string{"If-Match", `"5"`}, body: `{"project_id":{secret}}`, wantStatus: 200,
			wantEvents: []string{
				"topic.forgotten !content", "topic.forgotten !project:{open}", "topic.forgotten !project:{other}", "item.removed project:{other}", "item.added project:{secret}", "version.held content",
				"project.changed project:{other}", "project.changed projects", "project.changed project:{secret}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}", "project.changed user:{rosa}",
			},
			heardBy: everybody,
		},
		{name: "a stranger has lost it", as: "sten", method: "GET", path: "/api/v1/content/{second.page}", wantStatus: 404, wantCode: errs.NotFound},

		{
			name: "many at once", as: "ben", method: "POST", path: items + "/bulk", body: `{"item_ids":[{open.item},{second},999999],"act":"ready"}`, wantStatus: 200,
			wantBody:   `{"items":[{"item_id":{open.item},"result":"done"},{"item_id":{second},"result":"refused","code":"not_found","reason":"There is no such item."},{"item_id":999999,"result":"refused","code":"not_found"}]}`,
			wantEvents: []string{"item.changed project:{open}", "version.changed project:{open}", "project.changed project:{open}", "project.changed projects"}, heardBy: everybody,
		},
		{name: "many at once, by a reviewer", as: "rosa", method: "POST", path: items + "/bulk", body: `{"item_ids":[{open.item}],"act":"draft"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "many at once, where one sees nothing", as: "sten", method: "POST", path: "/api/v1/projects/{secret}/items/bulk", body: `{"item_ids":[{second}],"act":"draft"}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "many at once, to where one sees nothing", as: "sten", method: "POST", path: items + "/bulk", body: `{"item_ids":[{open.item}],"act":"move","project_id":{secret}}`, wantStatus: 404, wantCode: errs.NotFound},
		{
			name: "assigned at once", as: "ben", method: "POST", path: items + "/bulk", body: `{"item_ids":[{open.item}],"act":"assign","assignee_id":{sten}}`, wantStatus: 200,
			wantBody: `{"items":[{"result":"done"}]}`, wantEvents: changed,
		},
		{name: "archive", as: "ben", method: "PATCH", path: "/api/v1/projects/{open}", header: []string{"If-Match", `"1"`}, body: `{"archived":true}`, wantStatus: 200, wantEvents: []string{"project.changed project:{open}", "project.changed projects"}},
		{name: "archived: sort", as: "ben", method: "PATCH", path: items + "/{open.item}", header: []string{"If-Match", `"2"`}, body: `{"order":1}`, wantStatus: 409, wantCode: errs.Conflict},
		{
			name: "archived: all refused", as: "ben", method: "POST", path: items + "/bulk", body: `{"item_ids":[{open.item}],"act":"draft"}`, wantStatus: 200,
			wantBody: `{"items":[{"result":"refused","code":"conflict","reason":"This project is archived."}]}`,
		},
		{name: "archived: save", as: "ben", method: "PUT", path: "/api/v1/content/{open.item.page}/versions/1", header: []string{"If-Match", `"2"`}, body: `{"slug":"x","fields":{"title":"x"}}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "archived: the editor says why", as: "ben", method: "GET", path: "/api/v1/content/{open.item.page}?version=1", wantStatus: 200, wantBody: `{"may":{"edit":{"allowed":false,"reason":"This project is archived."},"set_ready":{"allowed":false}}}`},
	})
}
