package projects

import (
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/store"
)

// What a project does with an item when it goes out.
const (
	Publish   = "publish"
	Unpublish = "unpublish"
)

// projectItem is a row of project_items.
type projectItem struct {
	ID         int64
	ProjectID  int64
	ContentID  int64
	Language   string
	VersionID  int64
	Action     string
	Position   int64
	AssigneeID *int64
	Revision   int64
	AddedBy    int64
	CreatedAt  time.Time
	ChangedAt  *time.Time
	ChangedBy  *int64
}

func (projectItem) TableName() string { return "project_items" }

// Item is a project item as it is answered and sent: the row with what its version says.
type Item struct {
	ID              int64          `json:"id"`
	ProjectID       int64          `json:"project_id"`
	ContentID       int64          `json:"content_id"`
	Language        string         `json:"language"`
	Version         int64          `json:"version"`
	VersionRevision int64          `json:"version_revision"`
	State           string         `json:"state"`
	Action          string         `json:"action"`
	Order           int64          `json:"order"`
	Assignee        *access.Person `json:"assignee"`
	Title           string         `json:"title"`
	Type            string         `json:"type"`
	Locked          bool           `json:"locked"`   // the project's state does not allow changes now
	Conflict        bool           `json:"conflict"` // live has moved past the version's base
	Missing         []string       `json:"missing"`  // required fields that are empty
	Comments        int            `json:"comments"`
	SavedBy         access.Person  `json:"saved_by"`
	SavedAt         time.Time      `json:"saved_at"`
	Revision        int64          `json:"revision"`
	My              *ItemMy        `json:"my,omitempty"` // left out of events

	versionID int64
}

// ItemMy is what depends on who looks.
type ItemMy struct {
	Watch
	Unread ItemUnread `json:"unread"`
}

// ItemUnread is what others did to an item since one looked at it or at its project.
type ItemUnread struct {
	Comments int  `json:"comments"` // counted up to 100
	Changed  bool `json:"changed"`
}

// itemFields and itemTables read Items; a WHERE on i, an ORDER and a LIMIT follow.
const (
	itemFields = `SELECT i.id, i.project_id, i.content_id, i.language, v.number, v.revision, v.state, i.action, i.position,
	u.id, u.name, u.handle, v.title, c.type, p.state,
	v.state NOT IN ('published', 'previously_published') AND coalesce(lv.number, 0) <> coalesce(v.base, 0), v.missing,
	(SELECT count(*) FROM comments k WHERE k.item_id = i.id AND NOT k.deleted),
	s.id, s.name, s.handle, v.saved_at, i.revision, v.id`
	itemTables = `
	FROM project_items i
	JOIN projects p ON p.id = i.project_id
	JOIN versions v ON v.id = i.version_id
	JOIN content_items c ON c.id = i.content_id
	JOIN users s ON s.id = v.saved_by
	LEFT JOIN users u ON u.id = i.assignee_id
	LEFT JOIN live l ON l.content_id = i.content_id AND l.language = i.language
	LEFT JOIN versions lv ON lv.id = l.version_id `
	itemColumns = itemFields + itemTables
)

// myItemFields and myItemTables add what depends on the viewer, whose id is the one argument.
const (
	myItemFields = `, coalesce(iw.following, FALSE), coalesce(iw.muted, FALSE),
	(SELECT count(*) FROM (SELECT 1 FROM comments k WHERE k.item_id = i.id AND k.id > max(coalesce(pw.looked_comment, 0), coalesce(iw.looked_comment, 0))
		AND NOT k.deleted AND k.author_id <> me.id AND k.created_at > me.created_at LIMIT 100)),
	coalesce(i.changed_at > max(me.created_at, coalesce(pw.looked_at, ''), coalesce(iw.looked_at, '')) AND i.changed_by IS NOT me.id, FALSE)`
	myItemTables = `LEFT JOIN users me ON me.id = ?
	LEFT JOIN project_watches pw ON pw.project_id = i.project_id AND pw.user_id = me.id
	LEFT JOIN item_watches iw ON iw.item_id = i.id AND iw.user_id = me.id `
)

