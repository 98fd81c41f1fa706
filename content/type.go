// Package content is what gets published: items in a tree, their versions by language, and what of them is live. It must
// never know how a project decides what goes out.
package content

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"galley/errs"
)

//go:embed types/*.json
var typeFiles embed.FS

// Kinds of fields.
const (
	Text     = "text"     // one line
	Markdown = "markdown" // many lines
)

// Type is a content type as its file declares it.
type Type struct {
	Name   string  `json:"name"`
	Label  string  `json:"label"`
	Fields []Field `json:"fields"`
}

// Field is one field of a content type.
type Field struct {
	Name     string `json:"name"`
	Label    string `json:"label"`
	Kind     string `json:"kind"`
	Required bool   `json:"required"` // before the item can go out, not before it can be saved
	Help     string `json:"help"`
	Max      int    `json:"max"` // characters
}

// types are all content types, in the order of their files' names.
type types []Type

// loadTypes reads the type files and refuses what could not work.
func loadTypes(files fs.FS) (types, error) {
	names, err := fs.Glob(files, "types/*.json")
	if err != nil {
		return nil, fmt.Errorf("content: types: %w", err)
	}
	var all types
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("content: types: %w", err)
		}
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		dec.DisallowUnknownFields()
		var t Type
		if err := dec.Decode(&t); err != nil {
			return nil, fmt.Errorf("content: %s: %w", name, err)
		}
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("content: %s: %w", name, err)
		}
		all = append(all, t)
	}
	return all, nil
}

func (t Type) check() error {
	if t.Name == "" || len(t.Fields) == 0 || t.Fields[0].Name != "title" || t.Fields[0].Kind != Text {
		return fmt.Errorf("a type needs a name and, as its first field, a title of kind text")
	}
	seen := map[string]bool{}
	for _, f := range t.Fields {
		switch {
		case f.Name == "" || seen[f.Name]:
			return fmt.Errorf("field %q has no name, or one that is taken", f.Name)
		case f.Kind != Text && f.Kind != Markdown:
			return fmt.Errorf("field %s has the unknown kind %q", f.Name, f.Kind)
		case f.Max <= 0:
			return fmt.Errorf("field %s needs a max", f.Name)
		}
		seen[f.Name] = true
	}
	return nil
}

func (all types) named(name string) (Type, bool) {
	for _, t := range all {
		if t.Name == name {
			return t, true
		}
	}
	return Type{}, false
}

// Values are an item's fields by name.
type Values map[string]string

// normalise checks values against the type and fills in what is absent, so that a version always has all its fields.
func (t Type) normalise(wrong *errs.Fields, given Values) Values {
	out := Values{}
	for _, f := range t.Fields {
		v := given[f.Name]
		if f.Kind == Text && strings.ContainsAny(v, "\n\r") {
			wrong.Add("fields."+f.Name, "%s is one line.", f.Label)
		}
		if n := utf8.RuneCountInString(v); n > f.Max {
			wrong.Add("fields."+f.Name, "At most %d characters; this has %d.", f.Max, n)
		}
		out[f.Name] = v
	}
	for name := range given {
		if _, ok := out[name]; !ok {
			wrong.Add("fields."+name, "A %s has no such field.", strings.ToLower(t.Label))
		}
	}
	return out
}

// missing are the names of required fields that are empty.
func (t Type) missing(v Values) []string {
	out := []string{}
	for _, f := range t.Fields {
		if f.Required && strings.TrimSpace(v[f.Name]) == "" {
			out = append(out, f.Name)
		}
	}
	return out
}

// MissingFields are the names of required fields that are empty in a version of the type, from its fields as stored.
func (s *Service) MissingFields(typeName, fields string) ([]string, error) {
	t, ok := s.types.named(typeName)
	if !ok {
		return nil, errs.New(errs.Conflict, "The content type %s is gone.", typeName)
	}
	var v Values
	if err := json.Unmarshal([]byte(fields), &v); err != nil {
		return nil, fmt.Errorf("content: fields: %w", err)
	}
	return t.missing(v), nil
}
