package users

import (
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
	return tellThemselves(tx, a, personID, events.RecheckNobody)
}
