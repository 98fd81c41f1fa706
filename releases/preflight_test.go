package releases_test

import (
	"fmt"
	"slices"
	"testing"

	"gorm.io/gorm"

	"galley/comments"
	"galley/content"
	"galley/errs"
	"galley/projects"
	"galley/releases"
	"galley/store/storetest"
)

// checked is what Preflight says of the project's items, in their order: title and obstacles.
func (e env) checked(t *testing.T, project int64) []string {
	t.Helper()
	p, err := e.Preflight(t.Context(), e.ilse, project)
	if err != nil {
		t.Fatal(err)
	}
	out, ready := []string{}, 0
	sums := map[releases.Obstacle][]int64{}
	for _, c := range p.Items {
		out = append(out, fmt.Sprint(c.Title, " ", c.Obstacles))
		if len(c.Obstacles) == 0 {
			ready++
		}
		for _, o := range c.Obstacles {
			sums[o] = append(sums[o], c.ItemID)
		}
	}
	if p.Ready != ready || p.Total != len(p.Items) || p.Topic != topic(project) || p.Position.ID != storetest.LastEvent(t, e.db) {
		t.Errorf("got %+v", p)
	}
	if len(p.Obstacles) != len(sums) {
		t.Errorf("got the sums %+v, want %v", p.Obstacles, sums)
	}
	for _, o := range p.Obstacles {
		if o.Count != len(sums[o.Kind]) || !slices.Equal(o.ItemIDs, sums[o.Kind]) {
			t.Errorf("got the sum %+v, want %v", o, sums[o.Kind])
		}
	}
	return out
}

func TestPreflight(t *testing.T) {
	e := newEnv(t)
	same(t, "an empty project", e.checked(t, e.launch), []string{})
	ready := e.readyPage(t, e.launch, "Ready")
	e.page(t, e.anna, e.launch, "A draft")
	before := storetest.LastEvent(t, e.db)
	same(t, "one of two", e.checked(t, e.launch), []string{"Ready []", "A draft [not_ready]"})
	same(t, "events of looking", storetest.Events(t, e.db, before), []string{})
	e.publish(t, e.anna, e.launch)
	same(t, "what is out is looked at no more", e.checked(t, e.launch), []string{"A draft [not_ready]"})
	if e.delivered(t, ready.Slug) == "" {
		t.Error("what Preflight said can go out did not")
	}
}

