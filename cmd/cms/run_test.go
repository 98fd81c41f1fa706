package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"galley/access"
	"galley/settings"
	"galley/users"
)

// testConfig is a configuration for a test, with a database of its own.
func testConfig(t *testing.T) Config {
	t.Helper()
	return Config{
		Addr: "127.0.0.1:0", Database: filepath.Join(t.TempDir(), "galley.db"),
		SessionIdle: time.Hour, SessionAbsolute: time.Hour, KeepEvents: leastKeepEvents,
	}
}

// newTestApp builds the app without running it.
func newTestApp(t *testing.T) *App {
	t.Helper()
	a, err := NewApp(t.Context(), testConfig(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// running is the app on a port of its own.
type running struct {
	app  *App
	url  string
	stop func() // as SIGTERM would; waits
}

// run starts the app. What it logs goes to the test's log when that fails.
func run(t *testing.T, c Config) running {
	t.Helper()
	return runWith(t, c, slog.NewTextHandler(t.Output(), nil))
}

func runWith(t *testing.T, c Config, log slog.Handler) running {
	t.Helper()
	a, err := NewApp(t.Context(), c, slog.New(log))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, listener) }()
	stopped := false
	r := running{app: a, url: address(listener.Addr())}
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		began := time.Now()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("stopping: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("stopping took %v", took)
		}
	}
	t.Cleanup(r.stop)
	return r
}

const testPassword = "a password for tests"

// addPerson lets somebody in who signs in with testPassword.
func (r running) addPerson(t *testing.T, name string, role access.Role) {
	t.Helper()
	first, _, _ := strings.Cut(strings.ToLower(name), " ")
	_, err := r.app.users.Add(t.Context(), access.System, users.NewPerson{Name: name, Email: first + "@merrow.example", Role: role, Password: testPassword})
	if err != nil {
		t.Fatal(err)
	}
}

// person is a signed-in browser.
type person struct {
	url    string
	client *http.Client
}

func signIn(t *testing.T, url, email, password string) person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := person{url: url, client: &http.Client{Jar: jar, Timeout: 10 * time.Second}}
	if status, body := p.do(t, "POST", "/session", users.Credentials{Email: email, Password: password}); status != http.StatusCreated {
		t.Fatalf("%s cannot sign in: %d %s", email, status, body)
	}
	return p
}

// do sends a request of the API; header is a list of names and values.
func (p person) do(t *testing.T, method, path string, in any, header ...string) (status int, body []byte) {
	t.Helper()
	status, body, err := p.try(method, path, in, header...)
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

func (p person) try(method, path string, in any, header ...string) (status int, body []byte, err error) {
	var content io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return 0, nil, err
		}
		content = bytes.NewReader(encoded)
	}
	req, err := http.NewRequest(method, p.url+"/api/v1"+path, content)
	if err != nil {
		return 0, nil, err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := p.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	body, err = io.ReadAll(res.Body)
	_ = res.Body.Close() // read to its end
	return res.StatusCode, body, err
}

// ask sends a request that must succeed and decodes its answer.
func ask[T any](t *testing.T, p person, method, path string, in any, header ...string) (out T) {
	t.Helper()
	status, body := p.do(t, method, path, in, header...)
	if status < 200 || status > 299 {
		t.Fatalf("%s %s: %d %s", method, path, status, body)
	}
	if len(body) > 0 {
		if err := json.Unmarshal(body, &out); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, body)
		}
	}
	return out
}

type withID struct {
	ID       int64 `json:"id"`
	Revision int64 `json:"revision"`
}

func ifMatch(revision int64) []string {
	return []string{"If-Match", fmt.Sprintf("%q", fmt.Sprint(revision))}
}

func pin(on bool) *settings.Pin { return &settings.Pin{On: on, By: "a test"} }

// newRecorder asks the app without a network.
func newRecorder(a *App, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	a.server.Echo.ServeHTTP(w, httptest.NewRequest(method, "http://127.0.0.1"+path, nil))
	return w
}

// slowRequest is a request sent piece by piece, on a connection of its own.
type slowRequest struct {
	*testing.T
	conn   net.Conn
	answer *bufio.Reader
}

// begin sends the head of a request whose body of that length comes later, and waits until the server wants that. header is
// a list of names and values.
func (p person) begin(t *testing.T, method, path string, length int, header ...string) slowRequest {
	t.Helper()
	u, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	s := slowRequest{t, conn, bufio.NewReader(conn)}
	more := ""
	for i := 0; i < len(header); i += 2 {
		more += header[i] + ": " + header[i+1] + "\r\n"
	}
	s.write(fmt.Sprintf("%s /api/v1%s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%sExpect: 100-continue\r\n\r\n",
		method, path, u.Host, p.client.Jar.Cookies(u)[0], length, more))
	if status := s.status(); status != http.StatusContinue {
		t.Fatalf("got %d, want to continue", status)
	}
	return s
}

func (s slowRequest) write(text string) {
	s.Helper()
	if _, err := io.WriteString(s.conn, text); err != nil {
		s.Fatal(err)
	}
}

func (s slowRequest) status() int {
	s.Helper()
	res, err := http.ReadResponse(s.answer, nil)
	if err != nil {
		s.Fatal(err)
	}
	_ = res.Body.Close() // the status is all
	return res.StatusCode
}
