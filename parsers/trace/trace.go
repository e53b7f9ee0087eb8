// Package trace finds stack traces in text: Java, Python, Go, Node, .NET and
// PHP, whole or flattened onto one line, as they stand in the records of any
// log. It gets the text of one record from whoever cut it, returns an
// event.Trace made of pieces of that text, and decides nothing about what the
// trace means. It refuses what has frames but names no exception, which is what
// a thread dump looks like.
package trace

import (
	"strings"

	"forensic/event"
)

// Find returns the first complete trace in the text of a record. Everything in
// it is a piece of raw.
func Find(raw string) (event.Trace, bool) {
	for how := plain; how <= flatJava; how++ {
		if !how.fits(raw) {
			continue
		}
		t := text{raw: raw, how: how}
		if found, ok := t.find(); ok {
			return found, true
		}
	}
	return event.Trace{}, false
}

// maxTries is how many lines that only a trace has are followed up before a
// record is believed to have none: a dump of goroutines has thousands.
const maxTries = 8

// find looks for the first line that only a trace has.
func (t *text) find() (event.Trace, bool) {
	for at, tries := 0, 0; at < len(t.raw) && tries < maxTries; {
		line, next := t.line(at)
		if i := strings.Index(line, pythonHead); i >= 0 {
			if found, ok := t.python(at, i); ok {
				return found, true
			}
			tries++
		}
		in, rest := indent(line)
		switch {
		case strings.HasPrefix(rest, "at "):
			if found, ok := t.atFrame(at, rest[3:]); ok {
				return found, true
			}
			tries++
		case in > 0 && strings.HasPrefix(rest, `File "`):
			if found, ok := t.syntaxError(at); ok {
				return found, true
			}
			tries++
		case strings.HasPrefix(rest, "goroutine "):
			if found, ok := t.goPanic(at); ok {
				return found, true
			}
			tries++
		case strings.HasPrefix(rest, "#0 "):
			if found, ok := t.php(at); ok {
				return found, true
			}
			tries++
		}
		at = next
	}
	return t.bareHead()
}

// atFrame finds the trace whose first frame begins at frame.
func (t *text) atFrame(frame int, place string) (event.Trace, bool) {
	switch frameLanguage(place) {
	case "java":
		return t.java(frame)
	case "node":
		return t.node(frame)
	case "dotnet":
		return t.dotnet(frame)
	}
	return event.Trace{}, false
}

// bareHead finds an exception that was printed without frames, which a virtual
// machine does when it throws the same one often: on a line of its own, behind
// the first.
func (t *text) bareHead() (event.Trace, bool) {
	if t.how != plain {
		return event.Trace{}, false
	}
	_, at := t.line(0)
	for n := 0; at < len(t.raw) && n < maxHead; n++ {
		line, next := t.line(at)
		if class, message, ok := headAt(line); ok && javaPackage(class) && thrown(class) {
			return event.Trace{Language: "java", Class: class, Message: message, Root: class, RootMessage: message}, true
		}
		at = next
	}
	return event.Trace{}, false
}

// Flattened tells cheaply whether one line may hold a whole trace.
func Flattened(line string) bool {
	// Nearly every line has none of these three bytes where they would be
	// needed: a Python trace names files in quotes, the others have their own.
	if strings.IndexByte(line, '"') >= 0 && strings.Contains(line, pythonHead) {
		return true
	}
	if i := strings.Index(line, ".java:"); i >= 0 && strings.Contains(line, "at ") {
		return true
	}
	return strings.IndexByte(line, '#') >= 0 && strings.Contains(line, "#012") && escaped.fits(line) ||
		strings.IndexByte(line, '\\') >= 0 && strings.Contains(line, `\n`) && literal.fits(line)
}

// Continues tells whether a line belongs to a trace rather than beginning
// something of its own.
func Continues(line string) bool {
	_, rest := indent(line)
	if rest == "" {
		return false
	}
	switch rest[0] {
	case 'a':
		return strings.HasPrefix(rest, "at ") && frameLanguage(rest[3:]) != ""
	case '.':
		_, ok := moreFrames(rest)
		return ok
	case 'F':
		return strings.HasPrefix(rest, `File "`)
	case '#':
		return len(rest) > 3 && rest[1]-'0' <= 9 && (rest[2] == ' ' || rest[3] == ' ' || rest[3]-'0' <= 9)
	case '~', '^':
		return strings.Trim(rest, " ~^") == ""
	case '-':
		return strings.HasPrefix(rest, "---> ") || strings.HasPrefix(rest, "--- End of ")
	}
	for _, p := range [...]string{
		"Caused by: ", "Suppressed: ", "Wrapped by: ", pythonHead, "During handling of the above", "The above exception was",
		"Stack (most recent", "[Previous line repeated", "[CIRCULAR REFERENCE", "goroutine ", "created by ", "| ", "+ Exception Group",
	} {
		if strings.HasPrefix(rest, p) {
			return true
		}
	}
	class, _, ok := headAt(rest)
	return ok && thrown(class)
}
