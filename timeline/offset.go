package timeline

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"forensic/event"
)

// An offset is what joins and the user say of a host's clock.
type offset struct {
	known bool
	user  bool
	value time.Duration
	err   time.Duration
	rate  float64
	since int64
	joins int
	pairs []Pair
}

// clockFor is the deviation that a source's times are corrected by.
func (p *place) clockFor(h *host) *drift {
	switch {
	case p.flows && p.host == nil:
		return p.skew
	case h == nil:
		h = p.host
	}
	if h == nil {
		return nil
	}
	return h.skew
}

// settleOffsets decides how far each host's clock is ahead: as the user says,
// else by what several hosts saw of the same connections, sessions and requests.
func (t *Timeline) settleOffsets(opt Options) {
	for _, h := range t.hosts.list {
		h.skew, h.offset = nil, offset{}
	}
	for _, p := range t.places {
		p.skew = nil
	}
	faces := t.faces()
	t.fewJoinsZones(faces)
	for len(faces) > 1 {
		rest := t.settleGroup(faces)
		if len(rest) == len(faces) {
			break
		}
		faces = rest
	}
	for _, h := range t.hosts.list {
		off, ok := userOffset(opt.Offsets, h)
		if !ok {
			continue
		}
		found := h.offset
		h.offset = offset{known: true, user: true, value: off, joins: found.joins, pairs: found.pairs}
		h.skew = nil
		h.say("offset %s: given by the user", signed(off))
		if off != 0 {
			h.skew = constant(int64(off))
		}
	}
}

// settleGroup finds the clocks that are connected by joins, measures each
// against the reference, and returns the faces that are left.
func (t *Timeline) settleGroup(faces []*face) []*face {
	ref := reference(faces)
	if ref == nil {
		return faces
	}
	ref.settled = true
	ref.correct()
	group := []*face{ref}
	type link struct {
		from, to *face
		legs     []stride
		err      float64
		pairs    []match
		tried    bool
	}
	links := map[[2]*face]*link{}
	for {
		var best *link
		for _, f := range group {
			for _, g := range faces {
				if g.settled {
					continue
				}
				l := links[[2]*face{f, g}]
				if l == nil {
					l = &link{from: f, to: g, pairs: pairs(f, g)}
					links[[2]*face{f, g}] = l
					l.legs, l.err, l.tried = t.measure(l.from, l.to, l.pairs)
				}
				if l.tried && (best == nil || l.err+f.total < best.err+best.from.total) {
					best = l
				}
			}
		}
		if best == nil {
			break
		}
		g := best.to
		g.settled, g.total = true, best.err+best.from.total
		group = append(group, g)
		t.conclude(ref, best.from, g, best.legs, best.pairs)
		g.correct()
	}
	var rest []*face
	for _, f := range faces {
		if !f.settled {
			rest = append(rest, f)
		}
	}
	if len(group) > 1 {
		t.tellReference(ref, group)
	}
	return rest
}

// reference is the clock that is taken to be right: a capture's host, else the
// host with most joins, by name where they are equal.
func reference(faces []*face) *face {
	var best *face
	for _, f := range faces {
		if f.joins == 0 {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(btoi(f.known), btoi(best.known)), cmp.Compare(btoi(f.live), btoi(best.live)), cmp.Compare(f.joins, best.joins)) > 0 {
			best = f
		}
	}
	return best
}

const fewJoins = 3

