package content

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"galley/errs"
	"galley/store"
)

// Delivered is what the public gets of an item.
type Delivered struct {
	ID          int64     `json:"id"`
	Type        string    `json:"type"`
	Language    string    `json:"language"`
	Path        string    `json:"path"`
	Slug        string    `json:"slug"`
	Title       string    `json:"title"`
	Fields      Values    `json:"fields"` // references are Linked
	Version     int64     `json:"version"`
	PublishedAt time.Time `json:"published_at"`
}

// Linked is what the public gets of an item that another one refers to.
type Linked struct {
	ID    int64  `json:"id"`
	Type  string `json:"type"`
	Path  string `json:"path"`
	Title string `json:"title"`
}

// Deliver finds what is live at the path, one indexed query for each segment. NotFound where nothing is.
func (s *Service) Deliver(ctx context.Context, language, path string) (Delivered, error) {
	path = strings.Trim(path, "/")
	segments := strings.Split(path, "/")
	if len(segments) > maxDepth || !languageTag.MatchString(language) {
		return Delivered{}, errs.Missing("page")
	}
	var d Delivered
	err := s.db.Read(ctx, func(tx *gorm.DB) error {
		var parent, versionID int64
		for _, slug := range segments {
			row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context,
				`SELECT content_id, version_id FROM live WHERE parent_id = ? AND language = ? AND slug = ?`, parent, language, slug)
			if err := row.Scan(&parent, &versionID); err != nil {
				return missingPage(err)
			}
		}
		var fields string
		row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT c.id, c.type, v.language, v.slug, v.title, v.fields, v.number, l.published_at
			FROM live l JOIN versions v ON v.id = l.version_id JOIN content_items c ON c.id = l.content_id WHERE l.version_id = ?`, versionID)
		if err := row.Scan(&d.ID, &d.Type, &d.Language, &d.Slug, &d.Title, &fields, &d.Version, &d.PublishedAt); err != nil {
			return missingPage(err)
		}
		d.Path = path
		if err := json.Unmarshal([]byte(fields), &d.Fields); err != nil {
			return store.Fault(err, "page")
		}
		t, _ := s.types.named(d.Type)
		return t.link(tx, &d)
	})
	return d, err
}

// link puts what is live in the same language in the place of the ids in reference fields; what is not is left out.
func (t Type) link(tx *gorm.DB, d *Delivered) error {
	var ids []int64
	all := t.references(d.Fields)
	for _, some := range all {
		ids = append(ids, some...)
	}
	linked, err := linkedTo(tx, d.Language, ids)
	if err != nil {
		return err
	}
	for _, f := range t.Fields {
		if f.Kind != Reference {
			continue
		}
		there := []Linked{}
		for _, id := range all[f.Name] {
			if l, live := linked[id]; live {
				there = append(there, l)
			}
		}
		switch {
		case f.Many:
			d.Fields[f.Name] = there
		case len(there) == 0:
			d.Fields[f.Name] = nil
		default:
			d.Fields[f.Name] = there[0]
		}
	}
	return nil
}

// linkedTo are those of the items that the public can reach in the language. One query.
func linkedTo(tx *gorm.DB, language string, ids []int64) (map[int64]Linked, error) {
	out := map[int64]Linked{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Linked
	err := tx.Raw(`WITH RECURSIVE up(id, version_id, parent_id, path, depth) AS (
		SELECT content_id, version_id, parent_id, slug, 1 FROM live WHERE content_id IN @ids AND language = @language
		UNION ALL SELECT up.id, up.version_id, l.parent_id, l.slug || '/' || up.path, up.depth + 1
			FROM up JOIN live l ON l.content_id = up.parent_id AND l.language = @language WHERE up.depth < @depth)
		SELECT up.id, c.type, up.path, v.title FROM up JOIN content_items c ON c.id = up.id JOIN versions v ON v.id = up.version_id WHERE up.parent_id = 0`,
		map[string]any{"ids": ids, "language": language, "depth": maxDepth}).Scan(&rows).Error
	for _, l := range rows {
		out[l.ID] = l
	}
	return out, store.Fault(err, "page")
}

func missingPage(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.Missing("page")
	}
	return store.Fault(err, "page")
}
