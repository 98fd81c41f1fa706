package users

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/store/storetest"
)

func TestSignIn(t *testing.T) {
	e := newEnv(t)
	anna := e.anna()
	before := storetest.LastEvent(t, e.db)
	token, v, err := e.s.SignIn(t.Context(), Credentials{Email: " Anna@Merrow.example", Password: annasPassword}, here, "")
	if err != nil {
		t.Fatal(err)
	}
	if v.ID != anna.ID || v.Handle != "anna" || v.Role != "editor" || v.Realtime.Mode != "websocket" || v.Setup || v.Topic != "user:self" || v.Position.Epoch == "" {
		t.Errorf("got %+v", v)
	}
	if !v.May["create_project"].Allowed || v.May["settings"].Allowed || v.May["settings"].Reason == "" || v.May["people"].Reason != "Only admins manage people." {
		t.Errorf("may: got %+v", v.May)
	}
	e.wantAudited(before, "signed_in users/1 Anna Vale by anna from 192.0.2.7")
	if n := e.number(`SELECT count(*) FROM sessions WHERE hex(token_hash) = hex(?) OR token_hash = ?`, token, token); n != 0 {
		t.Error("the token itself is kept")
	}
	a, err := e.s.Authenticate(t.Context(), token, true)
	want := access.Actor{UserID: anna.ID, Name: "Anna Vale", Handle: "anna", Role: access.Editor, SessionID: a.SessionID}
	if err != nil || a != want || a.SessionID == 0 {
		t.Errorf("got %+v, %v, want %+v", a, err, want)
	}
	list, _, err := e.s.Sessions(t.Context(), a, 50, 0)
	if err != nil || len(list) != 1 || !list[0].Current || list[0].Address != here.Address || list[0].UserAgent != here.UserAgent {
		t.Errorf("sessions: got %+v, %v", list, err)
	}
}

func TestSignInRefusals(t *testing.T) {
	e := newEnv(t)
	e.anna()
	e.add("Tomas Brekke", "tomas@merrow.example", access.Editor, "signal-box-north")
	storetest.Exec(t, e.db, `UPDATE users SET disabled = TRUE WHERE handle = 'tomas'`)
	before := storetest.LastEvent(t, e.db)
	for _, row := range []struct {
		name, email, password string
		want                  errs.Code
	}{
		{"wrong password", annasEmail, "evening-ferry-12", errs.Unauthenticated},
		{"unknown e-mail", "nobody@merrow.example", annasPassword, errs.Unauthenticated},
		{"disabled", "tomas@merrow.example", "signal-box-north", errs.Forbidden},
		{"disabled and wrong", "tomas@merrow.example", "signal-box-south", errs.Unauthenticated},
		{"no e-mail", " ", annasPassword, errs.Invalid},
		{"no password", annasEmail, "", errs.Invalid},
		{"endless password", annasEmail, strings.Repeat("x", 1<<16), errs.Invalid},
		{"endless e-mail", strings.Repeat("x", 300), annasPassword, errs.Invalid},
		{"the password of nobody", "nobody2@merrow.example", string(make([]byte, 12)), errs.Unauthenticated},
	} {
		t.Run(row.name, func(t *testing.T) {
			token, v, err := e.s.SignIn(t.Context(), Credentials{Email: row.email, Password: row.password}, Client{Address: row.name}, "")
			if got := errs.CodeOf(err); got != row.want {
				t.Errorf("got %q (%v), want %q", got, err, row.want)
			}
			if token != "" || v.ID != 0 {
				t.Errorf("a refusal came with %q and %+v", token, v)
			}
		})
	}
	if n := e.number(`SELECT count(*) FROM sessions`); n != 0 || len(e.logged(before)) > 0 {
		t.Errorf("refusals left %d sessions, or events", n)
	}
	e.wantAudited(before,
		"sign_in_failed users/1 Anna Vale by  from wrong password",
		"sign_in_failed   by  from unknown e-mail", // people type their passwords there
		"sign_in_failed users/2 Tomas Brekke by  from disabled",
		"sign_in_failed users/2 Tomas Brekke by  from disabled and wrong",
		"sign_in_failed   by  from the password of nobody",
	)
}

// An attacker who compares answers learns nothing about which addresses exist: neither from words nor from time.
func TestSignInTellsNobodyWhoExists(t *testing.T) {
	e := newEnv(t)
	e.anna()
	try := func(email, from string) (string, time.Duration) {
		began := time.Now()
		_, _, err := e.s.SignIn(t.Context(), Credentials{Email: email, Password: "not the password"}, Client{Address: from}, "")
		return err.Error(), time.Since(began)
	}
	words, _ := try(annasEmail, "a")
	others, took := try("nobody@merrow.example", "b")
	if words != others {
		t.Errorf("got %q for a known and %q for an unknown address", words, others)
	}
	// Times differ with the load, so the work is compared: as much to hash, and seen to be done, which no machine does sooner.
	if least := 5 * time.Millisecond; took < least {
		t.Errorf("an unknown address takes %v, less than any hash", took)
	}
	of := func(hash string) argon2id.Params {
		p, salt, key, err := argon2id.DecodeHash(hash)
		if err != nil || uint32(len(salt)) != p.SaltLength || uint32(len(key)) != p.KeyLength {
			t.Fatalf("%s: %v", hash, err)
		}
		return *p
	}
	var annas string
	err := e.db.Read(t.Context(), func(tx *gorm.DB) error {
		return tx.Raw(`SELECT password_hash FROM users WHERE email = ?`, annasEmail).Scan(&annas).Error
	})
	if err != nil || of(annas) != of(nobodysHash) {
		t.Errorf("a known address is hashed with %+v, an unknown one with %+v, %v", of(annas), of(nobodysHash), err)
	}
}

