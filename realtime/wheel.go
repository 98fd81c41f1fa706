package realtime

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/gorilla/websocket"
)

// schedule is when the wheel has to see a connection next; only the wheel touches it.
type schedule struct {
	ping, check, end time.Time
	pinged           time.Time // when the last ping went out
}

// about is d, up to 10 % shorter or longer, so that many connections do not act as one.
func about(d time.Duration) time.Duration { return d - d/10 + rand.N(d/5+1) }

// wheel is the clock of all connections: one goroutine instead of timers for each.
func (h *Hub) wheel(ctx context.Context) {
	heartbeat, err := websocket.NewPreparedMessage(websocket.TextMessage, []byte(`{"type":"heartbeat"}`))
	if err != nil {
		h.log.Error("the heartbeat could not be made", "error", err)
		return
	}
	tick := time.NewTicker(min(time.Second, h.o.Heartbeat/4, h.o.Pong/4, h.o.Recheck/4))
	defer tick.Stop()
	for {
		var now time.Time
		select {
		case <-ctx.Done():
			return
		case now = <-tick.C:
		}
		for _, c := range h.connections() {
			h.turn(c, now, heartbeat)
		}
	}
}

func (h *Hub) turn(c *conn, now time.Time, heartbeat *websocket.PreparedMessage) {
	d := &c.due
	if d.ping.IsZero() {
		*d = schedule{ping: now.Add(about(h.o.Heartbeat)), check: now.Add(about(h.o.Recheck)), end: now.Add(about(h.o.Lifetime))}
	}
	switch {
	case c.line.stalledFor(now) > h.o.Stall: // also of a connection that is closing: its end may wait behind the rest
		h.log.Info("closed a socket that does not read", "code", closeTooSlow, "actor", c.actor.UserID)
		h.slowClosed.Add(1)
		c.reset() // its line is full: no close frame could get through
	case c.closing.Load():
	case !d.pinged.IsZero() && now.Sub(d.pinged) > h.o.Pong && time.UnixMilli(c.pongAt.Load()).Before(d.pinged):
		h.owned.Go(func() { c.close(closeNoPong, "no pong") })
	case now.After(d.end):
		h.owned.Go(func() {
			c.bye(closeLifetime, rand.N(h.o.RetrySpread))
			c.close(closeLifetime, "time for a new connection")
		})
	case now.After(d.check):
		d.check = now.Add(about(h.o.Recheck))
		c.mark()
		poke(h.marked)
	case now.After(d.ping):
		d.ping = now.Add(about(h.o.Heartbeat))
		if c.beat(heartbeat) {
			d.pinged = now.Truncate(time.Millisecond)
		}
	}
}

// beat sends the protocol's ping and, since scripts cannot see that one, a heartbeat. Where another write is under way the
// browser sees life anyway, and owes no pong.
func (c *conn) beat(heartbeat *websocket.PreparedMessage) (pinged bool) {
	if !c.writing.TryLock() {
		return false
	}
	defer c.writing.Unlock()
	if !c.line.isClear() {
		return false
	}
	pinged = c.went(c.control(websocket.PingMessage, nil)) && c.went(c.ws.WritePreparedMessage(heartbeat))
	c.settle()
	return pinged
}
