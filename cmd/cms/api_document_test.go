package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// strict makes the validator refuse a status that the document does not have and a body where it has none. For a 3.1
// document it validates by JSON Schema 2020-12, type arrays included (TestValidatorRejects holds it to that).
var strict = &openapi3filter.Options{
	IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true, SkipSettingDefaults: true, MultiError: true,
	AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, // who may is the server's to say
}

// described finds the operation that the path belongs to, literal segments before parameters; nil where there is none.
func described(t testing.TB, method, path string) (op *operation, params map[string]string) {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	got := strings.Split(path, "/")
	for _, candidate := range operations(t) {
		want := strings.Split(candidate.path, "/")
		found := map[string]string{}
		matched := candidate.method == method && (len(want) == len(got) || strings.HasPrefix(path, "/delivery/v1/") && len(got) > len(want) && len(want) > 3)
		for i := 0; matched && i < len(want); i++ {
			name, isParam := strings.CutPrefix(want[i], "{")
			switch {
			case isParam && i == len(want)-1:
				found[strings.TrimSuffix(name, "}")] = strings.Join(got[i:], "/")
			case isParam:
				found[strings.TrimSuffix(name, "}")] = got[i]
			default:
				matched = want[i] == got[i]
			}
		}
		if matched && (op == nil || len(found) < len(params)) {
			op, params = &candidate, found
		}
	}
	return op, params
}

func (o operation) input(t testing.TB, req *http.Request, params map[string]string) *openapi3filter.RequestValidationInput {
	return &openapi3filter.RequestValidationInput{
		Request: req, PathParams: params, QueryParams: req.URL.Query(), Options: strict,
		Route: &routers.Route{Spec: loadDocument(t), Path: o.path, PathItem: o.item, Method: o.method, Operation: o.Operation},
	}
}

// checkRequest tells how a request departs from the document.
func checkRequest(t testing.TB, op operation, params map[string]string, req *http.Request, body string) error {
	if body != "" {
		req.Body = io.NopCloser(strings.NewReader(body))
	}
	for name := range req.URL.Query() {
		if op.Parameters.GetByInAndName("query", name) == nil {
			return fmt.Errorf("there is no parameter %q", name)
		}
	}
	return openapi3filter.ValidateRequest(t.Context(), op.input(t, req, params))
}

// checkAnswer tells how an answer departs from the document.
func checkAnswer(t testing.TB, op operation, params map[string]string, req *http.Request, status int, header http.Header, body []byte) error {
	r := op.Responses.Status(status)
	if r == nil {
		return fmt.Errorf("%s may not answer %d", op, status)
	}
	if len(r.Value.Content) == 0 && len(body) > 0 {
		return fmt.Errorf("%s answers %d with a body that the document does not have: %s", op, status, body)
	}
	for name := range r.Value.Content {
		if got := header.Get("Content-Type"); got != name {
			return fmt.Errorf("%s answers %d as %q, want %q", op, status, got, name)
		}
	}
	return openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: op.input(t, req, params), Status: status, Header: header,
		Body: io.NopCloser(bytes.NewReader(body)), Options: strict,
	})
}

// checkSchema tells how a value departs from a schema of the document.
func checkSchema(t testing.TB, schema *openapi3.Schema, body []byte) error {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	return schema.VisitJSON(v, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors())
}

func component(t testing.TB, name string) *openapi3.Schema {
	t.Helper()
	ref := loadDocument(t).Components.Schemas[name]
	if ref == nil {
		t.Fatalf("the document has no schema %s", name)
	}
	return ref.Value
}

