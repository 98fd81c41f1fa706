package projects

import (
	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/store"
)

// Require is the one door to everything in a project: it returns the project when the actor may do the act there. Who may
// not even see the project gets NotFound, as if it were absent; who may see it but not do the act gets Forbidden.
func Require(tx *gorm.DB, a access.Actor, projectID int64, act access.Act) (Project, error) {
	p, role, err := enter(tx, a, projectID)
	if err != nil {
		return Project{}, err
	}
	return p, act.Check(role)
}

// MayIn is what the actor may do in the project, by their role and by its state; NotFound for a stranger.
func MayIn(tx *gorm.DB, a access.Actor, projectID int64) (access.May, error) {
	p, role, err := enter(tx, a, projectID)
	if err != nil {
		return nil, err
	}
	return may(p, role), nil
}

// RefuseWhile is the Conflict with which the project's state refuses an act, named as in MayIn, to everybody.
func RefuseWhile(tx *gorm.DB, projectID int64, act string) error {
	var state string
	if err := tx.Raw(`SELECT state FROM projects WHERE id = ?`, projectID).Scan(&state).Error; err != nil {
		return store.Fault(err, "project")
	}
	if no, refused := refusedWhile(state)[act]; refused {
		return errs.New(errs.Conflict, "%s", no.Reason)
	}
	return nil
}

// enter reads the project and the actor's role in it. Plain SQL: every request and every subscription passes here.
func enter(tx *gorm.DB, a access.Actor, projectID int64) (Project, access.Role, error) {
	var p Project
	var memberRole *string
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT p.id, p.name, p.description, p.due_on, p.state,
		p.visibility, p.owner_id, p.client_key, p.client_body, p.revision, p.created_at, p.updated_at, m.role
		FROM projects p LEFT JOIN members m ON m.project_id = p.id AND m.user_id = ? WHERE p.id = ?`, a.UserID, projectID)
	err := row.Scan(&p.ID, &p.Name, &p.Description, &p.DueOn, &p.State, &p.Visibility, &p.OwnerID,
		&p.Value, &p.Body, &p.Revision, &p.CreatedAt, &p.UpdatedAt, &memberRole)
	if err != nil {
		return Project{}, access.None, store.Fault(noRows(err), "project")
	}
	role := roleIn(p, a, memberRole)
	if role == access.None {
		return Project{}, access.None, errs.Missing("project")
	}
	return p, role, nil
}

// roleIn is the actor's role in the project: of a members-only project the one as member, else the installation's, either
// raised to Owner for its owners, and never above what the installation's role allows.
func roleIn(p Project, a access.Actor, memberRole *string) access.Role {
	if a.IsAdmin() {
		return access.Admin
	}
	role := a.Role
	if p.Visibility == Members {
		role = access.None
		if memberRole != nil {
			role, _ = access.ParseRole(*memberRole)
		}
	}
	if p.OwnerID == a.UserID || memberRole != nil && *memberRole == access.Owner.String() {
		role = access.Owner
	}
	if a.Role < access.Editor {
		return min(role, a.Role)
	}
	return role
}

// Visible is the condition under which a project p is seen: everyone's, one's own, a membership, or all for admins. It takes
// the arguments of VisibleTo.
const Visible = `(? OR p.visibility = 'everyone' OR p.owner_id = ? OR EXISTS (SELECT 1 FROM members m WHERE m.project_id = p.id AND m.user_id = ?))`

// VisibleTo are the arguments of Visible for the actor.
func VisibleTo(a access.Actor) []any { return []any{a.IsAdmin(), a.UserID, a.UserID} }

// may is what the viewer may do with the project, from the same acts and states that guard it.
func may(p Project, role access.Role) access.May {
	m := access.May{
		"edit":               access.EditProject.Allow(role),
		"archive":            access.ArchiveProject.Allow(role),
		"delete":             access.DeleteProject.Allow(role),
		"manage_members":     access.ManageMembers.Allow(role),
		"edit_content":       access.EditContent.Allow(role),
		"add_items":          access.ArrangeItems.Allow(role),
		"set_ready":          access.SetReady.Allow(role),
		"publish":            access.Publish.Allow(role),
		"comment":            access.Comment.Allow(role),
		"delete_any_comment": access.DeleteAnyComment.Allow(role),
	}
	for act, p := range refusedWhile(p.State) {
		if m[act].Allowed {
			m[act] = p
		}
	}
	return m
}

// refusedWhile is what the project's state does not allow to anybody, and why.
func refusedWhile(state string) access.May {
	why := refuseWhile(state)
	if why == nil {
		return nil
	}
	no := access.Permission{Reason: why.Message}
	m := access.May{"add_items": no, "set_ready": no, "publish": no}
	if state == Archived {
		m["edit_content"] = no
	} else {
		m["archive"], m["delete"] = no, no
	}
	return m
}
