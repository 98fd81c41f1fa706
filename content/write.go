package content

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/projects"
	"galley/store"
)

// Create makes an item with a first draft, which joins the actor's active project. Emits content.created, or item.added and
// version.saved where a project holds it. A repeat of the same request answers the item as it is now, with created false.
func (s *Service) Create(ctx context.Context, a access.Actor, n NewItem) (v View, created bool, err error) {
	var wrong errs.Fields
	checkLanguage(&wrong, n.Language)
	t, ok := s.types.named(n.Type)
	if !ok {
		wrong.Add("type", "There is no such content type.")
	} else {
		n.Fields = t.normalise(&wrong, n.Fields)
	}
	n.Slug = slugFor(&wrong, n.Slug, n.Fields.title())
	if err := wrong.Err(); err != nil {
		return View{}, false, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := access.EditContent.Check(a.Role); err != nil {
			return err
		}
		if n.ParentID != nil {
			if err := takesChild(tx, a, *n.ParentID); err != nil {
				return err
			}
		}
		if err := t.checkReferences(tx, a, n.Fields, nil); err != nil {
			return err
		}
		after, err := lastPosition(tx, n.ParentID, 0)
		if err != nil {
			return err
		}
		it := item{Type: n.Type, ParentID: n.ParentID, Position: after + gap, TreeRevision: 1, CreatedBy: a.UserID, ClientKey: n.Key, CreatedAt: store.Now(tx)}
		made := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&it)
		if made.Error != nil {
			return store.Fault(made.Error, "content item")
		}
		if created = made.RowsAffected == 1; !created {
			if err := tx.Where("created_by = ? AND client_key = ?", a.UserID, n.Key.Value).Take(&it).Error; err != nil {
				return store.Fault(err, "content item")
			}
			if err := n.Key.Repeats(it.ClientKey); err != nil {
				return err
			}
			v, err = pick(tx, a, it.ID, n.Language)
			return err
		}
		first := version{ContentID: it.ID, Number: 1, Language: n.Language, Slug: n.Slug}
		v, err = s.begin(tx, a, t, first, n.Fields, events.ContentCreated)
		return err
	})
	return v, created, err
}

// takesChild refuses a parent that the actor does not see, and one on the lowest level.
func takesChild(tx *gorm.DB, a access.Actor, parent int64) error {
	if err := standing(tx, a, parent); err != nil {
		return err
	}
	above, err := lineage(tx, parent)
	if err == nil && len(above) >= maxDepth {
		return errs.Fields{"parent_id": fmt.Sprintf("The tree is at most %d levels deep.", maxDepth)}.Err()
	}
	return err
}

// Begin starts a new draft of an item, from the version with the given number or from what is live; it joins the actor's
// active project. A number in another language makes a translation of it. Conflict where that project has a draft of it
// already, or the language to translate into. Emits version.saved.
func (s *Service) Begin(ctx context.Context, a access.Actor, id int64, n NewDraft) (v View, created bool, err error) {
	var wrong errs.Fields
	if checkLanguage(&wrong, n.Language); len(wrong) > 0 {
		return View{}, false, wrong.Err()
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := access.EditContent.Check(a.Role); err != nil {
			return err
		}
		if n.Key.Value != nil {
			if v, err = begunBefore(tx, a, n.Key); err == nil || errs.CodeOf(err) != errs.NotFound {
				return err
			}
		}
		next, t, values, err := s.draftFrom(tx, a, id, n)
		if err != nil {
			return err
		}
		created = true
		v, err = s.begin(tx, a, t, next, values, events.VersionSaved)
		return err
	})
	return v, created, err
}

// begunBefore is the version that the actor began under the key; NotFound where there is none.
func begunBefore(tx *gorm.DB, a access.Actor, key store.ClientKey) (View, error) {
	var first version
	if err := tx.Where("created_by = ? AND client_key = ?", a.UserID, key.Value).Take(&first).Error; err != nil {
		return View{}, store.Fault(err, "version")
	}
	if err := key.Repeats(first.ClientKey); err != nil {
		return View{}, err
	}
	return viewOf(tx, a, first.ContentID, first.Number)
}

