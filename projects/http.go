package projects

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/httpapi"
	"galley/store"
)

// Routes adds the routes of projects, their items and their people.
func (s *Service) Routes(srv *httpapi.Server) {
	g := srv.SignedIn
	g.GET("/projects", s.handleList)
	g.POST("/projects", s.handleCreate)
	g.GET("/projects/:project", s.handleOverview)
	g.PATCH("/projects/:project", s.handleEdit)
	g.DELETE("/projects/:project", s.handleDelete)
	g.GET("/projects/:project/members", s.handleMembers)
	g.PUT("/projects/:project/members/:user", s.handleSetMember)
	g.DELETE("/projects/:project/members/:user", s.handleRemoveMember)
	g.GET("/projects/:project/activity", s.handleActivity)
	g.GET("/projects/:project/items", s.handleItems)
	g.GET("/projects/:project/items/:item", s.handleItem)
	g.DELETE("/projects/:project/items/:item", s.handleRemove)
	g.GET("/projects/:project/people", s.handlePeople)
	g.PUT("/projects/:project/looked", s.handleLooked)
	g.PUT("/projects/:project/follow", handleWatch(s.Follow, projectOf, true))
	g.DELETE("/projects/:project/follow", handleWatch(s.Follow, projectOf, false))
	g.PUT("/projects/:project/mute", handleWatch(s.Mute, projectOf, true))
	g.DELETE("/projects/:project/mute", handleWatch(s.Mute, projectOf, false))
	g.PUT("/projects/:project/items/:item/follow", handleWatch(s.Follow, targetOf, true))
	g.DELETE("/projects/:project/items/:item/follow", handleWatch(s.Follow, targetOf, false))
	g.PUT("/projects/:project/items/:item/mute", handleWatch(s.Mute, targetOf, true))
	g.DELETE("/projects/:project/items/:item/mute", handleWatch(s.Mute, targetOf, false))
	g.PUT("/session/active-project", s.handleActivate)
}

type projectList struct {
	httpapi.List[View]
	Tabs Tabs `json:"tabs"`
}

func (s *Service) handleList(c echo.Context) error {
	q := httpapi.NewQuery(c)
	f := Filter{
		State:     q.OneOf("state", Open, Attention, Active, Scheduled, Publishing, Published, PublishFailed, Archived),
		Mine:      q.OneOf("owner", "me") == "me",
		Following: q.Bool("following"),
		Query:     q.Text("q", maxName),
	}
	f.Limit, f.After = q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	page, err := s.List(c.Request().Context(), httpapi.Actor(c), f)
	if err != nil {
		return err
	}
	id := func(v View) int64 { return v.ID }
	return httpapi.Read(c, projectList{httpapi.NewList(page.Rows, f.Limit, id, page.Position, events.Projects), page.Tabs})
}

func (s *Service) handleCreate(c echo.Context) error {
	var d Draft
	if err := httpapi.Decode(c, &d); err != nil {
		return err
	}
	key, body, err := httpapi.IdempotencyKey(c)
	if err != nil {
		return err
	}
	d.Key = store.NewClientKey(key, body)
	v, created, err := s.Create(c.Request().Context(), httpapi.Actor(c), d)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, httpapi.CreatedOrRepeated(created), v, v.Revision)
}

func (s *Service) handleOverview(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	o, err := s.Overview(c.Request().Context(), httpapi.Actor(c), id)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, o, o.Revision)
}

// edit is the body of a PATCH: null takes the date away, absence leaves it.
type edit struct {
	Name        *string         `json:"name" null:"no"`
	Description *string         `json:"description" null:"no"`
	DueOn       json.RawMessage `json:"due_on"`
	Visibility  *string         `json:"visibility" null:"no"`
	Archived    *bool           `json:"archived" null:"no"`
}

func (in edit) edit() (Edit, error) {
	e := Edit{Name: in.Name, Description: in.Description, Visibility: in.Visibility, Archived: in.Archived}
	switch {
	case in.DueOn == nil:
	case bytes.Equal(in.DueOn, []byte("null")):
		e.DueOn = new(string)
	default:
		if err := json.Unmarshal(in.DueOn, &e.DueOn); err != nil || *e.DueOn == "" {
			return Edit{}, errs.Fields{"due_on": "A day such as 2026-12-24, or null."}.Err()
		}
	}
	return e, nil
}

func (s *Service) handleEdit(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	var in edit
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	e, err := in.edit()
	if err != nil {
		return err
	}
	v, err := s.Edit(c.Request().Context(), httpapi.Actor(c), id, revision, e)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, v, v.Revision)
}

