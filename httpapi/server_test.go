package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"galley/access"
	"galley/errs"
	"galley/httpapi"
)

// frame is the real frame around a few routes of the test's own; the log is kept.
type frame struct {
	*httpapi.Server
	log bytes.Buffer
}

func newFrame(t *testing.T, o httpapi.Options) *frame {
	t.Helper()
	f := &frame{}
	authenticate := func(_ context.Context, token string, byPerson bool) (access.Actor, error) {
		if token != "rosa" {
			return access.Actor{}, errs.New(errs.Unauthenticated, "Sign in first.")
		}
		return access.Actor{UserID: 5, Name: fmt.Sprint("by person: ", byPerson)}, nil
	}
	var err error
	if f.Server, err = httpapi.New(authenticate, slog.New(slog.NewTextHandler(&f.log, nil)), o); err != nil {
		t.Fatal(err)
	}
	return f
}

// send sends a request, changed by the test, and returns the answer with its problem, if it is one.
func (f *frame) send(t *testing.T, method, path string, change func(*http.Request)) (*http.Response, httpapi.Problem) {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, nil)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	f.Echo.ServeHTTP(w, r)
	res := w.Result()
	var p httpapi.Problem
	if res.Header.Get("Content-Type") == "application/problem+json" && method != http.MethodHead {
		if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
			t.Fatal(err)
		}
	}
	return res, p
}

// A fault of ours is told in no words of its own, and logged once with what is needed to find it; what is expected is not logged.
func TestErrors(t *testing.T) {
	const secret = "SELECT password_hash FROM users"
	outage := errors.Join(errs.New(errs.Unavailable, "Try again."), errors.New(secret))
	for name, row := range map[string]struct {
		err    error
		status int
		code   errs.Code
		logged int
	}{
		"ours":                    {errors.New(secret), 500, errs.Internal, 1},
		"ours, wrapped":           {fmt.Errorf("comments: add: %w", errors.New(secret)), 500, errs.Internal, 1},
		"expected":                {errs.New(errs.Conflict, "No."), 409, errs.Conflict, 0},
		"expected, wrapped":       {fmt.Errorf("%s: %w", secret, errs.New(errs.Conflict, "No.")), 409, errs.Conflict, 0},
		"unavailable, by a cause": {outage, 503, errs.Unavailable, 1},
		"unavailable, by rule":    {errs.New(errs.Unavailable, "Stopping."), 503, errs.Unavailable, 0},
		"given up":                {context.Canceled, 503, errs.Unavailable, 0},
		"took too long":           {context.DeadlineExceeded, 503, errs.Unavailable, 1},
		"the router's":            {echo.ErrNotFound, 404, errs.NotFound, 0},
		"the router's, other":     {echo.NewHTTPError(http.StatusTeapot, secret), 500, errs.Internal, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFrame(t, httpapi.Options{})
			f.SignedIn.GET("/broken", func(echo.Context) error { return row.err })
			res, p := f.send(t, "GET", "/api/v1/broken", asRosa)
			if res.StatusCode != row.status || p.Code != row.code || p.Status != row.status || p.RequestID == "" || p.RequestID != res.Header.Get("X-Request-ID") || p.Detail == "" || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("got %d %+v", res.StatusCode, p)
			}
			if strings.Contains(fmt.Sprint(p), secret) {
				t.Errorf("it tells %+v", p)
			}
			log := f.log.String()
			if got := strings.Count(log, "level=ERROR"); got != row.logged {
				t.Errorf("logged %d times, want %d: %s", got, row.logged, log)
			}
			if row.logged > 0 && (!strings.Contains(log, p.RequestID) || !strings.Contains(log, "actor=5") || !strings.Contains(log, "/broken")) {
				t.Errorf("the log lacks what is needed: %s", log)
			}
		})
	}
}

func asRosa(r *http.Request) { r.AddCookie(&http.Cookie{Name: httpapi.CookieName, Value: "rosa"}) }

func TestPanicIsAnAnswer(t *testing.T) {
	f := newFrame(t, httpapi.Options{})
	f.Open.GET("/panics", func(echo.Context) error { panic("the secret") })
	res, p := f.send(t, "GET", "/api/v1/panics", nil)
	if res.StatusCode != 500 || p.Code != errs.Internal || strings.Contains(fmt.Sprint(p), "secret") {
		t.Errorf("got %d %+v", res.StatusCode, p)
	}
	if log := f.log.String(); !strings.Contains(log, "the secret") {
		t.Errorf("the log lacks the cause: %s", log)
	}
}

