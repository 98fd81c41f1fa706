package comments

import (
	"bufio"
	"bytes"
	"fmt"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// markdown turns comments into HTML: a subset of Markdown, since a comment is a remark and no page. Raw HTML is dropped by
// the parser and whatever is off the list by the policy after it.
type markdown struct {
	md     goldmark.Markdown
	policy *bluemonday.Policy
}

func newMarkdown() markdown {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "em", "strong", "del", "code", "pre", "ul", "ol", "li", "blockquote")
	p.AllowAttrs("class").Matching(bluemonday.SpaceSeparatedTokens).OnElements("span")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return markdown{
		md:     goldmark.New(goldmark.WithExtensions(extension.Strikethrough, extension.Linkify, mentions{}), goldmark.WithRendererOptions(html.WithHardWraps())),
		policy: p,
	}
}

// parsed is a comment's text, understood but not yet rendered: whom it names must be looked up in between.
type parsed struct {
	source  []byte
	root    *ast.Document
	handles []string // in order, each once
}

func (m markdown) parse(body string) parsed {
	p := parsed{source: []byte(body)}
	p.root = m.md.Parser().Parse(text.NewReader(p.source)).(*ast.Document)
	seen := map[string]bool{}
	_ = ast.Walk(p.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker returns no error of its own
		if found, ok := n.(*mention); ok && entering && !seen[found.handle] {
			seen[found.handle] = true
			p.handles = append(p.handles, found.handle)
		}
		return ast.WalkContinue, nil
	})
	return p
}

// buffers are what HTML is rendered through: the renderer would make one of 4 KiB for each comment.
var buffers = sync.Pool{New: func() any { return bufio.NewWriter(nil) }}

// render makes the HTML; only the named handles are marked as mentions.
func (m markdown) render(p parsed, named []string) (string, error) {
	for _, handle := range named {
		p.root.AddMeta(handle, true)
	}
	var b bytes.Buffer
	w := buffers.Get().(*bufio.Writer)
	defer func() {
		w.Reset(nil) // the pool must not keep the words
		buffers.Put(w)
	}()
	w.Reset(&b)
	if err := m.md.Renderer().Render(w, p.source, p.root); err != nil {
		return "", fmt.Errorf("comments: render: %w", err)
	}
	return m.policy.SanitizeReader(&b).String(), nil
}
