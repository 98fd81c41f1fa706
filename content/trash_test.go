package content_test

import (
	"fmt"
	"strings"
	"testing"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/projects"
	"galley/store/storetest"
)

// trash puts an item into the trash, on what is there now.
func (e env) trash(t *testing.T, a access.Actor, id int64) {
	t.Helper()
	if err := e.Delete(t.Context(), a, id, e.node(t, id).TreeRevision); err != nil {
		t.Fatal(err)
	}
}

func (e env) inTrash(t *testing.T, a access.Actor) []string {
	t.Helper()
	return e.list(t, a, content.Filter{Trash: true})
}

func TestTrashAndBack(t *testing.T) {
	e := newEnv(t)
	a := e.page(t, e.anna, "A")
	b := e.below(t, a, "B")
	c := e.below(t, a, "C")
	before := storetest.LastEvent(t, e.db)
	e.trash(t, e.tomas, b.ID)
	e.events(t, before, "content.deleted content")
	if got, want := e.wire(t, before, "content")[0], fmt.Sprintf(`{"id":%d,"type":"page","parent_id":%d,"order":%d,"tree_revision":2}`, b.ID, a.ID, b.Order); got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	if got := e.tree(t, e.ilse); got != "A(C)" {
		t.Errorf("the tree is %s", got)
	}
	same(t, "all content", e.list(t, e.ilse, content.Filter{}), []string{"C", "A"})
	same(t, "the trash", e.inTrash(t, e.ilse), []string{"B"})
	got := e.get(t, e.ilse, b.ID, 0)
	if got.Trashed == nil || got.Trashed.By.Handle != "tomas" || got.Trashed.At.IsZero() || got.TreeRevision != 2 || got.May["edit"].Allowed || !strings.Contains(got.May["edit"].Reason, "trash") {
		t.Errorf("got %+v", got)
	}
	if _, err := e.move(t, e.anna, c.ID, content.Moving{Place: ptr(int64(1))}); err != nil {
		t.Fatal(err)
	}

	before = storetest.LastEvent(t, e.db)
	n, err := e.Restore(t.Context(), e.anna, b.ID)
	if err != nil || n.Trashed != nil || n.ParentID == nil || *n.ParentID != a.ID || n.TreeRevision != 3 || n.Path != "a/b" {
		t.Errorf("got %+v, %v", n, err)
	}
	e.events(t, before, "content.restored content")
	if got := e.tree(t, e.ilse); got != "A(B C)" {
		t.Errorf("the tree is %s", got)
	}
	same(t, "the trash", e.inTrash(t, e.ilse), []string{})
	before = storetest.LastEvent(t, e.db)
	if n, err := e.Restore(t.Context(), e.anna, b.ID); err != nil || n.TreeRevision != 3 {
		t.Errorf("what is not there: got %+v, %v", n, err)
	}
	e.events(t, before)
}

func TestDeleteRefuses(t *testing.T) {
	e := newEnv(t)
	free, parent, live := e.page(t, e.anna, "Free"), e.page(t, e.anna, "Parent"), e.page(t, e.anna, "Live")
	e.below(t, parent, "Child")
	e.goLive(t, live)
	must(t)(e.Begin(t.Context(), e.anna, parent.ID, content.NewDraft{Language: "de"}))
	held, hidden := e.pageIn(t, e.anna, e.launch, "Held"), e.pageIn(t, e.anna, e.secret, "Hidden")
	e.in(t, e.anna, e.secret)
	both := must(t)(e.Begin(t.Context(), e.anna, free.ID, content.NewDraft{Language: "de", Fields: values("Frei")}))
	e.in(t, e.anna, 0)
	before := storetest.LastEvent(t, e.db)
	for _, row := range []struct {
		name     string
		as       access.Actor
		id       int64
		revision int64
		want     errs.Code
		words    string
	}{
		{"a reviewer", e.ilse, parent.ID, 1, errs.Forbidden, ""},
		{"no such item", e.anna, 999, 1, errs.NotFound, ""},
		{"what this person may not see", e.tomas, hidden.ID, 1, errs.NotFound, ""},
		{"on what was there before", e.anna, parent.ID, 2, errs.Stale, ""},
		{"what is live", e.anna, live.ID, 1, errs.Conflict, "live"},
		{"what others stand below", e.anna, parent.ID, 1, errs.Conflict, "below"},
		{"what a project holds", e.tomas, held.ID, 1, errs.Conflict, "Held by Coast Pass launch."},
		{"what a project holds in another language", e.anna, both.ID, 1, errs.Conflict, "Held by Secret."},
		{"the same, as a stranger to that project", e.tomas, both.ID, 1, errs.Conflict, "Held by a project you may not see."},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := e.Delete(t.Context(), row.as, row.id, row.revision)
			wantCode(t, err, row.want)
			if err != nil && !strings.Contains(err.Error(), row.words) {
				t.Errorf("got %v, want %q", err, row.words)
			}
		})
	}
	e.events(t, before)
	same(t, "the trash", e.inTrash(t, e.maren), []string{})
}

