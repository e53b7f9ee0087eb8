package correlate

import (
	"math"
	"time"
)

// steps are the widths a series may have.
var steps = [...]time.Duration{time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 24 * time.Hour}

const maxBuckets = 240

// A spread counts events in buckets that widen as it grows.
type spread struct {
	width  int   // index in steps; beyond them it doubles days
	start  int64 // of the first bucket
	counts []int
}

func (s *spread) step() int64 {
	if s.width < len(steps) {
		return int64(steps[s.width])
	}
	return int64(steps[len(steps)-1]) << min(s.width-len(steps)+1, 20)
}

func floor(at, step int64) int64 {
	f := at / step * step
	if f > at {
		f -= step
	}
	return f
}

// add counts n events at a time.
func (s *spread) add(at int64, n int) {
	if timeless(at) || n <= 0 {
		return
	}
	if s.counts == nil {
		s.start = floor(at, s.step())
		s.counts = append(s.counts, 0)
	}
	for {
		i := (floor(at, s.step()) - s.start) / s.step()
		switch {
		case i >= 0 && i < maxBuckets:
			for int(i) >= len(s.counts) {
				s.counts = append(s.counts, 0)
			}
			s.counts[i] += n
			return
		case i < 0 && i > -maxBuckets && len(s.counts)-int(i) <= maxBuckets:
			s.counts = append(make([]int, -i, int(-i)+len(s.counts)), s.counts...)
			s.start += i * s.step()
			s.counts[0] += n
			return
		}
		s.widen()
	}
}

// widen brings the counts to the next step.
func (s *spread) widen() {
	old, oldStep := s.counts, s.step()
	s.width++
	if s.width > len(steps)+20 { // cannot happen between 1970 and 2261
		s.counts = s.counts[:1]
		return
	}
	from := s.start
	s.start = floor(from, s.step())
	s.counts = nil
	for i, n := range old {
		at := int((from + int64(i)*oldStep - s.start) / s.step())
		for at >= len(s.counts) {
			s.counts = append(s.counts, 0)
		}
		s.counts[at] += n
	}
}

// series returns what a report prints.
func (s *spread) series() Series {
	if len(s.counts) == 0 {
		return Series{}
	}
	return Series{Step: time.Duration(s.step()), Start: s.start, Counts: s.counts}
}

// maxLag is how many probes may take turns and still be told to be probes.
const maxLag = 4

// A rhythm knows how much the intervals between events vary: of neighbours, and
// of events that are two, three and four apart, so that probes of the same
// period that take turns are seen to be that.
type rhythm struct {
	last [maxLag]int64
	n    int
	lag  [maxLag]moments
}

// moments are a running mean and variance.
type moments struct {
	n        int
	mean, m2 float64
}

func (m *moments) add(x float64) {
	m.n++
	d := x - m.mean
	m.mean += d / float64(m.n)
	m.m2 += d * (x - m.mean)
}

// variation is the coefficient of variation.
func (m *moments) variation() float64 {
	if m.mean <= 0 {
		return math.Inf(1)
	}
	return math.Sqrt(m.m2/float64(m.n)) / m.mean
}

func (r *rhythm) add(at int64) {
	if timeless(at) {
		return
	}
	for k := 0; k < maxLag && k < r.n; k++ {
		r.lag[k].add(float64(at-r.last[k]) / 1e9)
	}
	copy(r.last[1:], r.last[:])
	r.last[0] = at
	r.n++
}

// steady tells whether at least five intervals vary by less than a share and
// are longer than a length. Sums of several intervals vary less by themselves,
// so of them more is asked.
func (r *rhythm) steady(share float64, slower time.Duration) bool {
	for i := range r.lag {
		l, k := &r.lag[i], float64(i+1)
		if l.n >= 5*(i+1) && l.variation() < share/k && l.mean/k > slower.Seconds() {
			return true
		}
	}
	return false
}
