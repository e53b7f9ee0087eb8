package rules

import (
	"fmt"
	"slices"
	"strings"

	"forensic/event"
)

// Attributes that every event has: the class of its stack trace and of that
// trace's root cause, how loud it was, and who wrote it.
var everywhere = []string{event.Class, "root", "level", "component"}

// Check compares loaded rules with the kinds that formats declare and with each
// other: names of kinds, of attributes, of rules and of selections in texts.
func Check(rs []Rule, kinds []event.Kind) Problems {
	c := checker{kinds: map[string][]string{}}
	for _, k := range kinds {
		if _, ok := c.kinds[k.Name]; !ok {
			c.kindNames = append(c.kindNames, k.Name)
		}
		c.kinds[k.Name] = append(c.kinds[k.Name], k.Attrs...)
	}
	for i := range rs {
		if slices.Contains(c.ruleNames, rs[i].Name) {
			c.problems = append(c.problems, &Problem{rs[i].File, Pos{1, 1}, fmt.Sprintf("there is another rule called %q", rs[i].Name)})
		}
		c.ruleNames = append(c.ruleNames, rs[i].Name)
	}
	for i := range rs {
		c.rule = &rs[i]
		c.check()
	}
	sortProblems(c.problems)
	return c.problems
}

type checker struct {
	kinds     map[string][]string
	kindNames []string
	ruleNames []string
	rule      *Rule
	known     map[*Selection][]string // what attributes said
	problems  Problems
}

func (c *checker) fault(p Pos, what string) {
	c.problems = append(c.problems, &Problem{c.rule.File, p, what})
}

func (c *checker) check() {
	r := c.rule
	for i := range r.Select {
		c.selection(&r.Select[i])
	}
	for i := range r.Context {
		c.selection(&r.Context[i])
	}
	for i := range r.Avoid {
		if r.Avoid[i].Applied != nil {
			c.selection(r.Avoid[i].Applied)
		}
	}
	if r.Visible != nil {
		c.selection(r.Visible)
	}
	at := r.pos["match"]
	by := slices.Clone(r.Match.By)
	if r.Match.Repeat != nil {
		by = append(by, r.Match.Repeat.By...)
	}
	if r.Match.Distinct != "" {
		by = append(by, r.Match.Distinct)
	}
	for _, name := range by {
		c.selected(at, name)
	}
	for _, v := range []Value{r.Match.Of, r.Match.Use, r.Match.Until} {
		c.value(at, v)
	}
	for _, f := range r.Facts {
		c.value(r.pos["facts"], f.Value)
	}
	for _, name := range r.Masks {
		c.named(r.pos["masks"], name)
	}
	for _, cause := range r.Causes {
		c.named(cause.Pos, cause.Rule)
		for _, s := range cause.Same {
			c.selected(cause.Pos, s.Here)
		}
	}
	c.words(&r.En)
	c.words(&r.Zh)
}

func (c *checker) named(p Pos, rule string) {
	if !slices.Contains(c.ruleNames, rule) {
		c.fault(p, unknown("rule", rule, c.ruleNames))
	}
}

// selection checks its kinds and the attributes it tests.
func (c *checker) selection(s *Selection) {
	for _, k := range s.Kinds {
		if _, ok := c.kinds[k]; !ok {
			c.fault(s.Pos, unknown("kind", k, c.kindNames))
		}
	}
	for _, t := range s.Where {
		c.attribute(t.Pos, s, t.Attr)
	}
}

// attribute checks that a selection's events may have an attribute.
func (c *checker) attribute(p Pos, s *Selection, name string) {
	if known := c.attributes(s); known != nil && !slices.Contains(known, name) {
		of := "any kind"
		if len(s.Kinds) > 0 {
			of = strings.Join(s.Kinds, ", ")
		}
		c.fault(p, unknown("attribute", name, known)+"; nobody declares it for "+of)
	}
}

// selected checks that an attribute exists in a selection of the match.
func (c *checker) selected(p Pos, name string) {
	if name == event.Host {
		return
	}
	var all []string
	for i := range c.rule.Select {
		known := c.attributes(&c.rule.Select[i])
		if known == nil || slices.Contains(known, name) {
			return
		}
		all = append(all, known...)
	}
	slices.Sort(all)
	c.fault(p, unknown("attribute", name, slices.Compact(all)))
}

// attributes are what a selection's events may have, with the names that are
// derived from client and server; nil where a kind is
// unknown, which is a complaint of its own.
func (c *checker) attributes(s *Selection) []string {
	known, ok := c.known[s]
	if !ok {
		if c.known == nil {
			c.known = map[*Selection][]string{}
		}
		known = c.declared(s)
		c.known[s] = known
	}
	return known
}

func (c *checker) declared(s *Selection) []string {
	all := slices.Clone(everywhere)
	of := s.Kinds
	if len(of) == 0 {
		of = c.kindNames
	}
	for _, k := range of {
		attrs, ok := c.kinds[k]
		if !ok {
			return nil
		}
		all = append(all, attrs...)
	}
	patterns := []*Pattern{s.Text, s.Line}
	for _, t := range s.Where {
		patterns = append(patterns, t.Match)
	}
	for _, p := range patterns {
		if p != nil {
			all = append(all, p.Groups()...)
		}
	}
	for _, end := range []string{event.Client, event.Server} {
		if slices.Contains(all, end) {
			all = append(all, end+".host", end+".port")
		}
	}
	if slices.Contains(all, "role") && slices.Contains(all, "peer.host") { // a group of sockets
		all = append(all, event.Client+".host", event.Server+".host", event.Server+".port")
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (c *checker) value(p Pos, v Value) {
	if s := c.rule.Lookup(v.Selection); s != nil {
		c.attribute(p, s, v.Attr)
	}
}

func (c *checker) words(w *Words) {
	texts := []Text{w.Title, w.Say, w.Because, w.Impact}
	for _, s := range w.Next {
		texts = append(texts, s.Do, s.Risk, s.Verify)
	}
	for _, a := range w.Avoid {
		texts = append(texts, a.Do, a.Why)
	}
	texts = append(texts, w.RuledOut...)
	for _, t := range texts {
		for _, ref := range t.Refs {
			c.ref(t.Pos, ref)
		}
	}
}

func (c *checker) ref(p Pos, ref Ref) {
	s := c.rule.Lookup(ref.Selection)
	if s == nil {
		known := slices.Clone(Places)
		for _, list := range [][]Selection{c.rule.Select, c.rule.Context} {
			for _, s := range list {
				known = append(known, s.Name)
			}
		}
		c.fault(p, unknown("name in a text", ref.Selection, known))
		return
	}
	if ref.Attr != "" && ref.Attr != "at" && ref.Attr != event.Host {
		c.attribute(p, s, ref.Attr)
	}
}
