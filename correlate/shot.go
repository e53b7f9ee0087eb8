package correlate

import (
	"cmp"
	"maps"
	"slices"
)

// shots put the groups of one snapshot together. A listing is one event a group
// ("ESTABLISHED from 192.0.2.7: 12"); a rule that does not ask what tells the
// groups apart wants their sum, and other numbers of one key at one instant of
// one source are one number, the last. What pipelines counted are numbers by
// themselves: in a transcript without dates they all have one time.
type shots struct{ open map[string]*shot }

// A shot is a number of one key in one snapshot.
type shot struct {
	sight
	key   string
	value float64
}

// add takes a number of the key in m.key, and returns what came before it once
// that is complete.
func (q *shots) add(m *machine, s *sight, value float64, attr string) *shot {
	if q.open == nil {
		q.open = map[string]*shot{}
	}
	before := q.open[string(m.key)]
	if before != nil && before.at == s.at && before.where.Source == s.where.Source && (s.ev == nil || s.ev.Kind != "shell.count") {
		if attr == "count" {
			value += before.value
		}
		before.value = value
		return nil
	}
	if before == nil && len(q.open) >= maxOpen {
		m.evicted++
		return nil
	}
	key := string(m.key)
	now := &shot{*s, key, value}
	now.own(m.needs(s.name))
	q.open[key] = now
	return before
}

// rest returns what is left at the end.
func (q *shots) rest() []*shot {
	out := slices.SortedFunc(maps.Values(q.open), func(a, b *shot) int { return cmp.Compare(a.seq, b.seq) })
	q.open = nil
	return out
}
