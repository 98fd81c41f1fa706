package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"galley/access"
	"galley/errs"
	"galley/store/storetest"
)

// readiness is the answer of readyz.
func readiness(t *testing.T, url string) (status int, fields map[string]string) {
	t.Helper()
	res, err := http.Get(url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	var problem struct{ Fields map[string]string }
	err = json.NewDecoder(res.Body).Decode(&problem)
	_ = res.Body.Close() // read
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, problem.Fields
}

// becomesReady waits until readyz says so.
func becomesReady(t *testing.T, url string) {
	t.Helper()
	for began := time.Now(); ; {
		status, fields := readiness(t, url)
		if status == http.StatusOK {
			return
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("it stays %d %v", status, fields)
		}
	}
}

func TestReadiness(t *testing.T) {
	n := newNewsroom(t)
	n.do(t, row{method: "GET", path: "/readyz", wantStatus: 200, wantBody: `{"status":"ok"}`})
	t.Run("asking often costs nothing", func(t *testing.T) {
		before := n.app.db.Figures().Commits
		for range 100 {
			n.do(t, row{method: "GET", path: "/healthz", wantStatus: 200})
			if status, _ := readiness(t, n.url); status != http.StatusOK {
				t.Fatalf("got %d", status)
			}
		}
		if took := n.app.db.Figures().Commits - before; took > 5 {
			t.Errorf("it took %d commits", took)
		}
	})
	t.Run("a locked database", func(t *testing.T) {
		conn, err := sql.Open("sqlite3", "file:"+n.app.c.Database+"?_txlock=immediate")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }() // nothing was written
		held, err := conn.Begin()
		if err != nil {
			t.Fatal(err)
		}
		n.app.writes.mu.Lock()
		n.app.writes.at = time.Time{} // a second later
		n.app.writes.mu.Unlock()
		began := time.Now()
		n.do(t, row{method: "GET", path: "/readyz", wantStatus: 503, wantCode: errs.Unavailable, wantFields: []string{"database"}})
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("the answer took %v", took)
		}
		if err := held.Rollback(); err != nil {
			t.Fatal(err)
		}
		becomesReady(t, n.url)
	})
	t.Run("pending migrations", func(t *testing.T) {
		n.exec(t, `UPDATE goose_db_version SET is_applied = FALSE WHERE version_id = 10`)
		n.do(t, row{method: "GET", path: "/readyz", wantStatus: 503, wantCode: errs.Unavailable, wantBody: `{"fields":{"migrations":"The database lacks 00010_password_links.sql. Start Galley again."}}`})
		n.exec(t, `UPDATE goose_db_version SET is_applied = TRUE WHERE version_id = 10`)
		n.do(t, row{method: "GET", path: "/readyz", wantStatus: 200})
	})
}

// scrape reads metrics, with a bearer token where there is one.
func scrape(t *testing.T, url, token string) (status int, body string, header http.Header) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	_ = res.Body.Close() // read to its end
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header
}

