package content_test

import (
	"fmt"
	"testing"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/store/storetest"
)

// A translation begins with the texts of the version that it translates, in the language's own line of versions.
func TestTranslate(t *testing.T) {
	e := withSheet(t)
	page := e.page(t, e.anna, "Fares")
	v := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Slug: "prices", Fields: content.Values{"title": "Prices", "price": 3.5, "main": float64(page.ID)}}))
	e.goLive(t, v)
	e.in(t, e.tomas, e.launch)
	before := storetest.LastEvent(t, e.db)
	german := must(t)(e.Begin(t.Context(), e.tomas, v.ID, content.NewDraft{Language: "de", From: ptr(int64(1))}))
	if german.Language != "de" || german.Version.Number != 2 || german.Version.Base != nil || german.Live != nil || german.Slug != "prices" || german.Title != "Prices" || *german.Version.ProjectID != e.launch {
		t.Errorf("got %+v", german)
	}
	if got, want := asJSON(t, german.Fields), asJSON(t, v.Fields); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	e.events(t, before, "item.added "+topic(e.launch), "version.saved "+topic(e.launch), "project.changed "+topic(e.launch), "project.changed projects")
	if fmt.Sprint(german.Languages) != "[{de draft false} {en published true}]" {
		t.Errorf("got %v", german.Languages)
	}
	if now := e.get(t, e.ilse, v.ID, 0); now.Version.Number != 1 || now.Live.Number != 1 {
		t.Errorf("the English one: got %+v", now)
	}

	e.goLive(t, german)
	again := must(t)(e.Begin(t.Context(), e.tomas, v.ID, content.NewDraft{Language: "de", From: ptr(int64(1)), Fields: content.Values{"title": "Preise"}}))
	if again.Version.Number != 3 || *again.Version.Base != 2 || again.Live.Number != 2 || again.Title != "Preise" {
		t.Errorf("once more, on what is live in that language: got %+v", again)
	}
	e.goLive(t, e.renamed(t, e.tomas, again, "preise"))
	third := must(t)(e.Begin(t.Context(), e.tomas, v.ID, content.NewDraft{Language: "de", From: ptr(int64(1))}))
	if third.Slug != "preise" || third.Title != "Prices" {
		t.Errorf("the address that is known stays: got %+v", third)
	}
}

// renamed saves the version under another slug.
func (e env) renamed(t *testing.T, a access.Actor, v content.View, slug string) content.View {
	t.Helper()
	saved, err := e.Save(t.Context(), a, v.ID, v.Version.Number, v.Version.Revision, content.Save{Slug: &slug, Fields: v.Fields})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// A draft that one may not see is none: somebody else may translate as well.
func TestTranslateBesideAHiddenDraft(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, e.anna, "Fares")
	e.in(t, e.anna, e.secret)
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "de", From: ptr(int64(1))}))
	mine := must(t)(e.Begin(t.Context(), e.tomas, v.ID, content.NewDraft{Language: "de", From: ptr(int64(1))}))
	if mine.Version.Number != 3 || fmt.Sprint(mine.Languages) != "[{de draft false} {en draft false}]" {
		t.Errorf("got %+v", mine)
	}
	_, _, err := e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "de", From: ptr(int64(1))})
	wantCode(t, err, errs.Conflict)
	_, _, err = e.Begin(t.Context(), e.tomas, v.ID, content.NewDraft{Language: "fr", From: ptr(int64(2))})
	wantCode(t, err, errs.NotFound)
}
