package parsers

import (
	"slices"
	"strings"

	"forensic/event"
	"forensic/parsers/trace"
)

// The log of an application, in any layout that logging frameworks are known to
// be told (layouts_java.go, layouts_other.go), several of them in one file:
//
//	2014-11-24 19:42:44,399 [Thread-3-SendThread(192.0.2.1:4181)] WARN  org.apache.zookeeper.ClientCnxn - Session 0x149c21809731325 for server null
//	2017-11-24 13:46:54,760 - 8 - ERROR: - Error while reading from socket: ('Connection closed by server.',)
//
// Messages of a ZooKeeper client get the kinds of format zookeeper; a thread
// dump in the middle gets those of format threaddump.
var _ = add(Format{
	Name:   "application",
	Doc:    "Application log: log4j, logback, java.util.logging, Tomcat, Spring Boot, Kafka, Hadoop, Python logging, oslo.log, gunicorn, celery, klog and others, mixed or not.",
	Files:  []string{"catalina.*", "localhost.*", "server.log*", "*.out", "application*.log", "app*.log", "error.log", "stdout*", "stderr*"},
	Kinds:  slices.Concat([]event.Kind{event.LogMessage}, zookeeperKinds, threaddumpKinds),
	Sniff:  applicationSniff,
	Lines:  &Lines{Head: applicationHead, Decode: applicationDecode, Learn: applicationLearn, Share: 0.8, Joins: zookeeperJoins},
	Around: withThreaddumps,
})

// knownLayouts is every layout of the tables, in their order.
var knownLayouts = layoutsOf(javaLayouts, otherLayouts)

// applicationHead and applicationDecode read a line without knowing its
// neighbours.
func applicationHead(line string, e *event.Event) bool {
	return newApplication("").head(line, e)
}

func applicationDecode(e *event.Event) { newApplication("").decode(e) }

// applicationLearn finds what a member is made of. As a format it wants lines
// of a layout it knows; the rest is left to format text.
func applicationLearn(sample string) *Lines {
	a := newApplication(sample)
	if a.strong == 0 {
		return nil
	}
	l := a.lines()
	l.Share = 0.8 * float64(a.strong) / float64(max(a.begin, a.strong))
	return l
}

func (a *application) lines() *Lines {
	return &Lines{Head: a.head, Whole: a.whole, Decode: a.decode, Share: 0.8, Assumed: a.assumed}
}

// An application reads one member: with the layouts that its first lines have,
// then with any other that is known.
type application struct {
	matcher
	layouts  []*layout
	first    [256]bool
	shapes   []shape // of the times of records
	coloured bool    // terminal colours stand between the fields
	strong   int     // lines of the sample that have a layout of the tables,
	same     int     // that have a time like theirs, but no layout,
	begin    int     // and that begin a record in any way
	undated  bool    // no line has a time
	indented bool    // records begin behind blanks
	likened  bool    // the line just read has no layout, but a time like those that have
	learnt   bool    // some layouts are this member's own
	tb       traceback
	dump     threaddump
}

// A shape is what one written time has in common with the others of a member.
type shape struct {
	has  event.Fields
	fine bool
	mark byte // what stands before it, 0 for nothing
	seen int
}

// head tells whether a line begins a record.
func (a *application) head(line string, e *event.Event) bool {
	if a.indented && line[0] == ' ' {
		line = line[a.stampBehindBlanks(line):]
	}
	if !a.first[line[0]] {
		a.alone = false
		return false
	}
	if a.coloured && strings.Contains(line, "\x1b[") {
		if line = withoutColours(line); line == "" {
			return false
		}
		e.Rewritten = true
	}
	if !a.read(line) {
		return false
	}
	if a.inTraceback() {
		return false
	}
	e.Stamp, e.Level, e.Component, e.Text = a.stamp, a.level, a.component, a.text
	if e.Text == "" {
		return true
	}
	if c := e.Text[0]; c == ' ' || c == '\t' {
		e.Text = strings.TrimLeft(e.Text, " \t")
	}
	if e.Level == event.NoLevel {
		if l, n := levelAt(e.Text); n > 0 && n < len(e.Text) && e.Text[n] == ':' { // "error: gone"
			e.Level = l
		}
	}
	return true
}

