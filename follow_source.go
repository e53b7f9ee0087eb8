package forensic

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"forensic/bundle"
	"forensic/correlate"
	"forensic/event"
	"forensic/parsers"
)

// A liveSource is a log, or a section of one, while it is read: what its records
// are selected with, its provisional clock, and what it could have told by now.
type liveSource struct {
	f      *follower
	log    *bundle.Log
	id     int
	path   string
	format parsers.Format
	sel    *correlate.Selector
	local  bool // a file of this machine
	input  *liveReader

	zone   time.Duration // how far its written times are ahead of UTC
	zoned  bool
	judged bool
	latest int64 // of the provisional times, for records without one

	mu      sync.Mutex
	first   int64
	last    int64
	arrived time.Time
	events  int
	levels  [event.Levels]int
	host    string
	known   bool // the zone of its times
}

// read reads one log until it ends, by the format that its first bytes name; by
// another one where more of it looks different.
func (f *follower) read(ctx context.Context, l *bundle.Log) {
	in := &liveReader{log: l, buf: make([]byte, 64<<10)}
	for {
		format, ended := f.choose(in)
		if ended {
			return
		}
		in.begin(f, format)
		s := f.source(l, in, format, "")
		input := &parsers.Input{Path: l.Path, Source: s.id, Reader: in, Line: in.lines}
		input.Filter = s.sel.Filter
		input.Begin = func(sf parsers.Format, src event.Source) (int, parsers.Filter, parsers.Emit) {
			sub := f.source(l, in, sf, src.Section)
			return sub.id, sub.sel.Filter, sub.emit
		}
		if err := format.Read(ctx, input, s.emit); err != nil && !errors.Is(err, context.Canceled) && f.opt.Told != nil {
			f.opt.Told(bundle.Fault{Path: l.Path, What: "the reader of " + format.Name + " gave up: " + err.Error() + "; the report at the end tells more"})
		}
		f.hub.leave(in)
		if !in.again {
			io.Copy(io.Discard, in)
			return
		}
	}
}

// choose waits until the first bytes of a log tell its format.
func (f *follower) choose(in *liveReader) (format parsers.Format, ended bool) {
	tried := -1
	for {
		n, quiet, err := in.fill()
		if enough := len(in.sample) >= parsers.HeadSize; len(in.sample) > max(tried, 0) && (quiet || enough || err != nil) {
			tried = len(in.sample)
			format, _ := f.format(in.log.Path, in.sample)
			// A mixture is told from the whole of a small text only.
			if format.Name != "" && (format.Name != "mixed" || err != nil) {
				return format, false
			}
			if enough {
				in.pre = nil
				io.Copy(io.Discard, in)
				return format, true
			}
		}
		if err != nil && n == 0 {
			return parsers.Format{}, true
		}
	}
}

// source registers what is read with one format.
func (f *follower) source(l *bundle.Log, in *liveReader, format parsers.Format, section string) *liveSource {
	s := &liveSource{f: f, log: l, path: l.Path, format: format, input: in, first: event.NoTime, last: event.NoTime, latest: event.NoTime, local: !l.Stdin()}
	if s.local {
		s.host = f.name
	}
	if zone := f.opt.Clock.Zones[""]; zone != nil {
		_, seconds := f.begun.In(zone).Zone()
		s.zone, s.zoned, s.judged = time.Duration(seconds)*time.Second, true, true
	}
	s.sel = f.readers.For(format.Kinds, string(in.sample))
	f.hub.enter(s)
	return s
}

// emit takes an event: it is counted, and handed over if a rule asks for it.
func (s *liveSource) emit(ev *event.Event) error {
	now := time.Now()
	at := s.timeOf(&ev.Stamp, now)
	zoned := ev.Stamp.Has&event.HasZone != 0 || s.zoned
	s.mu.Lock()
	s.events++
	s.levels[min(ev.Level, event.Levels-1)]++
	s.arrived = now
	if at != event.NoTime {
		if s.first == event.NoTime || at < s.first {
			s.first = at
		}
		if s.last == event.NoTime || at > s.last {
			s.last = at
		}
		s.known = zoned
	}
	s.mu.Unlock()
	if !s.sel.Select(ev) {
		return nil
	}
	c := ev.Clone()
	c.Where.Source = s.id
	if at == event.NoTime {
		if at = s.latest; at == event.NoTime { // nothing says when: when it came
			at, zoned = now.UnixNano(), true
		}
	}
	s.latest = at
	c.At, c.ZoneKnown, c.Host = at, zoned, c.Attrs.Get(event.Host)
	if c.Host == "" {
		c.Host = s.host
	}
	s.f.hub.add(s, c, now)
	return nil
}

// timeOf is the provisional time of a stamp: its zone is what it says, or what
// the first record shows by when it came; its date is that
// nearest to now, its year the last in which it is not ahead of now.
func (s *liveSource) timeOf(st *event.Stamp, now time.Time) int64 {
	if at, ok := st.Absolute(); ok {
		return at
	}
	if st.Has&event.HasTime == 0 || st.Impossible {
		return event.NoTime
	}
	wall := st.Wall
	if st.Has&event.HasZone != 0 {
		wall -= int64(st.Zone) * int64(time.Minute)
	}
	local := now.UnixNano() + int64(s.zone)
	switch {
	case st.Has&event.HasDate == 0:
		const day = int64(24 * time.Hour)
		wall = floorTo(local, day) + ((wall%day)+day)%day
		wall += nearest(local-wall, day)
	case st.Has&event.HasYear == 0:
		wall = inYear(wall, time.Unix(0, local).UTC())
	}
	if st.Has&event.HasZone != 0 {
		return wall
	}
	if !s.judged {
		s.judge(wall, now)
	}
	return wall - int64(s.zone)
}

