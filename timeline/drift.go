package timeline

import "time"

// A drift is how a clock deviates: one leg, or several where it was set.
type drift struct {
	legs []leg
}

// A leg is a time in which a clock ran on: it was ahead by offset when it showed
// since, and by rate more for each nanosecond it showed after that, from the true
// time from until the next leg begins.
type leg struct {
	from   int64
	offset int64
	since  int64
	rate   float64

	lo, hi int64 // from lies between these true times, as far as anybody can tell
}

// constant is the drift of a clock that is ahead by the same amount always.
func constant(offset int64) *drift { return &drift{legs: []leg{{from: never, offset: offset}}} }

func (l *leg) correct(at int64) int64 { return at - l.ahead(at) }

// ahead is how far the clock is ahead when it shows a time.
func (l *leg) ahead(at int64) int64 {
	if l.rate == 0 {
		return l.offset
	}
	return l.offset + int64(float64(at-l.since)*l.rate)
}

// correct takes the deviation off a time as written. Low and high are the legs
// that may be meant: a clock that was set back shows some times twice. It never
// turns the order of two times around; a time that a clock set forward never
// showed is put where it was set.
func (d *drift) correct(at int64, low, high int) int64 {
	high = min(high, len(d.legs)-1)
	for i := low; i < high; i++ {
		if t := d.legs[i].correct(at); t < d.legs[i+1].from {
			return t
		}
		if next := &d.legs[i+1]; next.correct(at) < next.from {
			return next.from
		}
	}
	return d.legs[max(high, 0)].correct(at)
}

// legsOf narrows down which legs the records of a stretch can be of, by where
// the clock of their source ran back.
func (d *drift) legsOf(p *place, c *conv) (low, high int) {
	high = len(d.legs) - 1
	for i := 0; i+1 < len(d.legs); i++ {
		if d.jump(i) >= 0 {
			continue
		}
		for n, f := range p.tally.folds {
			if f.family != c.family || !d.setAt(i, c.plain(f.before), c.plain(f.after)) {
				continue
			}
			if n < int(c.fold) {
				low = i + 1
			} else {
				high = min(high, i)
			}
		}
	}
	return min(low, high), high
}

// jump is by how much the clock was set forward at the end of leg i.
func (d *drift) jump(i int) int64 {
	return d.legs[i+1].shows(d.legs[i+1].from) - d.legs[i].shows(d.legs[i+1].from)
}

// shows is what the clock shows at a true time.
func (l *leg) shows(truth int64) int64 {
	at := truth + l.offset
	for range 3 {
		at = truth + l.ahead(at)
	}
	return at
}

// setAt tells whether the end of leg i lies between two times written one after
// the other.
func (d *drift) setAt(i int, before, after int64) bool {
	set := d.legs[i+1].from
	const give = int64(time.Second)
	return d.legs[i].correct(before) <= set+give && d.legs[i+1].correct(after) >= set-give
}
