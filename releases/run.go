package releases

import (
	"context"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/projects"
	"galley/store"
)

// Modes of publishing.
const (
	WhatIsReady  = "ready" // the project stays usable
	AllOrNothing = "all"
)

// Results of an item in a run.
const (
	Published   = "published"
	Unpublished = "unpublished"
	Skipped     = "skipped"
)

// Run is one publish run with what became of each item.
type Run struct {
	ID         int64         `json:"id"`
	ProjectID  int64         `json:"project_id"`
	Mode       string        `json:"mode"`
	State      string        `json:"state"`
	StartedAt  time.Time     `json:"started_at"`
	FinishedAt time.Time     `json:"finished_at"`
	By         access.Person `json:"by"`
	Items      []RunItem     `json:"items"`
}

// RunItem is what became of one item.
type RunItem struct {
	ItemID    int64  `json:"item_id"`
	ContentID int64  `json:"content_id"`
	Language  string `json:"language"`
	Title     string `json:"title"`
	Result    string `json:"result"`
	Reason    string `json:"reason"`
}

// run is a row of publish_runs.
type run struct {
	ID              int64
	ProjectID       int64
	Mode            string
	State           string
	ByID            int64
	store.ClientKey `gorm:"embedded"`
	StartedAt       time.Time
	FinishedAt      time.Time
}

func (run) TableName() string { return "publish_runs" }

// runItem is a row of publish_run_items.
type runItem struct {
	RunID             int64
	ItemID            int64
	ContentID         int64
	Language          string
	Title             string
	VersionID         int64
	PreviousVersionID *int64
	Result            string
	Reason            string
}

func (runItem) TableName() string { return "publish_run_items" }

// Request asks for a run.
type Request struct {
	Mode string          `json:"mode"`
	Key  store.ClientKey `json:"-"`
}

func (r *Request) validate() error {
	var wrong errs.Fields
	if r.Mode != WhatIsReady && r.Mode != AllOrNothing {
		wrong.Add("mode", "One of: ready, all.")
	}
	return wrong.Err()
}

// Page is one page of a project's runs, newest first, one row more than the limit where there is a next page.
type Page struct {
	Rows     []Run
	Position events.Position
}

// Runs is a page of the project's publish runs. NotFound to a stranger.
func (s *Service) Runs(ctx context.Context, a access.Actor, projectID, after int64, limit int) (Page, error) {
	var page Page
	err := s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if _, err = projects.Require(tx, a, projectID, access.See); err != nil {
			return err
		}
		if after == 0 {
			after = 1 << 62
		}
		if page.Rows, err = runs(tx, a, `WHERE r.project_id = ? AND r.id < ? ORDER BY r.id DESC LIMIT ?`, projectID, after, limit+1); err != nil {
			return err
		}
		page.Position, err = events.Here(tx)
		return err
	})
	return page, err
}

// runs reads publish runs with their reports: three queries for any number. What did not go out, and is now in a project that
// the actor may not see, is told without its title.
func runs(tx *gorm.DB, a access.Actor, where string, args ...any) ([]Run, error) {
	rows, err := tx.Raw(`SELECT r.id, r.project_id, r.mode, r.state, r.started_at, r.finished_at, u.id, u.name, u.handle
		FROM publish_runs r JOIN users u ON u.id = r.by_id `+where, args...).Rows()
	if err != nil {
		return nil, store.Fault(err, "publish run")
	}
	defer func() { _ = rows.Close() }() // rows.Err below has what matters
	var out []Run
	var ids []int64
	for rows.Next() {
		r := Run{Items: []RunItem{}}
		if err := rows.Scan(&r.ID, &r.ProjectID, &r.Mode, &r.State, &r.StartedAt, &r.FinishedAt, &r.By.ID, &r.By.Name, &r.By.Handle); err != nil {
			return nil, store.Fault(err, "publish run")
		}
		out, ids = append(out, r), append(ids, r.ID)
	}
	if err := rows.Err(); err != nil || len(ids) == 0 {
		return out, store.Fault(err, "publish run")
	}
	var reports []runItem
	if err := tx.Where("run_id IN ?", ids).Order("run_id, item_id").Find(&reports).Error; err != nil {
		return nil, store.Fault(err, "publish run")
	}
	hidden, err := hiddenVersions(tx, a, ids)
	if err != nil {
		return nil, err
	}
	at := map[int64]*Run{}
	for i := range out {
		at[out[i].ID] = &out[i]
	}
	for _, it := range reports {
		r := at[it.RunID]
		if hidden[it.VersionID] {
			it.Title = ""
		}
		r.Items = append(r.Items, RunItem{ItemID: it.ItemID, ContentID: it.ContentID, Language: it.Language, Title: it.Title, Result: it.Result, Reason: it.Reason})
	}
	return out, nil
}

// hiddenVersions are those that did not go out in the runs and are now held by a project which the actor may not see.
func hiddenVersions(tx *gorm.DB, a access.Actor, runIDs []int64) (map[int64]bool, error) {
	var found []int64
	err := tx.Raw(`SELECT DISTINCT r.version_id FROM publish_run_items r JOIN project_items h ON h.version_id = r.version_id AND h.action = 'publish'
		JOIN versions v ON v.id = r.version_id JOIN projects p ON p.id = h.project_id
		WHERE r.run_id IN ? AND r.result = ? AND v.state <> 'published' AND NOT `+projects.Visible, append([]any{runIDs, Skipped}, projects.VisibleTo(a)...)...).Scan(&found).Error
	hidden := map[int64]bool{}
	for _, id := range found {
		hidden[id] = true
	}
	return hidden, store.Fault(err, "version")
}
