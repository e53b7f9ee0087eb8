// Package event holds the words every other package speaks: an Event and what
// it is made of. It owns no behaviour beyond its own values, imports nothing of
// ours, and decides nothing: parsers quote into these types, package timeline
// settles when and where, package correlate draws conclusions.
package event

import (
	"math"
	"strings"
)

// NoTime is the At of an event whose time nobody knows. Such events are ordered
// last and lie in no window.
const NoTime int64 = math.MaxInt64

// An Event is one thing that happened, as one source told it.
//
// While a source is parsed its Event is borrowed: the struct is reused and its
// strings lie in the reader's buffer, so both are good until emit returns.
// Whoever keeps one calls Clone.
type Event struct {
	Kind      string // "zookeeper.accepted", declared by a Format; with Attrs, Count and the final Text it comes with Decode
	Level     Level  // how loud the source said it was
	Component string // logger, program or tag, as written
	Text      string // first line of the message, bounded
	Of        string // the message this line stands for, where it stands for another ("last message repeated")
	Rewritten bool   // Text is not a piece of the source's bytes (unescaped, joined, decoded)
	Worded    bool   // Text is a sentence of ours about what was read (captures): only selections that name its kind look at it
	Attrs     Attrs  // values as written
	Trace     Trace  // the stack trace the record carried; an empty Class means none
	Count     Times  // how many occurrences it stands for; the zero value means one
	Stamp     Stamp  // when, in the source's own words
	Where     Span   // the lines or packets it was read from
	Raw       string // the record as written, all its lines, bounded

	Page *Page // the lines Raw was cut from; nil where there are none (captures)
	From int   // where in Page.Text Raw begins
	Lead int   // where in Page.Text the third line before it begins

	Marks []Mark       // literals of rules that begin in Raw; they mean something to their Selector only
	Hits  []Hit        // written by package correlate at gather, carried unread by package timeline
	Rest  func(*Event) // set by the record scanner, used up by Decode
	Bare  bool         // set by the record scanner: Decode will find no stack trace

	Host      string // written by package timeline and nobody else, as are At and ZoneKnown
	At        int64  // nanoseconds since 1970 UTC, or NoTime
	ZoneKnown bool   // At rests on a zone that is known; else it is what was written, as if that were UTC
}

// Decode fills in kind, attributes, count and final text, once. It does nothing
// to an event that came complete.
func (e *Event) Decode() {
	if rest := e.Rest; rest != nil {
		e.Rest = nil
		rest(e)
	}
}

// Set appends an attribute. Empty values are not attributes.
func (e *Event) Set(name, value string) {
	if value != "" {
		e.Attrs = append(e.Attrs, Attr{name, value})
	}
}

// Clone returns a decoded copy that borrows nothing, for whoever keeps it.
func (e *Event) Clone() *Event {
	e.Decode()
	c := *e
	c.Component = strings.Clone(e.Component)
	c.Text, c.Of, c.Raw = strings.Clone(e.Text), strings.Clone(e.Of), strings.Clone(e.Raw)
	c.Host, c.Stamp.Text = strings.Clone(e.Host), strings.Clone(e.Stamp.Text)
	c.Attrs = e.Attrs.Clone()
	c.Trace = e.Trace.Clone()
	c.Hits = make([]Hit, len(e.Hits))
	for i, h := range e.Hits {
		c.Hits[i] = Hit{h.Selection, h.Groups.Clone()}
	}
	c.Page, c.From, c.Lead, c.Marks, c.Rest, c.Bare = nil, 0, 0, nil, nil, false
	return &c
}

// Reset empties e for the next record and keeps its storage.
func (e *Event) Reset() {
	*e = Event{Attrs: e.Attrs[:0], Marks: e.Marks[:0], Hits: e.Hits[:0]}
}

// Times is a number of occurrences. Low is certain from the text alone, Best is
// the estimate, High the upper bound, or -1 where nothing bounds it. The zero
// value means one.
type Times struct{ Low, Best, High int }

// Or1 returns t, with the zero value spelt out as one of each.
func (t Times) Or1() Times {
	if t == (Times{}) {
		return Times{1, 1, 1}
	}
	return t
}

// Plus adds two numbers of occurrences; Low, Best and High add up apart.
func (t Times) Plus(u Times) Times {
	high := -1
	if t.High >= 0 && u.High >= 0 {
		high = t.High + u.High
	}
	return Times{t.Low + u.Low, t.Best + u.Best, high}
}

// A Page is the text a record was cut from, whole lines, and the member's
// offset of its first byte.
type Page struct {
	Text   string
	Offset int64
}

// A Mark says that a literal of a rule begins at At in the page.
type Mark struct{ At, Literal int32 }

// A Hit says which selection of which rule an event answers, with the values of
// the pattern's named groups, if it has any.
type Hit struct {
	Selection uint16
	Groups    Attrs
}

// A Kind declares one sort of event a format may emit.
type Kind struct {
	Name, Doc string
	Attrs     []string // every attribute it may carry
	Joins     bool     // kept for clocks and joins although no rule asked for it
	Again     []string // literals of records that stand for earlier ones; always in the filter

	// Literals are texts of which one, letters as they are, stands in every
	// record of this kind, or in the message it stands for: who asks for the
	// kind alone need not look at the others. None: nothing is known.
	Literals []string
}

// A Span points at the evidence: lines or packets counted from 1, and the
// member's own bytes.
type Span struct {
	Source      int
	First, Last int
	Offset      int64
	Length      int
}

// A Trace is a stack trace that a record carried.
type Trace struct {
	Language    string // "java", "python", "go", "node", "dotnet", "php"
	Class       string // what was thrown, or what reached the top
	Message     string
	Root        string // the first cause; equals Class where there is only one
	RootMessage string
	Top         string // the innermost frame, as written
	Frames      int
}

// Clone returns a copy that borrows nothing.
func (t Trace) Clone() Trace {
	return Trace{
		strings.Clone(t.Language), strings.Clone(t.Class), strings.Clone(t.Message),
		strings.Clone(t.Root), strings.Clone(t.RootMessage), strings.Clone(t.Top), t.Frames,
	}
}
