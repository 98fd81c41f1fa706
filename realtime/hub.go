// Package realtime brings the event log to browsers. It knows topics, positions and sockets; it has never heard of a comment.
package realtime

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
	"galley/store"
)

// MayHear decides on the snapshot of tx whether the actor may follow the topic. NotFound ends the topic, Unauthenticated the
// connection (the session is over), Forbidden too (the account is disabled).
type MayHear func(tx *gorm.DB, a access.Actor, topic string) error

// Options are the times and bounds of REALTIME.md; tests shorten them.
type Options struct {
	Heartbeat   time.Duration // between heartbeats and protocol pings, each ± 10 %
	Pong        time.Duration // how long after a ping its pong may take
	Stall       time.Duration // a write without progress for this long ends the connection
	Lifetime    time.Duration // of one connection, ± 10 %
	Recheck     time.Duration // how often each session is looked at although nothing happened, ± 10 %
	Poll        time.Duration // how often the feed looks at the log although nobody woke it
	PerUser     int           // sockets one person may have
	RetrySpread time.Duration // over which browsers come back after a restart
}

// Defaults are the values of REALTIME.md.
func Defaults() Options {
	return Options{
		Heartbeat: 25 * time.Second, Pong: 10 * time.Second, Stall: 30 * time.Second, Lifetime: 12 * time.Hour,
		Recheck: time.Minute, Poll: time.Second, PerUser: 20, RetrySpread: 5 * time.Second,
	}
}

// Hub holds every connection of this process and the topics they follow.
type Hub struct {
	db      *store.DB
	mayHear MayHear
	log     *slog.Logger
	o       Options

	epoch  string
	wake   chan struct{} // the log has grown
	marked chan struct{} // a connection waits to be checked again
	owned  crew
	ready  chan struct{} // closed when the feed knows where it stands

	handedMu sync.Mutex
	handed   []*events.Event // from the commits of this process, not yet fed

	mu      sync.Mutex
	cursor  int64 // the last event given to the topics
	topics  map[string]*topic
	conns   map[*conn]struct{}
	perUser map[int64]int
	closing bool

	enabled atomic.Bool

	published, resumed, slowClosed atomic.Int64
}

// NewHub makes a hub that is switched on. Run must be called for it to follow the log.
func NewHub(db *store.DB, mayHear MayHear, log *slog.Logger, o Options) *Hub {
	h := &Hub{
		db: db, mayHear: mayHear, log: log, o: o,
		wake: make(chan struct{}, 1), marked: make(chan struct{}, 1), ready: make(chan struct{}),
		topics: map[string]*topic{}, conns: map[*conn]struct{}{}, perUser: map[int64]int{},
	}
	h.enabled.Store(true)
	db.OnCommitted(h.committed)
	return h
}

// Run follows the log until ctx ends.
func (h *Hub) Run(ctx context.Context) error {
	if err := h.start(ctx); err != nil {
		return err
	}
	var loops sync.WaitGroup
	loops.Go(func() { h.feed(ctx) })
	loops.Go(func() { h.recheckLoop(ctx) })
	loops.Go(func() { h.wheel(ctx) })
	loops.Wait()
	return nil
}

// SetEnabled switches WebSockets on or off: off closes the open ones with 4505 and refuses new ones.
func (h *Hub) SetEnabled(on bool) {
	if h.enabled.Swap(on) == on || on {
		return
	}
	for _, c := range h.connections() {
		h.owned.Go(func() { c.close(closeSwitchedOff, "WebSockets are switched off") })
	}
}

// Close says goodbye to every connection, spreading when they come back, and waits for them until ctx ends.
func (h *Hub) Close(ctx context.Context) {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()
	for _, c := range h.connections() {
		h.owned.Go(func() {
			c.bye(closeRestart, rand.N(h.o.RetrySpread))
			c.close(closeRestart, "restarting")
		})
	}
	if !h.owned.Wait(ctx) {
		for _, c := range h.connections() {
			c.cut()
		}
	}
}

func (h *Hub) connections() []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		out = append(out, c)
	}
	return out
}

// admit registers a new connection, or says with which close code it is refused.
func (h *Hub) admit(c *conn) (refusal closeCode) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closing:
		return closeRestart
	case !h.enabled.Load():
		return closeSwitchedOff
	case h.perUser[c.actor.UserID] >= h.o.PerUser:
		return closeTooManySockets
	}
	h.conns[c] = struct{}{}
	h.perUser[c.actor.UserID]++
	return 0
}

// forget takes a connection out of everything. It is called once, when its reading ends.
func (h *Hub) forget(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.conns[c]; !ok {
		return
	}
	delete(h.conns, c)
	if h.perUser[c.actor.UserID]--; h.perUser[c.actor.UserID] == 0 {
		delete(h.perUser, c.actor.UserID)
	}
	for _, s := range c.takeAll() {
		h.leaveLocked(s)
	}
}

// join registers a subscription, so that from now on every loss of rights finds it. It gets nothing until it is let in.
func (h *Hub) join(c *conn, name string) *subscription {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[name]
	if t == nil {
		t = newTopic(h, name, h.cursor)
		h.topics[name] = t
	}
	s := &subscription{conn: c, topic: t}
	t.add(s)
	c.add(s)
	return s
}

func (h *Hub) leave(s *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.conn.remove(s)
	h.leaveLocked(s)
}

func (h *Hub) leaveLocked(s *subscription) {
	if s.topic.drop(s) == 0 && h.topics[s.topic.name] == s.topic {
		delete(h.topics, s.topic.name)
	}
}

// markLocked sets the mark of everybody whose rights the event may have changed: they get nothing until they were checked.
func (h *Hub) markLocked(r events.Recheck, name string) {
	if r == events.RecheckAll {
		if t := h.topics[name]; t != nil {
			for _, s := range t.everybody() {
				s.conn.mark()
			}
		}
	} else {
		for c := range h.conns {
			if c.actor.UserID == int64(r) {
				c.mark()
			}
		}
	}
	poke(h.marked)
}

// poke wakes whoever waits on the channel; one poke is enough.
func poke(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
