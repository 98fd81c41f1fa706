// Package store opens the database and offers two verbs: Read, one consistent snapshot, and Write, one action in a
// transaction that is durable when it returns. It must never know a domain.
package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"galley/errs"
)

const (
	readLimit     = 30 * time.Second      // a read that takes longer keeps the WAL from being checkpointed
	groupLimit    = 128                   // actions in one commit: bounds what one failed commit takes with it
	groupDuration = 20 * time.Millisecond // after this no further action joins the group, so nobody waits long for a commit
	queueLength   = 1024                  // actions that may wait for the writer before callers wait to queue
	slowQuery     = 200 * time.Millisecond
)

// Options are what a caller may decide about an opened database. The zero value is right for production.
type Options struct {
	Now    func() time.Time // the clock; nil means the system's
	Logger *slog.Logger     // for slow queries, and at its debug level for every statement; nil means none
}

// DB is one database: a pool of read-only connections and one writer.
type DB struct {
	read, write *gorm.DB
	held        *os.File // the lock, let go of by closing it; nil where somebody else holds it for us
	driver      driver
	queue       chan *action
	stop        chan struct{}
	stopped     chan struct{}
	closeOnce   sync.Once
	closeErr    error

	later []*action // left over by a group, before the queue; the writer's own

	mu          sync.Mutex
	onCommitted []func(emitted []any)

	commits, actions, refused atomic.Int64
}

// Figures are what an operator watches of the writer, counted since the start.
type Figures struct {
	Waiting int   // actions that wait now
	Commits int64 // transactions
	Actions int64 // actions that succeeded
	Refused int64 // actions that the database could not take
}

// Figures are those of now.
func (d *DB) Figures() Figures {
	return Figures{Waiting: len(d.queue), Commits: d.commits.Load(), Actions: d.actions.Load(), Refused: d.refused.Load()}
}

// action is one call of Write on its way through the writer.
type action struct {
	ctx   context.Context
	fn    func(tx *gorm.DB) error
	alone bool
	since time.Time // when it began to wait
	unit  *unit
	err   error
	done  chan struct{}
}

// unit is what one action gathers while it runs: what to do last, and what to hand over once it is durable.
type unit struct {
	driver    driver
	before    []func(tx *gorm.DB) error
	collected []heap // of *gathered[T], one for each T given to Collect
	emitted   []any
}

// heap is what has been collected of one type.
type heap interface {
	size() int
	cut(size int)
}

type gathered[T any] struct{ all []T }

func (g *gathered[T]) size() int    { return len(g.all) }
func (g *gathered[T]) cut(size int) { g.all = g.all[:size] }

const unitKey = "galley:unit"

// Read runs fn on one consistent snapshot; writing through it is refused by the database. It is bound to ctx and to 30 s.
func (d *DB) Read(ctx context.Context, fn func(tx *gorm.DB) error) error {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	return d.read.WithContext(ctx).Connection(func(conn *gorm.DB) error { return snapshot(conn, fn) })
}

// ReadRow runs a query of one row and scans it: one statement is a snapshot by itself and needs no transaction around it.
// sql.ErrNoRows where there is none. A caller that goes away is not noticed, which saves a goroutine for each query: for
// what an index answers at once.
func (d *DB) ReadRow(ctx context.Context, query string, args []any, into ...any) error {
	return d.read.Statement.ConnPool.QueryRowContext(context.WithoutCancel(ctx), query, args...).Scan(into...)
}

// Now is the installation's clock: UTC, in milliseconds, the precision in which times are stored.
func (d *DB) Now() time.Time { return d.read.NowFunc() }

// Write runs fn as one action: all of it is durable when Write returns nil, none of it is kept otherwise. Actions that
// queue up while a commit is under way share the next one, each behind a savepoint of its own. fn must not block on
// anything but tx and must not call Write. A caller that has gone away before fn started gets its context's error; after
// that the action runs to its end. Returns Unavailable when the database cannot take writes now.
func (d *DB) Write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return d.enqueue(&action{ctx: ctx, fn: fn})
}

// WriteAlone is Write for what takes long (publishing many, importing): no other action shares its commit.
func (d *DB) WriteAlone(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return d.enqueue(&action{ctx: ctx, fn: fn, alone: true})
}

