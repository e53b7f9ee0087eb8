package parsers

import (
	"strings"

	"forensic/event"
)

// A matcher tries layouts on the lines of one member.
type matcher struct {
	fields
	order     dateOrder
	openOrder bool // it is only what is usual
	turned    bool // and was not so

	// The line, and the line before it, was a time and nothing else. It depends
	// on nothing but the lines since the open record began.
	alone, wasAlone bool

	plain  bool // a logger may be a word in lower case
	strict bool // learning: what a word looks like is looked at more closely

	at   int // where in the line the stamp below was read; -1: nowhere yet
	end  int
	memo event.Stamp
}

const maxField = 256 // no field before the message is longer

// match reads a line by one layout.
func (m *matcher) match(l *layout, line string) bool {
	m.fields = fields{}
	if l.find != nil {
		return l.find(m, line)
	}
	i, ok := m.run(l.steps, line, 0)
	if !ok || l.has != 0 && (m.stamp.Has != l.has || (m.stamp.Step < 1e9) != l.fine && l.has&event.HasZone == 0) {
		return false
	}
	m.text = line[i:]
	if l.close != "" || len(l.tail) > 0 {
		return m.back(l)
	}
	if l.bare {
		component := m.component
		m.level, m.component, m.text = textFields(strings.TrimLeft(m.text, " ])>\t:,;-|}"))
		if component != "" {
			m.component = component
		}
	}
	return true
}

// run goes through steps from i on and returns where they end.
func (m *matcher) run(steps []step, s string, i int) (int, bool) {
	for k := range steps {
		st := &steps[k]
		switch st.op {
		case opStamp:
			n := m.stampAt(s, i)
			if n == 0 {
				return 0, false
			}
			m.stamp = m.memo
			i += n
		case opEpoch, opBoot:
			var n int
			if st.op == opBoot {
				m.stamp, n = bootStamp(s[i:])
			} else if len(s) > i+10 && digits(s[i:], 10) {
				m.stamp, n = numericStamp(s[i:], m.order)
			}
			if n == 0 {
				return 0, false
			}
			i += n
		case opLevel:
			l, n := levelAt(s[i:])
			if n == 0 {
				return 0, false
			}
			m.level = l
			i += n
			if k+1 < len(steps) && steps[k+1].op == opLit { // "[INFO ]"
				for i < len(s) && s[i] == ' ' {
					i++
				}
			}
		case opLetter:
			if i+1 >= len(s) || isWord(s[i+1]) && !isDigit(s[i+1]) {
				return 0, false
			}
			if m.level = levelLetter(s[i]); m.level == event.NoLevel {
				return 0, false
			}
			i++
		case opLit:
			if len(s)-i < len(st.lit) || s[i:i+len(st.lit)] != st.lit {
				return 0, false
			}
			i += len(st.lit)
		case opBlank:
			if i >= len(s) || s[i] != ' ' && s[i] != '\t' {
				if i == len(s) && k == len(steps)-1 { // nothing follows: an empty message
					return i, true
				}
				return 0, false
			}
			for i++; i < len(s) && (s[i] == ' ' || s[i] == '\t'); i++ {
			}
		case opDigits:
			n := i
			for n < len(s) && isDigit(s[n]) {
				n++
			}
			if n == i || n < len(s) && (isWord(s[n]) || s[n] == '.') {
				return 0, false
			}
			if st.slot == toPID {
				m.pid = s[i:n]
			}
			i = n
		case opOption:
			if j, ok := m.run(st.sub, s, i); ok {
				i = j
			}
		default:
			n, ok := m.take(st, s[i:])
			if !ok {
				return 0, false
			}
			i += n
		}
	}
	return i, true
}

