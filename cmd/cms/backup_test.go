package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/access"
	"galley/store"
)

// The way of an operator: back up while people work, lose something, restore. Every browser then knows to reload, and what
// was taken back since the backup does not come back with it.
func TestBackupAndRestore(t *testing.T) {
	c := testConfig(t)
	r := run(t, c)
	r.addPerson(t, "Maren Oduya", access.Admin)
	r.addPerson(t, "Anna Vale", access.Editor)
	maren, anna := signIn(t, r.url, "maren@merrow.example", testPassword), signIn(t, r.url, "anna@merrow.example", testPassword)
	lost := signIn(t, r.url, "anna@merrow.example", testPassword) // on a laptop that is stolen after the backup
	project := ask[withID](t, anna, "POST", "/projects", map[string]string{"name": "Coast Pass launch"})
	path := fmt.Sprintf("/projects/%d", project.ID)
	say := func(p person, words string) {
		t.Helper()
		ask[commentData](t, p, "POST", path+"/comments", map[string]string{"body": words})
	}
	say(anna, "Said before")

	backup := filepath.Join(t.TempDir(), "monday.db")
	var writers sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		writers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if status, body, err := anna.try("POST", path+"/comments", map[string]string{"body": "Said meanwhile"}); err != nil || status != 201 {
					t.Errorf("got %d %s, %v", status, body, err)
					return
				}
			}
		})
	}
	out, err := command(t, "", "backup", backup, "--database", c.Database)
	close(done)
	writers.Wait()
	if want := fmt.Sprintf("Backed up to %s, schema %d.\n", backup, store.Newest()); err != nil || out != want {
		t.Fatalf("got %q, %v, want %q", out, err, want)
	}
	if _, err := command(t, "", "backup", backup, "--database", c.Database); err == nil || !strings.Contains(err.Error(), "never overwrites") {
		t.Errorf("a second one: got %v", err)
	}

	say(anna, "Said after")
	ask[any](t, lost, "DELETE", "/session", nil)
	overview := ask[followed](t, anna, "GET", path, nil)
	if _, err := command(t, "", "restore", backup, "--database", c.Database); err == nil || !strings.Contains(err.Error(), "is in use. Stop Galley") {
		t.Errorf("while Galley serves: got %v", err)
	}
	say(anna, "Said after that")
	r.stop()
	out, err = command(t, "", "restore", backup, "--database", c.Database)
	if err != nil || !strings.Contains(out, "The database of before is kept as "+c.Database+".before-restore-") || !strings.Contains(out, "Restored "+c.Database+" from "+backup) {
		t.Fatalf("got %q, %v", out, err)
	}

	r = run(t, c)
	anna.url, maren.url, lost.url = r.url, r.url, r.url // the same browsers
	words := func() string {
		t.Helper()
		_, body := anna.do(t, "GET", path+"/comments?limit=200", nil)
		return string(body)
	}
	if got := words(); !strings.Contains(got, "Said before") || strings.Contains(got, "Said after") {
		t.Errorf("got %s", got)
	}
	again := anna.connect(t)
	if err := again.conn.WriteJSON(map[string]any{"type": "subscribe", "id": 1, "topics": map[string]string{overview.Topic: overview.Position}}); err != nil {
		t.Fatal(err)
	}
	var m frame
	for m.Type != "resync" {
		if err := again.conn.ReadJSON(&m); err != nil {
			t.Fatal(err)
		}
	}
	if byHand := ask[changes](t, anna, "GET", "/realtime/changes?topics="+overview.Topic+"&after="+overview.Position, nil); !byHand.Resync || len(byHand.Events) > 0 {
		t.Errorf("by hand: got %+v", byHand)
	}
	say(anna, "Said in the new time")
	if got := again.events(1); string(got[0].Data) == "" || !strings.Contains(string(got[0].Data), "Said in the new time") {
		t.Errorf("got %+v", got)
	}
	if status, body := lost.do(t, "GET", "/me", nil); status != 401 {
		t.Errorf("the session that was ended is back: %d %s", status, body)
	}
	kept := ask[struct {
		Items []struct{ Kind, Subject string }
	}](t, maren, "GET", "/audit?limit=1", nil)
	if len(kept.Items) != 1 || kept.Items[0].Kind != "restored" || kept.Items[0].Subject != "database" {
		t.Errorf("kept is %+v", kept)
	}
}

