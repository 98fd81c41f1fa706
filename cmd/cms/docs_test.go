package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func readDoc(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// docs are all pages of ours, by their paths.
func docs(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "vendor") {
			return fs.SkipDir
		}
		if !d.IsDir() && path.Ext(file) == ".md" {
			all[file] = readDoc(t, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var (
	mdLink    = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	mdHeading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	mdFence   = regexp.MustCompile("(?ms)^```.*?^```$")
	notInSlug = regexp.MustCompile(`[^a-z0-9 -]`)
)

// anchors are the names by which a page's headings are linked to.
func anchors(text string) (all []string) {
	for _, h := range mdHeading.FindAllStringSubmatch(mdFence.ReplaceAllString(text, ""), -1) {
		all = append(all, strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
	}
	return all
}

func TestDocumentsLinksLeadSomewhere(t *testing.T) {
	all, links := docs(t), 0
	for file, text := range all {
		for _, l := range mdLink.FindAllStringSubmatch(mdFence.ReplaceAllString(text, ""), -1) {
			if strings.Contains(l[1], "://") {
				continue
			}
			links++
			to := file
			if l[1] != "" {
				to = path.Join(path.Dir(file), l[1])
			}
			if _, err := os.Stat(filepath.Join(root, to)); err != nil {
				t.Errorf("%s links to %s, which is not there", file, to)
			} else if l[2] != "" && !slices.Contains(anchors(all[to]), l[2]) {
				t.Errorf("%s links to #%s of %s, which is not there", file, l[2], to)
			}
		}
	}
	if len(all) < 10 || links < 20 {
		t.Errorf("only %d pages with %d links were read", len(all), links)
	}
}

// What a newcomer types must be on the first screen, and must be what there is.
func TestDocumentsReadmeCommands(t *testing.T) {
	readme := readDoc(t, "README.md")
	first := strings.Join(strings.SplitN(readme, "\n", 31)[:30], "\n")
	for _, command := range []string{"\ngo run ./cmd/cms serve --demo ", "\nscripts/check "} {
		if !strings.Contains(first, command) {
			t.Errorf("the first screen lacks %q", strings.TrimSpace(command))
		}
	}
	serve, _, err := rootCommand().Find([]string{"serve"})
	if err != nil || serve.Flags().Lookup("demo") == nil {
		t.Errorf("there is no cms serve --demo (%v)", err)
	}
	if info, err := os.Stat(filepath.Join(root, "scripts/check")); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("scripts/check cannot be run (%v)", err)
	}
	if !strings.Contains(readDoc(t, ".ci/run"), "scripts/check") {
		t.Error(".ci/run does not call scripts/check")
	}
}

// commands calls fn for the command and all below it.
func commands(c *cobra.Command, fn func(*cobra.Command)) {
	fn(c)
	for _, below := range c.Commands() {
		commands(below, fn)
	}
}

func TestDocumentsNameEveryOption(t *testing.T) {
	page := readDoc(t, "docs/configuration.md")
	for _, o := range options {
		flag, env, def := "`--"+strings.ReplaceAll(o.key, "_", "-")+"`", envPrefix+strings.ToUpper(o.key), fmt.Sprintf("`%v`", o.def)
		if list, ok := o.def.([]string); fmt.Sprint(o.def) == "" || ok && len(list) == 0 {
			def = "none"
		}
		if _, ok := o.def.(secret); ok { // the command line is for everybody on the machine to read
			flag = "–"
		}
		if row := fmt.Sprintf("\n| %s | `%s` | `%s` | %s |", flag, env, o.key, def); !strings.Contains(page, row) {
			t.Errorf("docs/configuration.md lacks the row %q", row[1:])
		}
	}
	known := map[string]bool{envPrefix + "CONFIG": true}
	for _, o := range options {
		known[envPrefix+strings.ToUpper(o.key)] = true
	}
	commands(rootCommand(), func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			known["--"+f.Name] = true
			if !strings.Contains(page, "`--"+f.Name+"`") {
				t.Errorf("docs/configuration.md lacks --%s of %s", f.Name, c.CommandPath())
			}
		})
	})
	named := regexp.MustCompile(`(?:^|[^\w-])(--[a-z][a-z-]+|GALLEY_[A-Z_]+)`)
	for _, file := range []string{"README.md", "docs/configuration.md"} {
		for _, n := range named.FindAllStringSubmatch(readDoc(t, file), -1) {
			if !known[n[1]] && n[1] != envPrefix && n[1] != "--help" {
				t.Errorf("%s names %s, which there is not", file, n[1])
			}
		}
	}
}

