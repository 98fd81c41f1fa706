package content

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/projects"
	"galley/store"
)

// open are the states in which a version can still change or go out.
const open = `('draft', 'in_review', 'rejected', 'ready', 'scheduled')`

// eyes are through whose eyes content is read: a person's, or those of everybody who may open a project; their zero value
// are those of everybody who is signed in.
type eyes struct {
	person  access.Actor
	project int64
}

func of(a access.Actor) eyes { return eyes{person: a} }

// args are those of every query with the holder in it, before its own.
func (e eyes) args(own ...any) []any {
	return slices.Concat([]any{e.project}, projects.VisibleTo(e.person), own)
}

// holder joins to a version v the item i of the project that holds it, if any, and h, which is i where the eyes may see that
// project. A version that is to be unpublished is held by nobody for that.
const holder = ` LEFT JOIN project_items i ON i.version_id = v.id AND i.action = 'publish'
	LEFT JOIN project_items h ON h.id = i.id AND EXISTS (SELECT 1 FROM projects p WHERE p.id = i.project_id AND (p.id = ? OR ` + projects.Visible + `)) `

// seen is which versions the eyes may see: what no project holds, what one holds that they may see, and what the public sees.
const seen = ` (i.id IS NULL OR h.id IS NOT NULL OR v.state = 'published') `

const itemColumns = `SELECT c.id, c.type, c.parent_id, c.position, c.tree_revision, v.language, v.title, v.slug, v.state, v.fields,
	v.id, v.number, v.state, v.base, v.revision, u.id, u.name, u.handle, v.saved_at, h.project_id, h.id, lv.number, l.published_at,
	c.trashed_at, t.id, t.name, t.handle
	FROM versions v JOIN content_items c ON c.id = v.content_id JOIN users u ON u.id = v.saved_by ` + holder + `
	LEFT JOIN live l ON l.content_id = v.content_id AND l.language = v.language
	LEFT JOIN versions lv ON lv.id = l.version_id
	LEFT JOIN users t ON t.id = c.trashed_by WHERE ` + seen

// items reads content items, each as the version that the condition names, as far as the eyes may see it, with their paths:
// two queries.
func items(tx *gorm.DB, e eyes, and string, args ...any) ([]Item, error) {
	rows, err := tx.Raw(itemColumns+and, e.args(args...)...).Rows()
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
		var trash struct {
			at           *time.Time
			by           *int64
			name, handle *string
		}
		v := &it.Version
		err := rows.Scan(&it.ID, &it.Type, &it.ParentID, &it.Order, &it.TreeRevision, &it.Language, &it.Title, &it.Slug, &it.State, &fields,
			&it.versionID, &v.Number, &v.State, &v.Base, &v.Revision, &v.SavedBy.ID, &v.SavedBy.Name, &v.SavedBy.Handle, &v.SavedAt, &v.ProjectID, &v.ItemID,
			&live.number, &live.at, &trash.at, &trash.by, &trash.name, &trash.handle)
		if err == nil {
			err = json.Unmarshal([]byte(fields), &it.Fields)
		}
		if err != nil {
			return nil, store.Fault(err, "content item")
		}
		if live.number != nil {
			it.Live = &Live{Number: *live.number, PublishedAt: *live.at}
		}
		if trash.at != nil {
			it.Trashed = &Trash{At: *trash.at}
			if trash.by != nil {
				it.Trashed.By = &access.Person{ID: *trash.by, Name: *trash.name, Handle: *trash.handle}
			}
		}
		out = append(out, it)
	}
	if err := rows.Err(); err != nil {
		return nil, store.Fault(err, "content item")
	}
	return out, addPaths(tx, e, out)
}

func one(tx *gorm.DB, e eyes, and string, args ...any) (Item, error) {
	found, err := items(tx, e, and, args...)
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

// addPaths puts the slugs of the ancestors before each item's own: those that are live, else the newest that the eyes may
// see. One query.
func addPaths(tx *gorm.DB, e eyes, all []Item) error {
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
	args := []any{nested, maxDepth}
	err := tx.Raw(`WITH RECURSIVE up(start, parent_id, depth) AS (
		SELECT id, parent_id, 1 FROM content_items WHERE id IN ?
		UNION ALL SELECT up.start, c.parent_id, up.depth + 1 FROM up JOIN content_items c ON c.id = up.parent_id WHERE up.depth < ?),
		names(content_id, language, slug, rank) AS (SELECT v.content_id, v.language, v.slug,
			row_number() OVER (PARTITION BY v.content_id, v.language ORDER BY v.state = 'published' DESC, v.number DESC)
			FROM versions v `+holder+` WHERE v.content_id IN (SELECT parent_id FROM up) AND `+seen+`)
		SELECT up.start, n.language, n.slug FROM up JOIN names n ON n.content_id = up.parent_id AND n.rank = 1 ORDER BY up.start, up.depth`,
		append(args, e.args()...)...).Scan(&steps).Error
	at := map[string]string{}
	for _, s := range steps {
		key := fmt.Sprint(s.Start, " ", s.Language)
		at[key] = s.Slug + "/" + at[key]
	}
	for i := range all {
		all[i].Path = at[fmt.Sprint(all[i].ID, " ", all[i].Language)] + all[i].Path
	}
	return store.Fault(err, "content item")
}

// maxHolders is how many projects are told of one item.
const maxHolders = 20

// holders are, for each of the items, the projects with an open version of it in its language, as far as the actor may see
// them: one query.
func holders(tx *gorm.DB, a access.Actor, of ...Item) ([][]Holder, error) {
	out, ids := make([][]Holder, len(of)), make([]int64, len(of))
	for i, it := range of {
		out[i], ids[i] = []Holder{}, it.ID
	}
	if len(of) == 0 {
		return out, nil
	}
	var held []struct {
		Holder
		ContentID int64
		Language  string
	}
	args := append([]any{ids}, projects.VisibleTo(a)...)
	err := tx.Raw(`SELECT i.content_id, i.language, p.id AS project_id, p.name, i.id AS item_id, v.number AS version FROM project_items i
		JOIN projects p ON p.id = i.project_id JOIN versions v ON v.id = i.version_id
		WHERE i.content_id IN ? AND v.state IN `+open+` AND `+projects.Visible+` ORDER BY v.number DESC LIMIT ?`,
		append(args, maxHolders*len(ids))...).Scan(&held).Error
	for i, it := range of {
		for _, h := range held {
			if h.ContentID == it.ID && h.Language == it.Language && len(out[i]) < maxHolders {
				out[i] = append(out[i], h.Holder)
			}
		}
	}
	return out, store.Fault(err, "project")
}
