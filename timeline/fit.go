package timeline

import (
	"cmp"
	"math"
	"slices"
)

// A bound is what one pair of events says of how far one clock is ahead of
// another at one time: at most value (upper), or at least.
type bound struct {
	at    int64 // what the clock shows
	pos   int64 // for order: the same, running on where the clock was set back
	value int64
	upper bool
	give  int64 // how much of value is width of stamps and slack, not time that passed
	pair  int   // which pair it came from
}

// A line is offset + rate*(t-since): how far a clock is ahead when it shows t.
type line struct {
	since  int64
	offset float64
	rate   float64
}

func (l line) value(t int64) float64 { return l.offset + l.rate*float64(t-l.since) }

// A fit is the line in the middle of all that the bounds allow, and how far the
// truth can be from it between two times.
type fit struct {
	line
	err      float64
	rests    int     // bounds used
	left     int     // bounds left out because they contradict the others
	early    float64 // by how much the clock may have been elsewhere before all that speaks against it,
	late     float64 // and after that: see atTheEnds
	oneSided bool    // nothing bounds it from the other side but how the pairs scatter
	tight    []int
}

// maxRate is the drift no clock exceeds that is corrected at all: 200 parts per
// million is several times what a free running quartz does.
const maxRate = 200e-6

// fitLine finds the lines that all bounds allow. Bounds that contradict the
// others are left out, the worst first, but not more than one in ten. Where no
// line can be told, why says so.
func fitLine(bounds []bound, from, to int64) (f fit, why string) {
	work := slices.Clone(bounds)
	slices.SortFunc(work, func(a, b bound) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.value, b.value), cmp.Compare(a.pair, b.pair))
	})
	uppers := 0
	for _, b := range work {
		if b.upper {
			uppers++
		}
	}
	work, strays := dropStrays(work)
	left := len(strays)
	if uppers == 0 || uppers == len(work)+left {
		return fitOneSided(work, strays, from, to)
	}
	since := work[len(work)/2].at
	for allowed := min(len(work)/10, 200); ; {
		up, low := hull(work, true), hull(work, false)
		if len(up) == 0 || len(low) == 0 {
			return fit{}, contradicting
		}
		rate, width := widest(up, low, since)
		if width >= 0 && left*10 > len(bounds) {
			return fit{}, contradicting
		}
		if width >= 0 {
			f := fitBetween(work, up, low, since, from, to, left)
			f.early, f.late = f.atTheEnds(work, strays)
			return f, ""
		}
		if allowed == 0 {
			return fit{}, contradicting
		}
		var worst bound
		work, worst = dropWorst(work, up, low, since, rate)
		strays = append(strays, worst)
		allowed--
		left++
	}
}

const contradicting = "contradict each other"

// dropStrays leaves out pairs that are far from all others: a port used again,
// matched with the wrong connection. It needs a crowd to be far from.
func dropStrays(work []bound) (kept, strays []bound) {
	if len(work) < 5 {
		return work, nil
	}
	values := make([]int64, len(work))
	for i, b := range work {
		values[i] = b.value
	}
	slices.Sort(values)
	// The crowd: the narrowest range that holds more than half.
	half := len(values)/2 + 1
	best, width := 0, int64(math.MaxInt64)
	for i := 0; i+half <= len(values); i++ {
		if w := values[i+half-1] - values[i]; w < width {
			best, width = i, w
		}
	}
	span := float64(work[len(work)-1].at - work[0].at)
	reach := int64(span*maxRate) + 8*width + int64(2e9)
	lo, hi := values[best]-reach, values[best+half-1]+reach
	kept = work[:0]
	for _, b := range work {
		// A loose bound is harmless; one that cuts the crowd off is not.
		if b.upper && b.value < lo || !b.upper && b.value > hi {
			strays = append(strays, b)
			continue
		}
		kept = append(kept, b)
	}
	return kept, strays
}

