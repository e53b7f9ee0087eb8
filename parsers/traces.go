package parsers

import (
	"strings"

	"forensic/event"
	"forensic/parsers/trace"
)

// A text that is nothing but stack traces, as a program's standard error is: a
// panic of Go, an exception of Java, a traceback of Python, one after another.
//
//	panic: assignment to entry in nil map
//
//	goroutine 1 [running]:
var _ = add(Format{
	Name:  "traces",
	Doc:   "Stack traces and nothing else (Go, Java, Python, Node, .NET, PHP).",
	Files: []string{"*stderr*", "*panic*", "*traceback*", "*.err"},
	Kinds: []event.Kind{
		{Name: "program.crashed", Doc: "A program printed a stack trace.", Attrs: []string{event.Class, "message", "language", event.Thread}},
	},
	Sniff: tracesSniff,
	Lines: &Lines{Head: tracesHead, Decode: tracesDecode, Body: true},
})

// tracesHead tells the lines that begin a trace wherever they stand.
func tracesHead(line string, e *event.Event) bool {
	switch line[0] {
	case ' ', '\t', '}', '|', '+':
		return false
	}
	for _, p := range [...]string{"panic: ", "fatal error: ", "SIGQUIT: ", "unexpected fault address", "runtime: out of memory", "Traceback (most recent call last):", `Exception in thread `, "Unhandled exception. ", "Unhandled Exception: ", "PHP Fatal error:", "Uncaught Exception", "Exception ignored in: ", "Task exception was never retrieved", "*** "} {
		if strings.HasPrefix(line, p) {
			e.Text, e.Level = line, event.Error
			return true
		}
	}
	if strings.HasPrefix(line, "Caused by") || strings.HasPrefix(line, "Suppressed") || strings.HasPrefix(line, "Wrapped by") {
		return false
	}
	class, _, colon := strings.Cut(line, ":")
	if javaName(class) == len(class) && len(class) > 0 && (strings.HasSuffix(class, "Exception") || strings.HasSuffix(class, "Error")) && (colon || class == line) && strings.Contains(class, ".") && class[0] != '_' && !strings.HasPrefix(class, "redis.") {
		e.Text, e.Level = line, event.Error
		return true
	}
	return false
}

// tracesSniff believes a text whose first line begins a trace, in which one is
// found, and no line of which begins with a time. Whoever printed it is sure to
// have printed more: other formats are believed more easily.
func tracesSniff(head []byte) Score {
	text := wholeLines(head)
	first := true
	for line := range strings.Lines(text) {
		if line = cleanLine(strings.TrimRight(line, "\r\n")); line == "" {
			continue
		}
		var e event.Event
		if first && !tracesHead(line, &e) {
			return Score{0, "no stack trace at the start"}
		}
		first = false
		if _, n := stampAt(line); n > 0 {
			return Score{0, "dated lines behind a stack trace"}
		}
	}
	if _, ok := trace.Find(text); !ok {
		return Score{0, "no stack trace at the start"}
	}
	return Score{0.55, "begins as a stack trace and has no times"}
}

func tracesDecode(e *event.Event) {
	e.Kind = "program.crashed"
	if e.Trace.Class == "" {
		e.Trace, _ = trace.Find(e.Raw)
	}
	e.Set(event.Class, e.Trace.Class)
	e.Set("message", e.Trace.Message)
	e.Set("language", e.Trace.Language)
	if rest, ok := strings.CutPrefix(e.Text, `Exception in thread "`); ok {
		name, _, _ := strings.Cut(rest, `"`)
		e.Set(event.Thread, name)
	}
}
