package comments_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/comments"
	"galley/errs"
	"galley/notifications"
	"galley/projects"
	"galley/store"
	"galley/store/storetest"
)

type env struct {
	*comments.Service
	db                        *store.DB
	inbox                     *notifications.Service
	maren, anna, tomas, ilse  access.Actor
	project, other, secret    int64
	item, elsewhere, secretly int64 // one item of each project
}

func newEnv(t *testing.T) env {
	t.Helper()
	db := storetest.Open(t)
	e := env{Service: comments.New(db), db: db, inbox: notifications.New(db)}
	e.maren = storetest.Person(t, db, "Maren Oduya", access.Admin)
	e.anna = storetest.Person(t, db, "Anna Vale", access.Editor)
	e.tomas = storetest.Person(t, db, "Tomas Brekke", access.Editor)
	e.ilse = storetest.Person(t, db, "Ilse Kortwijk", access.Reviewer)
	make := func(name string) (project, item int64) {
		v, _, err := projects.New(db).Create(t.Context(), e.anna, projects.Draft{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return v.ID, storetest.Item(t, db, v.ID, e.anna, "Page of "+name)
	}
	e.project, e.item = make("Coast Pass launch")
	e.other, e.elsewhere = make("Night bus")
	e.secret, e.secretly = make("Secret")
	storetest.Exec(t, db, `UPDATE projects SET visibility = 'members' WHERE id = ?`, e.secret)
	return e
}

func (e env) add(t *testing.T, a access.Actor, d comments.Draft) comments.Comment {
	t.Helper()
	c, _, err := e.Add(t.Context(), a, e.project, d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (e env) list(t *testing.T, f comments.Filter) []string {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = 50
	}
	page, err := e.List(t.Context(), e.ilse, e.project, f)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, c := range page.Rows {
		out = append(out, c.Body)
	}
	return out
}

func (e env) told(t *testing.T, a access.Actor) []string {
	t.Helper()
	page, err := e.inbox.List(t.Context(), a, notifications.Filter{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, n := range page.Rows {
		out = append(out, fmt.Sprintf("%s by %s: %s", n.Kind, n.Actor.Name, n.Text))
	}
	return out
}

func wantCode(t *testing.T, err error, want errs.Code) {
	t.Helper()
	if got := errs.CodeOf(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestAdd(t *testing.T) {
	e := newEnv(t)
	before := storetest.LastEvent(t, e.db)
	c := e.add(t, e.ilse, comments.Draft{Body: "**Legal** needs the _currency_.", ItemID: &e.item})
	if want := "<p><strong>Legal</strong> needs the <em>currency</em>.</p>\n"; c.HTML != want {
		t.Errorf("got html %q, want %q", c.HTML, want)
	}
	same(t, "list of the item", e.list(t, comments.Filter{ItemID: e.item}), []string{"**Legal** needs the _currency_."})
	same(t, "list of the project itself", e.list(t, comments.Filter{OnProject: true}), []string{})
	same(t, "events", storetest.Events(t, e.db, before), []string{
		fmt.Sprint("notification.added user:", e.anna.UserID), fmt.Sprint("follow.changed user:", e.ilse.UserID), fmt.Sprintf("comment.added project:%d", e.project),
	})
}

func TestAddRefuses(t *testing.T) {
	e := newEnv(t)
	thread := e.add(t, e.anna, comments.Draft{Body: "A thread."})
	reply := e.add(t, e.ilse, comments.Draft{Body: "A reply.", ParentID: &thread.ID})
	gone := e.add(t, e.anna, comments.Draft{Body: "Soon gone."})
	if err := e.Remove(t.Context(), e.anna, gone.ID, gone.Revision); err != nil {
		t.Fatal(err)
	}
	before := storetest.LastEvent(t, e.db)
	missing := int64(999)
	for _, row := range []struct {
		name    string
		as      access.Actor
		project int64
		draft   comments.Draft
		want    errs.Code
	}{
		{"empty", e.anna, e.project, comments.Draft{Body: " \n"}, errs.Invalid},
		{"too long", e.anna, e.project, comments.Draft{Body: strings.Repeat("ä", 10_001)}, errs.Invalid},
		{"field of nothing", e.anna, e.project, comments.Draft{Body: "x", Field: "title"}, errs.Invalid},
		{"no such project", e.anna, missing, comments.Draft{Body: "x"}, errs.NotFound},
		{"no such item", e.anna, e.project, comments.Draft{Body: "x", ItemID: &missing}, errs.NotFound},
		{"item of another project", e.anna, e.project, comments.Draft{Body: "x", ItemID: &e.elsewhere}, errs.NotFound},
		{"no such thread", e.anna, e.project, comments.Draft{Body: "x", ParentID: &missing}, errs.NotFound},
		{"thread of another project", e.anna, e.other, comments.Draft{Body: "x", ParentID: &thread.ID}, errs.NotFound},
		{"reply to a reply", e.anna, e.project, comments.Draft{Body: "x", ParentID: &reply.ID}, errs.Invalid},
		{"reply to what is gone", e.anna, e.project, comments.Draft{Body: "x", ParentID: &gone.ID}, errs.Conflict},
		{"reply about something else", e.anna, e.project, comments.Draft{Body: "x", ParentID: &thread.ID, ItemID: &e.item}, errs.Invalid},
		{"stranger", e.tomas, e.secret, comments.Draft{Body: "x"}, errs.NotFound},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, _, err := e.Add(t.Context(), row.as, row.project, row.draft)
			wantCode(t, err, row.want)
		})
	}
	same(t, "events of what was refused", storetest.Events(t, e.db, before), []string{})
}

func TestAddTwiceWithOneKey(t *testing.T) {
	e := newEnv(t)
	d := comments.Draft{Body: "Once.", Key: store.NewClientKey("k1", []byte("Once."))}
	first := e.add(t, e.anna, d)
	before := storetest.LastEvent(t, e.db)
	again, created, err := e.Add(t.Context(), e.anna, e.project, d)
	if err != nil || created || again.ID != first.ID {
		t.Errorf("got %d (created %v, %v), want %d again", again.ID, created, err, first.ID)
	}
	_, _, err = e.Add(t.Context(), e.anna, e.project, comments.Draft{Body: "Twice.", Key: store.NewClientKey("k1", []byte("Twice."))})
	wantCode(t, err, errs.Invalid)
	if _, created, err := e.Add(t.Context(), e.ilse, e.project, d); err != nil || !created {
		t.Errorf("somebody else's equal key: created %v, %v", created, err)
	}
	same(t, "events", storetest.Events(t, e.db, before), []string{
		fmt.Sprint("notification.added user:", e.anna.UserID), fmt.Sprint("follow.changed user:", e.ilse.UserID), fmt.Sprintf("comment.added project:%d", e.project),
	})
}

func TestMentionTellsOnceAndNeverTheActor(t *testing.T) {
	e := newEnv(t)
	c := e.add(t, e.anna, comments.Draft{Body: "@ilse, @Tomas and @ilse: see `@maren` and mail@maren.example. @anna"})
	if want := `<span class="mention">@ilse</span>, <span class="mention">@tomas</span>`; !strings.Contains(c.HTML, want) {
		t.Errorf("got %q, want %q in it", c.HTML, want)
	}
	text := "mentioned by Anna Vale: " + c.Body
	same(t, "ilse", e.told(t, e.ilse), []string{text})
	same(t, "tomas", e.told(t, e.tomas), []string{text})
	same(t, "maren, named in code and in an address", e.told(t, e.maren), []string{})
	same(t, "anna, who wrote it", e.told(t, e.anna), []string{})
}

func TestMentionOfWhoMayNotSee(t *testing.T) {
	e := newEnv(t)
	c, _, err := e.Add(t.Context(), e.anna, e.secret, comments.Draft{Body: "@ilse @maren @nobody"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(c.HTML, `mention">@ilse`) || strings.Contains(c.HTML, `mention">@nobody`) || !strings.Contains(c.HTML, `mention">@maren`) {
		t.Errorf("got %q, want only @maren marked", c.HTML)
	}
	same(t, "ilse", e.told(t, e.ilse), []string{})
	same(t, "maren", e.told(t, e.maren), []string{"mentioned by Anna Vale: @ilse @maren @nobody"})
}

func TestReplyTellsEverybodyInTheThread(t *testing.T) {
	e := newEnv(t)
	thread := e.add(t, e.anna, comments.Draft{Body: "Which date?", ItemID: &e.item})
	e.add(t, e.ilse, comments.Draft{Body: "The 24th.", ParentID: &thread.ID})
	last := e.add(t, e.tomas, comments.Draft{Body: "Right, @ilse.", ParentID: &thread.ID})
	if last.ItemID == nil || *last.ItemID != e.item {
		t.Errorf("a reply is about %v, want its thread's item %d", last.ItemID, e.item)
	}
	same(t, "anna", e.told(t, e.anna), []string{"replied by Tomas Brekke: Right, @ilse."}) // Ilse's stands behind it
	same(t, "ilse, mentioned and in the thread: once", e.told(t, e.ilse), []string{"mentioned by Tomas Brekke: Right, @ilse."})
	same(t, "tomas", e.told(t, e.tomas), []string{})
}

func TestReplyTellsNobodyWhoseRepliesAreGone(t *testing.T) {
	e := newEnv(t)
	thread := e.add(t, e.maren, comments.Draft{Body: "Which date?"})
	gone := []comments.Comment{
		e.add(t, e.ilse, comments.Draft{Body: "Soon.", ParentID: &thread.ID}),
		e.add(t, e.tomas, comments.Draft{Body: "The 23rd.", ParentID: &thread.ID}),
	}
	e.add(t, e.ilse, comments.Draft{Body: "The 24th.", ParentID: &thread.ID})
	for i, a := range []access.Actor{e.ilse, e.tomas} {
		if err := e.Remove(t.Context(), a, gone[i].ID, gone[i].Revision); err != nil {
			t.Fatal(err)
		}
	}
	e.add(t, e.anna, comments.Draft{Body: "Thanks.", ParentID: &thread.ID})
	for _, row := range []struct {
		who  string
		a    access.Actor
		want bool
	}{{"maren, whose thread it is", e.maren, true}, {"ilse, one of whose replies stands", e.ilse, true}, {"tomas, whose only reply is gone", e.tomas, false}} {
		if got := slices.Contains(e.told(t, row.a), "replied by Anna Vale: Thanks."); got != row.want {
			t.Errorf("%s: told %t, want %t", row.who, got, row.want)
		}
	}
}

func TestEdit(t *testing.T) {
	e := newEnv(t)
	c := e.add(t, e.anna, comments.Draft{Body: "@ilse first"})
	before := storetest.LastEvent(t, e.db)
	edited, err := e.Edit(t.Context(), e.anna, c.ID, c.Revision, comments.Edit{Body: "@ilse @tomas second"})
	if err != nil {
		t.Fatal(err)
	}
	if edited.EditedAt == nil || edited.Revision != c.Revision+1 || !strings.Contains(edited.HTML, "second") {
		t.Errorf("got %+v", edited)
	}
	same(t, "events", storetest.Events(t, e.db, before), []string{
		fmt.Sprintf("notification.added user:%d", e.tomas.UserID), fmt.Sprintf("comment.edited project:%d", e.project),
	})
	var kept []string
	if err := e.db.Read(t.Context(), func(tx *gorm.DB) error { return tx.Raw(`SELECT body FROM comment_edits`).Scan(&kept).Error }); err != nil {
		t.Fatal(err)
	}
	same(t, "history", kept, []string{"@ilse first"})

	_, err = e.Edit(t.Context(), e.anna, c.ID, c.Revision, comments.Edit{Body: "third"})
	wantCode(t, err, errs.Stale)
	_, err = e.Edit(t.Context(), e.maren, c.ID, edited.Revision, comments.Edit{Body: "not mine"})
	wantCode(t, err, errs.Forbidden)
	_, err = e.Edit(t.Context(), e.anna, c.ID, edited.Revision, comments.Edit{Body: ""})
	wantCode(t, err, errs.Invalid)
	same(t, "list", e.list(t, comments.Filter{}), []string{"@ilse @tomas second"})
}

func TestRemove(t *testing.T) {
	e := newEnv(t)
	thread := e.add(t, e.ilse, comments.Draft{Body: "A thread."})
	reply := e.add(t, e.tomas, comments.Draft{Body: "A reply.", ParentID: &thread.ID})

	wantCode(t, e.Remove(t.Context(), e.tomas, thread.ID, thread.Revision), errs.Forbidden)
	wantCode(t, e.Remove(t.Context(), e.ilse, thread.ID, thread.Revision+1), errs.Stale)
	before := storetest.LastEvent(t, e.db)
	if err := e.Remove(t.Context(), e.ilse, thread.ID, thread.Revision); err != nil {
		t.Fatal(err)
	}
	same(t, "events", storetest.Events(t, e.db, before), []string{fmt.Sprintf("comment.deleted project:%d", e.project)})
	same(t, "the place stays for the reply", e.list(t, comments.Filter{}), []string{"A reply.", ""})
	wantCode(t, e.Remove(t.Context(), e.ilse, thread.ID, thread.Revision+1), errs.NotFound)

	if err := e.Remove(t.Context(), e.anna, reply.ID, reply.Revision); err != nil {
		t.Errorf("the project's owner deletes somebody else's: %v", err)
	}
	same(t, "nothing is left", e.list(t, comments.Filter{}), []string{})
}

func TestResolveAndReopen(t *testing.T) {
	e := newEnv(t)
	thread := e.add(t, e.anna, comments.Draft{Body: "A thread."})
	reply := e.add(t, e.ilse, comments.Draft{Body: "A reply.", ParentID: &thread.ID})
	before := storetest.LastEvent(t, e.db)
	for range 2 { // the second time changes nothing and tells nobody
		c, err := e.Resolve(t.Context(), e.ilse, thread.ID)
		if err != nil || c.ResolvedAt == nil || c.ResolvedBy == nil || c.ResolvedBy.ID != e.ilse.UserID {
			t.Fatalf("got %+v, %v", c, err)
		}
	}
	c, err := e.Reopen(t.Context(), e.anna, thread.ID)
	if err != nil || c.ResolvedAt != nil || c.ResolvedBy != nil {
		t.Fatalf("got %+v, %v", c, err)
	}
	same(t, "events", storetest.Events(t, e.db, before), []string{
		fmt.Sprintf("comment.resolved project:%d", e.project), fmt.Sprintf("comment.reopened project:%d", e.project),
	})
	_, err = e.Resolve(t.Context(), e.anna, reply.ID)
	wantCode(t, err, errs.Conflict)
}

func TestStrangersFindNoComment(t *testing.T) {
	e := newEnv(t)
	c, _, err := e.Add(t.Context(), e.anna, e.secret, comments.Draft{Body: "Secret."})
	if err != nil {
		t.Fatal(err)
	}
	absent := e.Remove(t.Context(), e.tomas, 999, 1)
	for name, err := range map[string]error{
		"list":    func() error { _, err := e.List(t.Context(), e.tomas, e.secret, comments.Filter{Limit: 1}); return err }(),
		"edit":    func() error { _, err := e.Edit(t.Context(), e.tomas, c.ID, 1, comments.Edit{Body: "x"}); return err }(),
		"remove":  e.Remove(t.Context(), e.tomas, c.ID, 1),
		"resolve": func() error { _, err := e.Resolve(t.Context(), e.tomas, c.ID); return err }(),
	} {
		wantCode(t, err, errs.NotFound)
		if name != "list" && err.Error() != absent.Error() {
			t.Errorf("%s: invisible (%v) reads otherwise than absent (%v)", name, err, absent)
		}
	}
}

func TestListByPages(t *testing.T) {
	e := newEnv(t)
	thread := e.add(t, e.anna, comments.Draft{Body: "0"})
	for i := range 4 {
		e.add(t, e.ilse, comments.Draft{Body: fmt.Sprint(i + 1), ParentID: &thread.ID})
	}
	page, err := e.List(t.Context(), e.anna, e.project, comments.Filter{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Rows) != 3 || page.Rows[0].Body != "4" {
		t.Fatalf("got %d rows beginning with %q, want 3 (one more than asked) beginning with the newest", len(page.Rows), page.Rows[0].Body)
	}
	if len(page.Parents) != 1 || page.Parents[0].ID != thread.ID {
		t.Errorf("got parents %+v, want the thread's beginning", page.Parents)
	}
	same(t, "second page", e.list(t, comments.Filter{Limit: 5, After: page.Rows[1].ID}), []string{"2", "1", "0"})
}

// What a comment may never carry into a colleague's browser.
func TestHTMLIsSafe(t *testing.T) {
	e := newEnv(t)
	for _, body := range []string{
		`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `[x](javascript:alert(1))`, `![x](https://example.org/x.png)`,
		`<a href="javascript:alert(1)">x</a>`, "[x](data:text/html;base64,PHNjcmlwdD4=)", `<span class="mention" onclick="x()">@ilse</span>`, "<style>*{}</style>", `[x](https://e.org "a\" onmouseover=alert(1))`,
	} {
		html := strings.ToLower(e.add(t, e.anna, comments.Draft{Body: body}).HTML)
		for _, never := range []string{"<script", "<img", "onerror=", "onclick=", "onmouseover=\"", "javascript:", "data:", "<style"} {
			if strings.Contains(html, never) {
				t.Errorf("%s became %s", body, html)
			}
		}
	}
}
