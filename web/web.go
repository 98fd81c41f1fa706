// Package web serves the browser's files: those compiled in, or those of a folder while developing. It must never know
// what they do.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"
)

//go:embed all:static
var embedded embed.FS

const index = "index.html"

// types are set by ourselves: what the system believes of an extension differs (Windows keeps that in its registry), and a
// module with a wrong type does not run.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json",
}

// Site is the browser's files.
type Site struct {
	files fs.FS
	fresh bool // the files may change while we run
	mu    sync.Mutex
	kept  map[string]*file
}

// file is one of them with what an answer needs.
type file struct {
	body      []byte
	mediaType string
	tag       string
	policy    string // Content-Security-Policy, of pages
}

// Embedded is the site that is compiled in.
func Embedded() (*Site, error) {
	files, err := fs.Sub(embedded, "static")
	return &Site{files: files, kept: map[string]*file{}}, err
}

// Folder is the site in a folder, read anew for each request.
func Folder(dir string) *Site { return &Site{files: os.DirFS(dir), fresh: true} }

// Serve answers a GET or HEAD: with the file of that path; for a path without extension, which is a place in the app, with
// the page. It answers nothing and returns false where there is no such file.
func (s *Site) Serve(w http.ResponseWriter, r *http.Request) (bool, error) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	f, err := s.find(name)
	if errors.Is(err, fs.ErrNotExist) && path.Ext(name) == "" {
		f, err = s.find(index)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	h := w.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("ETag", f.tag)
	h.Set("Cache-Control", "no-cache") // kept, and asked for each time: a new version is there at once
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if f.policy != "" {
		h.Set("Content-Security-Policy", f.policy)
		h.Set("X-Frame-Options", "DENY")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
	return true, nil
}

func (s *Site) find(name string) (*file, error) {
	if s.fresh {
		return read(s.files, name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.kept[name]; f != nil {
		return f, nil
	}
	f, err := read(s.files, name)
	if err == nil {
		s.kept[name] = f
	}
	return f, err
}

func read(files fs.FS, name string) (*file, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrNotExist
	}
	if info, err := fs.Stat(files, name); err != nil || info.IsDir() {
		return nil, errors.Join(fs.ErrNotExist, err)
	}
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	f := &file{body: body, tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, mediaType: types[path.Ext(name)]}
	if f.mediaType == "" {
		f.mediaType = "text/plain; charset=utf-8"
	}
	if path.Ext(name) == ".html" {
		f.policy = policy(body)
	}
	return f, nil
}

// policy allows a page nothing but our own files, and the inline scripts that it has: an import map must be inline and
// counts as a script.
func policy(page []byte) string {
	scripts := "script-src 'self'"
	for _, m := range inlineScript.FindAllSubmatch(page, -1) {
		if !bytes.Contains(m[1], []byte("src=")) {
			sum := sha256.Sum256(bytes.ReplaceAll(m[2], []byte("\r\n"), []byte("\n"))) // as a browser reads it
			scripts += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		}
	}
	return strings.Join([]string{
		"default-src 'none'", scripts, "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "manifest-src 'self'",
		"base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types galley-html",
	}, "; ")
}

var inlineScript = regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`)
