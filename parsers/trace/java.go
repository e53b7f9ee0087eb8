package trace

import (
	"strings"

	"forensic/event"
)

// java reads the trace whose first frame begins at frame. It goes through these
// states:
//
//	thrown      frames of what was thrown; left by "Caused by", "Wrapped by" or "Suppressed"
//	cause       frames of a cause at the outermost indent; the last one is the root
//	aside       a suppressed exception and its own causes: counted, never the root
//
// A cause belongs to the trace itself if it is indented less than its first
// frame; those of a suppressed exception stand at least as deep.
func (t *text) java(frame int) (event.Trace, bool) {
	class, message, ok := t.headBefore(frame)
	if !ok {
		return event.Trace{}, false
	}
	first, _ := t.line(frame)
	depth, _ := indent(first)
	tr := event.Trace{Language: "java", Class: class, Message: message, Root: class, RootMessage: message}
	aside, rootFirst, fresh := false, false, true
	for at := frame; at < len(t.raw); {
		line, next := t.line(at)
		in, rest := indent(line)
		word, body, _ := strings.Cut(rest, ": ")
		switch {
		case strings.HasPrefix(rest, "at ") && frameLanguage(rest[3:]) == "java":
			tr.Frames++
			if fresh && !aside {
				tr.Top, fresh = place(rest[3:]), rootFirst
			}
		case isMore(rest), strings.HasPrefix(rest, "[CIRCULAR REFERENCE"):
		case word == "Suppressed":
			aside = true
		case word == "Caused by" || word == "Wrapped by":
			if in >= depth && t.how != flatJava && depth > 0 {
				aside = true
				break
			}
			aside = false
			c, m, good := headAt(strings.TrimRight(body, " \t"))
			if !good {
				break // circular, or a name we do not know
			}
			if word == "Wrapped by" {
				tr.Class, tr.Message, rootFirst, fresh = c, m, true, false
			} else {
				tr.Root, tr.RootMessage, fresh = c, m, true
			}
		case t.inMessage(next):
		default:
			return tr, true
		}
		at = next
	}
	return tr, true
}

func isMore(s string) bool {
	_, ok := moreFrames(s)
	return ok
}

// inMessage tells whether the line before next is part of a message that spans
// lines: a frame or a cause follows before long.
func (t *text) inMessage(next int) bool {
	if t.how == flatJava {
		return false
	}
	for n := 0; next < len(t.raw) && n < 20; n++ {
		line, after := t.line(next)
		in, rest := indent(line)
		if in > 0 && strings.HasPrefix(rest, "at ") && frameLanguage(rest[3:]) == "java" || isMore(rest) {
			return true
		}
		if c, _, ok := headAt(rest); ok && in == 0 && thrown(c) {
			return false // a trace of its own
		}
		next = after
	}
	return false
}

// place is a frame up to its closing parenthesis, without packaging data.
func place(s string) string {
	if i := strings.IndexByte(s, ')'); i >= 0 {
		return s[:i+1]
	}
	return s
}
