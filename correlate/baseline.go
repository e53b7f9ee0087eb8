package correlate

import (
	"slices"

	"forensic/event"
)

const (
	minute     = int64(60e9)
	minHistory = 5      // minutes; less is no rhythm to compare with
	maxMinutes = 10_080 // of one key: a week
)

// A past is how often a key's events came, minute by minute.
type past struct{ minutes []entry }

// remember counts for the baseline.
func (m *machine) remember(key string, at int64, n int) {
	if m.past == nil {
		m.past = map[string]*past{}
	}
	p := m.past[key]
	if p == nil {
		if len(m.past) >= maxRuns {
			return
		}
		p = &past{}
		m.past[key] = p
	}
	at = floor(at, minute)
	if last := len(p.minutes) - 1; last >= 0 && p.minutes[last].at == at {
		p.minutes[last].n += n
		return
	}
	if len(p.minutes) < maxMinutes {
		p.minutes = append(p.minutes, entry{at, n})
	}
}

// unusual tells whether the busiest minute of a run exceeds the key's median
// minute before it by the rule's factor. Minutes without events count from when
// a source of the host begins to speak.
func (m *machine) unusual(r *run, seen event.Coverage) bool {
	p := m.past[r.id]
	if p == nil || timeless(r.onset) {
		return false
	}
	begin := floor(r.onset, minute)
	from := begin
	for _, c := range seen {
		if c.First < from && sameHost(c.Host, m.e.place(c.Source), r.host, r.place) && c.ZoneKnown == r.zoned && declaresAny(c.Kinds, m.rule.Select[0].Kinds) {
			from = floor(c.First, minute)
		}
	}
	var before []int
	peak := 0
	for _, e := range p.minutes {
		switch {
		case e.at >= begin && e.at <= r.last.At:
			peak = max(peak, e.n)
		case e.at < begin:
			from = min(from, e.at)
			before = append(before, e.n)
		}
	}
	total := int((begin - from) / minute)
	if total < minHistory {
		return false
	}
	slices.Sort(before)
	median := 0
	if i := len(before) - (total - total/2); i >= 0 { // the minutes without events sort first
		median = before[i]
	}
	return float64(peak) >= m.rule.Baseline*float64(max(median, 1))
}

func sameHost(host string, place int, other string, otherPlace int) bool {
	if host == "" && other == "" {
		return place == otherPlace
	}
	return host == other
}

// declaresAny tells whether a format with these kinds may emit one of the asked.
func declaresAny(kinds, asked []string) bool {
	return len(asked) == 0 || slices.ContainsFunc(asked, func(k string) bool { return slices.Contains(kinds, k) })
}
