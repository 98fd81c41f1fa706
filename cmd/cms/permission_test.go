package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/events"
)

// A long, seeded sequence of grants, revokes, moves and role changes, with a word of its own in every name, title and
// comment. Whatever anybody receives – an answer, a frame on a socket that is open, a frame on one that comes back, a
// reading of the log by hand – has no word in it that they may not read at that moment. Who may read what is told from the
// bare tables, not by the product.
func TestNoWordReachesWhoMayNotReadIt(t *testing.T) {
	steps := 300
	if os.Getenv("GALLEY_SOAK") != "" {
		steps = 5000
	}
	seed := uint64(20261124)
	if given := os.Getenv("GALLEY_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d, %d steps", seed, steps)
	w := newWorld(t, seed)
	for w.step = range steps {
		w.act(t)
		w.look(t)
		w.hear(t)
		if w.r.IntN(3) == 0 {
			w.comeBack(t)
		}
		if t.Failed() {
			t.Fatalf("seed %d, step %d: %s", seed, w.step, w.did)
		}
	}
	t.Logf("%v; %d words, %d of them looked for in %d frames and %d answers", w.counts, len(w.words), w.found, w.frames, w.answers)
	for _, what := range []string{"a word", "unsubscribed", "resync", "refused", "replayed"} {
		if w.counts[what] == 0 {
			t.Errorf("nothing was ever %s: the sequence shows nothing", what)
		}
	}
}

// world is the product with people who do all kinds of things at random, and what a test must know to tell who may read what.
type world struct {
	*newsroom
	r       *rand.Rand
	step    int
	did     string
	sender  string            // of the last request
	words   map[string]holder // each word, and what it stands in
	out     map[int64]bool    // versions that have been public
	past    []string          // positions
	state   state
	sockets map[string]*ear
	marked  int64 // where the last marker stands
	counts  map[string]int
	found   int
	frames  int
	answers int
}

// holder is what a word stands in: a project, a comment or a version, by its id.
type holder struct {
	kind string
	id   int64
}

// state is who may read what, as the tables have it.
type state struct {
	roles    map[string]string          // of people, by handle
	projects map[int64]bool             // true for everyone's
	names    map[int64]int64            // revisions of projects
	members  map[int64]map[int64]string // roles in projects
	comments map[int64]int64            // their projects
	holders  map[int64]int64            // projects of versions, 0 for none
	items    []itemRow
	versions []versionRow
}

type itemRow struct{ ID, ProjectID, ContentID, VersionID, Revision, Number int64 }

type versionRow struct {
	ID, ContentID, Number, Revision int64
	State                           string
}

var cast = []struct {
	name string
	role access.Role
}{{"Ines Falk", access.Admin}, {"Anna Vale", access.Editor}, {"Ben Moss", access.Editor}, {"Cleo Nord", access.Editor}, {"Dora Paul", access.Admin}, {"Rosa Lind", access.Reviewer}}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{
		newsroom: emptyNewsroom(t, testConfig(t)), r: rand.New(rand.NewPCG(seed, 7)), words: map[string]holder{}, out: map[int64]bool{},
		sockets: map[string]*ear{}, counts: map[string]int{},
	}
	for _, s := range cast {
		w.hire(t, s.name, s.role)
	}
	w.exec(t, `UPDATE users SET password_hash = 'x' WHERE id = {ines}`) // an admin who can sign in stays
	w.read(t)
	for _, who := range w.people() {
		w.sockets[who] = w.dial(t, who)
	}
	return w
}

func (w *world) people() []string {
	var all []string
	for _, s := range cast {
		first, _, _ := strings.Cut(strings.ToLower(s.name), " ")
		all = append(all, first)
	}
	return all
}

// word makes a new word; where is filled in once it is known.
func (w *world) word() string {
	w.counts["a word"]++
	return fmt.Sprintf("zq%05dx", len(w.words)+w.counts["a word"])
}

var anyWord = regexp.MustCompile(`zq[0-9]{5,}x`)

