package content

import (
	"slices"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
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
