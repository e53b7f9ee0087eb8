package trace

import "strings"

// A layout is how the lines of a trace are told apart.
type layout uint8

const (
	plain      layout = iota // line feeds
	escaped                  // syslog's #012 and #011
	literal                  // the two characters \n, as in a quoted string
	flatPython               // one line, single spaces
	flatJava
)

// fits tells whether a text may be written that way.
func (l layout) fits(raw string) bool {
	switch l {
	case plain:
		return strings.IndexByte(raw, '\n') >= 0
	case escaped:
		return hasFrame(raw, "#012")
	case literal:
		return hasFrame(raw, `\n`)
	case flatPython:
		return strings.Contains(raw, pythonHead)
	}
	return strings.Contains(raw, " at ") || strings.Contains(raw, "\tat ")
}

// hasFrame tells whether the mark of a line's end stands before a frame.
func hasFrame(raw, mark string) bool {
	for {
		_, rest, ok := strings.Cut(raw, mark)
		if !ok {
			return false
		}
		_, body := indent(rest)
		if strings.HasPrefix(body, "at ") || strings.HasPrefix(body, `File "`) || strings.HasPrefix(body, `File \"`) ||
			strings.HasPrefix(body, "Caused by: ") || strings.HasPrefix(body, "goroutine ") || strings.HasPrefix(body, "#0 ") {
			return true
		}
		raw = rest
	}
}

// A text is a record and how its lines are told apart. With margin, each line
// repeats the head of a log record, and the trace begins behind it.
type text struct {
	raw    string
	how    layout
	margin int
}

// line returns the line that begins at, and where the next one does.
func (t *text) line(at int) (string, int) {
	rest := t.raw[at:]
	end, skip := len(rest), 0
	switch t.how {
	case plain:
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			end, skip = i, 1
		}
	case escaped:
		if i := strings.Index(rest, "#012"); i >= 0 {
			end, skip = i, 4
		}
	case literal:
		if i := strings.Index(rest, `\n`); i >= 0 {
			end, skip = i, 2
		}
	case flatPython:
		end = flatCut(rest, pythonMarks[:])
	case flatJava:
		end = flatCut(rest, javaMarks[:])
	}
	line := strings.TrimSuffix(rest[:end], "\r")
	if t.how == literal {
		line = strings.TrimSuffix(line, `\r`)
	}
	if t.margin > 0 && at > 0 {
		line = line[min(t.margin, len(line)):]
	}
	return line, at + end + skip
}

// What begins a line in a trace that was flattened.
var (
	javaMarks   = [...]string{"at ", "Caused by: ", "... ", "Suppressed: ", "Wrapped by: "}
	pythonMarks = [...]string{`File "`, pythonHead, "During handling of the above exception", "The above exception was the direct cause", "[Previous line repeated"}
)

// flatCut returns where the next line of a flattened trace begins.
func flatCut(rest string, marks []string) int {
	for i := 1; i < len(rest); i++ {
		if c := rest[i-1]; c != ' ' && c != '\t' {
			continue
		}
		for _, m := range marks {
			if !strings.HasPrefix(rest[i:], m) {
				continue
			}
			if m == "at " && frameLanguage(flatPlace(rest[i+3:])) != "java" {
				continue
			}
			return i
		}
	}
	return len(rest)
}

// flatPlace is a frame's place up to its closing parenthesis.
func flatPlace(s string) string {
	if i := strings.IndexByte(s, ')'); i >= 0 {
		return s[:i+1]
	}
	return s
}

// indent counts the space a line begins with, a tab as eight, and returns what
// is behind it. Tabs may be written as #011 or \t.
func indent(line string) (int, string) {
	n := 0
	for line != "" {
		switch {
		case line[0] == ' ':
			n, line = n+1, line[1:]
		case line[0] == '\t':
			n, line = n+8, line[1:]
		case strings.HasPrefix(line, "#011"):
			n, line = n+8, line[4:]
		case strings.HasPrefix(line, `\t`):
			n, line = n+8, line[2:]
		default:
			return n, line
		}
	}
	return n, line
}

