package timeline

import (
	"time"

	"forensic/event"
)

// A conv turns the keys of one stretch into settled times. What it does is
// constant over long pieces (to the next change of summer time, to the end of
// February), so the common path is two compares and an addition.
type conv struct {
	lo, hi int64 // the piece of keys that delta holds for
	delta  int64
	pinned bool  // every key of the piece is at one instant
	pin    int64 // that instant; event.NoTime where the key has no time

	family family
	zoned  bool
	fold   uint16
	p      *place
	loc    *time.Location // nil: keys are UTC
	clock  *drift         // nil: true
	low    int            // legs of clock that may be meant
	high   int
}

const (
	always = int64(1<<63 - 1)
	never  = int64(-1 << 63)
)

// newConv returns the conversion of a stretch of p, told by host h.
func newConv(p *place, h *host, r *stretch) conv {
	c := conv{family: r.family, zoned: r.zoned, fold: r.fold, p: p, lo: 1, hi: 0}
	if r.family == dated || r.family == yearless || r.family == timed {
		if !r.zoned {
			c.loc = p.zoneFor(h).loc
		}
	}
	if r.family == sinceBoot {
		return c // the start was settled with the clock it was seen by
	}
	if c.clock = p.clockFor(h); c.clock != nil {
		c.low, c.high = c.clock.legsOf(p, &c)
	}
	return c
}

// plain is the time of a key if its clock were right.
func (c *conv) plain(key int64) int64 {
	if key < c.lo || key >= c.hi {
		c.seek(key)
	}
	if c.pinned {
		return c.pin
	}
	return key + c.delta
}

// at returns the settled time of a key.
func (c *conv) at(key int64) int64 {
	if key < c.lo || key >= c.hi {
		c.seek(key)
	}
	if c.pinned {
		return c.pin
	}
	at := key + c.delta
	if c.clock != nil {
		at = c.clock.correct(at, c.low, c.high)
	}
	return at
}

// seek finds the piece a key lies in.
func (c *conv) seek(key int64) {
	c.lo, c.hi, c.delta, c.pinned, c.pin = never, always, 0, false, event.NoTime
	switch c.family {
	case timeless:
		c.pinned = true
		c.pin = c.p.taken.at
		return
	case sinceBoot:
		if !c.p.bootKnown {
			c.pinned = true
			return
		}
		c.delta = c.p.boot
	case timed:
		if !c.p.dayKnown {
			c.pinned = true
			return
		}
		c.delta = c.p.day - canvas
	case yearless:
		c.year(key)
	}
	if c.loc != nil && !c.pinned {
		c.zone(key)
	}
}

// year finds the piece of a stamp without a year: up to the end of February,
// the leap day, or what follows it.
func (c *conv) year(key int64) {
	rel := floorDiv(key-canvas, canvasYear)
	from := canvas + rel*canvasYear
	year := c.p.year + int(rel)
	c.lo, c.hi = from, from+canvasYear
	if year < 1970 || year > 2261 {
		c.pinned = true
		return
	}
	begin := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	c.delta = begin - from
	if leapYear(year) {
		return
	}
	switch of := key - from; {
	case of < 59*day:
		c.hi = from + 59*day
	case of < 60*day: // written, but not in this year
		c.lo, c.hi = from+59*day, from+60*day
		c.pinned, c.pin = true, event.NoTime
	default:
		c.lo = from + 60*day
		c.delta -= day
	}
}

func leapYear(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

// zone narrows the piece to where one offset of the zone holds.
func (c *conv) zone(key int64) {
	civil := key + c.delta
	z := zonePiece(c.loc, civil, c.p.second(c, civil))
	c.lo = max(c.lo, minus(z.lo, c.delta))
	c.hi = min(c.hi, minus(z.hi, c.delta))
	if z.gap {
		c.pinned, c.pin = true, z.at
		return
	}
	c.delta -= z.offset
}

// minus subtracts without running over.
func minus(a, b int64) int64 {
	d := a - b
	if (a > b) != (d > 0) && a != b {
		if a > b {
			return 1<<63 - 1
		}
		return -1 << 63
	}
	return d
}

// A zpiece is a piece of local time in which one offset holds, or which summer
// time skips, or which comes twice.
type zpiece struct {
	lo, hi int64
	offset int64
	gap    bool  // this local time does not exist
	at     int64 // where it is skipped
	twice  bool
}

// zonePiece finds the piece that a local time lies in. Of a time that comes
// twice, second chooses.
func zonePiece(loc *time.Location, civil int64, second bool) zpiece {
	var found []period
	p := periodAt(loc, civil-26*int64(time.Hour))
	var prev period
	for {
		if civil >= p.lo && civil < p.hi {
			found = append(found, p)
		}
		if p.open || p.until > civil+26*int64(time.Hour) {
			break
		}
		next := periodAt(loc, p.until)
		if civil >= p.hi && civil < next.lo {
			return zpiece{lo: p.hi, hi: next.lo, gap: true, at: p.until}
		}
		prev, p = p, next
		if p.until <= prev.until && !p.open {
			break
		}
	}
	switch len(found) {
	case 0:
		return zpiece{lo: civil, hi: civil + 1, gap: true, at: event.NoTime}
	case 1:
		f := found[0]
		z := zpiece{lo: f.lo, hi: f.hi, offset: f.offset}
		if b := periodAt(loc, f.from-1); !f.begins && b.hi > z.lo {
			z.lo = b.hi
		}
		if !f.open {
			if n := periodAt(loc, f.until); n.lo < z.hi {
				z.hi = n.lo
			}
		}
		return z
	}
	a, b := found[0], found[1]
	z := zpiece{lo: max(a.lo, b.lo), hi: min(a.hi, b.hi), offset: a.offset, twice: true}
	if second {
		z.offset = b.offset
	}
	return z
}

// A period is a time in which one offset of a zone holds: instants from and
// until, and what local clocks showed at them.
type period struct {
	from, until  int64
	lo, hi       int64
	offset       int64
	begins, open bool // reaches back, or on, for ever
}

func periodAt(loc *time.Location, instant int64) period {
	t := time.Unix(floorDiv(instant, int64(time.Second)), floorMod(instant, int64(time.Second))).In(loc)
	_, seconds := t.Zone()
	p := period{from: never, until: always, offset: int64(seconds) * int64(time.Second)}
	from, until := t.ZoneBounds()
	p.begins, p.open = from.IsZero() || from.Year() < 1800, until.IsZero() || until.Year() > 2261
	p.lo, p.hi = never, always
	if !p.begins {
		p.from = from.UnixNano()
		p.lo = p.from + p.offset
	}
	if !p.open {
		p.until = until.UnixNano()
		p.hi = p.until + p.offset
	}
	return p
}

// second tells whether a local time that comes twice is the later one: whether,
// up to the fold a record lies in, the clock of its source ran back by about
// that much to before it.
func (p *place) second(c *conv, civil int64) bool {
	for i, f := range p.tally.folds {
		if i >= int(c.fold) {
			break
		}
		back := f.before - f.after
		after := f.after + c.delta
		if f.family == c.family && back <= 2*int64(time.Hour) && civil >= after && civil-after < 2*int64(time.Hour) {
			return true
		}
	}
	return false
}
