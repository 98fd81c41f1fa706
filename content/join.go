package content

import (
	"context"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/projects"
	"galley/store"
)

// Joining says what is to be put into a project.
type Joining struct {
	ContentID int64  `json:"content_id"`
	Language  string `json:"language"`
	Action    string `json:"action"`
}

func (j *Joining) validate() error {
	var wrong errs.Fields
	checkLanguage(&wrong, j.Language)
	if j.ContentID == 0 {
		wrong.Add("content_id", "Say which content item.")
	}
	if j.Action != "" && j.Action != projects.Publish && j.Action != projects.Unpublish {
		wrong.Add("action", "One of: publish, unpublish.")
	}
	return wrong.Err()
}

// Join puts an item into a project: its newest open version that no project holds, or a new draft of what is live; or what is
// live, to be taken off the site. Conflict where another project holds what there is, or nothing is live to take off. An item
// that is in already is answered with joined false.
func (s *Service) Join(ctx context.Context, a access.Actor, projectID int64, j Joining) (it projects.Item, joined bool, err error) {
	if err := j.validate(); err != nil {
		return projects.Item{}, false, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if _, err := projects.Require(tx, a, projectID, access.ArrangeItems); err != nil {
			return err
		}
		if err := visible(tx, a, j.ContentID); err != nil {
			return err
		}
		var itemID int64
		var err error
		if j.Action == projects.Unpublish {
			itemID, joined, err = joinToUnpublish(tx, a, projectID, j)
		} else {
			itemID, joined, err = s.joinToPublish(tx, a, projectID, j)
		}
		if err != nil {
			return err
		}
		it, err = projects.ItemFor(tx, a, projectID, itemID)
		return err
	})
	return it, joined, err
}

func (s *Service) joinToPublish(tx *gorm.DB, a access.Actor, projectID int64, j Joining) (itemID int64, joined bool, err error) {
	versionID, fresh, itemID, err := s.joinable(tx, a, projectID, j)
	if err != nil || itemID != 0 {
		return itemID, false, err
	}
	join := projects.Hold // everybody could see it
	if fresh {
		join = projects.Join
	}
	itemID, err = join(tx, a, projectID, j.ContentID, j.Language, versionID)
	return itemID, true, err
}

func joinToUnpublish(tx *gorm.DB, a access.Actor, projectID int64, j Joining) (itemID int64, joined bool, err error) {
	live, err := one(tx, of(a), `AND v.content_id = ? AND v.language = ? AND v.state = 'published'`, j.ContentID, j.Language)
	if errs.CodeOf(err) == errs.NotFound {
		err = errs.New(errs.Conflict, "Nothing of it is live in %s.", j.Language)
	}
	if err != nil {
		return 0, false, err
	}
	var in []int64
	err = tx.Raw(`SELECT id FROM project_items WHERE project_id = ? AND version_id = ? AND action = 'unpublish'`, projectID, live.versionID).Scan(&in).Error
	if err != nil || len(in) > 0 {
		return append(in, 0)[0], false, store.Fault(err, "item")
	}
	itemID, err = projects.JoinToUnpublish(tx, a, projectID, j.ContentID, j.Language, live.versionID)
	return itemID, true, err
}

// joinable finds the version to put into the project, made just now where it is fresh, or the item that the project has already.
func (s *Service) joinable(tx *gorm.DB, a access.Actor, projectID int64, j Joining) (versionID int64, fresh bool, itemID int64, err error) {
	inOpen, all := `AND v.content_id = ? AND v.language = ? AND v.state IN `+open, of(access.System) // even a hidden one is held
	here, err := one(tx, all, inOpen+` AND i.project_id = ?`, j.ContentID, j.Language, projectID)
	if err == nil {
		return 0, false, *here.Version.ItemID, nil
	}
	if errs.CodeOf(err) != errs.NotFound {
		return 0, false, 0, err
	}
	free, err := one(tx, all, inOpen+` AND i.id IS NULL ORDER BY v.number DESC LIMIT 1`, j.ContentID, j.Language)
	if err == nil {
		return free.versionID, false, 0, nil
	}
	if errs.CodeOf(err) != errs.NotFound {
		return 0, false, 0, err
	}
	held, err := one(tx, all, inOpen+` ORDER BY v.number DESC LIMIT 1`, j.ContentID, j.Language)
	if err == nil {
		return 0, false, 0, heldElsewhere(tx, a, held)
	}
	if errs.CodeOf(err) != errs.NotFound {
		return 0, false, 0, err
	}
	next, t, values, err := s.draftFrom(tx, a, j.ContentID, NewDraft{Language: j.Language})
	if err != nil {
		return 0, false, 0, err
	}
	next, err = insertDraft(tx, a, t, next, values)
	return next.ID, true, 0, err
}

// heldElsewhere is the Conflict that names the holding project, where the actor may see it.
func heldElsewhere(tx *gorm.DB, a access.Actor, it Item) error {
	by, err := holders(tx, a, it)
	if err != nil {
		return err
	}
	name := "a project you may not see"
	if len(by[0]) > 0 {
		name = by[0][0].Name
	}
	return errs.New(errs.Conflict, "Held by %s. Make a new draft from here.", name)
}
