package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/mattn/go-sqlite3"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

const readers = 4 // read-only connections; one costs 40 % of the read throughput, more bring nothing on small machines

// driver is the little that differs between databases once gorm has done its part.
type driver struct{}

// OpenSQLite opens the file (made when absent) without migrating it. Unavailable while it is being restored.
func OpenSQLite(file string, o Options) (*DB, error) {
	keepPlans()
	held, err := hold(file, false)
	if err != nil {
		return nil, err
	}
	d, err := openHeld(file, o, held)
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	return d, nil
}

// openHeld opens a file that is locked already, where held is not nil; closing the DB lets go of that.
func openHeld(file string, o Options, held *os.File) (*DB, error) {
	write, err := openPool(file, o, false)
	if err != nil {
		return nil, err
	}
	read, err := openPool(file, o, true)
	if err != nil {
		return nil, errors.Join(err, closePool(write))
	}
	d := &DB{
		read: read, write: write, held: held,
		queue: make(chan *action, queueLength),
		stop:  make(chan struct{}), stopped: make(chan struct{}),
	}
	go d.writer()
	return d, nil
}

func openPool(file string, o Options, readOnly bool) (*gorm.DB, error) {
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &connector{dsn: dsn(file, readOnly), readOnly: readOnly, log: log}
	pool := sql.OpenDB(c)
	n := 1
	if readOnly {
		n = readers
	}
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	if err := pool.Ping(); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", file, err), pool.Close())
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	return gorm.Open(sqlite.New(sqlite.Config{Conn: pool}), &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		NowFunc:                func() time.Time { return now().UTC().Truncate(time.Millisecond) },
		Logger:                 logger.NewSlogLogger(log, logger.Config{SlowThreshold: slowQuery, LogLevel: logger.Warn, IgnoreRecordNotFoundError: true, ParameterizedQueries: true}),
	})
}

func dsn(file string, readOnly bool) string {
	q := url.Values{ // no mutex: database/sql gives a connection to one goroutine at a time
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_foreign_keys": {"1"}, "_busy_timeout": {"5000"},
		"_stmt_cache_size": {"64"}, "_txlock": {"immediate"}, "_mutex": {"no"},
	}
	if readOnly {
		q.Set("_query_only", "1")
		q.Set("_txlock", "deferred")
	}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + q.Encode()
}

// connector opens connections with every pragma set and read back: a connection that silently lacks one would lose
// durability or referential integrity without any sign.
type connector struct {
	dsn      string
	readOnly bool
	log      *slog.Logger
	driver   sqlite3.SQLiteDriver
}

func (c *connector) Driver() sqldriver.Driver { return &c.driver }

func (c *connector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	raw, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	conn := raw.(*sqlite3.SQLiteConn)
	for _, p := range []string{
		"PRAGMA mmap_size = 268435456",     // 256 MiB: reads without copying
		"PRAGMA wal_autocheckpoint = 8192", // 32 MiB of 4 KiB pages
		"PRAGMA temp_store = MEMORY",       // else the savepoint of each action writes its pages to a file beside: four times the writes
	} {
		if _, err := conn.Exec(p, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "query_only": "0"}
	if c.readOnly {
		want["query_only"] = "1"
	}
	for name, value := range want {
		got, err := pragma(conn, name)
		if err == nil && got != value {
			err = fmt.Errorf("store: the database answers %s = %s where %s is needed", name, got, value)
		}
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	if c.log.Enabled(ctx, slog.LevelDebug) {
		return logged{conn, c.log}, nil
	}
	return conn, nil
}

func pragma(conn *sqlite3.SQLiteConn, name string) (string, error) {
	rows, err := conn.Query("PRAGMA "+name, nil)
	if err != nil {
		return "", err
	}
	value := make([]sqldriver.Value, 1)
	err = rows.Next(value)
	return fmt.Sprint(value[0]), errors.Join(err, rows.Close())
}

func (driver) begin() string { return "BEGIN IMMEDIATE" }

// inTransaction asks the connection itself: after some errors SQLite has rolled everything back on its own.
func (driver) inTransaction(conn *gorm.DB) (bool, error) {
	c, ok := conn.Statement.ConnPool.(*sql.Conn)
	if !ok {
		return false, fmt.Errorf("store: the writer runs on a %T", conn.Statement.ConnPool)
	}
	open := false
	err := c.Raw(func(raw any) error {
		open = !raw.(interface{ AutoCommit() bool }).AutoCommit()
		return nil
	})
	return open, err
}

// cannotWrite tells the faults of the place (disk, lock) from those of a statement.
func cannotWrite(err error) bool {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrNomem:
		return true
	}
	return false
}

// isBusy tells whether somebody else has the database open, or locked.
func isBusy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}

// isRubble tells whether a file is no database, or none any more.
func isRubble(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrNotADB || e.Code == sqlite3.ErrCorrupt)
}
