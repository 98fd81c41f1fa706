package content

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Kinds of fields, with what a value is in JSON.
const (
	Text      = "text"      // one line
	Markdown  = "markdown"  // many lines
	Number    = "number"    // a number, or null
	Boolean   = "boolean"   // true or false
	Date      = "date"      // a day such as "2026-12-24", or null
	Choice    = "choice"    // one of the field's choices, or null
	Reference = "reference" // a content item's id or null; where there may be many, a list of ids
)

var kinds = []string{Text, Markdown, Number, Boolean, Date, Choice, Reference}

// maxReferences is how many ids a field with many references takes where its type says nothing.
const maxReferences = 100

// Field is one field of a content type.
type Field struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Kind     string   `json:"kind"`
	Required bool     `json:"required"` // before the item can go out, not before it can be saved
	Help     string   `json:"help"`
	Max      *float64 `json:"max,omitempty"`     // characters of a text, the largest number, or how many references
	Min      *float64 `json:"min,omitempty"`     // the smallest number
	Choices  []string `json:"choices,omitempty"` // of a choice
	Many     bool     `json:"many,omitempty"`    // more than one reference
	Types    []string `json:"types,omitempty"`   // what may be referred to; all types where it is empty
}

func (f Field) isText() bool { return f.Kind == Text || f.Kind == Markdown }

// check refuses a declaration that could not work.
func (f Field) check() error {
	if f.Label == "" {
		return errors.New("it has no label")
	}
	if !slices.Contains(kinds, f.Kind) {
		return fmt.Errorf("the kind %q is none of %s", f.Kind, strings.Join(kinds, ", "))
	}
	for _, wrong := range []struct {
		is  bool
		why string
	}{
		{f.isText() && f.Max == nil, "it needs a max, in characters"},
		{f.Max != nil && f.Kind != Number && !f.isText() && !f.Many, "max is for texts, numbers and many references"},
		{f.Max != nil && f.Kind != Number && (*f.Max < 1 || *f.Max != math.Trunc(*f.Max)), "max must be a whole number above 0"},
		{f.Min != nil && f.Kind != Number, "min is for numbers"},
		{f.Min != nil && f.Max != nil && *f.Min > *f.Max, "min is above max"},
		{f.Kind == Choice && len(f.Choices) == 0, "it needs choices"},
		{f.Kind != Choice && f.Choices != nil, "choices are for the kind choice"},
		{slices.Contains(f.Choices, "") || len(slices.Compact(slices.Sorted(slices.Values(f.Choices)))) < len(f.Choices), "a choice is empty, or stands twice"},
		{f.Kind != Reference && (f.Many || f.Types != nil), "many and types are for references"},
		{f.Kind == Boolean && f.Required, "required says nothing of a boolean: it is always true or false"},
	} {
		if wrong.is {
			return errors.New(wrong.why)
		}
	}
	return nil
}

// empty is what a field holds before anybody has written into it.
func (f Field) empty() any {
	switch {
	case f.isText():
		return ""
	case f.Kind == Boolean:
		return false
	case f.Many:
		return []int64{}
	}
	return nil
}

// isEmpty tells whether a stored value of the field says nothing. What is not of the field's kind says nothing.
func (f Field) isEmpty(v any) bool {
	switch v := f.fit(v).(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []int64:
		return len(v) == 0
	}
	return false
}

// fit is a stored value as far as the field has room for it: its declaration may have changed since. A text is never lost,
// even where it has become too long.
func (f Field) fit(v any) any {
	if s, ok := v.(string); ok && f.isText() {
		return s
	}
	fitting, wrong := f.read(v)
	if wrong != "" {
		return f.empty()
	}
	return fitting
}

// read brings a value as it was sent or stored into the field's form, or says what is wrong with it.
func (f Field) read(v any) (fitting any, wrong string) {
	if v == nil {
		return f.empty(), ""
	}
	switch f.Kind {
	case Text, Markdown:
		return f.readText(v)
	case Number:
		return f.readNumber(v)
	case Boolean:
		if b, ok := v.(bool); ok {
			return b, ""
		}
		return nil, "This should be true or false."
	case Date:
		return readDate(v)
	case Choice:
		switch s, ok := v.(string); {
		case ok && s == "":
			return nil, ""
		case ok && slices.Contains(f.Choices, s):
			return s, ""
		}
		return nil, fmt.Sprintf("One of: %s.", strings.Join(f.Choices, ", "))
	}
	return f.readReference(v)
}

func (f Field) readText(v any) (any, string) {
	s, ok := v.(string)
	if !ok {
		return nil, "This should be a text."
	}
	if f.Kind == Text && strings.ContainsAny(s, "\n\r") {
		return nil, fmt.Sprintf("%s is one line.", f.Label)
	}
	if n := utf8.RuneCountInString(s); float64(n) > *f.Max {
		return nil, fmt.Sprintf("At most %.0f characters; this has %d.", *f.Max, n)
	}
	return s, ""
}

func (f Field) readNumber(v any) (any, string) {
	n, ok := v.(float64)
	switch {
	case !ok:
		return nil, "This should be a number, or null."
	case f.Min != nil && n < *f.Min:
		return nil, "At least " + decimal(*f.Min) + "."
	case f.Max != nil && n > *f.Max:
		return nil, "At most " + decimal(*f.Max) + "."
	}
	return n, ""
}

func decimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func readDate(v any) (any, string) {
	s, ok := v.(string)
	if ok && s == "" {
		return nil, ""
	}
	if _, err := time.Parse(time.DateOnly, s); !ok || err != nil {
		return nil, "A day such as 2026-12-24, or null."
	}
	return s, ""
}

func (f Field) readReference(v any) (any, string) {
	if !f.Many {
		if id, ok := readID(v); ok {
			return id, ""
		}
		return nil, "This should be a content item's id, or null."
	}
	list, ok := v.([]any)
	if own, isOwn := v.([]int64); isOwn {
		for _, id := range own {
			list = append(list, id)
		}
		ok = true
	}
	ids := []int64{}
	for _, one := range list {
		id, isID := readID(one)
		ok = ok && isID
		if slices.Contains(ids, id) {
			return nil, "The same content stands here twice."
		}
		ids = append(ids, id)
	}
	if !ok {
		return nil, "This should be a list of content items' ids."
	}
	if most := f.mostReferences(); len(ids) > most {
		return nil, fmt.Sprintf("At most %d; these are %d.", most, len(ids))
	}
	return ids, ""
}

func (f Field) mostReferences() int {
	if f.Max != nil {
		return int(*f.Max)
	}
	return maxReferences
}

// readID reads an id from JSON, where every number is a float, or one that was read before.
func readID(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case float64:
		return int64(n), n >= 1 && n <= 1<<53 && n == math.Trunc(n)
	}
	return 0, false
}
