package content

import (
	"encoding/json"
	"fmt"
	"strings"

	"galley/errs"
)

// Values are an item's fields by name, each in the form of its kind.
type Values map[string]any

// title is the first field of every type.
func (v Values) title() string {
	s, _ := v["title"].(string)
	return s
}

// normalise checks values against the type and fills in what is absent, so that a version always has all its fields.
func (t Type) normalise(wrong *errs.Fields, given Values) Values {
	out := Values{}
	for _, f := range t.Fields {
		v, why := f.read(given[f.Name])
		if why != "" {
			wrong.Add("fields."+f.Name, "%s", why)
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

// fit takes over what of stored values the type still has room for: its file may have changed since they were written.
func (t Type) fit(stored Values) Values {
	out := Values{}
	for _, f := range t.Fields {
		out[f.Name] = f.fit(stored[f.Name])
	}
	return out
}

// missing are the names of required fields that are empty.
func (t Type) missing(v Values) []string {
	out := []string{}
	for _, f := range t.Fields {
		if f.Required && f.isEmpty(v[f.Name]) {
			out = append(out, f.Name)
		}
	}
	return out
}

// MissingFields are the names of required fields that are empty in a version of the type, from its fields as stored.
func (s *Service) MissingFields(typeName, fields string) ([]string, error) {
	t, err := s.types.of(typeName)
	if err != nil {
		return nil, err
	}
	var v Values
	if err := json.Unmarshal([]byte(fields), &v); err != nil {
		return nil, fmt.Errorf("content: fields: %w", err)
	}
	return t.missing(v), nil
}
