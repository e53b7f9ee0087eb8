package correlate

import (
	"slices"
	"strings"

	"forensic/event"
	"forensic/rules"
)

// A Selector answers, for one format and one goroutine, which selections of
// which rules an event meets. It knows only those that the format's kinds can
// meet.
//
// Selections with a pattern are tried where the filter marked one of their
// literals; those without are looked up by kind for every event. Marks only
// excuse a pattern from being tried: with and without them the hits are the
// same.
type Selector struct {
	*plan
	e       *Engine
	filter  *filter
	quiet   bool // an event without marks has no hits, if it is bare or not so loud as
	loud    event.Level
	tried   []int
	turn    int
	found   event.Attrs
	scratch []event.Mark
	before  []event.Hit // of the record before, if it had any
	source  int         // whose record it was
	stops   []*stop     // what was given up
	last    [][]answer  // by ask: what its patterns on attributes said last
}

// For prepares a Selector for a format that declares these kinds. The sample is
// text as it will come; the first one of a format makes its filter faster, and
// never different.
func (e *Engine) For(kinds []event.Kind, sample string) *Selector {
	p := e.plan(kinds, sample)
	s := &Selector{plan: p, e: e, filter: p.filter, quiet: p.filter != nil && e.watched == nil, loud: event.Levels, tried: make([]int, len(p.asks)), last: make([][]answer, len(p.asks))}
	for _, n := range p.byKind {
		a := &p.asks[n]
		s.quiet = s.quiet && a.thrown
		s.loud = min(s.loud, a.sel.Level)
	}
	return s
}

// Plain makes the selector do without marks and filter: every pattern is tried
// on every event. It is there to be compared with.
func (s *Selector) Plain() *Selector {
	s.filter, s.quiet = nil, false
	return s
}

// Filter appends a mark for every literal of the selector's rules that begins
// in the block. Literals never span lines.
func (s *Selector) Filter(block string, to []event.Mark) []event.Mark {
	if s.filter == nil {
		return to
	}
	return s.filter.find(block, to)
}

// Select fills ev.Hits and tells whether there are any. It decodes the event
// only where it must know more than its head.
func (s *Selector) Select(ev *event.Event) bool {
	if s.quiet && (ev.Bare || ev.Level < s.loud) && ev.Page != nil && !ev.Rewritten && s.nothingAsked(ev.Marks) {
		ev.Hits = ev.Hits[:0]
		s.before = s.before[:0]
		return false
	}
	return s.look(ev)
}

// look is Select where there is something to look at.
func (s *Selector) look(ev *event.Event) bool {
	ev.Hits = ev.Hits[:0]
	if len(s.asks) == 0 {
		return false
	}
	if s.e.watched != nil {
		s.e.watched.watch.look(s, ev)
	}
	s.found = s.found[:0]
	s.turn++
	repeats := false
	switch {
	case s.filter == nil:
		ev.Decode()
		repeats = ev.Of == "" && ev.Count != (event.Times{}) && s.repeats
		s.everywhere(ev)
	default:
		repeats = s.marked(ev)
	}
	asks := s.byKind
	if ev.Rest == nil {
		if of, ok := s.ofKind[ev.Kind]; ok {
			asks = of
		}
	}
	for _, n := range asks {
		a := &s.asks[n]
		if a.sel.Level > ev.Level || a.thrown && ev.Bare {
			continue
		}
		ev.Decode()
		if a.sel.Text != nil {
			s.try(ev, n, message(ev))
		} else if a.sel.Line != nil {
			s.tryLines(ev, n)
		} else {
			s.try(ev, n, "")
		}
	}
	if s.repeats {
		s.repeated(ev, repeats)
	}
	if len(ev.Hits) > 1 {
		slices.SortFunc(ev.Hits, func(a, b event.Hit) int { return int(a.Selection) - int(b.Selection) })
	}
	return len(ev.Hits) > 0
}

// message is what text patterns see.
func message(ev *event.Event) string {
	if ev.Of != "" {
		return ev.Of
	}
	return ev.Text
}

