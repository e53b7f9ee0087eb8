package timeline

import (
	"time"

	"forensic/event"
)

// Order tells which of two replayed events happened first: -1, 0 or 1 as they
// stand on the timeline, and whether that is sure. It is where stamps are
// narrower than the distance, and, between hosts, both zones are known and the
// errors of both clocks are known and smaller than it.
func (t *Timeline) Order(a, b *event.Event) (first int, sure bool) {
	if a.At == event.NoTime || b.At == event.NoTime {
		return 0, false
	}
	if a.Where.Source == b.Where.Source {
		return t.inSource(a, b)
	}
	early, late, first := a, b, -1
	if a.At > b.At {
		early, late, first = b, a, 1
	}
	distance := minus(late.At, early.At)
	if distance == 0 {
		first = 0
	}
	room := int64(early.Stamp.Step)
	if t.hourOff(a) || t.hourOff(b) {
		room += int64(time.Hour)
	}
	ha, hb := t.hosts.find(a.Host), t.hosts.find(b.Host)
	switch {
	case ha != nil && ha == hb:
		if a.ZoneKnown != b.ZoneKnown {
			return first, false
		}
	case ha == nil || hb == nil || !a.ZoneKnown || !b.ZoneKnown || !ha.offset.known || !hb.offset.known:
		return first, false
	default:
		room += int64(ha.offset.err) + int64(hb.offset.err)
	}
	return first, distance > room
}

// inSource compares two records of one file: where times are equal the file's
// order tells, if time did not go back between them.
func (t *Timeline) inSource(a, b *event.Event) (int, bool) {
	switch {
	case a.At < b.At:
		return -1, true
	case a.At > b.At:
		return 1, true
	case a.Where.First < b.Where.First:
		return -1, true
	case a.Where.First > b.Where.First:
		return 1, true
	}
	return 0, false
}

// cameTwice tells whether an event is of an hour that came twice when summer time
// ended, and nothing in its source tells which of the two is meant.
func (t *Timeline) cameTwice(ev *event.Event) bool {
	p := t.byID[ev.Where.Source]
	if p == nil || ev.Stamp.Has&(event.HasZone|event.HasTime) != event.HasTime {
		return false
	}
	loc := p.zoneFor(t.hosts.find(ev.Host)).loc
	if loc == nil {
		return false
	}
	period := periodAt(loc, ev.At)
	if !zonePiece(loc, ev.At+period.offset, false).twice {
		return false
	}
	for _, f := range p.tally.folds {
		if p.endOfSummer(f) {
			return false
		}
	}
	return true
}
