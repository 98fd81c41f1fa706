package content

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/httpapi"
	"galley/store"
)

// defaultLanguage is what a request without a language means.
const defaultLanguage = "en"

// Routes adds the routes of content, and the public delivery API.
func (s *Service) Routes(srv *httpapi.Server) {
	g := srv.SignedIn
	g.GET("/content-types", s.handleTypes)
	g.GET("/content", s.handleList)
	g.POST("/content", s.handleCreate)
	g.GET("/content/:content", s.handleGet)
	g.PATCH("/content/:content", s.handleMove)
	g.DELETE("/content/:content", s.handleDelete)
	g.POST("/content/:content/restore", s.handleRestore)
	g.GET("/content/:content/references", s.handleReferences)
	g.GET("/content/:content/versions", s.handleVersions)
	g.POST("/content/:content/versions", s.handleBegin)
	g.PUT("/content/:content/versions/:version", s.handleSave)
	g.POST("/content/:content/versions/:version/ready", handleState(s.SetReady))
	g.POST("/content/:content/versions/:version/draft", handleState(s.BackToDraft))
	g.POST("/projects/:project/items", s.handleJoin)
	srv.Echo.GET("/delivery/v1/:language/*", s.handleDeliver)
	srv.Echo.HEAD("/delivery/v1/:language/*", s.handleDeliver)
}

func (s *Service) handleTypes(c echo.Context) error {
	return httpapi.Read(c, map[string]any{"items": s.Types()})
}

func language(q *httpapi.Query) string {
	if tag := q.Text("language", 20); tag != "" {
		return tag
	}
	return defaultLanguage
}

func (s *Service) handleList(c echo.Context) error {
	q := httpapi.NewQuery(c)
	f := Filter{Type: q.Text("type", 100), Query: q.Text("q", 200), Language: language(q), Trash: q.Bool("trash")}
	if f.Root = q.Text("parent", 20) == "root"; !f.Root {
		f.ParentID = q.ID("parent")
	}
	f.Limit, f.After = q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	page, err := s.List(c.Request().Context(), httpapi.Actor(c), f)
	if err != nil {
		return err
	}
	id := func(n Node) int64 { return n.ID }
	return httpapi.Read(c, httpapi.NewList(page.Rows, f.Limit, id, page.Position, events.Content))
}

func (s *Service) handleCreate(c echo.Context) error {
	var n NewItem
	if err := httpapi.Decode(c, &n); err != nil {
		return err
	}
	key, body, err := httpapi.IdempotencyKey(c)
	if err != nil {
		return err
	}
	n.Key = store.NewClientKey(key, body)
	v, created, err := s.Create(c.Request().Context(), httpapi.Actor(c), n)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, httpapi.CreatedOrRepeated(created), v, v.Version.Revision)
}

func (s *Service) handleGet(c echo.Context) error {
	id, err := httpapi.ID(c, "content")
	if err != nil {
		return err
	}
	q := httpapi.NewQuery(c)
	tag, number := language(q), q.ID("version")
	if err := q.Err(); err != nil {
		return err
	}
	v, err := s.Get(c.Request().Context(), httpapi.Actor(c), id, tag, number)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, v, v.Version.Revision)
}

// moving is the body of a PATCH: a parent of null is the root, none at all is where it stands.
type moving struct {
	ParentID json.RawMessage `json:"parent_id"`
	Order    *int64          `json:"order" null:"no"`
}

func (in moving) moving() (Moving, error) {
	m := Moving{Place: in.Order}
	if in.ParentID != nil {
		m.Parent = &Parent{}
		if err := json.Unmarshal(in.ParentID, &m.Parent.ID); err != nil || m.Parent.ID != nil && *m.Parent.ID < 1 {
			return Moving{}, errs.Fields{"parent_id": "This should be an id, or null for the root."}.Err()
		}
	}
	return m, nil
}

func (s *Service) handleMove(c echo.Context) error {
	id, err := httpapi.ID(c, "content")
	if err != nil {
		return err
	}
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	var in moving
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	m, err := in.moving()
	if err != nil {
		return err
	}
	n, err := s.Move(c.Request().Context(), httpapi.Actor(c), id, revision, m)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, n, n.TreeRevision)
}

