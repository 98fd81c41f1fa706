package releases_test

import (
	"fmt"
	"slices"
	"testing"

	"galley/access"
	"galley/comments"
	"galley/content"
	"galley/errs"
	"galley/notifications"
	"galley/projects"
	"galley/releases"
	"galley/store/storetest"
)

func (e env) events(t *testing.T, since int64, want ...string) {
	t.Helper()
	same(t, "events", storetest.Events(t, e.db, since), append([]string{}, want...))
}

// order is the project's items by their ids, in their order.
func (e env) order(t *testing.T, project int64) []int64 {
	t.Helper()
	page, err := e.projects.Items(t.Context(), e.maren, project, 0, 200)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for i, it := range page.Rows {
		ids = append(ids, it.ID)
		if i > 0 && it.Order <= page.Rows[i-1].Order {
			t.Errorf("two items stand at %d", it.Order)
		}
	}
	return ids
}

func (e env) item(t *testing.T, project, id int64) projects.Item {
	t.Helper()
	p, err := e.projects.ItemPlace(t.Context(), e.maren, project, id)
	if err != nil {
		t.Fatal(err)
	}
	return p.Item
}

func (e env) arrange(t *testing.T, a access.Actor, project, item int64, ar projects.Arrangement) (projects.Item, error) {
	t.Helper()
	return e.Arrange(t.Context(), a, project, item, e.item(t, project, item).Revision, ar)
}

func TestSort(t *testing.T) {
	e := newEnv(t)
	var ids []int64
	for i := range 5 {
		ids = append(ids, *e.page(t, e.anna, e.launch, fmt.Sprint("Page ", i)).Version.ItemID)
	}
	want := slices.Clone(ids)
	for _, move := range []struct{ from, to int }{{1, 5}, {5, 1}, {3, 3}, {2, 4}, {4, 2}, {1, 99}, {5, 1}, {2, 1}, {1, 2}} {
		id, place := want[move.from-1], int64(move.to)
		before := storetest.LastEvent(t, e.db)
		was := e.item(t, e.launch, id)
		it, err := e.arrange(t, e.tomas, e.launch, id, projects.Arrangement{Order: &place})
		if err != nil {
			t.Fatal(err)
		}
		want = slices.Delete(want, move.from-1, move.from)
		want = slices.Insert(want, min(move.to, 5)-1, id)
		if got := e.order(t, e.launch); !slices.Equal(got, want) {
			t.Fatalf("from %d to %d: got %v, want %v", move.from, move.to, got, want)
		}
		if move.from == move.to {
			e.events(t, before)
			continue
		}
		e.events(t, before, "item.changed "+topic(e.launch))
		if it.Revision != was.Revision+1 {
			t.Errorf("the revision went from %d to %d", was.Revision, it.Revision)
		}
	}
}

// However often items are put between the same two, there is room: then all are spread out, and everybody is told where they are.
func TestSortAtTheSamePlace(t *testing.T) {
	e := newEnv(t)
	var ids []int64
	for i := range 3 {
		ids = append(ids, *e.page(t, e.anna, e.launch, fmt.Sprint("Page ", i)).Version.ItemID)
	}
	second, spread := int64(2), 0
	for i := range 100 {
		last := e.order(t, e.launch)[2]
		before := storetest.LastEvent(t, e.db)
		if _, err := e.arrange(t, e.anna, e.launch, last, projects.Arrangement{Order: &second}); err != nil {
			t.Fatal(err)
		}
		if got := e.order(t, e.launch); got[1] != last || got[0] != ids[0] {
			t.Fatalf("round %d: got %v", i, got)
		}
		if n := len(storetest.Events(t, e.db, before)); n != 1 {
			spread++
			if n != 3 {
				t.Errorf("round %d: %v", i, storetest.Events(t, e.db, before))
			}
		}
	}
	if spread < 1 || spread > 4 {
		t.Errorf("all were spread out %d times", spread)
	}
}

