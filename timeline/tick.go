package timeline

import "forensic/event"

// Tick returns where the event that Count was last told of stands in its
// source's own time, for who counts events without keeping them. At settles it.
// Keys of one "how" are comparable: nanoseconds, as the source wrote them.
func (l *Lane) Tick() (key int64, how uint32) {
	s := l.cur
	if s == nil {
		return 0, uint32(timeless)
	}
	how = uint32(s.family) | uint32(s.fold)<<8
	if s.has&event.HasZone != 0 {
		how |= 1 << 24
	}
	return s.key, how
}

// At returns the settled time of a Tick, NoTime where it has none, and whether
// its zone is known. It is the time of the source's own host: of a source that
// tells of several, whose clocks differ, it may be off by that difference.
func (t *Timeline) At(source int, key int64, how uint32) (at int64, zoned bool) {
	p := t.byID[source]
	if p == nil {
		return event.NoTime, false
	}
	r := stretch{source: source, family: family(how & 0xff), fold: uint16(how >> 8), zoned: how>>24 != 0}
	c := newConv(p, p.host, &r)
	return c.at(key), r.zoned || p.zoneKnown()
}
