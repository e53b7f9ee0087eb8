package parsers

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"forensic/event"
)

// learnLayouts finds the layouts of lines that no known one reads: the lines are
// grouped by what stands before their time and by how exactly that is written,
// and what nearly all lines of a group have in common behind it (levels,
// brackets, numbers, a name and a colon) is no message.
//
// A group of lines too small among the others is left out: its dates are
// those of messages. Every layout is followed by one that takes the time alone.
func learnLayouts(lines []string, order dateOrder, lead bool) []*layout {
	groups := map[string]*learning{}
	possible := slices.ContainsFunc(lines, func(line string) bool {
		_, st, end := stampWithin(line, order)
		return end > 0 && !st.Impossible
	})
	for _, line := range lines {
		prefix, st, end := stampWithin(line, order)
		if end == 0 || st.Impossible && possible { // where no time can be, records begin all the same
			continue
		}
		fine := byte('s')
		if st.Step < 1e9 {
			fine = 'f'
		}
		if st.Has&event.HasZone != 0 {
			fine = 'z'
		}
		key := string([]byte{byte(st.Has), fine}) + prefix
		g := groups[key]
		if g == nil {
			g = &learning{key: key, prefix: prefix, has: st.Has, fine: st.Step < 1e9}
			groups[key] = g
		}
		g.rests = append(g.rests, line[end:])
	}
	all := slices.SortedFunc(maps.Values(groups), func(a, b *learning) int {
		return cmp.Or(cmp.Compare(len(b.rests), len(a.rests)), strings.Compare(a.key, b.key))
	})
	var found []*layout
	for i, g := range all {
		if n := len(g.rests); i == 8 || n*20 < len(all[0].rests) || n < 2 && i > 0 || g.prefix != "" && n < 2 && len(lines) > 3 {
			break
		}
		if !lead && len(g.rests)*5 < len(lines) {
			break
		}
		if i > 0 && isSentence(g.prefix) && len(g.rests)*3 < len(all[0].rests) {
			continue
		}
		found = append(found, g.layouts()...)
	}
	return found
}

// A learning is a group of lines whose times look alike.
type learning struct {
	key, prefix string
	has         event.Fields
	fine        bool
	rests       []string // what stands behind the time

	pattern string
	columns []learnColumn
}

// A learnColumn is a field whose meaning its values decide.
type learnColumn struct {
	at     int // of its %x in the pattern
	values []string
}

// layouts returns what was learnt of a group, and what takes its time alone.
func (g *learning) layouts() []*layout {
	bare := g.prefix + "%d%m"
	g.pattern = g.prefix + "%d"
	g.read()
	g.resolve()
	var found []*layout
	for _, p := range []string{g.pattern + "%m", bare} {
		if len(found) > 0 && p == found[0].pattern {
			break
		}
		l := compile(p)
		l.has, l.fine, l.bare = g.has, g.fine, !strings.ContainsAny(p, "pl") || p == bare
		found = append(found, l)
	}
	return found
}

// read goes through what the rests have in common, token by token.
func (g *learning) read() {
	rests, named := g.rests, false
	committed, columns := len(g.pattern), 0
	for range 14 {
		blank := 0
		for _, r := range rests {
			if r != "" && (r[0] == ' ' || r[0] == '\t') {
				blank++
			}
		}
		if blank*20 >= len(rests)*19 {
			g.pattern += " "
			for i := range rests {
				rests[i] = strings.TrimLeft(rests[i], " \t")
			}
		} else if blank > 0 {
			break
		}
		t, next, values := learnAgree(rests, named)
		if t.pat == "" {
			break
		}
		if t.class == learnColumnar {
			g.columns = append(g.columns, learnColumn{len(g.pattern) + strings.Index(t.pat, "%x"), values})
		}
		g.pattern += t.pat
		rests = next
		if t.class != learnWord {
			committed, columns = len(g.pattern), len(g.columns)
		}
		if t.named {
			named = true
			if strings.HasSuffix(t.pat, ":") {
				break
			}
		} else if named && len(t.pat) <= 3 && strings.IndexByte("-:|", t.pat[0]) >= 0 {
			break // what stands behind "logger - " is the message
		}
	}
	g.pattern, g.columns = g.pattern[:committed], g.columns[:columns]
	if strings.HasSuffix(g.pattern, "%d") && g.prefix == "" {
		return
	}
	// The blanks behind the last field are no message either.
	g.pattern += "%( %)"
}

// resolve decides for each column whether it is a thread or a logger.
func (g *learning) resolve() {
	p := []byte(g.pattern)
	hasThread, hasName := false, strings.Contains(g.pattern, "%c")
	for _, c := range g.columns {
		if !hasName && learnDotted(c.values) {
			p[c.at+1], hasName = 'C', true
		}
	}
	for _, c := range g.columns {
		if p[c.at+1] == 'x' && !hasThread && learnThreads(c.values) {
			p[c.at+1], hasThread = 't', true
		}
	}
	for _, c := range g.columns {
		if p[c.at+1] != 'x' {
			continue
		}
		switch {
		case learnMost(c.values, func(v string) bool { return strings.HasPrefix(v, "req-") || len(v) > 60 || v == "-" }):
			p[c.at+1] = 'i'
		case !hasName && learnWords(c.values):
			p[c.at+1], hasName = 'C', true
		case !hasThread:
			p[c.at+1], hasThread = 't', true
		default:
			p[c.at+1] = 'i'
		}
	}
	g.pattern = string(p)
	if !hasName && strings.Count(g.prefix, "%w") == 1 && !strings.Contains(g.pattern, "%C") { // "worker 7 [DATE] …"
		g.pattern = strings.Replace(g.pattern, "%w", "%c", 1)
	}
}

