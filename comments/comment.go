// Package comments is what people say on a project and on its items: threads with one level of replies. It must never know
// how news of a comment reaches anybody.
package comments

import (
	"strings"
	"time"
	"unicode/utf8"

	"galley/access"
	"galley/errs"
	"galley/store"
)

// Limits of a comment, in characters.
const (
	maxBody  = 10_000
	maxQuote = 1_000
	maxField = 100
)

// Comment is a comment as it is answered and sent.
type Comment struct {
	ID         int64          `json:"id"`
	ProjectID  int64          `json:"project_id"`
	ItemID     *int64         `json:"item_id"`
	ParentID   *int64         `json:"parent_id"`
	Field      string         `json:"field"`
	Quote      string         `json:"quote"`
	Body       string         `json:"body"`
	HTML       string         `json:"html"` // sanitised
	Author     access.Person  `json:"author"`
	EditedAt   *time.Time     `json:"edited_at"`
	ResolvedAt *time.Time     `json:"resolved_at"`
	ResolvedBy *access.Person `json:"resolved_by"`
	Deleted    bool           `json:"deleted"` // its words are gone; it stays while it has replies
	Blocking   bool           `json:"blocking"`
	store.ClientKey
	Revision  int64     `json:"revision"`
	CreatedAt time.Time `json:"created_at"`
}

// Draft is a comment to be added.
type Draft struct {
	Body     string          `json:"body"`
	ItemID   *int64          `json:"item_id"`
	ParentID *int64          `json:"parent_id"`
	Field    string          `json:"field"`
	Quote    string          `json:"quote"`
	Blocking bool            `json:"blocking"`
	Key      store.ClientKey `json:"-"`
}

func (d *Draft) validate() error {
	var wrong errs.Fields
	checkBody(&wrong, d.Body)
	if utf8.RuneCountInString(d.Quote) > maxQuote {
		wrong.Add("quote", "At most %d characters.", maxQuote)
	}
	if utf8.RuneCountInString(d.Field) > maxField {
		wrong.Add("field", "At most %d characters.", maxField)
	}
	if d.Field != "" && d.ItemID == nil && d.ParentID == nil {
		wrong.Add("field", "Only an item has fields.")
	}
	return wrong.Err()
}

// Edit is a change of a comment's words.
type Edit struct {
	Body string `json:"body"`
}

func (e *Edit) validate() error {
	var wrong errs.Fields
	checkBody(&wrong, e.Body)
	return wrong.Err()
}

func checkBody(wrong *errs.Fields, body string) {
	switch {
	case strings.TrimSpace(body) == "":
		wrong.Add("body", "A comment needs words.")
	case utf8.RuneCountInString(body) > maxBody:
		wrong.Add("body", "At most %d characters; this has %d.", maxBody, utf8.RuneCountInString(body))
	}
}
