package users

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/errs"
	"galley/events"
	"galley/store"
)

const personColumns = `id, name, handle, email, role, disabled, time_zone, password_hash <> '' AS has_password, revision, created_at, last_seen_at`

// personChanged is what the event of that name says to the person.
type personChanged struct {
	Person
	ActiveProjectID *int64 `json:"active_project_id"`
}

// colleague is what everybody may know of a person: the event's data on the topic that all may follow.
type colleague struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Handle   string `json:"handle"`
	Role     string `json:"role"`
	Disabled bool   `json:"disabled"`
	Revision int64  `json:"revision"`
}

// Add lets a person in. Only admins may; Conflict where the e-mail is taken. Emits person.added.
func (s *Service) Add(ctx context.Context, a access.Actor, n NewPerson) (Person, error) {
	if err := n.validate(); err != nil {
		return Person{}, err
	}
	hash, err := s.passwords.hash(ctx, n.Password)
	if err != nil {
		return Person{}, err
	}
	var p Person
	err = s.write(ctx, func(tx *gorm.DB) (err error) {
		if err := access.ManagePeople.Check(a.Role); err != nil {
			return err
		}
		p, _, err = insert(tx, a, n, hash)
		return err
	})
	return p, err
}

// Filter narrows the list of people. Its zero value, but for the limit, is the first page of everybody.
type Filter struct {
	Role  string
	Query string // part of the name, of the handle or of the e-mail
	After int64  // id of the last person of the page before
	Limit int
}

// List reads people, oldest account first, one more than the limit where there is a next page. Only admins may.
func (s *Service) List(ctx context.Context, a access.Actor, f Filter) (list []Person, at events.Position, err error) {
	where, args := `id > ?`, []any{f.After}
	if f.Role != "" {
		where, args = where+` AND role = ?`, append(args, f.Role)
	}
	if f.Query != "" {
		part := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Query) + "%"
		where, args = where+` AND (name LIKE ? ESCAPE '\' OR handle LIKE ? ESCAPE '\' OR email LIKE ? ESCAPE '\')`, append(args, part, part, part)
	}
	err = s.db.Read(ctx, func(tx *gorm.DB) error {
		if err := access.ManagePeople.Check(a.Role); err != nil {
			return err
		}
		err := tx.Raw(`SELECT `+personColumns+` FROM users WHERE `+where+` ORDER BY id LIMIT ?`, append(args, f.Limit+1)...).Scan(&list).Error
		if err != nil {
			return store.Fault(err, "person")
		}
		at, err = events.Here(tx)
		return err
	})
	return list, at, err
}

// Me reads the actor as a person.
func (s *Service) Me(ctx context.Context, a access.Actor) (p Person, err error) {
	err = s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		p, err = load(tx, a.UserID)
		return err
	})
	return p, err
}

// EditMe changes what people may change of themselves. A new password ends the person's other sessions. Stale when revision
// is not the current one; Invalid for a wrong password of now, RateLimited after too many. Emits person.changed to the
// person and to everybody, and session.ended for each session ended.
func (s *Service) EditMe(ctx context.Context, a access.Actor, revision int64, e Edit, from Client) (p Person, err error) {
	if err := e.validate(); err != nil {
		return Person{}, err
	}
	changes := map[string]any{"revision": gorm.Expr("revision + 1")}
	if e.Name != nil {
		changes["name"] = *e.Name
	}
	if e.TimeZone != nil {
		changes["time_zone"] = *e.TimeZone
	}
	if e.Password != nil {
		if changes["password_hash"], err = s.newPassword(ctx, a, *e.CurrentPassword, *e.Password, from); err != nil {
			return Person{}, err
		}
	}
	err = s.write(ctx, func(tx *gorm.DB) (err error) {
		was, err := load(tx, a.UserID)
		if err != nil {
			return err
		}
		done := tx.Model(&Person{}).Where("id = ? AND revision = ?", a.UserID, revision).Updates(changes)
		if done.Error != nil {
			return store.Fault(done.Error, "person")
		}
		if p, err = load(tx, a.UserID); err != nil {
			return err
		}
		if done.RowsAffected == 0 {
			return stale(p)
		}
		if e.Password != nil {
			if err := dropLink(tx, a.UserID); err != nil {
				return err
			}
			if _, err := end(tx, a, a.UserID, `id <> ?`, a.SessionID); err != nil {
				return err
			}
		}
		a.Name = p.Name
		if err := tellChanged(tx, a, p, events.RecheckNobody); err != nil {
			return err
		}
		if err := noteChange(tx, a, was, p); err != nil || e.Password == nil {
			return err
		}
		return audit.Add(tx, a, audit.PasswordChanged, subject(p.ID), audit.Detail{Name: p.Name})
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// newPassword compares the password of now and returns the hash of the new one.
func (s *Service) newPassword(ctx context.Context, a access.Actor, current, password string, from Client) (string, error) {
	me, err := s.Me(ctx, a)
	if err != nil {
		return "", err
	}
	_, _, err = s.verify(ctx, `id = ?`, a.UserID, me.Email, current, from)
	if errs.CodeOf(err) == errs.Unauthenticated {
		var wrong errs.Fields
		wrong.Add("current_password", "This is not your password of now.")
		return "", wrong.Err()
	}
	if err != nil {
		return "", err
	}
	return s.passwords.hash(ctx, password)
}

// SetActiveProject makes the project the one that the actor's edits join, or none. Whoever calls it has checked that the
// actor may. Emits person.changed.
func SetActiveProject(tx *gorm.DB, a access.Actor, projectID *int64) error {
	done := tx.Model(&Person{}).Where("id = ? AND active_project_id IS DISTINCT FROM ?", a.UserID, projectID).Update("active_project_id", projectID)
	if done.Error != nil {
		return store.Fault(done.Error, "person")
	}
	if done.RowsAffected == 0 {
		return nil // it is that one already
	}
	return tellThemselves(tx, a, a.UserID, events.RecheckNobody)
}

// tellChanged tells the person, in full, and everybody what they may know. A change of rights has all open connections of
// the person checked again.
func tellChanged(tx *gorm.DB, a access.Actor, p Person, recheck events.Recheck) error {
	if err := tellThemselves(tx, a, p.ID, recheck); err != nil {
		return err
	}
	return tellEverybody(tx, a, events.PersonChanged, p)
}

func tellThemselves(tx *gorm.DB, a access.Actor, id int64, recheck events.Recheck) error {
	var now personChanged
	if err := tx.Raw(`SELECT `+personColumns+`, active_project_id FROM users WHERE id = ?`, id).Scan(&now).Error; err != nil {
		return store.Fault(err, "person")
	}
	return events.Append(tx, events.Change{Topic: events.User(id), Type: events.PersonChanged, Subject: subject(id), Actor: a, Recheck: recheck}, now)
}

func tellEverybody(tx *gorm.DB, a access.Actor, t events.Type, p Person) error {
	return events.Append(tx, events.Change{Topic: events.Site, Type: t, Subject: subject(p.ID), Actor: a},
		colleague{p.ID, p.Name, p.Handle, p.Role, p.Disabled, p.Revision})
}

func subject(id int64) string { return fmt.Sprintf("users/%d", id) }

func load(tx *gorm.DB, id int64) (Person, error) {
	var p Person
	found := tx.Raw(`SELECT `+personColumns+` FROM users WHERE id = ?`, id).Scan(&p)
	if found.Error == nil && found.RowsAffected == 0 {
		return Person{}, errs.Missing("person")
	}
	return p, store.Fault(found.Error, "person")
}
