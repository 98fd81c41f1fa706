package users

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"galley/events"
	"galley/httpapi"
	"galley/store"
)

type routes struct {
	s   *Service
	srv *httpapi.Server // gives and takes the cookie
}

// Routes adds everything about people and their sessions.
func (s *Service) Routes(srv *httpapi.Server) {
	r := routes{s, srv}
	srv.Open.POST("/setup", r.handleSetUp)
	srv.Open.POST("/session", r.handleSignIn)
	srv.Open.GET("/session", r.handleWho)
	srv.Open.DELETE("/session", r.handleSignOut)
	srv.SignedIn.GET("/sessions", r.handleSessions)
	srv.SignedIn.DELETE("/sessions", r.handleSignOutEverywhere)
	srv.SignedIn.DELETE("/sessions/:session", r.handleEndSession)
	srv.SignedIn.GET("/me", r.handleMe)
	srv.SignedIn.PATCH("/me", r.handleEditMe)
	srv.Open.POST("/password", r.handleSetPassword)
	srv.SignedIn.GET("/users", r.handleList)
	srv.SignedIn.POST("/users", r.handleCreate)
	srv.SignedIn.GET("/users/:user", r.handleGet)
	srv.SignedIn.PATCH("/users/:user", r.handleChange)
	srv.SignedIn.POST("/users/:user/link", r.handleMakeLink)
}

func client(c echo.Context) Client {
	return Client{Address: c.RealIP(), UserAgent: c.Request().UserAgent()}
}

func (r routes) handleSetUp(c echo.Context) error {
	var in FirstAdmin
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	token, v, err := r.s.SetUp(c.Request().Context(), in, client(c))
	if err != nil {
		return err
	}
	r.srv.SetCookie(c, token, r.s.o.AbsoluteLimit)
	return httpapi.Answer(c, http.StatusCreated, v)
}

func (r routes) handleSignIn(c echo.Context) error {
	var in Credentials
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	token, v, err := r.s.SignIn(c.Request().Context(), in, client(c), httpapi.Token(c))
	if err != nil {
		return err
	}
	r.srv.SetCookie(c, token, r.s.o.AbsoluteLimit)
	return httpapi.Answer(c, http.StatusCreated, v)
}

func (r routes) handleWho(c echo.Context) error {
	v, setup, err := r.s.Who(c.Request().Context(), httpapi.Token(c))
	if err != nil {
		return err
	}
	if setup.Setup {
		return httpapi.Read(c, setup)
	}
	return httpapi.Read(c, v)
}

func (r routes) handleSignOut(c echo.Context) error {
	if err := r.s.SignOut(c.Request().Context(), httpapi.Token(c)); err != nil {
		return err
	}
	r.srv.SetCookie(c, "", 0)
	return c.NoContent(http.StatusNoContent)
}

func (r routes) handleSessions(c echo.Context) error {
	q := httpapi.NewQuery(c)
	limit, after := q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	list, at, err := r.s.Sessions(c.Request().Context(), httpapi.Actor(c), limit, after)
	if err != nil {
		return err
	}
	return httpapi.Read(c, httpapi.NewList(list, limit, func(b BrowserSession) int64 { return b.ID }, at, events.Self))
}

func (r routes) handleSignOutEverywhere(c echo.Context) error {
	if err := r.s.SignOutEverywhere(c.Request().Context(), httpapi.Actor(c)); err != nil {
		return err
	}
	r.srv.SetCookie(c, "", 0)
	return c.NoContent(http.StatusNoContent)
}

func (r routes) handleEndSession(c echo.Context) error {
	id, err := httpapi.ID(c, "session")
	if err != nil {
		return err
	}
	if err := r.s.EndSession(c.Request().Context(), httpapi.Actor(c), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (r routes) handleMe(c echo.Context) error {
	p, err := r.s.Me(c.Request().Context(), httpapi.Actor(c))
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, p, p.Revision)
}

func (r routes) handleEditMe(c echo.Context) error {
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	var e Edit
	if err := httpapi.Decode(c, &e); err != nil {
		return err
	}
	p, err := r.s.EditMe(c.Request().Context(), httpapi.Actor(c), revision, e, client(c))
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, p, p.Revision)
}

func (r routes) handleList(c echo.Context) error {
	q := httpapi.NewQuery(c)
	f := Filter{Role: q.OneOf("role", "admin", "editor", "reviewer"), Query: q.Text("q", 100)}
	f.Limit, f.After = q.Page()
	if err := q.Err(); err != nil {
		return err
	}
	list, at, err := r.s.List(c.Request().Context(), httpapi.Actor(c), f)
	if err != nil {
		return err
	}
	return httpapi.Read(c, httpapi.NewList(list, f.Limit, func(p Person) int64 { return p.ID }, at, events.Site))
}

// followed is a person with from where to follow them.
type followed struct {
	Person
	Position events.Position `json:"position"`
	Topic    string          `json:"topic"`
}

func (r routes) handleGet(c echo.Context) error {
	id, err := httpapi.ID(c, "user")
	if err != nil {
		return err
	}
	p, at, err := r.s.Get(c.Request().Context(), httpapi.Actor(c), id)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, followed{p, at, events.Site}, p.Revision)
}

func (r routes) handleChange(c echo.Context) error {
	id, err := httpapi.ID(c, "user")
	if err != nil {
		return err
	}
	revision, err := httpapi.IfMatch(c)
	if err != nil {
		return err
	}
	var in Change
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	p, err := r.s.Change(c.Request().Context(), httpapi.Actor(c), id, revision, in)
	if err != nil {
		return err
	}
	return httpapi.Resource(c, http.StatusOK, p, p.Revision)
}

// invited is somebody who was let in, with the link for them where there is one.
type invited struct {
	Person
	Link *Link `json:"link"`
}

func (r routes) handleCreate(c echo.Context) error {
	var d Draft
	if err := httpapi.Decode(c, &d); err != nil {
		return err
	}
	key, same, err := httpapi.IdempotencyKey(c)
	if err != nil {
		return err
	}
	d.Key = store.NewClientKey(key, same)
	p, l, created, err := r.s.Create(c.Request().Context(), httpapi.Actor(c), d, r.srv.Site(c))
	if err != nil {
		return err
	}
	return httpapi.Resource(c, httpapi.CreatedOrRepeated(created), invited{p, l}, p.Revision)
}

func (r routes) handleMakeLink(c echo.Context) error {
	id, err := httpapi.ID(c, "user")
	if err != nil {
		return err
	}
	l, err := r.s.MakeLink(c.Request().Context(), httpapi.Actor(c), id, r.srv.Site(c))
	if err != nil {
		return err
	}
	return httpapi.Answer(c, http.StatusCreated, l)
}

func (r routes) handleSetPassword(c echo.Context) error {
	var in NewPassword
	if err := httpapi.Decode(c, &in); err != nil {
		return err
	}
	token, v, err := r.s.SetPassword(c.Request().Context(), in, client(c), httpapi.Token(c))
	if err != nil {
		return err
	}
	r.srv.SetCookie(c, token, r.s.o.AbsoluteLimit)
	return httpapi.Answer(c, http.StatusCreated, v)
}
