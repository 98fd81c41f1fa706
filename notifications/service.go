package notifications

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
)

// Service is what a person does with their own inbox.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db: db} }

// Filter narrows the list. Its zero value is the first page of everything.
type Filter struct {
	Unread    bool
	Kind      Kind
	ProjectID int64
	After     int64 // id of the last entry of the page before
	Limit     int
}

// Page is one page of an inbox, newest first, one row more than the limit where there is a next page.
type Page struct {
	Rows     []Notification
	Unread   int
	Position events.Position
}

const columns = `SELECT n.id, n.kind, n.project_id, p.name, i.id, v.title, n.comment_id, u.id, u.name, u.handle,
	n.actors, n.text, n.reason, n.count, n.read_at, n.created_at, p.id IS NULL
	FROM notifications n LEFT JOIN projects p ON p.id = n.project_id AND ` + visible + `
	LEFT JOIN project_items i ON i.id = n.item_id LEFT JOIN versions v ON v.id = i.version_id
	LEFT JOIN users u ON u.id = n.actor_id WHERE n.user_id = @user`

// visible is the condition under which @user, who is an admin or not, sees the project p: the same as projects.Visible, which
// stands above this package.
const visible = `(@admin OR p.visibility = 'everyone' OR p.owner_id = @user OR EXISTS (SELECT 1 FROM members m WHERE m.project_id = p.id AND m.user_id = @user))`

// List is a page of the actor's own inbox.
func (s *Service) List(ctx context.Context, a access.Actor, f Filter) (Page, error) {
	var page Page
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if page.Rows, err = list(tx, a, f); err != nil {
			return err
		}
		if page.Unread, err = Unread(tx, a.UserID); err != nil {
			return err
		}
		page.Position, err = events.Here(tx)
		return err
	})
	return page, err
}

func list(tx *gorm.DB, a access.Actor, f Filter) ([]Notification, error) {
	q := columns
	if f.Unread {
		q += ` AND n.read_at IS NULL`
	}
	if f.Kind != "" {
		q += ` AND n.kind = @kind`
	}
	if f.ProjectID > 0 { // of a project that one may not see, a stub must not tell that it is about that one
		q += ` AND n.project_id = @project AND p.id IS NOT NULL`
	}
	if f.After > 0 {
		q += ` AND n.id < @after`
	}
	rows, err := tx.Raw(q+` ORDER BY n.id DESC LIMIT @limit`, map[string]any{
		"user": a.UserID, "admin": a.IsAdmin(), "kind": f.Kind, "project": f.ProjectID, "after": f.After, "limit": f.Limit + 1,
	}).Rows()
	if err != nil {
		return nil, store.Fault(err, "notification")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var out []Notification
	for rows.Next() {
		var n Notification
		var name *string
		var actors string
		var actor struct {
			id           *int64
			name, handle *string
		}
		err := rows.Scan(&n.ID, &n.Kind, &n.ProjectID, &name, &n.ItemID, &n.ItemTitle, &n.CommentID, &actor.id, &actor.name, &actor.handle,
			&actors, &n.Text, &n.Reason, &n.Count, &n.ReadAt, &n.CreatedAt, &n.Gone)
		if err == nil {
			err = json.Unmarshal([]byte(actors), &n.actors)
		}
		if err != nil {
			return nil, store.Fault(err, "notification")
		}
		if n.Gone {
			out = append(out, n.stub())
			continue
		}
		n.ProjectName = *name
		if actor.id != nil {
			n.Actor = &access.Person{ID: *actor.id, Name: *actor.name, Handle: *actor.handle}
		}
		out = append(out, n)
	}
	if err := rows.Err(); err != nil {
		return nil, store.Fault(err, "notification")
	}
	return out, nameActors(tx, out)
}

// unreadCap is where counting stops; the bell says 999+ from there.
const unreadCap = 1000

// Unread is how many entries of the person's inbox are unread, counted up to 1,000.
func Unread(tx *gorm.DB, user int64) (int, error) {
	var n int
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context,
		`SELECT count(*) FROM (SELECT 1 FROM notifications WHERE user_id = ? AND read_at IS NULL LIMIT ?)`, user, unreadCap)
	return n, store.Fault(row.Scan(&n), "notification")
}

// Reading says which entries were read: some by id, or all.
type Reading struct {
	IDs []int64 `json:"ids"`
	All bool    `json:"all"`
}

// maxRead is how many ids one request may name.
const maxRead = 200

func (r Reading) validate() error {
	var wrong errs.Fields
	switch {
	case r.All && len(r.IDs) > 0:
		wrong.Add("ids", "Give ids or all, not both.")
	case !r.All && len(r.IDs) == 0:
		wrong.Add("ids", "Say which ones, or all.")
	case len(r.IDs) > maxRead:
		wrong.Add("ids", "At most %d at once.", maxRead)
	}
	return wrong.Err()
}

// read is what the event and the answer say of it.
type read struct {
	IDs    []int64 `json:"ids"`
	All    bool    `json:"all"`
	Unread int     `json:"unread"`
}

// Read marks entries of the actor's own inbox as read and emits notification.read where any was unread. Ids of other
// people's entries mark nothing.
func (s *Service) Read(ctx context.Context, a access.Actor, r Reading) (unread int, err error) {
	if err := r.validate(); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		now := store.Now(tx)
		marked := tx.Exec(`UPDATE notifications SET read_at = ? WHERE user_id = ? AND read_at IS NULL AND (? OR id IN ?)`, now, a.UserID, r.All, append([]int64{0}, r.IDs...))
		if marked.Error != nil {
			return store.Fault(marked.Error, "notification")
		}
		if unread, err = Unread(tx, a.UserID); err != nil || marked.RowsAffected == 0 {
			return err
		}
		change := events.Change{Topic: events.User(a.UserID), Type: events.NotificationRead, Subject: fmt.Sprint("users/", a.UserID, "/notifications"), Actor: a}
		return events.Append(tx, change, read{IDs: r.IDs, All: r.All, Unread: unread})
	})
	return unread, err
}