// WriteLater is Write for what nobody waits for and what may be lost, with an error or without: it is done in its turn, or
// not at all while very many others wait.
func (d *DB) WriteLater(fn func(tx *gorm.DB) error) {
	select {
	case d.queue <- &action{ctx: context.Background(), fn: fn, done: make(chan struct{}), since: time.Now()}:
	default:
	}
}

func (d *DB) enqueue(a *action) error {
	a.done, a.since = make(chan struct{}), time.Now()
	select {
	case <-d.stop:
		return errs.New(errs.Unavailable, "Galley is stopping. Try again in a moment.")
	default:
	}
	select {
	case d.queue <- a:
	case <-a.ctx.Done():
		return a.ctx.Err()
	case <-d.stop:
		return errs.New(errs.Unavailable, "Galley is stopping. Try again in a moment.")
	}
	select {
	case <-a.done:
		return a.err
	case <-d.stopped:
		select {
		case <-a.done: // both may be true: the writer's last group was ours
			return a.err
		default:
			return errs.New(errs.Unavailable, "Galley is stopping. Try again in a moment.")
		}
	}
}

// Collect keeps v until the end of the action that tx belongs to and then gives flush everything of this type that was
// collected. What a flush itself collects is flushed after it.
func Collect[T any](tx *gorm.DB, v T, flush func(tx *gorm.DB, all []T) error) {
	u := unitOf(tx)
	for _, c := range u.collected {
		if g, ok := c.(*gathered[T]); ok {
			g.all = append(g.all, v)
			return
		}
	}
	g := &gathered[T]{all: []T{v}}
	u.collected = append(u.collected, g)
	u.before = append(u.before, func(tx *gorm.DB) error {
		u.collected = slices.DeleteFunc(u.collected, func(c heap) bool { return c == g }) // what comes from here on is flushed again
		return flush(tx, g.all)
	})
}

// Emit hands v to the functions given to OnCommitted once the action of tx is durable, in commit order.
func Emit(tx *gorm.DB, v any) {
	u := unitOf(tx)
	u.emitted = append(u.emitted, v)
}

func unitOf(tx *gorm.DB) *unit {
	u, ok := tx.Get(unitKey)
	if !ok {
		panic("store: not inside Write")
	}
	return u.(*unit)
}

// OnCommitted adds a function that is told, after each commit and on the writer's goroutine, what its actions emitted. It
// must not block.
func (d *DB) OnCommitted(fn func(emitted []any)) {
	d.mu.Lock()
	d.onCommitted = append(d.onCommitted, fn)
	d.mu.Unlock()
}

// Close lets the group under way finish, refuses later writes and closes all connections.
func (d *DB) Close() error {
	d.closeOnce.Do(func() {
		close(d.stop)
		<-d.stopped
		d.closeErr = errors.Join(closePool(d.read), closePool(d.write))
		if d.held != nil {
			d.closeErr = errors.Join(d.closeErr, d.held.Close())
		}
	})
	return d.closeErr
}

