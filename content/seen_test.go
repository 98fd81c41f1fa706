package content_test

import (
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/events"
	"galley/store/storetest"
)

// What a members-only project has published is everybody's: it is in their lists, and they may begin from it. The project
// itself stays hidden, and so do its other versions.
func TestWhatThePublicSeesIsSeen(t *testing.T) {
	e := newEnv(t)
	v := e.pageIn(t, e.anna, e.secret, "Merger")
	before := storetest.LastEvent(t, e.db)
	e.goLive(t, v)
	e.events(t, before, "item.changed "+topic(e.secret), "version.changed "+topic(e.secret), "version.changed content",
		"project.changed "+topic(e.secret), "project.changed user:1", "project.changed user:2")
	e.in(t, e.anna, e.secret)
	next := must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en", Fields: values("Merger called off")}))
	e.in(t, e.anna, 0)

	same(t, "a stranger's list", e.list(t, e.tomas, content.Filter{}), []string{"Merger"})
	got := e.get(t, e.tomas, v.ID, 0)
	if got.Version.Number != 1 || got.Version.ProjectID != nil || got.Version.ItemID != nil || got.Topic != "content" || len(got.HeldBy) != 0 || got.Locked != nil || !got.May["edit"].Allowed {
		t.Errorf("a stranger gets %+v", got)
	}
	_, err := e.Get(t.Context(), e.tomas, v.ID, "en", next.Version.Number)
	wantCode(t, err, errs.NotFound)
	_, err = e.Save(t.Context(), e.tomas, v.ID, next.Version.Number, 1, content.Save{Slug: &v.Slug, Fields: values("x")})
	wantCode(t, err, errs.NotFound)
	_, err = e.Save(t.Context(), e.tomas, v.ID, 1, got.Version.Revision, content.Save{Slug: &v.Slug, Fields: values("x")})
	wantCode(t, err, errs.Conflict)
	mine := must(t)(e.Begin(t.Context(), e.tomas, v.ID, content.NewDraft{Language: "en"}))
	if mine.Title != "Merger" || *mine.Version.Base != 1 {
		t.Errorf("a stranger begins with %+v", mine)
	}

	e.goLive(t, next)
	if old := e.get(t, e.tomas, v.ID, 1); old.State != content.PreviouslyPublished {
		t.Errorf("what was public once: got %+v", old)
	}
	for _, wire := range e.wire(t, before, events.Content) {
		if strings.Contains(wire, `"project_id":3`) || strings.Contains(wire, `"item_id":1`) {
			t.Errorf("everybody is told of the project: %s", wire)
		}
	}
}

