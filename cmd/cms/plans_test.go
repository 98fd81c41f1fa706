package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/access"
)

// statements is the log of an app, which keeps each statement that the database runs, once.
type statements struct {
	slog.Handler
	mu   sync.Mutex
	seen map[string]bool
}

func (s *statements) Enabled(context.Context, slog.Level) bool { return true }

func (s *statements) Handle(ctx context.Context, r slog.Record) error {
	if r.Message != "statement" {
		if s.Handler.Enabled(ctx, r.Level) {
			return s.Handler.Handle(ctx, r)
		}
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Attrs(func(a slog.Attr) bool {
		s.seen[a.Value.String()] = true
		return true
	})
	return nil
}

// take are the statements that came since it was asked last.
func (s *statements) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Sorted(maps.Keys(s.seen))
	clear(s.seen)
	return all
}

// forget drops statements of the test's own.
func (s *statements) forget(own ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, query := range own {
		delete(s.seen, query)
	}
}

// allowed is a plan that reads a table from one end, with the reason why that is right. Statements are known by a part that
// they have and one that they have not.
type allowed struct{ plan, with, without, why string }

var mayScan = []allowed{
	{"SCAN event_log", "event_log", "", "one row"},
	{"SCAN settings", "settings", "", "one row"},
	{"SCAN s", "FROM settings s", "", "one row"},
	{"SCAN sqlite_master", "name = 'goose_db_version'", "", "a row for each table and index; asked by who wants to know whether all is well"},
	{"SCAN goose_db_version", "goose_db_version", "", "a row for each migration"},
	{"SCAN p", allProjects, "p.state =", "the list reads in its order and stops at its limit; words are looked for in all of them"},
	{"SEARCH p USING INTEGER PRIMARY KEY (rowid<?)", allProjects, "p.state =", "its next page"},
	{"SCAN newest", allProjects, "", "a hundred comments at most"},
	{"SCAN newest", oneProject, "", "a hundred comments at most"},
	{"SCAN p", hiddenChildren, "", "it begins with the projects that are hidden, and what is counted is what only they have; without them each child is looked at"},
	{"SCAN c", allContent, "c.parent_id IS", "the list reads in its order and stops at its limit"},
	{"SEARCH c USING INTEGER PRIMARY KEY (rowid<?)", allContent, "c.parent_id IS", "its next page"},
	{"SCAN c USING INDEX content_items_in_trash", allContent, "c.parent_id IS", "the trash is a list like that"},
	{"SCAN n", pathsOf, "", "the slugs above one page of content, 20 levels at most"},
	{"SEARCH up USING AUTOMATIC COVERING INDEX (parent_id=?)", pathsOf, "", "the same"},
	{"SEARCH users USING INTEGER PRIMARY KEY (rowid>?)", "FROM users WHERE id > ?", "", "the list reads in its order and stops at its limit; words are looked for in all of them"},
	{"SCAN p", "SELECT p.id, p.name, u.name, p.state FROM projects p", "", "words are looked for in all names, folded, which no index has"},
	{"SCAN u USING INDEX users_by_name", "u.name LIKE ?", "", "words are looked for in all names, in their order, up to the limit"},
	{"SCAN users", "FROM users WHERE NOT disabled OR ?", "", "words are looked for in all names, folded, which no index has"},
	{"SCAN u", "EXISTS (SELECT 1 FROM events e WHERE e.topic = 'user:' || u.id AND e.subject = ?)", "", "who hides or deletes a project looks at everybody once"},
	{"SCAN e", "FROM audit_entries e", "e.kind =", "the list reads in its order and stops at its limit"},
	{"SEARCH e USING INTEGER PRIMARY KEY (rowid<?)", "FROM audit_entries e", "e.kind =", "its next page"},
	{"SCAN audit_entries", "FROM audit_entries ORDER BY id LIMIT ?", "", "pruning looks for the oldest entries, a batch at a time, in their order"},
	{"SEARCH events USING INTEGER PRIMARY KEY (rowid>?)", "FROM events WHERE id > ? ORDER BY id LIMIT ?", "", "the feed reads on from where it stands"},
	{"SCAN events", "FROM events ORDER BY id LIMIT ?", "", "pruning looks for the oldest events, a batch at a time, in their order"},
	{"SEARCH events USING INTEGER PRIMARY KEY (rowid<?)", "DELETE FROM events WHERE id <= ", "", "pruning takes just the oldest"},
	{"SEARCH sessions USING INDEX sessions_by_expiry (expires_at<?)", "DELETE FROM sessions WHERE expires_at < ?", "", "just those that have run out"},
	{"SEARCH password_links USING INDEX password_links_by_expiry (expires_at<?)", "DELETE FROM password_links WHERE expires_at < ?", "", "just those that have run out"},
}

