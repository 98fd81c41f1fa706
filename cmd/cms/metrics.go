package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"galley/errs"
)

// metrics are what Galley tells Prometheus. The registry is its own: what a library adds to the common one is not for us to
// explain.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "galley_http_request_duration_seconds", Help: "Answered requests by route and status.",
			Buckets: []float64{.005, .02, .1, .5, 2, 10},
		}, []string{"method", "route", "status"}),
	}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe counts a request. Methods are made up by whoever likes to; routes are ours.
func (m *metrics) observe(method, route string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// alone is all that the listener for metrics serves.
func (m *metrics) alone() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.handler())
	return mux
}

// watch adds the figures of the app, read when they are asked for.
func (m *metrics) watch(a *App) { m.registry.MustRegister(figures{a}) }

// figures is the app as Prometheus collects it.
type figures struct{ *App }

// Describe says nothing: what is collected is checked when it is.
func (figures) Describe(chan<- *prometheus.Desc) {}

// Collect sends what stands now. What cannot be read now is left out, which shows.
func (f figures) Collect(ch chan<- prometheus.Metric) {
	send := func(kind prometheus.ValueType, name, help string, v float64, labels ...string) {
		var names, values []string
		for i := 0; i < len(labels); i += 2 {
			names, values = append(names, labels[i]), append(values, labels[i+1])
		}
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc("galley_"+name, help, names, nil), kind, v, values...)
	}
	gauge, counter := prometheus.GaugeValue, prometheus.CounterValue
	send(gauge, "build_info", "Always 1; the label is what this binary was built from.", 1, "version", version())
	w := f.db.Figures()
	send(gauge, "writes_waiting", "Actions that wait for the writer.", float64(w.Waiting))
	send(counter, "writes_total", "Actions that were written.", float64(w.Actions))
	send(counter, "writes_refused_total", "Actions that the database could not take: locked, or its disk full.", float64(w.Refused))
	send(counter, "commits_total", "Transactions; many actions share one under load.", float64(w.Commits))
	for what, file := range map[string]string{"database": f.c.Database, "wal": f.c.Database + "-wal"} {
		if info, err := os.Stat(file); err == nil {
			send(gauge, "file_bytes", "Size of the database's files.", float64(info.Size()), "file", what)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), collectWithin)
	defer cancel()
	h, err := f.hub.Figures(ctx)
	if err != nil {
		return
	}
	send(gauge, "sockets", "Open WebSockets.", float64(h.Sockets))
	send(gauge, "topics", "Topics that somebody follows.", float64(h.Topics))
	send(counter, "events_published_total", "Events given to the sockets.", float64(h.Published))
	send(counter, "events_resumed_total", "Events sent to sockets that were away or behind.", float64(h.Resumed))
	send(counter, "slow_closes_total", "Sockets closed since their browser did not read.", float64(h.SlowClosed))
	send(gauge, "feed_lag", "How far the sockets are behind the log, in ids. While it stays, nobody hears of anything.", float64(h.Lag))
}

// collectWithin is how long the database may take for its figures.
const collectWithin = 5 * time.Second

// routes adds the metrics to the main listener, for who has the token. Without a token they are not there: what they tell is
// not for everybody.
func (m *metrics) routes(e *echo.Echo, token string) {
	want := sha256.Sum256([]byte("Bearer " + token))
	handler := m.handler()
	e.GET("/metrics", func(c echo.Context) error {
		if token == "" {
			return errs.Missing("page")
		}
		got := sha256.Sum256([]byte(c.Request().Header.Get("Authorization")))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			c.Response().Header().Set("WWW-Authenticate", "Bearer")
			return errs.New(errs.Unauthenticated, "Send Authorization: Bearer with the token that stands in %sMETRICS_TOKEN.", envPrefix)
		}
		c.Response().Header().Set("Cache-Control", "no-store")
		handler.ServeHTTP(c.Response(), c.Request())
		return nil
	})
}
