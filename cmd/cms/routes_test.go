package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write routes.txt anew")

// TestRoutes compares the routes with routes.txt, where a review sees at once what came and what went.
func TestRoutes(t *testing.T) {
	var lines []string
	for _, r := range newTestApp(t).server.Echo.Routes() {
		if r.Method != "echo_route_not_found" {
			lines = append(lines, fmt.Sprintf("%-6s %s", r.Method, r.Path))
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[7:]+" "+a, b[7:]+" "+b) })
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile("routes.txt", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("routes.txt")
	if err != nil || got != string(want) {
		t.Errorf("the routes are not those of routes.txt (go test ./cmd/cms -run TestRoutes -update writes it, %v):\n%s", err, got)
	}
}
