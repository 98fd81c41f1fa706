package notifications

import (
	"context"
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
	Unread bool
	Kind   Kind
	After  int64 // id of the last entry of the page before
	Limit  int
}

// Page is one page of an inbox, newest first, one row more than the limit where there is a next page.
type Page struct {
	Rows     []Notification
	Unread   int
	Position events.Position
}

const columns = `SELECT n.id, n.kind, n.project_id, p.name, i.id, v.title, n.comment_id, u.id, u.name, u.handle,
	n.text, n.reason, n.count, n.read_at, n.created_at
	FROM notifications n JOIN projects p ON p.id = n.project_id
	LEFT JOIN project_items i ON i.id = n.item_id LEFT JOIN versions v ON v.id = i.version_id
	LEFT JOIN users u ON u.id = n.actor_id WHERE n.user_id = ?`

// List is a page of the actor's own inbox.
func (s *Service) List(ctx context.Context, a access.Actor, f Filter) (Page, error) {
	var page Page
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if page.Rows, err = list(tx, a.UserID, f); err != nil {
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

func list(tx *gorm.DB, user int64, f Filter) ([]Notification, error) {
	q, args := columns, []any{user}
	if f.Unread {
		q += ` AND n.read_at IS NULL`
	}
	if f.Kind != "" {
		q, args = q+` AND n.kind = ?`, append(args, f.Kind)
	}
	if f.After > 0 {
		q, args = q+` AND n.id < ?`, append(args, f.After)
	}
	rows, err := tx.Raw(q+` ORDER BY n.id DESC LIMIT ?`, append(args, f.Limit+1)...).Rows()
	if err != nil {
		return nil, store.Fault(err, "notification")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var out []Notification
	for rows.Next() {
		var n Notification
		var actor struct {
			id           *int64
			name, handle *string
		}
		err := rows.Scan(&n.ID, &n.Kind, &n.ProjectID, &n.ProjectName, &n.ItemID, &n.ItemTitle, &n.CommentID, &actor.id, &actor.name, &actor.handle,
			&n.Text, &n.Reason, &n.Count, &n.ReadAt, &n.CreatedAt)
		if err != nil {
			return nil, store.Fault(err, "notification")
		}
		if actor.id != nil {
			n.Actor = &access.Person{ID: *actor.id, Name: *actor.name, Handle: *actor.handle}
		}
		out = append(out, n)
	}
	return out, store.Fault(rows.Err(), "notification")
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
