package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"galley/errs"
	"galley/store"
	"galley/store/storetest"
)

// SQLite gives up the whole transaction after some faults. Then nobody of the group is told that their change is kept, and
// the next one finds a database that takes it.
func TestLostTransactionIsNobodysSuccess(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *gorm.DB) error {
		return tx.Exec(`CREATE TRIGGER lost BEFORE INSERT ON notes WHEN NEW.text LIKE 'lost %' BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END`).Error
	})
	var all sync.WaitGroup
	var mu sync.Mutex
	var kept, refused []string
	for i := range 200 {
		all.Go(func() {
			text := fmt.Sprint("note ", i)
			if i%10 == 0 {
				text = fmt.Sprint("lost ", i)
			}
			err := db.Write(context.Background(), add(text))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				kept = append(kept, text)
			case errs.CodeOf(err) == errs.Unavailable || strings.HasPrefix(text, "lost"): // whose statement it was has its own error
				refused = append(refused, text)
			default:
				t.Errorf("%s: %v", text, err)
			}
		})
	}
	all.Wait()
	if got := count(t, db, "TRUE"); got != len(kept) {
		t.Errorf("%d rows, %d successes", got, len(kept))
	}
	for _, text := range kept {
		if strings.HasPrefix(text, "lost") || count(t, db, "text = '"+text+"'") != 1 {
			t.Errorf("%s was acknowledged", text)
		}
	}
	if len(refused) < 20 {
		t.Errorf("%d were refused, want at least the 20 that lost it", len(refused))
	}
	write(t, db, add("afterwards"))
}

// An action that ends its own savepoint leaves the transaction open and in disorder: it must not reach the next group.
func TestTransactionInDisorderIsGivenUp(t *testing.T) {
	db := open(t)
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := add("in disorder")(tx); err != nil {
			return err
		}
		return tx.Exec("RELEASE action").Error
	})
	if errs.CodeOf(err) != errs.Unavailable {
		t.Errorf("got %v, want unavailable", err)
	}
	write(t, db, add("afterwards"))
	if n := count(t, db, "text = 'in disorder'"); n != 0 {
		t.Errorf("%d rows of what was refused", n)
	}
}

func TestFault(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *gorm.DB) error {
		return tx.Exec(`CREATE TABLE parts (id INTEGER PRIMARY KEY, note_id INTEGER NOT NULL REFERENCES notes (id))`).Error
	})
	write(t, db, add("once"))
	var read struct{ Text string }
	for name, row := range map[string]struct {
		act  func(tx *gorm.DB) error
		want errs.Code
		says string
	}{
		"nothing":              {func(*gorm.DB) error { return nil }, "", ""},
		"missing":              {func(tx *gorm.DB) error { return tx.Table("notes").Where("id = 99").Take(&read).Error }, errs.NotFound, "There is no such note."},
		"a duplicate":          {add("once"), errs.Conflict, "There is such a note already."},
		"a broken reference":   {func(tx *gorm.DB) error { return tx.Exec(`INSERT INTO parts (note_id) VALUES (99)`).Error }, errs.Conflict, "gone"},
		"an error of ours":     {func(*gorm.DB) error { return errs.New(errs.Forbidden, "No.") }, errs.Forbidden, "No."},
		"a broken statement":   {func(tx *gorm.DB) error { return tx.Exec(`SELEKT`).Error }, errs.Internal, "SELEKT"},
		"no rows of plain SQL": {func(*gorm.DB) error { return sql.ErrNoRows }, errs.Internal, "store: note"},
	} {
		t.Run(name, func(t *testing.T) {
			err := db.Write(t.Context(), func(tx *gorm.DB) error { return store.Fault(row.act(tx), "note") })
			if errs.CodeOf(err) != row.want || err != nil && !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %q (%v), want %q", errs.CodeOf(err), err, row.want)
			}
		})
	}
}

// A repeat is known by its body: the same key with the same body is the same request.
func TestClientKey(t *testing.T) {
	first := store.NewClientKey("k", []byte("body"))
	if *first.Value != "k" || len(first.Body) != 32 || bytes.Contains(first.Body, []byte("body")) {
		t.Errorf("got %+v", first)
	}
	if err := store.NewClientKey("k", []byte("body")).Repeats(first); err != nil {
		t.Errorf("the same: %v", err)
	}
	err := store.NewClientKey("k", []byte("Body")).Repeats(first)
	var e *errs.Error
	if !errors.As(err, &e) || e.Code != errs.Invalid || e.Fields["Idempotency-Key"] == "" {
		t.Errorf("another body: got %v", err)
	}
	if none := store.NewClientKey("", []byte("body")); none.Value != nil || none.Body != nil {
		t.Errorf("no key: got %+v", none)
	}
}

// At its debug level the log names every statement, and never what people wrote.
func TestStatementsAreNamedWithoutValues(t *testing.T) {
	for level, want := range map[slog.Level]bool{slog.LevelDebug: true, slog.LevelInfo: false} {
		var log bytes.Buffer
		db := storetest.OpenWith(t, store.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level}))})
		write(t, db, func(tx *gorm.DB) error {
			if err := tx.Exec(`CREATE TABLE notes (text TEXT)`).Error; err != nil {
				return err
			}
			return tx.Exec(`INSERT INTO notes (text) VALUES (?)`, "the secret").Error
		})
		err := db.Read(t.Context(), func(tx *gorm.DB) error {
			var text string
			return tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT text FROM notes WHERE text = ?`, "the secret").Scan(&text)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{"INSERT INTO notes (text) VALUES (?)", "SELECT text FROM notes WHERE text = ?", "COMMIT"} {
			if got := strings.Contains(log.String(), `sql="`+statement) || strings.Contains(log.String(), "sql="+statement); got != want {
				t.Errorf("at %v: %q is named: %v", level, statement, got)
			}
		}
		if strings.Contains(log.String(), "the secret") {
			t.Errorf("at %v the log tells what was written: %s", level, log.String())
		}
	}
}
