package comments

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"galley/access"
	"galley/store/storetest"
)

// Each filter has an index: a page of a long talk is found without walking through it and without sorting it.
func TestFiltersHaveAnIndex(t *testing.T) {
	db := storetest.Open(t)
	for name, row := range map[string]struct {
		f    Filter
		want []string
	}{
		"all":                     {Filter{}, []string{"c USING INDEX comments_by_project (project_id=?)"}},
		"the next page":           {Filter{After: 9}, []string{"c USING INDEX comments_by_project (project_id=? AND id<?)"}},
		"of an item":              {Filter{ItemID: 3}, []string{"c USING INDEX comments_by_item (item_id=?)"}},
		"settled":                 {Filter{State: ThreadSettled}, []string{"c USING INDEX comments_by_state (project_id=? AND settled=?)"}},
		"mine":                    {Filter{Mine: true}, []string{"c USING INDEX comments_by_author (project_id=? AND author_id=?)"}},
		"mentioning me":           {Filter{ToMe: true}, []string{"m USING PRIMARY KEY (user_id=?)", "c USING INTEGER PRIMARY KEY (rowid=?)"}},
		"mentioning me, the next": {Filter{ToMe: true, After: 9}, []string{"m USING PRIMARY KEY (user_id=? AND comment_id<?)", "c USING INTEGER PRIMARY KEY (rowid=?)"}},
	} {
		var plan []struct{ Detail string }
		where, args := row.f.where(access.Actor{UserID: 2}, 1)
		err := db.Read(t.Context(), func(tx *gorm.DB) error { return tx.Raw(`EXPLAIN QUERY PLAN `+columns+where, args...).Scan(&plan).Error })
		if err != nil {
			t.Fatal(err)
		}
		var steps []string
		for _, p := range plan {
			steps = append(steps, p.Detail)
		}
		all := strings.Join(steps, "; ")
		for _, want := range row.want {
			if !strings.Contains(all, want) || strings.Contains(all, "ORDER BY") {
				t.Errorf("%s: got %s, want %s", name, all, want)
			}
		}
	}
}
