package content

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A type file that could not work stops the program at its start, by name.
func TestBrokenTypeFilesAreRefused(t *testing.T) {
	const title = `{"name":"title","label":"Title","kind":"text","max":9}`
	for name, row := range map[string]struct {
		file string
		want string // "" for one that is right
	}{
		"right":                 {`{"name":"note","label":"Note","fields":[` + title + `]}`, ""},
		"no JSON":               {`{"name":`, "EOF"},
		"an unknown member":     {`{"name":"note","colour":"red","fields":[` + title + `]}`, "colour"},
		"no name":               {`{"fields":[` + title + `]}`, "needs a name"},
		"no fields":             {`{"name":"note","fields":[]}`, "title"},
		"no title first":        {`{"name":"note","fields":[{"name":"body","kind":"markdown","max":9},` + title + `]}`, "title"},
		"a title in many lines": {`{"name":"note","fields":[{"name":"title","kind":"markdown","max":9}]}`, "title"},
		"a field twice":         {`{"name":"note","fields":[` + title + `,` + title + `]}`, "taken"},
		"an unknown kind":       {`{"name":"note","fields":[` + title + `,{"name":"x","kind":"colour","max":9}]}`, "colour"},
		"no max":                {`{"name":"note","fields":[` + title + `,{"name":"x","kind":"text"}]}`, "max"},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := loadTypes(fstest.MapFS{"types/note.json": {Data: []byte(row.file)}})
			switch {
			case row.want == "" && (err != nil || len(all) != 1):
				t.Errorf("got %+v, %v", all, err)
			case row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), "note.json")):
				t.Errorf("got %v, want words about %q and the file's name", err, row.want)
			}
		})
	}
}

// Every type that ships has what the rest of the product takes for granted.
func TestShippedTypes(t *testing.T) {
	all, err := loadTypes(typeFiles)
	if err != nil {
		t.Fatal(err)
	}
	missing := all[0].missing(Values{"title": "x", "summary": "\n"})
	if len(missing) != 1 || missing[0] != "summary" {
		t.Errorf("got %q, want the summary", missing)
	}
}
