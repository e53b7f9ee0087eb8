package timeline

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"forensic/event"
)

// A face is one clock as joins see it: that of a host whose zone is known, or
// not, or of a capture that belongs to no host.
type face struct {
	host     *host
	place    *place // the capture
	known    bool   // its times are in UTC
	live     bool   // a capture is among its sources
	absolute bool   // its stamps write the zone
	seen     []sighting
	joins    int // pairs with any other
	from     int64
	to       int64

	settled bool
	fit     fit     // the last leg's
	legs    *drift  // nil: it is right
	total   float64 // error, with that of those it is measured against
}

func (f *face) name() string {
	if f.host != nil {
		return f.host.name
	}
	return f.place.name()
}

// A sighting is a join event with its time as if its clock were right.
type sighting struct {
	hash  uint64
	phase phase
	at    int64
	pos   int64 // the same, but where the clock ran back it runs on
	step  int64
	p     *place
	text  uint32
	again bool
	truth int64 // once its face is settled
}

func (s sighting) key() string { return s.p.tally.joins.text(joined{text: s.text}) }

// maxFaces is how many clocks are compared with each other: those that saw most.
const maxFaces = 64

// faces collects the join events by the clock that wrote them.
func (t *Timeline) faces() []*face {
	type id struct {
		h     *host
		p     *place
		known bool
	}
	all := map[id]*face{}
	var list []*face
	for _, p := range t.places {
		if p.tally.joins == nil || p.duplicate != nil {
			continue
		}
		for _, e := range p.tally.joins.list {
			h := p.host
			if e.host != 0 && e.host != noHost {
				if named := t.hosts.find(p.lane.hosts.name(e.host)); named != nil {
					h = named
				}
			}
			k := id{h: h, known: e.zoned || p.zoneFor(h).known}
			if h == nil {
				if !p.flows {
					continue
				}
				k.p = p
			}
			r := stretch{family: e.family, zoned: e.zoned, fold: e.fold}
			c := newConv(p, h, &r)
			at := c.at(e.key)
			if at == event.NoTime {
				continue
			}
			f := all[k]
			if f == nil {
				f = &face{host: h, place: k.p, known: k.known, from: math.MaxInt64, to: math.MinInt64}
				all[k] = f
				list = append(list, f)
			}
			f.live = f.live || p.flows
			f.absolute = f.absolute || e.zoned
			f.from, f.to = min(f.from, at), max(f.to, at)
			f.seen = append(f.seen, sighting{hash: e.hash, phase: e.phase, at: at, pos: at + p.ranBack(e), step: max(e.step, 1), p: p, text: e.text})
		}
	}
	t.uncompared = max(len(list)-maxFaces, 0)
	if len(list) > maxFaces {
		slices.SortStableFunc(list, func(a, b *face) int { return cmp.Compare(len(b.seen), len(a.seen)) })
		list = list[:maxFaces]
	}
	for _, f := range list {
		f.sort()
	}
	slices.SortFunc(list, func(a, b *face) int {
		return cmp.Or(strings.Compare(a.name(), b.name()), cmp.Compare(btoi(b.known), btoi(a.known)))
	})
	for _, f := range list {
		for _, g := range list {
			if f != g {
				f.joins += len(pairs(f, g))
			}
		}
	}
	return list
}

// ranBack is how much a source's clock ran back before a record.
func (p *place) ranBack(e joined) (sum int64) {
	for i, f := range p.tally.folds {
		if i < int(e.fold) && f.family == e.family {
			sum += f.before - f.after
		}
	}
	return sum
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sort brings the sightings in the order of keys and marks those that are there
// more than once: of a port that was used again nobody can say which is which.
func (f *face) sort() {
	slices.SortFunc(f.seen, func(a, b sighting) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.phase, b.phase), cmp.Compare(a.at, b.at), cmp.Compare(a.p.rank, b.p.rank))
	})
	for i := 1; i < len(f.seen); i++ {
		a, b := &f.seen[i-1], &f.seen[i]
		if a.hash == b.hash && a.phase == b.phase && a.phase != request {
			a.again, b.again = true, true
		}
	}
	// One phase twice makes the whole key doubtful.
	for i := 0; i < len(f.seen); {
		n := i
		again := false
		for ; n < len(f.seen) && f.seen[n].hash == f.seen[i].hash; n++ {
			again = again || f.seen[n].again
		}
		for ; i < n; i++ {
			f.seen[i].again = again
		}
	}
}

