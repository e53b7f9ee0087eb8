package forensic

import (
	"fmt"
	"time"

	"forensic/correlate"
	"forensic/event"
)

// A Change is what became of a finding while logs grow.
type Change struct {
	State   string
	ID      string // L1, L2, ...: not the number it has in a report
	Time    time.Time
	Finding *correlate.Finding // as it was worded when it began
	Count   event.Times
	Last    correlate.Moment
	Rate    float64 // a second, over the last minute
	Path    string  // where the newest of its events is
	Line    int
	Text    string
	Sources []Source // that the evidence of Finding names
	Minor   bool     // growth that is too little to be told by itself
	Resumed bool     // found in what was read before a restart
}

// stands is a finding that stands.
type stands struct {
	id     string
	first  time.Time
	toldAt time.Time
	told   int
	past   []counted
}

type counted struct {
	at time.Time
	n  int
}

// tell tells what the rules found.
func (h *hub) tell(sources []*liveSource, now time.Time) {
	h.engine.Seen = h.engine.Seen[:0]
	for _, s := range sources {
		h.engine.Seen = append(h.engine.Seen, s.covered(now))
	}
	resumed := h.old
	for _, f := range h.engine.Due() {
		h.number++
		s := &stands{id: fmt.Sprintf("L%d", h.number), first: now, toldAt: now, told: f.Count.Or1().Best}
		h.standing[f] = s
		c := h.change(Opened, s, f, now)
		c.Count, c.Last, c.Resumed = f.Count.Or1(), f.Last, resumed
		if n := len(f.Evidence); n > 0 {
			h.where(&c, f.Evidence[n-1].Where)
		}
		c.Sources = h.place(f)
		s.rate(&c, now)
		h.changed(c)
	}
	for _, p := range h.engine.Changes() {
		s := h.standing[p.Finding]
		if s == nil {
			continue
		}
		c := h.change(Grew, s, p.Finding, now)
		c.Count, c.Last, c.Resumed = p.Count.Or1(), p.Last, resumed
		h.where(&c, p.Where)
		grew := s.rate(&c, now)
		switch {
		case p.Over:
			c.State, c.Rate = Cleared, 0
			delete(h.standing, p.Finding)
		case !grew:
			continue
		case c.Count.Best >= 2*s.told || now.Sub(s.toldAt) >= growEvery:
			s.told, s.toldAt = c.Count.Best, now
		default:
			c.Minor = true
		}
		h.changed(c)
	}
}

func (h *hub) change(state string, s *stands, f *correlate.Finding, now time.Time) Change {
	return Change{State: state, ID: s.id, Time: now, Finding: f}
}

// where fills in where an event stands, and what it says.
func (h *hub) where(c *Change, w event.Span) {
	t, ok := h.texts[place{w.Source, w.First}]
	if !ok {
		return
	}
	c.Text = t.text
	c.Path, c.Line = t.src.log.Place(w.First)
}

// rate works out how often events came in the last minute, and tells whether
// any came since it was last asked.
func (s *stands) rate(c *Change, now time.Time) (grew bool) {
	n := c.Count.Best
	grew = len(s.past) == 0 || s.past[len(s.past)-1].n != n
	if grew {
		s.past = append(s.past, counted{now, n})
	}
	for len(s.past) > 1 && now.Sub(s.past[0].at) > rateOver {
		s.past = s.past[1:]
	}
	if over := now.Sub(s.past[0].at); over >= time.Second {
		c.Rate = float64(n-s.past[0].n) / over.Seconds()
	}
	return grew
}
