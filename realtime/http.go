package realtime

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"galley/errs"
	"galley/events"
	"galley/httpapi"
)

// Routes adds the socket and the reading of the log by hand.
func (h *Hub) Routes(srv *httpapi.Server) {
	srv.SignedIn.GET("/realtime", func(c echo.Context) error { return h.handleSocket(c, srv.AllowsOrigin) })
	srv.SignedIn.GET("/realtime/changes", h.handleChanges)
}

// how is what a browser is told when it asks why its socket failed: scripts see nothing but 1006.
type how struct {
	Mode       string   `json:"mode"`
	Transports []string `json:"transports"`
	Epoch      string   `json:"epoch"`
	HeartbeatS int      `json:"heartbeat_s"`
	Reason     string   `json:"reason"`
}

func (h *Hub) handleSocket(c echo.Context, allows func(origin, host string) bool) error {
	<-h.ready
	r := c.Request()
	if !wantsSocket(r) {
		answer := how{Mode: h.mode(), Transports: []string{modeWebSocket, modeManual}, Epoch: h.epoch, HeartbeatS: int(h.o.Heartbeat.Seconds())}
		if !h.enabled.Load() {
			answer.Transports, answer.Reason = []string{modeManual}, "WebSockets are switched off."
		}
		return httpapi.Answer(c, http.StatusOK, answer)
	}
	if !h.enabled.Load() {
		return errs.New(errs.RealtimeDisabled, "WebSockets are switched off.")
	}
	if err := checkHandshake(r, allows); err != nil {
		if errs.CodeOf(err) == errs.UpgradeRequired {
			c.Response().Header().Set("Sec-WebSocket-Version", "13")
		}
		return err
	}
	return h.open(c.Response(), r, httpapi.Actor(c))
}

func (h *Hub) handleChanges(c echo.Context) error {
	<-h.ready
	q := httpapi.NewQuery(c)
	topics := q.Text("topics", 4000)
	after := q.Text("after", 100)
	in := changesQuery{count: q.Bool("count")}
	in.limit = q.Limit()
	err := q.Err()
	var wrong errs.Fields
	if in.topics = strings.Split(topics, ","); topics == "" || len(in.topics) > maxTopics {
		wrong.Add("topics", "Name 1 to %d topics, with commas between.", maxTopics)
	}
	if after != "" {
		p, ok := events.ParsePosition(after)
		if !ok {
			wrong.Add("after", "This is no position.")
		}
		in.after = &p
	}
	if err == nil {
		err = wrong.Err()
	}
	if err != nil {
		return err
	}
	answer, err := h.changes(c.Request().Context(), httpapi.Actor(c), in)
	if err != nil {
		return err
	}
	return httpapi.Answer(c, http.StatusOK, answer)
}
