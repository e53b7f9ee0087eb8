package report

import (
	"cmp"
	"fmt"
	"strings"
)

// span is from when to when; one time where the two are the same.
func (p *page) span(a, b Moment) string {
	if !b.Known || a.At == b.At {
		return a.String()
	}
	return a.String() + " … " + b.String()
}

// earliest is the finding that began first.
func (p *page) earliest() *Finding {
	var first *Finding
	for i := range p.Findings {
		if f := &p.Findings[i]; f.First.Known && (first == nil || f.First.At < first.First.At) {
			first = f
		}
	}
	return first
}

// cautions are what not to do, each once though several rules may say so.
func (p *page) cautions() []Caution {
	return p.cautioned(func(*Caution) bool { return true })
}

// applied are the cautions that somebody did not heed.
func (p *page) applied() []Caution {
	return p.cautioned(func(c *Caution) bool { return c.Applied != "" })
}

func (p *page) cautioned(wanted func(*Caution) bool) []Caution {
	var out []Caution
	seen := map[string]bool{}
	for i := range p.Findings {
		for _, c := range p.Findings[i].Avoid {
			if key := strings.TrimRight(c.Do, ".。"); wanted(&c) && !seen[key] {
				seen[key] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// tries are what operators did while something stood, and what came of it.
func (p *page) tries() []string {
	w := p.words()
	var out []string
	of := map[string][]string{} // what came of it: for which findings
	for i := range p.raw.Findings {
		f := &p.raw.Findings[i]
		for _, t := range f.Tried {
			did := codeSpan(t.Command)
			if t.At.Known {
				did = p.local(t.At) + " " + did
			}
			became := w.Effect[t.Effect]
			if t.Say != "" {
				became += w.Semicolon + escape(t.Say)
			}
			key := did + " (" + codeSpan(fmt.Sprintf("%s:%d", t.Source, t.Line)) + ")\x00" + became
			if of[key] == nil {
				out = append(out, key)
			}
			of[key] = append(of[key], escape(f.ID))
		}
	}
	for i, key := range out {
		did, became, _ := strings.Cut(key, "\x00")
		out[i] = did + w.Colon + strings.Join(of[key], w.Join) + " " + became
	}
	return out
}

// seen are observations, with an example each.
func (p *page) seen() []string {
	var out []string
	for i := range p.raw.Observations {
		o := &p.raw.Observations[i]
		if i >= fewObservations {
			return append(out, fmt.Sprintf(p.words().MoreInJSON, len(p.raw.Observations)-i))
		}
		at := codeSpan(fmt.Sprintf("%s:%d", o.Source, max(o.Line, o.Packet)))
		out = append(out, escape(o.ID)+" "+escape(sentence(o.Say, p.words()))+" "+at+" "+codeSpan(Cut(shown(strings.TrimSpace(cmp.Or(firstLine(o.Text), o.Template))), 200)))
	}
	return out
}

// notRun says which rules could not run: by name, as far as there is room.
func (p *page) notRun() string {
	c := &p.Coverage
	if len(c.RulesNotRun) == 0 {
		return ""
	}
	var names []string
	for _, n := range c.RulesNotRun {
		names = append(names, n.Rule)
	}
	const most = 10
	return fmt.Sprintf(p.word("so many rules"), len(names), len(names)+c.RulesRun) + p.words().Colon + list(names, most, p.words().Join)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// A stepOf is what to do about one finding.
type stepOf struct {
	ID string
	Step
}

// mostSteps is how many steps a short text has room for.
const mostSteps = 8

// steps are what to do in a short text: everything about the cause, and the
// first about each other finding that is more than a note.
func (p *page) steps() []stepOf {
	var out []stepOf
	seen := map[string]bool{}
	for i := range p.Findings {
		f := &p.Findings[i]
		most := len(f.Next)
		if i > 0 {
			most = min(most, 1)
		}
		if i > 0 && p.raw.Findings[i].Severity == "info" {
			continue
		}
		for k, s := range f.Next[:most] {
			if len(out) < mostSteps && !seen[s.Do] {
				seen[s.Do] = true
				if none(p.raw.Findings[i].Next[k].Risk) {
					s.Risk = ""
				}
				out = append(out, stepOf{f.ID, s})
			}
		}
	}
	return out
}
