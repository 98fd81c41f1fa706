package realtime

import (
	"context"

	"gorm.io/gorm"

	"galley/errs"
	"galley/events"
)

// wantCatchUp sees to it that a goroutine brings the connection level, or looks once more if one is at it.
func (c *conn) wantCatchUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.catching {
		c.again = true
		return
	}
	c.catching = true
	c.hub.owned.Go(c.catchUp)
}

// catchUp works until the line keeps nothing and every topic of the connection is level. It stops at a mark: who checks the
// rights starts it again.
func (c *conn) catchUp() {
	for {
		c.writing.Lock()
		c.went(c.line.Flush())
		c.writing.Unlock()
		for _, s := range c.subscriptions() {
			for s.step() {
			}
		}
		c.mu.Lock()
		if !c.again {
			c.catching = false
			c.mu.Unlock()
			return
		}
		c.again = false
		c.mu.Unlock()
	}
}

// step sends the next frame that the subscription lacks, and tells whether there may be more.
func (s *subscription) step() bool {
	c := s.conn
	s.topic.fill.Do(s.topic.prefill)
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.isMarked() || !s.isIn() {
		return false
	}
	some, level, inRing := s.topic.since(s, s.cursor)
	if level {
		return false
	}
	if !inRing {
		var reload *events.Position
		var ok bool
		if some, reload, ok = s.fromLog(); reload != nil {
			s.cursor = reload.ID
			return c.sendLocked(resyncMessage{Type: "resync", Topic: s.topic.wire, Position: reload.String()})
		}
		if !ok || len(some) == 0 {
			return false
		}
	} else if c.isMarked() || !s.isIn() { // marked before anything later came into the ring; gone if that was answered already
		return false
	}
	if !c.write(s.topic.message(some)) {
		return false
	}
	s.cursor = some[len(some)-1].id
	c.hub.resumed.Add(int64(len(some)))
	return true
}

// fromLog reads the next page of the log for somebody whom the ring cannot help, asking on the same snapshot whether they
// may still hear it. reload is where to go on from when the log has forgotten what they lack.
func (s *subscription) fromLog() (page []*encoded, reload *events.Position, ok bool) {
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	c, h := s.conn, s.conn.hub
	err := h.db.Read(ctx, func(tx *gorm.DB) error {
		if err := h.mayHear(tx, c.actor, s.topic.name); err != nil {
			return err
		}
		gap, err := events.Gap(tx, s.topic.name, s.cursor)
		if err != nil {
			return err
		}
		if gap {
			here, err := events.Here(tx)
			reload = &here
			return err
		}
		all, err := events.Page(tx, []string{s.topic.name}, s.cursor, ringSize)
		for _, e := range all {
			page = append(page, h.encode(e))
		}
		return err
	})
	switch errs.CodeOf(err) {
	case "":
		return oneFrame(page), reload, true
	case errs.NotFound:
		c.mark() // the event that says so is on its way; until it is here, nothing more goes out
		poke(h.marked)
	case errs.Unauthenticated, errs.Forbidden:
		c.endFor(err)
	default:
		h.log.Error("a browser could not catch up", "actor", c.actor.UserID, "error", err)
		c.cut() // it comes back and resumes
	}
	return nil, nil, false
}

// prefill puts the topic's latest events into its ring, once: when many browsers return at the same time, one read serves
// all of them.
func (t *topic) prefill() {
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	t.mu.Lock()
	asked := t.floor
	t.mu.Unlock()
	var older []*encoded
	var logFloor int64
	err := t.hub.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if logFloor, err = events.Floor(tx, t.name); err != nil {
			return err
		}
		latest, err := events.Latest(tx, t.name, logFloor, asked+1, ringSize)
		for _, e := range latest {
			older = append(older, t.hub.encode(e))
		}
		return err
	})
	if err != nil {
		t.hub.log.Error("a topic could not be filled from the log", "topic", t.name, "error", err)
		return // the ring stays short; who needs more reads the log
	}
	t.prepend(asked, older, logFloor, len(older) < ringSize)
}
