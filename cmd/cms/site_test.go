package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	c := testConfig(t)
	c.PublicURL = &url.URL{Scheme: "https", Host: "galley.example"}
	r := run(t, c)
	for _, row := range []struct {
		method, path, host string
		status             int
		kind, body         string // type, and a part of the body
	}{
		{"GET", "/", "", 200, "text/html; charset=utf-8", `<div id="app">`},
		{"HEAD", "/", "", 200, "text/html; charset=utf-8", ""},
		{"GET", "/projects/7/items/3", "", 200, "text/html; charset=utf-8", `<div id="app">`},
		{"GET", "/app.js", "", 200, "text/javascript; charset=utf-8", "import"},
		{"GET", "/nope.js", "", 404, "application/problem+json", `"code":"not_found"`},
		{"GET", "/api", "", 404, "application/problem+json", `"code":"not_found"`},
		{"GET", "/api/v2/session", "", 404, "application/problem+json", `"code":"not_found"`},
		{"GET", "/api/v1/nope", "", 404, "application/problem+json", `"code":"not_found"`},
		{"PUT", "/api/v1/session", "", 405, "application/problem+json", `"code":"method_not_allowed"`},
		{"GET", "/delivery", "", 404, "application/problem+json", `"code":"not_found"`},
		{"GET", "/delivery/nope", "", 404, "application/problem+json", `"code":"not_found"`},
		{"POST", "/projects", "", 405, "application/problem+json", `"code":"method_not_allowed"`},
		{"GET", "/healthz", "", 200, "application/json", `{"status":"ok"}`},
		{"GET", "/readyz", "", 200, "application/json", `{"status":"ok"}`},
		{"GET", "/", "galley.example", 200, "text/html; charset=utf-8", ""},
		{"GET", "/", "rebound.example", 421, "application/problem+json", `"code":"unknown_host"`},
		{"GET", "/api/v1/session", "192.0.2.1:80", 421, "application/problem+json", `"code":"unknown_host"`},
		{"GET", "/api/v1/session", "", 200, "application/json", `"setup":true`},
	} {
		req, err := http.NewRequest(row.method, r.url+row.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if row.host != "" {
			req.Host = row.host
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
		kind := res.Header.Get("Content-Type")
		if res.StatusCode != row.status || !strings.HasPrefix(kind, row.kind) || !strings.Contains(string(body), row.body) {
			t.Errorf("%s %s%s: got %d %s %.200s", row.method, row.host, row.path, res.StatusCode, kind, body)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("X-Request-ID") == "" {
			t.Errorf("%s: headers are missing: %v", row.path, res.Header)
		}
	}
}

func TestReadyIsOverFirst(t *testing.T) {
	a := newTestApp(t)
	ready := func() int {
		w := newRecorder(a, "GET", "/readyz")
		return w.Code
	}
	if got := ready(); got != 200 {
		t.Errorf("got %d", got)
	}
	close(a.stopping)
	if got := ready(); got != 503 {
		t.Errorf("while stopping: got %d", got)
	}
}
