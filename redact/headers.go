package redact

import "bytes"

// headerTriggers are schemes of Authorization that stand in logs without it.
var headerTriggers = []trigger{
	{"basic ", lookBasic}, {"basic%20", lookBasic}, {"bearer ", lookBearer}, {"bearer%20", lookBearer}, {"negotiate ", lookBearer},
	{"ntlm ", lookBearer},
}

// schemes are what an Authorization may begin with.
var schemes = []string{"basic", "bearer", "digest", "negotiate", "ntlm", "token", "apikey", "api-key", "gssapi", "kerberos", "oauth", "hmac", "hawk", "mac", "signature", "sharedkey", "sharedkeylite", "aws", "aws4-hmac-sha256", "splunk", "key", "pve", "pveapitoken", "jwt", "sso-key", "geniekey", "gitlab", "dpop"}

// authorization takes what stands behind the scheme.
func (s *scan) authorization(n *name, g *gap) {
	b := s.b
	i := g.begin
	if i < len(b) && b[i] == '[' { // Java and Go print lists
		i++
	}
	end := s.headerEnd(i, g)
	v := b[i:end]
	if hidden(v) && !isAlpha(v0(v)) {
		return
	}
	scheme := run(v, 0, isIdent)
	known := false
	for _, w := range schemes {
		known = known || same(v[:scheme], w)
	}
	switch {
	case known && scheme < len(v) && (isBlank(v[scheme]) || hasAt(v, scheme, "%20") || v[scheme] == '='):
		from := scheme + run(v[scheme:], 0, isBlank)
		if hasAt(v, scheme, "%20") {
			from = scheme + 3
		}
		if isStop(v[from:]) {
			return
		}
		if same(v[:scheme], "basic") {
			to := from + run(v[from:], 0, isBase64)
			s.basic(i+from, i+to)
			return
		}
		// Digest and signatures are several fields: all of them.
		if to := bytes.IndexByte(v[from:], ' '); to > 0 && !folds(v, "digest") && !folds(v, "aws") && !folds(v, "hawk") && !folds(v, "oauth") && !folds(v, "signature") && !folds(v, "hmac") {
			v = v[:from+to]
		}
		if len(v)-from >= 4 {
			s.add(i+from, i+len(v), Secret)
		}
	case known:
	default:
		if to := bytes.IndexByte(v, ' '); to > 0 {
			v = v[:to]
		}
		sh := shapeOf(v)
		if len(v) >= 8 && sh.digits > 0 && !isStop(v) && !isPlace(v) {
			s.add(i, i+len(v), Secret)
		}
	}
}

func v0(v []byte) byte {
	if len(v) == 0 {
		return ' '
	}
	return v[0]
}

// headerEnd is where the value of a header ends: at its line's end, or at the
// quote or bracket that holds it.
func (s *scan) headerEnd(i int, g *gap) int {
	b := s.b
	limit := min(len(b), i+longestValue)
	if g.quoted {
		if end, ok := s.closing(g, limit); ok {
			return end
		}
	}
	depth := 0
	for j := i; j < limit; j++ {
		switch c := b[j]; {
		case c < ' ' && c != '\t' || c == 0x7f:
			return j
		case (c == '"' || c == '\'') && !g.quoted && j > i && b[j-1] != '=' && !bytes.Contains(b[i:j], []byte(`="`)):
			return j
		case c == '\\' && j+1 < limit && (b[j+1] == 'r' || b[j+1] == 'n' || b[j+1] == '"'):
			return j
		case c == '[' || c == '{' || c == '(':
			depth++
		case c == ']' || c == '}' || c == ')':
			if depth--; depth < 0 {
				return j
			}
		case g.sign == '=' && !g.quoted && (c == '&' || c == ',' && j+1 < limit && b[j+1] == ' ' && isAssignment(b, j+1) && !bytes.Contains(b[i:j], []byte(`="`))):
			return j
		}
	}
	return limit
}

func isBase64(c byte) bool {
	return isAlnum(c) || c == '+' || c == '/' || c == '=' || c == '-' || c == '_'
}

// basic takes user and password in base64; the mark is the password's.
func (s *scan) basic(from, to int) {
	v := s.b[from:to]
	if len(v) < 4 || marked(v) || hidden(v) {
		return
	}
	if bytes.HasSuffix(v, []byte("%3D")) {
		return
	}
	plain := printableBase64(v)
	if plain == nil && len(v) == 4 {
		return
	}
	if k := bytes.IndexByte(plain, ':'); k >= 0 && k+1 < len(plain) {
		s.edits = append(s.edits, s.r.marked(from, to, plain[k+1:]))
		return
	}
	if len(v) >= 8 && shapeOf(v).digits > 0 {
		s.add(from, to, Secret)
	}
}

