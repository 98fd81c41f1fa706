package comments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/notifications"
	"galley/projects"
	"galley/store"
)

// Add posts a comment on the project or one of its items, or a reply, tells those it concerns, and emits comment.added. A
// repeat of the same request answers the comment as it is now, with created false. NotFound for an item or a thread that is
// not the project's.
func (s *Service) Add(ctx context.Context, a access.Actor, projectID int64, d Draft) (c Comment, created bool, err error) {
	if err := d.validate(); err != nil {
		return Comment{}, false, err
	}
	words, err := s.understand(ctx, projectID, d.Body)
	if err != nil {
		return Comment{}, false, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := projects.Require(tx, a, projectID, access.Comment)
		if err != nil {
			return err
		}
		if err := place(tx, projectID, &d); err != nil {
			return err
		}
		c = Comment{
			ProjectID: projectID, ItemID: d.ItemID, ParentID: d.ParentID, Field: d.Field, Quote: d.Quote, Body: d.Body, HTML: words.html,
			Author: a.Person(), Blocking: d.Blocking, ClientKey: d.Key, Revision: 1, CreatedAt: store.Now(tx),
		}
		if created, err = insert(tx, &c); err != nil {
			return err
		}
		if !created {
			c, err = one(tx, `WHERE c.author_id = ? AND c.client_key = ?`, a.UserID, d.Key.Value)
			if err != nil {
				return err
			}
			return d.Key.Repeats(c.ClientKey)
		}
		if err := rememberMentions(tx, c, words); err != nil {
			return err
		}
		if err := notify(tx, a, p, c, words); err != nil {
			return err
		}
		if err := projects.Wrote(tx, a, projects.Target{ProjectID: c.ProjectID, ItemID: c.ItemID}); err != nil {
			return err
		}
		return tell(tx, a, events.CommentAdded, c)
	})
	return c, created, err
}

// words is a body made ready outside the transaction: rendered, and with whom it names.
type words struct {
	html   string
	named  map[string]int64 // handle to person
	groups []string         // handles
}

// understand parses and renders the body. Nothing slow may happen while the only writer waits, so this comes before it;
// who may be told is decided again inside the transaction.
func (s *Service) understand(ctx context.Context, projectID int64, body string) (words, error) {
	p := s.markdown.parse(body)
	var w words
	if len(p.handles) > 0 {
		err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
			if w.named, err = projects.OpenersByHandle(tx, projectID, p.handles); err != nil {
				return err
			}
			for _, handle := range p.handles {
				people, err := projects.OpenersInGroup(tx, projectID, handle)
				if err != nil {
					return err
				}
				if len(people) > 0 {
					w.groups = append(w.groups, handle)
				}
			}
			return nil
		})
		if err != nil {
			return words{}, err
		}
	}
	var err error
	w.html, err = s.markdown.render(p, slices.Concat(slices.Collect(maps.Keys(w.named)), w.groups))
	return w, err
}

// leaveOut takes out the handles, whose bearers know already.
func (w *words) leaveOut(handles []string) {
	for _, handle := range handles {
		delete(w.named, handle)
		w.groups = slices.DeleteFunc(w.groups, func(group string) bool { return group == handle })
	}
}

// place checks that what the draft hangs on belongs to the project; a reply takes the place of its thread.
func place(tx *gorm.DB, projectID int64, d *Draft) error {
	conn, ctx := tx.Statement.ConnPool, tx.Statement.Context
	if d.ParentID != nil {
		var parent Comment
		err := conn.QueryRowContext(ctx, `SELECT project_id, parent_id, item_id, field, deleted FROM comments WHERE id = ?`, *d.ParentID).
			Scan(&parent.ProjectID, &parent.ParentID, &parent.ItemID, &parent.Field, &parent.Deleted)
		if errors.Is(err, sql.ErrNoRows) {
			return errs.Missing("comment")
		}
		if err != nil {
			return store.Fault(err, "comment")
		}
		switch {
		case parent.ProjectID != projectID:
			return errs.Missing("comment")
		case parent.ParentID != nil:
			return errs.Fields{"parent_id": "Replies have one level: answer the thread's first comment."}.Err()
		case parent.Deleted:
			return errs.New(errs.Conflict, "The comment was deleted while you wrote.")
		case d.ItemID != nil && (parent.ItemID == nil || *d.ItemID != *parent.ItemID):
			return errs.Fields{"item_id": "The thread is about something else."}.Err()
		}
		d.ItemID, d.Field, d.Blocking = parent.ItemID, parent.Field, false
		return nil
	}
	if d.ItemID == nil {
		return nil
	}
	var found int
	err := conn.QueryRowContext(ctx, `SELECT 1 FROM project_items WHERE id = ? AND project_id = ?`, *d.ItemID, projectID).Scan(&found)
	if errors.Is(err, sql.ErrNoRows) {
		return errs.Missing("item")
	}
	return store.Fault(err, "item")
}

