package trace

import (
	"strings"

	"forensic/event"
)

const pythonHead = "Traceback (most recent call last):"

// python reads the trace whose "Traceback" line begins at start, column bytes
// into it. Its blocks come oldest first: the first is the root, the last is
// what propagated.
//
//	block    the frames of one exception; left by a line indented no deeper than its head
//	between  behind an exception; "During handling" or "direct cause" and another head lead to the next block
func (t *text) python(start, column int) (event.Trace, bool) {
	tr := event.Trace{Language: "python"}
	if t.how == plain && column > 0 && t.repeats(start, column) {
		t = &text{raw: t.raw[start:], how: plain, margin: column}
		start = 0
	}
	for at := start; ; {
		b := t.pythonBlock(at, column)
		tr.Frames += b.frames
		if b.class != "" || b.top != "" {
			tr.Class, tr.Message = b.class, b.message
			if tr.Root == "" {
				tr.Root, tr.RootMessage, tr.Top = b.class, b.message, b.top
			}
		}
		if b.inner != "" {
			tr.Root, tr.RootMessage = b.inner, b.innerMessage
		}
		next, ok := t.nextBlock(b.end)
		if !ok {
			break
		}
		at, column = next, 0
	}
	if tr.Frames == 0 && tr.Class == "" {
		return event.Trace{}, false
	}
	if tr.Class == "" {
		tr.Class = Unnamed
	}
	if tr.Root == "" {
		tr.Root = tr.Class
	}
	return tr, true
}

// Unnamed is the class of an exception whose name was cut off.
const Unnamed = "unknown"

// repeats tells whether the line behind start begins as that line does, up to
// column: a log that writes its prefix before every line of a trace.
func (t *text) repeats(start, column int) bool {
	line, next := t.line(start)
	if next >= len(t.raw) {
		return false
	}
	follow, _ := t.line(next)
	return column > 8 && len(follow) > column && follow[:10] == line[:10] && line[column-1] == ' ' && follow[column-1] == ' '
}

// A block is one exception of a chain.
type pythonPart struct {
	class, message      string
	inner, innerMessage string // the first exception of a group
	top                 string
	frames, end         int
}

func (t *text) pythonBlock(start, column int) pythonPart {
	if t.how == flatPython {
		return t.flatBlock(start)
	}
	var b pythonPart
	line, at := t.line(start)
	group := strings.Contains(line, "Exception Group "+pythonHead)
	base, _ := indent(line)
	if group {
		base, _ = bars(line)
	} else if column > base { // the head stands behind a log's prefix on the same line
		base = 0
	}
	for at < len(t.raw) {
		line, next := t.line(at)
		in, rest := indent(line)
		if group {
			in, rest = bars(line)
		}
		switch {
		case strings.HasPrefix(rest, `File "`), strings.HasPrefix(rest, `File \"`):
			b.frames++
			b.top = rest
		case strings.HasPrefix(rest, "[Previous line repeated "):
			b.frames += leading(rest[len("[Previous line repeated "):])
		case rest == "" || in > base:
		default:
			if c, m, ok := pythonFinal(rest); ok {
				b.class, b.message, b.end = c, m, next
				if group {
					b.inner, b.innerMessage = t.firstOfGroup(next)
				} else if m != "" {
					b.message, b.end = t.pythonMessage(m, at, next)
				}
				return b
			}
			b.end = at
			return b
		}
		at = next
	}
	b.end = len(t.raw)
	return b
}

// pythonMessage extends a message over the lines behind it, up to a blank one.
func (t *text) pythonMessage(m string, at, next int) (string, int) {
	if t.how != plain || t.margin > 0 {
		return m, next
	}
	start := at + strings.Index(t.raw[at:next], m)
	end := next
	for end < len(t.raw) {
		line, after := t.line(end)
		if strings.TrimSpace(line) == "" || strings.Contains(line, pythonHead) || end-start > maxMessage {
			break
		}
		end = after
	}
	return strings.TrimRight(t.raw[start:end], "\r\n"), end
}

// pythonFinal reads "module.Name: message" or a name alone.
func pythonFinal(s string) (class, message string, ok bool) {
	end := 0
	for end < len(s) && (classByte(s[end]) || s[end] == '<' || s[end] == '>') || end < len(s) && s[end] >= 0x80 {
		end++
	}
	class = s[:end]
	rest := strings.TrimRight(s[end:], " \t\r")
	if class == "" || class[0]-'0' <= 9 || class[0] == '.' || rest != "" && rest[0] != ':' {
		return "", "", false
	}
	return class, strings.TrimPrefix(strings.TrimPrefix(rest, ":"), " "), true
}

