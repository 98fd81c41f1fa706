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
	"galley/store/storetest"
)

func TestAdd(t *testing.T) {
	e := newEnv(t)
	anna := e.anna()
	n := NewPerson{Name: "Tomas Brekke", Email: "tomas@merrow.example", Role: access.Reviewer, Password: "signal-box-north"}
	t.Run("only by admins", func(t *testing.T) {
		for _, role := range []access.Role{access.None, access.Reviewer, access.Editor, access.Owner} {
			_, err := e.s.Add(t.Context(), access.Actor{UserID: anna.ID, Role: role}, n)
			e.wantCode(err, errs.Forbidden)
		}
	})
	t.Run("and can sign in", func(t *testing.T) {
		p, err := e.s.Add(t.Context(), access.Actor{UserID: anna.ID, Role: access.Admin}, n)
		if err != nil || p.Handle != "tomas" || p.Role != "reviewer" || p.Revision != 1 {
			t.Fatalf("got %+v, %v", p, err)
		}
		if _, a := e.signIn(n.Email, n.Password); a.UserID != p.ID || a.Role != access.Reviewer {
			t.Errorf("got %+v", a)
		}
	})
	t.Run("an address is one person's", func(t *testing.T) {
		other := n
		other.Name, other.Email = "Another Tomas", "TOMAS@merrow.example"
		_, err := e.s.Add(t.Context(), access.System, other)
		var got *errs.Error
		if !errors.As(err, &got) || got.Code != errs.Conflict || got.Fields["email"] == "" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("roles of projects are none of the installation's", func(t *testing.T) {
		other := n
		other.Email, other.Role = "owner@merrow.example", access.Owner
		_, err := e.s.Add(t.Context(), access.System, other)
		e.wantCode(err, errs.Invalid)
	})
	if got := e.number(`SELECT count(*) FROM users`); got != 2 {
		t.Errorf("%d people, want 2", got)
	}
}

func TestHandles(t *testing.T) {
	e := newEnv(t)
	for i, row := range []struct{ name, email, want string }{
		{"Anna Vale", "av@x.example", "anna"},
		{"Anna Vale", "anna@x.example", "anna.vale"},
		{"Anna Vale", "a.v@x.example", "a.v"},
		{"Anna Vale", "anna@y.example", "person"},
		{"Anna Vale", "anna@z.example", "anna2"},
		{"Anna Vale", "anna@u.example", "anna3"},
		{"Søren Ängström-Łukaš", "s@x.example", "soren"},
		{"Søren Ängström-Łukaš", "soren@x.example", "soren.angstrom-lukas"},
		{"李小龍", "bruce.lee@x.example", "bruce.lee"},
		{"@@@", "__@x.example", "person2"},
		{"Admins", "admins@x.example", "person3"}, // @admins are all admins
		{"Editors", "the.editors@x.example", "the.editors"},
		{"Reviewers Desk", "r@x.example", "reviewers.desk"},
		{strings.Repeat("x", 90), "long@x.example", strings.Repeat("x", 40)},
		{strings.Repeat("z", 39) + "-" + strings.Repeat("z", 50), "z@x.example", strings.Repeat("z", 39)},
	} {
		if got := e.add(row.name, row.email, access.Editor, annasPassword).Handle; got != row.want {
			t.Errorf("person %d, %s <%s>: got %q, want %q", i, row.name, row.email, got, row.want)
		}
	}
}

func TestList(t *testing.T) {
	e := newEnv(t)
	anna := e.anna()
	e.add("Maren Oduya", "maren@merrow.example", access.Admin, annasPassword)
	e.add("Ilse 100%", "ilse_k@merrow.example", access.Reviewer, annasPassword)
	_, _, err := e.s.List(t.Context(), access.Actor{UserID: anna.ID, Role: access.Editor}, Filter{Limit: 50})
	e.wantCode(err, errs.Forbidden)
	list, at, err := e.s.List(t.Context(), access.System, Filter{Limit: 1})
	if err != nil || len(list) != 2 || list[0] != anna || list[1].Role != "admin" || at.Epoch == "" {
		t.Errorf("got %+v at %v, %v", list, at, err)
	}
	for _, row := range []struct {
		name string
		f    Filter
		want string
	}{
		{"after Anna", Filter{After: anna.ID}, "maren ilse"},
		{"a role", Filter{Role: "admin"}, "maren"},
		{"a role, after all who have it", Filter{Role: "editor", After: anna.ID}, ""},
		{"part of a name", Filter{Query: "ODUY"}, "maren"},
		{"part of a handle", Filter{Query: "ils"}, "ilse"},
		{"part of an address", Filter{Query: "@MERROW"}, "anna maren ilse"},
		{"a role and a part", Filter{Role: "editor", Query: "merrow"}, "anna"},
		{"no wildcards", Filter{Query: "%"}, "ilse"},
		{"nor single ones", Filter{Query: "_"}, "ilse"},
		{"nobody", Filter{Query: `\`}, ""},
	} {
		row.f.Limit = 50
		list, _, err := e.s.List(t.Context(), access.System, row.f)
		var got []string
		for _, p := range list {
			got = append(got, p.Handle)
		}
		if err != nil || strings.Join(got, " ") != row.want {
			t.Errorf("%s: got %v, %v, want %s", row.name, got, err, row.want)
		}
	}
}

func TestEditMe(t *testing.T) {
	e := newEnv(t)
	anna := e.anna()
	_, a := e.signIn(annasEmail, annasPassword)
	text := func(s string) *string { return &s }
	t.Run("name and time zone", func(t *testing.T) {
		before := storetest.LastEvent(t, e.db)
		p, err := e.s.EditMe(t.Context(), a, 1, Edit{Name: text("  Anna   Vale-Brekke "), TimeZone: text("Europe/Oslo")}, here)
		if err != nil || p.Name != "Anna Vale-Brekke" || p.TimeZone != "Europe/Oslo" || p.Revision != 2 || p.Handle != "anna" {
			t.Fatalf("got %+v, %v", p, err)
		}
		if again, err := e.s.Me(t.Context(), a); err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("read back %+v, %v", again, err)
		}
		e.wantAudited(before, "person_changed users/1 Anna Vale-Brekke by anna from  name:Anna Vale→Anna Vale-Brekke")
		logged := e.logged(before)
		if len(logged) != 2 || logged[0].Type != "person.changed" || logged[0].Topic != fmt.Sprintf("user:%d", anna.ID) {
			t.Fatalf("got %+v", logged)
		}
		if want := `{"id":1,"name":"Anna Vale-Brekke","handle":"anna","role":"editor","disabled":false,"revision":2}`; logged[1].Type != "person.changed" || logged[1].Topic != "site" || string(logged[1].Data) != want {
			t.Errorf("everybody is told %s %s: %s", logged[1].Type, logged[1].Topic, logged[1].Data)
		}
		var data map[string]any
		if err := json.Unmarshal(logged[0].Data, &data); err != nil || data["name"] != p.Name || data["revision"] != 2.0 {
			t.Errorf("got %v, %v", data, err)
		}
		if id, has := data["active_project_id"]; !has || id != nil {
			t.Errorf("active project: got %v, %v", id, has)
		}
	})
	t.Run("stale", func(t *testing.T) {
		_, err := e.s.EditMe(t.Context(), a, 1, Edit{Name: text("Somebody")}, here)
		var got *errs.Error
		if !errors.As(err, &got) || got.Code != errs.Stale || got.Current.(Person).Name != "Anna Vale-Brekke" {
			t.Errorf("got %+v", err)
		}
	})
	t.Run("invalid", func(t *testing.T) {
		for field, bad := range map[string]Edit{
			"name":             {Name: text("")},
			"time_zone":        {TimeZone: text("Mars/Olympus")},
			"password":         {Password: text("short"), CurrentPassword: text(annasPassword)},
			"current_password": {Password: text("long enough now")},
		} {
			_, err := e.s.EditMe(t.Context(), a, 2, bad, here)
			var got *errs.Error
			if !errors.As(err, &got) || got.Code != errs.Invalid || len(got.Fields) != 1 || got.Fields[field] == "" {
				t.Errorf("%s: got %+v", field, err)
			}
		}
	})
	t.Run("password", func(t *testing.T) {
		phone, _ := e.signIn(annasEmail, annasPassword)
		mine, a := e.signIn(annasEmail, annasPassword)
		before := storetest.LastEvent(t, e.db)
		_, err := e.s.EditMe(t.Context(), a, 2, Edit{Password: text("a new long one"), CurrentPassword: text("not the old one")}, here)
		var got *errs.Error
		if !errors.As(err, &got) || got.Code != errs.Invalid || got.Fields["current_password"] == "" {
			t.Fatalf("wrong one of now: got %v", err)
		}
		if !e.alive(phone) || storetest.LastEvent(t, e.db) != before {
			t.Error("a refusal did something")
		}
		if _, err = e.s.EditMe(t.Context(), a, 2, Edit{Password: text("a new long one"), CurrentPassword: text(annasPassword)}, here); err != nil {
			t.Fatal(err)
		}
		if e.alive(phone) || !e.alive(mine) {
			t.Error("the other session lives on, or this one does not")
		}
		e.wantAudited(before, "password_changed users/1 Anna Vale-Brekke by anna from ")
		_, _, err = e.s.SignIn(t.Context(), Credentials{Email: annasEmail, Password: annasPassword}, here, "")
		e.wantCode(err, errs.Unauthenticated)
		e.signIn(annasEmail, "a new long one")
		types := slices.DeleteFunc(storetest.Events(t, e.db, before), func(event string) bool { return event == "audit.added audit" })
		if len(types) != 4 || !strings.HasPrefix(types[0], "session.ended") || !strings.HasPrefix(types[2], "person.changed user:") || types[3] != "person.changed site" { // two others were signed in
			t.Errorf("got %v", types)
		}
	})
	// Who finds a browser signed in must not guess the password at leisure.
	t.Run("guesses are limited", func(t *testing.T) {
		for range 5 {
			_, err := e.s.EditMe(t.Context(), a, 3, Edit{Password: text("a new long one"), CurrentPassword: text("a guess")}, here)
			e.wantCode(err, errs.Invalid)
		}
		_, err := e.s.EditMe(t.Context(), a, 3, Edit{Password: text("a new long one"), CurrentPassword: text("a guess")}, here)
		e.wantCode(err, errs.RateLimited)
	})
}

func TestActiveProjectInTheSession(t *testing.T) {
	e := newEnv(t)
	anna := e.anna()
	maren := e.add("Maren Oduya", "maren@merrow.example", access.Admin, annasPassword)
	storetest.Exec(t, e.db, `INSERT INTO projects (id, name, description, owner_id, created_at, updated_at) VALUES (7, 'Coast Pass launch', '', ?, ?, ?)`, maren.ID, "2026-03-10", "2026-03-10")
	a := access.Actor{UserID: anna.ID, Name: anna.Name, Handle: anna.Handle, Role: access.Editor}
	seven := int64(7)
	set := func(id *int64) {
		t.Helper()
		if err := e.db.Write(t.Context(), func(tx *gorm.DB) error { return SetActiveProject(tx, a, id) }); err != nil {
			t.Fatal(err)
		}
	}
	session := func() (v Session) {
		t.Helper()
		err := e.db.Read(t.Context(), func(tx *gorm.DB) (err error) {
			v, err = SessionOf(tx, a)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	before := storetest.LastEvent(t, e.db)
	set(&seven)
	if got := session(); got.ActiveProjectID == nil || *got.ActiveProjectID != 7 || got.ActiveProject.Name != "Coast Pass launch" {
		t.Errorf("got %+v", got)
	}
	set(&seven) // again: nothing to tell
	logged := e.logged(before)
	if len(logged) != 1 || logged[0].Type != "person.changed" || !strings.Contains(string(logged[0].Data), `"active_project_id":7`) {
		t.Errorf("got %+v", logged)
	}
	for _, row := range []struct {
		now     string
		visible bool
	}{
		{`UPDATE projects SET visibility = 'members'`, false},
		{`INSERT INTO members (project_id, user_id, role) VALUES (7, 1, 'reviewer')`, true},
		{`DELETE FROM members`, false},
		{`UPDATE projects SET owner_id = 1`, true},
	} {
		storetest.Exec(t, e.db, row.now)
		if got := session(); (got.ActiveProject != nil) != row.visible || (got.ActiveProjectID != nil) != row.visible {
			t.Errorf("after %s: got %v", row.now, got.ActiveProject)
		}
	}
	set(nil)
	if got := session(); got.ActiveProjectID != nil || got.ActiveProject != nil {
		t.Errorf("got %+v", got)
	}
}
