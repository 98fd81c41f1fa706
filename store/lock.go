package store

import (
	"errors"
	"fmt"
	"os"

	"galley/errs"
)

// lockSuffix names the file beside the database that says who has it open. It is never removed: whoever waited for a
// removed one would hold a lock that nobody sees.
const lockSuffix = "-lock"

// errHeld is what lock returns where somebody else has a lock that excludes ours.
var errHeld = errors.New("store: held by another process")

// hold locks the database, shared by all who have it open, or alone to put another in its place.
func hold(file string, alone bool) (*os.File, error) {
	f, err := os.OpenFile(file+lockSuffix, os.O_RDONLY|os.O_CREATE, 0o644) // readable to all: the server may run as somebody else than the command line
	if err != nil {
		return nil, err
	}
	err = lock(f, alone)
	switch {
	case err == nil || errors.Is(err, errors.ErrUnsupported): // a file system without locks does not stop Galley
		return f, nil
	case errors.Is(err, errHeld) && alone:
		err = inUse(file)
	case errors.Is(err, errHeld):
		err = errs.New(errs.Unavailable, "%s is being restored. Try again when that is done.", file)
	default:
		err = fmt.Errorf("store: lock %s: %w", file, err)
	}
	return nil, errors.Join(err, f.Close())
}

func inUse(file string) error {
	return errs.New(errs.Conflict, "%s is in use. Stop Galley, and whatever else has it open, first.", file)
}
