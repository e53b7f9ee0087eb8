package correlate

import (
	"slices"
	"strings"

	"forensic/event"
	"forensic/rules"
)

// A plan is what the Selectors of one format share: it is not written to.
type plan struct {
	asks    []ask
	texts   []int            // asks with a pattern on the message,
	lines   []int            // on any line,
	traces  []int            // and with neither, but an exception whose class stands in the record
	byKind  []int            // asks without a literal: tried on every event of their kinds
	ofKind  map[string][]int // the same by kind, for events that come decoded
	named   []int            // asks with a literal that name kinds: all that look at a sentence of ours
	byMark  [][]int          // literal: asks to try
	again   int              // literals from here on stand in records that repeat others,
	alarm   int              // and from here on are words of failure, which no rule asks for
	repeats bool             // there are such
	filter  *filter
}

// An ask is a selection a format can meet.
type ask struct {
	id     uint16
	sel    *rules.Selection
	own    []rules.Literal // literals of which one must stand in the record
	thrown bool            // only a record with a stack trace can meet it
}

// plan returns the plan for a set of kinds, made once.
func (e *Engine) plan(kinds []event.Kind, sample string) *plan {
	var name strings.Builder
	for _, k := range kinds {
		name.WriteString(k.Name + "\n")
	}
	e.planning.Lock()
	defer e.planning.Unlock()
	p := e.plans[name.String()]
	if p == nil {
		p = e.newPlan(kinds, sample)
		e.plans[name.String()] = p
	}
	return p
}

func (e *Engine) newPlan(kinds []event.Kind, sample string) *plan {
	p := &plan{}
	ids := map[rules.Literal]int{}
	var literals []rules.Literal
	for id := range e.selections {
		sel := e.selections[id].sel
		if !meets(sel, kinds) {
			continue
		}
		a := ask{id: uint16(id), sel: sel, own: literalsOf(sel, kinds), thrown: wantsTrace(sel)}
		n := len(p.asks)
		p.asks = append(p.asks, a)
		switch {
		case a.own == nil:
			p.byKind = append(p.byKind, n)
		case sel.Text != nil:
			p.texts = append(p.texts, n)
		case sel.Line != nil:
			p.lines = append(p.lines, n)
		default:
			p.traces = append(p.traces, n)
		}
		if a.own != nil && len(sel.Kinds) > 0 {
			p.named = append(p.named, n)
		}
		for _, l := range a.own {
			at, ok := ids[l]
			if !ok {
				at = len(literals)
				ids[l] = at
				literals = append(literals, l)
				p.byMark = append(p.byMark, nil)
			}
			p.byMark[at] = append(p.byMark[at], n)
		}
	}
	p.again = len(literals)
	p.ofKind = make(map[string][]int, len(kinds))
	for _, k := range kinds {
		p.ofKind[k.Name] = p.meeting(k.Name)
	}
	for _, k := range kinds {
		for _, text := range k.Again {
			if l := (rules.Literal{Text: text}); len(p.asks) > 0 && len(text) >= gramShort && !slices.Contains(literals[p.again:], l) {
				literals = append(literals, l)
				p.repeats = true
			}
		}
	}
	p.alarm = len(literals)
	p.filter = newFilter(append(literals, literalsOfAlarms()...), sample)
	return p
}

// meeting returns the asks without a literal that a kind may meet.
func (p *plan) meeting(kind string) []int {
	var out []int
	for _, n := range p.byKind {
		if sel := p.asks[n].sel; len(sel.Kinds) == 0 || slices.Contains(sel.Kinds, kind) {
			out = append(out, n)
		}
	}
	return out
}

// meets tells whether one of the kinds answers a selection.
func meets(sel *rules.Selection, kinds []event.Kind) bool {
	return len(sel.Kinds) == 0 || slices.ContainsFunc(kinds, func(k event.Kind) bool { return slices.Contains(sel.Kinds, k.Name) })
}

// literalsOf returns literals of which one stands in every record that meets a
// selection: of its pattern, or the classes its exception must have, or what a
// format says of the kinds.
func literalsOf(sel *rules.Selection, kinds []event.Kind) []rules.Literal {
	for _, p := range []*rules.Pattern{sel.Text, sel.Line} {
		if p != nil && p.Literals() != nil {
			return p.Literals()
		}
	}
	for i := range sel.Where {
		if t := &sel.Where[i]; t.Attr == event.Class || t.Attr == "root" {
			if l := qualified(t.OneOf); l != nil {
				return l
			}
		}
	}
	return literalsOfKinds(sel, kinds)
}

// literalsOfKinds returns what the records of a selection's kinds must hold;
// none where nothing is known of one of them.
func literalsOfKinds(sel *rules.Selection, kinds []event.Kind) []rules.Literal {
	var out []rules.Literal
	for _, k := range kinds {
		if !slices.Contains(sel.Kinds, k.Name) {
			continue
		}
		if len(k.Literals) == 0 {
			return nil
		}
		for _, text := range k.Literals {
			if l := (rules.Literal{Text: text}); !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// qualified returns class names as literals. Only names with a dot are sure to
// stand in the record as the trace's class has them.
func qualified(classes []string) []rules.Literal {
	var out []rules.Literal
	for _, c := range classes {
		if len(c) < gramShort || !strings.Contains(c, ".") || strings.Contains(c, "\n") {
			return nil
		}
		out = append(out, rules.Literal{Text: c})
	}
	return out
}

// wantsTrace tells whether only a record with a stack trace can meet a
// selection: it tests the class of what was thrown.
func wantsTrace(sel *rules.Selection) bool {
	return slices.ContainsFunc(sel.Where, func(t rules.Test) bool {
		return !t.Absent && (t.Attr == event.Class || t.Attr == "root")
	})
}
