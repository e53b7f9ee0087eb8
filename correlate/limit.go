package correlate

import (
	"slices"

	"forensic/event"
	"forensic/rules"
)

// limits compares a usage with its limit, wherever the two were read on one
// host: the last limit before the usage, else the first after it. Where the limit
// has attributes that the rule goes by (that of one process), they must agree.
type limits struct {
	number float64 // where the rule itself gives the limit
	same   bool    // both stand in one event
	known  map[string][]ceiling
	open   map[string][]*shot // usages that wait for a limit
	shots  shots
}

// A ceiling is a limit and what it is the limit of.
type ceiling struct {
	sight
	of float64
}

// A usage is what a run saw of a limit.
type usage struct{ used, of float64 }

// maxUnlimited bounds how many usages of a host wait for their limit.
const maxUnlimited = 1_000

func newLimits(m *rules.Match) *limits {
	return &limits{number: m.Of.Number, same: m.Of.Selection == m.Use.Selection, known: map[string][]ceiling{}, open: map[string][]*shot{}}
}

func (q *limits) observe(m *machine, sights []sight) {
	match := &m.rule.Match
	for i := range sights {
		s := &sights[i]
		if s.name == match.Of.Selection && !q.same {
			q.learn(m, s)
		}
	}
	for i := range sights {
		s := &sights[i]
		if s.name != match.Use.Selection {
			continue
		}
		used, ok := rules.ReadNumber(s.get(match.Use.Attr))
		if !ok {
			continue
		}
		if q.same {
			if of, ok := rules.ReadNumber(s.get(match.Of.Attr)); ok {
				q.compare(m, &shot{sight: *s, value: used}, of)
			}
			continue
		}
		m.key, _ = s.appendKey(m.key[:0], m.by())
		if full := q.shots.add(m, s, used, match.Use.Attr); full != nil {
			q.look(m, full)
		}
	}
}

func (q *limits) end(m *machine) {
	for _, full := range q.shots.rest() {
		q.look(m, full)
	}
}

// place is where a limit holds: a host.
func place(s *sight) string {
	return string(appendHost(nil, s.host, s.place))
}

// learn notes a limit, and compares what has waited for it.
func (q *limits) learn(m *machine, s *sight) {
	of, ok := rules.ReadNumber(s.get(m.rule.Match.Of.Attr))
	if !ok {
		return
	}
	for _, full := range q.shots.rest() { // what was read before it is compared with what held then, also within one second
		q.look(m, full)
	}
	at := place(s)
	new := ceiling{*s, of}
	new.own(m.needs(s.name))
	q.known[at] = slices.DeleteFunc(q.known[at], func(b ceiling) bool { return b.alike(&new.sight, m.by()) })
	if len(q.known[at]) < maxUnlimited {
		q.known[at] = append(q.known[at], new)
	}
	waiting := q.open[at]
	q.open[at] = nil
	for i := range waiting {
		if new.holds(&waiting[i].sight, m.by()) {
			q.compare(m, waiting[i], of)
		} else {
			q.open[at] = append(q.open[at], waiting[i])
		}
	}
}

// alike tells whether two limits are of the same thing.
func (b *ceiling) alike(s *sight, by []string) bool {
	for _, name := range by {
		if name != event.Host && b.get(name) != s.get(name) {
			return false
		}
	}
	return true
}

// holds tells whether a usage falls under the limit.
func (b *ceiling) holds(s *sight, by []string) bool {
	for _, name := range by {
		if v := b.get(name); name != event.Host && v != "" && v != s.get(name) {
			return false
		}
	}
	return true
}

// look compares a usage with the limit of its host, or lets it wait for one.
func (q *limits) look(m *machine, full *shot) {
	if m.rule.Match.Of.Selection == "" {
		q.compare(m, full, q.number)
		return
	}
	at := place(&full.sight)
	for i := range slices.Backward(q.known[at]) {
		if b := &q.known[at][i]; b.holds(&full.sight, m.by()) {
			q.compare(m, full, b.of)
			return
		}
	}
	if len(q.open[at]) >= maxUnlimited {
		m.evicted++
		return
	}
	q.open[at] = append(q.open[at], full)
}

// compare makes a match of a usage that is near its limit.
func (q *limits) compare(m *machine, full *shot, of float64) {
	if of <= 0 {
		return
	}
	if full.key == "" {
		m.key, _ = full.appendKey(m.key[:0], m.by())
		full.key = string(m.key)
	}
	m.sample(full.key, &full.sight, full.value, of)
	if m.watch != nil {
		m.watch.compared(full, of)
	}
	if full.value < of*m.rule.Match.Share {
		return
	}
	one := []sight{full.sight}
	one[0].count = event.Times{Low: 1, Best: 1, High: 1}
	r := m.follow(&one[0], one)
	if full.value >= r.usage.used {
		r.usage = usage{full.value, of}
	}
	m.met(r, full.at, true)
}
