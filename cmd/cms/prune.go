package main

import (
	"context"
	"time"

	"gorm.io/gorm"

	"galley/events"
)

// pruneEvery is how often what has had its time is removed.
const pruneEvery = time.Hour

// prune removes old events and audit entries, and sessions that have run out, now and every hour, until ctx ends.
func (a *App) prune(ctx context.Context) {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		if err := a.pruneOnce(ctx, time.Now()); err != nil && ctx.Err() == nil {
			a.log.Error("pruning failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) pruneOnce(ctx context.Context, now time.Time) error {
	for gone := int64(1); gone > 0; { // in batches: other writes go in between
		err := a.db.Write(ctx, func(tx *gorm.DB) (err error) {
			gone, err = events.Prune(tx, now.UTC().Add(-a.c.KeepEvents))
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := a.audit.Prune(ctx); err != nil {
		return err
	}
	return a.users.Prune(ctx)
}
