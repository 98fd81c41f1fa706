package store

import (
	"bytes"
	"crypto/sha256"

	"galley/errs"
)

// ClientKey lets a request that creates something be sent twice: it is kept on the row, unique for each author. Embedded in
// a row it maps to the columns client_key and client_body. Its zero value means that the client sent none.
type ClientKey struct {
	Value *string `gorm:"column:client_key" json:"client_key"`
	Body  []byte  `gorm:"column:client_body" json:"-"` // SHA-256 of the request's body
}

// NewClientKey makes the key of a request with the given body; "" means none.
func NewClientKey(value string, body []byte) ClientKey {
	if value == "" {
		return ClientKey{}
	}
	sum := sha256.Sum256(body)
	return ClientKey{Value: &value, Body: sum[:]}
}

// Repeats is nil when k may be answered with the row that was made under the key first, and Invalid when k came with another body.
func (k ClientKey) Repeats(first ClientKey) error {
	if bytes.Equal(k.Body, first.Body) {
		return nil
	}
	return &errs.Error{Code: errs.Invalid, Message: "This Idempotency-Key was used for something else.", Fields: errs.Fields{"Idempotency-Key": "Use a new key for a new request."}}
}
