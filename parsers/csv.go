package parsers

import (
	"strings"

	"forensic/event"
	"forensic/parsers/trace"
)

// Records in columns under a header, as search engines, clouds and Windows' event
// viewer export them: comma, semicolon or tab between fields, quotes around those
// that hold them or run over lines.
//
//	"@timestamp","level","message","host.name"
//	"Nov 24, 2017 @ 13:46:54.123","ERROR","connection lost","app-07"
//
// A line begins a record where its column of times holds one.
var _ = add(Format{
	Name:  "csv",
	Doc:   "Log records as CSV with a header (Kibana, CloudWatch, Splunk, Loki, Windows event viewer).",
	Files: []string{"*.csv", "*.tsv"},
	Kinds: []event.Kind{event.LogMessage},
	Lines: &Lines{Head: func(string, *event.Event) bool { return false }, Decode: new(csv).decode, Learn: csvLearn, Body: true, Share: 0.9},
})

// A csv is what the header of one member says.
type csv struct {
	sep                                   byte
	order                                 dateOrder
	time, level, message, component, host int // columns, -1 for none
	columns                               int
}

// Names of columns, in small letters, as exports have them.
var (
	csvTimes      = wordSet("timestamp @timestamp time _time date datetime ts timegenerated timecreated eventtime event_time log_time logtime create_time created_at createdat time_local timestamputc 时间 日期和时间 日志时间 記録日時 日付と時刻")
	csvLevels     = wordSet("level severity loglevel log_level log.level leveldisplayname entrytype priority severitytext level_name 级别 等级 日志级别 レベル ebene niveau")
	csvMessages   = wordSet("message msg log line text content body _raw textpayload rawmessage description detail details event.original 描述 内容 日志内容 消息 説明")
	csvComponents = wordSet("logger logger_name source providername sourcename service component app application 来源 ソース quelle")
	csvHosts      = wordSet("host hostname host.name machinename computer server pod 计算机 主机 コンピューター")
)

// csvLearn reads the header, the first line, and what order the dates below it
// have.
func csvLearn(sample string) *Lines {
	first, rest, _ := strings.Cut(sample, "\n")
	first = cleanLine(strings.TrimRight(first, "\r"))
	c := &csv{time: -1, level: -1, message: -1, component: -1, host: -1}
	for _, sep := range [...]byte{',', ';', '\t'} {
		if n := strings.Count(first, string(sep)); n > strings.Count(first, string(c.sep)) || c.sep == 0 {
			c.sep = sep
		}
	}
	date, clock := -1, -1
	for row := first; row != ""; c.columns++ {
		var name string
		name, row = csvNext(row, c.sep)
		name = strings.ToLower(strings.TrimSpace(name))
		for _, k := range [...]struct {
			to    *int
			names map[string]bool
		}{{&c.time, csvTimes}, {&c.level, csvLevels}, {&c.message, csvMessages}, {&c.component, csvComponents}, {&c.host, csvHosts}} {
			if *k.to < 0 && (k.names[name] || k.names[strings.ReplaceAll(name, " ", "_")]) {
				*k.to = c.columns
			}
		}
		switch name {
		case "date and time", "datum und uhrzeit", "date et heure", "time generated", "time created", "event time":
			c.time = c.columns
		case "date":
			date = c.columns
		case "time":
			clock = c.columns
		}
	}
	if c.time < 0 || c.columns < 2 || date >= 0 && clock >= 0 || c.level < 0 && c.message < 0 {
		return nil
	}
	if c.message < 0 {
		c.message = c.columns // the event viewer names no column for the text
	}
	c.order = c.learnOrder(rest)
	lines := &Lines{Head: c.head, Decode: c.decode, Whole: c.whole, Body: true, Share: 0.9}
	begun := 0
	for line := range strings.Lines(rest) {
		var e event.Event
		if line = cleanLine(strings.TrimRight(line, "\r\n")); line != "" && c.head(line, &e) {
			begun++
		}
	}
	if begun == 0 {
		return nil
	}
	return lines
}

// learnOrder looks at the column of times alone.
func (c *csv) learnOrder(rows string) dateOrder {
	var times strings.Builder
	n := 0
	for row := range strings.Lines(rows) {
		if v := csvColumn(strings.TrimRight(row, "\r\n"), c.sep, c.time); v != "" && n < sampleLines {
			times.WriteString(v)
			times.WriteByte('\n')
			n++
		}
	}
	order, _ := learnOrder(times.String())
	return order
}