func TestRetryAfter(t *testing.T) {
	f := newFrame(t, httpapi.Options{})
	f.Open.GET("/slow", func(echo.Context) error {
		return &errs.Error{Code: errs.RateLimited, Message: "Later.", RetryAfter: 90}
	})
	if res, p := f.send(t, "GET", "/api/v1/slow", nil); res.StatusCode != 429 || res.Header.Get("Retry-After") != "90" || p.Code != errs.RateLimited {
		t.Errorf("got %d %v", res.StatusCode, res.Header)
	}
}

// A name that points here from elsewhere (DNS rebinding) reaches nothing.
func TestKnownHosts(t *testing.T) {
	public := &url.URL{Scheme: "https", Host: "galley.example"}
	for _, row := range []struct {
		name   string
		o      httpapi.Options
		host   string
		served bool
	}{
		{"loopback", httpapi.Options{}, "127.0.0.1:8080", true},
		{"loopback by name", httpapi.Options{}, "localhost", true},
		{"loopback of IPv6", httpapi.Options{}, "[::1]:8080", true},
		{"an address", httpapi.Options{}, "192.0.2.7:8080", true},
		{"a name", httpapi.Options{}, "evil.example", false},
		{"a name that looks like loopback", httpapi.Options{}, "127.0.0.1.evil.example", false},
		{"a name that ends in localhost", httpapi.Options{}, "evil.localhost", false},
		{"the name listened on", httpapi.Options{Listen: "cms.internal:80"}, "CMS.internal", true},
		{"another than the one listened on", httpapi.Options{Listen: "cms.internal:80"}, "evil.internal", false},
		{"the public name", httpapi.Options{PublicURL: public}, "galley.example", true},
		{"the public name with a port", httpapi.Options{PublicURL: public}, "Galley.example:443", true},
		{"loopback beside the public name", httpapi.Options{PublicURL: public}, "127.0.0.1:8080", true},
		{"an address beside the public name", httpapi.Options{PublicURL: public}, "192.0.2.7", false},
		{"a name beside the public one", httpapi.Options{PublicURL: public}, "galley.example.evil.example", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFrame(t, row.o)
			f.Open.GET("/here", func(c echo.Context) error { return httpapi.Answer(c, 200, 1) })
			res, p := f.send(t, "GET", "/api/v1/here", func(r *http.Request) { r.Host = row.host })
			want, code := http.StatusOK, errs.Code("")
			if !row.served {
				want, code = http.StatusMisdirectedRequest, errs.UnknownHost
			}
			if res.StatusCode != want || p.Code != code {
				t.Errorf("got %d %s, want %d", res.StatusCode, p.Code, want)
			}
		})
	}
}

// Which pages may open sockets: those of the own host and of the list, letter by letter.
func TestOriginsOfSockets(t *testing.T) {
	listed := httpapi.Options{AllowedOrigins: []string{"https://intranet.example:8443"}}
	public := httpapi.Options{PublicURL: &url.URL{Scheme: "https", Host: "galley.example"}}
	for _, row := range []struct {
		o            httpapi.Options
		origin, host string
		allowed      bool
	}{
		{httpapi.Options{}, "http://127.0.0.1:8080", "127.0.0.1:8080", true},
		{httpapi.Options{}, "https://127.0.0.1:8080", "127.0.0.1:8080", true}, // TLS may end before us
		{httpapi.Options{}, "http://127.0.0.1", "127.0.0.1:8080", false},
		{httpapi.Options{}, "http://127.0.0.1:8081", "127.0.0.1:8080", false},
		{httpapi.Options{}, "ftp://127.0.0.1:8080", "127.0.0.1:8080", false},
		{httpapi.Options{}, "http://127.0.0.1:8080.evil.example", "127.0.0.1:8080", false},
		{httpapi.Options{}, "http://evil.example/127.0.0.1:8080", "127.0.0.1:8080", false},
		{httpapi.Options{}, "null", "127.0.0.1:8080", false},
		{httpapi.Options{}, "", "127.0.0.1:8080", false},
		{listed, "https://intranet.example:8443", "127.0.0.1:8080", true},
		{listed, "http://intranet.example:8443", "127.0.0.1:8080", false},
		{listed, "https://intranet.example", "127.0.0.1:8080", false},
		{public, "https://galley.example", "galley.example", true},
		{public, "http://galley.example", "galley.example", false}, // TLS is promised there
		{public, "http://127.0.0.1:8080", "127.0.0.1:8080", true},
	} {
		if got := newFrame(t, row.o).AllowsOrigin(row.origin, row.host); got != row.allowed {
			t.Errorf("a page of %q for %q: got %v", row.origin, row.host, got)
		}
	}
}

