//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// marker stands in each event once.
var marker = []byte(`"type":"comment.added"`)

// crowd is many sockets that are read by one goroutine.
type crowd struct {
	epoll   int
	sockets map[int32]*socket // by file descriptor
	buffer  []byte
	last    []byte // what came last and how many events are in it: a thousand sockets get the same
	inLast  int
}

func newCrowd() (*crowd, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	return &crowd{epoll: fd, sockets: map[int32]*socket{}, buffer: make([]byte, 256<<10)}, os.NewSyscallError("epoll_create", err)
}

// join opens sockets, by number, and reads them from now on.
func (c *crowd) join(from, to int, open func(i int) (*socket, error)) error {
	for i := from; i < to; i++ {
		s, err := open(i)
		if err != nil {
			return err
		}
		if err := syscall.SetNonblock(s.fd, true); err != nil {
			return err
		}
		c.sockets[int32(s.fd)] = s
		if err := syscall.EpollCtl(c.epoll, syscall.EPOLL_CTL_ADD, s.fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(s.fd)}); err != nil {
			return os.NewSyscallError("epoll_ctl", err)
		}
	}
	return nil
}

func (c *crowd) close() {
	for _, s := range c.sockets {
		_ = s.close()
	}
	_ = syscall.Close(c.epoll)
}

// begin forgets what was counted before.
func (c *crowd) begin() {
	for _, s := range c.sockets {
		s.events = 0
	}
}

// read waits up to a moment for something to come and tells of each arrival how many events it brought.
func (c *crowd) read(arrived func(events int)) error {
	const moment = 20 // ms
	var ready [256]syscall.EpollEvent
	n, err := syscall.EpollWait(c.epoll, ready[:], moment)
	if err != nil && !errors.Is(err, syscall.EINTR) {
		return os.NewSyscallError("epoll_wait", err)
	}
	for _, r := range ready[:max(n, 0)] {
		s := c.sockets[r.Fd]
		n, err := syscall.Read(s.fd, c.buffer)
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("a socket was lost: %w", err)
		}
		events, err := c.take(s, c.buffer[:n])
		if err != nil {
			return err
		}
		if events > 0 {
			s.events += events
			arrived(events)
		}
	}
	return nil
}

// take goes through the frames that are whole, answers pings and counts events.
func (c *crowd) take(s *socket, b []byte) (events int, err error) {
	if len(s.rest) > 0 {
		b = append(s.rest, b...)
	}
	for {
		op, payload, rest, whole := cutFrame(b)
		if !whole {
			break
		}
		b = rest
		switch op {
		case opText:
			events += c.count(payload)
		case opPing:
			err = s.send(opPong, payload)
		default:
			err = fmt.Errorf("a frame %#x came: %q", op, payload)
		}
		if err != nil {
			return events, err
		}
	}
	s.rest = append(s.rest[:0], b...)
	return events, nil
}

func (c *crowd) count(payload []byte) int {
	if !bytes.Equal(payload, c.last) {
		c.last = append(c.last[:0], payload...)
		c.inLast = bytes.Count(payload, marker)
	}
	return c.inLast
}

// allHave tells whether every socket got exactly so many events since begin.
func (c *crowd) allHave(events int) error {
	for _, s := range c.sockets {
		if s.events != events {
			return fmt.Errorf("a socket got %d of %d events", s.events, events)
		}
	}
	return nil
}
