package correlate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"forensic/event"
	"forensic/rules"
)

const (
	maxRuns     = 65_536 // combinations of keys a rule follows at the same time
	maxOpen     = 65_536 // matches a rule waits for at the same time
	maxFindings = 1_000  // of one rule
)

// A machine is one rule at work.
type machine struct {
	e      *Engine
	rule   *rules.Rule
	number int
	first  int // its first selection in the engine's
	pause  time.Duration
	op     operator

	runs    map[string]*run // going on, by key
	ended   []*run          // those in which the pattern was met
	notes   []notes         // what context selections saw
	tried   []notes         // and what shows that remedies were tried
	past    map[string]*past
	samples map[string]*samples // numbers of each key, where snapshots show them
	prove   map[int]bool        // sources that showed that they would print what is missing

	fresh []*run // the pattern was met, and Due has not returned it
	told  []*run // Due has, and it stands

	watch *watch // nil: nobody asks how far it comes

	evicted int // matches and runs given up for want of room
	dropped int // findings beyond the most that are kept
	sights  []sight
	key     []byte
}

// An operator turns events that answer the rule's selections into matches.
type operator interface {
	// observe takes all the rule's sights of one event.
	observe(m *machine, sights []sight)
	// end comes after the last event.
	end(m *machine)
}

// begin chooses the operator.
func (m *machine) begin() {
	m.pause = m.rule.Pause()
	m.notes = make([]notes, len(m.rule.Context))
	m.tried = make([]notes, len(m.rule.Avoid))
	m.prove = map[int]bool{}
	switch m.rule.Match.Op {
	case rules.Any, rules.Count:
		m.op = counting{}
	case rules.Sequence:
		m.op = newSequence(&m.rule.Match)
	case rules.Absence:
		m.op = newAbsence(&m.rule.Match)
	case rules.Join:
		m.op = newJoin()
	case rules.Growth:
		m.op = &growing{}
	case rules.Limit:
		m.op = newLimits(&m.rule.Match)
	}
}

// needs returns the attributes to keep of a selection's events.
func (m *machine) needs(name string) []string {
	for i := m.first; i < len(m.e.selections) && m.e.selections[i].rule == m.number; i++ {
		if s := &m.e.selections[i]; s.sel.Name == name && name != "" {
			return s.needs
		}
	}
	return nil
}

// observe takes the hits of one event.
func (m *machine) observe(ev *event.Event, hits []event.Hit) {
	m.sights = m.sights[:0]
	for i := range hits {
		s := &m.e.selections[hits[i].Selection]
		seen := m.e.see(ev, s, hits[i].Groups)
		if m.watch != nil {
			m.watch.took(m, int(hits[i].Selection), &seen)
		}
		switch s.part {
		case matching:
			m.sights = append(m.sights, seen)
		case enriching:
			m.notes[s.index].add(seen, s.needs)
			if v := m.rule.Match.Of.Selection; v == s.sel.Name && m.rule.Match.Op == rules.Limit {
				m.sights = append(m.sights, seen)
			}
		case applying:
			m.tried[s.index].add(seen, s.needs)
		case proving:
			if len(m.prove) < maxRuns {
				m.prove[ev.Where.Source] = true
			}
		}
	}
	if len(m.sights) > 0 {
		m.op.observe(m, m.sights)
	}
}

// by returns the keys that findings go by.
func (m *machine) by() []string {
	if r := m.rule.Match.Repeat; r != nil && len(r.By) > 0 {
		return r.By
	}
	return m.rule.Match.By
}

// follow puts a match into the run of its key, and begins one where there is
// none or the last one is long over.
func (m *machine) follow(main *sight, all []sight) *run {
	m.key = m.key[:0]
	by := m.by()
	if len(all) > 1 {
		m.key = joinKey(m.key, by, main, all)
	} else {
		m.key, _ = main.appendKey(m.key, by)
	}
	r := m.runs[string(m.key)]
	if r != nil && m.pause > 0 && !timeless(main.at) && !timeless(r.last.At) && main.at-r.last.At > int64(m.pause) {
		m.finish(r)
		r = nil
	}
	if r == nil {
		r = m.start(by, all)
	}
	r.see(main, all, m)
	if m.rule.Baseline > 0 && !timeless(main.at) {
		m.remember(r.id, main.at, main.count.Best)
	}
	return r
}

// joinKey writes the key of several events: of each attribute the first value
// that one of them has.
func joinKey(key []byte, by []string, main *sight, all []sight) []byte {
	key, _ = main.appendKey(key, nil)
	for _, name := range by {
		if name == event.Host {
			key = appendHost(key, main.host, main.place)
		} else {
			key = append(key, firstOf(all, name)...)
		}
		key = append(key, 0)
	}
	return key
}

func firstOf(all []sight, name string) string {
	for i := range all {
		if v := all[i].get(name); v != "" {
			return v
		}
	}
	return ""
}

// start begins a run under m.key.
func (m *machine) start(by []string, all []sight) *run {
	if len(m.runs) >= maxRuns {
		m.makeRoom()
	}
	match := &m.rule.Match
	r := &run{id: string(m.key), onset: event.NoTime}
	r.best = window{need: max(match.AtLeast, 1), within: match.Within}
	r.low = r.best
	r.kinds = variety{need: max(match.AtLeast, 1), within: match.Within}
	if match.Repeat != nil {
		r.again = window{need: match.Repeat.AtLeast, within: match.Repeat.Within}
	}
	for _, name := range by {
		if v := firstOf(all, name); v != "" && name != event.Host {
			r.key = append(r.key, event.Attr{Name: name, Value: strings.Clone(v)})
		}
	}
	m.runs[r.id] = r
	return r
}

// met says that the pattern was met; it counts where the rule asks that it
// recur. Sure tells whether that rests on certain occurrences alone.
func (m *machine) met(r *run, at int64, sure bool) {
	r.matches++
	if m.rule.Match.Repeat != nil {
		r.best.clear()
		r.low.clear()
		r.kinds.values = r.kinds.values[:0]
		full := (!timeless(at) || r.again.within == 0) && r.again.add(at, 1)
		if m.watch != nil {
			m.watch.repeated(r)
		}
		if !full {
			return
		}
	}
	if !r.hit {
		r.onset = at
		if m.e.live || len(m.fresh) < maxFindings {
			m.fresh = append(m.fresh, r)
		}
	}
	r.hit = true
	r.hitLow = r.hitLow || sure
}

// finish ends a run.
func (m *machine) finish(r *run) {
	delete(m.runs, r.id)
	r.over = true
	if !r.hit || m.e.live {
		return
	}
	if len(m.ended) >= maxFindings {
		m.dropped++
		return
	}
	m.ended = append(m.ended, r)
}

// makeRoom ends what is over, and gives up the longest idle eighth of the rest.
func (m *machine) makeRoom() {
	idle := slices.SortedFunc(maps.Values(m.runs), func(a, b *run) int {
		return cmp.Or(cmp.Compare(a.last.At, b.last.At), cmp.Compare(a.seq, b.seq))
	})
	for _, r := range idle[:len(idle)/8] {
		if !r.hit {
			m.evicted++
		}
		m.finish(r)
	}
}

// going returns the runs that are not over, in the order they began.
func (m *machine) going() []*run {
	return slices.SortedFunc(maps.Values(m.runs), func(a, b *run) int { return cmp.Compare(a.seq, b.seq) })
}

// end comes after the last event: all runs are over.
func (m *machine) end() {
	m.op.end(m)
	for _, r := range m.going() {
		m.finish(r)
	}
}
