package main

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/access"
	"galley/errs"
)

// heldFor is how long another process locks the database: longer than a writer waits.
const heldFor = 8 * time.Second

// TestMain lets this program also be the other process that holds the database (holdDatabase).
func TestMain(m *testing.M) {
	if file := os.Getenv("GALLEY_TEST_HOLDS"); file != "" {
		if err := beTheHolder(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func beTheHolder(file string) error {
	conn, err := sql.Open("sqlite3", "file:"+file+"?_txlock=immediate")
	if err != nil {
		return err
	}
	held, err := conn.Begin()
	if err != nil {
		return err
	}
	fmt.Println("held")
	time.Sleep(heldFor) // what the other process does meanwhile
	return errors.Join(held.Rollback(), conn.Close())
}

// holdDatabase has another process lock the database for heldFor, from now on.
func holdDatabase(t *testing.T, file string) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "GALLEY_TEST_HOLDS="+file)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Wait(); err != nil {
			t.Errorf("the holder: %v", err)
		}
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder says %q, %v", line, err)
	}
}

// A database that another process locks for 8 s: clear refusals while it does, nothing half done, and everything goes on
// by itself afterwards. What was refused is sent again with its key and done once.
func TestLockedByAnotherProcess(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	post := row{
		as: "rosa", method: "POST", path: "/api/v1/projects/{open}/comments", header: []string{"Idempotency-Key", "once"}, body: `{"body":"@ben, are you there?"}`,
		wantStatus: 503, wantCode: errs.Unavailable, wantBody: `{"detail":"The database cannot take changes right now. Nothing was saved; try again in a moment."}`,
	}
	holdDatabase(t, n.app.c.Database)
	began := time.Now()
	stopReading := n.keepReading(t)
	n.do(t, post)
	if took := time.Since(began); took < 4*time.Second || took > heldFor {
		t.Errorf("the refusal came after %v", took)
	}
	n.do(t, row{method: "GET", path: "/readyz", wantStatus: 503, wantCode: errs.Unavailable, wantFields: []string{"database"}})
	stopReading()
	var all sync.WaitGroup
	for range 20 { // it is over before they have waited too long
		all.Go(func() {
			if status, body := n.status(t, row{as: "anna", method: "POST", path: "/api/v1/projects/{other}/comments", body: `{"body":"And you?"}`}); status != http.StatusCreated {
				t.Errorf("got %d %s", status, body)
			}
		})
	}
	all.Wait()
	if found := n.rows(t, `SELECT count(*) FROM comments WHERE body = 'And you?'`)[0]; found != "20" {
		t.Errorf("20 were acknowledged, there are %s", found)
	}
	n.eventually(t, post)
	if found := n.rows(t, `SELECT count(*) FROM comments WHERE client_key = 'once'`)[0]; found != "1" {
		t.Errorf("it was done %s times", found)
	}
	becomesReady(t, n.url)
}

// keepReading has somebody read on and on, and wants every answer to be good and soon.
func (n *newsroom) keepReading(t *testing.T) (stop func()) {
	done, ended := make(chan struct{}), make(chan int)
	go func() {
		times := 0
		defer func() { ended <- times }()
		for {
			select {
			case <-done:
				return
			default:
			}
			began := time.Now()
			status, body := n.status(t, row{as: "sten", method: "GET", path: "/api/v1/projects/{open}"})
			if times++; status != http.StatusOK || time.Since(began) > 3*time.Second {
				t.Errorf("reading: got %d %.200s after %v", status, body, time.Since(began))
				return
			}
		}
	}()
	return func() {
		close(done)
		if times := <-ended; times < 5 {
			t.Errorf("it was read %d times", times)
		}
	}
}

// eventually sends the row until it is done, by itself and without a restart.
func (n *newsroom) eventually(t *testing.T, r row) {
	t.Helper()
	for began := time.Now(); ; {
		status, body := n.status(t, r)
		if status == http.StatusCreated {
			return
		}
		if status != http.StatusServiceUnavailable || time.Since(began) > 20*time.Second {
			t.Fatalf("got %d %s", status, body)
		}
	}
}

// status is what the row is answered, whatever that is; 0 for no answer.
func (n *newsroom) status(t *testing.T, r row) (int, string) {
	t.Helper()
	res, err := noRedirects.Do(n.request(t, r.as, r.method, r.path, n.fill(t, r.body), r.header))
	if err != nil {
		return 0, err.Error()
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close() // read to its end
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(body)
}

// smallDisk is a folder with little room: a file system of its own where this may be made, else an ordinary folder.
type smallDisk struct {
	dir  string
	real bool
}

func newSmallDisk(t *testing.T) smallDisk {
	t.Helper()
	d := smallDisk{dir: t.TempDir()}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=16m", "galley-test", d.dir).CombinedOutput(); err != nil {
		t.Logf("no disk of its own, so the database's own limit stands for a full one: %v %s", err, out)
		return d
	}
	d.real = true
	t.Cleanup(func() {
		if out, err := exec.Command("umount", d.dir).CombinedOutput(); err != nil {
			t.Errorf("%v %s", err, out)
		}
	})
	return d
}

func (d smallDisk) filler() string { return filepath.Join(d.dir, "filler") }

