// Package errs holds the one error type that crosses package borders. It knows codes and sentences, never HTTP.
package errs

import (
	"errors"
	"fmt"
)

// Code is a stable word for a kind of expected trouble; the HTTP API and the socket send it as it is.
type Code string

// The codes of the contract. httpapi maps each to a status, in one table.
const (
	Malformed            Code = "malformed"             // the bytes could not be read: JSON, UTF-8, doubled keys
	Unauthenticated      Code = "unauthenticated"       // nobody is signed in
	Forbidden            Code = "forbidden"             // known, visible, but not yours to do
	OriginNotAllowed     Code = "origin_not_allowed"    // a cross-site request
	NotFound             Code = "not_found"             // absent, or not visible to the caller: never told apart
	MethodNotAllowed     Code = "method_not_allowed"    // the path exists, the method does not
	Conflict             Code = "conflict"              // the thing is in a state that does not allow the act
	Stale                Code = "stale"                 // somebody saved in between; Current holds what stands now
	TooLarge             Code = "too_large"             // body over the limit
	UnsupportedMedia     Code = "unsupported_media"     // not application/json
	UnknownHost          Code = "unknown_host"          // a Host that this installation does not serve
	Invalid              Code = "invalid"               // readable, but a field is wrong; Fields says which
	UpgradeRequired      Code = "upgrade_required"      // a WebSocket handshake lost its Upgrade header
	PreconditionRequired Code = "precondition_required" // If-Match is missing
	RateLimited          Code = "rate_limited"          // try again after RetryAfter
	Unavailable          Code = "unavailable"           // stopping, or the database cannot take the write now
	RealtimeDisabled     Code = "realtime_disabled"     // WebSockets are switched off
	Internal             Code = "internal"              // our fault; the cause is logged, never sent
)

// Error is expected trouble with a sentence for the person who reads it.
type Error struct {
	Code       Code
	Message    string
	Fields     map[string]string // for Invalid: field name to sentence
	Current    any               // for Stale: the resource as it stands now
	RetryAfter int               // for RateLimited: seconds
}

// Error is for logs and tests; people read Message.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// New makes an Error with the given sentence.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Missing is NotFound for the named thing, worded alike everywhere so that absent and invisible look the same.
func Missing(thing string) *Error {
	return New(NotFound, "There is no such %s.", thing)
}

// CodeOf is the code of err, Internal where it carries none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Fields collects the validation sentences of one input.
type Fields map[string]string

// Add notes a sentence for the field unless it has one already: the first trouble is the one to mend first.
func (f *Fields) Add(field, format string, args ...any) {
	if *f == nil {
		*f = Fields{}
	}
	if _, ok := (*f)[field]; !ok {
		(*f)[field] = fmt.Sprintf(format, args...)
	}
}

// Err is Invalid with the collected fields, or nil when there are none.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Message: "Some fields need another look.", Fields: f}
}
