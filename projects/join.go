package projects

import (
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
)

// Join puts a version into a project: it adds the project item, or points the one that the project has for this content and
// language at the version. Conflict where another project holds the version, or the project's state does not allow it.
// A published project becomes active again. Emits item.added or item.changed, and project.changed.
func Join(tx *gorm.DB, a access.Actor, projectID, contentID int64, language string, versionID int64) (itemID int64, err error) {
	return place(tx, a, projectItem{ProjectID: projectID, ContentID: contentID, Language: language, VersionID: versionID, Action: Publish})
}

// JoinToUnpublish is Join for a live version that the project is to take off the site. More than one project may.
func JoinToUnpublish(tx *gorm.DB, a access.Actor, projectID, contentID int64, language string, versionID int64) (itemID int64, err error) {
	return place(tx, a, projectItem{ProjectID: projectID, ContentID: contentID, Language: language, VersionID: versionID, Action: Unpublish})
}

// place puts the item into its project, in the place of what the project has of the same content and language.
func place(tx *gorm.DB, a access.Actor, item projectItem) (itemID int64, err error) {
	p, err := requireArranging(tx, a, item.ProjectID)
	if err != nil {
		return 0, err
	}
	if item.Action == Publish {
		if heldHere, err := holding(tx, item); err != nil || heldHere != 0 {
			return heldHere, err
		}
	}
	told := events.ItemChanged
	var has projectItem
	err = tx.Where("project_id = ? AND content_id = ? AND language = ?", item.ProjectID, item.ContentID, item.Language).Take(&has).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		told = events.ItemAdded
		err = addItem(tx, a, &item)
	case err == nil:
		if item.ID = has.ID; has.Action == item.Action && has.VersionID == item.VersionID {
			return has.ID, nil
		}
		if err := refuseUnlessOut(tx, has); err != nil {
			return 0, err
		}
		err = tx.Model(&projectItem{}).Where("id = ?", has.ID).
			Updates(map[string]any{"version_id": item.VersionID, "action": item.Action, "revision": gorm.Expr("revision + 1"), "changed_at": store.Now(tx), "changed_by": by(a)}).Error
	}
	if err != nil {
		return 0, store.Fault(err, "item")
	}
	if err := backToWork(tx, a, p); err != nil {
		return 0, err
	}
	it, err := ItemByID(tx, p.ID, item.ID)
	if err != nil {
		return 0, err
	}
	act := Entry{ProjectID: p.ID, Act: ActItemAdded, Item: &it}
	if it.Action == Unpublish {
		act.Detail = it.Action
	}
	if err := Record(tx, a, act); err != nil {
		return 0, err
	}
	return item.ID, tellItem(tx, a, told, it)
}

// Hold is Join for a version that no project held and that everybody could see until now: where not everybody may see it any
// more, what was said of it is forgotten. Emits version.held as well.
func Hold(tx *gorm.DB, a access.Actor, projectID, contentID int64, language string, versionID int64) (itemID int64, err error) {
	if itemID, err = Join(tx, a, projectID, contentID, language, versionID); err != nil {
		return 0, err
	}
	p, err := Require(tx, a, projectID, access.See)
	if err != nil {
		return 0, err
	}
	it, err := ItemByID(tx, projectID, itemID)
	if err != nil {
		return 0, err
	}
	if err := hide(tx, it, p); err != nil {
		return 0, err
	}
	return itemID, tellHolding(tx, a, events.VersionHeld, it)
}

// holding is the item by which the same project holds the version already, 0 for none; Conflict where another one does.
func holding(tx *gorm.DB, item projectItem) (itemID int64, err error) {
	var held projectItem
	err = tx.Where("version_id = ? AND action = ?", item.VersionID, Publish).Take(&held).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return 0, nil
	case err == nil && held.ProjectID != item.ProjectID:
		return 0, errs.New(errs.Conflict, "Another project holds this version. Make a new draft from it.")
	}
	return held.ID, store.Fault(err, "item")
}

// refuseUnlessOut is the Conflict with which a project that has something to do with an item takes nothing else of it.
func refuseUnlessOut(tx *gorm.DB, has projectItem) error {
	var state string
	err := tx.Raw(`SELECT state FROM versions WHERE id = ?`, has.VersionID).Scan(&state).Error
	switch {
	case err != nil:
		return store.Fault(err, "version")
	case has.Action == Unpublish && state == "published":
		return errs.New(errs.Conflict, "This project is to take it off the site. Remove that first.")
	case state != "published" && state != "previously_published":
		return errs.New(errs.Conflict, "This project holds a draft of it already.")
	}
	return nil
}

// gap is left between the positions of neighbours, so that moving one item in between changes that one alone, 30 times at the
// same place before all are spread out again. Positions stay below 2^53, which is what scripts can count to.
const gap = 1 << 30

func addItem(tx *gorm.DB, a access.Actor, item *projectItem) error {
	last, err := lastPosition(tx, item.ProjectID)
	if err != nil {
		return err
	}
	// One that was here before is the same again, under its id: with its comments, of which one may be blocking.
	former := tx.Raw(`DELETE FROM former_items WHERE project_id = ? AND content_id = ? AND language = ? RETURNING item_id, revision`, item.ProjectID, item.ContentID, item.Language)
	if err := former.Row().Scan(&item.ID, &item.Revision); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	item.Revision++
	item.Position, item.AddedBy, item.CreatedAt = last+gap, a.UserID, store.Now(tx)
	item.ChangedAt, item.ChangedBy = &item.CreatedAt, by(a)
	if err := tx.Create(item).Error; err != nil {
		return err
	}
	_, err = follow(tx, a.UserID, Target{item.ProjectID, &item.ID}, madeIt)
	return err
}

// SetState moves a project to another state and emits project.changed.
func SetState(tx *gorm.DB, a access.Actor, projectID int64, state string) error {
	done := tx.Model(&Project{}).Where("id = ? AND state <> ?", projectID, state).
		Updates(map[string]any{"state": state, "revision": gorm.Expr("revision + 1"), "updated_at": store.Now(tx)})
	if done.Error != nil {
		return store.Fault(done.Error, "project")
	}
	if done.RowsAffected > 0 {
		Changed(tx, a, projectID)
	}
	return nil
}
