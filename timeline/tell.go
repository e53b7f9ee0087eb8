package timeline

import (
	"fmt"
	"math"
	"time"
)

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
	const set = "; nothing %s them speaks for the others, so its clock may have been set by %s there"
	if by := legs[0].early; by > 0 {
		how += fmt.Sprintf(set, "before", spread(by))
	}
	if by := legs[len(legs)-1].late; by > 0 {
		how += fmt.Sprintf(set, "after", spread(by))
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
