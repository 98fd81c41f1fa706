package content_test

import (
	"fmt"
	"testing"

	"galley/access"
	"galley/content"
	"galley/errs"
)

// refer is the fields of a sheet that refers to items.
func refer(title string, main int64, more ...int64) content.Values {
	v := content.Values{"title": title, "more": []any{}}
	if main != 0 {
		v["main"] = float64(main)
	}
	for _, id := range more {
		v["more"] = append(v["more"].([]any), float64(id))
	}
	return v
}

// references is what is found both ways, each as title, version, state and fields.
func (e env) references(t *testing.T, a access.Actor, id int64, w content.Where) (uses, usedBy []string, r content.References) {
	t.Helper()
	w.Language = "en"
	if w.Limit == 0 {
		w.Limit = 50
	}
	r, err := e.References(t.Context(), a, id, w)
	if err != nil {
		t.Fatal(err)
	}
	words := func(all []content.Link) []string {
		out := []string{}
		for _, l := range all {
			out = append(out, fmt.Sprint(l.Title, " ", l.Language, " ", l.Version, " ", l.State, " ", l.Fields))
		}
		return out
	}
	return words(r.Uses), words(r.UsedBy), r
}

func TestReferencesBothWays(t *testing.T) {
	e := withSheet(t)
	travel := e.page(t, e.anna, "Travel")
	fares := e.below(t, travel, "Fares")
	e.goLive(t, travel)
	sheet := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: refer("Sheet", fares.ID, travel.ID, fares.ID)}))
	check := func(what string, id int64, w content.Where, wantUses, wantUsedBy []string) {
		t.Helper()
		uses, usedBy, _ := e.references(t, e.ilse, id, w)
		same(t, what+": uses", uses, wantUses)
		same(t, what+": used by", usedBy, wantUsedBy)
	}
	check("a sheet", sheet.ID, content.Where{}, []string{"Fares en 1 draft [main more]", "Travel en 1 published [more]"}, []string{})
	check("a page", fares.ID, content.Where{}, []string{}, []string{"Sheet en 1 draft [main more]"})
	_, _, r := e.references(t, e.ilse, sheet.ID, content.Where{})
	if l := r.Uses[0]; l.ID != fares.ID || l.Type != "page" || l.Path != "travel/fares" {
		t.Errorf("got %+v", l)
	}

	saved, err := e.Save(t.Context(), e.anna, sheet.ID, 1, 1, content.Save{Slug: &sheet.Slug, Fields: refer("Sheet", 0, travel.ID)})
	if err != nil {
		t.Fatal(err)
	}
	check("after a save", sheet.ID, content.Where{}, []string{"Travel en 1 published [more]"}, []string{})
	check("what it no longer refers to", fares.ID, content.Where{}, []string{}, []string{})

	e.goLive(t, saved)
	next := must(t)(e.Begin(t.Context(), e.anna, sheet.ID, content.NewDraft{Language: "en"}))
	must(t)(e.Begin(t.Context(), e.anna, sheet.ID, content.NewDraft{Language: "de", From: ptr(int64(1))}))
	check("live, a draft, a translation", travel.ID, content.Where{}, []string{}, []string{"Sheet de 3 draft [more]", "Sheet en 2 draft [more]", "Sheet en 1 published [more]"})
	if _, err := e.Save(t.Context(), e.anna, sheet.ID, 2, 1, content.Save{Slug: &sheet.Slug, Fields: refer("Sheet", fares.ID)}); err != nil {
		t.Fatal(err)
	}
	check("the draft", sheet.ID, content.Where{Version: 2}, []string{"Fares en 1 draft [main]"}, []string{})
	check("what is live", sheet.ID, content.Where{Version: 1}, []string{"Travel en 1 published [more]"}, []string{})
	e.goLive(t, e.get(t, e.anna, sheet.ID, next.Version.Number))
	check("what was live counts no more", travel.ID, content.Where{}, []string{}, []string{"Sheet de 3 draft [more]"})
	e.trash(t, e.anna, must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: refer("Thrown away", travel.ID)})).ID)
	check("nor what is in the trash", travel.ID, content.Where{}, []string{}, []string{"Sheet de 3 draft [more]"})
	e.trash(t, e.anna, fares.ID)
	check("nor is it referred to", sheet.ID, content.Where{Version: 2}, []string{}, []string{})
}

func TestReferencesOneMaySee(t *testing.T) {
	e := withSheet(t)
	page, hidden := e.page(t, e.anna, "Fares"), e.pageIn(t, e.anna, e.secret, "Canary")
	open := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: refer("Sheet", hidden.ID, page.ID)}))
	e.in(t, e.anna, e.secret)
	must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: refer("Secret sheet", page.ID)}))
	for name, row := range map[string]struct {
		as           access.Actor
		uses, usedBy []string
	}{
		"a member":   {e.anna, []string{"Canary en 1 draft [main]", "Fares en 1 draft [more]"}, []string{"Secret sheet en 1 draft [main]", "Sheet en 1 draft [more]"}},
		"a stranger": {e.tomas, []string{"Fares en 1 draft [more]"}, []string{"Sheet en 1 draft [more]"}},
	} {
		uses, _, _ := e.references(t, row.as, open.ID, content.Where{})
		same(t, name+": uses", uses, row.uses)
		_, usedBy, _ := e.references(t, row.as, page.ID, content.Where{})
		same(t, name+": used by", usedBy, row.usedBy)
	}
	_, err := e.References(t.Context(), e.tomas, hidden.ID, content.Where{Language: "en", Limit: 50})
	wantCode(t, err, errs.NotFound)
	_, err = e.References(t.Context(), e.tomas, hidden.ID, content.Where{Language: "en", Version: 1, Limit: 50})
	wantCode(t, err, errs.NotFound)
	_, err = e.References(t.Context(), e.tomas, open.ID, content.Where{Language: "English", Limit: 50})
	wantCode(t, err, errs.Invalid)
}

func TestReferencesInPages(t *testing.T) {
	e := withSheet(t)
	page := e.page(t, e.anna, "Fares")
	for i := range 5 {
		must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: refer(fmt.Sprint("S", i), page.ID)}))
	}
	var got []string
	var w content.Where
	for w.Limit = 2; ; {
		_, words, r := e.references(t, e.ilse, page.ID, w)
		got = append(got, words[:min(2, len(words))]...)
		if len(words) <= 2 {
			break
		}
		w.After = r.UsedBy[1].Cursor()
	}
	same(t, "page by page", got, []string{"S4 en 1 draft [main]", "S3 en 1 draft [main]", "S2 en 1 draft [main]", "S1 en 1 draft [main]", "S0 en 1 draft [main]"})
}