// atTheEnds tells by how much the clock may have been elsewhere in the first or
// the last part of the time: a pair that contradicts the others may be of a port
// used again, but where nothing before it, or nothing behind it, speaks against
// it, the clock may as well have been set.
func (f *fit) atTheEnds(used, strays []bound) (early, late float64) {
	far := func(b bound) float64 { // how far the line is inside the bound
		if b.upper {
			return float64(b.value) - f.value(b.at)
		}
		return f.value(b.at) - float64(b.value)
	}
	for _, s := range strays {
		by := -far(s)
		if by <= 0 {
			continue
		}
		before, after := false, false
		for _, u := range used {
			if u.upper == s.upper && far(u) < by { // would contradict, too, if the clock had been there
				before = before || u.pos < s.pos
				after = after || u.pos > s.pos
			}
		}
		if !before {
			early = max(early, by)
		}
		if !after {
			late = max(late, by)
		}
	}
	return early, late
}

// hull returns the bounds that matter: of the upper ones those that a line
// below all of them can touch, of the lower ones those a line above can.
func hull(work []bound, upper bool) []bound {
	var h []bound
	for _, b := range work {
		if b.upper != upper {
			continue
		}
		if n := len(h); n > 0 && h[n-1].at == b.at {
			if (b.value < h[n-1].value) != upper {
				continue
			}
			h = h[:n-1]
		}
		for n := len(h); n >= 2; n = len(h) {
			turn := cross(h[n-2], h[n-1], b)
			if upper && turn > 0 || !upper && turn < 0 {
				break
			}
			h = h[:n-1]
		}
		h = append(h, b)
	}
	return h
}

func cross(a, b, c bound) float64 {
	return float64(b.at-a.at)*float64(c.value-a.value) - float64(b.value-a.value)*float64(c.at-a.at)
}

// room is how much the offset at since may vary if the rate is given: from low
// to high, negative width where nothing is allowed.
func room(up, low []bound, since int64, rate float64) (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	for _, b := range up {
		hi = min(hi, float64(b.value)-rate*float64(b.at-since))
	}
	for _, b := range low {
		lo = max(lo, float64(b.value)-rate*float64(b.at-since))
	}
	return lo, hi
}

// widest is the rate that leaves most room. Room is concave in the rate.
func widest(up, low []bound, since int64) (rate, width float64) {
	f := func(r float64) float64 { lo, hi := room(up, low, since, r); return hi - lo }
	rate = peak(f, -maxRate, maxRate)
	return rate, f(rate)
}

// peak finds where a concave function is greatest.
func peak(f func(float64) float64, a, b float64) float64 {
	for range 100 {
		c, d := a+(b-a)/3, b-(b-a)/3
		if f(c) < f(d) {
			a = c
		} else {
			b = d
		}
	}
	return (a + b) / 2
}

// edge finds the last rate, going from inside to the border, that leaves room.
func edge(f func(float64) float64, inside, border float64) float64 {
	if f(border) >= 0 {
		return border
	}
	for range 100 {
		mid := (inside + border) / 2
		if f(mid) >= 0 {
			inside = mid
		} else {
			border = mid
		}
	}
	return inside
}

// fitBetween takes the middle of what is allowed, and how far the ends of it are
// apart at worst between two times.
func fitBetween(work, up, low []bound, since, from, to int64, left int) fit {
	f := func(r float64) float64 { lo, hi := room(up, low, since, r); return hi - lo }
	best := peak(f, -maxRate, maxRate)
	slow, fast := edge(f, best, -maxRate), edge(f, best, maxRate)
	extreme := func(t int64) (lo, hi float64) {
		d := float64(t - since)
		high := func(r float64) float64 { _, h := room(up, low, since, r); return h + r*d }
		deep := func(r float64) float64 { l, _ := room(up, low, since, r); return -(l + r*d) }
		return -deep(peak(deep, slow, fast)), high(peak(high, slow, fast))
	}
	lo1, hi1 := extreme(from)
	lo2, hi2 := extreme(to)
	r := fit{rests: len(work), left: left}
	r.since = since
	// The line through the middles at both ends: nowhere between them is the
	// truth further off than at the worse end, up to the bend of the hulls.
	if to > from {
		r.rate = ((lo2+hi2)/2 - (lo1+hi1)/2) / float64(to-from)
	}
	r.offset = (lo1+hi1)/2 + r.rate*float64(since-from)
	// No deviation at all is the better story where it is allowed.
	zeroLo, zeroHi := room(up, low, since, 0)
	flat := zeroHi >= zeroLo
	if flat && zeroLo <= 0 && zeroHi >= 0 {
		r.offset, r.rate = 0, 0
	} else if flat {
		r.offset, r.rate = (zeroLo+zeroHi)/2, 0
	}
	for _, t := range []int64{from, since, to} {
		lo, hi := extreme(t)
		r.err = max(r.err, hi-r.value(t), r.value(t)-lo)
	}
	for _, b := range up {
		r.tight = append(r.tight, b.pair)
	}
	for _, b := range low {
		r.tight = append(r.tight, b.pair)
	}
	return r
}

