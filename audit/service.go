package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
	"galley/store"
)

// Service lets admins read what was kept.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db: db} }

// Filter narrows the list. Its zero value, but for the limit, is the first page of everything.
type Filter struct {
	Kind  string
	Actor int64
	After int64 // id of the last entry of the page before
	Limit int
}

// List reads entries, newest first, one more than the limit where there is a next page. Only admins may.
func (s *Service) List(ctx context.Context, a access.Actor, f Filter) (list []Entry, at events.Position, err error) {
	err = s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if err := access.ReadAudit.Check(a.Role); err != nil {
			return err
		}
		if list, err = entries(tx, f); err != nil {
			return err
		}
		at, err = events.Here(tx)
		return err
	})
	return list, at, err
}

// query reads the rows that the filter lets through.
func (f Filter) query() (sql string, args []any) {
	where := `TRUE`
	if f.Kind != "" {
		where, args = where+` AND e.kind = ?`, append(args, f.Kind)
	}
	if f.Actor != 0 {
		where, args = where+` AND e.actor_id = ?`, append(args, f.Actor)
	}
	if f.After != 0 {
		where, args = where+` AND e.id < ?`, append(args, f.After)
	}
	return `SELECT e.id, e.kind, e.subject, e.detail, e.address, e.created_at, u.id, u.name, u.handle
		FROM audit_entries e LEFT JOIN users u ON u.id = e.actor_id WHERE ` + where + ` ORDER BY e.id DESC LIMIT ?`, append(args, f.Limit+1)
}

func entries(tx *gorm.DB, f Filter) ([]Entry, error) {
	sql, args := f.query()
	rows, err := tx.Raw(sql, args...).Rows()
	if err != nil {
		return nil, store.Fault(err, "audit entry")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var list []Entry
	for rows.Next() {
		var e Entry
		var detail []byte
		var by struct {
			id           *int64
			name, handle *string
		}
		if err := rows.Scan(&e.ID, &e.Kind, &e.Subject, &detail, &e.Address, &e.CreatedAt, &by.id, &by.name, &by.handle); err != nil {
			return nil, store.Fault(err, "audit entry")
		}
		if err := json.Unmarshal(detail, &e.Detail); err != nil {
			return nil, fmt.Errorf("audit: decode entry %d: %w", e.ID, err)
		}
		if by.id != nil {
			e.Actor = &access.Person{ID: *by.id, Name: *by.name, Handle: *by.handle}
		}
		list = append(list, e)
	}
	return list, store.Fault(rows.Err(), "audit entry")
}

// pruneBatch bounds how long one pruning transaction holds the writer, in rows.
const pruneBatch = 2000

// Prune removes what was kept long enough. No event: nobody looks on for what is that old.
func (s *Service) Prune(ctx context.Context) error {
	for gone := int64(1); gone > 0; { // in batches: other writes go in between
		err := s.db.Write(ctx, func(tx *gorm.DB) error {
			done := tx.Exec(`DELETE FROM audit_entries WHERE id IN (SELECT id FROM audit_entries ORDER BY id LIMIT ?) AND created_at < ?`, pruneBatch, store.Now(tx).Add(-keepFor))
			gone = done.RowsAffected
			return store.Fault(done.Error, "audit entry")
		})
		if err != nil {
			return err
		}
	}
	return nil
}
