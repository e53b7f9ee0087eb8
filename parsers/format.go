// Package parsers owns the formats: one file each, and the registry, detection
// and record scanner that they share. It reads the bytes of one member from an
// Input and quotes what they say as events to an Emit; it decides no year, no
// zone and no host (package timeline does), and looks for no pattern (package
// correlate does).
//
// A new format is one file with one call of add and a folder of fixtures.
package parsers

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"forensic/event"
)

// A Format is one kind of file and how to read it. It is the only thing a
// newcomer must know.
type Format struct {
	Name  string       // unique; also its fixture folder
	Doc   string       // first sentence is the title shown by "forensic formats"
	Files []string     // base-name globs: a hint and a tie-break, never decisive
	Named float64      // what a fitting name adds to the score, against formats that take nearly anything
	Kinds []event.Kind // everything it may emit

	Lines *Lines // text made of records: set this alone

	// Around, beside Lines, reads a member with an Emit of its own, for events
	// that many records tell or a part of one; nil Lines stand for its own.
	Around func(in *Input, emit Emit, read func(*Lines, Emit) error) error

	Sniff func(head []byte) Score // anything else: set these two; beside Lines, where their share says too little
	Parse func(ctx context.Context, in *Input, emit Emit) error

	Binary bool // it reads bytes: Sniff gets the head as it is, not as text
}

// Lines describes records that start with a recognisable line; what follows
// belongs to the record.
type Lines struct {
	// Head tells whether line begins a record, and if so sets Stamp, Level,
	// Component, and what follows them as Text; nothing else.
	Head func(line string, e *event.Event) bool

	// Decode sets Kind, attributes, Count and the final Text. It may read
	// e.Raw, and is called only when somebody must know.
	Decode func(e *event.Event)

	// Learn, where set, returns the Lines for one member from its first text:
	// for a layout that can only be told from many lines, or for records that
	// speak of earlier ones, whose Lines remember. Nil: this is no such text.
	Learn func(sample string) *Lines

	// Whole, where set, sees each record once, in order, when all its lines are
	// known and before it is emitted: it may set Stamp, Level, Component and Text
	// from lines behind the first, or from records before it. It runs on every
	// record and must be as cheap as Head.
	Whole func(e *event.Event)

	// After, where set, sees each record once, in order, after it was emitted
	// and before the next one is: what it remembers, Decode may use.
	After func(e *event.Event)

	// Joins, where set, tells from component and text whether a record may be
	// of a kind that joins, so that the others need not be decoded to know.
	Joins func(component, text string) bool

	// Assumed, where set, says when all is read what was taken for granted that
	// nothing in the text tells; "" where nothing was.
	Assumed func() string

	// Share is how much a text that fits completely is worth against other
	// formats: 1 by default, less for those that accept nearly anything.
	Share float64

	// Body says that a record's further lines may look like anything, so that
	// none of them speaks against the format: for heads that nothing else has.
	Body bool

	// More, where set, tells lines that say more of the record before them though
	// they look like none of the usual continuations.
	More func(line string) bool

	// Single says that a record is one line: what Head refuses is no
	// continuation but an unparsed line.
	Single bool
}

// A Score says how sure a format is of a text, from 0 to 1, and why.
type Score struct {
	Points float64
	Why    string
}

// A Guess is what one format said about a member.
type Guess struct {
	Format string
	Score  Score
}

// Emit takes one event; the event is borrowed until it returns.
type Emit func(e *event.Event) error

// Filter finds the rules' literals in a block of whole lines.
type Filter func(block string, to []event.Mark) []event.Mark

