package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// A walker goes through one Root, in the goroutine of whoever ranges over it.
type walker struct {
	ctx     context.Context
	cancel  context.CancelFunc
	lim     Limits
	shared  *shared
	total   *budget
	yield   func(*Member, error) bool
	spool   *spool
	windows *windows
	stopped bool // nobody wants more
}

// An item is something to be looked at: a file, a member of an archive, or what
// a compressed file holds.
type item struct {
	path         string // what it is called
	inside       string // what the paths of its members begin with
	modified     time.Time
	modifiedFrom string
	size         int64
	depth        int
	in           *Container
	packed       bool    // it was compressed by itself: an archive in it is no further level
	flow         *flow   // the decoder its bytes come from, nil: none
	ratio        float64 // where flow is nil: unpacked bytes for one of the input
	random       io.ReaderAt
	whole        int64         // size of random
	begun        begun         // what of the file lies before it
	changed      func() *Fault // asked at the end: did the file change while it was read
}

// give hands a member, a fault or both to the caller; false: stop.
func (w *walker) give(m *Member, err error) bool {
	if w.stopped {
		return false
	}
	if err := w.ctx.Err(); err != nil {
		w.stopped = true
		w.yield(nil, err)
		return false
	}
	if !w.yield(m, err) {
		w.stop()
	}
	return !w.stopped
}

// stop ends the walk. Cancelling first frees every goroutine that waits for
// input, so that closing them one by one need not.
func (w *walker) stop() {
	w.stopped = true
	w.cancel()
}

// fault reports something about a path without a member to read.
func (w *walker) fault(f *Fault) bool { return w.give(nil, f) }

// refuse names a member that is not read.
func (w *walker) refuse(it item, what, at string) bool {
	return w.skipped(it, &Fault{What: what, At: at})
}

func (w *walker) skipped(it item, f *Fault) bool {
	if !w.count(it) {
		return false
	}
	f.Path, f.Bytes = it.path, max(it.size, 0)
	m := it.member()
	m.ReadCloser = refusedReader{f}
	return w.give(m, f)
}

// refusedReader is the Reader of a member that is not read.
type refusedReader struct{ f *Fault }

func (r refusedReader) Read([]byte) (int, error) { return 0, r.f }
func (r refusedReader) Close() error             { return nil }

// count admits one more member, or ends the walk.
func (w *walker) count(it item) bool {
	n, limit := w.shared.members.Add(1), int64(w.lim.Members)
	if n <= limit {
		return true
	}
	if n == limit+1 { // whoever walks other Roots need not say it again
		w.fault(&Fault{
			Path: it.path, Limit: true,
			What: fmt.Sprintf("the whole input has more than %d members, the limit; this one and the rest were not read", limit),
		})
	}
	w.stop()
	return false
}

// within makes it a container of some kind and returns that.
func (it *item) within(kind, inside string) *Container {
	return &Container{Kind: kind, Path: it.path, Inside: inside, Modified: it.modified, ModifiedFrom: it.modifiedFrom, Outer: it.in}
}

func (it *item) member() *Member {
	return &Member{
		Path: it.path, Modified: it.modified, ModifiedFrom: it.modifiedFrom, Size: it.size,
		Line: it.begun.line, Offset: it.begun.offset, In: it.in,
	}
}

// enter looks at what s holds and goes into it, or gives it as a member.
func (w *walker) enter(it item, s stream) bool {
	if w.stopped || w.ctx.Err() != nil {
		return w.give(nil, w.ctx.Err())
	}
	kind := sniff(s.peek(sniffSize))
	if kind.refused != "" {
		return w.refuse(it, kind.refused+"s are not read; unpack it and name the folder", "")
	}
	if kind.codec == nil && kind.archive == 0 {
		if it.random != nil && selfExtracting(s.peek(sniffSize), it) {
			kind.archive = 'z'
		} else {
			return w.plain(it, s)
		}
	}
	if !it.packed || kind.archive == 0 {
		it.depth++
	}
	it.packed = false
	if it.depth > w.lim.Depth {
		return w.skipped(it, &Fault{What: fmt.Sprintf("nested more than %d levels deep, the limit; not opened", w.lim.Depth), Limit: true})
	}
	switch {
	case kind.codec != nil:
		return w.unpack(it, s, kind.codec)
	case kind.archive == 'z':
		return w.zip(it, s)
	}
	return w.tar(it, s)
}

