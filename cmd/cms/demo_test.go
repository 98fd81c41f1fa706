package main

import (
	"bufio"
	"context"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/store/storetest"
	"galley/users"
)

func count(t *testing.T, a *App, query string) (n int) {
	t.Helper()
	err := a.db.Read(context.Background(), func(tx *gorm.DB) error { return tx.Raw(query).Scan(&n).Error })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDemo(t *testing.T) {
	c := testConfig(t)
	c.Demo = true
	r := run(t, c)
	var out strings.Builder
	if err := r.app.demo(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	for what, row := range map[string]struct {
		query string
		least int
	}{
		"people":             {`SELECT count(*) FROM users`, 4},
		"roles":              {`SELECT count(DISTINCT role) FROM users`, 3},
		"content items":      {`SELECT count(*) FROM content_items`, 12},
		"languages":          {`SELECT count(DISTINCT language) FROM versions`, 2},
		"projects":           {`SELECT count(*) FROM projects`, 3},
		"comments":           {`SELECT count(*) FROM comments`, 20},
		"comments on pages":  {`SELECT count(*) FROM comments WHERE item_id IS NOT NULL`, 10},
		"replies":            {`SELECT count(*) FROM comments WHERE parent_id IS NOT NULL`, 5},
		"settled threads":    {`SELECT count(*) FROM comments WHERE resolved_at IS NOT NULL`, 1},
		"mentions":           {`SELECT count(*) FROM notifications WHERE kind = 'mentioned'`, 3},
		"drafts":             {`SELECT count(*) FROM versions WHERE state = 'draft'`, 3},
		"ready":              {`SELECT count(*) FROM versions WHERE state = 'ready'`, 3},
		"published":          {`SELECT count(*) FROM versions WHERE state = 'published'`, 3},
		"live":               {`SELECT count(*) FROM live`, 3},
		"active projects":    {`SELECT count(*) FROM users WHERE active_project_id IS NOT NULL`, 1},
		"publish runs":       {`SELECT count(*) FROM publish_runs`, 1},
		"done before today":  {`SELECT count(*) FROM comments WHERE created_at < datetime('now', '-1 day')`, 3},
		"events of the news": {`SELECT count(*) FROM events WHERE type = 'comment.added'`, 20},
	} {
		if got := count(t, r.app, row.query); got < row.least {
			t.Errorf("%s: %d, want at least %d", what, got, row.least)
		}
	}
	if n := count(t, r.app, `SELECT count(*) FROM events e JOIN events later ON later.id = e.id + 1 WHERE later.created_at < e.created_at`); n != 0 {
		t.Errorf("%d events are older than the one before", n)
	}
	if last := r.app.clock.now(); time.Since(last) > time.Second {
		t.Errorf("the clock still says %v", last)
	}
	t.Run("whoever is printed may sign in", func(t *testing.T) {
		lines, roles := bufio.NewScanner(strings.NewReader(out.String())), map[string]bool{}
		for lines.Scan() {
			fields := strings.Split(lines.Text(), "  ")
			if len(fields) != 3 {
				t.Fatalf("got %q", lines.Text())
			}
			me := ask[users.Person](t, signIn(t, r.url, fields[1], fields[2]), "GET", "/me", nil)
			if me.Role != fields[0] {
				t.Errorf("%s is %s, not %s", fields[1], me.Role, fields[0])
			}
			roles[me.Role] = true
		}
		if len(roles) != 3 {
			t.Errorf("got %v", roles)
		}
	})
	t.Run("again adds nothing and prints the same", func(t *testing.T) {
		before := storetest.LastEvent(t, r.app.db)
		var again strings.Builder
		if err := r.app.demo(t.Context(), &again); err != nil {
			t.Fatal(err)
		}
		if again.String() != out.String() || storetest.LastEvent(t, r.app.db) != before {
			t.Errorf("printed %s", again.String())
		}
	})
}

func TestDemoLeavesADatabaseInUseAlone(t *testing.T) {
	a := newTestApp(t)
	_, err := a.users.Add(t.Context(), access.System, users.NewPerson{Name: "Somebody Real", Email: "real@example.org", Role: access.Admin, Password: testPassword})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := a.demo(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if n := count(t, a, `SELECT count(*) FROM users`); n != 1 || strings.Contains(out.String(), demoPeople[0].password) {
		t.Errorf("%d people, printed %q", n, out.String())
	}
}
