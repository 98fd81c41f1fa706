//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// server is a process under measurement.
type server struct {
	cmd     *exec.Cmd
	address string // host:port
}

var addressLine = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// start runs a command until it has printed its address.
func start(name string, args ...string) (*server, error) {
	s := &server{cmd: exec.Command(name, args...)}
	s.cmd.Stderr = os.Stderr
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // a measurement that fails leaves nothing behind
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for s.address == "" {
		if !lines.Scan() {
			s.stop()
			return nil, errors.Join(fmt.Errorf("%s ended before it served", name), lines.Err())
		}
		if m := addressLine.FindStringSubmatch(lines.Text()); m != nil {
			s.address = m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
	return s, nil
}

// stop ends the process; how it ends measures nothing.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// cpu is the processor time that the process has used so far, user and system, on its own clock (clock_getcpuclockid(3)).
func (s *server) cpu() (time.Duration, error) {
	const perProcess = 2 // CPUCLOCK_SCHED: to the nanosecond, where /proc has 10 ms
	var now syscall.Timespec
	clock := ^s.cmd.Process.Pid<<3 | perProcess
	if _, _, fault := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&now)), 0); fault != 0 {
		return 0, fmt.Errorf("cpu of process %d: %w", s.cmd.Process.Pid, fault)
	}
	return time.Duration(now.Nano()), nil
}

// memory is what the process has resident, in bytes, shared pages in proportion.
func (s *server) memory() (int64, error) {
	rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(rollup)) {
		if f := strings.Fields(line); f[0] == "Pss:" {
			kib, err := strconv.ParseInt(f[1], 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("smaps_rollup has no Pss")
}
