package correlate

import "forensic/event"

// Of appends the ids of the findings that an event belongs to: those of a rule
// whose match it answers, of its keys, and of its time. It may be asked once
// Close has returned.
func (e *Engine) Of(ev *event.Event, to []string) []string {
	from := len(to)
	for i := range ev.Hits {
		id := int(ev.Hits[i].Selection)
		if id >= len(e.selections) || e.selections[id].part != matching {
			continue
		}
		for _, f := range e.found[e.selections[id].rule] {
			if f.holds(ev, ev.Hits[i].Groups) && !listed(to[from:], f.ID) {
				to = append(to, f.ID)
			}
		}
	}
	return to
}

// holds tells whether an event has the keys and the time of a finding.
func (f *Finding) holds(ev *event.Event, groups event.Attrs) bool {
	if f.First.Known() {
		slack := int64(f.rule.Match.Within)
		if ev.At == event.NoTime || ev.At < f.First.At-slack || ev.At > f.Last.At+slack {
			return false
		}
	}
	if f.Host != "" && ev.Host != "" && f.Host != ev.Host {
		return false
	}
	for _, k := range f.Key {
		if v := value(ev, groups, k.Name); v != "" && v != k.Value {
			return false
		}
	}
	return true
}

func listed(ids []string, id string) bool {
	for _, have := range ids {
		if have == id {
			return true
		}
	}
	return false
}
