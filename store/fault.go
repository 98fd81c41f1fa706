package store

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"galley/errs"
)

// Fault turns what gorm returned into an error of the house: a missing row is NotFound for the named thing, a duplicate or
// a broken reference a Conflict, a full disk or a locked file Unavailable. Anything else keeps its cause and is internal.
func Fault(err error, thing string) error {
	var known *errs.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, gorm.ErrRecordNotFound):
		return errs.Missing(thing)
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return errs.New(errs.Conflict, "There is such a %s already.", thing)
	case errors.Is(err, gorm.ErrForeignKeyViolated):
		return errs.New(errs.Conflict, "The %s names something that is gone, or something still needs it.", thing)
	case cannotWrite(err):
		return unavailable(err)
	}
	return fmt.Errorf("store: %s: %w", thing, err)
}

// outage is Unavailable to the caller and keeps its cause for the log.
type outage struct{ refusal, cause error }

func (o outage) Error() string   { return o.refusal.Error() + ": " + o.cause.Error() }
func (o outage) Unwrap() []error { return []error{o.refusal, o.cause} }

func unavailable(cause error) error {
	return outage{errs.New(errs.Unavailable, "The database cannot take changes right now. Nothing was saved; try again in a moment."), cause}
}
