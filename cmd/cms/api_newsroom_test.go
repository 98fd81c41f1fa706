package main

import (
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/comments"
	"galley/content"
	"galley/events"
	"galley/store/storetest"
)

// newsroom is the real app on a real port, with people who are signed in and things they work on. What rows need to know of
// it stands in vars: {open} is the id of a project, {open.rev} its revision, {anna} a person's id.
//
//	people   ines (admin) · anna, ben, sten (editors) · rosa (reviewer), who is signed in a second time as rosas
//	link     the token of a link with which ben may set a password
//	free     a page that no project holds
//	open     anna's project: open.item with the page open.item.page, open.talk (anna's comment on the project), open.rosas (rosa's), open.reply (ben's)
//	other    ben's project, with the same
//	secret   anna's, for its members only: anna, ben (editor), rosa (reviewer); sten is a stranger to it
type newsroom struct {
	running
	sql    *statements
	vars   map[string]string
	actors map[string]access.Actor
	tokens map[string]string // of people's sessions
	watch  *sql.Conn         // sees whether anybody has written
	seen   int64             // data_version of dump
	dump   string
	ears   map[string]*ear
	marks  int
}

var staff = []struct {
	name string
	role access.Role
}{{"Ines Falk", access.Admin}, {"Anna Vale", access.Editor}, {"Ben Moss", access.Editor}, {"Sten Holm", access.Editor}, {"Rosa Lind", access.Reviewer}}

// everybody who is on the staff, as rows name them.
const everybody = "ines anna ben sten rosa"

func newNewsroom(t *testing.T) *newsroom {
	t.Helper()
	return newNewsroomWith(t, testConfig(t))
}

func newNewsroomWith(t *testing.T, c Config) *newsroom {
	t.Helper()
	n := emptyNewsroom(t, c)
	for _, s := range staff {
		n.hire(t, s.name, s.role)
	}
	n.session(t, "rosa", "rosas")
	n.link(t, "ben")
	n.project(t, "open", 1, "Coast Pass launch", "anna", "everyone")
	n.project(t, "other", 2, "Harbour works", "ben", "everyone")
	n.project(t, "secret", 3, "Merger with the ferries", "anna", "members")
	n.exec(t, `INSERT INTO members (project_id, user_id, role) VALUES ({secret}, {ben}, 'editor'), ({secret}, {rosa}, 'reviewer')`)
	for _, key := range []string{"open", "other", "secret"} {
		n.fillProject(t, key)
	}
	n.page(t, "free", "ben", "Lost property")
	return n
}

// emptyNewsroom is the app as it is at its first start.
func emptyNewsroom(t *testing.T, c Config) *newsroom {
	t.Helper()
	log := &statements{Handler: slog.NewTextHandler(t.Output(), nil), seen: map[string]bool{}}
	n := &newsroom{running: runWith(t, c, log), sql: log, vars: map[string]string{}, actors: map[string]access.Actor{}, tokens: map[string]string{}, ears: map[string]*ear{}}
	db, err := sql.Open("sqlite3", "file:"+c.Database+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	if n.watch, err = db.Conn(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = n.watch.Close(), db.Close() })
	n.sql.take() // migrating is nobody's request
	t.Cleanup(func() { n.checkPlans(t) })
	return n
}

// hire lets somebody in and signs them in, without the price of a password.
func (n *newsroom) hire(t *testing.T, name string, role access.Role) {
	t.Helper()
	a := storetest.Person(t, n.app.db, name, role)
	n.actors[a.Handle], n.vars[a.Handle] = a, fmt.Sprint(a.UserID)
	n.session(t, a.Handle, a.Handle)
}

// session signs the person in once more; {of key} is the session's id, and rows act by it with the same key.
func (n *newsroom) session(t *testing.T, handle, key string) {
	t.Helper()
	secret := sha256.Sum256([]byte(key + n.url))
	token := base64.RawURLEncoding.EncodeToString(secret[:])
	hash := sha256.Sum256([]byte(token))
	now := time.Now().UTC()
	var id int64
	err := n.app.db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Raw(`INSERT INTO sessions (user_id, token_hash, user_agent, address, created_at, last_seen_at, expires_at)
			VALUES (?, ?, 'a test', '127.0.0.1', ?, ?, ?) RETURNING id`, n.vars[handle], hash[:], now, now, now.Add(time.Hour)).Scan(&id).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	a := n.actors[handle]
	a.SessionID = id
	n.actors[key], n.tokens[key], n.vars[key+".session"] = a, token, fmt.Sprint(id)
}

// link makes a link with which the person may set a password; {link} is its token.
func (n *newsroom) link(t *testing.T, handle string) {
	t.Helper()
	secret := sha256.Sum256([]byte("link " + n.url))
	n.vars["link"] = base64.RawURLEncoding.EncodeToString(secret[:])
	hash := sha256.Sum256([]byte(n.vars["link"]))
	now := time.Now().UTC()
	storetest.Exec(t, n.app.db, `INSERT INTO password_links (user_id, token_hash, expires_at, created_at) VALUES (?, ?, ?, ?)`, n.vars[handle], hash[:], now.Add(time.Hour), now)
}

// project makes a project by hand, with the id that is given.
func (n *newsroom) project(t *testing.T, key string, id int64, name, owner, visibility string) {
	t.Helper()
	n.keep(key, id, 1)
	n.vars[key+".owner"], n.vars[key+".name"] = owner, name
	n.exec(t, fmt.Sprintf(`INSERT INTO projects (id, name, description, visibility, owner_id, created_at, updated_at)
		VALUES (%d, '%s', '', '%s', {%s}, '2026-05-04 10:00:00', '2026-05-04 10:00:00')`, id, name, visibility, owner))
	n.exec(t, fmt.Sprintf(`INSERT INTO members (project_id, user_id, role) VALUES (%d, {%s}, 'owner')`, id, owner))
}

