package content_test

import (
	"fmt"
	"testing"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/store/storetest"
)

func TestTypes(t *testing.T) {
	e := newEnv(t)
	all := e.Types()
	if len(all) != 4 || all[3].Name != "page" || len(all[3].Fields) != 3 {
		t.Fatalf("got %+v", all)
	}
	for i, want := range []string{"title text true", "summary text true", "body markdown false"} {
		if f := all[3].Fields[i]; fmt.Sprint(f.Name, " ", f.Kind, " ", f.Required) != want || *f.Max <= 0 || f.Label == "" || f.Help == "" {
			t.Errorf("got %+v, want %s", f, want)
		}
	}
}

// What somebody gets of an item is what they would edit: the version in their active project, else the newest open one, else
// what is live.
func TestGetPicksWhatOneWouldEdit(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, e.anna, "Fares")
	e.goLive(t, v)
	picked := func(a access.Actor) int64 { return e.get(t, a, v.ID, 0).Version.Number }
	if n := picked(e.ilse); n != 1 {
		t.Errorf("nothing but what is live: got version %d", n)
	}
	e.in(t, e.anna, e.launch)
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en"}))
	e.in(t, e.anna, e.secret)
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en"}))
	for name, row := range map[string]struct {
		as      access.Actor
		project int64
		want    int64
	}{
		"in no project: the newest open one": {e.anna, 0, 3},
		"in the one project":                 {e.anna, e.launch, 2},
		"in the other":                       {e.anna, e.secret, 3},
		"in a third":                         {e.anna, e.bus, 3},
		"a stranger to one":                  {e.tomas, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			e.in(t, row.as, row.project)
			if n := picked(row.as); n != row.want {
				t.Errorf("got version %d, want %d", n, row.want)
			}
		})
	}
	if old := e.get(t, e.ilse, v.ID, 1); old.State != content.Published || old.Fields["title"] != "Fares" || old.Locked != nil {
		t.Errorf("by its number: got %+v", old)
	}
}