// read takes the state from the tables.
func (w *world) read(t *testing.T) {
	t.Helper()
	s := state{roles: map[string]string{}, projects: map[int64]bool{}, names: map[int64]int64{}, members: map[int64]map[int64]string{}, comments: map[int64]int64{}, holders: map[int64]int64{}}
	var people []struct{ Handle, Role string }
	var projects []struct {
		ID, Revision int64
		Visibility   string
	}
	var members []struct {
		ProjectID, UserID int64
		Role              string
	}
	var comments []struct{ ID, ProjectID int64 }
	var own []string // these read whole tables, as no request may
	err := w.app.db.Read(t.Context(), func(tx *gorm.DB) error {
		for into, query := range map[any]string{
			&people:     `SELECT handle, role FROM users`,
			&projects:   `SELECT id, revision, visibility FROM projects ORDER BY id`,
			&members:    `SELECT project_id, user_id, role FROM members`,
			&comments:   `SELECT id, project_id FROM comments`,
			&s.items:    `SELECT i.id, i.project_id, i.content_id, i.version_id, i.revision, v.number FROM project_items i JOIN versions v ON v.id = i.version_id WHERE i.action = 'publish' ORDER BY i.id`,
			&s.versions: `SELECT id, content_id, number, revision, state FROM versions ORDER BY id`,
		} {
			own = append(own, query)
			if err := tx.Raw(query).Scan(into).Error; err != nil {
				return err
			}
		}
		here, err := events.Here(tx)
		w.past = append(w.past, here.String())
		return err
	})
	w.sql.forget(own...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		s.roles[p.Handle] = p.Role
	}
	for _, p := range projects {
		s.projects[p.ID], s.names[p.ID], s.members[p.ID] = p.Visibility == "everyone", p.Revision, map[int64]string{}
	}
	for _, m := range members {
		s.members[m.ProjectID][m.UserID] = m.Role
	}
	for _, c := range comments {
		s.comments[c.ID] = c.ProjectID
	}
	for _, v := range s.versions {
		s.holders[v.ID] = 0
		if v.State == "published" || v.State == "previously_published" {
			w.out[v.ID] = true
		}
	}
	for _, i := range s.items {
		s.holders[i.VersionID] = i.ProjectID
	}
	w.state = s
}

// sees tells whether the person may see the project.
func (w *world) sees(who string, project int64) bool {
	open, there := w.state.projects[project]
	return there && (open || w.state.roles[who] == "admin" || w.state.members[project][w.actors[who].UserID] != "")
}

// reads tells whether the person may read the word.
func (w *world) reads(who, word string) bool {
	switch h := w.words[word]; h.kind {
	case "project":
		return w.sees(who, h.id)
	case "comment":
		return w.sees(who, w.state.comments[h.id])
	case "version":
		project, there := w.state.holders[h.id]
		return w.out[h.id] || there && (project == 0 || w.sees(who, project))
	}
	return false
}

// check looks for words in what somebody received.
func (w *world) check(t *testing.T, who, from string, bytes []byte) {
	t.Helper()
	if w.state.roles[who] == "admin" && strings.Contains(from, "audit") {
		return // admins read there of what is gone, too
	}
	for _, word := range anyWord.FindAllString(string(bytes), -1) {
		w.found++
		if !w.reads(who, word) {
			t.Errorf("%s (%s) received %s of %v by %s: %s", who, w.state.roles[who], word, w.words[word], from, bytes)
		}
	}
}

// send sends a request and checks its answer once the state is known again.
func (w *world) send(t *testing.T, who, method, path, match, body string) (status int, answer []byte) {
	t.Helper()
	var header []string
	if match != "" {
		header = []string{"If-Match", `"` + match + `"`}
	}
	res, err := noRedirects.Do(w.request(t, who, method, path, body, header))
	if err != nil {
		t.Fatal(err)
	}
	answer, err = io.ReadAll(res.Body)
	_ = res.Body.Close() // read to its end
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode >= 500 {
		t.Errorf("%s %s %s %s: %d %s", who, method, path, body, res.StatusCode, answer)
	}
	w.answers, w.sender = w.answers+1, who
	return res.StatusCode, answer
}

