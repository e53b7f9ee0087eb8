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
		{Name: "program.said", Doc: "A line that a program printed before a stack trace."},
		{Name: "program.crashed", Doc: "A program printed a stack trace.", Attrs: []string{event.Class, "message", "language", event.Thread}},
	},
	Sniff: tracesSniff,
	Lines: &Lines{Head: tracesHead, Decode: tracesDecode, Learn: tracesLearn, Body: true},
})

// tracesHead tells the lines that begin a trace wherever they stand.
func tracesHead(line string, e *event.Event) bool {
	switch line[0] {
	case ' ', '\t', '}', '|', '+':
		return false
	}
	for _, p := range [...]string{"panic: ", "fatal error: ", "SIGQUIT: ", "unexpected fault address", "runtime: out of memory", "Traceback (most recent call last):", `Exception in thread `, "Unhandled exception. ", "Unhandled Exception: ", "PHP Fatal error:", "Uncaught Exception", "Exception ignored in: ", "Task exception was never retrieved", "*** Error in ", "*** stack smashing detected", "*** buffer overflow detected", "*** longjmp causes"} {
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

// tracesLearn takes what a program said before it broke down, a line a record.
func tracesLearn(sample string) *Lines {
	said := map[string]bool{}
	for line := range strings.Lines(sample) {
		line = cleanLine(strings.TrimRight(line, "\r\n"))
		var e event.Event
		if line != "" && tracesHead(line, &e) || len(said) == 100 {
			break
		}
		if line != "" {
			said[strings.Clone(line)] = true
		}
	}
	l := &Lines{Head: tracesHead, Decode: tracesDecode, Body: true}
	if len(said) > 0 {
		l.Head = func(line string, e *event.Event) bool {
			if tracesHead(line, e) {
				return true
			}
			e.Text = line
			return said[line]
		}
	}
	return l
}

// tracesBehind is what a trace behind other lines is worth: what dates lines on
// its own tells them better.
const tracesBehind = 0.18

// tracesSniff believes a text in which a trace is found, at its start or behind
// a few lines, and no line of which begins with a time. Whoever printed it is
// sure to have printed more: other formats are believed more easily.
func tracesSniff(head []byte) Score {
	text := wholeLines(head)
	before, heads, rest := 0, 0, 0
	for line := range strings.Lines(text) {
		if line = cleanLine(strings.TrimRight(line, "\r\n")); line == "" {
			continue
		}
		var e event.Event
		if tracesHead(line, &e) {
			heads++
		} else if heads == 0 {
			before++
		} else {
			rest++
		}
		_, n := stampAt(line)
		if heads == 0 && n == 0 {
			_, _, n = stampWithin(line, orderAny)
		}
		if n > 0 {
			return Score{0, "dated lines around a stack trace"}
		}
	}
	if _, ok := trace.Find(text); !ok && (heads == 0 || rest > 0) || before > 20 {
		return Score{0, "no stack trace at the start"}
	}
	if before > 0 {
		return Score{tracesBehind, "a stack trace behind a few lines, and no times"}
	}
	return Score{0.55, "begins as a stack trace and has no times"}
}

func tracesDecode(e *event.Event) {
	e.Kind = "program.crashed"
	if e.Level == event.NoLevel {
		e.Kind = "program.said"
		return
	}
	if e.Trace.Class == "" {
		e.Trace, _ = trace.Find(e.Raw)
	}
	e.Set(event.Class, e.Trace.Class)
	e.Set("message", e.Trace.Message)
	e.Set("language", e.Trace.Language)
	if rest, ok := strings.CutPrefix(e.Text, `Exception in thread "`); ok {
		name, said, _ := strings.Cut(rest, `" `)
		e.Set(event.Thread, name)
		if e.Trace.Class == "" { // not a frame was printed
			class, message, _ := strings.Cut(said, ": ")
			e.Set(event.Class, class)
			e.Set("message", message)
			e.Set("language", "java")
		}
	}
}
