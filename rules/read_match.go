package rules

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"forensic/event"
)

var wordForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (r *ruleReader) selections(n *yaml.Node, to *[]Selection) {
	r.pairs(n, "a set of selections", func(key, value *yaml.Node) {
		if !wordForm.MatchString(key.Value) {
			r.fault(key, "a selection's name is lower case letters, digits and _, not %q", key.Value)
		}
		if s := r.rule.Lookup(key.Value); s != nil {
			r.fault(key, "selection %q stands twice; first in line %d", key.Value, s.Pos.Line)
			return
		}
		*to = append(*to, *r.selection(key.Value, value))
	})
}

// selection reads {kind, level, text, line, where}.
func (r *ruleReader) selection(name string, n *yaml.Node) *Selection {
	s := &Selection{Name: name, Pos: posOf(n)}
	r.mapping(n, "a selection", []field{
		{"kind", r.reader.words(&s.Kinds)},
		{"level", r.oneOf("level", levelNames(), func(i int) { s.Level = event.Level(i) + 1 })},
		{"text", r.pattern(&s.Text)},
		{"line", r.pattern(&s.Line)},
		{"where", func(n *yaml.Node) {
			r.pairs(n, "where", func(key, value *yaml.Node) { s.Where = append(s.Where, r.test(key, value)) })
		}},
	})
	if s.Text != nil && s.Line != nil {
		r.fault(n, "a selection has text or line, not both")
	}
	if len(s.Kinds) == 0 && (s.Text == nil || s.Text.Literals() == nil) && (s.Line == nil || s.Line.Literals() == nil) && n.Kind == yaml.MappingNode {
		r.fault(n, "without a kind, a selection needs text or line with a pattern that holds at least %d fixed letters in a row: every record of every source would have to be tried", minLiteral)
	}
	return s
}

func levelNames() []string {
	var names []string
	for l := event.NoLevel + 1; l < event.Levels; l++ {
		names = append(names, l.String())
	}
	return names
}

// test reads what an attribute must be: a literal, or a mapping.
func (r *ruleReader) test(key, n *yaml.Node) Test {
	t := Test{Attr: key.Value, Pos: posOf(key)}
	if t.Attr == event.Host {
		r.fault(key, "where cannot test the host, which is settled later; by and same can")
	}
	if n.Kind != yaml.MappingNode {
		if s, ok := r.scalar(n); ok {
			t.OneOf = []string{s}
		}
		return t
	}
	number := func(to **float64) func(*yaml.Node) {
		return func(n *yaml.Node) {
			f := 0.0
			r.float(&f)(n)
			*to = &f
		}
	}
	seen := r.mapping(n, "a test", []field{
		{"one_of", func(n *yaml.Node) {
			r.list(n, func(n *yaml.Node) {
				if s, ok := r.scalar(n); ok {
					t.OneOf = append(t.OneOf, s)
				}
			})
		}},
		{"absent", func(n *yaml.Node) {
			if n.Tag != "!!bool" || n.Value != "true" {
				r.fault(n, "absent is true or not written, not %s", kindOf(n))
			}
			t.Absent = true
		}},
		{"match", r.pattern(&t.Match)},
		{"at_least", number(&t.AtLeast)},
		{"at_most", number(&t.AtMost)},
	})
	if len(seen) == 0 {
		r.fault(n, "the test of %q tests nothing", key.Value)
	}
	if t.Absent && len(seen) > 1 {
		r.fault(n, "a value that is absent cannot be tested for more")
	}
	return t
}

// match reads the operator and its modifiers.
func (r *ruleReader) match(n *yaml.Node) {
	m := &r.rule.Match
	var ops []string
	op := func(o Op, read func(*yaml.Node)) func(*yaml.Node) {
		return func(n *yaml.Node) {
			m.Op = o
			ops = append(ops, o.String())
			read(n)
		}
	}
	seen := r.mapping(n, "match", []field{
		{"any", op(Any, r.names)},
		{"count", op(Count, r.names)},
		{"sequence", op(Sequence, r.names)},
		{"absence", op(Absence, r.absence)},
		{"join", op(Join, r.names)},
		{"growth", op(Growth, r.growth)},
		{"limit", op(Limit, r.limit)},
		{"at_least", r.whole(&m.AtLeast)},
		{"within", r.duration(&m.Within)},
		{"distinct", r.word(&m.Distinct)},
		{"by", r.reader.words(&m.By)},
		{"repeat", func(n *yaml.Node) {
			m.Repeat = &Repeat{}
			seen := r.mapping(n, "repeat", []field{
				{"at_least", r.whole(&m.Repeat.AtLeast)}, {"within", r.duration(&m.Repeat.Within)}, {"by", r.reader.words(&m.Repeat.By)},
			})
			r.needs(n, seen, "at_least")
		}},
	})
	if len(ops) != 1 {
		r.fault(n, "match wants exactly one of any, count, sequence, absence, join, growth, limit; it has %d", len(ops))
		return
	}
	wants := func(key string, wanted, allowed bool) {
		switch at := seen[key]; {
		case at == nil && wanted:
			r.fault(n, "%s needs %q", ops[0], key)
		case at != nil && !allowed:
			r.fault(at, "%s has no use for %q", ops[0], key)
		}
	}
	counts, waits := m.Op == Count, m.Op == Sequence || m.Op == Absence || m.Op == Join
	wants("at_least", counts, counts)
	wants("distinct", false, counts)
	wants("within", waits, counts || waits)
	if counts && m.Repeat != nil && m.Repeat.By != nil {
		r.fault(seen["repeat"], "the repeat of a count goes by the count's own keys")
	}
}

