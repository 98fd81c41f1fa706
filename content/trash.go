package content

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/projects"
	"galley/store"
)

// Delete puts an item into the trash, based on the tree revision given. Conflict while it is live, while a project holds a
// version that has not gone out, and while anything stands below it. Emits content.deleted.
func (s *Service) Delete(ctx context.Context, a access.Actor, id, revision int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		n, err := openNode(tx, a, id, revision)
		if err != nil {
			return err
		}
		if err := inTrash(n.Item); err != nil {
			return err
		}
		if err := mayLeave(tx, a, id); err != nil {
			return err
		}
		set := map[string]any{"trashed_at": store.Now(tx)}
		if a.UserID != 0 {
			set["trashed_by"] = a.UserID
		}
		return place(tx, a, id, events.ContentDeleted, set)
	})
}

// place writes where an item stands and tells of it.
func place(tx *gorm.DB, a access.Actor, id int64, told events.Type, set map[string]any) error {
	set["tree_revision"] = gorm.Expr("tree_revision + 1")
	if err := tx.Model(&item{}).Where("id = ?", id).Updates(set).Error; err != nil {
		return store.Fault(err, "content item")
	}
	var now Moved
	err := tx.Raw(`SELECT id, type, parent_id, position AS "order", tree_revision FROM content_items WHERE id = ?`, id).Scan(&now).Error
	if err != nil {
		return store.Fault(err, "content item")
	}
	return tellEverywhere(tx, a, told, id, now)
}

// mayLeave refuses to take away what the public sees, what somebody works on, and what others stand below.
func mayLeave(tx *gorm.DB, a access.Actor, id int64) error {
	var is struct{ Live, Held, Parent bool }
	err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM live WHERE content_id = @id) AS live,
		EXISTS (SELECT 1 FROM project_items i JOIN versions v ON v.id = i.version_id WHERE i.content_id = @id AND v.state IN `+open+`) AS held,
		EXISTS (SELECT 1 FROM content_items WHERE parent_id = @id AND trashed_at IS NULL) AS parent`, map[string]any{"id": id}).Scan(&is).Error
	switch {
	case err != nil:
		return store.Fault(err, "content item")
	case is.Live:
		return errs.New(errs.Conflict, "It is live. Take it off the site first, with a project.")
	case is.Held:
		return heldSomewhere(tx, a, id)
	case is.Parent:
		return errs.New(errs.Conflict, "Others stand below it. Move or delete them first.")
	}
	return nil
}

// heldSomewhere is the Conflict that names the projects with an open version of the item, as far as the actor may see them.
func heldSomewhere(tx *gorm.DB, a access.Actor, id int64) error {
	var names []string
	err := tx.Raw(`SELECT DISTINCT p.name FROM project_items i JOIN versions v ON v.id = i.version_id JOIN projects p ON p.id = i.project_id
		WHERE i.content_id = ? AND v.state IN `+open+` AND `+projects.Visible+` ORDER BY p.name LIMIT 5`, append([]any{id}, projects.VisibleTo(a)...)...).Scan(&names).Error
	if err != nil {
		return store.Fault(err, "project")
	}
	if len(names) == 0 {
		names = []string{"a project you may not see"}
	}
	return errs.New(errs.Conflict, "Held by %s. Remove it there first.", strings.Join(names, ", "))
}

// Restore takes an item out of the trash: to where it stood, or to the root where its parent is in the trash or stands too
// deep now. A slug that a live page there has taken meanwhile gets a number. What is not in the trash stays as it is. Emits
// content.restored, and version.saved for each new slug.
func (s *Service) Restore(ctx context.Context, a access.Actor, id int64) (Node, error) {
	var n Node
	err := s.db.Write(ctx, func(tx *gorm.DB) (err error) {
		if err := access.EditContent.Check(a.Role); err != nil {
			return err
		}
		if n, err = node(tx, a, id); err != nil || n.Trashed == nil {
			return err
		}
		parent, before, err := wayBack(tx, n)
		if err != nil {
			return err
		}
		at, err := between(tx, a, n, parent, before)
		if err != nil {
			return err
		}
		set := map[string]any{"trashed_at": nil, "trashed_by": nil, "parent_id": parent, "position": at}
		if err := place(tx, a, id, events.ContentRestored, set); err != nil {
			return err
		}
		if err := freeSlugs(tx, a, id, parent); err != nil {
			return err
		}
		n, err = node(tx, a, id)
		return err
	})
	return n, err
}

// wayBack is the parent below which an item comes out of the trash, and the position behind which it stands there: its own
// one, or right behind whatever has taken that.
func wayBack(tx *gorm.DB, n Node) (parent *int64, before int64, err error) {
	takes, err := takesBack(tx, n.ParentID)
	if err != nil {
		return nil, 0, err
	}
	if !takes {
		before, err = lastPosition(tx, nil, n.ID)
		return nil, before, err
	}
	err = tx.Raw(`SELECT ? - 1 + EXISTS (SELECT 1 FROM content_items WHERE parent_id IS ? AND position = ? AND trashed_at IS NULL)`, n.Order, n.ParentID, n.Order).Scan(&before).Error
	return n.ParentID, before, store.Fault(err, "content item")
}

// takesBack tells whether something from the trash can stand below the parent again.
func takesBack(tx *gorm.DB, parent *int64) (bool, error) {
	if parent == nil {
		return true, nil
	}
	var trashed bool
	if err := tx.Raw(`SELECT trashed_at IS NOT NULL FROM content_items WHERE id = ?`, *parent).Scan(&trashed).Error; err != nil {
		return false, store.Fault(err, "content item")
	}
	above, err := lineage(tx, *parent)
	return !trashed && len(above) < maxDepth, err
}

// freeSlugs gives a number to the slugs of open versions that a live page below the parent has.
func freeSlugs(tx *gorm.DB, a access.Actor, id int64, parent *int64) error {
	var taken []version
	err := tx.Raw(`SELECT v.* FROM versions v WHERE v.content_id = ? AND v.state IN `+open+` AND EXISTS (SELECT 1 FROM live l
		WHERE l.parent_id = ? AND l.language = v.language AND l.slug = v.slug AND l.content_id <> v.content_id) ORDER BY v.number`, id, root(parent)).Scan(&taken).Error
	if err != nil {
		return store.Fault(err, "version")
	}
	for _, v := range taken {
		slug, err := freeSlug(tx, v, parent)
		if err != nil {
			return err
		}
		if err := setState(tx, v.ID, map[string]any{"slug": slug}); err != nil {
			return err
		}
		if err := keepWords(tx, v.ID, v.Title, slug); err != nil {
			return err
		}
		it, err := one(tx, of(access.System), `AND v.id = ?`, v.ID)
		if err != nil {
			return err
		}
		if err := tell(tx, a, events.VersionSaved, it); err != nil {
			return err
		}
	}
	return nil
}

// freeSlug is the version's slug with the lowest number that no live page below the parent has.
func freeSlug(tx *gorm.DB, v version, parent *int64) (string, error) {
	for n := 2; ; n++ {
		number := fmt.Sprint("-", n)
		slug := strings.TrimRight(v.Slug[:min(len(v.Slug), maxSlug-len(number))], "-") + number
		var taken bool
		err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM live WHERE parent_id = ? AND language = ? AND slug = ?)`, root(parent), v.Language, slug).Scan(&taken).Error
		if err != nil || !taken {
			return slug, store.Fault(err, "version")
		}
	}
}
