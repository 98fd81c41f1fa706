package main

import (
	"context"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

// TestPaceCollector makes the collector busy and then calm, and looks which share of garbage is allowed.
func TestPaceCollector(t *testing.T) {
	t.Setenv("GOGC", "")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go paceCollector(ctx)
		defer func() { cancel(); synctest.Wait() }()
		pass := func(seconds, collectionsEach int) {
			for range seconds {
				time.Sleep(time.Second / 2)
				for range collectionsEach {
					debug.FreeOSMemory() // collects once
				}
				time.Sleep(time.Second / 2)
				synctest.Wait()
			}
		}
		allowed := func() int {
			percent := debug.SetGCPercent(usualPercent)
			debug.SetGCPercent(percent)
			return percent
		}
		pass(2, 2)
		if got := allowed(); got != usualPercent {
			t.Errorf("with few collections %d %% of garbage are allowed, want %d", got, usualPercent)
		}
		pass(1, busyCycles)
		if got := allowed(); got != busyPercent {
			t.Errorf("with many collections %d %% of garbage are allowed, want %d", got, busyPercent)
		}
		pass(calmSeconds+2, 0)
		if got := allowed(); got != usualPercent {
			t.Errorf("after %d calm seconds %d %% of garbage are allowed, want %d", calmSeconds, got, usualPercent)
		}
	})
}
