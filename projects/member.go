package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/errs"
	"galley/events"
	"galley/notifications"
	"galley/store"
)

// Member is somebody's place in a project.
type Member struct {
	User access.Person `json:"user"`
	Role string        `json:"role"`
}

// Membership is the role that somebody is to have in a project.
type Membership struct {
	Role string `json:"role"`
}

func (m Membership) validate() error {
	var wrong errs.Fields
	if !slices.Contains([]string{access.Owner.String(), access.Editor.String(), access.Reviewer.String()}, m.Role) {
		wrong.Add("role", "One of: owner, editor, reviewer.")
	}
	return wrong.Err()
}

// MemberPage is one page of a project's members, one row more than the limit where there is a next page.
type MemberPage struct {
	Rows     []Member
	Position events.Position
}

// Members is a page of the project's members. after is the id of the last person of the page before. NotFound to a stranger.
func (s *Service) Members(ctx context.Context, a access.Actor, projectID, after int64, limit int) (MemberPage, error) {
	var page MemberPage
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if _, err = Require(tx, a, projectID, access.See); err != nil {
			return err
		}
		if page.Rows, err = members(tx, projectID, after, limit+1); err != nil {
			return err
		}
		page.Position, err = events.Here(tx)
		return err
	})
	return page, err
}

func members(tx *gorm.DB, projectID, after int64, limit int) ([]Member, error) {
	out := []Member{}
	rows, err := tx.Raw(`SELECT u.id, u.name, u.handle, m.role FROM members m JOIN users u ON u.id = m.user_id
		WHERE m.project_id = ? AND m.user_id > ? ORDER BY m.user_id LIMIT ?`, projectID, after, limit).Rows()
	if err != nil {
		return nil, store.Fault(err, "member")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	for rows.Next() {
		var m Member
		if err := rows.Scan(&m.User.ID, &m.User.Name, &m.User.Handle, &m.Role); err != nil {
			return nil, store.Fault(err, "member")
		}
		out = append(out, m)
	}
	return out, store.Fault(rows.Err(), "member")
}

// candidate is somebody as seen from a project.
type candidate struct {
	access.Person
	isAdmin, disabled bool
	role              string // in the project, "" for none
}

func candidateFor(tx *gorm.DB, projectID, userID int64) (candidate, error) {
	var c candidate
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT u.id, u.name, u.handle, u.role = 'admin', u.disabled, coalesce(m.role, '')
		FROM users u LEFT JOIN members m ON m.user_id = u.id AND m.project_id = ? WHERE u.id = ?`, projectID, userID)
	err := row.Scan(&c.ID, &c.Name, &c.Handle, &c.isAdmin, &c.disabled, &c.role)
	if errors.Is(err, sql.ErrNoRows) {
		return candidate{}, errs.Missing("person")
	}
	return c, store.Fault(err, "person")
}

// SetMember gives somebody a role in the project. NotFound for nobody, Conflict for a disabled account and where no owner
// would be left. Emits member.added or member.changed; who is new is told so, and where the project is for members only
// gets it by project.changed.
func (s *Service) SetMember(ctx context.Context, a access.Actor, projectID, userID int64, in Membership) (Member, error) {
	if err := in.validate(); err != nil {
		return Member{}, err
	}
	var m Member
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := Require(tx, a, projectID, access.ManageMembers)
		if err != nil {
			return err
		}
		who, err := candidateFor(tx, projectID, userID)
		if err != nil {
			return err
		}
		m = Member{User: who.Person, Role: in.Role}
		switch {
		case who.role == in.Role:
			return nil
		case who.role == "" && who.disabled:
			return errs.New(errs.Conflict, "The account of %s is disabled.", who.Name)
		}
		err = tx.Exec(`INSERT INTO members (project_id, user_id, role) VALUES (?, ?, ?) ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role`,
			projectID, userID, in.Role).Error
		if err != nil {
			return store.Fault(err, "member")
		}
		if err := passOn(tx, a, p, who); err != nil {
			return err
		}
		if in.Role == access.Owner.String() {
			if _, err := follow(tx, userID, Target{ProjectID: projectID}, ownsIt); err != nil {
				return err
			}
		}
		act := ActMemberAdded
		if who.role != "" {
			act = ActMemberChanged
		}
		if err := Record(tx, a, Entry{ProjectID: projectID, Act: act, Title: who.Name, Detail: m.Role}); err != nil {
			return err
		}
		if err := auditMember(tx, a, p, who, m.Role); err != nil {
			return err
		}
		if who.role != "" {
			return tellMember(tx, a, events.MemberChanged, projectID, m)
		}
		if err := tellMember(tx, a, events.MemberAdded, projectID, m); err != nil {
			return err
		}
		return welcome(tx, a, p, who)
	})
	return m, err
}

// welcome shows the project to a new member.
func welcome(tx *gorm.DB, a access.Actor, p Project, who candidate) error {
	if p.Visibility == Members && !who.isAdmin {
		v, err := view(tx, p.ID)
		if err != nil {
			return err
		}
		c := events.Change{Topic: events.User(who.ID), Type: events.ProjectChanged, Subject: subject(p.ID), Actor: a}
		if err := events.Append(tx, c, withoutCounts(v)); err != nil {
			return err
		}
	}
	if who.ID == a.UserID {
		return nil
	}
	return notifications.Add(tx, notifications.Note{
		Kind: notifications.AddedToProject, ProjectID: p.ID, ProjectName: p.Name, Actor: a, Text: p.Name, Reason: "You were made a member of this project.",
	}, who.ID)
}

// RemoveMember ends somebody's membership. NotFound for who is none, Conflict for the last owner. Emits member.removed, and
// project.deleted to who does not see the project any more.
func (s *Service) RemoveMember(ctx context.Context, a access.Actor, projectID, userID int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := Require(tx, a, projectID, access.ManageMembers)
		if err != nil {
			return err
		}
		who, err := candidateFor(tx, projectID, userID)
		if err != nil {
			return err
		}
		if who.role == "" {
			return errs.Missing("member")
		}
		if err := tx.Exec(`DELETE FROM members WHERE project_id = ? AND user_id = ?`, projectID, userID).Error; err != nil {
			return store.Fault(err, "member")
		}
		if err := passOn(tx, a, p, who); err != nil {
			return err
		}
		if err := Record(tx, a, Entry{ProjectID: projectID, Act: ActMemberRemoved, Title: who.Name, Detail: who.role}); err != nil {
			return err
		}
		if err := auditMember(tx, a, p, who, ""); err != nil {
			return err
		}
		if p.Visibility == Everyone || who.isAdmin {
			return tellMember(tx, a, events.MemberRemoved, projectID, Member{User: who.Person, Role: who.role})
		}
		if err := forget(tx, events.User(userID)); err != nil {
			return err
		}
		if err := tellMember(tx, a, events.MemberRemoved, projectID, Member{User: who.Person, Role: who.role}); err != nil {
			return err
		}
		if err := tellGone(tx, a, projectID, events.User(userID)); err != nil {
			return err
		}
		return deactivate(tx, a, projectID)
	})
}

// passOn sees to it that an owner is left and that the project's owner is one of them, after somebody ceased to be one.
func passOn(tx *gorm.DB, a access.Actor, p Project, who candidate) error {
	if who.role != access.Owner.String() {
		return nil
	}
	var heir int64
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT coalesce(min(user_id), 0) FROM members WHERE project_id = ? AND role = 'owner'`, p.ID)
	if err := row.Scan(&heir); err != nil {
		return store.Fault(err, "member")
	}
	if heir == 0 {
		return errs.New(errs.Conflict, "A project needs an owner. Make somebody else its owner first.")
	}
	if p.OwnerID != who.ID {
		return nil
	}
	err := tx.Exec(`UPDATE projects SET owner_id = ?, revision = revision + 1, updated_at = ? WHERE id = ?`, heir, store.Now(tx), p.ID).Error
	if err != nil {
		return store.Fault(err, "project")
	}
	Changed(tx, a, p.ID)
	return nil
}

// auditMember keeps for the admins which role somebody had and has; "" for none.
func auditMember(tx *gorm.DB, a access.Actor, p Project, who candidate, role string) error {
	kind, change := audit.MemberChanged, audit.Change{Field: "role", Before: who.role, After: role}
	switch {
	case who.role == "":
		kind, change.Before = audit.MemberAdded, nil
	case role == "":
		kind, change.After = audit.MemberRemoved, nil
	}
	return audit.Add(tx, a, kind, subject(p.ID), audit.Detail{Name: p.Name, Person: &who.Person, Changes: []audit.Change{change}})
}

// tellMember emits the event on the project's topic, and lets the person's rights be asked anew before they hear it.
func tellMember(tx *gorm.DB, a access.Actor, t events.Type, projectID int64, m Member) error {
	return events.Append(tx, events.Change{
		Topic: events.Project(projectID), Type: t, Subject: fmt.Sprint(subject(projectID), "/members/", m.User.ID), Actor: a, Recheck: events.RecheckUser(m.User.ID),
	}, m)
}