// A list of origins that cannot be read stops the start.
func TestOriginsThatAreNone(t *testing.T) {
	for _, origin := range []string{"intranet.example", "https://intranet.example/path", "*"} {
		if _, err := httpapi.New(nil, slog.New(slog.DiscardHandler), httpapi.Options{AllowedOrigins: []string{origin}}); err == nil {
			t.Errorf("%q was taken", origin)
		}
	}
}

// Forwarded addresses are believed from trusted proxies alone: else anybody could count their wrong passwords on others.
func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	for _, row := range []struct {
		name            string
		trusted         []netip.Prefix
		peer, forwarded string
		want            string
	}{
		{"direct", nil, "192.0.2.7:1", "", "192.0.2.7"},
		{"a claim to nobody", nil, "192.0.2.7:1", "198.51.100.1", "192.0.2.7"},
		{"a claim from loopback", nil, "127.0.0.1:1", "198.51.100.1", "127.0.0.1"},
		{"by a proxy", proxies, "10.1.2.3:1", "198.51.100.1", "198.51.100.1"},
		{"by two proxies", proxies, "10.1.2.3:1", "198.51.100.1, 10.9.9.9", "198.51.100.1"},
		{"by a proxy of IPv6", proxies, "[2001:db8::1]:1", "198.51.100.1", "198.51.100.1"},
		{"a claim before the proxy", proxies, "10.1.2.3:1", "203.0.113.9, 198.51.100.1", "198.51.100.1"},
		{"a claim from outside", proxies, "192.0.2.7:1", "198.51.100.1", "192.0.2.7"},
		{"a claim from loopback beside proxies", proxies, "127.0.0.1:1", "198.51.100.1", "127.0.0.1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFrame(t, httpapi.Options{TrustedProxies: row.trusted})
			got := ""
			f.Open.GET("/who", func(c echo.Context) error { got = c.RealIP(); return c.NoContent(204) })
			f.send(t, "GET", "/api/v1/who", func(r *http.Request) {
				r.RemoteAddr = row.peer
				r.Header.Set("X-Forwarded-For", row.forwarded)
				r.Header.Set("X-Real-Ip", "203.0.113.77")
			})
			if got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// What a browser asks by itself keeps no session alive.
func TestByPerson(t *testing.T) {
	f := newFrame(t, httpapi.Options{})
	answer := func(c echo.Context) error { return httpapi.Answer(c, 200, httpapi.Actor(c).Name) }
	for path, want := range map[string]string{"/projects": "true", "/realtime": "false", "/realtime/changes": "false"} {
		f.SignedIn.GET(path, answer)
		r := httptest.NewRequest("GET", "http://127.0.0.1/api/v1"+path, nil)
		asRosa(r)
		w := httptest.NewRecorder()
		f.Echo.ServeHTTP(w, r)
		if got := w.Body.String(); got != `"by person: `+want+`"` {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// An unsafe request from a page of another site does nothing, whichever of the two headers tells.
func TestOtherSites(t *testing.T) {
	f := newFrame(t, httpapi.Options{AllowedOrigins: []string{"https://intranet.example"}})
	done := 0
	f.SignedIn.Any("/act", func(c echo.Context) error { done++; return c.NoContent(204) })
	for _, row := range []struct {
		method, origin, site string
		want                 int
	}{
		{"POST", "", "", 204}, // no browser
		{"POST", "http://127.0.0.1:8080", "", 204},
		{"POST", "http://127.0.0.1:8080", "same-origin", 204},
		{"POST", "https://intranet.example", "cross-site", 204},
		{"POST", "https://evil.example", "", 403},
		{"PUT", "https://evil.example", "cross-site", 403},
		{"PATCH", "", "same-site", 403},
		{"DELETE", "null", "", 403},
		{"GET", "https://evil.example", "cross-site", 204}, // safe; what it answers no other site's page can read
	} {
		before := done
		res, p := f.send(t, row.method, "/api/v1/act", func(r *http.Request) {
			asRosa(r)
			for name, value := range map[string]string{"Origin": row.origin, "Sec-Fetch-Site": row.site} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
		})
		if res.StatusCode != row.want || (row.want == 403) != (p.Code == errs.OriginNotAllowed) || (done > before) != (row.want == 204) {
			t.Errorf("%+v: got %d %s", row, res.StatusCode, p.Code)
		}
		if res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%+v: other sites may read it", row)
		}
	}
}