// wire is what the events of the topic since the position hold, as it is sent.
func (e env) wire(t *testing.T, since int64, topic string) []string {
	t.Helper()
	var out []string
	err := e.db.Read(t.Context(), func(tx *gorm.DB) error {
		page, err := events.Page(tx, []string{topic}, since, 1000)
		for _, one := range page {
			out = append(out, string(one.Data))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A path names no ancestor that its reader may not see: not in an answer, and not in an event.
func TestPathsNameNothingHidden(t *testing.T) {
	e := newEnv(t)
	parent := e.pageIn(t, e.anna, e.secret, "Canary")
	before := storetest.LastEvent(t, e.db)
	child := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &parent.ID, Fields: values("Staff")}))
	if child.Path != "canary/staff" {
		t.Errorf("a member: got %q", child.Path)
	}
	for _, a := range []access.Actor{e.tomas, e.ilse} {
		if got := e.get(t, a, child.ID, 0).Path; got != "staff" {
			t.Errorf("a stranger: got %q", got)
		}
	}
	saved := e.save(t, e.anna, child, "Staff")
	if saved.Path != "canary/staff" {
		t.Errorf("a member who saves: got %q", saved.Path)
	}
	told := e.wire(t, before, events.Content)
	if len(told) != 2 {
		t.Errorf("got %q, want two events", told)
	}
	for _, wire := range told {
		if strings.Contains(wire, "canary") {
			t.Errorf("everybody hears %s", wire)
		}
	}
	e.in(t, e.anna, e.secret)
	before = storetest.LastEvent(t, e.db)
	e.save(t, e.anna, saved, "Staff")
	if told := e.wire(t, before, topic(e.secret)); !strings.Contains(strings.Join(told, ""), `"path":"canary/staff"`) {
		t.Errorf("whoever may see the project hears %q", told)
	}
	e.goLive(t, parent)
	if got := e.get(t, e.tomas, parent.ID, 0).Path; got != "canary" {
		t.Errorf("what is live has the path %q", got)
	}
}

// Somebody may refer to what they see, and keep what others referred to.
func TestReferencesToWhatIsHidden(t *testing.T) {
	e := withSheet(t)
	hidden, page := e.pageIn(t, e.anna, e.secret, "Hidden"), e.page(t, e.anna, "Fares")
	with := func(main int64, more ...int64) content.Values {
		all := []any{}
		for _, id := range more {
			all = append(all, float64(id))
		}
		return content.Values{"title": "Sheet", "main": float64(main), "more": all}
	}
	v := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: with(hidden.ID, hidden.ID)}))
	sheet := v.ID
	save := func(a access.Actor, fields content.Values) error {
		saved, err := e.Save(t.Context(), a, v.ID, 1, v.Version.Revision, content.Save{Slug: &v.Slug, Fields: fields})
		if err == nil {
			v = saved
		}
		return err
	}
	if err := save(e.tomas, with(hidden.ID, page.ID, hidden.ID)); err != nil {
		t.Errorf("with what stood there: %v", err)
	}
	if err := save(e.tomas, with(page.ID, page.ID)); err != nil {
		t.Errorf("without it: %v", err)
	}
	err := save(e.tomas, with(hidden.ID))
	wantField(t, err, "fields.main")
	absent := save(e.tomas, with(999))
	if err == nil || absent == nil || err.Error() != absent.Error() {
		t.Errorf("hidden (%v) reads otherwise than absent (%v)", err, absent)
	}
	err = save(e.tomas, with(page.ID, sheet))
	wantField(t, err, "fields.more") // takes pages alone
	if err := save(e.tomas, with(sheet)); err != nil {
		t.Errorf("any type: %v", err)
	}
}

// What was everybody's and is a members-only project's now is told no more: the topic of all content forgets what it said,
// and says to look again.
func TestWhatAHiddenProjectTakesIsForgotten(t *testing.T) {
	e := newEnv(t)
	for name, take := range map[string]func(v content.View){
		"by joining": func(v content.View) {
			if _, _, err := e.join(t, e.anna, e.secret, v.ID); err != nil {
				t.Fatal(err)
			}
		},
		"by a save": func(v content.View) {
			e.in(t, e.anna, e.secret)
			e.save(t, e.anna, v, "Canary, again")
			e.in(t, e.anna, 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			start := storetest.LastEvent(t, e.db)
			v := e.page(t, e.anna, "Canary")
			before := storetest.LastEvent(t, e.db)
			take(v)
			told := e.wire(t, before, events.Content)
			if want := fmt.Sprintf(`{"content_id":%d,"language":"en","version":1}`, v.ID); len(told) != 1 || told[0] != want {
				t.Errorf("got %q, want %s", told, want)
			}
			var floor int64
			err := e.db.Read(t.Context(), func(tx *gorm.DB) (err error) {
				floor, err = events.Floor(tx, events.Content)
				return err
			})
			if err != nil || floor < before {
				t.Errorf("what was told from %d to %d can be told again: the floor is %d, %v", start, before, floor, err)
			}
			_, err = e.Get(t.Context(), e.tomas, v.ID, "en", 0)
			wantCode(t, err, errs.NotFound)
		})
	}
	v := e.page(t, e.anna, "No canary")
	before := storetest.LastEvent(t, e.db)
	if _, _, err := e.join(t, e.anna, e.launch, v.ID); err != nil {
		t.Fatal(err)
	}
	e.events(t, before, "item.added "+topic(e.launch), "version.held content", "project.changed "+topic(e.launch), "project.changed projects")
	before = storetest.LastEvent(t, e.db)
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "de"}))
	e.in(t, e.anna, e.secret)
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "fr"}))
	if told := e.wire(t, before, events.Content); len(told) != 1 {
		t.Errorf("a draft that was the project's from the beginning is told: %q", told)
	}
}
