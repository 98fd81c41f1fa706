package users

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/errs"
	"galley/events"
	"galley/store"
)

// Create lets somebody in; without a password they get a link to set one with, which is answered this once. site is the
// address under which people reach this installation. Only admins may; Conflict where the e-mail is taken. A repeat of the
// same request answers the person as they are now, with created false and no link. Emits person.added.
func (s *Service) Create(ctx context.Context, a access.Actor, d Draft, site string) (p Person, l *Link, created bool, err error) {
	n, err := d.person()
	if err != nil {
		return Person{}, nil, false, err
	}
	if err := access.ManagePeople.Check(a.Role); err != nil { // before the price of a hash
		return Person{}, nil, false, err
	}
	hash := ""
	if d.Password != nil {
		if hash, err = s.passwords.hash(ctx, n.Password); err != nil {
			return Person{}, nil, false, err
		}
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		if p, created, err = insert(tx, a, n, hash); err != nil || !created || p.HasPassword {
			return err
		}
		made, err := makeLink(tx, a, p, site)
		l = &made
		return err
	})
	if err != nil {
		return Person{}, nil, false, err
	}
	return p, l, created, nil
}

// Get reads one person and from where to follow them. Only admins may; NotFound where there is nobody.
func (s *Service) Get(ctx context.Context, a access.Actor, id int64) (p Person, at events.Position, err error) {
	err = s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if err := access.ManagePeople.Check(a.Role); err != nil {
			return err
		}
		if p, err = load(tx, id); err != nil {
			return err
		}
		at, err = events.Here(tx)
		return err
	})
	return p, at, err
}

// Change renames somebody, gives them another role, or disables or enables their account, at once in all their open
// connections; what they made stays. Disabling ends their sessions. Only admins may; Stale when revision is not the current
// one, Conflict where nobody would be left who can sign in as an admin. Emits person.changed to the person and to everybody,
// and session.ended for each session ended; a change to what is already so emits nothing.
func (s *Service) Change(ctx context.Context, a access.Actor, id, revision int64, c Change) (p Person, err error) {
	if err := c.validate(); err != nil {
		return Person{}, err
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := access.ManagePeople.Check(a.Role); err != nil {
			return err
		}
		was, err := load(tx, id)
		if err != nil {
			return err
		}
		if was.Revision != revision {
			return stale(was)
		}
		p, err = change(tx, a, was, c)
		return err
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

func stale(now Person) error {
	return &errs.Error{Code: errs.Stale, Message: "This was changed in between. Look at what stands now and save again.", Current: now}
}

func change(tx *gorm.DB, a access.Actor, was Person, c Change) (Person, error) {
	now := was
	if c.Name != nil {
		now.Name = *c.Name
	}
	if c.Role != nil {
		now.Role = *c.Role
	}
	if c.Disabled != nil {
		now.Disabled = *c.Disabled
	}
	if now == was {
		return was, nil
	}
	if isAdmin(was) && !isAdmin(now) {
		if err := refuseLastAdmin(tx, was.ID); err != nil {
			return Person{}, err
		}
	}
	now.Revision++
	done := tx.Exec(`UPDATE users SET name = ?, role = ?, disabled = ?, revision = ?, active_project_id = CASE WHEN ? THEN active_project_id END
		WHERE id = ? AND revision = ?`, now.Name, now.Role, now.Disabled, now.Revision, now.Role != access.Reviewer.String(), was.ID, was.Revision)
	if done.Error != nil {
		return Person{}, store.Fault(done.Error, "person")
	}
	if done.RowsAffected == 0 {
		return Person{}, stale(was)
	}
	recheck := events.RecheckNobody
	if now.Role != was.Role || now.Disabled != was.Disabled {
		recheck = events.RecheckUser(now.ID)
	}
	if a.UserID == now.ID {
		a.Name = now.Name
	}
	if was.Role == access.Admin.String() && now.Role != was.Role { // they were told of projects that they do not see any more
		if err := events.Forget(tx, events.User(now.ID)); err != nil {
			return Person{}, err
		}
	}
	if err := tellChanged(tx, a, now, recheck); err != nil {
		return Person{}, err
	}
	if now.Disabled {
		if err := dropLink(tx, now.ID); err != nil {
			return Person{}, err
		}
		if _, err := end(tx, a, now.ID, `TRUE`); err != nil {
			return Person{}, err
		}
	}
	return now, noteChange(tx, a, was, now)
}

// noteChange keeps what of name and rights became what.
func noteChange(tx *gorm.DB, a access.Actor, was, now Person) error {
	changes := audit.Differences(
		audit.Change{Field: "name", Before: was.Name, After: now.Name},
		audit.Change{Field: "role", Before: was.Role, After: now.Role},
		audit.Change{Field: "disabled", Before: was.Disabled, After: now.Disabled},
	)
	if len(changes) == 0 {
		return nil
	}
	return audit.Add(tx, a, audit.PersonChanged, subject(now.ID), audit.Detail{Name: now.Name, Changes: changes})
}

func isAdmin(p Person) bool { return p.Role == access.Admin.String() && !p.Disabled }

// refuseLastAdmin is Conflict unless an admin other than the person can sign in.
func refuseLastAdmin(tx *gorm.DB, id int64) error {
	var other bool
	err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND NOT disabled AND password_hash <> '' AND id <> ?)`, id).Scan(&other).Error
	if err == nil && !other {
		return errs.New(errs.Conflict, "Nobody else can sign in as an admin. Make somebody an admin first, and have them set their password.")
	}
	return store.Fault(err, "person")
}

// Find reads the person who has the e-mail address or the handle. Only admins may; NotFound where there is nobody.
func (s *Service) Find(ctx context.Context, a access.Actor, who string) (p Person, err error) {
	err = s.db.Read(ctx, func(tx *gorm.DB) error {
		if err := access.ManagePeople.Check(a.Role); err != nil {
			return err
		}
		var id int64
		if err := tx.Raw(`SELECT id FROM users WHERE email = ? OR handle = ?`, foldEmail(who), strings.TrimPrefix(who, "@")).Scan(&id).Error; err != nil {
			return store.Fault(err, "person")
		}
		p, err = load(tx, id)
		return err
	})
	return p, err
}

// GivePassword sets somebody's password and ends their sessions. Only admins may, and only the command line does: over the
// network a link is made, so that nobody but its owner knows a password. NotFound where there is nobody, Conflict for a
// disabled account. Emits session.ended for each session ended, and person.changed to the person and to everybody.
func (s *Service) GivePassword(ctx context.Context, a access.Actor, id int64, password string) (p Person, err error) {
	var wrong errs.Fields
	if checkPassword(&wrong, "password", password); len(wrong) > 0 {
		return Person{}, wrong.Err()
	}
	if err := access.ManagePeople.Check(a.Role); err != nil { // before the price of a hash
		return Person{}, err
	}
	hash, err := s.passwords.hash(ctx, password)
	if err != nil {
		return Person{}, err
	}
	err = s.write(ctx, func(tx *gorm.DB) (err error) {
		p, err = setPassword(tx, a, id, hash)
		if errs.CodeOf(err) == errs.Forbidden {
			err = errEnableFirst
		}
		return err
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

var errEnableFirst = errs.New(errs.Conflict, "This account is disabled. Enable it first.")
