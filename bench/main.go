//go:build linux

// Command bench measures the product against a bare server: net/http, mattn and gorilla with nothing around them, no
// sign-in, no validation. Both run in turn, each in a process of its own, and both absolute figures are printed beside their
// ratio: on a shared machine only the ratio means something. A bare server must never use a package of ours.
//
//	go run ./bench            everything
//	go run ./bench writes     one measurement
package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// measurement is one thing to compare, by name.
type measurement struct {
	name   string
	people int // who must be signed in
	run    func(n *newsroom) error
}

var measurements = []measurement{
	{"writes", 2, measureWrites},
	{"fanout", listeners / perPerson, measureFanout},
	{"joined", listeners / perPerson, measureJoined},
	{"stalled", (listeners + stalled) / perPerson, measureStalled},
	{"memory", (early + idle) / perPerson, measureMemory},
}

func main() {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case bareWritesArg:
			exit(serveBareWrites(os.Args[2]))
		case bareSocketsArg:
			exit(serveBareSockets())
		}
	}
	exit(measure(os.Args[1:]))
}

// measure runs the named measurements, all where none is named.
func measure(names []string) error {
	var wanted []measurement
	var known []string
	people := 0
	for _, m := range measurements {
		known = append(known, m.name)
		if len(names) == 0 || names[0] == m.name {
			wanted = append(wanted, m)
			people = max(people, m.people)
		}
	}
	if len(wanted) == 0 || len(names) > 1 {
		return fmt.Errorf("name one of %s, or none for all", strings.Join(known, ", "))
	}
	if err := raiseFileLimit(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "galley-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	n, err := newNewsroom(dir, people)
	if err != nil {
		return err
	}
	for _, m := range wanted {
		if err := m.run(n); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// raiseFileLimit lets this process and the servers that it starts have as many sockets as the system allows.
func raiseFileLimit() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}
