package content

import (
	"gorm.io/gorm"

	"galley/access"
	"galley/projects"
	"galley/store"
	"galley/words"
)

// Filter narrows the list of content. Each item is shown in the language, else in the default one, else as what it has.
type Filter struct {
	ParentID int64 // only what is right below it, in its order
	Root     bool  // only what has no parent, in its order
	Trash    bool  // only what is in the trash, which is nowhere else
	Type     string
	Query    string // words of a title or slug, or how they begin
	Language string
	After    int64 // id of the last item of the page before
	Limit    int
}

// shown is the one version of an item c by which it stands in a list: the newest that the eyes may see in the best language.
const shown = shownOf + bestFirst

const (
	shownOf   = `(SELECT v.id FROM versions v ` + holder + ` WHERE v.content_id = c.id AND ` + seen
	bestFirst = ` ORDER BY v.language = ? DESC, v.language = '` + defaultLanguage + `' DESC, v.number DESC LIMIT 1)`
)

// shownOfFound is shown where only versions that the words match are meant.
const shownOfFound = shownOf + ` AND v.id IN (SELECT docid FROM content_words WHERE content_words MATCH ?)` + bestFirst

// few is up to how many versions are read one by one when they were found by words; more are met soon enough by going
// through the list itself.
const few = 1000

// list is a page of the content that the actor may see: in the order of the tree below one parent, else newest first.
func list(tx *gorm.DB, a access.Actor, f Filter) ([]Node, error) {
	and, args, err := which(tx, a, f)
	if err != nil || and == "" {
		return nil, err
	}
	order := ` ORDER BY c.id DESC`
	switch {
	case f.Root || f.ParentID > 0:
		var parent *int64
		if !f.Root {
			parent = &f.ParentID
		}
		and, args = and+` AND c.parent_id IS ?`, append(args, parent)
		order = ` ORDER BY c.position, c.id`
		if f.After > 0 {
			and, args = and+` AND (c.position, c.id) > (SELECT position, id FROM content_items WHERE id = ?)`, append(args, f.After)
		}
	case f.After > 0:
		and, args = and+` AND c.id < ?`, append(args, f.After)
	}
	if f.Type != "" {
		and, args = and+` AND c.type = ?`, append(args, f.Type)
	}
	if f.Trash {
		and += ` AND c.trashed_at IS NOT NULL`
	} else {
		and += ` AND c.trashed_at IS NULL`
	}
	found, err := items(tx, of(a), and+order+` LIMIT ?`, append(args, f.Limit+1)...)
	if err != nil {
		return nil, err
	}
	return nodes(tx, a, found)
}

// which names the version by which each item stands in the list, "" where nothing can be found.
func which(tx *gorm.DB, a access.Actor, f Filter) (and string, args []any, err error) {
	if f.Query == "" {
		return `AND v.id = ` + shown, of(a).args(f.Language), nil
	}
	match := matching(words.Split(f.Query))
	if match == "" {
		return "", nil, nil
	}
	var found int
	err = tx.Raw(`SELECT count(*) FROM (SELECT 1 FROM content_words WHERE content_words MATCH ? LIMIT ?)`, match, few+1).Scan(&found).Error
	and, args = `AND v.id = `+shownOfFound, of(a).args(match, f.Language)
	if found <= few {
		and = `AND c.id IN (SELECT o.content_id FROM content_words w JOIN versions o ON o.id = w.docid WHERE content_words MATCH ?) ` + and
		args = append([]any{match}, args...)
	}
	return and, args, store.Fault(err, "content item")
}

// node is one item as a list shows it. NotFound where the actor may see no version of it.
func node(tx *gorm.DB, a access.Actor, id int64) (Node, error) {
	it, err := one(tx, of(a), `AND c.id = ? AND v.id = `+shown, append([]any{id}, of(a).args(defaultLanguage)...)...)
	if err != nil {
		return Node{}, err
	}
	it.Fields = nil
	all, err := nodes(tx, a, []Item{it})
	if err != nil {
		return Node{}, err
	}
	return all[0], nil
}

// nodes adds to the items what stands around them: four queries for any number.
func nodes(tx *gorm.DB, a access.Actor, all []Item) ([]Node, error) {
	out, at, ids := make([]Node, len(all)), map[int64]*Node{}, make([]int64, len(all))
	for i, it := range all {
		out[i] = Node{Item: it}
		at[it.ID], ids[i] = &out[i], it.ID
	}
	if len(all) == 0 {
		return out, nil
	}
	if err := countChildren(tx, a, ids, at); err != nil {
		return nil, err
	}
	found, err := languages(tx, a, ids)
	if err != nil {
		return nil, err
	}
	held, err := holders(tx, a, all...)
	for i := range out {
		out[i].Languages, out[i].HeldBy = found[out[i].ID], held[i]
	}
	return out, err
}

// languages are those of each item, as far as the actor may see a version in them.
func languages(tx *gorm.DB, a access.Actor, ids []int64) (map[int64][]Language, error) {
	var found []struct {
		ContentID int64
		Language
	}
	err := tx.Raw(`SELECT content_id, language, state, live FROM (SELECT v.content_id, v.language, v.state, l.version_id IS NOT NULL AS live,
		row_number() OVER (PARTITION BY v.content_id, v.language ORDER BY v.number DESC) AS age
		FROM versions v `+holder+` LEFT JOIN live l ON l.content_id = v.content_id AND l.language = v.language
		WHERE v.content_id IN ? AND `+seen+`) WHERE age = 1 ORDER BY content_id, language`, of(a).args(ids)...).Scan(&found).Error
	out := map[int64][]Language{}
	for _, f := range found {
		out[f.ContentID] = append(out[f.ContentID], f.Language)
	}
	return out, store.Fault(err, "content item")
}

// countChildren counts what is right below each item, and takes off what stands in projects that the actor may not see and
// nowhere else, which is little: CROSS JOIN begins with that.
func countChildren(tx *gorm.DB, a access.Actor, ids []int64, at map[int64]*Node) error {
	var all, hidden []struct {
		ParentID int64
		N        int
	}
	err := tx.Raw(`SELECT parent_id, count(*) AS n FROM content_items WHERE parent_id IN ? AND trashed_at IS NULL GROUP BY parent_id`, ids).Scan(&all).Error
	if err != nil || len(all) == 0 {
		return store.Fault(err, "content item")
	}
	args := append(projects.VisibleTo(a), ids)
	err = tx.Raw(`SELECT c.parent_id, count(DISTINCT c.id) AS n FROM projects p CROSS JOIN project_items o ON o.project_id = p.id CROSS JOIN content_items c ON c.id = o.content_id
		WHERE NOT `+projects.Visible+` AND c.parent_id IN ? AND c.trashed_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM versions v `+holder+` WHERE v.content_id = c.id AND `+seen+`) GROUP BY c.parent_id`, append(args, of(a).args()...)...).Scan(&hidden).Error
	for _, c := range all {
		at[c.ParentID].Children = c.N
	}
	for _, c := range hidden {
		at[c.ParentID].Children -= c.N
	}
	return store.Fault(err, "content item")
}
