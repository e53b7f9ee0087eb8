package parsers

import (
	"strings"

	"forensic/event"
)

// A layout is how the first line of a record is put together, as somebody told
// a logging framework to do it. It is written in a small language:
//
//	%d  date and time             %e  seconds since 1970       %b  seconds since the start
//	%p  level, a word             %l  level, a letter          %P  process id, digits
//	%c  logger: one word          %C  logger: several words    %J  logger: a class or method with its package
//	%D  logger: one word with a dot                            %F  logger: file and line
//	%t  thread: one word          %T  thread: several words    %h  host
//	%w  a word, %n a number, %f file and line, %i any text: not kept
//	%m  the message, to the end of the line, or to what is written behind it
//	%(  %)  may be missing        %%  a percent sign
//
// A blank stands for one or more; everything else stands for itself. A field
// that stands behind a bracket, quote or bar goes on to the text behind it and
// may hold blanks; others end at a blank.
type layout struct {
	pattern string
	steps   []step
	tail    []step // behind the message, last first
	close   string // what the line must end in
	first   [256]bool
	opening opening
	loose   bool // too general to be believed before many lines of a member have it

	// has and fine say which times a learnt layout takes; has 0: any.
	has  event.Fields
	fine bool

	// find, where set, reads the line instead of steps.
	find func(m *matcher, line string) bool

	// decode, where set, goes on where the general decoding ended.
	decode func(e *event.Event)

	sample string
	seen   int // in how many lines of a member's sample
}

// fields are the parts of one line.
type fields struct {
	stamp                              event.Stamp
	level                              event.Level
	component, thread, pid, host, text string

	oslo bool // a line of oslo.log, whose text keeps its indent
}

// An opening is what a layout begins with. What a line does not have is asked
// once for all layouts.
type opening uint8

const (
	opensOther       opening = iota
	opensStamp               // a time
	opensMarkedStamp         // a bracket and a time
	opensLevel               // a level
	opensMarkedLevel         // a bracket and a level
	openings
)

func openingOf(steps []step) opening {
	marked := len(steps) > 1 && steps[0].op == opLit && len(steps[0].lit) == 1
	if marked {
		steps = steps[1:]
	}
	switch {
	case len(steps) == 0:
		return opensOther
	case steps[0].op == opStamp && marked:
		return opensMarkedStamp
	case steps[0].op == opStamp:
		return opensStamp
	case steps[0].op == opLevel && marked:
		return opensMarkedLevel
	case steps[0].op == opLevel:
		return opensLevel
	}
	return opensOther
}

// open tells which openings a line has.
func (m *matcher) open(line string) (has [openings]bool) {
	has[opensOther] = true
	c := line[0]
	switch {
	case isDigit(c), c >= 0xc3:
		has[opensStamp] = m.stampAt(line, 0) > 0
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		if has[opensStamp] = m.stampAt(line, 0) > 0; !has[opensStamp] {
			_, n := levelAt(line)
			has[opensLevel] = n > 0
		}
	case len(line) > 1:
		if has[opensMarkedStamp] = m.stampAt(line, 1) > 0; !has[opensMarkedStamp] {
			_, n := levelAt(line[1:])
			has[opensMarkedLevel] = n > 0
		}
	}
	return has
}

// stampAt reads the time at i, once.
func (m *matcher) stampAt(line string, i int) int {
	if m.at != i {
		m.at = i
		m.memo, m.end = stampOrdered(line[i:], m.order)
	}
	return m.end
}

type op uint8

const (
	opStamp op = iota
	opEpoch
	opBoot
	opLevel
	opLetter
	opLit
	opBlank
	opWord // up to a blank, or to lit, which a blank or the end follows
	opSpan // up to lit, blanks at both ends taken off
	opDigits
	opJava
	opOption
)

type slot uint8

const (
	toNone slot = iota
	toComponent
	toThread
	toPID
	toHost
	toDotted // a component, if it has a dot
	toFile   // nowhere, if it is a file and a line
	toFileLine
)

type step struct {
	op   op
	slot slot
	lit  string
	sub  []step
}

// compile reads a pattern of the language above. The patterns are our own, or
// made by learnLayouts.
func compile(pattern string) *layout {
	l := &layout{pattern: pattern}
	rest := pattern
	l.steps, rest = compileSteps(rest)
	if strings.HasPrefix(rest, "%m") {
		l.tail, l.close = compileTail(rest[2:])
	}
	l.begins(l.steps)
	l.opening = openingOf(l.steps)
	return l
}

