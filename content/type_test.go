package content

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A type file that could not work stops the program at its start, by name.
func TestBrokenTypeFilesAreRefused(t *testing.T) {
	const title = `{"name":"title","label":"Title","kind":"text","max":9}`
	with := func(field string) string {
		return `{"name":"note","label":"Note","fields":[` + title + `,` + field + `]}`
	}
	for name, row := range map[string]struct {
		file string
		want string // "" for one that is right
	}{
		"right":                      {with(`{"name":"body","label":"Body","kind":"markdown","max":9}`), ""},
		"no JSON":                    {`{"name":`, "EOF"},
		"something behind it":        {with(`{"name":"on","label":"On","kind":"date"}`) + `{}`, "behind"},
		"an unknown member":          {`{"name":"note","label":"Note","colour":"red","fields":[` + title + `]}`, "colour"},
		"no name":                    {`{"label":"Note","fields":[` + title + `]}`, "name"},
		"a name with capitals":       {`{"name":"Note","label":"Note","fields":[` + title + `]}`, "Note"},
		"no label":                   {`{"name":"note","fields":[` + title + `]}`, "label"},
		"no fields":                  {`{"name":"note","label":"Note","fields":[]}`, "title"},
		"no title first":             {`{"name":"note","label":"Note","fields":[{"name":"body","label":"Body","kind":"markdown","max":9},` + title + `]}`, "title"},
		"a title in many lines":      {`{"name":"note","label":"Note","fields":[{"name":"title","label":"Title","kind":"markdown","max":9}]}`, "title"},
		"a field twice":              {with(title), "taken"},
		"a field named as the slug":  {with(`{"name":"slug","label":"Slug","kind":"text","max":9}`), "taken"},
		"a field's name with blanks": {with(`{"name":"my day","label":"Day","kind":"date"}`), "my day"},
		"a field without a label":    {with(`{"name":"on","kind":"date"}`), "field on: it has no label"},
		"an unknown kind":            {with(`{"name":"x","label":"X","kind":"colour","max":9}`), "colour"},
		"a text without max":         {with(`{"name":"x","label":"X","kind":"text"}`), "max"},
		"half a character":           {with(`{"name":"x","label":"X","kind":"text","max":1.5}`), "whole"},
		"no character":               {with(`{"name":"x","label":"X","kind":"text","max":0}`), "whole"},
		"max of a date":              {with(`{"name":"x","label":"X","kind":"date","max":9}`), "max"},
		"max of one reference":       {with(`{"name":"x","label":"X","kind":"reference","max":9}`), "max"},
		"min of a text":              {with(`{"name":"x","label":"X","kind":"text","max":9,"min":1}`), "min"},
		"min above max":              {with(`{"name":"x","label":"X","kind":"number","max":1,"min":2}`), "above"},
		"no choices":                 {with(`{"name":"x","label":"X","kind":"choice"}`), "choices"},
		"choices of a text":          {with(`{"name":"x","label":"X","kind":"text","max":9,"choices":["a"]}`), "choices"},
		"a choice twice":             {with(`{"name":"x","label":"X","kind":"choice","choices":["a","b","a"]}`), "twice"},
		"an empty choice":            {with(`{"name":"x","label":"X","kind":"choice","choices":["a",""]}`), "empty"},
		"many numbers":               {with(`{"name":"x","label":"X","kind":"number","many":true}`), "references"},
		"types of a number":          {with(`{"name":"x","label":"X","kind":"number","types":["page"]}`), "references"},
		"a required boolean":         {with(`{"name":"x","label":"X","kind":"boolean","required":true}`), "boolean"},
		"references to no type":      {with(`{"name":"x","label":"X","kind":"reference","types":["page","poem"]}`), "poem"},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := loadTypes(fstest.MapFS{"note.json": {Data: []byte(row.file)}})
			_, known := all.named("note")
			switch {
			case row.want == "" && (err != nil || !known):
				t.Errorf("got %+v, %v", all, err)
			case row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), "note")):
				t.Errorf("got %v, want words about %q and where", err, row.want)
			}
		})
	}
}

// A file of one's own adds a type, or takes the place of one that ships; two of them may not fight over a name.
func TestFilesOfOnesOwn(t *testing.T) {
	page := []byte(`{"name":"page","label":"Our page","fields":[{"name":"title","label":"Title","kind":"text","max":9}]}`)
	note := []byte(`{"name":"note","label":"Note","fields":[{"name":"title","label":"Title","kind":"text","max":9}]}`)
	all, err := loadTypes(fstest.MapFS{"a.json": {Data: page}, "b.json": {Data: note}, "read-me.txt": {Data: []byte("no type")}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, found := range all {
		names = append(names, found.Name)
	}
	if got := strings.Join(names, " "); got != "article block landing-page note page" {
		t.Errorf("got %s", got)
	}
	if ours, _ := all.named("page"); ours.Label != "Our page" || len(ours.Fields) != 1 {
		t.Errorf("the page is still %+v", ours)
	}
	_, err = loadTypes(fstest.MapFS{"a.json": {Data: note}, "b.json": {Data: note}})
	if err == nil || !strings.Contains(err.Error(), "b.json: a.json declares") {
		t.Errorf("got %v", err)
	}
}

// Every type that ships has what the rest of the product takes for granted.
func TestShippedTypes(t *testing.T) {
	all, err := loadTypes()
	if err != nil {
		t.Fatal(err)
	}
	page, ok := all.named("page")
	if missing := page.missing(Values{"title": "x", "summary": "\n"}); !ok || len(missing) != 1 || missing[0] != "summary" {
		t.Errorf("got %q, want the summary", missing)
	}
}
