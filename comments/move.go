package comments

import (
	"gorm.io/gorm"

	"galley/store"
)

// MoveItem lets the talk on an item follow it into another project.
func MoveItem(tx *gorm.DB, itemID, projectID int64) error {
	return store.Fault(tx.Exec(`UPDATE comments SET project_id = ? WHERE item_id = ?`, projectID, itemID).Error, "comment")
}
