package parsers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"forensic/event"
	"forensic/parsers/trace"
)

// A log whose records are JSON objects, one a line or printed over several,
// whatever they call their members: logstash, zap, slog, bunyan, pino, Serilog,
// MongoDB, ECS, Kubernetes' audit, journalctl -o json.
//
//	{"@timestamp":"2017-11-24T13:45:11.123+08:00","level":"ERROR","logger_name":"com.example.Order","message":"gone","stack_trace":"java.lang.…\n\tat …"}
var _ = add(Format{
	Name:  "json",
	Doc:   "Log made of JSON objects of any shape, journalctl -o json among them.",
	Files: []string{"*.json", "*.jsonl", "*.ndjson", "*-json.log"},
	Kinds: slices.Concat([]event.Kind{event.LogMessage, event.KernelMessage, event.KernelSuppressed}, programKinds, zookeeperKinds),
	Sniff: jsonSniff,
	Lines: &Lines{
		Head:   func(line string, e *event.Event) bool { return new(jsonLog).head(line, e) },
		Decode: func(e *event.Event) { new(jsonLog).decode(e) },
		Learn: func(string) *Lines {
			j := new(jsonLog)
			return &Lines{Head: j.head, Decode: j.decode, Whole: j.whole, After: j.after}
		},
		Joins: syslogJoins,
	},
})

// jsonSniff counts objects that have a time, or a level and a message.
func jsonSniff(head []byte) Score {
	var j jsonLog
	objects, records, other := 0, 0, 0
	rest := strings.TrimLeft(string(head), " \t\r\n[,")
	for rest != "" && objects < sampleLines {
		s, ok := jsonOpen(rest)
		if !ok {
			line, after, _ := strings.Cut(rest, "\n")
			if line = strings.Trim(line, " \t\r,[]"); line != "" {
				other++
			}
			rest = strings.TrimLeft(after, " \t\r\n,")
			continue
		}
		if !s.skipAll() {
			if len(head) >= HeadSize-1 {
				break // cut off
			}
			return Score{0, "an object that does not end"}
		}
		objects++
		j.read(rest[:s.at])
		if j.stamp.Has != 0 || j.level != event.NoLevel && j.message != "" {
			records++
		}
		rest = strings.TrimLeft(rest[s.at:], " \t\r\n,")
	}
	if objects == 0 || records == 0 {
		return Score{0, "no JSON object with a time"}
	}
	return Score{0.85 * float64(records) / float64(objects+other), fmt.Sprintf("%d JSON objects, %d with a time or a level", objects, records)}
}

// skipAll goes behind the object.
func (j *jsonScan) skipAll() bool {
	j.at = 0
	return j.skip()
}

// A jsonRecord is an object taken apart, its values as written.
type jsonRecord struct {
	stamp                                                        event.Stamp
	level                                                        event.Level
	message, component, identifier, host, pid, thread, stackText string

	compact bool // Serilog's compact form, which leaves Information out
}

// A jsonLog reads one member; its record is the last one read.
type jsonLog struct {
	jsonRecord
	memory syslogMemory
}

// read takes an object's members.
func (j *jsonRecord) read(s string) bool {
	*j = jsonRecord{}
	scan, ok := jsonOpen(s)
	if !ok {
		return false
	}
	j.members(&scan, 0)
	if j.compact && j.level == event.NoLevel {
		j.level = event.Info
	}
	return true
}

func (j *jsonRecord) members(scan *jsonScan, depth int) {
	for {
		key, v, ok := scan.next()
		if !ok {
			return
		}
		if v == "" || v == "null" || v == `""` {
			continue
		}
		if v[0] == '{' {
			j.nested(key, v, depth)
			continue
		}
		j.member(key, v)
	}
}

// nested looks into the objects that hold what others write at the top.
func (j *jsonRecord) nested(key, v string, depth int) {
	if depth > 2 {
		return
	}
	switch key {
	case "log", "fields", "event", "process", "error", "err", "exception", "t", "time", "timestamp", "host", "agent", "metadata", "Properties", "record":
	default:
		return
	}
	inner, _ := jsonOpen(v)
	if key == "error" || key == "err" || key == "exception" {
		for k, d, ok := inner.next(); ok; k, d, ok = inner.next() {
			if strings.HasPrefix(k, "stack") {
				j.set(&j.stackText, d)
			}
		}
		return
	}
	if key == "t" || key == "time" || key == "timestamp" { // {"$date":"2023-…"}
		if _, d, ok := inner.next(); ok {
			j.time(d)
		}
		return
	}
	if key == "host" {
		for k, d, ok := inner.next(); ok; k, d, ok = inner.next() {
			if k == "name" || k == "hostname" {
				j.set(&j.host, d)
			}
		}
		return
	}
	j.members(&inner, depth+1)
}

