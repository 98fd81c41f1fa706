package realtime_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"galley/httpapi"
	"galley/realtime"
)

// Opcodes of RFC 6455, section 5.2.
const (
	opContinue = 0x0
	opText     = 0x1
	opBinary   = 0x2
	opClose    = 0x8
	opPing     = 0x9
	opPong     = 0xA
	fin        = 0x80
	rsv1       = 0x40
	rsv2       = 0x20
	rsv3       = 0x10
)

// sent is one frame as a browser sends it: masked. first is the first byte, with its flags.
func sent(first byte, payload string) []byte {
	b := head(first, len(payload))
	b[1] |= 0x80
	mask := [4]byte{0x12, 0x34, 0x56, 0x78}
	b = append(b, mask[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i%4])
	}
	return b
}

// unmasked is one frame as no browser sends it.
func unmasked(first byte, payload string) []byte {
	return append(head(first, len(payload)), payload...)
}

func head(first byte, length int) []byte {
	switch {
	case length <= 125:
		return []byte{first, byte(length)}
	case length <= 0xFFFF:
		return binary.BigEndian.AppendUint16([]byte{first, 126}, uint16(length))
	default:
		return binary.BigEndian.AppendUint64([]byte{first, 127}, uint64(length))
	}
}

// stranger speaks the protocol byte by byte, over a TCP connection of its own.
type stranger struct {
	*env
	nc net.Conn
	in *bufio.Reader
}

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
	for _, line := range lines { // a name without a value takes the line away
		if !strings.HasSuffix(line, ":") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// stranger connects and reads the hello.
func (e *env) stranger(user int64) *stranger {
	e.Helper()
	nc := e.raw(e.handshake(user))
	s := &stranger{env: e, nc: nc, in: bufio.NewReader(nc)}
	res, err := http.ReadResponse(s.in, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" || res.Header.Get("Sec-WebSocket-Protocol") != realtime.Subprotocol {
		e.Fatalf("the handshake of RFC 6455, section 1.3: got %+v, %v", res, err)
	}
	_ = res.Body.Close() // there is none
	if op, payload := s.next(); op != fin|opText || !strings.Contains(payload, `"hello"`) {
		e.Fatalf("got %x %s, want hello", op, payload)
	}
	return s
}

func (s *stranger) write(frames ...[]byte) {
	s.Helper()
	if _, err := s.nc.Write(bytes.Join(frames, nil)); err != nil {
		s.Fatal(err)
	}
}

// next is the next frame's first byte and its payload, heartbeats left out.
func (s *stranger) next() (first byte, payload string) {
	s.Helper()
	first, payload, err := s.tryNext()
	if err != nil {
		s.Fatalf("no frame: %v", err)
	}
	return first, payload
}

func (s *stranger) tryNext() (first byte, payload string, err error) {
	for {
		var h [2]byte
		if _, err := io.ReadFull(s.in, h[:]); err != nil {
			return 0, "", err
		}
		if h[1]&0x80 != 0 {
			return 0, "", errors.New("the server masks")
		}
		length := uint64(h[1])
		size := map[uint64]int{126: 2, 127: 8}[length]
		ext := make([]byte, 8)
		if _, err := io.ReadFull(s.in, ext[8-size:]); err != nil {
			return 0, "", err
		}
		if size > 0 {
			length = binary.BigEndian.Uint64(ext)
		}
		b := make([]byte, length)
		if _, err := io.ReadFull(s.in, b); err != nil {
			return 0, "", err
		}
		if string(b) != `{"type":"heartbeat"}` {
			return h[0], string(b), nil
		}
	}
}

// wantsClose wants a close frame with the code as the next thing, and nothing but the end of the connection after it.
func (s *stranger) wantsClose(code uint16) {
	s.Helper()
	first, payload := s.next()
	if first != fin|opClose || len(payload) < 2 || binary.BigEndian.Uint16([]byte(payload)) != code {
		s.Fatalf("got the frame %x %q, want close %d", first, payload, code)
	}
	if tcp, ok := s.nc.(*net.TCPConn); ok {
		_ = tcp.CloseWrite() // the server need not wait for us
	}
	if rest, err := io.ReadAll(s.in); len(rest) > 0 || err != nil && !errors.Is(err, net.ErrClosed) && !isReset(err) {
		s.Errorf("after the close frame: got %q, %v, want the end", rest, err)
	}
}

func isReset(err error) bool { return strings.Contains(err.Error(), "reset by peer") }

// What breaks the protocol ends the connection with the code of RFC 6455, and nobody else's.
func TestHostileFrames(t *testing.T) {
	e := newEnv(t)
	witness := e.dial(4)
	witness.subscribe("project:7", "")
	const good = `{"type":"subscribe","id":1,"topics":{"project:7":null}}`
	long := strings.Repeat("x", 16<<10)
	for i, row := range []struct {
		name   string
		frames [][]byte
		want   uint16
	}{
		{"unmasked", [][]byte{unmasked(fin|opText, good)}, 1002},
		{"unmasked ping", [][]byte{unmasked(fin|opPing, "")}, 1002},
		{"first reserved bit, as compressed", [][]byte{sent(fin|rsv1|opText, good)}, 1002},
		{"second reserved bit", [][]byte{sent(fin|rsv2|opText, good)}, 1002},
		{"third reserved bit", [][]byte{sent(fin|rsv3|opText, good)}, 1002},
		{"reserved opcode", [][]byte{sent(fin|0x3, good)}, 1002},
		{"reserved control opcode", [][]byte{sent(fin|0xB, "")}, 1002},
		{"fragmented ping", [][]byte{sent(opPing, "x")}, 1002},
		{"fragmented close", [][]byte{sent(opClose, "\x03\xe8")}, 1002},
		{"ping too long", [][]byte{sent(fin|opPing, long[:126])}, 1002},
		{"continuation of nothing", [][]byte{sent(fin|opContinue, good)}, 1002},
		{"a message inside a message", [][]byte{sent(opText, good[:9]), sent(fin|opText, good)}, 1002},
		{"close with a code that is never sent", [][]byte{sent(fin|opClose, "\x03\xee")}, 1002}, // 1006
		{"close with a code of nobody", [][]byte{sent(fin|opClose, "\x00\x01")}, 1002},
		{"binary", [][]byte{sent(fin|opBinary, good)}, 1003},
		{"binary in pieces", [][]byte{sent(opBinary, good[:9]), sent(fin|opContinue, good[9:])}, 1003},
		{"bad UTF-8", [][]byte{sent(fin|opText, "\xff")}, 1007},
		{"bad UTF-8 in a string", [][]byte{sent(fin|opText, `{"type":"`+"\xc3"+`"}`)}, 1007},
		{"an overlong encoding", [][]byte{sent(fin|opText, "\xc0\xaf")}, 1007},
		{"half of a surrogate", [][]byte{sent(fin|opText, "\xed\xa0\x80")}, 1007},
		{"too large by a byte", [][]byte{sent(fin|opText, long+"x")}, 1009},
		{"too large in pieces", [][]byte{sent(opText, long), sent(fin|opContinue, "x")}, 1009},
		{"a length that cannot be", [][]byte{append(head(fin|opText, 1<<40)[:1], 0x80|127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)}, 1009},
		{"binary and too large", [][]byte{sent(fin|opBinary, long+"x")}, 1009},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := e.as(t).stranger(3)
			s.write(row.frames...)
			s.wantsClose(row.want)
		})
		e.add("project:7", i)
		witness.wants("project:7", i)
	}
}

