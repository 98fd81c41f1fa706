package projects

import (
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
	"galley/store"
)

// change is a project whose summary is to be told at the end of the action.
type change struct {
	projectID int64
	by        access.Actor
}

// Changed emits project.changed with the counts as they are at the end of the action: once, however often it is called.
func Changed(tx *gorm.DB, a access.Actor, projectID int64) {
	store.Collect(tx, change{projectID, a}, tellChanged)
}

func tellChanged(tx *gorm.DB, all []change) error {
	told := map[int64]bool{}
	for _, c := range all {
		if told[c.projectID] {
			continue
		}
		told[c.projectID] = true
		v, err := view(tx, c.projectID)
		if err != nil {
			return err
		}
		if err := tell(tx, c.by, events.ProjectChanged, v, events.Project(v.ID)); err != nil {
			return err
		}
	}
	return nil
}

// tell appends an event about a project to the given topics and to those that hear summaries: everybody's for an open
// project, each member's own for a members-only one, without the counts.
func tell(tx *gorm.DB, a access.Actor, t events.Type, v View, topics ...string) error {
	c := events.Change{Type: t, Subject: fmt.Sprint("projects/", v.ID), Actor: a}
	for _, topic := range topics {
		c.Topic = topic
		if err := events.Append(tx, c, v); err != nil {
			return err
		}
	}
	if v.Visibility == Everyone {
		c.Topic = events.Projects
		return events.Append(tx, c, v)
	}
	var people []int64
	if err := tx.Raw(`SELECT user_id FROM members WHERE project_id = ? UNION SELECT owner_id FROM projects WHERE id = ?`, v.ID, v.ID).Scan(&people).Error; err != nil {
		return store.Fault(err, "member")
	}
	for _, person := range people {
		c.Topic = events.User(person)
		if err := events.Append(tx, c, withoutCounts(v)); err != nil {
			return err
		}
	}
	return nil
}

// summary is a View whose counts are hidden by a field of the same JSON name that is left out.
type summary struct {
	View
	Counts *Counts `json:"counts,omitempty"`
}

func withoutCounts(v View) summary { return summary{View: v} }

// ItemChanged emits item.changed for the item that holds the version, and project.changed; nothing where none holds it.
func ItemChanged(tx *gorm.DB, a access.Actor, versionID int64) error {
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, itemColumns+`WHERE i.version_id = ?`, versionID)
	it, err := scanItem(row.Scan)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return tellItem(tx, a, events.ItemChanged, it)
}

// WentLive emits item.changed and project.changed wherever something is another thing because a version went live: where it
// is held itself, where what was live before is (by its id), and where a draft now stands on what is live no more.
func WentLive(tx *gorm.DB, a access.Actor, contentID int64, language string, before int64) error {
	items, err := manyItems(tx, `WHERE i.content_id = ? AND i.language = ? AND (v.state <> 'previously_published' OR v.id = ?) ORDER BY i.id`, contentID, language, before)
	if err != nil {
		return err
	}
	for _, it := range items {
		if err := tellItem(tx, a, events.ItemChanged, it); err != nil {
			return err
		}
	}
	return nil
}

func tellItem(tx *gorm.DB, a access.Actor, t events.Type, it Item) error {
	Changed(tx, a, it.ProjectID)
	return events.Append(tx, events.Change{Topic: events.Project(it.ProjectID), Type: t, Subject: fmt.Sprint("projects/", it.ProjectID, "/items/", it.ID), Actor: a}, it)
}
