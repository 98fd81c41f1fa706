package main

import (
	"testing"

	"galley/errs"
)

func TestSettingsAPI(t *testing.T) {
	n := newNewsroom(t)
	handshake := []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol", "galley.v1", "Origin", n.url}
	const settings = "/api/v1/settings"
	n.table(t, []row{
		{
			name: "as they are", as: "ines", method: "GET", path: settings, wantStatus: 200,
			wantBody: `{"websockets_enabled":true,"realtime_fallback":"manual","revision":1,"changed_at":null,"changed_by":null,"pinned":{"websockets_enabled":null},"topic":"site"}`,
		},
		{name: "by an editor", as: "anna", method: "GET", path: settings, wantStatus: 403, wantCode: errs.Forbidden},
		{
			name: "a fall-back that there is not", as: "ines", method: "PATCH", path: settings, header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":false,"realtime_fallback":"sse"}`,
			wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"realtime_fallback"},
		},
		{name: "what is already so", as: "ines", method: "PATCH", path: settings, header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":true,"realtime_fallback":"manual"}`, wantStatus: 200, wantBody: `{"revision":1}`},
		{
			name: "off", as: "ines", method: "PATCH", path: settings, header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":false}`, wantStatus: 200,
			wantBody: `{"websockets_enabled":false,"revision":2,"changed_by":{"id":{ines}}}`, wantEvents: []string{"settings.changed site"},
		},
		{name: "read back", as: "ines", method: "GET", path: settings, wantStatus: 200, wantBody: `{"websockets_enabled":false,"revision":2}`},
		{
			name: "on what was there before", as: "ines", method: "PATCH", path: settings, header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":true}`, wantStatus: 412, wantCode: errs.Stale,
			wantBody: `{"current":{"websockets_enabled":false,"revision":2}}`,
		},
		{name: "every browser is told", as: "rosa", method: "GET", path: "/api/v1/session", wantStatus: 200, wantBody: `{"realtime":{"mode":"manual"}}`},
		{name: "and whoever asks how to follow", as: "rosa", method: "GET", path: "/api/v1/realtime", wantStatus: 200, wantBody: `{"mode":"manual","transports":["manual"],"reason":"WebSockets are switched off."}`},
		{name: "no sockets", as: "rosa", method: "GET", path: "/api/v1/realtime", header: handshake, wantStatus: 503, wantCode: errs.RealtimeDisabled},
		{name: "the log is read by hand", as: "rosa", method: "GET", path: "/api/v1/realtime/changes?topics=site&count=true", wantStatus: 200, wantBody: `{"mode":"manual","topics":{"site":"ok"},"count":0}`},
		{name: "on", as: "ines", method: "PATCH", path: settings, header: []string{"If-Match", `"2"`}, body: `{"websockets_enabled":true}`, wantStatus: 200, wantEvents: []string{"settings.changed site"}},
		{name: "sockets again", as: "rosa", method: "GET", path: "/api/v1/realtime", wantStatus: 200, wantBody: `{"mode":"websocket","transports":["websocket","manual"],"reason":""}`},
	})
	n.listen(t)
}

func TestPinnedSettingsAPI(t *testing.T) {
	c := testConfig(t)
	c.Websockets = pin(true)
	n := newNewsroomWith(t, c)
	n.listen(t)
	n.table(t, []row{
		{name: "it says by what", as: "ines", method: "GET", path: "/api/v1/settings", wantStatus: 200, wantBody: `{"websockets_enabled":true,"pinned":{"websockets_enabled":"a test"}}`},
		{
			name: "off", as: "ines", method: "PATCH", path: "/api/v1/settings", header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":false}`, wantStatus: 409, wantCode: errs.Conflict,
			wantBody: `{"detail":"This is set by a test. Change it there and start Galley again."}`,
		},
		{name: "on, as it is", as: "ines", method: "PATCH", path: "/api/v1/settings", header: []string{"If-Match", `"1"`}, body: `{"websockets_enabled":true}`, wantStatus: 409, wantCode: errs.Conflict},
		{name: "the fall-back is not pinned", as: "ines", method: "PATCH", path: "/api/v1/settings", header: []string{"If-Match", `"1"`}, body: `{"realtime_fallback":"manual"}`, wantStatus: 200},
	})
}
