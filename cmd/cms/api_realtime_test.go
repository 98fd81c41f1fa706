package main

import (
	"slices"
	"testing"

	"galley/errs"
)

func TestRealtimeAPI(t *testing.T) {
	n := newNewsroom(t)
	handshake := func(changes ...string) []string {
		return slices.Concat([]string{
			"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==",
			"Sec-WebSocket-Protocol", "galley.v1", "Origin", n.url,
		}, changes)
	}
	head := n.rows(t, `SELECT max(id) FROM events`)[0]
	n.vars["start"], n.vars["head"] = n.position(t, 0), n.position(t, 0)[:len(n.position(t, 0))-1]+head
	n.vars["epoch"] = n.rows(t, `SELECT epoch FROM event_log`)[0]
	const socket, changes = "/api/v1/realtime", "/api/v1/realtime/changes"
	n.table(t, []row{
		{name: "how to follow", as: "rosa", method: "GET", path: socket, wantStatus: 200, wantBody: `{"mode":"websocket","transports":["websocket","manual"],"epoch":"{epoch}","heartbeat_s":25,"reason":""}`},
		{name: "a handshake of nobody's", method: "GET", path: socket, header: handshake(), wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "a handshake without Upgrade", as: "rosa", method: "GET", path: socket, header: handshake("Upgrade", "", "Connection", ""), wantStatus: 426, wantCode: errs.UpgradeRequired},
		{name: "a handshake of another version", as: "rosa", method: "GET", path: socket, header: handshake("Sec-WebSocket-Version", "8"), wantStatus: 426, wantCode: errs.UpgradeRequired},
		{name: "a handshake without Origin", as: "rosa", method: "GET", path: socket, header: handshake("Origin", ""), wantStatus: 403, wantCode: errs.OriginNotAllowed},
		{name: "a handshake from another site", as: "rosa", method: "GET", path: socket, header: handshake("Origin", "https://evil.example"), wantStatus: 403, wantCode: errs.OriginNotAllowed},
		{name: "a handshake from a site whose name begins alike", as: "rosa", method: "GET", path: socket, header: handshake("Origin", n.url+".evil.example"), wantStatus: 403, wantCode: errs.OriginNotAllowed},
		{name: "a handshake from a sandbox", as: "rosa", method: "GET", path: socket, header: handshake("Origin", "null"), wantStatus: 403, wantCode: errs.OriginNotAllowed},
		{name: "a handshake by another scheme", as: "rosa", method: "GET", path: socket, header: handshake("Origin", "ftp"+n.url[len("http"):]), wantStatus: 403, wantCode: errs.OriginNotAllowed},
		{name: "a handshake for another host", as: "rosa", method: "GET", path: socket, header: handshake("Host", "rebound.example", "Origin", "http://rebound.example"), wantStatus: 421, wantCode: errs.UnknownHost},
		{name: "a handshake for another protocol", as: "rosa", method: "GET", path: socket, header: handshake("Sec-WebSocket-Protocol", "galley.v0"), wantStatus: 400, wantCode: errs.Malformed},

		{
			name: "from now", as: "rosa", method: "GET", path: changes + "?topics=project:{open},projects,user:self", wantStatus: 200,
			wantBody: `{"mode":"websocket","position":"{head}","more":false,"resync":false,"topics":{"project:{open}":"ok","projects":"ok","user:self":"ok"}}`,
		},
		{name: "a page", as: "rosa", method: "GET", path: changes + "?topics=project:{open}&after={start}&limit=2", wantStatus: 200, wantBody: `{"more":true,"events":[{"type":"item.added","topic":"project:{open}"},{"type":"version.saved"}]}`},
		{
			name: "all", as: "rosa", method: "GET", path: changes + "?topics=project:{open}&after={start}&limit=200", wantStatus: 200,
			wantBody: `{"position":"{head}","more":false,"events":[{"subject":"projects/{open}/items/{open.item}"},{"subject":"content/{open.item.page}"},{"type":"project.changed"},{"subject":"comments/{open.talk}","actor":{"id":{anna}}},{"subject":"comments/{open.reply}"},{"subject":"comments/{open.rosas}"}]}`,
		},
		{name: "counted, without her own", as: "rosa", method: "GET", path: changes + "?topics=project:{open}&after={start}&count=true", wantStatus: 200, wantBody: `{"count":5,"position":"{head}"}`},
		{name: "nothing new", as: "rosa", method: "GET", path: changes + "?topics=project:{open}&after={head}", wantStatus: 200, wantBody: `{"events":[],"resync":false}`},
		{name: "mine are mine", as: "anna", method: "GET", path: changes + "?topics=user:self&after={start}&limit=1", wantStatus: 200, wantBody: `{"events":[{"topic":"user:self","type":"person.changed"}]}`},
		{name: "of another log", as: "rosa", method: "GET", path: changes + "?topics=projects&after=zzzz.3", wantStatus: 200, wantBody: `{"resync":true,"position":"{head}"}`},
		{name: "from beyond the head", as: "rosa", method: "GET", path: changes + "?topics=projects&after={epoch}.999999", wantStatus: 200, wantBody: `{"resync":true,"position":"{head}"}`},
		{
			name: "topics that are none", as: "rosa", method: "GET", path: changes + "?topics=nonsense,project:0,project:01,project:999999,user:{anna},*&after={start}", wantStatus: 200,
			wantBody: `{"topics":{"nonsense":"not_found","project:0":"not_found","project:01":"not_found","project:999999":"not_found","user:{anna}":"not_found","*":"not_found"}}`,
		},
	})
	n.exec(t, `DELETE FROM events WHERE id <= 3`)
	n.exec(t, `UPDATE event_log SET floor = 3`)
	n.table(t, []row{
		{name: "from below the floor", as: "rosa", method: "GET", path: changes + "?topics=projects&after={epoch}.2", wantStatus: 200, wantBody: `{"resync":true}`},
		{name: "from the floor", as: "rosa", method: "GET", path: changes + "?topics=projects&after={epoch}.3", wantStatus: 200, wantBody: `{"resync":false}`},
	})
}
