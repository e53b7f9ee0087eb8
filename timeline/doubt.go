package timeline

import (
	"math"
	"strconv"
	"time"

	"forensic/event"
)

// A stepped says that a program of the host reported that the clock was set.
type stepped struct {
	key    int64
	family family
	by     int64
}

const maxStepped = 16

// wasSet notes what a time daemon says it did.
func (s *tally) wasSet(attrs event.Attrs) {
	by, err := strconv.ParseFloat(attrs.Get("seconds"), 64)
	if err != nil || math.Abs(by) > 1e9 || len(s.stepped) >= maxStepped || s.family == timeless || s.family == sinceBoot {
		return
	}
	s.stepped = append(s.stepped, stepped{s.key, s.family, int64(by * 1e9)})
}

// fewFolds is up to how often time may go back in a source for it to be a clock
// that was set, and no merging of files.
const fewFolds = 3

// doubts is by how much a clock may be elsewhere before or after a place where
// it was seen, or said, to be set, if the line through the joins knows nothing of
// that: a fit that no pair on one side of the place speaks for.
func (t *Timeline) doubts(g *face, f *fit, bs []bound) (most float64) {
	if g.host == nil {
		return 0
	}
	for _, p := range t.places {
		if p.host != g.host || p.duplicate != nil || p.flows {
			continue
		}
		main := p.tally.mainFamily()
		c := newConv(p, nil, &stretch{family: main, zoned: main == absolute})
		c.clock = nil
		if len(p.tally.folds) <= fewFolds {
			for _, fo := range p.tally.folds {
				if fo.family == main && !p.endOfSummer(fo) {
					most = max(most, f.unsupported(bs, c.at(fo.before), c.at(fo.after), fo.after-fo.before))
				}
			}
		}
		for _, s := range p.tally.stepped {
			if s.family == main && abs(s.by) >= int64(100*time.Millisecond) {
				at := c.at(s.key)
				most = max(most, f.unsupported(bs, at, at, s.by))
			}
		}
	}
	return most
}

// unsupported returns how far a clock was set between two times it showed, if
// before or after nothing says that it was on the line then.
func (f *fit) unsupported(bs []bound, before, after, by int64) float64 {
	if before == event.NoTime || after == event.NoTime {
		return 0
	}
	size := math.Abs(float64(by))
	early, late := false, false
	for _, b := range bs {
		far := float64(b.value) - f.value(b.at)
		if !b.upper {
			far = -far
		}
		if far < 0 || far >= size {
			continue
		}
		// Set back, it was further ahead before: an upper bound would not allow
		// that. Afterwards it is less ahead: a lower bound would not.
		if b.at <= before && b.upper == (by < 0) {
			early = true
		}
		if b.at >= after && b.upper == (by > 0) {
			late = true
		}
	}
	if early && late {
		return 0
	}
	return size
}
