package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"galley/errs"
)

const (
	maxBody  = 1 << 20 // bytes
	maxDepth = 32      // levels of nesting in a body
	bodyKey  = "galley.body"
)

// Decode reads the JSON body into the struct that in points to. Broken JSON or UTF-8 and doubled keys are Malformed, other
// types TooLarge or UnsupportedMedia; unknown fields and wrong types are Invalid and named. Field names are compared exactly.
// null is for pointers that have not the tag null:"no", and for json.RawMessage.
func Decode(c echo.Context, in any) error {
	kind, params, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if charset, given := params["charset"]; err != nil || kind != echo.MIMEApplicationJSON || given && !strings.EqualFold(charset, "utf-8") {
		return errs.New(errs.UnsupportedMedia, "Send the body as application/json, in UTF-8.")
	}
	began := time.Now()
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errs.New(errs.TooLarge, "The body is larger than 1 MiB.")
	}
	if err != nil {
		return errs.New(errs.Malformed, "The body could not be read to its end.")
	}
	if ask, signedIn := c.Get(againKey).(func() error); signedIn && time.Since(began) > slowBody {
		if err := ask(); err != nil {
			return err
		}
	}
	c.Set(bodyKey, body)
	if !utf8.Valid(body) {
		return errs.New(errs.Malformed, "The body is not valid UTF-8.")
	}
	if escape := noCharacter(body); escape != "" {
		return errs.New(errs.Malformed, "The body has the escape %s, which stands for no character of a text.", escape)
	}
	members, err := walk(body)
	if err != nil {
		return err
	}
	var wrong errs.Fields
	fields := fieldsOf(reflect.TypeOf(in).Elem())
	for _, m := range members {
		f, known := fields[m.name]
		switch {
		case !known:
			wrong.Add(m.name, "There is no such field.")
		case m.null && !takesNull(f): // the decoder would leave the field as it is
			wrong.Add(m.name, "This should be %s, not null.", jsonName(f.Type))
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	var mistyped *json.UnmarshalTypeError
	err = json.Unmarshal(body, in)
	if errors.As(err, &mistyped) {
		field, _, _ := strings.Cut(mistyped.Field, ".")
		wrong.Add(field, "This should be %s, not %s.", jsonName(mistyped.Type), article(mistyped.Value))
		return wrong.Err()
	}
	if err != nil {
		return errs.New(errs.Malformed, "The body is not the JSON that is expected here.")
	}
	return nil
}

// noCharacter is the first escape of NUL or of half a surrogate pair (RFC 8259, section 8.2), "" where there is none. The
// decoder would put another character in its place and say nothing.
func noCharacter(body []byte) string {
	for i := 0; i < len(body)-1; i++ {
		if body[i] != '\\' {
			continue
		}
		i++ // the character behind the backslash, which may be one itself
		r, next := escaped(body[i-1:]), rune(-1)
		if len(body) > i+5 {
			next = escaped(body[i+5:])
		}
		switch {
		case r < 0:
		case utf16.DecodeRune(r, next) != utf8.RuneError:
			i += 10
		case r == 0 || utf16.IsSurrogate(r):
			return string(body[i-1 : i+5])
		}
	}
	return ""
}

// escaped is the number of the escape \uXXXX that b begins with, -1 where it begins with another thing.
func escaped(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// member is one key of a body's top level.
type member struct {
	name string
	null bool
}

// walk goes through the tokens of a JSON object, since the decoder would take doubled keys silently, and returns the
// members of its top level.
func walk(body []byte) (top []member, err error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	type level struct {
		seen   map[string]bool // nil in an array
		expect bool            // a key comes next
	}
	var stack []level
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) && len(stack) == 0 && len(body) > 0 && dec.InputOffset() > 0 {
			return top, nil
		}
		if err != nil {
			return nil, errs.New(errs.Malformed, "The body is not valid JSON (near byte %d).", dec.InputOffset())
		}
		if len(stack) == 0 && (tok != json.Delim('{') || top != nil) {
			return nil, errs.New(errs.Malformed, "The body must be one JSON object.")
		}
		if n := len(stack) - 1; n >= 0 && stack[n].expect {
			if key, isKey := tok.(string); isKey {
				if stack[n].seen[key] {
					return nil, errs.New(errs.Malformed, "The key %q stands twice in the body.", key)
				}
				stack[n].seen[key] = true
				stack[n].expect = false
				if n == 0 {
					top = append(top, member{name: key})
				}
				continue
			}
		}
		switch tok {
		case nil:
			if len(stack) == 1 {
				top[len(top)-1].null = true
			}
		case json.Delim('{'):
			stack = append(stack, level{seen: map[string]bool{}, expect: true})
			if top == nil {
				top = []member{}
			}
		case json.Delim('['):
			stack = append(stack, level{})
		case json.Delim('}'), json.Delim(']'):
			stack = stack[:len(stack)-1]
		}
		if len(stack) > maxDepth {
			return nil, errs.New(errs.Malformed, "The body is nested too deeply.")
		}
		if n := len(stack) - 1; n >= 0 && stack[n].seen != nil && tok != json.Delim('{') {
			stack[n].expect = true
		}
	}
}