func pick[T any](w *world, all []T) (one T, ok bool) {
	if len(all) == 0 {
		return one, false
	}
	return all[w.r.IntN(len(all))], true
}

func (w *world) anyProject() (int64, bool) {
	return pick(w, slices.Sorted(maps.Keys(w.state.projects)))
}

// act does one thing at random, as somebody at random: much is refused, as it should be.
func (w *world) act(t *testing.T) {
	t.Helper()
	who, _ := pick(w, w.people())
	acts := []struct {
		weight int
		do     func(*testing.T, string) (what string, status int, answer []byte)
	}{
		{4, w.createProject},
		{4, w.rename},
		{14, w.turn},
		{14, w.grant},
		{10, w.revoke},
		{6, w.setRole},
		{8, w.writePage},
		{10, w.savePage},
		{14, w.comment},
		{4, w.editComment},
		{8, w.moveItem},
		{4, w.removeItem},
		{6, w.addItem},
		{3, w.publish},
		{3, w.archive},
		{1, w.deleteProject},
		{6, w.watch},
		{5, w.moveInTree},
	}
	total := 0
	for _, a := range acts {
		total += a.weight
	}
	if len(w.state.projects) < 3 {
		w.did, _, _ = w.createProject(t, "anna")
		w.read(t)
		return
	}
	n := w.r.IntN(total)
	for _, a := range acts {
		if n -= a.weight; n < 0 {
			what, status, answer := a.do(t, who)
			w.did = fmt.Sprintf("%s %s: %d", w.sender, what, status)
			w.counts[fmt.Sprintf("%dxx", status/100)]++
			w.read(t)
			w.check(t, w.sender, w.did, answer)
			return
		}
	}
}

// made notes what a word stands in, by the id in the answer.
func (w *world) made(status int, answer []byte, kind string, words ...string) {
	var got struct{ ID int64 }
	if status >= 300 || json.Unmarshal(answer, &got) != nil {
		return
	}
	for _, word := range words {
		w.words[word] = holder{kind, got.ID}
	}
}

func (w *world) createProject(t *testing.T, who string) (string, int, []byte) {
	name, description := w.word(), w.word()
	status, answer := w.send(t, who, "POST", "/api/v1/projects", "", fmt.Sprintf(`{"name":"The %s plan","description":"About %s."}`, name, description))
	w.made(status, answer, "project", name, description)
	return "creates a project", status, answer
}

func (w *world) rename(t *testing.T, who string) (string, int, []byte) {
	p, _ := w.anyProject()
	name := w.word()
	status, answer := w.send(t, who, "PATCH", fmt.Sprint("/api/v1/projects/", p), fmt.Sprint(w.state.names[p]), fmt.Sprintf(`{"name":"The %s plan"}`, name))
	w.made(status, answer, "project", name)
	return fmt.Sprint("renames ", p), status, answer
}

func (w *world) turn(t *testing.T, who string) (string, int, []byte) {
	p, _ := w.anyProject()
	visibility := "members"
	if w.r.IntN(3) == 0 {
		visibility = "everyone"
	}
	who = w.ownerOf(p, who)
	status, answer := w.send(t, who, "PATCH", fmt.Sprint("/api/v1/projects/", p), fmt.Sprint(w.state.names[p]), fmt.Sprintf(`{"visibility":"%s"}`, visibility))
	return fmt.Sprintf("makes %d for %s", p, visibility), status, answer
}

// ownerOf is mostly somebody who may decide about the project, else the one given.
func (w *world) ownerOf(project int64, else_ string) string {
	if w.r.IntN(5) == 0 {
		return else_
	}
	for _, who := range w.people() {
		if w.state.members[project][w.actors[who].UserID] == "owner" && w.state.roles[who] != "reviewer" {
			return who
		}
	}
	return "ines"
}

