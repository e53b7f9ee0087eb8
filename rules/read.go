package rules

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Read reads one rule from its file's text. All that is wrong is returned, not
// only the first; a rule with problems is not to be used.
func Read(name, file string, data []byte) (Rule, Problems) {
	r := &ruleReader{reader: reader{file: file}}
	r.rule.Name, r.rule.File, r.rule.pos = name, file, map[string]Pos{}
	r.rule.Trust.Start = High
	if n := r.document(data); n != nil {
		r.read(n)
		if len(r.problems) == 0 {
			r.consistent()
		}
	}
	return r.rule, r.problems
}

type ruleReader struct {
	reader
	rule Rule
}

// read takes the keys of a rule.
func (r *ruleReader) read(n *yaml.Node) {
	rule := &r.rule
	var zh *yaml.Node
	fields := append(r.words(&rule.En), []field{
		{"severity", r.oneOf("severity", severityNames, func(i int) { rule.Severity = Severity(i) })},
		{"confidence", r.trust},
		{"select", func(n *yaml.Node) { r.selections(n, &rule.Select) }},
		{"context", func(n *yaml.Node) { r.selections(n, &rule.Context) }},
		{"match", r.match},
		{"only_with", r.reader.words(&rule.OnlyWith)},
		{"clear", r.duration(&rule.Clear)},
		{"baseline", func(n *yaml.Node) {
			r.mapping(n, "baseline", []field{{"times", r.float(&rule.Baseline)}})
		}},
		{"unless", r.unless},
		{"visible", r.visible},
		{"facts", r.facts},
		{"causes", r.causes},
		{"masks", r.reader.words(&rule.Masks)},
		{"refs", r.reader.words(&rule.Refs)},
		{"zh", func(n *yaml.Node) { zh = n }},
	}...)
	seen := r.mapping(n, "a rule", fields)
	for _, key := range []string{"title", "severity", "select", "match", "say"} {
		if seen[key] == nil {
			r.fault(n, "the rule has no %q", key)
		}
	}
	for key, at := range seen {
		rule.pos[key] = posOf(at)
	}
	r.zh(zh)
}

// words are the keys that zh has too.
func (r *ruleReader) words(w *Words) []field {
	return []field{
		{"title", r.text(&w.Title)},
		{"say", r.text(&w.Say)},
		{"because", r.text(&w.Because)},
		{"impact", r.text(&w.Impact)},
		{"next", func(n *yaml.Node) {
			r.list(n, func(n *yaml.Node) {
				var s Step
				seen := r.mapping(n, "a step", []field{{"do", r.text(&s.Do)}, {"risk", r.text(&s.Risk)}, {"verify", r.text(&s.Verify)}})
				r.needs(n, seen, "do")
				w.Next = append(w.Next, s)
			})
		}},
		{"avoid", func(n *yaml.Node) { r.avoid(n, w) }},
		{"ruled_out", func(n *yaml.Node) { r.ruledOut(n, w) }},
	}
}

func (r *ruleReader) needs(n *yaml.Node, seen map[string]*yaml.Node, key string) {
	if n.Kind == yaml.MappingNode && seen[key] == nil {
		r.fault(n, "%q is missing", key)
	}
}

func (r *ruleReader) avoid(n *yaml.Node, w *Words) {
	r.list(n, func(n *yaml.Node) {
		var c Caution
		var a Avoid
		fields := []field{{"do", r.text(&c.Do)}, {"why", r.text(&c.Why)}}
		if w == &r.rule.En {
			fields = append(fields, field{"applied", func(n *yaml.Node) { a.Applied = r.selection("", n) }})
		}
		seen := r.mapping(n, "what to avoid", fields)
		if w == &r.rule.En {
			r.needs(n, seen, "do")
			r.needs(n, seen, "why")
			r.rule.Avoid = append(r.rule.Avoid, a)
		}
		w.Avoid = append(w.Avoid, c)
	})
}

func (r *ruleReader) ruledOut(n *yaml.Node, w *Words) {
	r.list(n, func(n *yaml.Node) {
		var t Text
		if w != &r.rule.En {
			r.text(&t)(n)
			w.RuledOut = append(w.RuledOut, t)
			return
		}
		var name string
		seen := r.mapping(n, "what is ruled out", []field{{"if", r.word(&name)}, {"say", r.text(&t)}})
		r.needs(n, seen, "if")
		r.needs(n, seen, "say")
		r.rule.RuledOut = append(r.rule.RuledOut, name)
		w.RuledOut = append(w.RuledOut, t)
	})
}

