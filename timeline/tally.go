package timeline

import (
	"math/bits"
	"time"

	"forensic/event"
)

const (
	timeless family = iota
	absolute
	dated
	yearless
	timed
	sinceBoot
	families
)

// A span is what one family of stamps of a source reaches over, in keys. First
// and last are in file order, low and high in order of time.
type span struct {
	seen        bool
	first, last int64
	low, high   int64
	step        time.Duration // the finest seen
	firstText   string        // what the first stamp with words said ("Fri Nov 24", "CST")
	textKey     int64
	leap        bool // a 29 February was written
	leapKey     int64
}

// A fold is a place where the clock of a source ran back.
type fold struct {
	before, after int64 // keys
	line          int
	family        family
}

const (
	maxFolds   = 64   // more than that is no clock that was set but several writers
	maxPauses  = 64   // the longest ones, which are what gaps are found among
	maxMinutes = 2048 // then buckets are joined by pairs
	foldBack   = int64(2 * time.Second)
	maxYears   = 60 // relative years or days either way, before counting stops
)

// A tally is everything that is known of a source before its clock is settled.
// Count writes it for each event, so it holds no map and its common path no
// branch that is hard to foresee.
type tally struct {
	id  int
	seq uint32 // records kept

	// The stamp before, which the next is measured against.
	has    event.Fields
	zone   int16
	step   time.Duration
	code   int
	family family
	key    int64 // of the stamp counted last, and the place of what is added next
	shift  int64 // what turns a written time into its key: zone, relative years, days
	zoneNS int64
	rel    int64
	fold   uint16
	line   int
	primed bool

	events int
	levels [16]uint32
	spans  [families]span
	pauses [48]uint32 // how many, by the bits of their length in milliseconds
	long   [48]int64  // the longest of each
	top    []pause    // the longest of all
	floor  int64      // the shortest of those, once there are maxPauses

	minutes []minute
	now     *minute
	width   int64 // of a bucket
	until   int64

	folds   []fold
	back    int   // how often time went back
	backMax int64 // by how much at most
	badZone bool  // zones differ among stamps
	zones   [4]struct {
		zone int16
		n    int
	}
	impossible, undated int

	// Neighbours in one file of a stamp with and one without a year.
	anchors []anchor
	texts   []selection // how many lines around each selection got

	hosts     []uint32 // that its records named, by the lane's dict
	lastHost  uint32
	ages      []aged
	boot      boot
	stepped   []stepped
	uptime    int64    // seconds, of a snapshot that shows it
	locals    []string // its own addresses, as snapshots of its sockets show them
	unlisted  int      // rows with addresses beyond maxLocals, and objects beyond maxAges
	manyHosts bool
	joins     *joins
	phases    []kindPhase
}

// An anchor says that a relative key and a dated one stand side by side.
type anchor struct {
	key, civil int64
	after      bool // the dated one follows
}

func newTally(id int) *tally {
	return &tally{id: id, width: int64(time.Minute), floor: int64(time.Second) - 1}
}

// count is the whole work for one event. It is what every event pays.
func (s *tally) count(ev *event.Event) {
	s.events++
	s.levels[ev.Level&15]++
	s.line = ev.Where.First
	st := &ev.Stamp
	if st.Has != s.has || st.Zone != s.zone || st.Step != s.step || st.Impossible || !s.primed {
		s.turn(ev)
		return
	}
	key := st.Wall + s.shift
	d := key - s.key
	if d < 0 || d > day {
		s.leap(ev, key, d)
		return
	}
	s.key = key
	n := bits.Len64(uint64(d) >> 20)
	s.pauses[n]++
	if d > s.long[n] {
		s.long[n] = d
	}
	if d > s.floor {
		s.pause(key-d, key)
	}
	if key >= s.until {
		s.bucket(key)
	}
	s.now.levels[ev.Level&7]++
}

// turn takes a stamp that is unlike the one before.
func (s *tally) turn(ev *event.Event) {
	st := &ev.Stamp
	f := familyOf(st)
	if f == timeless {
		if st.Impossible {
			s.impossible++
		} else {
			s.undated++
		}
		s.settleSpan()
		s.has, s.zone, s.step, s.code, s.family, s.key, s.shift, s.primed = st.Has, st.Zone, st.Step, stepCode(st.Step), timeless, 0, 0, false
		s.spans[timeless].seen = true
		return
	}
	if s.family != f || !s.primed {
		s.settleSpan()
		s.enter(st, f)
	} else {
		s.shift += s.zoneNS
		s.zoneNS = 0
	}
	if st.Has&event.HasZone != 0 {
		s.zoneNS = int64(st.Zone) * int64(time.Minute)
		s.noteZone(st.Zone)
	}
	s.shift -= s.zoneNS
	s.has, s.zone, s.step, s.code = st.Has, st.Zone, st.Step, stepCode(st.Step)
	sp := &s.spans[f]
	if sp.step == 0 || st.Step != 0 && st.Step < sp.step {
		sp.step = st.Step
	}
	key := st.Wall + s.shift
	if st.Text != "" && sp.firstText == "" {
		sp.firstText, sp.textKey = cloneShort(st.Text), key
	}
	if !s.primed {
		s.primed = true
		s.begin(ev, key)
		return
	}
	s.leap(ev, key, key-s.key)
}

