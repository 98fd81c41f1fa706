package releases_test

import (
	"fmt"
	"slices"
	"testing"

	"galley/comments"
	"galley/content"
	"galley/errs"
	"galley/projects"
	"galley/releases"
	"galley/store/storetest"
)

// takeOff puts what is live into the project, to be taken off the site.
func (e env) takeOff(t *testing.T, project int64, v content.View) projects.Item {
	t.Helper()
	it, _, err := e.content.Join(t.Context(), e.anna, project, content.Joining{ContentID: v.ID, Language: v.Language, Action: projects.Unpublish})
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// livePage is a page that the project has published, below the parent where one is given.
func (e env) livePage(t *testing.T, project int64, title string, parent *int64) content.View {
	t.Helper()
	v := e.inside(t, e.anna, project, func() (content.View, bool, error) {
		return e.content.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: parent, Fields: values(title)})
	})
	e.ready(t, v)
	e.publish(t, e.anna, project)
	return v
}

func (e env) states(t *testing.T, id int64) []string {
	t.Helper()
	page, err := e.content.Versions(t.Context(), e.maren, id, "en", 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, it := range page.Rows {
		out = append(out, fmt.Sprint(it.Version.Number, " ", it.State))
	}
	return out
}

func TestUnpublish(t *testing.T) {
	e := newEnv(t)
	autumn := e.project(t, "Autumn")
	fares := e.livePage(t, e.launch, "Fares", nil)
	before := storetest.LastEvent(t, e.db)
	it := e.takeOff(t, autumn, fares)
	if it.Action != projects.Unpublish || it.Version != 1 || it.State != content.Published || it.Conflict {
		t.Errorf("got %+v", it)
	}
	same(t, "joining tells", storetest.Events(t, e.db, before), []string{"item.added " + topic(autumn), "project.changed " + topic(autumn), "project.changed projects"})
	same(t, "preflight", e.checked(t, autumn), []string{"Fares []"})
	if e.delivered(t, "fares") == "" {
		t.Error("it is off the site before the project is out")
	}

	before = storetest.LastEvent(t, e.db)
	r := e.publish(t, e.maren, autumn)
	same(t, "report", report(r), []string{"Fares unpublished"})
	same(t, "events", storetest.Events(t, e.db, before), []string{
		"item.changed " + topic(e.launch), "item.changed " + topic(autumn), "version.changed " + topic(e.launch), "version.changed content",
		"notification.added user:2", "audit.added audit", "run.finished " + topic(autumn),
		"project.changed " + topic(e.launch), "project.changed projects", "project.changed " + topic(autumn), "project.changed projects",
	})
	same(t, "the owner is told", e.told(t, e.anna), []string{"project_published of 1 by maren: Autumn (You own this project.)"})
	if got := e.delivered(t, "fares"); got != "" {
		t.Errorf("the public still gets %q", got)
	}
	same(t, "versions", e.states(t, fares.ID), []string{"1 previously_published"})
	o := e.overview(t, autumn)
	if o.State != projects.Published || len(o.Items) != 1 || o.Items[0].State != content.PreviouslyPublished || o.Items[0].Action != projects.Unpublish {
		t.Errorf("got %s %+v", o.State, o.Items)
	}
	same(t, "what is done is looked at no more", e.checked(t, autumn), []string{})
	_, _, err := e.Publish(t.Context(), e.anna, autumn, releases.Request{Mode: releases.WhatIsReady})
	wantCode(t, err, errs.Conflict)

	back := e.next(t, e.anna, autumn, fares, "Fares again") // the same project may bring it back
	if *back.Version.ProjectID != autumn || *back.Version.ItemID != it.ID || back.Version.Base != nil {
		t.Errorf("got %+v", back.Version)
	}
	e.ready(t, back)
	same(t, "report", report(e.publish(t, e.anna, autumn)), []string{"Fares again published"})
	if got := e.delivered(t, back.Slug); got != "# Fares again" {
		t.Errorf("the public gets %q", got)
	}
}

// Two projects are to take off the same page: the first one does, and the second one says that there is nothing left.
func TestUnpublishTwice(t *testing.T) {
	e := newEnv(t)
	one, two := e.project(t, "One"), e.project(t, "Two")
	fares := e.livePage(t, e.launch, "Fares", nil)
	first, second := e.takeOff(t, one, fares), e.takeOff(t, two, fares)
	if again := e.takeOff(t, one, fares); again.ID != first.ID || again.Revision != first.Revision {
		t.Errorf("the same again: got %+v", again)
	}
	e.publish(t, e.anna, one)
	same(t, "the other", e.checked(t, two), []string{"Fares [nothing_live]"})
	_, _, err := e.Publish(t.Context(), e.anna, two, releases.Request{Mode: releases.WhatIsReady})
	wantCode(t, err, errs.Conflict)
	_, _, err = e.content.Join(t.Context(), e.anna, two, content.Joining{ContentID: fares.ID, Language: "en", Action: projects.Unpublish})
	wantCode(t, err, errs.Conflict)
	if err := e.projects.Remove(t.Context(), e.anna, two, second.ID, second.Revision); err != nil {
		t.Fatal(err)
	}
}

// What is to be taken off is what is live then: a version that goes live meanwhile takes the place of the one before.
func TestUnpublishFollowsWhatIsLive(t *testing.T) {
	e := newEnv(t)
	autumn := e.project(t, "Autumn")
	fares := e.livePage(t, e.launch, "Fares", nil)
	it := e.takeOff(t, autumn, fares)
	e.ready(t, e.next(t, e.anna, e.launch, fares, "Fares 2"))
	before := storetest.LastEvent(t, e.db)
	e.publish(t, e.anna, e.launch)
	if told := storetest.Events(t, e.db, before); count(told, "item.changed "+topic(autumn)) != 1 {
		t.Errorf("got %q", told)
	}
	now := e.overview(t, autumn).Items[0]
	if now.ID != it.ID || now.Version != 2 || now.Title != "Fares 2" || now.Revision != it.Revision+1 {
		t.Errorf("got %+v", now)
	}
	same(t, "preflight", e.checked(t, autumn), []string{"Fares 2 []"})
	e.publish(t, e.anna, autumn)
	same(t, "versions", e.states(t, fares.ID), []string{"2 previously_published", "1 previously_published"})
}

// One project does one thing with an item: it holds a draft, or it takes off what is live.
func TestUnpublishOrPublish(t *testing.T) {
	e := newEnv(t)
	autumn := e.project(t, "Autumn")
	fares := e.livePage(t, e.launch, "Fares", nil)
	it := e.takeOff(t, autumn, fares)
	_, _, err := e.content.Join(t.Context(), e.anna, autumn, content.Joining{ContentID: fares.ID, Language: "en"})
	wantCode(t, err, errs.Conflict)
	if _, err := e.projects.Activate(t.Context(), e.anna, &autumn); err != nil {
		t.Fatal(err)
	}
	_, _, err = e.content.Begin(t.Context(), e.anna, fares.ID, content.NewDraft{Language: "en"})
	wantCode(t, err, errs.Conflict)
	if _, err := e.projects.Activate(t.Context(), e.anna, nil); err != nil {
		t.Fatal(err)
	}
	if err := e.projects.Remove(t.Context(), e.anna, autumn, it.ID, it.Revision); err != nil {
		t.Fatal(err)
	}
	e.next(t, e.anna, autumn, fares, "A draft")
	_, _, err = e.content.Join(t.Context(), e.anna, autumn, content.Joining{ContentID: fares.ID, Language: "en", Action: projects.Unpublish})
	wantCode(t, err, errs.Conflict)
	same(t, "in the project that published it", []string{e.takeOff(t, e.launch, fares).Action}, []string{projects.Unpublish})
	if v := e.overview(t, e.launch); v.State != projects.Active || len(v.Items) != 1 {
		t.Errorf("got %s %+v", v.State, v.Items)
	}
}

func TestUnpublishObstacles(t *testing.T) {
	e := newEnv(t)
	autumn := e.project(t, "Autumn")
	travel := e.livePage(t, e.launch, "Travel", nil)
	fares := e.livePage(t, e.launch, "Fares", &travel.ID)
	old := e.livePage(t, e.launch, "Old", nil)
	e.takeOff(t, autumn, travel)
	it := e.takeOff(t, autumn, old)
	if _, _, err := e.comments.Add(t.Context(), e.ilse, autumn, comments.Draft{Body: "Wait", ItemID: &it.ID, Blocking: true}); err != nil {
		t.Fatal(err)
	}
	same(t, "what stands below stays", e.checked(t, autumn), []string{"Travel [live_children]", "Old [blocking_comment]"})
	_, _, err := e.Publish(t.Context(), e.anna, autumn, releases.Request{Mode: releases.AllOrNothing})
	wantCode(t, err, errs.Conflict)

	child := e.takeOff(t, autumn, fares)
	same(t, "what stands below leaves too", e.checked(t, autumn), []string{"Travel []", "Old [blocking_comment]", "Fares []"})
	block, _, err := e.comments.Add(t.Context(), e.ilse, autumn, comments.Draft{Body: "Wait", ItemID: &child.ID, Blocking: true})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what stands below must stay", e.checked(t, autumn), []string{"Travel [live_children]", "Old [blocking_comment]", "Fares [blocking_comment]"})
	if _, err := e.comments.Resolve(t.Context(), e.ilse, block.ID); err != nil {
		t.Fatal(err)
	}
	coming := e.inside(t, e.anna, autumn, func() (content.View, bool, error) {
		return e.content.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &travel.ID, Fields: values("Map")})
	})
	same(t, "a draft below hinders nothing", e.checked(t, autumn), []string{"Travel []", "Old [blocking_comment]", "Fares []", "Map [not_ready]"})
	e.ready(t, coming)
	same(t, "what comes below does", e.checked(t, autumn), []string{"Travel [live_children]", "Old [blocking_comment]", "Fares []", "Map []"})
}