// read takes a line apart, by a layout or as a time like those of the other
// records and a message.
func (a *application) read(line string) bool {
	a.at = -1
	a.alone, a.wasAlone = false, a.alone
	a.likened = false
	if len(a.layouts) > 0 && a.layouts[0].first[line[0]] && a.match(a.layouts[0], line) {
		return true
	}
	has := a.open(line)
	for _, l := range a.layouts {
		if l.first[line[0]] && has[l.opening] && a.match(l, line) {
			return true
		}
	}
	if len(a.shapes) == 0 {
		if !a.undated || isContinuation(line) {
			return false
		}
		a.fields = fields{text: line} // between records without a time, every line is one
		return true
	}
	from, mark := 0, byte(0)
	if c := line[0]; c == '[' || c == '<' || c == '(' {
		from, mark = 1, c
	}
	n := a.stampAt(line, from)
	st := a.memo
	if n == 0 {
		return false
	}
	for i := range a.shapes {
		s := &a.shapes[i]
		if s.mark == mark && s.has == st.Has && (s.fine == (st.Step < 1e9) || st.Has&event.HasZone != 0) {
			a.fields = fields{stamp: st}
			a.likened = true
			a.level, a.component, a.text = textFields(strings.TrimLeft(line[from+n:], " ])>\t:,-|"))
			return true
		}
	}
	return false
}

// inTraceback tells whether the line just read goes on with a traceback whose
// every line has the prefix of a record, as oslo.log writes them. It depends on
// nothing but the lines since the open record began, so cutting that record
// again gives the same.
func (a *application) inTraceback() bool {
	if !a.oslo {
		a.tb = traceback{}
		return false
	}
	from := uint32(len(a.pid))
	for i := 0; i < len(a.component); i++ {
		from = from*31 + uint32(a.component[i])
	}
	t := a.text
	begins := strings.HasPrefix(t, "Traceback (most recent call last)")
	switch {
	case a.tb.from != from:
	case begins && a.tb.failed:
		a.tb.open = true
		return true
	case a.tb.open && tracebackGoesOn(t):
		return true
	}
	failed := a.level >= event.Error || a.level == event.TraceLevel
	a.tb = traceback{from: from, failed: failed, open: begins && failed}
	return false
}

// A traceback is what is remembered of one with prefixes: whose it is, whether
// the record before it was an error, whether it has begun.
type traceback struct {
	from         uint32
	failed, open bool
}

// tracebackGoesOn tells whether a line's text belongs to a Python traceback.
func tracebackGoesOn(t string) bool {
	if t == "" || t[0] == ' ' || strings.HasPrefix(t, "During handling of") || strings.HasPrefix(t, "The above exception") || strings.HasPrefix(t, "Traceback (most") {
		return true
	}
	class, _, _ := strings.Cut(t, ":")
	return isName(class, true) && (strings.Contains(class, ".") || strings.HasSuffix(class, "Error") || strings.HasSuffix(class, "Exception") || strings.HasSuffix(class, "_Remote") || strings.HasSuffix(class, "Exit"))
}

// whole completes a record whose message or level stands below its first line.
func (a *application) whole(e *event.Event) {
	first, rest, more := strings.Cut(e.Raw, "\n")
	if e.Stamp.Has == 0 || more && e.Text == "" {
		if a.dump.whole(e); isThreaddump(e) {
			return
		}
	}
	if !more {
		return
	}
	if e.Component == "" && first[0] == '[' && strings.HasSuffix(e.Raw, ")") {
		// Kafka's logger stands behind the last line of a message.
		last := e.Raw[strings.LastIndexByte(e.Raw, '\n')+1:]
		if i := strings.LastIndex(last, " ("); i >= 0 && javaName(last[i+2:len(last)-1]) > 0 {
			e.Component = last[i+2 : len(last)-1]
		}
	}
	if e.Text != "" && (e.Level != event.NoLevel || strings.Count(e.Text, " ") > 1) {
		return
	}
	for rest != "" {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if e.Level == event.NoLevel {
			if l, text, ok := julLevel(line); ok {
				if e.Component == "" {
					e.Component, _, _ = strings.Cut(e.Text, " ")
				}
				e.Level, e.Text = l, text
				return
			}
		}
		if e.Text == "" {
			e.Text = line
		}
		return
	}
}

