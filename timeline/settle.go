package timeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"forensic/event"
)

// A place is one source while and after its clock is settled.
type place struct {
	src   event.Source
	rank  int32
	chief int32 // rank of the first source of its member: itself, or what it is a section of
	lane  *Lane
	tally *tally
	flows bool // a capture: its events belong to the hosts at both ends

	host      *host
	hostWhy   string
	many      bool // records of several hosts
	duplicate *place
	copied    copied // what of it another member of its series has, too
	series    *series

	year      int // of relative year 0
	yearText  string
	yearKnown bool
	day       int64 // of relative day 0, for stamps without a date
	dayKnown  bool
	boot      int64
	bootKnown bool
	taken     taken
	zone      zoneChoice // its own written offset, where records without one stand beside
	skew      *drift     // of a capture without a host
	notes     []string

	first, last      int64 // settled
	sureFrom, sureTo int64 // where no summer time may have changed its offset; zero: everywhere
}

// taken is when a source without stamps was made.
type taken struct {
	at   int64
	step time.Duration
	why  string
}

func (p *place) hostName() string {
	if p.host != nil {
		return p.host.name
	}
	return ""
}

// name is what a reason calls the source.
func (p *place) name() string {
	if p.src.Section != "" {
		return fmt.Sprintf("%s (%s)", p.src.Path, p.src.Section)
	}
	return p.src.Path
}

// Settle decides host, year, zone and offset of each source, from what was
// gathered, from the sources' own facts, and from what the user knows. It may be
// called again with other options.
func (t *Timeline) Settle(sources []event.Source, opt Options) []Clock {
	t.memory = opt.Memory
	if t.memory <= 0 {
		t.memory = defaultMemory
	}
	t.arrange(sources)
	t.findDuplicates()
	t.hosts = newRoster()
	t.settleHosts()
	t.settleSeries()
	t.settleWritten()
	t.settleZones(opt)
	t.settleYears(opt)
	t.settleDays()
	t.settleOffsets(opt)
	t.settleTaken()
	t.settleAges()
	t.settleBoots()
	t.settleSpans()
	t.noteOddities()
	t.collect()
	t.failed = t.settleOverlaps()
	t.settled = true
	return t.clocks()
}

// arrange brings the sources in the order everything is reported in.
func (t *Timeline) arrange(sources []event.Source) {
	t.places, t.stated, t.early = nil, nil, nil
	t.byID = map[int]*place{}
	for _, s := range sources {
		p := &place{src: s, taken: taken{at: event.NoTime}, first: event.NoTime, last: event.NoTime}
		p.flows = s.Unit == "packet"
		t.places = append(t.places, p)
		t.byID[s.ID] = p
	}
	for _, l := range t.lanes {
		for id, s := range l.tallies {
			s.settleSpan()
			p := t.byID[id]
			if p == nil { // read, but not reported: last, by its handle
				p = &place{src: event.Source{ID: id}, taken: taken{at: event.NoTime}, first: event.NoTime, last: event.NoTime}
				t.places = append(t.places, p)
				t.byID[id] = p
			}
			p.lane, p.tally = l, s
		}
	}
	slices.SortFunc(t.places, func(a, b *place) int {
		x, y := &a.src, &b.src
		if (x.Path == "") != (y.Path == "") {
			if x.Path == "" {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Section, y.Section), cmp.Compare(x.ID, y.ID))
	})
	for i, p := range t.places {
		p.rank, p.chief = int32(i), int32(i)
		if i > 0 && p.src.Path != "" && p.src.Path == t.places[i-1].src.Path {
			p.chief = t.places[i-1].chief
		}
		if p.tally == nil {
			p.tally = newTally(p.src.ID)
		}
	}
}

