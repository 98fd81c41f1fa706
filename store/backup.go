package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"galley/errs"
)

// Backup copies the database into a new file, while others read and write it: what the copy holds stood in the database at
// one moment. It is on the disk, proven to be whole and of the database's schema when Backup returns nil; else there is no
// file. Conflict where there is one already.
func Backup(ctx context.Context, database, to string) (schema int64, err error) {
	if info, err := os.Stat(database); err != nil || !info.Mode().IsRegular() {
		return 0, errs.New(errs.NotFound, "There is no database %s.", database)
	}
	held, err := hold(database, false)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	reserved, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // nobody else's file is overwritten by the rename below
	if errors.Is(err, fs.ErrExist) {
		return 0, errs.New(errs.Conflict, "There is a file %s already. A backup never overwrites one.", to)
	}
	if err != nil {
		return 0, err
	}
	err = reserved.Close()
	if err == nil {
		schema, err = copyTo(ctx, database, to)
	}
	if err != nil {
		return 0, errors.Join(err, os.Remove(to))
	}
	return schema, nil
}

// copyTo makes the copy beside its final place and moves it there when it is known to be good.
func copyTo(ctx context.Context, database, to string) (schema int64, err error) {
	partial, err := emptyBeside(to)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove(partial))
		}
	}()
	want, err := copyWhole(ctx, "rw", database, partial)
	if err != nil {
		return 0, err
	}
	if schema, err = proof(ctx, partial); err != nil {
		return 0, err
	}
	if schema != want {
		return 0, errs.New(errs.Unavailable, "The database was migrated while it was copied. Try again.")
	}
	if err := os.Rename(partial, to); err != nil {
		return 0, err
	}
	return schema, syncFile(filepath.Dir(to))
}

// copyWhole writes all of a database into an empty file and waits until it is on the disk. It tells the schema of before.
func copyWhole(ctx context.Context, mode, database, into string) (schema int64, err error) {
	err = withFile(database, mode, func(conn *sql.DB) (err error) {
		if schema, err = schemaOf(ctx, conn); err != nil {
			return err
		}
		_, err = conn.ExecContext(ctx, `VACUUM INTO ?`, into)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store: copy %s: %w", database, err)
	}
	return schema, syncFile(into)
}

// proof reads all of a copy and returns its schema: NotFound for what is no database of Galley's, Conflict for a damaged one.
func proof(ctx context.Context, file string) (schema int64, err error) {
	err = withFile(file, "ro", func(conn *sql.DB) (err error) {
		var first string
		if err := conn.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&first); err != nil {
			return err
		}
		if first != "ok" {
			return fmt.Errorf("it is damaged: %s", first)
		}
		var orphans int
		if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM pragma_foreign_key_check`).Scan(&orphans); err != nil {
			return err
		}
		if orphans > 0 {
			return fmt.Errorf("it is damaged: %d rows refer to what is not there", orphans)
		}
		if schema, err = schemaOf(ctx, conn); err == nil && schema == 0 {
			err = errors.New("it holds nothing of Galley's")
		}
		return err
	})
	if err != nil {
		return 0, errs.New(errs.Conflict, "%s is no good backup: %v.", file, err)
	}
	return schema, nil
}

// schemaOf is the schema of a database that Galley has not opened, 0 for any other.
func schemaOf(ctx context.Context, conn *sql.DB) (version int64, err error) {
	var ours bool
	err = conn.QueryRowContext(ctx, `SELECT count(*) = 2 FROM sqlite_master WHERE type = 'table' AND name IN ('goose_db_version', 'event_log')`).Scan(&ours)
	if err != nil || !ours {
		return 0, err
	}
	err = conn.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version)
	return version, err
}

// withFile opens a file as it is, without any of the promises that a DB gives. mode is ro or rw; neither makes a file.
func withFile(file, mode string, fn func(conn *sql.DB) error) (err error) {
	conn, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_busy_timeout=5000&mode="+mode)
	if err != nil {
		return err
	}
	conn.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, conn.Close()) }()
	return fn(conn)
}

// emptyBeside makes an empty file in the folder of the other one, for nobody else to read: rename works within a folder.
func emptyBeside(file string) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// remove takes a database away with what SQLite may have left beside it.
func remove(file string) error {
	var all error
	for _, name := range []string{file, file + "-wal", file + "-shm", file + "-journal"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// syncFile waits until a file, or the names in a folder, are on the disk.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
