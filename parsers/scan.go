package parsers

import (
	"context"
	"fmt"
	"strings"

	"forensic/event"
	"forensic/parsers/trace"
)

const (
	maxRecord   = 1 << 20  // what one record may hold,
	maxLines    = 1000     // and in how many lines
	maxText     = 64 << 10 // what a pattern sees of a message
	aroundLines = 3        // lines kept before and behind a record
)

// A scanner cuts a member into records and lends them to emit as strings that
// lie in its buffer.
//
// A record is emitted when its successor's first line is known and three whole
// lines behind it are in the buffer, or the member ended. Where the buffer does
// not reach that far, everything from three lines before the open record moves
// to the front, more is read, and that record is cut again from its first line.
// So no record is torn, and nothing borrowed outlives a refill.
type scanner struct {
	block
	ctx   context.Context
	in    *Input
	lines *Lines
	emit  Emit
	rest  func(*event.Event)

	at     place            // the line to look at
	before [aroundLines]int // where the last lines before it begin, oldest first

	open  *event.Event // the record being read; nil before the first
	start place        // where it begins,
	lead  int          // and the third line before it

	events [2]event.Event // one open, one being tried
	trial  *event.Event
}

// A place in a member: where in the buffer, behind how many lines, and at which
// of the member's own bytes.
type place struct {
	pos, line int
	raw       int64
}

// scan reads one member as records.
func scan(ctx context.Context, lines *Lines, in *Input, emit Emit) error {
	s := &scanner{ctx: ctx, in: in, lines: lines, emit: emit}
	s.trial, s.rest = &s.events[0], s.decode
	in.behind = s.behind
	mark := s.block.begin(in)
	in.Account.Bytes, in.Account.Claimed = mark, mark
	s.at = place{line: in.Line, raw: in.Offset + mark}
	if lines.Learn != nil {
		sample := s.text[:min(len(s.text), HeadSize)]
		if l := lines.Learn(strings.Clone(sample)); l != nil {
			s.lines = l
		}
	}
	err := s.records()
	in.end()
	if s.lines.Assumed != nil {
		if what := s.lines.Assumed(); what != "" {
			in.Assumed = append(in.Assumed, what)
		}
	}
	s.half(in)
	if err == nil {
		err = s.fault
	}
	return err
}

// records is the loop over lines.
func (s *scanner) records() error {
	for {
		line, end, ok := s.line(s.at.pos)
		if !ok {
			if s.eof && s.at.pos >= len(s.text) {
				return s.close()
			}
			if s.quiet && s.open != nil {
				// Nothing came for a while: what is there is told as it is.
				if err := s.close(); err != nil {
					return err
				}
				s.quiet = false
				continue
			}
			if err := s.more(); err != nil {
				return err
			}
			continue
		}
		begins := false
		if line != "" {
			s.trial.Reset()
			begins = s.lines.Head(line, s.trial)
			if !begins && s.in.Dated && (s.open == nil || s.lines.Single) {
				*s.trial = event.Event{Kind: event.LogMessage.Name, Text: line}
				begins = true
			}
		}
		full := s.open != nil && (s.at.line-s.start.line >= maxLines || end-s.start.pos > maxRecord)
		if s.open != nil && (begins || full || s.lines.Single) {
			if s.at.pos > s.safe {
				if err := s.more(); err != nil {
					return err
				}
				continue
			}
			if full && !begins {
				s.in.Problem("record is longer than 1000 lines or 1 MiB; its rest is kept as records of their own", fmt.Sprintf("line %d", s.start.line+1))
				*s.trial = event.Event{Stamp: s.open.Stamp, Level: s.open.Level, Component: s.open.Component, Text: line}
				begins = true
			}
			if err := s.close(); err != nil {
				return err
			}
		}
		s.step(end, begins)
	}
}

// step goes behind the line at s.at, which ends at end.
func (s *scanner) step(end int, begins bool) {
	size := s.size(s.at.pos, end)
	switch {
	case begins:
		s.open, s.start, s.lead = s.trial, s.at, s.before[0]
		s.trial = s.other(s.trial)
	case s.open == nil:
		s.in.Account.Bytes += size
		s.in.Account.Unparsed += size
		s.in.Account.Lines++
		s.in.Account.UnparsedLines++
	}
	s.before[0], s.before[1], s.before[2] = s.before[1], s.before[2], s.at.pos
	s.at = place{end, s.at.line + 1, s.at.raw + size}
}

func (s *scanner) other(e *event.Event) *event.Event {
	if e == &s.events[0] {
		return &s.events[1]
	}
	return &s.events[0]
}

