//go:build linux

package main

import (
	"fmt"
	"slices"
	"time"
)

const listeners = 1000 // sockets on one project

// comparison is one way to cause events: from how many writers, how many, and what the product may cost.
type comparison struct {
	title   string
	writers int
	events  int // in one round
	rounds  int
	target  float64 // of the bare server's cost
}

// measureFanout compares one event at a time. The comment behind it, with its sign-in, its transaction at FULL and its answer,
// is in the product's cost; the bare server's has a POST.
func measureFanout(n *newsroom) error {
	return comparison{title: "one event to 1,000 sockets", writers: 1, events: 60, rounds: 9, target: 1.3}.measure(n)
}

// measureJoined compares up to 32 events under way, which both servers may join into one message.
func measureJoined(n *newsroom) error {
	return comparison{title: "32 events under way to 1,000 sockets", writers: 32, events: 960, rounds: 9, target: 3}.measure(n)
}

func (c comparison) measure(n *newsroom) error {
	o, err := ours(n, listeners, c.writers)
	if err != nil {
		return err
	}
	defer o.close()
	if _, err := o.run(1); err != nil {
		return err
	}
	sample, err := o.sample()
	if err != nil {
		return err
	}
	b, err := bare(listeners, c.writers, sample)
	if err != nil {
		return err
	}
	defer b.close()
	costs := map[*audience][]time.Duration{}
	for i := range c.rounds + 1 {
		for _, a := range []*audience{b, o} {
			r, err := a.run(c.events)
			if err != nil {
				return err
			}
			if i > 0 { // the first round warms up
				costs[a] = append(costs[a], r.cpu)
			}
		}
	}
	bareCost, ourCost := median(costs[b]), median(costs[o])
	ratio := float64(ourCost) / float64(bareCost)
	fmt.Printf("%s, CPU for each delivery\n", c.title)
	fmt.Printf("  bare    %8.2f µs\n", micros(bareCost))
	fmt.Printf("  galley  %8.2f µs\n", micros(ourCost))
	fmt.Printf("  ratio   %8.2f     (target ≤ %.1f of bare: %s)\n", ratio, c.target, verdict(ratio <= c.target))
	return nil
}

func median[T ~int64 | ~float64](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}
