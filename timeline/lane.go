package timeline

import (
	"fmt"
	"strings"

	"forensic/event"
)

const (
	laneBuffer   = 1 << 20
	manyStretch  = 64      // in one buffer; more are sorted before they are written
	maxHosts     = 4096    // names of hosts a lane tells apart
	splitHosts   = 64      // hosts of one source that get stretches of their own
	fullLines    = 1000    // events of a selection in a source that keep the lines around
	joinsASource = 1 << 16 // events kept for clocks only
)

// A Lane is one append-only log behind a small buffer, for one goroutine. What
// one source tells goes to one lane, in file order.
type Lane struct {
	t      *Timeline
	number int

	buf     []byte
	base    int64 // where in the log the buffer begins
	file    store
	runs    []stretch
	running bool // the last of runs is being written
	inBuf   int  // the first of runs that lies in the buffer
	lastKey int64
	lastPos int

	kinds, names, hosts dict
	values              dict
	fresh               []uint16 // by name: how many of its values are in the dict
	tallies             map[int]*tally
	cur                 *tally

	statements []statement
	unheard    int     // statements beyond maxStatements
	resolved   []*host // by the number of its name
	side       side
	sorter     sorter
	joined     event.Attrs
}

// A stretch is a range of a log in which one source tells of one host, in one
// way of writing time, without going back.
type stretch struct {
	lane     *Lane
	from, to int64
	source   int
	host     uint32 // by the lane's dict; noHost: look at each event
	family   family
	zoned    bool // keys had their written zone taken off
	fold     uint16
	sorted   bool // already in settled order (see compact)
}

// noHost marks the stretches of a source that names too many hosts to tell
// them apart by stretches.
const noHost = ^uint32(0)

func newLane(t *Timeline, number int) *Lane {
	return &Lane{
		t: t, number: number,
		kinds: newDict(1<<16 - 1), names: newDict(1<<16 - 1), hosts: newDict(maxHosts), values: newDict(maxValues),
		tallies: map[int]*tally{},
	}
}

// Count takes note of every event, kept or not: how many of each level and
// minute, from when to when, and where the source's clock jumps.
func (l *Lane) Count(ev *event.Event) {
	s := l.cur
	if s == nil || s.id != ev.Where.Source {
		s = l.enter(ev.Where.Source)
	}
	s.count(ev)
	if s.events <= namedFirst || s.events&(namedEvery-1) == 0 {
		l.sample(ev, s)
	}
}

// The host that records name matters whether or not a rule asks for any of
// them: so the first ones are looked at, and then one in so many.
const (
	namedFirst = 16
	namedEvery = 512
)

// sample takes note of the host that a record names.
func (l *Lane) sample(ev *event.Event, s *tally) {
	ev.Decode()
	l.host(ev, s)
	if ev.Kind == event.KernelMessage.Name {
		if up := ev.Attrs.Get("uptime"); up != "" {
			s.up(up)
		}
	}
}

// enter changes to another source.
func (l *Lane) enter(id int) *tally {
	s := l.tallies[id]
	if s == nil {
		s = newTally(id)
		l.tallies[id] = s
	}
	l.cur = s
	l.running = false
	return s
}

// Add keeps an event that Count was just told of: its values, and its text and
// the lines around it as k says.
func (l *Lane) Add(ev *event.Event, k Keep) error {
	s := l.cur
	if s == nil || s.id != ev.Where.Source {
		s = l.enter(ev.Where.Source)
	}
	ev.Decode()
	l.state(ev, s)
	host := l.host(ev, s)
	if thin := s.join(ev, host); thin && k.Join {
		return nil
	}
	pos := ev.Where.First
	if !l.running || s.key < l.lastKey || s.key == l.lastKey && pos < l.lastPos || !l.fits(s, host) {
		l.open(s, host)
	}
	lines := false
	if k.Lines > 0 && k.Text && l.wantsLines(ev, s) {
		var err error
		if lines, err = l.side.put(l, ev, k.Lines); err != nil {
			return err
		}
	}
	if k.Text && l.t.scarce() {
		k.Text = false
		l.t.textless.Add(1)
	}
	l.encode(ev, s, k, lines)
	s.seq++
	l.lastKey, l.lastPos = s.key, pos
	l.runs[len(l.runs)-1].to = l.base + int64(len(l.buf))
	if len(l.buf) >= laneBuffer {
		return l.flush()
	}
	return nil
}