// draftFrom prepares the next version: number, base and the texts it begins with.
func (s *Service) draftFrom(tx *gorm.DB, a access.Actor, id int64, n NewDraft) (version, Type, Values, error) {
	var it item
	if err := tx.Where("id = ?", id).Take(&it).Error; err != nil {
		return version{}, Type{}, nil, store.Fault(err, "content item")
	}
	if err := visible(tx, a, id); err != nil {
		return version{}, Type{}, nil, err
	}
	t, err := s.types.of(it.Type)
	if err != nil {
		return version{}, Type{}, nil, err
	}
	next := version{ContentID: id, Language: n.Language, ClientKey: n.Key}
	values := Values{}
	from, err := source(tx, a, id, n)
	switch {
	case err == nil:
		next.Slug, values = from.Slug, from.Fields
		if from.Live != nil {
			next.Base = &from.Live.Number
		}
	case errs.CodeOf(err) != errs.NotFound || n.From != nil:
		return version{}, Type{}, nil, err
	default: // the first version in this language
	}
	var wrong errs.Fields
	if values = t.fit(values); n.Fields != nil {
		values = t.normalise(&wrong, n.Fields)
	}
	if n.Slug != nil {
		next.Slug = *n.Slug
	}
	next.Slug = slugFor(&wrong, next.Slug, values.title())
	if err := wrong.Err(); err != nil {
		return version{}, Type{}, nil, err
	}
	if err := t.checkReferences(tx, a, values, from.Fields); err != nil {
		return version{}, Type{}, nil, err
	}
	err = tx.Raw(`SELECT max(number) + 1 FROM versions WHERE content_id = ?`, id).Scan(&next.Number).Error
	return next, t, values, store.Fault(err, "version")
}

// source is the version that a new draft begins with. One in another language makes a translation, for which there must not be
// a draft yet.
func source(tx *gorm.DB, a access.Actor, id int64, n NewDraft) (Item, error) {
	live, err := one(tx, of(a), `AND v.content_id = ? AND v.language = ? AND v.state = 'published'`, id, n.Language)
	if n.From == nil {
		if errs.CodeOf(err) != errs.NotFound {
			return live, err
		}
		v, err := pick(tx, a, id, n.Language)
		return v.Item, err
	}
	if err != nil && errs.CodeOf(err) != errs.NotFound {
		return Item{}, err
	}
	v, err := viewOf(tx, a, id, *n.From)
	if err != nil || v.Language == n.Language {
		return v.Item, err
	}
	_, err = one(tx, of(a), `AND v.content_id = ? AND v.language = ? AND v.state IN `+open+` LIMIT 1`, id, n.Language)
	switch errs.CodeOf(err) {
	case errs.NotFound:
	case "":
		return Item{}, errs.New(errs.Conflict, "There is a draft in %s already. Go on with that one.", n.Language)
	default:
		return Item{}, err
	}
	from := v.Item
	if from.Live = live.Live; live.Live != nil { // its address is known already
		from.Slug = live.Slug
	}
	return from, nil
}

// inTrash is the Conflict with which nothing is done to what is in the trash.
func inTrash(it Item) error {
	if it.Trashed != nil {
		return errs.New(errs.Conflict, "It is in the trash. Restore it first.")
	}
	return nil
}

// standing refuses what the actor does not see and what is in the trash alike: it is nowhere in the tree.
func standing(tx *gorm.DB, a access.Actor, id int64) error {
	_, err := one(tx, of(a), `AND v.content_id = ? AND c.trashed_at IS NULL LIMIT 1`, id)
	return err
}

// visible refuses what the actor does not see with NotFound, and what is in the trash with Conflict.
func visible(tx *gorm.DB, a access.Actor, id int64) error {
	it, err := one(tx, of(a), `AND v.content_id = ? LIMIT 1`, id)
	if err != nil {
		return err
	}
	return inTrash(it)
}

// begin writes a new draft, lets it join the active project and tells of it.
func (s *Service) begin(tx *gorm.DB, a access.Actor, t Type, next version, values Values, told events.Type) (View, error) {
	next, err := insertDraft(tx, a, t, next, values)
	if err != nil {
		return View{}, err
	}
	if err := joinActive(tx, a, next, true); err != nil {
		return View{}, err
	}
	v, err := viewOf(tx, a, next.ContentID, next.Number)
	if err != nil {
		return View{}, err
	}
	if v.Version.ProjectID != nil {
		told = events.VersionSaved
	}
	return v, tell(tx, a, told, v.Item)
}

