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

// Group stands for everybody of one role who may open the project.
type Group struct {
	Handle string `json:"handle"`
	Name   string `json:"name"`
	Group  bool   `json:"group"` // true; it tells the two apart
	Count  int    `json:"count"`
}

// groups are the handles that stand for roles of the installation.
var groups = []struct{ handle, role, name string }{{"admins", "admin", "All admins"}, {"editors", "editor", "All editors"}, {"reviewers", "reviewer", "All reviewers"}}

// Picker is what the mention picker offers.
type Picker struct {
	People []Mentionable
	Groups []Group
}

// mostPeople is how many suggestions the picker gets.
const mostPeople = 20

// People are those who may open the project and whose name or handle begins with the words, and the groups of them likewise.
// NotFound to a stranger.
func (s *Service) People(ctx context.Context, a access.Actor, projectID int64, words string) (Picker, error) {
	p := Picker{People: []Mentionable{}}
	err := s.db.Read(ctx, func(tx *gorm.DB) error {
		if _, err := Require(tx, a, projectID, access.See); err != nil {
			return err
		}
		if err := p.addPeople(tx, projectID, words); err != nil {
			return err
		}
		return p.addGroups(tx, projectID, words)
	})
	return p, err
}

func (p *Picker) addPeople(tx *gorm.DB, projectID int64, words string) error {
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
		p.People = append(p.People, m)
	}
	return store.Fault(rows.Err(), "person")
}

func (p *Picker) addGroups(tx *gorm.DB, projectID int64, words string) error {
	words = strings.ToLower(words)
	for _, g := range groups {
		if !strings.HasPrefix(g.handle, words) && !strings.HasPrefix(strings.ToLower(g.name), words) {
			continue
		}
		people, err := OpenersInGroup(tx, projectID, g.handle)
		if err != nil {
			return err
		}
		if len(people) > 0 {
			p.Groups = append(p.Groups, Group{Handle: g.handle, Name: g.name, Group: true, Count: len(people)})
		}
	}
	return nil
}

// OpenersInGroup are those of the role that the handle stands for who may open the project, nobody for any other handle.
func OpenersInGroup(tx *gorm.DB, projectID int64, handle string) ([]int64, error) {
	for _, g := range groups {
		if g.handle != handle {
			continue
		}
		var out []int64
		err := tx.Raw(`SELECT u.id FROM users u WHERE u.role = @role AND NOT u.disabled AND `+opens+` ORDER BY u.id`,
			map[string]any{"role": g.role, "project": projectID}).Scan(&out).Error
		return out, store.Fault(err, "person")
	}
	return nil, nil
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
