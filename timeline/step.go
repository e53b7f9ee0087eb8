package timeline

import (
	"cmp"
	"slices"
	"time"
)

// A clock that was set makes no line: what was seen before bounds one, what was
// seen after another. Such a step is looked for where one line leaves too much
// out, and found where cutting the pairs in two leaves least.

const (
	minLeg   = 6 // bounds on either side of a step
	maxSteps = 3
	splits   = 48

	maxSplitBounds = 1200
)

// A stride is a fit, and the first and last time shown that it rests on.
type stride struct {
	fit
	from, until int64
}

// fitLegs fits one line, or several where the clock was set.
func fitLegs(bounds []bound, from, to int64) ([]stride, string) {
	work := slices.Clone(bounds)
	slices.SortFunc(work, func(a, b bound) int { return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(a.pair, b.pair)) })
	legs, why := fitSteps(work, from, to, maxSteps)
	return legs, why
}

func fitSteps(work []bound, from, to int64, steps int) ([]stride, string) {
	one, why := fitLine(work, from, to)
	whole := []stride{{fit: one, from: from, until: to}}
	if len(work) > 0 {
		whole[0].from, whole[0].until = work[0].at, work[len(work)-1].at
	}
	if why == "" && one.left < fewJoins || steps == 0 || len(work) < 2*minLeg {
		return whole, why
	}
	at, left := bestSplit(work, from, to)
	if at < minLeg || at > len(work)-minLeg || why == "" && left > one.left/2 {
		return whole, why
	}
	a, why1 := fitSteps(work[:at], from, work[at-1].at, steps-1)
	b, why2 := fitSteps(work[at:], work[at].at, to, steps-1)
	if why1 != "" || why2 != "" || !isStep(a[len(a)-1], b[0]) {
		return whole, why
	}
	return append(a, b...), ""
}

// isStep tells a clock that was set from noise.
func isStep(a, b stride) bool {
	jump := b.value(b.from) - a.value(b.from)
	return max(jump, -jump) > 4*(a.err+b.err)+100e6
}

// bestSplit finds where to cut, coarsely and then closely; of very many bounds
// by a sample of them. Zero means nowhere.
func bestSplit(all []bound, from, to int64) (at, left int) {
	work, every := all, 1
	if every = len(all)/maxSplitBounds + 1; every > 1 {
		work = nil
		for i := 0; i < len(all); i += every {
			work = append(work, all[i])
		}
	}
	left = len(work) + 1
	try := func(i int) {
		for i > 0 && i < len(work) && work[i-1].pos == work[i].pos {
			i++ // the pairs of one record stay together
		}
		if i < minLeg || i > len(work)-minLeg {
			return
		}
		a, why := fitLine(work[:i], from, work[i-1].at)
		if why != "" {
			return
		}
		b, why := fitLine(work[i:], work[i].at, to)
		if n := a.left + b.left; why == "" && n < left {
			at, left = i, n
		}
	}
	step := max(1, len(work)/splits)
	for i := minLeg; i <= len(work)-minLeg; i += step {
		try(i)
	}
	for at != 0 && step > 1 {
		middle, wide := at, step
		step = max(1, step/8)
		for i := middle - wide; i <= middle+wide; i += step {
			try(i)
		}
	}
	return at * every, left * every
}

// stepTime finds when exactly the clock was set between two legs. Pairs that fit
// only one of them say between which records; then it is where time goes back in
// a source of the host, or stands still for as long as the clock was set forward;
// else just before the first that fits only what came after.
func (t *Timeline) stepTime(h *host, a, b stride, ms []match) leg {
	d := &drift{legs: []leg{legOf(a.fit, never), legOf(b.fit, 0)}}
	lo, hi := between(a, b, ms)
	d.legs[1].from = hi
	if d.jump(0) < 0 { // so early that what came after is taken for that
		d.legs[1].from = max(lo+1, d.legs[0].correct(d.legs[1].shows(hi))-int64(2*(a.err+b.err)))
	}
	d.legs[1].lo, d.legs[1].hi = lo, hi
	best, gap, tries := d.legs[1], always, 0
	for _, p := range t.places {
		if p.host != h || h == nil || p.duplicate != nil {
			continue
		}
		f := p.tally.mainFamily()
		c := newConv(p, h, &stretch{family: f, zoned: f == absolute})
		try := func(from, to int64) {
			at, then := d.legs[0].correct(c.plain(from)), d.legs[1].correct(c.plain(to))
			if at < lo-int64(time.Second) || then > hi+int64(time.Second) || then < at {
				return
			}
			tries++
			if then-at < gap {
				best.from, gap = at+1, then-at
				best.lo, best.hi = at, then
			}
		}
		if d.jump(0) < 0 {
			for _, fo := range p.tally.folds {
				if fo.family == f {
					try(fo.before, fo.after)
				}
			}
			continue
		}
		if len(p.tally.top) == maxPauses && p.tally.floor > d.jump(0) {
			continue // it may be in a pause that nobody remembers
		}
		for _, pa := range p.tally.top {
			if pa.to-pa.from >= d.jump(0) {
				try(pa.from, pa.to)
			}
		}
	}
	if tries > 1 {
		best.lo, best.hi = lo, hi
	}
	return best
}

// between narrows down when a clock was set: after the records that fit only what
// was before, before those that fit only what came after.
func between(a, b stride, ms []match) (lo, hi int64) {
	type mark struct {
		at    int64
		early bool
	}
	var marks []mark
	first, then := legOf(a.fit, never), legOf(b.fit, never)
	for _, m := range ms {
		ours, theirs := m.first, m.then
		if m.ours {
			ours, theirs = m.then, m.first
		}
		fits := func(s stride, l *leg) bool {
			at := l.correct(ours.at)
			give := int64(2*s.err) + m.first.step + m.then.step + m.slack
			if m.ours {
				return at >= theirs.truth-give
			}
			return at <= theirs.truth+give
		}
		switch early, late := fits(a, &first), fits(b, &then); {
		case early && !late:
			marks = append(marks, mark{first.correct(ours.at), true})
		case late && !early:
			marks = append(marks, mark{then.correct(ours.at), false})
		}
	}
	slices.SortFunc(marks, func(x, y mark) int { return cmp.Compare(x.at, y.at) })
	// Cut where the fewest are on the wrong side.
	wrong := 0
	for _, m := range marks {
		if m.early {
			wrong++
		}
	}
	lo, hi = first.correct(a.until), then.correct(b.from)
	best := wrong
	at := 0
	for i, m := range marks {
		if m.early {
			wrong--
		} else {
			wrong++
		}
		if wrong < best {
			best, at = wrong, i+1
		}
	}
	if at > 0 {
		lo = marks[at-1].at
	}
	if at < len(marks) {
		hi = marks[at].at
	}
	return lo, max(lo, hi)
}

func legOf(f fit, from int64) leg {
	return leg{from: from, offset: int64(f.offset), since: f.since, rate: f.rate}
}
