package main

import (
	"testing"

	"galley/errs"
)

// What somebody follows, mutes and has looked at is theirs: they see it, in each of their windows, and nobody else does.
func TestWatchingAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const (
		project = "/api/v1/projects/{open}"
		item    = project + "/items/{open.item}"
		others  = "ines anna ben rosa"
	)
	watched := []string{"follow.changed user:{sten}"}
	n.table(t, []row{
		{name: "nothing yet", as: "sten", method: "GET", path: "/api/v1/projects?following=true", wantStatus: 200, wantBody: `{"items":[],"tabs":{"open":2}}`},
		{name: "follow", as: "sten", method: "PUT", path: project + "/follow", wantStatus: 200, wantBody: `{"following":true,"muted":false}`, wantEvents: watched, heardBy: "sten", notHeardBy: others},
		{name: "follow again", as: "sten", method: "PUT", path: project + "/follow", wantStatus: 200, wantBody: `{"following":true,"muted":false}`},
		{name: "the followed ones", as: "sten", method: "GET", path: "/api/v1/projects?following=true", wantStatus: 200, wantBody: `{"items":[{"id":{open},"my":{"following":true,"muted":false}}]}`},
		{name: "to others it is not followed", as: "ines", method: "GET", path: project, wantStatus: 200, wantBody: `{"my":{"following":false,"muted":false}}`},
		{name: "mute", as: "sten", method: "PUT", path: project + "/mute", wantStatus: 200, wantBody: `{"following":true,"muted":true}`, wantEvents: watched, heardBy: "sten", notHeardBy: others},
		{
			name: "a muted one is silent", as: "ines", method: "POST", path: project + "/comments", body: `{"body":"Hello."}`, wantStatus: 201,
			wantEvents: []string{"notification.added user:{anna}", "notification.added user:{ben}", "notification.added user:{rosa}", "follow.changed user:{ines}", "comment.added project:{open}"},
		},
		{name: "unmute", as: "sten", method: "DELETE", path: project + "/mute", wantStatus: 200, wantBody: `{"following":true,"muted":false}`, wantEvents: watched},
		{
			name: "then it speaks", as: "ines", method: "POST", path: project + "/comments", body: `{"body":"Hello."}`, wantStatus: 201, keep: "hello",
			wantEvents: []string{"notification.added user:{anna}", "notification.added user:{ben}", "notification.added user:{rosa}", "notification.added user:{sten}", "comment.added project:{open}"},
		},
		{name: "and says why", as: "sten", method: "GET", path: "/api/v1/notifications?kind=commented", wantStatus: 200, wantBody: `{"items":[{"comment_id":{hello},"reason":"You follow this project.","actor":{"id":{ines}}}]}`},
		{name: "unfollow", as: "sten", method: "DELETE", path: project + "/follow", wantStatus: 200, wantBody: `{"following":false,"muted":false}`, wantEvents: watched, heardBy: "sten", notHeardBy: others},
		{name: "unfollow what one never followed", as: "ines", method: "DELETE", path: "/api/v1/projects/{other}/follow", wantStatus: 200, wantBody: `{"following":false}`, wantEvents: []string{"follow.changed user:{ines}"}},

		{name: "follow an item", as: "sten", method: "PUT", path: item + "/follow", wantStatus: 200, wantBody: `{"following":true}`, wantEvents: watched, heardBy: "sten", notHeardBy: others},
		{name: "in the list of items", as: "sten", method: "GET", path: project + "/items", wantStatus: 200, wantBody: `{"items":[{"id":{open.item},"my":{"following":true,"muted":false}}]}`},
		{name: "who made it follows it", as: "anna", method: "GET", path: item, wantStatus: 200, wantBody: `{"my":{"following":true}}`},
		{name: "mute an item", as: "sten", method: "PUT", path: item + "/mute", wantStatus: 200, wantBody: `{"following":true,"muted":true}`, wantEvents: watched},
		{name: "unmute an item", as: "sten", method: "DELETE", path: item + "/mute", wantStatus: 200, wantBody: `{"muted":false}`, wantEvents: watched},
		{name: "unfollow an item", as: "sten", method: "DELETE", path: item + "/follow", wantStatus: 200, wantBody: `{"following":false}`, wantEvents: watched},
		{name: "an item of another project", as: "sten", method: "PUT", path: project + "/items/{other.item}/follow", wantStatus: 404, wantCode: errs.NotFound},
		{name: "a project unseen", as: "sten", method: "PUT", path: "/api/v1/projects/{secret}/follow", wantStatus: 404, wantCode: errs.NotFound},
	})
}

func TestUnreadAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const (
		project = "/api/v1/projects/{open}"
		version = "/api/v1/content/{open.item.page}/versions/1"
	)
	looked := []string{"project.looked user:{sten}"}
	n.table(t, []row{
		{
			name: "all that others did is new", as: "sten", method: "GET", path: project, wantStatus: 200,
			wantBody: `{"my":{"unread":{"items":1,"comments":3}},"items":[{"my":{"unread":{"comments":0,"changed":true}}}]}`,
		},
		{name: "what one did oneself is not", as: "anna", method: "GET", path: project, wantStatus: 200, wantBody: `{"my":{"unread":{"items":0,"comments":2}},"items":[{"my":{"unread":{"changed":false}}}]}`},
		{name: "look at the project", as: "sten", method: "PUT", path: project + "/looked", body: `{}`, wantStatus: 204, wantEvents: looked, heardBy: "sten", notHeardBy: "ines anna ben rosa"},
		{name: "nothing is new", as: "sten", method: "GET", path: project, wantStatus: 200, wantBody: `{"my":{"unread":{"items":0,"comments":0}},"items":[{"my":{"unread":{"comments":0,"changed":false}}}]}`},
		{name: "nor in the list", as: "sten", method: "GET", path: "/api/v1/projects", wantStatus: 200, wantBody: `{"items":[{"id":{other},"my":{"unread":{"items":1,"comments":3}}},{"id":{open},"my":{"unread":{"items":0,"comments":0}}}]}`},
	})
	n.sendGood(t, row{as: "ben", method: "PUT", path: version, header: []string{"If-Match", `"1"`}, body: `{"slug":"fares","fields":{"title":"Fares"}}`, wantStatus: 200})
	n.sendGood(t, row{as: "ben", method: "POST", path: project + "/comments", body: `{"body":"Shorter.","item_id":{open.item}}`, wantStatus: 201})
	n.sendGood(t, row{as: "ben", method: "POST", path: project + "/comments", body: `{"body":"And the rest?"}`, wantStatus: 201})
	n.table(t, []row{
		{name: "one page and two comments", as: "sten", method: "GET", path: project, wantStatus: 200, wantBody: `{"my":{"unread":{"items":1,"comments":2}},"items":[{"my":{"unread":{"comments":1,"changed":true}}}]}`},
		{name: "not to who did it", as: "ben", method: "GET", path: project + "/items/{open.item}", wantStatus: 200, wantBody: `{"my":{"unread":{"comments":0,"changed":false}}}`},
		{name: "look at the page", as: "sten", method: "PUT", path: project + "/looked", body: `{"item_id":{open.item}}`, wantStatus: 204, wantEvents: looked, heardBy: "sten", notHeardBy: "ben"},
		{name: "the rest is new", as: "sten", method: "GET", path: project, wantStatus: 200, wantBody: `{"my":{"unread":{"items":0,"comments":1}},"items":[{"my":{"unread":{"comments":0,"changed":false}}}]}`},
		{name: "to somebody else all is", as: "rosa", method: "GET", path: project, wantStatus: 200, wantBody: `{"my":{"unread":{"items":1,"comments":4}}}`},
		{name: "look at a page of another project", as: "sten", method: "PUT", path: project + "/looked", body: `{"item_id":{other.item}}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "look where one sees nothing", as: "sten", method: "PUT", path: "/api/v1/projects/{secret}/looked", body: `{}`, wantStatus: 404, wantCode: errs.NotFound},
	})
	n.exec(t, `UPDATE users SET created_at = '2999-01-01 00:00:00+00:00' WHERE id = {rosa}`)
	n.do(t, row{
		name: "what was there before one came is not new", as: "rosa", method: "GET", path: project, wantStatus: 200,
		wantBody: `{"my":{"unread":{"items":0,"comments":0}},"items":[{"my":{"unread":{"comments":0,"changed":false}}}]}`,
	})
}

func TestAttentionAPI(t *testing.T) {
	n := newNewsroom(t)
	attention := func(name, want string) {
		t.Helper()
		n.do(t, row{name: name, as: "sten", method: "GET", path: "/api/v1/projects?state=attention", wantStatus: 200, wantBody: want})
	}
	attention("nothing", `{"items":[],"tabs":{"attention":0,"open":2,"archived":0}}`)
	n.sendGood(t, row{as: "anna", method: "PATCH", path: "/api/v1/projects/{open}", header: []string{"If-Match", `"1"`}, body: `{"due_on":"2020-01-01"}`, wantStatus: 200})
	attention("late", `{"items":[{"id":{open}}],"tabs":{"attention":1}}`)
	n.sendGood(t, row{as: "anna", method: "PATCH", path: "/api/v1/projects/{open}", header: []string{"If-Match", `"2"`}, body: `{"due_on":"2999-01-01"}`, wantStatus: 200})
	attention("in time", `{"items":[]}`)
	for key, body := range map[string]string{"secret": `{"body":"Stop.","blocking":true}`, "other": `{"body":"Stop.","blocking":true}`} {
		n.sendGood(t, row{as: "rosa", method: "POST", path: "/api/v1/projects/{" + key + "}/comments", body: body, wantStatus: 201, keep: "stop." + key})
	}
	attention("blocked, as far as one sees it", `{"items":[{"id":{other}}],"tabs":{"attention":1}}`)
	n.sendGood(t, row{as: "rosa", method: "POST", path: "/api/v1/comments/{stop.other}/resolve", wantStatus: 200})
	attention("settled", `{"items":[]}`)
	n.exec(t, `UPDATE projects SET state = 'publish_failed' WHERE id = {open}`)
	attention("failed", `{"items":[{"id":{open}}]}`)
	n.exec(t, `UPDATE projects SET state = 'archived' WHERE id = {open}`)
	attention("archived", `{"items":[],"tabs":{"attention":0,"open":1,"archived":1}}`)
	n.exec(t, `UPDATE versions SET base = 99 WHERE id = (SELECT version_id FROM project_items WHERE project_id = {other})`)
	attention("in conflict", `{"items":[{"id":{other}}]}`)
}
