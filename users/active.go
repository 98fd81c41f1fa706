package users

import (
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
	"galley/store"
)

// ClearActiveProject lets somebody's edits go to no project any more, since it was taken from them. Emits person.changed.
func ClearActiveProject(tx *gorm.DB, a access.Actor, personID int64) error {
	if err := tx.Model(&Person{}).Where("id = ?", personID).Update("active_project_id", nil).Error; err != nil {
		return store.Fault(err, "person")
	}
	var now personChanged
	if err := tx.Raw(`SELECT `+personColumns+`, active_project_id FROM users WHERE id = ?`, personID).Scan(&now).Error; err != nil {
		return store.Fault(err, "person")
	}
	return events.Append(tx, events.Change{
		Topic: events.User(personID), Type: events.PersonChanged, Subject: fmt.Sprintf("users/%d", personID), Actor: a,
	}, now)
}
