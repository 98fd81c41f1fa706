package main

import (
	"testing"

	"galley/errs"
)

func TestLanguagesAPI(t *testing.T) {
	n := newNewsroom(t)
	n.listen(t)
	n.table(t, []row{
		{
			name: "translate", as: "ben", method: "POST", path: "/api/v1/content/{free}/versions", header: []string{"Idempotency-Key", "de"}, body: `{"language":"de","from":1}`, wantStatus: 201,
			wantBody:   `{"language":"de","title":"Lost property","slug":"lost-property","state":"draft","version":{"number":2,"base":null},"live":null,"languages":[{"language":"de","state":"draft","live":false},{"language":"en"}]}`,
			wantEvents: []string{"version.saved content"}, heardBy: "ines anna ben sten rosa",
		},
		{name: "the same request again", as: "ben", method: "POST", path: "/api/v1/content/{free}/versions", header: []string{"Idempotency-Key", "de"}, body: `{"language":"de","from":1}`, wantStatus: 200, wantBody: `{"version":{"number":2}}`},
		{name: "the language twice", as: "anna", method: "POST", path: "/api/v1/content/{free}/versions", body: `{"language":"de","from":1}`, wantStatus: 409, wantCode: errs.Conflict, wantBody: `{"detail":"There is a draft in de already. Go on with that one."}`},
		{name: "what anna hides, ben may not translate", as: "sten", method: "POST", path: "/api/v1/content/{secret.item.page}/versions", body: `{"language":"de","from":1}`, wantStatus: 404, wantCode: errs.NotFound},
		{name: "shown in German", as: "rosa", method: "GET", path: "/api/v1/content/{free}?language=de", wantStatus: 200, wantBody: `{"language":"de","version":{"number":2}}`},
		{name: "a list in German has what there is", as: "rosa", method: "GET", path: "/api/v1/content?language=de&limit=2", wantStatus: 200, wantBody: `{"items":[{"id":{free},"language":"de"},{"language":"en"}]}`},
		{name: "a language that it has not", as: "rosa", method: "GET", path: "/api/v1/content/{free}?language=fr", wantStatus: 404, wantCode: errs.NotFound},
	})
}
