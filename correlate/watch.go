package correlate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"forensic/event"
	"forensic/rules"
)

// A watch looks at how far one rule comes, for whoever wants to know why it
// fired or did not. It is nil for rules that nobody asks about, and takes no
// part in what is found.
type watch struct {
	glances []glance // of each selection, in the engine's order
	near    near     // of the operator
	again   near     // of its repetition
	broken  *attempt // of a sequence: the one that came farthest
	late    time.Duration
	slowest time.Duration // of an absence: the longest wait that was answered
	waits   [2]int        // answered, unanswered
	rise    rise
	used    usage
	seen    []bool    // of a join: what came at all
	span    *gathered // of a join: the closest that all came together
	passed  []map[string]string
}

// A near is the most that came together, and for whom.
type near struct {
	got int
	at  int64
	run *run
}

// A gathered says how far apart the parts of a join lay.
type gathered struct {
	apart time.Duration
	at    int64
}

// A glance counts what became of the records that a selection might have taken.
type glance struct {
	events int         // that it took, as replayed
	count  event.Times // what they stand for
	first  Moment
	where  event.Span
	last   Moment

	records int // of its kinds, while reading
	quiet   int // of these, not loud enough
	other   int // without the text
	failed  []failure
	met     int
	at      event.Span // of the record looked at last
}

// A failure counts the records that a test of where refused.
type failure struct {
	n      int
	values []string // the first few different ones
}

const fewValues = 4

// Watch asks how far a rule comes. It is called before For.
func (e *Engine) Watch(rule string) error {
	for _, m := range e.machines {
		if m.rule.Name == rule {
			m.watch = &watch{}
			for i := m.first; i < len(e.selections) && e.selections[i].rule == m.number; i++ {
				g := glance{failed: make([]failure, len(e.selections[i].sel.Where)), at: event.Span{Source: -1}}
				m.watch.glances = append(m.watch.glances, g)
			}
			e.watched = m
			return nil
		}
	}
	return fmt.Errorf("watch: no rule %q", rule)
}

// look asks the watched rule's selections about an event, one condition after
// the other. It decodes every event, and takes its time.
func (w *watch) look(s *Selector, ev *event.Event) {
	m := s.e.watched
	for i := range s.asks {
		a := &s.asks[i]
		if s.e.selections[a.id].rule != m.number {
			continue
		}
		ev.Decode()
		if len(a.sel.Kinds) > 0 && !slices.Contains(a.sel.Kinds, ev.Kind) {
			continue
		}
		g := &w.glances[int(a.id)-m.first]
		s.e.stopping.Lock()
		g.look(s, a, ev)
		s.e.stopping.Unlock()
	}
}

// look finds the first condition that an event does not meet.
func (g *glance) look(s *Selector, a *ask, ev *event.Event) {
	g.records++
	if a.sel.Level > ev.Level {
		g.quiet++
		return
	}
	var groups event.Attrs
	if p := a.sel.Text; p != nil {
		var out rules.Outcome
		if groups, out = p.Match(message(ev), nil); out != rules.Matched {
			g.other++
			return
		}
	}
	if p := a.sel.Line; p != nil {
		found := false
		for _, line := range linesOf(ev) {
			var out rules.Outcome
			if groups, out = p.Match(line, nil); out == rules.Matched {
				found = true
				break
			}
		}
		if !found {
			g.other++
			return
		}
	}
	for i := range a.sel.Where {
		t := &a.sel.Where[i]
		v := value(ev, groups, t.Attr)
		ok := passes(t, v)
		if ok && t.Match != nil {
			_, out := t.Match.Match(v, nil)
			ok = out == rules.Matched
		}
		if !ok {
			f := &g.failed[i]
			f.n++
			if v = cut(v, 60); v != "" && len(f.values) < fewValues && !slices.Contains(f.values, v) {
				f.values = append(f.values, v)
			}
			return
		}
	}
	g.met++
}

