package realtime

import (
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"galley/access"
	"galley/errs"
)

// Subprotocol is the wire's name in the handshake (RFC 6455, section 1.9).
const Subprotocol = "galley.v1"

// upgrader makes small buffers: most sockets only listen.
var upgrader = websocket.Upgrader{
	HandshakeTimeout: 10 * time.Second,
	ReadBufferSize:   512,
	WriteBufferPool:  &sync.Pool{},
	Subprotocols:     []string{Subprotocol},
	CheckOrigin:      func(*http.Request) bool { return true }, // checked before, exactly
}

// wantsSocket tells whether the request is a WebSocket handshake, be it a damaged one.
func wantsSocket(r *http.Request) bool {
	return hasToken(r.Header, "Upgrade", "websocket") || r.Header.Get("Sec-WebSocket-Key") != ""
}

// checkHandshake refuses a handshake that cannot succeed, before any memory is spent on it (RFC 6455, section 4.2.1).
func checkHandshake(r *http.Request, allows func(origin, host string) bool) error {
	switch {
	case !hasToken(r.Header, "Upgrade", "websocket"):
		return errs.New(errs.UpgradeRequired, "The header Upgrade: websocket did not arrive, though Sec-WebSocket-Key did: something between you and Galley took it out.")
	case !hasToken(r.Header, "Connection", "upgrade"):
		return errs.New(errs.UpgradeRequired, "The header Connection: Upgrade did not arrive: something between you and Galley took it out.")
	case !r.ProtoAtLeast(1, 1):
		return errs.New(errs.UpgradeRequired, "The request came as %s, which knows no upgrade: something between you and Galley must speak HTTP/1.1.", r.Proto)
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		return errs.New(errs.UpgradeRequired, "Only version 13 of the WebSocket protocol is spoken here.")
	}
	if key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key")); err != nil || len(key) != 16 {
		return errs.New(errs.Malformed, "The header Sec-WebSocket-Key should be 16 bytes in base64.")
	}
	origin := r.Header.Get("Origin")
	if origin == "" || !allows(origin, r.Host) {
		return errs.New(errs.OriginNotAllowed, "Pages of %s may not open sockets here. Add that origin with --allow-origin if it is yours.", originName(origin))
	}
	if !hasToken(r.Header, "Sec-WebSocket-Protocol", Subprotocol) {
		return errs.New(errs.Malformed, "Offer the subprotocol %s.", Subprotocol)
	}
	return nil
}

func originName(origin string) string {
	if origin == "" {
		return "no origin"
	}
	return origin
}

// hasToken looks for a token in a comma-separated header, ignoring case (RFC 9110, section 5.6.1).
func hasToken(h http.Header, name, token string) bool {
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

// open upgrades the connection and lets it read in a goroutine of its own, so that the HTTP server can free what it holds
// for the request.
func (h *Hub) open(w http.ResponseWriter, r *http.Request, a access.Actor) error {
	taken := &onLine{ResponseWriter: w}
	ws, err := upgrader.Upgrade(taken, r, nil)
	if err != nil {
		return nil // the upgrader has answered
	}
	ws.SetReadLimit(maxInbound)
	c := &conn{hub: h, ws: ws, line: taken.line, actor: a}
	c.pongAt.Store(time.Now().UnixMilli())
	ws.SetPongHandler(func(string) error {
		c.pongAt.Store(time.Now().UnixMilli())
		return nil
	})
	ws.SetPingHandler(c.pong)
	h.owned.Go(c.serve)
	return nil
}

// drainPeer reads on until the peer closes or the deadline passes.
func drainPeer(nc net.Conn) { _, _ = io.Copy(io.Discard, nc) }
