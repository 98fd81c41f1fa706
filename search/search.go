// Package search finds projects, content and people by the words of their names, as far as whoever asks may see them. It must
// never know how any of them is changed.
package search

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"galley/access"
	"galley/content"
	"galley/store"
	"galley/words"
)

// What can be found, in the order in which equally good hits stand.
const (
	Project = "project"
	Content = "content"
	Person  = "person"
)

var kinds = []string{Project, Content, Person}

// Hit is something that was found.
type Hit struct {
	Kind      string  `json:"kind"`
	ID        int64   `json:"id"`
	Title     string  `json:"title"`
	Context   string  `json:"context"`    // what tells it from others of the same title: the owner, the path, the handle
	State     string  `json:"state"`      // of the project or the version, or the person's role
	Type      *string `json:"type"`       // of content
	Language  *string `json:"language"`   // of content
	ProjectID *int64  `json:"project_id"` // the project that holds the version of content
	ItemID    *int64  `json:"item_id"`    // and its item there

	rank int
}

// Query is what somebody looks for.
type Query struct {
	Text  string
	Kind  string // "" for all
	Limit int
}

// Service is finding things.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db: db} }

// Find finds what has a word beginning with each of the words, whatever accents and capitals there are: first what is called
// just so, then what begins so, newer ones before older ones.
func (s *Service) Find(ctx context.Context, a access.Actor, q Query) ([]Hit, error) {
	found := []Hit{}
	wanted := words.Split(q.Text)
	if len(wanted) == 0 {
		return found, nil
	}
	err := s.db.Read(ctx, func(tx *gorm.DB) error {
		for _, kind := range kinds {
			if q.Kind != "" && q.Kind != kind {
				continue
			}
			hits, err := find(tx, a, kind, q)
			if err != nil {
				return err
			}
			found = append(found, hits...)
		}
		return nil
	})
	slices.SortStableFunc(found, func(a, b Hit) int { return cmp.Compare(a.rank, b.rank) })
	return found[:min(q.Limit, len(found))], err
}

func find(tx *gorm.DB, a access.Actor, kind string, q Query) ([]Hit, error) {
	switch kind {
	case Project:
		return projectsNamed(tx, a, q)
	case Person:
		return peopleNamed(tx, a, q)
	}
	found, err := content.Find(tx, a, q.Text, q.Limit)
	hits := make([]Hit, len(found))
	for i, f := range found {
		hits[i] = Hit{
			Kind: Content, ID: f.ID, Title: f.Title, Context: "/" + f.Path, State: f.State, Type: &f.Type, Language: &f.Language,
			ProjectID: f.ProjectID, ItemID: f.ItemID, rank: f.Rank,
		}
	}
	return hits, err
}

// called gives those of the hits that the text finds their ranks, and leaves the others out.
func called(all []Hit, text string) []Hit {
	wanted, folded := words.Split(text), words.Fold(strings.TrimSpace(text))
	out := []Hit{}
	for _, h := range all {
		title := words.Fold(h.Title)
		switch {
		case !strings.Contains(title, wanted[0]) && !strings.Contains(words.Fold(h.Context), wanted[0]): // most of them
			continue
		case title == folded:
		case strings.HasPrefix(title, folded):
			h.rank = 1
		case words.Begin(words.Split(h.Title+" "+h.Context), wanted):
			h.rank = 2
		default:
			continue
		}
		out = append(out, h)
	}
	slices.SortStableFunc(out, func(a, b Hit) int { return cmp.Compare(a.rank, b.rank) })
	return out
}
