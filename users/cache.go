package users

import (
	"context"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/store"
)

const (
	heldFor  = time.Second // how late what another process did to a session or a person may show here
	heldMost = 10_000      // sessions: bounds the memory
)

// tokenHash is what is kept of a session's token.
type tokenHash [32]byte

// found is a session and who holds it, as they were read.
type found struct {
	actor access.Actor
	lease lease
	read  time.Time
}

// sessionCache spares requests the read of their session: while others write, the snapshot for it costs more than the rest
// of the answer. A commit that changes sessions or people empties it before anybody hears of that commit.
type sessionCache struct {
	mu      sync.Mutex
	held    map[tokenHash]found
	emptied int // how often
}

// get is the session that is held, if any. emptied belongs to keep.
func (c *sessionCache) get(of tokenHash, now time.Time) (f found, emptied int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok = c.held[of]
	return f, c.emptied, ok && now.Sub(f.read) < heldFor && !now.Before(f.read)
}

// keep holds what was read after get, unless it may be older than a commit that emptied the cache since.
func (c *sessionCache) keep(of tokenHash, f found, emptied int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if emptied != c.emptied {
		return
	}
	if len(c.held) >= heldMost {
		clear(c.held)
	}
	c.held[of] = f
}

func (c *sessionCache) empty() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.held)
	c.emptied++
}

// peopleChanged is emitted by actions that change sessions or people.
type peopleChanged struct{}

// write is db.Write for what changes sessions or people.
func (s *Service) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		store.Emit(tx, peopleChanged{})
		return fn(tx)
	})
}

func (s *Service) committed(emitted []any) {
	if slices.Contains(emitted, any(peopleChanged{})) {
		s.sessions.empty()
	}
}