// marked tries the asks whose literals are in the event, and tells whether it
// stands for the record before.
func (s *Selector) marked(ev *event.Event) (repeats bool) {
	if ev.Page == nil { // nobody ran the filter over it
		s.unmarked(ev)
		return false
	}
	if !s.nothingAsked(ev.Marks) {
		ev.Decode()
	}
	for _, m := range ev.Marks {
		switch {
		case int(m.Literal) >= s.alarm:
			continue
		case int(m.Literal) >= s.again:
			repeats = true
			continue
		}
		for _, n := range s.byMark[m.Literal] {
			switch sel := s.asks[n].sel; {
			case sel.Line != nil:
				s.tryLineAt(ev, n, int(m.At)-ev.From)
			case sel.Text == nil:
				s.tryOnce(ev, n, "")
			case ev.Of == "" && !ev.Rewritten:
				s.tryOnce(ev, n, ev.Text)
			}
		}
	}
	if ev.Rewritten || ev.Of != "" {
		s.rewritten(ev)
	}
	return repeats && ev.Of == "" && ev.Count != (event.Times{})
}

// unmarked runs the filter over what the event carries.
func (s *Selector) unmarked(ev *event.Event) {
	if len(s.texts)+len(s.lines)+len(s.traces) == 0 {
		return
	}
	ev.Decode()
	if ev.Worded {
		for _, n := range s.named {
			s.try(ev, n, ev.Text)
		}
		return
	}
	s.search(message(ev), func(n, _ int) {
		if s.asks[n].sel.Text != nil {
			s.tryOnce(ev, n, message(ev))
		}
	})
	if len(s.lines) > 0 {
		s.search(ev.Raw, func(n, at int) {
			if s.asks[n].sel.Line != nil {
				s.tryLineAt(ev, n, at)
			}
		})
	}
	s.beside(ev)
}

// rewritten tries patterns on a message that is no piece of the record.
func (s *Selector) rewritten(ev *event.Event) {
	ev.Decode()
	s.search(message(ev), func(n, _ int) {
		if s.asks[n].sel.Text != nil {
			s.tryOnce(ev, n, message(ev))
		}
	})
	s.beside(ev)
}

// beside tries what else may stand in a message that is no piece of the record:
// lines, and the class of a trace.
func (s *Selector) beside(ev *event.Event) {
	if ev.Rewritten && len(s.lines) > 0 {
		s.search(ev.Text, func(n, _ int) {
			if s.asks[n].sel.Line != nil {
				s.try(ev, n, ev.Text)
			}
		})
	}
	for _, n := range s.traces {
		s.try(ev, n, "")
	}
}

// search calls found for every ask with a literal in text, and where it begins.
func (s *Selector) search(text string, found func(n, at int)) {
	s.scratch = s.filter.find(text, s.scratch[:0])
	for _, m := range s.scratch {
		if int(m.Literal) < s.again {
			for _, n := range s.byMark[m.Literal] {
				found(n, int(m.At))
			}
		}
	}
}

// everywhere tries every ask that has a pattern.
func (s *Selector) everywhere(ev *event.Event) {
	for _, n := range s.texts {
		s.try(ev, n, message(ev))
	}
	for _, n := range s.lines {
		s.tryLines(ev, n)
	}
	for _, n := range s.traces {
		s.try(ev, n, "")
	}
}

// tryOnce tries an ask on the message, however many marks it has.
func (s *Selector) tryOnce(ev *event.Event, n int, text string) {
	if s.tried[n] != s.turn {
		s.tried[n] = s.turn
		s.try(ev, n, text)
	}
}

// tryLineAt tries an ask on the line of the record that holds a place.
func (s *Selector) tryLineAt(ev *event.Event, n, at int) {
	if at < 0 || at >= len(ev.Raw) {
		return
	}
	from := strings.LastIndexByte(ev.Raw[:at], '\n') + 1
	to := len(ev.Raw)
	if i := strings.IndexByte(ev.Raw[at:], '\n'); i >= 0 {
		to = at + i
	}
	s.try(ev, n, strings.TrimSuffix(ev.Raw[from:to], "\r"))
}