// To what is in the trash nothing can be done but to restore it, and nothing can come to stand below it.
func TestNothingIsDoneInTheTrash(t *testing.T) {
	e := withSheet(t)
	v := e.page(t, e.anna, "Gone")
	other := e.page(t, e.anna, "Other")
	sheet := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: content.Values{"title": "Sheet"}}))
	kept := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: content.Values{"title": "Kept", "main": float64(v.ID)}}))
	e.trash(t, e.anna, v.ID)
	before := storetest.LastEvent(t, e.db)
	for name, row := range map[string]struct {
		want errs.Code
		act  func() error
	}{
		"save": {errs.Conflict, func() error {
			_, err := e.Save(t.Context(), e.anna, v.ID, 1, 1, content.Save{Slug: &v.Slug, Fields: values("x")})
			return err
		}},
		"ready": {errs.Conflict, func() error { _, err := e.SetReady(t.Context(), e.anna, v.ID, 1); return err }},
		"draft": {errs.Conflict, func() error { _, err := e.BackToDraft(t.Context(), e.anna, v.ID, 1); return err }},
		"begin": {errs.Conflict, func() error {
			_, _, err := e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en"})
			return err
		}},
		"a language": {errs.Conflict, func() error {
			_, _, err := e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "de"})
			return err
		}},
		"join": {errs.Conflict, func() error { _, _, err := e.join(t, e.anna, e.launch, v.ID); return err }},
		"unpublish": {errs.Conflict, func() error {
			_, _, err := e.Join(t.Context(), e.anna, e.launch, content.Joining{ContentID: v.ID, Language: "en", Action: projects.Unpublish})
			return err
		}},
		"move":   {errs.Conflict, func() error { _, err := e.move(t, e.anna, v.ID, content.Moving{Place: ptr(int64(1))}); return err }},
		"delete": {errs.Conflict, func() error { return e.Delete(t.Context(), e.anna, v.ID, 2) }},
		"a child": {errs.NotFound, func() error {
			_, _, err := e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &v.ID, Fields: values("x")})
			return err
		}},
		"move below it": {errs.NotFound, func() error { _, err := e.move(t, e.anna, other.ID, content.Moving{Parent: under(v.ID)}); return err }},
		"refer to it": {errs.Invalid, func() error {
			_, err := e.Save(t.Context(), e.anna, sheet.ID, 1, 1, content.Save{Slug: &sheet.Slug, Fields: content.Values{"title": "Sheet", "main": float64(v.ID)}})
			wantField(t, err, "fields.main")
			return err
		}},
		"restore, as a reviewer": {errs.Forbidden, func() error { _, err := e.Restore(t.Context(), e.ilse, v.ID); return err }},
		"restore what never was": {errs.NotFound, func() error { _, err := e.Restore(t.Context(), e.anna, 999); return err }},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, row.act(), row.want) })
	}
	e.events(t, before)
	if _, err := e.Save(t.Context(), e.anna, kept.ID, 1, 1, content.Save{Slug: &kept.Slug, Fields: content.Values{"title": "Kept on", "main": float64(v.ID)}}); err != nil {
		t.Errorf("what referred to it before can be saved no more: %v", err)
	}
}

