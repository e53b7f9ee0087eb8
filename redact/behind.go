package redact

import "bytes"

// A gap is what stands between a name and its value.
type gap struct {
	sign    byte // '=', ':', '>' or ' '
	coded   bool // the sign was written as %3D or %3A
	close   bool // a quote closed behind the name
	quoted  bool // a quote opens the value
	open    []byte
	begin   int  // of the value
	atBegin bool // nothing but space stands before the name in its line
	space   bool // blanks between sign and value
}

// longestValue bounds how far a value may reach.
const longestValue = 8 << 10

// behindName looks for a value behind a name and notes it.
func (s *scan) behindName(n *name, c class) {
	g, ok := s.gap(n)
	if !ok {
		s.without(n, c)
		return
	}
	switch c {
	case authorization:
		s.authorization(n, &g)
		return
	case cookie, setCookie:
		s.cookies(n, &g, c)
		return
	}
	if s.block(n, &g, c) {
		return
	}
	if g.sign == '>' && s.b[g.begin] == '<' { // <property name="password"><value>x</value>
		s.apart(n, c, n.to)
		return
	}
	to := s.valueEnd(&g)
	for s.name { // dump-password=x.log.gz
		dot := bytes.LastIndexByte(s.b[g.begin:to], '.')
		if dot <= 0 || !isEnding(s.b[g.begin+dot+1:to]) {
			break
		}
		to = g.begin + dot
	}
	v := s.b[g.begin:to]
	if !s.believes(c, v, n, &g, to) {
		return
	}
	s.add(g.begin, to, Secret)
}

// gap reads what stands behind a name, up to its value.
func (s *scan) gap(n *name) (g gap, ok bool) {
	b, i := s.b, n.to
	g.atBegin = s.beginsLine(n.from - n.dashes)
	if q := quoteAt(b, i); q > 0 && i+q <= len(b) {
		g.close = true
		i += q
	}
	if i < len(b) && b[i] == ']' && n.from > 0 && (b[n.from-1] == '[' || g.close) {
		i++
	}
	if from := n.from; from > 0 && i == n.to && i < len(b) && isBlank(b[i]) && (b[from-1] == '<' || xmlName(b, from)) {
		i = tagEnd(b, i) // <Password xmlns="x">
	}
	i = skipBlanks(b, i)
	switch {
	case i >= len(b):
		return g, false
	case b[i] == '=':
		g.sign = '='
		i++
		switch {
		case i < len(b) && b[i] == '>':
			i++
		case i < len(b) && (b[i] == '=' || b[i] == '~'):
			return g, false
		}
	case b[i] == ':':
		g.sign = ':'
		i++
		if i < len(b) && (b[i] == '=' || b[i] == ':') {
			i++
		}
	case wideColon(b[i:]):
		g.sign = ':'
		i += run(b[i:], 0, func(c byte) bool { return c >= 0x80 }) // bounded by what follows
		i = min(i, wideEnd(b, skipBlanks(b, n.to)))
	case b[i] == '%':
		w := codedSign(b[i:])
		if w == 0 {
			return g, false
		}
		g.sign, g.coded = '=', true
		i += w
	case b[i] == '>' && n.from > 0 && (b[n.from-1] == '<' || g.close || xmlName(b, n.from)):
		g.sign = '>'
		i++
	case b[i] == '&' && (bytes.HasPrefix(b[i:], []byte("&gt;")) || bytes.HasPrefix(b[i:], []byte("&#61;"))):
		g.sign = '>'
		i += bytes.IndexByte(b[i:], ';') + 1
	case b[i] == '|' && i > 0 && b[i-1] == ' ' && tableCell(b, n.from):
		g.sign = '|'
		i++
	case bytes.HasPrefix(b[i:], []byte(`\u003d`)), bytes.HasPrefix(b[i:], []byte(`\u003D`)), bytes.HasPrefix(b[i:], []byte(`\u003e`)):
		g.sign = '='
		i += 6
	case b[i] == ',' && (g.close && s.argument(n) || n.dashes > 0):
		g.sign = ','
		i++
	default:
		return g, false
	}
	from := i
	i = skipBlanks(b, i)
	g.space = i > from
	if g.sign == '>' {
		if k := run(b[i:min(len(b), i+200)], 0, func(c byte) bool { return c <= ' ' }); i+k < len(b) {
			i += k // the text may stand in lines of its own
		}
		if hasAt(b, i, "<![CDATA[") {
			i += len("<![CDATA[")
		}
	}
	s.opens(&g, i)
	return g, g.begin < len(b)
}

// tagEnd returns where the attributes of an element end, if it has a text; else
// where they begin.
func tagEnd(b []byte, i int) int {
	for j := i; j < len(b) && j-i < 300; j++ {
		switch b[j] {
		case '<', '\n':
			return i
		case '>':
			if b[j-1] == '/' {
				return i
			}
			return j
		}
	}
	return i
}