// took counts what is replayed.
func (w *watch) took(m *machine, selection int, s *sight) {
	g := &w.glances[selection-m.first]
	if g.events == 0 {
		g.first, g.where = s.moment(), s.where
	}
	g.last = s.moment()
	g.events++
	g.count = g.count.Plus(s.count)
}

// note keeps the most that came together.
func (n *near) note(got int, at int64, r *run) {
	if got > n.got {
		*n = near{got, at, r}
	}
}

// counted looks at the window of a run.
func (w *watch) counted(r *run) {
	got, at := 0, r.last.At
	switch entries := r.best.entries; {
	case len(r.kinds.values) > 0:
		for i := len(r.kinds.values) - 1; i >= 0; i-- {
			if v := r.kinds.values[i]; r.kinds.within == 0 || at-v.at <= int64(r.kinds.within) {
				got++
			}
		}
	case len(entries) > 0:
		at = entries[len(entries)-1].at
		for _, x := range entries {
			if r.best.within == 0 || at-x.at <= int64(r.best.within) {
				got += x.n
			}
		}
	}
	w.near.note(got, at, r)
}

// repeated looks at how often the whole pattern came.
func (w *watch) repeated(r *run) {
	got := 0
	entries := r.again.entries
	for _, x := range entries {
		if r.again.within == 0 || entries[len(entries)-1].at-x.at <= int64(r.again.within) {
			got += x.n
		}
	}
	w.again.note(got, r.last.At, r)
}

// broke looks at a match that was forgotten.
func (w *watch) broke(a *attempt) {
	got := 0
	for _, there := range a.filled {
		if there {
			got++
		}
	}
	if got > w.near.got {
		w.near = near{got: got, at: a.start}
		kept := *a
		kept.seen, kept.filled = slices.Clone(a.seen), slices.Clone(a.filled)
		w.broken = &kept
	}
}

// unused looks at a step that no match took: it may have come too late for one.
func (w *watch) unused(q *sequence, step int, s *sight, key string) {
	b := w.broken
	if b == nil || b.key == "" || b.key != key || step < b.next {
		return
	}
	if gap := time.Duration(s.at - b.start); gap > time.Duration(q.within) && (w.late == 0 || gap < w.late) {
		w.late = gap
	}
}

// answered looks at how long an answer took.
func (w *watch) answered(p *pending, at int64) {
	w.waits[0]++
	w.slowest = max(w.slowest, time.Duration(at-p.at))
}

// gather looks at what a join has so far.
func (w *watch) gather(g *gathering) {
	if w.seen == nil {
		w.seen = make([]bool, len(g.filled))
	}
	got, oldest := 0, g.last
	for i, there := range g.filled {
		if there {
			w.seen[i] = true
			got++
			oldest = min(oldest, g.seen[i].at)
		}
	}
	if got > w.near.got {
		w.near = near{got: got, at: g.last}
	}
	if apart := time.Duration(g.last - oldest); got == len(g.filled) && (w.span == nil || apart < w.span.apart) {
		w.span = &gathered{apart, g.last}
	}
}

// grew looks at a number that rises: the longest rise counts, and of equal ones
// the highest.
func (w *watch) grew(r *run) {
	if g := &r.rise; g.points > w.rise.points || g.points == w.rise.points && g.to-g.from > w.rise.to-w.rise.from {
		w.rise = *g
		w.near = near{g.points, g.end, r}
	}
}

// compared looks at a usage and its limit.
func (w *watch) compared(full *shot, of float64) {
	w.near.got++
	if w.used.of == 0 || full.value/of > w.used.used/w.used.of {
		w.used = usage{full.value, of}
		w.near.at = full.at
	}
}

// linesOf are the lines that a line pattern is asked about.
func linesOf(ev *event.Event) []string {
	lines := strings.Split(ev.Raw, "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	if ev.Rewritten {
		lines = append(lines, ev.Text)
	}
	return lines
}
