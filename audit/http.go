package audit

import (
	"github.com/labstack/echo/v4"

	"galley/events"
	"galley/httpapi"
)

// Routes adds the audit log.
func (s *Service) Routes(srv *httpapi.Server) {
	srv.SignedIn.GET("/audit", s.handleList)
}

func (s *Service) handleList(c echo.Context) error {
	kinds := make([]string, len(Kinds))
	for i, k := range Kinds {
		kinds[i] = string(k)
	}
	q := httpapi.NewQuery(c)
	f := Filter{Kind: q.OneOf("kind", kinds...), Actor: q.ID("actor")}
	f.Limit, f.After = q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	list, at, err := s.List(c.Request().Context(), httpapi.Actor(c), f)
	if err != nil {
		return err
	}
	return httpapi.Read(c, httpapi.NewList(list, f.Limit, func(e Entry) int64 { return e.ID }, at, events.Audit))
}
