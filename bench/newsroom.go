//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

const (
	perPerson = 20 // sockets, the product's own limit
	atOnce    = 2  // passwords hashed at a time: the product takes no more
	password  = "correct-horse-battery"
)

// newsroom is the product, built, with a database in which people are signed in and have one project.
type newsroom struct {
	dir     string
	binary  string
	cookies []string // of each person
	project int64
}

// newNewsroom lets people in as an admin would and signs them in as they would: no short cut past a password.
func newNewsroom(dir string, people int) (*newsroom, error) {
	n := &newsroom{dir: dir, binary: filepath.Join(dir, "cms"), cookies: make([]string, people)}
	build := exec.Command("go", "build", "-o", n.binary, "./cmd/cms")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	if err := n.letIn(0); err != nil { // alone: it makes the database
		return nil, err
	}
	if err := n.each(1, n.letIn); err != nil {
		return nil, err
	}
	s, err := n.serve()
	if err != nil {
		return nil, err
	}
	defer s.stop()
	if err := n.each(0, func(i int) error { return n.signIn(s, i) }); err != nil {
		return nil, err
	}
	n.project, err = create(s, "/api/v1/projects", n.cookies[0], `{"name":"Coast Pass launch"}`)
	return n, err
}

// each calls fn for every person from the given one on, a few at a time.
func (n *newsroom) each(from int, fn func(i int) error) error {
	faults := make([]error, len(n.cookies))
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := from; i < len(n.cookies); i++ {
		slots <- struct{}{}
		wg.Go(func() {
			faults[i] = fn(i)
			<-slots
		})
	}
	wg.Wait()
	return errors.Join(faults...)
}

func email(i int) string { return fmt.Sprintf("person-%d@merrow.example", i) }

func (n *newsroom) database() string { return filepath.Join(n.dir, "galley.db") }

func (n *newsroom) letIn(i int) error {
	add := exec.Command(n.binary, "user", "add", "--database", n.database(), "--email", email(i), "--name", fmt.Sprintf("Person %d", i), "--role", "editor", "--password-stdin")
	add.Stdin = strings.NewReader(password + "\n")
	if out, err := add.CombinedOutput(); err != nil {
		return fmt.Errorf("cms user add: %w: %s", err, out)
	}
	return nil
}

func (n *newsroom) signIn(s *server, i int) error {
	body := fmt.Sprintf(`{"email":%q,"password":%q}`, email(i), password)
	res, err := http.Post("http://"+s.address+"/api/v1/session", "application/json", strings.NewReader(body))
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // read or not, it is of no use
	for _, c := range res.Cookies() {
		n.cookies[i] = c.Name + "=" + c.Value
	}
	if n.cookies[i] == "" {
		return fmt.Errorf("person %d could not sign in: %s", i, res.Status)
	}
	return nil
}

// serve starts the product on the newsroom.
func (n *newsroom) serve() (*server, error) {
	return start(n.binary, "serve", "--addr", "127.0.0.1:0", "--database", n.database(), "--log-level", "error")
}

func (n *newsroom) commentsPath() string {
	return fmt.Sprintf("/api/v1/projects/%d/comments", n.project)
}

// follow opens a person's socket on what a browser follows that has the project open.
func (n *newsroom) follow(s *server, person int, l line) (*socket, error) {
	socket, err := openSocket(s.address, "/api/v1/realtime", n.cookies[person], l)
	if err != nil {
		return nil, err
	}
	subscribe := fmt.Sprintf(`{"type":"subscribe","id":1,"topics":{"project:%d":null,"user:self":null}}`, n.project)
	if err := socket.send(opText, []byte(subscribe)); err != nil {
		return nil, err
	}
	return socket, socket.await(`"subscribed"`)
}

// create posts something and returns its id.
func create(s *server, path, cookie, body string) (int64, error) {
	req, err := http.NewRequest(http.MethodPost, "http://"+s.address+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Cookie", cookie)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	answer, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return 0, err
	}
	var made struct {
		ID int64 `json:"id"`
	}
	if err := json.NewDecoder(bytes.NewReader(answer)).Decode(&made); err != nil || made.ID == 0 {
		return 0, fmt.Errorf("POST %s: %s: %s", path, res.Status, answer)
	}
	return made.ID, nil
}
