package main

import (
	"testing"

	"galley/errs"
)

func TestSearchAPI(t *testing.T) {
	n := newNewsroom(t)
	n.table(t, []row{
		{
			name: "everything of a word", as: "sten", method: "GET", path: "/api/v1/search?q=HARB", wantStatus: 200,
			wantBody: `{"items":[{"kind":"project","id":{other},"title":"Harbour works","context":"Ben Moss","state":"active","type":null,"language":null,"project_id":null,"item_id":null},
				{"kind":"content","id":{other.item.page},"title":"Fares of Harbour works","context":"/fares-of-harbour-works","state":"draft","type":"page","language":"en","project_id":{other},"item_id":{other.item}}]}`,
		},
		{name: "a person", as: "rosa", method: "GET", path: "/api/v1/search?q=sten&kind=person", wantStatus: 200, wantBody: `{"items":[{"kind":"person","id":{sten},"title":"Sten Holm","context":"@sten","state":"editor"}]}`},
		{name: "a path", as: "rosa", method: "GET", path: "/api/v1/search?q=%2Flost", wantStatus: 200, wantBody: `{"items":[{"kind":"content","id":{free}}]}`},
		{name: "what sten may not see", as: "sten", method: "GET", path: "/api/v1/search?q=merger", wantStatus: 200, wantBody: `{"items":[]}`},
		{name: "nor its content", as: "sten", method: "GET", path: "/api/v1/search?q=fares+ferries", wantStatus: 200, wantBody: `{"items":[]}`},
		{name: "a member does", as: "rosa", method: "GET", path: "/api/v1/search?q=ferries", wantStatus: 200, wantBody: `{"items":[{"kind":"project","id":{secret}},{"kind":"content","id":{secret.item.page}}]}`},
		{name: "nothing", as: "rosa", method: "GET", path: "/api/v1/search?q=%20", wantStatus: 200, wantBody: `{"items":[]}`},
		{name: "not said what", as: "rosa", method: "GET", path: "/api/v1/search", wantStatus: 422, wantCode: errs.Invalid, wantFields: []string{"q"}},
		{name: "in the list of content", as: "sten", method: "GET", path: "/api/v1/content?q=far", wantStatus: 200, wantBody: `{"items":[{"id":{other.item.page}},{"id":{open.item.page}}]}`},
		{name: "in the list, in the order of the tree", as: "rosa", method: "GET", path: "/api/v1/content?q=far&parent=root", wantStatus: 200, wantBody: `{"items":[{"id":{open.item.page}},{"id":{other.item.page}},{"id":{secret.item.page}}]}`},
	})
}