// findDuplicates marks members with the same content as an earlier one, and the
// sections of such.
func (t *Timeline) findDuplicates() {
	first := map[string]*place{}
	paths := map[string]*place{}
	for _, p := range t.places {
		if p.src.SHA256 == "" || p.src.Section != "" {
			continue
		}
		if p.tally.events == 0 && p.src.Account.Bytes == 0 {
			continue // empty files are alike and say nothing
		}
		if f := first[p.src.SHA256]; f != nil && f.src.Path != p.src.Path {
			p.duplicate = f
			paths[p.src.Path] = f
		} else {
			first[p.src.SHA256] = p
		}
	}
	for _, p := range t.places {
		if f := paths[p.src.Path]; f != nil && p.duplicate == nil {
			p.duplicate = f
		}
	}
}

// settleSpans works out from when to when each source speaks.
func (t *Timeline) settleSpans() {
	for _, p := range t.places {
		p.first, p.last = event.NoTime, event.NoTime
		for f := timeless; f < families; f++ {
			sp := &p.tally.spans[f]
			if !sp.seen {
				continue
			}
			low, high := p.convert(f, sp.low), p.convert(f, sp.high)
			if low == event.NoTime {
				continue
			}
			if p.first == event.NoTime || low < p.first {
				p.first = low
			}
			if p.last == event.NoTime || high > p.last {
				p.last = high
			}
		}
	}
}

// convert settles one key of a source.
func (p *place) convert(f family, key int64) int64 {
	r := stretch{family: f, zoned: f == absolute, fold: 0}
	for _, fo := range p.tally.folds {
		if fo.family == f && fo.after <= key {
			r.fold++
		}
	}
	c := newConv(p, p.host, &r)
	return c.at(key)
}

// collect lists the stretches that are replayed.
func (t *Timeline) collect() {
	t.runs = nil
	if t.merged != nil { // of an earlier settling
		t.merged.Close()
		t.merged = nil
	}
	for _, l := range t.lanes {
		l.resolved = l.resolved[:0]
		for _, name := range l.hosts.list {
			l.resolved = append(l.resolved, t.hosts.find(name))
		}
		for _, r := range l.runs {
			if p := t.byID[r.source]; p.duplicate == nil && r.to > r.from {
				t.runs = append(t.runs, r)
			}
		}
	}
}

// Facts returns what was settled about a source.
func (t *Timeline) Facts(source int) Facts {
	p := t.byID[source]
	if p == nil {
		return Facts{Source: source, First: event.NoTime, Last: event.NoTime}
	}
	f := Facts{
		Source: source, Host: p.hostName(), HostWhy: p.hostWhy, First: p.first, Last: p.last,
		Step: p.tally.spans[p.tally.mainFamily()].step, Year: p.yearText,
		Taken: p.taken.why, Notes: p.notes,
	}
	z := p.zoneFor(p.host)
	f.Zone, f.ZoneKnown = z.name, p.zoneKnown()
	if p.duplicate != nil {
		f.Duplicate = p.duplicate.src.Path
	}
	if f.Taken != "" && f.Step == 0 {
		f.Step = p.taken.step
	}
	return f
}

// zoneKnown tells whether the times of a source can be compared with others'.
func (p *place) zoneKnown() bool {
	if p.tally.mainFamily() == timeless {
		return p.taken.at != event.NoTime && p.zoneFor(p.host).known
	}
	if p.tally.mainFamily() == absolute && !p.tally.spans[dated].seen && !p.tally.spans[yearless].seen {
		return true
	}
	return p.zoneFor(p.host).known
}

// ZoneKnown tells whether the zone of a replayed event's time is known: its
// stamp says it, or it was settled for the source and host.
func (t *Timeline) ZoneKnown(ev *event.Event) bool {
	if ev.Stamp.Has&event.HasZone != 0 {
		return true
	}
	p := t.byID[ev.Where.Source]
	if p == nil {
		return false
	}
	if h := t.hosts.find(ev.Host); h != nil && !p.flows {
		return p.zoneFor(h).known
	}
	return p.zoneKnown()
}