// rfcCodes are the close codes of RFC 6455 by the names that realtime uses.
var rfcCodes = map[string]int{
	"CloseProtocolError": websocket.CloseProtocolError, "CloseUnsupportedData": websocket.CloseUnsupportedData,
	"CloseInvalidFramePayloadData": websocket.CloseInvalidFramePayloadData, "CloseServiceRestart": websocket.CloseServiceRestart,
}

func TestDocumentsNameEveryCloseCode(t *testing.T) {
	sent := map[string]bool{fmt.Sprint(websocket.CloseMessageTooBig): true} // gorilla's own answer to a message over the limit
	files, err := filepath.Glob(filepath.Join(root, "realtime/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fourThousands := regexp.MustCompile(`^4\d\d\d$`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if fourThousands.MatchString(n.Value) && filepath.Base(file) == "conn.go" {
					sent[n.Value] = true
				}
			case *ast.SelectorExpr:
				if strings.HasPrefix(n.Sel.Name, "Close") && fmt.Sprint(n.X) == "websocket" && n.Sel.Name != "CloseError" && n.Sel.Name != "CloseMessage" {
					if rfcCodes[n.Sel.Name] == 0 {
						t.Errorf("%s uses websocket.%s, which rfcCodes does not know", filepath.Base(file), n.Sel.Name)
					}
					sent[fmt.Sprint(rfcCodes[n.Sel.Name])] = true
				}
			}
			return true
		})
	}
	if len(sent) < 12 {
		t.Errorf("found only %v", sent)
	}
	page := readDoc(t, "docs/realtime.md")
	for code := range sent {
		if !regexp.MustCompile(`(?m)^(\| )?` + code + `\b`).MatchString(page) {
			t.Errorf("docs/realtime.md does not say what %s means", code)
		}
	}
	for _, row := range regexp.MustCompile(`(?m)^\| ([14]\d\d\d) \|`).FindAllStringSubmatch(page, -1) {
		if !sent[row[1]] {
			t.Errorf("docs/realtime.md explains %s, which is not sent", row[1])
		}
	}
}

func TestDocumentsNameEveryEvent(t *testing.T) {
	page := readDoc(t, "docs/realtime.md")
	types := component(t, "Event").Properties["type"].Value.Enum
	if len(types) < 10 {
		t.Fatalf("got %v", types)
	}
	for _, name := range types {
		if !strings.Contains(page, fmt.Sprintf("`%s`", name)) {
			t.Errorf("docs/realtime.md does not name %s", name)
		}
	}
}

func TestDocumentsNameEveryCode(t *testing.T) {
	page := readDoc(t, "docs/api.md")
	codes := regexp.MustCompile(`(?m)Code = "(\w+)"`).FindAllStringSubmatch(readDoc(t, "errs/errs.go"), -1)
	if len(codes) < 15 {
		t.Fatalf("got %v", codes)
	}
	for _, c := range codes {
		if !strings.Contains(page, "`"+c[1]+"`") {
			t.Errorf("docs/api.md does not name %s", c[1])
		}
	}
}

// The table of ARCHITECTURE.md is the one of TestImports. "the same" is the row above.
func TestDocumentsImportTable(t *testing.T) {
	page := readDoc(t, "ARCHITECTURE.md")
	if lines := strings.Count(page, "\n"); lines > 150 {
		t.Errorf("ARCHITECTURE.md has %d lines; it is to be read in one go, so 150 are enough", lines)
	}
	word := regexp.MustCompile("`([^`]+)`")
	told := map[string]string{}
	var above []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[a-z/` ]+) \\| (–|errs|everything|the same|`)(.*) \\|$").FindAllStringSubmatch(page, -1) {
		var may []string
		if row[2] == "the same" {
			may = slices.Clone(above)
		}
		for _, w := range word.FindAllStringSubmatch(row[2]+row[3], -1) {
			may = append(may, w[1])
		}
		if row[2] == "everything" {
			may = []string{"*"}
		}
		slices.Sort(may)
		for _, w := range word.FindAllStringSubmatch(row[1], -1) {
			told[w[1]] = strings.Join(may, " ")
		}
		above = may
	}
	for pkg, allowed := range mayImport {
		if _, err := os.Stat(filepath.Join(root, pkg)); err != nil {
			continue // a row for a package to come
		}
		want := strings.Fields(allowed)
		slices.Sort(want)
		if got, ok := told[pkg]; !ok || got != strings.Join(want, " ") {
			t.Errorf("ARCHITECTURE.md lets %s import %q, the test %q", pkg, got, strings.Join(want, " "))
		}
	}
}