func (j *jsonRecord) set(to *string, v string) {
	if *to == "" {
		*to = v
	}
}

// member takes a value by the names that logging libraries give to such.
func (j *jsonRecord) member(key, v string) {
	switch key {
	case "time", "ts", "timestamp", "@timestamp", "t", "@t", "date", "datetime", "Timestamp", "Time", "eventTime", "asctime", "log_time", "logTime", "created_at", "requestReceivedTimestamp", "_time", "when", "receivedAt", "TimeGenerated", "eventTimestamp":
		if j.stamp.Has == 0 || key == "@timestamp" {
			j.time(v)
		}
		j.compact = j.compact || key == "@t"
	case "__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP":
		if key == "__REALTIME_TIMESTAMP" || j.stamp.Has == 0 {
			j.time(v)
		}
	case "level", "lvl", "severity", "levelname", "log.level", "loglevel", "logLevel", "log_level", "Level", "@l", "s", "level_name", "levelName", "Severity", "severityText", "severity_text", "error_severity", "log_severity":
		if l := jsonLevel(v); l != event.NoLevel {
			j.level = l
		}
	case "PRIORITY":
		if p := jsonInside(v); len(p) == 1 && p[0] >= '0' && p[0] <= '7' {
			j.level = severityLevels[p[0]-'0']
		}
	case "msg", "message", "MESSAGE", "@m", "Message", "text", "RenderedMessage", "short_message":
		j.message = v
	case "@mt", "log", "event", "MessageTemplate", "verb", "body", "textPayload", "line", "_raw":
		j.set(&j.message, v)
	case "logger", "logger_name", "loggerName", "log.logger", "SourceContext", "category", "component", "c", "target", "Logger", "channel":
		j.component = v
	case "name", "module", "caller", "service", "app", "source":
		j.set(&j.component, v)
	case "SYSLOG_IDENTIFIER":
		j.identifier, j.component = v, v
	case "_COMM":
		j.set(&j.identifier, v)
		j.set(&j.component, v)
	case "hostname", "host", "_HOSTNAME", "host.name", "HOSTNAME":
		j.set(&j.host, v)
	case "pid", "_PID", "process.pid", "processId", "PID":
		j.set(&j.pid, v)
	case "thread", "thread_name", "threadName", "process.thread.name", "ctx", "Thread":
		j.set(&j.thread, v)
	case "stack_trace", "stack", "stacktrace", "error.stack_trace", "exc_info", "exception", "traceback", "stackTrace", "@x", "Exception", "error_stack", "errorVerbose", "thrown":
		j.set(&j.stackText, v)
	}
}

// time reads a time in words or as a number since 1970.
func (j *jsonRecord) time(v string) {
	s := jsonInside(v)
	if rest, ok := strings.CutPrefix(s, `\/Date(`); ok { // .NET
		s = leadingDigits(rest)
	} else if rest, ok := strings.CutPrefix(s, "/Date("); ok {
		s = leadingDigits(rest)
	}
	if st, n := stampAt(s); n > 0 && (n == len(s) || !isDigit(s[n])) {
		j.stamp = st
	} else if st, ok := epochFloat(s); ok { // zap: 1.511502311123e9, pino: 1511502311123.4
		j.stamp = st
	}
}

// epochFloat reads seconds since 1970 in scientific notation.
func epochFloat(s string) (event.Stamp, bool) {
	mantissa, exp, ok := strings.Cut(s, "e")
	if !ok {
		mantissa, exp, ok = strings.Cut(s, "E")
	}
	whole, part, dot := strings.Cut(mantissa, ".")
	if !ok || !dot || len(whole) != 1 || strings.TrimLeft(exp, "+0") != "9" || leadingDigits(part) != part || !isDigit(whole[0]) || len(part) > 18 {
		return event.Stamp{}, false
	}
	v, digits := int64(whole[0]-'0'), 0
	for ; digits < len(part); digits++ {
		v = v*10 + int64(part[digits]-'0')
	}
	for ; digits < 18; digits++ {
		v *= 10
	}
	st := event.Stamp{Wall: v, Has: event.HasTime | event.HasDate | event.HasYear | event.HasZone, Step: time.Millisecond}
	if sec := v / int64(time.Second); sec < epochLow || sec >= epochHigh {
		return event.Stamp{}, false
	}
	return st, true
}

