package projects

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"galley/access"
	"galley/store"
)

// Mentionable is somebody who may open the project, as the mention picker shows them.
type Mentionable struct {
	access.Person
	Role string `json:"role"`
}

// mostPeople is how many suggestions the picker gets.
const mostPeople = 20

// People are those who may open the project and whose name or handle begins with the words. NotFound to a stranger.
func (s *Service) People(ctx context.Context, a access.Actor, projectID int64, words string) ([]Mentionable, error) {
	out := []Mentionable{}
	err := s.db.Read(ctx, func(tx *gorm.DB) error {
		if _, err := Require(tx, a, projectID, access.See); err != nil {
			return err
		}
		part := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(words)
		rows, err := tx.Raw(`SELECT u.id, u.name, u.handle, u.role FROM users u WHERE NOT u.disabled
			AND (u.handle LIKE @begin ESCAPE '\' OR u.name LIKE @begin ESCAPE '\' OR u.name LIKE @inner ESCAPE '\') AND `+opens+`
			ORDER BY u.name, u.id LIMIT @most`, map[string]any{"begin": part + "%", "inner": "% " + part + "%", "project": projectID, "most": mostPeople}).Rows()
		if err != nil {
			return store.Fault(err, "person")
		}
		defer func() { _ = rows.Close() }() // rows.Err below has what matters
		for rows.Next() {
			var m Mentionable
			if err := rows.Scan(&m.ID, &m.Name, &m.Handle, &m.Role); err != nil {
				return store.Fault(err, "person")
			}
			out = append(out, m)
		}
		return store.Fault(rows.Err(), "person")
	})
	return out, err
}

// opens is the condition under which a person u may open the project @project: the counterpart of Visible.
const opens = `EXISTS (SELECT 1 FROM projects p WHERE p.id = @project AND (p.visibility = 'everyone' OR u.role = 'admin' OR p.owner_id = u.id
	OR EXISTS (SELECT 1 FROM members m WHERE m.project_id = p.id AND m.user_id = u.id)))`

// opensNext is opens with the project as the next argument, for plain SQL.
var opensNext = strings.Replace(opens, "@project", "?", 1)

// Openers keeps those of the people who may open the project and whose accounts are enabled: nobody else may be told of it.
func Openers(tx *gorm.DB, projectID int64, people []int64) ([]int64, error) {
	if len(people) == 0 {
		return nil, nil
	}
	args := make([]any, len(people), len(people)+1)
	for i, person := range people {
		args[i] = person
	}
	out, err := store.IDs(tx, `SELECT u.id FROM users u WHERE u.id IN (?`+strings.Repeat(`, ?`, len(people)-1)+`) AND NOT u.disabled
		AND `+opensNext+` ORDER BY u.id`, append(args, projectID)...)
	return out, store.Fault(err, "person")
}

// OpenersByHandle finds those of the handles that name somebody who may open the project.
func OpenersByHandle(tx *gorm.DB, projectID int64, handles []string) (map[string]int64, error) {
	var rows []struct {
		ID     int64
		Handle string
	}
	err := tx.Raw(`SELECT u.id, u.handle FROM users u WHERE u.handle IN @handles AND NOT u.disabled AND `+opens,
		map[string]any{"handles": handles, "project": projectID}).Scan(&rows).Error
	found := map[string]int64{}
	for _, r := range rows {
		found[r.Handle] = r.ID
	}
	return found, store.Fault(err, "person")
}
