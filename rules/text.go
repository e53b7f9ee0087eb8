package rules

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// A Text is a sentence of a rule with places to be filled in: "{{.Count}}
// overflows{{with .limit}}; the limit is {{.value}}{{end}}".
//
// It knows the rule's selections and what a finding counts (Places), and the
// functions of textFuncs; loops, variables and further templates are refused,
// so that filling one in takes time and memory in proportion to its length.
type Text struct {
	Source string
	Pos    Pos
	Refs   []Ref

	tmpl *template.Template // nil where there is nothing to fill in
}

// A Ref is what a text takes from a selection; an empty Attr asks only whether
// it is there.
type Ref struct{ Selection, Attr string }

// Values are the attributes of one selection, as a text sees them. No values
// means that the selection is absent.
type Values map[string]string

// String returns the values in the order of their names.
func (v Values) String() string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if v[name] != "" {
			out = append(out, v[name])
		}
	}
	return strings.Join(out, " ")
}

// A Number prints itself with the digits that matter.
type Number float64

// String returns 4,500 or 1.4.
func (n Number) String() string {
	f := float64(n)
	if math.Abs(f) >= 100 || f == math.Trunc(f) {
		return Thousands(int(min(max(math.Round(f), -1<<53), 1<<53)))
	}
	return strconv.FormatFloat(f, 'g', 2, 64)
}

// Thousands writes a whole number with commas.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Places are the names of a text that are no selections.
var Places = []string{"Count", "Best", "Low", "High", "Span", "First", "Last", "Key", "Host", "Distinct", "Rate", "Growth", "Limit"}

var textFuncs = template.FuncMap{
	"add": func(a, b any) Number { return number(a) + number(b) },
	"sub": func(a, b any) Number { return number(a) - number(b) },
	"mul": func(a, b any) Number { return number(a) * number(b) },
	"div": func(a, b any) Number {
		if number(b) == 0 {
			return 0
		}
		return number(a) / number(b)
	},
	"plural": func(n any, one, many string) string {
		if number(n) == 1 {
			return one
		}
		return many
	},
}

// An Amount is a number of things that prints itself in more words than one.
type Amount interface{ Amount() int }

var textBuiltins = []string{"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge"}

func number(v any) Number {
	switch v := v.(type) {
	case int:
		return Number(v)
	case float64:
		return Number(v)
	case Number:
		return v
	case Amount:
		return Number(v.Amount())
	case string:
		f, _ := ReadNumber(v)
		return Number(f)
	}
	return 0
}

// ReadNumber reads the number that a value begins with, leniently: "5000",
// " 1,020", "93%", "1.5 s".
func ReadNumber(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	end, digits := 0, false
	for ; end < len(s); end++ {
		c := s[end]
		switch {
		case '0' <= c && c <= '9':
			digits = true
			continue
		case c == '.' || c == ',' && digits && end+3 < len(s):
			continue
		case (c == '-' || c == '+') && end == 0:
			continue
		}
		break
	}
	if !digits {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.TrimRight(strings.ReplaceAll(s[:end], ",", ""), "."), 64)
	return f, err == nil && !math.IsInf(f, 0)
}

// ParseText reads a text. The names of selections are taken as they come; Check
// compares them with the rule.
func ParseText(source string) (Text, error) {
	t := Text{Source: source}
	if !strings.Contains(source, "{{") {
		return t, nil
	}
	tmpl, err := template.New("text").Option("missingkey=zero").Funcs(textFuncs).Parse(source)
	if err != nil {
		_, what, _ := strings.Cut(err.Error(), "text:") // the name that stands before line numbers
		_, what, _ = strings.Cut(what, ": ")
		return t, fmt.Errorf("cannot read the text: %s", what)
	}
	if len(tmpl.Templates()) > 1 {
		return t, fmt.Errorf("a text cannot define another one")
	}
	t.tmpl = tmpl
	if tmpl.Tree == nil || tmpl.Root == nil {
		return t, nil
	}
	w := walker{text: &t}
	return t, w.list(tmpl.Root, "")
}

