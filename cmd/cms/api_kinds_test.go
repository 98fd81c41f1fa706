package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"galley/errs"
)

// typesFolder is a folder with one type file of one's own.
func typesFolder(t *testing.T, name, text string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

const leaflet = `{"name":"leaflet","label":"Leaflet","fields":[{"name":"title","label":"Title","kind":"text","required":true,"max":60},
	{"name":"pages","label":"Pages","kind":"number","required":true,"min":1,"max":64},{"name":"paper","label":"Paper","kind":"choice","choices":["thin","thick"]}]}`

func TestKindsAPI(t *testing.T) {
	c := testConfig(t)
	c.ContentTypes = typesFolder(t, "leaflet.json", leaflet)
	n := newNewsroomWith(t, c)
	n.listen(t)
	n.table(t, []row{
		{
			name: "types", as: "rosa", method: "GET", path: "/api/v1/content-types", wantStatus: 200,
			wantBody: `{"items":[{"name":"article"},{"name":"block"},{"name":"landing-page"},
				{"name":"leaflet","label":"Leaflet","fields":[{"name":"title","kind":"text","required":true,"max":60},{"name":"pages","kind":"number","min":1,"max":64},{"name":"paper","kind":"choice","choices":["thin","thick"]}]},
				{"name":"page","fields":[{"name":"title","max":200},{"name":"summary","max":500},{"name":"body","max":200000}]}]}`,
		},
		{
			name: "create", as: "ben", method: "POST", path: "/api/v1/content", keep: "leaflet", wantStatus: 201,
			body:       `{"type":"leaflet","language":"en","fields":{"title":"Bring your bike","pages":4,"paper":"thick"}}`,
			wantBody:   `{"type":"leaflet","title":"Bring your bike","fields":{"title":"Bring your bike","pages":4,"paper":"thick"}}`,
			wantEvents: []string{"content.created content"}, heardBy: "ines anna ben sten rosa",
		},
		{
			name: "save", as: "anna", method: "PUT", path: "/api/v1/content/{leaflet}/versions/1", header: []string{"If-Match", `"1"`}, wantStatus: 200,
			body: `{"slug":"","fields":{"title":"Bring your bike","pages":null}}`, wantBody: `{"fields":{"title":"Bring your bike","pages":null,"paper":null},"version":{"revision":2}}`,
			wantEvents: []string{"version.saved content"}, heardBy: "rosa",
		},
		{
			name: "wrong values", as: "ben", method: "PUT", path: "/api/v1/content/{leaflet}/versions/1", header: []string{"If-Match", `"2"`}, wantStatus: 422, wantCode: errs.Invalid,
			body: `{"slug":"","fields":{"title":"Bring\nyour bike","pages":65,"paper":"card"}}`, wantFields: []string{"fields.title", "fields.pages", "fields.paper"},
		},
		{
			name: "ready without the pages", as: "ben", method: "POST", path: "/api/v1/content/{leaflet}/versions/1/ready", wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"fields.pages"},
		},
		{
			name: "an article refers to pages", as: "ben", method: "POST", path: "/api/v1/content", keep: "article", wantStatus: 201,
			body:       `{"type":"article","language":"en","fields":{"title":"News","related":[{free},{open.item.page}],"featured":true,"dated":"2026-12-24","category":"news","reading_minutes":2.5}}`,
			wantBody:   `{"fields":{"title":"News","summary":"","body":"","related":[{free},{open.item.page}],"featured":true,"dated":"2026-12-24","category":"news","reading_minutes":2.5}}`,
			wantEvents: []string{"content.created content"},
		},
		{
			name: "it refers to what ben may see", as: "ben", method: "PUT", path: "/api/v1/content/{article}/versions/1", header: []string{"If-Match", `"1"`}, wantStatus: 200,
			body: `{"slug":"news","fields":{"title":"News","related":[{secret.item.page}]}}`, wantEvents: []string{"version.saved content"}, heardBy: "sten",
		},
		{
			name: "both ways", as: "ben", method: "GET", path: "/api/v1/content/{secret.item.page}/references", wantStatus: 200,
			wantBody: `{"uses":[],"used_by":[{"id":{article},"title":"News","path":"news","state":"draft","version":1,"fields":["related"]}],"next":null,"topic":"content"}`,
		},
		{name: "as ben sees it", as: "ben", method: "GET", path: "/api/v1/content/{article}/references", wantStatus: 200, wantBody: `{"uses":[{"id":{secret.item.page},"type":"page","fields":["related"]}],"used_by":[]}`},
		{name: "as sten sees it", as: "sten", method: "GET", path: "/api/v1/content/{article}/references", wantStatus: 200, wantBody: `{"uses":[],"used_by":[]}`},
		{
			name: "sten may not see that", as: "sten", method: "POST", path: "/api/v1/content", wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"fields.related"},
			body: `{"type":"article","language":"en","fields":{"title":"News","related":[{secret.item.page}]}}`,
		},
		{
			name: "a leaflet is no article", as: "ben", method: "POST", path: "/api/v1/content", wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"fields.related"},
			body: `{"type":"article","language":"en","fields":{"title":"News","related":[{leaflet}]}}`,
		},
	})
}

// A broken file stops the start, with the file and the reason.
func TestBrokenContentTypesStopTheStart(t *testing.T) {
	for text, want := range map[string]string{
		strings.Replace(leaflet, `"number"`, `"numbre"`, 1): `field pages: the kind "numbre" is none of`,
		leaflet[:len(leaflet)-1]:                            "unexpected EOF",
	} {
		folder := typesFolder(t, "leaflet.json", text)
		_, err := command(t, "", "serve", "--addr", "127.0.0.1:0", "--database", filepath.Join(t.TempDir(), "galley.db"), "--content-types", folder)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "leaflet.json") || !strings.Contains(err.Error(), folder) {
			t.Errorf("got %v, want the folder, the file and %q", err, want)
		}
	}
}
