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
	for _, line := range lines {
		prefix, st, end := stampWithin(line, order)
		if end == 0 || st.Impossible {
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
		l.has, l.fine = g.has, g.fine
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

// What a learnToken says about itself.
const (
	learnWord     = iota // a header field only if one that is certain follows
	learnField           // certain
	learnColumnar        // certain, of a meaning that its values decide
)

type learnToken struct {
	pat   string
	n     int
	class int
	named bool // it is the logger
	value string
}

// learnAgree looks for a learnToken that nearly all rests begin with, and returns what
// stands behind it in those that do.
func learnAgree(rests []string, named bool) (best learnToken, next []string, values []string) {
	count := map[string]int{}
	tokens := make([]learnToken, len(rests))
	for i, r := range rests {
		tokens[i] = learnTokenAt(r)
		count[learnFamily(tokens[i])]++
	}
	var top string
	for _, f := range slices.Sorted(maps.Keys(count)) {
		if top == "" || count[f] > count[top] {
			top = f
		}
	}
	n := len(rests)
	if top == "" || count[top]*10 < n*9 && (n >= 10 || count[top] < n-1 || count[top] < 3) {
		return learnToken{}, nil, nil
	}
	pats := map[string]int{}
	for i, t := range tokens {
		if learnFamily(t) == top {
			pats[t.pat]++
			next = append(next, rests[i][t.n:])
			values = append(values, t.value)
			best = t
		}
	}
	best.pat, best.class, best.named = learnGeneral(best, pats, len(next))
	if best.named && named || best.pat == "" {
		return learnToken{}, nil, nil
	}
	if len(next) < 3 && best.named && !learnDotted(values) {
		return learnToken{}, nil, nil // two lines that begin with a word and a colon are no layout
	}
	return best, next, values
}

// learnFamily is what tokens of one column have in common.
func learnFamily(t learnToken) string {
	if t.pat == "" {
		return ""
	}
	switch t.pat[0] {
	case '[', '(', '<', '{':
		return t.pat[:1]
	}
	if t.pat == "%P" || t.pat == "%w" {
		return "%w"
	}
	return t.pat
}

// learnGeneral is the pattern of a column whose lines have these.
func learnGeneral(t learnToken, pats map[string]int, n int) (pat string, class int, named bool) {
	for p, k := range pats {
		if k*10 >= n*9 {
			c := t.class
			if p == "%P" || p == "%w" {
				c = learnWord
			} else if strings.Contains(p, "%x") {
				c = learnColumnar
			} else {
				c = learnField
			}
			return p, c, strings.Contains(p, "%c")
		}
	}
	if f := learnFamily(t); f != "%w" {
		open := strings.IndexByte("[(<{", f[0])
		return f + "%x" + "])>}"[open:open+1], learnColumnar, false
	}
	return "%w", learnWord, false
}

// learnTokenAt reads one header field at the start of s.
func learnTokenAt(s string) learnToken {
	if s == "" {
		return learnToken{}
	}
	switch c := s[0]; {
	case c == '[' || c == '(' || c == '<' || c == '{':
		return learnBracket(s)
	case strings.IndexByte("-|:,*#=>~]", c) >= 0:
		n := 1
		for n < len(s) && s[n] == c && n < 3 {
			n++
		}
		if n < len(s) && s[n] != ' ' && s[n] != '\t' && c != '|' && c != ':' && c != ',' && c != ']' {
			return learnToken{}
		}
		return learnToken{pat: s[:n], n: n, class: learnField}
	case c == '_' || c == '$' || c == '/' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z':
		return learnWordAt(s)
	case isDigit(c):
		n := strings.IndexAny(s, " \t|,:]")
		if n < 0 {
			return learnToken{}
		}
		if leadingDigits(s[:n]) != s[:n] {
			if strings.ContainsAny(s[:n], "./-") || n > 18 {
				return learnToken{}
			}
			return learnToken{pat: "%w", n: n}
		}
		if s[n] == '|' {
			return learnToken{pat: "%P|", n: n + 1, class: learnField}
		}
		return learnToken{pat: "%P", n: n}
	}
	return learnToken{}
}

func learnBracket(s string) learnToken {
	open, shut := s[0], "])>}"[strings.IndexByte("[(<{", s[0])]
	depth, end := 0, -1
	for i := 0; i < len(s) && i < 120; i++ {
		switch s[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				end = i
			}
		}
		if end > 0 {
			break
		}
	}
	if end < 0 {
		return learnToken{}
	}
	inside := strings.Trim(s[1:end], " ")
	t := learnToken{n: end + 1, class: learnField, value: inside}
	switch l := levelWord(inside); {
	case inside == "":
		t.pat = s[:1] + "%i" + string(shut)
	case l != event.NoLevel:
		t.pat = s[:1] + "%p" + string(shut)
	case len(inside) == 1 && inside[0] >= 'A' && inside[0] <= 'Z' && levelLetter(inside[0]) != event.NoLevel:
		t.pat = s[:1] + "%l" + string(shut)
	case leadingDigits(inside) == inside && inside == s[1:end]:
		t.pat = s[:1] + "%P" + string(shut)
	default:
		t.pat, t.class = s[:1]+"%x"+string(shut), learnColumnar
	}
	return t
}

func learnWordAt(s string) learnToken {
	if _, n := levelAt(s); n > 0 && (n == len(s) || strings.IndexByte(" \t:,|]-/)", s[n]) >= 0) {
		return learnToken{pat: "%p", n: n, class: learnField}
	}
	n := strings.IndexAny(s, " \t")
	if n < 0 {
		n = len(s)
	}
	w := s[:n]
	if bar := strings.IndexByte(w, '|'); bar > 0 {
		return learnToken{pat: "%x|", n: bar + 1, class: learnColumnar, value: w[:bar]}
	}
	if comma := strings.IndexByte(w, ','); comma > 0 && comma+1 < len(w) && isName(w[:comma], true) {
		return learnToken{pat: "%x,", n: comma + 1, class: learnColumnar, value: w[:comma]}
	}
	if name, ok := strings.CutSuffix(w, ":"); ok && n < len(s) {
		if tag, pid, ok := strings.Cut(name, "["); ok && strings.HasSuffix(pid, "]") && isName(tag, true) && leadingDigits(pid) == pid[:len(pid)-1] {
			return learnToken{pat: "%c:", n: n, class: learnField, named: true, value: tag}
		}
		if isName(name, true) && !strings.ContainsAny(name, "([{") {
			return learnToken{pat: "%c:", n: n, class: learnField, named: true, value: name}
		}
		return learnToken{}
	}
	rest := strings.TrimLeft(s[n:], " \t")
	if isName(w, true) && (strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "| ") || strings.HasPrefix(rest, ": ")) || javaName(s) == n && n > 0 {
		return learnToken{pat: "%c", n: n, class: learnField, named: true, value: w}
	}
	return learnToken{pat: "%w", n: n}
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
		if n < 0 { // it stands against the time
			switch {
			case len(s) <= 2 && strings.Trim(s, "[({<\"'|#%*") == "":
				return p + strings.ReplaceAll(s, "%", "%%"), true
			case s[len(s)-1] == ':' || s[len(s)-1] == '|' || s[len(s)-1] == '=':
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
		default:
			p += "%w"
		}
		s = s[n:]
	}
	return p, true
}

