package users

import (
	"context"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// hashing is what OWASP recommends for argon2id where memory is scarce: about 70 ms and 19 MiB on a small machine.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobodysHash is compared with where an e-mail is unknown, so that the answer takes as long as for a known one. No password
// that validate lets through makes it.
const nobodysHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// passwords hashes and compares, at most two at a time: a burst of sign-ins must not take all memory and both cores.
type passwords struct{ slots chan struct{} }

func newPasswords() passwords { return passwords{slots: make(chan struct{}, 2)} }

func (p passwords) hash(ctx context.Context, password string) (string, error) {
	var hash string
	err := p.inSlot(ctx, func() (err error) {
		hash, err = argon2id.CreateHash(password, hashing)
		return err
	})
	return hash, err
}

func (p passwords) match(ctx context.Context, password, hash string) (bool, error) {
	var same bool
	err := p.inSlot(ctx, func() (err error) {
		same, err = argon2id.ComparePasswordAndHash(password, hash)
		return err
	})
	return same, err
}

func (p passwords) inSlot(ctx context.Context, fn func() error) error {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.slots }()
	if err := fn(); err != nil {
		return fmt.Errorf("users: password hash: %w", err)
	}
	return nil
}
