package parsers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"forensic/event"
)

// A wrapper carries the lines of other logs inside its own: Docker's JSON, CRI,
// a prefix. Each stream it carries is detected and read by its own format, while
// it comes in, as a source of its own that keeps the member's line numbers. The
// time a wrapper gives is that of records that have none, and tells the zone of
// those that do.
type wrapper struct {
	// strip takes a line apart; false: it carries nothing.
	strip func(line string, w *wrapped) bool
	// begin, where set, makes the strip of one member, which may remember lines.
	begin func() func(line string, w *wrapped) bool
	// section names the source of a stream.
	section func(stream string) string
}

// A wrapped line is what one line carries.
type wrapped struct {
	stream  string
	text    string
	escaped bool // text is the inside of a JSON string
	part    bool // the stream's next line goes on with this one
	blank   bool // it is understood, and carries nothing
	stamp   event.Stamp
}

const (
	maxStreams  = 64          // of one member that are read apart; the others share one
	streamBlock = 128 << 10   // what a stream collects before its reader is asked
	linesBehind = 16 << 10    // of a stream that are known at least, once told
	streamEnd   = int64(1e15) // where pages of streams begin, beyond the bytes of any member
)

// wrappers are formats that carry others; they are not asked what is inside
// another one of the same text.
var wrappers = map[string]bool{}

// addWrapper registers a wrapper as a format.
func addWrapper(f Format, w wrapper) bool {
	wrappers[f.Name] = true
	f.Parse = func(ctx context.Context, in *Input, emit Emit) error { return peel(ctx, w, in, emit) }
	return add(f)
}

// A peeler reads one member and hands the lines to its streams.
type peeler struct {
	ctx     context.Context
	in      *Input
	emit    Emit
	w       wrapper
	streams []*stream
	named   map[string]*stream
}

