package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"galley/access"
	"galley/errs"
)

// TestRefused makes from the document and the samples what must be refused of every operation, and sends each as it is:
// the status and code of the contract, nothing written, no event, nothing heard. The samples are sent last, so that each
// was refused for the one thing that is wrong with it.
func TestRefused(t *testing.T) {
	n := newNewsroom(t)
	n.addPerson(t, "Vera Quist", access.Reviewer) // with a password
	n.listen(t)
	for _, s := range samples {
		op := operationOf(t, s.op)
		for _, r := range slices.Concat(n.refusedToAll(t, op, s), n.refusedPaths(t, op, s), refusedQueries(n, t, op, s), n.refusedHeaders(t, op, s), n.refusedBodies(t, op, s)) {
			t.Run(s.op+"/"+r.name, func(t *testing.T) { n.do(t, r) })
		}
	}
	n.checkEars(t, nil, nil, nil, strings.Fields(everybody))
	clear(n.ears) // some samples end sessions, and sockets with them
	for _, s := range samples {
		if s.alone == "" {
			t.Run(s.op, func(t *testing.T) { n.send(t, operationOf(t, s.op), s) })
		}
	}
}

func operationOf(t *testing.T, id string) operation {
	t.Helper()
	for _, op := range operations(t) {
		if op.OperationID == id {
			return op
		}
	}
	t.Fatalf("there is no operation %s", id)
	return operation{}
}

// leastOf is who has a role and no more.
var leastOf = map[string]string{"everybody": "", "reviewer": "rosa", "editor": "ben", "owner": "anna", "admin": "ines"}

// rowOf is the sample as a row, to be made wrong.
func (n *newsroom) rowOf(t *testing.T, op operation, s sample) row {
	t.Helper()
	r := row{as: s.as, method: op.method, path: op.path, body: n.fill(t, s.body)}
	if r.as == "" {
		r.as = leastOf[role(op)]
	}
	for param, value := range place {
		for _, own := range strings.Fields(s.path) {
			if name, key, _ := strings.Cut(own, "="); name == param {
				value = "{" + key + "}"
			}
		}
		r.path = strings.ReplaceAll(r.path, "{"+param+"}", value)
	}
	r.path = n.fill(t, r.path)
	if s.query != "" {
		r.path += "?" + n.fill(t, s.query)
	}
	if s.match != "" {
		r.header = []string{"If-Match", `"` + n.fill(t, s.match) + `"`}
	}
	return r
}

// wrong is the row under another name, with more headers, and with what it must get.
func (r row) wrong(name string, status int, code errs.Code, header ...string) row {
	r.name, r.wantStatus, r.wantCode = name, status, code
	r.header = slices.Concat(r.header, header)
	return r
}

func parameters(op operation, in string) (names []string) {
	for _, p := range op.Parameters {
		if p.Value.In == in {
			names = append(names, p.Value.Name)
		}
	}
	return names
}

var positionField = regexp.MustCompile(`,"position":"[^"]*"`)

// goodRow is the sample as a row that gets what it asks for.
func (n *newsroom) goodRow(t *testing.T, op operation, s sample) row {
	t.Helper()
	r := n.rowOf(t, op, s)
	if slices.Contains(parameters(op, "header"), "Idempotency-Key") {
		r.header = append(r.header, "Idempotency-Key", "sample "+s.op)
	}
	for _, status := range []int{http.StatusNoContent, http.StatusOK, http.StatusCreated} {
		if op.Responses.Status(status) != nil {
			r.wantStatus = status
		}
	}
	return r
}

// send sends the sample itself, and what takes an Idempotency-Key three times.
func (n *newsroom) send(t *testing.T, op operation, s sample) {
	t.Helper()
	r := n.goodRow(t, op, s)
	first := n.sendGood(t, r)
	if slices.Contains(parameters(op, "header"), "If-None-Match") {
		n.unchanged(t, r)
	}
	if !slices.Contains(parameters(op, "header"), "Idempotency-Key") {
		return
	}
	before := n.state(t)
	r.wantStatus = http.StatusOK
	// The log goes on by what the first one wrote; all else is the same.
	still := func(answer []byte) string { return positionField.ReplaceAllString(string(answer), "") }
	if again := n.do(t, r); still(again) != still(first) {
		t.Errorf("the repeat answers\n%s, the first\n%s", again, first)
	}
	if after := n.state(t); after != before {
		t.Errorf("the repeat wrote\n%s", difference(before, after))
	}
	r.body += " "
	another := r.wrong("another body", http.StatusUnprocessableEntity, errs.Invalid)
	another.wantFields = []string{"Idempotency-Key"}
	n.do(t, another)
}

// sendGood is do for a row whose events are of no interest here: the domains' tables name them.
func (n *newsroom) sendGood(t *testing.T, r row) []byte {
	t.Helper()
	r.wantEvents = nil
	return n.doAnd(t, r, func([]string) {})
}

// unchanged asks again with the ETag of the answer.
func (n *newsroom) unchanged(t *testing.T, r row) {
	t.Helper()
	req := n.request(t, r.as, r.method, r.path, "", r.header)
	res, err := noRedirects.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close() // only its head counts
	r.wantStatus = http.StatusNotModified
	r.header = append(r.header, "If-None-Match", res.Header.Get("ETag"))
	if body := n.do(t, r); len(body) > 0 {
		t.Errorf("a 304 came with %s", body)
	}
}

