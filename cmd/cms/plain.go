package main

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"galley/errs"
)

// plain words an error of the house for the terminal: its sentence and what is wrong with each field.
func plain(err error) error {
	var e *errs.Error
	if !errors.As(err, &e) || e.Code == errs.Internal {
		return err
	}
	lines := []string{e.Message}
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		if e.Fields[field] != e.Message {
			lines = append(lines, "  "+field+": "+e.Fields[field])
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}
