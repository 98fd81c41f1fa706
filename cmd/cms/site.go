package main

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"gorm.io/gorm"

	"galley/errs"
	"galley/store"
	"galley/web"
)

// serveSite answers everything that no other route does with the browser's files.
func serveSite(e *echo.Echo, site *web.Site) {
	missing := func(echo.Context) error { return errs.Missing("page") }
	for _, machine := range []string{"/api", "/api/*", "/delivery", "/delivery/*"} { // else the router would say that only the method is wrong
		e.RouteNotFound(machine, missing)
	}
	handle := func(c echo.Context) error {
		for _, machine := range []string{"/api/", "/delivery/"} { // an unknown address there is a mistake, not a page
			if strings.HasPrefix(c.Request().URL.Path+"/", machine) {
				return errs.Missing("page")
			}
		}
		served, err := site.Serve(c.Response(), c.Request())
		if err == nil && !served {
			err = errs.Missing("page")
		}
		return err
	}
	e.GET("/*", handle)
	e.HEAD("/*", handle)
}

// probes adds what a supervisor asks: healthz, does the process answer; readyz, should it get requests.
func (a *App) probes(e *echo.Echo) {
	type status struct {
		Status string `json:"status"`
	}
	e.GET("/healthz", func(c echo.Context) error { return c.JSON(http.StatusOK, status{"ok"}) })
	e.GET("/readyz", func(c echo.Context) error {
		select {
		case <-a.stopping:
			return errs.New(errs.Unavailable, "Galley is stopping. Try again in a moment.")
		default:
		}
		err := a.db.Read(c.Request().Context(), func(tx *gorm.DB) error {
			var one int
			return store.Fault(tx.Raw(`SELECT only_row FROM event_log`).Scan(&one).Error, "database")
		})
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, status{"ok"})
	})
}
