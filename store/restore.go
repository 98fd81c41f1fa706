package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"galley/errs"
)

// Restored is what a restore did.
type Restored struct {
	Schema int64  // of the backup; the database has that of this binary
	Aside  string // the file that the database of before is kept in, "" where there was none
}

// Restore puts what the backup holds in the place of the database, brought to the schema of this binary, and keeps the
// database of before under another name. prepare is handed the new database, and the old one where it can be read, before
// they change places. Until then nothing is lost or won: Conflict for a backup that is no good, that a newer Galley made, or
// where somebody has the database open.
func Restore(ctx context.Context, backup, database string, o Options, prepare func(fresh, old *DB) error) (r Restored, err error) {
	if real, err := filepath.EvalSymlinks(database); err == nil {
		database = real // the file is replaced, not what points to it
	}
	if info, err := os.Stat(backup); err != nil || !info.Mode().IsRegular() {
		return Restored{}, errs.New(errs.NotFound, "There is no backup %s.", backup)
	}
	held, err := hold(database, true)
	if err != nil {
		return Restored{}, err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	if r.Schema, err = proof(ctx, backup); err != nil {
		return Restored{}, err
	}
	if r.Schema > Newest() {
		return Restored{}, errs.New(errs.Conflict, "%s has schema %d, this Galley knows up to %d: restore it with the newer Galley.", backup, r.Schema, Newest())
	}
	was, err := os.Stat(database)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Restored{}, err
	}
	fresh, err := emptyBeside(database)
	if err != nil {
		return Restored{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove(fresh))
		}
	}()
	sound := false
	if was != nil {
		if sound, err = foldIn(ctx, database); err != nil {
			return Restored{}, err
		}
	}
	if err := makeFresh(ctx, backup, fresh, database, sound, o, prepare); err != nil {
		return Restored{}, err
	}
	if was == nil {
		return r, errors.Join(os.Rename(fresh, database), syncFile(filepath.Dir(database)))
	}
	if err := giveTo(fresh, was); err != nil {
		return Restored{}, err
	}
	r.Aside, err = changePlaces(fresh, database)
	return r, err
}

// makeFresh copies the backup, migrates the copy and lets prepare change it. It is one whole file at the end.
func makeFresh(ctx context.Context, backup, fresh, database string, sound bool, o Options, prepare func(fresh, old *DB) error) error {
	if _, err := copyWhole(ctx, "ro", backup, fresh); err != nil {
		return err
	}
	db, err := openHeld(fresh, o, nil)
	if err != nil {
		return err
	}
	_, err = db.Migrate(ctx)
	if err == nil {
		err = withOld(database, sound, o, func(old *DB) error { return prepare(db, old) })
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	if err := withFile(fresh, "rw", becomeOneFile); err != nil { // nothing of it may stay beside it when it is moved
		return err
	}
	if _, err := proof(ctx, fresh); err != nil {
		return err
	}
	return syncFile(fresh)
}

// withOld opens the database of before, if it is good for anything.
func withOld(database string, sound bool, o Options, fn func(old *DB) error) error {
	if !sound {
		return fn(nil)
	}
	old, err := openHeld(database, o, nil)
	if err != nil {
		return err
	}
	err = fn(old)
	if err = errors.Join(err, old.Close()); err != nil {
		return err
	}
	return withFile(database, "rw", becomeOneFile)
}

// foldIn brings into the database's one file what is still beside it. That fails while any program at all has it open, which
// is the point; sound is false for a file that SQLite cannot make sense of.
func foldIn(ctx context.Context, database string) (sound bool, err error) {
	var schema int64
	err = withFile(database, "rw", func(conn *sql.DB) (err error) {
		if err := becomeOneFile(conn); err != nil {
			return err
		}
		schema, err = schemaOf(ctx, conn)
		return err
	})
	switch {
	case err == nil:
		return schema == Newest(), nil // of another schema, nothing can be said of its rows
	case isBusy(err):
		return false, inUse(database)
	case isRubble(err):
		return false, nil
	}
	return false, fmt.Errorf("store: %s: %w", database, err)
}

func becomeOneFile(conn *sql.DB) error {
	var mode string
	if err := conn.QueryRow(`PRAGMA journal_mode = DELETE`).Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return fmt.Errorf("store: the journal mode is %s, not delete", mode)
	}
	return nil
}

// changePlaces puts fresh in the place of the database and keeps that under a name of its own. At every moment there is a
// whole database in the place.
func changePlaces(fresh, database string) (aside string, err error) {
	aside = database + ".before-restore-" + time.Now().UTC().Format("20060102T150405.000Z")
	for _, beside := range []string{"-wal", "-journal"} { // of a file that could not be made sense of: the new one must not be mended with it
		if err := os.Rename(database+beside, aside+beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if err := os.Remove(database + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.Link(database, aside); err != nil {
		if err := os.Rename(database, aside); err != nil { // a file system without links: for a moment there is none
			return "", err
		}
	}
	return aside, errors.Join(os.Rename(fresh, database), syncFile(filepath.Dir(database)))
}
