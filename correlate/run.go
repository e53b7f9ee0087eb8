package correlate

import (
	"cmp"
	"slices"

	"forensic/event"
)

// fewEvidence is how many of the first, and of the last, events of each role
// are quoted.
const fewEvidence = 4

// maxDistinct bounds how many different values are counted in all.
const maxDistinct = 10_000

// A run is what one combination of keys has done since its last long pause. It
// becomes a finding if the pattern was met in it.
type run struct {
	key         event.Attrs // the attributes of by, without the host
	seq         int64       // of its first event
	id          string      // the same as a machine's key
	host        string
	place       int  // of the first event: what stands for a host without a name
	source      int  // of the first event
	mixed       bool // several hosts
	zoned       bool
	first, last Moment
	count       event.Times
	matches     int // how often the pattern was met, as far as it was counted
	spread      spread
	rhythm      rhythm
	roles       []role
	distinct    map[string]struct{}

	best, low, again window
	kinds            variety
	hit, hitLow      bool

	waits []wait // absence
	rise  rise   // growth
	usage usage  // limit
	onset int64  // when the pattern was first met

	over    bool        // it has ended
	told    *Finding    // what Due returned of it
	counted event.Times // of it, when Changes last told
}

// A role holds what one selection contributed.
type role struct {
	name  string
	attrs event.Attrs // of the first
	first []sight
	last  [fewEvidence]sight
	n     int
}

// see counts the sights of one match; main is the one that is counted.
func (r *run) see(main *sight, all []sight, m *machine) {
	at := main.moment()
	if r.matches == 0 && len(r.roles) == 0 {
		r.seq, r.first, r.last = main.seq, at, at
		r.host, r.place, r.source, r.zoned = main.host, main.place, main.where.Source, main.zoned
	} else {
		if at.At < r.first.At {
			r.first = at
		}
		if at.At > r.last.At {
			r.last = at
		}
	}
	r.count = r.count.Plus(main.count)
	if main.count.Low < main.count.Best {
		r.count.High = -1 // the number of the last window is never printed
	}
	r.spread.add(main.at, main.count.Best)
	r.rhythm.add(main.at)
	for i := range all {
		s := &all[i]
		if s.host != r.host || s.host == "" && s.place != r.place {
			r.mixed = true
		}
		r.role(s.name).see(s, m)
	}
}

func (r *run) role(name string) *role {
	for i := range r.roles {
		if r.roles[i].name == name {
			return &r.roles[i]
		}
	}
	r.roles = append(r.roles, role{name: name})
	return &r.roles[len(r.roles)-1]
}

// see keeps the first few and the last few, and of the first its attributes.
func (l *role) see(s *sight, m *machine) {
	kept := *s
	if l.n == 0 {
		kept.own(m.needs(s.name))
		l.attrs = kept.attrs
	}
	kept.keepText()
	kept.attrs, kept.ev, kept.groups = nil, nil, nil
	if l.n < fewEvidence {
		l.first = append(l.first, kept)
	} else {
		l.last[l.n%fewEvidence] = kept
	}
	l.n++
}

// sights returns what was kept, in order.
func (l *role) sights() []sight {
	out := slices.Clone(l.first)
	for i := range l.last {
		if l.n > fewEvidence+i {
			out = append(out, l.last[i])
		}
	}
	slices.SortStableFunc(out, func(a, b sight) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq))
	})
	return out
}

// began returns the event that the run began with, as far as it is kept.
func (r *run) began() *event.Event {
	ev := &event.Event{Where: event.Span{Source: r.source}, Host: r.host, At: r.first.At, ZoneKnown: r.zoned}
	ev.Stamp.Step = r.first.Step
	for i := range r.roles {
		for j := range r.roles[i].first {
			if s := &r.roles[i].first[j]; s.at == r.first.At {
				ev.Where, ev.Host = s.where, s.host
				return ev
			}
		}
	}
	return ev
}

// attr returns an attribute of what the run saw: of its key, or of the first
// event of any role that has it.
func (r *run) attr(name string) string {
	if name == event.Host {
		if r.mixed {
			return ""
		}
		return r.host
	}
	if v := r.key.Get(name); v != "" {
		return v
	}
	for i := range r.roles {
		if v := r.roles[i].attrs.Get(name); v != "" {
			return v
		}
	}
	return ""
}