func closePool(db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// writer is the only goroutine that writes. Its context has no deadline: on SQLite an interrupted statement would take
// the whole group with it, and a cancellable context costs the driver a goroutine for every statement.
func (d *DB) writer() {
	defer close(d.stopped)
	for {
		select {
		case <-d.stop:
			return
		default:
		}
		if first := d.take(); first != nil {
			d.group(first)
			continue
		}
		select {
		case <-d.stop:
			return
		case first := <-d.queue:
			d.group(first)
		}
	}
}

// take is the action that waits longest, nil where none does.
func (d *DB) take() *action {
	if len(d.later) > 0 {
		a := d.later[0]
		d.later = d.later[1:]
		return a
	}
	select {
	case a := <-d.queue:
		return a
	default:
		return nil
	}
}

// group runs first and what has queued up behind it, and commits them together.
func (d *DB) group(first *action) {
	var ran []*action
	err := d.write.Connection(func(conn *gorm.DB) error {
		conn = conn.Session(&gorm.Session{})
		asked := time.Now()
		if err := conn.Exec(d.driver.begin()).Error; err != nil {
			ran = append(d.waitedSince(asked), first)
			return unavailable(err)
		}
		started := time.Now()
		for a := first; a != nil; {
			ran = append(ran, a)
			if err := d.perform(conn, a); err != nil {
				return errors.Join(err, d.abandon(conn)) // everybody's work in it is lost
			}
			if a.alone || len(ran) == groupLimit || time.Since(started) > groupDuration {
				break
			}
			if a = d.take(); a != nil && a.alone { // it wants a commit of its own, so it waits for this one
				d.later = append([]*action{a}, d.later...)
				a = nil
			}
		}
		if err := conn.Exec("COMMIT").Error; err != nil {
			return errors.Join(unavailable(err), d.abandon(conn))
		}
		return nil
	})
	if len(ran) == 0 { // there was no connection at all
		ran, err = []*action{first}, unavailable(err)
	}
	d.finish(ran, err)
}

// waitedSince takes those who have waited since before the time: who has waited for a locked database as long as the one
// who was first gets the same answer, instead of waiting as long again behind it.
func (d *DB) waitedSince(t time.Time) (waited []*action) {
	var younger []*action
	for a := d.take(); a != nil; a = d.take() {
		if a.since.Before(t) {
			waited = append(waited, a)
		} else {
			younger = append(younger, a)
		}
	}
	d.later = younger
	return waited
}

// abandon ends what is left of a transaction that failed. A connection on which that fails too is thrown away: the next
// group would begin inside the old transaction.
func (d *DB) abandon(conn *gorm.DB) error {
	open, err := d.driver.inTransaction(conn)
	if err == nil && open {
		err = exec(conn, "ROLLBACK")
	}
	if pinned, ok := conn.Statement.ConnPool.(*sql.Conn); ok && err != nil {
		err = errors.Join(err, pinned.Raw(func(any) error { return sqldriver.ErrBadConn }))
	}
	return err
}

// perform runs one action behind a savepoint. Its own failure stays with the action; an error is returned only when the
// whole transaction was lost, which SQLite does on a full disk, an I/O error or an interrupted write.
func (d *DB) perform(conn *gorm.DB, a *action) error {
	if a.err = a.ctx.Err(); a.err != nil {
		return nil
	}
	if err := exec(conn, "SAVEPOINT action"); err != nil {
		return unavailable(err)
	}
	a.unit = &unit{driver: d.driver}
	tx := conn.Set(unitKey, a.unit).Session(&gorm.Session{})
	a.err = run(tx, a)
	if a.err == nil {
		return wrapLost(exec(conn, "RELEASE action"))
	}
	a.unit = nil
	open, err := d.driver.inTransaction(conn)
	if err != nil || !open {
		return unavailable(a.err)
	}
	if err := conn.Exec("ROLLBACK TO action").Error; err != nil {
		return unavailable(err)
	}
	return wrapLost(exec(conn, "RELEASE action"))
}

// exec runs a statement that is too short to be worth gorm's care.
func exec(tx *gorm.DB, statement string) error {
	_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, statement)
	return err
}

func wrapLost(err error) error {
	if err == nil {
		return nil
	}
	return unavailable(err)
}

// run calls the action's function and what it left for the end. A panic becomes this action's error: its neighbours in
// the group are innocent.
func run(tx *gorm.DB, a *action) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("store: panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	if err := a.fn(tx); err != nil {
		return err
	}
	for i := 0; i < len(a.unit.before); i++ { // by index: one may register another
		if err := a.unit.before[i](tx); err != nil {
			return err
		}
	}
	return nil
}

// finish tells everybody how it went. Results leave only after the commit, and what was emitted leaves first, so that a
// follower hears of a change no later than the one who made it.
func (d *DB) finish(ran []*action, groupErr error) {
	if groupErr == nil {
		d.commits.Add(1)
		var emitted []any
		for _, a := range ran {
			if a.err == nil {
				d.actions.Add(1)
				emitted = append(emitted, a.unit.emitted...)
			}
		}
		d.mu.Lock()
		tell := d.onCommitted
		d.mu.Unlock()
		if len(emitted) > 0 {
			for _, fn := range tell {
				fn(emitted)
			}
		}
	}
	for _, a := range ran {
		if groupErr != nil && a.err == nil {
			a.err = groupErr
		}
		if errs.CodeOf(a.err) == errs.Unavailable {
			d.refused.Add(1)
		}
		close(a.done)
	}
}

// Now is the installation's clock: UTC, in milliseconds, the precision in which times are stored.
func Now(tx *gorm.DB) time.Time { return tx.NowFunc() }
