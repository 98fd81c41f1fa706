package content

import (
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/projects"
	"galley/store"
)

// gap is how far apart siblings stand at first: many can come between two before any of them must give way.
const gap = 1 << 20

// Moving says where an item is to stand: below which parent, and at which place there.
type Moving struct {
	Parent *Parent // nil: where it is
	Place  *int64  // from 1; nil: last below a new parent, else where it is
}

// Parent is what something stands below: an item, or the root for nil.
type Parent struct{ ID *int64 }

// Moved is what is told of an item that stands somewhere else now.
type Moved struct {
	ID           int64  `json:"id"`
	Type         string `json:"type"`
	ParentID     *int64 `json:"parent_id"`
	Order        int64  `json:"order"`
	TreeRevision int64  `json:"tree_revision"`
}

func (m Moving) validate() error {
	var wrong errs.Fields
	if m.Place != nil && *m.Place < 1 {
		wrong.Add("order", "A place among its siblings, from 1.")
	}
	return wrong.Err()
}

// Move puts an item somewhere else in the tree, based on the tree revision given. It counts at once, also for what the public
// sees. Conflict where it would stand below itself, too deep, or at the address of another live page. Emits content.moved.
func (s *Service) Move(ctx context.Context, a access.Actor, id, revision int64, m Moving) (Node, error) {
	if err := m.validate(); err != nil {
		return Node{}, err
	}
	var n Node
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		it, err := openNode(tx, a, id, revision)
		if err != nil {
			return err
		}
		if err := inTrash(it.Item); err != nil {
			return err
		}
		parent := it.ParentID
		if m.Parent != nil {
			parent = m.Parent.ID
		}
		elsewhere := root(parent) != root(it.ParentID)
		if elsewhere {
			if err := mayStandBelow(tx, a, id, parent); err != nil {
				return err
			}
			// What was said of it has the slugs of where it stood in its path: once it stands elsewhere, nobody who hides those finds it.
			if err := projects.ForgetContent(tx, 0, id); err != nil {
				return err
			}
		}
		if elsewhere || m.Place != nil {
			if err := settle(tx, a, it, parent, m.Place); err != nil {
				return err
			}
		}
		if elsewhere {
			if err := moveLive(tx, id, parent); err != nil {
				return err
			}
		}
		n, err = node(tx, a, id)
		return err
	})
	return n, err
}

// openNode is an item whose place the actor may change, at the tree revision given.
func openNode(tx *gorm.DB, a access.Actor, id, revision int64) (Node, error) {
	if err := access.EditContent.Check(a.Role); err != nil {
		return Node{}, err
	}
	n, err := node(tx, a, id)
	if err != nil {
		return Node{}, err
	}
	if n.TreeRevision != revision {
		return Node{}, &errs.Error{Code: errs.Stale, Message: "Somebody moved it in the meantime. Look again where it stands.", Current: n}
	}
	return n, nil
}

// mayStandBelow refuses a parent that the actor does not see, and one with which the tree would be no tree or too deep.
func mayStandBelow(tx *gorm.DB, a access.Actor, id int64, parent *int64) error {
	if parent == nil {
		return nil
	}
	if err := standing(tx, a, *parent); err != nil {
		return err
	}
	above, err := lineage(tx, *parent)
	if err != nil {
		return err
	}
	if slices.Contains(above, id) {
		return errs.New(errs.Conflict, "It cannot stand below itself.")
	}
	// The deepest first, and no further than it takes to know.
	var tooDeep bool
	err = tx.Raw(`WITH RECURSIVE down(id, depth) AS (
		SELECT ?, 1
		UNION ALL SELECT c.id, down.depth + 1 FROM down JOIN content_items c ON c.parent_id = down.id AND c.trashed_at IS NULL ORDER BY 2 DESC)
		SELECT EXISTS (SELECT 1 FROM down WHERE depth > ?)`, id, maxDepth-len(above)).Scan(&tooDeep).Error
	if err == nil && tooDeep {
		return errs.New(errs.Conflict, "The tree is at most %d levels deep.", maxDepth)
	}
	return store.Fault(err, "content item")
}

// lineage are the item and all that it stands below, up to the root.
func lineage(tx *gorm.DB, id int64) ([]int64, error) {
	var ids []int64
	err := tx.Raw(`WITH RECURSIVE up(id, parent_id, depth) AS (
		SELECT id, parent_id, 1 FROM content_items WHERE id = ?
		UNION ALL SELECT c.id, c.parent_id, up.depth + 1 FROM up JOIN content_items c ON c.id = up.parent_id WHERE up.depth < ?)
		SELECT id FROM up ORDER BY depth`, id, maxDepth).Scan(&ids).Error
	return ids, store.Fault(err, "content item")
}

// moveLive takes what the public sees along. Conflict where another page has the address already.
func moveLive(tx *gorm.DB, id int64, parent *int64) error {
	err := tx.Exec(`UPDATE live SET parent_id = ? WHERE content_id = ?`, root(parent), id).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return errs.New(errs.Conflict, "Another live page has this address there. Give one of them another slug first.")
	}
	return store.Fault(err, "content item")
}