const (
	allProjects    = "w.user_id = me.id WHERE (? OR"
	oneProject     = "w.user_id = me.id WHERE p.id = ?"
	allContent     = "AND v.id = (SELECT v.id FROM versions v"
	hiddenChildren = "SELECT c.parent_id, count(DISTINCT c.id) AS n FROM projects p"
	pathsOf        = "WITH RECURSIVE up(start, parent_id, depth)"
)

var (
	explained = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b`)
	aRange    = regexp.MustCompile(`^SEARCH .*\([^=()]*\)$`) // from somewhere on, with nothing that is equal: it may be nearly all of the table
	noTable   = regexp.MustCompile(`^(SCAN|SEARCH) (CONSTANT ROW|\(subquery-|\d+-ROW VALUES CLAUSE)`)
	byWords   = regexp.MustCompile(`^SCAN \w+ VIRTUAL TABLE INDEX [1-9]:`) // by the row's id or by a word, though SQLite calls it a scan; 0 is one
	nameOfArg = regexp.MustCompile(`@[a-z]+`)
	named     = regexp.MustCompile(`\bWITH (?:RECURSIVE )?(\w+)`)
)

// scansOf are the lines of a statement's plan that read a table from one end to the other or to a bound, be it for an index
// that is made for this one run. No
// rows and no statistics are needed: the planner of a database that was never analysed knows neither.
func (n *newsroom) scansOf(t *testing.T, query string) (scans []string) {
	t.Helper()
	// Not the test's own context, which is over when the newsroom is cleaned up.
	rows, err := n.watch.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query, anyArgs(query)...)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	ownTable := ""
	if found := named.FindStringSubmatch(query); found != nil {
		ownTable = "SCAN " + found[1]
	}
	for rows.Next() {
		var id, parent, unused int
		var line string
		if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
			t.Fatal(err)
		}
		switch {
		case line == ownTable || noTable.MatchString(line) || byWords.MatchString(line):
		case strings.HasPrefix(line, "SCAN") || strings.Contains(line, "AUTOMATIC") || aRange.MatchString(line):
			scans = append(scans, line)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return scans
}

// anyArgs are as many arguments as the query takes, in its own way.
func anyArgs(query string) []any {
	args := make([]any, strings.Count(query, "?"))
	for _, name := range nameOfArg.FindAllString(query, -1) {
		args = append(args, sql.Named(name[1:], nil))
	}
	return args
}

// checkPlans looks at the plan of everything that the app ran since it was called last. It returns which of mayScan it met.
func (n *newsroom) checkPlans(t *testing.T) (met map[int]bool) {
	t.Helper()
	met = map[int]bool{}
	for _, query := range n.sql.take() {
		if !explained.MatchString(query) {
			continue // BEGIN and the like
		}
		flat := strings.Join(strings.Fields(query), " ")
		for _, line := range n.scansOf(t, query) {
			i := slices.IndexFunc(mayScan, func(s allowed) bool {
				return s.plan == line && strings.Contains(flat, s.with) && (s.without == "" || !strings.Contains(flat, s.without))
			})
			if i < 0 {
				t.Errorf("%s: %s", line, query)
			}
			met[i] = true
		}
	}
	return met
}

// TestQueryPlans sends every sample and every way to ask for a list. What the other tables of this package run is looked at
// where their newsrooms close.
func TestQueryPlans(t *testing.T) {
	n := newNewsroom(t)
	n.addPerson(t, "Vera Quist", access.Reviewer)
	n.listen(t)
	for _, s := range samples {
		op := operationOf(t, s.op)
		if s.alone != "" || !isSafe(op.method) || s.query == "" {
			continue
		}
		whole := strings.Split(s.query, "&")
		for _, left := range append([]string{""}, whole...) {
			required := slices.DeleteFunc(slices.Clone(whole), func(part string) bool {
				name, _, _ := strings.Cut(part, "=")
				param := op.Parameters.GetByInAndName("query", name)
				return part != left && (param == nil || !param.Required)
			})
			s.query = strings.Join(required, "&")
			t.Run(s.op+"?"+s.query, func(t *testing.T) { n.sendGood(t, n.goodRow(t, op, s)) })
		}
	}
	n.page(t, "below", "ben", "Umbrellas")
	n.exec(t, `UPDATE content_items SET parent_id = {free} WHERE id = {below}`)
	for _, query := range []string{"", "?parent=root", "?parent={free}", "?trash=true", "?after={below}"} { // with something to count, and a path
		n.do(t, row{as: "rosa", method: "GET", path: "/api/v1/content" + query, wantStatus: 200})
	}
	clear(n.ears) // some samples end sessions, and sockets with them
	for _, s := range samples {
		if s.alone == "" {
			n.send(t, operationOf(t, s.op), s)
		}
	}
	if err := n.app.pruneOnce(t.Context(), time.Now().Add(2*leastKeepEvents)); err != nil { // all that has been written is old then
		t.Fatal(err)
	}
	met := n.checkPlans(t)
	for i, s := range mayScan {
		if !met[i] {
			t.Errorf("nothing needs the exception for %s in %q", s.plan, s.with)
		}
	}
	if len(n.rows(t, `SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat%'`)) > 0 {
		t.Error("the database is analysed, so these plans hold for this one alone")
	}
}

