package projects

import (
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/store"
)

// Filter narrows the list of projects. Its zero value is the first page of all that the actor may see.
type Filter struct {
	State     string // one of the states, or Open or Attention
	Mine      bool   // owned by the actor
	Following bool   // followed by the actor
	Query     string // part of the name, of the description or of the owner's name
	After     int64  // id of the last project of the page before
	Limit     int
}

// Open stands for every state in which a project still has something to do, Attention for those of them that wait for somebody.
const (
	Open      = "open"
	Attention = "attention"
)

const isOpen = `p.state IN ('active', 'scheduled', 'publishing', 'publish_failed')`

// needsAttention is the condition under which an open project p waits for somebody: it is late, or something failed, or
// stands in the way of what it holds. It takes the day of today.
const needsAttention = isOpen + ` AND (p.state = 'publish_failed' OR p.due_on < ?
	OR EXISTS (SELECT 1 FROM comments k WHERE k.project_id = p.id AND k.blocking AND k.resolved_at IS NULL AND NOT k.deleted)
	OR EXISTS (SELECT 1 FROM project_items i JOIN versions v ON v.id = i.version_id
		LEFT JOIN live l ON l.content_id = i.content_id AND l.language = i.language LEFT JOIN versions lv ON lv.id = l.version_id
		WHERE i.project_id = p.id AND v.state NOT IN ('published', 'previously_published') AND coalesce(lv.number, 0) <> coalesce(v.base, 0)))`

func today(tx *gorm.DB) string { return store.Now(tx).Format(time.DateOnly) }

// Tabs is how many projects stand behind each tab of the list, over all pages.
type Tabs struct {
	Open      int `json:"open"`
	Mine      int `json:"mine"`
	Attention int `json:"attention"`
	Published int `json:"published"`
	Archived  int `json:"archived"`
}

// viewFields and viewTables read Views; a WHERE on p, an ORDER and a LIMIT follow.
const (
	viewFields = `SELECT p.id, p.name, p.description, p.due_on, p.state, p.visibility, p.owner_id, p.client_key, p.client_body, p.revision,
	p.created_at, p.updated_at, u.id, u.name, u.handle`
	viewTables = ` FROM projects p JOIN users u ON u.id = p.owner_id `
)

// myFields and myTables add what depends on the viewer, whose id is the one argument: their role as a member, and My.
const (
	myFields = `, m.role, coalesce(me.active_project_id = p.id, FALSE), coalesce(w.following, FALSE), coalesce(w.muted, FALSE),
	(SELECT count(*) FROM (SELECT 1 FROM project_items i LEFT JOIN item_watches iw ON iw.item_id = i.id AND iw.user_id = me.id
		WHERE i.project_id = p.id AND i.changed_at > max(me.created_at, coalesce(w.looked_at, '')) AND i.changed_at > coalesce(iw.looked_at, '')
		AND i.changed_by IS NOT me.id LIMIT 100)),
	(SELECT count(*) FROM (SELECT c.id, c.item_id, c.author_id, c.deleted, c.created_at FROM comments c
			WHERE c.project_id = p.id AND c.id > coalesce(w.looked_comment, 0) ORDER BY c.id DESC LIMIT 100) newest
		LEFT JOIN item_watches iw ON iw.item_id = newest.item_id AND iw.user_id = me.id
		WHERE NOT newest.deleted AND newest.author_id <> me.id AND newest.created_at > me.created_at AND newest.id > coalesce(iw.looked_comment, 0))`
	myTables = `LEFT JOIN users me ON me.id = ? LEFT JOIN members m ON m.project_id = p.id AND m.user_id = me.id
	LEFT JOIN project_watches w ON w.project_id = p.id AND w.user_id = me.id `
)

// views reads projects with owners and counts, as they are sent: two queries for any number of rows.
func views(tx *gorm.DB, where string, args ...any) ([]View, error) {
	return readViews(tx, func(*View) []any { return nil }, viewFields+viewTables+where, args...)
}

// viewsFor is views with what depends on the viewer.
func viewsFor(tx *gorm.DB, a access.Actor, where string, args ...any) ([]View, error) {
	out, err := readViews(tx, func(v *View) []any {
		v.My = &My{}
		return []any{&v.memberRole, &v.My.Active, &v.My.Following, &v.My.Muted, &v.My.Unread.Items, &v.My.Unread.Comments}
	}, viewFields+myFields+viewTables+myTables+where, append([]any{a.UserID}, args...)...)
	return out, err
}

