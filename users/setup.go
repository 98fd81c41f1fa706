package users

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"strings"
	"sync"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/store"
)

// FirstAdmin is what the first run asks for.
type FirstAdmin struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

// codeLetters leaves out what looks alike when read off a terminal: 0 O, 1 I L, U V.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTWXYZ"

// setupCode proves that whoever makes the first admin can read the log. It is kept in memory only.
type setupCode struct {
	mu   sync.Mutex
	code string
}

// OpenSetup makes the one-time code for the first run and returns it, or "" where there is an admin already.
func (s *Service) OpenSetup(ctx context.Context) (string, error) {
	exists := false
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		exists, err = hasAdmin(tx)
		return err
	})
	if err != nil || exists {
		return "", err
	}
	code, err := newCode()
	if err != nil {
		return "", err
	}
	s.setup.mu.Lock()
	s.setup.code = code
	s.setup.mu.Unlock()
	return code, nil
}

// SetUp makes the first admin and signs them in. Conflict when there is one already, Forbidden for a wrong code,
// RateLimited after too many of those from one address. Emits person.added.
func (s *Service) SetUp(ctx context.Context, in FirstAdmin, from Client) (token string, v Session, err error) {
	n := NewPerson{Name: in.Name, Email: in.Email, Role: access.Admin, Password: in.Password}
	if err := n.validate(); err != nil {
		return "", Session{}, err
	}
	if bareCode(in.Code) == "" {
		return "", Session{}, errs.Fields{"code": "Give the code that stands in Galley's log."}.Err()
	}
	err = s.db.Read(ctx, func(tx *gorm.DB) error {
		if err := nobodyYet(tx); err != nil {
			return err
		}
		key := "setup from " + byAddress(from.Address)
		if _, err := s.attempts.begin(store.Now(tx), key); err != nil {
			return err
		}
		if !s.setup.is(in.Code) {
			return errs.New(errs.Forbidden, "That is not the code. It stands in Galley's log since its last start, such as 7KQ2-MXH4-9TRD.")
		}
		s.attempts.right(key)
		return nil
	})
	if err != nil {
		return "", Session{}, err
	}
	hash, err := s.passwords.hash(ctx, n.Password)
	if err != nil {
		return "", Session{}, err
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := nobodyYet(tx); err != nil {
			return err
		}
		p, _, err := insert(tx, access.Actor{Address: clip(from.Address)}, n, hash)
		if err != nil {
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
	return token, v, nil
}

func nobodyYet(tx *gorm.DB) error {
	exists, err := hasAdmin(tx)
	if err == nil && exists {
		err = errs.New(errs.Conflict, "There is an admin already. Sign in instead.")
	}
	return err
}

func (c *setupCode) is(given string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.code != "" && subtle.ConstantTimeCompare([]byte(bareCode(given)), []byte(bareCode(c.code))) == 1
}

// bareCode forgives case, blanks and missing dashes.
func bareCode(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
}

func newCode() (string, error) {
	var b strings.Builder
	for i := range 12 {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		for { // drawn again above the largest multiple, so that all letters are equally likely
			var one [1]byte
			if _, err := rand.Read(one[:]); err != nil {
				return "", fmt.Errorf("users: setup code: %w", err)
			}
			if limit := 256 / len(codeLetters) * len(codeLetters); int(one[0]) < limit {
				b.WriteByte(codeLetters[int(one[0])%len(codeLetters)])
				break
			}
		}
	}
	return b.String(), nil
}