// take reads a field at the start of s.
func (m *matcher) take(st *step, s string) (n int, ok bool) {
	value := ""
	switch st.op {
	case opSpan:
		w := s[:min(len(s), maxField)]
		end := strings.Index(w, st.lit)
		if end < 0 {
			// What a blank should follow may also end the line.
			if lit := strings.TrimSuffix(st.lit, " "); lit == st.lit || !strings.HasSuffix(s, lit) || len(s) > maxField {
				return 0, false
			}
			end = len(s) - len(st.lit) + 1
		}
		value, n = strings.Trim(s[:end], " \t"), end+len(strings.TrimSuffix(st.lit, " "))
		if st.lit[0] == ']' && (strings.Contains(value, "][") || strings.Contains(value, "] [")) {
			return 0, false // that bracket was not the last of one field
		}
	case opJava:
		n = javaName(s)
		if n == 0 {
			return 0, false
		}
		value = s[:n]
	default:
		n = strings.IndexByte(s, ' ')
		if n < 0 {
			n = len(s)
		}
		if tab := strings.IndexByte(s[:min(n, maxField)], '\t'); tab >= 0 {
			n = tab
		}
		if n <= len(st.lit) || n > maxField || !strings.HasSuffix(s[:n], st.lit) {
			return 0, false
		}
		value = s[:n-len(st.lit)]
	}
	switch st.slot {
	case toFile, toFileLine:
		if i := strings.LastIndexByte(value, ':'); i < 3 || leadingDigits(value[i+1:]) != value[i+1:] || strings.IndexByte(value[:i], '.') < 0 {
			return 0, false
		}
		if st.slot == toFileLine {
			m.component = value
		}
	case toDotted:
		if strings.IndexByte(value, '.') < 1 || !isName(value, true) {
			return 0, false
		}
		m.component = value
	case toComponent:
		if value == "" || isShouted(value) && levelWord(value) != event.NoLevel || st.op == opWord && (!isName(value, m.strict) || !m.plain && isPlainWord(value)) {
			return 0, false
		}
		m.component = value
		if value[len(value)-1] == ']' { // "worker[812]"
			if i := strings.LastIndexByte(value, '['); i > 0 && i+2 < len(value) && leadingDigits(value[i+1:]) == value[i+1:len(value)-1] {
				m.component, m.pid = value[:i], value[i+1:len(value)-1]
			}
		}
	case toThread:
		m.thread = value
	case toHost:
		m.host = value
	}
	return n, true
}

// back reads what stands behind the message.
func (m *matcher) back(l *layout) bool {
	t, ok := strings.CutSuffix(strings.TrimRight(m.text, " "), l.close)
	if !ok {
		return false
	}
	for i := range l.tail {
		at := strings.LastIndex(t, l.tail[i].lit)
		if at < 0 {
			return false
		}
		value := t[at+len(l.tail[i].lit):]
		if l.tail[i].slot == toComponent && !isName(value, true) {
			return false
		}
		switch l.tail[i].slot {
		case toComponent:
			m.component = value
		case toThread:
			m.thread = value
		}
		t = t[:at]
	}
	m.text = t
	return true
}

// isShouted tells whether w may be a level in capitals, which is no logger.
func isShouted(w string) bool {
	return len(w) < 9 && len(w) > 2 && w[0]-'A' <= 25 && w[1]-'A' <= 25 && w[len(w)-1]-'A' <= 25
}

// isPlainWord tells whether w is nothing but letters in lower case.
func isPlainWord(w string) bool {
	for i := 0; i < len(w); i++ {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return w != ""
}

// isName tells whether w may be a logger's name; all of it is looked at where
// strict.
func isName(w string, strict bool) bool {
	if w == "" || !isWord(w[0]) && w[0] != '$' && w[0] != '<' && w[0] != '/' && w[0] != '_' && w[0] != '.' && w[0] < 0x80 {
		return false
	}
	if !strict {
		return true
	}
	letters := false
	for i := 0; i < len(w); i++ {
		switch c := w[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters = true
		case c <= ' ', c == '=', c == '"', c == '\'', c == ',', c == ';', c == '!', c == '?', c == '%', c == '|':
			return false
		}
	}
	return letters && len(w) < 120
}

// javaName reads a class with its package, or a method of one, at the start of
// s: words joined by dots, of which one behind the first begins with a capital
// or which are at least three.
func javaName(s string) int {
	dots, capital, i := 0, false, 0
	for i < len(s) {
		c := s[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c == '_', c == '$', isDigit(c):
			if i > 0 && s[i-1] == '.' && c >= 'A' && c <= 'Z' {
				capital = true
			}
			if i == 0 && isDigit(c) {
				return 0
			}
		case c == '.' && i > 0 && s[i-1] != '.':
			dots++
		case c == '<' && i > 0 && s[i-1] == '.', c == '>': // <init>
		default:
			goto end
		}
		i++
	}
end:
	if dots == 0 || !capital && dots < 2 || s[i-1] == '.' || i < len(s) && s[i] != ' ' && s[i] != '\t' {
		return 0
	}
	return i
}
