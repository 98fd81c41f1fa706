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
	Commented        Kind = "commented"
	ItemPublished    Kind = "item_published"
	ProjectPublished Kind = "project_published"
	AddedToProject   Kind = "added_to_project"
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

// Notification is one entry of somebody's inbox. Names and titles are those of now, not of then. Of what its owner may not
// see any more it says that it is gone and nothing else.
type Notification struct {
	ID          int64           `json:"id"`
	Kind        Kind            `json:"kind"`
	Gone        bool            `json:"gone"`
	ProjectID   *int64          `json:"project_id"`
	ProjectName string          `json:"project_name"`
	ItemID      *int64          `json:"item_id"`
	ItemTitle   *string         `json:"item_title"`
	CommentID   *int64          `json:"comment_id"` // of several the latest
	Actor       *access.Person  `json:"actor"`      // of several the latest
	Actors      []access.Person `json:"actors"`     // three at most, the latest first
	People      int             `json:"people"`     // how many are behind it, up to 50
	Text        string          `json:"text"`       // of several the latest
	Reason      string          `json:"reason"`
	Count       int             `json:"count"` // of how many things it speaks
	ReadAt      *time.Time      `json:"read_at"`
	CreatedAt   time.Time       `json:"created_at"` // of several the first

	actors []int64 // the latest first
}

// stub is what is left of an entry about something that its owner may not see.
func (n Notification) stub() Notification {
	return Notification{ID: n.ID, Kind: n.Kind, Gone: true, Count: 1, ReadAt: n.ReadAt, CreatedAt: n.CreatedAt}
}

func (n Notification) actorID() *int64 {
	if n.Actor == nil {
		return nil
	}
	return &n.Actor.ID
}