// fillProject puts an item and a talk into the project: what rows find under the names key.item and so on.
func (n *newsroom) fillProject(t *testing.T, key string) {
	t.Helper()
	id, err := strconv.ParseInt(n.vars[key], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	n.item(t, key+".item", id, n.vars[key+".owner"], "Fares of "+n.vars[key+".name"])
	talk := n.comment(t, key+".talk", n.vars[key+".owner"], id, comments.Draft{Body: "What about " + n.vars[key+".name"] + "?"})
	n.comment(t, key+".reply", "ben", id, comments.Draft{Body: "Soon.", ParentID: &talk})
	n.comment(t, key+".rosas", "rosa", id, comments.Draft{Body: "Ask @anna and @ben."})
}

// item makes a page with a draft in the project: {key} is the project item, {key.page} the content item.
func (n *newsroom) item(t *testing.T, key string, project int64, owner, title string) {
	t.Helper()
	activate := func(id *int64) {
		if _, err := n.app.projects.Activate(t.Context(), n.actors[owner], id); err != nil {
			t.Fatal(err)
		}
	}
	activate(&project)
	v := n.page(t, key+".page", owner, title)
	activate(nil)
	n.keep(key, *v.Version.ItemID, 1)
}

// page makes a page, in the owner's active project where there is one.
func (n *newsroom) page(t *testing.T, key, owner, title string) content.View {
	t.Helper()
	v, _, err := n.app.content.Create(t.Context(), n.actors[owner], content.NewItem{Type: "page", Language: "en", Fields: content.Values{"title": title, "summary": "All about it.", "body": "# " + title}})
	if err != nil {
		t.Fatal(err)
	}
	n.keep(key, v.ID, v.Version.Revision)
	return v
}

func (n *newsroom) comment(t *testing.T, key, by string, project int64, d comments.Draft) int64 {
	t.Helper()
	c, _, err := n.app.comments.Add(t.Context(), n.actors[by], project, d)
	if err != nil {
		t.Fatal(err)
	}
	n.keep(key, c.ID, c.Revision)
	return c.ID
}

// keep remembers an id and a revision under a name.
func (n *newsroom) keep(key string, id, revision int64) {
	n.vars[key], n.vars[key+".rev"] = fmt.Sprint(id), fmt.Sprint(revision)
}

var placeholder = regexp.MustCompile(`\{[a-z][a-z0-9_.]*\}`)

// fill puts what is known into the {places} of a text.
func (n *newsroom) fill(t testing.TB, text string) string {
	t.Helper()
	return placeholder.ReplaceAllStringFunc(text, func(place string) string {
		v, known := n.vars[strings.Trim(place, "{}")]
		if !known {
			t.Fatalf("nothing is known as %s; known are %v", place, slices.Sorted(maps.Keys(n.vars)))
		}
		return v
	})
}

// exec changes what no route changes yet.
func (n *newsroom) exec(t *testing.T, query string) {
	t.Helper()
	storetest.Exec(t, n.app.db, n.fill(t, query))
}

// state is everything that the database holds, but for when somebody was seen last and for ids that were never used. It is read anew only after a write.
func (n *newsroom) state(t *testing.T) string {
	t.Helper()
	var version int64
	if err := n.watch.QueryRowContext(t.Context(), `PRAGMA data_version`).Scan(&version); err != nil {
		t.Fatal(err)
	}
	if version == n.seen {
		return n.dump
	}
	n.seen = version
	var all strings.Builder
	for _, table := range n.rows(t, `SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence' ORDER BY name`) {
		all.WriteString(table + "\n" + strings.Join(n.rows(t, `SELECT * FROM `+table), "\n") + "\n")
	}
	n.dump = all.String()
	return n.dump
}

// rows reads a query's rows as texts.
func (n *newsroom) rows(t *testing.T, query string) (out []string) {
	t.Helper()
	rows, err := n.watch.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var cells []string
		for i, v := range values {
			if columns[i] != "last_seen_at" {
				cells = append(cells, fmt.Sprint(v))
			}
		}
		out = append(out, strings.Join(cells, " | "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// written are the events since the id, each as the type and the topic, and as it is sent.
func (n *newsroom) written(t *testing.T, since int64) (names []string, wire [][]byte) {
	t.Helper()
	err := n.app.db.Read(t.Context(), func(tx *gorm.DB) error {
		here, err := events.Here(tx)
		if err != nil {
			return err
		}
		page, err := events.Page(tx, nil, since, 1000)
		for _, e := range page {
			names = append(names, string(e.Type)+" "+e.Topic)
			if _, silent := events.Forgotten(e.Topic); !silent {
				wire = append(wire, e.AppendWire(nil, here.Epoch))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, wire
}

// request makes the request of a person; as "" is nobody's.
func (n *newsroom) request(t *testing.T, as, method, path string, body string, header []string) *http.Request {
	t.Helper()
	var content *strings.Reader
	req, err := http.NewRequestWithContext(t.Context(), method, n.url+n.fill(t, path), nil)
	if body != "" {
		content = strings.NewReader(body)
		req, err = http.NewRequestWithContext(t.Context(), method, n.url+n.fill(t, path), content)
	}
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		token, known := n.tokens[as]
		if !known {
			t.Fatalf("nobody is known as %q", as)
		}
		req.AddCookie(&http.Cookie{Name: "galley_session", Value: token})
	}
	for i := 0; i < len(header); i += 2 {
		name, value := header[i], n.fill(t, header[i+1])
		switch {
		case name == "Host":
			req.Host = value
		case value == "":
			req.Header.Del(name)
		default:
			req.Header.Set(name, value)
		}
	}
	return req
}
