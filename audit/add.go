package audit

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
	"galley/store"
)

// Add notes that the actor did something, and tells the admins who look on. It is part of the action of tx: what is rolled
// back was never done.
func Add(tx *gorm.DB, a access.Actor, kind Kind, subject string, d Detail) error {
	if d.Changes == nil {
		d.Changes = []Change{}
	}
	detail, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("audit: encode %s: %w", kind, err)
	}
	e := Entry{Kind: kind, Subject: subject, Detail: d, Address: a.Address, CreatedAt: store.Now(tx)}
	if a.UserID != 0 {
		p := a.Person()
		e.Actor = &p
	}
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `
		INSERT INTO audit_entries (kind, actor_id, subject, detail, address, created_at) VALUES (?, nullif(?, 0), ?, ?, ?, ?) RETURNING id`,
		kind, a.UserID, subject, string(detail), e.Address, e.CreatedAt)
	if err := row.Scan(&e.ID); err != nil {
		return store.Fault(err, "audit entry")
	}
	return events.Append(tx, events.Change{Topic: events.Audit, Type: events.AuditAdded, Subject: fmt.Sprint("audit/", e.ID), Actor: a}, e)
}