// A page that leaves gives its address to one that comes in the same run, if it leaves.
func TestUnpublishGivesTheAddressFree(t *testing.T) {
	e := newEnv(t)
	autumn := e.project(t, "Autumn")
	old := e.livePage(t, e.launch, "Fares", nil)
	fresh := e.page(t, e.anna, autumn, "Fares")
	e.ready(t, fresh)
	same(t, "taken", e.checked(t, autumn), []string{"Fares [slug_taken]"})
	it := e.takeOff(t, autumn, old)
	same(t, "free", e.checked(t, autumn), []string{"Fares []", "Fares []"})
	block, _, err := e.comments.Add(t.Context(), e.ilse, autumn, comments.Draft{Body: "Wait", ItemID: &it.ID, Blocking: true})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "taken, while it may not leave", e.checked(t, autumn), []string{"Fares [slug_taken]", "Fares [blocking_comment]"})
	if _, err := e.comments.Resolve(t.Context(), e.ilse, block.ID); err != nil {
		t.Fatal(err)
	}
	same(t, "report", report(e.publish(t, e.anna, autumn)), []string{"Fares published", "Fares unpublished"})
	d, err := e.content.Deliver(t.Context(), "en", "fares")
	if err != nil || d.ID != fresh.ID {
		t.Errorf("got %+v, %v", d, err)
	}
}

