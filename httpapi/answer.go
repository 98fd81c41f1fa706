package httpapi

import (
	"crypto/sha256"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"
)

// List is the answer of every list: a page of rows, the cursor of the next page, and from where to follow it live.
type List[T any] struct {
	Items    []T                    `json:"items"`
	Next     *string                `json:"next"`
	Position encoding.TextMarshaler `json:"position"`
	Topic    string                 `json:"topic"`
}

// NewList makes a list of one page, given one row more than the limit where there is a next one.
func NewList[T any](rows []T, limit int, id func(T) int64, at encoding.TextMarshaler, topic string) List[T] {
	l := List[T]{Items: rows, Position: at, Topic: topic}
	if len(rows) > limit {
		l.Items = rows[:limit]
		next := strconv.FormatInt(id(rows[limit-1]), 10)
		l.Next = &next
	}
	if l.Items == nil {
		l.Items = []T{}
	}
	return l
}

// Resource answers with one resource and its revision as the ETag, for If-Match of the next change.
func Resource(c echo.Context, status int, v any, revision int64) error {
	c.Response().Header().Set("ETag", strconv.Quote(strconv.FormatInt(revision, 10)))
	return write(c, status, v)
}

// Read answers a GET with an ETag made of the body, and with 304 where the client has it already.
func Read(c echo.Context, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return ReadBytes(c, echo.MIMEApplicationJSON, body)
}

// ReadBytes is Read for a body that is encoded already.
func ReadBytes(c echo.Context, mediaType string, body []byte) error {
	sum := sha256.Sum256(body)
	tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	h := c.Response().Header()
	h.Set("ETag", tag)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	if c.Request().Header.Get("If-None-Match") == tag {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, mediaType, body)
}

// Answer sends v as it is, never to be kept by a cache.
func Answer(c echo.Context, status int, v any) error { return write(c, status, v) }

func write(c echo.Context, status int, v any) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.Blob(status, echo.MIMEApplicationJSON, body)
}

// CreatedOrRepeated is the status of an answer to a POST that creates: 201, or 200 for a repeat of the same request.
func CreatedOrRepeated(created bool) int {
	if created {
		return http.StatusCreated
	}
	return http.StatusOK
}
