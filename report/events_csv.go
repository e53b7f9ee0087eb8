package report

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"forensic/event"
	"forensic/timeline"
)

// csvRows lists events as comma-separated values: a header row, every cell in
// quotes. A cell that a spreadsheet program would take for a formula begins
// with an apostrophe, and the column "apostrophe" names the columns in which
// one was added, so that it can be taken off again.
type csvRows struct {
	attrs []event.Attr
	cell  []byte
	names []byte
	zoned bool
}

var csvColumns = []string{
	"time", "step", "host", "source", "line", "last_line", "format", "kind", "level", "component", "message",
	"count", "attrs", "exception", "exception_message", "root", "finding", "zone_known", "apostrophe",
}

func (*csvRows) begin(x *shared) []byte {
	var b []byte
	if x.opt.BOM {
		b = append(b, "\ufeff"...)
	}
	for i, name := range csvColumns {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), name...), '"')
	}
	return append(b, '\r', '\n')
}

func (c *csvRows) append(b []byte, e *listed) []byte {
	c.names = c.names[:0]
	b = append(b, '"')
	b = timeline.AppendFormat(b, e.At, e.Stamp.Step)
	b = append(b, '"')
	step := ""
	if e.Stamp.Step > 0 {
		step = stepText(e.Stamp.Step)
	}
	b = c.text(b, "step", step)
	b = c.text(b, "host", e.Host)
	path, format := "", ""
	if e.source != nil {
		path, format = e.source.Path, e.source.Format
	}
	b = c.text(b, "source", path)
	b = c.number(b, e.Where.First)
	b = c.number(b, max(e.Where.First, e.Where.Last))
	b = c.text(b, "format", format)
	b = c.text(b, "kind", e.Kind)
	b = c.text(b, "level", e.Level.String())
	b = c.text(b, "component", e.Component)
	b = c.text(b, "message", e.Text)
	b = c.number(b, e.Count.Or1().Best)
	attrs := ""
	if c.attrs = sortedAttrs(c.attrs[:0], e.Attrs); len(c.attrs) > 0 {
		c.cell = appendAttrs(c.cell[:0], c.attrs)
		attrs = string(c.cell)
	}
	b = c.text(b, "attrs", attrs)
	b = c.text(b, "exception", e.Trace.Class)
	b = c.text(b, "exception_message", e.Trace.Message)
	b = c.text(b, "root", e.Trace.Root)
	b = c.text(b, "finding", strings.Join(e.findings, " "))
	known := "true"
	if !e.ZoneKnown {
		known = "false"
	}
	b = c.text(b, "zone_known", known)
	b = append(append(append(b, ",\""...), c.names...), '"')
	return append(b, '\r', '\n')
}

func (c *csvRows) number(b []byte, n int) []byte {
	b = append(b, `,"`...)
	if n > 0 {
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return append(b, '"')
}

// text writes a cell of untrusted text.
func (c *csvRows) text(b []byte, name, s string) []byte {
	b = append(b, `,"`...)
	if formula(s) {
		b = append(b, '\'')
		if len(c.names) > 0 {
			c.names = append(c.names, ' ')
		}
		c.names = append(c.names, name...)
	}
	from := len(b)
	b = AppendVisible(b, s)
	if strings.IndexByte(s, '"') >= 0 {
		c.cell = append(c.cell[:0], b[from:]...)
		b = b[:from]
		for _, x := range c.cell {
			if x == '"' {
				b = append(b, '"')
			}
			b = append(b, x)
		}
	}
	return append(b, '"')
}

// formula tells whether a spreadsheet program might calculate with a cell: one
// that begins, also behind blanks, with = + - @ or their full-width forms, or
// with a tab or the end of a line.
func formula(s string) bool {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch r {
		case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
			return true
		case ' ', '\u00a0', '\u3000', '\ufeff', '\u200b':
			i += n
			continue
		}
		return false
	}
	return false
}
