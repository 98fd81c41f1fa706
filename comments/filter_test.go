package comments_test

import (
	"strings"
	"testing"

	"galley/access"
	"galley/comments"
	"galley/projects"
	"galley/store/storetest"
)

func TestFilters(t *testing.T) {
	e := newEnv(t)
	settled := e.add(t, e.anna, comments.Draft{Body: "Settled, @ilse."})
	e.add(t, e.ilse, comments.Draft{Body: "Reply to the settled.", ParentID: &settled.ID})
	open := e.add(t, e.ilse, comments.Draft{Body: "Open.", ItemID: &e.item})
	e.add(t, e.tomas, comments.Draft{Body: "Reply to the open, @reviewers.", ParentID: &open.ID})
	if _, err := e.Resolve(t.Context(), e.anna, settled.ID); err != nil {
		t.Fatal(err)
	}
	e.add(t, e.ilse, comments.Draft{Body: "Once more.", ParentID: &settled.ID})
	gone := e.add(t, e.ilse, comments.Draft{Body: "Gone, @ilse."})
	if err := e.Remove(t.Context(), e.ilse, gone.ID, 1); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		f    comments.Filter // as Ilse
		want []string
	}{
		"open":                       {comments.Filter{State: comments.ThreadOpen}, []string{"Reply to the open, @reviewers.", "Open."}},
		"settled":                    {comments.Filter{State: comments.ThreadSettled}, []string{"Once more.", "Reply to the settled.", "Settled, @ilse."}},
		"mine":                       {comments.Filter{Mine: true}, []string{"Once more.", "Open.", "Reply to the settled."}},
		"mine and settled":           {comments.Filter{Mine: true, State: comments.ThreadSettled}, []string{"Once more.", "Reply to the settled."}},
		"mentioning me":              {comments.Filter{ToMe: true}, []string{"Reply to the open, @reviewers.", "Settled, @ilse."}},
		"mentioning me, open":        {comments.Filter{ToMe: true, State: comments.ThreadOpen}, []string{"Reply to the open, @reviewers."}},
		"mentioning me, on the item": {comments.Filter{ToMe: true, ItemID: e.item}, []string{"Reply to the open, @reviewers."}},
		"open, on the item":          {comments.Filter{State: comments.ThreadOpen, ItemID: e.item}, []string{"Reply to the open, @reviewers.", "Open."}},
		"open, on the project":       {comments.Filter{State: comments.ThreadOpen, OnProject: true}, []string{}},
		"mine, the next page":        {comments.Filter{Mine: true, After: open.ID}, []string{"Reply to the settled."}},
	} {
		same(t, name, e.list(t, row.f), row.want)
	}
	if _, err := e.Reopen(t.Context(), e.anna, settled.ID); err != nil {
		t.Fatal(err)
	}
	same(t, "settled, once reopened", e.list(t, comments.Filter{State: comments.ThreadSettled}), []string{})
	if _, err := e.Edit(t.Context(), e.anna, settled.ID, 3, comments.Edit{Body: "Settled, @tomas."}); err != nil {
		t.Fatal(err)
	}
	same(t, "mentioning me, once edited", e.list(t, comments.Filter{ToMe: true}), []string{"Reply to the open, @reviewers."})
}

func TestGroups(t *testing.T) {
	e := newEnv(t)
	c := e.add(t, e.ilse, comments.Draft{Body: "@editors and @anna, @nobodies: look."})
	if want := `<span class="mention">@editors</span> and <span class="mention">@anna</span>, @nobodies`; !strings.Contains(c.HTML, want) {
		t.Errorf("got %q", c.HTML)
	}
	same(t, "by name is the nearer reason", e.reasons(t, e.anna), []string{"mentioned: You were mentioned by name."})
	same(t, "with the group", e.reasons(t, e.tomas), []string{"mentioned: You were mentioned with @editors."})
	same(t, "admins are no editors", e.reasons(t, e.maren), []string{})
	if _, err := e.Edit(t.Context(), e.ilse, c.ID, 1, comments.Edit{Body: "@editors, @admins: look."}); err != nil {
		t.Fatal(err)
	}
	same(t, "an edit tells the new ones", e.reasons(t, e.maren), []string{"mentioned: You were mentioned with @admins."})
	same(t, "and not those who know", e.reasons(t, e.tomas), []string{})

	storetest.Exec(t, e.db, `UPDATE users SET disabled = TRUE WHERE id = ?`, e.maren.UserID)
	quiet := e.add(t, e.ilse, comments.Draft{Body: "@admins?"})
	if strings.Contains(quiet.HTML, "<span") {
		t.Errorf("a group of nobody is marked: %q", quiet.HTML)
	}
}

// A group in a members-only project is only of those who may open it.
func TestGroupsKeepSecrets(t *testing.T) {
	e := newEnv(t)
	if _, _, err := e.Add(t.Context(), e.anna, e.secret, comments.Draft{Body: "@editors, @reviewers"}); err != nil {
		t.Fatal(err)
	}
	for _, who := range []access.Actor{e.tomas, e.ilse} {
		same(t, who.Name, e.reasons(t, who), []string{})
	}
	if _, err := projects.New(e.db).SetMember(t.Context(), e.anna, e.secret, e.ilse.UserID, projects.Membership{Role: "reviewer"}); err != nil {
		t.Fatal(err)
	}
	e.reasons(t, e.ilse)
	if _, _, err := e.Add(t.Context(), e.anna, e.secret, comments.Draft{Body: "@editors, @reviewers"}); err != nil {
		t.Fatal(err)
	}
	same(t, "a member", e.reasons(t, e.ilse), []string{"mentioned: You were mentioned with @reviewers."})
	same(t, "a stranger", e.reasons(t, e.tomas), []string{})
}