// tryLines tries an ask on every line, and on the message where that is no
// piece of them.
func (s *Selector) tryLines(ev *event.Event, n int) {
	for rest, more := ev.Raw, true; more; {
		var line string
		line, rest, more = strings.Cut(rest, "\n")
		s.try(ev, n, strings.TrimSuffix(line, "\r"))
	}
	if ev.Rewritten {
		s.try(ev, n, ev.Text)
	}
}

// try adds a hit where an ask is met; one event meets it at most once.
func (s *Selector) try(ev *event.Event, n int, text string) {
	a := &s.asks[n]
	if a.sel.Level > ev.Level || len(a.sel.Kinds) > 0 && !slices.Contains(a.sel.Kinds, ev.Kind) {
		return
	}
	if ev.Worded && len(a.sel.Kinds) == 0 && (a.sel.Text != nil || a.sel.Line != nil) {
		return
	}
	if len(s.stops) > 0 && s.parked(a, ev.Where.Source) {
		return
	}
	if len(ev.Hits) > 0 && slices.ContainsFunc(ev.Hits, func(h event.Hit) bool { return h.Selection == a.id }) {
		return
	}
	from := len(s.found)
	if !s.met(n, ev, text) {
		s.found = s.found[:from]
		return
	}
	var groups event.Attrs
	if len(s.found) > from {
		groups = s.found[from:len(s.found):len(s.found)]
	}
	ev.Hits = append(ev.Hits, event.Hit{Selection: a.id, Groups: groups})
}

// met asks the pattern and then the attributes.
func (s *Selector) met(n int, ev *event.Event, text string) bool {
	a := &s.asks[n]
	from := len(s.found)
	p := a.sel.Text
	if p == nil {
		p = a.sel.Line
	}
	if p != nil && !s.matches(a, ev, p, text) {
		return false
	}
	for i := range a.sel.Where {
		t := &a.sel.Where[i]
		v := value(ev, s.found[from:], t.Attr)
		if !passes(t, v) || t.Match != nil && !s.answers(n, i, ev, t.Match, v) {
			return false
		}
	}
	return true
}

// answers is matches for the pattern on an attribute: the same few values come
// again and again, so the answer to the last one is kept.
func (s *Selector) answers(n, test int, ev *event.Event, p *rules.Pattern, v string) bool {
	if test >= len(s.last[n]) {
		s.last[n] = make([]answer, len(s.asks[n].sel.Where))
	}
	l := &s.last[n][test]
	if l.given && string(l.to) == v {
		return l.yes
	}
	from := len(s.found)
	yes := s.matches(&s.asks[n], ev, p, v)
	if l.given = len(s.found) == from && len(s.stops) == 0 && len(v) <= 1024; l.given { // with groups it is asked again
		l.to, l.yes = append(l.to[:0], v...), yes
	}
	return yes
}

// An answer is what a pattern said to a value.
type answer struct {
	to         []byte
	given, yes bool
}

// matches asks one pattern; one that was stopped is noted.
func (s *Selector) matches(a *ask, ev *event.Event, p *rules.Pattern, text string) bool {
	var out rules.Outcome
	s.found, out = p.Match(text, s.found)
	if out == rules.GaveUp {
		s.gaveUp(a, ev)
	}
	return out == rules.Matched
}

// repeated gives a record that stands for the one before it that one's hits,
// and remembers those of this record.
func (s *Selector) repeated(ev *event.Event, repeats bool) {
	if repeats && s.source == ev.Where.Source && len(ev.Hits) == 0 {
		ev.Hits = append(ev.Hits, s.before...)
		return
	}
	s.source = ev.Where.Source
	s.before = s.before[:0]
	for _, h := range ev.Hits {
		s.before = append(s.before, event.Hit{Selection: h.Selection, Groups: h.Groups.Clone()})
	}
}
