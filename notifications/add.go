package notifications

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
	"galley/store"
)

const (
	sameEntry  = time.Hour // how long after an entry began what is like it joins it
	maxActors  = 50        // how many are remembered of those behind one entry
	showActors = 3         // how many of them are named
	lookBack   = 20        // among how many of a project's latest entries one that is alike is looked for
)

// Add puts the note into each recipient's inbox, once, and tells their browsers. What is like an unread entry of the last
// hour joins that; a mention is never like another, since each asks for an answer. Plain SQL: a busy comment thread passes
// here for everybody in it.
func Add(tx *gorm.DB, n Note, recipients ...int64) error {
	if len(recipients) == 0 {
		return nil
	}
	base := Notification{
		Kind: n.Kind, ProjectID: &n.ProjectID, ProjectName: n.ProjectName, ItemID: n.ItemID, CommentID: n.CommentID,
		Text: excerpt(n.Text), Reason: n.Reason, Count: max(n.Count, 1), CreatedAt: store.Now(tx),
	}
	if n.Actor.UserID != 0 {
		p := n.Actor.Person()
		base.Actor = &p
	}
	if n.ItemID != nil {
		row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT v.title FROM project_items i JOIN versions v ON v.id = i.version_id WHERE i.id = ?`, *n.ItemID)
		err := row.Scan(&base.ItemTitle)
		if errors.Is(err, sql.ErrNoRows) {
			base.ItemID = nil // it was taken out of the project
		} else if err != nil {
			return store.Fault(err, "item")
		}
	}
	told := map[int64]bool{}
	for _, user := range recipients {
		if told[user] {
			continue
		}
		told[user] = true
		entry, err := put(tx, user, base)
		if err != nil {
			return err
		}
		change := events.Change{Topic: events.User(user), Type: events.NotificationNew, Subject: fmt.Sprint("notifications/", entry.ID), Actor: n.Actor}
		if err := events.Append(tx, change, entry); err != nil {
			return err
		}
	}
	return nil
}

// put writes one entry, or lets it join the one that it is like, and returns what stands there then.
func put(tx *gorm.DB, user int64, n Notification) (Notification, error) {
	if n.Actor != nil {
		n.actors = []int64{n.Actor.ID}
	}
	var was Notification
	var err error
	if n.Kind != Mentioned {
		if was, err = alike(tx, user, n); err != nil {
			return Notification{}, err
		}
	}
	if was.ID == 0 {
		n.ID, err = store.Insert(tx, `INSERT INTO notifications (user_id, kind, project_id, item_id, comment_id, actor_id, actors, text, reason, count, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			user, n.Kind, n.ProjectID, n.ItemID, n.CommentID, n.actorID(), encodeIDs(n.actors), n.Text, n.Reason, n.Count, n.CreatedAt)
		if err != nil {
			return Notification{}, store.Fault(err, "notification")
		}
	} else {
		n.ID, n.CreatedAt, n.Count = was.ID, was.CreatedAt, was.Count+n.Count
		n.actors = withBehind(n.actors, was.actors)
		_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, `UPDATE notifications SET comment_id = ?, actor_id = ?, actors = ?, text = ?, reason = ?, count = ? WHERE id = ?`,
			n.CommentID, n.actorID(), encodeIDs(n.actors), n.Text, n.Reason, n.Count, n.ID)
		if err != nil {
			return Notification{}, store.Fault(err, "notification")
		}
	}
	entry := []Notification{n}
	return entry[0], nameActors(tx, entry)
}

// alike is the unread entry that the note would say once more; without an id where there is none.
func alike(tx *gorm.DB, user int64, n Notification) (Notification, error) {
	var was Notification
	var actors string
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT id, count, actors, created_at
		FROM (SELECT id, count, actors, created_at, read_at, kind, item_id FROM notifications WHERE project_id = ? AND user_id = ? ORDER BY id DESC LIMIT ?)
		WHERE read_at IS NULL AND kind = ? AND item_id IS ? AND created_at > ? LIMIT 1`,
		n.ProjectID, user, lookBack, n.Kind, n.ItemID, n.CreatedAt.Add(-sameEntry))
	err := row.Scan(&was.ID, &was.Count, &actors, &was.CreatedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return Notification{}, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(actors), &was.actors)
	}
	return was, store.Fault(err, "notification")
}

// withBehind puts earlier actors behind the latest, each once.
func withBehind(latest, earlier []int64) []int64 {
	all := slices.Clone(latest)
	for _, id := range earlier {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all[:min(len(all), maxActors)]
}

func encodeIDs(ids []int64) string {
	b, _ := json.Marshal(append([]int64{}, ids...)) // numbers always encode
	return string(b)
}

// nameActors fills in who is behind the entries, the latest first: one query, and none where each has but one.
func nameActors(tx *gorm.DB, all []Notification) error {
	var wanted []int64
	for _, n := range all {
		if len(n.actors) > 1 {
			wanted = append(wanted, n.actors[:min(len(n.actors), showActors)]...)
		}
	}
	known := map[int64]access.Person{}
	if len(wanted) > 0 {
		var people []access.Person
		if err := tx.Raw(`SELECT id, name, handle FROM users WHERE id IN ?`, wanted).Scan(&people).Error; err != nil {
			return store.Fault(err, "person")
		}
		for _, p := range people {
			known[p.ID] = p
		}
	}
	for i := range all {
		n := &all[i]
		n.Actors, n.People = []access.Person{}, len(n.actors)
		for _, id := range n.actors[:min(len(n.actors), showActors)] {
			if p, ok := known[id]; ok {
				n.Actors = append(n.Actors, p)
			} else if n.Actor != nil && n.Actor.ID == id {
				n.Actors = append(n.Actors, *n.Actor)
			}
		}
	}
	return nil
}

// Orphan takes the words out of all entries about a project that is about to go; stubs are left.
func Orphan(tx *gorm.DB, projectID int64) error {
	err := tx.Exec(`UPDATE notifications SET project_id = NULL, item_id = NULL, comment_id = NULL, actor_id = NULL, actors = '[]', text = '', reason = '' WHERE project_id = ?`, projectID).Error
	return store.Fault(err, "notification")
}

// ForgetWords takes the words of a comment that is no more out of the entries that quote it.
func ForgetWords(tx *gorm.DB, commentID int64) error {
	return store.Fault(tx.Exec(`UPDATE notifications SET text = '' WHERE comment_id = ?`, commentID).Error, "notification")
}

// MoveItem lets the entries about an item belong to another project, and tells whose they are.
func MoveItem(tx *gorm.DB, itemID, projectID int64) (people []int64, err error) {
	err = tx.Raw(`SELECT DISTINCT user_id FROM notifications WHERE item_id = ? ORDER BY user_id`, itemID).Scan(&people).Error
	if err == nil && len(people) > 0 {
		err = tx.Exec(`UPDATE notifications SET project_id = ? WHERE item_id = ?`, projectID, itemID).Error
	}
	return people, store.Fault(err, "notification")
}

// excerpt is the beginning of a text, cut between characters.
func excerpt(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxText {
			return text[:i] + "…"
		}
	}
	return text
}
