package content

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/projects"
	"galley/store"
)

// Outgoing is a version on its way to the public.
type Outgoing struct {
	VersionID int64
	ContentID int64
	Language  string
	Slug      string
	ParentID  *int64
	CreatedBy int64
	SavedBy   int64
}

// Place is where the version will stand: the same for two versions only if they cannot both be live.
func (o Outgoing) Place() string { return fmt.Sprint(o.Language, " ", root(o.ParentID), " ", o.Slug) }

func root(parent *int64) int64 {
	if parent == nil {
		return 0
	}
	return *parent
}

// GoLive makes the version what the public sees; what was live before becomes previously published and is returned by its
// id. Conflict where another item has taken the slug. Emits version.changed of both, to everybody as well, and item.changed
// and project.changed in every project where it makes a difference.
func GoLive(tx *gorm.DB, a access.Actor, o Outgoing) (previous *int64, err error) {
	now := store.Now(tx)
	var before int64
	row := tx.Raw(`SELECT version_id FROM live WHERE content_id = ? AND language = ?`, o.ContentID, o.Language).Scan(&before)
	if row.Error != nil {
		return nil, store.Fault(row.Error, "version")
	}
	if before != 0 {
		previous = &before
		if err := setState(tx, before, map[string]any{"state": PreviouslyPublished}); err != nil {
			return nil, err
		}
	}
	if err := setState(tx, o.VersionID, map[string]any{"state": Published, "published_at": now}); err != nil {
		return nil, err
	}
	if err := forgetWords(tx, o.ContentID, o.Language); err != nil {
		return nil, err
	}
	err = tx.Exec(`INSERT INTO live (content_id, language, version_id, parent_id, slug, published_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (content_id, language) DO UPDATE SET version_id = excluded.version_id, parent_id = excluded.parent_id, slug = excluded.slug, published_at = excluded.published_at`,
		o.ContentID, o.Language, o.VersionID, root(o.ParentID), o.Slug, now).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return nil, errs.New(errs.Conflict, "Another page is live at /%s.", o.Slug)
	}
	if err != nil {
		return nil, store.Fault(err, "version")
	}
	if err := projects.WentLive(tx, a, o.ContentID, o.Language, before); err != nil {
		return nil, err
	}
	if err := tellState(tx, a, before, o.VersionID); err != nil {
		return nil, err
	}
	return previous, nil
}

// TakeOff takes a live version off the site; it becomes previously published. Conflict where it is not live. Emits
// version.changed, to everybody as well, and item.changed and project.changed in every project where it makes a difference.
func TakeOff(tx *gorm.DB, a access.Actor, o Outgoing) error {
	gone := tx.Exec(`DELETE FROM live WHERE version_id = ?`, o.VersionID)
	if gone.Error != nil {
		return store.Fault(gone.Error, "version")
	}
	if gone.RowsAffected == 0 {
		return errs.New(errs.Conflict, "It is not live any more.")
	}
	if err := setState(tx, o.VersionID, map[string]any{"state": PreviouslyPublished}); err != nil {
		return err
	}
	if err := projects.WentOff(tx, a, o.ContentID, o.Language, o.VersionID); err != nil {
		return err
	}
	if err := tellState(tx, a, o.VersionID); err != nil {
		return err
	}
	return tellHidden(tx, a, o.VersionID)
}

// tellHidden emits version.held where everybody may have seen the version, and only a project's people see it from now on.
func tellHidden(tx *gorm.DB, a access.Actor, versionID int64) error {
	_, err := one(tx, eyes{}, `AND v.id = ?`, versionID)
	if errs.CodeOf(err) != errs.NotFound {
		return err
	}
	var h heldVersion
	err = tx.Raw(`SELECT content_id, language, number AS version FROM versions WHERE id = ?`, versionID).Scan(&h).Error
	if err != nil {
		return store.Fault(err, "version")
	}
	return events.Append(tx, changeOf(a, events.VersionHeld, events.Content, h.ContentID), h)
}

// heldVersion is all that is said of a version to whoever may not see it any more.
type heldVersion struct {
	ContentID int64  `json:"content_id"`
	Language  string `json:"language"`
	Version   int64  `json:"version"`
}

// tellState emits version.changed for each version in the projects that hold them, and to everybody who is signed in what
// they may see of it: what the public sees is theirs too, whoever holds it.
func tellState(tx *gorm.DB, a access.Actor, versionIDs ...int64) error {
	held, err := items(tx, of(access.System), `AND v.id IN ? AND i.id IS NOT NULL ORDER BY v.number`, versionIDs)
	if err != nil {
		return err
	}
	for _, it := range held {
		if err := tell(tx, a, events.VersionChanged, it); err != nil {
			return err
		}
	}
	open, err := items(tx, eyes{}, `AND v.id IN ? ORDER BY v.number`, versionIDs)
	if err != nil {
		return err
	}
	for _, it := range open {
		if err := events.Append(tx, changeOf(a, events.VersionChanged, events.Content, it.ID), it); err != nil {
			return err
		}
	}
	return nil
}

func setState(tx *gorm.DB, versionID int64, set map[string]any) error {
	set["revision"] = gorm.Expr("revision + 1")
	return store.Fault(tx.Model(&version{}).Where("id = ?", versionID).Updates(set).Error, "version")
}
