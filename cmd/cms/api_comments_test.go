package main

import (
	"strings"
	"testing"

	"galley/errs"
)

func TestCommentsAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	const post = "/api/v1/projects/{open}/comments"
	n.table(t, []row{
		{
			name: "on the project", as: "rosa", method: "POST", path: post, header: []string{"Idempotency-Key", "c1"}, body: `{"body":"**Bold** <script>alert(1)</script> [x](javascript:alert(1))"}`,
			wantStatus: 201, keep: "c", wantEvents: []string{"notification.added user:{anna}", "notification.added user:{ben}", "comment.added project:{open}"}, heardBy: everybody,
			wantBody: `{"project_id":{open},"item_id":null,"parent_id":null,"field":"","author":{"id":{rosa}},"client_key":"c1","deleted":false,"revision":1,"edited_at":null,"resolved_at":null}`,
		},
		{name: "read back", as: "sten", method: "GET", path: post + "?item=none&limit=1", wantStatus: 200, wantBody: `{"items":[{"id":{c},"revision":1}],"next":"{c}","topic":"project:{open}","parents":[]}`},
		{
			name: "the same request again", as: "rosa", method: "POST", path: post, header: []string{"Idempotency-Key", "c1"}, body: `{"body":"**Bold** <script>alert(1)</script> [x](javascript:alert(1))"}`,
			wantStatus: 200, wantBody: `{"id":{c}}`,
		},
		{name: "the key with another body", as: "rosa", method: "POST", path: post, header: []string{"Idempotency-Key", "c1"}, body: `{"body":"else"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"Idempotency-Key"}},
		{
			name: "the key with the same body in another project", as: "rosa", method: "POST", path: "/api/v1/projects/{other}/comments", header: []string{"Idempotency-Key", "c1"},
			body: `{"body":"**Bold** <script>alert(1)</script> [x](javascript:alert(1))"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"Idempotency-Key"},
		},
		{
			name: "on an item, with a mention", as: "rosa", method: "POST", path: post, body: `{"body":"@ben and @nobody, @rosa: 49 €?","item_id":{open.item},"field":"title","quote":"Fares"}`,
			wantStatus: 201, keep: "onitem", wantBody: `{"item_id":{open.item},"field":"title","quote":"Fares","html":"<p><span class=\"mention\">@ben</span> and @nobody, <span class=\"mention\">@rosa</span>: 49 €?</p>\n"}`,
			wantEvents: []string{"notification.added user:{ben}", "notification.added user:{anna}", "follow.changed user:{rosa}", "comment.added project:{open}"}, heardBy: everybody,
		},
		{name: "counted on the item", as: "sten", method: "GET", path: "/api/v1/projects/{open}/items/{open.item}", wantStatus: 200, wantBody: `{"comments":1}`},
		{
			name: "a reply", as: "sten", method: "POST", path: post, body: `{"body":"Yes.","parent_id":{onitem}}`, wantStatus: 201, keep: "reply",
			wantBody: `{"item_id":{open.item},"parent_id":{onitem},"field":"title"}`, wantEvents: []string{"notification.added user:{rosa}", "notification.added user:{anna}", "notification.added user:{ben}", "follow.changed user:{sten}", "comment.added project:{open}"}, heardBy: everybody,
		},
		{name: "those of the item", as: "anna", method: "GET", path: post + "?item={open.item}", wantStatus: 200, wantBody: `{"items":[{"id":{reply}},{"id":{onitem}}],"next":null}`},
		{name: "a page of replies brings their thread", as: "anna", method: "GET", path: post + "?item={open.item}&limit=1", wantStatus: 200, wantBody: `{"items":[{"id":{reply}}],"parents":[{"id":{onitem}}],"next":"{reply}"}`},
		{name: "a reply to a reply", as: "sten", method: "POST", path: post, body: `{"body":"Yes.","parent_id":{reply}}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"parent_id"}},
		{name: "a reply about another item", as: "sten", method: "POST", path: post, body: `{"body":"Yes.","parent_id":{open.talk},"item_id":{open.item}}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"item_id"}},
		{name: "a reply to another project's thread", as: "sten", method: "POST", path: post, body: `{"body":"Yes.","parent_id":{other.talk}}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "on another project's item", as: "sten", method: "POST", path: post, body: `{"body":"Yes.","item_id":{other.item}}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "on no item at all", as: "sten", method: "POST", path: post, body: `{"body":"Yes.","item_id":0}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "on a field of no item", as: "sten", method: "POST", path: post, body: `{"body":"Yes.","field":"title"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"field"}},
		{name: "of blanks", as: "sten", method: "POST", path: post, body: `{"body":" \n\t"}`, wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"body"}},
		{name: "as long as may be", as: "sten", method: "POST", path: post, body: `{"body":"` + strings.Repeat("é", 10_000) + `"}`, wantStatus: 201, wantEvents: []string{"notification.added user:{anna}", "notification.added user:{ben}", "notification.added user:{rosa}", "follow.changed user:{sten}", "comment.added project:{open}"}},
		{name: "those of another project's item", as: "sten", method: "GET", path: post + "?item={other.item}", wantStatus: 200, wantBody: `{"items":[]}`},

		{name: "mine", as: "sten", method: "GET", path: post + "?author=me&item={open.item}", wantStatus: 200, wantBody: `{"items":[{"id":{reply}}],"parents":[{"id":{onitem}}]}`},
		{name: "mentioning me", as: "ben", method: "GET", path: post + "?mentioning=me", wantStatus: 200, wantBody: `{"items":[{"id":{onitem}},{"id":{open.rosas}}],"next":null}`},
		{name: "settled", as: "ben", method: "GET", path: post + "?state=settled", wantStatus: 200, wantBody: `{"items":[]}`},
		{name: "open", as: "ben", method: "GET", path: post + "?state=open&item={open.item}", wantStatus: 200, wantBody: `{"items":[{"id":{reply}},{"id":{onitem}}]}`},
		{
			name: "edit", as: "rosa", method: "PATCH", path: "/api/v1/comments/{onitem}", header: []string{"If-Match", `"1"`}, body: `{"body":"@ben and @anna"}`, wantStatus: 200,
			wantBody: `{"body":"@ben and @anna","revision":2}`, wantEvents: []string{"notification.added user:{anna}", "comment.edited project:{open}"}, heardBy: everybody,
		},
		{
			name: "edit what was there before", as: "rosa", method: "PATCH", path: "/api/v1/comments/{onitem}", header: []string{"If-Match", `"1"`}, body: `{"body":"mine"}`,
			wantStatus: 412, wantCode: errs.Stale, wantBody: `{"current":{"id":{onitem},"body":"@ben and @anna","revision":2}}`,
		},
		{name: "edit somebody else's", as: "anna", method: "PATCH", path: "/api/v1/comments/{onitem}", header: []string{"If-Match", `"2"`}, body: `{"body":"x"}`, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "edit somebody else's, by an admin", as: "ines", method: "PATCH", path: "/api/v1/comments/{onitem}", header: []string{"If-Match", `"2"`}, body: `{"body":"x"}`, wantStatus: 403, wantCode: errs.Forbidden},

		{
			name: "resolve", as: "sten", method: "POST", path: "/api/v1/comments/{onitem}/resolve", wantStatus: 200, wantBody: `{"resolved_by":{"id":{sten}},"revision":3}`,
			wantEvents: []string{"comment.resolved project:{open}"}, heardBy: everybody,
		},
		{name: "resolve what is", as: "rosa", method: "POST", path: "/api/v1/comments/{onitem}/resolve", wantStatus: 200, wantBody: `{"resolved_by":{"id":{sten}},"revision":3}`},
		{name: "resolve a reply", as: "sten", method: "POST", path: "/api/v1/comments/{reply}/resolve", wantStatus: 409, wantCode: errs.Conflict},
		{
			name: "reopen", as: "rosa", method: "POST", path: "/api/v1/comments/{onitem}/reopen", wantStatus: 200, wantBody: `{"resolved_by":null,"resolved_at":null,"revision":4}`,
			wantEvents: []string{"comment.reopened project:{open}"}, heardBy: everybody,
		},
		{name: "reopen what is open", as: "rosa", method: "POST", path: "/api/v1/comments/{onitem}/reopen", wantStatus: 200, wantBody: `{"revision":4}`},

		{name: "delete somebody else's", as: "sten", method: "DELETE", path: "/api/v1/comments/{onitem}", header: []string{"If-Match", `"4"`}, wantStatus: 403, wantCode: errs.Forbidden},
		{name: "delete what was there before", as: "rosa", method: "DELETE", path: "/api/v1/comments/{onitem}", header: []string{"If-Match", `"3"`}, wantStatus: 412, wantCode: errs.Stale},
		{name: "delete", as: "rosa", method: "DELETE", path: "/api/v1/comments/{onitem}", header: []string{"If-Match", `"4"`}, wantStatus: 204, wantEvents: []string{"comment.deleted project:{open}"}, heardBy: everybody},
		{name: "its place stays while it has replies", as: "anna", method: "GET", path: post + "?item={open.item}", wantStatus: 200, wantBody: `{"items":[{"id":{reply}},{"id":{onitem},"deleted":true,"body":"","html":"","quote":""}]}`},
		{name: "delete it again", as: "rosa", method: "DELETE", path: "/api/v1/comments/{onitem}", header: []string{"If-Match", `"5"`}, wantStatus: 404, wantCode: errs.NotFound},
		{name: "edit a deleted one", as: "rosa", method: "PATCH", path: "/api/v1/comments/{onitem}", header: []string{"If-Match", `"5"`}, body: `{"body":"x"}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "resolve a deleted one", as: "rosa", method: "POST", path: "/api/v1/comments/{onitem}/resolve", wantStatus: 404, wantCode: errs.NotFound},
		{name: "reply to a deleted one", as: "rosa", method: "POST", path: post, body: `{"body":"x","parent_id":{onitem}}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "delete another's, by the project's owner", as: "anna", method: "DELETE", path: "/api/v1/comments/{reply}", header: []string{"If-Match", `"1"`}, wantStatus: 204, wantEvents: []string{"comment.deleted project:{open}"}},
		{name: "a thread of deleted ones is gone", as: "anna", method: "GET", path: post + "?item={open.item}", wantStatus: 200, wantBody: `{"items":[]}`},
		{name: "delete another's, by an admin", as: "ines", method: "DELETE", path: "/api/v1/comments/{c}", header: []string{"If-Match", `"1"`}, wantStatus: 204, wantEvents: []string{"comment.deleted project:{open}"}},

		{
			name: "in a members-only project, naming a stranger", as: "rosa", method: "POST", path: "/api/v1/projects/{secret}/comments", body: `{"body":"@sten @ben"}`, wantStatus: 201, keep: "hush",
			wantBody:   `{"html":"<p>@sten <span class=\"mention\">@ben</span></p>\n"}`,
			wantEvents: []string{"notification.added user:{ben}", "notification.added user:{anna}", "comment.added project:{secret}"}, heardBy: "ines anna ben rosa", notHeardBy: "sten",
		},
		{
			name: "edited there", as: "rosa", method: "PATCH", path: "/api/v1/comments/{hush}", header: []string{"If-Match", `"1"`}, body: `{"body":"hush"}`, wantStatus: 200,
			wantEvents: []string{"comment.edited project:{secret}"}, heardBy: "ines anna ben rosa", notHeardBy: "sten",
		},
		{
			name: "resolved there", as: "ines", method: "POST", path: "/api/v1/comments/{hush}/resolve", wantStatus: 200,
			wantEvents: []string{"comment.resolved project:{secret}"}, heardBy: "ines anna ben rosa", notHeardBy: "sten",
		},
		{
			name: "deleted there", as: "rosa", method: "DELETE", path: "/api/v1/comments/{hush}", header: []string{"If-Match", `"3"`}, wantStatus: 204,
			wantEvents: []string{"comment.deleted project:{secret}"}, heardBy: "ines anna ben rosa", notHeardBy: "sten",
		},
	})
}
