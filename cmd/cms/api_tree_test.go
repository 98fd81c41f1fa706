package main

import (
	"testing"

	"galley/errs"
)

func TestTreeAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const everybody = "ines anna ben sten rosa"
	n.table(t, []row{
		{
			name: "the root, as a stranger to the members-only project", as: "sten", method: "GET", path: "/api/v1/content?parent=root", wantStatus: 200,
			wantBody: `{"items":[{"id":{open.item.page},"order":1048576,"tree_revision":1,"children":0,"languages":[{"language":"en","state":"draft","live":false}]},{"id":{other.item.page}},{"id":{free}}],"next":null,"topic":"content"}`,
		},
		{name: "as a member", as: "rosa", method: "GET", path: "/api/v1/content?parent=root&limit=2", wantStatus: 200, wantBody: `{"items":[{"id":{open.item.page}},{"id":{other.item.page}}],"next":"{other.item.page}"}`},
		{name: "the next page", as: "rosa", method: "GET", path: "/api/v1/content?parent=root&limit=2&after={other.item.page}", wantStatus: 200, wantBody: `{"items":[{"id":{secret.item.page}},{"id":{free}}],"next":null}`},
		{name: "a parent that is none", as: "rosa", method: "GET", path: "/api/v1/content?parent=Root", wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"parent"}},
		{
			name: "move", as: "ben", method: "PATCH", path: "/api/v1/content/{free}", header: []string{"If-Match", `"1"`}, body: `{"parent_id":{open.item.page}}`, wantStatus: 200,
			wantBody:   `{"id":{free},"parent_id":{open.item.page},"path":"fares-of-coast-pass-launch/lost-property","tree_revision":2}`,
			wantEvents: []string{"topic.forgotten !content", "content.moved content"}, heardBy: everybody,
		},
		{
			name: "below", as: "sten", method: "GET", path: "/api/v1/content?parent={open.item.page}", wantStatus: 200, wantBody: `{"items":[{"id":{free},"parent_id":{open.item.page}}]}`,
		},
		{name: "above", as: "sten", method: "GET", path: "/api/v1/content?parent=root&limit=1", wantStatus: 200, wantBody: `{"items":[{"id":{open.item.page},"children":1}]}`},
		{
			name: "on what was there before", as: "anna", method: "PATCH", path: "/api/v1/content/{free}", header: []string{"If-Match", `"1"`}, body: `{"parent_id":null}`, wantStatus: 412, wantCode: errs.Stale,
			wantBody: `{"current":{"id":{free},"parent_id":{open.item.page},"tree_revision":2}}`,
		},
		{name: "below its child", as: "ben", method: "PATCH", path: "/api/v1/content/{open.item.page}", header: []string{"If-Match", `"1"`}, body: `{"parent_id":{free}}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "below what sten may not see", as: "sten", method: "PATCH", path: "/api/v1/content/{free}", header: []string{"If-Match", `"2"`}, body: `{"parent_id":{secret.item.page}}`, wantStatus: 404, wantCode: errs.NotFound},
		{
			name: "what a project holds", as: "sten", method: "PATCH", path: "/api/v1/content/{open.item.page}", header: []string{"If-Match", `"1"`}, body: `{"order":2}`, wantStatus: 200,
			wantEvents: []string{"content.moved content", "content.moved project:{open}"}, heardBy: everybody,
		},
		{name: "it is the second now", as: "sten", method: "GET", path: "/api/v1/content?parent=root", wantStatus: 200, wantBody: `{"items":[{"id":{other.item.page}},{"id":{open.item.page},"tree_revision":2}]}`},
		{
			name: "what a members-only project holds", as: "ben", method: "PATCH", path: "/api/v1/content/{secret.item.page}", header: []string{"If-Match", `"1"`}, body: `{"order":1}`, wantStatus: 200,
			wantEvents: []string{"content.moved project:{secret}"}, heardBy: "ines anna ben rosa", notHeardBy: "sten",
		},
		{name: "to where it stands", as: "ben", method: "PATCH", path: "/api/v1/content/{secret.item.page}", header: []string{"If-Match", `"2"`}, body: `{"order":1}`, wantStatus: 200, wantBody: `{"tree_revision":2}`},
	})
}
