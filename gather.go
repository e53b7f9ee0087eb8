package forensic

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"forensic/bundle"
	"forensic/correlate"
	"forensic/event"
	"forensic/parsers"
	"forensic/timeline"
)

// A gatherer reads the members of all inputs, several inputs at a time, and
// collects what they are; the events go to the timeline.
type gatherer struct {
	opt    Options
	engine *correlate.Engine
	line   *timeline.Timeline
	begun  time.Time

	ids     atomic.Int64
	members atomic.Int64 // opened
	told    atomic.Int64 // given by the walk, opened or not
	bytes   atomic.Int64

	jobs int                 // workers
	idle chan *bundle.Member // taken by those that have walked all there is

	mu      sync.Mutex
	miners  []*correlate.Miner
	sources []*event.Source
	skipped []Skipped
	faults  []bundle.Fault
	limits  []string // of the bundle's that were reached, each with its path
}

func newGatherer(opt Options, engine *correlate.Engine, line *timeline.Timeline) *gatherer {
	return &gatherer{opt: opt, engine: engine, line: line, begun: time.Now(), idle: make(chan *bundle.Member)}
}

// gather walks every root. Each worker has a lane of its own, so nothing is
// shared while events are read; which worker reads what changes nothing in the
// result, since order comes from paths.
func (g *gatherer) gather(ctx context.Context, roots []bundle.Root) error {
	jobs := g.opt.Jobs
	switch {
	case g.opt.Slow:
		jobs = 1
	case jobs <= 0:
		jobs = min(runtime.GOMAXPROCS(0), 4)
	}
	g.jobs = jobs
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var wg, walking sync.WaitGroup
	walking.Add(jobs)
	wg.Go(func() {
		walking.Wait()
		close(g.idle)
	})
	for range jobs {
		wg.Go(func() {
			w := &worker{gatherer: g, lane: g.line.Lane(), miner: g.miner()}
			if g.opt.Limits.Hash {
				w.hash = newHasher()
				defer w.hash.close()
			}
			for i := int(next.Add(1)) - 1; i < len(roots) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := w.walk(ctx, roots[i]); err != nil {
					stop(err)
				}
			}
			walking.Done()
			for m := range g.idle {
				if err := w.read(ctx, m); err != nil {
					stop(err)
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// miner returns a new one, which the end of the reading will ask.
func (g *gatherer) miner() *correlate.Miner {
	m := correlate.NewMiner()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.miners = append(g.miners, m)
	return m
}

// A worker reads one member after another.
type worker struct {
	*gatherer
	lane  *timeline.Lane
	miner *correlate.Miner
	hash  *hasher // nil where nobody asks
	head  []byte
}

func (w *worker) walk(ctx context.Context, root bundle.Root) error {
	lim := w.opt.Limits
	lim.Temp = cmp.Or(lim.Temp, w.opt.Temp)
	for m, err := range root.Open(ctx, lim) {
		if m != nil {
			w.told.Add(1)
		}
		var fault *bundle.Fault
		switch {
		case errors.As(err, &fault):
			w.fault(m, fault)
		case err != nil:
			if ctx.Err() != nil {
				return nil
			}
			return err
		default:
			shared, err := w.share(ctx, m)
			if shared {
				// An error of the member was told to who reads it.
				err = w.close(ctx, m, err == nil)
			} else {
				err = w.read(ctx, m)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// read reads a member and notes what was wrong with it. An error means that
// nothing more can be read.
func (w *worker) read(ctx context.Context, m *bundle.Member) error {
	err := w.member(ctx, m)
	if err == nil {
		return w.close(ctx, m, true)
	}
	w.close(ctx, m, false)
	return w.wrong(ctx, m, err)
}

// close closes a member, and notes what that says where nothing was wrong before.
func (w *worker) close(ctx context.Context, m *bundle.Member, note bool) error {
	if err := m.Close(); err != nil && note {
		return w.wrong(ctx, m, err)
	}
	return nil
}

func (w *worker) wrong(ctx context.Context, m *bundle.Member, err error) error {
	var fault *bundle.Fault
	switch {
	case errors.As(err, &fault):
		w.fault(nil, fault)
		return nil
	case ctx.Err() != nil:
		return nil
	}
	return fmt.Errorf("read %q: %w", m.Path, err)
}

// fault notes damage: a member that is skipped, or a problem of a container or
// of a member that was read.
func (w *worker) fault(skipped *bundle.Member, f *bundle.Fault) {
	if skipped != nil {
		if err := w.linkedZone(f); err != nil {
			f = &bundle.Fault{Path: f.Path, What: f.What + "; " + err.Error(), At: f.At, Bytes: f.Bytes}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.Limit {
		w.limits = append(w.limits, strings.TrimPrefix(f.Path+": "+f.What, ": "))
	}
	if skipped != nil {
		w.skipped = append(w.skipped, Skipped{f.Path, f.What, f.Bytes})
		return
	}
	w.faults = append(w.faults, *f)
}

// member reads one member by the format that its first bytes, or the user, name.
func (w *worker) member(ctx context.Context, m *bundle.Member) error {
	counted := &countingReader{src: m, total: &w.bytes, hash: w.hash}
	if w.head == nil {
		w.head = make([]byte, parsers.HeadSize)
	}
	head, padding, readFault := parsers.ReadHead(counted, w.head)
	w.progress(m.Path)
	format, guesses := w.format(m.Path, head)
	if format.Name == "" && readFault == nil {
		var behind []byte
		if behind, readFault = parsers.ReadBehind(counted, head); len(behind) > 0 {
			var line int
			if line = bytes.IndexByte(behind, '\n') + 1; line < len(behind) {
				format, guesses = w.format(m.Path, behind[line:])
			}
			head = slices.Concat(head, behind)
		}
	}
	if format.Name == "" {
		return w.unread(m, counted, head, guesses, readFault)
	}
	src := &event.Source{Path: m.Path, Format: format.Name, Why: reason(format, guesses), Modified: m.Modified, Packed: packed(m), Unit: "line"}
	w.register(src, format)
	in := &parsers.Input{
		Path: m.Path, Modified: m.Modified, Source: src.ID, Line: m.Line, Offset: m.Offset + padding, Ahead: !w.opt.Slow,
		Reader: io.MultiReader(strings.NewReader(string(head)), &rest{counted, readFault}),
	}
	filter, emit := w.reader(format, src, string(head))
	in.Filter = filter
	in.Begin = func(f parsers.Format, s event.Source) (int, parsers.Filter, parsers.Emit) {
		section := &s
		section.Path, section.Modified, section.Packed = m.Path, m.Modified, src.Packed
		w.register(section, f)
		filter, emit := w.reader(f, section, "")
		return section.ID, filter, emit
	}
	err := format.Read(ctx, in, emit)
	if err != nil && !w.ends(ctx, err) {
		in.Problem(fmt.Sprintf("%d bytes were kept, then the reader of %s gave up: %s; what follows is kept as unparsed", in.Account.Bytes, format.Name, err), fmt.Sprintf("byte %d", in.Account.Bytes))
		in.Stopped, err = true, nil
	}
	w.lane.EndSource(src.ID)
	w.miner.End(src.ID)
	_, drained := io.Copy(io.Discard, in.Reader)
	if err == nil {
		err = drained
	}
	w.finish(src, in, counted, head, ctx.Err() == nil)
	return err
}

// packed tells whether a member's time is in the zone of whoever packed it.
func packed(m *bundle.Member) bool { return m.ModifiedFrom == "zip entry without zone" }

// An unkept error is one of ours: an event could not be kept.
type unkept struct{ error }

func (u unkept) Unwrap() error { return u.error }

// kept marks the errors of the timeline, so that a reader that gives up is told
// from a full disk.
func kept(err error) error {
	if err != nil {
		return unkept{err}
	}
	return nil
}

// ends tells whether what a reader returned ends the reading of the member for
// a reason outside of its format.
func (w *worker) ends(ctx context.Context, err error) bool {
	var own unkept
	var fault *bundle.Fault
	return ctx.Err() != nil || errors.As(err, &own) || errors.As(err, &fault)
}

// register gives a source its handle. Handles are given in the order of
// reading; nothing but identity rests on them.
func (w *worker) register(s *event.Source, f parsers.Format) {
	s.ID = int(w.ids.Add(1))
	s.Kinds = kindNames(f)
	w.mu.Lock()
	w.sources = append(w.sources, s)
	w.mu.Unlock()
}

// reader returns what a source is read with: the filter of the rules that its
// format can meet, and where its events go.
func (w *worker) reader(f parsers.Format, s *event.Source, sample string) (parsers.Filter, parsers.Emit) {
	sel := w.engine.For(f.Kinds, sample)
	if w.opt.Slow {
		sel = sel.Plain()
	}
	joins := map[string]bool{}
	for _, k := range f.Kinds {
		if k.Joins {
			joins[k.Name] = true
		}
	}
	mayJoin := func(_, _ string) bool { return len(joins) > 0 }
	if f.Lines != nil && f.Lines.Joins != nil {
		mayJoin = f.Lines.Joins
	}
	lane, miner, all := w.lane, w.miner, w.opt.KeepAll
	records := f.Lines != nil // they may be loud without saying so
	transcript := !records && slices.ContainsFunc(f.Kinds, func(k event.Kind) bool { return k.Name == event.OperatorRan.Name })
	return sel.Filter, func(ev *event.Event) error {
		lane.Count(ev)
		var noted *correlate.Noted
		if ev.Level >= event.Warning || ev.Level == event.NoLevel && records && sel.Alarmed(ev) {
			key, how := lane.Tick()
			noted = miner.Note(ev, key, how)
		}
		if transcript {
			miner.Transcript(ev)
		}
		switch {
		case sel.Select(ev):
			noted.Took(ev.Hits)
			return kept(lane.Add(ev, timeline.Keep{Lines: 3, Text: true}))
		case all:
			ev.Decode()
			return kept(lane.Add(ev, timeline.Keep{Text: true}))
		case mayJoin(ev.Component, ev.Text):
			if ev.Decode(); joins[ev.Kind] {
				return kept(lane.Add(ev, timeline.Keep{Join: true}))
			}
		}
		return nil
	}
}

// format returns how a member is read: as the user says, else as it looks.
func (w *worker) format(member string, head []byte) (parsers.Format, []parsers.Guess) {
	for _, o := range w.opt.FormatOf {
		whole, _ := path.Match(o.Glob, member)
		base, _ := path.Match(o.Glob, path.Base(member))
		if whole || base {
			if f, err := parsers.Named(o.Format); err == nil {
				return f, nil
			}
		}
	}
	return detect(member, head)
}

// detect is a variable so that a test can plant a format that fails.
var detect = parsers.Detect

func reason(f parsers.Format, guesses []parsers.Guess) string {
	if guesses == nil {
		return "the user said so"
	}
	why := guesses[0].Score.Why
	if len(guesses) > 1 && guesses[1].Score.Points > 0 {
		why += fmt.Sprintf("; next was %s (%s)", guesses[1].Format, guesses[1].Score.Why)
	}
	return why
}

func (w *worker) progress(member string) {
	n := w.members.Add(1)
	if w.opt.Progress != nil {
		w.opt.Progress(Progress{member, int(n), w.bytes.Load(), time.Since(w.begun)})
	}
}

// A countingReader counts and hashes the bytes of a member.
type countingReader struct {
	src   io.Reader
	n     int64
	hash  *hasher
	total *atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.n += int64(n)
	c.total.Add(int64(n))
	if c.hash != nil {
		c.hash.Write(p[:n])
	}
	return n, err
}

// digest ends the member; ok is false where nobody asked for it.
func (c *countingReader) digest() (d digest, ok bool) {
	if c.hash == nil {
		return digest{}, false
	}
	return c.hash.Sum(), true
}

// rest goes on behind the head, or repeats the error that ended it.
type rest struct {
	src io.Reader
	err error
}

func (r *rest) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	return r.src.Read(p)
}

func kindNames(f parsers.Format) []string {
	names := make([]string, len(f.Kinds))
	for i, k := range f.Kinds {
		names[i] = k.Name
	}
	return names
}

// sourcesByPath returns the sources in the order of their paths, with the
// faults of their members among their problems.
func (g *gatherer) sourcesByPath() []event.Source {
	byPath := map[string]*event.Source{}
	for _, s := range g.sources {
		if s.Section == "" {
			byPath[s.Path] = s
		}
	}
	var loose []bundle.Fault
	for _, f := range g.faults {
		if s := byPath[f.Path]; s != nil {
			s.Problems = append(s.Problems, event.Problem{What: f.WithLines(s.Account.Lines), At: f.At, Times: 1})
		} else {
			loose = append(loose, f)
		}
	}
	g.faults = loose
	out := make([]event.Source, 0, len(g.sources))
	for _, s := range g.sources {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b event.Source) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), strings.Compare(a.Section, b.Section))
	})
	return out
}

func (g *gatherer) skippedByPath() []Skipped {
	slices.SortFunc(g.skipped, func(a, b Skipped) int { return strings.Compare(a.Path, b.Path) })
	return g.skipped
}
