package timeline

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
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
	for i, l := range legs {
		err = max(err, l.err)
		if i > 0 { // set back by so little that nobody sees in which leg a record is
			if back := legs[i-1].value(l.from) - l.value(l.from); back > 0 && back < float64(foldBack) {
				err += back
			}
		}
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
		if f == timeless || f == uptime {
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

const quarter = int64(15 * time.Minute)

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

// tellOffset puts an offset into words.
func (t *Timeline) tellOffset(f, g *face, legs []stride, joins int) {
	h, value := g.host, int64(g.fit.offset)
	how := ""
	if g.fit.oneSided {
		how = "; they bound it from one side only, the error is from how they scatter"
	}
	left := 0
	for _, l := range legs {
		left += l.left
	}
	if left > 0 {
		how += fmt.Sprintf("; %d contradict the others and are left out", left)
	}
	if value == 0 && g.fit.rate == 0 {
		h.say("its clock agrees with that of %s within %s: %d joins%s", f.name(), spread(g.total), joins, how)
	} else {
		h.say("its clock is %s ahead of that of %s, give or take %s: %d joins%s", signed(time.Duration(value)), f.name(), spread(g.total), joins, how)
	}
	for i := 0; g.legs != nil && i+1 < len(g.legs.legs); i++ {
		l := &g.legs.legs[i+1]
		h.say("its clock was set by %s between %s and %s; records between the two may be of before or after", signed(time.Duration(g.legs.jump(i))), Format(l.lo, time.Second), Format(l.hi, time.Second))
	}
}

// zoneShift tells how much of a measured offset is a zone. Where the zone is not
// known that is the nearest quarter of an hour; where it was only stated, and not
// written in the stamps, an offset that is one within its error, and not zero.
func (g *face) zoneShift() (int64, bool) {
	value := int64(g.fit.offset)
	zone := floorDiv(value+quarter/2, quarter) * quarter
	if abs(zone) > 14*int64(time.Hour) {
		return 0, false
	}
	if !g.known {
		return zone, true
	}
	within := g.fit.err + float64(time.Second)
	stated := g.host.zone.known && !g.host.zone.user && !g.absolute
	return zone, stated && zone != 0 && within < 30e9 && math.Abs(g.fit.offset-float64(zone)) <= within
}

// rezone takes a part of a measured offset for a zone.
func (t *Timeline) rezone(g *face, zone int64, why string) {
	h := g.host
	was := 0
	if h.zone.known && h.zone.loc != nil {
		_, was = time.Unix(g.from/int64(time.Second), 0).In(h.zone.loc).Zone()
		h.say("zone %s does not fit: its records are %s off by joins, and so much is a zone and no error", h.zone.name, signed(time.Duration(zone)))
	}
	off := was + int(zone/int64(time.Second))
	h.zone = zoneChoice{loc: time.FixedZone(offsetName(off), off), name: offsetName(off), known: true, why: why}
	h.say("zone %s: %s", h.zone.name, why)
	g.known = true
	g.fit.offset -= float64(zone)
	g.fit.since -= zone
	if math.Abs(g.fit.offset) <= g.fit.err && g.fit.rate == 0 {
		g.total += math.Abs(g.fit.offset)
		g.fit.offset = 0
	}
	for i := range g.seen {
		g.seen[i].at -= zone
		g.seen[i].pos -= zone
	}
	g.from, g.to = g.from-zone, g.to-zone
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

func (t *Timeline) tellReference(ref *face, group []*face) {
	if ref.host == nil {
		return
	}
	why := "it has most joins"
	if ref.live {
		why = "a capture of it is joined"
	}
	n := 0
	for _, g := range group {
		if g.host != ref.host {
			n++
		}
	}
	if n == 0 {
		return
	}
	ref.host.offset = offset{known: true, joins: ref.joins}
	ref.host.say("its clock is the one others are measured by: %s", why)
}

// tellPairs lists the pairs that bound the offset.
func (t *Timeline) tellPairs(f, g *face, ms []match) []Pair {
	var all []Pair
	for _, i := range g.fit.tight {
		if i >= len(ms) || len(all) == 6 {
			break
		}
		m := ms[i]
		p := Pair{Host: f.name(), Upper: m.ours, Key: m.first.key()}
		ours, theirs := m.first, m.then
		if m.ours {
			ours, theirs = m.then, m.first
		}
		p.At, p.Other = ours.at, theirs.truth
		p.Bounds = time.Duration(p.At - p.Other)
		all = append(all, p)
	}
	return all
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

func signed(d time.Duration) string { return fmt.Sprintf("%+.3fs", d.Seconds()) }

// spread prints an error with two digits that matter.
func spread(ns float64) string {
	d := time.Duration(math.Ceil(ns))
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds()+0.05)
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1fms", float64(d)/1e6+0.05)
	}
	return fmt.Sprintf("%dµs", (d+999)/1000)
}

// clocks lists what was settled, by host.
func (t *Timeline) clocks() []Clock {
	var all []Clock
	for _, h := range t.hosts.list {
		all = append(all, Clock{
			Host: h.name, Names: h.names, Addresses: h.addrs,
			Zone: h.zone.name, ZoneKnown: h.zone.known,
			Offset: h.offset.value, OffsetKnown: h.offset.known, Error: h.offset.err,
			Drift: h.offset.rate * 1e6, Since: h.offset.since, Joins: h.offset.joins, Pairs: h.offset.pairs, Why: h.why,
		})
	}
	return all
}
