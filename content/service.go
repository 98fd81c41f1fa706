package content

import (
	"context"
	"io/fs"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/projects"
	"galley/store"
)

// Service is what people do with content.
type Service struct {
	db    *store.DB
	types types
}

// New makes the service with the content types that ship and those of further folders, which add to them or replace them by
// name. It fails on a broken type file.
func New(db *store.DB, more ...fs.FS) (*Service, error) {
	all, err := loadTypes(more...)
	if err != nil {
		return nil, err
	}
	return &Service{db: db, types: all}, nil
}

// Types are the content types.
func (s *Service) Types() []Type { return s.types }

// NodePage is one page of the tree, one row more than the limit where there is a next page.
type NodePage struct {
	Rows     []Node
	Position events.Position
}

// Page is one page of versions, newest first, one row more than the limit where there is a next page.
type Page struct {
	Rows     []Item
	Position events.Position
}

// List is a page of the content that the actor may see.
func (s *Service) List(ctx context.Context, a access.Actor, f Filter) (NodePage, error) {
	var wrong errs.Fields
	checkLanguage(&wrong, f.Language)
	if _, known := s.types.named(f.Type); f.Type != "" && !known {
		wrong.Add("type", "There is no such content type.")
	}
	if err := wrong.Err(); err != nil {
		return NodePage{}, err
	}
	var page NodePage
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if page.Rows, err = list(tx, a, f); err != nil {
			return err
		}
		page.Position, err = events.Here(tx)
		return err
	})
	for i := range page.Rows {
		page.Rows[i].Fields = nil
	}
	return page, err
}

// Get is one item as the version with the number, or, for 0, as the version that the actor would edit: the one in their
// active project, else the newest open one, else what is live. An open one that another project holds is locked. NotFound
// where everything is in projects they may not see.
func (s *Service) Get(ctx context.Context, a access.Actor, id int64, language string, number int64) (View, error) {
	var wrong errs.Fields
	if checkLanguage(&wrong, language); len(wrong) > 0 {
		return View{}, wrong.Err()
	}
	var v View
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if number == 0 {
			v, err = pick(tx, a, id, language)
			return err
		}
		if v, err = viewOf(tx, a, id, number); err != nil {
			return err
		}
		active, err := projects.ActiveProject(tx, a.UserID)
		v.lock(active)
		return err
	})
	return v, err
}

// Versions are all versions of an item in the language that the actor may see, newest first.
func (s *Service) Versions(ctx context.Context, a access.Actor, id int64, language string, after int64, limit int) (Page, error) {
	var wrong errs.Fields
	if checkLanguage(&wrong, language); len(wrong) > 0 {
		return Page{}, wrong.Err()
	}
	var page Page
	err := s.db.Read(ctx, func(tx *gorm.DB) error {
		if _, err := pick(tx, a, id, language); err != nil {
			return err
		}
		if after == 0 {
			after = 1 << 62
		}
		var err error
		page.Rows, err = items(tx, of(a), `AND v.content_id = ? AND v.language = ? AND v.number < ? ORDER BY v.number DESC LIMIT ?`, id, language, after, limit+1)
		if err != nil {
			return err
		}
		page.Position, err = events.Here(tx)
		return err
	})
	for i := range page.Rows {
		page.Rows[i].Fields = nil
	}
	return page, err
}

// pick chooses the version that the actor would edit.
func pick(tx *gorm.DB, a access.Actor, id int64, language string) (View, error) {
	active, err := projects.ActiveProject(tx, a.UserID)
	if err != nil {
		return View{}, err
	}
	it, err := one(tx, of(a), `AND v.content_id = ? AND v.language = ?
		ORDER BY v.state IN `+open+` AND coalesce(h.project_id = ?, FALSE) DESC, v.state IN `+open+` DESC, v.state = 'published' DESC, v.number DESC LIMIT 1`,
		id, language, active)
	if err != nil {
		return View{}, err
	}
	v, err := complete(tx, a, it)
	v.lock(active)
	return v, err
}

// lock takes the right to edit from whoever works in another project than the one that holds the version.
func (v *View) lock(active *int64) {
	held := v.Version.ProjectID
	if held == nil || !isOpen(v.State) || !v.May["edit"].Allowed || (active != nil && *active == *held) {
		return
	}
	for i := range v.HeldBy {
		if v.HeldBy[i].ProjectID == *held {
			v.Locked = &v.HeldBy[i]
			v.May["edit"] = access.Permission{Reason: "Held by " + v.HeldBy[i].Name + ". Make a new draft from here, or work in that project."}
		}
	}
}

// viewOf is one version of an item for the actor; NotFound where a project that they may not see holds it.
func viewOf(tx *gorm.DB, a access.Actor, id, number int64) (View, error) {
	it, err := one(tx, of(a), `AND v.content_id = ? AND v.number = ?`, id, number)
	if err != nil {
		return View{}, err
	}
	return complete(tx, a, it)
}

// complete adds what depends on the viewer.
func complete(tx *gorm.DB, a access.Actor, it Item) (View, error) {
	found, err := languages(tx, a, []int64{it.ID})
	if err != nil {
		return View{}, err
	}
	v := View{Item: it, Languages: found[it.ID], Topic: events.Content, HeldBy: []Holder{}}
	if held := it.Version.ProjectID; held != nil {
		v.Topic = events.Project(*held)
		may, err := projects.MayIn(tx, a, *held)
		if err != nil {
			return View{}, err
		}
		v.May = access.May{"edit": may["edit_content"], "set_ready": may["set_ready"]}
	} else {
		v.May = access.May{"edit": access.EditContent.Allow(a.Role), "set_ready": access.SetReady.Allow(a.Role)}
	}
	if it.Trashed != nil {
		no := access.Permission{Reason: "It is in the trash. Restore it first."}
		v.May = access.May{"edit": no, "set_ready": no}
	}
	held, err := holders(tx, a, it)
	if err != nil {
		return View{}, err
	}
	v.HeldBy = held[0]
	v.Position, err = events.Here(tx)
	return v, err
}

func isOpen(state string) bool { return state != Published && state != PreviouslyPublished }