// unfold makes one line of each paragraph: how a rule's file breaks its lines
// is no part of the text. Between two characters that are written without
// blanks, as Chinese ones are, none is put.
func unfold(s string) string {
	var b strings.Builder
	blank, newline := false, 0
	before := ' '
	for _, r := range strings.TrimSpace(s) {
		switch r {
		case '\n':
			newline++
			continue
		case ' ', '\t', '\r':
			blank = true
			continue
		}
		switch {
		case newline > 1:
			b.WriteString("\n\n")
		case newline == 1 && before >= 0x2e80 && r >= 0x2e80:
		case newline == 1 || blank:
			b.WriteByte(' ')
		}
		blank, newline = false, 0
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// Empty tells whether the rule has no such text.
func (t Text) Empty() bool { return t.Source == "" }

// Fill writes the text with the given places: selections as Values, the rest
// as anything that prints itself.
func (t Text) Fill(places map[string]any) (string, error) {
	if t.tmpl == nil {
		return t.Source, nil
	}
	var b strings.Builder
	if err := t.tmpl.Execute(&b, places); err != nil {
		return "", fmt.Errorf("fill in %q: %w", t.Source, err)
	}
	return b.String(), nil
}

// walker goes over a parsed text, notes what it takes from selections, and
// joins dotted attributes ("client.host") to the one name they are.
type walker struct{ text *Text }

func (w walker) list(l *parse.ListNode, dot string) error {
	if l == nil {
		return nil
	}
	for _, n := range l.Nodes {
		if err := w.node(n, dot); err != nil {
			return err
		}
	}
	return nil
}

func (w walker) node(n parse.Node, dot string) error {
	switch n := n.(type) {
	case *parse.TextNode, *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		return w.pipe(n.Pipe, dot)
	case *parse.IfNode:
		return w.branch(&n.BranchNode, dot, dot)
	case *parse.WithNode:
		return w.branch(&n.BranchNode, dot, selectionOf(n.Pipe))
	}
	return fmt.Errorf("a text cannot hold %q; only if, with and values", n)
}

func (w walker) branch(b *parse.BranchNode, dot, inner string) error {
	if err := w.pipe(b.Pipe, dot); err != nil {
		return err
	}
	if err := w.list(b.List, inner); err != nil {
		return err
	}
	return w.list(b.ElseList, dot)
}

// selectionOf returns the selection that "with .name" makes the dot, or a name
// that nothing has.
func selectionOf(p *parse.PipeNode) string {
	if len(p.Cmds) == 1 && len(p.Cmds[0].Args) == 1 {
		if f, ok := p.Cmds[0].Args[0].(*parse.FieldNode); ok && len(f.Ident) == 1 {
			return f.Ident[0]
		}
	}
	return "-"
}

func (w walker) pipe(p *parse.PipeNode, dot string) error {
	if len(p.Decl) > 0 {
		return fmt.Errorf("a text cannot declare %s", p.Decl[0])
	}
	for _, c := range p.Cmds {
		for _, arg := range c.Args {
			if err := w.argument(arg, dot); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w walker) argument(n parse.Node, dot string) error {
	switch n := n.(type) {
	case *parse.FieldNode:
		return w.field(&n.Ident, 0, dot)
	case *parse.VariableNode:
		if n.Ident[0] != "$" || len(n.Ident) == 1 {
			return fmt.Errorf("unknown variable %s", n)
		}
		return w.field(&n.Ident, 1, "")
	case *parse.PipeNode:
		return w.pipe(n, dot)
	case *parse.IdentifierNode:
		if _, ok := textFuncs[n.Ident]; !ok && !slices.Contains(textBuiltins, n.Ident) {
			return fmt.Errorf("%s", unknown("function", n.Ident, slices.Concat(slices.Sorted(maps.Keys(textFuncs)), textBuiltins)))
		}
		return nil
	case *parse.StringNode, *parse.NumberNode, *parse.BoolNode, *parse.DotNode:
		return nil
	}
	return fmt.Errorf("a text cannot hold %q", n)
}

// field notes a path and joins what stands behind the selection to one name.
func (w walker) field(path *[]string, from int, dot string) error {
	p := (*path)[from:]
	sel, attr := dot, strings.Join(p, ".")
	keep := from
	if dot == "" {
		sel, attr = p[0], strings.Join(p[1:], ".")
		keep++
	}
	if sel == "-" || slices.Contains(Places, sel) && sel != "Key" && sel != "Growth" && sel != "Limit" && attr != "" {
		return fmt.Errorf("there is no %q here", "."+strings.Join(p, "."))
	}
	if !slices.Contains(Places, sel) {
		w.text.Refs = append(w.text.Refs, Ref{sel, attr})
	}
	*path = (*path)[:keep:keep]
	if attr != "" {
		*path = append(*path, attr)
	}
	return nil
}