// What stands below something that is not live goes out, but nobody gets there: preflight says so beforehand.
func TestWarningOfAParentThatIsNotLive(t *testing.T) {
	e := newEnv(t)
	travel := e.page(t, e.anna, e.launch, "Travel")
	fares := e.inside(t, e.anna, e.launch, func() (content.View, bool, error) {
		return e.content.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &travel.ID, Fields: values("Fares")})
	})
	e.ready(t, fares)
	warned := func(want ...int64) {
		t.Helper()
		p, err := e.Preflight(t.Context(), e.ilse, e.launch)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, w := range p.Warnings {
			if w.Kind != releases.ParentNotLive || w.Count != len(w.ItemIDs) {
				t.Errorf("got %+v", w)
			}
			got = append(got, w.ItemIDs...)
		}
		for _, c := range p.Items {
			if slices.Contains(want, c.ItemID) != slices.Contains(c.Warnings, releases.ParentNotLive) {
				t.Errorf("%s has the warnings %v", c.Title, c.Warnings)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("warned of %v, want %v", got, want)
		}
	}
	warned(*fares.Version.ItemID)
	if p, err := e.Preflight(t.Context(), e.ilse, e.launch); err != nil || p.Ready != 1 {
		t.Errorf("a warning stands in the way: %+v, %v", p, err)
	}
	e.ready(t, travel)
	warned()
}