// zh reads the Chinese texts and fills those that are missing with the English.
func (r *ruleReader) zh(n *yaml.Node) {
	en, zh := &r.rule.En, &r.rule.Zh
	if n != nil {
		r.mapping(n, "zh", r.words(zh))
		for _, l := range []struct {
			key    string
			en, zh int
		}{{"next", len(en.Next), len(zh.Next)}, {"avoid", len(en.Avoid), len(zh.Avoid)}, {"ruled_out", len(en.RuledOut), len(zh.RuledOut)}} {
			if l.zh > 0 && l.zh != l.en {
				r.fault(n, "zh has %d entries under %q, English has %d; they run parallel", l.zh, l.key, l.en)
				return
			}
		}
	}
	or := func(t *Text, other Text) {
		if t.Empty() {
			*t = other
		}
	}
	or(&zh.Title, en.Title)
	or(&zh.Say, en.Say)
	or(&zh.Because, en.Because)
	or(&zh.Impact, en.Impact)
	zh.Next = append(zh.Next, en.Next[len(zh.Next):]...)
	zh.Avoid = append(zh.Avoid, en.Avoid[len(zh.Avoid):]...)
	zh.RuledOut = append(zh.RuledOut, en.RuledOut[len(zh.RuledOut):]...)
	for i := range zh.Next {
		or(&zh.Next[i].Do, en.Next[i].Do)
		or(&zh.Next[i].Risk, en.Next[i].Risk)
		or(&zh.Next[i].Verify, en.Next[i].Verify)
	}
	for i := range zh.Avoid {
		or(&zh.Avoid[i].Do, en.Avoid[i].Do)
		or(&zh.Avoid[i].Why, en.Avoid[i].Why)
	}
}

func (r *ruleReader) trust(n *yaml.Node) {
	t := &r.rule.Trust
	level := r.oneOf("confidence", confidenceNames, func(i int) { t.Start = Confidence(i) })
	if n.Kind == yaml.ScalarNode {
		level(n)
		return
	}
	r.mapping(n, "confidence", []field{{"start", level}, {"raise", r.reader.words(&t.Raise)}, {"lower", r.reader.words(&t.Lower)}})
}

func (r *ruleReader) unless(n *yaml.Node) {
	s := &Steady{}
	seen := r.mapping(n, "unless", []field{{"steady", r.float(&s.Variation)}, {"slower", r.duration(&s.Slower)}})
	r.needs(n, seen, "steady")
	r.rule.Unless = s
}

// visible reads the name of a kind, a list of them, or a selection.
func (r *ruleReader) visible(n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		r.rule.Visible = r.selection("", n)
		return
	}
	s := &Selection{Pos: posOf(n)}
	r.reader.words(&s.Kinds)(n)
	r.rule.Visible = s
}

func (r *ruleReader) facts(n *yaml.Node) {
	r.list(n, func(n *yaml.Node) {
		var f Fact
		seen := r.mapping(n, "a fact", []field{{"name", r.word(&f.Name)}, {"value", r.value(&f.Value)}})
		r.needs(n, seen, "name")
		r.needs(n, seen, "value")
		r.rule.Facts = append(r.rule.Facts, f)
	})
}

func (r *ruleReader) causes(n *yaml.Node) {
	r.list(n, func(n *yaml.Node) {
		c := Cause{Pos: posOf(n)}
		var same []string
		seen := r.mapping(n, "a cause", []field{
			{"rule", r.word(&c.Rule)},
			{"same", r.reader.words(&same)},
			{"within", r.duration(&c.Within)},
			{"seen_late", r.duration(&c.SeenLate)},
			{"strength", r.oneOf("strength", strengthNames, func(i int) { c.Strength = Strength(i) })},
		})
		r.needs(n, seen, "rule")
		r.needs(n, seen, "within")
		for _, s := range same {
			here, there, differ := strings.Cut(s, "=")
			if !differ {
				there = here
			}
			c.Same = append(c.Same, Same{strings.TrimSpace(here), strings.TrimSpace(there)})
		}
		r.rule.Causes = append(r.rule.Causes, c)
	})
}

// value reads "selection.attribute" or a number.
func (r *reader) value(to *Value) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && (n.Tag == "!!int" || n.Tag == "!!float") {
			r.float(&to.Number)(n)
			return
		}
		var s string
		if r.word(&s)(n); s == "" {
			return
		}
		sel, attr, ok := strings.Cut(s, ".")
		if !ok || sel == "" || attr == "" {
			r.fault(n, "a value is written selection.attribute, not %q", s)
			return
		}
		to.Selection, to.Attr = sel, attr
	}
}

// Pause returns how long a finding may be silent before it is another one; 0
// means for ever.
func (r *Rule) Pause() time.Duration {
	within := r.Match.Within
	if r.Match.Repeat != nil && r.Match.Repeat.Within > 0 {
		within = r.Match.Repeat.Within
	}
	switch {
	case r.Clear > 0:
		return r.Clear
	case within == 0:
		return 0
	}
	return max(10*within, 10*time.Minute)
}
