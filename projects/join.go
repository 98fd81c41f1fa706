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
	p, err := Require(tx, a, projectID, access.ArrangeItems)
	if err != nil {
		return 0, err
	}
	if err := refuseWhile(p.State); err != nil {
		return 0, err
	}
	var held projectItem
	err = tx.Where("version_id = ?", versionID).Take(&held).Error
	switch {
	case err == nil && held.ProjectID == projectID:
		return held.ID, nil
	case err == nil:
		return 0, errs.New(errs.Conflict, "Another project holds this version. Make a new draft from it.")
	case !errors.Is(err, gorm.ErrRecordNotFound):
		return 0, store.Fault(err, "item")
	}
	told := events.ItemChanged
	var item projectItem
	err = tx.Where("project_id = ? AND content_id = ? AND language = ?", projectID, contentID, language).Take(&item).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		told = events.ItemAdded
		item, err = addItem(tx, a, projectID, contentID, language, versionID)
	case err == nil:
		if err := refuseUnlessOut(tx, item.VersionID); err != nil {
			return 0, err
		}
		err = tx.Model(&projectItem{}).Where("id = ?", item.ID).
			Updates(map[string]any{"version_id": versionID, "revision": gorm.Expr("revision + 1")}).Error
	}
	if err != nil {
		return 0, store.Fault(err, "item")
	}
	if p.State == Published {
		if err := SetState(tx, a, projectID, Active); err != nil {
			return 0, err
		}
	}
	it, err := ItemByID(tx, projectID, item.ID)
	if err != nil {
		return 0, err
	}
	return item.ID, tellItem(tx, a, told, it)
}

// refuseUnlessOut is the Conflict with which a project that has an open version of something takes no second one.
func refuseUnlessOut(tx *gorm.DB, versionID int64) error {
	var out bool
	err := tx.Raw(`SELECT state IN ('published', 'previously_published') FROM versions WHERE id = ?`, versionID).Scan(&out).Error
	if err == nil && !out {
		return errs.New(errs.Conflict, "This project holds a draft of it already.")
	}
	return store.Fault(err, "version")
}

func addItem(tx *gorm.DB, a access.Actor, projectID, contentID int64, language string, versionID int64) (projectItem, error) {
	var last int64
	if err := tx.Raw(`SELECT coalesce(max(position), 0) FROM project_items WHERE project_id = ?`, projectID).Scan(&last).Error; err != nil {
		return projectItem{}, err
	}
	item := projectItem{
		ProjectID: projectID, ContentID: contentID, Language: language, VersionID: versionID,
		Action: Publish, Position: last + 1, AddedBy: a.UserID, CreatedAt: store.Now(tx),
	}
	// One that was here before is the same again, under its id: with its comments, of which one may be blocking.
	former := tx.Raw(`DELETE FROM former_items WHERE project_id = ? AND content_id = ? AND language = ? RETURNING item_id, revision`, projectID, contentID, language)
	if err := former.Row().Scan(&item.ID, &item.Revision); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return projectItem{}, err
	}
	item.Revision++
	return item, tx.Create(&item).Error
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

func isMissing(err error) bool { return errs.CodeOf(err) == errs.NotFound }