// decode sets what a record's first line says beside time, level, logger and
// message, and tells the kind by the logger.
func (a *application) decode(e *event.Event) {
	e.Kind = event.LogMessage.Name
	if isThreaddump(e) {
		threaddumpDecode(e)
		return
	}
	line, _, several := strings.Cut(e.Raw, "\n")
	if line = cleanLine(strings.TrimSuffix(line, "\r")); line == "" {
		return
	}
	if a.coloured {
		line = withoutColours(line)
	}
	if a.indented {
		line = line[a.stampBehindBlanks(line):]
	}
	alone := a.alone // this line was read before; the state is that of a later one
	if !a.read(line) {
		a.fields = fields{}
	}
	a.alone = alone
	if a.oslo && several && e.Trace.Class == "" {
		e.Trace, _ = trace.Find(a.withoutPrefixes(e.Raw))
	}
	if isZooKeeper(e.Component) {
		zookeeperDecode(e)
		if !e.Attrs.Has(event.Thread) {
			e.Set(event.Thread, a.thread)
		}
		return
	}
	e.Set(event.Host, a.host)
	e.Set(event.PID, a.pid)
	e.Set(event.Thread, a.thread)
	if e.Trace.Class != "unknown" {
		e.Set(event.Class, e.Trace.Class)
	}
	peersIn(e)
}

// withoutPrefixes is a record of oslo.log without what every line of it begins
// with.
func (a *application) withoutPrefixes(raw string) string {
	var b strings.Builder
	for line := range strings.Lines(raw) {
		a.at = -1
		if line = strings.TrimRight(line, "\r\n"); line != "" && osloFind(&a.matcher, line) {
			line = a.text
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// withoutColours takes terminal colours out of a line.
func withoutColours(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "\x1b[")
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i+2:]
		for s != "" && (isDigit(s[0]) || s[0] == ';' || s[0] == '?') {
			s = s[1:]
		}
		if s != "" {
			s = s[1:]
		}
	}
	if b.Len() == 0 {
		return s
	}
	b.WriteString(s)
	return b.String()
}

// peersIn takes the address a message says it came from or went to.
func peersIn(e *event.Event) {
	for _, p := range [...]struct{ word, name string }{
		{"from ", event.Client}, {"client ", event.Client}, {"connect to ", event.Server}, {"connecting to ", event.Server}, {"Connection refused: ", event.Server}, {"server ", event.Server}, {"connection to ", event.Server},
	} {
		i := strings.Index(e.Text, p.word)
		if i < 0 || i > 0 && isWord(e.Text[i-1]) && p.word != "connect to " && p.word != "connecting to " || e.Attrs.Has(p.name) {
			continue
		}
		if a := hostPort(e.Text[i+len(p.word):]); a != "" {
			e.Set(p.name, a)
		}
	}
	if strings.Contains(e.Text, "ession") {
		zookeeperSession(e, e.Text)
	}
}

// hostPort reads an address with a port at the start of s: 192.0.2.1:80,
// /192.0.2.1:80, host/192.0.2.1:80, [2001:db8::1]:80.
func hostPort(s string) string {
	s = strings.TrimLeft(s, "/('\"")
	if a := addressAt(s); a != "" {
		if _, port := event.SplitAddr(a); port != "" {
			return a
		}
		return ""
	}
	word := s
	if i := strings.IndexAny(s, " ,;)"); i >= 0 {
		word = s[:i]
	}
	if i := strings.IndexByte(word, '/'); i > 0 {
		if a := addressAt(word[i+1:]); a != "" && strings.Contains(a, ":") {
			if _, port := event.SplitAddr(a); port != "" {
				return a
			}
		}
	}
	return ""
}
