package correlate

import (
	"math"
	"time"

	"forensic/event"
	"forensic/rules"
)

// growing is a number that only rises, from snapshot to snapshot or from event
// to event. A fall ends it; an equal value is no step.
type growing struct{ shots shots }

// A rise is what was seen of a number that grows. The sums are those of a
// straight line fitted to its steps, seconds and values counted from the first.
type rise struct {
	points           int
	from, to         float64
	start, end       int64
	n                float64
	st, sv, stt, stv float64
	svv              float64
}

func (q *growing) observe(m *machine, sights []sight) {
	match := &m.rule.Match
	for i := range sights {
		s := &sights[i]
		if s.name != match.Of.Selection || timeless(s.at) {
			continue
		}
		if v, ok := rules.ReadNumber(s.get(match.Of.Attr)); ok {
			m.key, _ = s.appendKey(m.key[:0], m.by())
			if full := q.shots.add(m, s, v, match.Of.Attr); full != nil {
				q.grow(m, full)
			}
		}
	}
}

func (q *growing) end(m *machine) {
	for _, full := range q.shots.rest() {
		q.grow(m, full)
	}
}

// grow takes the next value of a key.
func (q *growing) grow(m *machine, full *shot) {
	m.sample(full.key, &full.sight, full.value, 0)
	match := &m.rule.Match
	if r := m.runs[full.key]; r != nil && r.rise.points > 0 && full.value < r.rise.to {
		m.finish(r)
	}
	one := []sight{full.sight}
	r := m.follow(&one[0], one)
	r.rise.add(full.at, full.value)
	if m.watch != nil {
		m.watch.grew(r)
	}
	if r.rise.points >= match.Points && r.rise.to-r.rise.from >= match.Rise {
		m.met(r, full.at, true)
	}
}

// add takes the next value, which is not below the last.
func (g *rise) add(at int64, v float64) {
	if g.points == 0 {
		g.from, g.start = v, at
	} else if v == g.to {
		return
	}
	g.points++
	g.to, g.end = v, at
	t, y := float64(at-g.start)/1e9, v-g.from
	g.n++
	g.st, g.sv, g.stt, g.stv, g.svv = g.st+t, g.sv+y, g.stt+t*t, g.stv+t*y, g.svv+y*y
}

// slope returns the growth a second and how uncertain that is (two standard
// errors; 0 where two points leave nothing to compare).
func (g *rise) slope() (perSecond, error float64, ok bool) {
	d := g.n*g.stt - g.st*g.st
	if g.n < 2 || d <= 0 {
		return 0, 0, false
	}
	b := (g.n*g.stv - g.st*g.sv) / d
	if g.n > 2 {
		a := (g.sv - b*g.st) / g.n
		rest := g.svv - a*g.sv - b*g.stv
		error = 2 * math.Sqrt(max(rest, 0)/(g.n-2)*g.n/d)
	}
	return b, error, b > 0
}

// reaches returns when the number is at a limit, with the earliest and the
// latest time.
func (g *rise) reaches(limit float64) (at, early, late int64, ok bool) {
	b, e, ok := g.slope()
	if !ok {
		return 0, 0, 0, false
	}
	when := func(slope float64) int64 {
		if slope <= 0 {
			return event.NoTime
		}
		d := (limit - g.to) / slope
		if math.Abs(d) > (100 * 365 * 24 * time.Hour).Seconds() {
			return event.NoTime
		}
		return g.end + int64(d*1e9)
	}
	return when(b), when(b + e), when(b - e), true
}