// lookBasic looks at "Basic " with base64 of user and password behind it.
func lookBasic(s *scan, at int) {
	if at > 0 && isWord(s.b[at-1]) {
		return
	}
	from := at + len("basic ")
	if s.b[at+5] == '%' {
		from += 2
	}
	to := from + run(s.b[from:], 0, isBase64)
	v := s.b[from:to]
	if plain := printableBase64(v); plain != nil && bytes.IndexByte(plain, ':') > 0 {
		s.basic(from, to)
	}
}

// lookBearer looks at "Bearer " with a token behind it.
func lookBearer(s *scan, at int) {
	if at > 0 && isWord(s.b[at-1]) {
		return
	}
	from := at + run(s.b[at:], 0, isAlpha)
	if s.b[from] == '%' {
		from += 2
	}
	from++
	to := from
	for to < len(s.b) && (isBase64(s.b[to]) || s.b[to] == '.' || s.b[to] == '~') {
		to++
	}
	v := s.b[from:to]
	if sh := shapeOf(v); len(v) >= 8 && sh.digits > 0 && sh.lower+sh.upper > 0 && !folds(v, "0x") || len(v) >= 24 {
		s.add(from, to, Secret)
	}
}

// headerWithoutColon is a header as a setting or an argument: proxy_set_header
// Authorization "Basic …", ("Authorization", "Bearer …").
func (s *scan) headerWithoutColon(n *name, c class) {
	b, i := s.b, n.to
	if q := quoteAt(b, i); q > 0 {
		i += q
	}
	i = skipBlanks(b, i)
	if i < len(b) && b[i] == ',' {
		i = skipBlanks(b, i+1)
	} else if i == n.to {
		return
	}
	g := gap{sign: ' '}
	s.opens(&g, i)
	if !g.quoted || g.begin >= len(b) {
		return
	}
	if c == authorization {
		s.authorization(n, &g)
		return
	}
	s.cookies(n, &g, c)
}

// attributes of a cookie are no secrets.
var attributes = []string{"path", "domain", "expires", "max-age", "samesite", "version", "comment", "secure", "httponly", "priority", "port"}

// cookies takes the values of name=value pairs; of Set-Cookie only the first.
func (s *scan) cookies(n *name, g *gap, c class) {
	b := s.b
	i := g.begin
	if i < len(b) && b[i] == '[' {
		i++
	}
	end := s.headerEnd(i, &gap{sign: ':', quoted: g.quoted, open: g.open, begin: g.begin})
	if g.sign == '=' && !g.quoted {
		end = min(end, s.bareCookies(i, end))
	}
	pairs := 0
	for i < end {
		i += run(b[i:end], 0, func(c byte) bool { return isBlank(c) || c == ';' || c == ',' })
		stop := end
		if k := bytes.IndexByte(b[i:end], ';'); k >= 0 {
			stop = i + k
		}
		pair := b[i:stop]
		eq := bytes.IndexByte(pair, '=')
		switch {
		case eq < 0 && pairs == 0 && len(pair) >= 16 && shapeOf(pair).digits > 0 && bytes.IndexByte(pair, ' ') < 0 && g.sign != ' ':
			s.add(i, stop, Secret) // an Erlang cookie, a token
		case eq <= 0 || bytes.IndexByte(pair[:eq], ' ') >= 0:
		case isAttribute(pair[:eq]):
		default:
			v := bytes.TrimSpace(pair[eq+1:])
			v = bytes.Trim(v, `"`)
			from := i + bytes.Index(pair, v)
			if len(v) > 0 && bytes.IndexByte(v, ' ') < 0 && len(v) >= 4 && !isStop(v) {
				from = i + eq + 1 + bytes.Index(pair[eq+1:], v)
				s.add(from, from+len(v), Secret)
			}
		}
		if pairs++; c == setCookie && pairs == 1 {
			// Further cookies may follow in the same header, behind attributes.
			g.space = true
		}
		i = stop + 1
	}
}

// bareCookies ends a list of cookies in a line of other fields at the first
// blank that no further pair follows.
func (s *scan) bareCookies(i, end int) int {
	for j := i; j < end; j++ {
		if isBlank(s.b[j]) && j > i && s.b[j-1] != ';' {
			return j
		}
	}
	return end
}

func isAttribute(b []byte) bool {
	for _, a := range attributes {
		if same(b, a) {
			return true
		}
	}
	return false
}
