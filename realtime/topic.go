package realtime

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gorilla/websocket"

	"galley/events"
)

const (
	ringSize  = 256       // encoded events that a topic keeps for those a little behind
	frameSize = 256 << 10 // bytes of events in one frame at most, so that a slow line shows progress
)

// topic is one topic with at least one follower: its latest events, encoded, and one drain.
type topic struct {
	hub  *Hub
	name string
	wire string // the name as its followers know it
	fill sync.Once

	mu       sync.Mutex
	subs     map[*subscription]struct{}
	ring     []*encoded // the latest events, oldest first
	floor    int64      // every event of the topic above this id is in the ring
	last     int64      // the newest event, or where the feed stood when the topic was made
	forgot   bool       // older events than those in the ring are not to be read back into it
	drained  int64      // up to here frames were made for those who are level
	draining bool
}

// subscription is one connection's place in one topic.
type subscription struct {
	conn   *conn
	topic  *topic
	cursor int64       // what the browser has; guarded by conn.writing
	in     atomic.Bool // let in by the authorised door; changed under topic.mu
	level  bool        // gets frames from the drain; guarded by topic.mu
}

func newTopic(h *Hub, name string, at int64) *topic {
	wire := name
	if strings.HasPrefix(name, "user:") {
		wire = events.Self
	}
	return &topic{hub: h, name: name, wire: wire, subs: map[*subscription]struct{}{}, floor: at, last: at, drained: at}
}

func (t *topic) add(s *subscription) {
	t.mu.Lock()
	t.subs[s] = struct{}{}
	t.mu.Unlock()
}

// drop takes a subscription out and tells how many are left.
func (t *topic) drop(s *subscription) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.subs, s)
	s.in.Store(false)
	s.level = false
	return len(t.subs)
}

func (t *topic) everybody() []*subscription {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]*subscription, 0, len(t.subs))
	for s := range t.subs {
		out = append(out, s)
	}
	return out
}

// publish adds an event and sees to it that the drain runs.
func (t *topic) publish(e *encoded) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.ring) == ringSize {
		t.floor = t.ring[0].id
		copy(t.ring, t.ring[1:])
		t.ring[ringSize-1] = e
	} else {
		t.ring = append(t.ring, e)
	}
	t.last = e.id
	if !t.draining {
		t.draining = true
		t.hub.owned.Go(t.drain)
	}
}

// forget drops what the ring has. Who had it all goes on as if nothing had been; who has not yet asks the log, which says
// that it is gone.
func (t *topic) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ring, t.floor, t.forgot = nil, t.last, true
}

// prepend puts older events, read from the log up to asked, before what the ring has, as far as they fit. complete says that
// the log has no older ones above its own floor.
func (t *topic) prepend(asked int64, older []*encoded, logFloor int64, complete bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.forgot || t.floor != asked {
		return // what was read is forgotten, or the ring ran over meanwhile and it would leave a gap: who needs more reads the log
	}
	if room := ringSize - len(t.ring); len(older) > room {
		t.floor = older[len(older)-room-1].id
		older = older[len(older)-room:]
	} else if complete {
		t.floor = logFloor
	} else if len(older) > 0 {
		t.floor = older[0].id - 1
	}
	t.ring = append(older, t.ring...)
}

// since returns the events above the cursor, one frame's worth, when the ring has them all. level is true when there are
// none: then the subscription gets frames from the drain from now on, provided it was let in.
func (t *topic) since(s *subscription, cursor int64) (some []*encoded, level, inRing bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if cursor < t.floor {
		return nil, false, false
	}
	if some = oneFrame(t.after(cursor)); len(some) == 0 {
		s.level = s.in.Load()
		return nil, true, true
	}
	return some, false, true
}

// after is the part of the ring above the id.
func (t *topic) after(id int64) []*encoded {
	i := len(t.ring)
	for i > 0 && t.ring[i-1].id > id {
		i--
	}
	return t.ring[i:len(t.ring):len(t.ring)]
}

// oneFrame copies as many events as one frame takes.
func oneFrame(all []*encoded) []*encoded {
	size := 0
	for i, e := range all {
		if size += len(e.wire); size > frameSize && i > 0 {
			all = all[:i]
			break
		}
	}
	return append([]*encoded(nil), all...)
}

// message is the frame with these events, in bytes.
func (t *topic) message(some []*encoded) []byte {
	size := 128
	for _, e := range some {
		size += len(e.wire) + 1
	}
	b := append(make([]byte, 0, size), `{"type":"events","topic":"`...)
	b = append(b, t.wire...)
	b = append(b, `","position":"`...)
	b = append(b, events.Position{Epoch: t.hub.epoch, ID: some[len(some)-1].id}.String()...)
	b = append(b, `","events":[`...)
	for i, e := range some {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, e.wire...)
	}
	return append(b, ']', '}')
}

// frame is what the drain sends to everybody who is level.
type frame struct {
	prepared          *websocket.PreparedMessage
	prev, first, last int64 // prev: the frame before ended here; who lacks that must not get this one
}