// head takes a row whose column of times holds one; the header begins none, and
// is no record.
func (c *csv) head(line string, e *event.Event) bool {
	v := strings.TrimSpace(csvColumn(line, c.sep, c.time))
	st, n := stampOrdered(v, c.order)
	if n == 0 {
		return false
	}
	if rest := strings.TrimSpace(v[n:]); rest != "" && len(rest) > 12 {
		return false // a sentence that begins with a time
	}
	e.Stamp = st
	c.fill(line, e)
	return true
}

func (c *csv) fill(row string, e *event.Event) {
	if c.level >= 0 {
		if l, ok := csvLevel(csvColumn(row, c.sep, c.level)); ok {
			e.Level = l
		}
	}
	e.Component = csvColumn(row, c.sep, c.component)
	e.Text = csvColumn(row, c.sep, c.message)
	if c.message == c.columns && e.Text == "" { // a row may end before the column that has no name
		e.Text = csvColumn(row, c.sep, c.columns-1)
	}
	if e.Level == event.NoLevel {
		if l, n := levelAt(strings.TrimLeft(e.Text, "[")); n > 0 {
			e.Level = l
		}
	}
	e.Rewritten = strings.Contains(e.Text, `""`)
}

// whole reads a row whose quotes run over lines.
func (c *csv) whole(e *event.Event) {
	if e.Where.First == e.Where.Last {
		return
	}
	c.fill(e.Raw, e)
	e.Text = strings.TrimLeft(e.Text, "\r\n")
	if i := strings.IndexAny(e.Text, "\r\n"); i >= 0 {
		e.Text = e.Text[:i]
	}
}

func (c *csv) decode(e *event.Event) {
	e.Kind = event.LogMessage.Name
	if e.Rewritten {
		e.Text = strings.ReplaceAll(e.Text, `""`, `"`)
	}
	if e.Trace.Class == "" && strings.Contains(e.Raw, "\n") {
		e.Trace, _ = trace.Find(strings.ReplaceAll(e.Raw, `""`, `"`))
	}
	if c.sep != 0 && c.host >= 0 {
		e.Set(event.Host, csvColumn(e.Raw, c.sep, c.host))
	}
	if e.Trace.Class != "unknown" {
		e.Set(event.Class, e.Trace.Class)
	}
	peersIn(e)
}

// csvLevel reads a level as a word of several languages, or a number of syslog.
func csvLevel(v string) (event.Level, bool) {
	v = strings.TrimSpace(v)
	if l, n := levelAt(v); n > 0 && n == len(v) {
		return l, true
	}
	for i := range windowsLevels {
		if strings.EqualFold(windowsLevels[i].word, v) {
			return windowsLevels[i].level, true
		}
	}
	l := jsonLevel(v)
	return l, l != event.NoLevel
}

// windowsLevels are what Windows calls its levels where nobody else does.
var windowsLevels = [...]struct {
	word  string
	level event.Level
}{
	{"关键", event.Critical}, {"嚴重", event.Critical}, {"重大", event.Critical}, {"重要", event.Critical}, {"详细", event.TraceLevel}, {"資訊", event.Info},
	{"informationen", event.Info}, {"fehler", event.Error}, {"kritisch", event.Critical}, {"erreur", event.Error}, {"critique", event.Critical},
	{"información", event.Info}, {"crítico", event.Critical}, {"informations", event.Info},
	{"successaudit", event.Info}, {"audit success", event.Info}, {"failureaudit", event.Warning}, {"audit failure", event.Warning},
}

// csvNext takes the first field off a row, without its quotes; one whose end is
// on a line below ends with this one.
func csvNext(row string, sep byte) (field, rest string) {
	if row != "" && row[0] == '"' {
		end := 1
		for end < len(row) && (row[end] != '"' || end+1 < len(row) && row[end+1] == '"') {
			if row[end] == '"' {
				end++
			}
			end++
		}
		end = min(end, len(row))
		rest = row[min(end+1, len(row)):]
		if rest != "" && rest[0] == sep {
			rest = rest[1:]
		}
		return row[1:end], rest
	}
	if i := strings.IndexByte(row, sep); i >= 0 {
		return row[:i], row[i+1:]
	}
	return row, ""
}

// csvColumn returns one field of a row, "" where it has no such column.
func csvColumn(row string, sep byte, column int) string {
	for ; row != "" && column >= 0; column-- {
		var field string
		if field, row = csvNext(row, sep); column == 0 {
			return field
		}
	}
	return ""
}