func insertDraft(tx *gorm.DB, a access.Actor, t Type, next version, values Values) (version, error) {
	var err error
	if next.Fields, next.Missing, err = encodeFields(t, values); err != nil {
		return version{}, err
	}
	now := store.Now(tx)
	next.State, next.Title = Draft, values.title()
	next.Revision, next.CreatedBy, next.SavedBy, next.SavedAt, next.CreatedAt = 1, a.UserID, a.UserID, now, now
	if err := tx.Create(&next).Error; err != nil {
		return version{}, store.Fault(err, "version")
	}
	if err := keepWords(tx, next.ID, next.Title, next.Slug); err != nil {
		return version{}, err
	}
	return next, t.keepReferences(tx, next.ID, values, nil)
}

func encodeFields(t Type, values Values) (fields, missing string, err error) {
	f, err := json.Marshal(values)
	if err != nil {
		return "", "", fmt.Errorf("content: encode fields: %w", err)
	}
	m, err := json.Marshal(t.missing(values))
	if err != nil {
		return "", "", fmt.Errorf("content: encode fields: %w", err)
	}
	return string(f), string(m), nil
}

// joinActive puts a version that no project holds into the actor's active project. Where that project cannot take it, a new
// draft is refused, but a save goes on outside of it: nobody's text is lost for a project's sake.
func joinActive(tx *gorm.DB, a access.Actor, v version, must bool) error {
	active, err := projects.ActiveProject(tx, a.UserID)
	if err != nil || active == nil {
		return err
	}
	join := projects.Hold // everybody could see it
	if must {
		join = projects.Join
	}
	_, err = join(tx, a, *active, v.ContentID, v.Language, v.ID)
	switch errs.CodeOf(err) {
	case errs.Conflict:
		if !must {
			return nil
		}
	case errs.Forbidden, errs.NotFound: // lost since it was made active
		return nil
	}
	return err
}

// Save keeps what an editor wrote in the version, based on the given revision. A ready version becomes a draft again; one
// that no project holds joins the actor's active project. Stale carries the item as it stands. Emits version.saved.
func (s *Service) Save(ctx context.Context, a access.Actor, id, number, revision int64, in Save) (View, error) {
	if err := in.validate(); err != nil {
		return View{}, err
	}
	var v View
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		was, err := viewOf(tx, a, id, number)
		if err != nil {
			return err
		}
		if err := mayChange(tx, was, "edit"); err != nil {
			return err
		}
		t, err := s.types.of(was.Type)
		if err != nil {
			return err
		}
		var wrong errs.Fields
		values := t.normalise(&wrong, in.Fields)
		slug := slugFor(&wrong, *in.Slug, values.title())
		if err := wrong.Err(); err != nil {
			return err
		}
		if err := t.checkReferences(tx, a, values, was.Fields); err != nil {
			return err
		}
		if revision != was.Version.Revision {
			return stale(was)
		}
		fields, missing, err := encodeFields(t, values)
		if err != nil {
			return err
		}
		err = update(tx, was, map[string]any{
			"state": Draft, "slug": slug, "title": values.title(), "fields": fields, "missing": missing, "saved_by": a.UserID, "saved_at": store.Now(tx),
		})
		if err != nil {
			return err
		}
		if err := t.keepReferences(tx, was.versionID, values, was.Fields); err != nil {
			return err
		}
		if values.title() != was.Title || slug != was.Slug {
			if err := keepWords(tx, was.versionID, values.title(), slug); err != nil {
				return err
			}
		}
		if was.Version.ProjectID == nil {
			if err := joinActive(tx, a, version{ID: was.versionID, ContentID: id, Language: was.Language}, false); err != nil {
				return err
			}
		}
		v, err = changed(tx, a, was, events.VersionSaved, projects.ActSaved)
		return err
	})
	return v, err
}

// SetReady says that the version may go out; Invalid names required fields that are empty. Emits version.changed.
func (s *Service) SetReady(ctx context.Context, a access.Actor, id, number int64) (View, error) {
	return s.move(ctx, a, id, number, Ready)
}

