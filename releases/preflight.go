// Package releases brings projects, content and talk together: what is done to items and all that belongs to them, what can
// go out, publishing it as one, and the report of each run.
// It must never know how a version is edited.
package releases

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/events"
	"galley/projects"
)

// Obstacle is why an item cannot go out.
type Obstacle string

// The obstacles, in the order in which they are named.
const (
	Conflict        Obstacle = "conflict"         // live has moved past the version's base
	NothingLive     Obstacle = "nothing_live"     // it is to be taken off the site, and is not there
	LiveChildren    Obstacle = "live_children"    // it is to be taken off the site, and others there stand below it
	BlockingComment Obstacle = "blocking_comment" // one is not settled
	MissingFields   Obstacle = "missing_fields"
	SlugTaken       Obstacle = "slug_taken"
	NotReady        Obstacle = "not_ready"
)

var obstacles = []Obstacle{Conflict, NothingLive, LiveChildren, BlockingComment, MissingFields, SlugTaken, NotReady}

var sentences = map[Obstacle]string{
	Conflict:        "The live page has changed since this draft began.",
	NothingLive:     "It is not live any more.",
	LiveChildren:    "Live pages stand below it.",
	BlockingComment: "A blocking comment is not settled.",
	MissingFields:   "Required fields are empty.",
	SlugTaken:       "Another live page has this address.",
	NotReady:        "It is not ready.",
}

// Warning is what to look at before an item goes out. It stands in nobody's way.
type Warning string

// The warnings, in the order in which they are named.
const (
	ParentNotLive Warning = "parent_not_live" // nobody can reach it until what it stands below is live too
	Referenced    Warning = "referenced"      // it is to be taken off the site, and what is live refers to it
)

var warnings = []Warning{ParentNotLive, Referenced}

// Preflight says what of a project can go out and what stands in the way. It is computed when read, never stored.
type Preflight struct {
	Ready     int             `json:"ready"` // items that can go out
	Total     int             `json:"total"` // items that have not gone out yet
	Obstacles []ObstacleCount `json:"obstacles"`
	Warnings  []WarningCount  `json:"warnings"`
	Items     []Checked       `json:"items"`
	Topic     string          `json:"topic"`
	Position  events.Position `json:"position"`
}

// ObstacleCount is how many items an obstacle holds back, and which.
type ObstacleCount struct {
	Kind    Obstacle `json:"kind"`
	Count   int      `json:"count"`
	ItemIDs []int64  `json:"item_ids"`
}

// WarningCount is how many items a warning is about, and which.
type WarningCount struct {
	Kind    Warning `json:"kind"`
	Count   int     `json:"count"`
	ItemIDs []int64 `json:"item_ids"`
}

// Checked is one item with what stands in its way; nothing means that it can go out.
type Checked struct {
	ItemID    int64      `json:"item_id"`
	Title     string     `json:"title"`
	Action    string     `json:"action"`
	Obstacles []Obstacle `json:"obstacles"`
	Warnings  []Warning  `json:"warnings"`

	out      content.Outgoing
	takenBy  *int64 // the live item that has its address
	orphaned bool   // what it stands below is not live
}

func (c *Checked) goes() bool { return len(c.Obstacles) == 0 }

func (c *Checked) unpublishes() bool { return c.Action == projects.Unpublish }

func (c *Checked) hinder(o Obstacle) { c.Obstacles = append(c.Obstacles, o) }

func (c *Checked) reason() string {
	if c.goes() {
		return ""
	}
	return sentences[c.Obstacles[0]]
}

// Preflight of the project. NotFound to a stranger.
func (s *Service) Preflight(ctx context.Context, a access.Actor, projectID int64) (Preflight, error) {
	p := Preflight{Obstacles: []ObstacleCount{}, Warnings: []WarningCount{}, Topic: events.Project(projectID)}
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if _, err = projects.Require(tx, a, projectID, access.See); err != nil {
			return err
		}
		if p.Items, err = s.check(tx, projectID); err != nil {
			return err
		}
		p.Position, err = events.Here(tx)
		return err
	})
	p.Total = len(p.Items)
	for _, kind := range obstacles {
		if ids := p.which(func(c *Checked) bool { return slices.Contains(c.Obstacles, kind) }); len(ids) > 0 {
			p.Obstacles = append(p.Obstacles, ObstacleCount{kind, len(ids), ids})
		}
	}
	for _, kind := range warnings {
		if ids := p.which(func(c *Checked) bool { return slices.Contains(c.Warnings, kind) }); len(ids) > 0 {
			p.Warnings = append(p.Warnings, WarningCount{kind, len(ids), ids})
		}
	}
	p.Ready = len(p.which((*Checked).goes))
	return p, err
}

// which are the ids of the items of which it is so.
func (p *Preflight) which(is func(*Checked) bool) (ids []int64) {
	for i := range p.Items {
		if is(&p.Items[i]) {
			ids = append(ids, p.Items[i].ItemID)
		}
	}
	return ids
}

func nothingReady(items []Checked) error {
	if len(items) == 0 {
		return errs.New(errs.Conflict, "This project has nothing left to publish.")
	}
	return errs.New(errs.Conflict, "Nothing is ready to go out. %s", items[0].reason())
}
