package users

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/errs"
	"galley/events"
	"galley/store"
)

const (
	invitationLasts = 72 * time.Hour
	resetLasts      = 24 * time.Hour
	maxLinkToken    = 200 // characters; a right one is shorter
)

// Link lets whoever has it set one person's password, once.
type Link struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// NewPassword is what somebody who has a link sets.
type NewPassword struct {
	Token    string `json:"token"`
	Password string `json:"password"`
}

func (n *NewPassword) validate() error {
	var wrong errs.Fields
	if n.Token == "" || len(n.Token) > maxLinkToken {
		wrong.Add("token", "Open the link that you were given.")
	}
	checkPassword(&wrong, "password", n.Password)
	return wrong.Err()
}

// errLink does not tell which of these it is: whoever tries out tokens learns nothing.
func errLink() error {
	return errs.Fields{"token": "This link was used already, has run out, or was replaced by a newer one. Ask an admin for another."}.Err()
}

// MakeLink makes a one-time link with which the person sets their password; the one before ends. site is the address under
// which people reach this installation. Only admins may; NotFound where there is nobody, Conflict for a disabled account.
func (s *Service) MakeLink(ctx context.Context, a access.Actor, id int64, site string) (l Link, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := access.ManagePeople.Check(a.Role); err != nil {
			return err
		}
		p, err := load(tx, id)
		if err != nil {
			return err
		}
		if p.Disabled {
			return errEnableFirst
		}
		l, err = makeLink(tx, a, p, site)
		return err
	})
	return l, err
}

func makeLink(tx *gorm.DB, a access.Actor, p Person, site string) (Link, error) {
	token, hash, err := newToken()
	if err != nil {
		return Link{}, err
	}
	now, lasts := store.Now(tx), invitationLasts
	if p.HasPassword {
		lasts = resetLasts
	}
	l := Link{URL: site + "/reset#" + token, ExpiresAt: now.Add(lasts)} // behind the #, where no server's log sees it
	err = tx.Exec(`INSERT INTO password_links (user_id, token_hash, made_by, expires_at, created_at) VALUES (?, ?, nullif(?, 0), ?, ?)
		ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, made_by = excluded.made_by, expires_at = excluded.expires_at, created_at = excluded.created_at`,
		p.ID, hash, a.UserID, l.ExpiresAt, now).Error
	if err != nil {
		return Link{}, store.Fault(err, "link")
	}
	return l, audit.Add(tx, a, audit.LinkMade, subject(p.ID), audit.Detail{Name: p.Name})
}

// dropLink ends the person's link, if there is one.
func dropLink(tx *gorm.DB, userID int64) error {
	return store.Fault(tx.Exec(`DELETE FROM password_links WHERE user_id = ?`, userID).Error, "link")
}

// SetPassword sets the password of the person whom the link is for, ends their sessions and the one that the browser had,
// and begins a new one. Invalid for a link that works no more, RateLimited after too many of those from one address. Emits
// session.ended for each session ended, and person.changed to the person and to everybody.
func (s *Service) SetPassword(ctx context.Context, in NewPassword, from Client, oldToken string) (token string, v Session, err error) {
	if err := in.validate(); err != nil {
		return "", Session{}, err
	}
	link, _ := hashToken(in.Token)
	if err := s.tryLink(ctx, link[:], from); err != nil {
		return "", Session{}, err
	}
	hash, err := s.passwords.hash(ctx, in.Password)
	if err != nil {
		return "", Session{}, err
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		id, err := useLink(tx, link[:])
		if err != nil {
			return err
		}
		p, err := setPassword(tx, access.Actor{UserID: id, Address: clip(from.Address)}, id, hash)
		if err != nil {
			return err
		}
		if err := endBehind(tx, actorOf(p), oldToken); err != nil {
			return err
		}
		if token, err = s.begin(tx, actorOf(p), from); err != nil {
			return err
		}
		v, err = SessionOf(tx, actorOf(p))
		return err
	})
	if err != nil {
		return "", Session{}, err
	}
	s.attempts.right("email " + v.Email)
	return token, v, nil
}

// tryLink tells early, before the price of a hash, whether the link works, and counts the try where it does not.
func (s *Service) tryLink(ctx context.Context, link []byte, from Client) error {
	return s.db.Read(ctx, func(tx *gorm.DB) error {
		key := "link from " + byAddress(from.Address)
		if _, err := s.attempts.begin(store.Now(tx), key); err != nil {
			return err
		}
		var works bool
		err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM password_links WHERE token_hash = ? AND expires_at > ?)`, link, store.Now(tx)).Scan(&works).Error
		if err != nil {
			return store.Fault(err, "link")
		}
		if !works {
			return errLink()
		}
		s.attempts.right(key)
		return nil
	})
}

// useLink takes the link away and returns whose it was.
func useLink(tx *gorm.DB, link []byte) (userID int64, err error) {
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context,
		`DELETE FROM password_links WHERE token_hash = ? AND expires_at > ? RETURNING user_id`, link, store.Now(tx))
	err = row.Scan(&userID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, errLink()
	}
	return userID, store.Fault(err, "link")
}

// setPassword gives the person another password and ends all their sessions, and their link.
func setPassword(tx *gorm.DB, a access.Actor, id int64, hash string) (Person, error) {
	done := tx.Exec(`UPDATE users SET password_hash = ?, revision = revision + 1 WHERE id = ? AND NOT disabled`, hash, id)
	if done.Error != nil {
		return Person{}, store.Fault(done.Error, "person")
	}
	p, err := load(tx, id)
	if err != nil {
		return Person{}, err
	}
	if done.RowsAffected == 0 {
		return Person{}, errDisabled
	}
	if a.UserID == id {
		a.Name, a.Handle = p.Name, p.Handle
	}
	if err := dropLink(tx, id); err != nil {
		return Person{}, err
	}
	if _, err := end(tx, a, id, `TRUE`); err != nil {
		return Person{}, err
	}
	if err := tellChanged(tx, a, p, events.RecheckNobody); err != nil {
		return Person{}, err
	}
	return p, audit.Add(tx, a, audit.PasswordChanged, subject(id), audit.Detail{Name: p.Name})
}

func actorOf(p Person) access.Actor {
	role, _ := access.ParseRole(p.Role)
	return access.Actor{UserID: p.ID, Name: p.Name, Handle: p.Handle, Role: role}
}