func (s *Service) handleDelete(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
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

func (s *Service) handleMembers(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	q := httpapi.NewQuery(c)
	limit, after := q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	page, err := s.Members(c.Request().Context(), httpapi.Actor(c), id, after, limit)
	if err != nil {
		return err
	}
	user := func(m Member) int64 { return m.User.ID }
	return httpapi.Read(c, httpapi.NewList(page.Rows, limit, user, page.Position, events.Project(id)))
}

// memberOf reads the two ids of a path to a member.
func memberOf(c echo.Context) (project, user int64, err error) {
	if project, err = httpapi.ID(c, "project"); err != nil {
		return 0, 0, err
	}
	user, err = httpapi.ID(c, "user")
	return project, user, err
}

func (s *Service) handleSetMember(c echo.Context) error {
	project, user, err := memberOf(c)
	if err != nil {
		return err
	}
	var in Membership
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	m, err := s.SetMember(c.Request().Context(), httpapi.Actor(c), project, user, in)
	if err != nil {
		return err
	}
	return httpapi.Answer(c, http.StatusOK, m)
}

func (s *Service) handleRemoveMember(c echo.Context) error {
	project, user, err := memberOf(c)
	if err != nil {
		return err
	}
	if err := s.RemoveMember(c.Request().Context(), httpapi.Actor(c), project, user); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Service) handleActivity(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	q := httpapi.NewQuery(c)
	limit, after := q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	page, err := s.Activity(c.Request().Context(), httpapi.Actor(c), id, after, limit)
	if err != nil {
		return err
	}
	number := func(t Activity) int64 { return t.ID }
	return httpapi.Read(c, httpapi.NewList(page.Rows, limit, number, page.Position, events.Project(id)))
}

func (s *Service) handleItems(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	q := httpapi.NewQuery(c)
	limit, after := q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	page, err := s.Items(c.Request().Context(), httpapi.Actor(c), id, after, limit)
	if err != nil {
		return err
	}
	order := func(it Item) int64 { return it.Order }
	return httpapi.Read(c, httpapi.NewList(page.Rows, limit, order, page.Position, events.Project(id)))
}

// itemOf reads the two ids of a path to an item.
func itemOf(c echo.Context) (project, item int64, err error) {
	if project, err = httpapi.ID(c, "project"); err != nil {
		return 0, 0, err
	}
	item, err = httpapi.ID(c, "item")
	return project, item, err
}

func (s *Service) handleItem(c echo.Context) error {
	project, item, err := itemOf(c)
	if err != nil {
		return err
	}
	p, err := s.ItemPlace(c.Request().Context(), httpapi.Actor(c), project, item)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, p, p.Revision)
}

func (s *Service) handleRemove(c echo.Context) error {
	project, item, err := itemOf(c)
	if err != nil {
		return err
	}
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	if err := s.Remove(c.Request().Context(), httpapi.Actor(c), project, item, revision); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Service) handlePeople(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	q := httpapi.NewQuery(c)
	words := q.Text("q", 100)
	if err := q.Err(); err != nil {
		return err
	}
	p, err := s.People(c.Request().Context(), httpapi.Actor(c), id, words)
	if err != nil {
		return err
	}
	items := []any{}
	for _, m := range p.People {
		items = append(items, m)
	}
	for _, g := range p.Groups {
		items = append(items, g)
	}
	return httpapi.Read(c, map[string]any{"items": items})
}

// looking is the body that says what one has looked at: an item, or the project with all its items.
type looking struct {
	ItemID *int64 `json:"item_id"`
}

func (s *Service) handleLooked(c echo.Context) error {
	id, err := httpapi.ID(c, "project")
	if err != nil {
		return err
	}
	var in looking
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	if err := s.Looked(c.Request().Context(), httpapi.Actor(c), Target{id, in.ItemID}); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func projectOf(c echo.Context) (Target, error) {
	id, err := httpapi.ID(c, "project")
	return Target{ProjectID: id}, err
}

func targetOf(c echo.Context) (Target, error) {
	project, item, err := itemOf(c)
	return Target{project, &item}, err
}

// handleWatch serves following and muting, of projects and of items, on and off.
func handleWatch(act func(context.Context, access.Actor, Target, bool) (Watch, error), of func(echo.Context) (Target, error), on bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		t, err := of(c)
		if err != nil {
			return err
		}
		w, err := act(c.Request().Context(), httpapi.Actor(c), t, on)
		if err != nil {
			return err
		}
		return httpapi.Answer(c, http.StatusOK, w)
	}
}

type activation struct {
	ProjectID json.RawMessage `json:"project_id"`
}

// projectID reads the id or null; leaving it out is no choice.
func (in activation) projectID() (id *int64, err error) {
	if in.ProjectID == nil {
		return nil, errs.Fields{"project_id": "Say which project, or null for none."}.Err()
	}
	if err := json.Unmarshal(in.ProjectID, &id); err != nil {
		return nil, errs.Fields{"project_id": "This should be an id or null."}.Err()
	}
	return id, nil
}

func (s *Service) handleActivate(c echo.Context) error {
	var in activation
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	id, err := in.projectID()
	if err != nil {
		return err
	}
	session, err := s.Activate(c.Request().Context(), httpapi.Actor(c), id)
	if err != nil {
		return err
	}
	return httpapi.Answer(c, http.StatusOK, session)
}