// BackToDraft takes ready back. Emits version.changed.
func (s *Service) BackToDraft(ctx context.Context, a access.Actor, id, number int64) (View, error) {
	return s.move(ctx, a, id, number, Draft)
}

func (s *Service) move(ctx context.Context, a access.Actor, id, number int64, to string) (v View, err error) {
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		v, err = s.Mark(tx, a, id, number, to)
		return err
	})
	return v, err
}

// Mark brings a version to the state Ready or Draft, as SetReady and BackToDraft do, as a part of another action.
func (s *Service) Mark(tx *gorm.DB, a access.Actor, id, number int64, to string) (View, error) {
	v, err := viewOf(tx, a, id, number)
	if err != nil {
		return View{}, err
	}
	if err := mayChange(tx, v, "set_ready"); err != nil || v.State == to {
		return v, err
	}
	act := projects.ActSetDraft
	if to == Ready {
		act = projects.ActSetReady
		if err := s.complete(v.Item); err != nil {
			return View{}, err
		}
	}
	if err := update(tx, v, map[string]any{"state": to}); err != nil {
		return View{}, err
	}
	return changed(tx, a, v, events.VersionChanged, act)
}

// complete is Invalid with the required fields that are empty.
func (s *Service) complete(it Item) error {
	t, err := s.types.of(it.Type)
	if err != nil {
		return err
	}
	var wrong errs.Fields
	for _, name := range t.missing(it.Fields) {
		wrong.Add("fields."+name, "Needed before this can go out.")
	}
	return wrong.Err()
}

// mayChange refuses an act that the viewer has no right to, and any change of a version that is out or on its way.
func mayChange(tx *gorm.DB, v View, act string) error {
	if err := inTrash(v.Item); err != nil {
		return err
	}
	if held := v.Version.ProjectID; held != nil {
		inProject := map[string]string{"edit": "edit_content", "set_ready": "set_ready"}[act]
		if err := projects.RefuseWhile(tx, *held, inProject); err != nil {
			return err
		}
	}
	if may := v.May[act]; !may.Allowed {
		return errs.New(errs.Forbidden, "%s", may.Reason)
	}
	switch v.State {
	case Published, PreviouslyPublished:
		return errs.New(errs.Conflict, "A published version does not change. Start a new draft from it.")
	case Scheduled:
		return errs.New(errs.Conflict, "This version is scheduled. Cancel the schedule to change it.")
	}
	return nil
}

func stale(v View) error {
	return &errs.Error{Code: errs.Stale, Message: fmt.Sprintf("Not saved: %s saved in the meantime. Your text is kept. Compare both.", v.Version.SavedBy.Name), Current: v}
}

// update writes to the version when it still has the revision that was read.
func update(tx *gorm.DB, was View, set map[string]any) error {
	set["revision"] = gorm.Expr("revision + 1")
	done := tx.Model(&version{}).Where("id = ? AND revision = ?", was.versionID, was.Version.Revision).Updates(set)
	if done.Error == nil && done.RowsAffected == 0 {
		return stale(was)
	}
	return store.Fault(done.Error, "version")
}

// changed reads the version as it now is and tells of it, in its project's list too.
func changed(tx *gorm.DB, a access.Actor, was View, t events.Type, act string) (View, error) {
	v, err := viewOf(tx, a, was.ID, was.Version.Number)
	if err != nil {
		return View{}, err
	}
	if err := projects.ItemChanged(tx, a, v.versionID, act); err != nil {
		return View{}, err
	}
	return v, tell(tx, a, t, v.Item)
}

// tell appends the event to the topic of the project that holds the version or, where none does, to that of all content,
// with the path as whoever hears it may see it.
func tell(tx *gorm.DB, a access.Actor, t events.Type, it Item) error {
	topic, ears := events.Content, eyes{}
	if held := it.Version.ProjectID; held != nil {
		topic, ears.project = events.Project(*held), *held
	}
	heard := []Item{it}
	if err := addPaths(tx, ears, heard); err != nil {
		return err
	}
	return events.Append(tx, changeOf(a, t, topic, it.ID), heard[0])
}

func changeOf(a access.Actor, t events.Type, topic string, id int64) events.Change {
	return events.Change{Topic: topic, Type: t, Subject: fmt.Sprint("content/", id), Actor: a}
}
