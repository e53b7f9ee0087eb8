package report

import (
	"strconv"
	"strings"

	"forensic/event"
	"forensic/timeline"
)

// l2tCSV lists events as the CSV of log2timeline, seventeen columns, times in
// UTC and whole seconds. The exact time, where the event stands and its
// attributes are in "extra", as name: value; name: value. Formulas are
// protected as in csvRows; "extra" says in which columns.
type l2tCSV struct {
	csvRows
	extra []byte
}

var l2tColumns = []string{
	"date", "time", "timezone", "MACB", "source", "sourcetype", "type", "user", "host", "short", "desc",
	"version", "filename", "inode", "notes", "format", "extra",
}

// l2tShort is how many characters log2timeline leaves of a description.
const l2tShort = 80

func (*l2tCSV) begin(*shared) []byte {
	return append([]byte(strings.Join(l2tColumns, ",")), '\r', '\n')
}

func (l *l2tCSV) append(b []byte, e *listed) []byte {
	l.names = l.names[:0]
	b = l.when(b, e.At)
	path, format := "", ""
	source := "LOG"
	if s := e.source; s != nil {
		path, format = s.Path, s.Format
		if s.Unit == "packet" {
			source = "PCAP"
		}
	}
	b = append(b, `,"UTC","....","`+source...)
	b = append(b, '"')
	b = l.text(b, "sourcetype", format)
	b = l.text(b, "type", timeWord(e))
	b = l.text(b, "user", event.Attrs(e.Attrs).Get("user"))
	b = l.text(b, "host", e.Host)
	desc := e.Text
	if desc == "" {
		desc = e.Kind
	}
	b = l.text(b, "short", Cut(desc, l2tShort))
	b = l.text(b, "desc", desc)
	b = append(b, `,"2"`...)
	b = l.text(b, "filename", path)
	b = l.number(b, 0)
	b = l.text(b, "notes", strings.Join(e.findings, " "))
	b = l.text(b, "format", "forensic/"+format)
	b = append(b, ',', '"')
	for _, c := range l.more(e) {
		if c == '"' {
			b = append(b, '"')
		}
		b = append(b, c)
	}
	return append(b, '"', '\r', '\n')
}

// when writes date and time. An event without a time gets the date that
// log2timeline gives to such.
func (l *l2tCSV) when(b []byte, at int64) []byte {
	if at == event.NoTime {
		return append(b, `"00/00/0000","00:00:00"`...)
	}
	l.cell = timeline.AppendFormat(l.cell[:0], at, 1e9) // 2014-11-24T07:38:33Z
	t := l.cell
	b = append(append(b, '"'), t[5:7]...)
	b = append(append(b, '/'), t[8:10]...)
	b = append(append(b, '/'), t[:4]...)
	b = append(append(b, `","`...), t[11:19]...)
	return append(b, '"')
}

// timeWord says what a time means, in the words of Plaso.
func timeWord(e *listed) string {
	switch {
	case e.At == event.NoTime:
		return "Not a time"
	case e.source != nil && e.source.Unit == "packet":
		return "Packet Captured"
	case e.Stamp.Has == 0:
		return "Snapshot Taken"
	}
	return "Event Logged"
}

// more is what no other column holds. It begins with a name of ours, so it is no
// formula.
func (l *l2tCSV) more(e *listed) []byte {
	x := l.extra[:0]
	if e.At != event.NoTime {
		x = append(x, "time: "...)
		x = timeline.AppendFormat(x, e.At, e.Stamp.Step)
		if !e.ZoneKnown {
			x = append(x, "; zone_known: false"...)
		}
	} else {
		x = append(x, "time: unknown"...)
	}
	if e.Where.First > 0 {
		unit := "line"
		if e.source != nil && e.source.Unit == "packet" {
			unit = "packet"
		}
		x = append(append(append(x, "; "...), unit...), ": "...)
		x = strconv.AppendInt(x, int64(e.Where.First), 10)
		if e.Where.Last > e.Where.First {
			x = strconv.AppendInt(append(x, '-'), int64(e.Where.Last), 10)
		}
	}
	x = l.pair(x, "kind", e.Kind)
	x = l.pair(x, "level", e.Level.String())
	x = l.pair(x, "component", e.Component)
	if n := e.Count.Or1().Best; n > 1 {
		x = strconv.AppendInt(append(x, "; count: "...), int64(n), 10)
	}
	x = l.pair(x, "exception", e.Trace.Class)
	x = l.pair(x, "exception_message", e.Trace.Message)
	l.attrs = sortedAttrs(l.attrs[:0], e.Attrs)
	for i := range l.attrs {
		x = append(x, "; "...)
		x = appendPlain(append(x, "attr."...), l.attrs[i].Name)
		x = appendPlain(append(x, ": "...), l.attrs[i].Value)
	}
	if len(l.names) > 0 {
		x = append(append(x, "; apostrophe: "...), l.names...)
	}
	l.extra = x
	return x
}

func (l *l2tCSV) pair(x []byte, name, value string) []byte {
	if value == "" {
		return x
	}
	x = append(append(append(x, "; "...), name...), ": "...)
	return appendPlain(x, value)
}

// appendPlain writes a name or value so that the next one cannot be forged.
func appendPlain(x []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, ';')
		if i < 0 {
			return AppendVisible(x, s)
		}
		x = append(AppendVisible(x, s[:i]), `\x3b`...)
		s = s[i+1:]
	}
}