// An Input is what a format reads.
type Input struct {
	Path     string
	Modified time.Time
	Source   int
	io.Reader
	Filter Filter // nil: no marks

	// Begin registers a section of this member as a source of its own, read by
	// format f, and returns what to read it with. Nil where nobody asks:
	// sections are then read as part of the member.
	Begin func(f Format, s event.Source) (source int, filter Filter, emit Emit)

	// Account is what has been claimed, and Problems what was odd; they are the
	// caller's to read when Parse has returned.
	Account  event.Account
	Problems []event.Problem
	Assumed  []string       // what was taken for granted
	Traffic  *event.Traffic // of a capture

	// Taken is when a snapshot was taken, where the transcript around it says so.
	Taken event.Stamp

	// Dated says that what carries this text dates every line of it: one that
	// begins no record, and goes on with none, is a record all the same.
	Dated bool

	// Line and Offset are where this input begins in its member: both 0 but for
	// a section.
	Line   int
	Offset int64

	// Stopped says that the reader panicked, and Behind how many lines were not
	// accounted for by then; Read sets them.
	Stopped bool
	Behind  int

	// Ahead says that Reader may be read in another goroutine, ahead of what is
	// parsed; Read has waited for it when it returns.
	Ahead bool

	behind  func() (lines int, err error) // set by what reads: counts those lines
	release func()                        // set by what reads ahead: stops it
}

// maxProblems is how many different problems of one source are kept.
const maxProblems = 100

// Problem notes something odd: what it is, and where it was first seen. Equal
// problems are counted, not repeated.
func (in *Input) Problem(what, at string) {
	for i := range in.Problems {
		if in.Problems[i].What == what {
			in.Problems[i].Times++
			return
		}
	}
	if len(in.Problems) == maxProblems {
		what, at = "more kinds of problems than are listed", ""
		if last := &in.Problems[maxProblems-1]; last.What == what {
			last.Times++
			return
		}
		in.Problems = in.Problems[:maxProblems-1]
	}
	in.Problems = append(in.Problems, event.Problem{What: what, At: at, Times: 1})
}

var formats []Format

// add registers a format; a file that calls it is in the program. It returns
// nothing worth keeping: assign it to the blank identifier.
func add(f Format) bool {
	if f.Name == "" || f.Lines == nil && (f.Parse == nil || f.Sniff == nil) {
		panic("parsers: format " + f.Name + " needs a name and either Lines, or Sniff and Parse")
	}
	if slices.ContainsFunc(formats, func(g Format) bool { return g.Name == f.Name }) {
		panic("parsers: format " + f.Name + " stands twice")
	}
	if f.Lines != nil {
		lines, around := f.Lines, f.Around
		if f.Sniff == nil {
			f.Sniff = func(head []byte) Score { return sniffLines(lines, head) }
		}
		f.Parse = func(ctx context.Context, in *Input, emit Emit) error {
			if around == nil {
				return scan(ctx, lines, in, emit)
			}
			return around(in, emit, func(l *Lines, emit Emit) error { return scan(ctx, cmp.Or(l, lines), in, emit) })
		}
	}
	formats = append(formats, f)
	return true
}

// All returns every format, sorted by name.
func All() []Format {
	return slices.SortedFunc(slices.Values(formats), func(a, b Format) int { return strings.Compare(a.Name, b.Name) })
}

// Named returns the format of that name.
func Named(name string) (Format, error) {
	for _, f := range formats {
		if f.Name == name {
			return f, nil
		}
	}
	var near []string
	for _, f := range All() {
		if strings.Contains(f.Name, name) || strings.Contains(name, f.Name) {
			near = append(near, f.Name)
		}
	}
	if len(near) > 0 {
		return Format{}, fmt.Errorf("no format is called %q; there is %s", name, strings.Join(near, ", "))
	}
	return Format{}, fmt.Errorf(`no format is called %q; "forensic formats list" names them`, name)
}

// Kinds returns every declared kind once, sorted by name.
func Kinds() []event.Kind {
	var all []event.Kind
	for _, f := range formats {
		all = append(all, f.Kinds...)
	}
	slices.SortStableFunc(all, func(a, b event.Kind) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(all, func(a, b event.Kind) bool { return a.Name == b.Name })
}
