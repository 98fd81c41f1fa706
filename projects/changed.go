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
	recheck   events.Recheck
}

// Changed emits project.changed with the counts as they are at the end of the action: once, however often it is called.
func Changed(tx *gorm.DB, a access.Actor, projectID int64) {
	store.Collect(tx, change{projectID, a, events.RecheckNobody}, tellChanged)
}

// rightsChanged is Changed where anybody may have lost the project, or a role in it.
func rightsChanged(tx *gorm.DB, a access.Actor, projectID int64) {
	store.Collect(tx, change{projectID, a, events.RecheckAll}, tellChanged)
}

func tellChanged(tx *gorm.DB, all []change) error {
	at := map[int64]int{}
	var each []change
	for _, c := range all {
		i, known := at[c.projectID]
		if !known {
			at[c.projectID] = len(each)
			each = append(each, c)
		} else if c.recheck != events.RecheckNobody {
			each[i].recheck = c.recheck
		}
	}
	for _, c := range each {
		v, err := view(tx, c.projectID)
		if err != nil {
			return err
		}
		told := events.Change{Topic: events.Project(v.ID), Type: events.ProjectChanged, Subject: subject(v.ID), Actor: c.by, Recheck: c.recheck}
		if err := events.Append(tx, told, v); err != nil {
			return err
		}
		if err := tellSummary(tx, c.by, events.ProjectChanged, v); err != nil {
			return err
		}
	}
	return nil
}

// tellSummary appends an event about a project to the topics that hear summaries: everybody's for an open project, the own
// one of each person who sees it for a members-only one, without the counts.
func tellSummary(tx *gorm.DB, a access.Actor, t events.Type, v View) error {
	c := events.Change{Topic: events.Projects, Type: t, Subject: subject(v.ID), Actor: a}
	if v.Visibility == Everyone {
		return events.Append(tx, c, v)
	}
	var people []int64
	err := tx.Raw(`SELECT user_id FROM members WHERE project_id = ? UNION SELECT id FROM users WHERE role = 'admin' AND NOT disabled`, v.ID).Scan(&people).Error
	if err != nil {
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

// subject names a project in events.
func subject(projectID int64) string { return fmt.Sprint("projects/", projectID) }

// summary is a View whose counts are hidden by a field of the same JSON name that is left out.
type summary struct {
	View
	Counts *Counts `json:"counts,omitempty"`
}

func withoutCounts(v View) summary { return summary{View: v} }

// gone is all that is said of a project to somebody who does not see it any more.
type gone struct {
	ID int64 `json:"id"`
}

// forget ends the past of the topics: it speaks of what may not be told any more. It comes before the news of the action,
// which is for those who listen.
func forget(tx *gorm.DB, topics ...string) error {
	for _, topic := range topics {
		if err := events.Forget(tx, topic); err != nil {
			return err
		}
	}
	return nil
}

// tellGone emits project.deleted to the topics.
func tellGone(tx *gorm.DB, a access.Actor, projectID int64, topics ...string) error {
	for _, topic := range topics {
		c := events.Change{Topic: topic, Type: events.ProjectDeleted, Subject: subject(projectID), Actor: a}
		if err := events.Append(tx, c, gone{projectID}); err != nil {
			return err
		}
	}
	return nil
}

// ItemChanged remembers what was done to every item that has the version, and emits item.changed and project.changed;
// nothing where none has it.
func ItemChanged(tx *gorm.DB, a access.Actor, versionID int64, act string) error {
	items, err := touched(tx, a, `version_id = ?`, versionID)
	if err != nil {
		return err
	}
	for _, it := range items {
		if err := Record(tx, a, Entry{ProjectID: it.ProjectID, Act: act, Item: &it}); err != nil {
			return err
		}
		if err := tellItem(tx, a, events.ItemChanged, it); err != nil {
			return err
		}
	}
	return nil
}

// WentLive emits item.changed and project.changed wherever something is another thing because a version went live: where it
// is held itself, where what was live before is (by its id), and where a draft now stands on what is live no more. A project
// that was to take off what was live before is to take off what is live now.
func WentLive(tx *gorm.DB, a access.Actor, contentID int64, language string, before int64) error {
	err := tx.Exec(`UPDATE project_items SET version_id = l.version_id, revision = revision + 1 FROM live l
		WHERE l.content_id = ? AND l.language = ? AND project_items.version_id = ? AND project_items.action = 'unpublish'`, contentID, language, before).Error
	if err != nil {
		return store.Fault(err, "item")
	}
	return WentOff(tx, a, contentID, language, before)
}

// WentOff is WentLive where nothing has taken the place of what was live.
func WentOff(tx *gorm.DB, a access.Actor, contentID int64, language string, before int64) error {
	items, err := touched(tx, a, `content_id = ? AND language = ?
		AND (version_id = ? OR version_id IN (SELECT v.id FROM versions v WHERE v.content_id = ? AND v.state <> 'previously_published'))`, contentID, language, before, contentID)
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

// touched notes on items that the actor has changed them now, and reads them.
func touched(tx *gorm.DB, a access.Actor, where string, args ...any) ([]Item, error) {
	var ids []int64
	err := tx.Raw(`UPDATE project_items SET changed_at = ?, changed_by = ? WHERE `+where+` RETURNING id`, append([]any{store.Now(tx), by(a)}, args...)...).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return nil, store.Fault(err, "item")
	}
	return manyItems(tx, `WHERE i.id IN ? ORDER BY i.id`, ids)
}

func tellItem(tx *gorm.DB, a access.Actor, t events.Type, it Item) error {
	Changed(tx, a, it.ProjectID)
	return events.Append(tx, itemEvent(a, t, it), it)
}

// heldVersion is a version that a project took, or let go: whoever looks at all content looks again.
type heldVersion struct {
	ContentID int64  `json:"content_id"`
	Language  string `json:"language"`
	Version   int64  `json:"version"`
}

// tellHolding emits version.held or version.freed for the item's version. One that the project was to take off the site is
// nobody's to hold: it is live.
func tellHolding(tx *gorm.DB, a access.Actor, t events.Type, it Item) error {
	if it.Action != Publish {
		return nil
	}
	c := events.Change{Topic: events.Content, Type: t, Subject: fmt.Sprint("content/", it.ContentID), Actor: a}
	return events.Append(tx, c, heldVersion{it.ContentID, it.Language, it.Version})
}
