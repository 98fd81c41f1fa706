package notifications

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"galley/events"
	"galley/httpapi"
)

// Routes adds the inbox's routes.
func (s *Service) Routes(srv *httpapi.Server) {
	srv.SignedIn.GET("/notifications", s.handleList)
	srv.SignedIn.POST("/notifications/read", s.handleRead)
}

type inbox struct {
	httpapi.List[Notification]
	Unread int `json:"unread"`
}

func (s *Service) handleList(c echo.Context) error {
	q := httpapi.NewQuery(c)
	f := Filter{Unread: q.Bool("unread"), ProjectID: q.ID("project")}
	f.Kind = Kind(q.OneOf("kind", string(Mentioned), string(Replied), string(Commented), string(ItemPublished), string(ProjectPublished), string(AddedToProject)))
	f.Limit, f.After = q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	page, err := s.List(c.Request().Context(), httpapi.Actor(c), f)
	if err != nil {
		return err
	}
	id := func(n Notification) int64 { return n.ID }
	return httpapi.Read(c, inbox{httpapi.NewList(page.Rows, f.Limit, id, page.Position, events.Self), page.Unread})
}

func (s *Service) handleRead(c echo.Context) error {
	var in Reading
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	unread, err := s.Read(c.Request().Context(), httpapi.Actor(c), in)
	if err != nil {
		return err
	}
	return httpapi.Answer(c, http.StatusOK, map[string]int{"unread": unread})
}