func TestAssign(t *testing.T) {
	e := newEnv(t)
	id := *e.page(t, e.anna, e.secret, "Page").Version.ItemID
	nobody := int64(0)
	before := storetest.LastEvent(t, e.db)
	it, err := e.arrange(t, e.anna, e.secret, id, projects.Arrangement{Assignee: &e.maren.UserID})
	if err != nil || it.Assignee == nil || it.Assignee.ID != e.maren.UserID {
		t.Errorf("got %+v, %v", it, err)
	}
	if it, err = e.arrange(t, e.anna, e.secret, id, projects.Arrangement{Assignee: &nobody}); err != nil || it.Assignee != nil {
		t.Errorf("got %+v, %v", it, err)
	}
	e.events(t, before, "item.changed "+topic(e.secret), "item.changed "+topic(e.secret))
	unknown := int64(999)
	for name, who := range map[string]*int64{"a stranger": &e.tomas.UserID, "nobody known": &unknown} {
		_, err := e.arrange(t, e.anna, e.secret, id, projects.Arrangement{Assignee: who})
		t.Log(name)
		wantCode(t, err, errs.Invalid)
	}
}

func TestArrangeRefuses(t *testing.T) {
	e := newEnv(t)
	id := *e.page(t, e.anna, e.launch, "Page").Version.ItemID
	secret := *e.page(t, e.anna, e.secret, "Secret page").Version.ItemID
	one, zero, less := int64(1), int64(0), int64(-1)
	before := storetest.LastEvent(t, e.db)
	for name, row := range map[string]struct {
		a                       access.Actor
		project, item, revision int64
		ar                      projects.Arrangement
		want                    errs.Code
	}{
		"by a reviewer":                  {e.ilse, e.launch, id, 1, projects.Arrangement{Order: &one}, errs.Forbidden},
		"of a project unseen":            {e.tomas, e.secret, secret, 1, projects.Arrangement{Order: &one}, errs.NotFound},
		"of another project":             {e.anna, e.launch, secret, 1, projects.Arrangement{Order: &one}, errs.NotFound},
		"into a project unseen":          {e.tomas, e.launch, id, 1, projects.Arrangement{Project: &e.secret}, errs.NotFound},
		"into none":                      {e.tomas, e.launch, id, 1, projects.Arrangement{Project: &zero}, errs.Invalid},
		"at the place 0":                 {e.anna, e.launch, id, 1, projects.Arrangement{Order: &zero}, errs.Invalid},
		"to less than nobody":            {e.anna, e.launch, id, 1, projects.Arrangement{Assignee: &less}, errs.Invalid},
		"on what was there before":       {e.anna, e.launch, id, 2, projects.Arrangement{Order: &one}, errs.Stale},
		"moved on what was there before": {e.anna, e.launch, id, 2, projects.Arrangement{Project: &e.secret}, errs.Stale},
	} {
		_, err := e.Arrange(t.Context(), row.a, row.project, row.item, row.revision, row.ar)
		t.Log(name)
		wantCode(t, err, row.want)
	}
	e.events(t, before)
	storetest.Exec(t, e.db, `UPDATE projects SET state = 'scheduled' WHERE id = ?`, e.secret)
	for name, ar := range map[string]projects.Arrangement{"into": {Project: &e.secret}, "out of": {Project: &e.launch}} {
		project, item := e.launch, id
		if name == "out of" {
			project, item = e.secret, secret
		}
		_, err := e.arrange(t, e.anna, project, item, ar)
		t.Log(name)
		wantCode(t, err, errs.Conflict)
	}
}

