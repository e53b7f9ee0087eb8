package parsers

import (
	"fmt"
	"strings"

	"forensic/event"
)

// A log in logfmt, name=value pairs, as logrus, Go's slog, Prometheus and Grafana
// write it:
//
//	time="2017-11-24T13:45:11+08:00" level=info msg="a message" component=worker
//	ts=2017-11-24T05:45:11.123Z caller=main.go:12 level=warn msg=slow
var _ = add(Format{
	Name:  "logfmt",
	Doc:   "Log in logfmt (logrus, slog, Prometheus, Grafana, dockerd).",
	Kinds: []event.Kind{event.LogMessage},
	Sniff: logfmtSniff,
	Lines: &Lines{
		Head:   logfmtHead,
		Decode: logfmtDecode,
	},
})

func logfmtSniff(head []byte) Score {
	s := sniffLines(&Lines{Head: logfmtHead}, head)
	s.Points *= 0.95
	return Score{s.Points, fmt.Sprintf("%s of name=value pairs", s.Why)}
}

// A logfmtLine is one line taken apart, values as written.
type logfmtLine struct {
	stamp                                           event.Stamp
	level                                           event.Level
	message, component, host, pid, thread, failures string
	date, clock                                     string // where they are pairs of their own
	pairs                                           int
}

// read takes a line's pairs; it is false where the line is no row of pairs, or
// says neither when nor how loud.
func (l *logfmtLine) read(s string) bool {
	*l = logfmtLine{}
	for s != "" {
		eq := 0
		for eq < len(s) && (isWord(s[eq]) || s[eq] == '.' || s[eq] == '-' || s[eq] == '@' || s[eq] == '/') {
			eq++
		}
		if eq == 0 || eq == len(s) || s[eq] != '=' {
			if l.pairs < 2 {
				return false
			}
			_, s, _ = strings.Cut(s, " ") // a bare word between pairs
			continue
		}
		key := s[:eq]
		s = s[eq+1:]
		var v string
		if s != "" && s[0] == '"' {
			end := quoteEnd(s)
			if end < 0 {
				return l.pairs > 1
			}
			v, s = s[1:end], strings.TrimLeft(s[end+1:], " ")
		} else {
			v, s, _ = strings.Cut(s, " ")
		}
		l.pairs++
		l.pair(key, v)
	}
	if l.clock != "" && len(l.date) == 10 { // FortiGate
		var b [32]byte
		both := append(append(append(b[:0], l.date...), ' '), l.clock...)
		if st, n := stampAt(string(both)); n > 0 { // the one string a record costs
			st.Text = ""
			l.stamp = st
		}
	}
	return l.stamp.Has != 0 && l.pairs > 1 || l.level != event.NoLevel && l.message != ""
}

func (l *logfmtLine) pair(key, v string) {
	switch key {
	case "time", "ts", "t", "timestamp", "@timestamp":
		if st, n := stampAt(v); n == len(v) && n > 0 {
			if l.stamp, l.clock = st, ""; st.Has&event.HasDate == 0 {
				l.clock = v
			}
		}
	case "date":
		l.date = v
	case "level", "lvl", "severity":
		l.level = jsonLevel(v)
	case "msg", "message":
		l.message = v
	case "logger", "component":
		l.component = v
	case "caller", "source", "module", "subsys", "service":
		if l.component == "" {
			l.component = v
		}
	case "host", "hostname", "devname":
		l.host = v
	case "pid":
		l.pid = v
	case "thread", "goroutine":
		l.thread = v
	case "err", "error":
		l.failures = v
	}
}

func logfmtHead(line string, e *event.Event) bool {
	var l logfmtLine
	if c := line[0]; c == ' ' || c == '\t' || !l.read(line) {
		return false
	}
	e.Stamp, e.Level, e.Component, e.Text = l.stamp, l.level, l.component, l.message
	if e.Text == "" {
		e.Text = line
	}
	e.Rewritten = strings.IndexByte(e.Text, '\\') >= 0
	return true
}

func logfmtDecode(e *event.Event) {
	var l logfmtLine
	l.read(firstLine(e.Raw))
	e.Kind = event.LogMessage.Name
	if e.Rewritten && l.message != "" {
		e.Text = jsonUnescape(l.message)
	}
	e.Set(event.Host, l.host)
	e.Set(event.PID, l.pid)
	e.Set(event.Thread, l.thread)
	e.Set(event.Class, e.Trace.Class)
	peersIn(e)
	if l.failures != "" && !e.Attrs.Has(event.Server) {
		said := e.Text
		e.Text = l.failures
		peersIn(e)
		e.Text = said
	}
}
