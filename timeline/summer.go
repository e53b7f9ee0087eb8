package timeline

import (
	"time"

	"forensic/event"
)

// An offset that somebody printed once, +01:00 or CET, holds when it was printed.
// Whether the clock was an hour elsewhere in the other half of the year only the
// zone's name tells; so times beyond the next usual change are marked.

// usualChanges lists when clocks are changed in a year where many zones of an
// offset have summer time: the earliest and the latest date in use there.
func usualChanges(offset, year int) []time.Time {
	sunday := func(month time.Month, nth int) time.Time { // -1 for the last one
		if nth < 0 {
			last := time.Date(year, month+1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -1)
			return last.AddDate(0, 0, -int(last.Weekday()))
		}
		first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, (7-int(first.Weekday()))%7+7*(nth-1))
	}
	switch hours := float64(offset) / 3600; {
	case hours <= -2.5 && hours >= -10:
		return []time.Time{sunday(time.March, 2), sunday(time.November, 1)}
	case hours >= 0 && hours <= 3:
		return []time.Time{sunday(time.March, -1), sunday(time.October, -1)}
	case hours >= 9.5:
		return []time.Time{sunday(time.April, 1), sunday(time.September, -1)}
	}
	return nil
}

// certain is the time around one instant in which an offset cannot have changed
// by summer time.
func certain(offset int, at int64) (from, to int64) {
	from, to = never, always
	year := yearOf(at)
	for y := year - 1; y <= year+1; y++ {
		for _, c := range usualChanges(offset, y) {
			if ns := c.UnixNano(); ns <= at {
				from = max(from, ns)
			} else {
				to = min(to, ns)
			}
		}
	}
	return from, to
}

// noteSummer marks a source whose local times reach beyond the half year in which
// the offset they are taken in was seen.
func (t *Timeline) noteSummer(p *place) {
	z := p.zoneFor(p.host)
	f := p.tally.mainFamily()
	if !z.known || z.user || z.loc == nil || z.seen == 0 || z.name == "UTC" || p.first == event.NoTime || f != dated && f != yearless {
		return
	}
	offset, fixed := parseOffset(z.name)
	if !fixed || len(usualChanges(offset, 2000)) == 0 {
		return
	}
	from, to := certain(offset, z.seen)
	if p.first >= from && p.last < to {
		return
	}
	p.sureFrom, p.sureTo = from, to
	day := func(ns int64) string { return time.Unix(0, ns).UTC().Format(time.DateOnly) }
	if p.first < from {
		p.note("zone %s was seen on %s; records before %s may be an hour off, if the host keeps summer time; --timezone names its zone", z.name, day(z.seen), day(from))
	} else {
		p.note("zone %s was seen on %s; records from %s on may be an hour off, if the host keeps summer time; --timezone names its zone", z.name, day(z.seen), day(to))
	}
}

// hourOff tells whether an event's time may be off by an hour: of a time that
// came twice, or of the half year in which nobody stated the offset.
func (t *Timeline) hourOff(ev *event.Event) bool {
	if p := t.byID[ev.Where.Source]; p != nil && p.sureTo != 0 && ev.Stamp.Has&event.HasZone == 0 && (ev.At < p.sureFrom || ev.At >= p.sureTo) {
		return true
	}
	return t.cameTwice(ev)
}
