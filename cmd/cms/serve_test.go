package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/users"
)

// journal is a log that several goroutines write to.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) text() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// served runs serve as the command does, and returns its address, what it printed before that, and how to stop it.
func served(t *testing.T, c Config, log io.Writer) (address string, printed []string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := serve(ctx, c, slog.New(slog.NewTextHandler(log, nil)), writer)
		_ = writer.CloseWithError(io.EOF) // always nil
		ended <- err
	}()
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, found, ok := strings.Cut(lines.Text(), "http://"); ok {
			return "http://" + found, printed, stop
		}
		printed = append(printed, lines.Text())
	}
	stopped = true
	t.Fatalf("no address was printed: %v", <-ended)
	return "", nil, nil
}

// TestFirstRun goes the way of somebody who installs Galley: start, read the code in the log, make the first admin.
func TestFirstRun(t *testing.T) {
	c := testConfig(t)
	log := &journal{}
	url, printed, stop := served(t, c, log)
	if len(printed) != 0 || !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("got %q and %q", url, printed)
	}
	code := regexp.MustCompile(`code=(\S+)`).FindStringSubmatch(log.text())
	if code == nil {
		t.Fatalf("no code in the log:\n%s", log.text())
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	maren := person{url: url, client: &http.Client{Jar: jar, Timeout: 10 * time.Second}}
	in := users.FirstAdmin{Code: code[1], Name: "Maren Oduya", Email: "maren@merrow.example", Password: testPassword}
	ask[withID](t, maren, "POST", "/setup", in)
	ask[liveUpdates](t, maren, "GET", "/settings", nil)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	again := &journal{}
	url, _, _ = served(t, c, again)
	if strings.Contains(again.text(), "code=") {
		t.Error("a code was made although there is an admin")
	}
	maren.url = url
	ask[liveUpdates](t, maren, "GET", "/settings", nil) // still signed in
	if strings.Contains(log.text()+again.text(), "Maren") || strings.Contains(log.text()+again.text(), "merrow.example") {
		t.Errorf("something personal is in the log:\n%s%s", log.text(), again.text())
	}
}

func TestServeSaysWhatIsInItsWay(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	c := testConfig(t)
	c.Addr = taken.Addr().String()
	if err := serve(t.Context(), c, slog.New(slog.DiscardHandler), io.Discard); err == nil || !strings.Contains(err.Error(), "choose another address with --addr") {
		t.Errorf("a taken address: got %v", err)
	}
	c = testConfig(t)
	c.Database = t.TempDir()
	if err := serve(t.Context(), c, slog.New(slog.DiscardHandler), io.Discard); err == nil || !strings.Contains(err.Error(), c.Database) {
		t.Errorf("a folder as the database: got %v", err)
	}
}

func TestAddressToType(t *testing.T) {
	for in, want := range map[string]string{"127.0.0.1": "http://127.0.0.1:80", "0.0.0.0": "http://127.0.0.1:80", "::": "http://127.0.0.1:80", "::1": "http://[::1]:80", "192.0.2.1": "http://192.0.2.1:80"} {
		if got := address(&net.TCPAddr{IP: net.ParseIP(in), Port: 80}); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