// settle gives the item its place among the children of the parent, the last one where none is named, and emits
// content.moved. Nothing changes where it stands there already.
func settle(tx *gorm.DB, a access.Actor, it Node, parent, place *int64) error {
	before, err := placeBefore(tx, it.ID, parent, place)
	if err != nil {
		return err
	}
	at, err := between(tx, a, it, parent, before)
	if err != nil {
		return err
	}
	return putAt(tx, a, it.ID, parent, at)
}

// lastPosition is that of the last child of the parent, but for one item; 0 where there is none.
func lastPosition(tx *gorm.DB, parent *int64, but int64) (int64, error) {
	var at int64
	err := tx.Raw(`SELECT coalesce((SELECT position FROM content_items WHERE parent_id IS ? AND trashed_at IS NULL AND id <> ?
		ORDER BY position DESC, id DESC LIMIT 1), 0)`, parent, but).Scan(&at).Error
	return at, store.Fault(err, "content item")
}

// placeBefore is the position of the sibling that is to stand right before the place.
func placeBefore(tx *gorm.DB, id int64, parent, place *int64) (int64, error) {
	if place == nil {
		return lastPosition(tx, parent, id)
	}
	var at int64
	found := tx.Raw(`SELECT position FROM content_items WHERE parent_id IS ? AND trashed_at IS NULL AND id <> ?
		ORDER BY position, id LIMIT 1 OFFSET ?`, parent, id, max(*place-2, 0)).Scan(&at)
	switch {
	case found.Error != nil:
		return 0, store.Fault(found.Error, "content item")
	case found.RowsAffected == 0:
		return lastPosition(tx, parent, id)
	case *place == 1:
		return at - 2*gap, nil // before the first one; positions below 0 are as good
	}
	return at, nil
}

// sibling is a child of the parent at hand and where it stands.
type sibling struct{ ID, Position int64 }

// between is a position for the item behind the given one and before the next sibling: its own, where that is so already.
// Where there is no room, those behind give way, as few as it takes.
func between(tx *gorm.DB, a access.Actor, it Node, parent *int64, before int64) (int64, error) {
	for n := 1; ; n *= 4 {
		var behind []sibling
		err := tx.Raw(`SELECT id, position FROM content_items WHERE parent_id IS ? AND trashed_at IS NULL AND id <> ? AND position > ?
			ORDER BY position, id LIMIT ?`, parent, it.ID, before, n).Scan(&behind).Error
		if err != nil {
			return 0, store.Fault(err, "content item")
		}
		if here := root(parent) == root(it.ParentID) && it.Order > before; here && (len(behind) == 0 || it.Order < behind[0].Position) {
			return it.Order, nil
		}
		end := before + gap*int64(n+1)
		if len(behind) == n {
			end = behind[n-1].Position
			behind = behind[:n-1]
		}
		step := (end - before) / int64(len(behind)+2)
		if step == 0 {
			continue
		}
		for i, b := range behind {
			if err := putAt(tx, a, b.ID, parent, before+step*int64(i+2)); err != nil {
				return 0, err
			}
		}
		return before + step, nil
	}
}

// putAt writes where an item stands, and tells of it where that is news.
func putAt(tx *gorm.DB, a access.Actor, id int64, parent *int64, position int64) error {
	var moved Moved
	done := tx.Raw(`UPDATE content_items SET parent_id = ?, position = ?, tree_revision = tree_revision + 1
		WHERE id = ? AND (parent_id IS NOT ? OR position <> ?) RETURNING id, type, parent_id, position AS "order", tree_revision`,
		parent, position, id, parent, position).Scan(&moved)
	if done.Error != nil || done.RowsAffected == 0 {
		return store.Fault(done.Error, "content item")
	}
	return tellEverywhere(tx, a, events.ContentMoved, id, moved)
}

// tellEverywhere tells of a change of the item itself, whichever version one looks at: in every project that holds one, and
// to everybody where everybody may see one.
func tellEverywhere(tx *gorm.DB, a access.Actor, t events.Type, id int64, data any) error {
	open, err := everybodySees(tx, id)
	if err != nil {
		return err
	}
	var topics []string
	if open {
		topics = append(topics, events.Content)
	}
	holding, err := projects.Holding(tx, id)
	if err != nil {
		return err
	}
	for _, project := range holding {
		topics = append(topics, events.Project(project))
	}
	for _, topic := range topics {
		if err := events.Append(tx, changeOf(a, t, topic, id), data); err != nil {
			return err
		}
	}
	return nil
}

// everybodySees tells whether everybody who is signed in may see some version of the item.
func everybodySees(tx *gorm.DB, id int64) (bool, error) {
	var open bool
	err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM versions v `+holder+` WHERE v.content_id = ? AND `+seen+`)`, eyes{}.args(id)...).Scan(&open).Error
	return open, store.Fault(err, "content item")
}
