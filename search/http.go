package search

import (
	"github.com/labstack/echo/v4"

	"galley/errs"
	"galley/httpapi"
)

// Routes adds the route of finding.
func (s *Service) Routes(srv *httpapi.Server) {
	srv.SignedIn.GET("/search", s.handleFind)
}

func (s *Service) handleFind(c echo.Context) error {
	params := httpapi.NewQuery(c)
	q := Query{Text: params.Text("q", 200), Kind: params.OneOf("kind", kinds...), Limit: params.Limit()}
	if err := params.Err(); err != nil {
		return err
	}
	if !c.QueryParams().Has("q") {
		return errs.Fields{"q": "Say what to look for."}.Err()
	}
	hits, err := s.Find(c.Request().Context(), httpapi.Actor(c), q)
	if err != nil {
		return err
	}
	return httpapi.Read(c, map[string]any{"items": hits})
}
