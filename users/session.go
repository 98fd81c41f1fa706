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
	"sync"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
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
		return errDisabled
	}
	return nil
}

var (
	errEnded    = errs.New(errs.Unauthenticated, "Your session has ended. Sign in again.")
	errDisabled = errs.New(errs.Forbidden, "This account is disabled. Ask an admin.")
)

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
	if !ok {
		s.sessions.keep(hash, f, emptied)
	}
	a := f.actor
	if byPerson && now.Sub(f.lease.seen) >= seenEvery && s.seen.isDue(a.SessionID, now) {
		s.db.WriteLater(func(tx *gorm.DB) error { // nobody waits: reading goes on while the database takes no writes
			// A plain UPDATE: it cannot revive a session that ended meanwhile.
			_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, `UPDATE sessions SET last_seen_at = ? WHERE id = ? AND last_seen_at < ?`, now, a.SessionID, now)
			if err != nil {
				return store.Fault(err, "session")
			}
			return seen(tx, a.UserID, now)
		})
	}
	return a, nil
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

// sightings remembers when it was last noted that a session was seen, so that it is noted once by many requests at a time.
type sightings struct {
	mu    sync.Mutex
	noted map[int64]time.Time
}

// isDue tells whether it is to be noted now, and takes it for done.
func (s *sightings) isDue(sessionID int64, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, known := s.noted[sessionID]; known && now.Sub(at) < seenEvery {
		return false
	}
	if s.noted == nil || len(s.noted) >= maxKeys {
		s.noted = map[int64]time.Time{}
	}
	s.noted[sessionID] = now
	return true
}

// seen notes that the person was here.
func seen(tx *gorm.DB, userID int64, now time.Time) error {
	_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, `UPDATE users SET last_seen_at = ? WHERE id = ? AND coalesce(last_seen_at < ?, TRUE)`, now, userID, now)
	return store.Fault(err, "person")
}

// Alive returns the actor as they are now, their role above all, while their session stands. Forbidden when the account is
// disabled, also where that has ended the session; Unauthenticated when the session has ended.
func (s *Service) Alive(tx *gorm.DB, a access.Actor) (access.Actor, error) {
	var l lease
	var role string
	var begun, expires *time.Time
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `
		SELECT u.name, u.handle, u.role, u.disabled, s.last_seen_at, s.expires_at
		FROM users u LEFT JOIN sessions s ON s.id = ? AND s.user_id = u.id WHERE u.id = ?`, a.SessionID, a.UserID)
	err := row.Scan(&a.Name, &a.Handle, &role, &l.disabled, &begun, &expires)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return access.Actor{}, errEnded
	case err != nil:
		return access.Actor{}, store.Fault(err, "session")
	case l.disabled:
		return access.Actor{}, errDisabled
	case begun == nil || expires == nil:
		return access.Actor{}, errEnded
	}
	a.Role, _ = access.ParseRole(role)
	l.seen, l.expires = *begun, *expires
	return a, s.check(l, store.Now(tx))
}

// begin makes a session for the person and returns its token, which is kept nowhere.
func (s *Service) begin(tx *gorm.DB, a access.Actor, from Client) (token string, err error) {
	token, hash, err := newToken()
	if err != nil {
		return "", err
	}
	now := store.Now(tx)
	_, err = tx.Statement.ConnPool.ExecContext(tx.Statement.Context, `
		INSERT INTO sessions (token_hash, user_id, user_agent, address, created_at, last_seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		hash, a.UserID, clip(from.UserAgent), clip(from.Address), now, now, now.Add(s.o.AbsoluteLimit))
	if err != nil {
		return "", store.Fault(err, "session")
	}
	if err := seen(tx, a.UserID, now); err != nil {
		return "", err
	}
	a.Address = clip(from.Address)
	return token, audit.Add(tx, a, audit.SignedIn, subject(a.UserID), audit.Detail{Name: a.Name})
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
func end(tx *gorm.DB, a access.Actor, userID int64, where string, args ...any) (int, error) {
	var ids []int64
	if err := tx.Raw(`DELETE FROM sessions WHERE user_id = ? AND `+where+` RETURNING id`, append([]any{userID}, args...)...).Scan(&ids).Error; err != nil {
		return 0, store.Fault(err, "session")
	}
	for _, id := range ids {
		err := events.Append(tx, events.Change{
			Topic: events.User(userID), Type: events.SessionEnded, Subject: fmt.Sprintf("sessions/%d", id), Actor: a, Recheck: events.RecheckUser(userID),
		}, sessionEnded{id})
		if err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// endBehind ends the session behind the token that a browser had until now, whosever it is; it may be none.
func endBehind(tx *gorm.DB, a access.Actor, token string) error {
	hash, ok := hashToken(token)
	if !ok {
		return nil
	}
	var owner int64
	if err := tx.Raw(`SELECT user_id FROM sessions WHERE token_hash = ?`, hash[:]).Scan(&owner).Error; err != nil {
		return store.Fault(err, "session")
	}
	_, err := end(tx, a, owner, `token_hash = ?`, hash[:])
	return err
}

// newToken makes a secret and what is kept of it.
func newToken() (token string, hash []byte, err error) {
	var secret [tokenLength]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return "", nil, fmt.Errorf("users: token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(secret[:])
	kept, _ := hashToken(token)
	return token, kept[:], nil
}

// hashToken is what is kept of a token; ok is false for what cannot be one.
func hashToken(token string) (hash tokenHash, ok bool) {
	if len(token) != tokenChars {
		return tokenHash{}, false
	}
	return sha256.Sum256([]byte(token)), true
}

// Prune removes the sessions and links that have run out for good. No event: nothing that still works ends by it.
func (s *Service) Prune(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec(`DELETE FROM password_links WHERE expires_at < ?`, store.Now(tx)).Error; err != nil {
			return store.Fault(err, "link")
		}
		return store.Fault(tx.Exec(`DELETE FROM sessions WHERE expires_at < ?`, store.Now(tx)).Error, "session")
	})
}

// Standing are the sessions and links that there are, by what is kept of their tokens.
func Standing(tx *gorm.DB) (map[string]bool, error) {
	var hashes [][]byte
	if err := tx.Raw(`SELECT token_hash FROM sessions UNION ALL SELECT token_hash FROM password_links`).Scan(&hashes).Error; err != nil {
		return nil, store.Fault(err, "session")
	}
	all := map[string]bool{}
	for _, hash := range hashes {
		all[string(hash)] = true
	}
	return all, nil
}

// EndUnless ends all sessions and links but those that stand, for a database that comes out of a backup: what was ended since
// then must not come back with it. No event: nobody follows such a database yet.
func EndUnless(tx *gorm.DB, standing map[string]bool) error {
	all, err := Standing(tx)
	if err != nil {
		return err
	}
	for hash := range all {
		if standing[hash] {
			continue
		}
		for _, table := range []string{"sessions", "password_links"} {
			if err := tx.Exec(`DELETE FROM `+table+` WHERE token_hash = ?`, []byte(hash)).Error; err != nil {
				return store.Fault(err, "session")
			}
		}
	}
	return nil
}
