package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"

	"galley/migrations"
)

// Migrate brings the database to this binary's schema and tells how many migrations it applied. A database that a newer
// binary has touched is refused: running on it could lose what the newer one added.
func (d *DB) Migrate(ctx context.Context) (applied int, err error) {
	pool, err := d.write.DB()
	if err != nil {
		return 0, err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, pool, migrations.SQLite())
	if err != nil {
		return 0, fmt.Errorf("store: read migrations: %w", err)
	}
	current, err := p.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("store: read the schema version: %w", err)
	}
	if current > Newest() {
		return 0, tooNew("the database", current)
	}
	results, err := p.Up(ctx)
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		return len(partial.Applied), fmt.Errorf("store: migrate: %w", partial.Err)
	}
	if err != nil {
		return 0, fmt.Errorf("store: migrate: %w", err)
	}
	return len(results), nil
}
