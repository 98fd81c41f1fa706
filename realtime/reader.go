package realtime

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"galley/errs"
	"galley/events"
)

// A browser sends a few commands when a page opens and rests then; who sends more than this is no browser of ours.
const (
	commandsPerSecond = 20
	commandsAtOnce    = 100
)

// serve reads what the browser says until the connection ends. It is the connection's only goroutine while all is well.
func (c *conn) serve() {
	defer c.hub.forget(c)
	defer func() { _ = c.ws.Close() }() // it may be closed already
	if refusal := c.hub.admit(c); refusal != 0 {
		c.close(refusal, "no more sockets now")
		c.discard()
		return
	}
	c.aside(c.greet)
	pace := rate.NewLimiter(commandsPerSecond, commandsAtOnce)
	for {
		kind, b, err := c.ws.ReadMessage()
		if err != nil {
			c.readFailed(err)
			return
		}
		switch {
		case c.closing.Load():
			continue // only the answer to our close frame still counts
		case kind != websocket.TextMessage:
			c.close(closeBinary, "text only")
		case !utf8.Valid(b):
			c.close(websocket.CloseInvalidFramePayloadData, "not UTF-8")
		case !pace.Allow():
			c.close(closeAbuse, "too many messages")
		default:
			c.pongAt.Store(time.Now().UnixMilli())
			c.aside(func() { c.obey(b) })
		}
	}
}

// aside waits for fn in another goroutine: a stack that has grown keeps its size, and what is said here once an hour would
// cost each of thousands of sockets twice the memory of listening.
func (c *conn) aside(fn func()) {
	done := make(chan struct{})
	c.hub.owned.Go(func() {
		defer close(done)
		fn()
	})
	<-done
}

func (c *conn) discard() {
	for {
		if _, _, err := c.ws.NextReader(); err != nil {
			return
		}
	}
}

func (c *conn) greet() {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails since Go 1.24
	c.send(helloMessage{Type: "hello", Epoch: c.hub.epoch, HeartbeatS: int(c.hub.o.Heartbeat.Seconds()), Connection: hex.EncodeToString(id[:])})
}

// readFailed answers faults of the peer's framing with their codes; gorilla itself answers 1002 and 1009 before it returns.
func (c *conn) readFailed(err error) {
	var closed *websocket.CloseError
	if errors.As(err, &closed) || c.closing.Load() {
		return
	}
	if errors.Is(err, websocket.ErrReadLimit) || strings.HasPrefix(err.Error(), "websocket: ") {
		c.closing.Store(true)
		c.mark()
		// What the peer still sends must be read, or the reset that answers it overtakes our close frame.
		_ = c.ws.NetConn().SetReadDeadline(time.Now().Add(closeGrace))
		drainPeer(c.ws.NetConn())
	}
}

// obey carries out one command.
func (c *conn) obey(b []byte) {
	cmd, err := parseCommand(b)
	if err == nil {
		switch cmd.Type {
		case "subscribe":
			err = c.subscribe(cmd)
		case "unsubscribe":
			c.unsubscribe(cmd)
		}
	}
	if err == nil {
		return
	}
	var known *errs.Error
	if !errors.As(err, &known) {
		known = errs.New(errs.Unavailable, "Try again in a moment.")
		c.hub.log.Error("a command failed", "command", cmd.Type, "actor", c.actor.UserID, "error", err)
	}
	c.send(errorMessage{Type: "error", ID: cmd.ID, Code: known.Code, Detail: known.Message})
}

func (c *conn) unsubscribe(cmd command) {
	for _, name := range cmd.Topics {
		if s := c.subscription(c.logName(name)); s != nil {
			c.hub.leave(s)
		}
		c.send(unsubscribedMessage{Type: "unsubscribed", ID: cmd.ID, Topic: name})
	}
}

// logName is a topic's name in the log; "" for one that a browser cannot name.
func (c *conn) logName(name string) string {
	if name == events.Self {
		return events.User(c.actor.UserID)
	}
	if kind, _, ok := events.ParseTopic(name); !ok || kind == "user" {
		return ""
	}
	return name
}
