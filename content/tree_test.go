package content_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"galley/access"
	"galley/content"
	"galley/errs"
	"galley/store/storetest"
)

// below makes a page below another one.
func (e env) below(t *testing.T, parent content.View, title string) content.View {
	t.Helper()
	return must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "en", ParentID: &parent.ID, Fields: values(title)}))
}

// tree is how the whole tree stands there, each level in brackets.
func (e env) tree(t *testing.T, a access.Actor) string {
	t.Helper()
	var level func(f content.Filter) string
	level = func(f content.Filter) string {
		f.Language, f.Limit = "en", 200
		page, err := e.List(t.Context(), a, f)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, n := range page.Rows {
			below := level(content.Filter{ParentID: n.ID})
			if got := len(strings.Fields(strings.Map(levelOnly(), below))); got != n.Children {
				t.Errorf("%s says that it has %d children, and has %q", n.Title, n.Children, below)
			}
			if below != "" {
				below = "(" + below + ")"
			}
			out = append(out, n.Title+below)
		}
		return strings.Join(out, " ")
	}
	return level(content.Filter{Root: true})
}

// levelOnly maps away what stands in brackets.
func levelOnly() func(rune) rune {
	depth := 0
	return func(r rune) rune {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
			return -1
		}
		if depth > 0 {
			return -1
		}
		return r
	}
}

// node is an item as an admin finds it.
func (e env) node(t *testing.T, id int64) content.View {
	t.Helper()
	return e.get(t, e.maren, id, 0)
}

// move moves an item on what is there now.
func (e env) move(t *testing.T, a access.Actor, id int64, m content.Moving) (content.Node, error) {
	t.Helper()
	return e.Move(t.Context(), a, id, e.node(t, id).TreeRevision, m)
}

func under(id int64) *content.Parent { return &content.Parent{ID: &id} }

func TestMove(t *testing.T) {
	e := newEnv(t)
	a, b := e.page(t, e.anna, "A"), e.page(t, e.anna, "B")
	c, d := e.below(t, a, "C"), e.below(t, a, "D")
	e.below(t, c, "E")
	for i, step := range []struct {
		id   int64
		to   content.Moving
		want string
	}{
		{a.ID, content.Moving{}, "A(C(E) D) B"},
		{b.ID, content.Moving{Place: ptr(int64(1))}, "B A(C(E) D)"},
		{b.ID, content.Moving{Place: ptr(int64(2))}, "A(C(E) D) B"},
		{d.ID, content.Moving{Place: ptr(int64(1))}, "A(D C(E)) B"},
		{c.ID, content.Moving{Parent: under(b.ID)}, "A(D) B(C(E))"},
		{d.ID, content.Moving{Parent: under(b.ID), Place: ptr(int64(1))}, "A B(D C(E))"},
		{c.ID, content.Moving{Parent: &content.Parent{}, Place: ptr(int64(2))}, "A C(E) B(D)"},
		{d.ID, content.Moving{Parent: &content.Parent{}, Place: ptr(int64(99))}, "A C(E) B D"},
		{a.ID, content.Moving{Parent: under(c.ID), Place: ptr(int64(1))}, "C(A E) B D"},
		{b.ID, content.Moving{Parent: under(c.ID), Place: ptr(int64(2))}, "C(A B E) D"},
	} {
		n, err := e.move(t, e.tomas, step.id, step.to)
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if got := e.tree(t, e.ilse); got != step.want {
			t.Errorf("step %d: got %s, want %s", i, got, step.want)
		}
		if read := e.node(t, step.id); read.Order != n.Order || read.TreeRevision != n.TreeRevision || fmt.Sprint(read.ParentID == nil, read.Path) != fmt.Sprint(n.ParentID == nil, n.Path) {
			t.Errorf("step %d: answered %+v, read %+v", i, n, read)
		}
	}
	if got := e.node(t, b.ID); got.Path != "c/b" || got.TreeRevision != 4 {
		t.Errorf("got the path %s at tree revision %d", got.Path, got.TreeRevision)
	}
}

