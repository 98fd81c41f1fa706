package releases

import (
	"github.com/labstack/echo/v4"

	"galley/events"
	"galley/httpapi"
	"galley/store"
)

// Routes adds the routes of publishing.
func (s *Service) Routes(srv *httpapi.Server) {
	g := srv.SignedIn
	g.GET("/projects/:project/preflight", s.handlePreflight)
	g.POST("/projects/:project/publish", s.handlePublish)
	g.GET("/projects/:project/runs", s.handleRuns)
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