func insert(tx *gorm.DB, c *Comment) (created bool, err error) {
	c.ID, err = store.Insert(tx, `INSERT INTO comments
		(project_id, item_id, parent_id, field, quote, body, html, author_id, blocking, client_key, client_body, created_at, settled)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, EXISTS (SELECT 1 FROM comments t WHERE t.id = ? AND t.settled)) ON CONFLICT DO NOTHING`,
		c.ProjectID, c.ItemID, c.ParentID, c.Field, c.Quote, c.Body, c.HTML, c.Author.ID, c.Blocking, c.Value, c.ClientKey.Body, c.CreatedAt, c.ParentID)
	return c.ID != 0, store.Fault(err, "comment")
}

// notify tells the mentioned, then those in the thread, then who follows; each once, never the actor, never who may not
// open the project.
func notify(tx *gorm.DB, a access.Actor, p projects.Project, c Comment, w words) error {
	n := news{told: map[int64]bool{a.UserID: true}, note: noteOf(a, p, c)}
	if err := n.tellMentioned(tx, w); err != nil {
		return err
	}
	if err := n.tellThread(tx, c); err != nil {
		return err
	}
	return n.tellFollowers(tx, c)
}

func noteOf(a access.Actor, p projects.Project, c Comment) notifications.Note {
	return notifications.Note{ProjectID: p.ID, ProjectName: p.Name, ItemID: c.ItemID, CommentID: &c.ID, Actor: a, Text: c.Body}
}

// news is a comment on its way to people's inboxes.
type news struct {
	note notifications.Note
	told map[int64]bool // already, or not to be
}

// tellMentioned tells those who are named, alone or with their group.
func (n *news) tellMentioned(tx *gorm.DB, w words) error {
	err := n.tell(tx, notifications.Mentioned, "You were mentioned by name.", slices.Sorted(maps.Values(w.named)))
	for _, group := range w.groups {
		if err != nil {
			return err
		}
		var people []int64
		if people, err = projects.OpenersInGroup(tx, n.note.ProjectID, group); err == nil {
			err = n.tell(tx, notifications.Mentioned, "You were mentioned with @"+group+".", people)
		}
	}
	return err
}

// rememberMentions notes whom a comment names, for those who look for what names them.
func rememberMentions(tx *gorm.DB, c Comment, w words) error {
	people := slices.Collect(maps.Values(w.named))
	for _, group := range w.groups {
		members, err := projects.OpenersInGroup(tx, c.ProjectID, group)
		if err != nil {
			return err
		}
		people = append(people, members...)
	}
	for _, person := range people {
		_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, `INSERT INTO comment_mentions (user_id, comment_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, person, c.ID)
		if err != nil {
			return store.Fault(err, "mention")
		}
	}
	return nil
}

func forgetMentions(tx *gorm.DB, commentID int64) error {
	return store.Fault(tx.Exec(`DELETE FROM comment_mentions WHERE comment_id = ?`, commentID).Error, "mention")
}

func (n *news) tellThread(tx *gorm.DB, c Comment) error {
	if c.ParentID == nil {
		return nil
	}
	inThread, err := writers(tx, *c.ParentID)
	if err != nil {
		return err
	}
	return n.tell(tx, notifications.Replied, "You wrote in this thread.", inThread)
}

// writers are who wrote in the thread: its first comment or a reply that still stands. It jumps from person to person through
// the index, so that an answer in a thread of thousands costs what the first one did.
func writers(tx *gorm.DB, thread int64) ([]int64, error) {
	people, err := store.IDs(tx, `WITH RECURSIVE writer (id) AS (
			SELECT min(author_id) FROM comments WHERE parent_id = ?1 AND NOT deleted
			UNION ALL SELECT (SELECT min(author_id) FROM comments WHERE parent_id = ?1 AND NOT deleted AND author_id > writer.id) FROM writer WHERE id IS NOT NULL
		) SELECT id FROM writer WHERE id IS NOT NULL UNION SELECT author_id FROM comments WHERE id = ?1`, thread)
	return people, store.Fault(err, "comment")
}

func (n *news) tellFollowers(tx *gorm.DB, c Comment) error {
	all, err := projects.Followers(tx, projects.Target{ProjectID: c.ProjectID, ItemID: c.ItemID})
	if err != nil {
		return err
	}
	why := map[string][]int64{}
	for _, f := range all {
		why[f.Reason] = append(why[f.Reason], f.UserID)
	}
	for _, reason := range slices.Sorted(maps.Keys(why)) {
		if err := n.tell(tx, notifications.Commented, reason, why[reason]); err != nil {
			return err
		}
	}
	return nil
}

// tell puts the note into the inboxes of those who were not told yet and may open the project.
func (n *news) tell(tx *gorm.DB, kind notifications.Kind, reason string, people []int64) error {
	var fresh []int64
	for _, person := range people {
		if !n.told[person] {
			n.told[person] = true
			fresh = append(fresh, person)
		}
	}
	may, err := projects.Openers(tx, n.note.ProjectID, fresh)
	if err != nil {
		return err
	}
	n.note.Kind, n.note.Reason = kind, reason
	return notifications.Add(tx, n.note, may...)
}

func tell(tx *gorm.DB, a access.Actor, t events.Type, c Comment) error {
	return events.Append(tx, events.Change{Topic: events.Project(c.ProjectID), Type: t, Subject: fmt.Sprint("comments/", c.ID), Actor: a}, c)
}
