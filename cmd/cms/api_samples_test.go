package main

import "testing"

// sample is one request that an operation takes. From it and the document the wrong ones are made (api_refused_test.go), and
// it is sent itself, by the least person who may, so that they were wrong for nothing else.
type sample struct {
	op    string
	as    string // "" is who has just the role of x-role: rosa, ben, anna for owner, ines
	path  string // values for the path's parameters where they are not those of place: "comment=open.talk item=…"
	match string // what If-Match names
	query string
	body  string
	alone string // why it is not sent here
}

// place is what parameters of paths stand for in a newsroom.
var place = map[string]string{
	"project": "{open}", "item": "{open.item}", "comment": "{open.rosas}", "session": "{rosas.session}", "user": "{sten}",
	"content": "{open.item.page}", "version": "1", "language": "en", "path": "fares",
}

// samples has every operation, in an order in which each can be sent.
var samples = []sample{
	{op: "getOpenAPI"},
	{op: "health"},
	{op: "ready"},
	{op: "metrics", alone: "no token is configured"},
	{op: "setUp", body: `{"code":"7KQ2-MXH4-9TRD","name":"Ines Falk","email":"ines@merrow.example","password":"a long enough password"}`, alone: "there is an admin already"},
	{op: "signIn", body: `{"email":"vera@merrow.example","password":"` + testPassword + `"}`},
	{op: "getSession", as: "rosa"},
	{op: "activate", body: `{"project_id":{open}}`},
	{op: "listSessions"},
	{op: "getMe"},
	{op: "listUsers", query: "role=editor&q=a&limit=1"},
	{op: "getUser"},
	{op: "getSettings"},
	{op: "editMe", match: "1", body: `{"name":"Rosa Lindgren","time_zone":"Europe/Oslo","current_password":"the one of now"}`},
	{op: "listAudit", query: "kind=signed_in&actor={ines}&limit=1&after=9"},
	{op: "createUser", body: `{"name":"Nils Aune","email":"nils@merrow.example","role":"editor","password":"a long enough password"}`},
	{op: "makeLink"},
	{op: "changeUser", match: "1", body: `{"name":"Sten Holmgren","role":"editor","disabled":false}`},
	{op: "changeSettings", match: "1", body: `{"websockets_enabled":true,"realtime_fallback":"manual"}`},
	{op: "listProjects", query: "state=open&q=a&following=true&limit=1&after={secret}"},
	{op: "createProject", body: `{"name":"Winter timetable","description":"Boats too.","due_on":"2026-12-24"}`},
	{op: "getProject"},
	{op: "editProject", match: "{open.rev}", body: `{"name":"Coast Pass","description":"","due_on":null}`},
	{op: "listMembers", query: "limit=1&after=1"},
	{op: "setMember", body: `{"role":"reviewer"}`},
	{op: "removeMember"},
	{op: "followProject"},
	{op: "muteProject"},
	{op: "unmuteProject"},
	{op: "unfollowProject"},
	{op: "followItem"},
	{op: "muteItem"},
	{op: "unmuteItem"},
	{op: "unfollowItem"},
	{op: "looked", body: `{"item_id":{open.item}}`},
	{op: "listActivity", query: "limit=1&after=999"},
	{op: "listItems", query: "limit=1"},
	{op: "getItem"},
	{op: "listPeople", query: "q=a"},
	{op: "listComments", query: "item={open.item}&state=open&author=me&mentioning=me&limit=2"},
	{op: "addComment", body: `{"body":"Hello @ben","item_id":{open.item},"parent_id":null,"field":"title","quote":"Fares","blocking":false}`},
	{op: "editComment", match: "{open.rosas.rev}", body: `{"body":"Hello @anna"}`},
	{op: "resolveComment"},
	{op: "reopenComment"},
	{op: "listNotifications", query: "unread=true&kind=mentioned&project={open}&limit=1"},
	{op: "readNotifications", body: `{"all":true}`},
	{op: "realtime"},
	{op: "changes", query: "topics=project:{open},user:self,nonsense&limit=1&count=false"},
	{op: "search", query: "q=fares&kind=content&limit=1"},
	{op: "listContentTypes"},
	{op: "listContent", query: "parent=root&type=page&language=en&q=e&trash=false&limit=1"},
	{op: "createContent", body: `{"type":"page","parent_id":null,"slug":"winter","language":"en","fields":{"title":"Winter","summary":"Cold.","body":"# Snow"}}`},
	{op: "getContent", query: "language=en&version=1"},
	{op: "listReferences", query: "language=en&version=1&limit=1&after=9"},
	{op: "listVersions", query: "language=en&limit=1&after=9"},
	{op: "beginVersion", body: `{"language":"de","from":null,"slug":null,"fields":{"title":"Fahrpreise","summary":"","body":""}}`},
	{op: "saveVersion", match: "1", body: `{"slug":"fares","fields":{"title":"Fares","summary":"What it costs.","body":""}}`},
	{op: "moveContent", match: "1", body: `{"parent_id":null,"order":1}`},
	{op: "backToDraft"},
	{op: "setReady"},
	{op: "addItem", body: `{"content_id":{free},"language":"en","action":"publish"}`},
	{op: "getPreflight"},
	{op: "publish", body: `{"mode":"ready"}`},
	{op: "listRuns", query: "limit=1"},
	{op: "deliver"},
	{op: "deliverHead"},
	{op: "deleteComment", path: "comment=other.rosas", match: "{other.rosas.rev}"},
	{op: "arrangeItem", match: "1", body: `{"order":1,"assignee_id":null,"project_id":{open}}`},
	{op: "bulkItems", body: `{"item_ids":[{open.item}],"act":"draft"}`},
	{op: "removeItem", match: "1"},
	{op: "deleteProject", path: "project=secret", match: "{secret.rev}"},
	{op: "deleteContent", path: "content=secret.item.page", match: "1"}, // which no project holds any more
	{op: "restoreContent", path: "content=secret.item.page"},
	{op: "endSession", path: "session=rosas.session"},
	{op: "signOutEverywhere"},
	{op: "signOut"},
	{op: "setPassword", body: `{"token":"{link}","password":"a long enough password"}`},
}

// Every operation has a sample, and there is no sample of an operation that is no more.
func TestEveryOperationHasASample(t *testing.T) {
	missing := map[string]bool{}
	for _, op := range operations(t) {
		missing[op.OperationID] = true
	}
	for _, s := range samples {
		if !missing[s.op] {
			t.Errorf("the sample %s belongs to no operation, or is the second one", s.op)
		}
		delete(missing, s.op)
	}
	for op := range missing {
		t.Errorf("the operation %s has no sample", op)
	}
}
