package report

import (
	"bytes"
	"strconv"
	"strings"

	"forensic/event"
	"forensic/timeline"
)

// textLines lists events for people: when, which finding, how loud, which host,
// where it stands, what it says. Each host has a column of its own, as far as
// there is room, so that the eye follows one of them. Events that follow each
// other and differ in numbers only are one line, with how many there are and
// when the last was.
type textLines struct {
	zone    zone
	plain   bool
	attrs   []event.Attr
	columns []column
	wide    int // of all columns

	line     []byte // of the first of a run, not yet written
	run      key
	times    int
	last     Moment
	repeated bool // the run has more than one event
	differ   bool // in numbers
}

// A column is where the name of a host stands.
type column struct {
	host     string
	at, wide int
}

// A key is what the events of a run share, but for numbers in the texts.
type key struct {
	source                      int
	level                       event.Level
	host, kind, component, text string
	class, message, finding     string
	zoneKnown                   bool
}

// hostRoom is how wide the columns of all hosts may be; with more hosts they
// share one.
const hostRoom = 48

func (t *textLines) begin(x *shared) []byte {
	t.zone, t.plain = x.zone, x.opt.Plain
	t.lay(x.hosts)
	name := x.zone.name
	if name == "" {
		name = "zone unknown, as written"
	}
	return append(AppendVisible([]byte("# times: "), name), '\n')
}

// lay gives each host its column.
func (t *textLines) lay(hosts []timeline.Clock) {
	t.wide = 9
	at := 0
	var columns []column
	for i := range hosts {
		if hosts[i].Host == "" {
			continue
		}
		w := width(Visible(hosts[i].Host)) + 1
		columns = append(columns, column{hosts[i].Host, at, w})
		at += w
	}
	if len(columns) > 1 && at <= hostRoom {
		t.columns, t.wide = columns, at+1
	}
}

func (t *textLines) append(b []byte, e *listed) []byte {
	finding := ""
	if len(e.findings) == 1 {
		finding = e.findings[0]
	} else if len(e.findings) > 1 {
		finding = strings.Join(e.findings, ",")
	}
	k := key{e.Where.Source, e.Level, e.Host, e.Kind, e.Component, e.Text, e.Trace.Class, e.Trace.Message, finding, e.ZoneKnown}
	n := e.Count.Or1().Best
	at := Moment{e.At, e.Stamp.Step, e.At != event.NoTime, e.ZoneKnown}
	if len(t.line) > 0 && !t.plain && at.Known && t.last.Known && t.run.goesOnWith(&k) {
		t.differ = t.differ || t.run.text != k.text || t.run.message != k.message
		t.times, t.last, t.repeated = t.times+n, at, true
		return b
	}
	b = t.end(b)
	t.run, t.times, t.last, t.repeated, t.differ = k, n, at, false, false
	t.line = t.record(t.line[:0], e, at, finding)
	return b
}

// goesOnWith tells whether an event is a repeat of the run.
func (k *key) goesOnWith(l *key) bool {
	return k.source == l.source && k.level == l.level && k.host == l.host && k.kind == l.kind && k.component == l.component &&
		k.class == l.class && k.finding == l.finding && k.zoneKnown == l.zoneKnown && k.text != "" &&
		alike(k.text, l.text) && alike(k.message, l.message)
}

// alike tells whether two texts are the same but for the numbers in them.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if digit(a[i]) && digit(b[j]) {
			for i < len(a) && digit(a[i]) {
				i++
			}
			for j < len(b) && digit(b[j]) {
				j++
			}
			continue
		}
		if a[i] != b[j] {
			return false
		}
		i, j = i+1, j+1
	}
	return i == len(a) && j == len(b)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// end writes the run at hand.
func (t *textLines) end(b []byte) []byte {
	if len(t.line) == 0 {
		return b
	}
	b = append(b, t.line...)
	t.line = t.line[:0]
	if t.times > 1 {
		b = append(b, " ×"...)
		b = strconv.AppendInt(b, int64(t.times), 10)
	}
	if t.repeated {
		b = append(b, " to "...)
		b = t.zone.appendCivil(b, t.last)
	}
	if t.differ {
		b = append(b, ", with other numbers"...)
	}
	return append(b, '\n')
}

// record writes the line of an event, but for how often.
func (t *textLines) record(b []byte, e *listed, at Moment, finding string) []byte {
	begin := len(b)
	if !at.Known {
		b = append(b, "no time"...)
	} else {
		b = t.zone.appendCivil(b, at)
	}
	when := len(b) - begin
	mark := byte(' ')
	if at.Known && !e.ZoneKnown && t.zone.name != "" {
		mark = '?'
	}
	b = append(b, mark)
	b = blanks(b, 27-when)
	b = append(b, finding...)
	b = blanks(b, 4-len(finding))
	level := e.Level.String()
	b = append(b, level...)
	b = blanks(b, 9-len(level))
	b = t.host(b, e.Host)
	if e.source != nil {
		b = AppendVisible(b, e.source.Path)
	}
	if e.Where.First > 0 {
		b = append(b, ':')
		b = strconv.AppendInt(b, int64(e.Where.First), 10)
	}
	b = append(b, "  "...)
	if e.Component != "" {
		b = AppendVisible(b, e.Component)
		b = append(b, ": "...)
	}
	return bytes.TrimRight(t.message(b, e), " ")
}

// host writes the name of a host in its column.
func (t *textLines) host(b []byte, host string) []byte {
	from := len(b)
	for i := range t.columns {
		if c := &t.columns[i]; c.host == host {
			b = blanks(b, c.at)
			b = AppendVisible(b, host)
			return blanks(b, t.wide-c.at-c.wide+1)
		}
	}
	b = AppendVisible(b, host)
	b = blanks(b, t.wide-1-(len(b)-from))
	return append(b, ' ')
}

// message is the text, or where there is none the kind with its attributes.
func (t *textLines) message(b []byte, e *listed) []byte {
	if e.Text != "" {
		b = AppendVisible(b, e.Text)
	} else {
		b = append(b, e.Kind...)
		t.attrs = sortedAttrs(t.attrs[:0], e.Attrs)
		for i := range t.attrs {
			b = append(b, ' ')
			b = AppendVisible(b, t.attrs[i].Name)
			b = append(b, '=')
			b = AppendVisible(b, t.attrs[i].Value)
		}
	}
	if e.Trace.Class != "" {
		b = append(b, " ["...)
		b = AppendVisible(b, e.Trace.Class)
		if e.Trace.Message != "" {
			b = append(b, ": "...)
			b = AppendVisible(b, e.Trace.Message)
		}
		b = append(b, ']')
	}
	return b
}

func blanks(b []byte, n int) []byte {
	for range n {
		b = append(b, ' ')
	}
	return b
}
