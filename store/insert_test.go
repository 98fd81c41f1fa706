package store_test

import (
	"testing"

	"gorm.io/gorm"

	"galley/store"
)

func TestInsertTellsTheID(t *testing.T) {
	db := open(t)
	var ids []int64
	write(t, db, func(tx *gorm.DB) error {
		for _, text := range []string{"one", "two", "one"} {
			id, err := store.Insert(tx, `INSERT INTO notes (text) VALUES (?) ON CONFLICT DO NOTHING`, text)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		_, err := store.Insert(tx, `INSERT INTO notes (text) VALUES (?)`, "two")
		if err == nil {
			t.Error("the second row with one text was let in")
		}
		return nil
	})
	if ids[0] <= 0 || ids[1] != ids[0]+1 || ids[2] != 0 {
		t.Errorf("got ids %v, want two that follow each other and 0", ids)
	}
}
