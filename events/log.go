package events

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"galley/store"
)

// together is how many events one statement takes: most actions cause one or two.
const together = 2

// insert writes the events of one action, last before its commit: ids are then given in commit order, those first that say
// what is forgotten. What was written is handed over after the commit, so that the feed of this process need not read it again.
func insert(tx *gorm.DB, all []*Event) error {
	slices.SortStableFunc(all, func(a, b *Event) int { return cmp.Compare(order(a), order(b)) })
	all = slices.CompactFunc(all, func(a, b *Event) bool { return a.Type == topicForgotten && a.Topic == b.Topic })
	const one = `INSERT INTO events (topic, type, subject, actor, recheck, data, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`
	const two = one + `, (?, ?, ?, ?, ?, ?, ?)`
	for some := range slices.Chunk(all, together) {
		q := two
		if len(some) == 1 {
			q = one
		}
		args := make([]any, 0, 7*together)
		for _, e := range some {
			args = append(args, e.Topic, e.Type, e.Subject, string(e.Actor), e.Recheck, string(e.Data), e.Time)
		}
		last, err := store.Insert(tx, q, args...)
		if err != nil {
			return store.Fault(err, "event")
		}
		for i, e := range some {
			e.ID = last - int64(len(some)-1-i) // the only writer gives ids without a gap
			store.Emit(tx, e)
		}
	}
	return nil
}

func order(e *Event) string {
	if e.Type == topicForgotten {
		return e.Topic
	}
	return "~" // behind them all
}

// Committed picks the events out of what a commit emitted, in id order.
func Committed(emitted []any) []*Event {
	var out []*Event
	for _, v := range emitted {
		if e, ok := v.(*Event); ok {
			out = append(out, e)
		}
	}
	return out
}

// Here is the head of the log on the snapshot of tx: whoever loads rows and follows from here misses and repeats nothing.
func Here(tx *gorm.DB) (Position, error) {
	var p Position
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context,
		`SELECT epoch, max(floor, coalesce((SELECT max(id) FROM events), 0)) FROM event_log`)
	return p, store.Fault(row.Scan(&p.Epoch, &p.ID), "event log")
}

// Floor is the id up to which the topic's events are gone, pruned or forgotten.
func Floor(tx *gorm.DB, topic string) (int64, error) {
	var floor int64
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context,
		`SELECT max(floor, coalesce((SELECT max(id) FROM events WHERE topic = ?), 0)) FROM event_log`, forgetting+topic)
	return floor, store.Fault(row.Scan(&floor), "event log")
}

// Gap tells whether something that the topic said above after is gone: then nobody can go on from there. A topic that had
// said nothing since has nothing to forget.
func Gap(tx *gorm.DB, topic string, after int64) (bool, error) {
	var gap bool
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT @after < floor OR EXISTS (SELECT 1 FROM events WHERE topic = @topic AND id > @after
		AND id < (SELECT max(id) FROM events WHERE topic = @forgotten)) FROM event_log`,
		sql.Named("after", after), sql.Named("topic", topic), sql.Named("forgotten", forgetting+topic))
	return gap, store.Fault(row.Scan(&gap), "event log")
}

// Page reads up to limit events above after, in order: those of the given topics, or of every topic where there are none.
func Page(tx *gorm.DB, topics []string, after int64, limit int) ([]*Event, error) {
	q := `SELECT id, topic, type, subject, actor, recheck, data, created_at FROM events WHERE id > ?`
	args := []any{after}
	if len(topics) > 0 {
		q += ` AND topic IN (?` + strings.Repeat(`, ?`, len(topics)-1) + `)`
		for _, t := range topics {
			args = append(args, t)
		}
	}
	return scan(tx, q+` ORDER BY id LIMIT ?`, append(args, limit)...)
}

// Latest reads the newest events of the topic between two ids, up to limit, oldest first.
func Latest(tx *gorm.DB, topic string, after, before int64, limit int) ([]*Event, error) {
	all, err := scan(tx, `SELECT id, topic, type, subject, actor, recheck, data, created_at FROM events WHERE topic = ? AND id > ? AND id < ? ORDER BY id DESC LIMIT ?`, topic, after, before, limit)
	slices.Reverse(all)
	return all, err
}

func scan(tx *gorm.DB, query string, args ...any) ([]*Event, error) {
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, query, args...)
	if err != nil {
		return nil, store.Fault(err, "event")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var out []*Event
	for rows.Next() {
		e := &Event{}
		if err := rows.Scan(&e.ID, &e.Topic, &e.Type, &e.Subject, (*[]byte)(&e.Actor), &e.Recheck, (*[]byte)(&e.Data), &e.Time); err != nil {
			return nil, store.Fault(err, "event")
		}
		out = append(out, e)
	}
	return out, store.Fault(rows.Err(), "event")
}

// Count is how many events of the topics stand above after that somebody else than the person brought about, counted up to limit.
func Count(tx *gorm.DB, topics []string, after int64, limit int, person int64) (int, error) {
	var n int
	err := tx.Raw(`SELECT count(*) FROM (SELECT 1 FROM events WHERE topic IN ? AND id > ? AND coalesce(json_extract(actor, '$.id'), 0) <> ? LIMIT ?)`,
		topics, after, person, limit).Scan(&n).Error
	return n, store.Fault(err, "event")
}

// Behind is how many events of the topic stand above after, counted up to limit, and how many bytes their data has.
func Behind(tx *gorm.DB, topic string, after int64, limit int) (n, size int, err error) {
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context,
		`SELECT count(*), coalesce(sum(size), 0) FROM (SELECT length(data) AS size FROM events WHERE topic = ? AND id > ? LIMIT ?)`, topic, after, limit)
	return n, size, store.Fault(row.Scan(&n, &size), "event")
}

// pruneBatch bounds how long one pruning transaction holds the writer, in rows.
const pruneBatch = 2000

// Prune removes the oldest events made before the given time, a batch at most, raises the floor to the last one removed,
// and tells how many went.
func Prune(tx *gorm.DB, before time.Time) (int64, error) {
	var last int64
	err := tx.Raw(`SELECT coalesce(max(id), 0) FROM (SELECT id, created_at FROM events ORDER BY id LIMIT ?) WHERE created_at < ?`, pruneBatch, before).Scan(&last).Error
	if err != nil || last == 0 {
		return 0, store.Fault(err, "event")
	}
	gone := tx.Exec(`DELETE FROM events WHERE id <= ?`, last)
	if gone.Error != nil {
		return 0, store.Fault(gone.Error, "event")
	}
	return gone.RowsAffected, store.Fault(tx.Exec(`UPDATE event_log SET floor = max(floor, ?)`, last).Error, "event log")
}

// NewEpoch begins another incarnation of the log: whoever holds a position of before reloads.
func NewEpoch(tx *gorm.DB) error {
	return store.Fault(tx.Exec(`UPDATE event_log SET epoch = lower(hex(randomblob(5)))`).Error, "event log")
}
