package content

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"galley/access"
	"galley/store"
	"galley/words"
)

// wordsOf are the words by which a version is found: those of its title, and those of its slug where it says more.
func wordsOf(title, slug string) (ofTitle, ofSlug string) {
	if slug != slugOf(title) {
		ofSlug = strings.Join(words.Split(slug), " ")
	}
	return strings.Join(words.Split(title), " "), ofSlug
}

// keepWords lets the version be found by its title and its slug.
func keepWords(tx *gorm.DB, versionID int64, title, slug string) error {
	ofTitle, ofSlug := wordsOf(title, slug)
	return store.Fault(tx.Exec(`INSERT OR REPLACE INTO content_words (docid, title, slug) VALUES (?, ?, ?)`, versionID, ofTitle, ofSlug).Error, "version")
}

// forgetWords lets versions be found no more that another one has followed.
func forgetWords(tx *gorm.DB, contentID int64, language string) error {
	return store.Fault(tx.Exec(`DELETE FROM content_words WHERE docid IN (SELECT id FROM versions WHERE content_id = ? AND language = ? AND state = 'previously_published')`,
		contentID, language).Error, "version")
}

// IndexWords keeps the words of all versions that can be found, where none are kept: in a database that is older than this.
func (s *Service) IndexWords(ctx context.Context) error {
	return s.db.WriteAlone(ctx, func(tx *gorm.DB) error {
		var versions []struct {
			ID          int64
			Title, Slug string
		}
		err := tx.Raw(`SELECT v.id, v.title, v.slug FROM versions v WHERE NOT EXISTS (SELECT 1 FROM content_words)
			AND (v.state <> 'previously_published' OR v.id = (SELECT max(o.id) FROM versions o WHERE o.content_id = v.content_id AND o.language = v.language))`).Scan(&versions).Error
		if err != nil {
			return store.Fault(err, "version")
		}
		for _, v := range versions {
			if err := keepWords(tx, v.ID, v.Title, v.Slug); err != nil {
				return err
			}
		}
		return nil
	})
}

// matching is what finds versions with a word that begins with each of the wanted ones; "" where none is wanted.
func matching(wanted []string) string {
	if len(wanted) == 0 {
		return ""
	}
	return strings.Join(wanted, "* ") + "*"
}

// Found is a version that was found.
type Found struct {
	ID        int64
	Type      string
	Language  string
	Title     string
	Path      string
	State     string
	ProjectID *int64 // the project that holds it, where the actor sees that, and its item there
	ItemID    *int64
	Rank      int // 0 where the title is what was asked for, 1 where it begins so, 2 for the others
}

// beyond is how many more versions are looked at than are wanted: those of one item are found together.
const beyond = 3

// Find finds content by words of its titles and slugs, or by a part of its path where the text has a slash: an item once, as
// the version that fits best, the best ones first and newer ones before older ones. The trash is left out.
func Find(tx *gorm.DB, a access.Actor, text string, limit int) ([]Found, error) {
	if strings.Contains(text, "/") {
		return findPath(tx, a, words.Fold(text), limit)
	}
	wanted := words.Split(text)
	if len(wanted) == 0 {
		return nil, nil
	}
	// Titles that begin so may be old, and must not be lost among the others.
	all, err := find(tx, a, "title:^"+strings.Join(wanted, "* title:")+"*", "", limit*beyond)
	if err != nil {
		return nil, err
	}
	rest, err := find(tx, a, matching(wanted), "", limit*beyond)
	return best(append(all, rest...), words.Fold(strings.TrimSpace(text)), limit), err
}

// alike is how many versions with such a slug are looked at for one with the path.
const alike = 1000

// findPath finds what has the text in its path, the last part being how a slug begins.
func findPath(tx *gorm.DB, a access.Actor, text string, limit int) ([]Found, error) {
	path := "/" + strings.Trim(text, " /")
	slug := path[strings.LastIndex(path, "/")+1:]
	wanted := words.Split(slug)
	if len(wanted) == 0 {
		return nil, nil
	}
	all, err := find(tx, a, matching(wanted), slug, alike)
	all = slices.DeleteFunc(all, func(f Found) bool { return !strings.Contains("/"+f.Path, path) })
	return best(all, slug, limit), err
}

// best ranks what was found and keeps one version of each item.
func best(all []Found, text string, limit int) []Found {
	for i := range all {
		title := words.Fold(all[i].Title)
		switch {
		case title == text:
		case strings.HasPrefix(title, text):
			all[i].Rank = 1
		default:
			all[i].Rank = 2
		}
	}
	slices.SortStableFunc(all, func(a, b Found) int { return cmp.Compare(a.Rank, b.Rank) })
	seen := map[int64]bool{}
	all = slices.DeleteFunc(all, func(f Found) bool {
		again := seen[f.ID]
		seen[f.ID] = true
		return again
	})
	return all[:min(limit, len(all))]
}

// find reads the versions that the words match, whose slugs begin so, and that the actor may see, newest first, up to limit.
func find(tx *gorm.DB, a access.Actor, match, slug string, limit int) ([]Found, error) {
	rows, err := tx.Raw(`SELECT c.id, c.type, c.parent_id, v.language, v.title, v.slug, v.state, h.project_id, h.id
		FROM content_words w CROSS JOIN versions v ON v.id = w.docid CROSS JOIN content_items c ON c.id = v.content_id `+holder+`
		WHERE content_words MATCH ? AND substr(v.slug, 1, length(?)) = ? AND c.trashed_at IS NULL AND `+seen+` ORDER BY w.docid DESC LIMIT ?`,
		of(a).args(match, slug, slug, limit)...).Rows()
	if err != nil {
		return nil, store.Fault(err, "content item")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var found []Item
	for rows.Next() {
		var it Item
		err := rows.Scan(&it.ID, &it.Type, &it.ParentID, &it.Language, &it.Title, &it.Slug, &it.State, &it.Version.ProjectID, &it.Version.ItemID)
		if err != nil {
			return nil, store.Fault(err, "content item")
		}
		found = append(found, it)
	}
	if err := rows.Err(); err != nil {
		return nil, store.Fault(err, "content item")
	}
	if err := addPaths(tx, of(a), found); err != nil {
		return nil, err
	}
	out := make([]Found, len(found))
	for i, it := range found {
		out[i] = Found{
			ID: it.ID, Type: it.Type, Language: it.Language, Title: it.Title, Path: it.Path, State: it.State,
			ProjectID: it.Version.ProjectID, ItemID: it.Version.ItemID,
		}
	}
	return out, nil
}