// Where it stands already nothing is written and nobody is told.
func TestMoveToWhereItStands(t *testing.T) {
	e := newEnv(t)
	a, b, c := e.page(t, e.anna, "A"), e.page(t, e.anna, "B"), e.page(t, e.anna, "C")
	storetest.Exec(t, e.db, `UPDATE content_items SET position = position + id * id`)
	before := storetest.LastEvent(t, e.db)
	for i, step := range []struct {
		id int64
		to content.Moving
	}{
		{a.ID, content.Moving{}},
		{a.ID, content.Moving{Parent: &content.Parent{}}},
		{a.ID, content.Moving{Place: ptr(int64(1))}},
		{b.ID, content.Moving{Place: ptr(int64(2))}},
		{c.ID, content.Moving{Place: ptr(int64(3))}},
		{c.ID, content.Moving{Parent: &content.Parent{}, Place: ptr(int64(50))}},
	} {
		if n, err := e.Move(t.Context(), e.anna, step.id, 1, step.to); err != nil || n.TreeRevision != 1 {
			t.Errorf("step %d: got revision %d, %v", i, n.TreeRevision, err)
		}
	}
	e.events(t, before)
}

func TestMoveRefuses(t *testing.T) {
	e := newEnv(t)
	a := e.page(t, e.anna, "A")
	b := e.below(t, a, "B")
	c := e.below(t, b, "C")
	hidden := e.pageIn(t, e.anna, e.secret, "Hidden")
	deep := a
	for range 19 {
		deep = e.below(t, deep, "Down")
	}
	before, tree := storetest.LastEvent(t, e.db), e.tree(t, e.maren)
	for _, row := range []struct {
		name     string
		as       access.Actor
		id       int64
		revision int64
		to       content.Moving
		want     errs.Code
		field    string
	}{
		{"a reviewer", e.ilse, b.ID, 1, content.Moving{Place: ptr(int64(1))}, errs.Forbidden, ""},
		{"no such item", e.anna, 999, 1, content.Moving{}, errs.NotFound, ""},
		{"what this person may not see", e.tomas, hidden.ID, 1, content.Moving{}, errs.NotFound, ""},
		{"on what was there before", e.anna, b.ID, 7, content.Moving{Parent: &content.Parent{}}, errs.Stale, ""},
		{"place 0", e.anna, b.ID, 1, content.Moving{Place: ptr(int64(0))}, errs.Invalid, "order"},
		{"below nothing that is there", e.anna, b.ID, 1, content.Moving{Parent: under(999)}, errs.NotFound, ""},
		{"below what this person may not see", e.tomas, b.ID, 1, content.Moving{Parent: under(hidden.ID)}, errs.NotFound, ""},
		{"below itself", e.anna, a.ID, 1, content.Moving{Parent: under(a.ID)}, errs.Conflict, ""},
		{"below its child", e.anna, a.ID, 1, content.Moving{Parent: under(b.ID)}, errs.Conflict, ""},
		{"below its grandchild", e.anna, a.ID, 1, content.Moving{Parent: under(c.ID)}, errs.Conflict, ""},
		{"on the 21st level", e.anna, c.ID, 1, content.Moving{Parent: under(deep.ID)}, errs.Conflict, ""},
		{"with a child on the 21st level", e.anna, b.ID, 1, content.Moving{Parent: under(*deep.ParentID)}, errs.Conflict, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := e.Move(t.Context(), row.as, row.id, row.revision, row.to)
			wantCode(t, err, row.want)
			wantField(t, err, row.field)
		})
	}
	e.events(t, before)
	if got := e.tree(t, e.maren); got != tree {
		t.Errorf("the tree is %s, was %s", got, tree)
	}
	_, err := e.Move(t.Context(), e.anna, b.ID, 7, content.Moving{})
	if stale := err.(*errs.Error); stale.Current.(content.Node).TreeRevision != 1 || stale.Current.(content.Node).Title != "B" {
		t.Errorf("current is %+v", stale.Current)
	}
	if _, err := e.move(t, e.anna, c.ID, content.Moving{Parent: under(*deep.ParentID)}); err != nil {
		t.Errorf("on the 20th level: %v", err)
	}
}

// What has one language stands below what has another: the tree is one for all languages.
func TestOneTreeForAllLanguages(t *testing.T) {
	e := newEnv(t)
	german := must(t)(e.Create(t.Context(), e.anna, content.NewItem{Type: "page", Language: "de", Fields: values("Reisen")}))
	e.below(t, german, "Fares")
	if got := e.tree(t, e.ilse); got != "Reisen(Fares)" {
		t.Errorf("got %s", got)
	}
}

