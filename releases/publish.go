package releases

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/content"
	"galley/errs"
	"galley/events"
	"galley/notifications"
	"galley/projects"
	"galley/store"
)

// Service is publishing.
type Service struct {
	db      *store.DB
	content *content.Service
}

// New makes the service.
func New(db *store.DB, c *content.Service) *Service { return &Service{db: db, content: c} }

// Publish brings a project's items to the public, or takes them off, as one: those that are ready, or all or none of them. It
// checks again inside its transaction what Preflight said before, keeps a report of each item, and tells whose work went out. Conflict
// where nothing can go. Emits version.changed and item.changed for each item, project.changed and run.finished. A repeat of
// the same request answers its run, with created false.
func (s *Service) Publish(ctx context.Context, a access.Actor, projectID int64, req Request) (r Run, created bool, err error) {
	if err := req.validate(); err != nil {
		return Run{}, false, err
	}
	err = s.db.WriteAlone(ctx, func(tx *gorm.DB) error {
		p, err := projects.Require(tx, a, projectID, access.Publish)
		if err != nil {
			return err
		}
		if req.Key.Value != nil {
			if r, err = ranBefore(tx, a, req.Key); err == nil || errs.CodeOf(err) != errs.NotFound {
				return err
			}
		}
		if p.State == projects.Archived || p.State == projects.Scheduled || p.State == projects.Publishing {
			return errs.New(errs.Conflict, "This project is %s. It cannot be published now.", p.State)
		}
		items, err := s.check(tx, projectID)
		if err != nil {
			return err
		}
		going, err := choose(items, req.Mode)
		if err != nil {
			return err
		}
		row := run{ProjectID: projectID, Mode: req.Mode, State: projects.Published, ByID: a.UserID, ClientKey: req.Key, StartedAt: store.Now(tx), FinishedAt: store.Now(tx)}
		if err := tx.Create(&row).Error; err != nil {
			return store.Fault(err, "publish run")
		}
		if err := bringOut(tx, a, row.ID, items); err != nil {
			return err
		}
		created = true
		return conclude(tx, a, p, &r, row.ID, going, len(going) == len(items))
	})
	return r, created, err
}

func ranBefore(tx *gorm.DB, a access.Actor, key store.ClientKey) (Run, error) {
	var first run
	if err := tx.Where("by_id = ? AND client_key = ?", a.UserID, key.Value).Take(&first).Error; err != nil {
		return Run{}, store.Fault(err, "publish run")
	}
	if err := key.Repeats(first.ClientKey); err != nil {
		return Run{}, err
	}
	return reported(tx, a, first.ID)
}

func reported(tx *gorm.DB, a access.Actor, id int64) (Run, error) {
	found, err := runs(tx, a, `WHERE r.id = ?`, id)
	if err == nil && len(found) == 0 {
		err = errors.New("releases: a run is gone that was just written")
	}
	if err != nil {
		return Run{}, err
	}
	return found[0], nil
}

// choose picks what goes out: nothing at all where the mode asks for everything and something stands in the way.
func choose(items []Checked, mode string) ([]Checked, error) {
	var going []Checked
	for _, c := range items {
		if c.goes() {
			going = append(going, c)
		}
	}
	switch {
	case len(going) == 0:
		return nil, nothingReady(items)
	case mode == AllOrNothing && len(going) < len(items):
		return nil, errs.New(errs.Conflict, "Nothing was published: %d of %d cannot go out yet.", len(items)-len(going), len(items))
	}
	return going, nil
}

// bringOut takes off and makes live what has no obstacle, and reports on everything. What leaves goes first: it may give its
// address to what comes.
func bringOut(tx *gorm.DB, a access.Actor, runID int64, items []Checked) error {
	for _, leaving := range []bool{true, false} {
		for _, c := range items {
			if c.unpublishes() != leaving {
				continue
			}
			report, err := c.act(tx, a)
			if err != nil {
				return err
			}
			report.RunID = runID
			if err := tx.Create(&report).Error; err != nil {
				return store.Fault(err, "publish run")
			}
		}
	}
	return nil
}

// act does with the item what it is in the project for, if nothing stands in the way.
func (c *Checked) act(tx *gorm.DB, a access.Actor) (report runItem, err error) {
	report = runItem{
		ItemID: c.ItemID, ContentID: c.out.ContentID, Language: c.out.Language, Title: c.Title, VersionID: c.out.VersionID,
		Result: Skipped, Reason: c.reason(),
	}
	switch {
	case !c.goes():
	case c.unpublishes():
		report.Result, report.PreviousVersionID = Unpublished, &c.out.VersionID
		err = content.TakeOff(tx, a, c.out)
	default:
		report.Result = Published
		report.PreviousVersionID, err = content.GoLive(tx, a, c.out)
	}
	return report, err
}

// conclude settles the project's state and tells everybody.
func conclude(tx *gorm.DB, a access.Actor, p projects.Project, r *Run, runID int64, going []Checked, all bool) error {
	var err error
	if *r, err = reported(tx, a, runID); err != nil {
		return err
	}
	if err := projects.Record(tx, a, projects.Entry{ProjectID: p.ID, Act: projects.ActPublished, Detail: fmt.Sprint(len(going))}); err != nil {
		return err
	}
	if all {
		if err := projects.SetState(tx, a, p.ID, projects.Published); err != nil {
			return err
		}
	}
	if err := notify(tx, a, p, going); err != nil {
		return err
	}
	err = audit.Add(tx, a, audit.Published, fmt.Sprint("projects/", p.ID), audit.Detail{
		Name: p.Name, Changes: []audit.Change{{Field: "items", After: len(going)}},
	})
	if err != nil {
		return err
	}
	return events.Append(tx, events.Change{Topic: events.Project(p.ID), Type: events.RunFinished, Subject: fmt.Sprint("projects/", p.ID, "/runs/", runID), Actor: a}, *r)
}

// notify tells everybody whose work went out, once: of the item where it is one, else of the project, as its owner is told.
func notify(tx *gorm.DB, a access.Actor, p projects.Project, going []Checked) error {
	work := map[int64][]Checked{}
	var people []int64
	note := func(person int64, c ...Checked) {
		if person == a.UserID {
			return
		}
		if _, known := work[person]; !known {
			people = append(people, person)
		}
		work[person] = append(work[person], c...)
	}
	note(p.OwnerID)
	for _, c := range going {
		note(c.out.CreatedBy, c)
		if c.out.SavedBy != c.out.CreatedBy {
			note(c.out.SavedBy, c)
		}
	}
	may, err := projects.Openers(tx, p.ID, people)
	if err != nil {
		return err
	}
	for _, person := range may {
		n := notifications.Note{Kind: notifications.ProjectPublished, ProjectID: p.ID, ProjectName: p.Name, Actor: a, Text: p.Name, Reason: "You own this project.", Count: len(going)}
		switch mine := work[person]; {
		case person == p.OwnerID:
		case len(mine) == 1 && !mine[0].unpublishes():
			n.Kind, n.ItemID, n.Text, n.Reason, n.Count = notifications.ItemPublished, &mine[0].ItemID, mine[0].Title, "You worked on it.", 1
		default:
			n.Reason, n.Count = "You worked on what went out.", len(mine)
		}
		if err := notifications.Add(tx, n, person); err != nil {
			return err
		}
	}
	return nil
}
