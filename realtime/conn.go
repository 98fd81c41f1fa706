package realtime

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"galley/access"
)

const (
	maxInbound  = 16 << 10        // bytes of one message from a browser
	maxTopics   = 100             // followed by one connection
	closeGrace  = 2 * time.Second // for the peer's answer to our close frame
	controlWait = time.Second     // for what goes out behind a write under way
)

// closeCode is why a connection ends: 4000–4499 come back and resume, 4500–4999 do not (REALTIME.md), others RFC 6455.
type closeCode int

const (
	closeProtocol       closeCode = websocket.CloseProtocolError   // 1002
	closeBinary         closeCode = websocket.CloseUnsupportedData // 1003
	closeRestart        closeCode = websocket.CloseServiceRestart  // 1012
	closeNoPong         closeCode = 4000
	closeTooSlow        closeCode = 4001
	closeLifetime       closeCode = 4002
	closeSessionEnded   closeCode = 4501
	closeDisabled       closeCode = 4502
	closeSwitchedOff    closeCode = 4505
	closeTooManySockets closeCode = 4506
	closeAbuse          closeCode = 4507
)

// conn is one browser's socket: one reading goroutine, no queue, a cursor for each topic.
type conn struct {
	// What each frame looks at comes first, in one cache line.
	ws      *websocket.Conn
	line    *line        // under ws
	writing sync.Mutex   // held for each data frame until the line has taken it, and guards the cursors
	marks   atomic.Int64 // how often rights may have changed
	cleared atomic.Int64 // up to which of the marks rights were checked
	closing atomic.Bool

	hub    *Hub
	actor  access.Actor
	pongAt atomic.Int64 // when the browser last showed life, Unix ms

	mu       sync.Mutex
	subs     []*subscription
	catching bool // a goroutine is catching up
	again    bool // and has to look once more before it ends

	due schedule // the wheel's own
}

// mark keeps everything from the connection until its rights were checked again.
func (c *conn) mark()          { c.marks.Add(1) }
func (c *conn) isMarked() bool { return c.marks.Load() != c.cleared.Load() }

func (c *conn) add(s *subscription) {
	c.mu.Lock()
	c.subs = append(c.subs, s)
	c.mu.Unlock()
}

func (c *conn) remove(s *subscription) {
	c.mu.Lock()
	c.subs = slices.DeleteFunc(c.subs, func(other *subscription) bool { return other == s })
	c.mu.Unlock()
}

func (c *conn) takeAll() []*subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.subs
	c.subs = nil
	return all
}

func (c *conn) subscriptions() []*subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.subs)
}

// subscription is the one to the topic as the log names it, nil where there is none.
func (c *conn) subscription(name string) *subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.subs {
		if s.topic.name == name {
			return s
		}
	}
	return nil
}

// send writes one message of our own, after the write under way.
func (c *conn) send(message any) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.sendLocked(message)
}

func (c *conn) sendLocked(message any) bool {
	b, err := json.Marshal(message)
	if err != nil {
		c.hub.log.Error("a message could not be encoded", "error", err)
		return false
	}
	return c.write(b)
}

// write writes a data frame and waits until the line has taken it; the caller holds c.writing.
func (c *conn) write(b []byte) bool {
	return c.went(c.ws.WriteMessage(websocket.TextMessage, b)) && c.went(c.line.Flush())
}

// went tells whether a write went well. After an error nothing but closing is left to do.
func (c *conn) went(err error) bool {
	if err != nil && !errors.Is(err, websocket.ErrCloseSent) { // that one's answer is awaited
		c.cut()
	}
	return err == nil
}

// control writes a control frame, behind what the line still keeps.
func (c *conn) control(kind int, payload []byte) error {
	err := c.ws.WriteControl(kind, payload, time.Now().Add(controlWait))
	c.settle()
	return err
}

// settle sees to it that somebody waits for the line to take what it keeps.
func (c *conn) settle() {
	if !c.line.isClear() {
		c.wantCatchUp()
	}
}

// pong answers a ping, unless the peer does not even read what came before (RFC 6455, section 5.5.2).
func (c *conn) pong(payload string) error {
	if !c.line.isClear() {
		return nil
	}
	err := c.control(websocket.PongMessage, []byte(payload))
	if errors.Is(err, websocket.ErrCloseSent) {
		return nil
	}
	return err
}

// lockWithin waits for the write under way, but not for a peer that does not read.
func (c *conn) lockWithin(d time.Duration) bool {
	for end := time.Now().Add(d); !c.writing.TryLock(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// bye announces the end and says when to come back.
func (c *conn) bye(code closeCode, retry time.Duration) {
	if c.lockWithin(controlWait) {
		defer c.writing.Unlock()
		b, err := json.Marshal(byeMessage{Type: "bye", Code: code, RetryMS: retry.Milliseconds()})
		if err == nil {
			c.write(b)
		}
	}
}

// close ends the connection with a code. Nothing more is sent; the browser's answer is awaited for a moment, since an
// early reset could swallow our code on its way.
func (c *conn) close(code closeCode, reason string) {
	if c.closing.Swap(true) {
		return
	}
	c.mark()
	err := c.control(websocket.CloseMessage, websocket.FormatCloseMessage(int(code), reason))
	if err != nil {
		_ = c.ws.Close() // what remains of it is the reader's to clean up
		return
	}
	_ = c.ws.SetReadDeadline(time.Now().Add(closeGrace)) // fails only on a connection that is gone
}

// cut ends the connection without a word: there is nobody left to hear one.
func (c *conn) cut() {
	c.closing.Store(true)
	c.mark()
	_ = c.ws.Close() // the reader sees it and cleans up
}

// reset is cut for a peer that does not read: what the system still holds for it, up to megabytes, is thrown away too.
func (c *conn) reset() {
	_ = c.line.tcp.SetLinger(0) // fails only on a connection that is gone
	c.cut()
}
