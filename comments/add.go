package comments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

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
		if err := notify(tx, a, p, c, words.named); err != nil {
			return err
		}
		return tell(tx, a, events.CommentAdded, c)
	})
	return c, created, err
}

// words is a body made ready outside the transaction: rendered, and with whom it names.
type words struct {
	html  string
	named map[string]int64 // handle to person
}

// understand parses and renders the body. Nothing slow may happen while the only writer waits, so this comes before it;
// who may be told is decided again inside the transaction.
func (s *Service) understand(ctx context.Context, projectID int64, body string) (words, error) {
	p := s.markdown.parse(body)
	var w words
	if len(p.handles) > 0 {
		err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
			w.named, err = projects.OpenersByHandle(tx, projectID, p.handles)
			return err
		})
		if err != nil {
			return words{}, err
		}
	}
	var err error
	w.html, err = s.markdown.render(p, w.named)
	return w, err
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
		(project_id, item_id, parent_id, field, quote, body, html, author_id, blocking, client_key, client_body, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		c.ProjectID, c.ItemID, c.ParentID, c.Field, c.Quote, c.Body, c.HTML, c.Author.ID, c.Blocking, c.Value, c.ClientKey.Body, c.CreatedAt)
	return c.ID != 0, store.Fault(err, "comment")
}

// notify tells the mentioned, then those in the thread; each once, never the actor, never who may not open the project.
func notify(tx *gorm.DB, a access.Actor, p projects.Project, c Comment, named map[string]int64) error {
	told := map[int64]bool{a.UserID: true}
	note := notifications.Note{ProjectID: p.ID, ProjectName: p.Name, ItemID: c.ItemID, CommentID: &c.ID, Actor: a, Text: c.Body}
	var mentioned []int64
	for _, person := range named {
		mentioned = append(mentioned, person)
	}
	note.Kind, note.Reason = notifications.Mentioned, "You were mentioned by name."
	if err := tellPeople(tx, note, mentioned, told); err != nil || c.ParentID == nil {
		return err
	}
	inThread, err := writers(tx, *c.ParentID)
	if err != nil {
		return err
	}
	note.Kind, note.Reason = notifications.Replied, "You wrote in this thread."
	return tellPeople(tx, note, inThread, told)
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

func tellPeople(tx *gorm.DB, note notifications.Note, people []int64, told map[int64]bool) error {
	var fresh []int64
	for _, person := range people {
		if !told[person] {
			told[person] = true
			fresh = append(fresh, person)
		}
	}
	may, err := projects.Openers(tx, note.ProjectID, fresh)
	if err != nil {
		return err
	}
	return notifications.Add(tx, note, may...)
}

func tell(tx *gorm.DB, a access.Actor, t events.Type, c Comment) error {
	return events.Append(tx, events.Change{Topic: events.Project(c.ProjectID), Type: t, Subject: fmt.Sprint("comments/", c.ID), Actor: a}, c)
}
