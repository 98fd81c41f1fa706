package settings

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"galley/events"
	"galley/httpapi"
)

// Routes adds the settings.
func (s *Service) Routes(srv *httpapi.Server) {
	srv.SignedIn.GET("/settings", s.handleGet)
	srv.SignedIn.PATCH("/settings", s.handleChange)
}

// answer is the settings with from where to follow them.
type answer struct {
	Settings
	Position events.Position `json:"position"`
	Topic    string          `json:"topic"`
}

func (s *Service) handleGet(c echo.Context) error {
	v, at, err := s.Get(c.Request().Context(), httpapi.Actor(c))
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, answer{v, at, events.Site}, v.Revision)
}

func (s *Service) handleChange(c echo.Context) error {
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	var e Edit
	if err := httpapi.Decode(c, &e); err != nil {
		return err
	}
	v, at, err := s.Change(c.Request().Context(), httpapi.Actor(c), revision, e)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, answer{v, at, events.Site}, v.Revision)
}