// A validator that lets everything pass would make every other test here blind, so each kind of wrong answer is shown to it.
func TestValidatorRejects(t *testing.T) {
	const project = `{"id":7,"name":"Coast","description":"","due_on":%s,"state":"active","visibility":"everyone","client_key":null,"revision":1,` +
		`"created_at":"2026-05-04T10:00:00.001Z","updated_at":"2026-05-04T10:00:00Z","owner":{"id":1,"name":"Anna","handle":"anna"%s},` +
		`"counts":{"draft":0,"in_review":0,"rejected":0,"ready":0,"scheduled":0,"published":0,"previously_published":0},"archived":false,"my":{"active":false,"following":false,"muted":false,"unread":{"items":0,"comments":0}},` +
		`"may":{"edit":{"allowed":true},"archive":{"allowed":true},"delete":{"allowed":true},"manage_members":{"allowed":true},"edit_content":{"allowed":true},"add_items":{"allowed":true},"set_ready":{"allowed":true},"publish":{"allowed":true},"comment":{"allowed":true},"delete_any_comment":{"allowed":true}%s}}`
	headers := func(changes ...string) http.Header {
		h := http.Header{"Content-Type": {"application/json"}, "Etag": {`"1"`}, "X-Request-Id": {"0123456789abcdef"}}
		for i := 0; i < len(changes); i += 2 {
			h.Set(changes[i], changes[i+1])
		}
		return h
	}
	good := fmt.Sprintf(project, "null", "", "")
	tests := []struct {
		name   string
		status int
		header http.Header
		body   string
		wrong  bool
	}{
		{"right", 200, headers(), good, false},
		{"right, the other type of a type array", 200, headers(), fmt.Sprintf(project, `"2026-12-24"`, "", ""), false},
		{"a type that the type array does not have", 200, headers(), fmt.Sprintf(project, "20261224", "", ""), true},
		{"a format", 200, headers(), fmt.Sprintf(project, `"tomorrow"`, "", ""), true},
		{"a time that is none", 200, headers(), strings.Replace(good, "10:00:00.001Z", "ten", 1), true},
		{"null where there is always a value", 200, headers(), strings.Replace(good, `"name":"Coast"`, `"name":null`, 1), true},
		{"a value off the list", 200, headers(), strings.Replace(good, "everyone", "nobody", 1), true},
		{"a number that is not whole", 200, headers(), strings.Replace(good, `"id":7`, `"id":7.5`, 1), true},
		{"a field too many", 200, headers(), strings.Replace(good, `{"id":7`, `{"secret":1,"id":7`, 1), true},
		{"a field too many, one level down, behind a reference", 200, headers(), fmt.Sprintf(project, "null", `,"email":"anna@merrow.example"`, ""), true},
		{"a field too few", 200, headers(), strings.Replace(good, `"archived":false,`, "", 1), true},
		{"a permission that nobody described", 200, headers(), fmt.Sprintf(project, "null", "", `,"fly":{"allowed":true}`), true},
		{"no ETag", 200, headers("ETag", ""), good, true},
		{"a weak ETag", 200, headers("ETag", `W/"x"`), good, true},
		{"another content type", 200, headers("Content-Type", "text/html"), good, true},
		{"a status that is not described", 202, headers(), good, true},
		{"a problem with the code of another", 404, headers("Content-Type", "application/problem+json"), `{"type":"about:blank","title":"Not Found","status":404,"detail":"","code":"stale","request_id":""}`, true},
		{"a body where there is none", 304, headers(), good, true},
	}
	op, params := described(t, "PATCH", "/api/v1/projects/7")
	if op == nil {
		t.Fatal("the operation was not found")
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequest("PATCH", "http://localhost/api/v1/projects/7", nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.header.Get("ETag") == "" {
				tt.header.Del("ETag")
			}
			if err := checkAnswer(t, *op, params, req, tt.status, tt.header, []byte(tt.body)); (err != nil) != tt.wrong {
				t.Errorf("got %v", err)
			}
		})
	}
	request := func(t *testing.T, contentType, match, body string, wrong bool) {
		t.Helper()
		req, err := http.NewRequest("PATCH", "http://localhost/api/v1/projects/7", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", contentType)
		if match != "" {
			req.Header.Set("If-Match", match)
		}
		if err := checkRequest(t, *op, params, req, body); (err != nil) != wrong {
			t.Errorf("%s, If-Match %s, %s: got %v", contentType, match, body, err)
		}
	}
	request(t, "application/json", `"1"`, `{"due_on":null,"name":"x"}`, false)
	request(t, "application/json", `"1"`, `{"due_on":7}`, true)
	request(t, "application/json", `"1"`, `{"nmae":"x"}`, true)
	request(t, "application/json", `"1"`, `{"name":null}`, true)
	request(t, "application/json", `"1"`, `{"name":"`+strings.Repeat("é", 121)+`"}`, true)
	request(t, "application/json", `"1"`, `{"name":"`+strings.Repeat("é", 120)+`"}`, false)
	request(t, "application/json", ``, `{"name":"x"}`, true)
	request(t, "application/json", `1`, `{"name":"x"}`, true)
	request(t, "text/plain", `"1"`, `{"name":"x"}`, true)
}
