package projects_test

import (
	"fmt"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/projects"
	"galley/store"
	"galley/store/storetest"
)

func (e env) roles(t *testing.T, id int64) []string {
	t.Helper()
	page, err := e.Members(t.Context(), e.maren, id, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, m := range page.Rows {
		out = append(out, m.User.Handle+" "+m.Role)
	}
	return out
}

func TestMembers(t *testing.T) {
	e := newEnv(t)
	p := e.create(t, e.anna, "Members only")
	e.hide(t, p.ID)
	before := storetest.LastEvent(t, e.db)
	set := func(a, who access.Actor, role string) error {
		_, err := e.SetMember(t.Context(), a, p.ID, who.UserID, projects.Membership{Role: role})
		return err
	}
	wantCode(t, set(e.anna, e.ilse, "boss"), errs.Invalid)
	wantCode(t, set(e.anna, access.Actor{UserID: 999}, "editor"), errs.NotFound)
	wantCode(t, set(e.anna, e.anna, "editor"), errs.Conflict)
	wantCode(t, set(e.anna, e.ilse, "reviewer"), "")
	wantCode(t, set(e.ilse, e.tomas, "editor"), errs.Forbidden)
	wantCode(t, set(e.anna, e.tomas, "editor"), "")
	wantCode(t, set(e.tomas, e.tomas, "owner"), errs.Forbidden)
	wantCode(t, set(e.maren, e.tomas, "owner"), "")
	wantCode(t, set(e.tomas, e.anna, "reviewer"), "")
	same(t, "members", e.roles(t, p.ID), []string{"anna reviewer", "tomas owner", "ilse reviewer"})
	remove := func(a, who access.Actor) error { return e.RemoveMember(t.Context(), a, p.ID, who.UserID) }
	wantCode(t, remove(e.anna, e.ilse), errs.Forbidden)
	wantCode(t, remove(e.tomas, e.maren), errs.NotFound)
	wantCode(t, remove(e.tomas, e.tomas), errs.Conflict)
	wantCode(t, remove(e.tomas, e.ilse), "")
	same(t, "members", e.roles(t, p.ID), []string{"anna reviewer", "tomas owner"})
	here := fmt.Sprint(" project:", p.ID)
	user := func(a access.Actor) string { return fmt.Sprint(" user:", a.UserID) }
	same(t, "events", storetest.Events(t, e.db, before), []string{
		"audit.added audit", "member.added" + here, "project.changed" + user(e.ilse), "notification.added" + user(e.ilse),
		"audit.added audit", "member.added" + here, "project.changed" + user(e.tomas), "notification.added" + user(e.tomas),
		"audit.added audit", "member.changed" + here,
		"audit.added audit", "member.changed" + here, "project.changed" + here, "project.changed" + user(e.maren), "project.changed" + user(e.anna), "project.changed" + user(e.tomas), "project.changed" + user(e.ilse),
		"topic.forgotten !user:" + fmt.Sprint(e.ilse.UserID), "audit.added audit", "member.removed" + here, "project.deleted" + user(e.ilse),
	})
	page, err := e.Members(t.Context(), e.anna, p.ID, e.anna.UserID, 1)
	if err != nil || len(page.Rows) != 1 || page.Rows[0].User.ID != e.tomas.UserID {
		t.Errorf("the second page: got %+v, %v", page.Rows, err)
	}
}

// The owner is an owner by their role; when that ends, another owner takes over, and what the first one had created with an
// Idempotency-Key is still theirs to repeat.
func TestOwnershipPassesOn(t *testing.T) {
	e := newEnv(t)
	d := projects.Draft{Name: "Coast Pass launch", Key: store.NewClientKey("k", []byte("Coast Pass launch"))}
	p, _, err := e.Create(t.Context(), e.anna, d)
	if err != nil {
		t.Fatal(err)
	}
	e.member(t, p.ID, e.tomas, "owner")
	wantCode(t, e.RemoveMember(t.Context(), e.anna, p.ID, e.anna.UserID), "")
	o, err := e.Overview(t.Context(), e.anna, p.ID)
	if err != nil || o.Owner.ID != e.tomas.UserID || o.May["delete"].Allowed || !o.May["edit"].Allowed {
		t.Errorf("got %+v, %v", o.View, err)
	}
	same(t, "hers", e.names(t, e.anna, projects.Filter{Mine: true}), []string{})
	same(t, "his", e.names(t, e.tomas, projects.Filter{Mine: true}), []string{"Coast Pass launch"})
	again, created, err := e.Create(t.Context(), e.anna, d)
	if err != nil || created || again.ID != p.ID {
		t.Errorf("the same request again: got %d, created %v, %v", again.ID, created, err)
	}
}

func TestArchive(t *testing.T) {
	e := newEnv(t)
	p := e.create(t, e.anna, "Coast Pass launch")
	item := storetest.Item(t, e.db, p.ID, e.anna, "Prices")
	if _, err := e.Activate(t.Context(), e.tomas, &p.ID); err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	_, err := e.Edit(t.Context(), e.ilse, p.ID, 1, projects.Edit{Archived: &yes})
	wantCode(t, err, errs.Forbidden)
	v, err := e.Edit(t.Context(), e.tomas, p.ID, 1, projects.Edit{Archived: &yes})
	if err != nil || v.State != projects.Archived || v.My.Active {
		t.Fatalf("got %+v, %v", v, err)
	}
	wantCode(t, e.Remove(t.Context(), e.anna, p.ID, item, 1), errs.Conflict)
	for _, act := range []string{"add_items", "set_ready", "publish", "edit_content"} {
		if may := v.May[act]; may.Allowed || may.Reason != "This project is archived." {
			t.Errorf("%s: got %+v", act, may)
		}
	}
	v, err = e.Edit(t.Context(), e.tomas, p.ID, v.Revision, projects.Edit{Archived: &no})
	if err != nil || v.State != projects.Active || !v.May["publish"].Allowed {
		t.Errorf("got %+v, %v", v, err)
	}
}

func TestDelete(t *testing.T) {
	e := newEnv(t)
	p := e.create(t, e.anna, "Coast Pass launch")
	storetest.Item(t, e.db, p.ID, e.anna, "Prices")
	wantCode(t, e.Delete(t.Context(), e.tomas, p.ID, 1), errs.Forbidden)
	wantCode(t, e.Delete(t.Context(), e.anna, p.ID, 2), errs.Stale)
	before := storetest.LastEvent(t, e.db)
	wantCode(t, e.Delete(t.Context(), e.anna, p.ID, 1), "")
	wantCode(t, e.Delete(t.Context(), e.anna, p.ID, 1), errs.NotFound)
	same(t, "events", storetest.Events(t, e.db, before), []string{
		"topic.forgotten !projects", "version.freed content", "audit.added audit", fmt.Sprint("project.deleted project:", p.ID), "project.deleted projects",
	})
	var versions, items int
	err := e.db.Read(t.Context(), func(tx *gorm.DB) error {
		return tx.Raw(`SELECT (SELECT count(*) FROM versions), (SELECT count(*) FROM project_items)`).Row().Scan(&versions, &items)
	})
	if err != nil || versions != 1 || items != 0 {
		t.Errorf("%d versions and %d items are left, %v", versions, items, err)
	}
}
