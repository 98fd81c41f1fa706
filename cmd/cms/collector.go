package main

import (
	"context"
	"os"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"
)

const (
	busyCycles   = 8   // garbage collections in a second: from here on they are a fifth of the server's work
	calmSeconds  = 5   // without any, before memory is given back
	usualPercent = 100 // Go's own, see debug.SetGCPercent
	busyPercent  = 400
)

// paceCollector lets the collector wait for more garbage while it would run many times a second, which a small heap makes it
// do, and gives the memory back when the server has calmed down: idle sockets should cost little. Whoever sets GOGC decides
// alone.
func paceCollector(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	defer debug.SetGCPercent(usualPercent)
	busy, calm := false, 0
	for last := collections(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := collections()
		switch ran := now - last; {
		case !busy && ran >= busyCycles:
			busy, calm = true, 0
			debug.SetGCPercent(busyPercent)
		case busy && ran > 0:
			calm = 0
		case busy:
			if calm++; calm == calmSeconds {
				busy = false
				debug.SetGCPercent(usualPercent)
				debug.FreeOSMemory()
			}
		}
		last = now
	}
}

// collections is how often the collector has run since the process began.
func collections() uint64 {
	sample := []runtimemetrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	runtimemetrics.Read(sample)
	return sample[0].Value.Uint64()
}
