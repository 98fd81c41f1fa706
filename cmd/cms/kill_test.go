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

func killWhileWriting(t *testing.T, binary string, after int) {
	database := filepath.Join(t.TempDir(), "galley.db")
	url, server := startBinary(t, binary, "serve", "--demo", "--addr", "127.0.0.1:0", "--database", database)
	editor := demoPeople[1]
	anna := signIn(t, url, editor.email, editor.password)
	project := ask[withID](t, anna, "POST", "/projects", map[string]string{"name": "Written by sixteen"})
	path := fmt.Sprintf("/projects/%d/comments", project.ID)

	acknowledged := make(chan string, 4*after)
	var writers sync.WaitGroup
	for w := range killWriters {
		writers.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("writer-%d-%d", w, i)
				to, in := path, map[string]string{"body": "Said under " + key}
				if i%4 == 3 {
					to, in = "/projects", map[string]string{"name": "Made under " + key}
				}
				status, body, err := anna.try("POST", to, in, "Idempotency-Key", key)
				if err != nil {
					return // the process is gone
				}
				if status != http.StatusCreated {
					t.Errorf("%d %s", status, body)
					return
				}
				acknowledged <- key
			}
		})
	}
	var kept []string
	for len(kept) < after {
		select {
		case key := <-acknowledged:
			kept = append(kept, key)
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
	for key := range acknowledged {
		kept = append(kept, key)
	}
	checkNothingLost(t, database, kept)

	url, server = startBinary(t, binary, "serve", "--addr", "127.0.0.1:0", "--database", database)
	again := signIn(t, url, editor.email, editor.password)
	status, body := again.do(t, "POST", path, map[string]string{"body": "Said under " + kept[0]}, "Idempotency-Key", kept[0])
	if status != http.StatusOK {
		t.Errorf("a repeat after the restart: got %d %s, want 200 and the first comment", status, body)
	}
	stopBinary(t, server)
}

// written is what the killed process left of one write.
type written struct {
	Kind      string // comment or project
	ID        int64
	ClientKey string
}

// checkNothingLost reads the database as the killed process left it.
func checkNothingLost(t *testing.T, database string, acknowledged []string) {
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
	var rows, events []written
	var check string
	err = db.Read(context.Background(), func(tx *gorm.DB) error {
		return errors.Join(
			tx.Raw(`SELECT 'comment' AS kind, id, client_key FROM comments WHERE client_key IS NOT NULL
				UNION ALL SELECT 'project', id, client_key FROM projects WHERE client_key IS NOT NULL`).Scan(&rows).Error,
			tx.Raw(`SELECT replace(replace(type, '.added', ''), '.created', '') AS kind, data ->> 'id' AS id, data ->> 'client_key' AS client_key
				FROM events WHERE type IN ('comment.added', 'project.created') AND data ->> 'client_key' IS NOT NULL`).Scan(&events).Error,
			tx.Raw(`PRAGMA integrity_check`).Scan(&check).Error,
		)
	})
	if err != nil || check != "ok" {
		t.Fatalf("integrity: %q, %v", check, err)
	}
	found := map[string]bool{}
	inLog := map[written]int{}
	for _, e := range events {
		inLog[e]++
	}
	for _, row := range rows {
		found[row.ClientKey] = true
		if inLog[row] != 1 {
			t.Errorf("%s %d has %d events", row.Kind, row.ID, inLog[row])
		}
	}
	for _, key := range acknowledged {
		if !found[key] {
			t.Errorf("%s was acknowledged and is lost", key)
		}
	}
	if len(events) != len(rows) {
		t.Errorf("%d events for %d rows", len(events), len(rows))
	}
	t.Logf("%d acknowledged, %d found", len(acknowledged), len(rows))
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
