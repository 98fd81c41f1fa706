// Package migrations holds the schema: numbered SQL files, forward only, never edited once released. It must never know
// when they are applied.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql
var files embed.FS

// SQLite returns the migrations for SQLite at the root of a file system.
func SQLite() fs.FS {
	sub, err := fs.Sub(files, "sqlite")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}
