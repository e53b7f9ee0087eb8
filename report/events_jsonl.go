package report

import (
	"encoding/base64"
	"strconv"
	"time"
	"unicode/utf8"

	"forensic/event"
	"forensic/timeline"
)

// jsonLines lists events as JSON, one object a line, in the order of fields of
// the contract.
type jsonLines struct{ attrs []event.Attr }

func (*jsonLines) begin(*shared) []byte { return nil }

func (j *jsonLines) append(b []byte, e *listed) []byte {
	b = append(b, `{"schema": "`+EventSchema+`"`...)
	b = j.fields(b, e)
	b = stringField(b, "message", e.Text)
	return append(j.rest(b, e), '}', '\n')
}

// fields are those up to the message.
func (j *jsonLines) fields(b []byte, e *listed) []byte {
	b = field(b, "time")
	if e.At == event.NoTime {
		b = append(b, "null"...)
	} else {
		b = append(b, '"')
		b = timeline.AppendFormat(b, e.At, e.Stamp.Step)
		b = append(b, '"')
	}
	if e.Stamp.Step > 0 {
		b = stringField(b, "step", stepText(e.Stamp.Step))
	}
	b = stringField(b, "host", e.Host)
	packets := false
	if s := e.source; s != nil {
		b = field(b, "source")
		b = appendJSON(b, s.Path)
		packets = s.Unit == "packet"
	}
	if e.Where.First > 0 {
		first, last := "line", "last_line"
		if packets {
			first, last = "packet", "last_packet"
		}
		b = numberField(b, first, e.Where.First)
		b = numberField(b, last, max(e.Where.First, e.Where.Last))
	}
	if s := e.source; s != nil {
		b = stringField(b, "format", s.Format)
	}
	b = stringField(b, "kind", e.Kind)
	b = stringField(b, "level", e.Level.String())
	return stringField(b, "component", e.Component)
}

// rest are the fields behind the message.
func (j *jsonLines) rest(b []byte, e *listed) []byte {
	count := e.Count.Or1()
	b = numberField(b, "count", count.Best)
	if j.attrs = sortedAttrs(j.attrs[:0], e.Attrs); len(j.attrs) > 0 {
		b = field(b, "attrs")
		b = appendAttrs(b, j.attrs)
	}
	if t := &e.Trace; t.Class != "" {
		b = append(b, `, "exception": {"class": `...)
		b = appendJSON(b, t.Class)
		b = stringField(b, "message", t.Message)
		b = stringField(b, "root", t.Root)
		b = numberField(b, "frames", t.Frames)
		b = stringField(b, "root_message", t.RootMessage)
		b = stringField(b, "top", t.Top)
		b = append(stringField(b, "language", t.Language), '}')
	}
	if len(e.findings) > 0 {
		b = append(b, `, "finding": [`...)
		for i, id := range e.findings {
			if i > 0 {
				b = append(b, `, `...)
			}
			b = appendJSON(b, id)
		}
		b = append(b, ']')
	}
	if e.At != event.NoTime && !e.ZoneKnown {
		b = append(b, `, "zone_known": false`...)
	}
	if !utf8.ValidString(e.Text) {
		b = append(b, `, "message_base64": "`...)
		b = append(base64.StdEncoding.AppendEncode(b, []byte(e.Text)), '"')
	}
	if s := e.source; s != nil {
		b = stringField(b, "section", s.Section)
	}
	b = stringField(b, "of", e.Of)
	if count.Low != count.Best {
		b = numberField(b, "count_low", count.Low)
	}
	if count.High >= 0 && count.High != count.Best {
		b = numberField(b, "count_high", count.High)
	}
	return b
}

// appendAttrs writes attributes as an object.
func appendAttrs(b []byte, attrs []event.Attr) []byte {
	b = append(b, '{')
	for i := range attrs {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendJSON(b, attrs[i].Name)
		b = append(b, ": "...)
		b = appendJSON(b, attrs[i].Value)
	}
	return append(b, '}')
}

// stepText is duration without its cost for the steps that nearly all stamps
// have.
func stepText(d time.Duration) string {
	switch d {
	case time.Second:
		return "1s"
	case time.Millisecond:
		return "1ms"
	case time.Microsecond:
		return "1us"
	case time.Minute:
		return "1m"
	}
	return duration(d)
}

func field(b []byte, name string) []byte {
	b = append(b, `, "`...)
	b = append(b, name...)
	return append(b, `": `...)
}

// stringField writes a field unless it is empty.
func stringField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return appendJSON(field(b, name), value)
}

func numberField(b []byte, name string, n int) []byte {
	return strconv.AppendInt(field(b, name), int64(n), 10)
}
