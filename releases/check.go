package releases

import (
	"slices"

	"gorm.io/gorm"

	"galley/content"
	"galley/store"
)

// check looks at every item of the project that has not gone out yet, in their order: three queries.
func (s *Service) check(tx *gorm.DB, projectID int64) ([]Checked, error) {
	items, err := s.pending(tx, projectID)
	if err != nil {
		return nil, err
	}
	if err := together(tx, items); err != nil {
		return nil, err
	}
	for i := range items {
		slices.SortFunc(items[i].Obstacles, func(a, b Obstacle) int { return slices.Index(obstacles, a) - slices.Index(obstacles, b) })
	}
	return items, nil
}

// pending reads the items that have not gone out, each with what stands in its way by itself.
func (s *Service) pending(tx *gorm.DB, projectID int64) ([]Checked, error) {
	rows, err := tx.Raw(`SELECT i.id, v.title, i.action, c.type, v.fields, v.state, coalesce(lv.number, 0) <> coalesce(v.base, 0),
		EXISTS (SELECT 1 FROM comments k WHERE k.item_id = i.id AND k.blocking AND k.resolved_at IS NULL AND NOT k.deleted),
		(SELECT t.content_id FROM live t WHERE t.parent_id = coalesce(c.parent_id, 0) AND t.language = i.language AND t.slug = v.slug AND t.content_id <> i.content_id),
		c.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM live w WHERE w.content_id = c.parent_id AND w.language = i.language),
		v.id, i.content_id, i.language, v.slug, c.parent_id, v.created_by, v.saved_by
		FROM project_items i JOIN versions v ON v.id = i.version_id JOIN content_items c ON c.id = i.content_id
		LEFT JOIN live l ON l.content_id = i.content_id AND l.language = i.language LEFT JOIN versions lv ON lv.id = l.version_id
		WHERE i.project_id = ? AND (i.action = 'publish' AND v.state NOT IN ('published', 'previously_published')
			OR i.action = 'unpublish' AND NOT EXISTS (SELECT 1 FROM publish_run_items r WHERE r.item_id = i.id AND r.version_id = v.id AND r.result = 'unpublished'))
		ORDER BY i.position, i.id`, projectID).Rows()
	if err != nil {
		return nil, store.Fault(err, "item")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	out := []Checked{}
	for rows.Next() {
		c := Checked{Obstacles: []Obstacle{}, Warnings: []Warning{}}
		var typeName, fields, state string
		var moved, blocked bool
		o := &c.out
		err := rows.Scan(&c.ItemID, &c.Title, &c.Action, &typeName, &fields, &state, &moved, &blocked, &c.takenBy, &c.orphaned,
			&o.VersionID, &o.ContentID, &o.Language, &o.Slug, &o.ParentID, &o.CreatedBy, &o.SavedBy)
		if err != nil {
			return nil, store.Fault(err, "item")
		}
		if blocked {
			c.hinder(BlockingComment)
		}
		if c.unpublishes() {
			if state != content.Published {
				c.hinder(NothingLive)
			}
			out = append(out, c)
			continue
		}
		missing, err := s.content.MissingFields(typeName, fields)
		if err != nil {
			return nil, err
		}
		if moved {
			c.hinder(Conflict)
		}
		if len(missing) > 0 {
			c.hinder(MissingFields)
		}
		if o.Slug == "" {
			c.hinder(SlugTaken)
		}
		if state != content.Ready {
			c.hinder(NotReady)
		}
		out = append(out, c)
	}
	return out, store.Fault(rows.Err(), "item")
}

// spot is an item in a language.
type spot struct {
	content  int64
	language string
}

func (c *Checked) spot() spot { return spot{c.out.ContentID, c.out.Language} }

// below is what the item stands below, in its language.
func (c *Checked) below() spot {
	if c.out.ParentID == nil {
		return spot{}
	}
	return spot{*c.out.ParentID, c.out.Language}
}

// together finds what the items that could go out by themselves do to one another: what leaves must leave nothing live below
// it, and gives its address free.
func together(tx *gorm.DB, items []Checked) error {
	children, err := aroundLeaving(tx, items, `SELECT parent_id AS target, content_id AS other, language FROM live WHERE parent_id IN ?`)
	if err != nil {
		return err
	}
	referring, err := aroundLeaving(tx, items, `SELECT r.target_id AS target, l.content_id AS other, l.language FROM content_references r
		JOIN live l ON l.version_id = r.version_id AND l.content_id <> r.target_id WHERE r.target_id IN ?`)
	if err != nil {
		return err
	}
	leaving := map[spot]bool{}
	for i := range items {
		c := &items[i]
		if c.goes() && c.unpublishes() {
			leaving[c.spot()] = true
		} else if c.goes() {
			children[c.below()] = append(children[c.below()], c.spot()) // it will be live
		}
	}
	stays := func(other spot) bool { return !leaving[other] }
	for again := true; again; { // what must stay keeps what is above it
		again = false
		for i := range items {
			c := &items[i]
			if leaving[c.spot()] && c.unpublishes() && slices.ContainsFunc(children[c.spot()], stays) {
				c.hinder(LiveChildren)
				delete(leaving, c.spot())
				again = true
			}
		}
	}
	coming, taken := map[spot]bool{}, map[string]bool{}
	for i := range items {
		c := &items[i]
		if c.unpublishes() {
			continue
		}
		if c.takenBy != nil && !leaving[spot{*c.takenBy, c.out.Language}] && !slices.Contains(c.Obstacles, SlugTaken) {
			c.hinder(SlugTaken)
		}
		if c.goes() {
			if taken[c.out.Place()] { // by an item of this run
				c.hinder(SlugTaken)
				continue
			}
			taken[c.out.Place()], coming[c.spot()] = true, true
		}
	}
	for i := range items {
		switch c := &items[i]; {
		case c.unpublishes() && slices.ContainsFunc(referring[c.spot()], stays):
			c.Warnings = append(c.Warnings, Referenced)
		case c.orphaned && !c.unpublishes() && !coming[c.below()]:
			c.Warnings = append(c.Warnings, ParentNotLive)
		}
	}
	return nil
}

// aroundLeaving are the live items that the query finds for those that are to be taken off the site, in their language.
func aroundLeaving(tx *gorm.DB, items []Checked, query string) (map[spot][]spot, error) {
	var ids []int64
	for i := range items {
		if items[i].unpublishes() {
			ids = append(ids, items[i].out.ContentID)
		}
	}
	out := map[spot][]spot{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		Target, Other int64
		Language      string
	}
	err := tx.Raw(query, ids).Scan(&rows).Error
	for _, r := range rows {
		target := spot{r.Target, r.Language}
		out[target] = append(out[target], spot{r.Other, r.Language})
	}
	return out, store.Fault(err, "item")
}
