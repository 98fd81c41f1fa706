package releases

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"galley/errs"
	"galley/events"
	"galley/httpapi"
	"galley/projects"
	"galley/store"
)

// Routes adds the routes of publishing.
func (s *Service) Routes(srv *httpapi.Server) {
	g := srv.SignedIn
	g.PATCH("/projects/:project/items/:item", s.handleArrange)
	g.POST("/projects/:project/items/bulk", s.handleBulk)
	g.GET("/projects/:project/preflight", s.handlePreflight)
	g.POST("/projects/:project/publish", s.handlePublish)
	g.GET("/projects/:project/runs", s.handleRuns)
}

// arrangement is the body of a PATCH: null takes the assignee away, absence leaves them.
type arrangement struct {
	Order      *int64          `json:"order" null:"no"`
	AssigneeID json.RawMessage `json:"assignee_id"`
	ProjectID  *int64          `json:"project_id" null:"no"`
}

// person reads an id, or null for nobody; nil where nothing was said.
func person(raw json.RawMessage) (*int64, error) {
	if raw == nil {
		return nil, nil
	}
	var id *int64
	if err := json.Unmarshal(raw, &id); err != nil || id != nil && *id < 1 {
		return nil, errs.Fields{"assignee_id": "This should be an id or null."}.Err()
	}
	if id == nil {
		id = new(int64)
	}
	return id, nil
}

func (s *Service) handleArrange(c echo.Context) error {
	project, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	item, err := httpapi.ID(c, "item")
	if err != nil {
		return err
	}
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	var in arrangement
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	assignee, err := person(in.AssigneeID)
	if err != nil {
		return err
	}
	it, err := s.Arrange(c.Request().Context(), httpapi.Actor(c), project, item, revision, projects.Arrangement{Order: in.Order, Assignee: assignee, Project: in.ProjectID})
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, it, it.Revision)
}

// bulk is the body of a bulk act.
type bulk struct {
	ItemIDs    []int64         `json:"item_ids"`
	Act        string          `json:"act"`
	AssigneeID json.RawMessage `json:"assignee_id"`
	ProjectID  *int64          `json:"project_id" null:"no"`
}

func (s *Service) handleBulk(c echo.Context) error {
	project, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	var in bulk
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	assignee, err := person(in.AssigneeID)
	if err != nil {
		return err
	}
	out, err := s.Bulk(c.Request().Context(), httpapi.Actor(c), project, Bulk{ItemIDs: in.ItemIDs, Act: in.Act, Assignee: assignee, Project: in.ProjectID})
	if err != nil {
		return err
	}
	return httpapi.Answer(c, http.StatusOK, map[string]any{"items": out})
}

func (s *Service) handlePreflight(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	p, err := s.Preflight(c.Request().Context(), httpapi.Actor(c), id)
	if err != nil {
		return err
	}
	return httpapi.Read(c, p)
}

func (s *Service) handlePublish(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	var req Request
	if err := httpapi.Decode(c, &req); err != nil {
		return err
	}
	key, body, err := httpapi.IdempotencyKey(c)
	if err != nil {
		return err
	}
	req.Key = store.NewClientKey(key, body)
	r, created, err := s.Publish(c.Request().Context(), httpapi.Actor(c), id, req)
	if err != nil {
		return err
	}
	return httpapi.Answer(c, httpapi.CreatedOrRepeated(created), r)
}

func (s *Service) handleRuns(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	q := httpapi.NewQuery(c)
	limit, after := q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	page, err := s.Runs(c.Request().Context(), httpapi.Actor(c), id, after, limit)
	if err != nil {
		return err
	}
	number := func(r Run) int64 { return r.ID }
	return httpapi.Read(c, httpapi.NewList(page.Rows, limit, number, page.Position, events.Project(id)))
}