// What was said of an item stays with it: taken out and added again, it is the same item, and what blocked it blocks it.
func TestBlockingCommentComesBackWithItsItem(t *testing.T) {
	e := newEnv(t)
	v := e.readyPage(t, e.launch, "Fares")
	item := *v.Version.ItemID
	c, _, err := e.comments.Add(t.Context(), e.ilse, e.launch, comments.Draft{Body: "Legal must see this.", ItemID: &item, Blocking: true})
	if err != nil {
		t.Fatal(err)
	}
	var version int64
	err = e.db.Read(t.Context(), func(tx *gorm.DB) error {
		return tx.Raw(`SELECT version_id FROM project_items WHERE id = ?`, item).Row().Scan(&version)
	})
	if err != nil {
		t.Fatal(err)
	}
	for answers := 1; answers <= 2; answers++ {
		before := e.item(t, e.launch, item)
		if err := e.projects.Remove(t.Context(), e.anna, e.launch, item, before.Revision); err != nil {
			t.Fatal(err)
		}
		same(t, "taken out", e.checked(t, e.launch), []string{})
		if _, _, err := e.comments.Add(t.Context(), e.tomas, e.launch, comments.Draft{Body: "They have seen it.", ParentID: &c.ID}); err != nil {
			t.Errorf("an answer meanwhile: %v", err)
		}
		err = e.db.Write(t.Context(), func(tx *gorm.DB) error {
			id, err := projects.Join(tx, e.anna, e.launch, before.ContentID, before.Language, version)
			if id != item {
				t.Errorf("came back as item %d, was %d", id, item)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "back", e.checked(t, e.launch), []string{"Fares [blocking_comment]"})
		if after := e.item(t, e.launch, item); after.Revision <= before.Revision || after.Comments != 1+answers {
			t.Errorf("back with revision %d after %d and %d comments, want %d", after.Revision, before.Revision, after.Comments, 1+answers)
		}
	}
	page, err := e.comments.List(t.Context(), e.anna, e.launch, comments.Filter{ItemID: item, Limit: 10})
	if err != nil || len(page.Rows) != 3 || page.Rows[2].ID != c.ID {
		t.Errorf("got %+v, %v, want the comment", page.Rows, err)
	}
}

// Each obstacle by itself, from the act that puts it there to the one that takes it away.
func TestObstacles(t *testing.T) {
	e := newEnv(t)
	v := e.readyPage(t, e.launch, "Fares")
	check := func(when, want string) {
		t.Helper()
		same(t, when, e.checked(t, e.launch), []string{want})
	}
	check("at first", "Fares []")

	c, _, err := e.comments.Add(t.Context(), e.ilse, e.launch, comments.Draft{Body: "Legal must see this.", ItemID: v.Version.ItemID, Blocking: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.comments.Add(t.Context(), e.ilse, e.launch, comments.Draft{Body: "A nicer word?", ItemID: v.Version.ItemID}); err != nil {
		t.Fatal(err)
	}
	check("a blocking comment", "Fares [blocking_comment]")
	if _, err := e.comments.Resolve(t.Context(), e.ilse, c.ID); err != nil {
		t.Fatal(err)
	}
	check("settled", "Fares []")
	c, err = e.comments.Reopen(t.Context(), e.ilse, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	check("reopened", "Fares [blocking_comment]")
	if err := e.comments.Remove(t.Context(), e.ilse, c.ID, c.Revision); err != nil {
		t.Fatal(err)
	}
	check("deleted", "Fares []")

	storetest.Exec(t, e.db, `UPDATE versions SET fields = '{"title":"Fares","summary":" ","body":""}'`) // as when a type got a new required field
	check("a required field that is empty", "Fares [missing_fields]")
	storetest.Exec(t, e.db, `UPDATE versions SET fields = '{"title":"Fares","summary":"x","body":""}'`)

	other := e.project(t, "Another project")
	taker := e.readyPage(t, other, "Fares") // the same slug
	e.publish(t, e.anna, other)
	check("another page is live at the address", "Fares [slug_taken]")
	storetest.Exec(t, e.db, `UPDATE live SET language = 'de' WHERE content_id = ?`, taker.ID)
	check("in another language", "Fares []")
	storetest.Exec(t, e.db, `UPDATE versions SET slug = '' WHERE content_id = ?`, v.ID)
	check("no address", "Fares [slug_taken]")
	storetest.Exec(t, e.db, `UPDATE versions SET slug = 'fares' WHERE content_id = ?`, v.ID)

	storetest.Exec(t, e.db, `UPDATE versions SET base = 7 WHERE content_id = ?`, v.ID)
	check("live is not what it began from", "Fares [conflict]")
	storetest.Exec(t, e.db, `UPDATE versions SET base = NULL WHERE content_id = ?`, v.ID)
	if _, err := e.content.BackToDraft(t.Context(), e.anna, v.ID, 1); err != nil {
		t.Fatal(err)
	}
	check("a draft", "Fares [not_ready]")
}

// Live moves on under a draft: the draft is in conflict until it begins anew.
func TestConflict(t *testing.T) {
	e := newEnv(t)
	v := e.readyPage(t, e.launch, "Fares")
	e.publish(t, e.anna, e.launch)
	first, second := e.project(t, "First"), e.project(t, "Second")
	mine, theirs := e.next(t, e.anna, first, v, "Fares, mine"), e.next(t, e.tomas, second, v, "Fares, theirs")
	e.ready(t, mine, theirs)
	same(t, "before", slices.Concat(e.checked(t, first), e.checked(t, second)), []string{"Fares, mine []", "Fares, theirs []"})
	e.publish(t, e.anna, first)
	same(t, "after", e.checked(t, second), []string{"Fares, theirs [conflict]"})
	before := e.dump(t)
	_, _, err := e.Publish(t.Context(), e.tomas, second, releases.Request{Mode: releases.WhatIsReady})
	wantCode(t, err, errs.Conflict)
	same(t, "what was refused", e.dump(t), before)
	if got := e.delivered(t, "fares"); got != "# Fares, mine" {
		t.Errorf("live is %q", got)
	}
}

// Two items of one run cannot take one address: the first goes, the second stays.
func TestTwoItemsAtOneAddress(t *testing.T) {
	e := newEnv(t)
	first, second := e.readyPage(t, e.launch, "Fares"), e.readyPage(t, e.launch, "Fares")
	same(t, "preflight", e.checked(t, e.launch), []string{"Fares []", "Fares [slug_taken]"})
	_, _, err := e.Publish(t.Context(), e.anna, e.launch, releases.Request{Mode: releases.AllOrNothing})
	wantCode(t, err, errs.Conflict)
	r := e.publish(t, e.anna, e.launch)
	if r.Items[0].ItemID != *first.Version.ItemID || r.Items[0].Result != releases.Published || r.Items[1].ItemID != *second.Version.ItemID || r.Items[1].Result != releases.Skipped || r.Items[1].Reason == "" {
		t.Errorf("got %+v", r.Items)
	}
	same(t, "afterwards", e.checked(t, e.launch), []string{"Fares [slug_taken]"})

	below := e.inside(t, e.anna, e.launch, func() (content.View, bool, error) {
		return e.content.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &first.ID, Fields: values("Fares")})
	})
	e.ready(t, below)
	same(t, "one level down", e.checked(t, e.launch), []string{"Fares [slug_taken]", "Fares []"})
}

func TestSeveralObstaclesAtOnce(t *testing.T) {
	e := newEnv(t)
	out := e.readyPage(t, e.launch, "Fares")
	e.publish(t, e.anna, e.launch)
	v := e.inside(t, e.anna, e.launch, func() (content.View, bool, error) {
		return e.content.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", Slug: out.Slug, Fields: content.Values{"title": "Half"}})
	})
	if _, _, err := e.comments.Add(t.Context(), e.ilse, e.launch, comments.Draft{Body: "No.", ItemID: v.Version.ItemID, Blocking: true}); err != nil {
		t.Fatal(err)
	}
	storetest.Exec(t, e.db, `UPDATE versions SET base = 7 WHERE content_id = ?`, v.ID)
	same(t, "all of them", e.checked(t, e.launch), []string{"Half [conflict blocking_comment missing_fields slug_taken not_ready]"})
}