// refusedToAll are the requests that nobody may make, or not this person.
func (n *newsroom) refusedToAll(t *testing.T, op operation, s sample) (rows []row) {
	good := n.rowOf(t, op, s)
	rows = append(rows, good.wrong("unknown host", http.StatusMisdirectedRequest, errs.UnknownHost, "Host", "rebound.example"))
	if !isSafe(op.method) {
		for _, from := range [][]string{{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", n.url, "Sec-Fetch-Site", "cross-site"}} {
			rows = append(rows, good.wrong("from another site "+strings.Join(from, " "), http.StatusForbidden, errs.OriginNotAllowed, from...))
		}
	}
	if role(op) == "everybody" {
		return rows
	}
	nobody := good
	nobody.as = ""
	rows = append(rows, nobody.wrong("not signed in", http.StatusUnauthorized, errs.Unauthenticated))
	for name, token := range map[string]string{"a token that was never given": strings.Repeat("A", 43), "no token at all": "x"} {
		rows = append(rows, nobody.wrong(name, http.StatusUnauthorized, errs.Unauthenticated, "Cookie", "galley_session="+token))
	}
	for _, smaller := range roles[1:slices.Index(roles, role(op))] {
		small := good
		small.as = leastOf[smaller]
		rows = append(rows, small.wrong("by a "+smaller, http.StatusForbidden, errs.Forbidden))
	}
	return rows
}

// refusedPaths are ids of what is not there.
func (n *newsroom) refusedPaths(t *testing.T, op operation, s sample) (rows []row) {
	good := n.rowOf(t, op, s)
	names := parameters(op, "path")
	for _, name := range names {
		if _, known := place[name]; !known {
			continue
		}
		for _, id := range []string{"999999", "0", "-1", "x", "1.5", "1e3", "99999999999999999999", "%20", "%00", "..%2f1", "１"} {
			other := op
			other.path = strings.ReplaceAll(op.path, "{"+name+"}", id)
			r := good
			r.path = n.rowOf(t, other, s).path
			rows = append(rows, r.wrong(fmt.Sprintf("no such %s %q", name, id), http.StatusNotFound, errs.NotFound))
		}
	}
	if slices.Contains(names, "project") && len(names) > 1 && !slices.Contains(names, "user") { // an item of one project under another one
		mixed := op
		mixed.path = strings.ReplaceAll(op.path, "{project}", "{other}")
		r := good
		r.path = n.rowOf(t, mixed, s).path
		rows = append(rows, r.wrong("a thing of another project", http.StatusNotFound, errs.NotFound))
	}
	return rows
}

// refusedQueries are parameters and values off the list.
func refusedQueries(n *newsroom, t *testing.T, op operation, s sample) (rows []row) {
	good := n.rowOf(t, op, s)
	if len(parameters(op, "query")) == 0 {
		return nil
	}
	path, query, _ := strings.Cut(good.path, "?")
	add := func(param, wrong string) {
		others := slices.DeleteFunc(strings.Split(query, "&"), func(part string) bool { return strings.HasPrefix(part, param+"=") })
		r := good
		r.path = path + "?" + strings.Join(append(others, wrong), "&")
		r.wantFields = []string{param}
		rows = append(rows, r.wrong("?"+wrong[:min(len(wrong), 60)], http.StatusUnprocessableEntity, errs.Invalid))
	}
	add("no_such", "no_such=1")
	for _, p := range op.Parameters {
		if p.Value.In != "query" {
			continue
		}
		name, schema := p.Value.Name, p.Value.Schema.Value
		values := []string{}
		switch {
		case schema.Type.Is("integer"):
			values = []string{"x", "0", "-1", "1.5", "99999999999999999999", "%00"}
			if schema.Max != nil {
				values = append(values, fmt.Sprint(int(*schema.Max)+1))
			}
		case len(schema.Enum) > 0:
			values = []string{"no-such", "", strings.ToUpper(fmt.Sprint(schema.Enum[0])), strings.Repeat("x", 1000)}
		case schema.Pattern != "":
			values = []string{"no-such", "-1", strings.Repeat("9", 30)}
		case schema.MaxLength != nil:
			values = []string{strings.Repeat("x", int(*schema.MaxLength)+1), "%00"}
		}
		if p.Value.Required {
			add(name, "")
		}
		if len(values) == 0 {
			t.Errorf("%s: the document sets no bounds for ?%s", op, name)
		}
		for _, v := range values {
			add(name, name+"="+v)
		}
		if schema.Type.Is("integer") {
			add(name, name+"=1&"+name+"=1")
		} else if len(schema.Enum) > 0 {
			once := fmt.Sprint(name, "=", schema.Enum[0])
			add(name, once+"&"+once)
		}
	}
	return rows
}

// refusedHeaders are wrong preconditions and keys.
func (n *newsroom) refusedHeaders(t *testing.T, op operation, s sample) (rows []row) {
	good := n.rowOf(t, op, s)
	headers := parameters(op, "header")
	if slices.Contains(headers, "If-Match") {
		rows = append(rows,
			good.wrong("no If-Match", http.StatusPreconditionRequired, errs.PreconditionRequired, "If-Match", ""),
			good.wrong("stale", http.StatusPreconditionFailed, errs.Stale, "If-Match", `"999"`))
		for _, tag := range []string{"1", `"x"`, `"0"`, `"-1"`, `W/"1"`, "*", `"1", "2"`, `""`, `"1`, `"99999999999999999999"`} {
			rows = append(rows, good.wrong("If-Match "+tag, http.StatusBadRequest, errs.Malformed, "If-Match", tag))
		}
	}
	if slices.Contains(headers, "Idempotency-Key") {
		for name, key := range map[string]string{"too long": strings.Repeat("k", 201), "not ASCII": "clé", "a tab": "a\tb"} {
			r := good.wrong("Idempotency-Key "+name, http.StatusUnprocessableEntity, errs.Invalid, "Idempotency-Key", key)
			r.wantFields = []string{"Idempotency-Key"}
			rows = append(rows, r)
		}
	}
	return rows
}
