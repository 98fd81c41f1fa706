package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/events"
	"galley/store"
	"galley/store/storetest"
)

// killed is how many acknowledged writes there are when the process is killed, and by how many writers.
const (
	killedAfter = 600
	killWriters = 16
)

// TestKill kills the real program with SIGKILL while 16 writers write. Every write that was answered with 2xx is found
// again, every row has its event and every event its row, and the database starts again as it is.
func TestKill(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "cms")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	for seed := range storetest.Seeds(t) {
		// Nobody chooses where a kill strikes; after a few more writes it strikes elsewhere.
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { killWhileWriting(t, binary, killedAfter+17*int(seed)) })
	}
}

// attempt is one write under a key of its own: a comment, one that mentions somebody, a page or a project.
type attempt struct{ writer, number int }

func (a attempt) key() string { return fmt.Sprintf("writer-%d-%d", a.writer, a.number) }

func (a attempt) send(p person, comments string) (status int, body []byte, err error) {
	to, in := comments, any(map[string]string{"body": "Said under " + a.key()})
	switch a.number % 4 {
	case 1:
		in = map[string]string{"body": "@ilse, said under " + a.key()}
	case 2:
		to, in = "/content", map[string]any{"type": "page", "language": "en", "slug": a.key(), "parent_id": nil, "fields": map[string]string{"title": "Page under " + a.key(), "summary": "", "body": ""}}
	case 3:
		to, in = "/projects", map[string]string{"name": "Made under " + a.key()}
	}
	return p.try("POST", to, in, "Idempotency-Key", a.key())
}

func killWhileWriting(t *testing.T, binary string, after int) {
	database := filepath.Join(t.TempDir(), "galley.db")
	url, server := startBinary(t, binary, "serve", "--demo", "--addr", "127.0.0.1:0", "--database", database)
	editor := demoPeople[1]
	anna := signIn(t, url, editor.email, editor.password)
	ask[any](t, anna, "PUT", "/session/active-project", map[string]any{"project_id": nil})
	project := ask[withID](t, anna, "POST", "/projects", map[string]string{"name": "Written by sixteen"})
	path := fmt.Sprintf("/projects/%d/comments", project.ID)
	begin, _ := events.ParsePosition(ask[followed](t, anna, "GET", fmt.Sprintf("/projects/%d", project.ID), nil).Position)

	acknowledged, doubtful := make(chan attempt, 4*after), make(chan attempt, killWriters)
	var writers sync.WaitGroup
	for w := range killWriters {
		writers.Go(func() {
			for i := 0; ; i++ {
				a := attempt{w, i}
				status, body, err := a.send(anna, path)
				if err != nil {
					doubtful <- a // the process is gone: before the write, or between it and its answer
					return
				}
				if status != http.StatusCreated {
					t.Errorf("%d %s", status, body)
					return
				}
				acknowledged <- a
			}
		})
	}
	var kept []attempt
	for len(kept) < after {
		select {
		case a := <-acknowledged:
			kept = append(kept, a)
		case <-time.After(20 * time.Second):
			t.Fatalf("only %d writes were acknowledged", len(kept))
		}
	}
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait() // it was killed, and says so
	writers.Wait()
	close(acknowledged)
	close(doubtful)
	for a := range acknowledged {
		kept = append(kept, a)
	}
	checkNothingLost(t, database, begin.ID, kept)

	url, server = startBinary(t, binary, "serve", "--addr", "127.0.0.1:0", "--database", database)
	again := signIn(t, url, editor.email, editor.password)
	for _, a := range kept[:8] {
		if status, body, err := a.send(again, path); err != nil || status != http.StatusOK {
			t.Errorf("%s once more: got %d %s, %v, want 200 and what was made first", a.key(), status, body, err)
		}
	}
	for a := range doubtful { // one or none before, one now
		if status, body, err := a.send(again, path); err != nil || status != http.StatusOK && status != http.StatusCreated {
			t.Errorf("%s, whose answer was cut: got %d %s, %v", a.key(), status, body, err)
		}
		kept = append(kept, a)
	}
	stopBinary(t, server)
	checkNothingLost(t, database, begin.ID, kept)
}

