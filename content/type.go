// Package content is what gets published: items in a tree, their versions by language, and what of them is live. It must
// never know how a project decides what goes out.
package content

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"

	"galley/errs"
)

//go:embed types/*.json
var shipped embed.FS

// Type is a content type as its file declares it.
type Type struct {
	Name   string  `json:"name"`
	Label  string  `json:"label"`
	Fields []Field `json:"fields"`
}

// types are all content types, in the order of their names.
type types []Type

// loadTypes reads the types that ship and those of further folders, which add to them or replace them by name. It refuses
// what could not work, with the file and the reason.
func loadTypes(more ...fs.FS) (types, error) {
	var all types
	own, err := fs.Sub(shipped, "types")
	if err != nil {
		return nil, fmt.Errorf("content types: %w", err)
	}
	for _, folder := range append([]fs.FS{own}, more...) {
		found, err := readTypes(folder)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			all = append(slices.DeleteFunc(all, func(old Type) bool { return old.Name == t.Name }), t)
		}
	}
	slices.SortFunc(all, func(a, b Type) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	for _, t := range all {
		if err := all.checkReferences(t); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readTypes reads the type files of one folder.
func readTypes(folder fs.FS) (types, error) {
	names, err := fs.Glob(folder, "*.json")
	if err != nil {
		return nil, fmt.Errorf("content types: %w", err)
	}
	var all types
	from := map[string]string{} // name of a type to its file
	for _, name := range names {
		t, err := readType(folder, name)
		if err == nil && from[t.Name] != "" {
			err = fmt.Errorf("%s declares the type %s already", from[t.Name], t.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("content type in %s: %w", name, err)
		}
		from[t.Name] = name
		all = append(all, t)
	}
	return all, nil
}

func readType(folder fs.FS, name string) (Type, error) {
	raw, err := fs.ReadFile(folder, name)
	if err != nil {
		return Type{}, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var t Type
	if err := dec.Decode(&t); err != nil {
		return Type{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Type{}, errors.New("something stands behind the type")
	}
	return t, t.check()
}

var (
	typeName  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	fieldName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
)

func (t Type) check() error {
	switch {
	case !typeName.MatchString(t.Name):
		return fmt.Errorf("the name %q is not of small letters, digits and single hyphens", t.Name)
	case t.Label == "":
		return errors.New("it has no label")
	case len(t.Fields) == 0 || t.Fields[0].Name != "title" || t.Fields[0].Kind != Text:
		return errors.New("its first field must be a title of kind text")
	}
	seen := map[string]bool{"slug": true} // every version has one beside its fields
	for _, f := range t.Fields {
		switch {
		case !fieldName.MatchString(f.Name):
			return fmt.Errorf("the field name %q is not of small letters, digits and single underscores", f.Name)
		case seen[f.Name]:
			return fmt.Errorf("the field name %s is taken", f.Name)
		}
		if err := f.check(); err != nil {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
		seen[f.Name] = true
	}
	return nil
}

// checkReferences refuses a field that refers to a type that is not there.
func (all types) checkReferences(t Type) error {
	for _, f := range t.Fields {
		for _, name := range f.Types {
			if _, ok := all.named(name); !ok {
				return fmt.Errorf("content type %s: field %s refers to the type %s, which is not there", t.Name, f.Name, name)
			}
		}
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

// of is the type with the name; Conflict where its file is gone.
func (all types) of(name string) (Type, error) {
	t, ok := all.named(name)
	if !ok {
		return Type{}, errs.New(errs.Conflict, "The content type %s is gone.", name)
	}
	return t, nil
}
