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
)

// measurement is one thing to compare, by name.
type measurement struct {
	name string
	run  func() error
}

func main() {
	measurements := []measurement{
		{"writes", measureWrites},
	}
	if len(os.Args) > 1 && os.Args[1] == bareWritesArg {
		exit(serveBareWrites(os.Args[2]))
	}
	wanted := map[string]bool{}
	for _, name := range os.Args[1:] {
		wanted[name] = true
	}
	for _, m := range measurements {
		if len(wanted) > 0 && !wanted[m.name] {
			continue
		}
		if err := m.run(); err != nil {
			exit(fmt.Errorf("%s: %w", m.name, err))
		}
	}
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}