// more reads another block, behind what is still wanted: the open record, or
// else the line at s.at, and three lines before it. An open record is given
// back, to be cut again.
func (s *scanner) more() error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	keep := s.before[0]
	if s.open != nil {
		s.at, keep = s.start, s.lead
		s.trial, s.open = s.open, nil
	}
	keep = min(keep, s.at.pos)
	s.at.pos -= keep
	if cut := s.refill(keep); cut > 0 {
		s.in.Problem(lineCut, fmt.Sprintf("line %d", s.at.line+1+s.cutLine(s.at.pos)))
	}
	p := s.at.pos
	for i := aroundLines - 1; i >= 0; i-- {
		if p > 0 {
			p = strings.LastIndexByte(s.text[:p-1], '\n') + 1
		}
		s.before[i] = p
	}
	return nil
}

// close emits the open record, which ends at s.at.
func (s *scanner) close() error {
	e := s.open
	if e == nil {
		return nil
	}
	s.trial = s.other(e) // it may hold the next head already
	size := s.at.raw - s.start.raw
	whole := size
	raw := s.text[s.start.pos:s.at.pos]
	for n := len(raw); n > 0 && (raw[n-1] == '\n' || raw[n-1] == '\r'); n-- {
		raw = raw[:n-1]
	}
	last := s.at.line
	if s.start.pos+len(raw)+1 < s.at.pos {
		// Blank lines behind a record are accounted with it and no part of it.
		blank := strings.Count(s.text[s.start.pos+len(raw):s.at.pos], "\n") - 1
		end := s.start.pos + len(raw) + strings.IndexByte(s.text[s.start.pos+len(raw):], '\n') + 1
		last, size = last-max(blank, 0), s.size(s.start.pos, end)
	}
	e.Raw = raw
	e.Where = event.Span{Source: s.in.Source, First: s.start.line + 1, Last: last, Offset: s.start.raw, Length: int(size)}
	e.Page, e.From, e.Lead = &s.page, s.start.pos, s.lead
	e.Marks = s.marksIn(s.start.pos, s.at.pos)
	if s.lines.Whole != nil {
		s.lines.Whole(e)
	}
	if len(e.Text) > maxText {
		e.Text = e.Text[:maxText]
	}
	if !s.clean {
		if t := decodeText(e.Text); t != e.Text {
			e.Text, e.Rewritten = t, true
		}
		e.Component = decodeText(e.Component)
	}
	e.Rest = s.rest
	e.Bare = e.Level >= event.Error && !s.traced(e)
	if err := s.emit(e); err != nil {
		return err
	}
	// Claimed last: of a reader that stops in here, the record is unparsed.
	a := &s.in.Account
	a.Bytes += whole
	a.Claimed += whole
	a.Lines += s.at.line - s.start.line
	a.Events++
	s.open = nil
	if s.lines.After != nil {
		s.lines.After(e)
	}
	return nil
}

// traced tells whether a record may carry a stack trace. It is asked of the
// loud ones before they are decoded, since rules ask for what was thrown there.
func (s *scanner) traced(e *event.Event) bool {
	return e.Where.Last > e.Where.First || trace.Flattened(e.Raw)
}

// decode is what an emitted record leaves for whoever must know more.
func (s *scanner) decode(e *event.Event) {
	if s.traced(e) {
		e.Trace, _ = trace.Find(decodeText(e.Raw))
	}
	if e.Kind == "" {
		s.lines.Decode(e)
	}
}

// A block is the scanner's buffer: whole lines, with the rules' literals found
// in them.
type block struct {
	feed  feed
	chunk *chunk // whose memory text lies in
	enc   encoding
	eof   bool
	quiet bool  // nothing more came of a live member for a while
	fault error // what ended the reading, where it was not the end

	text  string // whole lines
	clean bool   // text is UTF-8
	safe  int    // a record that ends here or before has three lines behind it
	cuts  []cut  // overlong lines in text
	page  event.Page
	marks []event.Mark
	next  int // the first mark that no record has taken
}

// A cut is where bytes of an overlong line were left out, and how many.
type cut struct {
	pos  int
	size int64
}

// marksIn returns the marks in a record; records come in order.
func (b *block) marksIn(from, to int) []event.Mark {
	for b.next < len(b.marks) && int(b.marks[b.next].At) < from {
		b.next++
	}
	end := b.next
	for end < len(b.marks) && int(b.marks[end].At) < to {
		end++
	}
	m := b.marks[b.next:end:end]
	b.next = end
	return m
}
