package main

import (
	"testing"

	"galley/errs"
)

// Who sees a project changes under everybody's eyes.
func TestVisibilityAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const project = "/api/v1/projects/{open}"
	said := "/api/v1/realtime/changes?topics=content&limit=200&after=" + n.rows(t, `SELECT epoch FROM event_log`)[0] + ".0"
	n.table(t, []row{
		{name: "what was said of all content", as: "sten", method: "GET", path: said, wantStatus: 200, wantBody: `{"resync":false,"topics":{"content":"ok"}}`},
		{
			name: "by an editor", as: "ben", method: "PATCH", path: project, header: []string{"If-Match", `"1"`}, body: `{"visibility":"members"}`, wantStatus: 403, wantCode: errs.Forbidden,
			wantBody: `{"detail":"Only the project's owner and admins decide who sees it."}`,
		},
		{name: "with a name, by an editor", as: "ben", method: "PATCH", path: project, header: []string{"If-Match", `"1"`}, body: `{"name":"Mine","visibility":"everyone"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "for nobody", as: "anna", method: "PATCH", path: project, header: []string{"If-Match", `"1"`}, body: `{"visibility":"nobody"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"visibility"}},
		{
			name: "on what was there before", as: "anna", method: "PATCH", path: project, header: []string{"If-Match", `"7"`}, body: `{"visibility":"members"}`, wantStatus: 412, wantCode: errs.Stale,
			wantBody: `{"current":{"visibility":"everyone","revision":1}}`,
		},
		{
			name: "what it is already", as: "anna", method: "PATCH", path: project, header: []string{"If-Match", `"1"`}, body: `{"visibility":"everyone"}`, wantStatus: 200,
			wantBody: `{"visibility":"everyone","revision":2,"may":{"manage_members":{"allowed":true},"delete":{"allowed":true}}}`, wantEvents: []string{"project.changed project:{open}", "project.changed projects"},
		},
		{name: "ben's edits go there", as: "ben", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{open}}`, wantStatus: 200, wantEvents: []string{"person.changed user:{ben}"}},
		{
			name: "for members only", as: "anna", method: "PATCH", path: project, header: []string{"If-Match", `"2"`}, body: `{"visibility":"members"}`, wantStatus: 200,
			wantBody: `{"visibility":"members","revision":3}`,
			wantEvents: []string{
				"topic.forgotten !content", "topic.forgotten !projects", "topic.forgotten !user:{ben}", audited, "project.deleted projects", "project.deleted user:{ben}", "version.held content", "person.changed user:{ben}",
				"project.changed project:{open}", "project.changed user:{ines}", "project.changed user:{anna}",
			}, heardBy: "ines anna ben sten rosa",
		},
		{name: "not there for a stranger", as: "sten", method: "GET", path: project, wantStatus: 404, wantCode: errs.NotFound},
		{name: "nor in the list", as: "sten", method: "GET", path: "/api/v1/projects", wantStatus: 200, wantBody: `{"items":[{"id":{other}}],"tabs":{"open":1}}`},
		{name: "nor found", as: "sten", method: "GET", path: "/api/v1/projects?q=Coast", wantStatus: 200, wantBody: `{"items":[]}`},
		{name: "nor its talk", as: "sten", method: "POST", path: "/api/v1/comments/{open.talk}/resolve", wantStatus: 404, wantCode: errs.NotFound},
		{name: "nor its page", as: "sten", method: "GET", path: "/api/v1/content/{open.item.page}", wantStatus: 404, wantCode: errs.NotFound},
		{name: "nor in the list of content", as: "sten", method: "GET", path: "/api/v1/content", wantStatus: 200, wantBody: `{"items":[{"id":{free}},{"id":{other.item.page}}],"next":null}`},
		{name: "nor what was said of it before", as: "sten", method: "GET", path: said, wantStatus: 200, wantBody: `{"resync":true,"events":[],"topics":{"content":"ok"}}`},
		{name: "nor as where his edits go", as: "ben", method: "GET", path: "/api/v1/session", wantStatus: 200, wantBody: `{"active_project_id":null,"active_project":null}`},
		{
			name: "what ben was told of it is a stub", as: "ben", method: "GET", path: "/api/v1/notifications?limit=200", wantStatus: 200,
			wantBody: `{"items":[{"project_id":{secret},"gone":false},{"project_id":{other},"gone":false},` +
				`{"kind":"mentioned","gone":true,"project_id":null,"project_name":"","item_id":null,"item_title":null,"comment_id":null,"actor":null,"text":"","reason":"","count":1,"read_at":null}],"unread":3}`,
		},
		{name: "which no filter gives away", as: "ben", method: "GET", path: "/api/v1/notifications?project={open}", wantStatus: 200, wantBody: `{"items":[],"unread":3}`},
		{name: "what the owner was told is whole", as: "anna", method: "GET", path: "/api/v1/notifications?project={open}", wantStatus: 200, wantBody: `{"items":[{"project_id":{open},"gone":false},{"project_id":{open}}]}`},
		{
			name: "renamed in secret", as: "anna", method: "PATCH", path: project, header: []string{"If-Match", `"3"`}, body: `{"name":"Hush"}`, wantStatus: 200,
			wantEvents: []string{"project.changed project:{open}", "project.changed user:{ines}", "project.changed user:{anna}"}, heardBy: "ines anna", notHeardBy: "ben sten rosa",
		},
		{
			name: "for everyone again", as: "ines", method: "PATCH", path: project, header: []string{"If-Match", `"4"`}, body: `{"visibility":"everyone"}`, wantStatus: 200,
			wantBody: `{"visibility":"everyone","revision":5}`, wantEvents: []string{audited, "version.held content", "project.changed project:{open}", "project.changed projects"}, heardBy: "ines anna ben sten rosa",
		},
		{name: "there again", as: "sten", method: "GET", path: project, wantStatus: 200, wantBody: `{"name":"Hush"}`},
		{name: "what ben was told is whole again", as: "ben", method: "GET", path: "/api/v1/notifications?project={open}", wantStatus: 200, wantBody: `{"items":[{"project_name":"Hush","gone":false}]}`},
	})
}

func TestMembersAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const members = "/api/v1/projects/{secret}/members"
	n.table(t, []row{
		{
			name: "list", as: "rosa", method: "GET", path: members + "?limit=2", wantStatus: 200,
			wantBody: `{"items":[{"user":{"id":{anna},"name":"Anna Vale","handle":"anna"},"role":"owner"},{"user":{"id":{ben}},"role":"editor"}],"next":"{ben}","topic":"project:{secret}"}`,
		},
		{name: "the next page", as: "rosa", method: "GET", path: members + "?after={ben}", wantStatus: 200, wantBody: `{"items":[{"user":{"id":{rosa}},"role":"reviewer"}],"next":null}`},
		{name: "by a stranger", as: "sten", method: "GET", path: members, wantStatus: 404, wantCode: errs.NotFound},
		{name: "add, by an editor", as: "ben", method: "PUT", path: members + "/{sten}", body: `{"role":"editor"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "add, by a stranger", as: "sten", method: "PUT", path: members + "/{sten}", body: `{"role":"editor"}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "nobody", as: "anna", method: "PUT", path: members + "/999999", body: `{"role":"editor"}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "as admin", as: "anna", method: "PUT", path: members + "/{sten}", body: `{"role":"admin"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"role"}},
		{
			name: "add", as: "anna", method: "PUT", path: members + "/{sten}", body: `{"role":"reviewer"}`, wantStatus: 200, wantBody: `{"user":{"id":{sten},"handle":"sten"},"role":"reviewer"}`,
			wantEvents: []string{audited, "member.added project:{secret}", "project.changed user:{sten}", "notification.added user:{sten}"}, heardBy: "ines anna ben rosa sten",
		},
		{name: "add again", as: "anna", method: "PUT", path: members + "/{sten}", body: `{"role":"reviewer"}`, wantStatus: 200, wantBody: `{"role":"reviewer"}`},
		{name: "the new one sees it", as: "sten", method: "GET", path: "/api/v1/projects?q=ferries", wantStatus: 200, wantBody: `{"items":[{"id":{secret}}]}`},
		{
			name: "and was told", as: "sten", method: "GET", path: "/api/v1/notifications?kind=added_to_project", wantStatus: 200,
			wantBody: `{"items":[{"project_id":{secret},"actor":{"id":{anna}},"reason":"You were made a member of this project.","gone":false}]}`,
		},
		{name: "a reviewer there edits nothing there", as: "sten", method: "PATCH", path: "/api/v1/projects/{secret}", header: []string{"If-Match", `"1"`}, body: `{"name":"x"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{
			name: "change the role", as: "ines", method: "PUT", path: members + "/{sten}", body: `{"role":"owner"}`, wantStatus: 200, wantEvents: []string{audited, "member.changed project:{secret}"},
			heardBy: "ines anna ben rosa", notHeardBy: "sten",
		}, // his socket began before he might follow it
		{name: "two owners", as: "sten", method: "GET", path: "/api/v1/projects/{secret}", wantStatus: 200, wantBody: `{"owner":{"id":{anna}},"may":{"delete":{"allowed":true},"manage_members":{"allowed":true}}}`},
		{
			name: "the first one steps back", as: "sten", method: "PUT", path: members + "/{anna}", body: `{"role":"editor"}`, wantStatus: 200,
			wantEvents: []string{audited, "member.changed project:{secret}", "project.changed project:{secret}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}", "project.changed user:{sten}", "project.changed user:{rosa}"},
		},
		{name: "the second one is the owner now", as: "anna", method: "GET", path: "/api/v1/projects/{secret}", wantStatus: 200, wantBody: `{"owner":{"id":{sten}},"revision":2,"may":{"delete":{"allowed":false},"edit":{"allowed":true}}}`},
		{name: "the last owner stays", as: "sten", method: "DELETE", path: members + "/{sten}", wantStatus: 409, wantCode: errs.Conflict},
		{name: "the last owner stays one", as: "ines", method: "PUT", path: members + "/{sten}", body: `{"role":"editor"}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "remove, by an editor", as: "anna", method: "DELETE", path: members + "/{ben}", wantStatus: 403, wantCode: errs.Forbidden},
		{name: "remove who is none", as: "sten", method: "DELETE", path: members + "/{ines}", wantStatus: 404, wantCode: errs.NotFound},
		{name: "ben's edits go there", as: "ben", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{secret}}`, wantStatus: 200, wantEvents: []string{"person.changed user:{ben}"}},
		{
			name: "remove", as: "sten", method: "DELETE", path: members + "/{ben}", wantStatus: 204,
			wantEvents: []string{"topic.forgotten !user:{ben}", audited, "member.removed project:{secret}", "project.deleted user:{ben}", "person.changed user:{ben}"}, heardBy: "ines anna rosa ben",
		},
		{name: "remove again", as: "sten", method: "DELETE", path: members + "/{ben}", wantStatus: 404, wantCode: errs.NotFound},
		{name: "who was removed does not see it", as: "ben", method: "GET", path: "/api/v1/projects/{secret}", wantStatus: 404, wantCode: errs.NotFound},
		{
			name: "nor hears what is said there", as: "rosa", method: "POST", path: "/api/v1/projects/{secret}/comments", body: `{"body":"@ben is out"}`, wantStatus: 201,
			wantEvents: []string{"notification.added user:{sten}", "notification.added user:{anna}", "comment.added project:{secret}"}, heardBy: "ines anna rosa", notHeardBy: "ben",
		},

		{
			name: "of an open project", as: "anna", method: "PUT", path: "/api/v1/projects/{open}/members/{rosa}", body: `{"role":"editor"}`, wantStatus: 200,
			wantEvents: []string{audited, "member.added project:{open}", "notification.added user:{rosa}"}, heardBy: "ines anna ben sten rosa",
		},
		{name: "a reviewer edits nothing as a member either", as: "rosa", method: "PATCH", path: "/api/v1/projects/{open}", header: []string{"If-Match", `"1"`}, body: `{"name":"x"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "removed from an open one", as: "anna", method: "DELETE", path: "/api/v1/projects/{open}/members/{rosa}", wantStatus: 204, wantEvents: []string{audited, "member.removed project:{open}"}, heardBy: "rosa sten"},
		{name: "which stays in sight", as: "rosa", method: "GET", path: "/api/v1/projects/{open}", wantStatus: 200},
		{name: "an owner of an open one", as: "anna", method: "PUT", path: "/api/v1/projects/{open}/members/{ben}", body: `{"role":"owner"}`, wantStatus: 200, wantEvents: []string{audited, "member.added project:{open}", "notification.added user:{ben}"}},
		{
			name: "hides it", as: "ben", method: "PATCH", path: "/api/v1/projects/{open}", header: []string{"If-Match", `"1"`}, body: `{"visibility":"members"}`, wantStatus: 200,
			wantEvents: []string{
				"topic.forgotten !content", "topic.forgotten !projects", "topic.forgotten !user:{rosa}", audited, "project.deleted projects", "project.deleted user:{rosa}", "version.held content",
				"project.changed project:{open}", "project.changed user:{ines}", "project.changed user:{anna}", "project.changed user:{ben}",
			}, heardBy: "ines anna ben sten rosa",
		},
	})
	n.exec(t, `UPDATE users SET disabled = TRUE WHERE id = {rosa}`)
	n.do(t, row{name: "disabled", as: "anna", method: "PUT", path: "/api/v1/projects/{open}/members/{rosa}", body: `{"role":"editor"}`, wantStatus: 409, wantCode: errs.Conflict})
}

func TestArchiveAndDeleteAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const (
		everybody = "ines anna ben sten rosa"
		project   = "/api/v1/projects/{open}"
	)
	changed := []string{"project.changed project:{open}", "project.changed projects"}
	n.table(t, []row{
		{name: "sten's edits go there", as: "sten", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{open}}`, wantStatus: 200, wantEvents: []string{"person.changed user:{sten}"}},
		{name: "archive, by a reviewer", as: "rosa", method: "PATCH", path: project, header: []string{"If-Match", `"1"`}, body: `{"archived":true}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "archive, with a null", as: "ben", method: "PATCH", path: project, header: []string{"If-Match", `"1"`}, body: `{"archived":null}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"archived"}},
		{
			name: "archive", as: "ben", method: "PATCH", path: project, header: []string{"If-Match", `"1"`}, body: `{"archived":true}`, wantStatus: 200,
			wantBody:   `{"archived":true,"state":"archived","revision":2,"may":{"publish":{"allowed":false,"reason":"This project is archived."},"add_items":{"allowed":false},"comment":{"allowed":true},"archive":{"allowed":true}}}`,
			wantEvents: append([]string{"person.changed user:{sten}"}, changed...), heardBy: everybody,
		},
		{name: "its items are locked", as: "rosa", method: "GET", path: project + "/items", wantStatus: 200, wantBody: `{"items":[{"locked":true}]}`},
		{name: "archive again", as: "ben", method: "PATCH", path: project, header: []string{"If-Match", `"2"`}, body: `{"archived":true}`, wantStatus: 200, wantBody: `{"state":"archived","revision":3}`, wantEvents: changed},
		{name: "nobody's edits go there", as: "sten", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{open}}`, wantStatus: 409, wantCode: errs.Conflict},
		{
			name: "take it out, with a new name", as: "ben", method: "PATCH", path: project, header: []string{"If-Match", `"3"`}, body: `{"archived":false,"name":"Again"}`, wantStatus: 200,
			wantBody: `{"archived":false,"state":"active","name":"Again","revision":4}`, wantEvents: changed, heardBy: everybody,
		},
	})
	n.exec(t, `UPDATE projects SET state = 'publishing' WHERE id = {open}`)
	n.table(t, []row{
		{name: "archive while it goes out", as: "ben", method: "PATCH", path: project, header: []string{"If-Match", `"4"`}, body: `{"archived":true}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "delete while it goes out", as: "anna", method: "DELETE", path: project, header: []string{"If-Match", `"4"`}, wantStatus: 409, wantCode: errs.Conflict},
	})
	n.exec(t, `UPDATE projects SET state = 'published' WHERE id = {open}`)
	n.table(t, []row{
		{name: "archive a published one", as: "ben", method: "PATCH", path: project, header: []string{"If-Match", `"4"`}, body: `{"archived":true}`, wantStatus: 200, wantEvents: changed},
		{name: "which is published again", as: "ben", method: "PATCH", path: project, header: []string{"If-Match", `"5"`}, body: `{"archived":false}`, wantStatus: 200, wantBody: `{"state":"published"}`, wantEvents: changed},
		{name: "ben's edits go there", as: "ben", method: "PUT", path: "/api/v1/session/active-project", body: `{"project_id":{open}}`, wantStatus: 200, wantEvents: []string{"person.changed user:{ben}"}},

		{name: "delete, by an editor", as: "ben", method: "DELETE", path: project, header: []string{"If-Match", `"6"`}, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "delete what was there before", as: "anna", method: "DELETE", path: project, header: []string{"If-Match", `"5"`}, wantStatus: 412, wantCode: errs.Stale, wantBody: `{"current":{"id":{open},"revision":6}}`},
		{
			name: "delete", as: "anna", method: "DELETE", path: project, header: []string{"If-Match", `"6"`}, wantStatus: 204,
			wantEvents: []string{
				"topic.forgotten !projects", "topic.forgotten !user:{anna}", "topic.forgotten !user:{ben}",
				"person.changed user:{ben}", "version.freed content", audited, "project.deleted project:{open}", "project.deleted projects", "project.deleted user:{anna}", "project.deleted user:{ben}",
			}, heardBy: everybody,
		},
		{name: "gone", as: "ines", method: "GET", path: project, wantStatus: 404, wantCode: errs.NotFound},
		{name: "gone from the list", as: "ines", method: "GET", path: "/api/v1/projects", wantStatus: 200, wantBody: `{"items":[{"id":{secret}},{"id":{other}}]}`},
		{name: "its talk too", as: "ines", method: "POST", path: "/api/v1/comments/{open.talk}/resolve", wantStatus: 404, wantCode: errs.NotFound},
		{name: "its page stays", as: "sten", method: "GET", path: "/api/v1/content/{open.item.page}", wantStatus: 200, wantBody: `{"title":"Fares of Coast Pass launch","state":"draft","version":{"project_id":null}}`},
		{
			name: "stubs are left of what was told", as: "ben", method: "GET", path: "/api/v1/notifications?limit=200", wantStatus: 200,
			wantBody: `{"items":[{"gone":false},{"gone":false},{"gone":true,"project_id":null,"text":""}],"unread":3}`,
		},
		{name: "delete again", as: "anna", method: "DELETE", path: project, header: []string{"If-Match", `"6"`}, wantStatus: 404, wantCode: errs.NotFound},

		{name: "delete the members-only one, by a stranger", as: "sten", method: "DELETE", path: "/api/v1/projects/{secret}", header: []string{"If-Match", `"1"`}, wantStatus: 404, wantCode: errs.NotFound},
		{
			name: "delete the members-only one", as: "ines", method: "DELETE", path: "/api/v1/projects/{secret}", header: []string{"If-Match", `"1"`}, wantStatus: 204,
			wantEvents: []string{
				"topic.forgotten !user:{ines}", "topic.forgotten !user:{anna}", "topic.forgotten !user:{ben}", "topic.forgotten !user:{rosa}",
				"version.freed content", audited, "project.deleted project:{secret}", "project.deleted user:{ines}", "project.deleted user:{anna}", "project.deleted user:{ben}", "project.deleted user:{rosa}",
			}, heardBy: everybody,
		},
	})
}
