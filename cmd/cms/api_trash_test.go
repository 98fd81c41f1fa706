package main

import (
	"testing"

	"galley/errs"
)

func TestTrashAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const everybody = "ines anna ben sten rosa"
	n.table(t, []row{
		{name: "what a project holds", as: "sten", method: "DELETE", path: "/api/v1/content/{open.item.page}", header: []string{"If-Match", `"1"`}, wantStatus: 409, wantCode: errs.Conflict, wantBody: `{"detail":"Held by Coast Pass launch. Remove it there first."}`},
		{name: "what sten may not see", as: "sten", method: "DELETE", path: "/api/v1/content/{secret.item.page}", header: []string{"If-Match", `"1"`}, wantStatus: 404, wantCode: errs.NotFound},
		{
			name: "delete", as: "ben", method: "DELETE", path: "/api/v1/content/{free}", header: []string{"If-Match", `"1"`}, wantStatus: 204,
			wantEvents: []string{"content.deleted content"}, heardBy: everybody,
		},
		{name: "on what was there before", as: "ben", method: "DELETE", path: "/api/v1/content/{free}", header: []string{"If-Match", `"1"`}, wantStatus: 412, wantCode: errs.Stale, wantBody: `{"current":{"id":{free},"tree_revision":2,"trashed":{"by":{"id":{ben}}}}}`},
		{name: "again", as: "ben", method: "DELETE", path: "/api/v1/content/{free}", header: []string{"If-Match", `"2"`}, wantStatus: 409, wantCode: errs.Conflict},
		{name: "no list has it", as: "rosa", method: "GET", path: "/api/v1/content?limit=3", wantStatus: 200, wantBody: `{"items":[{"id":{secret.item.page}},{"id":{other.item.page}},{"id":{open.item.page}}]}`},
		{name: "but the trash", as: "rosa", method: "GET", path: "/api/v1/content?trash=true", wantStatus: 200, wantBody: `{"items":[{"id":{free},"trashed":{"by":{"handle":"ben"}}}],"next":null,"topic":"content"}`},
		{name: "it can be looked at", as: "rosa", method: "GET", path: "/api/v1/content/{free}", wantStatus: 200, wantBody: `{"id":{free},"trashed":{"by":{"id":{ben}}},"may":{"edit":{"allowed":false}}}`},
		{name: "not worked on", as: "ben", method: "PUT", path: "/api/v1/content/{free}/versions/1", header: []string{"If-Match", `"1"`}, body: `{"slug":"x","fields":{"title":"x"}}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "not put into a project", as: "ben", method: "POST", path: "/api/v1/projects/{open}/items", body: `{"content_id":{free},"language":"en"}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "not referred to", as: "ben", method: "POST", path: "/api/v1/content", body: `{"type":"article","language":"en","fields":{"title":"x","related":[{free}]}}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"fields.related"}},
		{name: "no parent", as: "ben", method: "POST", path: "/api/v1/content", body: `{"type":"page","language":"en","parent_id":{free},"fields":{"title":"x"}}`, wantStatus: 404, wantCode: errs.NotFound},
		{
			name: "restore", as: "anna", method: "POST", path: "/api/v1/content/{free}/restore", wantStatus: 200, wantBody: `{"id":{free},"tree_revision":3,"trashed":null,"parent_id":null}`,
			wantEvents: []string{"content.restored content"}, heardBy: everybody,
		},
		{name: "again", as: "anna", method: "POST", path: "/api/v1/content/{free}/restore", wantStatus: 200, wantBody: `{"tree_revision":3}`},
		{name: "the trash is empty", as: "rosa", method: "GET", path: "/api/v1/content?trash=true", wantStatus: 200, wantBody: `{"items":[]}`},
	})
}
