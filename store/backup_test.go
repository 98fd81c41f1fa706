package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"

	"galley/errs"
	"galley/migrations"
	"galley/store"
)

// house is a folder with a database in it.
type house struct {
	*testing.T
	dir, file string
}

func newHouse(t *testing.T) house {
	t.Helper()
	h := house{T: t, dir: t.TempDir()}
	h.file = h.path("galley.db")
	return h
}

func (h house) path(name string) string { return filepath.Join(h.dir, name) }

// open opens and migrates the file; the caller closes it.
func (h house) open(file string) *store.DB {
	h.Helper()
	db, err := store.OpenSQLite(file, store.Options{})
	if err != nil {
		h.Fatal(err)
	}
	if _, err := db.Migrate(h.Context()); err != nil {
		h.Fatal(errors.Join(err, db.Close()))
	}
	return db
}

func (h house) close(db *store.DB) {
	h.Helper()
	if err := db.Close(); err != nil {
		h.Fatal(err)
	}
}

// fill makes a database that holds these people.
func (h house) fill(file string, names ...string) {
	h.Helper()
	db := h.open(file)
	for _, name := range names {
		write(h.T, db, person(name))
	}
	h.close(db)
}

func person(name string) func(tx *gorm.DB) error {
	return func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO users (name, handle, email, role, password_hash, created_at) VALUES (?, ?, ?, 'editor', '', ?)`, name, name, name+"@merrow.example", time.Now().UTC()).Error
	}
}

// names are the people in the file, which is left as it is.
func (h house) names(file string) (names []string) {
	h.Helper()
	db := h.open(file)
	defer h.close(db)
	if err := db.Read(h.Context(), func(tx *gorm.DB) error { return tx.Raw(`SELECT name FROM users ORDER BY id`).Scan(&names).Error }); err != nil {
		h.Fatal(err)
	}
	return names
}

// raw runs statements on the file as another program would.
func (h house) raw(file string, statements ...string) {
	h.Helper()
	conn, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		h.Fatal(err)
	}
	for _, s := range statements {
		if _, err := conn.Exec(s); err != nil {
			h.Fatal(s, err)
		}
	}
	if err := conn.Close(); err != nil {
		h.Fatal(err)
	}
}

// files are the names in the folder, but for locks.
func (h house) files() (names []string) {
	h.Helper()
	entries, err := os.ReadDir(h.dir)
	if err != nil {
		h.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), "-lock") {
			names = append(names, e.Name())
		}
	}
	return names
}

func (h house) bytes(file string) string {
	h.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		h.Fatal(err)
	}
	return string(b)
}

func (h house) backup(to string) error {
	_, err := store.Backup(h.Context(), h.file, to)
	return err
}

func (h house) restore(backup string, prepare func(fresh, old *store.DB) error) (store.Restored, error) {
	if prepare == nil {
		prepare = func(_, _ *store.DB) error { return nil }
	}
	return store.Restore(h.Context(), backup, h.file, store.Options{}, prepare)
}

func wantCode(t *testing.T, err error, want errs.Code) {
	t.Helper()
	if got := errs.CodeOf(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

// What a backup holds stood in the database at one moment, although 8 writers write two rows at a time meanwhile.
func TestBackupWhileOthersWrite(t *testing.T) {
	h := newHouse(t)
	db := h.open(h.file)
	write(t, db, func(tx *gorm.DB) error {
		return tx.Exec(`CREATE TABLE pairs (id INTEGER PRIMARY KEY, half TEXT NOT NULL, filler TEXT NOT NULL)`).Error
	})
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				err := db.Write(context.Background(), func(tx *gorm.DB) error {
					return tx.Exec(`INSERT INTO pairs (half, filler) VALUES (@key, hex(randomblob(500))), (@key, hex(randomblob(500)))`, sql.Named("key", fmt.Sprint(w, "-", i))).Error
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	rows := func(file string) (n, lone int) {
		t.Helper()
		copied := h.open(file)
		defer h.close(copied)
		err := copied.Read(t.Context(), func(tx *gorm.DB) error {
			return errors.Join(
				tx.Raw(`SELECT count(*) FROM pairs`).Scan(&n).Error,
				tx.Raw(`SELECT count(*) FROM (SELECT half FROM pairs GROUP BY half HAVING count(*) <> 2)`).Scan(&lone).Error,
			)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n, lone
	}
	last := 0
	for i := range 5 {
		to := h.path(fmt.Sprint("copy", i))
		schema, err := store.Backup(t.Context(), h.file, to)
		if err != nil || schema != store.Newest() {
			t.Fatalf("got schema %d, %v", schema, err)
		}
		if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others may read it: %v, %v", info.Mode(), err)
		}
		n, lone := rows(to)
		if lone > 0 || n < last {
			t.Errorf("copy %d holds %d rows, %d without their other half; the one before held %d", i, n, lone, last)
		}
		last = n
	}
	stop()
	writers.Wait()
	h.close(db)
	if n, _ := rows(h.file); n <= 0 || last == 0 {
		t.Errorf("%d rows were written, %d copied", n, last)
	}
}

func TestBackupRefusals(t *testing.T) {
	h := newHouse(t)
	h.fill(h.file, "anna")
	taken := h.path("taken")
	if err := os.WriteFile(taken, []byte("somebody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantCode(t, h.backup(taken), errs.Conflict)
	if h.bytes(taken) != "somebody's" {
		t.Error("the file was overwritten")
	}
	wantCode(t, h.backup(h.file), errs.Conflict)
	if err := h.backup(h.path("no/such/folder")); err == nil {
		t.Error("into a folder that is not there: it succeeded")
	}
	_, err := store.Backup(t.Context(), h.path("other.db"), h.path("copy"))
	wantCode(t, err, errs.NotFound)
	_, err = store.Backup(t.Context(), h.dir, h.path("copy"))
	wantCode(t, err, errs.NotFound)
	before := h.bytes(h.file)
	if err := os.WriteFile(h.file, []byte(before[:len(before)/2]), 0o600); err != nil { // the database itself is damaged
		t.Fatal(err)
	}
	if err := h.backup(h.path("copy")); err == nil {
		t.Error("a damaged database was backed up")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Backup(gone, h.file, h.path("copy")); err == nil {
		t.Error("it succeeded although it was given up")
	}
	if got := h.files(); !slices.Equal(got, []string{"galley.db", "taken"}) {
		t.Errorf("something is left: %v", got)
	}
}

func TestRestore(t *testing.T) {
	h := newHouse(t)
	h.fill(h.file, "anna", "ben")
	backup := h.path("monday")
	if err := h.backup(backup); err != nil {
		t.Fatal(err)
	}
	kept := h.bytes(backup)
	h.fill(h.file, "rosa")
	r, err := h.restore(backup, func(fresh, old *store.DB) error {
		var was int64
		err := old.Read(t.Context(), func(tx *gorm.DB) error { return tx.Raw(`SELECT count(*) FROM users`).Scan(&was).Error })
		if was != 3 {
			t.Errorf("the old one holds %d people", was)
		}
		return errors.Join(err, fresh.Write(t.Context(), person("sten")))
	})
	if err != nil || r.Schema != store.Newest() || !strings.HasPrefix(r.Aside, h.file+".before-restore-") {
		t.Fatalf("got %+v, %v", r, err)
	}
	if got := h.files(); !slices.Equal(got, []string{"galley.db", filepath.Base(r.Aside), "monday"}) {
		t.Errorf("in the folder are %v", got)
	}
	if got := h.names(h.file); !slices.Equal(got, []string{"anna", "ben", "sten"}) {
		t.Errorf("restored are %v", got)
	}
	if h.bytes(backup) != kept {
		t.Error("the backup has changed")
	}
	// What was put aside is a backup too: the way back.
	if _, err := h.restore(r.Aside, nil); err != nil {
		t.Fatal(err)
	}
	if got := h.names(h.file); !slices.Equal(got, []string{"anna", "ben", "rosa"}) {
		t.Errorf("back again are %v", got)
	}
	t.Run("where there is none", func(t *testing.T) {
		other := newHouse(t)
		r, err := other.restore(backup, func(_, old *store.DB) error {
			if old != nil {
				t.Error("there is an old one")
			}
			return nil
		})
		if err != nil || r.Aside != "" || !slices.Equal(other.names(other.file), []string{"anna", "ben"}) {
			t.Errorf("got %+v, %v", r, err)
		}
	})
	t.Run("behind a link", func(t *testing.T) {
		other := newHouse(t)
		other.fill(other.path("real.db"), "rosa")
		if err := os.Symlink("real.db", other.file); err != nil {
			t.Fatal(err)
		}
		if _, err := other.restore(backup, nil); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(other.file); err != nil || info.Mode()&os.ModeSymlink == 0 || !slices.Equal(other.names(other.path("real.db")), []string{"anna", "ben"}) {
			t.Errorf("got %v, %v", info.Mode(), err)
		}
	})
	t.Run("of an older schema", func(t *testing.T) {
		other := newHouse(t)
		old := other.path("old")
		conn, err := sql.Open("sqlite3", "file:"+old)
		if err != nil {
			t.Fatal(err)
		}
		p, err := goose.NewProvider(goose.DialectSQLite3, conn, migrations.SQLite())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(t.Context(), 4); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		other.raw(old, `INSERT INTO users (name, handle, email, role, password_hash, created_at) VALUES ('nils', 'nils', 'nils@merrow.example', 'editor', '', '2026-03-10')`)
		if r, err := other.restore(old, nil); err != nil || r.Schema != 4 {
			t.Fatalf("got %+v, %v", r, err)
		}
		if got := other.names(other.file); !slices.Equal(got, []string{"nils"}) {
			t.Errorf("people are %v", got)
		}
		db := other.open(other.file)
		defer other.close(db)
		if pending, err := db.Pending(t.Context()); err != nil || len(pending) > 0 {
			t.Errorf("pending are %v, %v", pending, err)
		}
	})
}

// A refused restore changes nothing at all, and the database goes on.
func TestRestoreRefusals(t *testing.T) {
	h := newHouse(t)
	h.fill(h.file, "anna", "ben")
	good := h.path("good")
	if err := h.backup(good); err != nil {
		t.Fatal(err)
	}
	whole := h.bytes(good)
	broken := func(name, content string) string {
		file := h.path(name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	altered := func(name string, statements ...string) string {
		file := broken(name, whole)
		h.raw(file, statements...)
		return file
	}
	flipped := []byte(whole)
	for i := 3*4096 + 8; i < len(flipped); i += 4096 { // in the head of every page behind the first three
		flipped[i] ^= 0xff
	}
	other := h.path("other")
	h.raw(other, `CREATE TABLE mine (id INTEGER)`)
	refuses := errors.New("not today")
	started := func(fresh, _ *store.DB) error { return errors.Join(fresh.Write(t.Context(), person("rosa")), refuses) }
	before, names := h.bytes(h.file), h.files()
	for _, row := range []struct {
		name, backup string
		prepare      func(fresh, old *store.DB) error
		want         string
	}{
		{"nothing", h.path("nothing"), nil, "There is no backup"},
		{"a folder", h.dir, nil, "There is no backup"},
		{"an empty file", broken("empty", ""), nil, "is no good backup"},
		{"a text", broken("text", strings.Repeat("This is not a database. ", 1000)), nil, "is no good backup"},
		{"half of one", broken("half", whole[:len(whole)/2]), nil, "is no good backup"},
		{"one with pages that are none", broken("flipped", string(flipped)), nil, "is no good backup"},
		{"one with a letter that is another", broken("letter", strings.Replace(whole, "ben@merrow.example", "bex@merrow.example", 1)), nil, "is damaged: row"},
		{"one with rows that refer to nothing", altered("orphans", `PRAGMA foreign_keys = 0`, `INSERT INTO sessions (token_hash, user_id, user_agent, address, created_at, last_seen_at, expires_at) VALUES (x'00', 4711, '', '', 0, 0, 0)`), nil, "refer to what is not there"},
		{"somebody else's database", other, nil, "holds nothing of Galley's"},
		{"a newer Galley's", altered("newer", `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`), nil, "restore it with the newer Galley"},
		{"a good one, but what follows fails", good, started, "not today"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := h.restore(row.backup, row.prepare)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
			if row.backup != good && h.bytes(h.file) != before { // later on its journal is folded into it
				t.Error("the database has changed")
			}
			if got := h.names(h.file); !slices.Equal(got, []string{"anna", "ben"}) {
				t.Errorf("people are %v", got)
			}
			before = h.bytes(h.file)
		})
	}
	for _, made := range []string{"empty", "flipped", "half", "letter", "newer", "orphans", "text"} {
		if err := os.Remove(h.path(made)); err != nil {
			t.Error(err)
		}
	}
	if got := h.files(); !slices.Equal(got, names) {
		t.Errorf("in the folder are %v, before %v", got, names)
	}
}

// Nobody's database changes under their feet: not a server's, and not that of any other program.
func TestRestoreRefusesADatabaseInUse(t *testing.T) {
	h := newHouse(t)
	h.fill(h.file, "anna")
	good := h.path("good")
	if err := h.backup(good); err != nil {
		t.Fatal(err)
	}
	inUse := func(t *testing.T) {
		t.Helper()
		_, err := h.restore(good, nil)
		wantCode(t, err, errs.Conflict)
		if err != nil && !strings.Contains(err.Error(), "is in use") {
			t.Errorf("got %v", err)
		}
	}
	t.Run("by a server", func(t *testing.T) {
		db := h.open(h.file)
		inUse(t)
		write(t, db, person("ben"))
		h.close(db)
	})
	t.Run("by another program", func(t *testing.T) {
		conn, err := sql.Open("sqlite3", "file:"+h.file)
		if err != nil {
			t.Fatal(err)
		}
		var people int
		if err := conn.QueryRow(`SELECT count(*) FROM users`).Scan(&people); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(`PRAGMA journal_mode = WAL`); err != nil {
			t.Fatal(err)
		}
		inUse(t)
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("and nobody opens it meanwhile", func(t *testing.T) {
		_, err := h.restore(good, func(_, _ *store.DB) error {
			_, err := store.OpenSQLite(h.file, store.Options{})
			wantCode(t, err, errs.Unavailable)
			wantCode(t, h.backup(h.path("copy")), errs.Unavailable)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	if got := h.names(h.file); !slices.Equal(got, []string{"anna"}) {
		t.Errorf("people are %v", got)
	}
}

// A damaged database is what backups are for: it is put aside with all that belongs to it, and nothing of it gets into the
// new one.
func TestRestoreInPlaceOfADamagedOne(t *testing.T) {
	h := newHouse(t)
	h.fill(h.file, "anna")
	good := h.path("good")
	if err := h.backup(good); err != nil {
		t.Fatal(err)
	}
	db := h.open(h.file)
	write(t, db, person("ben"))
	log := h.bytes(h.file + "-wal") // as a crash leaves it
	h.close(db)
	const rubble = "what a broken disk gives back"
	for name, content := range map[string]string{h.file: rubble, h.file + "-wal": log} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := h.restore(good, func(_, old *store.DB) error {
		if old != nil {
			t.Error("rubble was opened")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if h.bytes(r.Aside) != rubble || h.bytes(r.Aside+"-wal") != log {
		t.Error("what was there is not kept as it was")
	}
	if got := h.names(h.file); !slices.Equal(got, []string{"anna"}) {
		t.Errorf("people are %v", got)
	}
}

func TestPending(t *testing.T) {
	h := newHouse(t)
	db, err := store.OpenSQLite(h.file, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.close(db)
	look := func(wantSchema int64, wantFirst string, wantSome bool) {
		t.Helper()
		schema, err := db.Schema(t.Context())
		if err != nil || schema != wantSchema {
			t.Errorf("got schema %d, %v, want %d", schema, err, wantSchema)
		}
		pending, err := db.Pending(t.Context())
		if err != nil || len(pending) > 0 != wantSome || wantSome && pending[0] != wantFirst {
			t.Errorf("pending are %v, %v", pending, err)
		}
	}
	look(0, "00001_event_log.sql", true)
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	look(store.Newest(), "", false)
	write(t, db, func(tx *gorm.DB) error { return tx.Exec(`DELETE FROM goose_db_version WHERE version_id = 10`).Error })
	look(store.Newest(), "00010_password_links.sql", true)
}
