package content

import (
	"context"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/projects"
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
	if j.Action != "" && j.Action != projects.Publish {
		wrong.Add("action", "One of: publish.")
	}
	return wrong.Err()
}

// Join puts an item into a project: its newest open version that no project holds, or a new draft of what is live. Conflict
// where another project holds what there is. An item that is in already is answered with joined false.
func (s *Service) Join(ctx context.Context, a access.Actor, projectID int64, j Joining) (it projects.Item, joined bool, err error) {
	if err := j.validate(); err != nil {
		return projects.Item{}, false, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if _, err := projects.Require(tx, a, projectID, access.ArrangeItems); err != nil {
			return err
		}
		if err := visibleAtAll(tx, a, j.ContentID); err != nil {
			return err
		}
		versionID, itemID, err := s.joinable(tx, a, projectID, j)
		if err != nil {
			return err
		}
		if joined = itemID == 0; joined {
			if itemID, err = projects.Join(tx, a, projectID, j.ContentID, j.Language, versionID); err != nil {
				return err
			}
		}
		it, err = projects.ItemByID(tx, projectID, itemID)
		return err
	})
	return it, joined, err
}

// joinable finds the version to put into the project, or the item that the project has already.
func (s *Service) joinable(tx *gorm.DB, a access.Actor, projectID int64, j Joining) (versionID, itemID int64, err error) {
	inOpen, all := `AND v.content_id = ? AND v.language = ? AND v.state IN `+open, of(access.System) // even a hidden one is held
	here, err := one(tx, all, inOpen+` AND i.project_id = ?`, j.ContentID, j.Language, projectID)
	if err == nil {
		return 0, *here.Version.ItemID, nil
	}
	if errs.CodeOf(err) != errs.NotFound {
		return 0, 0, err
	}
	free, err := one(tx, all, inOpen+` AND i.id IS NULL ORDER BY v.number DESC LIMIT 1`, j.ContentID, j.Language)
	if err == nil {
		return free.versionID, 0, nil
	}
	if errs.CodeOf(err) != errs.NotFound {
		return 0, 0, err
	}
	held, err := one(tx, all, inOpen+` ORDER BY v.number DESC LIMIT 1`, j.ContentID, j.Language)
	if err == nil {
		return 0, 0, heldElsewhere(tx, a, held)
	}
	if errs.CodeOf(err) != errs.NotFound {
		return 0, 0, err
	}
	next, t, values, err := s.draftFrom(tx, a, j.ContentID, NewDraft{Language: j.Language})
	if err != nil {
		return 0, 0, err
	}
	next, err = insertDraft(tx, a, t, next, values)
	return next.ID, 0, err
}

// heldElsewhere is the Conflict that names the holding project, where the actor may see it.
func heldElsewhere(tx *gorm.DB, a access.Actor, it Item) error {
	by, err := holders(tx, a, it)
	if err != nil {
		return err
	}
	name := "a project you may not see"
	if len(by) > 0 {
		name = by[0].Name
	}
	return errs.New(errs.Conflict, "Held by %s. Make a new draft from here.", name)
}
