package users

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/access"
	"galley/errs"
	"galley/httpapi"
	"galley/store"
	"galley/store/storetest"
)

const (
	site        = "https://galley.example"
	newPassword = "a new long password"
)

// secret is the token in a link.
func secret(l Link) string {
	_, token, _ := strings.Cut(l.URL, "#")
	return token
}

func (e env) link(as access.Actor, id int64) Link {
	e.Helper()
	l, err := e.s.MakeLink(e.Context(), as, id, site)
	if err != nil {
		e.Fatal(err)
	}
	return l
}

func (e env) setPassword(token, password string, from Client) error {
	_, _, err := e.s.SetPassword(e.Context(), NewPassword{Token: token, Password: password}, from, "")
	return err
}

func TestCreate(t *testing.T) {
	e := newEnv(t)
	maren := e.maren()
	create := func(as access.Actor, d Draft) (Person, *Link, bool, error) {
		return e.s.Create(t.Context(), as, d, site)
	}
	ilse := Draft{Name: "Ilse  Kortwijk", Email: " Ilse@merrow.example", Role: "reviewer", Key: store.NewClientKey("k1", []byte("ilse"))}
	t.Run("invited", func(t *testing.T) {
		before := storetest.LastEvent(t, e.db)
		p, l, created, err := create(maren, ilse)
		if err != nil || !created || p.Name != "Ilse Kortwijk" || p.Handle != "ilse" || p.Email != "ilse@merrow.example" || p.Role != "reviewer" || p.HasPassword || p.Disabled || p.LastSeenAt != nil {
			t.Fatalf("got %+v, %v, %v", p, created, err)
		}
		if l == nil || !strings.HasPrefix(l.URL, site+"/reset#") || len(secret(*l)) != tokenChars || l.ExpiresAt.Sub(p.CreatedAt) != 72*time.Hour {
			t.Errorf("got %+v", l)
		}
		logged := e.logged(before)
		want := fmt.Sprintf(`{"id":%d,"name":"Ilse Kortwijk","handle":"ilse","role":"reviewer","disabled":false,"revision":1}`, p.ID)
		if len(logged) != 1 || logged[0].Type != "person.added" || logged[0].Topic != "site" || logged[0].Subject != fmt.Sprintf("users/%d", p.ID) || string(logged[0].Data) != want {
			t.Errorf("got %+v", logged)
		}
		_, _, err = e.s.SignIn(t.Context(), Credentials{Email: p.Email, Password: "there is none yet"}, here, "")
		e.wantCode(err, errs.Unauthenticated)
		e.wantAudited(before, fmt.Sprintf("person_added users/%d Ilse Kortwijk by maren from 192.0.2.1 role:<nil>→reviewer", p.ID), fmt.Sprintf("link_made users/%d Ilse Kortwijk by maren from 192.0.2.1", p.ID), "sign_in_failed users/2 Ilse Kortwijk by  from 192.0.2.7")
		before = storetest.LastEvent(t, e.db)
		again, second, created, err := create(maren, ilse)
		if err != nil || created || again != p || second != nil || storetest.LastEvent(t, e.db) != before {
			t.Errorf("a repeat: got %+v, %v, %v, %v", again, second, created, err)
		}
		if err := e.setPassword(secret(*l), newPassword, here); err != nil {
			t.Errorf("the link after the repeat: %v", err)
		}
	})
	t.Run("with a password", func(t *testing.T) {
		p, l, created, err := create(maren, Draft{Name: "Jonas Ekholt", Email: "jonas@merrow.example", Role: "editor", Password: to("quiet-carriage-3")})
		if err != nil || !created || l != nil || !p.HasPassword {
			t.Errorf("got %+v, %v, %v, %v", p, l, created, err)
		}
		e.signIn("jonas@merrow.example", "quiet-carriage-3")
	})
	t.Run("refusals", func(t *testing.T) {
		before, people := storetest.LastEvent(t, e.db), e.number(`SELECT count(*) FROM users`)
		good := Draft{Name: "N", Email: "n@merrow.example", Role: "editor"}
		with := func(change func(d *Draft)) Draft {
			d := good
			change(&d)
			return d
		}
		for _, row := range []struct {
			name  string
			as    access.Actor
			d     Draft
			want  errs.Code
			field string
		}{
			{"by an editor", access.Actor{UserID: maren.UserID, Role: access.Editor}, good, errs.Forbidden, ""},
			{"by a project's owner", access.Actor{UserID: maren.UserID, Role: access.Owner}, good, errs.Forbidden, ""},
			{"a role of projects", maren, with(func(d *Draft) { d.Role = "owner" }), errs.Invalid, "role"},
			{"no role", maren, with(func(d *Draft) { d.Role = "" }), errs.Invalid, "role"},
			{"no address", maren, with(func(d *Draft) { d.Email = "n" }), errs.Invalid, "email"},
			{"an empty password", maren, with(func(d *Draft) { d.Password = to("") }), errs.Invalid, "password"},
			{"an address that is taken", maren, with(func(d *Draft) { d.Email = "ILSE@merrow.example" }), errs.Conflict, "email"},
			{"a key for something else", maren, with(func(d *Draft) { d.Key = store.NewClientKey("k1", []byte("n")) }), errs.Invalid, "Idempotency-Key"},
			{"a key for something else, and an address that is taken", maren, with(func(d *Draft) { d.Key, d.Email = store.NewClientKey("k1", []byte("n")), "ilse@merrow.example" }), errs.Invalid, "Idempotency-Key"},
		} {
			_, l, _, err := create(row.as, row.d)
			var got *errs.Error
			if !errors.As(err, &got) || got.Code != row.want || row.field != "" && got.Fields[row.field] == "" || l != nil {
				t.Errorf("%s: got %v", row.name, err)
			}
		}
		if storetest.LastEvent(t, e.db) != before || e.number(`SELECT count(*) FROM users`) != people {
			t.Error("a refusal left somebody, or events")
		}
	})
	t.Run("another admin's key is another one", func(t *testing.T) {
		other := access.Actor{UserID: 2, Role: access.Admin}
		d := ilse
		d.Email = "ilse2@merrow.example"
		if p, _, created, err := create(other, d); err != nil || !created || p.Handle != "ilse.kortwijk" {
			t.Errorf("got %+v, %v, %v", p, created, err)
		}
	})
}

