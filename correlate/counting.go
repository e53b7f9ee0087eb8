package correlate

import "forensic/rules"

// counting is any and count: each event is an occurrence; so many of them
// within a window, or so many different values, meet the pattern. Any is a
// count of one.
type counting struct{}

func (counting) observe(m *machine, sights []sight) {
	match := &m.rule.Match
	s := &sights[0] // an event that answers several of the selections is one occurrence
	if match.Op == rules.Count && timeless(s.at) && match.Within > 0 {
		return
	}
	r := m.follow(s, sights[:1])
	if m.watch != nil {
		defer m.watch.counted(r)
	}
	switch {
	case match.Op == rules.Any:
		m.met(r, s.at, s.count.Low > 0)
	case match.Distinct != "":
		v := s.get(match.Distinct)
		r.note(v)
		if r.kinds.add(s.at, v) {
			m.met(r, s.at, true)
		}
	default:
		sure := r.low.add(s.at, s.count.Low)
		if r.best.add(s.at, s.count.Best) {
			m.met(r, s.at, sure)
		}
	}
}

func (counting) end(*machine) {}

// note counts different values in all.
func (r *run) note(v string) {
	if v == "" || len(r.distinct) >= maxDistinct {
		return
	}
	if _, ok := r.distinct[v]; !ok {
		if r.distinct == nil {
			r.distinct = map[string]struct{}{}
		}
		r.distinct[string([]byte(v))] = struct{}{}
	}
}
