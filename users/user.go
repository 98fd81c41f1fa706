// Package users knows people and their sessions: who may sign in, who is signed in, and how that ends. It must never know
// what people work on.
package users

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"galley/access"
	"galley/errs"
	"galley/store"
)

// Person is somebody who may sign in, as they themselves and admins see them.
type Person struct {
	ID          int64      `json:"id"`
	Name        string     `json:"name"`
	Handle      string     `json:"handle"`
	Email       string     `json:"email"`
	Role        string     `json:"role"`
	Disabled    bool       `json:"disabled"`
	TimeZone    string     `json:"time_zone"`
	HasPassword bool       `json:"has_password"` // false until an invitation has been taken up
	Revision    int64      `json:"revision"`
	CreatedAt   time.Time  `json:"created_at"`
	LastSeenAt  *time.Time `json:"last_seen_at"` // to the minute; nil for somebody who was never here
}

// TableName is where gorm finds people.
func (Person) TableName() string { return "users" }

// NewPerson is what it takes to let somebody in.
type NewPerson struct {
	Name     string
	Email    string
	Role     access.Role
	Password string
	Key      store.ClientKey
}

// Draft is somebody to be let in, as an admin asks for it.
type Draft struct {
	Name     string          `json:"name"`
	Email    string          `json:"email"`
	Role     string          `json:"role"`
	Password *string         `json:"password" null:"no"` // nil invites them to set one
	Key      store.ClientKey `json:"-"`
}

// Edit is what people may change of themselves; nil leaves a field alone.
type Edit struct {
	Name            *string `json:"name" null:"no"`
	TimeZone        *string `json:"time_zone" null:"no"`
	CurrentPassword *string `json:"current_password" null:"no"`
	Password        *string `json:"password" null:"no"`
}

// Change is what admins may change of anybody; nil leaves a field alone.
type Change struct {
	Name     *string `json:"name" null:"no"`
	Role     *string `json:"role" null:"no"`
	Disabled *bool   `json:"disabled" null:"no"`
}

// Groups are the handles that stand for everybody with a role. Nobody has one of them for a name.
var Groups = map[string]access.Role{"admins": access.Admin, "editors": access.Editor, "reviewers": access.Reviewer}

const (
	maxName     = 100 // characters
	maxEmail    = 254 // bytes, RFC 5321 with erratum 1690
	minPassword = 12  // characters
	maxPassword = 200 // characters
	maxHandle   = 40  // bytes
)

func (n *NewPerson) validate() error {
	var wrong errs.Fields
	n.check(&wrong)
	checkPassword(&wrong, "password", n.Password)
	return wrong.Err()
}

func (n *NewPerson) check(wrong *errs.Fields) {
	n.Name = checkName(wrong, n.Name)
	n.Email = checkEmail(wrong, n.Email)
	checkRole(wrong, n.Role)
}

// person is the draft as a NewPerson, checked.
func (d Draft) person() (NewPerson, error) {
	role, _ := access.ParseRole(d.Role)
	n := NewPerson{Name: d.Name, Email: d.Email, Role: role, Key: d.Key}
	var wrong errs.Fields
	n.check(&wrong)
	if d.Password != nil {
		n.Password = *d.Password
		checkPassword(&wrong, "password", n.Password)
	}
	return n, wrong.Err()
}

func (e *Edit) validate() error {
	var wrong errs.Fields
	if e.Name != nil {
		*e.Name = checkName(&wrong, *e.Name)
	}
	if e.TimeZone != nil {
		if _, err := time.LoadLocation(*e.TimeZone); err != nil || *e.TimeZone == "Local" {
			wrong.Add("time_zone", "This is not the name of a time zone, such as Europe/Oslo.")
		}
	}
	if e.Password != nil {
		checkPassword(&wrong, "password", *e.Password)
		if e.CurrentPassword == nil || *e.CurrentPassword == "" {
			wrong.Add("current_password", "Give your password of now to change it.")
		}
	}
	return wrong.Err()
}

func (c *Change) validate() error {
	var wrong errs.Fields
	if c.Name != nil {
		*c.Name = checkName(&wrong, *c.Name)
	}
	if c.Role != nil {
		role, _ := access.ParseRole(*c.Role)
		checkRole(&wrong, role)
	}
	return wrong.Err()
}

// checkRole takes the roles of the installation, not those that only projects have.
func checkRole(wrong *errs.Fields, role access.Role) {
	if role != access.Reviewer && role != access.Editor && role != access.Admin {
		wrong.Add("role", "One of: admin, editor, reviewer.")
	}
}

func checkName(wrong *errs.Fields, name string) string {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "":
		wrong.Add("name", "Give a name.")
	case utf8.RuneCountInString(name) > maxName:
		wrong.Add("name", "At most %d characters.", maxName)
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		wrong.Add("name", "A name has no control characters.")
	}
	return name
}

func checkEmail(wrong *errs.Fields, email string) string {
	email = foldEmail(email)
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email || len(email) > maxEmail {
		wrong.Add("email", "This is not an e-mail address.")
	}
	return email
}

// foldEmail makes the spellings of one address alike.
func foldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func checkPassword(wrong *errs.Fields, field, password string) {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword:
		wrong.Add(field, "At least %d characters.", minPassword)
	case n > maxPassword:
		wrong.Add(field, "At most %d characters.", maxPassword)
	}
}

// unaccented are the Latin letters that have no decomposition in Unicode.
var unaccented = strings.NewReplacer("ß", "ss", "ø", "o", "æ", "ae", "œ", "oe", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")

// handlesFor lists what a person may be called after an @, best first: the first name, the full name, the e-mail's local
// part. Whoever tries them all appends numbers to the last.
func handlesFor(name, email string) []string {
	local, _, _ := strings.Cut(email, "@")
	first, _, _ := strings.Cut(name, " ")
	var list []string
	for _, from := range []string{first, name, local, "person"} {
		if h := foldHandle(from); h != "" && Groups[h] == access.None {
			list = append(list, h)
		}
	}
	return list
}

// foldHandle leaves a-z, 0-9 and single dots, dashes and underscores between them.
func foldHandle(from string) string {
	folded := norm.NFD.String(unaccented.Replace(strings.ToLower(from)))
	var b strings.Builder
	gap := byte(0)
	for _, r := range folded {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap != 0 && b.Len() > 0 {
				b.WriteByte(gap)
			}
			gap = 0
			b.WriteByte(byte(r))
		case r == '-' || r == '_':
			gap = byte(r)
		case r == ' ' || r == '.':
			gap = '.'
		}
	}
	return strings.TrimRight(b.String()[:min(b.Len(), maxHandle)], ".-_")
}