// What the public sees moves along at once, and no two live pages come to one address.
func TestMoveOfWhatIsLive(t *testing.T) {
	e := newEnv(t)
	travel, fares := e.page(t, e.anna, "Travel"), e.page(t, e.anna, "Fares")
	inner := e.below(t, travel, "Fares")
	german := must(t)(e.Begin(t.Context(), e.anna, fares.ID, content.NewDraft{Language: "de", Slug: ptr("preise"), Fields: values("Preise")}))
	for _, v := range []content.View{travel, fares, german} {
		e.goLive(t, v)
	}
	at := func(path string) string {
		d, err := e.Deliver(t.Context(), "en", path)
		if err != nil {
			return string(errs.CodeOf(err))
		}
		return fmt.Sprint(d.ID)
	}
	if _, err := e.move(t, e.anna, fares.ID, content.Moving{Parent: under(travel.ID)}); err != nil {
		t.Fatal(err) // the other page with this address is a draft
	}
	if at("fares") != "not_found" || at("travel/fares") != fmt.Sprint(fares.ID) {
		t.Errorf("got %s and %s", at("fares"), at("travel/fares"))
	}
	if _, err := e.move(t, e.anna, fares.ID, content.Moving{Parent: &content.Parent{}}); err != nil {
		t.Fatal(err)
	}
	e.goLive(t, inner)
	before := storetest.LastEvent(t, e.db)
	_, err := e.move(t, e.anna, fares.ID, content.Moving{Parent: under(travel.ID), Place: ptr(int64(1))})
	wantCode(t, err, errs.Conflict)
	e.events(t, before)
	if at("fares") != fmt.Sprint(fares.ID) || at("travel/fares") != fmt.Sprint(inner.ID) {
		t.Errorf("after the refusal: got %s and %s", at("fares"), at("travel/fares"))
	}
	if got := e.node(t, fares.ID); got.ParentID != nil {
		t.Errorf("after the refusal it stands below %d", *got.ParentID)
	}
	same(t, "live", e.rows(t, `SELECT language || ' ' || parent_id FROM live WHERE content_id = ? ORDER BY language`, fares.ID), []string{"de 0", "en 0"})
}

// A move is told wherever a version of the item is: to everybody where one is everybody's, in every project that has it.
func TestMoveIsTold(t *testing.T) {
	e := newEnv(t)
	free, other := e.page(t, e.anna, "Free"), e.page(t, e.anna, "Other")
	held := e.pageIn(t, e.anna, e.launch, "Held")
	hidden := e.pageIn(t, e.anna, e.secret, "Hidden")
	both := e.pageIn(t, e.anna, e.secret, "Both")
	e.in(t, e.anna, e.bus)
	must(t)(e.Begin(t.Context(), e.anna, both.ID, content.NewDraft{Language: "en", From: ptr(int64(1))}))
	for _, row := range []struct {
		id   int64
		want []string
	}{
		{free.ID, []string{"content.moved content"}},
		{held.ID, []string{"content.moved content", "content.moved " + topic(e.launch)}},
		{hidden.ID, []string{"content.moved " + topic(e.secret)}},
		{both.ID, []string{"content.moved content", "content.moved " + topic(e.bus), "content.moved " + topic(e.secret)}},
	} {
		before := storetest.LastEvent(t, e.db)
		n, err := e.move(t, e.anna, row.id, content.Moving{Parent: under(other.ID)})
		if err != nil {
			t.Fatal(err)
		}
		forgets := []string{"topic.forgotten !content"} // where it stood, which may be hidden
		for _, event := range row.want {
			if topic := strings.TrimPrefix(event, "content.moved "); topic != "content" {
				forgets = append(forgets, "topic.forgotten !"+topic)
			}
		}
		e.events(t, before, slices.Concat(forgets, row.want)...)
		want := fmt.Sprintf(`{"id":%d,"type":"page","parent_id":%d,"order":%d,"tree_revision":2}`, row.id, other.ID, n.Order)
		for _, event := range row.want {
			if told := e.wire(t, before, strings.TrimPrefix(event, "content.moved ")); len(told) != 1 || told[0] != want {
				t.Errorf("%s: got %q, want %s", event, told, want)
			}
		}
	}
}

