package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"gorm.io/gorm"

	"galley/errs"
	"galley/store"
)

const (
	probeFresh = time.Second     // how long an answer about the database holds: whoever asks more often costs nothing
	probeWait  = 2 * time.Second // for the database: supervisors do not wait long themselves
)

// probes adds what a supervisor asks: healthz, does the process answer; readyz, should it get requests.
func (a *App) probes(e *echo.Echo) {
	type status struct {
		Status string `json:"status"`
	}
	e.GET("/healthz", func(c echo.Context) error { return c.JSON(http.StatusOK, status{"ok"}) })
	e.GET("/readyz", func(c echo.Context) error {
		if in := a.inTheWay(c.Request().Context()); len(in) > 0 {
			return &errs.Error{Code: errs.Unavailable, Message: "Galley cannot take requests now.", Fields: in}
		}
		return c.JSON(http.StatusOK, status{"ok"})
	})
}

// inTheWay is what keeps Galley from taking requests, by what it is about.
func (a *App) inTheWay(ctx context.Context) errs.Fields {
	var in errs.Fields
	select {
	case <-a.stopping:
		in.Add("process", "Galley is stopping.")
	default:
	}
	if err := a.writes.ask(ctx, a.tryWriting); err != nil {
		in.Add("database", "The database takes no changes.")
	}
	switch pending, err := a.db.Pending(ctx); {
	case err != nil:
		in.Add("database", "The database cannot be read.")
	case len(pending) > 0:
		in.Add("migrations", "The database lacks %s. Start Galley again.", strings.Join(pending, ", "))
	}
	return in
}

// tryWriting changes something and changes it back, durably: a locked database, a full disk and a lost one show in no other
// way. What is the same before and after one statement would not be written at all.
func (a *App) tryWriting() error {
	return a.db.Write(context.Background(), func(tx *gorm.DB) error {
		for _, step := range []int{1, -1} {
			if err := tx.Exec(`UPDATE event_log SET floor = floor + ?`, step).Error; err != nil {
				return store.Fault(err, "event log")
			}
		}
		return nil
	})
}

// trial asks a question that may take long, one at a time, and remembers the answer for a moment.
type trial struct {
	mu    sync.Mutex
	under chan struct{} // closed when the one under way ends; nil while there is none
	at    time.Time     // of the last answer
	err   error         // the last answer
	owned sync.WaitGroup
}

var errNoAnswer = errors.New("no answer in time")

// ask is the answer of try, or of one that was given just now. It does not wait for long; try goes on then.
func (t *trial) ask(ctx context.Context, try func() error) error {
	t.mu.Lock()
	if t.under == nil && time.Since(t.at) < probeFresh {
		defer t.mu.Unlock()
		return t.err
	}
	if t.under == nil {
		t.under = make(chan struct{})
		t.owned.Go(func() { t.answer(try()) })
	}
	under := t.under
	t.mu.Unlock()
	patience := time.NewTimer(probeWait)
	defer patience.Stop()
	select {
	case <-under:
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.err
	case <-patience.C:
		return errNoAnswer
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *trial) answer(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err, t.at = err, time.Now()
	close(t.under)
	t.under = nil
}