// A match is two sightings of one key, the one ordered before the other.
type match struct {
	first, then *sighting
	slack       int64
	ours        bool // first is of the face asked about
}

const maxMatches = 1 << 14 // keys come in the order of their hashes, so that these are a sample

// pairs matches what two clocks saw.
func pairs(f, g *face) []match {
	var all []match
	i, j := 0, 0
	for i < len(f.seen) && j < len(g.seen) {
		switch a, b := f.seen[i].hash, g.seen[j].hash; {
		case a < b:
			i++
		case a > b:
			j++
		default:
			in, jn := i, j
			for in < len(f.seen) && f.seen[in].hash == a {
				in++
			}
			for jn < len(g.seen) && g.seen[jn].hash == a {
				jn++
			}
			if len(all) < maxMatches {
				all = matches(all, f.seen[i:in], g.seen[j:jn])
			}
			i, j = in, jn
		}
	}
	return all
}

func matches(all []match, fs, gs []sighting) []match {
	if fs[0].again || gs[0].again {
		return all
	}
	if fs[0].phase == request {
		return nested(all, fs, gs)
	}
	for i := range fs {
		for j := range gs {
			a, b := &fs[i], &gs[j]
			if r := before[a.phase][b.phase]; r.holds {
				all = append(all, match{a, b, r.slack, true})
			}
			if r := before[b.phase][a.phase]; r.holds {
				all = append(all, match{b, a, r.slack, false})
			}
		}
	}
	return all
}

// nested is for requests: the side that had the request for longer was the
// caller, and its records enclose those of the other.
func nested(all []match, fs, gs []sighting) []match {
	if len(fs) < 2 || len(gs) < 2 {
		return all
	}
	f0, f1 := &fs[0], &fs[len(fs)-1]
	g0, g1 := &gs[0], &gs[len(gs)-1]
	switch fl, gl := f1.at-f0.at, g1.at-g0.at; {
	case fl > gl:
		return append(all, match{f0, g0, 0, true}, match{g1, f1, 0, false})
	case gl > fl:
		return append(all, match{g0, f0, 0, false}, match{f1, g1, 0, true})
	}
	return all
}

// bounds turns matches into what they say of how far g is ahead when it shows
// the time of its record. Stamps are cut off, so the earlier record may have been
// written a step later; f is settled already.
func bounds(ms []match) []bound {
	all := make([]bound, 0, len(ms))
	for i, m := range ms {
		b := bound{pair: i, upper: m.ours, give: m.first.step + m.then.step + m.slack}
		if m.ours { // f first: g's offset is at most then - first
			b.at, b.pos = m.then.at, m.then.pos
			b.value = m.then.at + m.then.step - m.first.truth + m.slack
		} else {
			b.at, b.pos = m.first.at, m.first.pos
			b.value = m.first.at - (m.then.truth + m.then.step) - m.slack
		}
		all = append(all, b)
	}
	return all
}

// correct notes the true times of what a settled face saw.
func (f *face) correct() {
	for i := range f.seen {
		f.seen[i].truth = f.truth(f.seen[i].at)
	}
}

// truth corrects a time of a settled face.
func (f *face) truth(at int64) int64 {
	if f.legs == nil {
		return at
	}
	return f.legs.correct(at, 0, len(f.legs.legs))
}