// wideEnd is where a full-width sign ends.
func wideEnd(b []byte, i int) int {
	for _, c := range []string{"：", "＝", "\xa3\xba", "\xa3\xbd"} {
		if bytes.HasPrefix(b[i:], []byte(c)) {
			return i + len(c)
		}
	}
	return i
}

// opens reads the quote in front of a value, if there is one.
func (s *scan) opens(g *gap, i int) {
	b := s.b
	// Python writes u'…' and b'…', PHP string(6) "…".
	if i+1 < len(b) && (b[i] == 'u' || b[i] == 'b' || b[i] == 'r') && (b[i+1] == '\'' || b[i+1] == '"') {
		i++
	}
	if bytes.HasPrefix(b[i:], []byte("string(")) {
		if k := bytes.Index(b[i:min(len(b), i+20)], []byte(`) "`)); k > 0 {
			i += k + 2
		}
	}
	if i < len(b) && b[i] == '[' && i+1 < len(b) && quoteAt(b, i+1) > 0 {
		i++ // a list of one
	}
	if q := quoteAt(b, i); q > 0 {
		g.quoted, g.open = true, b[i:i+q]
		i += q
	}
	g.begin = i
}

// quoteAt returns the width of a quote as it may be written: " ' ` with
// backslashes, %22, &quot; and so on; 0: there is none.
func quoteAt(b []byte, i int) int {
	j := i
	for j < len(b) && b[j] == '\\' && j-i < 16 {
		j++
	}
	if j >= len(b) {
		return 0
	}
	switch {
	case b[j] == '"' || b[j] == '\'' || b[j] == '`':
		return j + 1 - i
	case j > i && (hasAt(b, j, "u0022") || hasAt(b, j, "u0027")):
		return j + 5 - i
	case j > i:
		return 0
	case b[i] == '%':
		for _, q := range []string{"%22", "%27", "%2522", "%5C%22", "%5c%22"} {
			if hasAt(b, i, q) {
				return len(q)
			}
		}
	case b[i] == '&':
		for _, q := range []string{"&quot;", "&#34;", "&apos;", "&#39;", "&amp;quot;"} {
			if hasAt(b, i, q) {
				return len(q)
			}
		}
	}
	return 0
}

func hasAt(b []byte, i int, text string) bool {
	return len(b)-i >= len(text) && string(b[i:i+len(text)]) == text
}

func skipBlanks(b []byte, i int) int {
	for k := 0; i < len(b) && isBlank(b[i]) && k < 64; k++ {
		i++
	}
	return i
}

// codedSign is the width of an equals sign or colon in a URL.
func codedSign(b []byte) int {
	for _, c := range []string{"%3d", "%3a", "%253d", "%253a"} {
		if folds(b, c) {
			return len(c)
		}
	}
	return 0
}

// xmlName tells a name behind a namespace: <ns:password>.
func xmlName(b []byte, from int) bool {
	if b[from-1] != ':' {
		return false
	}
	i := from - 2
	for i >= 0 && from-i < 40 && isIdent(b[i]) {
		i--
	}
	return i >= 0 && b[i] == '<'
}

// tableCell tells that a name begins a row or a cell of a table: | name | value |
func tableCell(b []byte, from int) bool {
	i := from
	for i > 0 && b[i-1] == ' ' && from-i < 64 {
		i--
	}
	return i == 0 || b[i-1] == '|' || b[i-1] == '\n'
}

// argument tells that a quoted name is an argument before its value: an option
// ("--password", "x") or a call: put("password", "x").
func (s *scan) argument(n *name) bool {
	if n.dashes > 0 {
		return true
	}
	i := n.from - 1
	return i > 1 && s.b[i-1] == '(' && isIdent(s.b[i-2])
}

// beginsLine tells that nothing but blanks, comment and list signs, quotes or
// "export" and the like stands before a place in its line.
func (s *scan) beginsLine(at int) bool {
	b, i := s.b, at
	for i > 0 && b[i-1] != '\n' {
		i--
		if at-i > 80 {
			return false
		}
	}
	before := bytes.Trim(b[i:at], " \t\"'#;-+*/|<>")
	switch {
	case len(before) == 0:
		return true
	case same(before, "export"), same(before, "set"), same(before, "env"), same(before, "arg"), same(before, "setenv"), same(before, "declare -x"), same(before, "@"):
		return true
	}
	return isPath(before) // server.db.password in parts, or a diff's file name
}

// isPath tells a dotted or slashed name of one word.
func isPath(v []byte) bool {
	for _, c := range v {
		if !isIdent(c) && c != '/' && c != '[' && c != ']' {
			return false
		}
	}
	return len(v) > 0 && (v[len(v)-1] == '.' || v[len(v)-1] == '/')
}
