package users

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
)

const (
	tokenLength  = 32          // bytes of randomness in a token
	tokenChars   = 43          // the same in base64url
	seenEvery    = time.Minute // how exact last_seen_at is: finer would be a write for every request
	maxUserAgent = 200         // bytes
)

// Client is the browser that signs in, for the list of sessions.
type Client struct {
	Address   string
	UserAgent string
}

// BrowserSession is one signed-in browser, as its owner sees it.
type BrowserSession struct {
	ID         int64     `json:"id"`
	UserAgent  string    `json:"user_agent"`
	Address    string    `json:"address"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	Current    bool      `json:"current"`
}

// sessionEnded is what the event of that name says.
type sessionEnded struct {
	ID int64 `json:"id"`
}

// lease is when a session was seen last and when it ends for good.
type lease struct {
	seen, expires time.Time
	disabled      bool
}

// check is Unauthenticated for a session that has run out, and Forbidden where the account is disabled.
func (s *Service) check(l lease, now time.Time) error {
	switch {
	case !now.Before(l.expires) || now.Sub(l.seen) >= s.o.IdleLimit:
		return errEnded
	case l.disabled:
		return errs.New(errs.Forbidden, "This account is disabled. Ask an admin.")
	}
	return nil
}

var errEnded = errs.New(errs.Unauthenticated, "Your session has ended. Sign in again.")

// Authenticate finds who holds the token. Unauthenticated where nobody does, Forbidden where the account is disabled. It
// keeps the session alive when byPerson, with one write a minute at most.
func (s *Service) Authenticate(ctx context.Context, token string, byPerson bool) (access.Actor, error) {
	hash, ok := hashToken(token)
	if !ok {
		return access.Actor{}, errEnded
	}
	now := s.db.Now()
	f, emptied, ok := s.sessions.get(hash, now)
	if !ok {
		var err error
		if f, err = s.read(ctx, hash, now); err != nil {
			return access.Actor{}, err
		}
	}
	if err := s.check(f.lease, now); err != nil {
		return access.Actor{}, err
	}
	due := byPerson && now.Sub(f.lease.seen) >= seenEvery
	if due {
		if err := s.see(ctx, f.actor.SessionID, now); err != nil {
			return access.Actor{}, err
		}
		f.lease.seen = now
	}
	if due || !ok {
		s.sessions.keep(hash, f, emptied)
	}
	return f.actor, nil
}

// read finds the session and who holds it.
func (s *Service) read(ctx context.Context, hash tokenHash, now time.Time) (found, error) {
	f := found{read: now}
	a, l := &f.actor, &f.lease
	var role string
	err := s.db.ReadRow(ctx, `SELECT s.id, s.last_seen_at, s.expires_at, u.id, u.name, u.handle, u.role, u.disabled
		FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = ?`, []any{hash[:]},
		&a.SessionID, &l.seen, &l.expires, &a.UserID, &a.Name, &a.Handle, &role, &l.disabled)
	if errors.Is(err, sql.ErrNoRows) {
		return found{}, errEnded
	}
	a.Role, _ = access.ParseRole(role)
	return f, store.Fault(err, "session")
}

// see notes that the person did something.
func (s *Service) see(ctx context.Context, sessionID int64, now time.Time) error {
	err := s.db.Write(ctx, func(tx *gorm.DB) error { // a plain UPDATE: it cannot revive a session that ended meanwhile
		_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, `UPDATE sessions SET last_seen_at = ? WHERE id = ? AND last_seen_at < ?`, now, sessionID, now)
		return store.Fault(err, "session")
	})
	if errs.CodeOf(err) == errs.Unavailable {
		return nil // reading goes on while the database takes no writes
	}
	return err
}

// Alive tells whether the actor's session still stands: Unauthenticated when it has ended, Forbidden when the account is
// disabled.
func (s *Service) Alive(tx *gorm.DB, a access.Actor) error {
	var l lease
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `
		SELECT s.last_seen_at, s.expires_at, u.disabled FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ? AND s.user_id = ?`,
		a.SessionID, a.UserID)
	err := row.Scan(&l.seen, &l.expires, &l.disabled)
	if errors.Is(err, sql.ErrNoRows) {
		return errEnded
	}
	if err != nil {
		return store.Fault(err, "session")
	}
	return s.check(l, store.Now(tx))
}

// begin makes a session for the person and returns its token, which is kept nowhere.
func (s *Service) begin(tx *gorm.DB, userID int64, from Client) (token string, sessionID int64, err error) {
	var secret [tokenLength]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return "", 0, fmt.Errorf("users: token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(secret[:])
	hash, _ := hashToken(token)
	now := store.Now(tx)
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `
		INSERT INTO sessions (token_hash, user_id, user_agent, address, created_at, last_seen_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		hash[:], userID, clip(from.UserAgent), clip(from.Address), now, now, now.Add(s.o.AbsoluteLimit))
	return token, sessionID, store.Fault(row.Scan(&sessionID), "session")
}

// clip makes a header fit to be kept and shown.
func clip(header string) string {
	if len(header) > maxUserAgent {
		header = header[:maxUserAgent]
	}
	if !utf8.ValidString(header) {
		header = strings.ToValidUTF8(header, "")
	}
	return header
}

// end removes sessions of the person and tells each: whoever holds a socket on one of them loses it.
func end(tx *gorm.DB, a access.Actor, where string, args ...any) (int, error) {
	var ids []int64
	if err := tx.Raw(`DELETE FROM sessions WHERE user_id = ? AND `+where+` RETURNING id`, append([]any{a.UserID}, args...)...).Scan(&ids).Error; err != nil {
		return 0, store.Fault(err, "session")
	}
	for _, id := range ids {
		err := events.Append(tx, events.Change{
			Topic: events.User(a.UserID), Type: events.SessionEnded, Subject: fmt.Sprintf("sessions/%d", id), Actor: a, Recheck: events.RecheckUser(a.UserID),
		}, sessionEnded{id})
		if err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// hashToken is what is kept of a token; ok is false for what cannot be one.
func hashToken(token string) (hash tokenHash, ok bool) {
	if len(token) != tokenChars {
		return tokenHash{}, false
	}
	return sha256.Sum256([]byte(token)), true
}

// Prune removes the sessions that have run out for good. No event: nothing that still works ends by it.
func (s *Service) Prune(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return store.Fault(tx.Exec(`DELETE FROM sessions WHERE expires_at < ?`, store.Now(tx)).Error, "session")
	})
}
