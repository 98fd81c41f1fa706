package projects

import (
	"gorm.io/gorm"

	"galley/store"
)

// Holding are the projects that have an item of the content, in any language and state.
func Holding(tx *gorm.DB, contentID int64) ([]int64, error) {
	var ids []int64
	err := tx.Raw(`SELECT DISTINCT project_id FROM project_items WHERE content_id = ? ORDER BY project_id`, contentID).Scan(&ids).Error
	return ids, store.Fault(err, "project")
}
