package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/errs"
	"galley/store"
	"galley/store/storetest"
)

// open returns a database with one table of the test's own.
func open(t *testing.T) *store.DB {
	t.Helper()
	db := storetest.Open(t)
	write(t, db, func(tx *gorm.DB) error {
		return tx.Exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL UNIQUE, made_at DATETIME)`).Error
	})
	return db
}

func write(t *testing.T, db *store.DB, fn func(tx *gorm.DB) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func add(text string) func(tx *gorm.DB) error {
	return func(tx *gorm.DB) error { return tx.Exec(`INSERT INTO notes (text) VALUES (?)`, text).Error }
}

func count(t *testing.T, db *store.DB, where string) int {
	t.Helper()
	var n int
	err := db.Read(t.Context(), func(tx *gorm.DB) error { return tx.Raw(`SELECT count(*) FROM notes WHERE ` + where).Scan(&n).Error })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestReadRefusesToWrite(t *testing.T) {
	db := open(t)
	err := db.Read(t.Context(), add("through the wrong door"))
	if err == nil {
		t.Fatal("a write through Read was accepted")
	}
	if got := count(t, db, "TRUE"); got != 0 {
		t.Fatalf("got %d rows, want none", got)
	}
}

func TestReadSeesOneSnapshot(t *testing.T) {
	db := open(t)
	write(t, db, add("before"))
	var first, second int
	err := db.Read(t.Context(), func(tx *gorm.DB) error {
		if err := tx.Raw(`SELECT count(*) FROM notes`).Scan(&first).Error; err != nil {
			return err
		}
		write(t, db, add("meanwhile"))
		return tx.Raw(`SELECT count(*) FROM notes`).Scan(&second).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	if first != 1 || second != 1 {
		t.Fatalf("got %d then %d rows in one read, want 1 and 1", first, second)
	}
}

func TestConcurrentActionsKeepTheirOwnFate(t *testing.T) {
	db := open(t)
	fails := errors.New("this one does not want to")
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			err := db.Write(t.Context(), func(tx *gorm.DB) error {
				if err := add(fmt.Sprintf("%d", i))(tx); err != nil {
					return err
				}
				switch i % 4 {
				case 1:
					return fails
				case 2:
					panic("and this one breaks")
				case 3:
					return add("the same for everybody")(tx) // all but one are duplicates
				}
				return nil
			})
			if (i%4 == 0) != (err == nil) && i%4 != 3 {
				t.Errorf("action %d: got error %v", i, err)
			}
		})
	}
	wg.Wait()
	if got, want := count(t, db, "text <> 'the same for everybody'"), 50+1; got != want {
		t.Fatalf("got %d rows, want %d: those of the actions that succeeded", got, want)
	}
}

func TestWriteOfSomebodyWhoLeft(t *testing.T) {
	db := open(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Write(gone, add("too late")); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the context's error", err)
	}
	// Who leaves while the action runs takes nothing from the others of the group, and not even from the own action.
	leaving, leave := context.WithCancel(t.Context())
	err := db.Write(leaving, func(tx *gorm.DB) error {
		leave()
		return add("left in the middle")(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := count(t, db, "TRUE"); got != 1 {
		t.Fatalf("got %d rows, want 1", got)
	}
}

func TestCollectFlushesOnceAndAgainForLatecomers(t *testing.T) {
	db := open(t)
	type word string
	var flushed []string
	flush := func(_ *gorm.DB, all []word) error {
		flushed = append(flushed, fmt.Sprint(all))
		return nil
	}
	write(t, db, func(tx *gorm.DB) error {
		store.Collect(tx, word("a"), flush)
		store.Collect(tx, 1, func(tx *gorm.DB, _ []int) error {
			store.Collect(tx, word("c"), flush)
			return nil
		})
		store.Collect(tx, word("b"), flush)
		return nil
	})
	if got, want := fmt.Sprint(flushed), "[[a b] [c]]"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

func TestEmittedLeavesOnlyWithTheCommit(t *testing.T) {
	db := open(t)
	var got []any
	db.OnCommitted(func(emitted []any) { got = append(got, emitted...) })
	write(t, db, func(tx *gorm.DB) error { store.Emit(tx, 1); return nil })
	_ = db.Write(t.Context(), func(tx *gorm.DB) error { store.Emit(tx, 2); return errors.New("no") })
	_ = db.Write(t.Context(), func(tx *gorm.DB) error {
		store.Emit(tx, 3)
		store.Collect(tx, "last", func(*gorm.DB, []string) error { return errors.New("no, at the very end") })
		return nil
	})
	write(t, db, func(tx *gorm.DB) error { store.Emit(tx, 4); return nil })
	if want := "[1 4]"; fmt.Sprint(got) != want {
		t.Fatalf("got %v, want %s", got, want)
	}
}

// A database that another process holds refuses writes clearly and takes them again, without a restart, once it is free.
func TestLockedByAnotherProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "galley.db")
	db, err := store.OpenSQLite(file, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // a failing Close is another test's
	other, err := store.OpenSQLite(file, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	write(t, db, func(tx *gorm.DB) error { return tx.Exec(`CREATE TABLE notes (text TEXT)`).Error })

	const writers = 30 // would wait for the lock one after the other
	refused := make(chan error, writers)
	began := time.Now()
	write(t, other, func(tx *gorm.DB) error {
		if err := add("theirs")(tx); err != nil {
			return err
		}
		var all sync.WaitGroup
		for range writers {
			all.Go(func() { refused <- db.Write(t.Context(), add("ours")) }) // waits out the busy timeout while they hold the lock
		}
		all.Wait()
		return nil
	})
	for range writers {
		if got := errs.CodeOf(<-refused); got != errs.Unavailable {
			t.Fatalf("got %q, want unavailable", got)
		}
	}
	if took := time.Since(began); took > 15*time.Second { // the first waits 5 s, and those who came meanwhile wait 5 s together
		t.Errorf("the last one was refused after %v", took)
	}
	if got := db.Figures().Refused; got != writers {
		t.Errorf("%d were counted as refused", got)
	}
	write(t, db, add("ours, again"))
	if got := count(t, db, "TRUE"); got != 2 {
		t.Fatalf("got %d rows, want 2", got)
	}
}

// A full disk takes nothing, tells everybody so, and is forgotten once there is room again.
func TestFullDisk(t *testing.T) {
	db := open(t)
	limit := func(pages string) {
		t.Helper()
		write(t, db, func(tx *gorm.DB) error { return tx.Exec(`PRAGMA max_page_count = ` + pages).Error })
	}
	var pages int
	if err := db.Read(t.Context(), func(tx *gorm.DB) error { return tx.Raw(`PRAGMA page_count`).Scan(&pages).Error }); err != nil {
		t.Fatal(err)
	}
	limit(fmt.Sprint(pages + 8))
	var all sync.WaitGroup
	var mu sync.Mutex
	kept, refused := 0, 0
	for w := range 8 {
		all.Go(func() {
			for i := range 20 {
				err := db.Write(t.Context(), func(tx *gorm.DB) error {
					store.Emit(tx, "something")
					return tx.Exec(`INSERT INTO notes (text) VALUES (? || hex(randomblob(1000))), (? || hex(randomblob(1000)))`, fmt.Sprint(w, i, "a"), fmt.Sprint(w, i, "b")).Error
				})
				mu.Lock()
				switch errs.CodeOf(store.Fault(err, "note")) {
				case "":
					kept++
				case errs.Unavailable:
					refused++
				default:
					t.Errorf("got %v", err)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if kept == 0 || refused == 0 || count(t, db, "TRUE") != 2*kept {
		t.Errorf("%d were kept and %d refused, and there are %d rows", kept, refused, count(t, db, "TRUE"))
	}
	limit("1000000")
	write(t, db, add("there is room again"))
}

func TestTimesComeBackAsTheyWere(t *testing.T) {
	db := open(t)
	var made, read time.Time
	write(t, db, func(tx *gorm.DB) error {
		made = store.Now(tx)
		return tx.Exec(`INSERT INTO notes (text, made_at) VALUES ('x', ?)`, made).Error
	})
	err := db.Read(t.Context(), func(tx *gorm.DB) error { return tx.Raw(`SELECT made_at FROM notes`).Row().Scan(&read) })
	if err != nil {
		t.Fatal(err)
	}
	if !read.Equal(made) || made.Location() != time.UTC || made != made.Truncate(time.Millisecond) {
		t.Fatalf("got %v, want %v in UTC milliseconds", read, made)
	}
}

func TestCloseRefusesWhatComesAfter(t *testing.T) {
	db := open(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := errs.CodeOf(db.Write(t.Context(), add("late"))); got != errs.Unavailable {
		t.Fatalf("got %q, want unavailable", got)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	db := storetest.Open(t)
	write(t, db, func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`).Error
	})
	if _, err := db.Migrate(t.Context()); err == nil {
		t.Fatal("a database with a newer schema was accepted")
	}
}

