package users

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"galley/access"
	"galley/errs"
	"galley/store/storetest"
)

func TestSetUp(t *testing.T) {
	e := newEnv(t)
	maren := FirstAdmin{Name: "Maren Oduya", Email: "maren@merrow.example", Password: "harbour-lantern-7"}
	withCode := func(code string) FirstAdmin {
		in := maren
		in.Code = code
		return in
	}
	t.Run("nobody has asked for a code yet", func(t *testing.T) {
		_, _, err := e.s.SetUp(t.Context(), withCode("AAAA-AAAA-AAAA"), Client{Address: "before"})
		e.wantCode(err, errs.Forbidden)
	})
	code, err := e.s.OpenSetup(t.Context())
	if err != nil || !regexp.MustCompile(`^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$`).MatchString(code) {
		t.Fatalf("got %q, %v", code, err)
	}
	t.Run("who I am says so", func(t *testing.T) {
		_, setup, err := e.s.Who(t.Context(), "")
		if err != nil || !setup.Setup || setup.Realtime.Mode != "websocket" {
			t.Errorf("got %+v, %v", setup, err)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		for name, row := range map[string]struct {
			in   FirstAdmin
			want errs.Code
		}{
			"wrong code":      {withCode("AAAA-AAAA-AAAA"), errs.Forbidden},
			"no code":         {withCode(" - "), errs.Invalid},
			"part of it":      {withCode(code[:9]), errs.Forbidden},
			"short password":  {FirstAdmin{Code: code, Name: "M", Email: "m@merrow.example", Password: "elevenchars"}, errs.Invalid},
			"long password":   {FirstAdmin{Code: code, Name: "M", Email: "m@merrow.example", Password: strings.Repeat("é", 201)}, errs.Invalid},
			"no address":      {FirstAdmin{Code: code, Name: "M", Email: "Maren <m@merrow.example>", Password: maren.Password}, errs.Invalid},
			"no name":         {FirstAdmin{Code: code, Name: " \t", Email: "m@merrow.example", Password: maren.Password}, errs.Invalid},
			"a name of bells": {FirstAdmin{Code: code, Name: "M\a", Email: "m@merrow.example", Password: maren.Password}, errs.Invalid},
		} {
			_, _, err := e.s.SetUp(t.Context(), row.in, Client{Address: name})
			if got := errs.CodeOf(err); got != row.want {
				t.Errorf("%s: got %q (%v), want %q", name, got, err, row.want)
			}
		}
	})
	// Who guesses codes is stopped after five.
	t.Run("guesses are limited", func(t *testing.T) {
		for range 5 {
			_, _, err := e.s.SetUp(t.Context(), withCode("AAAA-AAAA-AAAA"), Client{Address: "guesser"})
			e.wantCode(err, errs.Forbidden)
		}
		_, _, err := e.s.SetUp(t.Context(), withCode(code), Client{Address: "guesser"})
		e.wantCode(err, errs.RateLimited)
	})
	if n := e.number(`SELECT count(*) FROM users`); n != 0 {
		t.Fatalf("refusals made %d people", n)
	}
	t.Run("works once, however it is typed", func(t *testing.T) {
		var all sync.WaitGroup
		results := make([]error, 4)
		tokens := make([]string, 4)
		for i := range results {
			all.Go(func() {
				in := withCode(" " + strings.ToLower(strings.ReplaceAll(code, "-", " ")))
				in.Email = strings.Repeat("m", i+1) + in.Email
				tokens[i], _, results[i] = e.s.SetUp(t.Context(), in, here)
			})
		}
		all.Wait()
		done := 0
		for i, err := range results {
			if err == nil {
				done++
				if a, err := e.s.Authenticate(t.Context(), tokens[i], true); err != nil || a.Role != access.Admin {
					t.Errorf("got %+v, %v", a, err)
				}
				continue
			}
			e.wantCode(err, errs.Conflict)
		}
		if n := e.number(`SELECT count(*) FROM users`); done != 1 || n != 1 {
			t.Errorf("%d succeeded and made %d people, want one", done, n)
		}
	})
	t.Run("is kept for the admins", func(t *testing.T) {
		kept := e.audited(0)
		if len(kept) != 2 || !strings.HasPrefix(kept[0], "person_added users/1 Maren Oduya by  from 192.0.2.7 role:<nil>→admin") || !strings.HasPrefix(kept[1], "signed_in users/1 Maren Oduya by ") {
			t.Errorf("got %v", kept)
		}
	})
	t.Run("is over then", func(t *testing.T) {
		if again, err := e.s.OpenSetup(t.Context()); err != nil || again != "" {
			t.Errorf("got %q, %v", again, err)
		}
		_, _, err := e.s.Who(t.Context(), "")
		e.wantCode(err, errs.Unauthenticated)
		_, _, err = e.s.SetUp(t.Context(), withCode(code), here)
		e.wantCode(err, errs.Conflict)
	})
}

func TestSetupIsOpenUntilThereIsAnAdmin(t *testing.T) {
	e := newEnv(t)
	e.anna()
	if code, err := e.s.OpenSetup(t.Context()); err != nil || code == "" {
		t.Errorf("with an editor only: got %q, %v", code, err)
	}
	storetest.Exec(t, e.db, `UPDATE users SET role = 'admin'`)
	if code, err := e.s.OpenSetup(t.Context()); err != nil || code != "" {
		t.Errorf("with an admin: got %q, %v", code, err)
	}
}
