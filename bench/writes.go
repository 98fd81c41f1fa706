//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

const (
	writers      = 16
	writeRounds  = 5
	writeFor     = 3 * time.Second
	writesTarget = 0.4 // of the bare server's throughput
)

// measureWrites compares comments with a notification and an event, durable at synchronous=FULL, from 16 writers.
func measureWrites(n *newsroom) error {
	b, err := start(os.Args[0], bareWritesArg, filepath.Join(n.dir, "bare.db"))
	if err != nil {
		return err
	}
	defer b.stop()
	o, err := n.serve()
	if err != nil {
		return err
	}
	defer o.stop()
	thread, err := create(o, n.commentsPath(), n.cookies[0], `{"body":"A thread to answer."}`)
	if err != nil {
		return err
	}
	// The second person answers, so that each answer notifies the first.
	body := fmt.Sprintf(`{"body":"Remark on the fares table.","parent_id":%d}`, thread)
	var rates [2][]float64
	var costs [2][]time.Duration
	for range writeRounds {
		for i, of := range []func() (*poster, error){
			func() (*poster, error) { return newPoster(b.address, "/comments", "") },
			func() (*poster, error) { return newPoster(o.address, n.commentsPath(), n.cookies[1]) },
		} {
			rate, cost, err := load([]*server{b, o}[i], of, body)
			if err != nil {
				return err
			}
			rates[i], costs[i] = append(rates[i], rate), append(costs[i], cost)
		}
	}
	ratio := median(rates[1]) / median(rates[0])
	fmt.Printf("comment + notification + event over HTTP, FULL, %d writers\n", writers)
	fmt.Printf("  bare    %8.0f /s  %6.1f µs CPU each\n", median(rates[0]), micros(median(costs[0])))
	fmt.Printf("  galley  %8.0f /s  %6.1f µs CPU each\n", median(rates[1]), micros(median(costs[1])))
	fmt.Printf("  ratio   %8.2f     (target ≥ %.1f of the bare throughput: %s)\n", ratio, writesTarget, verdict(ratio >= writesTarget))
	return nil
}

// load posts from all writers for a while and returns how many were written in a second and what one cost the server.
func load(s *server, hire func() (*poster, error), body string) (perSecond float64, cpu time.Duration, err error) {
	before, err := s.cpu()
	if err != nil {
		return 0, 0, err
	}
	var written atomic.Int64
	faults := make(chan error, writers)
	began := time.Now()
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			p, err := hire()
			if err != nil {
				faults <- err
				return
			}
			defer p.close()
			for time.Since(began) < writeFor {
				if err := p.post(body); err != nil {
					faults <- err
					return
				}
				written.Add(1)
			}
		})
	}
	wg.Wait()
	select {
	case err := <-faults:
		return 0, 0, err
	default:
	}
	after, err := s.cpu()
	n := max(written.Load(), 1)
	return float64(n) / time.Since(began).Seconds(), (after - before) / time.Duration(n), err
}
