package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"forensic"
	"forensic/event"
	"forensic/timeline"
)

// EventSchema names the form of an event in JSON.
const EventSchema = "forensic.event/v1"

// EventFormats are what a list of events can be written as. An exporter is one
// file.
var EventFormats = []string{"text", "csv", "jsonl", "timesketch", "l2tcsv", "ecs", "otlp", "perfetto", "mermaid"}

// A listing is one form of the list of events.
type listing interface {
	// begin returns what stands before the first event.
	begin(x *shared) []byte
	// append adds one event.
	append(b []byte, e *listed) []byte
}

// An ending is a listing with something behind the last event.
type ending interface{ end(b []byte) []byte }

// A listed event, with what the list knows about it.
type listed struct {
	*event.Event
	source   *forensic.Source
	findings []string
}

// EventOptions are how events are listed.
type EventOptions struct {
	Format string // one of EventFormats
	BOM    bool   // csv: begin with a byte order mark, for spreadsheet programs that ask for it
	Want   Want
	Plain  bool // text: every event a line of its own, repeats too
}

// Events is a forensic.Sink that lists the events of a timeline. The events are
// copied into batches, and formatted and written by a goroutine of its own,
// which ends with Close or Abort. Strings of a replayed event are ordinary ones
// and are not copied; its slices are.
type Events struct {
	w    io.Writer
	opt  EventOptions
	form listing
	list shared

	listed int // events that were wanted

	batch *batch
	full  chan *batch
	free  chan *batch
	done  sync.WaitGroup

	mu  sync.Mutex
	err error
}

// What all events of one list share.
type shared struct {
	opt     EventOptions
	sources map[int]*forensic.Source
	of      func(e *event.Event, to []string) []string
	hosts   []timeline.Clock
	first   int64 // of all events; event.NoTime where there is none
	zone    zone
	begun   bool
}

// A batch is what goes from the replay to the goroutine that writes.
type batch struct {
	events   []event.Event
	attrs    []event.Attr
	findings []string
	marks    []int // for each event: where its findings end
}

const (
	batchSize  = 256
	writeChunk = 64 << 10
)

// NewEvents returns a sink that lists events on w.
func NewEvents(w io.Writer, o EventOptions) (*Events, error) {
	s := &Events{w: w, opt: o}
	if s.form = listingNamed(o.Format); s.form == nil {
		return nil, fmt.Errorf("list events: no format is called %q", o.Format)
	}
	return s, nil
}

func listingNamed(format string) listing {
	switch format {
	case "text":
		return &textLines{}
	case "csv":
		return &csvRows{}
	case "jsonl":
		return &jsonLines{}
	case "timesketch":
		return &timesketch{}
	case "l2tcsv":
		return &l2tCSV{}
	case "ecs":
		return &ecs{}
	case "otlp":
		return &otlp{}
	case "perfetto":
		return &perfetto{}
	case "mermaid":
		return &mermaid{}
	}
	return nil
}

// Begin is called before the first event: r has everything, of names the
// findings that an event belongs to.
func (s *Events) Begin(r *forensic.Result, of func(e *event.Event, to []string) []string) error {
	s.list = shared{opt: s.opt, sources: map[int]*forensic.Source{}, of: of, hosts: r.Hosts, first: r.First, zone: zoneOf(New(r, Options{})), begun: true}
	for i := range r.Sources {
		s.list.sources[r.Sources[i].ID] = &r.Sources[i]
	}
	if err := s.opt.Want.settle(s.list.zone, r.Hosts); err != nil {
		return err
	}
	s.full, s.free = make(chan *batch, 4), make(chan *batch, 8)
	for range cap(s.free) {
		s.free <- &batch{}
	}
	s.batch = <-s.free
	s.done.Go(s.run)
	return nil
}

// Event takes one event, which is good until it returns.
func (s *Events) Event(e *event.Event) error {
	if !s.list.begun {
		return errors.New("list events: the sources are not known yet")
	}
	b := s.batch
	from := len(b.findings)
	if s.list.of != nil && len(e.Hits) > 0 {
		b.findings = s.list.of(e, b.findings)
	}
	src := s.list.sources[e.Where.Source]
	if !s.opt.Want.holds(e, src, b.findings[from:]) {
		b.findings = b.findings[:from]
		return nil
	}
	at := len(b.attrs)
	b.attrs = append(b.attrs, e.Attrs...)
	b.events = append(b.events, *e)
	kept := &b.events[len(b.events)-1]
	kept.Attrs, kept.Hits, kept.Marks, kept.Page, kept.Rest = b.attrs[at:len(b.attrs):len(b.attrs)], nil, nil, nil, nil
	b.marks = append(b.marks, len(b.findings))
	s.listed++
	if len(b.events) < batchSize {
		return nil
	}
	return s.hand()
}

// Listed returns how many events were wanted.
func (s *Events) Listed() int { return s.listed }

// hand gives the batch to the goroutine that writes.
func (s *Events) hand() error {
	s.full <- s.batch
	s.batch = <-s.free
	return s.failed()
}

func (s *Events) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *Events) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

// run formats and writes batches until there are no more.
func (s *Events) run() {
	buf := s.form.begin(&s.list)
	var one listed // used again and again
	flush := func() {
		if s.failed() == nil && len(buf) > 0 {
			if _, err := s.w.Write(buf); err != nil {
				s.fail(err)
			}
		}
		buf = buf[:0]
	}
	for b := range s.full {
		from := 0
		for i := range b.events {
			e := &b.events[i]
			src := s.list.sources[e.Where.Source]
			one = listed{e, src, b.findings[from:b.marks[i]]}
			buf = s.form.append(buf, &one)
			from = b.marks[i]
			if len(buf) >= writeChunk {
				flush()
			}
		}
		b.events, b.attrs, b.findings, b.marks = b.events[:0], b.attrs[:0], b.findings[:0], b.marks[:0]
		s.free <- b
	}
	if e, ok := s.form.(ending); ok {
		buf = e.end(buf)
	}
	flush()
}

// Close writes the rest.
func (s *Events) Close(*forensic.Result) error {
	if s.full == nil {
		return nil
	}
	s.full <- s.batch
	s.stop()
	return s.failed()
}

// Abort ends the goroutine where Close was not reached.
func (s *Events) Abort() {
	if s.full != nil {
		s.fail(errors.New("list events: given up"))
		s.stop()
	}
}

func (s *Events) stop() {
	close(s.full)
	s.done.Wait()
	s.full = nil
}

// sortedAttrs appends the attributes in the order of their names, each name
// once: the first value counts.
func sortedAttrs(to, attrs []event.Attr) []event.Attr {
	for _, a := range attrs {
		i := len(to)
		for i > 0 && to[i-1].Name > a.Name {
			i--
		}
		if i > 0 && to[i-1].Name == a.Name {
			continue
		}
		to = slices.Insert(to, i, a)
	}
	return to
}
