package timeline

import (
	"math"
	"time"
)

const quarter = int64(15 * time.Minute)

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
	h.zone = zoneChoice{loc: time.FixedZone(offsetName(off), off), name: offsetName(off), known: true, why: why, seen: g.from}
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
