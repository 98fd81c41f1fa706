package users

import (
	"testing"
	"time"

	"galley/access"
	"galley/errs"
	"galley/store/storetest"
)

// What this process changes holds for the very next request; what another one changes, a second later at most.
func TestWhatIsRememberedOfASession(t *testing.T) {
	e := newEnv(t)
	p := e.anna()
	token, _ := e.signIn(annasEmail, annasPassword)
	who := func() (access.Actor, error) { return e.s.Authenticate(t.Context(), token, false) }
	name := "Anna Weller"
	a, err := who()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.s.EditMe(t.Context(), a, p.Revision, Edit{Name: &name}, here); err != nil {
		t.Fatal(err)
	}
	if a, err := who(); err != nil || a.Name != name {
		t.Errorf("after a change here: got %+v, %v", a, err)
	}
	storetest.Exec(t, e.db, `UPDATE users SET disabled = TRUE`) // as another process does: nobody tells us
	e.pass(heldFor - time.Millisecond)
	if _, err := who(); err != nil {
		t.Errorf("within the second: got %v; is anything remembered?", err)
	}
	e.pass(time.Millisecond)
	_, err = who()
	e.wantCode(err, errs.Forbidden)
}

// A session that was read before a commit must not come into the cache after it.
func TestNothingOlderThanACommitIsKept(t *testing.T) {
	c := sessionCache{held: map[tokenHash]found{}}
	now := time.Now()
	_, emptied, _ := c.get(tokenHash{1}, now)
	c.empty()
	c.keep(tokenHash{1}, found{read: now}, emptied)
	if _, _, ok := c.get(tokenHash{1}, now); ok {
		t.Error("what a commit may have changed was kept")
	}
	_, emptied, _ = c.get(tokenHash{1}, now)
	c.keep(tokenHash{1}, found{read: now}, emptied)
	if _, _, ok := c.get(tokenHash{1}, now); !ok {
		t.Error("what was read after the commit was not kept")
	}
	if _, _, ok := c.get(tokenHash{1}, now.Add(-time.Minute)); ok {
		t.Error("the clock went back, and what is of the future was found")
	}
}

func TestSessionCacheIsBounded(t *testing.T) {
	c := sessionCache{held: map[tokenHash]found{}}
	for i := range heldMost + 1 {
		c.keep(tokenHash{byte(i), byte(i >> 8)}, found{}, 0)
	}
	if n := len(c.held); n != 1 {
		t.Errorf("%d are held, want the newest alone", n)
	}
}
