// Package notifications is each person's inbox: what happened that concerns them, written in the transaction of its cause.
// It must never know how news travels to a browser.
package notifications

import (
	"time"

	"galley/access"
)

// Kind says why somebody is told.
type Kind string

// The kinds of notifications.
const (
	Mentioned        Kind = "mentioned"
	Replied          Kind = "replied"
	ItemPublished    Kind = "item_published"
	ProjectPublished Kind = "project_published"
)

// maxText is how much of a comment is quoted, in characters.
const maxText = 200

// Note is something to tell, before it is known to whom.
type Note struct {
	Kind        Kind
	ProjectID   int64
	ProjectName string
	ItemID      *int64 // the project item, where it is about one
	CommentID   *int64
	Actor       access.Actor
	Text        string // the words it is about, cut to 200 characters
	Reason      string // the answer to "why did I get this?"
	Count       int    // of how many things it speaks; 0 means one
}

// Notification is one entry of somebody's inbox. Names and titles are those of now, not of then.
type Notification struct {
	ID          int64          `json:"id"`
	Kind        Kind           `json:"kind"`
	ProjectID   int64          `json:"project_id"`
	ProjectName string         `json:"project_name"`
	ItemID      *int64         `json:"item_id"`
	ItemTitle   *string        `json:"item_title"`
	CommentID   *int64         `json:"comment_id"`
	Actor       *access.Person `json:"actor"`
	Text        string         `json:"text"`
	Reason      string         `json:"reason"`
	Count       int            `json:"count"`
	ReadAt      *time.Time     `json:"read_at"`
	CreatedAt   time.Time      `json:"created_at"`
}
