package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"galley/errs"
)

// statuses is the only place where a code becomes a status.
var statuses = map[errs.Code]int{
	errs.Malformed:            http.StatusBadRequest,
	errs.Unauthenticated:      http.StatusUnauthorized,
	errs.Forbidden:            http.StatusForbidden,
	errs.OriginNotAllowed:     http.StatusForbidden,
	errs.NotFound:             http.StatusNotFound,
	errs.MethodNotAllowed:     http.StatusMethodNotAllowed,
	errs.Conflict:             http.StatusConflict,
	errs.Stale:                http.StatusPreconditionFailed,
	errs.TooLarge:             http.StatusRequestEntityTooLarge,
	errs.UnsupportedMedia:     http.StatusUnsupportedMediaType,
	errs.UnknownHost:          http.StatusMisdirectedRequest,
	errs.Invalid:              http.StatusUnprocessableEntity,
	errs.UpgradeRequired:      http.StatusUpgradeRequired,
	errs.PreconditionRequired: http.StatusPreconditionRequired,
	errs.RateLimited:          http.StatusTooManyRequests,
	errs.Unavailable:          http.StatusServiceUnavailable,
	errs.RealtimeDisabled:     http.StatusServiceUnavailable,
	errs.Internal:             http.StatusInternalServerError,
}

// Problem is the body of every error (RFC 9457) with the members that clients here rely on.
type Problem struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail"`
	Code      errs.Code         `json:"code"`
	Fields    map[string]string `json:"fields,omitempty"`
	Current   any               `json:"current,omitempty"`
	RequestID string            `json:"request_id"`
}

// writeError is the only writer of errors, and the only place that logs one: an internal error, once.
func writeError(log *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		e := known(err)
		if e.Code == errs.Internal || e.Code == errs.Unavailable && !isPlain(err) && !errors.Is(err, context.Canceled) { // leaving a page is no fault
			log.Error("request failed", "method", c.Request().Method, "route", c.Path(), "actor", actorID(c), "request_id", RequestID(c), "error", err)
		}
		if e.RetryAfter > 0 {
			c.Response().Header().Set("Retry-After", strconv.Itoa(e.RetryAfter))
		}
		if e.Code == errs.UpgradeRequired { // RFC 9110, section 15.5.22
			c.Response().Header().Set("Upgrade", "websocket")
			c.Response().Header().Set("Connection", "Upgrade")
		}
		status := statuses[e.Code]
		p := Problem{
			Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: e.Message, Code: e.Code,
			Fields: e.Fields, Current: e.Current, RequestID: RequestID(c),
		}
		c.Response().Header().Set(echo.HeaderContentType, "application/problem+json")
		c.Response().Header().Set("Cache-Control", "no-store")
		if c.Request().Method == http.MethodHead {
			err = c.NoContent(status)
		} else {
			err = c.JSON(status, p)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			log.Debug("answer not delivered", "request_id", RequestID(c), "error", err)
		}
	}
}

func isPlain(err error) bool {
	_, plain := err.(*errs.Error) //nolint:errorlint // a wrapped one carries a cause that must be logged
	return plain
}

// known finds the error of the house in err, translates the router's own, and makes internal of the rest.
func known(err error) *errs.Error {
	var e *errs.Error
	if errors.As(err, &e) {
		return e
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		switch he.Code {
		case http.StatusNotFound:
			return errs.Missing("page")
		case http.StatusMethodNotAllowed:
			return errs.New(errs.MethodNotAllowed, "This address does not take that method.")
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return errs.New(errs.Unavailable, "The request took too long or was given up. Try again.")
	}
	return errs.New(errs.Internal, "Something went wrong on our side. Nothing was changed. If it happens again, tell an admin the request id.")
}
