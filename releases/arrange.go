package releases

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"galley/access"
	"galley/comments"
	"galley/content"
	"galley/errs"
	"galley/projects"
	"galley/store"
)

// Arrange sorts, assigns and moves an item of a project, based on the given revision. Its comments and notifications follow
// it. See projects.Arrange.
func (s *Service) Arrange(ctx context.Context, a access.Actor, projectID, itemID, revision int64, ar projects.Arrangement) (projects.Item, error) {
	if err := ar.Validate(); err != nil {
		return projects.Item{}, err
	}
	write := s.db.Write
	if ar.Project != nil {
		write = s.db.WriteAlone // it may have much talk to take along
	}
	var it projects.Item
	err := write(ctx, func(tx *gorm.DB) error {
		done, err := arrange(tx, a, projectID, itemID, revision, ar)
		if err != nil {
			return err
		}
		it, err = projects.ItemFor(tx, a, done.ProjectID, itemID)
		return err
	})
	return it, err
}

func arrange(tx *gorm.DB, a access.Actor, projectID, itemID, revision int64, ar projects.Arrangement) (projects.Item, error) {
	it, err := projects.Arrange(tx, a, projectID, itemID, revision, ar)
	if err == nil && it.ProjectID != projectID {
		err = comments.MoveItem(tx, itemID, it.ProjectID)
	}
	return it, err
}

// What can be done to many items at once.
const (
	SetReady = "ready"
	SetDraft = "draft"
	Remove   = "remove"
	Assign   = "assign"
	Move     = "move"
)

// Bulk is one act on many items.
type Bulk struct {
	ItemIDs  []int64
	Act      string
	Assignee *int64 // for Assign: a person, 0 for nobody
	Project  *int64 // for Move
}

// maxBulk is how many items one request may name.
const maxBulk = 200

func (b Bulk) validate() error {
	var wrong errs.Fields
	seen := map[int64]bool{}
	for _, id := range b.ItemIDs {
		if seen[id] {
			wrong.Add("item_ids", "Name each item once.")
		}
		seen[id] = true
	}
	if len(b.ItemIDs) == 0 || len(b.ItemIDs) > maxBulk {
		wrong.Add("item_ids", "Name 1 to %d items.", maxBulk)
	}
	if !slices.Contains([]string{SetReady, SetDraft, Remove, Assign, Move}, b.Act) {
		wrong.Add("act", "One of: ready, draft, remove, assign, move.")
	}
	if (b.Act == Assign) != (b.Assignee != nil) || b.Assignee != nil && *b.Assignee < 0 {
		wrong.Add("assignee_id", "Say to whom when you assign, or null, and only then.")
	}
	if (b.Act == Move) != (b.Project != nil) || b.Project != nil && *b.Project < 1 {
		wrong.Add("project_id", "Say where to when you move, and only then.")
	}
	return wrong.Err()
}

// Results of an item in a bulk act.
const (
	Done    = "done"
	Refused = "refused"
)

// Outcome is what became of one item.
type Outcome struct {
	ItemID int64     `json:"item_id"`
	Result string    `json:"result"`
	Code   errs.Code `json:"code,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// Bulk does one act to each of the items, all in one transaction; an item that is refused does not stop the others, and says
// why. Who may not do it to any of them is refused as a whole.
func (s *Service) Bulk(ctx context.Context, a access.Actor, projectID int64, b Bulk) ([]Outcome, error) {
	if err := b.validate(); err != nil {
		return nil, err
	}
	out := make([]Outcome, 0, len(b.ItemIDs))
	err := s.db.WriteAlone(ctx, func(tx *gorm.DB) error {
		if err := mayBulk(tx, a, projectID, b); err != nil {
			return err
		}
		for _, id := range b.ItemIDs {
			refusal, err := store.Part(tx, func(tx *gorm.DB) error { return s.one(tx, a, projectID, id, b) })
			if err != nil {
				return err
			}
			out = append(out, outcome(id, refusal))
		}
		return nil
	})
	return out, err
}

func mayBulk(tx *gorm.DB, a access.Actor, projectID int64, b Bulk) error {
	act := access.ArrangeItems
	if b.Act == SetReady || b.Act == SetDraft {
		act = access.SetReady
	}
	if _, err := projects.Require(tx, a, projectID, act); err != nil {
		return err
	}
	if b.Project == nil {
		return nil
	}
	_, err := projects.Require(tx, a, *b.Project, act)
	return err
}

// one does the act to one item.
func (s *Service) one(tx *gorm.DB, a access.Actor, projectID, itemID int64, b Bulk) error {
	switch b.Act {
	case Remove:
		return projects.TakeOut(tx, a, projectID, itemID, 0)
	case Assign, Move:
		_, err := arrange(tx, a, projectID, itemID, 0, projects.Arrangement{Assignee: b.Assignee, Project: b.Project})
		return err
	}
	it, err := projects.ItemByID(tx, projectID, itemID)
	if err != nil {
		return err
	}
	to := content.Draft
	if b.Act == SetReady {
		to = content.Ready
	}
	_, err = s.content.Mark(tx, a, it.ContentID, it.Version, to)
	return err
}

func outcome(id int64, refusal error) Outcome {
	if refusal == nil {
		return Outcome{ItemID: id, Result: Done}
	}
	o := Outcome{ItemID: id, Result: Refused, Code: errs.CodeOf(refusal)}
	var e *errs.Error
	if errors.As(refusal, &e) {
		o.Reason = sentence(e)
	}
	return o
}

// sentence is what is to be said of a refusal: for wrong fields what is wrong with the first, and which of the item's they are.
func sentence(e *errs.Error) string {
	names := slices.Sorted(maps.Keys(e.Fields))
	if len(names) == 0 {
		return e.Message
	}
	said := e.Fields[names[0]]
	if !strings.HasPrefix(names[0], "fields.") {
		return said
	}
	for i := range names {
		names[i] = strings.TrimPrefix(names[i], "fields.")
	}
	return strings.TrimSuffix(said, ".") + ": " + strings.Join(names, ", ") + "."
}