func TestHoldersAreThoseThatOneMaySee(t *testing.T) {
	e := newEnv(t)
	v := e.pageIn(t, e.anna, e.launch, "Fares")
	e.in(t, e.anna, e.secret)
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en", From: ptr(int64(1))}))
	names := func(a access.Actor) []string {
		out := []string{}
		for _, h := range e.get(t, a, v.ID, 1).HeldBy {
			out = append(out, h.Name)
		}
		return out
	}
	same(t, "a member of both", names(e.anna), []string{"Secret", "Coast Pass launch"})
	same(t, "a stranger to one", names(e.tomas), []string{"Coast Pass launch"})
	e.in(t, e.anna, 0)
	e.page(t, e.anna, "Free")
	listed := func(a access.Actor) []string {
		page, err := e.List(t.Context(), a, content.Filter{Language: "en", Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, row := range page.Rows {
			if row.HeldBy == nil {
				t.Errorf("%q has no list of holders", row.Title)
			}
			for _, h := range row.HeldBy {
				out = append(out, row.Title+": "+h.Name)
			}
		}
		return out
	}
	same(t, "in the list, a member of both", listed(e.anna), []string{"Fares: Secret", "Fares: Coast Pass launch"})
	same(t, "in the list, a stranger to one", listed(e.tomas), []string{"Fares: Coast Pass launch"})
}

// Content of which every version is in projects that one may not see does not exist: in no list, under no number, and with
// the same words as what never was.
func TestStrangersFindNoContent(t *testing.T) {
	e := newEnv(t)
	v := e.pageIn(t, e.anna, e.secret, "Secret fares")
	for name, act := range map[string]func(id int64) error{
		"get":       func(id int64) error { _, err := e.Get(t.Context(), e.tomas, id, "en", 0); return err },
		"a version": func(id int64) error { _, err := e.Get(t.Context(), e.tomas, id, "en", 1); return err },
		"versions":  func(id int64) error { _, err := e.Versions(t.Context(), e.tomas, id, "en", 0, 50); return err },
		"begin": func(id int64) error {
			_, _, err := e.Begin(t.Context(), e.tomas, id, content.NewDraft{Language: "en"})
			return err
		},
		"save": func(id int64) error {
			_, err := e.Save(t.Context(), e.tomas, id, 1, 1, content.Save{Slug: &v.Slug, Fields: values("x")})
			return err
		},
		"ready": func(id int64) error { _, err := e.SetReady(t.Context(), e.tomas, id, 1); return err },
		"draft": func(id int64) error { _, err := e.BackToDraft(t.Context(), e.tomas, id, 1); return err },
		"join": func(id int64) error {
			_, _, err := e.Join(t.Context(), e.tomas, e.bus, content.Joining{ContentID: id, Language: "en"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			hidden, absent := act(v.ID), act(999)
			wantCode(t, hidden, errs.NotFound)
			if hidden != nil && absent != nil && hidden.Error() != absent.Error() {
				t.Errorf("invisible (%v) reads otherwise than absent (%v)", hidden, absent)
			}
		})
	}
	same(t, "a stranger's list", e.list(t, e.tomas, content.Filter{}), []string{})
	same(t, "a member's list", e.list(t, e.anna, content.Filter{}), []string{"Secret fares"})
	same(t, "an admin's list", e.list(t, e.maren, content.Filter{}), []string{"Secret fares"})
	_, err := e.Get(t.Context(), e.anna, v.ID, "english", 0)
	wantCode(t, err, errs.Invalid)
}

func (e env) list(t *testing.T, a access.Actor, f content.Filter) []string {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = 50
	}
	if f.Language == "" {
		f.Language = "en"
	}
	page, err := e.List(t.Context(), a, f)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, it := range page.Rows {
		if it.Fields != nil {
			t.Errorf("a list brings the texts of %q", it.Title)
		}
		out = append(out, it.Title)
	}
	return out
}

func TestList(t *testing.T) {
	e := newEnv(t)
	travel := e.page(t, e.anna, "Travel")
	must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &travel.ID, Fields: values("100% fares_")}))
	must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "de", Fields: values("Fahrplan")}))
	e.goLive(t, travel)
	e.in(t, e.anna, e.secret)
	must(t)(e.Begin(t.Context(), e.anna, travel.ID, content.NewDraft{Language: "en", Fields: values("Secret travel")}))
	for name, row := range map[string]struct {
		as   access.Actor
		f    content.Filter
		want []string
	}{
		"all, as a member sees it":   {e.anna, content.Filter{}, []string{"Fahrplan", "100% fares_", "Secret travel"}},
		"all, as a stranger sees it": {e.ilse, content.Filter{}, []string{"Fahrplan", "100% fares_", "Travel"}},
		"in another language":        {e.ilse, content.Filter{Language: "de"}, []string{"Fahrplan", "100% fares_", "Travel"}},
		"below":                      {e.ilse, content.Filter{ParentID: travel.ID}, []string{"100% fares_"}},
		"by type":                    {e.ilse, content.Filter{Type: "page"}, []string{"Fahrplan", "100% fares_", "Travel"}},
		"by words":                   {e.ilse, content.Filter{Query: "FARES"}, []string{"100% fares_"}},
		"by how they begin":          {e.ilse, content.Filter{Query: "fa 10"}, []string{"100% fares_"}},
		"not by their middle":        {e.ilse, content.Filter{Query: "ares"}, []string{}},
		"in the language found":      {e.ilse, content.Filter{Query: "fahr"}, []string{"Fahrplan"}},
		"by no word at all":          {e.ilse, content.Filter{Query: "%_*\""}, []string{}},
		"a stranger's search":        {e.ilse, content.Filter{Query: "secret"}, []string{}},
	} {
		same(t, name, e.list(t, row.as, row.f), row.want)
	}
	page, err := e.List(t.Context(), e.ilse, content.Filter{Language: "en", Limit: 1})
	if err != nil || len(page.Rows) != 2 {
		t.Fatalf("got %d rows, %v, want 2: one more than asked", len(page.Rows), err)
	}
	same(t, "the next page", e.list(t, e.ilse, content.Filter{After: page.Rows[0].ID}), []string{"100% fares_", "Travel"})
	if page.Position.ID != storetest.LastEvent(t, e.db) {
		t.Errorf("got position %s, want the head", page.Position)
	}
	for name, f := range map[string]content.Filter{"type": {Language: "en", Type: "poem"}, "language": {Language: "x"}} {
		_, err := e.List(t.Context(), e.ilse, f)
		wantCode(t, err, errs.Invalid)
		wantField(t, err, name)
	}
}