// jsonLevel reads a level as a word, a letter, or bunyan's number.
func jsonLevel(v string) event.Level {
	s := jsonInside(v)
	if s == "" {
		return event.NoLevel
	}
	if l, n := levelAt(s); n > 0 {
		return l
	}
	if len(s) == 1 && !isDigit(s[0]) {
		return levelLetter(s[0])
	}
	switch s {
	case "0", "1", "2", "3", "4", "5", "6", "7": // syslog's, as GELF has them
		return severityLevels[s[0]-'0']
	case "10":
		return event.TraceLevel
	case "20":
		return event.Debug
	case "30":
		return event.Info
	case "40":
		return event.Warning
	case "50":
		return event.Error
	case "60":
		return event.Critical
	}
	if strings.EqualFold(s, "default") {
		return event.Info
	}
	return event.NoLevel
}

// head takes a line that holds an object, or begins one.
func (j *jsonLog) head(line string, e *event.Event) bool {
	if line[0] != '{' {
		return false
	}
	j.read(line)
	j.fill(e)
	return true
}

// fill puts what was read into the event: its message as written, which Decode
// makes readable.
func (j *jsonRecord) fill(e *event.Event) {
	e.Stamp, e.Level = j.stamp, j.level
	e.Component = jsonInside(j.component)
	e.Text = jsonInside(j.message)
	if strings.IndexByte(e.Text, '\\') >= 0 || len(j.message) > 0 && j.message[0] == '[' {
		e.Rewritten = true
	}
}

// whole reads an object that was printed over several lines.
func (j *jsonLog) whole(e *event.Event) {
	if e.Where.First != e.Where.Last {
		j.read(e.Raw)
		j.fill(e)
	}
}

// after remembers what the kernel said, for what its limiters leave out.
func (j *jsonLog) after(e *event.Event) {
	if e.Component != "kernel" {
		return
	}
	var r jsonRecord
	r.read(e.Raw)
	j.memory.remember(e, jsonInside(r.host))
}

func (j *jsonLog) decode(e *event.Event) {
	j.read(e.Raw)
	e.Kind = event.LogMessage.Name
	e.Text = jsonText(j.message)
	if j.stackText != "" {
		if t, ok := trace.Find(jsonText(j.stackText)); ok {
			e.Trace = t
		}
	} else if e.Rewritten && e.Trace.Class == "" {
		e.Trace, _ = trace.Find(e.Text)
	}
	if e.Trace.Class == "" && j.stackText != "" && j.stackText[0] == '"' {
		class, _, _ := strings.Cut(jsonText(j.stackText), ":")
		if isName(class, true) {
			e.Set(event.Class, class)
		}
	}
	if i := strings.IndexByte(e.Text, '\n'); i >= 0 {
		e.Text = e.Text[:i]
	}
	host, pid := jsonText(j.host), jsonText(j.pid)
	if j.identifier != "" {
		e.Component = jsonText(j.identifier)
		p := &syslogLine{stamp: e.Stamp, level: e.Level, host: host, tag: e.Component, pid: pid, text: e.Text}
		if p.tag == "kernel" {
			e.Kind = event.KernelMessage.Name
			j.memory.standsFor(e, host)
			e.Set(event.Host, host)
			return
		}
		j.memory.standsFor(e, host)
		programDecode(e, p)
		return
	}
	if isZooKeeper(e.Component) {
		zookeeperDecode(e)
		if !e.Attrs.Has(event.Thread) {
			e.Set(event.Thread, jsonText(j.thread))
		}
		return
	}
	e.Set(event.Host, host)
	e.Set(event.PID, pid)
	e.Set(event.Thread, jsonText(j.thread))
	if !e.Attrs.Has(event.Class) {
		e.Set(event.Class, e.Trace.Class)
	}
	peersIn(e)
}
