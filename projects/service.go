package projects

import (
	"context"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
)

// Service is what people do with projects.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db: db} }

// Page is one page of projects, newest first, one row more than the limit where there is a next page.
type Page struct {
	Rows     []View
	Tabs     Tabs
	Position events.Position
}

// List is a page of the projects that the actor may see.
func (s *Service) List(ctx context.Context, a access.Actor, f Filter) (Page, error) {
	var page Page
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if page.Rows, err = list(tx, a, f); err != nil {
			return err
		}
		if page.Tabs, err = tabs(tx, a); err != nil {
			return err
		}
		page.Position, err = events.Here(tx)
		return err
	})
	return page, err
}

// firstItems is how many items the overview brings along; the rest comes by pages.
const firstItems = 200

// mostMembers is how many members it brings along; their list has pages.
const mostMembers = 200

// Overview is one project with its first items and its members. NotFound to a stranger.
func (s *Service) Overview(ctx context.Context, a access.Actor, id int64) (Overview, error) {
	var o Overview
	err := s.db.Read(ctx, func(tx *gorm.DB) error {
		v, err := viewFor(tx, a, id)
		if err != nil {
			return err
		}
		o = Overview{View: v, Topic: events.Project(id)}
		if o.Items, err = itemsPage(tx, a, id, 0, firstItems); err != nil {
			return err
		}
		if len(o.Items) > firstItems {
			o.Items = o.Items[:firstItems]
			next := strconv.FormatInt(o.Items[firstItems-1].Order, 10)
			o.ItemsNext = &next
		}
		if o.Members, err = members(tx, id, 0, mostMembers); err != nil {
			return err
		}
		o.Position, err = events.Here(tx)
		return err
	})
	return o, err
}

// viewFor is the project with what depends on the viewer; NotFound to a stranger, as enter says.
func viewFor(tx *gorm.DB, a access.Actor, id int64) (View, error) {
	found, err := viewsFor(tx, a, `WHERE p.id = ?`, id)
	if err != nil {
		return View{}, err
	}
	if len(found) == 0 {
		return View{}, errs.Missing("project")
	}
	v := found[0]
	role := roleIn(v.Project, a, v.memberRole)
	if role == access.None {
		return View{}, errs.Missing("project")
	}
	v.May = may(v.Project, role)
	return v, nil
}

// Create makes a project owned by the actor and emits project.created. A repeat of the same request answers the project as
// it is now, with created false.
func (s *Service) Create(ctx context.Context, a access.Actor, d Draft) (v View, created bool, err error) {
	if err := d.validate(); err != nil {
		return View{}, false, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := access.CreateProject.Check(a.Role); err != nil {
			return err
		}
		now := store.Now(tx)
		p := Project{
			Name: d.Name, Description: d.Description, DueOn: d.DueOn, State: Active, Visibility: Everyone, OwnerID: a.UserID, CreatedBy: a.UserID,
			ClientKey: d.Key, Revision: 1, CreatedAt: now, UpdatedAt: now,
		}
		made := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&p)
		if made.Error != nil {
			return store.Fault(made.Error, "project")
		}
		if created = made.RowsAffected == 1; !created {
			if err := tx.Where("created_by = ? AND client_key = ?", a.UserID, d.Key.Value).Take(&p).Error; err != nil {
				return store.Fault(err, "project")
			}
			if err := d.Key.Repeats(p.ClientKey); err != nil {
				return err
			}
		} else if err := tx.Exec(`INSERT INTO members (project_id, user_id, role) VALUES (?, ?, 'owner')`, p.ID, a.UserID).Error; err != nil {
			return store.Fault(err, "member")
		} else if err := Record(tx, a, Entry{ProjectID: p.ID, Act: ActCreated}); err != nil {
			return err
		} else if _, err := follow(tx, a.UserID, Target{ProjectID: p.ID}, madeIt); err != nil {
			return err
		}
		if v, err = viewFor(tx, a, p.ID); err != nil || !created {
			return err
		}
		return tellSummary(tx, a, events.ProjectCreated, withoutViewer(v))
	})
	return v, created, err
}

// withoutViewer takes out what depends on who looks, for events.
func withoutViewer(v View) View {
	v.My, v.May = nil, nil
	return v
}

// Edit renames, describes, dates, archives, hides or opens the project, based on the given revision, and emits
// project.changed. Stale carries the project as it stands; Conflict where its state does not allow to archive it.
func (s *Service) Edit(ctx context.Context, a access.Actor, id, revision int64, e Edit) (View, error) {
	if err := e.validate(); err != nil {
		return View{}, err
	}
	write := s.db.Write
	if e.Visibility != nil {
		write = s.db.WriteAlone // it looks through what everybody was told
	}
	var v View
	err := write(ctx, func(tx *gorm.DB) error {
		p, err := mayEdit(tx, a, id, e)
		if err != nil {
			return err
		}
		done := tx.Model(&Project{}).Where("id = ? AND revision = ?", id, revision).Updates(e.columns(store.Now(tx)))
		if done.Error != nil {
			return store.Fault(done.Error, "project")
		}
		if done.RowsAffected == 0 {
			if v, err = viewFor(tx, a, id); err != nil {
				return err
			}
			return &errs.Error{Code: errs.Stale, Message: "Somebody changed the project in the meantime. Your text is kept; compare both.", Current: v}
		}
		Changed(tx, a, id)
		if fields := e.changes(p); fields != "" {
			if err := Record(tx, a, Entry{ProjectID: id, Act: ActEdited, Detail: fields}); err != nil {
				return err
			}
		}
		if e.Archived != nil {
			if err := setArchived(tx, a, p, *e.Archived); err != nil {
				return err
			}
		}
		if e.Visibility != nil {
			if err := setVisibility(tx, a, p, *e.Visibility); err != nil {
				return err
			}
		}
		v, err = viewFor(tx, a, id)
		return err
	})
	return v, err
}

// mayEdit is the project when the actor may change all of it that the edit changes.
func mayEdit(tx *gorm.DB, a access.Actor, id int64, e Edit) (Project, error) {
	p, role, err := enter(tx, a, id)
	if err != nil {
		return Project{}, err
	}
	needed := []access.Act{access.EditProject}
	if e.Archived != nil {
		needed = append(needed, access.ArchiveProject)
	}
	if e.Visibility != nil {
		needed = append(needed, access.ManageMembers)
	}
	for _, act := range needed {
		if err := act.Check(role); err != nil {
			return Project{}, err
		}
	}
	return p, nil
}

// changes are the names of the fields that the edit gives another value.
func (e Edit) changes(p Project) string {
	var fields []string
	if e.Name != nil && *e.Name != p.Name {
		fields = append(fields, "name")
	}
	if e.Description != nil && *e.Description != p.Description {
		fields = append(fields, "description")
	}
	was := ""
	if p.DueOn != nil {
		was = *p.DueOn
	}
	if e.DueOn != nil && *e.DueOn != was {
		fields = append(fields, "due_on")
	}
	return strings.Join(fields, ",")
}

func (e Edit) columns(now time.Time) map[string]any {
	set := map[string]any{"revision": gorm.Expr("revision + 1"), "updated_at": now}
	if e.Name != nil {
		set["name"] = *e.Name
	}
	if e.Description != nil {
		set["description"] = *e.Description
	}
	if e.DueOn != nil {
		set["due_on"] = nil
		if *e.DueOn != "" {
			set["due_on"] = *e.DueOn
		}
	}
	return set
}