// nextBlock finds the head that "During handling of the above exception" or
// "The above exception was the direct cause" leads to.
func (t *text) nextBlock(at int) (int, bool) {
	linked := false
	for n := 0; at < len(t.raw) && n < 6; n++ {
		line, next := t.line(at)
		_, rest := indent(line)
		_, barred := bars(line)
		switch {
		case rest == "" || barred == "":
		case strings.HasPrefix(barred, "During handling of the above exception"), strings.HasPrefix(barred, "The above exception was the direct cause"):
			linked = true
		case strings.Contains(line, pythonHead):
			return at, linked
		default:
			return 0, false
		}
		at = next
	}
	return 0, false
}

// bars is indent for a line of an exception group, whose margin has + and |.
func bars(line string) (int, string) {
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '|' || line[n] == '+' || line[n] == '-' && n > 0 && (line[n-1] == '+' || line[n-1] == '-')) {
		n++
	}
	return n, line[n:]
}

// firstOfGroup reads the first exception of a group: behind its frames, if it
// has any.
func (t *text) firstOfGroup(at int) (class, message string) {
	begun := false
	for n := 0; at < len(t.raw) && n < maxHead; n++ {
		line, next := t.line(at)
		_, rest := bars(line)
		switch {
		case !begun:
			if !strings.Contains(line, "+-+---") {
				return "", ""
			}
			begun = true
		case strings.HasPrefix(rest, "Traceback ("), strings.HasPrefix(rest, `File "`), rest == "":
		default:
			i := strings.LastIndexByte(line[:len(line)-len(rest)], '|')
			if i >= 0 && len(line)-len(rest)-i > 2 {
				break // source under a frame
			}
			if c, m, ok := pythonFinal(rest); ok {
				return c, m
			}
			return "", ""
		}
		at = next
	}
	return "", ""
}

// syntaxError reads a trace that is nothing but the place of a syntax error:
// a File line without a function, the source, a caret, and the error.
func (t *text) syntaxError(start int) (event.Trace, bool) {
	line, at := t.line(start)
	_, top := indent(line)
	if strings.Contains(line, ", in ") || !strings.Contains(line, `", line `) {
		return event.Trace{}, false
	}
	for n := 0; at < len(t.raw) && n < 4; n++ {
		line, next := t.line(at)
		if in, rest := indent(line); in == 0 {
			c, m, ok := pythonFinal(rest)
			if !ok || !thrown(c) {
				return event.Trace{}, false
			}
			return event.Trace{Language: "python", Class: c, Message: m, Root: c, RootMessage: m, Top: top, Frames: 1}, true
		}
		at = next
	}
	return event.Trace{}, false
}

// flatBlock reads the block of a trace on one line: each frame runs up to the
// next File, and the last may carry the exception behind its source, or not.
func (t *text) flatBlock(start int) pythonPart {
	var b pythonPart
	line, at := t.line(start)
	last := line
	for at < len(t.raw) {
		line, next := t.line(at)
		if strings.HasPrefix(line, "[Previous line repeated ") {
			b.frames += leading(line[len("[Previous line repeated "):])
		} else if !strings.HasPrefix(line, `File "`) {
			break
		} else {
			b.frames++
			last, b.top = line, flatTop(line)
		}
		at = next
	}
	b.end = at
	b.class, b.message = flatFinal(last[len(flatTop(last)):])
	return b
}

// flatTop is `File "a.py", line 3, in name` without the source behind it.
func flatTop(line string) string {
	i := strings.Index(line, ", in ")
	if i < 0 {
		return ""
	}
	i += len(", in ")
	if j := strings.IndexByte(line[i:], ' '); j >= 0 {
		return line[:i+j]
	}
	return line
}

// flatFinal finds the exception behind the last line of source: the first word
// that is named like one and followed by a colon, or that ends the line.
func flatFinal(s string) (class, message string) {
	s = strings.TrimRight(s, " ")
	for at := 0; at < len(s); {
		end := strings.IndexByte(s[at:], ' ')
		if end < 0 {
			end = len(s) - at
		}
		word := s[at : at+end]
		name := strings.TrimSuffix(word, ":")
		if thrown(name) && (len(name) < len(word) || at+end == len(s)) && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") == "" {
			return name, strings.TrimSpace(s[at+end:])
		}
		at += end + 1
	}
	return "", ""
}

// leading is the number a text begins with.
func leading(s string) int {
	n := 0
	for i := 0; i < len(s) && s[i]-'0' <= 9 && n < 1<<20; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
