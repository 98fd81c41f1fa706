// Package projects is the project itself, who belongs to it and which items it holds, and the one door through which
// everything in a project is reached (Require). It must never know what an item's text looks like.
package projects

import (
	"strings"
	"time"
	"unicode/utf8"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
)

// States of a project.
const (
	Active        = "active"
	Scheduled     = "scheduled"
	Publishing    = "publishing"
	Published     = "published"
	PublishFailed = "publish_failed"
	Archived      = "archived"
)

// Who may see a project.
const (
	Everyone = "everyone"
	Members  = "members"
)

// Limits of what people write about a project, in characters.
const (
	maxName        = 120
	maxDescription = 2000
)

// Project is a row of projects.
type Project struct {
	ID              int64   `json:"id"`
	Name            string  `json:"name"`
	Description     string  `json:"description"`
	DueOn           *string `json:"due_on"`
	State           string  `json:"state"`
	Visibility      string  `json:"visibility"`
	OwnerID         int64   `json:"-"`
	CreatedBy       int64   `json:"-"`
	store.ClientKey `gorm:"embedded"`
	Revision        int64     `json:"revision"`
	CreatedAt       time.Time `json:"created_at"`
	UpdatedAt       time.Time `json:"updated_at"`
}

// Counts is how many items of a project are in each state.
type Counts struct {
	Draft               int `json:"draft"`
	InReview            int `json:"in_review"`
	Rejected            int `json:"rejected"`
	Ready               int `json:"ready"`
	Scheduled           int `json:"scheduled"`
	Published           int `json:"published"`
	PreviouslyPublished int `json:"previously_published"`
}

// View is a project as it is answered and sent; My and May are left out of events.
type View struct {
	Project
	Owner    access.Person `json:"owner"`
	Counts   Counts        `json:"counts"`
	Archived bool          `json:"archived"`
	My       *My           `json:"my,omitempty"`
	May      access.May    `json:"may,omitempty"`

	memberRole *string
}

// My is what depends on who looks.
type My struct {
	Active bool `json:"active"` // my edits go here
	Watch
	Unread Unread `json:"unread"`
}

// Unread is what others did in a project since one looked, or since one came here: each counted up to 100.
type Unread struct {
	Items    int `json:"items"` // that others changed last
	Comments int `json:"comments"`
}

// Overview is one project with what its page shows first.
type Overview struct {
	View
	Items     []Item          `json:"items"`
	ItemsNext *string         `json:"items_next"` // cursor for GET …/items, where there are more
	Members   []Member        `json:"members"`
	Topic     string          `json:"topic"`
	Position  events.Position `json:"position"`
}

// Draft is a project to be created.
type Draft struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	DueOn       *string         `json:"due_on"`
	Key         store.ClientKey `json:"-"`
}

func (d *Draft) validate() error {
	var wrong errs.Fields
	d.Name = checkName(&wrong, d.Name)
	checkDescription(&wrong, d.Description)
	if d.DueOn != nil {
		checkDay(&wrong, *d.DueOn)
	}
	return wrong.Err()
}

// Edit is a change of a project; what is nil stays. DueOn "" takes the date away.
type Edit struct {
	Name        *string
	Description *string
	DueOn       *string
	Visibility  *string
	Archived    *bool
}

func (e *Edit) validate() error {
	var wrong errs.Fields
	if e.Name != nil {
		name := checkName(&wrong, *e.Name)
		e.Name = &name
	}
	if e.Description != nil {
		checkDescription(&wrong, *e.Description)
	}
	if e.DueOn != nil && *e.DueOn != "" {
		checkDay(&wrong, *e.DueOn)
	}
	if e.Visibility != nil && *e.Visibility != Everyone && *e.Visibility != Members {
		wrong.Add("visibility", "One of: everyone, members.")
	}
	return wrong.Err()
}

func checkName(wrong *errs.Fields, name string) string {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		wrong.Add("name", "A project needs a name.")
	case utf8.RuneCountInString(name) > maxName:
		wrong.Add("name", "At most %d characters.", maxName)
	}
	return name
}

func checkDescription(wrong *errs.Fields, description string) {
	if utf8.RuneCountInString(description) > maxDescription {
		wrong.Add("description", "At most %d characters.", maxDescription)
	}
}

func checkDay(wrong *errs.Fields, day string) {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		wrong.Add("due_on", "A day such as 2026-12-24.")
	}
}
