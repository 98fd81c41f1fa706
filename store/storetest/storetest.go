// Package storetest opens real, migrated databases for tests: a file each, since the two pools need one and WAL is what ships.
// It must never call a service: what a domain does, its own tests show.
package storetest

import (
	"path/filepath"
	"testing"

	"galley/store"
)

// Open returns a migrated database in a file of the test's own, closed when the test ends.
func Open(t testing.TB) *store.DB { return OpenWith(t, store.Options{}) }

// OpenWith is Open with the given options.
func OpenWith(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	db, err := store.OpenSQLite(filepath.Join(t.TempDir(), "galley.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}
