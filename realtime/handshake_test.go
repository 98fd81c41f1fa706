package realtime_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"galley/httpapi"
	"galley/realtime"
)

// handshake is a right one of the person's, with lines changed; one without a value is left out.
func (e *env) handshake(user int64, change ...string) string {
	lines := []string{
		"GET /api/v1/realtime HTTP/1.1", "Host: " + strings.TrimPrefix(e.server.URL, "http://"), "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: " + realtime.Subprotocol, "Origin: " + e.server.URL, fmt.Sprintf("Cookie: %s=%d", httpapi.CookieName, user),
	}
	for _, c := range change {
		name, _, _ := strings.Cut(c, ":")
		for i, line := range lines {
			if strings.HasPrefix(line, name) {
				lines[i] = c
			}
		}
	}
	kept := lines[:0]
	for _, line := range lines {
		if !strings.HasSuffix(line, ":") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// A handshake that cannot succeed is refused with a problem that says why, before a socket is made of it.
func TestHandshakeRefusals(t *testing.T) {
	e := newEnv(t)
	off := newEnv(t)
	off.hub.SetEnabled(false)
	for _, row := range []struct {
		name   string
		env    *env
		change []string
		status int
		code   string
		says   string
	}{
		{"no Upgrade", e, []string{"Upgrade:"}, 426, "upgrade_required", "Upgrade"},
		{"another Upgrade", e, []string{"Upgrade: h2c"}, 426, "upgrade_required", "Upgrade"},
		{"no Connection", e, []string{"Connection:"}, 426, "upgrade_required", "Connection"},
		{"a Connection that is kept alive", e, []string{"Connection: keep-alive"}, 426, "upgrade_required", "Connection"},
		{"HTTP/1.0", e, []string{"GET /api/v1/realtime HTTP/1.1: GET /api/v1/realtime HTTP/1.0"}, 426, "upgrade_required", "HTTP/1.0"},
		{"another version", e, []string{"Sec-WebSocket-Version: 8"}, 426, "upgrade_required", "13"},
		{"no version", e, []string{"Sec-WebSocket-Version:"}, 426, "upgrade_required", "13"},
		{"no key", e, []string{"Sec-WebSocket-Key:"}, 400, "malformed", "Sec-WebSocket-Key"},
		{"a key that is too short", e, []string{"Sec-WebSocket-Key: c2hvcnQ="}, 400, "malformed", "Sec-WebSocket-Key"},
		{"a key that is no base64", e, []string{"Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!!!"}, 400, "malformed", "Sec-WebSocket-Key"},
		{"no Origin", e, []string{"Origin:"}, 403, "origin_not_allowed", "no origin"},
		{"another site", e, []string{"Origin: https://evil.example"}, 403, "origin_not_allowed", "evil.example"},
		{"a sandbox", e, []string{"Origin: null"}, 403, "origin_not_allowed", "null"},
		{"a site whose name begins alike", e, []string{"Origin: " + e.server.URL + ".evil.example"}, 403, "origin_not_allowed", ""},
		{"another port", e, []string{"Origin: http://127.0.0.1:1"}, 403, "origin_not_allowed", ""},
		{"no subprotocol", e, []string{"Sec-WebSocket-Protocol:"}, 400, "malformed", "galley.v1"},
		{"another subprotocol", e, []string{"Sec-WebSocket-Protocol: galley.v0, chat"}, 400, "malformed", "galley.v1"},
		{"no session", e, []string{"Cookie:"}, 401, "unauthenticated", ""},
		{"a session that is none", e, []string{"Cookie: galley_session=x"}, 401, "unauthenticated", ""},
		{"switched off", off, nil, 503, "realtime_disabled", "switched off"},
		{"switched off, and another site", off, []string{"Origin: https://evil.example"}, 503, "realtime_disabled", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			head := row.env.handshake(3, row.change...)
			head = strings.ReplaceAll(head, "GET /api/v1/realtime HTTP/1.1: ", "")
			res, err := http.ReadResponse(bufio.NewReader(row.env.as(t).raw(head)), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			var p struct{ Code, Detail string }
			if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
				t.Fatalf("%d, and no problem: %v", res.StatusCode, err)
			}
			if res.StatusCode != row.status || p.Code != row.code || !strings.Contains(p.Detail, row.says) || res.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("got %d %+v, want %d %s with %q in it", res.StatusCode, p, row.status, row.code, row.says)
			}
			if row.status == 426 && (res.Header.Get("Upgrade") != "websocket" || res.Header.Get("Sec-WebSocket-Version") != "13") {
				t.Errorf("got the headers %v", res.Header)
			}
		})
	}
	e.stranger(3) // unchanged it is taken
}

// Compression is not offered: what inflates could pass the limit.
func TestCompressionIsNotOffered(t *testing.T) {
	e := newEnv(t)
	nc := e.raw(e.handshake(3) + "\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
	res, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Errorf("got %+v, %v", res, err)
	}
	if err == nil {
		_ = res.Body.Close() // there is none
	}
}