func readViews(tx *gorm.DB, mine func(*View) []any, query string, args ...any) ([]View, error) {
	rows, err := tx.Raw(query, args...).Rows()
	if err != nil {
		return nil, store.Fault(err, "project")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var out []View
	for rows.Next() {
		var v View
		err := rows.Scan(append([]any{
			&v.ID, &v.Name, &v.Description, &v.DueOn, &v.State, &v.Visibility, &v.OwnerID, &v.Value, &v.Body, &v.Revision,
			&v.CreatedAt, &v.UpdatedAt, &v.Owner.ID, &v.Owner.Name, &v.Owner.Handle,
		}, mine(&v)...)...)
		if err != nil {
			return nil, store.Fault(err, "project")
		}
		v.Archived = v.State == Archived
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, store.Fault(err, "project")
	}
	return out, countStates(tx, out)
}

func countStates(tx *gorm.DB, of []View) error {
	if len(of) == 0 {
		return nil
	}
	ids := make([]int64, len(of))
	at := map[int64]*Counts{}
	for i := range of {
		ids[i], at[of[i].ID] = of[i].ID, &of[i].Counts
	}
	var groups []struct {
		ProjectID int64
		State     string
		N         int
	}
	err := tx.Raw(`SELECT i.project_id, v.state, count(*) AS n FROM project_items i JOIN versions v ON v.id = i.version_id
		WHERE i.project_id IN ? GROUP BY i.project_id, v.state`, ids).Scan(&groups).Error
	for _, g := range groups {
		if field := at[g.ProjectID].of(g.State); field != nil {
			*field = g.N
		}
	}
	return store.Fault(err, "project")
}

func (c *Counts) of(state string) *int {
	switch state {
	case "draft":
		return &c.Draft
	case "in_review":
		return &c.InReview
	case "rejected":
		return &c.Rejected
	case "ready":
		return &c.Ready
	case "scheduled":
		return &c.Scheduled
	case "published":
		return &c.Published
	case "previously_published":
		return &c.PreviouslyPublished
	}
	return nil
}

func view(tx *gorm.DB, id int64) (View, error) {
	found, err := views(tx, `WHERE p.id = ?`, id)
	if err != nil {
		return View{}, err
	}
	if len(found) == 0 {
		return View{}, store.Fault(gorm.ErrRecordNotFound, "project")
	}
	return found[0], nil
}

func list(tx *gorm.DB, a access.Actor, f Filter) ([]View, error) {
	where, args := `WHERE `+Visible, VisibleTo(a)
	switch f.State {
	case "":
	case Open:
		where += ` AND ` + isOpen
	case Attention:
		where, args = where+` AND `+needsAttention, append(args, today(tx))
	default:
		where, args = where+` AND p.state = ?`, append(args, f.State)
	}
	if f.Mine {
		where, args = where+` AND p.owner_id = ?`, append(args, a.UserID)
	}
	if f.Following {
		where += ` AND w.following`
	}
	if f.Query != "" {
		part := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Query) + "%"
		where += ` AND (p.name LIKE ? ESCAPE '\' OR p.description LIKE ? ESCAPE '\' OR u.name LIKE ? ESCAPE '\')`
		args = append(args, part, part, part)
	}
	if f.After > 0 {
		where, args = where+` AND p.id < ?`, append(args, f.After)
	}
	return viewsFor(tx, a, where+` ORDER BY p.id DESC LIMIT ?`, append(args, f.Limit+1)...)
}

// tabs counts by the indexes: never the projects behind no tab.
func tabs(tx *gorm.DB, a access.Actor) (Tabs, error) {
	var t Tabs
	seen := VisibleTo(a)
	args := slices.Concat(seen, []any{a.UserID}, seen, []any{today(tx)}, seen, seen, seen)
	err := tx.Raw(`SELECT (SELECT count(*) FROM projects p WHERE `+isOpen+` AND `+Visible+`) AS open,
		(SELECT count(*) FROM projects p WHERE p.owner_id = ? AND p.state <> 'archived' AND `+Visible+`) AS mine,
		(SELECT count(*) FROM projects p WHERE `+needsAttention+` AND `+Visible+`) AS attention,
		(SELECT count(*) FROM projects p WHERE p.state = 'published' AND `+Visible+`) AS published,
		(SELECT count(*) FROM projects p WHERE p.state = 'archived' AND `+Visible+`) AS archived`, args...).Scan(&t).Error
	return t, store.Fault(err, "project")
}
