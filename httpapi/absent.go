package httpapi

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"galley/errs"
)

// absent answers for addresses under the API that no route takes: MethodNotAllowed, with what is allowed, where another
// method has a route there, NotFound else. The router by itself says "not found" of both once a group has middleware.
func (s *Server) absent(c echo.Context) error {
	var allowed []string
	for _, r := range s.Echo.Routes() {
		if strings.HasPrefix(r.Path, basePath+"/") && r.Method != echo.RouteNotFound && matches(r.Path, c.Request().URL.Path) {
			allowed = append(allowed, r.Method)
		}
	}
	if len(allowed) == 0 {
		return errs.Missing("page")
	}
	slices.Sort(allowed)
	c.Response().Header().Set(echo.HeaderAllow, strings.Join(slices.Compact(allowed), ", "))
	return errs.New(errs.MethodNotAllowed, "This address does not take that method.")
}

// matches tells whether the path is one of the pattern, whose segments may be parameters.
func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		isParam := strings.HasPrefix(want[i], ":")
		if isParam && got[i] == "" || !isParam && want[i] != got[i] {
			return false
		}
	}
	return true
}
