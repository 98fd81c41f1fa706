package comments

import (
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/store"
)

// Filter narrows a project's comments. Its zero value is the newest page of all of them.
type Filter struct {
	ItemID    int64  // only those on this item
	OnProject bool   // only those on the project itself
	State     string // ThreadOpen or ThreadSettled, "" for both
	Mine      bool   // only those that the actor wrote
	ToMe      bool   // only those that name the actor
	After     int64  // id of the last comment of the page before
	Limit     int
}

// States of a thread.
const (
	ThreadOpen    = "open"
	ThreadSettled = "settled"
)

const columns = `SELECT c.id, c.project_id, c.item_id, c.parent_id, c.field, c.quote, c.body, c.html, u.id, u.name, u.handle, c.edited_at,
	c.resolved_at, r.id, r.name, r.handle, c.deleted, c.blocking, c.client_key, c.client_body, c.revision, c.created_at
	FROM comments c JOIN users u ON u.id = c.author_id LEFT JOIN users r ON r.id = c.resolved_by `

func scan(from func(...any) error) (Comment, error) {
	var c Comment
	var resolver struct {
		id           *int64
		name, handle *string
	}
	err := from(&c.ID, &c.ProjectID, &c.ItemID, &c.ParentID, &c.Field, &c.Quote, &c.Body, &c.HTML, &c.Author.ID, &c.Author.Name, &c.Author.Handle, &c.EditedAt,
		&c.ResolvedAt, &resolver.id, &resolver.name, &resolver.handle, &c.Deleted, &c.Blocking, &c.Value, &c.ClientKey.Body, &c.Revision, &c.CreatedAt)
	if resolver.id != nil {
		c.ResolvedBy = &access.Person{ID: *resolver.id, Name: *resolver.name, Handle: *resolver.handle}
	}
	return c, err
}

// one reads the comment that the condition names; NotFound where there is none.
func one(tx *gorm.DB, where string, args ...any) (Comment, error) {
	c, err := scan(tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, columns+where, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Comment{}, errs.Missing("comment")
	}
	return c, store.Fault(err, "comment")
}

func many(tx *gorm.DB, where string, args ...any) ([]Comment, error) {
	rows, err := tx.Raw(columns+where, args...).Rows()
	if err != nil {
		return nil, store.Fault(err, "comment")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	out := []Comment{}
	for rows.Next() {
		c, err := scan(rows.Scan)
		if err != nil {
			return nil, store.Fault(err, "comment")
		}
		out = append(out, c)
	}
	return out, store.Fault(rows.Err(), "comment")
}

// list is a page of comments, newest first.
func list(tx *gorm.DB, a access.Actor, projectID int64, f Filter) ([]Comment, error) {
	where, args := f.where(a, projectID)
	return many(tx, where, args...)
}

// where is the condition and the order of the filter, such that an index serves each. A deleted comment is listed while it
// has replies.
func (f Filter) where(a access.Actor, projectID int64) (where string, args []any) {
	where, args = `WHERE c.project_id = ?`, []any{projectID}
	order := `c.id`
	and := func(condition string, values ...any) { where, args = where+" AND "+condition, append(args, values...) }
	if f.ToMe { // what names one person is less than what is said in a project: the + keeps that out of the search
		where, args, order = `JOIN comment_mentions m ON m.comment_id = c.id WHERE m.user_id = ?`, []any{a.UserID}, `m.comment_id`
		and(`+c.project_id = ?`, projectID)
	}
	if f.ItemID > 0 {
		and(`c.item_id = ?`, f.ItemID)
	}
	if f.OnProject {
		and(`c.item_id IS NULL`)
	}
	if f.State != "" {
		and(`c.settled = ?`, f.State == ThreadSettled)
	}
	if f.Mine {
		and(`c.author_id = ?`, a.UserID)
	}
	if f.After > 0 {
		and(order+` < ?`, f.After)
	}
	and(`(NOT c.deleted OR EXISTS (SELECT 1 FROM comments a WHERE a.parent_id = c.id AND NOT a.deleted))`)
	return where + ` ORDER BY ` + order + ` DESC LIMIT ?`, append(args, f.Limit+1)
}

// parentsOutside are the beginnings of threads that the page has replies of, but not the beginning.
func parentsOutside(tx *gorm.DB, page []Comment) ([]Comment, error) {
	inside, wanted := map[int64]bool{}, map[int64]bool{}
	for _, c := range page {
		inside[c.ID] = true
	}
	var ids []int64
	for _, c := range page {
		if c.ParentID != nil && !inside[*c.ParentID] && !wanted[*c.ParentID] {
			wanted[*c.ParentID] = true
			ids = append(ids, *c.ParentID)
		}
	}
	if len(ids) == 0 {
		return []Comment{}, nil
	}
	return many(tx, `WHERE c.id IN ? ORDER BY c.id DESC`, ids)
}