// judge tells the zone by which the first record was written just now, or, of
// what is read back, by that of this machine. What is older says nothing: its
// times stay as written.
func (s *liveSource) judge(wall int64, now time.Time) {
	const quarter = 15 * time.Minute
	s.judged = true
	ahead := time.Duration(wall - now.UnixNano())
	if ahead > 15*time.Hour || ahead < -40*24*time.Hour {
		return
	}
	zone := ahead.Round(quarter)
	if off := ahead - zone; off > -2*time.Minute && off <= 5*time.Second && zone >= -12*time.Hour && zone <= 14*time.Hour {
		s.zone, s.zoned = zone, true
		return
	}
	if s.local {
		_, seconds := time.Unix(0, wall).In(time.Local).Zone()
		s.zone, s.zoned = time.Duration(seconds)*time.Second, true
	}
}

func floorTo(at, step int64) int64 {
	f := at / step * step
	if f > at {
		f -= step
	}
	return f
}

// nearest is the multiple of step that is nearest to d.
func nearest(d, step int64) int64 {
	return int64(math.Round(float64(d)/float64(step))) * step
}

// inYear puts a time without a year into the last year in which it is not ahead
// of now.
func inYear(wall int64, now time.Time) int64 {
	t := time.Unix(0, wall).UTC()
	for y := now.Year() + 1; ; y-- {
		at := time.Date(y, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
		if at.Day() != t.Day() { // 29 February
			continue
		}
		if !at.After(now.Add(36 * time.Hour)) {
			return at.UnixNano()
		}
	}
}

// covered is what the source could have told by now.
func (s *liveSource) covered(now time.Time) event.Covered {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := event.Covered{
		Source: s.id, Path: s.path, Format: s.format.Name, Host: s.host, Kinds: kindNames(s.format),
		First: s.first, Last: s.last, ZoneKnown: s.known, ByLevel: s.levels, Events: s.events,
	}
	if s.last != event.NoTime && s.input.idle(now) > 0 {
		c.Last = s.last + int64(now.Sub(s.arrived)) // nothing was written since: that was seen
	}
	return c
}

// A liveReader reads a log for the reader of a format, and looks from time to
// time whether the format is still the right one.
type liveReader struct {
	log    *bundle.Log
	buf    []byte
	pre    []byte // read, and not yet given
	sample []byte // the first bytes of the log
	tried  int    // how many of them the format was chosen by
	f      *follower
	format string
	again  bool
	hushed bool
	lines  int   // given to formats
	err    error // of the log
	since  atomic.Int64
}

// begin gives what was read to another format.
func (r *liveReader) begin(f *follower, format parsers.Format) {
	r.f, r.format, r.again, r.tried = f, format.Name, false, len(r.sample)
}

// fill reads on while the format is not known.
func (r *liveReader) fill() (n int, quiet bool, err error) {
	n, quiet, err = r.more(r.buf)
	r.hushed = quiet
	r.pre = append(r.pre, r.buf[:n]...)
	return n, quiet, err
}

// more reads the log and remembers its first bytes, and since when it waits.
func (r *liveReader) more(p []byte) (n int, quiet bool, err error) {
	if r.err != nil {
		return 0, false, r.err
	}
	r.since.Store(time.Now().UnixNano())
	n, quiet, err = r.log.More(p)
	r.since.Store(0)
	r.err = err
	if room := parsers.HeadSize - len(r.sample); room > 0 && n > 0 {
		r.sample = append(r.sample, p[:min(n, room)]...)
	}
	return n, quiet, err
}

// idle is for how long the log has had nothing to read.
func (r *liveReader) idle(now time.Time) time.Duration {
	if at := r.since.Load(); at != 0 {
		return max(now.Sub(time.Unix(0, at)), 1)
	}
	return 0
}

// Read waits for bytes.
func (r *liveReader) Read(p []byte) (int, error) {
	for {
		n, _, err := r.More(p)
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// More gives what there is, says when the log is quiet, and ends where another
// format should go on.
func (r *liveReader) More(p []byte) (n int, quiet bool, err error) {
	if r.again {
		return 0, false, io.EOF
	}
	if len(r.pre) > 0 {
		n = copy(p, r.pre)
		r.pre = r.pre[n:]
		r.count(p[:n])
		return n, false, nil
	}
	if r.hushed { // that it is quiet was told while the format was chosen
		r.hushed = false
		return 0, true, nil
	}
	n, quiet, err = r.more(p)
	if quiet && r.tried < parsers.HeadSize && len(r.sample) >= 2*r.tried {
		r.tried = len(r.sample)
		format, _ := r.f.format(r.log.Path, r.sample)
		if format.Name != "" && format.Name != r.format && format.Name != "mixed" {
			r.again = true
			return 0, false, io.EOF
		}
	}
	r.count(p[:n])
	return n, quiet, err
}

func (r *liveReader) count(b []byte) {
	for _, c := range b {
		if c == '\n' {
			r.lines++
		}
	}
}
