package projects

import (
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/notifications"
	"galley/store"
)

// Arrangement is what is to become of a project item; what is nil stays.
type Arrangement struct {
	Order    *int64 // its place among the items, from 1
	Assignee *int64 // a person, 0 for nobody
	Project  *int64 // where it moves to
}

// Validate refuses what cannot be done to any item.
func (ar Arrangement) Validate() error {
	var wrong errs.Fields
	if ar.Order != nil && *ar.Order < 1 {
		wrong.Add("order", "A place among the items, from 1.")
	}
	if ar.Assignee != nil && *ar.Assignee < 0 {
		wrong.Add("assignee_id", "This is not an id.")
	}
	if ar.Project != nil && *ar.Project < 1 {
		wrong.Add("project_id", "This is not an id.")
	}
	return wrong.Err()
}

// Arrange sorts, assigns and moves an item, based on the given revision, or on any for 0. It needs the right in both
// projects; Conflict where the other one has the content in this language already. Emits item.changed, or item.removed here
// and item.added there with project.changed of both. Its comments are for the caller to move.
func Arrange(tx *gorm.DB, a access.Actor, projectID, itemID, revision int64, ar Arrangement) (Item, error) {
	from, err := requireArranging(tx, a, projectID)
	if err != nil {
		return Item{}, err
	}
	it, err := ItemByID(tx, projectID, itemID)
	if err != nil {
		return Item{}, err
	}
	to := from
	if ar.Project != nil && *ar.Project != projectID {
		if to, err = requireArranging(tx, a, *ar.Project); err != nil {
			return Item{}, err
		}
	}
	if revision != 0 && it.Revision != revision {
		return Item{}, &errs.Error{Code: errs.Stale, Message: "The item changed in the meantime. Look again before you arrange it.", Current: it}
	}
	set, err := arranged(tx, it, to, ar)
	if err != nil || len(set) == 0 {
		return it, err
	}
	set["revision"], set["changed_at"], set["changed_by"] = gorm.Expr("revision + 1"), store.Now(tx), by(a)
	if err := tx.Model(&projectItem{}).Where("id = ?", itemID).Updates(set).Error; err != nil {
		return Item{}, store.Fault(err, "item")
	}
	was := it
	if it, err = ItemByID(tx, to.ID, itemID); err != nil {
		return Item{}, err
	}
	if err := recordArranging(tx, a, was, it); err != nil {
		return Item{}, err
	}
	if to.ID == from.ID {
		return it, events.Append(tx, itemEvent(a, events.ItemChanged, it), it)
	}
	return it, moved(tx, a, was, it, to)
}

func requireArranging(tx *gorm.DB, a access.Actor, projectID int64) (Project, error) {
	p, err := Require(tx, a, projectID, access.ArrangeItems)
	if err == nil {
		if why := refuseWhile(p.State); why != nil {
			err = why
		}
	}
	return p, err
}

