package content_test

import (
	"fmt"
	"testing"

	"galley/content"
	"galley/store/storetest"
)

// However many the words find, a list by words has its pages, its order and its limits as any other.
func TestListByWordsOfMany(t *testing.T) {
	for _, many := range []int{900, 1100} { // on either side of where the list is read another way
		t.Run(fmt.Sprint(many), func(t *testing.T) {
			e := newEnv(t)
			parent := e.page(t, e.anna, "Parent")
			const numbers = `WITH RECURSIVE n(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM n WHERE n < ?) `
			for _, query := range []string{
				`INSERT INTO content_items (id, type, parent_id, position, created_by, created_at) ` + numbers + `SELECT n, 'page', CASE WHEN n % 2 THEN 1 END, -n, 1, '2026-05-04 10:00:00' FROM n`,
				`INSERT INTO versions (id, content_id, number, language, state, slug, title, fields, created_by, saved_by, saved_at, created_at) ` + numbers +
					`SELECT n, n, 1, 'en', 'draft', '', 'Page ' || n, '{}', 1, 1, '2026-05-04 10:00:00', '2026-05-04 10:00:00' FROM n`,
				`INSERT INTO content_words (docid, title, slug) ` + numbers + `SELECT n, 'page ' || n, '' FROM n`,
			} {
				storetest.Exec(t, e.db, query, 100+many)
			}
			storetest.Exec(t, e.db, `INSERT INTO project_items (project_id, content_id, language, version_id, position, added_by, created_at) VALUES (?, ?, 'en', ?, 1, 1, '2026-05-04 10:00:00')`, e.secret, 100+many, 100+many)
			newest := 100 + many
			titles := func(from, step int) []string {
				return []string{fmt.Sprint("Page ", from), fmt.Sprint("Page ", from+step), fmt.Sprint("Page ", from+2*step)}
			}
			same(t, "newest first", e.list(t, e.anna, content.Filter{Query: "pa", Limit: 2}), titles(newest, -1))
			same(t, "without what is hidden", e.list(t, e.tomas, content.Filter{Query: "pa", Limit: 2}), titles(newest-1, -1))
			same(t, "the next page", e.list(t, e.tomas, content.Filter{Query: "pa", Limit: 2, After: 500}), titles(499, -1))
			same(t, "below a parent, in its order", e.list(t, e.tomas, content.Filter{Query: "pa", Limit: 2, ParentID: parent.ID}), titles(newest-1, -2))
			same(t, "one of them", e.list(t, e.tomas, content.Filter{Query: "page 777"}), []string{"Page 777"})
		})
	}
}