// as is the env for a subtest: what fails in it fails there.
func (e *env) as(t *testing.T) *env {
	sub := *e
	sub.T = t
	return &sub
}

// The opposite: what is unusual and right is taken, so the above is refused for nothing else.
func TestUnusualFrames(t *testing.T) {
	e := newEnv(t)
	s := e.stranger(3)
	const command = `{"type":"subscribe","id":7,"topics":{"project:7":null,"é":null}}`
	middle := strings.Index(command, "é") + 1 // inside a character
	s.write(sent(opText, command[:9]), sent(fin|opPing, "are you there"), sent(opContinue, command[9:middle]), sent(opContinue, ""), sent(fin|opContinue, command[middle:]))
	if first, payload := s.next(); first != fin|opPong || payload != "are you there" {
		t.Errorf("got %x %q, want the pong", first, payload)
	}
	if _, payload := s.next(); payload != `{"type":"unsubscribed","id":7,"topic":"é","code":"not_found"}` {
		t.Errorf("got %s", payload)
	}
	if _, payload := s.next(); payload != `{"type":"subscribed","id":7,"topics":{"project:7":{"recovered":true}}}` {
		t.Errorf("got %s", payload)
	}
	s.write(sent(fin|opPong, "nobody asked"), sent(fin|opText, command+strings.Repeat(" ", 16<<10-len(command)))) // the largest message
	for range 2 {
		if first, payload := s.next(); first != fin|opText || !strings.Contains(payload, `"id":7`) {
			t.Errorf("got %x %q", first, payload)
		}
	}
	s.write(sent(fin|opClose, "\x03\xe8bye"))
	s.wantsClose(1000)
}

