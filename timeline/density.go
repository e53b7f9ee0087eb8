package timeline

import (
	"cmp"
	"slices"
	"time"

	"forensic/event"
)

// minutes returns how the events of a source lie over time. A minute without
// events is not listed; one whose time nobody knows neither.
func (p *place) minutes() ([]event.Minute, time.Duration) {
	s := p.tally
	if len(s.minutes) == 0 {
		return nil, 0
	}
	all := make([]event.Minute, 0, len(s.minutes))
	for i := range s.minutes {
		m := &s.minutes[i]
		one := event.Minute{At: p.convert(s.familyAt(m.at), m.at)}
		for level, n := range m.levels {
			one.Events += n
			if level := event.Level(level); level == event.Warning {
				one.Warnings += n
			} else if level > event.Warning {
				one.Errors += n
			}
		}
		if one.At != event.NoTime && one.Events > 0 {
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b event.Minute) int { return cmp.Compare(a.At, b.At) })
	return all, time.Duration(s.width)
}

// familyAt is the family of the stamps whose keys are counted in the bucket at
// a key: families lie decades apart, or do not overlap, but for files that are
// odd; there the main one is taken.
func (s *tally) familyAt(at int64) family {
	main := s.mainFamily()
	for _, f := range []family{main, absolute, dated, yearless, timed, sinceBoot} {
		if sp := &s.spans[f]; sp.seen && at+s.width > sp.low && at <= sp.high {
			return f
		}
	}
	return main
}
