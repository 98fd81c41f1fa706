package content

import (
	"encoding/json"
	"strings"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/projects"
	"galley/store"
)

// open are the states in which a version can still change or go out.
const open = `('draft', 'in_review', 'rejected', 'ready', 'scheduled')`

const itemColumns = `SELECT c.id, c.type, c.parent_id, v.language, v.title, v.slug, v.state, v.fields,
	v.id, v.number, v.state, v.base, v.revision, u.id, u.name, u.handle, v.saved_at, i.project_id, i.id, lv.number, l.published_at
	FROM versions v JOIN content_items c ON c.id = v.content_id JOIN users u ON u.id = v.saved_by
	LEFT JOIN project_items i ON i.version_id = v.id
	LEFT JOIN live l ON l.content_id = v.content_id AND l.language = v.language
	LEFT JOIN versions lv ON lv.id = l.version_id `

// items reads content items, each as the version that the condition names, with their paths: two queries.
func items(tx *gorm.DB, where string, args ...any) ([]Item, error) {
	rows, err := tx.Raw(itemColumns+where, args...).Rows()
	if err != nil {
		return nil, store.Fault(err, "content item")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var out []Item
	for rows.Next() {
		var it Item
		var fields string
		var live struct {
			number *int64
			at     *time.Time
		}
		v := &it.Version
		err := rows.Scan(&it.ID, &it.Type, &it.ParentID, &it.Language, &it.Title, &it.Slug, &it.State, &fields,
			&it.versionID, &v.Number, &v.State, &v.Base, &v.Revision, &v.SavedBy.ID, &v.SavedBy.Name, &v.SavedBy.Handle, &v.SavedAt, &v.ProjectID, &v.ItemID,
			&live.number, &live.at)
		if err == nil {
			err = json.Unmarshal([]byte(fields), &it.Fields)
		}
		if err != nil {
			return nil, store.Fault(err, "content item")
		}
		if live.number != nil {
			it.Live = &Live{Number: *live.number, PublishedAt: *live.at}
		}
		out = append(out, it)
	}
	if err := rows.Err(); err != nil {
		return nil, store.Fault(err, "content item")
	}
	return out, addPaths(tx, out)
}

func one(tx *gorm.DB, where string, args ...any) (Item, error) {
	found, err := items(tx, where, args...)
	if err == nil && len(found) == 0 {
		err = errs.Missing("content item")
	}
	if err != nil {
		return Item{}, err
	}
	return found[0], nil
}

// maxDepth bounds the tree, in levels.
const maxDepth = 20

// addPaths puts the slugs of the ancestors before each item's own: those that are live, else the newest. One query.
func addPaths(tx *gorm.DB, all []Item) error {
	var nested []int64
	for i := range all {
		all[i].Path = all[i].Slug
		if all[i].ParentID != nil {
			nested = append(nested, all[i].ID)
		}
	}
	if len(nested) == 0 {
		return nil
	}
	var steps []struct {
		Start    int64
		Language string
		Slug     string
	}
	err := tx.Raw(`WITH RECURSIVE up(start, parent_id, depth) AS (
		SELECT id, parent_id, 1 FROM content_items WHERE id IN ?
		UNION ALL SELECT up.start, c.parent_id, up.depth + 1 FROM up JOIN content_items c ON c.id = up.parent_id WHERE up.depth < ?)
		SELECT up.start, v.language, v.slug FROM up JOIN versions v ON v.content_id = up.parent_id
		WHERE v.number = coalesce(
			(SELECT lv.number FROM live l JOIN versions lv ON lv.id = l.version_id WHERE l.content_id = up.parent_id AND l.language = v.language),
			(SELECT max(n.number) FROM versions n WHERE n.content_id = up.parent_id AND n.language = v.language))
		ORDER BY up.start, up.depth`, nested, maxDepth).Scan(&steps).Error
	for i := range all {
		for _, s := range steps {
			if s.Start == all[i].ID && s.Language == all[i].Language {
				all[i].Path = s.Slug + "/" + all[i].Path
			}
		}
	}
	return store.Fault(err, "content item")
}

// Filter narrows the list of content.
type Filter struct {
	ParentID int64
	Type     string
	Query    string // part of a title
	Language string
	After    int64 // id of the last item of the page before
	Limit    int
}

// list is a page of content items, newest first, each as its newest version that the actor may see.
func list(tx *gorm.DB, a access.Actor, f Filter) ([]Item, error) {
	where, args := `WHERE v.number = (SELECT max(n.number) FROM versions n LEFT JOIN project_items h ON h.version_id = n.id
		LEFT JOIN projects p ON p.id = h.project_id WHERE n.content_id = c.id AND n.language = ? AND (p.id IS NULL OR `+projects.Visible+`))`,
		append([]any{f.Language}, projects.VisibleTo(a)...)
	if f.ParentID > 0 {
		where, args = where+` AND c.parent_id = ?`, append(args, f.ParentID)
	}
	if f.Type != "" {
		where, args = where+` AND c.type = ?`, append(args, f.Type)
	}
	if f.Query != "" {
		part := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Query) + "%"
		where, args = where+` AND v.title LIKE ? ESCAPE '\'`, append(args, part)
	}
	if f.After > 0 {
		where, args = where+` AND c.id < ?`, append(args, f.After)
	}
	return items(tx, where+` ORDER BY c.id DESC LIMIT ?`, append(args, f.Limit+1)...)
}

// maxHolders is how many projects are told of one item.
const maxHolders = 20

// holders are the projects with an open version of the item in its language, as far as the actor may see them.
func holders(tx *gorm.DB, a access.Actor, it Item) ([]Holder, error) {
	rows, err := listed(tx, a, it.Language, []Item{it})
	if err != nil {
		return nil, err
	}
	return rows[0].HeldBy, nil
}

// listed adds to each item its holders: one query.
func listed(tx *gorm.DB, a access.Actor, language string, found []Item) ([]Listed, error) {
	out := make([]Listed, len(found))
	ids := make([]int64, len(found))
	for i, it := range found {
		out[i], ids[i] = Listed{Item: it, HeldBy: []Holder{}}, it.ID
	}
	if len(found) == 0 {
		return out, nil
	}
	var held []struct {
		Holder
		ContentID int64
	}
	args := append([]any{ids, language}, projects.VisibleTo(a)...)
	err := tx.Raw(`SELECT i.content_id, p.id AS project_id, p.name, i.id AS item_id, v.number AS version FROM project_items i
		JOIN projects p ON p.id = i.project_id JOIN versions v ON v.id = i.version_id
		WHERE i.content_id IN ? AND i.language = ? AND v.state IN `+open+` AND `+projects.Visible+` ORDER BY v.number DESC LIMIT ?`,
		append(args, maxHolders*len(ids))...).Scan(&held).Error
	for i := range out {
		for _, h := range held {
			if h.ContentID == out[i].ID && len(out[i].HeldBy) < maxHolders {
				out[i].HeldBy = append(out[i].HeldBy, h.Holder)
			}
		}
	}
	return out, store.Fault(err, "project")
}
