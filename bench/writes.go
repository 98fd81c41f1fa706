package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	writers      = 16
	writeRounds  = 5
	writeSeconds = 3 * time.Second
	writesTarget = 0.4 // of the bare server's throughput
)

// rate is what one round measured.
type rate struct {
	perSecond float64
	cpu       time.Duration // of the server, for one write
}

// measureWrites compares comments with a notification and an event, durable at synchronous=FULL, from 16 writers.
func measureWrites() error {
	dir, err := os.MkdirTemp("", "galley-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bare, err := start(nil, os.Args[0], bareWritesArg, filepath.Join(dir, "bare.db"))
	if err != nil {
		return err
	}
	ours, err := startProduct(dir)
	if err != nil {
		return err
	}
	cookie, thread, err := threadOfAnother(ours)
	if err != nil {
		return err
	}
	body := func(n int64) string {
		return fmt.Sprintf(`{"body":"Remark number %d on the fares table.","parent_id":%d}`, n, thread)
	}
	var bareRates, ourRates []rate
	for range writeRounds {
		r, err := load(bare, "/comments", "", body)
		if err != nil {
			return err
		}
		bareRates = append(bareRates, r)
		if r, err = load(ours, "/api/v1/projects/1/comments", cookie, body); err != nil {
			return err
		}
		ourRates = append(ourRates, r)
	}
	b, o := median(bareRates), median(ourRates)
	fmt.Printf("comment + notification + event, FULL, %d writers\n", writers)
	fmt.Printf("  bare    %8.0f /s  %6.1f µs CPU each\n", b.perSecond, float64(b.cpu.Nanoseconds())/1e3)
	fmt.Printf("  galley  %8.0f /s  %6.1f µs CPU each\n", o.perSecond, float64(o.cpu.Nanoseconds())/1e3)
	fmt.Printf("  ratio   %8.2f     (target ≥ %.2f of the bare throughput)\n", o.perSecond/b.perSecond, writesTarget)
	if err := bare.stop(); err != nil {
		return err
	}
	return ours.stop()
}

func median(rates []rate) rate {
	slices.SortFunc(rates, func(a, b rate) int { return int(a.perSecond - b.perSecond) })
	return rates[len(rates)/2]
}

// startProduct builds the product and serves its demo.
func startProduct(dir string) (*server, error) {
	binary := filepath.Join(dir, "cms")
	build := exec.Command("go", "build", "-o", binary, "./cmd/cms")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	signIns := func(printed []string) bool {
		return !slices.ContainsFunc(printed, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "reviewer") })
	}
	return start(signIns, binary, "serve", "--demo", "--addr", "127.0.0.1:0", "--database", filepath.Join(dir, "galley.db"), "--log-level", "error")
}

// threadOfAnother signs two people in, lets the first open a thread and returns the second's cookie: each of their replies
// then notifies one person.
func threadOfAnother(s *server) (cookie string, thread int64, err error) {
	var cookies []string
	for _, line := range s.printed {
		f := strings.Fields(line)
		if len(f) != 3 || !strings.Contains(f[1], "@") || len(cookies) == 2 {
			continue
		}
		res, err := http.Post("http://"+s.address+"/api/v1/session", "application/json", strings.NewReader(fmt.Sprintf(`{"email":%q,"password":%q}`, f[1], f[2])))
		if err != nil {
			return "", 0, err
		}
		_ = res.Body.Close()
		for _, c := range res.Cookies() {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
	}
	if len(cookies) != 2 {
		return "", 0, fmt.Errorf("signed in %d of 2 people", len(cookies))
	}
	req, err := http.NewRequest(http.MethodPost, "http://"+s.address+"/api/v1/projects/1/comments", strings.NewReader(`{"body":"A thread to answer."}`))
	if err != nil {
		return "", 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Cookie", cookies[0])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = res.Body.Close() }()
	var c struct {
		ID int64 `json:"id"`
	}
	err = json.NewDecoder(res.Body).Decode(&c)
	return cookies[1], c.ID, err
}

// load posts from all writers for a while and returns what came of it.
func load(s *server, path, cookie string, body func(n int64) string) (rate, error) {
	before, err := s.cpu()
	if err != nil {
		return rate{}, err
	}
	var n, written atomic.Int64
	var firstErr atomic.Pointer[error]
	deadline := time.Now().Add(writeSeconds)
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			err := post(s.address, path, cookie, func() (string, bool) { return body(n.Add(1)), time.Now().Before(deadline) }, &written)
			if err != nil {
				firstErr.CompareAndSwap(nil, &err)
			}
		})
	}
	wg.Wait()
	if err := firstErr.Load(); err != nil {
		return rate{}, *err
	}
	after, err := s.cpu()
	if err != nil {
		return rate{}, err
	}
	return rate{float64(written.Load()) / writeSeconds.Seconds(), (after - before) / time.Duration(max(written.Load(), 1))}, nil
}

// post sends requests over one connection, by hand: a full client would cost more than the server under measurement.
func post(address, path, cookie string, next func() (body string, more bool), written *atomic.Int64) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for {
		body, more := next()
		if !more {
			return nil
		}
		_, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nCookie: %s\r\nContent-Length: %d\r\n\r\n%s", path, address, cookie, len(body), body)
		if err != nil {
			return err
		}
		status, err := readAnswer(in)
		if err != nil {
			return err
		}
		if status != "201" {
			return fmt.Errorf("POST %s: answered %s", path, status)
		}
		written.Add(1)
	}
}

func readAnswer(in *bufio.Reader) (status string, err error) {
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return "", err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case bytes.HasPrefix(line, []byte("HTTP/1.1 ")):
			status = string(line[9:12])
		case bytes.HasPrefix(bytes.ToLower(line), []byte("content-length:")):
			if _, err := fmt.Sscan(string(line[15:]), &length); err != nil {
				return "", err
			}
		case len(line) == 0:
			_, err := io.CopyN(io.Discard, in, int64(length))
			return status, err
		}
	}
}
