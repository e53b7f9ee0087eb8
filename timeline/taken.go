package timeline

import (
	"slices"
	"time"

	"forensic/event"
)

const exactlyTaken = "as its transcript or name says"

// settleDays decides the day of stamps that write the time of day alone.
func (t *Timeline) settleDays() {
	for _, p := range t.places {
		sp := &p.tally.spans[timed]
		if !sp.seen {
			continue
		}
		near, why, ok := int64(0), "", false
		if f := familyOf(&p.src.Taken); f == dated || f == absolute {
			near, why, ok = p.src.Taken.Wall, "when it was taken", true
		} else if r := p.rotation(); !r.date.IsZero() {
			near, why, ok = p.daysFrom(r.date), "its name", true
		} else if dir, date := datedFolder(p.src.Path); dir != "" {
			near, why, ok = p.daysFrom(date), "the folder "+dir, true
		} else if m, mok := p.modified(); mok {
			near, why, ok = m, "the file's time", true
		}
		if !ok {
			p.notes = append(p.notes, "its stamps have no date, and nothing tells it")
			continue
		}
		// The last stamp is put as close as can be, which also hides the zone.
		p.day = floorDiv(near-(sp.high-canvas)+day/2, day) * day
		p.dayKnown = true
		p.notes = append(p.notes, "its stamps have no date; the day is from "+why)
	}
}

// daysFrom is where the last stamp lies if the first one is of a day.
func (p *place) daysFrom(date time.Time) int64 {
	sp := &p.tally.spans[timed]
	return date.UnixNano() + sp.high - sp.low + floorMod(sp.low-canvas, day)
}

// datedFolder is the nearest folder above a file whose name holds a date.
func datedFolder(path string) (dir string, date time.Time) {
	for _, dir := range slices.Backward(folders(path)) {
		if date, _, _, ok := dateInName(dir); ok {
			return dir, date
		}
	}
	return "", time.Time{}
}

// settleTaken places the sources without stamps: snapshots. What their own
// transcript says comes first, then the sections beside them, then the member's
// time, which they are no later than.
func (t *Timeline) settleTaken() {
	for _, p := range t.places {
		if !p.tally.spans[timeless].seen || p.duplicate != nil {
			continue
		}
		st := p.src.Taken
		if at, ok := t.stampTime(p, st); ok {
			p.taken = taken{at, st.Step, exactlyTaken}
		} else if f := p.tally.mainFamily(); (f == dated || f == absolute) && p.clockStated() && !p.transcript() {
			sp := &p.tally.spans[f]
			if from, to := p.convert(f, sp.low), p.convert(f, sp.high); from != event.NoTime && to != event.NoTime {
				p.taken = taken{from, max(time.Duration(to-from), sp.step), "beside the time it states"}
			}
		}
	}
	for i, p := range t.places {
		if !p.snapshot() || p.taken.at != event.NoTime || p.duplicate != nil {
			continue
		}
		before, after := t.beside(i, -1), t.beside(i, +1)
		switch m, ok := p.modified(); {
		case before != event.NoTime && after != event.NoTime && after >= before:
			p.taken = taken{before, time.Duration(after - before), "between the parts of the same file around it"}
		case before != event.NoTime:
			p.taken = taken{before, 0, "not before the part of the same file above it"}
		case after != event.NoTime:
			p.taken = taken{after, 0, "not after the part of the same file below it"}
		case ok:
			p.taken = taken{m, time.Second, "no later than the file's time"}
		}
		if p.taken.at != event.NoTime && p.host != nil && p.host.skew != nil {
			p.taken.at = p.host.skew.correct(p.taken.at, 0, len(p.host.skew.legs))
		}
	}
}

// snapshot tells whether the source is the output of a command or the like,
// made at one time, and not a log whose times are missing.
func (p *place) snapshot() bool {
	return p.tally.spans[timeless].seen && p.tally.mainFamily() == timeless && p.tally.impossible == 0 &&
		!slices.Contains(p.src.Kinds, event.LogMessage.Name) && !p.flows
}

// stampTime settles one stamp of a source.
func (t *Timeline) stampTime(p *place, st event.Stamp) (int64, bool) {
	f := familyOf(&st)
	key := st.Wall
	if st.Has&event.HasZone != 0 {
		key -= int64(st.Zone) * int64(time.Minute)
	}
	switch f {
	case yearless:
		near, ok := p.modified()
		if !ok {
			return event.NoTime, false
		}
		q := *p
		q.tally = newTally(0)
		q.tally.spans[yearless] = span{seen: true, low: key, high: key}
		q.year = q.notAfter(near)
		p = &q
	case dated, absolute:
	default:
		return event.NoTime, false
	}
	c := newConv(p, p.host, &stretch{family: f, zoned: st.Has&event.HasZone != 0})
	at := c.at(key)
	return at, at != event.NoTime
}

// beside is the time of the nearest section of the same member before or after.
func (t *Timeline) beside(i, step int) int64 {
	path := t.places[i].src.Path
	for j := i + step; j >= 0 && j < len(t.places) && t.places[j].src.Path == path; j += step {
		q := t.places[j]
		if q.src.Section == "" || q.duplicate != nil {
			continue
		}
		if q.taken.at != event.NoTime && q.taken.why == exactlyTaken {
			return q.taken.at
		}
		if f := q.tally.mainFamily(); f != timeless && f != sinceBoot && q.clockStated() {
			if step < 0 {
				return q.convert(f, q.tally.spans[f].high)
			}
			return q.convert(f, q.tally.spans[f].low)
		}
	}
	return event.NoTime
}

// transcript tells whether a source is many commands and not the output of one.
func (p *place) transcript() bool { return slices.Contains(p.src.Kinds, event.OperatorRan.Name) }

// clockStated tells whether a section is a statement of the time it was taken
// at, and not a log of the past.
func (p *place) clockStated() bool {
	return slices.Contains(p.src.Kinds, event.HostClock.Name)
}