func (w *world) grant(t *testing.T, who string) (string, int, []byte) {
	p, _ := w.anyProject()
	whom, _ := pick(w, w.people())
	role, _ := pick(w, []string{"owner", "editor", "editor", "reviewer"})
	who = w.ownerOf(p, who)
	status, answer := w.send(t, who, "PUT", fmt.Sprintf("/api/v1/projects/%d/members/{%s}", p, whom), "", fmt.Sprintf(`{"role":"%s"}`, role))
	return fmt.Sprintf("makes %s %s of %d", whom, role, p), status, answer
}

func (w *world) revoke(t *testing.T, who string) (string, int, []byte) {
	p, _ := w.anyProject()
	whom, _ := pick(w, w.people())
	who = w.ownerOf(p, who)
	status, answer := w.send(t, who, "DELETE", fmt.Sprintf("/api/v1/projects/%d/members/{%s}", p, whom), "", "")
	return fmt.Sprintf("removes %s from %d", whom, p), status, answer
}

func (w *world) setRole(t *testing.T, _ string) (string, int, []byte) {
	whom, _ := pick(w, w.people()[1:])
	role, _ := pick(w, []string{"admin", "editor", "editor", "reviewer"})
	revision := w.rows(t, w.fill(t, `SELECT revision FROM users WHERE id = {`+whom+`}`))[0]
	status, answer := w.send(t, "ines", "PATCH", "/api/v1/users/{"+whom+"}", revision, fmt.Sprintf(`{"role":"%s"}`, role))
	return fmt.Sprintf("makes %s %s", whom, role), status, answer
}

// writePage lets somebody write a page, in a project or in none.
func (w *world) writePage(t *testing.T, who string) (string, int, []byte) {
	active := "null"
	if p, ok := w.anyProject(); ok && w.r.IntN(4) > 0 {
		active = fmt.Sprint(p)
	}
	w.send(t, who, "PUT", "/api/v1/session/active-project", "", `{"project_id":`+active+`}`)
	title, body := w.word(), w.word()
	parent := "null"
	if v, ok := pick(w, w.state.versions); ok && w.r.IntN(3) == 0 {
		parent = fmt.Sprint(v.ContentID)
	}
	status, answer := w.send(t, who, "POST", "/api/v1/content", "", fmt.Sprintf(`{"type":"page","language":"en","parent_id":%s,"fields":{"title":"Page %s","summary":"%s","body":"x"}}`, parent, title, body))
	w.madeVersion(t, status, answer, title, body)
	return "writes a page in " + active, status, answer
}

