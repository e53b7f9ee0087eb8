package report

import (
	"math"
	"strconv"
	"strings"

	"forensic/event"
	"forensic/timeline"
)

// perfetto lists events as a trace that Perfetto and chrome://tracing show: a
// process a host, a thread a source, a mark an event, and a bar a connection of
// a capture. Times count microseconds from the first event, so that nothing is
// lost in them; otherData.begins and each mark's args.time tell the real ones.
// Events without a time have no place there: they are counted in
// otherData.events_without_time.
type perfetto struct {
	attrs   []event.Attr
	base    int64
	begins  string
	step    string
	begun   bool
	untimed int
	flows   int
	hosts   map[string]int
	threads map[thread]int
}

// A thread is what one source says about one host.
type thread struct {
	host   string
	source int
}

func (p *perfetto) begin(x *shared) []byte {
	p.hosts, p.threads = map[string]int{}, map[thread]int{}
	if x.first != event.NoTime {
		p.base, p.begins = x.first, timeline.Format(x.first, 1)
	}
	return []byte(`{"displayTimeUnit": "ms", "traceEvents": [`)
}

func (p *perfetto) append(b []byte, e *listed) []byte {
	if e.At == event.NoTime {
		p.untimed++
		return b
	}
	var pid, tid int
	b, pid, tid = p.place(b, e)
	attrs := event.Attrs(e.Attrs)
	if e.Kind == "flow.summary" {
		return p.bar(b, e, pid, tid, milliseconds(attrs.Get("duration_ms"))+milliseconds(attrs.Get("idle_ms")))
	}
	b = p.open(b, e, "i", pid, tid, e.At)
	b = append(b, `, "s": "t"`...)
	return append(p.args(b, e), '}')
}

// milliseconds reads a length of time, 0 where there is none.
func milliseconds(s string) int64 {
	if s == "" {
		return 0
	}
	ms, err := strconv.ParseFloat(s, 64)
	if err != nil || !(ms >= 0 && ms < 1e12) {
		return 0
	}
	return int64(math.Round(ms * 1e6))
}

// place returns the process and thread of an event, and names them when they
// are met first.
func (p *perfetto) place(b []byte, e *listed) (_ []byte, pid, tid int) {
	pid, ok := p.hosts[e.Host]
	if !ok {
		pid = len(p.hosts) + 1
		p.hosts[e.Host] = pid
		name := e.Host
		if name == "" {
			name = "(host unknown)"
		}
		b = p.name(b, "process_name", name, pid, 0)
	}
	at := thread{e.Host, e.Where.Source}
	if tid, ok = p.threads[at]; !ok {
		tid = len(p.threads) + 1
		p.threads[at] = tid
		name := "-"
		if s := e.source; s != nil {
			name = s.Path
			if s.Section != "" {
				name += " " + s.Section
			}
		}
		b = p.name(b, "thread_name", name, pid, tid)
	}
	return b, pid, tid
}

func (p *perfetto) name(b []byte, what, name string, pid, tid int) []byte {
	b = append(append(append(p.comma(b), `{"name": "`...), what...), `", "ph": "M"`...)
	b = numberField(b, "pid", pid)
	if tid > 0 {
		b = numberField(b, "tid", tid)
	}
	return append(appendJSON(append(b, `, "args": {"name": `...), name), '}', '}')
}

func (p *perfetto) comma(b []byte) []byte {
	if p.begun {
		b = append(b, ',')
	}
	p.begun = true
	return append(b, '\n')
}

// open begins a mark: its name, class, phase, place and time.
func (p *perfetto) open(b []byte, e *listed, phase string, pid, tid int, at int64) []byte {
	b = append(p.comma(b), `{"name": `...)
	name := e.Text
	if name == "" {
		name = e.Kind
	}
	b = appendJSON(b, Cut(name, 120))
	b = append(b, `, "cat": "`...)
	if e.Level == event.NoLevel {
		b = append(b, "none"...)
	} else {
		b = append(b, e.Level.String()...)
	}
	b = append(append(append(b, `", "ph": "`...), phase...), '"')
	b = numberField(b, "pid", pid)
	b = numberField(b, "tid", tid)
	return p.microseconds(field(b, "ts"), at-p.base)
}

// microseconds writes nanoseconds, with three digits behind the point where
// there are any.
func (p *perfetto) microseconds(b []byte, ns int64) []byte {
	if ns < 0 {
		b, ns = append(b, '-'), -ns
	}
	b = strconv.AppendInt(b, ns/1000, 10)
	if rest := ns % 1000; rest > 0 {
		b = append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
	}
	return b
}

// bar draws a connection from its first packet to its last.
func (p *perfetto) bar(b []byte, e *listed, pid, tid int, length int64) []byte {
	p.flows++
	b = p.open(b, e, "b", pid, tid, e.At-length)
	b = numberField(b, "id", p.flows)
	b = append(p.args(b, e), '}')
	b = p.open(b, e, "e", pid, tid, e.At)
	return append(numberField(b, "id", p.flows), '}')
}

func (p *perfetto) args(b []byte, e *listed) []byte {
	b = append(b, `, "args": {"time": "`...)
	b = append(timeline.AppendFormat(b, e.At, e.Stamp.Step), '"')
	if !e.ZoneKnown {
		b = append(b, `, "zone_known": false`...)
	}
	if e.Where.First > 0 {
		unit := "line"
		if e.source != nil && e.source.Unit == "packet" {
			unit = "packet"
		}
		b = numberField(b, unit, e.Where.First)
	}
	b = stringField(b, "kind", e.Kind)
	b = stringField(b, "component", e.Component)
	b = stringField(b, "message", e.Text)
	if n := e.Count.Or1().Best; n > 1 {
		b = numberField(b, "count", n)
	}
	b = stringField(b, "exception", e.Trace.Class)
	if len(e.findings) > 0 {
		b = stringField(b, "finding", strings.Join(e.findings, " "))
	}
	if p.attrs = sortedAttrs(p.attrs[:0], e.Attrs); len(p.attrs) > 0 {
		b = appendAttrs(field(b, "attrs"), p.attrs)
	}
	return append(b, '}')
}

func (p *perfetto) end(b []byte) []byte {
	b = append(b, "\n], \"otherData\": {\"schema\": \"chrome-trace\""...)
	b = stringField(b, "begins", p.begins)
	b = numberField(b, "events_without_time", p.untimed)
	return append(b, "}}\n"...)
}
