package main

import (
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/projects"
	"galley/store/storetest"
	"galley/users"
)

func TestMayHear(t *testing.T) {
	a := newTestApp(t)
	actors := map[string]access.Actor{}
	for name, role := range map[string]access.Role{"Maren": access.Admin, "Anna": access.Editor, "Ilse": access.Reviewer} {
		email := name + "@merrow.example"
		if _, err := a.users.Add(t.Context(), access.System, users.NewPerson{Name: name, Email: email, Role: role, Password: testPassword}); err != nil {
			t.Fatal(err)
		}
		token, _, err := a.users.SignIn(t.Context(), users.Credentials{Email: email, Password: testPassword}, users.Client{}, "")
		if err != nil {
			t.Fatal(err)
		}
		if actors[name], err = a.users.Authenticate(t.Context(), token, true); err != nil {
			t.Fatal(err)
		}
	}
	open, _, err := a.projects.Create(t.Context(), actors["Anna"], projects.Draft{Name: "For everyone"})
	if err != nil {
		t.Fatal(err)
	}
	closed, _, err := a.projects.Create(t.Context(), actors["Maren"], projects.Draft{Name: "For members"})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Exec(t, a.db, `UPDATE projects SET visibility = 'members' WHERE id = ?`, closed.ID)
	storetest.Exec(t, a.db, `INSERT INTO members (project_id, user_id, role) VALUES (?, ?, 'reviewer')`, closed.ID, actors["Ilse"].UserID)
	hears := func(who, topic string) errs.Code {
		err := a.db.Read(t.Context(), func(tx *gorm.DB) error { return mayHear(a.users)(tx, actors[who], topic) })
		return errs.CodeOf(err)
	}
	openTopic, closedTopic := fmt.Sprintf("project:%d", open.ID), fmt.Sprintf("project:%d", closed.ID)
	annas := fmt.Sprintf("user:%d", actors["Anna"].UserID)
	for _, row := range []struct {
		who, topic string
		want       errs.Code
	}{
		{"Ilse", "projects", ""},
		{"Ilse", "content", ""},
		{"Ilse", "site", ""},
		{"Ilse", openTopic, ""},
		{"Ilse", closedTopic, ""},
		{"Anna", closedTopic, errs.NotFound},
		{"Maren", closedTopic, ""},
		{"Maren", "audit", ""},
		{"Anna", "audit", errs.NotFound},
		{"Ilse", "audit", errs.NotFound},
		{"Anna", annas, ""},
		{"Ilse", annas, errs.NotFound},
		{"Maren", annas, errs.NotFound}, // not even an admin hears what concerns somebody else alone
		{"Maren", "project:4711", errs.NotFound},
		{"Maren", "user:self", errs.NotFound},
		{"Maren", "project:01", errs.NotFound},
		{"Maren", "project:", errs.NotFound},
		{"Maren", "*", errs.NotFound},
		{"Maren", "", errs.NotFound},
	} {
		if got := hears(row.who, row.topic); got != row.want {
			t.Errorf("%s on %q: got %q, want %q", row.who, row.topic, got, row.want)
		}
	}
	if err := a.users.SignOutEverywhere(t.Context(), actors["Anna"]); err != nil {
		t.Fatal(err)
	}
	storetest.Exec(t, a.db, `UPDATE users SET disabled = TRUE WHERE id = ?`, actors["Ilse"].UserID)
	storetest.Exec(t, a.db, `UPDATE sessions SET expires_at = ? WHERE user_id = ?`, time.Now().UTC().Add(-time.Second), actors["Maren"].UserID)
	for who, want := range map[string]errs.Code{"Anna": errs.Unauthenticated, "Ilse": errs.Forbidden, "Maren": errs.Unauthenticated} {
		if got := hears(who, "site"); got != want {
			t.Errorf("%s afterwards: got %q, want %q", who, got, want)
		}
	}
}