// A checker that finds everything right would make the one above blind.
func TestScansAreSeen(t *testing.T) {
	n := newNewsroom(t)
	n.sql.take()
	for query, want := range map[string]int{
		`SELECT id FROM comments WHERE body = ?`:                                              1,
		`SELECT count(*) FROM versions`:                                                       1, // by whatever index
		`DELETE FROM notifications WHERE created_at < ?`:                                      1,
		`UPDATE live SET published_at = ? WHERE published_at > ?`:                             1,
		`SELECT a.id FROM comments a JOIN comments b ON b.body = a.body`:                      2,
		`WITH x AS (SELECT id FROM users) SELECT x.id FROM x`:                                 1,
		`SELECT id FROM comments WHERE id = ? OR project_id = ? ORDER BY id`:                  0,
		`SELECT (SELECT count(*) FROM project_items WHERE project_id = ?)`:                    0,
		`SELECT id FROM events WHERE id > ? AND type = ? ORDER BY id LIMIT ?`:                 1,
		`SELECT id FROM events WHERE id > ? AND topic = ? ORDER BY id LIMIT ?`:                0,
		`SELECT title FROM content_words WHERE title = ?`:                                     1,
		`SELECT title FROM content_words WHERE content_words MATCH ?`:                         0,
		`SELECT id FROM events WHERE topic = @topic AND id > @after`:                          0,
		`INSERT INTO members (project_id, user_id, role) VALUES (?, ?, 'owner'), (?, ?, 'x')`: 0,
	} {
		if got := n.scansOf(t, query); len(got) != want {
			t.Errorf("%s: got %q, want %d", query, got, want)
		}
	}
	n.do(t, row{as: "rosa", method: "GET", path: "/api/v1/projects/{open}/comments", wantStatus: 200})
	ran := strings.Join(n.sql.take(), "\n")
	for _, part := range []string{"FROM sessions s JOIN users u", "FROM projects p LEFT JOIN members m", "FROM comments c JOIN users u", "FROM event_log"} {
		if !strings.Contains(ran, part) {
			t.Errorf("what a request ran lacks %q:\n%s", part, ran)
		}
	}
}

// Whoever removes a row makes SQLite look for rows that refer to it, which no plan shows. Each such reference needs an index.
func TestReferencesAreIndexed(t *testing.T) {
	n := newNewsroom(t)
	for _, parent := range []string{"project_items", "sessions", "comments", "projects", "content_items"} { // what a request may remove
		for _, reference := range n.rows(t, fmt.Sprintf(`SELECT t.name, f."from" FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' AND f."table" = '%s'`, parent)) {
			table, column, _ := strings.Cut(reference, " | ")
			if scans := n.scansOf(t, fmt.Sprintf(`SELECT 1 FROM %s WHERE %s = ?`, table, column)); len(scans) > 0 {
				t.Errorf("%s.%s refers to %s: %q", table, column, parent, scans)
			}
		}
	}
}