// fill leaves no room at all.
func (d smallDisk) fill(t *testing.T, n *newsroom) {
	t.Helper()
	if !d.real {
		n.exec(t, `PRAGMA max_page_count = `+n.rows(t, `PRAGMA page_count`)[0])
		return
	}
	f, err := os.Create(d.filler())
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1 << 20, 4096, 1} {
		for err == nil {
			_, err = f.Write(make([]byte, size))
		}
		err = nil
	}
	_ = f.Close() // there is no room
}

func (d smallDisk) free(t *testing.T, n *newsroom) {
	t.Helper()
	if !d.real {
		n.exec(t, `PRAGMA max_page_count = 1000000`)
		return
	}
	if err := os.Remove(d.filler()); err != nil {
		t.Fatal(err)
	}
}

// A full disk: clear refusals, nothing half done, reading goes on, and writing too once there is room.
func TestFullDisk(t *testing.T) {
	d := newSmallDisk(t)
	c := testConfig(t)
	c.Database = filepath.Join(d.dir, "galley.db")
	n := newNewsroomWith(t, c)
	n.listen(t)
	backup := filepath.Join(t.TempDir(), "before")
	if _, err := command(t, "", "backup", backup, "--database", c.Database); err != nil {
		t.Fatal(err)
	}
	d.fill(t, n)
	kept := 0
	for i := 0; ; i++ { // what is left of the last pages
		r := row{as: "anna", method: "POST", path: "/api/v1/projects/{open}/comments", body: fmt.Sprintf(`{"body":"%d %s"}`, i, strings.Repeat("x", 3000))}
		status, body := n.status(t, r)
		if status == http.StatusServiceUnavailable {
			break
		}
		if kept++; status != http.StatusCreated || kept > 1000 {
			t.Fatalf("got %d %s", status, body)
		}
	}
	mention := row{
		as: "rosa", method: "POST", path: "/api/v1/projects/{open}/comments", header: []string{"Idempotency-Key", "once"}, body: `{"body":"@ben ` + strings.Repeat("y", 9000) + `"}`,
		wantStatus: 503, wantCode: errs.Unavailable, wantBody: `{"detail":"The database cannot take changes right now. Nothing was saved; try again in a moment."}`,
	}
	n.do(t, mention)
	n.table(t, []row{
		{name: "content", as: "ben", method: "POST", path: "/api/v1/content", body: `{"type":"page","language":"en","fields":{"title":"Winter","body":"` + strings.Repeat("z", 9000) + `"}}`, wantStatus: 503, wantCode: errs.Unavailable},
		{name: "reading goes on", as: "rosa", method: "GET", path: "/api/v1/projects/{open}", wantStatus: 200},
		{name: "and following", as: "rosa", method: "GET", path: "/api/v1/realtime/changes?topics=project:{open}&after=" + n.position(t, 0) + "&limit=1", wantStatus: 200},
	})
	if found := n.rows(t, `SELECT count(*) FROM comments WHERE body LIKE '%xxx'`)[0]; found != fmt.Sprint(kept) {
		t.Errorf("%d were acknowledged, there are %s", kept, found)
	}
	if d.real {
		t.Run("supervisors are told", func(t *testing.T) {
			for range 1000 { // the journal has room for a little yet
				if n.app.tryWriting() != nil {
					break
				}
			}
			n.do(t, row{method: "GET", path: "/readyz", wantStatus: 503, wantCode: errs.Unavailable, wantFields: []string{"database"}})
		})
		t.Run("no half backup", func(t *testing.T) {
			half := filepath.Join(d.dir, "half")
			if _, err := command(t, "", "backup", half, "--database", c.Database); err == nil {
				t.Error("it succeeded")
			}
			if left, err := filepath.Glob(filepath.Join(d.dir, "*half*")); err != nil || len(left) > 0 {
				t.Errorf("left are %v, %v", left, err)
			}
		})
	}
	d.free(t, n)
	n.eventually(t, mention)
	if found := n.rows(t, `SELECT count(*) FROM notifications WHERE kind = 'mentioned' AND text LIKE '%yyy%'`)[0]; found != "1" {
		t.Errorf("ben was told %s times", found)
	}
	becomesReady(t, n.url)
}

// A restore for which there is no room leaves everything as it was.
func TestRestoreOntoAFullDisk(t *testing.T) {
	d := newSmallDisk(t)
	c := testConfig(t)
	c.Database = filepath.Join(d.dir, "galley.db")
	r := run(t, c)
	r.addPerson(t, "Anna Vale", access.Editor)
	anna := signIn(t, r.url, "anna@merrow.example", testPassword)
	backup := filepath.Join(t.TempDir(), "before")
	if _, err := command(t, "", "backup", backup, "--database", c.Database); err != nil {
		t.Fatal(err)
	}
	ask[withID](t, anna, "POST", "/projects", map[string]string{"name": "Made since"})
	r.stop()
	if d.real { // there is no other way to run out of room here
		d.fill(t, nil)
		if _, err := command(t, "", "restore", backup, "--database", c.Database); err == nil {
			t.Error("it succeeded")
		}
		d.free(t, nil)
	}
	r = run(t, c)
	anna.url = r.url
	if _, body := anna.do(t, "GET", "/projects", nil); !strings.Contains(string(body), "Made since") {
		t.Errorf("what was there is gone: %s", body)
	}
	r.stop()
	left, err := os.ReadDir(d.dir)
	if err != nil || len(left) != 2 { // the database and its lock
		t.Errorf("left are %v, %v", left, err)
	}
}
