package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"

	"gorm.io/gorm"
)

// snapshot runs fn in a transaction of the connection. Its begin and end have no deadline: under one the driver gives every
// statement a goroutine of its own, and the end must come in any case.
func snapshot(tx *gorm.DB, fn func(tx *gorm.DB) error) (err error) {
	conn := tx.Statement.ConnPool.(*sql.Conn)
	if _, err := conn.ExecContext(context.Background(), "BEGIN"); err != nil {
		return err
	}
	defer func() {
		if _, stuck := conn.ExecContext(context.Background(), "COMMIT"); stuck != nil {
			discard := func(any) error { return sqldriver.ErrBadConn } // in the pool it would show others this snapshot
			err = errors.Join(err, stuck, conn.Raw(discard))
		}
	}()
	return fn(tx.Session(&gorm.Session{}))
}
