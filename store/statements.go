package store

import (
	"context"
	sqldriver "database/sql/driver"
	"log/slog"

	"github.com/mattn/go-sqlite3"
)

// logged is a connection that names each statement in the log before it runs. Values are left out: what people write is
// nobody's to read there.
type logged struct {
	*sqlite3.SQLiteConn
	log *slog.Logger
}

func (c logged) statement(ctx context.Context, query string) {
	c.log.LogAttrs(ctx, slog.LevelDebug, "statement", slog.String("sql", query))
}

func (c logged) PrepareContext(ctx context.Context, query string) (sqldriver.Stmt, error) {
	c.statement(ctx, query)
	return c.SQLiteConn.PrepareContext(ctx, query)
}

func (c logged) ExecContext(ctx context.Context, query string, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	c.statement(ctx, query)
	return c.SQLiteConn.ExecContext(ctx, query, args)
}

func (c logged) QueryContext(ctx context.Context, query string, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	c.statement(ctx, query)
	return c.SQLiteConn.QueryContext(ctx, query, args)
}
