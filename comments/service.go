package comments

import (
	"context"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/notifications"
	"galley/projects"
	"galley/store"
)

// Service is what people do with comments.
type Service struct {
	db       *store.DB
	markdown markdown
}

// New makes the service.
func New(db *store.DB) *Service { return &Service{db: db, markdown: newMarkdown()} }

// Page is one page of comments, newest first, one row more than the limit where there is a next page, and the beginnings
// of threads of which the page has only replies.
type Page struct {
	Rows     []Comment
	Parents  []Comment
	Position events.Position
}

// List is a page of the project's comments. NotFound to a stranger.
func (s *Service) List(ctx context.Context, a access.Actor, projectID int64, f Filter) (Page, error) {
	var page Page
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if _, err = projects.Require(tx, a, projectID, access.See); err != nil {
			return err
		}
		if page.Rows, err = list(tx, a, projectID, f); err != nil {
			return err
		}
		shown := page.Rows[:min(len(page.Rows), f.Limit)] // the row beyond the limit only tells that there is a next page
		if page.Parents, err = parentsOutside(tx, shown); err != nil {
			return err
		}
		page.Position, err = events.Here(tx)
		return err
	})
	return page, err
}

// find is the comment and its project, for somebody who may see it and comment there; NotFound to a stranger.
func find(tx *gorm.DB, a access.Actor, id int64) (Comment, projects.Project, error) {
	c, err := one(tx, `WHERE c.id = ?`, id)
	if err != nil {
		return Comment{}, projects.Project{}, err
	}
	p, err := projects.Require(tx, a, c.ProjectID, access.Comment)
	if errs.CodeOf(err) == errs.NotFound {
		return Comment{}, projects.Project{}, errs.Missing("comment") // the words for "no such project" would tell that the comment exists
	}
	return c, p, err
}

// changed applies set to the comment when it still has the revision, and returns it as it then is. Stale otherwise.
func changed(tx *gorm.DB, c Comment, revision int64, set string, args ...any) (Comment, error) {
	done := tx.Exec(`UPDATE comments SET revision = revision + 1, `+set+` WHERE id = ? AND revision = ?`, append(args, c.ID, revision)...)
	if done.Error != nil {
		return Comment{}, store.Fault(done.Error, "comment")
	}
	if done.RowsAffected == 0 {
		return Comment{}, &errs.Error{Code: errs.Stale, Message: "The comment changed in the meantime. Your text is kept; compare both.", Current: c}
	}
	return one(tx, `WHERE c.id = ?`, c.ID)
}

// Edit changes the words of the actor's own comment, based on the given revision, keeps what it said before, tells who is
// newly mentioned, and emits comment.edited.
func (s *Service) Edit(ctx context.Context, a access.Actor, id, revision int64, e Edit) (Comment, error) {
	if err := e.validate(); err != nil {
		return Comment{}, err
	}
	var before Comment
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		before, _, err = find(tx, a, id)
		return err
	})
	if err != nil {
		return Comment{}, err
	}
	words, err := s.understand(ctx, before.ProjectID, e.Body)
	if err != nil {
		return Comment{}, err
	}
	var c Comment
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		old, p, err := find(tx, a, id)
		if err != nil {
			return err
		}
		switch {
		case old.Deleted:
			return errs.Missing("comment")
		case old.Author.ID != a.UserID:
			return errs.New(errs.Forbidden, "Only who wrote a comment edits it.")
		}
		now := store.Now(tx)
		if c, err = changed(tx, old, revision, `body = ?, html = ?, edited_at = ?`, e.Body, words.html, now); err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO comment_edits (comment_id, revision, body, edited_at) VALUES (?, ?, ?, ?)`, id, old.Revision, old.Body, now).Error; err != nil {
			return store.Fault(err, "comment")
		}
		if err := forgetMentions(tx, id); err != nil {
			return err
		}
		if err := rememberMentions(tx, c, words); err != nil {
			return err
		}
		words.leaveOut(s.markdown.parse(old.Body).handles)                     // they were told when it was written
		n := news{told: map[int64]bool{a.UserID: true}, note: noteOf(a, p, c)} // an edit is news to the newly mentioned alone
		if err := n.tellMentioned(tx, words); err != nil {
			return err
		}
		return tell(tx, a, events.CommentEdited, c)
	})
	return c, err
}

// Remove deletes a comment, based on the given revision: one's own, or anybody's for the project's owner and admins. Its
// words go at once, its place stays while it has replies. Emits comment.deleted.
func (s *Service) Remove(ctx context.Context, a access.Actor, id, revision int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		c, _, err := find(tx, a, id)
		if err != nil {
			return err
		}
		if c.Deleted {
			return errs.Missing("comment")
		}
		if c.Author.ID != a.UserID {
			if _, err := projects.Require(tx, a, c.ProjectID, access.DeleteAnyComment); err != nil {
				return err
			}
		}
		c, err = changed(tx, c, revision, `deleted = TRUE, body = '', html = '', quote = ''`)
		if err != nil {
			return err
		}
		for _, forget := range []string{`DELETE FROM comment_edits WHERE comment_id = ?`, `DELETE FROM comment_mentions WHERE comment_id = ?`} {
			if err := tx.Exec(forget, id).Error; err != nil {
				return store.Fault(err, "comment")
			}
		}
		if err := notifications.ForgetWords(tx, id); err != nil {
			return err
		}
		return tell(tx, a, events.CommentDeleted, c)
	})
}

// Resolve marks a thread as settled and emits comment.resolved; a settled one stays as it is.
func (s *Service) Resolve(ctx context.Context, a access.Actor, id int64) (Comment, error) {
	return s.settle(ctx, a, id, true)
}

// Reopen takes the mark back and emits comment.reopened; an open one stays as it is.
func (s *Service) Reopen(ctx context.Context, a access.Actor, id int64) (Comment, error) {
	return s.settle(ctx, a, id, false)
}

func (s *Service) settle(ctx context.Context, a access.Actor, id int64, settled bool) (Comment, error) {
	var c Comment
	err := s.db.Write(ctx, func(tx *gorm.DB) (err error) {
		if c, _, err = find(tx, a, id); err != nil {
			return err
		}
		switch {
		case c.Deleted:
			return errs.Missing("comment")
		case c.ParentID != nil:
			return errs.New(errs.Conflict, "A reply is settled with its thread.")
		case (c.ResolvedAt != nil) == settled:
			return nil
		}
		if settled {
			c, err = changed(tx, c, c.Revision, `resolved_at = ?, resolved_by = ?`, store.Now(tx), a.UserID)
		} else {
			c, err = changed(tx, c, c.Revision, `resolved_at = NULL, resolved_by = NULL`)
		}
		if err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE comments SET settled = ? WHERE id = ? OR parent_id = ?`, settled, id, id).Error; err != nil {
			return store.Fault(err, "comment")
		}
		if settled {
			return tell(tx, a, events.CommentResolved, c)
		}
		return tell(tx, a, events.CommentReopened, c)
	})
	return c, err
}
