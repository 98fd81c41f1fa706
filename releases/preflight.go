// Package releases brings projects and content together: what can go out, publishing it as one, and the report of each run.
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
	"galley/store"
)

// Obstacle is why an item cannot go out.
type Obstacle string

// The obstacles, in the order in which they are named.
const (
	Conflict        Obstacle = "conflict"         // live has moved past the version's base
	BlockingComment Obstacle = "blocking_comment" // one is not settled
	MissingFields   Obstacle = "missing_fields"
	SlugTaken       Obstacle = "slug_taken"
	NotReady        Obstacle = "not_ready"
)

var obstacles = []Obstacle{Conflict, BlockingComment, MissingFields, SlugTaken, NotReady}

var sentences = map[Obstacle]string{
	Conflict:        "The live page has changed since this draft began.",
	BlockingComment: "A blocking comment is not settled.",
	MissingFields:   "Required fields are empty.",
	SlugTaken:       "Another live page has this address.",
	NotReady:        "It is not ready.",
}

// Preflight says what of a project can go out and what stands in the way. It is computed when read, never stored.
type Preflight struct {
	Ready     int             `json:"ready"` // items that can go out
	Total     int             `json:"total"` // items that have not gone out yet
	Obstacles []ObstacleCount `json:"obstacles"`
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

// Checked is one item with what stands in its way; nothing means that it can go out.
type Checked struct {
	ItemID    int64      `json:"item_id"`
	Title     string     `json:"title"`
	Obstacles []Obstacle `json:"obstacles"`

	out content.Outgoing
}

func (c Checked) reason() string {
	if len(c.Obstacles) == 0 {
		return ""
	}
	return sentences[c.Obstacles[0]]
}

// Preflight of the project. NotFound to a stranger.
func (s *Service) Preflight(ctx context.Context, a access.Actor, projectID int64) (Preflight, error) {
	p := Preflight{Obstacles: []ObstacleCount{}, Topic: events.Project(projectID)}
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
		o := ObstacleCount{Kind: kind, ItemIDs: []int64{}}
		for _, c := range p.Items {
			if slices.Contains(c.Obstacles, kind) {
				o.Count++
				o.ItemIDs = append(o.ItemIDs, c.ItemID)
			}
		}
		if o.Count > 0 {
			p.Obstacles = append(p.Obstacles, o)
		}
	}
	for _, c := range p.Items {
		if len(c.Obstacles) == 0 {
			p.Ready++
		}
	}
	return p, err
}

// check looks at every item of the project that has not gone out yet, in their order, with one query.
func (s *Service) check(tx *gorm.DB, projectID int64) ([]Checked, error) {
	rows, err := tx.Raw(`SELECT i.id, v.title, c.type, v.fields, v.state, coalesce(lv.number, 0) <> coalesce(v.base, 0),
		EXISTS (SELECT 1 FROM comments k WHERE k.item_id = i.id AND k.blocking AND k.resolved_at IS NULL AND NOT k.deleted),
		EXISTS (SELECT 1 FROM live t WHERE t.parent_id = coalesce(c.parent_id, 0) AND t.language = i.language AND t.slug = v.slug AND t.content_id <> i.content_id),
		v.id, i.content_id, i.language, v.slug, c.parent_id, v.created_by, v.saved_by
		FROM project_items i JOIN versions v ON v.id = i.version_id JOIN content_items c ON c.id = i.content_id
		LEFT JOIN live l ON l.content_id = i.content_id AND l.language = i.language LEFT JOIN versions lv ON lv.id = l.version_id
		WHERE i.project_id = ? AND v.state NOT IN ('published', 'previously_published') ORDER BY i.position, i.id`, projectID).Rows()
	if err != nil {
		return nil, store.Fault(err, "item")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	out := []Checked{}
	slugs := map[string]int{} // of this run, so that two items do not take the same one
	for rows.Next() {
		var c Checked
		var typeName, fields, state string
		var moved, blocked, taken bool
		o := &c.out
		err := rows.Scan(&c.ItemID, &c.Title, &typeName, &fields, &state, &moved, &blocked, &taken,
			&o.VersionID, &o.ContentID, &o.Language, &o.Slug, &o.ParentID, &o.CreatedBy, &o.SavedBy)
		if err != nil {
			return nil, store.Fault(err, "item")
		}
		missing, err := s.content.MissingFields(typeName, fields)
		if err != nil {
			return nil, err
		}
		c.Obstacles = []Obstacle{}
		for _, found := range []struct {
			is   bool
			kind Obstacle
		}{{moved, Conflict}, {blocked, BlockingComment}, {len(missing) > 0, MissingFields}, {taken || o.Slug == "", SlugTaken}, {state != content.Ready, NotReady}} {
			if found.is {
				c.Obstacles = append(c.Obstacles, found.kind)
			}
		}
		if place := o.Place(); len(c.Obstacles) == 0 {
			if slugs[place]++; slugs[place] > 1 {
				c.Obstacles = append(c.Obstacles, SlugTaken)
			}
		}
		out = append(out, c)
	}
	return out, store.Fault(rows.Err(), "item")
}

func nothingReady(items []Checked) error {
	if len(items) == 0 {
		return errs.New(errs.Conflict, "This project has nothing left to publish.")
	}
	return errs.New(errs.Conflict, "Nothing is ready to go out. %s", items[0].reason())
}