func TestMoveTakesTheTalkAlong(t *testing.T) {
	e := newEnv(t)
	it := e.item(t, e.launch, *e.page(t, e.anna, e.launch, "Page").Version.ItemID)
	e.page(t, e.anna, e.secret, "Another")
	said, _, err := e.comments.Add(t.Context(), e.tomas, e.launch, comments.Draft{Body: "@ilse, @anna: quokka", ItemID: &it.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.arrange(t, e.anna, e.launch, it.ID, projects.Arrangement{Assignee: &e.tomas.UserID}); err != nil {
		t.Fatal(err)
	}
	before := storetest.LastEvent(t, e.db)
	first := int64(1)
	got, err := e.arrange(t, e.anna, e.launch, it.ID, projects.Arrangement{Project: &e.secret, Order: &first})
	if err != nil || got.ProjectID != e.secret || got.Assignee != nil || e.order(t, e.secret)[0] != it.ID || len(e.order(t, e.launch)) != 0 {
		t.Fatalf("got %+v, %v", got, err)
	}
	ilse := fmt.Sprint("user:", e.ilse.UserID)
	e.events(t, before, "topic.forgotten !content", "topic.forgotten !"+topic(e.launch), "topic.forgotten !"+ilse,
		"notification.gone "+ilse, "item.removed "+topic(e.launch), "item.added "+topic(e.secret), "version.held content",
		"project.changed "+topic(e.launch), "project.changed projects",
		"project.changed "+topic(e.secret), fmt.Sprint("project.changed user:", e.maren.UserID), fmt.Sprint("project.changed user:", e.anna.UserID))
	page, err := e.comments.List(t.Context(), e.anna, e.secret, comments.Filter{ItemID: it.ID, Limit: 10})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != said.ID || page.Rows[0].ProjectID != e.secret {
		t.Errorf("the talk: got %+v, %v", page.Rows, err)
	}
	if _, err := e.comments.Resolve(t.Context(), e.tomas, said.ID); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("who wrote it still reaches it: %v", err)
	}
	for who, gone := range map[access.Actor]bool{e.anna: false, e.ilse: true} {
		inbox, err := e.inbox.List(t.Context(), who, notifications.Filter{Limit: 10})
		if err != nil || len(inbox.Rows) != 1 || inbox.Rows[0].Gone != gone || !gone && *inbox.Rows[0].ProjectID != e.secret {
			t.Errorf("%s was told %+v, %v", who.Name, inbox.Rows, err)
		}
	}
	acts, err := e.projects.Activity(t.Context(), e.tomas, e.launch, 0, 10)
	if err != nil || acts.Rows[0].Act != projects.ActItemMovedAway || acts.Rows[0].Title != "" {
		t.Errorf("the activity tells a stranger %+v, %v", acts.Rows, err)
	}
}

func TestMoveOfWhatIsThereAlready(t *testing.T) {
	e := newEnv(t)
	other := e.project(t, "Night bus")
	v := e.page(t, e.anna, e.launch, "Page")
	e.inside(t, e.anna, other, func() (content.View, bool, error) {
		return e.content.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en", From: &v.Version.Number})
	})
	_, err := e.arrange(t, e.anna, e.launch, *v.Version.ItemID, projects.Arrangement{Project: &other})
	wantCode(t, err, errs.Conflict)
}

func TestBulk(t *testing.T) {
	e := newEnv(t)
	whole := *e.page(t, e.anna, e.launch, "Whole").Version.ItemID
	bare := *e.inside(t, e.anna, e.launch, func() (content.View, bool, error) {
		return e.content.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", Fields: content.Values{"title": "Bare", "body": "x"}})
	}).Version.ItemID
	out := *e.readyPage(t, e.launch, "Out").Version.ItemID
	e.publish(t, e.anna, e.launch)
	all := []int64{whole, bare, out, 999}
	before := storetest.LastEvent(t, e.db)
	e.bulk(t, releases.Bulk{ItemIDs: all, Act: releases.SetReady}, "done", "refused invalid Needed before this can go out: summary.", "refused conflict", "refused not_found")
	e.events(t, before, "item.changed "+topic(e.launch), "version.changed "+topic(e.launch), "project.changed "+topic(e.launch), "project.changed projects")
	e.bulk(t, releases.Bulk{ItemIDs: []int64{whole}, Act: releases.SetDraft}, "done")
	e.bulk(t, releases.Bulk{ItemIDs: []int64{whole, bare}, Act: releases.Assign, Assignee: &e.tomas.UserID}, "done", "done")
	e.bulk(t, releases.Bulk{ItemIDs: []int64{whole, 999}, Act: releases.Move, Project: &e.secret}, "done", "refused not_found")
	if got := e.order(t, e.secret); !slices.Equal(got, []int64{whole}) {
		t.Errorf("there are %v", got)
	}
	before = storetest.LastEvent(t, e.db)
	e.bulk(t, releases.Bulk{ItemIDs: []int64{bare, whole, out}, Act: releases.Remove}, "done", "refused not_found", "done")
	e.events(t, before, "item.removed "+topic(e.launch), "version.freed content", "item.removed "+topic(e.launch), "version.freed content",
		"project.changed "+topic(e.launch), "project.changed projects")
	if got := e.order(t, e.launch); len(got) != 0 {
		t.Errorf("there are %v", got)
	}
}

// bulk does the act as Anna and compares what became of each item: a result, and a code and the reason where it was refused.
func (e env) bulk(t *testing.T, b releases.Bulk, want ...string) {
	t.Helper()
	got, err := e.Bulk(t.Context(), e.anna, e.launch, b)
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %+v, %v", got, err)
	}
	for i, o := range got {
		said := o.Result
		if o.Result == releases.Refused {
			if said += " " + string(o.Code); o.Reason == "" {
				t.Errorf("%d is refused without a reason", o.ItemID)
			}
			if o.Code == errs.Invalid {
				said += " " + o.Reason
			}
		}
		if said != want[i] || o.ItemID != b.ItemIDs[i] {
			t.Errorf("%s %d: got %q (%s), want %q", b.Act, b.ItemIDs[i], said, o.Reason, want[i])
		}
	}
}

