package realtime

import "github.com/gorilla/websocket"

// drain sends what waits to everybody who is level, all waiting events joined into one frame, until nothing waits. It waits
// for nobody: whose line is full falls behind.
func (t *topic) drain() {
	for f, level := t.next(); f != nil; f, level = t.next() {
		for _, s := range level {
			s.take(f)
		}
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
	f := &frame{prev: t.drained, first: waiting[0].id, last: waiting[len(waiting)-1].id}
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

// take writes the frame to one subscription when it is the next thing that the browser lacks and the line is clear; else,
// and when the line keeps a part of it, the subscription falls behind and catches up by itself.
func (s *subscription) take(f *frame) {
	c := s.conn
	if !c.isMarked() && c.writing.TryLock() {
		level := s.cursor >= f.last
		if s.cursor >= f.prev && s.cursor < f.first && c.line.isClear() && !c.isMarked() && s.isIn() { // in this order: who lost the right leaves before the mark goes
			if c.went(c.ws.WritePreparedMessage(f.prepared)) {
				s.cursor = f.last
			}
			level = c.line.isClear()
		}
		c.writing.Unlock()
		if level {
			return
		}
	}
	s.fallBehind()
}

func (s *subscription) fallBehind() {
	s.topic.mu.Lock()
	s.level = false
	s.topic.mu.Unlock()
	s.conn.wantCatchUp()
}
