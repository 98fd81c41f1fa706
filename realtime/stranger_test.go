package realtime_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"galley/realtime"
)

// Opcodes of RFC 6455, section 5.2.
const (
	opContinue = 0x0
	opText     = 0x1
	opBinary   = 0x2
	opClose    = 0x8
	opPing     = 0x9
	opPong     = 0xA
	fin        = 0x80
	rsv1       = 0x40
	rsv2       = 0x20
	rsv3       = 0x10
)

// sent is one frame as a browser sends it: masked. first is the first byte, with its flags.
func sent(first byte, payload string) []byte {
	b := head(first, len(payload))
	b[1] |= 0x80
	mask := [4]byte{0x12, 0x34, 0x56, 0x78}
	b = append(b, mask[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i%4])
	}
	return b
}

// unmasked is one frame as no browser sends it.
func unmasked(first byte, payload string) []byte {
	return append(head(first, len(payload)), payload...)
}

func head(first byte, length int) []byte {
	switch {
	case length <= 125:
		return []byte{first, byte(length)}
	case length <= 0xFFFF:
		return binary.BigEndian.AppendUint16([]byte{first, 126}, uint16(length))
	default:
		return binary.BigEndian.AppendUint64([]byte{first, 127}, uint64(length))
	}
}

// stranger speaks the protocol byte by byte, over a TCP connection of its own.
type stranger struct {
	*env
	nc net.Conn
	in *bufio.Reader
}

// stranger connects and reads the hello.
func (e *env) stranger(user int64) *stranger {
	e.Helper()
	nc := e.raw(e.handshake(user))
	s := &stranger{env: e, nc: nc, in: bufio.NewReader(nc)}
	res, err := http.ReadResponse(s.in, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" || res.Header.Get("Sec-WebSocket-Protocol") != realtime.Subprotocol {
		e.Fatalf("the handshake of RFC 6455, section 1.3: got %+v, %v", res, err)
	}
	_ = res.Body.Close() // there is none
	if op, payload := s.next(); op != fin|opText || !strings.Contains(payload, `"hello"`) {
		e.Fatalf("got %x %s, want hello", op, payload)
	}
	return s
}

func (s *stranger) write(frames ...[]byte) {
	s.Helper()
	if _, err := s.nc.Write(bytes.Join(frames, nil)); err != nil {
		s.Fatal(err)
	}
}

// next is the next frame's first byte and its payload, heartbeats left out.
func (s *stranger) next() (first byte, payload string) {
	s.Helper()
	first, payload, err := s.tryNext()
	if err != nil {
		s.Fatalf("no frame: %v", err)
	}
	return first, payload
}

func (s *stranger) tryNext() (first byte, payload string, err error) {
	for {
		var h [2]byte
		if _, err := io.ReadFull(s.in, h[:]); err != nil {
			return 0, "", err
		}
		if h[1]&0x80 != 0 {
			return 0, "", errors.New("the server masks")
		}
		length := uint64(h[1])
		size := map[uint64]int{126: 2, 127: 8}[length]
		ext := make([]byte, 8)
		if _, err := io.ReadFull(s.in, ext[8-size:]); err != nil {
			return 0, "", err
		}
		if size > 0 {
			length = binary.BigEndian.Uint64(ext)
		}
		b := make([]byte, length)
		if _, err := io.ReadFull(s.in, b); err != nil {
			return 0, "", err
		}
		if string(b) != `{"type":"heartbeat"}` {
			return h[0], string(b), nil
		}
	}
}

// wantsClose wants a close frame with the code as the next thing, and nothing but the end of the connection after it.
func (s *stranger) wantsClose(code uint16) {
	s.Helper()
	first, payload := s.next()
	if first != fin|opClose || len(payload) < 2 || binary.BigEndian.Uint16([]byte(payload)) != code {
		s.Fatalf("got the frame %x %q, want close %d", first, payload, code)
	}
	if tcp, ok := s.nc.(*net.TCPConn); ok {
		_ = tcp.CloseWrite() // the server need not wait for us
	}
	if rest, err := io.ReadAll(s.in); len(rest) > 0 || err != nil && !errors.Is(err, net.ErrClosed) && !isReset(err) {
		s.Errorf("after the close frame: got %q, %v, want the end", rest, err)
	}
}

func isReset(err error) bool { return strings.Contains(err.Error(), "reset by peer") }