// measure fits the offset of g against f.
func (t *Timeline) measure(f, g *face, ms []match) (legs []stride, err float64, ok bool) {
	if len(ms) == 0 {
		return nil, 0, false
	}
	keys := map[uint64]bool{}
	for _, m := range ms {
		keys[m.first.hash] = true
	}
	if len(keys) < fewJoins {
		if g.host != nil {
			g.host.say("%d joins with %s are too few to tell its offset", len(keys), f.name())
		}
		return nil, 0, false
	}
	bs := bounds(ms)
	from, until := g.from, g.to
	if g.host != nil {
		from, until = t.reach(g)
	}
	legs, why := fitLegs(bs, from, until)
	if why != "" {
		if g.host != nil {
			g.host.say("%d joins with %s %s, so that they tell no offset", len(keys), f.name(), why)
		}
		return nil, 0, false
	}
	doubt := max(legs[0].early, legs[len(legs)-1].late)
	if len(legs) == 1 {
		if by := t.doubts(g, &legs[0].fit, bs); by > 0 {
			doubt = max(doubt, by)
			g.host.say("a source of it shows that its clock was set by %s, of which too few joins tell", spread(by))
		}
	}
	for i, l := range legs {
		err = max(err, l.err)
		if i > 0 { // set back by so little that nobody sees in which leg a record is
			if back := legs[i-1].value(l.from) - l.value(l.from); back > 0 && back < float64(foldBack) {
				err += back
			}
		}
	}
	if doubt > 0 { // at least so much: how much more, the pairs' own scatter tells
		err = 1.1*doubt + 3*err
	}
	return legs, err, true
}

// reach is from when to when the sources of a face's host speak.
func (t *Timeline) reach(g *face) (int64, int64) {
	from, to := g.from, g.to
	for _, p := range t.places {
		if p.host != g.host || p.duplicate != nil {
			continue
		}
		f := p.tally.mainFamily()
		if f == timeless || f == sinceBoot {
			continue
		}
		sp := &p.tally.spans[f]
		if low := p.convert(f, sp.low); low != event.NoTime {
			from = min(from, low)
		}
		if high := p.convert(f, sp.high); high != event.NoTime {
			to = max(to, high)
		}
	}
	return from, to
}

// conclude writes down what was measured: a zone where it was unknown and the
// offset is near a multiple of a quarter hour, an offset otherwise.
func (t *Timeline) conclude(ref, f, g *face, legs []stride, ms []match) {
	g.fit = legs[len(legs)-1].fit
	joins := len(ms)
	if zone, ok := g.zoneShift(); ok && f.known && g.host != nil {
		t.rezone(g, zone, fmt.Sprintf("%d joins with %s", joins, f.name()))
		for i := range legs {
			legs[i].offset -= float64(zone)
			legs[i].since -= zone
			legs[i].from -= zone
			legs[i].until -= zone
		}
		legs[len(legs)-1].fit = g.fit
	}
	g.legs = t.driftOf(g.host, legs, ms)
	value := int64(g.fit.offset)
	if g.host == nil {
		g.place.skew = g.legs
		g.place.note("its clock is %s ± %s against %s, from %d joins", signed(time.Duration(value)), spread(g.total), f.name(), joins)
		return
	}
	h := g.host
	if h == f.host || h == ref.host || h.offset.known {
		return // another face of a host that is settled: only its zone was asked
	}
	h.offset = offset{
		known: true, value: time.Duration(value), err: time.Duration(math.Ceil(g.total)), rate: g.fit.rate,
		since: g.fit.since, joins: joins, pairs: t.tellPairs(f, g, ms),
	}
	h.skew = g.legs
	t.tellOffset(f, g, legs, joins)
}

// driftOf is what corrects the times of a clock, nil where nothing does.
func (t *Timeline) driftOf(h *host, legs []stride, ms []match) *drift {
	d := &drift{}
	right := true
	for i, l := range legs {
		if i == 0 {
			d.legs = append(d.legs, legOf(l.fit, never))
		} else {
			d.legs = append(d.legs, t.stepTime(h, legs[i-1], l, ms))
		}
		right = right && int64(l.offset) == 0 && l.rate == 0
	}
	if right {
		return nil
	}
	return d
}

func userOffset(m map[string]time.Duration, h *host) (time.Duration, bool) {
	byPtr := map[string]*time.Duration{}
	for k, v := range m {
		byPtr[k] = &v
	}
	if v := forHost(byPtr, h); v != nil {
		return *v, true
	}
	return 0, false
}
