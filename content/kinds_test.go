package content_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"galley/content"
	"galley/errs"
	"galley/store/storetest"
)

// sheet is a type with a field of every kind.
const sheet = `{"name":"sheet","label":"Sheet","fields":[
	{"name":"title","label":"Title","kind":"text","required":true,"max":20},
	{"name":"body","label":"Body","kind":"markdown","max":50},
	{"name":"price","label":"Price","kind":"number","required":true,"min":-1.5,"max":1000000},
	{"name":"open","label":"Open","kind":"boolean"},
	{"name":"day","label":"Day","kind":"date","required":true},
	{"name":"style","label":"Style","kind":"choice","required":true,"choices":["plain","loud"]},
	{"name":"main","label":"Main","kind":"reference","required":true},
	{"name":"more","label":"More","kind":"reference","required":true,"many":true,"max":3,"types":["page"]}]}`

// withSheet is a newsroom that has the type sheet.
func withSheet(t *testing.T) env {
	t.Helper()
	e := newEnv(t)
	s, err := content.New(e.db, fstest.MapFS{"sheet.json": {Data: []byte(sheet)}})
	if err != nil {
		t.Fatal(err)
	}
	e.Service = s
	return e
}

// fields are values as they come in a body.
func fields(t *testing.T, body string) content.Values {
	t.Helper()
	var v content.Values
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestKindsAreReadBackAsTheyAre(t *testing.T) {
	e := withSheet(t)
	for name, row := range map[string]struct{ given, want string }{
		"nothing": {
			`{}`,
			`{"body":"","day":null,"main":null,"more":[],"open":false,"price":null,"style":null,"title":""}`,
		},
		"nothing, said": {
			`{"title":"","body":null,"price":null,"open":null,"day":null,"style":null,"main":null,"more":null}`,
			`{"body":"","day":null,"main":null,"more":[],"open":false,"price":null,"style":null,"title":""}`,
		},
		"a form that sends empty texts": {
			`{"day":"","style":""}`,
			`{"body":"","day":null,"main":null,"more":[],"open":false,"price":null,"style":null,"title":""}`,
		},
		"everything": {
			`{"title":"Fähren","body":"# One\n\ntwo","price":49.9,"open":true,"day":"2024-02-29","style":"loud"}`,
			`{"body":"# One\n\ntwo","day":"2024-02-29","main":null,"more":[],"open":true,"price":49.9,"style":"loud","title":"Fähren"}`,
		},
		"the bounds": {
			`{"title":"éééééééééééééééééééé","price":-1.5}`,
			`{"body":"","day":null,"main":null,"more":[],"open":false,"price":-1.5,"style":null,"title":"éééééééééééééééééééé"}`,
		},
		"the other bound": {
			`{"price":1e6}`,
			`{"body":"","day":null,"main":null,"more":[],"open":false,"price":1000000,"style":null,"title":""}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: fields(t, row.given)}))
			if got := asJSON(t, e.get(t, e.ilse, v.ID, 0).Fields); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
			saved, err := e.Save(t.Context(), e.anna, v.ID, 1, 1, content.Save{Slug: &v.Slug, Fields: fields(t, row.given)})
			if err != nil {
				t.Fatal(err)
			}
			if got := asJSON(t, saved.Fields); got != row.want {
				t.Errorf("saved again: got %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestKindsRefuse(t *testing.T) {
	e := withSheet(t)
	good := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: fields(t, `{"title":"Good","price":1}`)}))
	before := storetest.LastEvent(t, e.db)
	for field, values := range map[string]string{
		"title": `7 true [] {} ["x"] "two\nlines" "xxxxxxxxxxxxxxxxxxxxx"`,
		"body":  `7 false [] {} "` + strings.Repeat("é", 51) + `"`,
		"price": `"7" "" true [] {} -1.6 1000000.5 1e300 [1]`,
		"open":  `"true" "" 1 0 [] {}`,
		"day":   `20261224 true [] {} "2026-02-30" "2026-1-2" "2026-12-24T10:00:00Z" "tomorrow" "24.12.2026"`,
		"style": `"Plain" "quiet" 0 true [] ["plain"] {}`,
		"main":  `"7" 0 -1 1.5 true [1] {} 9007199254740994 999999`,
		"more":  `1 "1" true {} [0] [1.5] ["1"] [[1]] [null] [1,1] [1,2,3,4] [999999]`,
	} {
		for _, value := range strings.Fields(strings.ReplaceAll(values, "two lines", "two\\nlines")) {
			t.Run(field+" "+value[:min(len(value), 30)], func(t *testing.T) {
				given := fields(t, `{"`+field+`":`+value+`}`)
				_, err := e.Save(t.Context(), e.anna, good.ID, 1, 1, content.Save{Slug: &good.Slug, Fields: given})
				wantCode(t, err, errs.Invalid)
				wantField(t, err, "fields."+field)
				_, _, err = e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: given})
				wantField(t, err, "fields."+field)
				_, _, err = e.Begin(t.Context(), e.anna, good.ID, content.NewDraft{Language: "en", Fields: given})
				wantField(t, err, "fields."+field)
			})
		}
	}
	e.events(t, before)
	same(t, "versions", e.rows(t, `SELECT title || ' ' || revision FROM versions`), []string{"Good 1"})
}

func TestRequiredKindsMustBeThereBeforeReady(t *testing.T) {
	e := withSheet(t)
	page := e.page(t, e.anna, "Fares")
	v := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: fields(t, `{"title":" "}`)}))
	_, err := e.SetReady(t.Context(), e.anna, v.ID, 1)
	wantCode(t, err, errs.Invalid)
	for _, field := range []string{"title", "price", "day", "style", "main", "more"} {
		wantField(t, err, "fields."+field)
	}
	wrong := err.(*errs.Error)
	if len(wrong.Fields) != 6 {
		t.Errorf("got %v, want six fields", wrong.Fields)
	}
	same(t, "missing", e.rows(t, `SELECT missing FROM versions WHERE content_id = ?`, v.ID), []string{`["title","price","day","style","main","more"]`})

	whole := content.Values{"title": "Prices", "price": 0.0, "day": "2026-12-24", "style": "plain", "main": float64(page.ID), "more": []any{float64(page.ID)}}
	saved, err := e.Save(t.Context(), e.anna, v.ID, 1, 1, content.Save{Slug: &v.Slug, Fields: whole})
	if err != nil {
		t.Fatal(err)
	}
	if ready := e.ready(t, e.anna, saved); ready.State != content.Ready {
		t.Errorf("got %s: 0 is a price", ready.State)
	}
}

// A type's file may change while content of it is there: what still fits stays, and no text is lost.
func TestContentOutlivesItsTypesFile(t *testing.T) {
	e := withSheet(t)
	v := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: fields(t, `{"title":"Where the boats land","body":"x","price":7,"style":"loud","day":"2026-12-24"}`)}))
	e.goLive(t, v)
	const now = `{"name":"sheet","label":"Sheet","fields":[
		{"name":"title","label":"Title","kind":"text","required":true,"max":5},
		{"name":"price","label":"Price","kind":"text","max":20},
		{"name":"style","label":"Style","kind":"choice","choices":["plain"]},
		{"name":"day","label":"Day","kind":"date"}]}`
	var err error
	if e.Service, err = content.New(e.db, fstest.MapFS{"sheet.json": {Data: []byte(now)}}); err != nil {
		t.Fatal(err)
	}
	next := must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en"}))
	if got, want := asJSON(t, next.Fields), `{"day":"2026-12-24","price":"","style":null,"title":"Where the boats land"}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if missing, err := e.MissingFields("sheet", `{"title":"Where the boats land"}`); err != nil || len(missing) != 0 {
		t.Errorf("a title that has become too long is missing: %v, %v", missing, err)
	}
	e.Service, err = content.New(e.db)
	if err != nil {
		t.Fatal(err)
	}
	if got := e.get(t, e.ilse, v.ID, 1); got.Title != "Where the boats land" {
		t.Errorf("without the file: got %+v", got)
	}
	_, err = e.Save(t.Context(), e.anna, v.ID, next.Version.Number, 1, content.Save{Slug: &v.Slug, Fields: content.Values{}})
	wantCode(t, err, errs.Conflict)
	_, _, err = e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en"})
	wantCode(t, err, errs.Conflict)
}

// The public gets of a reference where it leads and what it is called there, and nothing of what is not live.
func TestDeliveredReferences(t *testing.T) {
	e := withSheet(t)
	travel, lost := e.page(t, e.anna, "Travel"), e.page(t, e.anna, "Lost")
	fares := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &travel.ID, Fields: values("Fares")}))
	sheet := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "sheet", Language: "en", Fields: content.Values{
		"title": "Sheet", "main": float64(fares.ID), "more": []any{float64(lost.ID), float64(fares.ID), float64(travel.ID)}, "price": 3.5,
	}}))
	e.goLive(t, sheet)
	check := func(main, more string) {
		t.Helper()
		d, err := e.Deliver(t.Context(), "en", "sheet")
		if err != nil {
			t.Fatal(err)
		}
		want := `{"body":"","day":null,"main":` + main + `,"more":` + more + `,"open":false,"price":3.5,"style":null,"title":"Sheet"}`
		if got := asJSON(t, d.Fields); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	check("null", "[]")
	e.goLive(t, fares)
	check("null", "[]") // nobody can get there
	e.goLive(t, travel)
	const there, above = `{"id":3,"type":"page","path":"travel/fares","title":"Fares"}`, `{"id":1,"type":"page","path":"travel","title":"Travel"}`
	check(there, "["+there+","+above+"]")
	e.goLive(t, must(t)(e.Begin(t.Context(), e.anna, fares.ID, content.NewDraft{Language: "en", Slug: ptr("prices"), Fields: values("Prices")})))
	check(`{"id":3,"type":"page","path":"travel/prices","title":"Prices"}`, `[{"id":3,"type":"page","path":"travel/prices","title":"Prices"},`+above+`]`)
	german := must(t)(e.Begin(t.Context(), e.anna, sheet.ID, content.NewDraft{Language: "de", Slug: ptr("blatt"), Fields: sheet.Fields}))
	e.goLive(t, german)
	if d, err := e.Deliver(t.Context(), "de", "blatt"); err != nil || d.Fields["main"] != nil || len(d.Fields["more"].([]content.Linked)) != 0 {
		t.Errorf("in a language in which nothing else is live: got %+v, %v", d, err)
	}
}
