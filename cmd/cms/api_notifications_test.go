package main

import (
	"testing"

	"galley/errs"
)

func TestNotificationsAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	n.vars["newest"] = n.rows(t, `SELECT max(id) FROM notifications WHERE user_id = `+n.vars["anna"])[0]
	n.vars["bens"] = n.rows(t, `SELECT max(id) FROM notifications WHERE user_id = `+n.vars["ben"])[0]
	const read = "/api/v1/notifications/read"
	n.table(t, []row{
		{
			name: "mine", as: "anna", method: "GET", path: "/api/v1/notifications?limit=1", wantStatus: 200,
			wantBody: `{"items":[{"id":{newest},"kind":"mentioned","project_id":{secret},"project_name":"Merger with the ferries","item_id":null,"item_title":null,"comment_id":{secret.rosas},"actor":{"id":{rosa}},"text":"Ask @anna and @ben.","read_at":null,"count":1}],"unread":5,"topic":"user:self","next":"{newest}"}`,
		},
		{name: "of one kind", as: "anna", method: "GET", path: "/api/v1/notifications?kind=replied", wantStatus: 200, wantBody: `{"items":[{"kind":"replied","actor":{"id":{ben}}},{"kind":"replied"}],"unread":5}`},
		{name: "nobody has told sten", as: "sten", method: "GET", path: "/api/v1/notifications", wantStatus: 200, wantBody: `{"items":[],"unread":0,"next":null}`},
		{
			name: "read one", as: "anna", method: "POST", path: read, body: `{"ids":[{newest}]}`, wantStatus: 200, wantBody: `{"unread":4}`,
			wantEvents: []string{"notification.read user:{anna}"}, heardBy: "anna", notHeardBy: "ines ben sten rosa",
		},
		{name: "read it again", as: "anna", method: "POST", path: read, body: `{"ids":[{newest}],"all":false}`, wantStatus: 200, wantBody: `{"unread":4}`},
		{name: "unread ones", as: "anna", method: "GET", path: "/api/v1/notifications?unread=true&kind=mentioned", wantStatus: 200, wantBody: `{"items":[{"read_at":null},{"read_at":null}],"unread":4}`},
		{name: "somebody else's", as: "anna", method: "POST", path: read, body: `{"ids":[{bens}]}`, wantStatus: 200, wantBody: `{"unread":4}`},
		{name: "his is unread", as: "ben", method: "GET", path: "/api/v1/notifications?limit=1", wantStatus: 200, wantBody: `{"items":[{"id":{bens},"read_at":null}]}`},
		{name: "neither ids nor all", as: "anna", method: "POST", path: read, body: `{}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"ids"}},
		{name: "ids and all", as: "anna", method: "POST", path: read, body: `{"ids":[1],"all":true}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"ids"}},
		{name: "read all", as: "anna", method: "POST", path: read, body: `{"all":true}`, wantStatus: 200, wantBody: `{"unread":0}`, wantEvents: []string{"notification.read user:{anna}"}, heardBy: "anna"},
		{name: "read all again", as: "anna", method: "POST", path: read, body: `{"all":true}`, wantStatus: 200, wantBody: `{"unread":0}`},
		{name: "the bell says so", as: "anna", method: "GET", path: "/api/v1/session", wantStatus: 200, wantBody: `{"unread":0}`},
	})
}
