package parsers

import (
	"strings"

	"forensic/event"
)

// Any other log with dates: where in its lines the dates stand is learnt from
// the first ones, so that a date inside a message begins no record.
//
//	2024-03-02 10:14:03.120 WARN  [pool-1] order: payment is late
//	[02/Mar/2024:10:14:03 +0100] worker 7 restarted
var _ = add(Format{
	Name:  "text",
	Doc:   "Any text with dates. Cut into records with their time, level and component where these can be told.",
	Files: []string{"*.log", "*.out", "*.txt"},
	Kinds: []event.Kind{event.LogMessage},
	Lines: &Lines{Head: textHead(textAtStart), Decode: textDecode, Learn: textLearn, Share: 0.3},
})

// A textOpening finds the stamp of a line: how far it is to it, the stamp, and
// where it ends; 0 where there is none.
type textOpening func(line string) (st event.Stamp, end int)

// textAtStart finds a stamp that begins the line, perhaps in brackets.
func textAtStart(line string) (event.Stamp, int) {
	from := 0
	for from < len(line) && from < 3 && (line[from] == '[' || line[from] == '(' || line[from] == '"' || line[from] == '%' || line[from] == '#') {
		from++
	}
	st, n := stampAt(line[from:])
	if n == 0 {
		return st, 0
	}
	return st, from + n
}

// textWithin finds the first stamp in the first 64 bytes of a line that is not
// indented.
func textWithin(line string) (event.Stamp, int) {
	if line[0] == ' ' || line[0] == '\t' {
		return event.Stamp{}, 0
	}
	for i := 0; i < len(line) && i < 64; i++ {
		if i > 0 && isWord(line[i-1]) || !isWord(line[i]) {
			continue
		}
		if st, n := stampAt(line[i:]); n > 0 {
			return st, i + n
		}
	}
	return event.Stamp{}, 0
}

// textLearn chooses the opening that more lines of the sample have.
func textLearn(sample string) *Lines {
	start, within := 0, 0
	lines := 0
	for line := range strings.Lines(sample) {
		if line = cleanLine(strings.TrimRight(line, "\r\n")); line == "" {
			continue
		}
		if _, n := textAtStart(line); n > 0 {
			start++
		} else if _, n := textWithin(line); n > 0 {
			within++
		}
		if lines++; lines == sampleLines {
			break
		}
	}
	opening := textOpening(textAtStart)
	if within > 2*start {
		opening = textWithin
	}
	return &Lines{Head: textHead(opening), Decode: textDecode, Share: 0.3}
}

func textHead(find textOpening) func(string, *event.Event) bool {
	return func(line string, e *event.Event) bool {
		st, end := find(line)
		if end == 0 {
			return false
		}
		e.Stamp = st
		rest := strings.TrimLeft(line[end:], " ])\t:,-|")
		e.Level, e.Component, e.Text = textFields(rest)
		return true
	}
}

// textFields looks for a level among the first words of a line, and takes what
// stands before it, or directly behind it, for the component.
func textFields(s string) (level event.Level, component, text string) {
	rest := s
	for word := 0; word < 6 && rest != "" && len(s)-len(rest) < 96; word++ {
		rest = strings.TrimLeft(rest, " [(<|-:\t")
		end := strings.IndexAny(rest, " ])>|:\t,/")
		w := rest
		if end >= 0 {
			w = rest[:end]
		}
		if l := levelWord(w); l != event.NoLevel {
			after := strings.TrimLeft(rest[len(w):], " ])>|:\t,-/")
			component, text = textComponent(after)
			return l, component, text
		}
		if end < 0 {
			break
		}
		rest = rest[end+1:]
	}
	component, text = textComponent(s)
	return event.NoLevel, component, text
}

// levelWord reads a level that is the whole word, in either case.
func levelWord(w string) event.Level {
	if len(w) < 3 || len(w) > 11 {
		return event.NoLevel
	}
	if l, n := levelAt(w); n == len(w) {
		return l
	}
	switch w {
	case "error", "err", "Error":
		return event.Error
	case "warn", "warning", "Warning", "Warn":
		return event.Warning
	case "info", "Info", "information":
		return event.Info
	case "notice", "Notice":
		return event.Notice
	case "debug", "Debug":
		return event.Debug
	case "trace", "Trace":
		return event.TraceLevel
	case "crit", "critical", "fatal", "emerg", "alert", "panic", "Fatal", "Critical":
		return event.Critical
	}
	return event.NoLevel
}

// textComponent takes "[main] com.example.Order - message" and "Order: message"
// apart; a component is one word with a dot, or in brackets.
func textComponent(s string) (component, text string) {
	if name, rest, ok := strings.Cut(s, " - "); ok && len(name) < 80 && strings.Count(name, " ") < 3 {
		if i := strings.LastIndexByte(name, ' '); i >= 0 {
			name = name[i+1:]
		}
		return strings.Trim(name, "[]:"), rest
	}
	if name, rest, ok := strings.Cut(s, ": "); ok && len(name) < 60 && !strings.ContainsAny(name, " \t=\"'/") && strings.IndexByte(name, '.') > 0 {
		return name, rest
	}
	return "", s
}

func textDecode(e *event.Event) {
	e.Kind = event.LogMessage.Name
	e.Set(event.Class, e.Trace.Class)
}
