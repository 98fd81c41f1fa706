package httpapi

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"galley/errs"
)

// Query reads the query string one parameter at a time and collects what is wrong with it, unknown parameters included.
type Query struct {
	values url.Values
	asked  []string
	wrong  errs.Fields
}

// NewQuery reads the request's query string.
func NewQuery(c echo.Context) *Query { return &Query{values: c.QueryParams()} }

// Text is the parameter's value, "" when absent; more than most characters are refused.
func (q *Query) Text(name string, most int) string {
	q.asked = append(q.asked, name)
	if len(q.values[name]) > 1 {
		q.wrong.Add(name, "Give this once.")
	}
	v := q.values.Get(name)
	switch {
	case !utf8.ValidString(v) || strings.ContainsRune(v, 0):
		q.wrong.Add(name, "This is no text in UTF-8.")
	case utf8.RuneCountInString(v) > most:
		q.wrong.Add(name, "At most %d characters.", most)
	}
	return v
}

// OneOf is the parameter's value, "" when absent; a value off the list is refused.
func (q *Query) OneOf(name string, list ...string) string {
	v := q.Text(name, 100)
	if q.values.Has(name) && !slices.Contains(list, v) {
		q.wrong.Add(name, "One of: %s.", strings.Join(list, ", "))
	}
	return v
}

// Bool is the parameter's value, false when absent.
func (q *Query) Bool(name string) bool { return q.OneOf(name, "true", "false") == "true" }

// ID is the parameter as an id, 0 when absent.
func (q *Query) ID(name string) int64 {
	v := q.Text(name, 20)
	if v == "" {
		return 0
	}
	id, err := strconv.ParseInt(v, 10, 64)
	if err != nil || id <= 0 {
		q.wrong.Add(name, "This is not an id.")
	}
	return id
}

// Sizes of a page of a list, in rows.
const (
	defaultLimit = 50
	maxLimit     = 200
)

// Page reads limit and after: how many rows, behind which one (0 for the beginning).
func (q *Query) Page() (limit int, after int64) { return q.Limit(), q.ID("after") }

// Limit is how many rows are asked for.
func (q *Query) Limit() int {
	v := q.Text("limit", 10)
	if v == "" {
		return defaultLimit
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > maxLimit {
		q.wrong.Add("limit", "A whole number from 1 to %d.", maxLimit)
	}
	return n
}

// Err is Invalid with everything that was wrong, or nil.
func (q *Query) Err() error {
	for name := range q.values {
		if !slices.Contains(q.asked, name) {
			q.wrong.Add(name, "There is no such parameter.")
		}
	}
	return q.wrong.Err()
}