func TestLinks(t *testing.T) {
	e := newEnv(t)
	maren, anna := e.maren(), e.anna()
	fromElsewhere := func(i int) Client { return Client{Address: fmt.Sprintf("192.0.2.%d", 100+i)} }
	t.Run("a reset lasts a day", func(t *testing.T) {
		l := e.link(maren, anna.ID)
		if n := e.number(`SELECT count(*) FROM password_links WHERE hex(token_hash) = hex(?) OR token_hash = ?`, secret(l), secret(l)); n != 0 {
			t.Error("the token itself is kept")
		}
		e.pass(24*time.Hour - time.Millisecond)
		phone, _ := e.signIn(annasEmail, annasPassword)
		before := storetest.LastEvent(t, e.db)
		token, v, err := e.s.SetPassword(t.Context(), NewPassword{Token: secret(l), Password: newPassword}, here, "")
		if err != nil || v.ID != anna.ID || v.Handle != "anna" {
			t.Fatalf("got %+v, %v", v, err)
		}
		if e.alive(phone) || !e.alive(token) {
			t.Error("a session of before lives on, or the new one does not")
		}
		if got := storetest.Events(t, e.db, before); !slices.Equal(got, []string{"session.ended user:2", "person.changed user:2", "person.changed site", "audit.added audit", "audit.added audit"}) {
			t.Errorf("events: got %v", got)
		}
		e.wantAudited(before, "password_changed users/2 Anna Vale by anna from 192.0.2.7", "signed_in users/2 Anna Vale by anna from 192.0.2.7")
		_, _, err = e.s.SignIn(t.Context(), Credentials{Email: annasEmail, Password: annasPassword}, here, "")
		e.wantCode(err, errs.Unauthenticated)
		e.signIn(annasEmail, newPassword)
		e.wantCode(e.setPassword(secret(l), "another long password", here), errs.Invalid) // once
		e.signIn(annasEmail, newPassword)
	})
	for i, row := range []struct {
		name string
		kill func(l Link)
	}{
		{"ends after a day", func(Link) { e.pass(24 * time.Hour) }},
		{"ends by a newer one", func(Link) { e.link(maren, anna.ID) }},
		{"ends by disabling, also when enabled again", func(Link) {
			for _, disabled := range []bool{true, false} {
				now, _, err := e.s.Get(t.Context(), maren, anna.ID)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := e.s.Change(t.Context(), maren, anna.ID, now.Revision, Change{Disabled: &disabled}); err != nil {
					t.Fatal(err)
				}
			}
		}},
		{"ends by a password that they choose themselves", func(Link) {
			_, a := e.signIn(annasEmail, newPassword)
			now, err := e.s.Me(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := e.s.EditMe(t.Context(), a, now.Revision, Edit{Password: to(newPassword), CurrentPassword: to(newPassword)}, here); err != nil {
				t.Fatal(err)
			}
		}},
		{"is pruned when it has run out", func(Link) {
			e.pass(24*time.Hour + time.Millisecond)
			if err := e.s.Prune(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := e.number(`SELECT count(*) FROM password_links`); n != 0 {
				t.Errorf("%d are kept", n)
			}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := e.link(maren, anna.ID)
			row.kill(l)
			before := storetest.LastEvent(t, e.db)
			err := e.setPassword(secret(l), "another long password", fromElsewhere(i))
			var got *errs.Error
			if !errors.As(err, &got) || got.Code != errs.Invalid || got.Fields["token"] != "This link was used already, has run out, or was replaced by a newer one. Ask an admin for another." {
				t.Errorf("got %v", err)
			}
			if storetest.LastEvent(t, e.db) != before {
				t.Error("a refusal left events")
			}
			e.signIn(annasEmail, newPassword)
		})
	}
	t.Run("an invitation lasts three days", func(t *testing.T) {
		p, _, _, err := e.s.Create(t.Context(), maren, Draft{Name: "Ilse Kortwijk", Email: "ilse@merrow.example", Role: "reviewer"}, site)
		if err != nil {
			t.Fatal(err)
		}
		l := e.link(maren, p.ID)
		e.pass(72*time.Hour - time.Millisecond)
		if err := e.setPassword(secret(l), newPassword, here); err != nil {
			t.Error(err)
		}
		if now, _, err := e.s.Get(t.Context(), maren, p.ID); err != nil || !now.HasPassword || now.Revision != 2 || now.LastSeenAt == nil {
			t.Errorf("got %+v, %v", now, err)
		}
	})
	t.Run("only by admins, for enabled accounts", func(t *testing.T) {
		for _, role := range []access.Role{access.None, access.Reviewer, access.Editor, access.Owner} {
			_, err := e.s.MakeLink(t.Context(), access.Actor{UserID: anna.ID, Role: role}, maren.UserID, site)
			e.wantCode(err, errs.Forbidden)
		}
		_, err := e.s.MakeLink(t.Context(), maren, 4711, site)
		e.wantCode(err, errs.NotFound)
		storetest.Exec(t, e.db, `UPDATE users SET disabled = TRUE WHERE id = ?`, anna.ID)
		_, err = e.s.MakeLink(t.Context(), maren, anna.ID, site)
		e.wantCode(err, errs.Conflict)
	})
}

// A link that leaked after it was used, or is tried by many at once, sets one password.
func TestALinkWorksOnce(t *testing.T) {
	e := newEnv(t)
	l := e.link(e.maren(), e.anna().ID)
	var all sync.WaitGroup
	results := make([]error, 6)
	for i := range results {
		all.Go(func() {
			results[i] = e.setPassword(secret(l), fmt.Sprint("long password no ", i), Client{Address: fmt.Sprintf("192.0.2.%d", i)})
		})
	}
	all.Wait()
	worked := -1
	for i, err := range results {
		if err == nil && worked >= 0 {
			t.Fatalf("it worked for %d and for %d", worked, i)
		}
		if err == nil {
			worked = i
			continue
		}
		e.wantCode(err, errs.Invalid)
	}
	e.signIn(annasEmail, fmt.Sprint("long password no ", worked))
}

// Whoever tries out tokens is stopped after five, and a right one is not counted.
func TestTriesOfLinksAreLimited(t *testing.T) {
	e := newEnv(t)
	maren, anna := e.maren(), e.anna()
	wrong := strings.Repeat("A", tokenChars)
	for range 2 {
		for range 4 {
			e.wantCode(e.setPassword(wrong, newPassword, here), errs.Invalid)
		}
		if err := e.setPassword(secret(e.link(maren, anna.ID)), newPassword, here); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 {
		e.wantCode(e.setPassword(wrong, newPassword, here), errs.Invalid)
	}
	l := e.link(maren, anna.ID)
	e.wantCode(e.setPassword(secret(l), newPassword, here), errs.RateLimited)
	e.pass(15 * time.Minute)
	if err := e.setPassword(secret(l), newPassword, here); err != nil {
		t.Error(err)
	}
	t.Run("what cannot be a password is none", func(t *testing.T) {
		l := e.link(maren, anna.ID)
		for range 7 {
			e.wantCode(e.setPassword(secret(l), "short", here), errs.Invalid)
		}
		for _, token := range []string{"", strings.Repeat("A", maxLinkToken+1)} {
			e.wantCode(e.setPassword(token, newPassword, here), errs.Invalid)
		}
		if err := e.setPassword(secret(l), newPassword, here); err != nil {
			t.Error(err)
		}
	})
	t.Run("who has a link need not wait for a pause", func(t *testing.T) {
		for range 5 {
			_, _, err := e.s.SignIn(t.Context(), Credentials{Email: annasEmail, Password: "a guess"}, Client{Address: "198.51.100.1"}, "")
			e.wantCode(err, errs.Unauthenticated)
		}
		if err := e.setPassword(secret(e.link(maren, anna.ID)), newPassword, here); err != nil {
			t.Error(err)
		}
		e.signIn(annasEmail, newPassword)
	})
}

func TestLinksByHTTP(t *testing.T) {
	for _, row := range []struct {
		name   string
		public *url.URL
		origin string
		want   string
	}{
		{"as the request came", nil, "", "http://127.0.0.1/reset#"},
		{"behind TLS, as its page says", nil, "https://127.0.0.1", "https://127.0.0.1/reset#"},
		{"by the public URL", &url.URL{Scheme: "https", Host: "galley.example"}, "", "https://galley.example/reset#"},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := newEnv(t)
			e.maren()
			srv := e.server(httpapi.Options{PublicURL: row.public, AllowedOrigins: []string{"https://127.0.0.1"}})
			token, _ := e.signIn("maren@merrow.example", marensPassword)
			w := e.send(srv, request{method: "POST", path: "/users", token: token, origin: row.origin, body: `{"name":"Ilse Kortwijk","email":"ilse@merrow.example","role":"reviewer"}`})
			var made struct {
				ID   int64
				Link Link
			}
			if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != 201 || !strings.HasPrefix(made.Link.URL, row.want) || w.Header().Get("Cache-Control") != "no-store" {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			w = e.send(srv, request{method: "POST", path: fmt.Sprintf("/users/%d/link", made.ID), token: token, origin: row.origin})
			var l Link
			if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil || w.Code != 201 || !strings.HasPrefix(l.URL, row.want) || l.URL == made.Link.URL {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			w = e.send(srv, request{method: "POST", path: "/password", token: token, body: fmt.Sprintf(`{"token":%q,"password":%q}`, secret(l), newPassword)})
			cookies := w.Result().Cookies()
			if w.Code != http.StatusCreated || len(cookies) != 1 || !strings.Contains(w.Body.String(), `"handle":"ilse"`) {
				t.Fatalf("got %d %s, cookies %v", w.Code, w.Body, cookies)
			}
			if e.alive(token) || !e.alive(cookies[0].Value) {
				t.Error("the browser's session before lives on, or the new one does not")
			}
		})
	}
}