// dropWorst leaves out the bound that contradicts most of the other side.
func dropWorst(work, up, low []bound, since int64, rate float64) (rest []bound, dropped bound) {
	flat := func(b bound) float64 { return float64(b.value) - rate*float64(b.at-since) }
	lo, hi := room(up, low, since, rate)
	var lowest, highest bound
	for _, b := range up {
		if flat(b) <= hi {
			lowest = b
		}
	}
	for _, b := range low {
		if flat(b) >= lo {
			highest = b
		}
	}
	against := func(b bound) (n int) {
		for _, o := range work {
			if o.upper != b.upper && (b.upper && flat(o) > flat(b) || !b.upper && flat(o) < flat(b)) {
				n++
			}
		}
		return n
	}
	worst := lowest
	if against(highest) > against(lowest) {
		worst = highest
	}
	return slices.DeleteFunc(work, func(b bound) bool {
		return b.pair == worst.pair && b.upper == worst.upper && b.at == worst.at && b.value == worst.value
	}), worst
}

// fitOneSided is for pairs that all bound the same side. The line is the one that
// touches the bounds and lies closest to all of them: the quickest pairs. How far
// the truth is beyond it nobody can say; it is taken to be no further than twice
// what the pairs usually lie off it, and the report says that this is a guess.
func fitOneSided(work, strays []bound, from, to int64) (fit, string) {
	if len(work) < 8 {
		return fit{}, "are too few for a bound from one side only"
	}
	since, upper := work[len(work)/2].at, work[0].upper
	sign := 1.0
	if !upper {
		sign = -1
	}
	touching := func(r float64) (least, sum, give float64) {
		least = math.Inf(1)
		for _, b := range work {
			v := sign * (float64(b.value) - r*float64(b.at-since))
			least = min(least, v)
			sum += v / float64(len(work))
			give = max(give, float64(b.give))
		}
		return least, sum - least, give
	}
	off := func(r float64) float64 { _, far, _ := touching(r); return far }
	rate := peak(func(r float64) float64 { return -off(r) }, -maxRate, maxRate)
	if off(0) <= 1.5*off(rate)+1e6 {
		rate = 0
	}
	least, far, give := touching(rate)
	wander := wanders(work, sign, rate, since)
	if wander > give+8*far {
		return fit{}, "do not lie on one line"
	}
	reach := float64(max(abs(from-since), abs(to-since)))
	// Rates that lie off by half as much again could be true as well.
	loose := func(r float64) float64 { return 1.5*off(rate) + 1e5 - off(r) }
	slow, fast := edge(loose, rate, -maxRate), edge(loose, rate, maxRate)
	r := fit{oneSided: true, rests: len(work), left: len(strays)}
	r.since, r.rate = since, rate
	r.offset = sign * (least - (give+2*far)/2)
	r.err = (give+2*far)/2 + max(fast-rate, rate-slow)*reach/2 + 2*wander
	if rate == 0 && math.Abs(r.offset) <= r.err {
		r.err += math.Abs(r.offset)
		r.offset = 0
	}
	for _, b := range work {
		if v := sign * (float64(b.value) - rate*float64(b.at-since)); v <= least+1 && len(r.tight) < 4 {
			r.tight = append(r.tight, b.pair)
		}
	}
	r.early, r.late = r.atTheEnds(work, strays)
	return r, ""
}

// wanders tells by how much the bounds of one side come closer to the line in one
// part of the time than in another, as if the clock had been set.
func wanders(work []bound, sign, rate float64, since int64) float64 {
	parts := min(8, len(work)/fewJoins)
	least, most := math.Inf(1), math.Inf(-1)
	for i := range parts {
		edge := math.Inf(1)
		for _, b := range work[i*len(work)/parts : (i+1)*len(work)/parts] {
			edge = min(edge, sign*(float64(b.value)-rate*float64(b.at-since)))
		}
		least, most = min(least, edge), max(most, edge)
	}
	return max(most-least, 0)
}