func scanItem(scan func(...any) error, mine ...any) (Item, error) {
	var it Item
	var missing, projectState string
	var assignee struct {
		id           *int64
		name, handle *string
	}
	err := scan(append([]any{
		&it.ID, &it.ProjectID, &it.ContentID, &it.Language, &it.Version, &it.VersionRevision, &it.State, &it.Action, &it.Order,
		&assignee.id, &assignee.name, &assignee.handle, &it.Title, &it.Type, &projectState, &it.Conflict, &missing, &it.Comments,
		&it.SavedBy.ID, &it.SavedBy.Name, &it.SavedBy.Handle, &it.SavedAt, &it.Revision, &it.versionID,
	}, mine...)...)
	if err != nil {
		return Item{}, store.Fault(noRows(err), "item")
	}
	if assignee.id != nil {
		it.Assignee = &access.Person{ID: *assignee.id, Name: *assignee.name, Handle: *assignee.handle}
	}
	it.Locked = refuseWhile(projectState) != nil
	return it, store.Fault(json.Unmarshal([]byte(missing), &it.Missing), "item")
}

// ItemByID is one item of the project; NotFound for an item of another one.
func ItemByID(tx *gorm.DB, projectID, itemID int64) (Item, error) {
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, itemColumns+`WHERE i.id = ? AND i.project_id = ?`, itemID, projectID)
	return scanItem(row.Scan)
}

// ItemFor is ItemByID with what depends on the viewer.
func ItemFor(tx *gorm.DB, a access.Actor, projectID, itemID int64) (Item, error) {
	found, err := itemsFor(tx, a, `WHERE i.id = ? AND i.project_id = ?`, itemID, projectID)
	if err == nil && len(found) == 0 {
		err = errs.Missing("item")
	}
	if err != nil {
		return Item{}, err
	}
	return found[0], nil
}

// itemsPage reads a page of a project's items in their order, one more than the limit where there is a next page. after is
// the position behind which it begins.
func itemsPage(tx *gorm.DB, a access.Actor, projectID, after int64, limit int) ([]Item, error) {
	return itemsFor(tx, a, `WHERE i.project_id = ? AND i.position > ? ORDER BY i.position, i.id LIMIT ?`, projectID, after, limit+1)
}

// itemsFor reads items as the actor sees them.
func itemsFor(tx *gorm.DB, a access.Actor, where string, args ...any) ([]Item, error) {
	return readItems(tx, func(scan func(...any) error) (Item, error) {
		my := &ItemMy{}
		it, err := scanItem(scan, &my.Following, &my.Muted, &my.Unread.Comments, &my.Unread.Changed)
		it.My = my
		return it, err
	}, itemFields+myItemFields+itemTables+myItemTables+where, append([]any{a.UserID}, args...)...)
}

// manyItems reads items as they are sent.
func manyItems(tx *gorm.DB, where string, args ...any) ([]Item, error) {
	return readItems(tx, func(scan func(...any) error) (Item, error) { return scanItem(scan) }, itemColumns+where, args...)
}

func readItems(tx *gorm.DB, read func(scan func(...any) error) (Item, error), query string, args ...any) ([]Item, error) {
	rows, err := tx.Raw(query, args...).Rows()
	if err != nil {
		return nil, store.Fault(err, "item")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	items := []Item{}
	for rows.Next() {
		it, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, store.Fault(rows.Err(), "item")
}

// refuseWhile is the Conflict with which changes of a project's items are refused in some of its states, or nil.
func refuseWhile(state string) *errs.Error {
	switch state {
	case Scheduled:
		return errs.New(errs.Conflict, "This project is scheduled. Cancel the schedule to change its items.")
	case Publishing:
		return errs.New(errs.Conflict, "This project is being published. Wait until it is out.")
	case Archived:
		return errs.New(errs.Conflict, "This project is archived.")
	}
	return nil
}

// noRows lets a row that plain SQL did not find be told like one that gorm did not find.
func noRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return gorm.ErrRecordNotFound
	}
	return err
}
