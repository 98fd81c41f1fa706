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
