package report

import (
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"forensic/event"
	"forensic/timeline"
)

// ecs lists events as documents of the Elastic Common Schema, one a line, ready
// for a bulk load. Attributes are labels, with _ for the dots of their names,
// since labels are flat; what the schema has no field for stands in "forensic".
// An event without a time gets 1970 and the tag no_time, since the schema asks
// for one.
type ecs struct {
	attrs []event.Attr
	label []byte
	ends  []int
}

func (*ecs) begin(*shared) []byte { return nil }

func (x *ecs) append(b []byte, e *listed) []byte {
	b = append(b, `{"@timestamp": "`...)
	if e.At == event.NoTime {
		b = append(b, "1970-01-01T00:00:00Z"...)
	} else {
		b = timeline.AppendFormat(b, e.At, e.Stamp.Step)
	}
	b = append(b, `", "ecs": {"version": "8.11.0"}`...)
	b = stringField(b, "message", e.Text)
	b = ecsEvent(b, e)
	b = ecsLog(b, e)
	if e.Host != "" {
		b = append(appendJSON(append(b, `, "host": {"name": `...), e.Host), '}')
	}
	attrs := event.Attrs(e.Attrs)
	b = ecsEnd(b, "client", attrs.Get(event.Client))
	b = ecsEnd(b, "server", attrs.Get(event.Server))
	if strings.HasPrefix(e.Kind, "flow.") || strings.HasPrefix(e.Kind, "tls.") {
		b = append(b, `, "network": {"transport": "tcp"}`...)
	}
	if pid := attrs.Get(event.PID); number(pid) {
		b = append(append(append(b, `, "process": {"pid": `...), pid...), '}')
	}
	if t := &e.Trace; t.Class != "" {
		b = appendJSON(append(b, `, "error": {"type": `...), t.Class)
		b = append(stringField(b, "message", t.Message), '}')
	}
	b = x.labels(b, e.Attrs)
	b = ecsOurs(b, e)
	if e.At == event.NoTime {
		b = append(b, `, "tags": ["no_time"]`...)
	}
	return append(b, '}', '\n')
}

// number tells whether a text is a number that any reader takes.
func number(s string) bool {
	if s == "" || len(s) > 9 || s[0] == '0' && len(s) > 1 {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

func ecsEvent(b []byte, e *listed) []byte {
	b = append(b, `, "event": {"kind": "event", "module": "forensic"`...)
	if e.source != nil {
		b = append(b, `, "dataset": `...)
		b = appendJSON(b, e.source.Format)
	}
	b = stringField(b, "action", e.Kind)
	if strings.HasPrefix(e.Kind, "flow.") || strings.HasPrefix(e.Kind, "tls.") {
		b = append(b, `, "category": ["network"], "type": ["connection"]`...)
	}
	if e.Level != event.NoLevel {
		b = numberField(b, "severity", int(e.Level))
	}
	return append(b, '}')
}

func ecsLog(b []byte, e *listed) []byte {
	b = append(b, `, "log": {"file": {"path": `...)
	path := ""
	if e.source != nil {
		path = e.source.Path
	}
	b = append(appendJSON(b, path), '}')
	b = stringField(b, "level", e.Level.String())
	b = stringField(b, "logger", e.Component)
	return append(b, '}')
}

// ecsEnd writes one end of a connection.
func ecsEnd(b []byte, name, address string) []byte {
	if address == "" {
		return b
	}
	host, port := event.SplitAddr(address)
	b = append(append(append(b, `, "`...), name...), `": {"address": `...)
	b = appendJSON(b, host)
	if ip, err := netip.ParseAddr(host); err == nil && ip.Zone() == "" {
		b = stringField(b, "ip", host)
	}
	if number(port) {
		b = append(field(b, "port"), port...)
	}
	return append(b, '}')
}

// labels writes the attributes under names without dots, each once.
func (x *ecs) labels(b []byte, attrs []event.Attr) []byte {
	x.attrs = sortedAttrs(x.attrs[:0], attrs)
	x.label, x.ends = x.label[:0], x.ends[:0]
	begun := false
	for i := range x.attrs {
		name := x.flat(x.attrs[i].Name)
		if begun {
			b = append(b, ", "...)
		} else {
			b, begun = append(b, `, "labels": {`...), true
		}
		b = append(append(append(b, '"'), name...), `": `...)
		b = appendJSON(b, x.attrs[i].Value)
	}
	if begun {
		b = append(b, '}')
	}
	return b
}

// flat makes a name of letters, digits, _ and -, which no earlier label has.
func (x *ecs) flat(name string) []byte {
	from := len(x.label)
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			x.label = append(x.label, byte(r))
		case r >= 0x4e00 && r <= 0x9fff:
			x.label = utf8.AppendRune(x.label, r)
		default:
			x.label = append(x.label, '_')
		}
	}
	if len(x.label) == from {
		x.label = append(x.label, '_')
	}
	for x.taken(from) {
		x.label = append(x.label, '_')
	}
	x.ends = append(x.ends, len(x.label))
	return x.label[from:]
}

func (x *ecs) taken(from int) bool {
	begin := 0
	for _, end := range x.ends {
		if string(x.label[begin:end]) == string(x.label[from:]) {
			return true
		}
		begin = end
	}
	return false
}

// ecsOurs writes what the schema has no field for.
func ecsOurs(b []byte, e *listed) []byte {
	b = append(b, `, "forensic": {"count": `...)
	b = strconv.AppendInt(b, int64(e.Count.Or1().Best), 10)
	if e.Where.First > 0 {
		first, last := "line", "last_line"
		if e.source != nil && e.source.Unit == "packet" {
			first, last = "packet", "last_packet"
		}
		b = numberField(b, first, e.Where.First)
		b = numberField(b, last, max(e.Where.First, e.Where.Last))
	}
	if e.source != nil {
		b = stringField(b, "section", e.source.Section)
	}
	if e.Stamp.Step > 0 {
		b = stringField(b, "step", stepText(e.Stamp.Step))
	}
	b = stringField(b, "root", e.Trace.Root)
	if len(e.findings) > 0 {
		b = append(b, `, "finding": [`...)
		for i, id := range e.findings {
			if i > 0 {
				b = append(b, ", "...)
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
	return append(b, '}')
}
