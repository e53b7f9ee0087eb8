package redact

import "bytes"

// without looks for the value of a name that has no sign behind it: an option
// of a command, a directive of a settings file, SQL, the name in another field.
func (s *scan) without(n *name, c class) {
	b, i := s.b, n.to
	if c == authorization || c == cookie || c == setCookie {
		s.headerWithoutColon(n, c)
		return
	}
	if q := quoteAt(b, i); q > 0 && !isBlank(b[min(i+q, len(b)-1)]) || q > 0 && n.from > 0 && quoteBefore(b, n.from) {
		s.apart(n, c, i+q)
		return
	} else if i < len(b) && (b[i] == '<' || b[i] == '\n' || b[i] == '\r' || b[i] == ',' || b[i] == '\\') {
		s.apart(n, c, i)
		return
	}
	j := skipBlanks(b, i)
	if j == i || j == len(b) || b[j] == '\n' {
		if j < len(b) && b[j] == '\n' {
			s.apart(n, c, j)
		}
		return
	}
	if c != surely && c != likely {
		return
	}
	g := gap{sign: ' '}
	s.opens(&g, j)
	if g.begin >= len(b) {
		return
	}
	switch {
	case n.dashes > 0 && b[g.begin] != '-':
	case g.quoted && c == surely && s.statement(n):
	case s.directive(n, &g, c):
	default:
		s.sentence(n, c)
		return
	}
	to := s.valueEnd(&g)
	v := b[g.begin:to]
	if len(v) == 0 || hidden(v) || isPlace(v) || c == likely && !s.likely(v, shapeOf(v), n, &gap{sign: '='}) {
		return
	}
	if n.dashes > 0 && (isStop(v) && !soft[string(v)] || s.isCode(v, &g)) {
		return
	}
	s.add(g.begin, to, Secret)
}

func quoteBefore(b []byte, from int) bool {
	c := b[from-1]
	return c == '"' || c == '\''
}

// statement tells SQL and the like, where a quoted password follows the word:
// CREATE USER x PASSWORD 'y'.
func (s *scan) statement(n *name) bool {
	if !bytes.HasSuffix(n.flat, []byte("password")) && !bytes.HasSuffix(n.flat, []byte("passwd")) {
		return false
	}
	line := s.lineBefore(n.from, 300)
	for _, word := range []string{"user ", "role ", "login ", "set ", "with ", "identified ", "values", "alter ", "create "} {
		if containsFold(line, word) {
			return true
		}
	}
	return false
}

// directives have their value behind a blank.
var directives = []string{"requirepass", "masterauth", "bindpw", "rootpw", "rocommunity", "rwcommunity", "insecurepassword", "olcrootpw", "ldapauthtok", "wpapsk", "wpapassphrase", "authpass", "keystring"}

// directive tells a name that a value follows without a sign.
func (s *scan) directive(n *name, g *gap, c class) bool {
	for _, d := range directives {
		if bytes.HasSuffix(n.flat, []byte(d)) {
			return true
		}
	}
	before := s.lineBefore(n.from, 200)
	v := s.b[g.begin:]
	switch {
	// "machine h login u password p"; a line of it may stand alone.
	case same(n.flat, "password") && netrc(before):
		return true
	// Routers: "password 7 0822455D0A16", "secret 5 $1$…"
	case len(v) > 3 && isDigit(v[0]) && v[1] == ' ' && !isBlank(v[2]) && c == surely:
		g.begin += 2
		return true
	// "community public" and "snmp-server community x RO"
	case same(n.flat, "community") && (containsFold(before, "snmp") || s.beginsLine(n.from)):
		return containsFold(before, "snmp")
	}
	// AuthLDAPBindPassword x: a name of several words that stands alone with one value.
	if c != surely || len(n.flat) < 10 || !s.beginsLine(n.from) || n.dashes > 0 {
		return false
	}
	several := 0
	for i := 1; i < len(n.flat); i++ {
		if n.starts[i] {
			several++
		}
	}
	to := s.valueEnd(g)
	end := skipBlanks(s.b, to)
	if g.quoted {
		end = skipBlanks(s.b, min(to+len(g.open), len(s.b)))
	}
	if several == 0 || end < len(s.b) && s.b[end] != '\n' && s.b[end] != '\r' && s.b[end] != ';' {
		return false
	}
	value := s.b[g.begin:to]
	return !isStop(value) && !s.isProse(value, shapeOf(value), &gap{sign: ':'}, to)
}

// netrc tells the words "login NAME" at the end of a line so far, or a machine at
// its beginning.
func netrc(before []byte) bool {
	words := bytes.Fields(before)
	n := len(words)
	return n >= 2 && (same(words[n-2], "login") || same(words[0], "machine") || same(words[0], "default") || same(words[0], "neighbor") || same(words[n-1], "chap"))
}

// lineBefore returns what stands before a place in its line.
func (s *scan) lineBefore(at, most int) []byte {
	i := at
	for i > 0 && at-i < most && s.b[i-1] != '\n' {
		i--
	}
	return s.b[i:at]
}

func containsFold(b []byte, text string) bool { return indexFold(b, text) >= 0 }

// indexFold finds a lower case text in b, whatever its case there.
func indexFold(b []byte, text string) int {
	for i := 0; i+len(text) <= len(b); i++ {
		if lower(b[i]) == text[0] && folds(b[i:], text) {
			return i
		}
	}
	return -1
}

