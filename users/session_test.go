package users

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/access"
	"galley/errs"
	"galley/store/storetest"
)

func TestSessionRunsOut(t *testing.T) {
	e := newEnv(t)
	e.anna()
	token, a := e.signIn(annasEmail, annasPassword)
	aliveAs := func() errs.Code {
		err := e.alivePerson(a)
		_, viaToken := e.s.Authenticate(t.Context(), token, false)
		if errs.CodeOf(err) != errs.CodeOf(viaToken) {
			t.Errorf("Alive says %v, Authenticate says %v", err, viaToken)
		}
		return errs.CodeOf(err)
	}
	t.Run("not by requests of the browser's own", func(t *testing.T) {
		e.pass(6 * 24 * time.Hour)
		if !e.alive(token) {
			t.Fatal("ended before its time")
		}
		if e.number(`SELECT count(*) FROM sessions WHERE last_seen_at > created_at`) != 0 {
			t.Error("a request that nobody caused kept it alive")
		}
	})
	t.Run("a person's request keeps it, with one write a minute", func(t *testing.T) {
		seen := func() int64 {
			e.settle()
			return e.number(`SELECT CAST(round((julianday(last_seen_at) - julianday(created_at)) * 86400) AS INTEGER) FROM sessions`)
		}
		for range 3 {
			if _, err := e.s.Authenticate(t.Context(), token, true); err != nil {
				t.Fatal(err)
			}
			e.pass(25 * time.Second)
		}
		if got, want := seen(), int64(6*24*3600); got != want {
			t.Errorf("last seen after %d s, want %d", got, want)
		}
		if _, err := e.s.Authenticate(t.Context(), token, true); err != nil { // 75 s later
			t.Fatal(err)
		}
		if got, want := seen(), int64(6*24*3600+75); got != want {
			t.Errorf("last seen after %d s, want %d", got, want)
		}
	})
	t.Run("idle", func(t *testing.T) {
		e.pass(7*24*time.Hour - time.Millisecond)
		if got := aliveAs(); got != "" {
			t.Fatalf("got %q a moment before the idle limit", got)
		}
		e.pass(time.Millisecond)
		if got := aliveAs(); got != errs.Unauthenticated {
			t.Errorf("got %q at the idle limit", got)
		}
		if list, _, err := e.s.Sessions(t.Context(), a, 50, 0); err != nil || len(list) != 0 {
			t.Errorf("one that ran out is listed: %v, %v", list, err)
		}
	})
	t.Run("absolute", func(t *testing.T) {
		token, a = e.signIn(annasEmail, annasPassword)
		for range 29 {
			e.pass(24 * time.Hour)
			if _, err := e.s.Authenticate(t.Context(), token, true); err != nil {
				t.Fatal(err)
			}
			e.settle()
		}
		e.pass(24 * time.Hour)
		if got := aliveAs(); got != errs.Unauthenticated {
			t.Errorf("got %q after 30 days of use", got)
		}
	})
	t.Run("is pruned", func(t *testing.T) {
		e.pass(time.Second)
		live, _ := e.signIn(annasEmail, annasPassword)
		if err := e.s.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := e.number(`SELECT count(*) FROM sessions`); n != 1 || !e.alive(live) {
			t.Errorf("%d sessions are left, want the one that lives", n)
		}
	})
}

func TestAuthenticateRefuses(t *testing.T) {
	e := newEnv(t)
	e.anna()
	token, a := e.signIn(annasEmail, annasPassword)
	for name, bad := range map[string]string{
		"none": "", "foreign": strings.Repeat("A", tokenChars), "short": token[1:], "long": token + "A", "an id": "1", "SQL": "' OR 1=1 --",
		"other case": swapCase(token),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := e.s.Authenticate(t.Context(), bad, true)
			e.wantCode(err, errs.Unauthenticated)
			if got != (access.Actor{}) {
				t.Errorf("an actor came with it: %+v", got)
			}
		})
	}
	t.Run("somebody else's session is not alive for me", func(t *testing.T) {
		tomas := e.add("Tomas Brekke", "tomas@merrow.example", access.Editor, "signal-box-north")
		e.wantCode(e.alivePerson(access.Actor{UserID: tomas.ID, SessionID: a.SessionID}), errs.Unauthenticated)
		e.wantCode(e.alivePerson(access.Actor{UserID: 4711, SessionID: a.SessionID}), errs.Unauthenticated)
	})
	t.Run("disabled", func(t *testing.T) {
		storetest.Exec(t, e.db, `UPDATE users SET disabled = TRUE`)
		_, err := e.s.Authenticate(t.Context(), token, true)
		e.wantCode(err, errs.Forbidden)
		e.wantCode(e.alivePerson(a), errs.Forbidden)
		storetest.Exec(t, e.db, `DELETE FROM sessions`)
		e.wantCode(e.alivePerson(a), errs.Forbidden) // the account is why the session has ended
	})
}

