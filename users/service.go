package users

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/errs"
	"galley/events"
	"galley/store"
)

// Options say how long sessions last; zero means the default.
type Options struct {
	IdleLimit     time.Duration // without a request that the person caused; 7 days
	AbsoluteLimit time.Duration // from signing in; 30 days
}

// Service keeps people and their sessions.
type Service struct {
	db        *store.DB
	o         Options
	passwords passwords
	attempts  *attempts
	seen      sightings
	setup     setupCode
	sessions  sessionCache
}

// New makes the service.
func New(db *store.DB, o Options) *Service {
	if o.IdleLimit == 0 {
		o.IdleLimit = 7 * 24 * time.Hour
	}
	if o.AbsoluteLimit == 0 {
		o.AbsoluteLimit = 30 * 24 * time.Hour
	}
	s := &Service{db: db, o: o, passwords: newPasswords(), attempts: newAttempts(), sessions: sessionCache{held: map[tokenHash]found{}}}
	db.OnCommitted(s.committed)
	return s
}

// Credentials are what somebody signs in with.
type Credentials struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

func (c *Credentials) validate() error {
	var wrong errs.Fields
	c.Email = foldEmail(c.Email)
	if c.Email == "" || len(c.Email) > maxEmail {
		wrong.Add("email", "Give your e-mail address.")
	}
	if c.Password == "" || len(c.Password) > 4*maxPassword {
		wrong.Add("password", "Give your password.")
	}
	return wrong.Err()
}

// SignIn begins a session and returns its token; the session behind the old token, if any, ends. Unauthenticated when
// e-mail and password do not match, RateLimited after too many of those, Forbidden for a disabled account.
func (s *Service) SignIn(ctx context.Context, in Credentials, from Client, oldToken string) (token string, v Session, err error) {
	if err := in.validate(); err != nil {
		return "", Session{}, err
	}
	id, hash, err := s.verify(ctx, `email = ?`, in.Email, in.Email, in.Password, from)
	if err == nil {
		token, v, err = s.enter(ctx, id, hash, from, oldToken)
	}
	if code := errs.CodeOf(err); code == errs.Unauthenticated || code == errs.Forbidden {
		if failed := s.noteFailure(ctx, id, from); failed != nil {
			err = failed
		}
	}
	if err != nil {
		return "", Session{}, err
	}
	return token, v, nil
}

// enter begins a session for somebody whose password was right.
func (s *Service) enter(ctx context.Context, id int64, hash string, from Client, oldToken string) (token string, v Session, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		a := access.Actor{UserID: id}
		var role, hashNow string
		var disabled bool
		row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT name, handle, role, disabled, password_hash FROM users WHERE id = ?`, id)
		if err := row.Scan(&a.Name, &a.Handle, &role, &disabled, &hashNow); err != nil {
			return store.Fault(err, "person")
		}
		if hashNow != hash { // changed while the old one was being compared
			return mismatch(maxWrong - 1)
		}
		if disabled {
			return errDisabled
		}
		if err := endBehind(tx, a, oldToken); err != nil {
			return err
		}
		if token, err = s.begin(tx, a, from); err != nil {
			return err
		}
		v, err = SessionOf(tx, a)
		return err
	})
	return token, v, err
}

// noteFailure keeps that somebody failed to sign in; id is that of the person whose e-mail was given, 0 for nobody's. What
// was given instead is not kept: people type their passwords there.
func (s *Service) noteFailure(ctx context.Context, id int64, from Client) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		about, d := "", audit.Detail{}
		if id != 0 {
			p, err := load(tx, id)
			if err != nil {
				return err
			}
			about, d.Name = subject(id), p.Name
		}
		return audit.Add(tx, access.Actor{Address: clip(from.Address)}, audit.SignInFailed, about, d)
	})
}

// verify finds the person and compares the password, counting the try. It takes as long for nobody as for somebody; id is
// the person's also where the password is wrong.
func (s *Service) verify(ctx context.Context, where string, arg any, email, password string, from Client) (id int64, hash string, err error) {
	var now time.Time
	err = s.db.Read(ctx, func(tx *gorm.DB) error {
		now = store.Now(tx)
		row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT id, password_hash FROM users WHERE `+where, arg)
		err := row.Scan(&id, &hash)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return store.Fault(err, "person")
	})
	if err != nil {
		return 0, "", err
	}
	keys := []string{"email " + email, byAddress(from.Address)}
	left, err := s.attempts.begin(now, keys...)
	if err != nil {
		return 0, "", err
	}
	compare := hash
	if hash == "" { // nobody, or somebody who was invited and has no password yet
		compare = nobodysHash
	}
	same, err := s.passwords.match(ctx, password, compare)
	if err != nil {
		return 0, "", err
	}
	if !same || hash == "" {
		return id, "", mismatch(left)
	}
	s.attempts.right(keys...)
	return id, hash, nil
}

