package timeline

import (
	"fmt"
	"time"

	"forensic/event"
)

// noteOddities says in words what is odd about the times of each source: stamps
// that cannot be, a clock that ran back, hours that summer time skips or shows
// twice.
func (t *Timeline) noteOddities() {
	for _, p := range t.places {
		s := p.tally
		for _, what := range p.src.Assumed {
			p.note("%s", what)
		}
		if s.impossible > 0 {
			p.note("%d stamps cannot be; those records come last", s.impossible)
		}
		if s.undated > 0 && s.mainFamily() != timeless && p.taken.at == event.NoTime {
			p.note("%d records have no time and come last", s.undated)
		}
		if !p.flows { // a capture tells of a connection when it is over
			t.noteBack(p)
		}
		t.noteSummerTime(p)
		t.noteSummer(p)
		p.noteZone()
	}
}

// noteZone tells which zone the file's time suggests: a log is written to until
// shortly before. It is a hint and no more, since a copy has the time it was
// made.
func (p *place) noteZone() {
	minutes, ok := p.hintedZone()
	if !ok || p.snapshot() || p.last == event.NoTime {
		return
	}
	off := minutes * 60
	z := p.zoneFor(p.host)
	switch {
	case !z.known:
		p.note("the file's time suggests the zone %s; --timezone says so if it is", offsetName(off))
	case !z.user && z.loc != nil:
		if _, is := time.Unix(p.last/int64(time.Second), 0).In(z.loc).Zone(); is != off {
			p.note("the file's time suggests the zone %s and not %s", offsetName(off), z.name)
		}
	}
}

func (p *place) note(format string, args ...any) {
	if len(p.notes) < 16 {
		p.notes = append(p.notes, fmt.Sprintf(format, args...))
	}
}

// noteBack tells a clock that was set from several writers in one file. Where
// summer time ended a clock goes back by itself.
func (t *Timeline) noteBack(p *place) {
	s := p.tally
	ended := 0
	var set []fold
	for _, f := range s.folds {
		if p.endOfSummer(f) {
			ended++
		} else {
			set = append(set, f)
		}
	}
	back, most := s.back-ended, s.backMax
	if ended > 0 && len(set) < maxFolds && s.back == len(s.folds) {
		most = 0
		for _, f := range set {
			most = max(most, f.before-f.after)
		}
	}
	if back == 0 || most < int64(time.Second) {
		return
	}
	step := time.Duration(most).Round(time.Millisecond)
	switch {
	case len(set) == 0:
		p.note("time goes back %d times, by up to %s: several writers, or written late", back, step)
	case len(set) <= 3 && back <= 3:
		for _, f := range set {
			p.note("time goes back by %s at %s %d: a clock that was set, or files put together", time.Duration(f.before-f.after).Round(time.Second), p.unit(), f.line)
		}
	default:
		p.note("time goes back %d times, by up to %s: several writers, or files put together", back, step)
	}
}

// endOfSummer tells whether a clock ran back at a place in a file because an
// hour came for the second time.
func (p *place) endOfSummer(f fold) bool {
	if f.family != dated && f.family != yearless || f.before-f.after > 2*int64(time.Hour) {
		return false
	}
	c := newConv(p, p.host, &stretch{family: f.family})
	loc := c.loc
	if loc == nil {
		return false
	}
	c.loc = nil
	c.seek(f.after)
	return !c.pinned && zonePiece(loc, f.after+c.delta, false).twice
}

func (p *place) unit() string {
	if p.src.Unit == "" {
		return "line"
	}
	return p.src.Unit
}

// noteSummerTime counts the records in hours that come twice or never.
func (t *Timeline) noteSummerTime(p *place) {
	s := p.tally
	f := s.mainFamily()
	if f != dated && f != yearless && f != timed || p.zoneFor(p.host).loc == nil || s.width > int64(time.Hour) {
		return
	}
	r := stretch{family: f}
	skipped, twice, settledBy := 0, 0, 0
	for i := range s.minutes {
		m := &s.minutes[i]
		if m.at < s.spans[f].low-s.width || m.at > s.spans[f].high {
			continue
		}
		c := newConv(p, p.host, &r)
		loc := c.loc
		c.loc = nil
		c.seek(m.at)
		if c.pinned {
			continue
		}
		n := 0
		for _, l := range m.levels {
			n += int(l)
		}
		switch z := zonePiece(loc, m.at+c.delta, false); {
		case z.gap:
			skipped += n
		case z.twice:
			twice += n
			for _, fo := range s.folds {
				if fo.family == f && abs(fo.after-m.at) < 2*int64(time.Hour) {
					settledBy = fo.line
				}
			}
		}
	}
	if skipped > 0 {
		p.note("%d records are of an hour that summer time skips in %s: placed where it begins, or the zone is another", skipped, p.zoneFor(p.host).name)
	}
	switch {
	case twice > 0 && settledBy > 0:
		p.note("%d records are of an hour that comes twice in %s; the second one begins at %s %d, where time goes back", twice, p.zoneFor(p.host).name, p.unit(), settledBy)
	case twice > 0:
		p.note("%d records are of an hour that comes twice in %s, and nothing tells which; the first is taken", twice, p.zoneFor(p.host).name)
	}
}
