package content

import (
	"context"
	"reflect"
	"slices"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
)

// references are the ids in a field's value, in their order.
func (f Field) references(v any) []int64 {
	switch v := f.fit(v).(type) {
	case int64:
		return []int64{v}
	case []int64:
		return v
	}
	return nil
}

// references are the ids in all values, by the field's name.
func (t Type) references(values Values) map[string][]int64 {
	out := map[string][]int64{}
	for _, f := range t.Fields {
		if f.Kind == Reference {
			out[f.Name] = f.references(values[f.Name])
		}
	}
	return out
}

// checkReferences refuses a reference to what the actor does not see or is in the trash, or of a type that the field does not take. What stood
// there before may stay: somebody who sees less must be able to save the rest.
func (t Type) checkReferences(tx *gorm.DB, a access.Actor, now, before Values) error {
	had, fresh := t.references(before), map[string][]int64{}
	var ids []int64
	for field, all := range t.references(now) {
		fresh[field] = slices.DeleteFunc(all, func(id int64) bool { return slices.Contains(had[field], id) })
		ids = append(ids, fresh[field]...)
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := typesOf(tx, a, ids)
	if err != nil {
		return err
	}
	var wrong errs.Fields
	for _, f := range t.Fields {
		for _, id := range fresh[f.Name] {
			switch name, known := found[id]; {
			case !known:
				wrong.Add("fields."+f.Name, "There is no such content item.")
			case len(f.Types) > 0 && !slices.Contains(f.Types, name):
				wrong.Add("fields."+f.Name, "Something of the type %s cannot stand here.", name)
			}
		}
	}
	return wrong.Err()
}

// keepReferences writes which items the version refers to, where that is another thing than before.
func (t Type) keepReferences(tx *gorm.DB, versionID int64, now, before Values) error {
	is, was := t.references(now), t.references(before)
	if reflect.DeepEqual(is, was) {
		return nil
	}
	if err := tx.Exec(`DELETE FROM content_references WHERE version_id = ?`, versionID).Error; err != nil {
		return store.Fault(err, "version")
	}
	for field, ids := range is {
		for _, id := range ids {
			if err := tx.Exec(`INSERT INTO content_references (version_id, field, target_id) VALUES (?, ?, ?)`, versionID, field, id).Error; err != nil {
				return store.Fault(err, "version")
			}
		}
	}
	return nil
}

// typesOf are the types of those of the items that the actor sees, the trash left out.
func typesOf(tx *gorm.DB, a access.Actor, ids []int64) (map[int64]string, error) {
	var rows []struct {
		ID   int64
		Type string
	}
	err := tx.Raw(`SELECT DISTINCT c.id, c.type FROM content_items c JOIN versions v ON v.content_id = c.id `+holder+` WHERE c.id IN ? AND c.trashed_at IS NULL AND `+seen,
		of(a).args(ids)...).Scan(&rows).Error
	out := map[int64]string{}
	for _, r := range rows {
		out[r.ID] = r.Type
	}
	return out, store.Fault(err, "content item")
}

// Link is one end of a reference: an item as one of its versions.
type Link struct {
	ID       int64    `json:"id"`
	Type     string   `json:"type"`
	Language string   `json:"language"`
	Title    string   `json:"title"`
	Path     string   `json:"path"`
	State    string   `json:"state"`
	Version  int64    `json:"version"`
	Fields   []string `json:"fields"` // in which the reference stands

	versionID int64
}

// Where says which version of an item is meant: the one with the number or, for 0, what one would edit in the language.
type Where struct {
	Language string
	Version  int64
	After    int64 // cursor of the page before, of those that refer to it
	Limit    int
}

// References are what a version refers to, in the order of its fields, and a page of what refers to its item: drafts and
// what is live, newest first, one more than the limit where there is a next page.
type References struct {
	Uses     []Link
	UsedBy   []Link
	Position events.Position
}

// Cursor is what Where.After takes to go on behind the link.
func (l Link) Cursor() int64 { return l.versionID }

// References of a version, both ways, as far as the actor may see the other end. NotFound where they may not see this one.
func (s *Service) References(ctx context.Context, a access.Actor, id int64, w Where) (References, error) {
	var wrong errs.Fields
	if checkLanguage(&wrong, w.Language); len(wrong) > 0 {
		return References{}, wrong.Err()
	}
	var r References
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		var v View
		if w.Version > 0 {
			v, err = viewOf(tx, a, id, w.Version)
		} else {
			v, err = pick(tx, a, id, w.Language)
		}
		if err != nil {
			return err
		}
		t, _ := s.types.named(v.Type) // of a type that is gone nothing is known
		if r.Uses, err = t.uses(tx, a, v.Item); err != nil {
			return err
		}
		if r.UsedBy, err = usedBy(tx, a, id, w); err != nil {
			return err
		}
		r.Position, err = events.Here(tx)
		return err
	})
	return r, err
}

func linkOf(it Item) Link {
	return Link{ID: it.ID, Type: it.Type, Language: it.Language, Title: it.Title, Path: it.Path, State: it.State, Version: it.Version.Number, Fields: []string{}, versionID: it.versionID}
}

// uses are the items that the version refers to, shown in its language where they have it.
func (t Type) uses(tx *gorm.DB, a access.Actor, it Item) ([]Link, error) {
	var ids []int64
	all := t.references(it.Fields)
	for _, f := range t.Fields {
		for _, id := range all[f.Name] {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return []Link{}, nil
	}
	found, err := items(tx, of(a), `AND c.id IN ? AND c.trashed_at IS NULL AND v.id = `+shown, append([]any{ids}, of(a).args(it.Language)...)...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b Item) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	out := []Link{}
	for _, one := range found {
		l := linkOf(one)
		for _, f := range t.Fields {
			if slices.Contains(all[f.Name], one.ID) {
				l.Fields = append(l.Fields, f.Name)
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// usedBy are the versions that refer to the item: what has been live before counts no more.
func usedBy(tx *gorm.DB, a access.Actor, id int64, w Where) ([]Link, error) {
	after := w.After
	if after == 0 {
		after = 1 << 62
	}
	found, err := items(tx, of(a), `AND v.id IN (SELECT version_id FROM content_references WHERE target_id = ?) AND v.state <> 'previously_published'
		AND c.trashed_at IS NULL AND v.id < ? ORDER BY v.id DESC LIMIT ?`, id, after, w.Limit+1)
	if err != nil {
		return nil, err
	}
	out, at, versions := make([]Link, len(found)), map[int64]*Link{}, make([]int64, len(found))
	for i, it := range found {
		out[i] = linkOf(it)
		at[it.versionID], versions[i] = &out[i], it.versionID
	}
	var rows []struct {
		VersionID int64
		Field     string
	}
	err = tx.Raw(`SELECT version_id, field FROM content_references WHERE target_id = ? AND version_id IN ? ORDER BY field`, id, versions).Scan(&rows).Error
	for _, r := range rows {
		at[r.VersionID].Fields = append(at[r.VersionID].Fields, r.Field)
	}
	return out, store.Fault(err, "version")
}
