package timeline

import (
	"cmp"
	"slices"
	"time"

	"forensic/event"
)

// Coverage lists what each source could have told, in the order of their paths:
// from when to when, how loud, its rhythm and its silences. A source that is a
// copy of another covers nothing.
func (t *Timeline) Coverage() event.Coverage {
	var all event.Coverage
	machines := t.unnamed()
	for _, p := range t.places {
		if p.duplicate != nil {
			continue
		}
		c := event.Covered{
			Source: p.src.ID, Path: p.src.Path, Section: p.src.Section, Format: p.src.Format,
			Host: p.hostName(), Machine: cmp.Or(machines[p.src.ID], p.src.ID), Log: p.src.ID, Kinds: p.src.Kinds, First: p.first, Last: p.last,
			ZoneKnown: p.zoneKnown(), Events: p.tally.events,
		}
		if p.series != nil {
			c.Log = p.series.members[0].src.ID
		}
		for l := range c.ByLevel {
			c.ByLevel[l] = int(p.tally.levels[l])
		}
		c.Minutes, c.Width = p.minutes()
		p.uncount(&c)
		rhythm, gaps := p.tally.rhythm()
		c.Rhythm = time.Duration(rhythm)
		if p.flows {
			gaps = nil // a capture sees silence, too
		}
		f := p.tally.mainFamily()
		for _, g := range gaps {
			from, to := p.convert(f, g.from), p.convert(f, g.to)
			if from != event.NoTime && to != event.NoTime && from < to {
				c.Gaps = append(c.Gaps, event.Gap{From: from, To: to})
			}
		}
		slices.SortFunc(c.Gaps, func(a, b event.Gap) int { return int(min(max(a.From-b.From, -1), 1)) })
		all = append(all, c)
	}
	return all
}

// uncount takes off the records that another member has, too. Those that were
// only counted are taken to be as loud, and as long, as the others.
func (p *place) uncount(c *event.Covered) {
	if p.copied.what == nil || c.Events == 0 {
		return
	}
	part, whole := p.copied.records, int(p.tally.seq)
	if whole < c.Events && p.src.Account.Lines > 0 {
		part, whole = int(p.copied.to-p.copied.from)+1, p.src.Account.Lines
	}
	if part = min(part, whole); whole == 0 {
		return
	}
	c.Events -= c.Events * part / whole
	for l, n := range c.ByLevel {
		c.ByLevel[l] = n - n*part/whole
	}
}

// Of pauses that are no longer than rare of all, or that come thrice, the
// longest is the rhythm; silences gapTimes as long are gaps.
const (
	rare      = 500 // one pause in so many is out of the ordinary
	gapTimes  = 4
	fewPauses = 8 // with less nobody can tell what is ordinary: all are
)

// rhythm returns the longest ordinary pause and the pauses well beyond it.
func (s *tally) rhythm() (int64, []pause) {
	var total int64
	for _, n := range s.pauses {
		total += int64(n)
	}
	if total == 0 {
		return 0, nil
	}
	unusual := max(2, total/rare)
	if total < fewPauses {
		unusual = 0
	}
	var above int64
	top := len(s.pauses) - 1
	for ; top > 0; top-- {
		if s.pauses[top] > 0 && above+int64(s.pauses[top]) > unusual {
			break
		}
		above += int64(s.pauses[top])
	}
	rhythm := s.long[top]
	if rhythm == 0 {
		rhythm = int64(s.spans[s.mainFamily()].step)
	}
	sp := &s.spans[s.mainFamily()]
	var gaps []pause
	for _, p := range s.top {
		if p.to-p.from > gapTimes*rhythm && p.from >= sp.low && p.to <= sp.high {
			gaps = append(gaps, p)
		}
	}
	return rhythm, gaps
}
