package realtime_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

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
