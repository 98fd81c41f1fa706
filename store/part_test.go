package store_test

import (
	"errors"
	"slices"
	"testing"

	"gorm.io/gorm"

	"galley/errs"
	"galley/store"
)

// A refused part leaves nothing: no row, nothing gathered for the end, nothing to be handed over; the action goes on.
func TestPartIsUndoneAlone(t *testing.T) {
	db := open(t)
	var flushed, emitted []string
	db.OnCommitted(func(all []any) {
		for _, v := range all {
			emitted = append(emitted, v.(string))
		}
	})
	flush := func(_ *gorm.DB, all []string) error { flushed = append(flushed, all...); return nil }
	numbers := 0
	note := func(tx *gorm.DB, text string) error {
		store.Collect(tx, text, flush)
		store.Emit(tx, text)
		return add(text)(tx)
	}
	write(t, db, func(tx *gorm.DB) error {
		for _, text := range []string{"one", "no", "two", "no", "three"} {
			refusal, err := store.Part(tx, func(tx *gorm.DB) error {
				if err := note(tx, text); err != nil {
					return err
				}
				if text == "no" {
					store.Collect(tx, 1, func(_ *gorm.DB, all []int) error { numbers += len(all); return nil })
					return errs.New(errs.Conflict, "no")
				}
				return nil
			})
			if err != nil {
				return err
			}
			if got, want := errs.CodeOf(refusal), text == "no"; (got == errs.Conflict) != want {
				t.Errorf("%s: got %v", text, refusal)
			}
		}
		return note(tx, "four")
	})
	want := []string{"one", "two", "three", "four"}
	if !slices.Equal(flushed, want) || !slices.Equal(emitted, want) || numbers != 0 {
		t.Errorf("flushed %v and %d numbers, handed over %v, want %v", flushed, numbers, emitted, want)
	}
	if n := count(t, db, "text <> 'no'"); n != 4 || count(t, db, "TRUE") != 4 {
		t.Errorf("%d rows are left", n)
	}
}

// Trouble that nobody expected is the whole action's.
func TestPartThatFailsEndsTheAction(t *testing.T) {
	db := open(t)
	broken := errors.New("broken")
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := add("before")(tx); err != nil {
			return err
		}
		refusal, err := store.Part(tx, func(*gorm.DB) error { return broken })
		if refusal != nil {
			t.Errorf("got the refusal %v", refusal)
		}
		return err
	})
	if !errors.Is(err, broken) || count(t, db, "TRUE") != 0 {
		t.Errorf("got %v, and %d rows", err, count(t, db, "TRUE"))
	}
}
