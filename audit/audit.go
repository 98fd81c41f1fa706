// Package audit keeps what admins may want to look up later: who signed in, and who changed rights, settings and what the
// public sees. It must never know what any of that is for.
package audit

import (
	"time"

	"galley/access"
)

// Kind is what happened.
type Kind string

// The kinds, each with its subject.
const (
	SignedIn            Kind = "signed_in"             // users/ID
	SignInFailed        Kind = "sign_in_failed"        // users/ID of whose e-mail was given, "" where it is nobody's
	SignedOutEverywhere Kind = "signed_out_everywhere" // users/ID
	PasswordChanged     Kind = "password_changed"      // users/ID
	LinkMade            Kind = "link_made"             // users/ID
	PersonAdded         Kind = "person_added"          // users/ID; their role
	PersonChanged       Kind = "person_changed"        // users/ID; name, role, disabled
	SettingsChanged     Kind = "settings_changed"      // settings; each setting
	VisibilityChanged   Kind = "visibility_changed"    // projects/ID; visibility
	MemberAdded         Kind = "member_added"          // projects/ID; the person and their role
	MemberChanged       Kind = "member_changed"        // projects/ID; the person and their role
	MemberRemoved       Kind = "member_removed"        // projects/ID; the person and their role
	ProjectDeleted      Kind = "project_deleted"       // projects/ID
	Published           Kind = "published"             // projects/ID; how many items
	Restored            Kind = "restored"              // database; the name of the backup
)

// Kinds are all of them.
var Kinds = []Kind{
	SignedIn, SignInFailed, SignedOutEverywhere, PasswordChanged, LinkMade, PersonAdded, PersonChanged, SettingsChanged,
	VisibilityChanged, MemberAdded, MemberChanged, MemberRemoved, ProjectDeleted, Published, Restored,
}

// Entry is one thing that happened, as it is answered and sent.
type Entry struct {
	ID        int64          `json:"id"`
	Kind      Kind           `json:"kind"`
	Actor     *access.Person `json:"actor"` // nil for the command line, and where nobody is known to have done it
	Subject   string         `json:"subject"`
	Detail    Detail         `json:"detail"`
	Address   string         `json:"address"` // of the browser; "" where there was none
	CreatedAt time.Time      `json:"created_at"`
}

// Detail is what makes an entry readable when its subject has changed since, or is gone. Never a secret.
type Detail struct {
	Name    string         `json:"name"`   // of the subject, as it was called then
	Person  *access.Person `json:"person"` // whom it was about, besides the subject
	Changes []Change       `json:"changes"`
}

// Change is one field; Before and After are texts, numbers, booleans or nil for nothing.
type Change struct {
	Field  string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// Differences keeps those changes that changed something.
func Differences(all ...Change) []Change {
	out := []Change{}
	for _, c := range all {
		if c.Before != c.After {
			out = append(out, c)
		}
	}
	return out
}

// keepFor is how long entries are kept: a year, and time to look back at it.
const keepFor = 400 * 24 * time.Hour