func TestTriesAreLimited(t *testing.T) {
	e := newEnv(t)
	e.anna()
	wrong := func(email, from string) error {
		_, _, err := e.s.SignIn(t.Context(), Credentials{Email: email, Password: "not the password"}, Client{Address: from}, "")
		return err
	}
	t.Run("for an e-mail, from wherever", func(t *testing.T) {
		wants := []string{
			"E-mail and password don't match. 4 tries left before a 15 minute pause.",
			"E-mail and password don't match. 3 tries left before a 15 minute pause.",
			"E-mail and password don't match. 2 tries left before a 15 minute pause.",
			"E-mail and password don't match. 1 try left before a 15 minute pause.",
			"E-mail and password don't match. Wait 15 minutes before the next try.",
		}
		for i, want := range wants {
			var got *errs.Error
			if !errors.As(wrong(annasEmail, string(rune('a'+i))), &got) || got.Message != want || got.Code != errs.Unauthenticated {
				t.Errorf("try %d: got %v, want %q", i+1, got, want)
			}
		}
		e.pass(5 * time.Minute)
		_, _, err := e.s.SignIn(t.Context(), Credentials{Email: annasEmail, Password: annasPassword}, Client{Address: "z"}, "")
		var got *errs.Error
		if !errors.As(err, &got) || got.Code != errs.RateLimited || got.RetryAfter != 600 || got.Message != "Too many wrong tries. Try again in 10 minutes." {
			t.Errorf("with the right password in the pause: got %+v", got)
		}
		e.pass(10 * time.Minute)
		e.signIn(annasEmail, annasPassword)
	})
	t.Run("for an address, whoever is tried", func(t *testing.T) {
		for i := range maxFrom - 1 { // counted without the hashing, which takes its time
			if _, err := e.s.attempts.begin(e.now(), fmt.Sprintf("email %d@merrow.example", i), byAddress("192.0.2.66")); err != nil {
				t.Fatalf("try %d: %v", i+1, err)
			}
		}
		_, _, err := e.s.SignIn(t.Context(), Credentials{Email: annasEmail, Password: annasPassword}, Client{Address: "192.0.2.66"}, "")
		if err != nil {
			t.Errorf("a colleague behind the same address: %v", err) // and it forgives nobody else
		}
		e.wantCode(wrong("e@merrow.example", "192.0.2.66"), errs.Unauthenticated)
		e.wantCode(wrong("f@merrow.example", "192.0.2.66"), errs.RateLimited)
		e.signIn(annasEmail, annasPassword) // from elsewhere
	})
	t.Run("for all addresses that one line has", func(t *testing.T) {
		for i := range maxFrom {
			if _, err := e.s.attempts.begin(e.now(), byAddress(fmt.Sprintf("2001:db8:1:2:%x::1", i+1))); err != nil {
				t.Fatalf("try %d: %v", i+1, err)
			}
		}
		e.wantCode(wrong("n6@merrow.example", "2001:db8:1:2::99"), errs.RateLimited)
		e.wantCode(wrong("n6@merrow.example", "2001:db8:1:3::99"), errs.Unauthenticated)
	})
	t.Run("the right one starts anew", func(t *testing.T) {
		for range 3 {
			for range 4 {
				e.wantCode(wrong(annasEmail, here.Address), errs.Unauthenticated)
			}
			e.signIn(annasEmail, annasPassword)
		}
	})
}

// Many tries at once must not slip through between counting and comparing.
func TestTriesAreLimitedAtOnce(t *testing.T) {
	e := newEnv(t)
	e.anna()
	var mu sync.Mutex
	codes := map[errs.Code]int{}
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			_, _, err := e.s.SignIn(t.Context(), Credentials{Email: annasEmail, Password: "not the password"}, here, "")
			mu.Lock()
			defer mu.Unlock()
			codes[errs.CodeOf(err)]++
		})
	}
	all.Wait()
	if codes[errs.Unauthenticated] != 5 || codes[errs.RateLimited] != 25 {
		t.Errorf("got %v, want 5 compared and 25 refused", codes)
	}
}

func TestForgottenTriesBoundMemory(t *testing.T) {
	a := newAttempts()
	now := time.Now()
	for i := range maxKeys + 10 {
		if _, err := a.begin(now, strings.Repeat("k", 1+i%7)+time.Duration(i).String()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(a.wrong); n > maxKeys+1 {
		t.Errorf("%d keys are remembered", n)
	}
}

// A session fixed on the browser by somebody else does not survive signing in.
func TestSignInEndsTheSessionBefore(t *testing.T) {
	e := newEnv(t)
	e.anna()
	old, was := e.signIn(annasEmail, annasPassword)
	before := storetest.LastEvent(t, e.db)
	token, _, err := e.s.SignIn(t.Context(), Credentials{Email: annasEmail, Password: annasPassword}, here, old)
	if err != nil {
		t.Fatal(err)
	}
	if e.alive(old) || !e.alive(token) {
		t.Error("the old session lives on, or the new one does not")
	}
	logged := e.logged(before)
	if len(logged) != 1 || logged[0].Type != "session.ended" || int64(logged[0].Recheck) != was.UserID {
		t.Errorf("got %+v", logged)
	}
	e.add("Tomas Brekke", "tomas@merrow.example", access.Editor, "signal-box-north")
	phone, _ := e.signIn(annasEmail, annasPassword)
	if _, _, err := e.s.SignIn(t.Context(), Credentials{Email: "tomas@merrow.example", Password: "signal-box-north"}, here, token); err != nil {
		t.Fatal(err)
	}
	if e.alive(token) || !e.alive(phone) {
		t.Error("somebody else's session before lives on, or another of hers has ended")
	}
}