// Who reads who holds the token: their Session, or Setup while there is no admin. Unauthenticated where nobody is signed in.
func (s *Service) Who(ctx context.Context, token string) (v Session, setup Setup, err error) {
	a, err := s.Authenticate(ctx, token, true)
	if err != nil && errs.CodeOf(err) != errs.Unauthenticated {
		return Session{}, Setup{}, err
	}
	refused := err
	err = s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if refused == nil {
			v, err = SessionOf(tx, a)
			return err
		}
		if setup, err = setupOf(tx); err != nil && token != "" && errs.CodeOf(err) == errs.Unauthenticated {
			return refused
		}
		return err
	})
	return v, setup, err
}

// SignOut ends the session behind the token; it is no error when there is none. Emits session.ended.
func (s *Service) SignOut(ctx context.Context, token string) error {
	a, err := s.Authenticate(ctx, token, false)
	if code := errs.CodeOf(err); code == errs.Unauthenticated || code == errs.Forbidden {
		return nil
	}
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *gorm.DB) error {
		_, err := end(tx, a, a.UserID, `id = ?`, a.SessionID)
		return err
	})
}

// SignOutEverywhere ends all sessions of the actor. Emits session.ended for each.
func (s *Service) SignOutEverywhere(ctx context.Context, a access.Actor) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		if _, err := end(tx, a, a.UserID, `TRUE`); err != nil {
			return err
		}
		return audit.Add(tx, a, audit.SignedOutEverywhere, subject(a.UserID), audit.Detail{Name: a.Name})
	})
}

// EndSession ends one session of the actor; NotFound when it is not theirs. Emits session.ended.
func (s *Service) EndSession(ctx context.Context, a access.Actor, id int64) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		n, err := end(tx, a, a.UserID, `id = ?`, id)
		if err == nil && n == 0 {
			err = errs.Missing("session")
		}
		return err
	})
}

// Sessions lists where the actor is signed in, oldest first, and from where to follow the list.
func (s *Service) Sessions(ctx context.Context, a access.Actor, limit int, after int64) (list []BrowserSession, at events.Position, err error) {
	err = s.db.Read(ctx, func(tx *gorm.DB) error {
		now := store.Now(tx)
		err := tx.Raw(`
			SELECT id, user_agent, address, created_at, last_seen_at, expires_at, id = ? AS current
			FROM sessions WHERE user_id = ? AND id > ? AND expires_at > ? AND last_seen_at > ? ORDER BY id LIMIT ?`,
			a.SessionID, a.UserID, after, now, now.Add(-s.o.IdleLimit), limit+1).Scan(&list).Error
		if err != nil {
			return store.Fault(err, "session")
		}
		at, err = events.Here(tx)
		return err
	})
	return list, at, err
}

// insert adds the person under the first handle that is free, unless that was done before under the same key.
func insert(tx *gorm.DB, a access.Actor, n NewPerson, hash string) (p Person, created bool, err error) {
	candidates := handlesFor(n.Name, n.Email)
	for i := 0; ; i++ {
		handle := candidates[min(i, len(candidates)-1)]
		if i >= len(candidates) {
			handle = fmt.Sprintf("%s%d", candidates[0], i-len(candidates)+2)
		}
		var id int64
		row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `
			INSERT INTO users (name, handle, email, role, password_hash, created_by, client_key, client_body, created_at) VALUES (?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?)
			ON CONFLICT DO NOTHING RETURNING id`, n.Name, handle, n.Email, n.Role.String(), hash, a.UserID, n.Key.Value, n.Key.Body, store.Now(tx))
		switch err := row.Scan(&id); {
		case err == nil:
			if p, err = load(tx, id); err != nil {
				return Person{}, false, err
			}
			if err := tellEverybody(tx, a, events.PersonAdded, p); err != nil {
				return Person{}, false, err
			}
			return p, true, audit.Add(tx, a, audit.PersonAdded, subject(p.ID), audit.Detail{Name: p.Name, Changes: []audit.Change{{Field: "role", After: p.Role}}})
		case !errors.Is(err, sql.ErrNoRows):
			return Person{}, false, store.Fault(err, "person")
		}
		// Taken is the key, the e-mail, or else the handle.
		if p, err := insertedBefore(tx, a, n.Key); err != nil || p.ID != 0 {
			return p, false, err
		}
		var taken bool
		if err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM users WHERE email = ?)`, n.Email).Scan(&taken).Error; err != nil {
			return Person{}, false, store.Fault(err, "person")
		}
		if taken {
			return Person{}, false, &errs.Error{Code: errs.Conflict, Message: "Somebody has this e-mail address already.", Fields: errs.Fields{"email": "Somebody has this e-mail address already."}}
		}
	}
}

// insertedBefore is the person whom the actor added under the key; their id is 0 where there is none.
func insertedBefore(tx *gorm.DB, a access.Actor, key store.ClientKey) (Person, error) {
	if key.Value == nil {
		return Person{}, nil
	}
	var id int64
	var first store.ClientKey
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT id, client_key, client_body FROM users WHERE created_by = ? AND client_key = ?`, a.UserID, key.Value)
	err := row.Scan(&id, &first.Value, &first.Body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Person{}, nil
	case err != nil:
		return Person{}, store.Fault(err, "person")
	}
	if err := key.Repeats(first); err != nil {
		return Person{}, err
	}
	return load(tx, id)
}
