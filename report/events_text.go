package report

import (
	"strconv"
	"strings"

	"forensic/event"
)

// textLines lists events for people: when, which finding, how loud, which host,
// where it stands, what it says. One line an event, whatever its length.
type textLines struct {
	zone  zone
	attrs []event.Attr
	where []byte
	hostW int
}

func (t *textLines) begin(x *shared) []byte {
	t.zone = x.zone
	name := x.zone.name
	if name == "" {
		name = "zone unknown, as written"
	}
	return append(AppendVisible([]byte("# times: "), name), '\n')
}

func (t *textLines) append(b []byte, e *listed) []byte {
	begin := len(b)
	if e.At == event.NoTime {
		b = append(b, "no time"...)
	} else {
		b = t.zone.appendCivil(b, Moment{e.At, e.Stamp.Step, true, e.ZoneKnown})
	}
	when := len(b) - begin
	mark := byte(' ')
	if e.At != event.NoTime && !e.ZoneKnown && t.zone.name != "" {
		mark = '?'
	}
	b = append(b, mark)
	b = blanks(b, 27-when)
	finding := strings.Join(e.findings, ",")
	b = append(b, finding...)
	b = blanks(b, 4-len(finding))
	level := e.Level.String()
	b = append(b, level...)
	b = blanks(b, 9-len(level))
	from := len(b)
	b = AppendVisible(b, e.Host)
	b = blanks(b, 8-(len(b)-from))
	b = append(b, ' ')
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
	b = t.message(b, e)
	return append(b, '\n')
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
	if n := e.Count.Or1().Best; n > 1 {
		b = append(b, " ×"...)
		b = strconv.AppendInt(b, int64(n), 10)
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
