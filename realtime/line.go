package realtime

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// line is a connection on which no write ever waits: what the system does not take at once is kept, in order, until Flush.
// Whoever serves many lines loses no time at one that is full.
type line struct {
	net.Conn // not as the *net.TCPConn that it is: net.Buffers would find a way around Write
	tcp      *net.TCPConn
	raw      syscall.RawConn
	push     func(fd uintptr) bool // offer, once

	mu    sync.Mutex
	rest  []byte       // not taken yet
	fault error        // of the last offer
	since atomic.Int64 // how long something has been kept without any of it being taken: Unix ms, 0 while nothing is kept
}

func newLine(tcp *net.TCPConn) (*line, error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	l := &line{Conn: tcp, tcp: tcp, raw: raw}
	l.push = func(fd uintptr) bool {
		l.offer(int(fd))
		return true
	}
	return l, nil
}

// offer gives the system as much as it takes now; the caller holds l.mu.
func (l *line) offer(fd int) {
	for len(l.rest) > 0 {
		n, err := syscall.Write(fd, l.rest)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			return
		case err != nil:
			l.fault = err
			return
		}
		l.rest = l.rest[n:]
		if l.since.Load() != 0 {
			l.since.Store(time.Now().UnixMilli())
		}
	}
	l.rest = nil
	l.since.Store(0)
}

// Write sends b, or keeps what does not go out at once. The error is one of the connection.
func (l *line) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 { // somebody is in Flush, or will be
		l.rest = append(l.rest, b...)
		return len(b), nil
	}
	l.rest = b
	err := l.raw.Write(l.push)
	if err == nil {
		err = l.fault
	}
	if len(l.rest) == 0 {
		return len(b), err
	}
	l.rest = append([]byte(nil), l.rest...) // b is the caller's
	l.since.Store(time.Now().UnixMilli())
	return len(b), err
}

// Flush waits until nothing is kept any more, or the connection has ended. One at a time: it holds the descriptor while it
// asks for l.mu, the other way round than Write does, which is safe only as long as nobody else empties what is kept.
func (l *line) Flush() error {
	if l.isClear() {
		return nil
	}
	var fault error
	err := l.raw.Write(func(fd uintptr) bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.offer(int(fd))
		fault = l.fault
		return fault != nil || len(l.rest) == 0
	})
	if err != nil {
		return err
	}
	return fault
}

// isClear tells whether everything has gone out.
func (l *line) isClear() bool { return l.since.Load() == 0 }

// stalledFor is how long the line has been taking nothing of what is kept.
func (l *line) stalledFor(now time.Time) time.Duration {
	since := l.since.Load()
	if since == 0 {
		return 0
	}
	return now.Sub(time.UnixMilli(since))
}

// SetWriteDeadline does nothing: no write waits, and Flush ends with the connection.
func (l *line) SetWriteDeadline(time.Time) error { return nil }

// onLine is a response whose connection, taken over, is a line.
type onLine struct {
	http.ResponseWriter
	line *line // once it was taken over
}

// Hijack takes the connection over from the HTTP server.
func (w *onLine) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	nc, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return nil, nil, errors.Join(fmt.Errorf("a socket over %T instead of TCP", nc), nc.Close())
	}
	if w.line, err = newLine(tcp); err != nil {
		return nil, nil, errors.Join(err, nc.Close())
	}
	return w.line, rw, nil
}
