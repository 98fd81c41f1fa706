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
)

// server is a process under measurement.
type server struct {
	cmd     *exec.Cmd
	address string // host:port
	printed []string
}

var addressLine = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// start runs a command until it has printed its address; more lines are kept as long as wantMore says so.
func start(wantMore func(printed []string) bool, name string, args ...string) (*server, error) {
	s := &server{cmd: exec.Command(name, args...)}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for s.address == "" || wantMore != nil && wantMore(s.printed) {
		if !lines.Scan() {
			return nil, errors.Join(fmt.Errorf("%s ended before it served", name), lines.Err(), s.stop())
		}
		s.printed = append(s.printed, lines.Text())
		if m := addressLine.FindStringSubmatch(lines.Text()); m != nil && s.address == "" {
			s.address = m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
	return s, nil
}

func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := s.cmd.Wait()
	var exited *exec.ExitError
	if errors.As(err, &exited) {
		return nil // it was told to
	}
	return err
}

// cpu is the processor time that the process has used so far, user and system.
func (s *server) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// proc(5): after the name in parentheses, utime and stime are the 12th and 13th field, in ticks of 1/100 s.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}