// enter goes on in another family: where that was left, if it was there before.
func (s *tally) enter(st *event.Stamp, f family) {
	was, key := s.family, s.key
	s.family, s.zoneNS, s.shift, s.rel = f, 0, 0, 0
	sp := &s.spans[f]
	s.primed = sp.seen
	if sp.seen {
		switch f {
		case yearless:
			s.rel = floorDiv(sp.last-canvas, canvasYear)
			s.shift = s.rel * canvasYear
		case timed:
			s.rel = floorDiv(sp.last-canvas, day)
			s.shift = s.rel * day
		}
		s.key = sp.last
	}
	if len(s.anchors) < 8 {
		switch {
		case f == yearless && (was == dated || was == absolute):
			s.anchors = append(s.anchors, anchor{key: st.Wall + s.shift, civil: key})
		case was == yearless && (f == dated || f == absolute):
			s.anchors = append(s.anchors, anchor{key: key, civil: st.Wall, after: true})
		}
	}
}

// begin takes the first stamp of a family.
func (s *tally) begin(ev *event.Event, key int64) {
	sp := &s.spans[s.family]
	sp.seen = true
	sp.first, sp.low, sp.high = key, key, key
	sp.last, s.key = key, key
	s.bucket(key)
	s.now.levels[ev.Level&7]++
}

// leap takes a stamp that is far from the one before, or earlier.
func (s *tally) leap(ev *event.Event, key, d int64) {
	if s.family == yearless || s.family == timed {
		key, d = s.wrap(key, d)
	}
	sp := &s.spans[s.family]
	sp.high = max(sp.high, s.key)
	if d < 0 {
		s.back++
		s.backMax = max(s.backMax, -d)
		sp.low = min(sp.low, key)
		if -d >= foldBack {
			if len(s.folds) < maxFolds {
				s.folds = append(s.folds, fold{before: s.key, after: key, line: ev.Where.First, family: s.family})
				s.fold++
			}
		}
	} else {
		n := bits.Len64(uint64(d) >> 20)
		s.pauses[n]++
		s.long[n] = max(s.long[n], d)
		if d > s.floor {
			s.pause(s.key, key)
		}
	}
	s.key = key
	s.bucket(key)
	s.now.levels[ev.Level&7]++
}

// wrap finds out whether New Year, or midnight, lies between a stamp and the one
// before. A jump back by more than half the circle is one; a jump forward by
// nearly all of it is a straggler from before.
func (s *tally) wrap(key, d int64) (int64, int64) {
	circle := canvasYear
	half, nearly := 183*day, canvasYear-60*day
	if s.family == timed {
		circle, half, nearly = day, day/2, day-int64(time.Hour)
	}
	switch {
	case d < -half && s.rel < maxYears:
		s.rel++
		s.shift += circle
		return key + circle, d + circle
	case d > nearly && s.rel > -maxYears:
		s.rel--
		s.shift -= circle
		return key - circle, d - circle
	}
	return key, d
}

// leapDay notes that a 29 February was written.
func (s *tally) leapDay(key int64) {
	sp := &s.spans[yearless]
	if sp.leap {
		return
	}
	if of := floorMod(key-canvas, canvasYear); of >= 59*day && of < 60*day {
		sp.leap, sp.leapKey = true, key
	}
}

// settleSpan writes down how far the running family has come.
func (s *tally) settleSpan() {
	if s.family == timeless || !s.primed {
		return
	}
	sp := &s.spans[s.family]
	sp.last = s.key
	sp.high = max(sp.high, s.key)
	sp.low = min(sp.low, s.key)
}

// mainFamily is the family most of the source is judged by: the most telling
// one that has stamps.
func (s *tally) mainFamily() family {
	for _, f := range []family{absolute, dated, yearless, timed, sinceBoot} {
		if s.spans[f].seen {
			return f
		}
	}
	return timeless
}

func (s *tally) noteZone(zone int16) {
	for i := range s.zones {
		z := &s.zones[i]
		if z.n == 0 || z.zone == zone {
			z.zone = zone
			z.n++
			s.badZone = s.badZone || i > 0
			return
		}
	}
}