// learnMost tells whether at least half of the values are so.
func learnMost(values []string, is func(string) bool) bool {
	n := 0
	for _, v := range values {
		if is(v) {
			n++
		}
	}
	return 2*n >= len(values) && n > 0
}

func learnDotted(values []string) bool {
	return learnMost(values, func(v string) bool {
		return strings.Count(v, ".") > 0 && isName(v, true) && !strings.ContainsAny(v, "/[") && addressAt(v) == ""
	})
}

func learnWords(values []string) bool {
	return learnMost(values, func(v string) bool { return isName(v, true) && len(v) < 60 })
}

func learnThreads(values []string) bool {
	return learnMost(values, func(v string) bool {
		for _, w := range [...]string{"hread", "main", "pool", "exec", "worker", "Worker", "-nio-", "Timer", "cheduler", "roxy", "RMI", "http-", "SendThread", "#"} {
			if strings.Contains(v, w) {
				return true
			}
		}
		return false
	})
}

// stampWithin finds the time of a line: at its start, or behind a few words. It
// returns the pattern of what stands before.
func stampWithin(line string, order dateOrder) (prefix string, st event.Stamp, end int) {
	if line == "" || line[0] == '\t' || strings.HasPrefix(line, "  ") {
		return "", st, 0
	}
	for i := 0; i < len(line) && i < 100; i++ {
		if i > 0 && strings.IndexByte(" [(<{|\"':=,\t", line[i-1]) < 0 || !isWord(line[i]) && line[i] < 0x80 {
			continue
		}
		st, n := stampOrdered(line[i:], order)
		if n == 0 || st.Has&event.HasDate == 0 && i > 4 && st.Step >= 1e9 {
			continue
		}
		if e := i + n; e < len(line) && (isWord(line[e]) || line[e] == '/') {
			continue
		}
		if prefix, ok := prefixPattern(line[:i]); ok {
			return prefix, st, i + n
		}
		return "", st, 0
	}
	return "", st, 0
}

// prefixPattern is the pattern of what stands before a time.
func prefixPattern(s string) (string, bool) {
	p, fields := "", 0
	for s != "" {
		if s[0] == ' ' || s[0] == '\t' {
			p += " "
			s = strings.TrimLeft(s, " \t")
			continue
		}
		if fields++; fields > 8 {
			return "", false
		}
		n := strings.IndexAny(s, " \t")
		if pat, k := prefixBracket(s); k > n && n > 0 { // "[INFO ]", "(kafka-producer | producer-1)"
			p += pat
			s = s[k:]
			continue
		}
		if n < 0 { // it stands against the time
			switch {
			case len(s) <= 2 && strings.Trim(s, "[({<\"'|#%*") == "":
				return p + strings.ReplaceAll(s, "%", "%%"), true
			case learnLevel(s[:len(s)-1]) && strings.IndexByte(":|[(;,", s[len(s)-1]) >= 0:
				return p + "%p" + s[len(s)-1:], true
			case strings.IndexByte("|;,", s[len(s)-1]) >= 0:
				return p + prefixColumns(s), true
			case s[len(s)-1] == ':' || s[len(s)-1] == '|' || s[len(s)-1] == '=' || s[len(s)-1] == ';' || s[len(s)-1] == ',':
				return p + "%i" + s[len(s)-1:], true
			case s[len(s)-1] == '[' || s[len(s)-1] == '(':
				return p + "%i" + s[len(s)-1:], true
			}
			return "", false
		}
		switch t := learnTokenAt(s); {
		case t.n == n && t.pat == "%p":
			p += "%p"
		case n == 1 && s[0] <= 'Z' && levelLetter(s[0]) != event.NoLevel:
			p += "%l"
		case t.n == n && t.pat == "%P":
			p += "%n"
		case t.n == n && t.class == learnColumnar:
			p += s[:1] + "%i" + s[n-1:n]
		case t.n == n && (s[0] == '[' || s[0] == '(' || s[0] == '<' || s[0] == '{'):
			p += t.pat
		case s[n-1] == ':' && learnLevel(s[:n-1]):
			p += "%p:"
		case n > 4 && s[0] == '|' && s[n-1] == '|' && learnLevel(s[1:n-1]):
			p += "|%p|"
		default:
			p += "%w"
		}
		s = s[n:]
	}
	return p, true
}

// prefixColumns reads columns without blanks between them, whose mark is the last
// byte: "INFO|shop|", "|shop|".
func prefixColumns(s string) string {
	p, mark := "", s[len(s)-1:]
	for column := range strings.SplitSeq(s[:len(s)-1], mark) {
		switch {
		case column == "":
		case learnLevel(column):
			p += "%p"
		default:
			p += "%i"
		}
		p += mark
	}
	return p
}

// prefixBracket reads a field in brackets that holds blanks, and returns its
// pattern and how long it is.
func prefixBracket(s string) (string, int) {
	if strings.IndexByte("[(<{", s[0]) < 0 {
		return "", 0
	}
	t := learnTokenAt(s)
	if t.n == 0 || t.n < len(s) && s[t.n] != ' ' && s[t.n] != '\t' {
		return "", 0
	}
	if t.class == learnColumnar {
		return s[:1] + "%i" + s[t.n-1:t.n], t.n
	}
	return t.pat, t.n
}

// isSentence tells whether what stands before a time reads like words of a
// message, or a quotation.
func isSentence(prefix string) bool {
	return strings.Count(prefix, "%w") > 2 || strings.HasSuffix(prefix, "'") || strings.HasSuffix(prefix, `"`)
}

// learnLevel tells whether w is a level and nothing else.
func learnLevel(w string) bool {
	_, n := levelAt(w)
	return n > 0 && n == len(w)
}