// EndSource says that a source was read to its end.
func (l *Lane) EndSource(id int) {
	if s := l.tallies[id]; s != nil {
		s.texts = nil
	}
	if l.cur != nil && l.cur.id == id {
		l.cur, l.running = nil, false
	}
}

func (l *Lane) fits(s *tally, host uint32) bool {
	r := &l.runs[len(l.runs)-1]
	return r.source == s.id && r.host == host && r.family == s.family && r.fold == s.fold && r.zoned == (s.has&event.HasZone != 0)
}

// open begins a stretch.
func (l *Lane) open(s *tally, host uint32) {
	if l.buf == nil {
		l.buf = make([]byte, 0, 64<<10)
	}
	at := l.base + int64(len(l.buf))
	l.runs = append(l.runs, stretch{
		lane: l, from: at, to: at, source: s.id, host: host,
		family: s.family, zoned: s.has&event.HasZone != 0, fold: s.fold,
	})
	l.running = true
}

// host numbers the host that the record names, 0 where it names none.
func (l *Lane) host(ev *event.Event, s *tally) uint32 {
	name := ""
	for i := range ev.Attrs {
		if ev.Attrs[i].Name == event.Host {
			name = ev.Attrs[i].Value
			break
		}
	}
	if name == "" || ev.Kind == event.HostName.Name {
		return 0
	}
	id := l.hosts.id(name)
	if s.manyHosts {
		return noHost
	}
	if id == 0 || id == noHost {
		return noHost
	}
	if id != s.lastHost {
		s.lastHost = id
		if !s.knows(id) {
			s.manyHosts = true
			return noHost
		}
	}
	return id
}

// knows notes a host of the source, and refuses when there are too many.
func (s *tally) knows(id uint32) bool {
	for _, h := range s.hosts {
		if h == id {
			return true
		}
	}
	if len(s.hosts) >= splitHosts {
		return false
	}
	s.hosts = append(s.hosts, id)
	return true
}

// A selection counts how many of its events in a source kept their lines.
type selection struct {
	number uint16
	n      int
}

// wantsLines tells whether the event still gets the lines around it: while any
// selection it answers has had fewer than fullLines of them in this source.
func (l *Lane) wantsLines(ev *event.Event, s *tally) bool {
	if l.t.scarce() {
		return false
	}
	wants := len(ev.Hits) == 0
	for i := range ev.Hits {
		wants = s.selected(ev.Hits[i].Selection) || wants
	}
	if len(ev.Hits) == 0 {
		wants = s.selected(^uint16(0))
	}
	return wants
}

func (s *tally) selected(number uint16) bool {
	for i := range s.texts {
		if s.texts[i].number == number {
			s.texts[i].n++
			return s.texts[i].n <= fullLines
		}
	}
	s.texts = append(s.texts, selection{number, 1})
	return true
}

// flush writes the buffer out, sorted first where time jumps about in it.
func (l *Lane) flush() error {
	if len(l.buf) == 0 {
		return nil
	}
	if l.inBuf < len(l.runs) && len(l.runs)-l.inBuf > manyStretch {
		l.sortBuffer()
	}
	if l.file == nil {
		f, err := l.t.create(fmt.Sprintf("lane-%03d.log", l.number))
		if err != nil {
			return fmt.Errorf("keep events: %w", err)
		}
		l.file = f
	}
	if err := l.t.spend(len(l.buf)); err != nil {
		return err
	}
	if _, err := l.file.WriteAt(l.buf, l.base); err != nil {
		return fmt.Errorf("keep events: %w", err)
	}
	l.base += int64(len(l.buf))
	l.buf = l.buf[:0]
	l.inBuf = len(l.runs)
	if l.running {
		l.inBuf-- // goes on in the next buffer
	}
	return nil
}

// cloneShort copies a piece of a reader's buffer that is kept.
func cloneShort(s string) string { return strings.Clone(s[:min(len(s), 64)]) }