// learnOrder looks through many lines for what tells the order of day and month
// where both are numbers: a month is never above 12, and days change before
// years do.
func learnOrder(lines []string) dateOrder {
	var least, greatest [3]int
	n := 0
	for _, line := range lines {
		i := 0
		for i < len(line) && i < 40 && !isDigit(line[i]) {
			i++
		}
		a, j := num12(line, i)
		if j == 0 || j >= len(line) || line[j] != '/' && line[j] != '-' && line[j] != '.' {
			continue
		}
		b, k := num12(line, j+1)
		if k == 0 || k >= len(line) || isDigit(line[k]) {
			continue
		}
		if _, n := stampOrdered(line[i:], orderAny); n == 0 {
			continue
		}
		c := 0
		if line[k] == line[j] {
			c, _ = num12(line, k+1)
			if digits(line[k+1:], 4) {
				c = num4(line[k+1:])
			}
		}
		for at, v := range [3]int{a, b, c} {
			if n == 0 {
				least[at] = v
			}
			least[at], greatest[at] = min(least[at], v), max(greatest[at], v)
		}
		n++
	}
	changes := func(at int) bool { return least[at] != greatest[at] }
	switch short := greatest[2] > 0 && greatest[2] < 100; {
	case n == 0:
	case greatest[1] > 12 && greatest[0] <= 12:
		return orderMDY
	case greatest[0] > 12 && greatest[1] <= 12 && !short:
		return orderDMY
	case short && greatest[0] <= 31 && greatest[1] <= 12 && changes(0) && !changes(2):
		return orderDMY
	case short && greatest[1] <= 12 && changes(2) && !changes(0):
		return orderYMD
	}
	return orderAny
}