// It comes back to the root where its parent is in the trash.
func TestRestoreWithoutTheParent(t *testing.T) {
	e := newEnv(t)
	e.page(t, e.anna, "First")
	parent := e.page(t, e.anna, "Parent")
	child := e.below(t, parent, "Child")
	e.trash(t, e.anna, child.ID)
	e.trash(t, e.anna, parent.ID)
	n, err := e.Restore(t.Context(), e.anna, child.ID)
	if err != nil || n.ParentID != nil || n.Path != "child" {
		t.Errorf("got %+v, %v", n, err)
	}
	if got := e.tree(t, e.ilse); got != "First Child" {
		t.Errorf("the tree is %s", got)
	}
	if _, err := e.Restore(t.Context(), e.anna, parent.ID); err != nil {
		t.Fatal(err)
	}
	if got := e.tree(t, e.ilse); got != "First Child Parent" {
		t.Errorf("the tree is %s", got)
	}
	same(t, "positions", e.rows(t, `SELECT count(DISTINCT position) FROM content_items`), []string{"3"})
}

// Nor does it come back to a place that has become too deep.
func TestRestoreWhereItIsTooDeep(t *testing.T) {
	e := newEnv(t)
	deep := e.page(t, e.anna, "Top")
	for range 17 {
		deep = e.below(t, deep, "Down")
	}
	parent := e.page(t, e.anna, "Parent")
	inner := e.below(t, parent, "Inner")
	child := e.below(t, inner, "Child")
	e.trash(t, e.anna, child.ID)
	if _, err := e.move(t, e.anna, parent.ID, content.Moving{Parent: under(deep.ID)}); err != nil {
		t.Fatal(err) // it ends on the 20th level without the child
	}
	n, err := e.Restore(t.Context(), e.anna, child.ID)
	if err != nil || n.ParentID != nil {
		t.Errorf("got %+v, %v", n, err)
	}
}

// A slug that a live page has taken meanwhile gets a number, in its language alone.
func TestRestoreWithATakenSlug(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, e.anna, "Fares")
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "de", From: ptr(int64(1))}))
	e.trash(t, e.anna, v.ID)
	e.goLive(t, e.page(t, e.anna, "Fares"))
	e.goLive(t, must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", Slug: "fares-2", Fields: values("x")})))
	before := storetest.LastEvent(t, e.db)
	if _, err := e.Restore(t.Context(), e.tomas, v.ID); err != nil {
		t.Fatal(err)
	}
	e.events(t, before, "content.restored content", "version.saved content")
	same(t, "slugs", e.rows(t, `SELECT language || ' ' || slug || ' ' || revision FROM versions WHERE content_id = ? ORDER BY number`, v.ID), []string{"en fares-3 2", "de fares 1"})
	if told := e.wire(t, before, "content")[1]; !strings.Contains(told, `"slug":"fares-3"`) {
		t.Errorf("told %s", told)
	}
}

// What was out and is off the site again can be thrown away, whoever published it; the project that did keeps its record.
func TestDeleteWhatWasOut(t *testing.T) {
	e := newEnv(t)
	v := e.pageIn(t, e.anna, e.launch, "Fares")
	e.goLive(t, v)
	storetest.Exec(t, e.db, `DELETE FROM live`)
	storetest.Exec(t, e.db, `UPDATE versions SET state = 'previously_published'`)
	before := storetest.LastEvent(t, e.db)
	e.trash(t, e.tomas, v.ID)
	e.events(t, before, "content.deleted content", "content.deleted "+topic(e.launch))
	if o, err := e.projects.Overview(t.Context(), e.ilse, e.launch); err != nil || len(o.Items) != 1 {
		t.Errorf("got %+v, %v", o.Items, err)
	}
}

// A trashed item of a members-only project is nobody else's business.
func TestTrashOfHiddenThings(t *testing.T) {
	e := newEnv(t)
	v := e.pageIn(t, e.anna, e.secret, "Canary")
	storetest.Exec(t, e.db, `UPDATE versions SET state = 'previously_published'`)
	before := storetest.LastEvent(t, e.db)
	e.trash(t, e.anna, v.ID)
	e.events(t, before, "content.deleted "+topic(e.secret))
	same(t, "a stranger's trash", e.inTrash(t, e.tomas), []string{})
	same(t, "a member's", e.inTrash(t, e.anna), []string{"Canary"})
	_, err := e.Restore(t.Context(), e.tomas, v.ID)
	wantCode(t, err, errs.NotFound)
	before = storetest.LastEvent(t, e.db)
	if _, err := e.Restore(t.Context(), e.anna, v.ID); err != nil {
		t.Fatal(err)
	}
	e.events(t, before, "content.restored "+topic(e.secret))
}
