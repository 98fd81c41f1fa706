// Package storetest opens real, migrated databases for tests: a file each, since the two pools need one and WAL is what ships.
// It must never call a service: what a domain does, its own tests show.
package storetest

import (
	"cmp"
	"iter"
	"os"
	"path/filepath"
	"strconv"
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

// Seeds are those of a random sweep: one, or as many as the environment's SOAK says.
func Seeds(t *testing.T) iter.Seq[uint64] {
	t.Helper()
	n, err := strconv.ParseUint(cmp.Or(os.Getenv("SOAK"), "1"), 10, 64)
	if err != nil || n == 0 {
		t.Fatalf("SOAK should be how many seeds to try, got %q", os.Getenv("SOAK"))
	}
	return func(yield func(uint64) bool) {
		for seed := range n {
			if !yield(seed) {
				return
			}
		}
	}
}