// names reads the selections an operator works on.
func (r *ruleReader) names(n *yaml.Node) {
	var list []string
	r.reader.words(&list)(n)
	m := &r.rule.Match
	for _, s := range list {
		name, optional := strings.CutSuffix(s, "?")
		if optional && m.Op != Sequence {
			r.fault(n, "only steps of a sequence can be optional")
		}
		m.Names = append(m.Names, Name{name, optional})
	}
	switch mandatory := slices.IndexFunc(m.Names, func(n Name) bool { return !n.Optional }); {
	case len(list) > 0 && mandatory < 0:
		r.fault(n, "a sequence of optional steps alone is no pattern")
	case m.Op == Join && len(m.Names) < 2, m.Op == Sequence && len(m.Names) < 2:
		r.fault(n, "%s needs at least two selections", m.Op)
	case len(m.Names) > 16:
		r.fault(n, "%s takes at most 16 selections", m.Op)
	}
}

func (r *ruleReader) absence(n *yaml.Node) {
	var after, no string
	seen := r.mapping(n, "absence", []field{{"after", r.word(&after)}, {"no", r.word(&no)}})
	r.needs(n, seen, "after")
	r.needs(n, seen, "no")
	r.rule.Match.Names = []Name{{Selection: after}, {Selection: no}}
}

func (r *ruleReader) growth(n *yaml.Node) {
	m := &r.rule.Match
	m.Points = 3
	seen := r.mapping(n, "growth", []field{
		{"of", r.value(&m.Of)}, {"points", r.whole(&m.Points)}, {"at_least", r.float(&m.Rise)}, {"until", r.value(&m.Until)},
	})
	r.needs(n, seen, "of")
	if m.Points < 2 {
		r.fault(n, "growth needs at least 2 points")
	}
	m.Names = []Name{{Selection: m.Of.Selection}}
}

func (r *ruleReader) limit(n *yaml.Node) {
	m := &r.rule.Match
	m.Share = 1
	seen := r.mapping(n, "limit", []field{{"use", r.value(&m.Use)}, {"of", r.value(&m.Of)}, {"at_least", r.float(&m.Share)}})
	r.needs(n, seen, "use")
	r.needs(n, seen, "of")
	m.Names = []Name{{Selection: m.Use.Selection}}
}

// consistent checks that what the rule names is there.
func (r *ruleReader) consistent() {
	rule := &r.rule
	at := func(key string) Pos { return rule.pos[key] }
	fault := func(p Pos, what string) { r.problems = append(r.problems, &Problem{r.file, p, what}) }
	var selected, context []string
	for _, s := range rule.Select {
		selected = append(selected, s.Name)
	}
	for _, s := range rule.Context {
		context = append(context, s.Name)
	}
	used := map[string]bool{rule.Match.Of.Selection: true, rule.Match.Until.Selection: true}
	for _, n := range rule.Match.Names {
		used[n.Selection] = true
		if !slices.Contains(selected, n.Selection) {
			fault(at("match"), unknown("selection", n.Selection, selected))
		}
	}
	for _, v := range []Value{rule.Match.Of, rule.Match.Until} {
		if v.Selection != "" && rule.Lookup(v.Selection) == nil {
			fault(at("match"), unknown("selection", v.Selection, slices.Concat(selected, context)))
		}
	}
	for i, s := range rule.Select {
		if !used[s.Name] {
			fault(rule.Select[i].Pos, "match does not name selection \""+s.Name+"\"; what only enriches belongs under context")
		}
	}
	for _, ref := range []struct {
		key   string
		names []string
	}{{"confidence", rule.Trust.Raise}, {"confidence", rule.Trust.Lower}, {"ruled_out", rule.RuledOut}, {"only_with", rule.OnlyWith}} {
		for _, name := range ref.names {
			if !slices.Contains(context, name) {
				fault(at(ref.key), unknown("context selection", name, context))
			}
		}
	}
	for _, f := range rule.Facts {
		if f.Value.Selection != "" && rule.Lookup(f.Value.Selection) == nil {
			fault(at("facts"), unknown("selection", f.Value.Selection, slices.Concat(selected, context)))
		}
	}
	for _, ref := range rule.Refs {
		if !strings.HasPrefix(ref, "https://") {
			fault(at("refs"), "a reference is an https address, not \""+ref+"\"")
		}
	}
	if rule.Visible != nil && rule.Match.Op != Absence {
		fault(at("visible"), "visible belongs to absence; this rule asks for "+rule.Match.Op.String())
	}
}
