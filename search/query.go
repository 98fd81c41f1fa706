package search

import (
	"gorm.io/gorm"

	"galley/access"
	"galley/projects"
	"galley/store"
)

// projectsNamed are the projects that the text finds. There are never so many that reading their names takes long.
func projectsNamed(tx *gorm.DB, a access.Actor, q Query) ([]Hit, error) {
	return read(tx, q, Project, `SELECT p.id, p.name, u.name, p.state FROM projects p JOIN users u ON u.id = p.owner_id WHERE `+projects.Visible+` ORDER BY p.id DESC`, projects.VisibleTo(a)...)
}

// peopleNamed are the people that the text finds by name or handle. Who is disabled is found by admins alone.
func peopleNamed(tx *gorm.DB, a access.Actor, q Query) ([]Hit, error) {
	return read(tx, q, Person, `SELECT id, name, '@' || handle, role FROM users WHERE NOT disabled OR ? ORDER BY id DESC`, a.IsAdmin())
}

// read keeps of the rows those that the text finds, as many as are wanted.
func read(tx *gorm.DB, q Query, kind, query string, args ...any) ([]Hit, error) {
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, query, args...)
	if err != nil {
		return nil, store.Fault(err, kind)
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var all []Hit
	for rows.Next() {
		h := Hit{Kind: kind}
		if err := rows.Scan(&h.ID, &h.Title, &h.Context, &h.State); err != nil {
			return nil, store.Fault(err, kind)
		}
		all = append(all, h)
	}
	found := called(all, q.Text)
	return found[:min(q.Limit, len(found))], store.Fault(rows.Err(), kind)
}