func swapCase(s string) string {
	if up := strings.ToUpper(s); up != s {
		return up
	}
	return strings.ToLower(s)
}

func TestSignOut(t *testing.T) {
	e := newEnv(t)
	e.anna()
	e.add("Tomas Brekke", "tomas@merrow.example", access.Editor, "signal-box-north")
	mine, a := e.signIn(annasEmail, annasPassword)
	phone, onPhone := e.signIn(annasEmail, annasPassword)
	tomas, asTomas := e.signIn("tomas@merrow.example", "signal-box-north")
	before := storetest.LastEvent(t, e.db)
	wantEnded := func(t *testing.T, sessions ...int64) {
		t.Helper()
		logged := e.logged(before)
		if len(logged) != len(sessions) {
			t.Fatalf("%d events, want %d", len(logged), len(sessions))
		}
		for i, id := range sessions {
			got := logged[i]
			if got.Type != "session.ended" || got.Topic != fmt.Sprintf("user:%d", a.UserID) || string(got.Data) != fmt.Sprintf(`{"id":%d}`, id) || int64(got.Recheck) != a.UserID {
				t.Errorf("event %d: got %s %s %s recheck %d", i, got.Topic, got.Type, got.Data, got.Recheck)
			}
		}
		before = storetest.LastEvent(t, e.db)
	}
	t.Run("somebody else's session is not mine to end", func(t *testing.T) {
		e.wantCode(e.s.EndSession(t.Context(), a, asTomas.SessionID), errs.NotFound)
		e.wantCode(e.s.EndSession(t.Context(), a, 4711), errs.NotFound)
		wantEnded(t)
	})
	t.Run("one of mine", func(t *testing.T) {
		e.wantCode(e.s.EndSession(t.Context(), a, onPhone.SessionID), "")
		if e.alive(phone) || !e.alive(mine) {
			t.Error("the wrong session ended")
		}
		wantEnded(t, onPhone.SessionID)
	})
	t.Run("here", func(t *testing.T) {
		phone, onPhone = e.signIn(annasEmail, annasPassword)
		e.wantCode(e.s.SignOut(t.Context(), mine), "")
		if e.alive(mine) || !e.alive(phone) {
			t.Error("the wrong session ended")
		}
		wantEnded(t, a.SessionID)
	})
	t.Run("again, and without a session", func(t *testing.T) {
		e.wantCode(e.s.SignOut(t.Context(), mine), "")
		e.wantCode(e.s.SignOut(t.Context(), ""), "")
		wantEnded(t)
	})
	t.Run("everywhere", func(t *testing.T) {
		mine, a = e.signIn(annasEmail, annasPassword)
		before = storetest.LastEvent(t, e.db)
		e.wantCode(e.s.SignOutEverywhere(t.Context(), a), "")
		e.wantAudited(before, "signed_out_everywhere users/1 Anna Vale by anna from ")
		if e.alive(mine) || e.alive(phone) || !e.alive(tomas) {
			t.Error("mine live on, or somebody else's ended")
		}
		wantEnded(t, onPhone.SessionID, a.SessionID)
	})
}

// A page that opens makes many requests at once: one of them notes that somebody is here.
func TestSeenIsNotedOnce(t *testing.T) {
	e := newEnv(t)
	e.anna()
	token, _ := e.signIn(annasEmail, annasPassword)
	e.pass(5 * time.Minute)
	before := e.db.Figures().Actions
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := e.s.Authenticate(t.Context(), token, true); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	e.settle()
	if got := e.db.Figures().Actions - before - 1; got != 1 {
		t.Errorf("it was noted %d times", got)
	}
	if n := e.number(`SELECT count(*) FROM users u JOIN sessions s ON s.user_id = u.id WHERE u.last_seen_at = s.last_seen_at AND s.last_seen_at > s.created_at`); n != 1 {
		t.Error("it was not noted")
	}
}