// SQLite before 3.51.3 can corrupt a WAL database that is written and checkpointed from several connections.
func TestSQLiteIsNewEnough(t *testing.T) {
	db := storetest.Open(t)
	var version string
	if err := db.Read(t.Context(), func(tx *gorm.DB) error { return tx.Raw(`SELECT sqlite_version()`).Scan(&version).Error }); err != nil {
		t.Fatal(err)
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatal(err)
	}
	if major*1_000_000+minor*1_000+patch < 3_051_003 {
		t.Fatalf("SQLite %s, want 3.51.3 or newer", version)
	}
}

func TestReadEndsItsSnapshotInAnyCase(t *testing.T) {
	db := open(t)
	look := func(tx *gorm.DB) error {
		var n int
		return tx.Raw(`SELECT count(*) FROM notes`).Scan(&n).Error
	}
	ends := map[string]func(tx *gorm.DB, cancel func()) error{
		"cancelled": func(tx *gorm.DB, cancel func()) error {
			cancel()
			return look(tx)
		},
		"panic": func(*gorm.DB, func()) error { panic("on purpose") },
	}
	for name, end := range ends {
		for range 8 { // more often than there are connections
			ctx, cancel := context.WithCancel(t.Context())
			func() {
				defer func() { _ = recover() }()
				err := db.Read(ctx, func(tx *gorm.DB) error {
					if err := look(tx); err != nil {
						return err
					}
					return end(tx, cancel)
				})
				if err == nil {
					t.Errorf("%s: got no error", name)
				}
			}()
			cancel()
		}
		write(t, db, add(name))
		for range 8 {
			if got := count(t, db, "text = '"+name+"'"); got != 1 {
				t.Fatalf("after %s a read saw %d rows, want 1: an old snapshot was left open", name, got)
			}
		}
	}
}