// Nobody who may not see the project that published a page is told of it, nor of the project when another one takes it off.
func TestUnpublishOfWhatAHiddenProjectPublished(t *testing.T) {
	e := newEnv(t)
	autumn := e.project(t, "Autumn")
	v := e.livePage(t, e.secret, "Merger", nil)
	got, err := e.content.Get(t.Context(), e.tomas, v.ID, "en", 0)
	if err != nil || got.Version.ProjectID != nil {
		t.Errorf("while it is live: got %+v, %v", got, err)
	}
	if _, _, err := e.content.Join(t.Context(), e.tomas, autumn, content.Joining{ContentID: v.ID, Language: "en", Action: projects.Unpublish}); err != nil {
		t.Fatal(err)
	}
	before := storetest.LastEvent(t, e.db)
	e.publish(t, e.tomas, autumn)
	told := storetest.Events(t, e.db, before)
	if count(told, "version.changed content") != 0 || count(told, "version.held content") != 1 || count(told, "version.changed "+topic(e.secret)) != 1 {
		t.Errorf("got %q", told)
	}
	_, err = e.content.Get(t.Context(), e.tomas, v.ID, "en", 0)
	wantCode(t, err, errs.NotFound)
}

// What is live and refers to a page that leaves does not hold it, but is worth a warning, unless it leaves too.
func TestWarningOfReferences(t *testing.T) {
	e := newEnv(t)
	autumn := e.project(t, "Autumn")
	fares := e.livePage(t, e.launch, "Fares", nil)
	article := e.inside(t, e.anna, e.launch, func() (content.View, bool, error) {
		return e.content.Create(t.Context(), e.anna, content.NewItem{Type: "article", Language: "en", Fields: content.Values{
			"title": "News", "summary": "x", "body": "x", "category": "news", "related": []any{float64(fares.ID)},
		}})
	})
	it := e.takeOff(t, autumn, fares)
	warned := func(what string, want ...int64) {
		t.Helper()
		p, err := e.Preflight(t.Context(), e.ilse, autumn)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, w := range p.Warnings {
			got = append(got, w.ItemIDs...)
			if w.Kind != releases.Referenced {
				t.Errorf("%s: got %+v", what, w)
			}
		}
		if !slices.Equal(got, want) || p.Items[0].Obstacles == nil || len(p.Items[0].Obstacles) > 0 {
			t.Errorf("%s: warned of %v, want %v (%+v)", what, got, want, p.Items)
		}
	}
	warned("a draft refers to it")
	e.ready(t, article)
	e.publish(t, e.anna, e.launch)
	warned("what is live refers to it", it.ID)
	e.takeOff(t, autumn, article)
	warned("that leaves too")
	same(t, "report", report(e.publish(t, e.anna, autumn)), []string{"Fares unpublished", "News unpublished"})
}
