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
	Fields      Values    `json:"fields"`
	Version     int64     `json:"version"`
	PublishedAt time.Time `json:"published_at"`
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
		return store.Fault(json.Unmarshal([]byte(fields), &d.Fields), "page")
	})
	return d, err
}

func missingPage(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.Missing("page")
	}
	return store.Fault(err, "page")
}
