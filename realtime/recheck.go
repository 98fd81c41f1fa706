package realtime

import (
	"context"

	"gorm.io/gorm"

	"galley/errs"
	"galley/events"
)

// recheckBatch is how many connections are checked on one snapshot.
const recheckBatch = 200

// verdict is what a check found for one connection.
type verdict struct {
	conn *conn
	gen  int64 // the marks that it answers
	end  error // the person may hear nothing any more
	lost []*subscription
}

// recheckLoop lets marked connections in again through the authorised door, or takes from them what they lost.
func (h *Hub) recheckLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.marked:
		}
		var batch []*conn
		for _, c := range h.connections() {
			if c.isMarked() && !c.closing.Load() {
				batch = append(batch, c)
			}
		}
		for len(batch) > 0 && ctx.Err() == nil {
			n := min(len(batch), recheckBatch)
			h.recheck(ctx, batch[:n])
			batch = batch[n:]
		}
	}
}

func (h *Hub) recheck(ctx context.Context, batch []*conn) {
	verdicts := make([]verdict, 0, len(batch))
	for _, c := range batch {
		verdicts = append(verdicts, verdict{conn: c, gen: c.marks.Load()}) // before the snapshot: later marks stay
	}
	err := h.db.Read(ctx, func(tx *gorm.DB) error {
		for i := range verdicts {
			if err := h.judge(tx, &verdicts[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		if ctx.Err() == nil {
			h.log.Error("rights could not be checked", "error", err)
			poke(h.marked) // they get nothing meanwhile
		}
		return
	}
	for _, v := range verdicts {
		h.execute(v)
	}
}

func (h *Hub) judge(tx *gorm.DB, v *verdict) error {
	a := v.conn.actor
	switch err := h.mayHear(tx, a, events.User(a.UserID)); errs.CodeOf(err) { // whoever follows nothing has a session that may end, too
	case errs.Unauthenticated, errs.Forbidden:
		v.end = err
		return nil
	}
	for _, s := range v.conn.subscriptions() {
		switch err := h.mayHear(tx, v.conn.actor, s.topic.name); errs.CodeOf(err) {
		case "":
		case errs.NotFound:
			v.lost = append(v.lost, s)
		case errs.Unauthenticated, errs.Forbidden:
			v.end = err
			return nil
		default:
			return err
		}
	}
	return nil
}

func (h *Hub) execute(v verdict) {
	c := v.conn
	if v.end != nil {
		c.endFor(v.end)
		return
	}
	for _, s := range v.lost {
		h.leave(s)
	}
	c.cleared.Store(v.gen)
	if len(v.lost) == 0 {
		c.wantCatchUp()
		return
	}
	h.owned.Go(func() { // a slow socket must not hold up everybody's rights
		for _, s := range v.lost {
			c.send(unsubscribedMessage{Type: "unsubscribed", Topic: s.topic.wire, Code: errs.NotFound})
		}
		c.wantCatchUp()
	})
}
