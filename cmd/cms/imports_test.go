package main

import (
	"bufio"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// mayImport is the table of HOUSE.md, section 2: who may import whom. Lower never imports higher.
var mayImport = map[string]string{
	"errs": "", "migrations": "", "web": "", "words": "",
	"access":          "errs",
	"store":           "errs migrations",
	"store/storetest": "errs migrations access store",
	"events":          "errs access store",
	"httpapi":         "errs access",
	"httpapi/apitest": "errs access store store/storetest events httpapi",
	"audit":           "errs access store events httpapi",
	"users":           "errs access store events httpapi audit",
	"settings":        "errs access store events httpapi audit",
	"notifications":   "errs access store events httpapi",
	"projects":        "errs access store events httpapi audit users settings notifications",
	"content":         "errs words access store events httpapi audit users settings notifications projects",
	"comments":        "errs access store events httpapi audit users settings notifications projects content",
	"releases":        "errs access store events httpapi audit users settings notifications projects content comments",
	"search":          "errs words access store httpapi projects content",
	"realtime":        "errs access store events httpapi",
	"cmd/cms":         "*",
	"bench":           "*",
}

// foreign is every module that is not ours: which packages may import it, and why.
var foreign = []struct{ module, by, why string }{
	{"gorm.io/gorm", "store events audit users settings notifications projects content comments releases search realtime cmd/cms", "the ORM; http.go never"},
	{"gorm.io/driver/sqlite", "store", "its driver"},
	{"github.com/mattn/go-sqlite3", "store bench", "pragmas read back on every connection, and whether a transaction is still open"},
	{"github.com/pressly/goose/v3", "store", "migrations"},
	{"github.com/labstack/echo/v4", "httpapi audit users settings notifications projects content comments releases search realtime cmd/cms", "routing; in a domain http.go alone"},
	{"github.com/gorilla/websocket", "realtime", "sockets"},
	{"golang.org/x/time", "realtime", "how many commands a socket may send"},
	{"github.com/alexedwards/argon2id", "users", "password hashes"},
	{"golang.org/x/text", "users words", "handles, slugs and searching by words with accents"},
	{"github.com/yuin/goldmark", "comments content", "Markdown to HTML"},
	{"github.com/microcosm-cc/bluemonday", "comments content", "only harmless HTML leaves"},
	{"github.com/spf13/cobra", "cmd/cms", "the command line"},
	{"github.com/spf13/pflag", "cmd/cms", "its flags"},
	{"github.com/prometheus/client_golang", "cmd/cms", "metrics"},
	{"github.com/knadh/koanf", "cmd/cms", "configuration from file, environment and flags"},
}

// beyondTests are the modules that tests may use anywhere besides.
var beyondTests = []string{"github.com/google/go-cmp", "pgregory.net/rapid", "go.uber.org/goleak", "github.com/getkin/kin-openapi", "github.com/gorilla/websocket", "gorm.io/gorm"}

func TestImports(t *testing.T) {
	files := 0
	eachImport(t, func(file, pkg, imported string) {
		files++
		test := strings.HasSuffix(file, "_test.go") || strings.HasSuffix(pkg, "test")
		if ours, found := strings.CutPrefix(imported, "galley/"); found {
			allowed, known := mayImport[pkg]
			switch {
			case !known:
				t.Errorf("%s: the package %s stands in no row of the table", file, pkg)
			case test && (ours == pkg || ours == "store/storetest" || ours == "httpapi/apitest"):
			case allowed != "*" && !slices.Contains(strings.Fields(allowed), ours):
				t.Errorf("%s: %s may not import %s", file, pkg, ours)
			}
			return
		}
		if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
			return // the standard library
		}
		allowed := pkg == "bench" || test && within(imported, beyondTests...)
		for _, row := range foreign {
			allowed = allowed || within(imported, row.module) && slices.Contains(strings.Fields(row.by), pkg)
		}
		if !allowed {
			t.Errorf("%s: %s may not import %s", file, pkg, imported)
		}
		domain := pkg != "httpapi" && pkg != "cmd/cms" && !test
		if within(imported, "github.com/labstack/echo/v4") && domain && path.Base(file) != "http.go" {
			t.Errorf("%s: only http.go may import echo", file)
		}
		if within(imported, "gorm.io/gorm") && path.Base(file) == "http.go" {
			t.Errorf("%s: http.go may not import gorm", file)
		}
	})
	if files < 100 {
		t.Fatalf("only %d imports were read", files)
	}
}

// eachImport calls fn for every import line of every Go file of the module.
func eachImport(t *testing.T, fn func(file, pkg, imported string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "tools") {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(file) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, line := range parsed.Imports {
			imported, err := strconv.Unquote(line.Path.Value)
			if err != nil {
				return err
			}
			fn(file, path.Dir(file), imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func within(imported string, modules ...string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
}

// A module that nothing needs any more is a line to delete, and one that nobody allowed is a line to write first.
func TestEveryModuleIsNamed(t *testing.T) {
	file, err := os.Open(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var named []string
	for _, row := range foreign {
		named = append(named, row.module)
	}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		module, _, isRequirement := strings.Cut(line, " v")
		if !isRequirement || strings.HasSuffix(line, "// indirect") || !strings.Contains(module, ".") {
			continue
		}
		if !within(module, append(named, beyondTests...)...) {
			t.Errorf("go.mod requires %s, which stands in no row", module)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
