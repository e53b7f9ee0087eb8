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
	bare bool // learnt, and nothing but a time: a level may stand among the first words

	// find, where set, reads the line instead of steps.
	find func(m *matcher, line string) bool

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
		if m.openOrder && m.memo.Impossible {
			m.otherOrder(line[i:])
		}
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
	loose   bool                               // believed only where most lines of a member have it
	sample  string                             // a line of it
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
			l.loose, l.sample = r.loose, r.sample
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