func TestRestoreInPlaceOfRubble(t *testing.T) {
	c := testConfig(t)
	r := run(t, c)
	r.addPerson(t, "Anna Vale", access.Editor)
	anna := signIn(t, r.url, "anna@merrow.example", testPassword)
	backup := filepath.Join(t.TempDir(), "monday.db")
	if _, err := command(t, "", "backup", backup, "--database", c.Database); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if err := os.WriteFile(c.Database, []byte("what a broken disk gives back"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := command(t, "", "restore", backup, "--database", c.Database); err != nil {
		t.Fatal(err)
	}
	r = run(t, c)
	anna.url = r.url
	if status, _ := anna.do(t, "GET", "/me", nil); status != 401 {
		t.Errorf("nobody can tell which sessions still stood, and hers goes on: %d", status)
	}
	signIn(t, r.url, "anna@merrow.example", testPassword)
}

func TestMigrateCommand(t *testing.T) {
	database := filepath.Join(t.TempDir(), "galley.db")
	migrate := func(args ...string) (string, error) {
		return command(t, "", append([]string{"migrate", "--database", database}, args...)...)
	}
	wantError := func(err error, words string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("got %v, want %q", err, words)
		}
	}
	_, err := migrate("--check")
	wantError(err, "there is no database "+database)
	if _, err := os.Stat(database); err == nil {
		t.Error("looking made one")
	}
	ready := fmt.Sprintf("The schema of %s is %d, as this Galley needs it.\n", database, store.Newest())
	for _, args := range [][]string{{}, {}, {"--check"}} {
		if out, err := migrate(args...); err != nil || out != ready {
			t.Errorf("%v: got %q, %v, want %q", args, out, err, ready)
		}
	}
	change := func(statement string) {
		t.Helper()
		conn, err := sql.Open("sqlite3", "file:"+database)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(statement); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	change(`DROP TABLE audit_entries; DELETE FROM goose_db_version WHERE version_id >= 11`)
	_, err = migrate("--check")
	wantError(err, "pending: 00011_audit.sql")
	change(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	_, err = migrate("--check")
	wantError(err, "it belongs to a newer one")
	_, err = migrate()
	wantError(err, "start the newer Galley")
}

// What an operator changes by the command line acts in the server that runs beside it.
func TestUserCommandsBesideTheServer(t *testing.T) {
	c := testConfig(t)
	r := run(t, c)
	r.addPerson(t, "Maren Oduya", access.Admin)
	r.addPerson(t, "Anna Vale", access.Editor)
	user := func(stdin string, args ...string) (string, error) {
		return command(t, stdin, append([]string{"user", "--database", c.Database}, args...)...)
	}
	anna := signIn(t, r.url, "anna@merrow.example", testPassword)
	open := anna.connect(t)
	out, err := user("", "password", "anna@merrow.example")
	fields := strings.Split(strings.TrimSpace(out), "  ")
	if err != nil || len(fields) != 3 || fields[0] != "editor" || fields[1] != "anna@merrow.example" || len(fields[2]) < 20 {
		t.Fatalf("got %q, %v", out, err)
	}
	open.closed(4501)
	signIn(t, r.url, "anna@merrow.example", fields[2])
	if out, err := user("tide-table-spring\n", "password", "@anna", "--password-stdin"); err != nil || out != "editor  anna@merrow.example\n" {
		t.Errorf("got %q, %v", out, err)
	}
	anna = signIn(t, r.url, "anna@merrow.example", "tide-table-spring")
	open = anna.connect(t)
	began := time.Now()
	if out, err := user("", "disable", "ANNA@merrow.example"); err != nil || out != "editor  anna@merrow.example  anna  Anna Vale  disabled\n" {
		t.Errorf("got %q, %v", out, err)
	}
	open.closed(4502)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it acted after %v", took)
	}
	if out, err := user("", "list"); err != nil || !strings.Contains(out, "  anna  Anna Vale  disabled\n") {
		t.Errorf("got %q, %v", out, err)
	}
	for _, row := range []struct{ args, want string }{
		{"password anna", "This account is disabled. Enable it first."},
		{"disable nobody", "There is no such person."},
		{"disable maren", "Nobody else can sign in as an admin."},
		{"disable", "accepts 1 arg"},
		{"password maren --password-stdin", "At least 12 characters."},
	} {
		if out, err := user("short\n", strings.Fields(row.args)...); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %q, %v, want %q", row.args, out, err, row.want)
		}
	}
	if out, err := user("", "enable", "anna"); err != nil || out != "editor  anna@merrow.example  anna  Anna Vale\n" {
		t.Errorf("got %q, %v", out, err)
	}
	signIn(t, r.url, "anna@merrow.example", "tide-table-spring")
	maren := signIn(t, r.url, "maren@merrow.example", testPassword)
	kept := ask[struct {
		Items []struct {
			Kind  string
			Actor json.RawMessage
		}
	}](t, maren, "GET", "/audit?kind=person_changed", nil)
	if len(kept.Items) != 2 || string(kept.Items[0].Actor) != "null" {
		t.Errorf("kept is %+v", kept.Items)
	}
}
