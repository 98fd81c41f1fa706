package store

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"galley/migrations"
)

// Newest is the schema that this binary works with.
func Newest() int64 {
	var newest int64
	for version := range known() {
		newest = max(newest, version)
	}
	return newest
}

// known are the migrations of this binary: the files' names by the versions that they begin with.
func known() map[int64]string {
	entries, err := fs.ReadDir(migrations.SQLite(), ".")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	names := map[int64]string{}
	for _, e := range entries {
		digits, _, _ := strings.Cut(e.Name(), "_")
		version, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			panic(err) // their names begin with numbers
		}
		names[version] = e.Name()
	}
	return names
}

// Schema is the version that the database is at, 0 for an empty one.
func (d *DB) Schema(ctx context.Context) (version int64, err error) {
	err = d.Read(ctx, func(tx *gorm.DB) error {
		applied, err := appliedTo(tx)
		for v := range applied {
			version = max(version, v)
		}
		return err
	})
	return version, err
}

// Pending are the names of the migrations that this binary knows and the database has not seen, in order.
func (d *DB) Pending(ctx context.Context) (names []string, err error) {
	err = d.Read(ctx, func(tx *gorm.DB) error {
		applied, err := appliedTo(tx)
		for version, name := range known() {
			if !applied[version] {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return err
	})
	return names, err
}

// appliedTo reads what goose has kept.
func appliedTo(tx *gorm.DB) (map[int64]bool, error) {
	var exists bool
	if err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'goose_db_version')`).Scan(&exists).Error; err != nil {
		return nil, Fault(err, "schema")
	}
	if !exists {
		return nil, nil
	}
	var versions []int64
	if err := tx.Raw(`SELECT version_id FROM goose_db_version WHERE is_applied`).Scan(&versions).Error; err != nil {
		return nil, Fault(err, "schema")
	}
	applied := map[int64]bool{}
	for _, v := range versions {
		applied[v] = true
	}
	return applied, nil
}

func tooNew(what string, schema int64) error {
	return fmt.Errorf("store: %s has schema %d, this Galley knows up to %d: start the newer Galley, or restore the backup made before it", what, schema, Newest())
}
