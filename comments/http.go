package comments

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"galley/access"
	"galley/events"
	"galley/httpapi"
	"galley/store"
)

// Routes adds the routes of comments.
func (s *Service) Routes(srv *httpapi.Server) {
	g := srv.SignedIn
	g.GET("/projects/:project/comments", s.handleList)
	g.POST("/projects/:project/comments", s.handleAdd)
	g.PATCH("/comments/:comment", s.handleEdit)
	g.DELETE("/comments/:comment", s.handleRemove)
	g.POST("/comments/:comment/resolve", handleSettle(s.Resolve))
	g.POST("/comments/:comment/reopen", handleSettle(s.Reopen))
}

type commentList struct {
	httpapi.List[Comment]
	Parents []Comment `json:"parents"`
}

func (s *Service) handleList(c echo.Context) error {
	project, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	q := httpapi.NewQuery(c)
	var f Filter
	if f.OnProject = q.Text("item", 20) == "none"; !f.OnProject {
		f.ItemID = q.ID("item")
	}
	f.State = q.OneOf("state", ThreadOpen, ThreadSettled)
	f.Mine, f.ToMe = q.OneOf("author", "me") == "me", q.OneOf("mentioning", "me") == "me"
	f.Limit, f.After = q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	page, err := s.List(c.Request().Context(), httpapi.Actor(c), project, f)
	if err != nil {
		return err
	}
	id := func(c Comment) int64 { return c.ID }
	return httpapi.Read(c, commentList{httpapi.NewList(page.Rows, f.Limit, id, page.Position, events.Project(project)), page.Parents})
}

func (s *Service) handleAdd(c echo.Context) error {
	project, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	var d Draft
	if err := httpapi.Decode(c, &d); err != nil {
		return err
	}
	key, body, err := httpapi.IdempotencyKey(c)
	if err != nil {
		return err
	}
	d.Key = store.NewClientKey(key, body)
	added, created, err := s.Add(c.Request().Context(), httpapi.Actor(c), project, d)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, httpapi.CreatedOrRepeated(created), added, added.Revision)
}

func (s *Service) handleEdit(c echo.Context) error {
	id, err := httpapi.ID(c, "comment")
	if err != nil {
		return err
	}
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	var e Edit
	if err := httpapi.Decode(c, &e); err != nil {
		return err
	}
	edited, err := s.Edit(c.Request().Context(), httpapi.Actor(c), id, revision, e)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, edited, edited.Revision)
}

func (s *Service) handleRemove(c echo.Context) error {
	id, err := httpapi.ID(c, "comment")
	if err != nil {
		return err
	}
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	if err := s.Remove(c.Request().Context(), httpapi.Actor(c), id, revision); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func handleSettle(act func(context.Context, access.Actor, int64) (Comment, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := httpapi.ID(c, "comment")
		if err != nil {
			return err
		}
		settled, err := act(c.Request().Context(), httpapi.Actor(c), id)
		if err != nil {
			return err
		}
		return httpapi.Resource(c, http.StatusOK, settled, settled.Revision)
	}
}
