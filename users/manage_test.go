package users

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store/storetest"
)

const marensPassword = "harbour-lantern-7"

// maren is an admin whose password is marensPassword, as an actor.
func (e env) maren() access.Actor {
	e.Helper()
	p := e.add("Maren Oduya", "maren@merrow.example", access.Admin, marensPassword)
	return access.Actor{UserID: p.ID, Name: p.Name, Handle: p.Handle, Role: access.Admin, Address: "192.0.2.1"}
}

func to[T any](v T) *T { return &v }

func TestChange(t *testing.T) {
	e := newEnv(t)
	anna, maren := e.anna(), e.maren()
	token, a := e.signIn(annasEmail, annasPassword)
	storetest.Exec(t, e.db, `INSERT INTO projects (id, name, description, owner_id, created_at, updated_at) VALUES (7, 'Coast Pass launch', '', 1, '2026-03-10', '2026-03-10')`)
	storetest.Exec(t, e.db, `UPDATE users SET active_project_id = 7 WHERE id = 1`)
	revision := int64(1)
	change := func(t *testing.T, c Change, recheck events.Recheck) Person {
		t.Helper()
		before := storetest.LastEvent(t, e.db)
		p, err := e.s.Change(t.Context(), maren, anna.ID, revision, c)
		if err != nil {
			t.Fatal(err)
		}
		if revision++; p.Revision != revision {
			t.Errorf("revision %d, want %d", p.Revision, revision)
		}
		if again, _, err := e.s.Get(t.Context(), maren, anna.ID); err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("read back %+v, want %+v; %v", again, p, err)
		}
		logged := e.logged(before)
		if len(logged) < 2 || logged[0].Type != "person.changed" || logged[0].Topic != "user:1" || logged[0].Recheck != recheck || logged[0].Subject != "users/1" || !strings.Contains(string(logged[0].Actor), "Maren") {
			t.Fatalf("got %+v", logged)
		}
		want := fmt.Sprintf(`{"id":1,"name":%q,"handle":"anna","role":%q,"disabled":%v,"revision":%d}`, p.Name, p.Role, p.Disabled, p.Revision)
		if logged[1].Type != "person.changed" || logged[1].Topic != "site" || logged[1].Recheck != 0 || string(logged[1].Data) != want {
			t.Errorf("everybody is told %s %s: %s", logged[1].Type, logged[1].Topic, logged[1].Data)
		}
		return p
	}
	began := storetest.LastEvent(t, e.db)
	t.Run("a name", func(t *testing.T) {
		if p := change(t, Change{Name: to(" Anna  Brekke ")}, events.RecheckNobody); p.Name != "Anna Brekke" || p.Role != "editor" || p.Email != annasEmail {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("a higher role", func(t *testing.T) {
		if p := change(t, Change{Role: to("admin")}, events.RecheckUser(1)); p.Role != "admin" {
			t.Errorf("got %+v", p)
		}
		if n := e.number(`SELECT count(*) FROM events WHERE topic = '!user:1'`); n != 0 {
			t.Error("what she was told is forgotten")
		}
		if n := e.number(`SELECT count(*) FROM users WHERE active_project_id = 7`); n != 1 {
			t.Error("her edits go nowhere")
		}
	})
	t.Run("a lower role takes the active project away", func(t *testing.T) {
		before := storetest.LastEvent(t, e.db)
		change(t, Change{Role: to("reviewer")}, events.RecheckUser(1))
		if n := e.number(`SELECT count(*) FROM events WHERE topic = '!user:1' AND id > ?`, before); n != 1 {
			t.Error("what she was told as an admin is not forgotten")
		}
		var told personChanged
		if err := json.Unmarshal(e.logged(before)[0].Data, &told); err != nil || told.ActiveProjectID != nil || told.Role != "reviewer" {
			t.Errorf("she is told %+v, %v", told, err)
		}
		if now, err := e.s.Authenticate(t.Context(), token, false); err != nil || now.Role != access.Reviewer {
			t.Errorf("her next request is made as %+v, %v", now, err)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		before := storetest.LastEvent(t, e.db)
		p, err := e.s.Change(t.Context(), maren, anna.ID, revision, Change{Role: to("reviewer"), Disabled: to(false)})
		if err != nil || p.Revision != revision || storetest.LastEvent(t, e.db) != before {
			t.Errorf("got %+v, %v, or events", p, err)
		}
	})
	t.Run("disabled", func(t *testing.T) {
		before := storetest.LastEvent(t, e.db)
		sessions := e.number(`SELECT count(*) FROM sessions WHERE user_id = 1`)
		change(t, Change{Disabled: to(true)}, events.RecheckUser(1))
		ended := slices.DeleteFunc(e.logged(before), func(l *events.Event) bool {
			return l.Type != "session.ended" || l.Topic != "user:1" || l.Recheck != events.RecheckUser(1)
		})
		if sessions == 0 || int64(len(ended)) != sessions || e.number(`SELECT count(*) FROM sessions WHERE user_id = 1`) != 0 {
			t.Errorf("%d of %d sessions have ended", len(ended), sessions)
		}
		e.wantCode(e.alivePerson(a), errs.Forbidden)
		_, _, err := e.s.SignIn(t.Context(), Credentials{Email: annasEmail, Password: annasPassword}, here, "")
		e.wantCode(err, errs.Forbidden)
	})
	t.Run("enabled", func(t *testing.T) {
		change(t, Change{Disabled: to(false), Role: to("editor")}, events.RecheckUser(1))
		e.wantAudited(began,
			"person_changed users/1 Anna Brekke by maren from 192.0.2.1 name:Anna Vale→Anna Brekke",
			"person_changed users/1 Anna Brekke by maren from 192.0.2.1 role:editor→admin",
			"person_changed users/1 Anna Brekke by maren from 192.0.2.1 role:admin→reviewer",
			"person_changed users/1 Anna Brekke by maren from 192.0.2.1 disabled:false→true",
			"sign_in_failed users/1 Anna Brekke by  from 192.0.2.7", // disabled
			"person_changed users/1 Anna Brekke by maren from 192.0.2.1 role:reviewer→editor disabled:true→false",
		)
		e.signIn(annasEmail, annasPassword)
	})
}

func TestChangeRefusals(t *testing.T) {
	e := newEnv(t)
	anna, maren := e.anna(), e.maren()
	before := storetest.LastEvent(t, e.db)
	for _, row := range []struct {
		name     string
		as       access.Actor
		id       int64
		revision int64
		c        Change
		want     errs.Code
	}{
		{"by nobody", access.Actor{}, anna.ID, 1, Change{Role: to("admin")}, errs.Forbidden},
		{"by a reviewer", access.Actor{UserID: anna.ID, Role: access.Reviewer}, anna.ID, 1, Change{Role: to("admin")}, errs.Forbidden},
		{"by an editor", access.Actor{UserID: anna.ID, Role: access.Editor}, anna.ID, 1, Change{Role: to("admin")}, errs.Forbidden},
		{"by a project's owner", access.Actor{UserID: anna.ID, Role: access.Owner}, anna.ID, 1, Change{Role: to("admin")}, errs.Forbidden},
		{"nobody", maren, 4711, 1, Change{Role: to("admin")}, errs.NotFound},
		{"stale", maren, anna.ID, 2, Change{Role: to("admin")}, errs.Stale},
		{"a role that only projects have", maren, anna.ID, 1, Change{Role: to("owner")}, errs.Invalid},
		{"no role", maren, anna.ID, 1, Change{Role: to("")}, errs.Invalid},
		{"no name", maren, anna.ID, 1, Change{Name: to(" ")}, errs.Invalid},
	} {
		_, err := e.s.Change(t.Context(), row.as, row.id, row.revision, row.c)
		if got := errs.CodeOf(err); got != row.want {
			t.Errorf("%s: got %q (%v), want %q", row.name, got, err, row.want)
		}
		var stale *errs.Error
		if errors.As(err, &stale) && stale.Code == errs.Stale && !reflect.DeepEqual(stale.Current, anna) {
			t.Errorf("current: got %+v, want %+v", stale.Current, anna)
		}
	}
	if now, _, err := e.s.Get(t.Context(), maren, anna.ID); err != nil || now != anna || storetest.LastEvent(t, e.db) != before {
		t.Errorf("a refusal left %+v, %v, or events", now, err)
	}
	_, _, err := e.s.Get(t.Context(), access.Actor{UserID: anna.ID, Role: access.Editor}, anna.ID)
	e.wantCode(err, errs.Forbidden)
	_, _, err = e.s.Get(t.Context(), maren, 4711)
	e.wantCode(err, errs.NotFound)
}

// Who takes away the last admin locks everybody out of settings and people for good.
func TestOneAdminStays(t *testing.T) {
	e := newEnv(t)
	maren, anna := e.maren(), e.anna()
	lose := func(t *testing.T, who int64, want errs.Code) {
		t.Helper()
		for _, c := range []Change{{Role: to("editor")}, {Disabled: to(true)}, {Role: to("reviewer"), Disabled: to(true)}} {
			now, _, err := e.s.Get(t.Context(), access.System, who)
			if err != nil {
				t.Fatal(err)
			}
			_, err = e.s.Change(t.Context(), maren, who, now.Revision, c)
			e.wantCode(err, want)
			if want == "" {
				storetest.Exec(t, e.db, `UPDATE users SET role = 'admin', disabled = FALSE WHERE id = ?`, who)
			}
		}
	}
	t.Run("the only one", func(t *testing.T) { lose(t, maren.UserID, errs.Conflict) })
	t.Run("beside a disabled one", func(t *testing.T) {
		storetest.Exec(t, e.db, `UPDATE users SET role = 'admin', disabled = TRUE WHERE id = ?`, anna.ID)
		lose(t, maren.UserID, errs.Conflict)
	})
	t.Run("beside one who cannot sign in yet", func(t *testing.T) {
		storetest.Exec(t, e.db, `UPDATE users SET disabled = FALSE, password_hash = '' WHERE id = ?`, anna.ID)
		lose(t, maren.UserID, errs.Conflict)
		lose(t, anna.ID, "") // the other way round
	})
	t.Run("beside another", func(t *testing.T) {
		storetest.Exec(t, e.db, `UPDATE users SET password_hash = 'x' WHERE id = ?`, anna.ID)
		lose(t, maren.UserID, "")
	})
	t.Run("renamed", func(t *testing.T) {
		storetest.Exec(t, e.db, `UPDATE users SET role = 'editor' WHERE id = ?`, anna.ID)
		now, _, err := e.s.Get(t.Context(), maren, maren.UserID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = e.s.Change(t.Context(), maren, maren.UserID, now.Revision, Change{Name: to("Maren O."), Role: to("admin")})
		e.wantCode(err, "")
	})
}

func TestFind(t *testing.T) {
	e := newEnv(t)
	anna, maren := e.anna(), e.maren()
	for _, who := range []string{" ANNA@merrow.example", "anna", "@anna"} {
		if p, err := e.s.Find(t.Context(), maren, who); err != nil || p != anna {
			t.Errorf("%s: got %+v, %v", who, p, err)
		}
	}
	for _, who := range []string{"", "Anna Vale", "%", "@", "anna@merrow"} {
		_, err := e.s.Find(t.Context(), maren, who)
		e.wantCode(err, errs.NotFound)
	}
	_, err := e.s.Find(t.Context(), access.Actor{UserID: anna.ID, Role: access.Editor}, "anna")
	e.wantCode(err, errs.Forbidden)
}

func TestGivePassword(t *testing.T) {
	e := newEnv(t)
	anna, maren := e.anna(), e.maren()
	token, _ := e.signIn(annasEmail, annasPassword)
	l := e.link(maren, anna.ID)
	before := storetest.LastEvent(t, e.db)
	p, err := e.s.GivePassword(t.Context(), access.System, anna.ID, newPassword)
	if err != nil || p.Revision != 2 || e.alive(token) {
		t.Errorf("got %+v, %v, or her session goes on", p, err)
	}
	if got := storetest.Events(t, e.db, before); !slices.Equal(got, []string{"session.ended user:1", "person.changed user:1", "person.changed site", "audit.added audit"}) {
		t.Errorf("events: got %v", got)
	}
	e.wantAudited(before, "password_changed users/1 Anna Vale by  from ")
	e.wantCode(e.setPassword(secret(l), newPassword, here), errs.Invalid)
	e.signIn(annasEmail, newPassword)
	before = storetest.LastEvent(t, e.db)
	for _, row := range []struct {
		as       access.Actor
		id       int64
		password string
		want     errs.Code
	}{
		{access.Actor{UserID: anna.ID, Role: access.Editor}, anna.ID, newPassword, errs.Forbidden},
		{access.System, anna.ID, "short", errs.Invalid},
		{access.System, 4711, newPassword, errs.NotFound},
	} {
		_, err := e.s.GivePassword(t.Context(), row.as, row.id, row.password)
		e.wantCode(err, row.want)
	}
	storetest.Exec(t, e.db, `UPDATE users SET disabled = TRUE WHERE id = ?`, anna.ID)
	_, err = e.s.GivePassword(t.Context(), access.System, anna.ID, newPassword)
	e.wantCode(err, errs.Conflict)
	if storetest.LastEvent(t, e.db) != before {
		t.Error("a refusal left events")
	}
}

// A database that comes out of a backup brings no session and no link back that was ended since.
func TestEndUnless(t *testing.T) {
	e := newEnv(t)
	maren, anna := e.maren(), e.anna()
	stays, _ := e.signIn(annasEmail, annasPassword)
	ended, _ := e.signIn(annasEmail, annasPassword)
	l := e.link(maren, anna.ID)
	var standing map[string]bool
	err := e.db.Read(t.Context(), func(tx *gorm.DB) (err error) {
		standing, err = Standing(tx)
		return err
	})
	if err != nil || len(standing) != 3 {
		t.Fatalf("got %v, %v", standing, err)
	}
	hash, _ := hashToken(ended)
	delete(standing, string(hash[:]))
	hash, _ = hashToken(secret(l))
	delete(standing, string(hash[:]))
	if err := e.db.Write(t.Context(), func(tx *gorm.DB) error { return EndUnless(tx, standing) }); err != nil {
		t.Fatal(err)
	}
	if !e.alive(stays) || e.alive(ended) {
		t.Error("the wrong session ended")
	}
	e.wantCode(e.setPassword(secret(l), newPassword, here), errs.Invalid)
}
