package realtime

import (
	"context"
	"time"

	"gorm.io/gorm"

	"galley/events"
)

const feedPage = 500 // events read at once where the feed must read for itself

// encoded is an event in the form in which everybody gets it, made once.
type encoded struct {
	id   int64
	wire []byte
}

// committed takes what the writer has just made durable. It runs on the writer's goroutine and must not wait.
func (h *Hub) committed(emitted []any) {
	fresh := events.Committed(emitted)
	if len(fresh) == 0 {
		return
	}
	h.handedMu.Lock()
	h.handed = append(h.handed, fresh...)
	h.handedMu.Unlock()
	poke(h.wake)
}

// start finds the head of the log: the feed begins there, older events are for those who ask for them.
func (h *Hub) start(ctx context.Context) error {
	return h.db.Read(ctx, func(tx *gorm.DB) error {
		here, err := events.Here(tx)
		if err != nil {
			return err
		}
		h.epoch = here.Epoch
		h.mu.Lock()
		h.cursor = here.ID
		h.mu.Unlock()
		close(h.ready)
		return nil
	})
}

// feed gives each event to its topic, in the order of the log. A wake-up that got lost costs at most the poll interval.
func (h *Hub) feed(ctx context.Context) {
	tick := time.NewTicker(h.o.Poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		case <-tick.C:
		}
		h.handedMu.Lock()
		handed := h.handed
		h.handed = nil
		h.handedMu.Unlock()
		if h.follows(handed) {
			h.publish(handed)
			continue
		}
		if err := h.readOn(ctx); err != nil && ctx.Err() == nil {
			h.log.Error("the feed could not read the log", "error", err)
		}
	}
}

// follows tells whether what was handed over continues the log without a gap; else it must be read.
func (h *Hub) follows(handed []*events.Event) bool {
	next := h.at() + 1
	for _, e := range handed {
		if e.ID != next {
			return false
		}
		next++
	}
	return len(handed) > 0
}

func (h *Hub) at() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cursor
}

func (h *Hub) readOn(ctx context.Context) error {
	for {
		var page []*events.Event
		err := h.db.Read(ctx, func(tx *gorm.DB) (err error) {
			page, err = events.Page(tx, nil, h.at(), feedPage)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		h.publish(page)
	}
}

// publish is the only way into the topics. The mark for lost rights is set before any later event can reach a drain.
func (h *Hub) publish(all []*events.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range all {
		if e.Recheck != events.RecheckNobody {
			h.markLocked(e.Recheck, e.Topic)
		}
		if t := h.topics[e.Topic]; t != nil {
			t.publish(h.encode(e))
		} else if of, ok := events.Forgotten(e.Topic); ok && h.topics[of] != nil {
			h.topics[of].forget()
		}
		h.cursor = e.ID
	}
	h.published.Add(int64(len(all)))
}

func (h *Hub) encode(e *events.Event) *encoded {
	return &encoded{id: e.ID, wire: e.AppendWire(make([]byte, 0, 256+len(e.Data)), h.epoch)}
}
