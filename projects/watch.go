package projects

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
	"galley/store"
)

// Why somebody follows a project or an item.
const (
	madeIt  = "made"
	ownsIt  = "own"
	wroteIn = "wrote"
	choseIt = "chose"
)

// Watch is what somebody wants to hear of a project or an item.
type Watch struct {
	Following bool `json:"following"`
	Muted     bool `json:"muted"` // no comments of those one follows; mentions still come
}

// watchChanged is what the event of a Watch says.
type watchChanged struct {
	ProjectID int64  `json:"project_id"`
	ItemID    *int64 `json:"item_id"`
	Watch
}

// Target is a project, or one of its items.
type Target struct {
	ProjectID int64
	ItemID    *int64
}

// table is where watches of the target are kept, the column that names it, and its id.
func (t Target) table() (table, column string, id int64) {
	if t.ItemID != nil {
		return "item_watches", "item_id", *t.ItemID
	}
	return "project_watches", "project_id", t.ProjectID
}

// Follow lets the actor follow the target, or not any more, whatever they do there later. Emits follow.changed to
// themselves. NotFound to a stranger.
func (s *Service) Follow(ctx context.Context, a access.Actor, t Target, on bool) (Watch, error) {
	return s.watch(ctx, a, t, `following = @on, because = @because`, `following IS NOT @on`, on)
}

// Mute keeps from the actor what followers are told of the target, or not any more. Emits follow.changed to themselves.
// NotFound to a stranger.
func (s *Service) Mute(ctx context.Context, a access.Actor, t Target, on bool) (Watch, error) {
	return s.watch(ctx, a, t, `muted = @on`, `muted <> @on`, on)
}

func (s *Service) watch(ctx context.Context, a access.Actor, t Target, set, differs string, on bool) (Watch, error) {
	var w Watch
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := requireTarget(tx, a, t); err != nil {
			return err
		}
		table, column, id := t.table()
		args := map[string]any{"id": id, "me": a.UserID, "on": on, "because": choseIt}
		err := tx.Exec(`INSERT INTO `+table+` (`+column+`, user_id) VALUES (@id, @me) ON CONFLICT DO NOTHING`, args).Error
		if err != nil {
			return store.Fault(err, "watch")
		}
		done := tx.Exec(`UPDATE `+table+` SET `+set+` WHERE `+column+` = @id AND user_id = @me AND `+differs, args)
		if done.Error != nil {
			return store.Fault(done.Error, "watch")
		}
		if w, err = watchOf(tx, a.UserID, t); err != nil || done.RowsAffected == 0 {
			return err
		}
		return tellWatch(tx, a, t, w)
	})
	return w, err
}

func requireTarget(tx *gorm.DB, a access.Actor, t Target) error {
	if _, err := Require(tx, a, t.ProjectID, access.See); err != nil || t.ItemID == nil {
		return err
	}
	_, err := ItemByID(tx, t.ProjectID, *t.ItemID)
	return err
}

func watchOf(tx *gorm.DB, user int64, t Target) (Watch, error) {
	var w Watch
	table, column, id := t.table()
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context,
		`SELECT coalesce(following, FALSE), muted FROM `+table+` WHERE `+column+` = ? AND user_id = ?`, id, user)
	err := noRows(row.Scan(&w.Following, &w.Muted))
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Watch{}, nil
	}
	return w, store.Fault(err, "watch")
}

func tellWatch(tx *gorm.DB, a access.Actor, t Target, w Watch) error {
	c := events.Change{Topic: events.User(a.UserID), Type: events.FollowChanged, Subject: fmt.Sprint("users/", a.UserID, "/follows"), Actor: a}
	return events.Append(tx, c, watchChanged{t.ProjectID, t.ItemID, w})
}

// follow makes somebody follow the target for the given reason, unless they have ever decided about it, and tells whether
// that was new. Plain SQL: every comment passes here.
func follow(tx *gorm.DB, user int64, t Target, because string) (bool, error) {
	table, column, id := t.table()
	done, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, `INSERT INTO `+table+` (`+column+`, user_id, following, because) VALUES (?, ?, TRUE, ?)
		ON CONFLICT DO UPDATE SET following = TRUE, because = excluded.because WHERE following IS NULL`, id, user, because)
	if err != nil {
		return false, store.Fault(err, "watch")
	}
	n, err := done.RowsAffected()
	return n > 0, store.Fault(err, "watch")
}

// Wrote makes the actor follow what they wrote about, unless they have decided otherwise. Emits follow.changed to themselves
// when that is new. What was taken out of the project is not there to be followed: then they follow the project.
func Wrote(tx *gorm.DB, a access.Actor, t Target) error {
	if t.ItemID != nil {
		var here bool
		if err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM project_items WHERE id = ?)`, *t.ItemID).Scan(&here).Error; err != nil {
			return store.Fault(err, "item")
		}
		if !here {
			t.ItemID = nil
		}
	}
	fresh, err := follow(tx, a.UserID, t, wroteIn)
	if err != nil || !fresh {
		return err
	}
	w, err := watchOf(tx, a.UserID, t)
	if err != nil {
		return err
	}
	return tellWatch(tx, a, t, w)
}

// Follower is somebody who wants to hear what is said on a target, and why.
type Follower struct {
	UserID int64
	Reason string
}

// Followers are those who follow the item or its project and have muted neither; whoever left one item alone hears nothing of
// that, though they follow the project. Whether they may open it is not asked here.
func Followers(tx *gorm.DB, t Target) ([]Follower, error) {
	var found []struct {
		UserID  int64
		Of      string
		Because string
	}
	err := tx.Raw(`SELECT w.user_id, 'item' AS "of", w.because FROM item_watches w WHERE w.item_id = @item AND w.following AND NOT w.muted
			AND NOT EXISTS (SELECT 1 FROM project_watches p WHERE p.project_id = @project AND p.user_id = w.user_id AND p.muted)
		UNION ALL SELECT w.user_id, 'project', w.because FROM project_watches w WHERE w.project_id = @project AND w.following AND NOT w.muted
			AND NOT EXISTS (SELECT 1 FROM item_watches i WHERE i.item_id = @item AND i.user_id = w.user_id AND (i.muted OR i.following IS NOT NULL))
		ORDER BY 1`, map[string]any{"item": t.ItemID, "project": t.ProjectID}).Scan(&found).Error
	out := make([]Follower, len(found))
	for i, f := range found {
		out[i] = Follower{f.UserID, reason(f.Of, f.Because)}
	}
	return out, store.Fault(err, "watch")
}

func reason(of, because string) string {
	why := map[string]string{madeIt: " because you made it", ownsIt: " because you own it", wroteIn: " because you wrote there"}[because]
	return "You follow this " + of + why + "."
}
