package realtime

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

const (
	handOver     = 5 * time.Millisecond // how long one write may hold up the others of its frame
	handOverNext = time.Millisecond     // and every further one: where one line is full there may be many
)

// drain sends what waits to everybody who is level, all waiting events joined into one frame, until nothing waits.
func (t *topic) drain() {
	for {
		f, level := t.next()
		if f == nil {
			return
		}
		p := &pass{topic: t, frame: f, to: level, patience: handOver, done: make(chan struct{})}
		p.watchdog = time.AfterFunc(time.Hour, p.watch)
		p.watchdog.Reset(handOver)
		t.hub.owned.Go(func() { p.run(0) })
		<-p.done
		p.watchdog.Stop()
	}
}

// next makes the next frame, once for everybody, and names who is level. nil when nothing waits.
func (t *topic) next() (*frame, []*subscription) {
	t.mu.Lock()
	waiting := oneFrame(t.after(t.drained))
	if len(waiting) == 0 {
		t.draining = false
		t.mu.Unlock()
		return nil, nil
	}
	f := &frame{prev: t.drained, first: waiting[0].id, last: waiting[len(waiting)-1].id, began: time.Now().UnixMilli()}
	if f.prev < t.floor { // the ring ran over while the drain was busy: nobody who is level can take this frame
		f.prev = t.floor
	}
	t.drained = f.last
	level := make([]*subscription, 0, len(t.subs))
	for s := range t.subs {
		if s.level {
			level = append(level, s)
		}
	}
	t.mu.Unlock()
	if len(level) == 0 {
		return f, nil
	}
	prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, t.message(waiting))
	if err != nil {
		t.hub.log.Error("a frame could not be made", "topic", t.name, "error", err)
		return f, nil
	}
	f.prepared = prepared
	return f, level
}

// pass is one frame on its way to everybody who is level. One goroutine writes at a time; one that is held up by a slow
// socket is left alone with it, and another goes on.
type pass struct {
	topic    *topic
	frame    *frame
	to       []*subscription
	turn     atomic.Int64 // index of the next subscription
	runner   atomic.Int64 // number of the goroutine whose turn it is
	seen     int64        // what watch saw of turn
	patience time.Duration
	watchdog *time.Timer
	finish   sync.Once
	done     chan struct{}
}

// run writes until everybody had the frame or another goroutine has taken over.
func (p *pass) run(me int64) {
	for {
		i := p.turn.Add(1) - 1
		if i >= int64(len(p.to)) {
			p.finish.Do(func() { close(p.done) })
			return
		}
		p.to[i].take(p.frame)
		if p.runner.Load() != me {
			return
		}
	}
}

// watch looks every few milliseconds whether the pass goes on, and lets another goroutine go on where it does not.
func (p *pass) watch() {
	turn := p.turn.Load()
	if turn > int64(len(p.to)) {
		return // everybody had the frame
	}
	if turn == p.seen {
		me := p.runner.Add(1)
		p.topic.hub.owned.Go(func() { p.run(me) })
		p.patience = handOverNext
	}
	p.seen = turn
	p.watchdog.Reset(p.patience)
}

// take writes the frame to one subscription when it is the next thing that the browser lacks; else the subscription falls
// behind and catches up by itself.
func (s *subscription) take(f *frame) {
	c := s.conn
	if !c.isMarked() && c.writing.TryLock() {
		switch {
		case s.cursor >= f.last:
			c.writing.Unlock()
			return
		case s.cursor >= f.prev && s.cursor < f.first && !c.isMarked() && s.isIn(): // in this order: who lost the right leaves before the mark goes
			c.busyAt.Store(f.began)
			err := c.ws.WritePreparedMessage(f.prepared)
			c.ended()
			if err == nil {
				s.cursor = f.last
			}
			c.writing.Unlock()
			if err != nil {
				c.cut()
			}
			return
		}
		c.writing.Unlock()
	}
	s.fallBehind()
}

func (s *subscription) fallBehind() {
	s.topic.mu.Lock()
	s.level = false
	s.topic.mu.Unlock()
	s.conn.wantCatchUp()
}