// What cannot be understood is answered with its code; the connection stays, and nothing was followed by it.
func TestMalformedCommands(t *testing.T) {
	e := newEnv(t)
	b := e.dial(3)
	many := strings.Repeat(`"project:%d":null,`, 101)
	numbers := make([]any, 101)
	for i := range numbers {
		numbers[i] = i + 1
	}
	for _, row := range []struct{ name, in, want string }{
		{"nothing", ``, "malformed"},
		{"no JSON", `subscribe`, "malformed"},
		{"a list", `[]`, "malformed"},
		{"a number", `1`, "malformed"},
		{"null", `null`, "malformed"},
		{"cut off", `{"type":"subscribe","topics":{"project:7":null}`, "malformed"},
		{"something behind it", `{"type":"subscribe","topics":{"project:7":null}}x`, "malformed"},
		{"two messages", `{"type":"subscribe","topics":{"project:7":null}}{}`, "malformed"},
		{"nested without end", strings.Repeat(`{"topics":`, 1600), "malformed"},
		{"a doubled key", `{"type":"subscribe","type":"subscribe","topics":{"project:7":null}}`, "malformed"},
		{"a doubled key, written otherwise", `{"type":"subscribe","\u0074ype":"subscribe","topics":{"project:7":null}}`, "malformed"},
		{"a doubled topic", `{"type":"subscribe","topics":{"project:7":null,"project:7":null}}`, "malformed"},
		{"an unknown key", `{"type":"subscribe","topics":{"project:7":null},"all":true}`, "malformed"},
		{"a key in other letters", `{"type":"subscribe","Topics":{"project:7":null}}`, "malformed"},
		{"a type that is no text", `{"type":1}`, "malformed"},
		{"an id that is no number", `{"type":"subscribe","id":"1","topics":{"project:7":null}}`, "malformed"},
		{"an id that is not whole", `{"type":"subscribe","id":1.5,"topics":{"project:7":null}}`, "malformed"},
		{"topics as a list", `{"type":"subscribe","topics":["project:7"]}`, "malformed"},
		{"no topics", `{"type":"subscribe"}`, "malformed"},
		{"empty topics", `{"type":"subscribe","topics":{}}`, "invalid"},
		{"topics to leave as an object", `{"type":"unsubscribe","topics":{"project:7":null}}`, "malformed"},
		{"no topics to leave", `{"type":"unsubscribe"}`, "malformed"},
		{"no type", `{"topics":{"project:7":null}}`, "invalid"},
		{"an unknown type", `{"type":"publish","topics":{"project:7":null}}`, "invalid"},
		{"too many topics", `{"type":"subscribe","topics":{` + strings.TrimSuffix(fmt.Sprintf(many, numbers...), ",") + `}}`, "invalid"},
		{"a position that is a number", `{"type":"subscribe","topics":{"project:7":5}}`, "malformed"},
		{"an empty position", `{"type":"subscribe","topics":{"project:7":""}}`, "malformed"},
		{"a position without epoch", `{"type":"subscribe","topics":{"project:7":"5"}}`, "malformed"},
		{"a negative position", `{"type":"subscribe","topics":{"project:7":"k3f9.-1"}}`, "malformed"},
		{"a position beyond all numbers", `{"type":"subscribe","topics":{"project:7":"k3f9.99999999999999999999"}}`, "malformed"},
		{"a position with a query in it", `{"type":"subscribe","topics":{"project:7":"k3f9.1 OR 1=1"}}`, "malformed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := &browser{env: e.as(t), ws: b.ws}
			b.send("%s", row.in)
			if m := b.next(); m.Type != "error" || m.Code != row.want {
				t.Errorf("got %+v, want the error %s", m, row.want)
			}
		})
	}
	e.add("project:7", 1)
	b.subscribe("project:8", "")
	e.add("project:8", 2)
	b.wants("project:8", 2)
}

// The error says which command it is about, wherever in the message that stands.
func TestErrorsNameTheirCommand(t *testing.T) {
	e := newEnv(t)
	b := e.dial(3)
	for range 20 { // keys have no order
		b.send(`{"id":7,"nonsense":1,"more":2,"type":"subscribe"}`)
		if m := b.next(); m.Type != "error" || m.ID != 7 {
			t.Fatalf("got %+v, want the error of command 7", m)
		}
	}
}

func TestUnknownTopics(t *testing.T) {
	e := newEnv(t)
	b := e.dial(3)
	for _, topic := range []string{"", "project", "project:", "project:0", "project:-1", "project:07", "project:*", "*", "user:3", "user:4", "user:", "secret:1", "PROJECT:7", "project:7 ", "project:99999999999999999999"} {
		b.send(`{"type":"subscribe","id":4,"topics":{%q:null}}`, topic)
		if m := b.next(); m.Type != "unsubscribed" || m.Topic != topic || m.ID != 4 || m.Code != "not_found" {
			t.Errorf("%q: got %+v, want it unknown", topic, m)
		}
	}
}

// Whoever sends without end is no browser of ours.
func TestFlood(t *testing.T) {
	e := newEnv(t)
	b := e.dial(3)
	for range 200 {
		if err := b.ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"unsubscribe","topics":[]}`)); err != nil {
			break // it is closed already
		}
	}
	b.wantsClose(4507)
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

// A peer that answers no close frame is not waited for.
func TestCloseIsNotAwaitedForLong(t *testing.T) {
	e := newEnv(t)
	s := e.stranger(3)
	s.write(sent(fin|opBinary, "x"))
	within(t, 4*time.Second, "the end", func() {
		if first, _ := s.next(); first != fin|opClose {
			t.Errorf("got %x, want the close frame", first)
		}
		if _, err := s.in.ReadByte(); err == nil {
			t.Error("something came after the close frame")
		}
	})
}

// within fails the test when something takes longer than it may.
func within(t *testing.T, limit time.Duration, what string, fn func()) {
	t.Helper()
	began := time.Now()
	fn()
	if took := time.Since(began); took > limit {
		t.Errorf("%s took %v, want at most %v", what, took, limit)
	}
}
