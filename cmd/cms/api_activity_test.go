package main

import (
	"testing"

	"galley/errs"
)

// What was done in a project stands in its activity, as far as the reader may see what it was done to.
func TestActivityAPI(t *testing.T) {
	n := newNewsroom(t)
	const (
		project  = "/api/v1/projects/{open}"
		activity = project + "/activity"
		version  = "/api/v1/content/{open.item.page}/versions/1"
	)
	send := func(as, method, path, match, body string, status int) {
		t.Helper()
		r := row{as: as, method: method, path: path, body: body, wantStatus: status}
		if match != "" {
			r.header = []string{"If-Match", `"` + match + `"`}
		}
		n.sendGood(t, r)
	}
	send("anna", "PATCH", project, "1", `{"name":"Coast Pass","description":"","due_on":"2026-12-24"}`, 200)
	send("anna", "PUT", project+"/members/{sten}", "", `{"role":"editor"}`, 200)
	send("anna", "PUT", project+"/members/{sten}", "", `{"role":"reviewer"}`, 200)
	send("ben", "PUT", version, "1", `{"slug":"fares","fields":{"title":"Fares","summary":"x","body":""}}`, 200)
	send("ben", "PUT", version, "2", `{"slug":"fares","fields":{"title":"Fares","summary":"xy","body":""}}`, 200)
	send("sten", "PUT", version, "3", `{"slug":"fares","fields":{"title":"Fares now","summary":"xy","body":""}}`, 200)
	send("ben", "POST", version+"/ready", "", "", 200)
	send("ben", "POST", version+"/draft", "", "", 200)
	n.table(t, []row{
		{
			name: "newest first, savings of one person once", as: "rosa", method: "GET", path: activity, wantStatus: 200,
			wantBody: `{"items":[{"act":"set_draft","actor":{"id":{ben}},"item_id":{open.item},"title":"Fares now"},{"act":"set_ready"},{"act":"saved","actor":{"id":{sten}}},{"act":"saved","actor":{"id":{ben}},"title":"Fares"},` +
				`{"act":"member_changed","title":"Sten Holm","detail":"reviewer","item_id":null},{"act":"member_added","actor":{"id":{anna}},"title":"Sten Holm","detail":"editor"},{"act":"edited","detail":"name,due_on"},{"act":"item_added"}],` +
				`"next":null,"topic":"project:{open}"}`,
		},
		{name: "by pages", as: "rosa", method: "GET", path: activity + "?limit=1", wantStatus: 200, wantBody: `{"items":[{"act":"set_draft"}]}`},
		{name: "by a stranger", as: "sten", method: "GET", path: "/api/v1/projects/{secret}/activity", wantStatus: 404, wantCode: errs.NotFound},
	})
	send("ben", "DELETE", project+"/items/{open.item}", "1", "", 204)
	n.table(t, []row{
		{name: "what was removed keeps its name", as: "sten", method: "GET", path: activity + "?limit=2", wantStatus: 200, wantBody: `{"items":[{"act":"item_removed","item_id":null,"title":"Fares now"},{"act":"set_draft","item_id":null,"title":"Fares now"}]}`},
	})
	send("ben", "POST", "/api/v1/projects/{secret}/items", "", `{"content_id":{open.item.page},"language":"en"}`, 201)
	n.table(t, []row{
		{name: "but not to who may not see it where it is now", as: "sten", method: "GET", path: activity + "?limit=2", wantStatus: 200, wantBody: `{"items":[{"act":"item_removed","item_id":null,"title":""},{"act":"set_draft","item_id":null,"title":""}]}`},
		{name: "to who may it has one", as: "rosa", method: "GET", path: activity + "?limit=1", wantStatus: 200, wantBody: `{"items":[{"act":"item_removed","title":"Fares now"}]}`},
		{name: "in the new place", as: "rosa", method: "GET", path: "/api/v1/projects/{secret}/activity?limit=1", wantStatus: 200, wantBody: `{"items":[{"act":"item_added","actor":{"id":{ben}},"title":"Fares now"}]}`},
	})
	send("anna", "PATCH", project, "2", `{"visibility":"members"}`, 200)
	send("anna", "PATCH", project, "3", `{"archived":true}`, 200)
	send("anna", "PATCH", project, "4", `{"archived":false,"visibility":"everyone"}`, 200)
	send("anna", "DELETE", project+"/members/{sten}", "", "", 204)
	n.do(t, row{
		as: "sten", method: "GET", path: activity + "?limit=5", wantStatus: 200,
		wantBody: `{"items":[{"act":"member_removed"},{"act":"opened"},{"act":"unarchived"},{"act":"archived"},{"act":"hidden"}]}`,
	})
}
