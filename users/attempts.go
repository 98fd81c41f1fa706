package users

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"sync"
	"time"

	"galley/errs"
)

const (
	maxWrong = 5                // wrong passwords in a row for one e-mail before a pause
	maxFrom  = 30               // wrong passwords from one address: a whole office may stand behind it
	pause    = 15 * time.Minute // how long a pause lasts, and after how long wrong ones are forgotten
	maxKeys  = 50_000           // e-mails and addresses remembered at once: bounds the memory an attacker can take
)

// attempts counts wrong passwords for each e-mail and for each address. It is kept in memory: a restart forgets it, which
// an attacker cannot cause.
type attempts struct {
	mu    sync.Mutex
	wrong map[string]tally
}

type tally struct {
	count int
	until time.Time // forgotten from then on
}

func newAttempts() *attempts { return &attempts{wrong: map[string]tally{}} }

// limitOf is how many wrong tries a key has before a pause.
func limitOf(key string) int {
	if strings.HasPrefix(key, addressKey) {
		return maxFrom
	}
	return maxWrong
}

const addressKey = "address "

// byAddress is the key of an address. Whoever has one IPv6 address has its whole /64, so that counts as one.
func byAddress(address string) string {
	if ip, err := netip.ParseAddr(address); err == nil && ip.Is6() && !ip.Is4In6() {
		if network, err := ip.WithZone("").Prefix(64); err == nil {
			address = network.String()
		}
	}
	return addressKey + address
}

// begin counts a try as wrong until it is known to be right, so that many at once cannot slip through, and tells how many
// are left after it. RateLimited during a pause.
func (a *attempts) begin(now time.Time, keys ...string) (left int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.wrong) > maxKeys {
		a.forget(now)
	}
	for _, key := range keys {
		if t := a.wrong[key]; t.count >= limitOf(key) && now.Before(t.until) {
			wait := t.until.Sub(now)
			return 0, &errs.Error{
				Code:       errs.RateLimited,
				Message:    fmt.Sprintf("Too many wrong tries. Try again in %s.", minutes(wait)),
				RetryAfter: int(math.Ceil(wait.Seconds())),
			}
		}
	}
	left = maxWrong
	for _, key := range keys {
		t := a.wrong[key]
		if !now.Before(t.until) {
			t.count = 0
		}
		t.count++
		t.until = now.Add(pause)
		a.wrong[key] = t
		left = min(left, limitOf(key)-t.count)
	}
	return left, nil
}

// right forgets what was counted under the keys. Of an address it forgets this try alone: one good password must not clear the
// way for guessing others.
func (a *attempts) right(keys ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, key := range keys {
		if t := a.wrong[key]; strings.HasPrefix(key, addressKey) && t.count > 1 {
			t.count--
			a.wrong[key] = t
			continue
		}
		delete(a.wrong, key)
	}
}

// forget drops what is over, and everything if that is not enough.
func (a *attempts) forget(now time.Time) {
	for key, t := range a.wrong {
		if !now.Before(t.until) {
			delete(a.wrong, key)
		}
	}
	if len(a.wrong) > maxKeys {
		clear(a.wrong)
	}
}

func minutes(d time.Duration) string {
	if n := int(math.Ceil(d.Minutes())); n > 1 {
		return fmt.Sprintf("%d minutes", n)
	}
	return "a minute"
}

// mismatch is the answer to a wrong password. It does not tell which of the two was wrong.
func mismatch(left int) error {
	switch left {
	case 0:
		return errs.New(errs.Unauthenticated, "E-mail and password don't match. Wait 15 minutes before the next try.")
	case 1:
		return errs.New(errs.Unauthenticated, "E-mail and password don't match. 1 try left before a 15 minute pause.")
	}
	return errs.New(errs.Unauthenticated, "E-mail and password don't match. %d tries left before a 15 minute pause.", left)
}
