package search_test

import (
	"fmt"
	"slices"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/content"
	"galley/search"
	"galley/store/storetest"
)

// found is what the text finds, each as kind and title.
func (e env) found(t *testing.T, a access.Actor, q search.Query) []string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 50
	}
	hits, err := e.Find(t.Context(), a, q)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, h := range hits {
		out = append(out, h.Kind+" "+h.Title)
	}
	return out
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func (e env) page(t *testing.T, n content.NewItem) content.View {
	t.Helper()
	if n.Type = "page"; n.Language == "" {
		n.Language = "en"
	}
	v, _, err := e.content.Create(t.Context(), e.anna, n)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func titled(title string) content.NewItem {
	return content.NewItem{Fields: content.Values{"title": title}}
}

// inside runs fn while Anna's edits go to the project.
func (e env) inside(t *testing.T, project int64, fn func()) {
	t.Helper()
	for _, active := range []*int64{&project, nil} {
		if _, err := e.projects.Activate(t.Context(), e.anna, active); err != nil {
			t.Fatal(err)
		}
		if active != nil {
			fn()
		}
	}
}

func (e env) save(t *testing.T, v content.View, slug, title string) content.View {
	t.Helper()
	saved, err := e.content.Save(t.Context(), e.anna, v.ID, v.Version.Number, v.Version.Revision, content.Save{Slug: &slug, Fields: content.Values{"title": title}})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func (e env) goLive(t *testing.T, v content.View) {
	t.Helper()
	err := e.db.Write(t.Context(), func(tx *gorm.DB) error {
		out := content.Outgoing{ContentID: v.ID, Language: v.Language, Slug: v.Slug, ParentID: v.ParentID}
		if err := tx.Raw(`SELECT id FROM versions WHERE content_id = ? AND number = ?`, v.ID, v.Version.Number).Scan(&out.VersionID).Error; err != nil {
			return err
		}
		_, err := content.GoLive(tx, e.maren, out)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	e := newEnv(t)
	e.page(t, titled("Winter on the coast"))
	e.page(t, titled("Coast Pass"))
	e.page(t, titled("Ferries: Fähren zur Küste"))
	e.page(t, titled("Coast"))
	e.project(t, e.anna, "Harbour works")
	for name, row := range map[string]struct {
		q    search.Query
		want []string
	}{
		"just so, then what begins so, then the newest": {search.Query{Text: "coast"}, []string{"content Coast", "project Coast Pass launch", "content Coast Pass", "content Winter on the coast"}},
		"all words, in any order":                       {search.Query{Text: "pass COA"}, []string{"project Coast Pass launch", "content Coast Pass"}},
		"accents and capitals":                          {search.Query{Text: "fahren KUSTE"}, []string{"content Ferries: Fähren zur Küste"}},
		"with accents":                                  {search.Query{Text: "fähr"}, []string{"content Ferries: Fähren zur Küste"}},
		"not the middle of a word":                      {search.Query{Text: "oast"}, []string{}},
		"one kind":                                      {search.Query{Text: "coast", Kind: search.Project}, []string{"project Coast Pass launch"}},
		"people":                                        {search.Query{Text: "bre"}, []string{"person Tomas Brekke"}},
		"people by handle":                              {search.Query{Text: "@ilse"}, []string{"person Ilse Kortwijk"}},
		"people beside other things":                    {search.Query{Text: "an"}, []string{"person Anna Vale", "project Harbour works", "project Coast Pass launch"}},
		"no more than asked":                            {search.Query{Text: "coast", Limit: 2}, []string{"content Coast", "project Coast Pass launch"}},
		"nothing":                                       {search.Query{Text: " "}, []string{}},
		"signs alone":                                   {search.Query{Text: `%"*()^:-`}, []string{}},
		"signs that a search could mean something by": {search.Query{Text: `"coast" OR title:pass* NEAR ^x`}, []string{}},
		"words that a search could mean something by": {search.Query{Text: "not and or near"}, []string{}},
		"the owner of a project":                      {search.Query{Text: "harbour vale"}, []string{"project Harbour works"}},
	} {
		t.Run(name, func(t *testing.T) { same(t, row.q.Text, e.found(t, e.ilse, row.q), row.want) })
	}
	hits, err := e.Find(t.Context(), e.ilse, search.Query{Text: "coast pass", Limit: 9})
	if err != nil || len(hits) != 2 {
		t.Fatalf("got %+v, %v", hits, err)
	}
	if p := hits[1]; p.Kind != search.Project || p.Context != "Anna Vale" || p.State != "active" || p.Type != nil {
		t.Errorf("got %+v", p)
	}
	if c := hits[0]; c.Kind != search.Content || c.Context != "/coast-pass" || c.State != "draft" || *c.Type != "page" || *c.Language != "en" || c.ProjectID != nil {
		t.Errorf("got %+v", c)
	}
}

// An old page that is called just so comes before hundreds of newer ones that say it somewhere.
func TestFindOldThings(t *testing.T) {
	e := newEnv(t)
	e.page(t, titled("Fares"))
	e.page(t, titled("Fares in winter"))
	err := e.db.Write(t.Context(), func(tx *gorm.DB) error {
		for i := range int64(500) {
			if err := e.insert(tx, 100+i, fmt.Sprint("All about fares ", i), false); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the first three", e.found(t, e.ilse, search.Query{Text: "fares", Limit: 3}), []string{"content Fares", "content Fares in winter", "content All about fares 499"})
}

func TestFindPaths(t *testing.T) {
	e := newEnv(t)
	travel := e.page(t, titled("Travel"))
	other := e.page(t, titled("Other"))
	for _, parent := range []content.View{travel, other} {
		n := titled("Fares of " + parent.Title)
		n.Slug, n.ParentID = "fares", &parent.ID
		e.page(t, n)
	}
	for text, want := range map[string][]string{
		"travel/fares":  {"content Fares of Travel"},
		"/travel/fa":    {"content Fares of Travel"},
		"/Other/FARES/": {"content Fares of Other"},
		"/fares":        {"content Fares of Other", "content Fares of Travel"},
		"el/fares":      {}, // begins in the middle of a part
		"fares/travel":  {},
		"/":             {},
		"/travel":       {"content Travel"},
	} {
		same(t, text, e.found(t, e.ilse, search.Query{Text: text}), want)
	}
	same(t, "by a slug that is not in the title", e.found(t, e.ilse, search.Query{Text: "fares travel"}), []string{"content Fares of Travel"})
}

// What is found is what is written now: drafts and what is live, under their titles and slugs of now.
func TestFindFollowsTheVersions(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, titled("Timetable"))
	v = e.save(t, v, "hours", "Opening hours")
	same(t, "the old title", e.found(t, e.ilse, search.Query{Text: "timetable"}), []string{})
	same(t, "the new title", e.found(t, e.ilse, search.Query{Text: "opening"}), []string{"content Opening hours"})
	v = e.save(t, v, "when", "Opening hours")
	same(t, "the new slug", e.found(t, e.ilse, search.Query{Text: "when"}), []string{"content Opening hours"})
	e.goLive(t, v)
	next, _, err := e.content.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en", Fields: content.Values{"title": "Closed for good"}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what is live", e.found(t, e.ilse, search.Query{Text: "opening"}), []string{"content Opening hours"})
	same(t, "its draft", e.found(t, e.ilse, search.Query{Text: "closed"}), []string{"content Closed for good"})
	same(t, "an item once", e.found(t, e.ilse, search.Query{Text: "when"}), []string{"content Closed for good"})
	e.goLive(t, next)
	same(t, "what was live", e.found(t, e.ilse, search.Query{Text: "opening"}), []string{})
	if _, _, err := e.content.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "de", Fields: content.Values{"title": "Öffnungszeiten"}}); err != nil {
		t.Fatal(err)
	}
	same(t, "another language", e.found(t, e.ilse, search.Query{Text: "offnung"}), []string{"content Öffnungszeiten"})

	gone := e.page(t, titled("Thrown away"))
	if err := e.content.Delete(t.Context(), e.anna, gone.ID, 1); err != nil {
		t.Fatal(err)
	}
	same(t, "the trash", e.found(t, e.ilse, search.Query{Text: "thrown"}), []string{})
	if _, err := e.content.Restore(t.Context(), e.anna, gone.ID); err != nil {
		t.Fatal(err)
	}
	same(t, "back from there", e.found(t, e.ilse, search.Query{Text: "thrown"}), []string{"content Thrown away"})
}

// Nobody finds what they may not see: no members-only project, no version in it, not even by the old title of a page that
// they may see.
func TestFindOnlyWhatOneMaySee(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, titled("Fares"))
	e.inside(t, e.secret, func() {
		e.page(t, titled("Canary page"))
		if _, _, err := e.content.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en", Slug: new(string), Fields: content.Values{"title": "Canary fares"}}); err != nil {
			t.Fatal(err)
		}
	})
	for text, want := range map[string][]string{
		"canary":       {"content Canary fares", "content Canary page"},
		"canary-fares": {"content Canary fares"},
		"/canary":      {"content Canary fares", "content Canary page"},
		"merger":       {"project Merger with the ferries"},
		"fares":        {"content Canary fares"},
	} {
		wantStranger := []string{}
		if text == "fares" {
			wantStranger, want = []string{"content Fares"}, []string{"content Fares"}
		}
		for _, a := range []access.Actor{e.tomas, e.ilse} {
			same(t, a.Handle+": "+text, e.found(t, a, search.Query{Text: text}), wantStranger)
		}
		for _, a := range []access.Actor{e.anna, e.maren} {
			same(t, a.Handle+": "+text, e.found(t, a, search.Query{Text: text}), want)
		}
	}
	hits, err := e.Find(t.Context(), e.anna, search.Query{Text: "canary page", Limit: 1})
	if err != nil || len(hits) != 1 || hits[0].ProjectID == nil || *hits[0].ProjectID != e.secret || hits[0].ItemID == nil {
		t.Errorf("got %+v, %v", hits, err)
	}
}

// Who is disabled is found by admins alone, who can let them in again.
func TestFindPeople(t *testing.T) {
	e := newEnv(t)
	storetest.Exec(t, e.db, `UPDATE users SET disabled = TRUE WHERE id = ?`, e.tomas.UserID)
	same(t, "an editor", e.found(t, e.anna, search.Query{Text: "tomas"}), []string{})
	same(t, "an admin", e.found(t, e.maren, search.Query{Text: "tomas"}), []string{"person Tomas Brekke"})
	hits, err := e.Find(t.Context(), e.anna, search.Query{Text: "ilse", Limit: 9})
	if err != nil || len(hits) != 1 || hits[0].ID != e.ilse.UserID || hits[0].Context != "@ilse" || hits[0].State != "reviewer" {
		t.Errorf("got %+v, %v", hits, err)
	}
}
