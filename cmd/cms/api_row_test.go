package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"galley/errs"
	"galley/store/storetest"
)

// row is one request with everything that it must and must not do. {names} stand for what the newsroom knows.
type row struct {
	name       string
	as         string // a person, or one of their sessions; "" is nobody
	method     string
	path       string
	header     []string // names and values; a value of "" takes the header away, Host is the request's
	body       string   // sent as it is
	wantStatus int
	wantCode   errs.Code
	wantFields []string // what an invalid one names, blank for not looking
	wantBody   string   // JSON that the answer contains
	wantEvents []string // type and topic of all that it writes, in order
	heardBy    string   // people whose sockets must hear of it, and
	notHeardBy string   // people whose sockets must hear nothing, blanks between; everybody else hears just what they follow
	keep       string   // a name for the answer's id and revision, and for who is signed in by it
}

const jsonType = "application/json"

// audited is the event of what was kept for the admins; some refusals are.
const audited = "audit.added audit"

// table runs rows one after the other in one newsroom.
func (n *newsroom) table(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) { n.do(t, r) })
	}
}

// do sends the row's request and looks at everything that came of it: the answer against the row and the document, the
// database, the log, and everybody's sockets. It returns the answer's body.
func (n *newsroom) do(t *testing.T, r row) []byte {
	t.Helper()
	return n.doAnd(t, r, func(got []string) {
		want := make([]string, len(r.wantEvents))
		for i, e := range r.wantEvents {
			want[i] = n.fill(t, e)
		}
		if !slices.Equal(got, want) {
			t.Errorf("events written\ngot  %s\nwant %s", strings.Join(got, ", "), strings.Join(want, ", "))
		}
	})
}

// doAnd is do with another look at the names of the events written.
func (n *newsroom) doAnd(t *testing.T, r row, look func(got []string)) []byte {
	t.Helper()
	before, since := n.state(t), storetest.LastEvent(t, n.app.db)
	body := n.fill(t, r.body)
	req := n.request(t, r.as, r.method, r.path, body, r.header)
	op, params := described(t, r.method, req.URL.Path)
	good := r.wantStatus < 400
	if good {
		if op == nil {
			t.Fatalf("the document has no %s %s", r.method, req.URL.Path)
		}
		if err := checkRequest(t, *op, params, req.Clone(t.Context()), body); err != nil {
			t.Errorf("the request is not one of the document: %v", err)
		}
	}
	res, err := noRedirects.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(res.Body)
	_ = res.Body.Close() // read to its end
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != r.wantStatus {
		t.Fatalf("got %d %s, want %d", res.StatusCode, answer, r.wantStatus)
	}
	if op != nil {
		err = checkAnswer(t, *op, params, req, res.StatusCode, res.Header, answer)
	} else {
		err = checkSchema(t, component(t, strayProblems[r.wantCode]), answer)
	}
	if err != nil {
		t.Errorf("the answer is not one of the document: %v\n%s", err, answer)
	}
	n.compare(t, r, answer)
	after := n.state(t)
	if quiet := len(r.wantEvents) == 0 && (!good || isSafe(r.method)); quiet && after != before {
		t.Errorf("it wrote:\n%s", difference(before, after))
	}
	look(n.checkEvents(t, r, since))
	for _, cookie := range res.Cookies() {
		if r.keep != "" && cookie.Name == "galley_session" {
			n.tokens[r.keep] = cookie.Value
		}
	}
	if r.keep != "" {
		var kept withID
		if err := json.Unmarshal(answer, &kept); err != nil {
			t.Fatal(err)
		}
		n.keep(r.keep, kept.ID, kept.Revision)
	}
	return answer
}

var noRedirects = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// strayProblems are what an address outside the document answers.
var strayProblems = map[errs.Code]string{errs.NotFound: "NotFound", errs.MethodNotAllowed: "MethodNotAllowed", errs.UnknownHost: "UnknownHost", errs.OriginNotAllowed: "Forbidden"}

func (n *newsroom) compare(t *testing.T, r row, answer []byte) {
	t.Helper()
	if r.wantStatus >= 400 && r.method != http.MethodHead {
		var problem struct {
			Code   errs.Code
			Fields map[string]string
		}
		if err := json.Unmarshal(answer, &problem); err != nil {
			t.Fatalf("%v in %s", err, answer)
		}
		if problem.Code != r.wantCode {
			t.Errorf("got the code %q, want %q: %s", problem.Code, r.wantCode, answer)
		}
		for _, field := range r.wantFields {
			if problem.Fields[field] == "" {
				t.Errorf("nothing is said of %q: %s", field, answer)
			}
		}
		if r.wantFields != nil && len(problem.Fields) != len(r.wantFields) {
			t.Errorf("got %v, want words about %v alone", problem.Fields, r.wantFields)
		}
	}
	if r.wantBody == "" {
		return
	}
	var want, got any
	if err := json.Unmarshal([]byte(n.fill(t, r.wantBody)), &want); err != nil {
		t.Fatalf("wantBody: %v", err)
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatalf("%v in %s", err, answer)
	}
	if missing := lacks(got, want); missing != "" {
		t.Errorf("%s\ngot  %s\nwant %s", missing, answer, n.fill(t, r.wantBody))
	}
}

// lacks tells what of want is not in got: objects may have more fields, lists have the same length.
func lacks(got, want any) string {
	switch want := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%v is no object", got)
		}
		for key, w := range want {
			v, has := g[key]
			if !has {
				return key + " is missing"
			}
			if missing := lacks(v, w); missing != "" {
				return key + ": " + missing
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(want) {
			return fmt.Sprintf("%v has not %d entries", got, len(want))
		}
		for i := range want {
			if missing := lacks(g[i], want[i]); missing != "" {
				return fmt.Sprintf("[%d] %s", i, missing)
			}
		}
		return ""
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Sprintf("got %v, want %v", got, want)
	}
	return ""
}

// checkEvents holds each event that the row wrote against the document and what each socket heard against what its person
// follows, and returns the events' names.
func (n *newsroom) checkEvents(t *testing.T, r row, since int64) []string {
	t.Helper()
	names, wire := n.written(t, since)
	for _, e := range wire {
		if err := checkSchema(t, component(t, "Event"), e); err != nil {
			t.Errorf("the event is not one of the document: %v\n%s", err, e)
		}
	}
	if len(names) > 0 {
		n.checkEars(t, names, wire, strings.Fields(r.heardBy), strings.Fields(r.notHeardBy))
	}
	return names
}

func isSafe(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// difference is the lines that came or went.
func difference(before, after string) string {
	var out []string
	had, has := strings.Split(before, "\n"), strings.Split(after, "\n")
	for _, line := range had {
		if !slices.Contains(has, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range has {
		if !slices.Contains(had, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}

// bodySchema is what the operation takes, nil where it takes no body.
func bodySchema(op operation) *openapi3.Schema {
	if op.RequestBody == nil {
		return nil
	}
	return op.RequestBody.Value.Content.Get(jsonType).Schema.Value
}