// bodyFields are the fields of each type of body, found once.
var bodyFields sync.Map // of reflect.Type to map[string]reflect.StructField

func fieldsOf(t reflect.Type) map[string]reflect.StructField {
	if known, ok := bodyFields.Load(t); ok {
		return known.(map[string]reflect.StructField)
	}
	fields := map[string]reflect.StructField{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			fields[name] = t.Field(i)
		}
	}
	bodyFields.Store(t, fields)
	return fields
}

func takesNull(f reflect.StructField) bool {
	return f.Type.Kind() == reflect.Pointer && f.Tag.Get("null") != "no" || f.Type == reflect.TypeFor[json.RawMessage]()
}

func jsonName(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	default:
		return "a whole number"
	}
}

func article(value string) string {
	switch {
	case strings.HasPrefix(value, "number"):
		return "this number"
	case value == "array" || value == "object":
		return "an " + value
	}
	return "a " + value
}

// ID reads a path parameter. What is no id cannot exist, so it is NotFound.
func ID(c echo.Context, name string) (int64, error) {
	id, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || id <= 0 {
		return 0, errs.Missing(name)
	}
	return id, nil
}

// IfMatch is the revision that the client based its change on (RFC 9110, section 13.1.1, with exactly one strong tag).
// Missing is PreconditionRequired.
func IfMatch(c echo.Context) (int64, error) {
	tag := c.Request().Header.Get("If-Match")
	if tag == "" {
		return 0, errs.New(errs.PreconditionRequired, "Say with If-Match which revision the change is based on.")
	}
	digits, ok := strings.CutPrefix(tag, `"`)
	digits, closed := strings.CutSuffix(digits, `"`)
	revision, err := strconv.ParseInt(digits, 10, 64)
	if !ok || !closed || err != nil || revision <= 0 {
		return 0, errs.New(errs.Malformed, `If-Match takes one revision in quotes, such as "3".`)
	}
	return revision, nil
}

// maxKey is how long an Idempotency-Key may be, in bytes.
const maxKey = 200

// IdempotencyKey is the key of a request that creates something, "" where there is none, and what must be the same when it
// comes again: the method, the path and the decoded body's bytes.
func IdempotencyKey(c echo.Context) (key string, same []byte, err error) {
	key = c.Request().Header.Get("Idempotency-Key")
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", nil, &errs.Error{Code: errs.Invalid, Message: "The Idempotency-Key cannot be used.", Fields: errs.Fields{"Idempotency-Key": fmt.Sprintf("At most %d printable ASCII characters.", maxKey)}}
	}
	if key == "" {
		return "", nil, nil
	}
	body, _ := c.Get(bodyKey).([]byte)
	return key, slices.Concat([]byte(c.Request().Method+" "+c.Request().URL.Path+"\n"), body), nil
}
