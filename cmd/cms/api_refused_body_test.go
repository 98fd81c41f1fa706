package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"galley/errs"
)

// refusedBodies are bodies that cannot be read, or whose fields are wrong. For each field every value is tried that the
// document does not allow, so the document and the server cannot differ.
func (n *newsroom) refusedBodies(t *testing.T, op operation, s sample) (rows []row) {
	schema := bodySchema(op)
	if schema == nil {
		return nil
	}
	good := n.rowOf(t, op, s)
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(good.body), &members); err != nil {
		t.Fatalf("%s: %v in %s", s.op, err, good.body)
	}
	if err := checkSchema(t, schema, []byte(good.body)); err != nil {
		t.Fatalf("%s: the sample's body: %v", s.op, err)
	}
	rows = append(rows, unreadable(good)...)
	add := func(name, body string, fields ...string) {
		if checkSchema(t, schema, []byte(body)) == nil {
			t.Errorf("%s: the document allows %s", op, name)
		}
		r := good
		r.body, r.wantFields = body, fields
		rows = append(rows, r.wrong(name, http.StatusUnprocessableEntity, errs.Invalid))
	}
	with := func(name, value string) string {
		changed := map[string]json.RawMessage{}
		for key, v := range members {
			changed[key] = v
		}
		changed[name] = json.RawMessage(value)
		body, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	add("an unknown field", with("no_such_field", "1"), "no_such_field")
	for name, property := range schema.Properties {
		if upper := strings.ToUpper(name); members[name] != nil {
			add("a field in other letters "+upper, with(upper, string(members[name])), upper)
		}
		for _, value := range wrongValues(property.Value) {
			body := with(name, value)
			if checkSchema(t, schema, []byte(body)) != nil {
				add(fmt.Sprintf("%s is %s", name, value[:min(len(value), 40)]), body, name)
			}
		}
	}
	for _, name := range schema.Required {
		left := map[string]json.RawMessage{}
		for key, v := range members {
			if key != name {
				left[key] = v
			}
		}
		body, err := json.Marshal(left)
		if err != nil {
			t.Fatal(err)
		}
		add("without "+name, string(body), name)
	}
	return rows
}

// wrongValues are values of every type, and those just outside each bound.
func wrongValues(schema *openapi3.Schema) []string {
	values := []string{`"x"`, `7`, `-1`, `0`, `1.5`, `1e40`, `true`, `[]`, `["x"]`, `[{}]`, `{}`, `{"x":1}`, `null`, `"no such value"`, `""`}
	if schema.MaxLength != nil {
		values = append(values, quoted(strings.Repeat("x", int(*schema.MaxLength)+1)), quoted(strings.Repeat("é", int(*schema.MaxLength)+1)))
	}
	if schema.MinLength > 1 {
		values = append(values, quoted(strings.Repeat("é", int(schema.MinLength)-1)))
	}
	if schema.MaxItems != nil {
		values = append(values, "["+strings.Repeat("1,", int(*schema.MaxItems))+"1]")
	}
	return slices.Compact(values)
}

func quoted(text string) string { return `"` + text + `"` }

// unreadable are bodies of which nothing can be said but that they cannot be read.
func unreadable(good row) (rows []row) {
	bad := func(name, body string, status int, code errs.Code, header ...string) {
		r := good
		r.body = body
		rows = append(rows, r.wrong(name, status, code, header...))
	}
	rest := strings.TrimPrefix(good.body, "{")
	first, _, _ := strings.Cut(rest, ",")
	first = strings.TrimSuffix(first, "}")
	for name, body := range map[string]string{
		"a doubled key":                    "{" + first + "," + rest,
		"a doubled key, the second a null": strings.TrimSuffix(good.body, "}") + "," + first[:strings.Index(first, ":")] + ":null}",
		"a doubled key, written otherwise": "{" + strings.Replace(first, first[1:2], fmt.Sprintf(`\u%04x`, first[1]), 1) + "," + rest,
		"a doubled key further down":       `{"x":[{"y":{"z":1,"z":1}}],` + rest,
		"broken JSON":                      good.body[:len(good.body)-1],
		"two objects":                      good.body + good.body,
		"something behind it":              good.body + "x",
		"a list":                           "[" + good.body + "]",
		"a text":                           `"` + strings.Repeat("x", 10) + `"`,
		"null":                             "null",
		"a comment":                        good.body + " // as agreed",
		"a trailing comma":                 strings.TrimSuffix(good.body, "}") + ",}",
		"NaN":                              strings.TrimSuffix(good.body, "}") + `,"x":NaN}`,
		"invalid UTF-8":                    "{" + `"x":"` + "\xff" + `",` + rest,
		"an overlong encoding":             "{" + `"x":"` + "\xc0\xaf" + `",` + rest,
		"half a surrogate pair":            `{"x":"\ud800",` + rest,
		"a NUL":                            `{"x":"\u0000",` + rest,
		"a byte order mark":                "\ufeff" + good.body,
		"nested deeply":                    `{"x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "," + rest,
	} {
		bad(name, body, http.StatusBadRequest, errs.Malformed)
	}
	bad("nothing", "", http.StatusBadRequest, errs.Malformed, "Content-Type", jsonType)
	bad("too large", good.body+strings.Repeat(" ", 1<<20), http.StatusRequestEntityTooLarge, errs.TooLarge)
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", "application/merge-patch+json", "application/json; charset=latin1", "nonsense;", ""} {
		bad("as "+kind, good.body, http.StatusUnsupportedMediaType, errs.UnsupportedMedia, "Content-Type", kind)
	}
	return rows
}