func compileSteps(s string) (steps []step, rest string) {
	for s != "" {
		if s[0] != '%' {
			if s[0] == ' ' {
				steps = append(steps, step{op: opBlank})
				s = strings.TrimLeft(s, " ")
				continue
			}
			n := strings.IndexAny(s, " %")
			if n < 0 {
				n = len(s)
			}
			steps = append(steps, step{op: opLit, lit: s[:n]})
			s = s[n:]
			continue
		}
		v := s[1]
		before := byte(' ')
		if n := len(steps); n > 0 && steps[n-1].op == opLit {
			before = steps[n-1].lit[len(steps[n-1].lit)-1]
		}
		switch v {
		case 'm':
			return steps, s
		case ')':
			return steps, s[2:]
		case '(':
			var sub []step
			sub, s = compileSteps(s[2:])
			steps = append(steps, step{op: opOption, sub: sub})
			continue
		}
		s = s[2:]
		switch v {
		case 'd':
			steps = append(steps, step{op: opStamp})
		case 'e':
			steps = append(steps, step{op: opEpoch})
		case 'b':
			steps = append(steps, step{op: opBoot})
		case 'p':
			steps = append(steps, step{op: opLevel})
		case 'l':
			steps = append(steps, step{op: opLetter})
		case 'n':
			steps = append(steps, step{op: opDigits})
		case 'P':
			steps = append(steps, step{op: opDigits, slot: toPID})
		case 'J':
			steps = append(steps, step{op: opJava, slot: toComponent})
		case '%':
			steps = append(steps, step{op: opLit, lit: "%"})
		default:
			st, n := compileField(v, before, s)
			steps = append(steps, st)
			s = s[n:]
		}
	}
	return steps, ""
}

var fieldSlots = [128]slot{'c': toComponent, 'C': toComponent, 'D': toDotted, 'F': toFileLine, 'f': toFile, 't': toThread, 'T': toThread, 'h': toHost}

// compileField makes the step of a field whose end is told by what follows it
// in the pattern, of which it takes n bytes along.
func compileField(v, before byte, rest string) (st step, n int) {
	st.slot = fieldSlots[v]
	lit := rest
	if i := strings.IndexByte(rest, '%'); i >= 0 {
		lit = rest[:i]
	}
	bar := strings.HasPrefix(strings.TrimLeft(lit, " "), "|")
	inside := strings.IndexByte("[({<|\"'\t,", before) >= 0 || bar
	if strings.IndexByte("CDFTif", v) >= 0 || inside {
		st.op = opSpan
		text := strings.TrimRight(lit, " ")
		switch i := strings.IndexByte(lit, ' '); {
		case text == "" && lit != "":
			return step{st.op, st.slot, " ", nil}, 0
		case i > 0 && !bar:
			text = lit[:i]
		}
		st.lit = text
		if len(text) < len(lit) {
			st.lit += " " // a blank must follow; it is the next step's
		}
		return st, len(text)
	}
	st.op = opWord
	if i := strings.IndexByte(lit, ' '); i >= 0 {
		lit = lit[:i]
	}
	st.lit = lit
	return st, len(lit)
}

// compileTail reads what stands behind the message: fields with what comes
// before each, and what ends the line.
func compileTail(s string) (tail []step, end string) {
	for s != "" {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			return tail, s
		}
		st, _ := compileField(s[i+1], ' ', "")
		st.lit = s[:i]
		tail = append([]step{st}, tail...)
		s = s[i+2:]
	}
	return tail, ""
}

// begins notes which bytes a line of this layout can begin with.
func (l *layout) begins(steps []step) {
	set := func(from, to byte) {
		for c := int(from); c <= int(to); c++ {
			l.first[c] = true
		}
	}
	for _, st := range steps {
		switch st.op {
		case opStamp:
			set('0', '9')
			set('A', 'Z')
			set('a', 'z')
			set(0xc3, 0xff)
		case opEpoch, opBoot, opDigits:
			set('0', '9')
		case opLevel, opLetter, opJava:
			set('A', 'Z')
			set('a', 'z')
			set(0xc3, 0xff)
		case opLit:
			l.first[st.lit[0]] = true
		case opBlank:
			set(' ', ' ')
		case opOption:
			l.begins(st.sub)
			continue
		default:
			set('!', 0xff)
		}
		return
	}
	set(1, 0xff)
}

// A layoutRow is one layout of a table.
type layoutRow struct {
	pattern string
	find    func(m *matcher, line string) bool // instead of a pattern
	opens   opening                            // what find wants
	decode  func(e *event.Event)
	loose   bool   // believed only where most lines of a member have it
	sample  string // a line of it
}

// layoutsOf compiles a table.
func layoutsOf(rows ...[]layoutRow) (all []*layout) {
	for _, table := range rows {
		for _, r := range table {
			l := &layout{find: r.find, opening: r.opens}
			if r.find == nil {
				l = compile(r.pattern)
			} else {
				l.first = startsOf(r.sample)
			}
			l.decode, l.loose, l.sample = r.decode, r.loose, r.sample
			all = append(all, l)
		}
	}
	return all
}

// startsOf is which bytes lines like the sample begin with: any digit for a
// digit, any letter for a letter, itself for anything else.
func startsOf(sample string) (first [256]bool) {
	for c := range first {
		b := byte(c)
		switch s := sample[0]; {
		case isDigit(s):
			first[c] = isDigit(b)
		case s|0x20 >= 'a' && s|0x20 <= 'z':
			first[c] = b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0xc3 || isDigit(b)
		case s == '-': // Blue Gene's label, a dash or a word in capitals
			first[c] = b == s || b >= 'A' && b <= 'Z'
		default:
			first[c] = b == s
		}
	}
	return first
}

// A matcher tries layouts on the lines of one member.
type matcher struct {
	fields
	order dateOrder
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
		if value == "" || st.op == opWord && (!isName(value, m.strict) || !m.plain && isPlainWord(value)) {
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
