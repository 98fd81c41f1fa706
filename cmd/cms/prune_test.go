package main

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/events"
	"galley/store/storetest"
)

func TestPruneKeepsWhatIsPromised(t *testing.T) {
	a := newTestApp(t)
	const old, recent = 4500, 3 // more old ones than one batch takes
	now := time.Now().UTC()
	insert := `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO events (topic, type, subject, data, created_at) SELECT 'site', 'settings.changed', 'settings', '{}', ? FROM n`
	storetest.Exec(t, a.db, insert, old, now.Add(-a.c.KeepEvents-time.Minute))
	storetest.Exec(t, a.db, insert, recent, now.Add(-a.c.KeepEvents+time.Minute))
	if err := a.pruneOnce(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	err := a.db.Read(t.Context(), func(tx *gorm.DB) error {
		left, err := events.Page(tx, nil, 0, old)
		if err != nil {
			return err
		}
		floor, err := events.Floor(tx, events.Projects)
		if len(left) != recent || left[0].ID != old+1 || floor != old {
			t.Errorf("%d events are left, the first of them %d, the floor is %d", len(left), left[0].ID, floor)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