// However often things are put between the same two, the order holds, and who had to give way is told too.
func TestSiblingsGiveWay(t *testing.T) {
	e := newEnv(t)
	parent := e.page(t, e.anna, "Parent")
	var ids []int64
	for i := range 12 {
		ids = append(ids, e.below(t, parent, fmt.Sprint("P", i)).ID)
	}
	order := func() []string {
		return e.list(t, e.ilse, content.Filter{ParentID: parent.ID})
	}
	titles := order()
	before := storetest.LastEvent(t, e.db)
	for range 60 { // the last one comes second, over and over
		id := ids[len(ids)-1]
		if _, err := e.move(t, e.anna, id, content.Moving{Place: ptr(int64(2))}); err != nil {
			t.Fatal(err)
		}
		ids = slices.Insert(ids[:len(ids)-1], 1, id)
		titles = slices.Insert(titles[:len(titles)-1], 1, titles[len(titles)-1])
		if got := order(); !slices.Equal(got, titles) {
			t.Fatalf("got %q, want %q", got, titles)
		}
	}
	told := len(e.wire(t, before, "content"))
	if told <= 60 || told > 120 {
		t.Errorf("60 moves told %d times: some had to give way, few did", told)
	}
	same(t, "positions", e.rows(t, `SELECT count(DISTINCT position) FROM content_items WHERE parent_id = ?`, parent.ID), []string{"12"})
}

// The pages of a level join without a gap, also when the one behind which a page begins has the place of another one.
func TestTreePages(t *testing.T) {
	e := newEnv(t)
	parent := e.page(t, e.anna, "Parent")
	for i := range 7 {
		e.below(t, parent, fmt.Sprint("P", i))
	}
	storetest.Exec(t, e.db, `UPDATE content_items SET position = 5 WHERE parent_id = ? AND id % 2 = 0`, parent.ID)
	whole := e.list(t, e.ilse, content.Filter{ParentID: parent.ID})
	if len(whole) != 7 {
		t.Fatalf("got %q", whole)
	}
	var got []string
	after := int64(0)
	for range 10 {
		page, err := e.List(t.Context(), e.ilse, content.Filter{ParentID: parent.ID, Language: "en", After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range page.Rows[:min(2, len(page.Rows))] {
			got, after = append(got, n.Title), n.ID
		}
		if len(page.Rows) <= 2 {
			break
		}
	}
	same(t, "page by page", got, whole)
}

// Rows say which languages an item has and how many stand below it, as far as their reader may see.
func TestNodesTellWhatStandsAroundThem(t *testing.T) {
	e := newEnv(t)
	v := e.page(t, e.anna, "Fares")
	e.goLive(t, v)
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "fr", Fields: values("Tarifs")}))
	e.in(t, e.anna, e.secret)
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "en"}))
	must(t)(e.Begin(t.Context(), e.anna, v.ID, content.NewDraft{Language: "de", Fields: values("Fahrpreise")}))
	e.below(t, v, "Hidden child")
	e.in(t, e.anna, 0)
	e.below(t, v, "Open child")
	for name, row := range map[string]struct {
		as        access.Actor
		languages string
		children  int
	}{
		"a member":   {e.anna, "[{de draft false} {en draft true} {fr draft false}]", 2},
		"a stranger": {e.tomas, "[{en published true} {fr draft false}]", 1},
		"an admin":   {e.maren, "[{de draft false} {en draft true} {fr draft false}]", 2},
	} {
		page, err := e.List(t.Context(), row.as, content.Filter{Root: true, Language: "en", Limit: 50})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("got %+v, %v", page.Rows, err)
		}
		if n := page.Rows[0]; fmt.Sprint(n.Languages) != row.languages || n.Children != row.children {
			t.Errorf("%s: got %v and %d children", name, n.Languages, n.Children)
		}
		if got := e.get(t, row.as, v.ID, 0); fmt.Sprint(got.Languages) != row.languages {
			t.Errorf("%s, the item itself: got %v", name, got.Languages)
		}
	}
	same(t, "in a language", e.list(t, e.tomas, content.Filter{Root: true, Language: "fr"}), []string{"Tarifs"})
	same(t, "in one that is hidden", e.list(t, e.tomas, content.Filter{Root: true, Language: "de"}), []string{"Fares"})
	same(t, "the same, to a member", e.list(t, e.anna, content.Filter{Root: true, Language: "de"}), []string{"Fahrpreise"})
}