func TestMetrics(t *testing.T) {
	const token = "the collector's secret"
	c := testConfig(t)
	c.MetricsToken = token
	n := newNewsroomWith(t, c)
	n.listen(t, "rosa", "ines")
	n.sendGood(t, row{as: "rosa", method: "POST", path: "/api/v1/projects/{open}/comments", body: `{"body":"Hello"}`, wantStatus: 201})
	n.do(t, row{as: "rosa", method: "GET", path: "/api/v1/projects/999999", wantStatus: 404, wantCode: errs.NotFound})
	req := n.request(t, "", "BREW", "/healthz", "", nil)
	res, err := noRedirects.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close() // only that it was counted matters
	body := string(n.do(t, row{method: "GET", path: "/metrics", header: []string{"Authorization", "Bearer " + token}, wantStatus: 200}))
	for _, line := range []string{
		"galley_sockets 2", "galley_feed_lag 0", "galley_writes_waiting 0", "galley_writes_refused_total 0", "galley_slow_closes_total 0",
		`galley_http_request_duration_seconds_count{method="POST",route="/api/v1/projects/:project/comments",status="201"} 1`,
		`galley_http_request_duration_seconds_count{method="GET",route="/api/v1/projects/:project",status="404"} 1`,
		`galley_file_bytes{file="database"} `, `galley_file_bytes{file="wal"} `, `galley_build_info{version="`, "galley_events_published_total ", "galley_commits_total ", "go_goroutines ", "process_cpu_seconds_total ",
	} {
		if !strings.Contains(body, "\n"+line) {
			t.Errorf("%s is missing", line)
		}
	}
	if strings.Contains(body, "BREW") || !strings.Contains(body, `method="other"`) {
		t.Error("anybody can make up series")
	}
	if t.Failed() {
		t.Log(body)
	}
	n.table(t, []row{
		{name: "another token", method: "GET", path: "/metrics", header: []string{"Authorization", "Bearer x"}, wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "no token", method: "GET", path: "/metrics", wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "an admin's session", as: "ines", method: "GET", path: "/metrics", wantStatus: 401, wantCode: errs.Unauthenticated},
		{name: "the token otherwise", method: "GET", path: "/metrics", header: []string{"Authorization", token}, wantStatus: 401, wantCode: errs.Unauthenticated},
	})
	if _, _, header := scrape(t, n.url+"/metrics", ""); header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("got %v", header)
	}
}

func TestMetricsByThemselves(t *testing.T) {
	c := testConfig(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.MetricsAddr = free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	r := run(t, c)
	r.addPerson(t, "Anna Vale", access.Editor)
	url := "http://" + c.MetricsAddr
	for began := time.Now(); ; { // it listens a moment after the main one
		conn, err := net.Dial("tcp", c.MetricsAddr)
		if err == nil {
			_ = conn.Close() // only whether it listens
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatal(err)
		}
	}
	if status, body, _ := scrape(t, url+"/metrics", ""); status != 200 || !strings.Contains(body, "\ngalley_sockets 0") {
		t.Errorf("got %d %s", status, body)
	}
	for _, path := range []string{"/", "/api/v1/session", "/healthz", "/metrics/x"} {
		if status, _, _ := scrape(t, url+path, ""); status != 404 {
			t.Errorf("%s: got %d", path, status)
		}
	}
	if status, _, _ := scrape(t, r.url+"/metrics", "Bearer "); status != 404 {
		t.Errorf("on the main listener: got %d", status)
	}
	r.stop()
	if conn, err := net.Dial("tcp", c.MetricsAddr); err == nil {
		_ = conn.Close()
		t.Error("it still listens")
	}
}

func TestServeSaysThatMetricsHaveNoPlace(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	c := testConfig(t)
	c.MetricsAddr = taken.Addr().String()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := serve(ctx, c, slog.New(slog.DiscardHandler), io.Discard); err == nil || !strings.Contains(err.Error(), "choose another address with --metrics-addr") {
		t.Errorf("got %v", err)
	}
}

// That it is noted who was here must not make anybody wait while the database is locked: reading goes on at once.
func TestReadingGoesOnWhileLocked(t *testing.T) {
	n := newNewsroom(t)
	conn, err := sql.Open("sqlite3", "file:"+n.app.c.Database+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // nothing was written
	storetest.Exec(t, n.app.db, `UPDATE sessions SET last_seen_at = datetime('now', '-5 minutes') WHERE user_id IN (1, 2, 3, 4, 5)`)
	held, err := conn.Begin()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for _, who := range []string{"rosa", "rosa", "anna", "ben"} {
		n.do(t, row{as: who, method: "GET", path: "/api/v1/projects", wantStatus: 200})
	}
	if took := time.Since(began); took > 4*time.Second { // the lock is waited for 5 s
		t.Errorf("reading took %v", took)
	}
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
}