func TestBulkRefusesAsAWhole(t *testing.T) {
	e := newEnv(t)
	id := *e.page(t, e.anna, e.launch, "Page").Version.ItemID
	many := make([]int64, 201)
	for i := range many {
		many[i] = int64(i + 1)
	}
	before := storetest.LastEvent(t, e.db)
	for name, row := range map[string]struct {
		a       access.Actor
		project int64
		b       releases.Bulk
		want    errs.Code
	}{
		"by a reviewer":         {e.ilse, e.launch, releases.Bulk{ItemIDs: []int64{id}, Act: releases.SetReady}, errs.Forbidden},
		"of a project unseen":   {e.tomas, e.secret, releases.Bulk{ItemIDs: []int64{id}, Act: releases.Remove}, errs.NotFound},
		"into a project unseen": {e.tomas, e.launch, releases.Bulk{ItemIDs: []int64{id}, Act: releases.Move, Project: &e.secret}, errs.NotFound},
		"no items":              {e.anna, e.launch, releases.Bulk{Act: releases.Remove}, errs.Invalid},
		"too many":              {e.anna, e.launch, releases.Bulk{ItemIDs: many, Act: releases.Remove}, errs.Invalid},
		"one twice":             {e.anna, e.launch, releases.Bulk{ItemIDs: []int64{id, id}, Act: releases.Remove}, errs.Invalid},
		"no such act":           {e.anna, e.launch, releases.Bulk{ItemIDs: []int64{id}, Act: "burn"}, errs.Invalid},
		"assigned to no word":   {e.anna, e.launch, releases.Bulk{ItemIDs: []int64{id}, Act: releases.Assign}, errs.Invalid},
		"moved nowhere":         {e.anna, e.launch, releases.Bulk{ItemIDs: []int64{id}, Act: releases.Move}, errs.Invalid},
		"removed somewhere":     {e.anna, e.launch, releases.Bulk{ItemIDs: []int64{id}, Act: releases.Remove, Project: &e.launch}, errs.Invalid},
	} {
		_, err := e.Bulk(t.Context(), row.a, row.project, row.b)
		t.Log(name)
		wantCode(t, err, row.want)
	}
	e.events(t, before)
}
