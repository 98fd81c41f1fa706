package realtime

import (
	"context"
	"time"

	"gorm.io/gorm"

	"galley/errs"
	"galley/events"
)

const (
	maxReplay      = 1000    // events that one resume gives; more means resync
	maxReplayBytes = 1 << 20 // likewise, of their data
	commandLimit   = 10 * time.Second
)

// entry is one topic on its way in.
type entry struct {
	asked  string // as the browser names it
	sub    *subscription
	from   *events.Position
	lost   bool // may not be followed
	resync bool
}

// subscribe joins the topics first, so that every later loss of rights finds them, then asks on one snapshot whether they
// may be followed and from where, and only then lets the events flow.
func (c *conn) subscribe(cmd command) error {
	if len(c.subscriptions())+len(cmd.Follow) > maxTopics {
		return errs.New(errs.Invalid, "At most %d topics on one connection.", maxTopics)
	}
	var entries []*entry
	for name, from := range cmd.Follow {
		e := &entry{asked: name, from: from}
		entries = append(entries, e)
		logName := c.logName(name)
		if logName == "" {
			e.lost = true
			continue
		}
		if old := c.subscription(logName); old != nil { // subscribed again: from the new position
			c.hub.leave(old)
		}
		e.sub = c.hub.join(c, logName)
	}
	if err := c.authorise(entries); err != nil {
		for _, e := range entries {
			if e.sub != nil {
				c.hub.leave(e.sub)
			}
		}
		return err
	}
	c.letIn(cmd.ID, entries)
	return nil
}

// authorise fills in what the log and the rights say of each entry, on one snapshot.
func (c *conn) authorise(entries []*entry) error {
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	return c.hub.db.Read(ctx, func(tx *gorm.DB) error {
		head, err := events.Here(tx)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.lost {
				continue
			}
			switch err := c.hub.mayHear(tx, c.actor, e.sub.topic.name); errs.CodeOf(err) {
			case "":
			case errs.NotFound:
				e.lost = true
				continue
			default:
				c.endFor(err)
				return err
			}
			if e.from == nil {
				e.sub.cursor = head.ID
				continue
			}
			if e.resync, err = mustResync(tx, e.sub.topic.name, *e.from, head); err != nil {
				return err
			}
			e.sub.cursor = e.from.ID
			if e.resync {
				e.sub.cursor = head.ID
			}
		}
		return nil
	})
}

// mustResync tells whether a browser that stands at the position has to reload instead of catching up.
func mustResync(tx *gorm.DB, topic string, from, head events.Position) (bool, error) {
	if from.Epoch != head.Epoch || from.ID > head.ID {
		return true, nil
	}
	if from.ID == head.ID {
		return false, nil
	}
	if gap, err := events.Gap(tx, topic, from.ID); gap || err != nil {
		return gap, err
	}
	n, size, err := events.Behind(tx, topic, from.ID, maxReplay+1)
	return n > maxReplay || size > maxReplayBytes, err
}

// letIn answers the browser and opens the topics. A mark set since the snapshot keeps everything back until the next check.
func (c *conn) letIn(id int64, entries []*entry) {
	answer := subscribedMessage{Type: "subscribed", ID: id, Topics: map[string]recovered{}}
	for _, e := range entries {
		if e.lost {
			if e.sub != nil {
				c.hub.leave(e.sub)
			}
			c.send(unsubscribedMessage{Type: "unsubscribed", ID: id, Topic: e.asked, Code: errs.NotFound})
			continue
		}
		answer.Topics[e.asked] = recovered{Recovered: !e.resync}
	}
	if len(answer.Topics) > 0 {
		c.send(answer)
	}
	for _, e := range entries {
		if e.lost {
			continue
		}
		if e.resync {
			c.send(resyncMessage{Type: "resync", Topic: e.asked, Position: events.Position{Epoch: c.hub.epoch, ID: e.sub.cursor}.String()})
		}
		e.sub.letIn()
	}
	c.wantCatchUp()
}

func (s *subscription) letIn() {
	s.topic.mu.Lock()
	_, still := s.topic.subs[s]
	s.in.Store(still)
	s.topic.mu.Unlock()
}

func (s *subscription) isIn() bool { return s.in.Load() }

// endFor closes the connection when err says that its person may hear nothing any more.
func (c *conn) endFor(err error) {
	switch errs.CodeOf(err) {
	case errs.Unauthenticated:
		c.hub.owned.Go(func() { c.close(closeSessionEnded, "the session has ended") })
	case errs.Forbidden:
		c.hub.owned.Go(func() { c.close(closeDisabled, "the account is disabled") })
	}
}
