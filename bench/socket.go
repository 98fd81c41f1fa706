//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// socket is a WebSocket as cheap as it gets on this side of the line: a file descriptor and what is left of a frame. Two
// cores carry a thousand of these and the server that is measured.
type socket struct {
	fd     int
	rest   []byte // the beginning of a frame whose end has not come yet
	events int    // in this round
}

// Opcodes of RFC 6455, section 5.2, each with the bit that says that the frame is whole.
const (
	opText  = 0x81
	opClose = 0x88
	opPing  = 0x89
	opPong  = 0x8A
)

const socketTimeout = 20 * time.Second // for opening one

// line says how a socket's own end is set up; the zero value leaves that to the system.
type line struct {
	receiveBuffer int // bytes
	segment       int // bytes of data in a packet: loopback has 64 KiB, an Ethernet 1,460
}

// openSocket connects and upgrades, signed in by the cookie where there is one. What follows is read in blocking calls.
func openSocket(address, path, cookie string, l line) (*socket, error) {
	at, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		return nil, err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	s := &socket{fd: fd}
	if err := s.upgrade(at, path, cookie, l); err != nil {
		return nil, errors.Join(fmt.Errorf("open a socket at %s: %w", path, err), s.close())
	}
	return s, nil
}

func (s *socket) upgrade(at *net.TCPAddr, path, cookie string, l line) error {
	timeout := syscall.NsecToTimeval(socketTimeout.Nanoseconds())
	if err := syscall.SetsockoptTimeval(s.fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &timeout); err != nil {
		return err
	}
	for _, set := range []struct{ level, option, value int }{
		{syscall.SOL_SOCKET, syscall.SO_RCVBUF, l.receiveBuffer},
		{syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, l.segment},
	} {
		if set.value == 0 {
			continue
		}
		if err := syscall.SetsockoptInt(s.fd, set.level, set.option, set.value); err != nil {
			return err
		}
	}
	if err := syscall.Connect(s.fd, &syscall.SockaddrInet4{Port: at.Port, Addr: [4]byte(at.IP.To4())}); err != nil {
		return err
	}
	if cookie != "" {
		cookie = "Cookie: " + cookie + "\r\n"
	}
	_, err := s.write([]byte("GET " + path + " HTTP/1.1\r\nHost: " + at.String() + "\r\nOrigin: http://" + at.String() + "\r\n" + cookie +
		"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: galley.v1\r\n\r\n"))
	if err != nil {
		return err
	}
	for {
		if head, rest, whole := bytes.Cut(s.rest, []byte("\r\n\r\n")); whole {
			if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
				return fmt.Errorf("answered %q", s.rest)
			}
			s.rest = rest
			return nil
		}
		if err := s.readMore(); err != nil {
			return err
		}
	}
}

// await reads until a text message says what is wanted.
func (s *socket) await(want string) error {
	for {
		for {
			op, payload, rest, whole := cutFrame(s.rest)
			if !whole {
				break
			}
			s.rest = rest
			switch {
			case op == opClose:
				return fmt.Errorf("closed where %s was awaited: %q", want, payload)
			case strings.Contains(string(payload), want):
				return nil
			}
		}
		if err := s.readMore(); err != nil {
			return fmt.Errorf("where %s was awaited: %w", want, err)
		}
	}
}

func (s *socket) readMore() error {
	var b [4096]byte
	n, err := syscall.Read(s.fd, b[:])
	if errors.Is(err, syscall.EINTR) { // the runtime's own signals
		return nil
	}
	if err == nil && n == 0 {
		err = io.ErrUnexpectedEOF
	}
	s.rest = append(s.rest, b[:max(n, 0)]...)
	return err
}

func (s *socket) write(b []byte) (int, error) { return syscall.Write(s.fd, b) }

// send sends a short frame, masked with zeros as RFC 6455, section 5.3, lets a client that is no browser do.
func (s *socket) send(op byte, payload []byte) error {
	head := []byte{op, 0x80 | byte(len(payload)), 0, 0, 0, 0}
	if len(payload) > 125 {
		head = binary.BigEndian.AppendUint16([]byte{op, 0x80 | 126}, uint16(len(payload)))
		head = append(head, 0, 0, 0, 0)
	}
	_, err := s.write(append(head, payload...))
	return err
}

func (s *socket) close() error { return syscall.Close(s.fd) }

// cutFrame takes the first frame off what a server sent.
func cutFrame(b []byte) (op byte, payload, rest []byte, whole bool) {
	if len(b) < 2 {
		return 0, nil, b, false
	}
	size, head := uint64(b[1]), 2
	switch size {
	case 126:
		if head = 4; len(b) >= head {
			size = uint64(binary.BigEndian.Uint16(b[2:]))
		}
	case 127:
		if head = 10; len(b) >= head {
			size = binary.BigEndian.Uint64(b[2:])
		}
	}
	if len(b) < head || uint64(len(b)-head) < size {
		return 0, nil, b, false
	}
	end := head + int(size)
	return b[0], b[head:end], b[end:], true
}
