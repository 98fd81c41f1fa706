package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// document is the document as the validator understands it.
var document = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromData(openAPI)
})

func loadDocument(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// operation is one method of one path of the document.
type operation struct {
	method, path string
	item         *openapi3.PathItem
	*openapi3.Operation
}

func (o operation) String() string { return o.method + " " + o.path }

// operations are all of them, in a stable order.
func operations(t testing.TB) []operation {
	t.Helper()
	var all []operation
	for path, item := range loadDocument(t).Paths.Map() {
		for method, op := range item.Operations() {
			all = append(all, operation{method, path, item, op})
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.path+" "+a.method, b.path+" "+b.method) })
	return all
}

func TestDocumentIsServed(t *testing.T) {
	r := run(t, testConfig(t))
	res, err := http.Get(r.url + "/api/v1/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close() // read to its end
	if err != nil || res.StatusCode != http.StatusOK || string(body) != string(openAPI) {
		t.Errorf("got %d and %d bytes (%v), want the %d bytes of openapi.json", res.StatusCode, len(body), err, len(openAPI))
	}
}

// notInDocument are the routes that are no part of the API: the browser's own pages and files.
var notInDocument = []string{"GET /*", "HEAD /*"}

func TestDocumentAndRoutesAgree(t *testing.T) {
	doc := loadDocument(t)
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	parameter := regexp.MustCompile(`:(\w+)`)
	routed := map[string]bool{}
	for _, r := range newTestApp(t).server.Echo.Routes() {
		path := strings.Replace(r.Path, "/:language/*", "/:language/:path", 1) // the document has no parameter that spans slashes
		route := r.Method + " " + parameter.ReplaceAllString(path, "{$1}")
		if r.Method != "echo_route_not_found" && !slices.Contains(notInDocument, route) {
			routed[route] = true
		}
	}
	described := map[string]bool{}
	for _, op := range operations(t) {
		described[op.String()] = true
		if !routed[op.String()] {
			t.Errorf("the document describes %s, which no route serves", op)
		}
	}
	for route := range routed {
		if !described[route] {
			t.Errorf("the route %s is not in the document", route)
		}
	}
}

// roles are the values of x-role, the least one first.
var roles = []string{"everybody", "reviewer", "editor", "owner", "admin"}

// What an integrator relies on in every operation: a name, a sentence, who may, and what each trouble looks like.
func TestDocumentIsComplete(t *testing.T) {
	named := map[string]bool{}
	for _, op := range operations(t) {
		if op.OperationID == "" || named[op.OperationID] || op.Summary == "" || len(op.Tags) != 1 {
			t.Errorf("%s needs an operationId of its own, a summary and one tag", op)
		}
		named[op.OperationID] = true
		if !slices.Contains(roles, role(op)) {
			t.Errorf("%s: x-role is %q", op, role(op))
		}
		if open := op.Security != nil && len(*op.Security) == 0; open != (role(op) == "everybody") {
			t.Errorf("%s: x-role is %s, and security says otherwise", op, role(op))
		}
		for _, p := range op.Parameters {
			if p.Value.Description == "" {
				t.Errorf("%s: the parameter %s is not described", op, p.Value.Name)
			}
		}
		want := wantedStatuses(op)
		for _, status := range want {
			if op.Responses.Value(status) == nil {
				t.Errorf("%s does not say what a %s looks like", op, status)
			}
		}
		for status, r := range op.Responses.Map() {
			if status >= "400" && r.Ref == "" {
				t.Errorf("%s: the %s is no component", op, status)
			}
		}
	}
}

func role(op operation) string { return fmt.Sprint(op.Extensions["x-role"]) }

// wantedStatuses are the troubles that an operation can meet, seen from its parts.
func wantedStatuses(op operation) []string {
	want := []string{"421", "500"}
	if role(op) != "everybody" {
		want = append(want, "401", "403")
	}
	if !isSafe(op.method) {
		want = append(want, "403", "503")
	}
	if op.RequestBody != nil {
		want = append(want, "400", "413", "415", "422")
	}
	for _, p := range op.Parameters {
		switch {
		case p.Value.In == "path":
			want = append(want, "404")
		case p.Value.In == "query" || p.Value.Name == "Idempotency-Key":
			want = append(want, "422")
		case p.Value.Name == "If-Match":
			want = append(want, "400", "412", "428")
		case p.Value.Name == "If-None-Match":
			want = append(want, "304")
		}
	}
	return want
}

// openObjects are the objects whose keys are not ours to name: the words about each wrong field, an event's data before its type
// is looked at, the topics that somebody asks for, the fields of content types, and the document itself.
var openObjects = []string{
	"/components/schemas/Invalid/properties/fields", "/components/schemas/Conflict/properties/fields", "/components/schemas/Event/properties/data",
	"/components/schemas/Changes/properties/topics", "/components/schemas/ContentFields", "/components/schemas/DeliveredFields", "/paths//api/v1/openapi.json/",
}

// Every object says that it has no other fields, and all that it always has.
func TestDocumentIsStrict(t *testing.T) {
	var doc any
	if err := json.Unmarshal(openAPI, &doc); err != nil {
		t.Fatal(err)
	}
	objects := 0
	var look func(at string, node any)
	look = func(at string, node any) {
		switch node := node.(type) {
		case map[string]any:
			kind := fmt.Sprint(node["type"])
			properties, _ := node["properties"].(map[string]any)
			if strings.Contains(kind, "object") && !slices.ContainsFunc(openObjects, func(o string) bool { return strings.HasPrefix(at, o) }) {
				objects++
				if node["additionalProperties"] != false {
					t.Errorf("%s takes any field", at)
				}
				required, _ := node["required"].([]any)
				for _, name := range required {
					if properties[fmt.Sprint(name)] == nil {
						t.Errorf("%s requires %v, which it does not have", at, name)
					}
				}
			}
			if node["nullable"] != nil {
				t.Errorf("%s: nullable is not a word of OpenAPI 3.1", at)
			}
			for key, below := range node {
				look(at+"/"+key, below)
			}
		case []any:
			for i, below := range node {
				look(fmt.Sprint(at, "/", i), below)
			}
		}
	}
	look("", doc)
	if objects < 50 {
		t.Errorf("only %d objects were looked at", objects)
	}
}
