package store

import (
	"gorm.io/gorm"

	"galley/errs"
)

// Part runs fn as a part of the action of tx: when it is refused, all that it did and gathered is undone, and the action may
// go on. refusal is expected trouble of the part alone; err ends the action.
func Part(tx *gorm.DB, fn func(tx *gorm.DB) error) (refusal, err error) {
	u := unitOf(tx)
	mark := u.mark()
	if err := tx.Exec("SAVEPOINT part").Error; err != nil {
		return nil, unavailable(err)
	}
	failed := fn(tx)
	if failed == nil {
		return nil, wrapLost(tx.Exec("RELEASE part").Error)
	}
	if code := errs.CodeOf(failed); code == errs.Internal || code == errs.Unavailable {
		return nil, failed
	}
	open, err := u.driver.inTransaction(tx)
	if err != nil || !open {
		return nil, unavailable(failed)
	}
	if err := tx.Exec("ROLLBACK TO part").Error; err != nil {
		return nil, unavailable(err)
	}
	u.undo(mark)
	return failed, wrapLost(tx.Exec("RELEASE part").Error)
}

// waypoint is how much a unit had gathered.
type waypoint struct {
	before, emitted int
	sizes           []int
}

func (u *unit) mark() waypoint {
	m := waypoint{before: len(u.before), emitted: len(u.emitted)}
	for _, c := range u.collected {
		m.sizes = append(m.sizes, c.size())
	}
	return m
}

func (u *unit) undo(m waypoint) {
	u.before, u.emitted, u.collected = u.before[:m.before], u.emitted[:m.emitted], u.collected[:len(m.sizes)]
	for i, size := range m.sizes {
		u.collected[i].cut(size)
	}
}
