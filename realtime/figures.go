package realtime

import (
	"context"

	"gorm.io/gorm"

	"galley/events"
)

// Figures are what an operator watches. Lag is the one to look at: while it stays, browsers hear nothing new.
type Figures struct {
	Sockets    int
	Topics     int
	Published  int64 // events given to the topics since the start
	Resumed    int64 // events sent to those who were away or behind
	SlowClosed int64 // sockets closed since their browser did not read
	Lag        int64 // how far the feed is behind the log, in ids
}

// Figures are those of now.
func (h *Hub) Figures(ctx context.Context) (Figures, error) {
	f := Figures{Published: h.published.Load(), Resumed: h.resumed.Load(), SlowClosed: h.slowClosed.Load()}
	h.mu.Lock()
	f.Sockets, f.Topics = len(h.conns), len(h.topics)
	h.mu.Unlock()
	err := h.db.Read(ctx, func(tx *gorm.DB) error {
		head, err := events.Here(tx)
		f.Lag = max(0, head.ID-h.at()) // the feed may be ahead of this snapshot
		return err
	})
	return f, err
}
