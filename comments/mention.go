package comments

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// mention is @handle in a text: an inline node, so code and addresses are not taken for one.
type mention struct {
	ast.BaseInline
	handle string
}

var kindMention = ast.NewNodeKind("Mention")

func (m *mention) Kind() ast.NodeKind { return kindMention }

func (m *mention) Dump(source []byte, level int) {
	ast.DumpHelper(m, source, level, map[string]string{"handle": m.handle}, nil)
}

type mentionParser struct{}

func (mentionParser) Trigger() []byte { return []byte{'@'} }

func (mentionParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	if before := block.PrecendingCharacter(); isHandleRune(before) || before > 127 {
		return nil // the middle of a word or of an address
	}
	line, _ := block.PeekLine()
	end := 1
	for end < len(line) && isHandleRune(rune(line[end])) {
		end++
	}
	handle := strings.TrimRight(string(line[1:end]), ".-") // what ends a sentence ends the handle
	if handle == "" {
		return nil
	}
	block.Advance(1 + len(handle))
	return &mention{handle: strings.ToLower(handle)}
}

func isHandleRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-'
}

// mentionRenderer marks those mentions that name somebody; the others stay plain words.
type mentionRenderer struct{}

func (mentionRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindMention, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		m := n.(*mention)
		named, _ := n.OwnerDocument().Meta()[m.handle].(bool)
		if named {
			_, _ = w.WriteString(`<span class="mention">`)
		}
		_, _ = w.WriteString("@" + m.handle)
		if named {
			_, _ = w.WriteString(`</span>`)
		}
		return ast.WalkContinue, nil
	})
}

type mentions struct{}

func (mentions) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithInlineParsers(util.Prioritized(mentionParser{}, 150)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(mentionRenderer{}, 150)))
}
