package projects

import (
	"slices"
	"strings"

	"gorm.io/gorm"

	"galley/access"
	"galley/store"
)

// Filter narrows the list of projects. Its zero value is the first page of all that the actor may see.
type Filter struct {
	State string // one of the states, or Open
	Mine  bool   // owned by the actor
	Query string // part of the name, of the description or of the owner's name
	After int64  // id of the last project of the page before
	Limit int
}

// Open stands for every state in which a project still has something to do.
const Open = "open"

const openStates = `('active', 'scheduled', 'publishing', 'publish_failed')`

// Tabs is how many projects stand behind each tab of the list, over all pages.
type Tabs struct {
	Open      int `json:"open"`
	Mine      int `json:"mine"`
	Published int `json:"published"`
}

const viewColumns = `SELECT p.id, p.name, p.description, p.due_on, p.state, p.visibility, p.owner_id, p.client_key, p.client_body, p.revision,
	p.created_at, p.updated_at, u.id, u.name, u.handle FROM projects p JOIN users u ON u.id = p.owner_id `

// views reads projects with owners and counts: two queries for any number of rows.
func views(tx *gorm.DB, where string, args ...any) ([]View, error) {
	rows, err := tx.Raw(viewColumns+where, args...).Rows()
	if err != nil {
		return nil, store.Fault(err, "project")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var out []View
	for rows.Next() {
		var v View
		err := rows.Scan(&v.ID, &v.Name, &v.Description, &v.DueOn, &v.State, &v.Visibility, &v.OwnerID, &v.Value, &v.Body, &v.Revision,
			&v.CreatedAt, &v.UpdatedAt, &v.Owner.ID, &v.Owner.Name, &v.Owner.Handle)
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
		where += ` AND p.state IN ` + openStates
	default:
		where, args = where+` AND p.state = ?`, append(args, f.State)
	}
	if f.Mine {
		where, args = where+` AND p.owner_id = ?`, append(args, a.UserID)
	}
	if f.Query != "" {
		part := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Query) + "%"
		where += ` AND (p.name LIKE ? ESCAPE '\' OR p.description LIKE ? ESCAPE '\' OR u.name LIKE ? ESCAPE '\')`
		args = append(args, part, part, part)
	}
	if f.After > 0 {
		where, args = where+` AND p.id < ?`, append(args, f.After)
	}
	return views(tx, where+` ORDER BY p.id DESC LIMIT ?`, append(args, f.Limit+1)...)
}

// tabs counts by the indexes: never the projects behind no tab.
func tabs(tx *gorm.DB, a access.Actor) (Tabs, error) {
	var t Tabs
	seen := VisibleTo(a)
	args := slices.Concat(seen, []any{a.UserID}, seen, seen)
	err := tx.Raw(`SELECT (SELECT count(*) FROM projects p WHERE p.state IN `+openStates+` AND `+Visible+`) AS open,
		(SELECT count(*) FROM projects p WHERE p.owner_id = ? AND p.state <> 'archived' AND `+Visible+`) AS mine,
		(SELECT count(*) FROM projects p WHERE p.state = 'published' AND `+Visible+`) AS published`, args...).Scan(&t).Error
	return t, store.Fault(err, "project")
}
