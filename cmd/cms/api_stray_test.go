package main

import (
	"net/http"
	"strings"
	"testing"

	"galley/errs"
)

// Addresses that are not there are problems, never pages, and a method that an address does not take is told from them.
func TestStrayAddresses(t *testing.T) {
	n := newNewsroom(t)
	for _, path := range []string{
		"/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/projects", "/api/v1/nothing", "/api/v1/projects/", "/api/v1/projects/1/nothing", "/api/v1//projects", "/api/v1/Projects", "/delivery", "/delivery/v1", "/delivery/v2/en/x",
		"/api/v1/%2e%2e/healthz",
	} {
		for _, as := range []string{"", "rosa"} {
			for _, method := range []string{"GET", "POST", "DELETE"} {
				t.Run(method+" "+path+" "+as, func(t *testing.T) {
					n.do(t, row{as: as, method: method, path: path, wantStatus: http.StatusNotFound, wantCode: errs.NotFound})
				})
			}
		}
	}
	known := map[string]map[string]bool{}
	for _, op := range operations(t) {
		if known[op.path] == nil {
			known[op.path] = map[string]bool{}
		}
		known[op.path][op.method] = true
	}
	for path, methods := range known {
		for param, value := range place {
			path = strings.ReplaceAll(path, "{"+param+"}", value)
		}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if op, _ := described(t, method, n.fill(t, path)); methods[method] || op != nil { // a fixed word may stand where another path has a parameter
				continue
			}
			t.Run(method+" "+path, func(t *testing.T) {
				n.do(t, row{as: "ines", method: method, path: path, wantStatus: http.StatusMethodNotAllowed, wantCode: errs.MethodNotAllowed})
				req := n.request(t, "ines", method, path, "", nil)
				res, err := noRedirects.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				_ = res.Body.Close() // only its head counts
				for allowed := range methods {
					if !strings.Contains(res.Header.Get("Allow"), allowed) {
						t.Errorf("Allow is %q and lacks %s", res.Header.Get("Allow"), allowed)
					}
				}
			})
		}
	}
}
