package projects

import (
	"context"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
	"galley/store"
)

// What can be done in a project, as its activity tells it.
const (
	ActCreated       = "created"
	ActEdited        = "edited" // detail: which fields
	ActHidden        = "hidden"
	ActOpened        = "opened"
	ActArchived      = "archived"
	ActUnarchived    = "unarchived"
	ActMemberAdded   = "member_added" // title: who; detail: the role
	ActMemberChanged = "member_changed"
	ActMemberRemoved = "member_removed"
	ActItemAdded     = "item_added" // detail: unpublish where that is what it is there for
	ActItemRemoved   = "item_removed"
	ActItemMovedHere = "item_moved_here"
	ActItemMovedAway = "item_moved_away"
	ActItemAssigned  = "item_assigned" // detail: to whom, nothing for nobody
	ActSaved         = "saved"
	ActSetReady      = "set_ready"
	ActSetDraft      = "set_draft"
	ActPublished     = "published" // detail: how many items
)

// Entry is one act to be remembered.
type Entry struct {
	ProjectID int64
	Act       string
	Item      *Item // what it was done to, where it was an item
	Title     string
	Detail    string
}

// sameSaving is how long somebody's savings of one text are told as one.
const sameSaving = time.Hour

// Record remembers an act. Savings of one text by one person stand there once, at the last of them.
func Record(tx *gorm.DB, a access.Actor, e Entry) error {
	now := store.Now(tx)
	var itemID, versionID *int64
	if e.Item != nil {
		itemID, versionID, e.Title = &e.Item.ID, &e.Item.versionID, e.Item.Title
	}
	if e.Act == ActSaved {
		err := tx.Exec(`DELETE FROM project_activity WHERE id = (SELECT max(id) FROM project_activity WHERE version_id = ?)
			AND act = ? AND actor_id = ? AND project_id = ? AND created_at > ?`, versionID, ActSaved, a.UserID, e.ProjectID, now.Add(-sameSaving)).Error
		if err != nil {
			return store.Fault(err, "activity")
		}
	}
	_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, `INSERT INTO project_activity (project_id, act, actor_id, item_id, version_id, title, detail, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, e.ProjectID, e.Act, by(a), itemID, versionID, e.Title, e.Detail, now)
	return store.Fault(err, "activity")
}

// by is the actor as a row names them: nobody where it was the system.
func by(a access.Actor) *int64 {
	if a.UserID == 0 {
		return nil
	}
	return &a.UserID
}

// Activity is one act as it is answered.
type Activity struct {
	ID        int64          `json:"id"`
	Act       string         `json:"act"`
	Actor     *access.Person `json:"actor"`
	ItemID    *int64         `json:"item_id"` // nil once the project holds it no more
	Title     string         `json:"title"`   // "" where the reader may not see what it is about
	Detail    string         `json:"detail"`
	CreatedAt time.Time      `json:"created_at"`
}

// ActivityPage is one page of what was done, newest first, one row more than the limit where there is a next page.
type ActivityPage struct {
	Rows     []Activity
	Position events.Position
}

// Activity is a page of what was done in the project. after is the id of the last act of the page before. NotFound to a
// stranger.
func (s *Service) Activity(ctx context.Context, a access.Actor, projectID, after int64, limit int) (ActivityPage, error) {
	var page ActivityPage
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if _, err = Require(tx, a, projectID, access.See); err != nil {
			return err
		}
		if page.Rows, err = activity(tx, a, projectID, after, limit+1); err != nil {
			return err
		}
		page.Position, err = events.Here(tx)
		return err
	})
	return page, err
}

// activity reads acts. What an item was called then is not told to who may not see it now, be it that another project took
// it in since.
func activity(tx *gorm.DB, a access.Actor, projectID, after int64, limit int) ([]Activity, error) {
	if after == 0 {
		after = 1 << 62
	}
	rows, err := tx.Raw(`SELECT t.id, t.act, u.id, u.name, u.handle, i.id,
		CASE WHEN h.id IS NULL OR h.project_id = t.project_id OR v.state = 'published' OR p.id IS NOT NULL THEN t.title ELSE '' END, t.detail, t.created_at
		FROM project_activity t LEFT JOIN users u ON u.id = t.actor_id
		LEFT JOIN project_items i ON i.id = t.item_id AND i.project_id = t.project_id
		LEFT JOIN project_items h ON h.version_id = t.version_id AND h.action = 'publish' LEFT JOIN versions v ON v.id = t.version_id
		LEFT JOIN projects p ON p.id = h.project_id AND `+Visible+`
		WHERE t.project_id = ? AND t.id < ? ORDER BY t.id DESC LIMIT ?`, append(VisibleTo(a), projectID, after, limit)...).Rows()
	if err != nil {
		return nil, store.Fault(err, "activity")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var out []Activity
	for rows.Next() {
		var t Activity
		var actor struct {
			id           *int64
			name, handle *string
		}
		if err := rows.Scan(&t.ID, &t.Act, &actor.id, &actor.name, &actor.handle, &t.ItemID, &t.Title, &t.Detail, &t.CreatedAt); err != nil {
			return nil, store.Fault(err, "activity")
		}
		if actor.id != nil {
			t.Actor = &access.Person{ID: *actor.id, Name: *actor.name, Handle: *actor.handle}
		}
		out = append(out, t)
	}
	return out, store.Fault(rows.Err(), "activity")
}
