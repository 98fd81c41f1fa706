package settings

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"galley/access"
	"galley/errs"
	"galley/httpapi"
	"galley/store/storetest"
)

func TestRoutes(t *testing.T) {
	e := newEnv(t, Pins{})
	people := map[string]access.Actor{
		"admin":  e.maren,
		"editor": storetest.Person(t, e.db, "Anna Vale", access.Editor),
	}
	srv, err := httpapi.New(func(_ context.Context, token string, _ bool) (access.Actor, error) {
		a, ok := people[token]
		if !ok {
			return a, errs.New(errs.Unauthenticated, "Sign in first.")
		}
		return a, nil
	}, slog.New(slog.DiscardHandler), httpapi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e.s.Routes(srv)
	const off = `{"websockets_enabled":false}`
	for _, row := range []struct {
		name, as, method, body, ifMatch string
		status                          int
		want                            string // a part of the answer
		events                          string
	}{
		{"read", "admin", "GET", "", "", 200, `{"websockets_enabled":true,"realtime_fallback":"manual","revision":1,"changed_at":null,"changed_by":null,"pinned":{"websockets_enabled":null},"position":"`, ""},
		{"read as an editor", "editor", "GET", "", "", 403, "Only admins change settings.", ""},
		{"read as nobody", "", "GET", "", "", 401, `"code":"unauthenticated"`, ""},
		{"change as an editor", "editor", "PATCH", off, `"1"`, 403, "Only admins change settings.", ""},
		{"change without a base", "admin", "PATCH", off, "", 428, `"code":"precondition_required"`, ""},
		{"change on an old base", "admin", "PATCH", off, `"3"`, 412, `"current":{"websockets_enabled":true`, ""},
		{"another fall-back", "admin", "PATCH", `{"realtime_fallback":"poll"}`, `"1"`, 422, `"fields":{"realtime_fallback":"One of: manual."}`, ""},
		{"an unknown setting", "admin", "PATCH", `{"pinned":{}}`, `"1"`, 422, `"fields":{"pinned"`, ""},
		{"a wrong type", "admin", "PATCH", `{"websockets_enabled":"off"}`, `"1"`, 422, `"fields":{"websockets_enabled"`, ""},
		{"change", "admin", "PATCH", off, `"1"`, 200, `"revision":2,`, "settings.changed site audit.added audit"},
		{"change back on the old base", "admin", "PATCH", `{"websockets_enabled":true}`, `"1"`, 412, `"code":"stale"`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := storetest.LastEvent(t, e.db)
			r := httptest.NewRequest(row.method, "http://127.0.0.1/api/v1/settings", strings.NewReader(row.body))
			r.Header.Set("Content-Type", "application/json")
			if row.ifMatch != "" {
				r.Header.Set("If-Match", row.ifMatch)
			}
			r.AddCookie(&http.Cookie{Name: httpapi.CookieName, Value: row.as})
			w := httptest.NewRecorder()
			srv.Echo.ServeHTTP(w, r)
			if w.Code != row.status || !strings.Contains(w.Body.String(), row.want) {
				t.Errorf("got %d %s, want %d with %s", w.Code, w.Body, row.status, row.want)
			}
			if tag := w.Header().Get("ETag"); w.Code == 200 && tag != `"1"` && tag != `"2"` {
				t.Errorf("ETag: got %q", tag)
			}
			if got := strings.Join(storetest.Events(t, e.db, before), " "); got != row.events {
				t.Errorf("events: got %q, want %q", got, row.events)
			}
		})
	}
}