// arranged are the columns that the arrangement changes.
func arranged(tx *gorm.DB, it Item, to Project, ar Arrangement) (map[string]any, error) {
	set := map[string]any{}
	if to.ID != it.ProjectID {
		var taken bool
		err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM project_items WHERE project_id = ? AND content_id = ? AND language = ?)`, to.ID, it.ContentID, it.Language).Scan(&taken).Error
		if err != nil {
			return nil, store.Fault(err, "item")
		}
		if taken {
			return nil, errs.New(errs.Conflict, "%s holds it already.", to.Name)
		}
		last, err := lastPosition(tx, to.ID)
		if err != nil {
			return nil, err
		}
		set["project_id"], set["position"] = to.ID, last+gap
	}
	if err := assigned(tx, set, it, to, ar.Assignee); err != nil {
		return nil, err
	}
	if ar.Order != nil {
		position, err := positionAt(tx, it, to.ID, *ar.Order)
		if err != nil {
			return nil, err
		}
		if to.ID != it.ProjectID || position != it.Order {
			set["position"] = position
		}
	}
	return set, nil
}

// assigned sets whom the item is assigned to: the asked one, who must be able to open the project, or whom it was, if they
// can open the project that it moves to.
func assigned(tx *gorm.DB, set map[string]any, it Item, to Project, asked *int64) error {
	was, is := int64(0), int64(0)
	if it.Assignee != nil {
		was = it.Assignee.ID
	}
	if is = was; asked != nil {
		is = *asked
	}
	if is != 0 && (is != was || to.ID != it.ProjectID) {
		may, err := Openers(tx, to.ID, []int64{is})
		if err != nil {
			return err
		}
		if len(may) == 0 && asked != nil {
			return errs.Fields{"assignee_id": "They cannot open this project."}.Err()
		}
		if len(may) == 0 {
			is = 0
		}
	}
	switch {
	case is == was:
	case is == 0:
		set["assignee_id"] = nil
	default:
		set["assignee_id"] = is
	}
	return nil
}

func lastPosition(tx *gorm.DB, projectID int64) (int64, error) {
	var last int64
	err := tx.Raw(`SELECT coalesce(max(position), 0) FROM project_items WHERE project_id = ?`, projectID).Scan(&last).Error
	return last, store.Fault(err, "item")
}

// positionAt is a position that puts the item at the place, from 1, among the others of the project: its own where it stands
// there already. Where no room is left between two neighbours, all are spread out anew.
func positionAt(tx *gorm.DB, it Item, projectID, place int64) (int64, error) {
	for fresh := false; ; fresh = true {
		var around []int64 // the neighbour before, if any, and the one after
		skip := max(place-2, 0)
		err := tx.Raw(`SELECT position FROM project_items WHERE project_id = ? AND id <> ? ORDER BY position, id LIMIT ? OFFSET ?`,
			projectID, it.ID, min(place, 2), skip).Scan(&around).Error
		if err != nil {
			return 0, store.Fault(err, "item")
		}
		lower, upper := int64(0), int64(0)
		switch {
		case place == 1 && len(around) > 0:
			upper = around[0]
		case len(around) == 2:
			lower, upper = around[0], around[1]
		default: // behind the last one, however far
			last := int64(0)
			err := tx.Raw(`SELECT coalesce(max(position), 0) FROM project_items WHERE project_id = ? AND id <> ?`, projectID, it.ID).Scan(&last).Error
			if err != nil {
				return 0, store.Fault(err, "item")
			}
			lower, upper = last, last+2*gap
		}
		if !fresh && it.ProjectID == projectID && lower < it.Order && it.Order < upper {
			return it.Order, nil
		}
		if middle := lower + (upper-lower)/2; middle > lower {
			return middle, nil
		}
		if err := spread(tx, it, projectID); err != nil {
			return 0, err
		}
	}
}

// spread gives all items of the project but one new positions with gaps between, and tells of each.
func spread(tx *gorm.DB, but Item, projectID int64) error {
	err := tx.Exec(`UPDATE project_items SET position = r.n * ? FROM (SELECT id, row_number() OVER (ORDER BY position, id) AS n FROM project_items WHERE project_id = ? AND id <> ?) r
		WHERE project_items.id = r.id`, int64(gap), projectID, but.ID).Error
	if err != nil {
		return store.Fault(err, "item")
	}
	items, err := manyItems(tx, `WHERE i.project_id = ? AND i.id <> ? ORDER BY i.position`, projectID, but.ID)
	if err != nil {
		return err
	}
	for _, it := range items {
		if err := events.Append(tx, itemEvent(access.System, events.ItemChanged, it), it); err != nil {
			return err
		}
	}
	return nil
}

func recordArranging(tx *gorm.DB, a access.Actor, was, is Item) error {
	var all []Entry
	if was.ProjectID != is.ProjectID {
		all = append(all, Entry{ProjectID: was.ProjectID, Act: ActItemMovedAway, Item: &was}, Entry{ProjectID: is.ProjectID, Act: ActItemMovedHere, Item: &is})
	}
	switch {
	case is.Assignee == nil && was.Assignee != nil:
		all = append(all, Entry{ProjectID: is.ProjectID, Act: ActItemAssigned, Item: &is})
	case is.Assignee != nil && (was.Assignee == nil || was.Assignee.ID != is.Assignee.ID):
		all = append(all, Entry{ProjectID: is.ProjectID, Act: ActItemAssigned, Item: &is, Detail: is.Assignee.Name})
	}
	for _, e := range all {
		if err := Record(tx, a, e); err != nil {
			return err
		}
	}
	return nil
}

// moved tells of an item that went from one project to another. Where not everybody may follow it, nothing of it is told in
// the old place any more.
func moved(tx *gorm.DB, a access.Actor, was, is Item, to Project) error {
	Changed(tx, a, was.ProjectID)
	if err := hide(tx, is, to); err != nil {
		return err
	}
	told, err := notifications.MoveItem(tx, is.ID, to.ID)
	if err != nil {
		return err
	}
	if err := tellStubs(tx, a, is, to, told); err != nil {
		return err
	}
	gone := removed{ID: was.ID, ProjectID: was.ProjectID, ContentID: was.ContentID, Language: was.Language, Revision: was.Revision}
	if to.Visibility == Everyone {
		gone.Title = was.Title
	}
	if err := events.Append(tx, itemEvent(a, events.ItemRemoved, was), gone); err != nil {
		return err
	}
	if err := backToWork(tx, a, to); err != nil {
		return err
	}
	if err := tellItem(tx, a, events.ItemAdded, is); err != nil {
		return err
	}
	return tellHolding(tx, a, events.VersionHeld, is)
}

// hide lets the topics that spoke of an item forget it when it comes into a members-only project.
func hide(tx *gorm.DB, it Item, to Project) error {
	if to.Visibility == Everyone {
		return nil
	}
	return ForgetContent(tx, to.ID, it.ContentID)
}

// ForgetContent lets every topic but one project's own forget what was said there of the content items, and of all that stands
// below them: the slugs of what stands above are in its path.
func ForgetContent(tx *gorm.DB, butProject int64, contentIDs ...int64) error {
	if len(contentIDs) == 0 {
		return nil
	}
	var spoke []int64
	err := tx.Raw(`WITH RECURSIVE down(id) AS (
			SELECT id FROM content_items WHERE id IN @ids
			UNION SELECT c.id FROM down JOIN content_items c ON c.parent_id = down.id)
		SELECT DISTINCT t.project_id FROM down CROSS JOIN versions v ON v.content_id = down.id CROSS JOIN project_activity t ON t.version_id = v.id
		WHERE t.project_id <> @but ORDER BY 1`, map[string]any{"ids": contentIDs, "but": butProject}).Scan(&spoke).Error
	if err != nil {
		return store.Fault(err, "activity")
	}
	topics := []string{events.Content}
	for _, project := range spoke {
		topics = append(topics, events.Project(project))
	}
	return forget(tx, topics...)
}

// stubs is what is said to somebody whose notifications about an item say nothing any more.
type stubs struct {
	ItemID int64 `json:"item_id"`
}

func tellStubs(tx *gorm.DB, a access.Actor, it Item, to Project, people []int64) error {
	may, err := Openers(tx, to.ID, people)
	if err != nil {
		return err
	}
	sees := map[int64]bool{}
	for _, person := range may {
		sees[person] = true
	}
	for _, person := range people {
		if sees[person] {
			continue
		}
		if err := forget(tx, events.User(person)); err != nil {
			return err
		}
		c := events.Change{Topic: events.User(person), Type: events.NotificationGone, Subject: fmt.Sprint("users/", person, "/notifications"), Actor: a}
		if err := events.Append(tx, c, stubs{it.ID}); err != nil {
			return err
		}
	}
	return nil
}

// backToWork makes a published project active again, since it holds something new.
func backToWork(tx *gorm.DB, a access.Actor, p Project) error {
	if p.State != Published {
		return nil
	}
	return SetState(tx, a, p.ID, Active)
}

func itemEvent(a access.Actor, t events.Type, it Item) events.Change {
	return events.Change{Topic: events.Project(it.ProjectID), Type: t, Subject: fmt.Sprint(subject(it.ProjectID), "/items/", it.ID), Actor: a}
}