// written is a row or an event of one write.
type written struct {
	Kind string // the type of the row's event
	ID   int64
}

// checkNothingLost reads the database as it was left: what was acknowledged is in it, and above the position in the log
// each row has its event and each event its row.
func checkNothingLost(t *testing.T, database string, begin int64, acknowledged []attempt) {
	t.Helper()
	db, err := store.OpenSQLite(database, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	var rows, inLog []written
	var keys, broken []string
	var mentions int64
	var check string
	const mine = `client_key LIKE 'writer-%'`
	// Who comments follows from then on, and who signs in is audited: once each, and no row of the writers' own.
	err = db.Read(context.Background(), func(tx *gorm.DB) error {
		return errors.Join(
			tx.Raw(`SELECT 'comment.added' AS kind, id FROM comments WHERE `+mine+` UNION ALL SELECT 'content.created', id FROM content_items WHERE `+mine+`
				UNION ALL SELECT 'project.created', id FROM projects WHERE `+mine+`
				UNION ALL SELECT 'notification.added', n.id FROM notifications n JOIN comments c ON c.id = n.comment_id WHERE c.`+mine).Scan(&rows).Error,
			tx.Raw(`SELECT type AS kind, data ->> 'id' AS id FROM events WHERE id > ? AND type NOT IN ('follow.changed', 'audit.added')`, begin).Scan(&inLog).Error,
			tx.Raw(`SELECT client_key FROM comments WHERE `+mine+` UNION ALL SELECT client_key FROM content_items WHERE `+mine+` UNION ALL SELECT client_key FROM projects WHERE `+mine).Scan(&keys).Error,
			tx.Raw(`SELECT count(*) FROM comments WHERE body LIKE '@ilse%' AND `+mine).Scan(&mentions).Error,
			tx.Raw(`SELECT c.id FROM content_items c LEFT JOIN versions v ON v.content_id = c.id GROUP BY c.id HAVING count(v.id) = 0
				UNION ALL SELECT p.id FROM projects p LEFT JOIN members m ON m.project_id = p.id GROUP BY p.id HAVING count(m.user_id) = 0
				UNION ALL SELECT "table" FROM pragma_foreign_key_check`).Scan(&broken).Error,
			tx.Raw(`PRAGMA integrity_check`).Scan(&check).Error,
		)
	})
	if err != nil || check != "ok" || len(broken) > 0 {
		t.Fatalf("integrity: %q, without what belongs to them: %q, %v", check, broken, err)
	}
	told := map[written]int{}
	for _, e := range inLog {
		told[e]++
	}
	var notes int64
	for _, row := range rows {
		if told[row] != 1 {
			t.Errorf("%s %d has %d events", row.Kind, row.ID, told[row])
		}
		if row.Kind == "notification.added" {
			notes++
		}
	}
	if len(inLog) != len(rows) {
		t.Errorf("%d events for %d rows", len(inLog), len(rows))
	}
	if notes != mentions || mentions == 0 {
		t.Errorf("%d notifications for %d comments that mention somebody", notes, mentions)
	}
	found := map[string]int{}
	for _, key := range keys {
		found[key]++
	}
	for _, a := range acknowledged {
		if found[a.key()] != 1 {
			t.Errorf("%s was acknowledged and is there %d times", a.key(), found[a.key()])
		}
	}
	t.Logf("%d acknowledged, %d rows found", len(acknowledged), len(rows))
}

// startBinary starts the program and waits for its address. It is killed at the end of the test if it still runs.
func startBinary(t *testing.T, binary string, args ...string) (url string, cmd *exec.Cmd) {
	t.Helper()
	cmd = exec.Command(binary, args...)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, address, has := strings.Cut(lines.Text(), "http://"); has {
				found <- "http://" + address
			}
		}
		close(found)
	}()
	select {
	case url, ok := <-found:
		if !ok {
			_ = cmd.Wait()
			t.Fatalf("it did not start:\n%s", problems.String())
		}
		return url, cmd
	case <-time.After(30 * time.Second):
		t.Fatalf("no address after 30 s")
		return "", nil
	}
}
