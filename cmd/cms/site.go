package main

import (
	"strings"

	"github.com/labstack/echo/v4"

	"galley/errs"
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