// madeVersion notes what words of a page stand in: its version.
func (w *world) madeVersion(t *testing.T, status int, answer []byte, words ...string) {
	t.Helper()
	var got struct {
		ID      int64
		Version struct{ Number int64 }
	}
	if status >= 300 || json.Unmarshal(answer, &got) != nil {
		return
	}
	id, err := strconv.ParseInt(w.rows(t, fmt.Sprintf(`SELECT id FROM versions WHERE content_id = %d AND number = %d`, got.ID, got.Version.Number))[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range words {
		w.words[word] = holder{"version", id}
	}
}

func (w *world) savePage(t *testing.T, who string) (string, int, []byte) {
	v, ok := pick(w, w.state.versions)
	if !ok {
		return "saves nothing", 200, nil
	}
	title := w.word()
	path := fmt.Sprintf("/api/v1/content/%d/versions/%d", v.ContentID, v.Number)
	status, answer := w.send(t, who, "PUT", path, fmt.Sprint(v.Revision), fmt.Sprintf(`{"slug":"","fields":{"title":"Page %s","summary":"s","body":"x"}}`, title))
	w.madeVersion(t, status, answer, title)
	if status < 300 && w.r.IntN(2) == 0 {
		status, answer = w.send(t, who, "POST", path+"/ready", "", "")
	}
	return "saves " + path, status, answer
}

func (w *world) comment(t *testing.T, who string) (string, int, []byte) {
	p, _ := w.anyProject()
	word := w.word()
	whom, _ := pick(w, append(w.people(), "editors", "reviewers", "admins"))
	body := fmt.Sprintf(`{"body":"@%s: what about %s?"`, whom, word)
	if it, ok := pick(w, w.itemsOf(p)); ok && w.r.IntN(2) == 0 {
		body += fmt.Sprintf(`,"item_id":%d`, it.ID)
	}
	status, answer := w.send(t, who, "POST", fmt.Sprintf("/api/v1/projects/%d/comments", p), "", body+"}")
	w.made(status, answer, "comment", word)
	return fmt.Sprint("comments in ", p), status, answer
}

func (w *world) itemsOf(project int64) []itemRow {
	return slices.DeleteFunc(slices.Clone(w.state.items), func(i itemRow) bool { return i.ProjectID != project })
}

func (w *world) editComment(t *testing.T, who string) (string, int, []byte) {
	id, ok := pick(w, slices.Sorted(maps.Keys(w.state.comments)))
	if !ok {
		return "edits nothing", 200, nil
	}
	word := w.word()
	revision := w.rows(t, fmt.Sprint(`SELECT revision FROM comments WHERE id = `, id))[0]
	author := w.rows(t, fmt.Sprint(`SELECT u.handle FROM comments c JOIN users u ON u.id = c.author_id WHERE c.id = `, id))[0]
	if w.r.IntN(4) > 0 {
		who = author
	}
	status, answer := w.send(t, who, "PATCH", fmt.Sprint("/api/v1/comments/", id), revision, fmt.Sprintf(`{"body":"@anna rather %s"}`, word))
	w.made(status, answer, "comment", word)
	return fmt.Sprint("edits comment ", id), status, answer
}

func (w *world) moveItem(t *testing.T, who string) (string, int, []byte) {
	it, ok := pick(w, w.state.items)
	to, _ := w.anyProject()
	if !ok {
		return "moves nothing", 200, nil
	}
	if w.r.IntN(2) == 0 {
		who = "ines"
	}
	if w.r.IntN(2) == 0 {
		status, answer := w.send(t, who, "POST", fmt.Sprintf("/api/v1/projects/%d/items/bulk", it.ProjectID), "", fmt.Sprintf(`{"item_ids":[%d],"act":"move","project_id":%d}`, it.ID, to))
		return fmt.Sprintf("moves %d from %d to %d with others", it.ID, it.ProjectID, to), status, answer
	}
	status, answer := w.send(t, who, "PATCH", fmt.Sprintf("/api/v1/projects/%d/items/%d", it.ProjectID, it.ID), fmt.Sprint(it.Revision), fmt.Sprintf(`{"project_id":%d}`, to))
	return fmt.Sprintf("moves %d from %d to %d", it.ID, it.ProjectID, to), status, answer
}

func (w *world) removeItem(t *testing.T, who string) (string, int, []byte) {
	it, ok := pick(w, w.state.items)
	if !ok {
		return "removes nothing", 200, nil
	}
	status, answer := w.send(t, who, "DELETE", fmt.Sprintf("/api/v1/projects/%d/items/%d", it.ProjectID, it.ID), fmt.Sprint(it.Revision), "")
	return fmt.Sprintf("removes %d from %d", it.ID, it.ProjectID), status, answer
}

func (w *world) addItem(t *testing.T, who string) (string, int, []byte) {
	v, ok := pick(w, w.state.versions)
	p, _ := w.anyProject()
	if !ok {
		return "adds nothing", 200, nil
	}
	status, answer := w.send(t, who, "POST", fmt.Sprintf("/api/v1/projects/%d/items", p), "", fmt.Sprintf(`{"content_id":%d,"language":"en"}`, v.ContentID))
	return fmt.Sprintf("puts %d into %d", v.ContentID, p), status, answer
}

func (w *world) publish(t *testing.T, who string) (string, int, []byte) {
	p, _ := w.anyProject()
	status, answer := w.send(t, who, "POST", fmt.Sprintf("/api/v1/projects/%d/publish", p), "", `{"mode":"ready"}`)
	return fmt.Sprint("publishes ", p), status, answer
}

func (w *world) archive(t *testing.T, who string) (string, int, []byte) {
	p, _ := w.anyProject()
	status, answer := w.send(t, who, "PATCH", fmt.Sprint("/api/v1/projects/", p), fmt.Sprint(w.state.names[p]), fmt.Sprintf(`{"archived":%v}`, w.r.IntN(3) == 0))
	return fmt.Sprint("archives ", p), status, answer
}

func (w *world) deleteProject(t *testing.T, who string) (string, int, []byte) {
	p, _ := w.anyProject()
	who = w.ownerOf(p, who)
	status, answer := w.send(t, who, "DELETE", fmt.Sprint("/api/v1/projects/", p), fmt.Sprint(w.state.names[p]), "")
	return fmt.Sprint("deletes ", p), status, answer
}

func (w *world) moveInTree(t *testing.T, who string) (string, int, []byte) {
	v, ok := pick(w, w.state.versions)
	below, _ := pick(w, w.state.versions)
	if !ok {
		return "moves nothing in the tree", 200, nil
	}
	parent := fmt.Sprint(below.ContentID)
	if w.r.IntN(3) == 0 {
		parent = "null"
	}
	revision := w.rows(t, fmt.Sprint(`SELECT tree_revision FROM content_items WHERE id = `, v.ContentID))[0]
	status, answer := w.send(t, who, "PATCH", fmt.Sprint("/api/v1/content/", v.ContentID), revision, fmt.Sprintf(`{"parent_id":%s}`, parent))
	return fmt.Sprintf("moves %d below %s", v.ContentID, parent), status, answer
}

func (w *world) watch(t *testing.T, who string) (string, int, []byte) {
	p, _ := w.anyProject()
	what, _ := pick(w, []string{"follow", "follow", "mute", "looked"})
	method, _ := pick(w, []string{"PUT", "PUT", "DELETE"})
	body := ""
	if what == "looked" {
		method, body = "PUT", "{}"
	}
	status, answer := w.send(t, who, method, fmt.Sprintf("/api/v1/projects/%d/%s", p, what), "", body)
	return fmt.Sprintf("%s %s of %d", method, what, p), status, answer
}

// look lets somebody read something: everything that can be read of a project or of a page is tried in turn.
func (w *world) look(t *testing.T) {
	t.Helper()
	who, _ := pick(w, w.people())
	p, _ := w.anyProject()
	if w.r.IntN(10) == 0 { // one that was deleted, or never was
		p = w.r.Int64N(40) + 1
	}
	project := fmt.Sprint("/api/v1/projects/", p)
	of := []string{"", "/items", "/comments", "/comments?state=open", "/comments?mentioning=me", "/comments?author=me", "/activity", "/members", "/people", "/preflight", "/runs"}
	if it, ok := pick(w, w.state.items); ok {
		of = append(of, fmt.Sprint("/items/", it.ID), fmt.Sprint("/comments?item=", it.ID))
	}
	inside, _ := pick(w, of)
	status, answer := w.send(t, who, "GET", project+inside, "", "")
	w.check(t, who, "GET "+project+inside, answer)
	if want := w.sees(who, p); inside == "" && (status == http.StatusOK) != want || status != http.StatusNotFound && !want {
		t.Errorf("%s gets %d of %s%s, and sees it: %v", who, status, project, inside, want)
	}
	anywhere := []string{
		"/api/v1/projects?limit=200", "/api/v1/projects?q=plan", "/api/v1/projects?following=true", "/api/v1/projects?state=attention", "/api/v1/projects?owner=me", "/api/v1/notifications?limit=200",
		"/api/v1/notifications?unread=true", fmt.Sprint("/api/v1/notifications?project=", p), "/api/v1/session", "/api/v1/content?limit=200", "/api/v1/content?parent=root", "/api/v1/content?q=Page", "/api/v1/audit", "/api/v1/users",
	}
	if v, ok := pick(w, w.state.versions); ok {
		page := fmt.Sprint("/api/v1/content/", v.ContentID)
		anywhere = append(anywhere, page, page+"/versions", fmt.Sprint(page, "?version=", v.Number), page+"/references", fmt.Sprint("/api/v1/content?parent=", v.ContentID))
	}
	if word, ok := pick(w, slices.Sorted(maps.Keys(w.words))); ok {
		anywhere = append(anywhere, "/api/v1/projects?q="+word, "/api/v1/content?q="+word, "/api/v1/search?q="+word, "/api/v1/search?q=page", "/api/v1/search?q=the")
	}
	for range 3 {
		path, _ := pick(w, anywhere)
		status, answer := w.send(t, who, "GET", path, "", "")
		asked := anyWord.FindString(path)
		if asked != "" { // a refusal may say the word that was asked for
			answer = []byte(strings.ReplaceAll(string(answer), `"`+asked+`"`, ""))
		}
		w.check(t, who, "GET "+path, answer)
		if path == "/api/v1/projects?limit=200" && status == http.StatusOK {
			w.checkList(t, who, answer)
		}
	}
}

// checkList compares the list of all projects, and its counts, with those that the person sees.
func (w *world) checkList(t *testing.T, who string, answer []byte) {
	t.Helper()
	var list struct {
		Items []struct{ ID int64 }
		Tabs  struct{ Open, Published, Archived int }
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		t.Fatal(err)
	}
	var got, want []int64
	for _, p := range list.Items {
		got = append(got, p.ID)
	}
	for p := range w.state.projects {
		if w.sees(who, p) {
			want = append(want, p)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || list.Tabs.Open+list.Tabs.Published+list.Tabs.Archived != len(want) {
		t.Errorf("%s lists %v, counts %+v, and sees %v", who, got, list.Tabs, want)
	}
}

// topicsOf are all that there are, by their names in the log.
func (w *world) allTopics() []string {
	all := []string{events.Projects, events.Content, events.Site, events.Audit}
	for p := range w.state.projects {
		all = append(all, events.Project(p))
	}
	for _, who := range w.people() {
		all = append(all, events.User(w.actors[who].UserID))
	}
	slices.Sort(all)
	return all
}

// hears tells whether the person may follow the topic.
func (w *world) hears(who, topic string) bool {
	kind, id, _ := events.ParseTopic(topic)
	switch kind {
	case "project":
		return w.sees(who, id)
	case "user":
		return id == w.actors[who].UserID
	case events.Audit:
		return w.state.roles[who] == "admin"
	}
	return true
}

// marker ends what has been said on every topic until now.
func (w *world) marker(t *testing.T) string {
	t.Helper()
	w.marks++
	name := fmt.Sprint("marker.", w.marks)
	err := w.app.db.Write(t.Context(), func(tx *gorm.DB) error {
		for _, topic := range w.allTopics() {
			if err := events.Append(tx, events.Change{Topic: topic, Type: events.Type(name), Subject: "markers"}, struct{}{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = w.app.db.Read(t.Context(), func(tx *gorm.DB) error {
			here, err := events.Here(tx)
			w.marked = here.ID
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// onTheWire is the topic's name for its followers.
func onTheWire(topic string) string {
	if strings.HasPrefix(topic, "user:") {
		return events.Self
	}
	return topic
}

// hear lets everybody follow what they may by now, and reads their sockets up to now.
func (w *world) hear(t *testing.T) {
	t.Helper()
	marker := w.marker(t)
	for _, who := range w.people() {
		e := w.sockets[who]
		w.readUntil(t, e, marker)
		var fresh []string
		for _, topic := range w.allTopics() {
			if strings.HasPrefix(topic, "user:") && topic != events.User(w.actors[who].UserID) {
				continue // on the wire everybody's own has one name
			}
			switch follows, may := slices.Contains(e.topics, onTheWire(topic)), w.hears(who, topic); {
			case follows && !may:
				t.Errorf("%s still follows %s", who, topic)
			case !follows && may:
				fresh = append(fresh, topic)
			}
		}
		w.subscribe(t, e, fresh, "null")
	}
}

// subscribe follows topics and reads until all of them are answered.
func (w *world) subscribe(t *testing.T, e *ear, topics []string, from string) {
	t.Helper()
	if len(topics) == 0 {
		return
	}
	asked := map[string]json.RawMessage{}
	for _, topic := range topics {
		name := topic
		if topic == events.User(w.actors[e.who].UserID) {
			name = events.Self
		}
		asked[name] = json.RawMessage(from)
	}
	if err := e.ws.WriteJSON(map[string]any{"type": "subscribe", "id": 1, "topics": asked}); err != nil {
		t.Fatal(err)
	}
	for answered := 0; answered < len(asked); {
		switch m := e.next(t); m.Type {
		case "unsubscribed":
			answered++
			w.counts["refused"]++
		case "subscribed":
			answered += len(m.Topics)
			e.topics = append(e.topics, slices.Collect(maps.Keys(m.Topics))...)
		case "events":
			w.frame(t, e, m)
		case "resync":
			w.counts["resync"]++
		}
	}
}

// frame checks what came on a socket.
func (w *world) frame(t *testing.T, e *ear, m message) {
	t.Helper()
	w.frames++
	for _, wire := range m.Events {
		w.check(t, e.who, "a frame of "+m.Topic, wire)
	}
}

// readUntil reads the socket until the marker has come on every topic that it follows.
func (w *world) readUntil(t *testing.T, e *ear, marker string) {
	t.Helper()
	waits := map[string]bool{}
	for _, topic := range e.topics {
		waits[topic] = true
	}
	for len(waits) > 0 {
		m := e.next(t)
		switch m.Type {
		case "unsubscribed":
			w.counts["unsubscribed"]++
			delete(waits, m.Topic)
			e.topics = slices.DeleteFunc(e.topics, func(topic string) bool { return topic == m.Topic })
		case "resync":
			w.counts["resync"]++
			if position, _ := events.ParsePosition(m.Position); position.ID >= w.marked { // the marker is in what is to be reloaded
				delete(waits, m.Topic)
			}
		case "events":
			w.frame(t, e, m)
			for _, wire := range m.Events {
				if strings.Contains(string(wire), `"`+marker+`"`) {
					delete(waits, m.Topic)
				}
				if strings.HasPrefix(m.Topic, "project:") && strings.Contains(string(wire), `"project.deleted"`) { // nothing will ever come after it
					delete(waits, m.Topic)
					e.topics = slices.DeleteFunc(e.topics, func(topic string) bool { return topic == m.Topic })
				}
			}
		}
	}
}

// comeBack opens a socket for somebody who was away, from a position of the past, on everything that there is, and reads the
// log by hand from the same position.
func (w *world) comeBack(t *testing.T) {
	t.Helper()
	who, _ := pick(w, w.people())
	from := w.past[len(w.past)-1-w.r.IntN(min(len(w.past), 40))]
	e := w.dial(t, who)
	before := w.frames
	w.subscribe(t, e, w.allTopics(), strconv.Quote(from))
	w.readUntil(t, e, w.marker(t))
	w.counts["replayed"] += w.frames - before
	if err := e.ws.Close(); err != nil {
		t.Fatal(err)
	}
	topics := []string{events.Projects, events.Content, events.Site, events.Audit, events.Self}
	for p := range w.state.projects {
		topics = append(topics, events.Project(p))
	}
	if w.r.IntN(2) == 0 {
		topics = topics[:1+w.r.IntN(len(topics))]
	}
	path := "/api/v1/realtime/changes?limit=200&topics=" + strings.Join(topics, ",") + "&after=" + from
	_, answer := w.send(t, who, "GET", path, "", "")
	w.check(t, who, "GET "+path, answer)
	for _, other := range w.people() { // the markers are read before the next step
		w.readUntil(t, w.sockets[other], fmt.Sprint("marker.", w.marks))
	}
}
