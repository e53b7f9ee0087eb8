package report

import (
	"slices"
	"strings"

	"forensic"
	"forensic/event"
)

// Kept is a forensic.Sink that remembers the events of the timeline for the
// page that shows them: those that tell of a finding or are loud, and of the
// others as many as there is room for. Where there are too many, every second
// one goes, again and again, so that what stays lies evenly over the time.
type Kept struct {
	Loud, Quiet thinned
	Untimed     int // events whose time nobody knows, which stand on no timeline

	of  func(e *event.Event, to []string) []string
	ids []string
}

// NewKept returns an empty one.
func NewKept() *Kept {
	return &Kept{Loud: thinned{Most: htmlMarks * 7 / 10}, Quiet: thinned{Most: htmlMarks * 3 / 10}}
}

// A keptEvent is what the page shows of one event.
type keptEvent struct {
	At       int64
	Source   int
	Line     int
	Level    event.Level
	Text     string   // the beginning of its message
	Findings []string // ids
}

// keptText bounds what is shown of a message.
const keptText = 240

// A thinned list holds at most Most events, evenly drawn from those it was given.
type thinned struct {
	Most, Seen int
	Events     []keptEvent
	stride     int
}

// Begin is called before the first event.
func (k *Kept) Begin(_ *forensic.Result, of func(*event.Event, []string) []string) error {
	k.of = of
	return nil
}

// Event takes one event, which is good until it returns.
func (k *Kept) Event(e *event.Event) error {
	if e.At == event.NoTime {
		k.Untimed++
		return nil
	}
	k.ids = k.ids[:0]
	if k.of != nil && len(e.Hits) > 0 {
		k.ids = k.of(e, k.ids)
	}
	list := &k.Quiet
	if len(k.ids) > 0 || e.Level >= event.Warning {
		list = &k.Loud
	}
	if !list.next() {
		return nil
	}
	list.Events = append(list.Events, keptEvent{e.At, e.Where.Source, e.Where.First, e.Level, beginning(e), slices.Clone(k.ids)})
	return nil
}

// beginning is the beginning of an event's message, or where it has none what
// was read from it.
func beginning(e *event.Event) string {
	text := e.Text
	if text == "" {
		var b strings.Builder
		b.WriteString(e.Kind)
		for i := 0; i < len(e.Attrs) && b.Len() < keptText; i++ {
			b.WriteString(" " + e.Attrs[i].Name + "=" + e.Attrs[i].Value)
		}
		text = b.String()
	}
	if len(text) > keptText {
		text = text[:cutAt(text, keptText)] + "…"
	}
	return strings.Clone(text)
}

// Close has nothing to do.
func (k *Kept) Close(*forensic.Result) error { return nil }

// next counts an event, and tells whether it stays.
func (l *thinned) next() bool {
	l.stride = max(l.stride, 1)
	n := l.Seen
	l.Seen++
	if n%l.stride != 0 {
		return false
	}
	if len(l.Events) < l.Most {
		return true
	}
	l.halve()
	return n%l.stride == 0
}

// halve lets every second event go.
func (l *thinned) halve() {
	n := 0
	for i := 0; i < len(l.Events); i += 2 {
		l.Events[n] = l.Events[i]
		n++
	}
	clear(l.Events[n:])
	l.Events, l.stride = l.Events[:n], max(l.stride, 1)*2
}

// all returns both lists as one, in the order of time, and how many events with
// times are not in it.
func (k *Kept) all() ([]keptEvent, int) {
	if k == nil {
		return nil, 0
	}
	a, b := k.Loud.Events, k.Quiet.Events
	out := make([]keptEvent, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if b[0].At < a[0].At {
			out, b = append(out, b[0]), b[1:]
		} else {
			out, a = append(out, a[0]), a[1:]
		}
	}
	out = append(append(out, a...), b...)
	return out, k.Loud.Seen + k.Quiet.Seen - len(out)
}

// cutAt is the last place not behind most where a character begins.
func cutAt(s string, most int) int {
	for most > 0 && s[most]&0xc0 == 0x80 {
		most--
	}
	return most
}
