package projects

import (
	"context"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
)

// ItemPage is one page of a project's items in their order, one row more than the limit where there is a next page.
type ItemPage struct {
	Rows     []Item
	Position events.Position
}

// Items is a page of the project's items. after is the order behind which it begins. NotFound to a stranger.
func (s *Service) Items(ctx context.Context, a access.Actor, projectID, after int64, limit int) (ItemPage, error) {
	var page ItemPage
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if _, err = Require(tx, a, projectID, access.See); err != nil {
			return err
		}
		if page.Rows, err = itemsPage(tx, a, projectID, after, limit); err != nil {
			return err
		}
		page.Position, err = events.Here(tx)
		return err
	})
	return page, err
}

// Place is one item with where it stands in its project.
type Place struct {
	Item
	Index    int             `json:"index"` // from 1
	Total    int             `json:"total"`
	Previous *int64          `json:"previous"` // item ids
	Next     *int64          `json:"next"`
	May      access.May      `json:"may"`
	Topic    string          `json:"topic"`
	Position events.Position `json:"position"`
}

// ItemPlace is one item of the project and its neighbours. NotFound to a stranger and for another project's item.
func (s *Service) ItemPlace(ctx context.Context, a access.Actor, projectID, itemID int64) (Place, error) {
	var p Place
	err := s.db.Read(ctx, func(tx *gorm.DB) error {
		in, role, err := enter(tx, a, projectID)
		if err != nil {
			return err
		}
		if p.Item, err = ItemFor(tx, a, projectID, itemID); err != nil {
			return err
		}
		p.May, p.Topic = may(in, role), events.Project(projectID)
		err = tx.Raw(`SELECT
			(SELECT count(*) FROM project_items WHERE project_id = @project AND position <= @here) AS "index",
			(SELECT count(*) FROM project_items WHERE project_id = @project) AS total,
			(SELECT id FROM project_items WHERE project_id = @project AND position < @here ORDER BY position DESC LIMIT 1) AS previous,
			(SELECT id FROM project_items WHERE project_id = @project AND position > @here ORDER BY position LIMIT 1) AS next`,
			map[string]any{"project": projectID, "here": p.Order}).Row().Scan(&p.Index, &p.Total, &p.Previous, &p.Next)
		if err != nil {
			return store.Fault(err, "item")
		}
		p.Position, err = events.Here(tx)
		return err
	})
	return p, err
}

// removed is what remains to be said of an item that left its project; its title is left out where not everybody who hears
// it may see where it went.
type removed struct {
	ID        int64  `json:"id"`
	ProjectID int64  `json:"project_id"`
	ContentID int64  `json:"content_id"`
	Language  string `json:"language"`
	Title     string `json:"title"`
	Revision  int64  `json:"revision"` // its last one; should it come back, it goes on from there
}

// Remove takes an item out of the project, based on the given revision; its version stays, held by no project, and what was
// said of the item waits for it to come back. Emits item.removed, version.freed and project.changed.
func (s *Service) Remove(ctx context.Context, a access.Actor, projectID, itemID, revision int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error { return TakeOut(tx, a, projectID, itemID, revision) })
}

// TakeOut is Remove as a part of another action; the revision 0 stands for any.
func TakeOut(tx *gorm.DB, a access.Actor, projectID, itemID, revision int64) error {
	if _, err := requireArranging(tx, a, projectID); err != nil {
		return err
	}
	it, err := ItemByID(tx, projectID, itemID)
	if err != nil {
		return err
	}
	if revision != 0 && it.Revision != revision {
		return &errs.Error{Code: errs.Stale, Message: "The item changed in the meantime. Look again before you remove it.", Current: it}
	}
	if err := tx.Where("id = ?", itemID).Delete(&projectItem{}).Error; err != nil {
		return store.Fault(err, "item")
	}
	err = tx.Exec(`INSERT INTO former_items (project_id, content_id, language, item_id, revision) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET item_id = excluded.item_id, revision = excluded.revision`,
		projectID, it.ContentID, it.Language, itemID, it.Revision).Error
	if err != nil {
		return store.Fault(err, "item")
	}
	Changed(tx, a, projectID)
	if err := Record(tx, a, Entry{ProjectID: projectID, Act: ActItemRemoved, Item: &it}); err != nil {
		return err
	}
	gone := removed{ID: it.ID, ProjectID: projectID, ContentID: it.ContentID, Language: it.Language, Title: it.Title, Revision: it.Revision}
	if err := events.Append(tx, itemEvent(a, events.ItemRemoved, it), gone); err != nil {
		return err
	}
	return tellHolding(tx, a, events.VersionFreed, it)
}
