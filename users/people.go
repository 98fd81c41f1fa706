package users

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
)

const personColumns = `id, name, handle, email, role, disabled, time_zone, revision`

// personChanged is what the event of that name says.
type personChanged struct {
	Person
	ActiveProjectID *int64 `json:"active_project_id"`
}

// Add lets a person in. Only admins may; Conflict where the e-mail is taken.
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
		if err := access.Administer.Check(a.Role); err != nil {
			return err
		}
		p, err = insert(tx, n, hash)
		return err
	})
	return p, err
}

// List reads everybody, oldest account first. Only admins may.
func (s *Service) List(ctx context.Context, a access.Actor, limit int, after int64) (list []Person, at events.Position, err error) {
	err = s.db.Read(ctx, func(tx *gorm.DB) error {
		if err := access.Administer.Check(a.Role); err != nil {
			return err
		}
		err := tx.Raw(`SELECT `+personColumns+` FROM users WHERE id > ? ORDER BY id LIMIT ?`, after, limit+1).Scan(&list).Error
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
// is not the current one; Invalid for a wrong password of now, RateLimited after too many. Emits person.changed, and
// session.ended for each session ended.
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
		done := tx.Model(&Person{}).Where("id = ? AND revision = ?", a.UserID, revision).Updates(changes)
		if done.Error != nil {
			return store.Fault(done.Error, "person")
		}
		if p, err = load(tx, a.UserID); err != nil {
			return err
		}
		if done.RowsAffected == 0 {
			return &errs.Error{Code: errs.Stale, Message: "This was changed in between. Look at what stands now and save again.", Current: p}
		}
		if e.Password != nil {
			if _, err := end(tx, a, `id <> ?`, a.SessionID); err != nil {
				return err
			}
		}
		a.Name = p.Name
		return tellChanged(tx, a)
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
	return tellChanged(tx, a)
}

func tellChanged(tx *gorm.DB, a access.Actor) error {
	var now personChanged
	if err := tx.Raw(`SELECT `+personColumns+`, active_project_id FROM users WHERE id = ?`, a.UserID).Scan(&now).Error; err != nil {
		return store.Fault(err, "person")
	}
	return events.Append(tx, events.Change{
		Topic: events.User(a.UserID), Type: events.PersonChanged, Subject: fmt.Sprintf("users/%d", a.UserID), Actor: a,
	}, now)
}

func load(tx *gorm.DB, id int64) (Person, error) {
	var p Person
	err := tx.Where("id = ?", id).Take(&p).Error
	return p, store.Fault(err, "person")
}
