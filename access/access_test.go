package access_test

import (
	"strings"
	"testing"

	"galley/access"
	"galley/errs"
)

// Who may do what, as the contract has it: the least role for each act, and every other against it.
func TestWhoMayDoWhat(t *testing.T) {
	roles := []access.Role{access.None, access.Reviewer, access.Editor, access.Owner, access.Admin}
	for _, row := range []struct {
		name  string
		act   access.Act
		least access.Role
		says  string // to whoever may not
	}{
		{"see", access.See, access.Reviewer, "Only people with access see this."},
		{"comment", access.Comment, access.Reviewer, "Only people with access comment."},
		{"edit content", access.EditContent, access.Editor, "Only editors edit content."},
		{"arrange items", access.ArrangeItems, access.Editor, "Only editors add, remove and sort items."},
		{"set ready", access.SetReady, access.Editor, "Only editors set items ready."},
		{"publish", access.Publish, access.Editor, "Only editors publish."},
		{"edit a project", access.EditProject, access.Editor, "Only editors change a project."},
		{"create a project", access.CreateProject, access.Editor, "Only editors create projects."},
		{"delete a project", access.DeleteProject, access.Owner, "Only the project's owner and admins delete a project."},
		{"delete another's comment", access.DeleteAnyComment, access.Owner, "Only the project's owner and admins delete somebody else's comment."},
		{"administer", access.Administer, access.Admin, "Only admins change settings."},
	} {
		for _, role := range roles {
			may, err := row.act.Allow(role), row.act.Check(role)
			switch {
			case role >= row.least:
				if !may.Allowed || may.Reason != "" || err != nil {
					t.Errorf("%s as %q: got %+v, %v, want it allowed", row.name, role, may, err)
				}
			case may.Allowed || may.Reason != row.says || errs.CodeOf(err) != errs.Forbidden || !strings.Contains(err.Error(), row.says):
				t.Errorf("%s as %q: got %+v, %v, want %q", row.name, role, may, err, row.says)
			}
		}
	}
}

func TestRolesByName(t *testing.T) {
	for name, want := range map[string]access.Role{"reviewer": access.Reviewer, "editor": access.Editor, "owner": access.Owner, "admin": access.Admin} {
		if got, ok := access.ParseRole(name); !ok || got != want || got.String() != name {
			t.Errorf("%s: got %v %q, %v", name, got, got, ok)
		}
	}
	for _, name := range []string{"", "Admin", "admin ", "root", "none"} {
		if got, ok := access.ParseRole(name); ok || got != access.None {
			t.Errorf("%q: got %q, %v, want no role", name, got, ok)
		}
	}
}

// Nothing but the role Admin opens everything: an owner owns one project, and nobody is nobody.
func TestAdminsAlone(t *testing.T) {
	for role, want := range map[access.Role]bool{access.None: false, access.Reviewer: false, access.Editor: false, access.Owner: false, access.Admin: true} {
		if got := (access.Actor{Role: role}).IsAdmin(); got != want {
			t.Errorf("%q: got %v", role, got)
		}
	}
	if !access.System.IsAdmin() || access.System.UserID != 0 {
		t.Errorf("the system is %+v", access.System)
	}
}
