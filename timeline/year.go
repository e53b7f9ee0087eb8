package timeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A witness names a year for the first record of a source, and says why it
// knows. Witnesses are heard in the order of their strength.
type witness struct {
	year int
	what string
	user bool // always wins
	sure bool // it says so itself, and not by what is near it
	up   bool // a bound from below: where it does not fit, it is a later year
}

const slack = 36 * int64(time.Hour) // of a time whose zone is not settled yet, and of a copy made late

// settleYears decides the year of stamps without one, for each rotated series
// from the newest member back.
func (t *Timeline) settleYears(opt Options) {
	t.listDated()
	done := map[*series]bool{}
	for _, p := range t.places {
		if p.duplicate == nil && p.series != nil && !done[p.series] {
			done[p.series] = true
			t.settleSeriesYears(p.series, opt)
		}
	}
	for _, p := range t.places {
		if p.yearText == "" && (p.tally.spans[dated].seen || p.tally.spans[absolute].seen) {
			low, high, _ := p.datedSpan()
			p.yearText = yearSpan(yearOf(low), yearOf(high)) + ": from its own stamps"
		}
	}
}

func yearSpan(from, to int) string {
	if from == to {
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d to %d", from, to)
}

func yearOf(civil int64) int {
	return time.Unix(floorDiv(civil, int64(time.Second)), 0).UTC().Year()
}

// settleSeriesYears decides the years of a rotated log, newest member first. A
// member of which nothing sure is known goes on from the one before it, or ends
// where the one behind it begins, if that one is sure.
func (t *Timeline) settleSeriesYears(s *series, opt Options) {
	var members []*place
	for _, p := range s.members {
		if p.tally.spans[yearless].seen {
			members = append(members, p)
		}
	}
	heard := make([][]witness, len(members))
	var next *place
	for i, p := range slices.Backward(members) {
		heard[i] = t.witnesses(p, opt)
		if len(heard[i]) > 0 && heard[i][0].sure {
			p.settleYear(heard[i], next)
			next = p
		}
	}
	for i, p := range slices.Backward(members) {
		if next == nil && p.restricted() {
			p.settleYear(heard[i], nil)
			next = p
		}
	}
	if next == nil { // nothing is sure: each for itself
		for i, p := range slices.Backward(members) {
			p.settleYear(heard[i], next)
			next = p
		}
		return
	}
	for i, p := range members {
		if i > 0 && !p.yearKnown && members[i-1].yearKnown {
			p.settleYear(append([]witness{p.after(members[i-1])}, heard[i]...), nil)
		}
	}
	for i, p := range slices.Backward(members) {
		if !p.yearKnown {
			p.settleYear(append([]witness{p.upTo(members[i+1])}, heard[i]...), members[i+1])
		}
	}
}

// restricted tells whether what is written allows few years only.
func (p *place) restricted() bool {
	sp := &p.tally.spans[yearless]
	_, named := weekday(sp.firstText)
	return sp.leap || named
}

// after is the first year in which a member can follow the one before it.
func (p *place) after(q *place) witness {
	sp := &p.tally.spans[yearless]
	end := q.civilNS(q.firstYear(), q.tally.spans[yearless].high)
	year := yearOf(end) - 1 - p.relative(sp.high) + p.relative(sp.low)
	for n := 0; n < 40 && p.civilNS(year, sp.low) < end-slack; n++ {
		year++
	}
	return witness{year: year, what: "going on from " + q.src.Path, up: true}
}

// upTo is the last year in which a member can stand before the one behind it.
func (p *place) upTo(q *place) witness {
	return witness{year: p.notAfter(q.civilNS(q.firstYear(), q.tally.spans[yearless].low)), what: "ending before " + q.src.Path}
}

// settleYear hears the witnesses for one source. The next member of its series,
// already settled, bounds it from above.
func (p *place) settleYear(heard []witness, next *place) {
	sp := &p.tally.spans[yearless]
	var bounds []string
	fits := func(year int) (bool, string) {
		if sp.leap && !leapYear(year-p.relative(sp.low)+p.relative(sp.leapKey)) {
			return false, "a 29 February is written"
		}
		if d, ok := weekday(sp.firstText); ok && p.civilAt(year, sp.textKey).Weekday() != d {
			return false, "the weekday is written"
		}
		return true, ""
	}
	chosen, why := 0, ""
	for _, w := range heard {
		year, way := w.year, -1
		if w.user {
			chosen, why = year, "given by the user"
			break
		}
		if w.up {
			way = 1
		}
		if next != nil && next.yearKnown {
			for n := 0; n < 40 && p.civilNS(year, sp.high) > next.civilNS(next.firstYear(), next.tally.spans[yearless].low)+slack; n++ {
				year--
				bounds = append(bounds[:0], fmt.Sprintf("before %s", next.src.Path))
			}
		}
		for n := 0; n < 40; n++ {
			ok, what := fits(year)
			if ok {
				break
			}
			if !slices.Contains(bounds, what) {
				bounds = append(bounds, what)
			}
			year += way
		}
		if ok, _ := fits(year); !ok {
			continue
		}
		chosen, why = year, "from "+strings.Join(append([]string{w.what}, bounds...), ", and ")
		break
	}
	if chosen == 0 {
		chosen, why = guessYear(fits)
	} else {
		p.yearKnown = true
	}
	p.year = chosen - p.relative(sp.low)
	span := yearSpan(chosen, chosen+p.relative(sp.high)-p.relative(sp.low))
	if !p.yearKnown {
		p.yearText = why
		return
	}
	p.yearText = span + ": " + why + disagreeing(heard, chosen)
}

// guessYear is for a source that nothing places in time. Its records keep their
// order and distances; the year shown is the one that stands for none, or the
// last that what is written allows.
func guessYear(fits func(int) (bool, string)) (int, string) {
	for year := 1972; year < 2012; year++ {
		if ok, what := fits(year); ok && what == "" {
			return year, fmt.Sprintf("unknown: nothing in the bundle tells it, shown as %d", year)
		}
	}
	return 1972, "unknown: nothing in the bundle tells it, shown as 1972"
}

// disagreeing lists the witnesses for other years.
func disagreeing(heard []witness, chosen int) string {
	var all []string
	for _, w := range heard {
		if w.year != chosen && len(all) < 4 {
			all = append(all, fmt.Sprintf("%s: %d", w.what, w.year))
		}
	}
	if all == nil {
		return ""
	}
	return "; against it " + strings.Join(all, ", ")
}

// relative is the number of the year a key lies in.
func (p *place) relative(key int64) int { return int(floorDiv(key-canvas, canvasYear)) }

func (p *place) firstYear() int { return p.year + p.relative(p.tally.spans[yearless].low) }

// civilNS places a key in time, as if UTC, if the first record is of that year.
func (p *place) civilNS(year int, key int64) int64 {
	rel := p.relative(key)
	y := year + rel - p.relative(p.tally.spans[yearless].low)
	if y < 1700 || y > 2261 {
		y = min(max(y, 1700), 2261)
	}
	of := key - canvas - int64(rel)*canvasYear
	if of >= 60*day && !leapYear(y) {
		of -= day
	}
	return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano() + of
}

func (p *place) civilAt(year int, key int64) time.Time {
	return time.Unix(0, p.civilNS(year, key)).UTC()
}

// notAfter is the latest year that lets the last record be no later than a time.
func (p *place) notAfter(bound int64) int {
	high := p.tally.spans[yearless].high
	year := yearOf(bound) + 1
	for n := 0; n < 120 && p.civilNS(year, high) > bound+slack; n++ {
		year--
	}
	return year
}

// nearest is the year that brings the source closest to a span of time.
func (p *place) nearest(from, to int64) int {
	sp := &p.tally.spans[yearless]
	best, distance := 0, int64(always)
	for year := yearOf(from) - 2 - (p.relative(sp.high) - p.relative(sp.low)); year <= yearOf(to)+1; year++ {
		low, high := p.civilNS(year, sp.low), p.civilNS(year, sp.high)
		d := max(from-high, low-to, 0)
		if d == 0 { // inside or overlapping: prefer what ends closest together
			d = min(abs(to-high), abs(from-low)) >> 20
		} else {
			d += 1 << 43
		}
		if d < distance {
			best, distance = year, d
		}
	}
	return best
}

func abs(v int64) int64 { return max(v, -v) }

// witnesses lists what tells the year of a source, strongest first.
func (t *Timeline) witnesses(p *place, opt Options) []witness {
	var all []witness
	sp := &p.tally.spans[yearless]
	if opt.Year != 0 {
		all = append(all, witness{year: opt.Year, user: true, sure: true})
	}
	if len(p.tally.anchors) > 0 {
		a := p.tally.anchors[0]
		best, distance := 0, int64(always)
		for year := yearOf(a.civil) - maxYears; year <= yearOf(a.civil)+maxYears; year++ {
			if d := abs(p.civilNS(year, a.key) - a.civil); d < distance {
				best, distance = year, d
			}
		}
		all = append(all, witness{year: best, what: "the dated records among its own", sure: true})
	}
	modified, modifiedOK := p.modified()
	tight := 0
	if modifiedOK {
		year := p.notAfter(modified)
		if modified-p.civilNS(year, sp.high) < slack {
			tight = year
			all = append(all, witness{year: year, what: fmt.Sprintf("the file's time %s, just after its last record", p.src.Modified.UTC().Format(time.DateOnly)), sure: true})
		}
	}
	if r := p.rotation(); !r.date.IsZero() {
		ns := r.date.UnixNano()
		all = append(all, witness{year: p.nearest(ns-day, ns+day), what: "its name", sure: true})
	}
	if w, _, ok := t.neighbours(p, true); ok {
		all = append(all, w)
	}
	return append(all, t.farWitnesses(p, modifiedOK && tight == 0)...)
}

// farWitnesses are those that only bound the year, or are of another host: the
// one that is closest in time comes first, since a copy's time may be years
// after the records, and so may what another host wrote.
func (t *Timeline) farWitnesses(p *place, copied bool) []witness {
	type far struct {
		witness
		distance int64
	}
	sp := &p.tally.spans[yearless]
	var all []far
	if copied {
		modified, _ := p.modified()
		year := p.notAfter(modified)
		w := witness{year: year, what: fmt.Sprintf("the file's time %s", p.src.Modified.UTC().Format(time.DateOnly))}
		all = append(all, far{w, modified - p.civilNS(year, sp.high)})
	}
	if dir, date := datedFolder(p.src.Path); dir != "" {
		year := p.notAfter(date.UnixNano() + day)
		all = append(all, far{witness{year: year, what: "the folder " + dir}, max(date.UnixNano()-p.civilNS(year, sp.high), 0)})
	}
	if w, distance, ok := t.neighbours(p, false); ok {
		all = append(all, far{w, distance})
	}
	slices.SortStableFunc(all, func(a, b far) int { return cmp.Compare(a.distance, b.distance) })
	list := make([]witness, len(all))
	for i := range all {
		list[i] = all[i].witness
	}
	return list
}

// modified is the member's time, where it is one: archives made without times
// say 1970 or 1980.
func (p *place) modified() (int64, bool) {
	m := p.src.Modified
	if m.IsZero() || m.Year() < 1981 || m.Year() > 2261 {
		return 0, false
	}
	return m.UnixNano(), true
}

// neighbours finds the dated source that is closest: of the same file, host or
// folder (near), or any other.
func (t *Timeline) neighbours(p *place, near bool) (w witness, distance int64, ok bool) {
	var found *place
	best := 0
	distance = always
	sp := &p.tally.spans[yearless]
	hear := func(q *place) {
		low, high, ok := q.datedSpan()
		if !ok || q == p {
			return
		}
		year := p.nearest(low, high)
		a, b := p.civilNS(year, sp.low), p.civilNS(year, sp.high)
		if d := max(low-b, a-high, 0); d < distance || d == distance && q.rank < found.rank {
			found, best, distance = q, year, d
		}
	}
	if near {
		for _, key := range p.near() {
			for _, q := range t.dated[key] {
				hear(q)
			}
		}
	} else {
		for _, q := range t.dated[""] {
			hear(q)
		}
	}
	if found == nil {
		return witness{}, 0, false
	}
	return witness{year: best, what: "the dates in " + found.name()}, distance, true
}

// near lists what other sources share with one that is likely of its time: the
// file, the host, or, where nobody names a host, the folder.
func (p *place) near() []string {
	keys := []string{"path " + p.src.Path}
	if p.host != nil {
		return append(keys, "host "+p.host.name)
	}
	return append(keys, "folder "+p.src.Path[:strings.LastIndexByte(p.src.Path, '/')+1])
}

// fewHeard is how many dated sources are heard of each kind; among so many there
// is one of any time the bundle knows.
const fewHeard = 64

// listDated lists the sources that write their years, by what is near them.
func (t *Timeline) listDated() {
	t.dated = map[string][]*place{}
	for _, p := range t.places {
		if _, _, ok := p.datedSpan(); !ok || p.duplicate != nil {
			continue
		}
		for _, key := range append(p.near(), "") {
			if len(t.dated[key]) < fewHeard {
				t.dated[key] = append(t.dated[key], p)
			}
		}
	}
}

// datedSpan is from when to when a source writes dates with years.
func (p *place) datedSpan() (low, high int64, ok bool) {
	low, high = always, never
	for _, f := range []family{dated, absolute} {
		if sp := &p.tally.spans[f]; sp.seen {
			low, high = min(low, sp.low), max(high, sp.high)
		}
	}
	if st := &p.src.Taken; low > high && (familyOf(st) == dated || familyOf(st) == absolute) {
		low, high = st.Wall, st.Wall
	}
	return low, high, low <= high
}

func sameFolder(p, q *place) bool {
	a, b := p.src.Path, q.src.Path
	return a[:strings.LastIndexByte(a, '/')+1] == b[:strings.LastIndexByte(b, '/')+1]
}

// weekday reads an English weekday off a stamp's words.
func weekday(text string) (time.Weekday, bool) {
	if len(text) < 3 {
		return 0, false
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(text[:3], d.String()[:3]) {
			return d, true
		}
	}
	return 0, false
}