// unpack starts a decoder and looks at what comes out of it.
func (w *walker) unpack(it item, s stream, c *codec) bool {
	it.in = it.within(c.name, it.path)
	if t, ok := gzipModified(s.peek(sniffSize)); ok && c == gzipCodec {
		it.modified, it.modifiedFrom = t, "gzip header"
	}
	f := &flow{limit: float64(w.lim.Ratio), up: it.flow, base: it.ratio, total: w.total, judge: w.judge}
	if it.flow != nil {
		f.base = it.flow.ratio
		it.flow.judge = nil
	}
	f.start(w.ctx, newStreams(c, s, w.windows))
	t := newTape(f)
	up := it.flow
	defer func() {
		t.release()
		f.close()
		if up != nil {
			// What the decoder took and nobody asked for is not held against anyone.
			up.paid, up.judge = up.hot, w.judge
		}
	}()
	it.packed, it.flow, it.random, it.size, it.begun = true, f, nil, -1, begun{}
	return w.enter(it, t)
}

// plain gives a member to be read.
func (w *walker) plain(it item, s stream) bool {
	if !w.count(it) {
		return false
	}
	r := &reader{w: w, s: s, it: it}
	m := it.member()
	m.ReadCloser = r
	if !w.give(m, nil) {
		r.closed = true
		return false
	}
	r.closed = true
	if len(r.faults) == 0 {
		return true
	}
	rest := r.faults[1:]
	if !r.told {
		rest = r.faults
	}
	for _, f := range rest {
		if !w.fault(f) {
			return false
		}
	}
	return true
}

// A reader is the Reader of a Member. Holes of a stream that goes on are passed
// over; the first is told at the end, in place of io.EOF, others by the walk.
type reader struct {
	w      *walker
	s      stream
	it     item
	kept   int64
	faults []*Fault
	told   bool
	err    error
	closed bool
}

func (r *reader) Close() error {
	r.closed = true
	return nil
}

func (r *reader) Read(p []byte) (int, error) {
	if r.closed {
		return 0, fs.ErrClosed
	}
	if r.err != nil {
		return 0, r.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if err := r.w.ctx.Err(); err != nil {
			return 0, err
		}
		if n, err := r.once(p); n > 0 || err != nil {
			return n, err
		}
	}
}

// once reads once; it may come back with nothing, at a hole.
func (r *reader) once(p []byte) (int, error) {
	n, err := r.s.Read(p)
	r.kept += int64(n)
	if r.kept > r.w.lim.MemberBytes {
		n -= int(r.kept - r.w.lim.MemberBytes)
		r.kept = r.w.lim.MemberBytes
		err = &damage{what: fmt.Sprintf("longer than %d bytes, the limit for one member", r.kept), at: -1, resumed: -1, limit: true}
	}
	if err != nil {
		err = r.ended(err)
	}
	if n > 0 {
		r.err = err
		return n, nil
	}
	return 0, err
}

// ended turns the end of the section into what the caller sees.
func (r *reader) ended(err error) error {
	var d *damage
	switch {
	case err == io.EOF:
		return r.finish()
	case err == errCut:
		r.faults = append(r.faults, r.cut())
	case errors.As(err, &d):
		r.faults = append(r.faults, r.word(d))
		if _, part := r.s.(*section); d.more && !part && r.s.resume() {
			return nil
		}
	case r.w.ctx.Err() != nil:
		return r.w.ctx.Err()
	default:
		r.faults = append(r.faults, &Fault{Path: r.it.path, What: fmt.Sprintf("reading failed: %s; %s", plainError(err), wasKept(r.kept, "byte"))})
	}
	return r.finish()
}

func (r *reader) finish() error {
	if r.it.changed != nil {
		if f := r.it.changed(); f != nil {
			f.What += "; " + wasKept(r.kept, "byte")
			r.faults = append(r.faults, f)
		}
		r.it.changed = nil
	}
	r.err = io.EOF
	if len(r.faults) > 0 {
		r.err, r.told = r.faults[0], true
	}
	return r.err
}

// cut words a member that ends before its size.
func (r *reader) cut() *Fault {
	left := r.missing()
	return &Fault{
		Path:  r.it.path,
		What:  fmt.Sprintf("the archive ends early; %d of %s", r.kept, wasKept(r.kept+left, "byte")),
		Bytes: left,
	}
}

// missing is how many bytes the container promised and did not give.
func (r *reader) missing() int64 { return max(r.it.size-r.kept, 0) }

func (r *reader) word(d *damage) *Fault {
	f := &Fault{Path: r.it.path, At: byteAt(d.at), Bytes: d.lost, Limit: d.limit}
	if left := r.missing(); left > 0 {
		f.What = fmt.Sprintf("%s; %d of %s%s", d.what, r.kept, wasKept(r.kept+left, "byte"), d.behind())
		f.Bytes = left
		return f
	}
	f.What = d.what + "; " + wasKept(r.kept, "byte") + d.behind()
	if d.resumed >= 0 {
		f.What += fmt.Sprintf("; reading resumed at byte %d", d.resumed)
	}
	return f
}

func byteAt(n int64) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprintf("byte %d", n)
}

// plainError words an error of the operating system without the path, which the
// Fault has already.
func plainError(err error) string { return withoutPath(err).Error() }

func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
