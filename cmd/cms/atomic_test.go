package main

import (
	"net/http"
	"testing"

	"galley/access"
	"galley/store/storetest"
)

// A change and its events are one: where the event cannot be written, the change is not kept either. Each operation is
// tried first with a log that takes nothing, then as it is; one that wrote events must have failed before, and left nothing.
func TestNoChangeWithoutItsEvents(t *testing.T) {
	n := newNewsroom(t)
	n.addPerson(t, "Vera Quist", access.Reviewer) // with a password
	wrote := 0
	for _, s := range samples {
		op := operationOf(t, s.op)
		if s.alone != "" || isSafe(op.method) {
			continue
		}
		t.Run(s.op, func(t *testing.T) {
			r := n.goodRow(t, op, s)
			n.exec(t, `CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'the log takes nothing'); END`)
			before := n.state(t)
			status, _ := n.status(t, r)
			after := n.state(t)
			n.exec(t, `DROP TRIGGER full`)
			since := storetest.LastEvent(t, n.app.db)
			n.sendGood(t, r)
			if names, _ := n.written(t, since); len(names) == 0 {
				return
			}
			wrote++
			if status != http.StatusInternalServerError {
				t.Errorf("without its events it got %d, want 500", status)
			}
			if after != before {
				t.Errorf("without its events it wrote\n%s", difference(before, after))
			}
		})
	}
	if wrote < 15 {
		t.Errorf("only %d operations wrote events", wrote)
	}
}