func TestVersions(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, e.anna, "Fares")
	e.goLive(t, v)
	for i, project := range []int64{e.launch, e.secret, e.bus} {
		e.in(t, e.anna, project)
		must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en", Fields: values(fmt.Sprint("Fares ", i))}))
	}
	e.in(t, e.anna, 0)
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "de"}))
	titles := func(a access.Actor, after int64, limit int) []string {
		page, err := e.Versions(t.Context(), a, v.ID, "en", after, limit)
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, it := range page.Rows {
			if it.Fields != nil {
				t.Errorf("a list brings the texts of version %d", it.Version.Number)
			}
			out = append(out, fmt.Sprint(it.Version.Number, " ", it.Title, " ", it.State))
		}
		return out
	}
	same(t, "to a member", titles(e.anna, 0, 50), []string{"4 Fares 2 draft", "3 Fares 1 draft", "2 Fares 0 draft", "1 Fares published"})
	same(t, "to a stranger of one project", titles(e.tomas, 0, 50), []string{"4 Fares 2 draft", "2 Fares 0 draft", "1 Fares published"})
	same(t, "a page, one more than asked", titles(e.tomas, 4, 1), []string{"2 Fares 0 draft", "1 Fares published"})
	_, err := e.Versions(t.Context(), e.anna, v.ID, "fr", 0, 50)
	wantCode(t, err, errs.NotFound)
	_, err = e.Versions(t.Context(), e.anna, v.ID, "", 0, 50)
	wantCode(t, err, errs.Invalid)
}

// The public gets what is live and nothing else, at the address that it has now.
func TestDeliver(t *testing.T) {
	e := newEnv(t)
	travel := e.page(t, e.anna, "Travel")
	fares := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &travel.ID, Fields: values("Fares")}))
	at := func(language, path string) string {
		d, err := e.Deliver(t.Context(), language, path)
		if err != nil {
			return string(errs.CodeOf(err))
		}
		return fmt.Sprint(d.Title, " ", d.Version, " ", d.Path)
	}
	check := func(language, path, want string) {
		t.Helper()
		if got := at(language, path); got != want {
			t.Errorf("%s/%s: got %q, want %q", language, path, got, want)
		}
	}
	check("en", "travel", "not_found")
	e.goLive(t, e.ready(t, e.anna, fares))
	check("en", "travel/fares", "not_found") // below what is not live
	check("en", "fares", "not_found")
	e.goLive(t, travel)
	check("en", "travel/fares", "Fares 1 travel/fares")
	check("en", "/travel/fares/", "Fares 1 travel/fares")
	for _, path := range []string{"", "/", "travel//fares", "Travel/fares", "fares", "travel/fares/x", "%", "travel/..", "travel' OR '1'='1"} {
		check("en", path, "not_found")
	}
	check("de", "travel/fares", "not_found")
	check("EN", "travel/fares", "not_found")

	next := must(t)(e.Begin(t.Context(), e.anna, fares.ID, content.NewDraft{Language: "en", Slug: ptr("prices"), Fields: values("Prices")}))
	e.ready(t, e.anna, next)
	check("en", "travel/fares", "Fares 1 travel/fares")
	check("en", "travel/prices", "not_found")
	e.goLive(t, next)
	check("en", "travel/fares", "not_found")
	check("en", "travel/prices", "Prices 2 travel/prices")
	d, err := e.Deliver(t.Context(), "en", "travel/prices")
	if err != nil || d.ID != fares.ID || d.Type != "page" || d.Language != "en" || d.Slug != "prices" || d.Fields["body"] != "# Prices" || d.PublishedAt.IsZero() {
		t.Errorf("got %+v, %v", d, err)
	}
}
