package forensic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"forensic/bundle"
	"forensic/correlate"
	"forensic/event"
	"forensic/parsers"
	"forensic/timeline"
)

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
