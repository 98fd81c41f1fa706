// Package httpapi is the frame around all routes: who is signed in, what a request may look like, how answers and errors
// look. It never imports a domain.
package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"galley/access"
	"galley/errs"
)

// CookieName is the cookie that carries the session's token.
const CookieName = "galley_session"

// basePath is where the API begins.
const basePath = "/api/v1"

const (
	actorKey     = "galley.actor"
	againKey     = "galley.again"
	requestIDKey = "galley.request_id"
)

// slowBody is how long a request's body may take before its sender is asked again who they are: what they were allowed
// when they began may have been taken from them.
const slowBody = 250 * time.Millisecond

// Authenticate finds who is behind a session token. Unauthenticated means nobody. byPerson is false for requests that a
// browser makes on its own, which must not keep a session alive.
type Authenticate func(ctx context.Context, token string, byPerson bool) (access.Actor, error)

// Options are what the configuration decides about HTTP.
type Options struct {
	PublicURL      *url.URL       // nil where none is configured
	Listen         string         // host:port as configured; its host is served too
	AllowedOrigins []string       // scheme://host[:port], besides the own host
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed

	// Observe is told of every answered request, for metrics; nil tells nobody. The route is the pattern, not the path.
	Observe func(method, route string, status int, took time.Duration)
}

// Server is the echo server with its two groups: Open for everybody, SignedIn for people with a session.
type Server struct {
	Echo           *echo.Echo
	Open, SignedIn *echo.Group
	origins        *http.CrossOriginProtection
	o              Options
}

// New builds the frame. Routes are added to its groups by the domains.
func New(authenticate Authenticate, log *slog.Logger, o Options) (*Server, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = writeError(log)
	e.IPExtractor = extractor(o.TrustedProxies)
	s := &Server{Echo: e, origins: http.NewCrossOriginProtection(), o: o}
	for _, origin := range o.AllowedOrigins {
		if err := s.origins.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("httpapi: allowed origin: %w", err)
		}
	}
	e.Use(requestID, requestLog(log, o.Observe), middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true}), s.knownHost, s.sameSite)
	s.Open = e.Group(basePath)
	s.SignedIn = e.Group(basePath, signedIn(authenticate))
	for _, below := range []string{"", "/*"} { // in the place of the group's own
		e.RouteNotFound(basePath+below, s.absent)
	}
	return s, nil
}

func extractor(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// Actor is who makes the request; on a route of the group SignedIn there always is one.
func Actor(c echo.Context) access.Actor {
	a, _ := c.Get(actorKey).(access.Actor)
	return a
}

func actorID(c echo.Context) int64 { return Actor(c).UserID }

// RequestID names the request in answers and logs.
func RequestID(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string)
	return id
}

func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		var b [8]byte
		if _, err := rand.Read(b[:]); err != nil {
			return err
		}
		id := hex.EncodeToString(b[:])
		c.Set(requestIDKey, id)
		c.Response().Header().Set("X-Request-ID", id)
		c.Response().Header().Set("X-Content-Type-Options", "nosniff")
		return next(c)
	}
}

// requestLog notes each request once it is answered: ids and figures, nothing personal.
func requestLog(log *slog.Logger, observe func(method, route string, status int, took time.Duration)) echo.MiddlewareFunc {
	return middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		LogStatus: true, LogMethod: true, LogRoutePath: true, LogLatency: true, HandleError: true,
		LogValuesFunc: func(c echo.Context, v middleware.RequestLoggerValues) error {
			log.Debug("request", "method", v.Method, "route", v.RoutePath, "status", v.Status, "ms", v.Latency.Milliseconds(), "actor", actorID(c), "request_id", RequestID(c))
			if observe != nil {
				observe(v.Method, v.RoutePath, v.Status, v.Latency)
			}
			return nil
		},
	})
}

// Token is the session token that the request carries, "" without one.
func Token(c echo.Context) string {
	cookie, err := c.Cookie(CookieName)
	if err != nil {
		return ""
	}
	return cookie.Value
}

func signedIn(authenticate Authenticate) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			token := Token(c)
			if token == "" {
				return errs.New(errs.Unauthenticated, "Sign in first.")
			}
			byPerson := !strings.HasPrefix(c.Request().URL.Path, basePath+"/realtime")
			ask := func() error {
				a, err := authenticate(c.Request().Context(), token, byPerson)
				if err != nil {
					return err
				}
				a.Address = c.RealIP()
				c.Set(actorKey, a)
				return nil
			}
			if err := ask(); err != nil {
				return err
			}
			c.Set(againKey, ask)
			return next(c)
		}
	}
}

// SetCookie gives the browser its session, to keep while it lasts also when the browser is closed, or takes it away when
// token is "".
func (s *Server) SetCookie(c echo.Context, token string, lasts time.Duration) {
	cookie := &http.Cookie{Name: CookieName, Value: token, Path: "/", MaxAge: int(lasts.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure(c)}
	if token == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(cookie)
}

// Site is the address under which people reach this installation, for links that they are given: the public URL, or else
// the one by which the request came, whose host was checked. Its page knows better than we whether that is by TLS, which
// may end at a proxy before us.
func (s *Server) Site(c echo.Context) string {
	if s.o.PublicURL != nil {
		return s.o.PublicURL.Scheme + "://" + s.o.PublicURL.Host
	}
	r := c.Request()
	if r.TLS != nil || r.Header.Get("Origin") == "https://"+r.Host {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (s *Server) secure(c echo.Context) bool {
	return c.Request().TLS != nil || s.o.PublicURL != nil && s.o.PublicURL.Scheme == "https"
}

// sameSite refuses unsafe requests that another site's page made. Requests without Origin and Sec-Fetch-Site come from no
// browser and pass.
func (s *Server) sameSite(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.origins.Check(c.Request()); err != nil {
			return errs.New(errs.OriginNotAllowed, "This request came from another site. Add that site's origin with --allow-origin if it is yours.")
		}
		return next(c)
	}
}

// AllowsOrigin tells whether a page of the origin may open a socket to the host: the same exact list as for unsafe requests.
// The own host counts with either scheme, since TLS may end at a proxy before us.
func (s *Server) AllowsOrigin(origin, host string) bool {
	for _, allowed := range s.o.AllowedOrigins {
		if origin == allowed {
			return true
		}
	}
	if s.o.PublicURL != nil && host == s.o.PublicURL.Host {
		return origin == s.o.PublicURL.Scheme+"://"+s.o.PublicURL.Host
	}
	return origin == "http://"+host || origin == "https://"+host
}

// knownHost answers 421 for a Host that is not served here, so that a foreign name pointed at this address (DNS rebinding)
// reaches nothing.
func (s *Server) knownHost(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !s.serves(c.Request().Host) {
			return errs.New(errs.UnknownHost, "This Galley does not serve that host name. Set --public-url to the address that people use.")
		}
		return next(c)
	}
}

func (s *Server) serves(hostport string) bool {
	host := bareHost(hostport)
	addr, err := netip.ParseAddr(host)
	if strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback() {
		return true
	}
	if s.o.PublicURL != nil {
		return strings.EqualFold(host, s.o.PublicURL.Hostname())
	}
	return err == nil || strings.EqualFold(host, bareHost(s.o.Listen))
}

func bareHost(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}
