package trace

import (
	"strings"

	"forensic/event"
)

// node reads a JavaScript trace: "Name: message" or "Name [CODE]: message",
// frames, and causes in brackets behind them.
func (t *text) node(frame int) (event.Trace, bool) {
	class, message, ok := t.nodeHead(frame)
	if !ok {
		return event.Trace{}, false
	}
	tr := event.Trace{Language: "node", Class: class, Message: message, Root: class, RootMessage: message}
	fresh := true
	for at := frame; at < len(t.raw); {
		line, next := t.line(at)
		_, rest := indent(line)
		if strings.HasPrefix(rest, "at ") && frameLanguage(rest[3:]) == "node" {
			tr.Frames++
			if fresh {
				tr.Top, fresh = strings.TrimRight(strings.TrimSuffix(rest[3:], " {"), " "), false
			}
		} else if _, body, ok := strings.Cut(rest, "[cause]: "); ok {
			if c, m, ok := nodeName(body); ok {
				tr.Root, tr.RootMessage, fresh = c, m, true
			}
		} else if rest != "" && rest[0] != '}' && rest[0] != ']' && !nodeDetail(rest) {
			break
		}
		at = next
	}
	return tr, true
}

// nodeDetail tells whether a line is one of the properties printed behind an
// error: "code: 'ENOENT',".
func nodeDetail(s string) bool {
	name, _, ok := strings.Cut(s, ": ")
	return ok && name != "" && strings.Trim(name, "[]abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && name[0] > 'Z' || strings.HasPrefix(s, "[errors]:")
}

// nodeHead finds the error's name above its first frame.
func (t *text) nodeHead(frame int) (class, message string, ok bool) {
	for at := 0; at < frame; {
		line, next := t.line(at)
		_, rest := indent(line)
		rest = strings.TrimPrefix(rest, "Uncaught ")
		if c, m, good := nodeName(rest); good {
			return c, t.whole(m, next, frame), true
		}
		at = next
	}
	line, _ := t.line(0)
	for at := 0; at < len(line); at++ {
		if at == 0 || line[at-1] == ' ' {
			if c, m, good := nodeName(line[at:]); good {
				return c, m, true
			}
		}
	}
	return "", "", false
}

// nodeName reads "TypeError: message", "Error [CODE]: message" or "Error".
func nodeName(s string) (class, message string, ok bool) {
	end := 0
	for end < len(s) && classByte(s[end]) {
		end++
	}
	class = s[:end]
	if !thrown(class) || class[0] < 'A' {
		return "", "", false
	}
	rest := strings.TrimRight(s[end:], " \t{")
	if strings.HasPrefix(rest, " [") {
		if i := strings.IndexByte(rest, ']'); i > 0 {
			rest = rest[i+1:]
		}
	}
	if rest != "" && rest[0] != ':' {
		return "", "", false
	}
	return class, strings.TrimPrefix(strings.TrimPrefix(rest, ":"), " "), true
}

// dotnet reads a .NET trace. Inner exceptions stand behind " ---> ", and their
// frames come before those of the outer one.
func (t *text) dotnet(frame int) (event.Trace, bool) {
	class, message, ok := t.headBefore(frame)
	if !ok {
		return event.Trace{}, false
	}
	tr := event.Trace{Language: "dotnet", Class: class, Message: message, Root: class, RootMessage: message}
	if own, _, ok := strings.Cut(message, " ---> "); ok {
		tr.Message = strings.TrimRight(own, " \t\r\n")
	}
	for at := 0; at < len(t.raw); {
		line, next := t.line(at)
		_, rest := indent(line)
		for _, mark := range [...]string{"---> (Inner Exception #0) ", "---> "} {
			_, inner, ok := strings.Cut(rest, mark)
			if !ok {
				continue
			}
			if i := strings.LastIndex(inner, " ---> "); i >= 0 {
				inner = inner[i+len(" ---> "):]
			}
			if c, m, good := headAt(inner); good && tr.Frames == 0 {
				tr.Root, tr.RootMessage = c, m
			}
			break
		}
		switch {
		case strings.HasPrefix(rest, "at ") && at >= frame:
			tr.Frames++
			if tr.Top == "" {
				tr.Top = strings.TrimRight(rest[3:], " ")
			}
		case at < frame, rest == "", strings.HasPrefix(rest, "---"), strings.HasPrefix(rest, "<---"):
		default:
			return tr, true
		}
		at = next
	}
	return tr, true
}

// goPanic reads a Go panic or fatal error: its first lines stand above the
// header of the goroutine that begins at goroutine. A second panic, of a
// deferred function, is the one that reached the top; the first is the root.
func (t *text) goPanic(goroutine int) (event.Trace, bool) {
	tr := event.Trace{Language: "go"}
	for at := 0; at < goroutine; {
		line, next := t.line(at)
		_, rest := indent(line)
		for _, word := range [...]string{"panic", "fatal error", "SIGQUIT", "runtime"} {
			i := strings.Index(rest, word+": ")
			if i < 0 || i > 0 && rest[i-1] != ' ' || word == "runtime" && !strings.HasPrefix(rest[i:], "runtime: out of memory") {
				continue
			}
			if i > 0 && tr.Class != "" {
				break // the word inside a message
			}
			m := rest[i+len(word)+2:]
			if j := strings.Index(m, " [recovered"); j >= 0 {
				m = m[:j]
			}
			tr.Class, tr.Message = word, m
			if tr.Root == "" {
				tr.Root, tr.RootMessage = word, m
			}
			break
		}
		at = next
	}
	if tr.Class == "" {
		return tr, false
	}
	_, at := t.line(goroutine)
	call := ""
	for at < len(t.raw) {
		line, next := t.line(at)
		in, rest := indent(line)
		if rest == "" || strings.HasPrefix(rest, "goroutine ") {
			break
		}
		if in > 0 && strings.Contains(rest, ".go:") {
			tr.Frames++
			if tr.Top == "" && !strings.HasPrefix(call, "panic(") && !strings.HasPrefix(call, "runtime.") && !strings.HasPrefix(call, "runtime/") {
				tr.Top = call
			}
		} else {
			call = strings.TrimRight(rest, " ")
		}
		at = next
	}
	return tr, true
}

// php reads an uncaught exception: "PHP Fatal error:  Uncaught A: message in
// file:line", "Stack trace:", numbered frames. What it was thrown in place of
// comes first, each next one behind "Next".
func (t *text) php(frame int) (event.Trace, bool) {
	tr := event.Trace{Language: "php"}
	for at := 0; at < len(t.raw); {
		line, next := t.line(at)
		_, rest := indent(line)
		head, is := "", false
		if i := strings.Index(rest, "Uncaught "); i >= 0 && at < frame {
			head, is = rest[i+len("Uncaught "):], true
		} else if i := strings.Index(rest, "[object] ("); i >= 0 && at < frame {
			head, is = rest[i+len("[object] ("):], true
		} else if h, ok := strings.CutPrefix(rest, "Next "); ok && tr.Class != "" {
			head, is = h, true
		}
		switch {
		case is:
			if c, m, ok := phpHead(head); ok {
				tr.Class, tr.Message = c, m
				if tr.Root == "" {
					tr.Root, tr.RootMessage = c, m
				}
			}
		case len(rest) > 2 && rest[0] == '#' && rest[1]-'0' <= 9:
			if tr.Class == "" {
				return tr, false
			}
			if tr.Frames++; tr.Top == "" {
				tr.Top = strings.TrimRight(rest[strings.IndexByte(rest, ' ')+1:], " ")
			}
		}
		at = next
	}
	return tr, tr.Class != ""
}

// phpHead reads "A\B: message in /file.php:3" and Monolog's
// "A\B(code: 0): message at /file.php:3".
func phpHead(s string) (class, message string, ok bool) {
	end := 0
	for end < len(s) && classByte(s[end]) {
		end++
	}
	class = s[:end]
	rest := s[end:]
	if strings.HasPrefix(rest, "(code:") {
		if i := strings.IndexByte(rest, ')'); i > 0 {
			rest = rest[i+1:]
		}
	}
	if class == "" || class[0]-'0' <= 9 {
		return "", "", false
	}
	message = strings.TrimPrefix(strings.TrimPrefix(rest, ":"), " ")
	for _, mark := range [...]string{" in ", " at "} {
		if i := strings.LastIndex(message, mark); i >= 0 && strings.Contains(message[i:], ".php:") {
			message = message[:i]
			break
		}
	}
	return class, message, true
}