// block looks for a value in the lines below a name of YAML: "password: |".
func (s *scan) block(n *name, g *gap, c class) bool {
	b, i := s.b, g.begin
	if g.quoted || g.sign != ':' || c != surely && c != likely || i >= len(b) || b[i] != '|' && b[i] != '>' {
		return false
	}
	for i < len(b) && (b[i] == '|' || b[i] == '>' || b[i] == '-' || b[i] == '+' || isDigit(b[i])) {
		i++
	}
	i = skipBlanks(b, i)
	if i >= len(b) || b[i] != '\n' && b[i] != '\r' {
		return false
	}
	own := indent(s.lineBefore(n.from, 200))
	for i < len(b) {
		line := bytes.IndexByte(b[i:], '\n')
		if line < 0 {
			break
		}
		i += line + 1
		end := len(b)
		if k := bytes.IndexByte(b[i:], '\n'); k >= 0 {
			end = i + k
		}
		text := bytes.TrimRight(b[i:end], " \t\r")
		deep := indent(text)
		if len(text) > deep && deep <= own {
			break
		}
		if len(text) > deep && !bytes.HasPrefix(text[deep:], []byte("-----")) && i-g.begin < longestValue {
			s.add(i+deep, i+len(text), Secret)
		}
	}
	return true
}

// indent counts the blanks and list signs a line begins with.
func indent(line []byte) int {
	i := 0
	for i < len(line) && (line[i] == ' ' || line[i] == '\t' || line[i] == '-' && i+1 < len(line) && line[i+1] == ' ') {
		i++
	}
	return i
}

// apart looks for the value of a name that is itself the value of a field:
// {"name": "DB_PASSWORD", "value": "x"}, <name>p</name><value>x</value>, and
// the list of environment variables of Kubernetes.
func (s *scan) apart(n *name, c class, i int) {
	if c != surely && c != likely {
		return
	}
	before := s.b[max(0, n.from-80):n.from]
	if !namesField(before) && !bytes.HasSuffix(before, []byte("variable \"")) {
		return
	}
	b := s.b[i:min(len(s.b), i+240)]
	at := indexFold(b, "value")
	if word := "<string>"; at < 0 && bytes.HasSuffix(before, []byte("<key>")) { // a property list
		if k := bytes.Index(b, []byte(word)); k >= 0 {
			s.named3(n, c, i+k+len(word)-1)
			return
		}
	}
	if at < 0 && containsFold(before, "variable ") { // terraform
		at = indexFold(b, "default")
	}
	if at < 0 && s.valueBefore(n, c) {
		return
	}
	if at < 0 || bytes.Count(b[:at], []byte("\n")) > 2 {
		if k := bytes.IndexByte(b, '>'); k >= 0 && k < 3 { // <entry key="password">x</entry>
			s.named3(n, c, i+k)
		}
		return
	}
	if again := indexFold(b[:at], "name"); again >= 0 && bytes.IndexByte(b[:at], '{') >= 0 {
		return // the next one's
	}
	v := name{from: i + at, to: i + at + run(b[at:], 0, isAlpha)}
	for v.from > i && isIdent(s.b[v.from-1]) { // param-value
		v.from--
	}
	g, ok := s.gap(&v)
	if !ok {
		return
	}
	to := s.valueEnd(&g)
	if g.sign != '>' && !g.quoted {
		g.atBegin = true
	}
	if s.believes(c, s.b[g.begin:to], n, &g, to) {
		s.add(g.begin, to, Secret)
	}
}

// valueBefore looks for the value in front of the name: {"value": "x", "name":
// "DB_PASSWORD"}.
func (s *scan) valueBefore(n *name, c class) bool {
	from := max(0, n.from-300)
	k := bytes.LastIndexByte(s.b[from:n.from], '{')
	if k < 0 {
		return false
	}
	at := indexFold(s.b[from+k:n.from], `"value"`)
	if at < 0 {
		return false
	}
	v := name{from: from + k + at + 1, to: from + k + at + 1 + len("value")}
	g, ok := s.gap(&v)
	if !ok || !g.quoted {
		return false
	}
	to := s.valueEnd(&g)
	if to < n.from && s.believes(c, s.b[g.begin:to], n, &g, to) {
		s.add(g.begin, to, Secret)
	}
	return true
}

// named3 takes the text of an element whose attribute names it.
func (s *scan) named3(n *name, c class, close int) {
	g := gap{sign: '>', begin: close + 1}
	if g.begin >= len(s.b) || s.b[close-1] == '/' {
		return
	}
	to := s.valueEnd(&g)
	if to > g.begin && s.b[g.begin] != '<' && s.believes(c, s.b[g.begin:to], n, &g, to) {
		s.add(g.begin, to, Secret)
	}
}

// namesField tells that a field called name or key ends here, up to its value.
func namesField(before []byte) bool {
	before = bytes.TrimRight(before, " \t\"'\\")
	if len(before) == 0 || before[len(before)-1] != ':' && before[len(before)-1] != '=' && before[len(before)-1] != '>' {
		return false
	}
	before = bytes.TrimRight(before[:len(before)-1], " \t\"'\\")
	for _, w := range []string{"name", "key", "param", "variable", "parametername", "property"} {
		if len(before) >= len(w) && same(before[len(before)-len(w):], w) {
			return true
		}
	}
	return false
}