// maxHead is how many lines a message may have before its first frame.
const maxHead = 200

// headBefore finds the line that names the exception whose first frame begins
// at frame, and where its message begins: on a line of its own if there is one,
// else inside the line of the log. Among lines of their own the first that ends
// like an exception's name wins: what is behind it is its message.
func (t *text) headBefore(frame int) (class, message string, ok bool) {
	var otherClass, otherMessage string
	for at, n := 0, 0; at < frame && n < maxHead; n++ {
		line, next := t.line(at)
		_, rest := indent(line)
		if i := strings.Index(rest, exceptionIn); i == 0 {
			if j := strings.Index(rest, `" `); j > 0 {
				rest = rest[j+2:]
			}
		}
		rest = strings.TrimPrefix(rest, "Unhandled exception. ")
		rest = strings.TrimPrefix(rest, "Unhandled Exception: ")
		if c, m, good := headAt(rest); good && (n > 0 || thrown(c)) {
			if thrown(c) {
				return c, t.whole(m, next, frame), true
			}
			if otherClass == "" {
				otherClass, otherMessage = c, t.whole(m, next, frame)
			}
		}
		at = next
	}
	if otherClass != "" {
		return otherClass, otherMessage, true
	}
	line, next := t.line(0)
	class, message, ok = headInside(line)
	return class, t.whole(message, next, frame), ok
}

const exceptionIn = `Exception in thread "`

// whole is a message with the lines that follow it, up to the first frame,
// where the text has them in one piece.
func (t *text) whole(message string, next, frame int) string {
	if message == "" || t.how != plain || t.margin > 0 || next >= frame {
		return message
	}
	start := strings.Index(t.raw, message) // the first is it: heads are searched from the front
	if start < 0 || start > next {
		return message
	}
	return strings.TrimRight(t.raw[start:min(frame, start+maxMessage)], " \t\r\n")
}

const maxMessage = 4096

// headInside finds "a.b.SomeException: message" inside a line of a log.
func headInside(line string) (class, message string, ok bool) {
	for at := 0; at < len(line); {
		end := strings.IndexByte(line[at:], ' ')
		if end < 0 {
			end = len(line) - at
		}
		word := strings.TrimSuffix(line[at:at+end], ":")
		if thrown(word) && strings.IndexByte(word, '.') > 0 {
			from := len(word) // what is quoted or bracketed begins behind that
			for from > 0 && classByte(word[from-1]) {
				from--
			}
			if name := word[from:]; strings.IndexByte(name, '.') > 0 && isClass(name) {
				if c, m, good := headAt(line[at+from:]); good {
					return c, m, true
				}
				return name, "", true
			}
		}
		at += end + 1
	}
	return "", "", false
}

// headAt reads "a.b.C: message", or "a.b.C" alone. Logback writes null for a
// message that is none.
func headAt(s string) (class, message string, ok bool) {
	end := 0
	for end < len(s) && classByte(s[end]) {
		end++
	}
	class, rest := s[:end], strings.TrimRight(s[end:], " \t")
	if rest != "" && rest[0] == '[' || strings.HasPrefix(rest, " [") { // Node: Error [ERR_CODE]: message
		if i := strings.IndexByte(rest, ']'); i > 0 && (len(rest) == i+1 || rest[i+1] == ':') {
			rest = rest[i+1:]
		}
	}
	if !isClass(class) || rest != "" && rest[0] != ':' || class == "java.lang.Thread.State" {
		return "", "", false
	}
	message = strings.TrimPrefix(rest, ":")
	message = strings.TrimPrefix(message, " ")
	if message == "null" {
		message = ""
	}
	return class, message, true
}

func classByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '$' || c == '+' || c == '`' || c == '\\'
}

