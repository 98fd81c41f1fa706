//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	stalled       = 20 // sockets that never read
	stalledRounds = 9
	stalledEvents = 160  // in one round: more than the line to a stalled socket holds
	stalledTarget = 1.2  // of the others' p99 without them
	smallBuffer   = 4096 // bytes: what a stalled socket takes in at most
	ethernet      = 1460 // bytes of data in a packet there: loopback's 64 KiB let the sender hold megabytes
)

// measureStalled compares the product with itself: events to 1,000 sockets that read, without and with 20 more that never
// do. Those are new in each round, so that it has the moment in which each of them stalls.
func measureStalled(n *newsroom) error {
	a, err := ours(n, listeners, 1)
	if err != nil {
		return err
	}
	defer a.close()
	var late [2][]time.Duration // p99 of each round
	var cost [2][]time.Duration
	for i := range stalledRounds + 1 {
		for with := range 2 {
			var silent []*socket
			for range with * stalled {
				s, err := n.follow(a.server, listeners/perPerson, line{receiveBuffer: smallBuffer, segment: ethernet})
				if err != nil {
					return err
				}
				silent = append(silent, s)
			}
			r, err := a.run(stalledEvents)
			if err != nil {
				return err
			}
			if err := allStall(a.server, silent); err != nil {
				return err
			}
			for _, s := range silent {
				_ = s.close() // with data unread, so that the server sees it at once
			}
			if i > 0 { // the first round warms up
				late[with] = append(late[with], quantile(r.late, 0.99))
				cost[with] = append(cost[with], r.cpu)
			}
		}
	}
	ratio := float64(median(late[1])) / float64(median(late[0]))
	fmt.Printf("one event to 1,000 sockets, from the write to the arrival at each, p99, and CPU for each delivery\n")
	for with, name := range []string{"all read", "20 more never do"} {
		fmt.Printf("  %-17s %8.2f ms  %8.2f µs\n", name, micros(median(late[with]))/1e3, micros(median(cost[with])))
	}
	fmt.Printf("  ratio             %8.2f     (target ≤ %.1f of the p99: %s)\n", ratio, stalledTarget, verdict(ratio <= stalledTarget))
	return nil
}

func quantile(all []time.Duration, q float64) time.Duration {
	slices.Sort(all)
	return all[int(q*float64(len(all)-1))]
}

// allStall makes sure that the server could not send everything to any of the sockets: its send queues (proc(5), net/tcp)
// to them are not empty.
func allStall(s *server, silent []*socket) error {
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return err
	}
	_, port, _ := strings.Cut(s.address, ":")
	serving, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	full := map[string]bool{} // by local and remote port
	for l := range strings.Lines(string(table)) {
		if f := strings.Fields(l); len(f) > 4 && !strings.HasPrefix(f[4], "00000000:") {
			full[f[1][len(f[1])-4:]+f[2][len(f[2])-4:]] = true
		}
	}
	for i, socket := range silent {
		at, err := syscall.Getsockname(socket.fd)
		if err != nil {
			return os.NewSyscallError("getsockname", err)
		}
		if !full[fmt.Sprintf("%04X%04X", serving, at.(*syscall.SockaddrInet4).Port)] {
			return fmt.Errorf("socket %d of those that never read has not stalled", i+1)
		}
	}
	return nil
}
