package main

import (
	_ "embed"

	"github.com/labstack/echo/v4"

	"galley/httpapi"
)

// openAPI describes every route, byte for byte as it is served. The API tests hold each request and answer against it.
//
//go:embed openapi.json
var openAPI []byte

func serveOpenAPI(srv *httpapi.Server) {
	srv.Open.GET("/openapi.json", func(c echo.Context) error {
		return httpapi.ReadBytes(c, echo.MIMEApplicationJSON, openAPI)
	})
}
