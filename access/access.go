// Package access says who acts and how roles compare. It knows no rows and no routes.
package access

import (
	"fmt"

	"galley/errs"
)

// Role is ordered: a higher role may all that a lower one may.
type Role int

// The roles of the installation (Reviewer, Editor, Admin) and of a project (Reviewer, Editor, Owner).
const (
	None Role = iota
	Reviewer
	Editor
	Owner
	Admin
)

var roleNames = map[Role]string{Reviewer: "reviewer", Editor: "editor", Owner: "owner", Admin: "admin"}

// String is the role's name, "" for None.
func (r Role) String() string { return roleNames[r] }

// ParseRole reads a role's name; ok is false for anything else.
func ParseRole(name string) (Role, bool) {
	for r, n := range roleNames {
		if n == name {
			return r, true
		}
	}
	return None, false
}

// Actor is who acts: a person by way of a session, or the system.
type Actor struct {
	UserID    int64
	Name      string
	Handle    string
	Role      Role   // of the installation: Reviewer, Editor or Admin
	SessionID int64  // 0 where no browser session is behind it
	Address   string // from where; "" where no request is behind it
}

// Person is how people stand in answers and events.
type Person struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Handle string `json:"handle"`
}

// Person is the actor as others see them.
func (a Actor) Person() Person { return Person{ID: a.UserID, Name: a.Name, Handle: a.Handle} }

// System acts for jobs, the command line and the demo.
var System = Actor{Name: "Galley", Role: Admin}

// IsAdmin tells whether everything is allowed to the actor.
func (a Actor) IsAdmin() bool { return a.Role == Admin }

// Permission is the answer to "may I?", with the reason when not; the browser shows it as it is.
type Permission struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitempty"`
}

// May holds the permissions of one viewer on one resource, by act.
type May map[string]Permission

// Act is something a person may do in a project, with the least role it needs.
type Act struct {
	Needs Role
	verb  string
}

// The acts of API.md, "Who may do what". The same values answer in the UI (may) and guard the services.
var (
	See              = Act{Reviewer, "see this"}
	Comment          = Act{Reviewer, "comment"}
	EditContent      = Act{Editor, "edit content"}
	ArrangeItems     = Act{Editor, "add, remove and sort items"}
	SetReady         = Act{Editor, "set items ready"}
	Publish          = Act{Editor, "publish"}
	EditProject      = Act{Editor, "change a project"}
	ArchiveProject   = Act{Editor, "archive a project"}
	CreateProject    = Act{Editor, "create projects"}
	DeleteProject    = Act{Owner, "delete a project"}
	ManageMembers    = Act{Owner, "decide who sees it"}
	DeleteAnyComment = Act{Owner, "delete somebody else's comment"}
	Administer       = Act{Admin, "change settings"}
	ManagePeople     = Act{Admin, "manage people"}
	ReadAudit        = Act{Admin, "read the audit log"}
)

// Allow answers whether somebody in the role may do the act, and why not.
func (act Act) Allow(role Role) Permission {
	if role >= act.Needs {
		return Permission{Allowed: true}
	}
	return Permission{Reason: fmt.Sprintf("Only %s %s.", whoHas(act.Needs), act.verb)}
}

// Check is Allow as an error: Forbidden with the same sentence, or nil.
func (act Act) Check(role Role) error {
	if p := act.Allow(role); !p.Allowed {
		return errs.New(errs.Forbidden, "%s", p.Reason)
	}
	return nil
}

func whoHas(role Role) string {
	switch role {
	case Reviewer:
		return "people with access"
	case Editor:
		return "editors"
	case Owner:
		return "the project's owner and admins"
	default:
		return "admins"
	}
}
