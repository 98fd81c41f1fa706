package realtime

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"
)

// lineTo is a line and its peer, which has little room.
func lineTo(t *testing.T) (*line, *net.TCPConn) {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }() // one connection is all it is for
	peer, err := net.DialTCP("tcp", nil, listener.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	_ = peer.SetReadBuffer(64 << 10) // a hint
	tcp, err := listener.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	_ = tcp.SetWriteBuffer(64 << 10) // a hint
	l, err := newLine(tcp)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = l.Close(), peer.Close() }) // the test may have closed them
	return l, peer
}

// A write would hang here for good if it waited: nobody reads until all are done.
func TestLineKeepsWhatDoesNotGoOut(t *testing.T) {
	l, peer := lineTo(t)
	var want []byte
	for i := range 200 {
		b := bytes.Repeat([]byte{byte(i)}, 1+i*100)
		want = append(want, b...)
		if n, err := l.Write(b); n != len(b) || err != nil {
			t.Fatalf("got %d, %v", n, err)
		}
		clear(b) // it is the caller's again
	}
	if l.isClear() || l.stalledFor(time.Now().Add(time.Second)) < time.Second/2 {
		t.Fatalf("2 MB went out though nobody reads")
	}
	flushed := make(chan error, 1)
	go func() { flushed <- l.Flush() }()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(peer, got[:len(got)/2]); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Write([]byte("behind the rest")); err != nil { // while Flush waits
		t.Fatal(err)
	}
	if _, err := io.ReadFull(peer, got[len(got)/2:]); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("what came is not what was written")
	}
	if _, err := io.ReadFull(peer, got[:15]); err != nil || string(got[:15]) != "behind the rest" {
		t.Errorf("got %q, %v", got[:15], err)
	}
	if err := <-flushed; err != nil || !l.isClear() || l.stalledFor(time.Now().Add(time.Hour)) != 0 {
		t.Errorf("got %v, clear %v", err, l.isClear())
	}
}

// Large messages are written in two parts, which must not find another way to the peer than small ones.
func TestLineKeepsTheOrderOfLargeMessages(t *testing.T) {
	l, peer := lineTo(t)
	first := bytes.Repeat([]byte("1"), 8<<20)
	if _, err := l.Write(first); err != nil || l.isClear() {
		t.Fatalf("got %v, clear %v", err, l.isClear())
	}
	parts := net.Buffers{[]byte("head"), []byte("tail")}
	if _, err := parts.WriteTo(l); err != nil { // would wait here for good
		t.Fatal(err)
	}
	go func() { _ = l.Flush() }() // ends with what is read
	got := make([]byte, len(first)+8)
	if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, append(first, "headtail"...)) {
		t.Errorf("%v, or what came is in another order", err)
	}
}

func TestLineThatEnds(t *testing.T) {
	l, _ := lineTo(t)
	if _, err := l.Write(make([]byte, 16<<20)); err != nil {
		t.Fatal(err)
	}
	flushed := make(chan error, 1)
	go func() { flushed <- l.Flush() }()
	_ = l.tcp.SetLinger(0)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-flushed; err == nil {
		t.Error("a line that was closed with something left flushed well")
	}
	if _, err := l.Write([]byte("x")); err != nil {
		t.Errorf("behind what never goes out: got %v", err)
	}
	l, peer := lineTo(t)
	_ = peer.SetLinger(0)
	if err := peer.Close(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); ; {
		if _, err := l.Write([]byte("x")); err != nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("a line whose peer is gone takes everything")
		}
	}
}

// The line's time counts from its last progress, not from when it filled.
func TestStallEndsWithProgress(t *testing.T) {
	l, peer := lineTo(t)
	if _, err := l.Write(make([]byte, 4<<20)); err != nil {
		t.Fatal(err)
	}
	since := l.since.Load()
	go func() { _ = l.Flush() }() // ends with the test
	end := time.Now().Add(5 * time.Second)
	for buffer := make([]byte, 64<<10); l.since.Load() == since; {
		if _, err := peer.Read(buffer); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(end) {
			t.Fatal("no progress was seen")
		}
	}
}
