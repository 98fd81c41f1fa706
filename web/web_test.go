package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// get asks the site; a nil recorder means that there is nothing.
func get(t *testing.T, s *Site, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	served, err := s.Serve(w, r)
	if err != nil {
		t.Fatal(err)
	}
	if !served {
		if w.Body.Len() > 0 || len(w.Header()) > 0 {
			t.Errorf("%s: something was answered and then disowned", target)
		}
		return nil
	}
	return w
}

func site(t *testing.T) *Site {
	t.Helper()
	s, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPlacesOfTheAppArePages(t *testing.T) {
	s := site(t)
	page := get(t, s, "GET", "/index.html").Body.String()
	for _, place := range []string{"/", "/projects", "/projects/7", "/projects/7/items/3", "/content/", "/core", "/../../etc/passwd", "//"} {
		w := get(t, s, "GET", place)
		if w == nil || w.Body.String() != page || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: not the page", place)
		}
	}
}

func TestMissingFiles(t *testing.T) {
	s := site(t)
	for _, missing := range []string{"/nope.js", "/core/nope.mjs", "/projects/7.json", "/../web.go", "/favicon.ico", "/a\x00.js", "/%2e%2e/web.go", "/index.html/x.js"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = missing
		if served, err := s.Serve(httptest.NewRecorder(), r); err != nil || served {
			t.Errorf("%q: served %v, %v", missing, served, err)
		}
	}
}

func TestEveryFileHasItsType(t *testing.T) {
	s := site(t)
	files := 0
	err := fs.WalkDir(s.files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		if ext := path.Ext(name); ext != "" && types[ext] == "" {
			t.Errorf("%s: no type is known for %s", name, ext)
		}
		w := get(t, s, "GET", "/"+name)
		body, err := fs.ReadFile(s.files, name)
		if w == nil || err != nil || !bytes.Equal(w.Body.Bytes(), body) || w.Header().Get("ETag") == "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: not served as it is (%v)", name, err)
		}
		return nil
	})
	if err != nil || files < 10 {
		t.Fatalf("%d files, %v", files, err)
	}
	for name, want := range map[string]string{"/app.js": "text/javascript; charset=utf-8", "/vendor/preact/preact.mjs": "text/javascript; charset=utf-8", "/app.css": "text/css; charset=utf-8", "/vendor/htm/LICENSE": "text/plain; charset=utf-8"} {
		if w := get(t, s, "GET", name); w == nil || w.Header().Get("Content-Type") != want {
			t.Errorf("%s: not served as %s", name, want)
		}
	}
}

func TestBrowsersKeepWhatHasNotChanged(t *testing.T) {
	s := site(t)
	first := get(t, s, "GET", "/app.js")
	tag := first.Header().Get("ETag")
	if first.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("got %q", first.Header().Get("Cache-Control"))
	}
	again := get(t, s, "GET", "/app.js", "If-None-Match", tag)
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("got %d with %d bytes", again.Code, again.Body.Len())
	}
	if other := get(t, s, "GET", "/app.css", "If-None-Match", tag); other.Code != http.StatusOK {
		t.Errorf("another file with that tag: got %d", other.Code)
	}
	if head := get(t, s, "HEAD", "/app.js"); head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("ETag") != tag {
		t.Errorf("HEAD: got %d with %d bytes", head.Code, head.Body.Len())
	}
}

func TestPolicyAllowsTheImportMapAlone(t *testing.T) {
	w := get(t, site(t), "GET", "/projects")
	_, rest, found := strings.Cut(w.Body.String(), `<script type="importmap">`)
	importMap, _, closed := strings.Cut(rest, `</script>`)
	if !found || !closed {
		t.Fatal("the page has no import map")
	}
	sum := sha256.Sum256([]byte(importMap))
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{
		"script-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';",
		"default-src 'none';", "style-src 'self';", "frame-ancestors 'none';", "base-uri 'none';", "require-trusted-types-for 'script';", "trusted-types galley-html",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("%q is missing in %q", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("got %q", policy)
	}
	if file := get(t, site(t), "GET", "/app.js"); file.Header().Get("Content-Security-Policy") != "" {
		t.Error("a policy of pages came with a script")
	}
}

func TestPolicyReadsAPageAsABrowserDoes(t *testing.T) {
	with := func(page string) string { return policy([]byte(page)) }
	if with("<script>a\r\nb</script>") != with("<script>a\nb</script>") {
		t.Error("line ends make a difference")
	}
	if got := with(`<script src="/app.js"></script>`); strings.Contains(got, "sha256") {
		t.Errorf("a script with an address was hashed: %s", got)
	}
}

func TestFolderShowsChangesAtOnce(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("index.html", "<title>one</title>")
	s := Folder(dir)
	first := get(t, s, "GET", "/projects")
	write("index.html", "<title>two</title>")
	second := get(t, s, "GET", "/projects", "If-None-Match", first.Header().Get("ETag"))
	if second.Code != http.StatusOK || second.Body.String() != "<title>two</title>" {
		t.Errorf("got %d %q", second.Code, second.Body)
	}
	if w := get(t, s, "GET", "/nope.css"); w != nil {
		t.Errorf("got %d", w.Code)
	}
}
