package store

import "gorm.io/gorm"

// Insert runs an INSERT and returns the new row's id; 0 where ON CONFLICT DO NOTHING let nothing in. SQLite knows the id
// without RETURNING, which would take as long again as the row.
func Insert(tx *gorm.DB, query string, args ...any) (id int64, err error) {
	done, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, query, args...)
	if err != nil {
		return 0, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return 0, err
	}
	return done.LastInsertId()
}

// IDs runs a query of one column and returns its values.
func IDs(tx *gorm.DB, query string, args ...any) ([]int64, error) {
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
