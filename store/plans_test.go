//go:build linux

package store_test

import (
	"testing"

	"gorm.io/gorm"
)

// A plan that looks at the value of a parameter is made anew for each value, which costs more than most queries: a prefix
// pattern would be turned into a range of the index here.
func TestPlansHoldForEveryValue(t *testing.T) {
	db := open(t)
	var plans []string
	explain := func(tx *gorm.DB) error {
		var plan struct{ Detail string }
		err := tx.Raw(`EXPLAIN QUERY PLAN SELECT text FROM notes WHERE text GLOB ?`, "a*").Scan(&plan).Error
		plans = append(plans, plan.Detail)
		return err
	}
	write(t, db, explain)
	if err := db.Read(t.Context(), explain); err != nil {
		t.Fatal(err)
	}
	for i, got := range plans {
		if want := "SCAN notes USING COVERING INDEX sqlite_autoindex_notes_1"; got != want {
			t.Errorf("connection %d: got %q, want %q", i, got, want)
		}
	}
}
