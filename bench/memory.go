//go:build linux

package main

import (
	"fmt"
	"os"
	"time"
)

const (
	idle         = 2000             // sockets
	early        = 100              // sockets before those, so that what a server takes once is not counted
	listening    = 35 * time.Second // so that each has had a heartbeat and a ping
	memoryTarget = 12               // KiB for each socket
)

// measureMemory compares what sockets cost that follow what a browser does and hear nothing: how much the resident memory of
// the server has grown by them, with what its garbage collector left lying about.
func measureMemory(n *newsroom) error {
	o, err := n.serve()
	if err != nil {
		return err
	}
	defer o.stop()
	b, err := start(os.Args[0], bareSocketsArg)
	if err != nil {
		return err
	}
	defer b.stop()
	all, err := newCrowd()
	if err != nil {
		return err
	}
	defer all.close()
	servers := []*server{b, o}
	open := []func(i int) (*socket, error){
		func(int) (*socket, error) { return openBare(b) },
		func(i int) (*socket, error) { return n.follow(o, i/perPerson, line{}) },
	}
	var before [2]int64
	for i, s := range servers {
		if err := all.join(0, early, open[i]); err != nil {
			return err
		}
		if before[i], err = s.memory(); err != nil {
			return err
		}
		if err := all.join(early, early+idle, open[i]); err != nil {
			return err
		}
	}
	for end := time.Now().Add(listening); time.Now().Before(end); {
		if err := all.read(func(int) {}); err != nil {
			return err
		}
	}
	var each [2]float64
	for i, s := range servers {
		after, err := s.memory()
		if err != nil {
			return err
		}
		each[i] = float64(after-before[i]) / idle / 1024
	}
	fmt.Printf("resident memory for each of %d idle sockets, subscribed\n", idle)
	fmt.Printf("  bare    %8.1f KiB\n", each[0])
	fmt.Printf("  galley  %8.1f KiB\n", each[1])
	fmt.Printf("  ratio   %8.2f     (target ≤ %d KiB: %s)\n", each[1]/each[0], memoryTarget, verdict(each[1] <= memoryTarget))
	return nil
}