// peel reads a member line by line.
func peel(ctx context.Context, w wrapper, in *Input, emit Emit) error {
	if w.begin != nil {
		w.strip = w.begin()
	}
	p := &peeler{ctx: ctx, in: in, emit: emit, w: w, named: map[string]*stream{}}
	defer p.stop()
	var b block
	filter := in.Filter
	in.Filter = nil // each stream has its own
	mark := b.begin(in)
	in.Filter = filter
	a := &in.Account
	a.Bytes, a.Claimed = mark, mark
	pos, number, raw := 0, in.Line, in.Offset+mark
	for {
		line, end, ok := b.line(pos)
		if !ok {
			if b.eof && pos >= len(b.text) {
				break
			}
			if b.quiet {
				if err := p.hush(); err != nil {
					return err
				}
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if cut := b.refill(pos); cut > 0 {
				in.Problem(lineCut, fmt.Sprintf("line %d", number+1+b.cutLine(0)))
			}
			pos = 0
			continue
		}
		size := b.size(pos, end)
		number++
		a.Lines++
		a.Bytes += size
		if carried, err := p.line(line, number, raw, size); err != nil {
			return err
		} else if carried {
			a.Claimed += size
		} else {
			a.Unparsed += size
			a.UnparsedLines++
		}
		pos, raw = end, raw+size
	}
	b.half(in)
	for _, s := range p.streams {
		if err := p.finish(s); err != nil {
			return err
		}
	}
	return b.fault
}

// line hands what a line carries to its stream; blank lines carry nothing and
// are understood.
func (p *peeler) line(line string, number int, raw, size int64) (carried bool, err error) {
	var w wrapped
	if line == "" || line == "--" { // nor does what grep puts between matches
		return true, nil
	}
	if !p.w.strip(line, &w) {
		p.in.Problem("line carries nothing", fmt.Sprintf("line %d", number))
		return false, nil
	}
	if w.blank {
		return true, nil
	}
	s := p.stream(w.stream)
	if s.stopped() {
		return false, nil // told once, by its reader
	}
	s.put(&w, number, raw, size)
	if len(s.buf) < streamBlock || !s.whole {
		return true, nil
	}
	return true, p.run(s)
}

// stream returns the stream of that name.
func (p *peeler) stream(name string) *stream {
	if s := p.named[name]; s != nil {
		return s
	}
	if len(p.streams) == maxStreams {
		name = "others"
		if s := p.named[name]; s != nil {
			return s
		}
		p.in.Problem(fmt.Sprintf("more than %d streams; those behind are read as one", maxStreams), "")
	}
	s := &stream{name: strings.Clone(name), whole: true}
	p.named[s.name] = s
	p.streams = append(p.streams, s)
	return s
}

// A stream is the text of one log that a member carries, on its way to the
// reader of its format. Where each of its lines stands in the member is kept
// until the record it belongs to has been told.
type stream struct {
	name   string
	buf    []byte
	whole  bool // buf ends with a line's end
	ended  bool
	hushed bool // nothing came for a while, and its parser is to know

	lines []streamLine // from line base on
	base  int

	in    *Input
	yield func(struct{}) bool
	next  func() (struct{}, bool)
	halt  func()
	err   error
	page  event.Page
}

// A streamLine is where a line of a stream stands in the member.
type streamLine struct {
	first, last int
	raw, end    int64
	stamp       event.Stamp
}

// put adds what a line carries.
func (s *stream) put(w *wrapped, number int, raw, size int64) {
	if s.whole {
		s.lines = append(s.lines, streamLine{first: number, raw: raw, stamp: w.stamp})
	}
	l := &s.lines[len(s.lines)-1]
	l.last, l.end = number, raw+size
	from := len(s.buf)
	if w.escaped {
		s.buf = appendUnescaped(s.buf, w.text)
	} else {
		s.buf = append(s.buf, w.text...)
	}
	s.whole = !w.part || len(s.buf) > 4*streamBlock
	if s.whole {
		// A line feed inside one message makes further lines, which stand where
		// it stands.
		extra := bytes.Count(s.buf[from:], []byte{'\n'})
		s.buf = append(s.buf, '\n')
		for range extra {
			s.lines = append(s.lines, *l)
			l = &s.lines[len(s.lines)-1]
		}
	}
}

// Read gives the parser what has come in, or lets the member go on until there
// is more.
func (s *stream) Read(b []byte) (int, error) {
	for {
		n, _, err := s.More(b)
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// More is Read, but says so when the member is quiet.
func (s *stream) More(b []byte) (n int, quiet bool, err error) {
	for len(s.buf) == 0 {
		if s.hushed {
			s.hushed = false
			return 0, true, nil
		}
		if s.ended || !s.yield(struct{}{}) {
			return 0, false, io.EOF
		}
	}
	n = copy(b, s.buf)
	s.buf = s.buf[:copy(s.buf, s.buf[n:])]
	return n, false, nil
}

// open is what a stream's parser reads: a live one where the member is.
func (p *peeler) open(s *stream) io.Reader {
	if _, live := p.in.Reader.(Live); live {
		return s
	}
	return struct{ io.Reader }{s}
}

// hush lets the parsers tell what they have, while the member is quiet.
func (p *peeler) hush() error {
	for _, s := range p.streams {
		if !s.whole || len(s.buf) == 0 && s.next == nil {
			continue
		}
		s.hushed = true
		if err := p.run(s); err != nil {
			return err
		}
	}
	return nil
}

// run lets the stream's parser read what has come in. It runs in a coroutine:
// while it runs, nothing else does.
func (p *peeler) run(s *stream) error {
	if s.next == nil {
		f, why := insideFormat(s.buf)
		section := event.Source{
			Path: p.in.Path, Section: p.w.section(s.name), Line: s.lines[0].first, Format: f.Name, Why: why, Unit: "line", Modified: p.in.Modified,
		}
		emit := p.emit
		s.in = &Input{
			Path: p.in.Path, Modified: p.in.Modified, Source: p.in.Source, Filter: p.in.Filter, Reader: p.open(s), Offset: streamEnd, Begin: p.in.Begin,
			Dated: slices.ContainsFunc(f.Kinds, func(k event.Kind) bool { return k.Name == event.LogMessage.Name }),
		}
		if p.in.Begin != nil {
			s.in.Source, s.in.Filter, emit = p.in.Begin(f, section)
		}
		s.next, s.halt = iter.Pull(func(yield func(struct{}) bool) {
			s.yield = yield
			s.err = f.Read(p.ctx, s.in, s.mapped(emit))
		})
	}
	s.next()
	if s.err != nil {
		return s.err
	}
	return nil
}

// finish lets a stream's parser read to the end.
func (p *peeler) finish(s *stream) error {
	if len(s.lines) == 0 {
		return nil
	}
	if !s.whole {
		s.buf = append(s.buf, '\n')
	}
	s.ended = true
	for first := true; first || len(s.buf) > 0; first = false {
		before := len(s.buf)
		if err := p.run(s); err != nil {
			return err
		}
		if !first && len(s.buf) == before {
			break // its parser has had enough
		}
	}
	for _, problem := range s.in.Problems {
		p.in.Problem(problem.What, "in "+p.w.section(s.name))
	}
	if s.stopped() {
		s.disclaim(&p.in.Account)
	}
	p.in.Assumed = append(p.in.Assumed, s.in.Assumed...)
	p.in.Account.Events += s.in.Account.Events
	return nil
}

// stopped tells that the stream's reader panicked.
func (s *stream) stopped() bool { return s.in != nil && s.in.Stopped }

// disclaim gives back the lines of a stream that its reader had not accounted
// for when it stopped: they were claimed when they came in.
func (s *stream) disclaim(a *event.Account) {
	given := -1 // several lines of a stream may stand in one of the member
	for i := max(len(s.lines)-s.in.Behind, 0); i < len(s.lines); i++ {
		l := &s.lines[i]
		if l.first == given {
			continue
		}
		given = l.first
		a.Claimed -= l.end - l.raw
		a.Unparsed += l.end - l.raw
		a.UnparsedLines += l.last - l.first + 1
	}
}

// stop ends the coroutines of streams that were not finished.
func (p *peeler) stop() {
	for _, s := range p.streams {
		if s.halt != nil {
			s.halt()
		}
	}
}

// mapped gives the events of a stream their places in the member, and their
// time.
func (s *stream) mapped(emit Emit) Emit {
	return func(e *event.Event) error {
		first, last := e.Where.First-1-s.base, e.Where.Last-1-s.base
		if first >= len(s.lines) || last < first {
			return errors.New("a stream of a wrapped log told a record of lines it does not have")
		}
		// What a format tells of many lines (a thread dump) may begin before the
		// lines kept: then it stands where those begin.
		first, last = max(first, 0), min(max(last, 0), len(s.lines)-1)
		a, b := &s.lines[first], &s.lines[last]
		e.Where.First, e.Where.Last = a.first, b.last
		e.Where.Offset, e.Where.Length = a.raw, int(b.end-a.raw)
		e.Stamp = finerStamp(a.stamp, e.Stamp)
		if !e.Rewritten { // joined from several lines, or with characters that JSON escapes
			e.Rewritten = a.last > a.first || strings.ContainsAny(e.Text, "\"\\<>&\t\x1b")
		}
		if told := first - linesBehind; told > linesBehind {
			s.lines = s.lines[:copy(s.lines, s.lines[told:])]
			s.base += told
		}
		return emit(e)
	}
}

// insideFormat finds the format of a stream's first text. A stream in none has
// its lines as records.
func insideFormat(head []byte) (Format, string) {
	head = head[:min(len(head), HeadSize)]
	best, score := Format{}, Score{}
	for _, f := range All() {
		if wrappers[f.Name] || snapshots[f.Name] || f.Name == "mixed" || f.Name == "shell" {
			continue
		}
		if s := f.sniff(head); s.Points > score.Points && (f.Name != "traces" || s.Points > tracesBehind) {
			best, score = f, s
		}
	}
	if score.Points < leastPoints {
		plain, _ := Named("lines")
		return plain, "no format takes its text"
	}
	return best, score.Why
}

// Lines inside a wrapper that dates them, and that no format takes.
var _ = add(Format{
	Name:  "lines",
	Doc:   "Lines without a format of their own, dated by what carries them (docker logs, kubectl logs).",
	Kinds: []event.Kind{event.LogMessage},
	Sniff: func([]byte) Score { return Score{0, "only inside what dates its lines"} },
	Lines: &Lines{Head: linesHead, Decode: linesDecode},
})

// linesHead takes every line that does not look like the rest of one.
func linesHead(line string, e *event.Event) bool {
	if isRest(line) {
		return false
	}
	e.Text = line
	s := strings.TrimPrefix(line, "[")
	if l, n := levelAt(s); n > 0 && n < len(s) && (s[n] == ':' || s[n] == ']' && len(s) < len(line)) {
		e.Level = l
	}
	return true
}

func linesDecode(e *event.Event) {
	e.Kind = event.LogMessage.Name
	if e.Trace.Class != "unknown" {
		e.Set(event.Class, e.Trace.Class)
	}
	peersIn(e)
}

// appendUnescaped appends the inside of a JSON string.
func appendUnescaped(to []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 >= len(s) {
			return append(to, s...)
		}
		to = append(to, s[:i]...)
		n := 2
		switch s[i+1] {
		case 'n':
			to = append(to, '\n')
		case 't':
			to = append(to, '\t')
		case 'r':
			to = append(to, '\r')
		case 'u':
			var r rune
			r, n = jsonRune(s[i:])
			to = append(to, string(r)...)
		default:
			to = append(to, s[i+1])
		}
		s = s[i+n:]
	}
}