func (s *Service) handleDelete(c echo.Context) error {
	id, err := httpapi.ID(c, "content")
	if err != nil {
		return err
	}
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request().Context(), httpapi.Actor(c), id, revision); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Service) handleRestore(c echo.Context) error {
	id, err := httpapi.ID(c, "content")
	if err != nil {
		return err
	}
	n, err := s.Restore(c.Request().Context(), httpapi.Actor(c), id)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, n, n.TreeRevision)
}

// references is the answer of both ways; next is of used_by.
type references struct {
	Uses     []Link          `json:"uses"`
	UsedBy   []Link          `json:"used_by"`
	Next     *string         `json:"next"`
	Position events.Position `json:"position"`
	Topic    string          `json:"topic"`
}

func (s *Service) handleReferences(c echo.Context) error {
	id, err := httpapi.ID(c, "content")
	if err != nil {
		return err
	}
	q := httpapi.NewQuery(c)
	w := Where{Language: language(q), Version: q.ID("version")}
	w.Limit, w.After = q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	r, err := s.References(c.Request().Context(), httpapi.Actor(c), id, w)
	if err != nil {
		return err
	}
	l := httpapi.NewList(r.UsedBy, w.Limit, Link.Cursor, r.Position, events.Content)
	return httpapi.Read(c, references{Uses: r.Uses, UsedBy: l.Items, Next: l.Next, Position: r.Position, Topic: l.Topic})
}

func (s *Service) handleVersions(c echo.Context) error {
	id, err := httpapi.ID(c, "content")
	if err != nil {
		return err
	}
	q := httpapi.NewQuery(c)
	tag := language(q)
	limit, after := q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	page, err := s.Versions(c.Request().Context(), httpapi.Actor(c), id, tag, after, limit)
	if err != nil {
		return err
	}
	number := func(it Item) int64 { return it.Version.Number }
	return httpapi.Read(c, httpapi.NewList(page.Rows, limit, number, page.Position, events.Content))
}

func (s *Service) handleBegin(c echo.Context) error {
	id, err := httpapi.ID(c, "content")
	if err != nil {
		return err
	}
	var n NewDraft
	if err := httpapi.Decode(c, &n); err != nil {
		return err
	}
	key, body, err := httpapi.IdempotencyKey(c)
	if err != nil {
		return err
	}
	n.Key = store.NewClientKey(key, body)
	v, created, err := s.Begin(c.Request().Context(), httpapi.Actor(c), id, n)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, httpapi.CreatedOrRepeated(created), v, v.Version.Revision)
}

// versionOf reads the two numbers of a path to a version.
func versionOf(c echo.Context) (content, version int64, err error) {
	if content, err = httpapi.ID(c, "content"); err != nil {
		return 0, 0, err
	}
	version, err = httpapi.ID(c, "version")
	return content, version, err
}

func (s *Service) handleSave(c echo.Context) error {
	id, number, err := versionOf(c)
	if err != nil {
		return err
	}
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	var in Save
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	v, err := s.Save(c.Request().Context(), httpapi.Actor(c), id, number, revision, in)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, v, v.Version.Revision)
}

func handleState(act func(context.Context, access.Actor, int64, int64) (View, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, number, err := versionOf(c)
		if err != nil {
			return err
		}
		v, err := act(c.Request().Context(), httpapi.Actor(c), id, number)
		if err != nil {
			return err
		}
		return httpapi.Resource(c, http.StatusOK, v, v.Version.Revision)
	}
}

func (s *Service) handleJoin(c echo.Context) error {
	project, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	var j Joining
	if err := httpapi.Decode(c, &j); err != nil {
		return err
	}
	it, joined, err := s.Join(c.Request().Context(), httpapi.Actor(c), project, j)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, httpapi.CreatedOrRepeated(joined), it, it.Revision)
}

func (s *Service) handleDeliver(c echo.Context) error {
	c.Response().Header().Set("Access-Control-Allow-Origin", "*")
	c.Response().Header().Set("Cache-Control", "public, no-cache")
	path, err := url.PathUnescape(c.Param("*"))
	if err != nil {
		path = ""
	}
	d, err := s.Deliver(c.Request().Context(), c.Param("language"), path)
	if err != nil {
		return err
	}
	return httpapi.Read(c, d)
}
