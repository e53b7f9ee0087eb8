package report

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"forensic/event"
	"forensic/timeline"
)

// otlp lists events in the JSON form of OpenTelemetry's logs, as collectors read
// it from files: each line is one LogsData of one record. Numbers of 64 bits
// are strings there. An event without a time has timeUnixNano 0, which means
// unknown.
type otlp struct {
	attrs []event.Attr
	begun bool // an attribute has been written
}

func (*otlp) begin(*shared) []byte { return nil }

func (o *otlp) append(b []byte, e *listed) []byte {
	b = append(b, `{"resourceLogs": [{"resource": {"attributes": [`...)
	o.begun = false
	b = o.text(b, "host.name", e.Host)
	b = append(b, `]}, "scopeLogs": [{"scope": {"name": "forensic"}, "logRecords": [{"timeUnixNano": "`...)
	at := e.At
	if at == event.NoTime {
		at = 0
	}
	b = strconv.AppendInt(b, max(at, 0), 10)
	b = append(b, '"')
	if e.Level != event.NoLevel {
		b = numberField(b, "severityNumber", otlpSeverity[e.Level])
		b = stringField(b, "severityText", e.Level.String())
	}
	b = append(appendJSON(append(b, `, "body": {"stringValue": `...), e.Text), '}')
	b = append(b, `, "attributes": [`...)
	o.begun = false
	b = o.where(b, e)
	b = o.text(b, "forensic.kind", e.Kind)
	b = o.text(b, "forensic.component", e.Component)
	b = o.number(b, "forensic.count", e.Count.Or1().Best)
	if e.At != event.NoTime {
		b = append(o.key(b, "forensic.time"), `{"stringValue": "`...)
		b = append(timeline.AppendFormat(b, e.At, e.Stamp.Step), `"}}`...)
		if !e.ZoneKnown {
			b = append(o.key(b, "forensic.zone_known"), `{"boolValue": false}}`...)
		}
	}
	b = o.text(b, "exception.type", e.Trace.Class)
	b = o.text(b, "exception.message", e.Trace.Message)
	attrs := event.Attrs(e.Attrs)
	b = o.end(b, "client", attrs.Get(event.Client))
	b = o.end(b, "server", attrs.Get(event.Server))
	o.attrs = sortedAttrs(o.attrs[:0], e.Attrs)
	for i := range o.attrs {
		b = o.named(b, o.attrs[i])
	}
	b = o.findings(b, e.findings)
	if !utf8.ValidString(e.Text) {
		b = append(o.key(b, "forensic.message"), `{"bytesValue": "`...)
		b = append(base64.StdEncoding.AppendEncode(b, []byte(e.Text)), `"}}`...)
	}
	return append(b, "]}]}]}]}\n"...)
}

// otlpSeverity are the numbers that OpenTelemetry gives to levels.
var otlpSeverity = [event.Levels]int{
	event.TraceLevel: 1, event.Debug: 5, event.Info: 9, event.Notice: 10, event.Warning: 13, event.Error: 17, event.Critical: 21,
}

// where says where an event stands.
func (o *otlp) where(b []byte, e *listed) []byte {
	unit := "line"
	if s := e.source; s != nil {
		b = o.text(b, "log.file.path", s.Path)
		b = o.text(b, "forensic.format", s.Format)
		b = o.text(b, "forensic.section", s.Section)
		if s.Unit == "packet" {
			unit = "packet"
		}
	}
	if e.Where.First > 0 && unit == "packet" {
		b = o.number(b, "forensic.packet", e.Where.First)
		return o.number(b, "forensic.last_packet", max(e.Where.First, e.Where.Last))
	} else if e.Where.First > 0 {
		b = o.number(b, "forensic.line", e.Where.First)
		return o.number(b, "forensic.last_line", max(e.Where.First, e.Where.Last))
	}
	return b
}

// key begins an attribute.
func (o *otlp) key(b []byte, name string) []byte {
	if o.begun {
		b = append(b, ", "...)
	}
	o.begun = true
	return append(append(append(b, `{"key": "`...), name...), `", "value": `...)
}

func (o *otlp) text(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(o.key(b, name), `{"stringValue": `...)
	return append(appendJSON(b, value), '}', '}')
}

func (o *otlp) number(b []byte, name string, n int) []byte {
	b = append(o.key(b, name), `{"intValue": "`...)
	return append(strconv.AppendInt(b, int64(n), 10), `"}}`...)
}

// end writes one end of a connection by the names of the conventions.
func (o *otlp) end(b []byte, name, address string) []byte {
	if address == "" {
		return b
	}
	host, port := event.SplitAddr(address)
	of := "client.address"
	to := "client.port"
	if name == "server" {
		of, to = "server.address", "server.port"
	}
	b = o.text(b, of, host)
	if number(port) {
		b = append(o.key(b, to), `{"intValue": "`...)
		b = append(append(b, port...), `"}}`...)
	}
	return b
}

// named writes an attribute as written.
func (o *otlp) named(b []byte, a event.Attr) []byte {
	if o.begun {
		b = append(b, ", "...)
	}
	o.begun = true
	b = append(b, `{"key": "forensic.attr.`...)
	from := len(b)
	b = appendJSON(b, a.Name)
	b = append(b[:from], b[from+1:]...) // without its opening quote
	b = append(b, `, "value": {"stringValue": `...)
	return append(appendJSON(b, a.Value), '}', '}')
}

func (o *otlp) findings(b []byte, ids []string) []byte {
	if len(ids) == 0 {
		return b
	}
	b = append(o.key(b, "forensic.finding"), `{"arrayValue": {"values": [`...)
	for i, id := range ids {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(appendJSON(append(b, `{"stringValue": `...), id), '}')
	}
	return append(b, "]}}}"...)
}