// isClass tells whether a word is the name of a class: a dotted name whose last
// part is written large, or one word that ends like an exception's.
func isClass(s string) bool {
	if s == "" || s[0]-'0' <= 9 || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	last := s[strings.LastIndexAny(s, `.$+\`)+1:]
	if last == "" || last[0] < 'A' || last[0] > 'Z' {
		return false
	}
	return len(last) < len(s) || thrown(s)
}

// thrown tells whether a class is named like something that is thrown.
func thrown(class string) bool {
	for _, end := range [...]string{"Exception", "Error", "Throwable", "Failure", "Fault", "Interrupt", "Death"} {
		if strings.HasSuffix(class, end) {
			return true
		}
	}
	return false
}

// javaPackage tells whether a class is in a package named as Java's are.
func javaPackage(class string) bool {
	first, _, ok := strings.Cut(class, ".")
	if !ok {
		return false
	}
	switch first {
	case "java", "javax", "jakarta", "jdk", "sun", "com", "org", "net", "io", "cn", "ch", "de", "edu", "gov", "scala", "kotlin", "akka", "reactor", "dubbo":
		return true
	}
	return false
}

// moreFrames reads "... 3 more" and "... 3 common frames omitted".
func moreFrames(s string) (int, bool) {
	s, ok := strings.CutPrefix(s, "... ")
	if !ok {
		return 0, false
	}
	n, i := 0, 0
	for i < len(s) && s[i]-'0' <= 9 && n < 1<<20 {
		n, i = n*10+int(s[i]-'0'), i+1
	}
	if i == 0 {
		return 0, false
	}
	return n, strings.HasPrefix(s[i:], " more") || strings.HasPrefix(s[i:], " common frames")
}

// frameLanguage tells what kind of frame stands behind "at ".
func frameLanguage(s string) string {
	open := strings.IndexByte(s, '(')
	if open < 0 {
		if nodePlace(strings.TrimRight(strings.TrimPrefix(s, "async "), " \t")) {
			return "node"
		}
		return ""
	}
	inside, behind, ok := strings.Cut(s[open+1:], ")")
	if !ok || open == 0 {
		return ""
	}
	if strings.IndexByte(s[:open], ' ') >= 0 {
		if s[open-1] == ' ' && (nodePlace(inside) || inside == "<anonymous>" || inside == "native" || strings.HasPrefix(inside, "index ") || strings.HasPrefix(inside, "node:")) {
			return "node"
		}
		return ""
	}
	if strings.IndexByte(s[:open], '.') > 0 && javaPlace(inside) {
		return "java"
	}
	behind = strings.TrimRight(behind, " \t")
	if strings.IndexByte(s[:open], '.') > 0 && (behind == "" || strings.HasPrefix(behind, " in ")) || strings.HasPrefix(s, "lambda_method(") {
		return "dotnet"
	}
	return ""
}

// javaPlace tells whether what stands in a frame's parentheses is a place in
// Java source, perhaps with its module before it.
func javaPlace(s string) bool {
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		s = s[i+1:]
	}
	switch s {
	case "Native Method", "Unknown Source", "Redefined", "<generated>", "<unknown>", "<eval>":
		return true
	}
	if s == "" || strings.ContainsAny(s, " ,=\\") {
		return false
	}
	file, line, ok := strings.Cut(s, ":")
	if ok {
		return line != "" && strings.Trim(line, "0123456789") == "" && file != ""
	}
	for _, end := range [...]string{".java", ".kt", ".scala", ".groovy", ".clj", ".jsp", ".aj"} {
		if strings.HasSuffix(file, end) {
			return true
		}
	}
	return false
}

// nodePlace tells whether s ends in :line:column.
func nodePlace(s string) bool {
	i := strings.LastIndexByte(s, ':')
	if i <= 0 || !number(s[i+1:]) {
		return false
	}
	j := strings.LastIndexByte(s[:i], ':')
	return j > 0 && number(s[j+1:i])
}

func number(s string) bool {
	return s != "" && len(s) < 10 && strings.Trim(s, "0123456789") == ""
}
