package redact

import "bytes"

// valueEnd finds where a value ends.
func (s *scan) valueEnd(g *gap) int {
	limit := min(len(s.b), g.begin+longestValue)
	switch {
	case g.quoted:
		if end, ok := s.closing(g, limit); ok {
			return end
		}
		return s.bare(g.begin, limit, g)
	case g.sign == '>':
		end := -1
		for _, stop := range []string{"<", "&lt;", "]]>", `\u003c`} {
			if k := bytes.Index(s.b[g.begin:limit], []byte(stop)); k >= 0 && (end < 0 || k < end) {
				end = k
			}
		}
		if end >= 0 {
			return g.begin + len(bytes.TrimRight(s.b[g.begin:g.begin+end], " \t\r\n"))
		}
	case g.sign == '|':
		if k := bytes.IndexAny(s.b[g.begin:limit], "|\n"); k >= 0 {
			return g.begin + len(bytes.TrimRight(s.b[g.begin:g.begin+k], " \t\r"))
		}
	case s.b[g.begin] == '{' && g.sign == '=': // ODBC: PWD={a;b}
		if k := bytes.IndexAny(s.b[g.begin:limit], "}\n"); k > 1 && s.b[g.begin+k] == '}' && s.b[g.begin+1] != '{' {
			return g.begin + k + 1
		}
	}
	end := s.bare(g.begin, limit, g)
	if g.atBegin {
		end = s.toLineEnd(end, limit)
	}
	return end
}

// closing finds the quote that closes a value. Inside text that was escaped n
// times a quote has 2^n-1 backslashes.
func (s *scan) closing(g *gap, limit int) (int, bool) {
	b, open := s.b, g.open
	last := open[len(open)-1]
	if last != '"' && last != '\'' && last != '`' {
		k := bytes.Index(b[g.begin:limit], open)
		return g.begin + k, k >= 0
	}
	for i := g.begin; i < limit; i++ {
		if b[i] == '\n' && last != '`' && g.sign != '>' {
			return 0, false
		}
		if b[i] != last {
			continue
		}
		slashes := 0
		for i-slashes > g.begin && b[i-slashes-1] == '\\' {
			slashes++
		}
		if slashes < len(open)-1 {
			return i - slashes, true // what is around it closes
		}
		m, k := slashes, len(open)-1
		for k > 0 {
			m, k = (m-1)/2, (k-1)/2
		}
		if m%2 == 0 {
			if last == '\'' && i+1 < limit && b[i+1] == '\'' && len(open) == 1 { // '' stands for '
				i++
				continue
			}
			return i - min(slashes, len(open)-1), true
		}
	}
	return 0, false
}

// bare finds the end of a value without quotes.
func (s *scan) bare(from, limit int, g *gap) int {
	b := s.b
	for i := from; i < limit; i++ {
		c := b[i]
		next := byte('\n')
		if i+1 < len(b) {
			next = b[i+1]
		}
		switch c {
		case '"', '`':
			return i
		case '\'':
			if !isAlnum(next) {
				return i
			}
		case '<':
			if next == '/' || isAlpha(next) {
				return i
			}
		case '>', ')', ']', '}':
			if closesHere(next) && !opened(b[from:i], c) {
				return i
			}
		case '|':
			if next <= ' ' {
				return i
			}
		case ',', ';':
			if next <= ' ' || next == '"' || next == '\'' || next == '\\' || isAssignment(b, i+1) {
				return i
			}
		case '&':
			if next <= ' ' || next == '&' || next == '"' || isAssignment(b, i+1) || hasAt(b, i, "&amp;") && isAssignment(b, i+5) ||
				hasAt(b, i, "&quot;") || hasAt(b, i, "&lt;") || hasAt(b, i, "&#34;") {
				return i
			}
		case '%':
			if g.coded && (hasAt(b, i, "%26") || hasAt(b, i, "%3B") || hasAt(b, i, "%0A") || hasAt(b, i, "%22") || hasAt(b, i, "%2526")) {
				return i
			}
		case '\\':
			if next == 'n' || next == 'r' || next == 't' || next == '"' || next == '\'' || hasAt(b, i, `\u0026`) || hasAt(b, i, `\u0022`) || quoteAt(b, i) > 0 {
				return i
			}
		case '/':
			if s.name {
				return i
			}
		default:
			if c <= ' ' || c == 0x7f || wideStop(b[i:]) {
				return i
			}
		}
	}
	return limit
}

// closesHere tells that what follows a bracket cannot be more of a value.
func closesHere(next byte) bool {
	return next <= ' ' || bytes.IndexByte([]byte(",;:.)]}>\"'|\\<&"), next) >= 0 || next >= 0x80
}

// wideStop tells full-width punctuation that ends a sentence.
func wideStop(b []byte) bool {
	if b[0] != 0xe3 && b[0] != 0xef {
		return false
	}
	for _, c := range []string{"，", "。", "；", "、", "）"} {
		if bytes.HasPrefix(b, []byte(c)) {
			return true
		}
	}
	return false
}

// opened tells whether a bracket that closes was opened in v.
func opened(v []byte, closing byte) bool {
	var open byte
	switch closing {
	case ')':
		open = '('
	case ']':
		open = '['
	case '}':
		open = '{'
	case '>':
		open = '<'
	default:
		return false
	}
	return bytes.IndexByte(v, open) >= 0 && bytes.IndexByte(v, closing) < 0
}

// isAssignment tells that "name=" or "name:" begins at i, after blanks.
func isAssignment(b []byte, i int) bool {
	i = skipBlanks(b, i)
	to := i
	for to < len(b) && isIdent(b[to]) && to-i < 48 {
		to++
	}
	return to > i && isAlpha(b[i]) && to < len(b) && (b[to] == '=' || b[to] == ':' || b[to] == '[' || hasAt(b, to, "%3D"))
}

// toLineEnd extends a value of a settings file, which may hold blanks, to the
// end of its line, where what follows cannot be anything else.
func (s *scan) toLineEnd(end, limit int) int {
	b := s.b
	stop := bytes.IndexByte(b[end:limit], '\n')
	if stop < 0 {
		if limit < len(b) {
			return end
		}
		stop = limit - end
	}
	rest := b[end : end+stop]
	if s.name || len(bytes.TrimSpace(rest)) == 0 || !isBlank(rest[0]) || bytes.IndexAny(rest, "=:#\"'{}[]<>|") >= 0 || bytes.Count(rest, []byte(" ")) > 4 {
		return end
	}
	return end + len(bytes.TrimRight(rest, " \t\r"))
}
