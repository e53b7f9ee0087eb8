package parsers

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A jsonScan goes over the members of one JSON object without taking values
// apart: what nobody asks for costs a comparison. It believes what it reads and
// never looks behind the end.
type jsonScan struct {
	s  string
	at int
}

// jsonDepth is how deep objects may lie in each other.
const jsonDepth = 100

// jsonOpen begins at the brace that s begins with.
func jsonOpen(s string) (jsonScan, bool) {
	if s == "" || s[0] != '{' {
		return jsonScan{}, false
	}
	return jsonScan{s, 1}, true
}

// next returns the next member: its key, and its value as written (a string
// with its quotes). It is false at the end of the object, and where there is no
// JSON.
func (j *jsonScan) next() (key, value string, ok bool) {
	j.blanks()
	if j.at < len(j.s) && j.s[j.at] == ',' {
		j.at++
		j.blanks()
	}
	if j.at >= len(j.s) || j.s[j.at] != '"' {
		return "", "", false
	}
	end := quoteEnd(j.s[j.at:])
	if end < 0 {
		return "", "", false
	}
	key = j.s[j.at+1 : j.at+end]
	j.at += end + 1
	j.blanks()
	if j.at >= len(j.s) || j.s[j.at] != ':' {
		return "", "", false
	}
	j.at++
	j.blanks()
	from := j.at
	if !j.skip() {
		return "", "", false
	}
	return key, j.s[from:j.at], true
}

// whole tells whether the object ended where the scan stopped, and nothing but
// blanks follows.
func (j *jsonScan) whole() bool {
	return j.at < len(j.s) && j.s[j.at] == '}' && strings.TrimSpace(j.s[j.at+1:]) == ""
}

func (j *jsonScan) blanks() {
	for j.at < len(j.s) && (j.s[j.at] == ' ' || j.s[j.at] == '\t' || j.s[j.at] == '\n' || j.s[j.at] == '\r') {
		j.at++
	}
}

// skip goes behind one value.
func (j *jsonScan) skip() bool {
	if j.at >= len(j.s) {
		return false
	}
	switch c := j.s[j.at]; {
	case c == '"':
		end := quoteEnd(j.s[j.at:])
		if end < 0 {
			return false
		}
		j.at += end + 1
		return true
	case c == '{' || c == '[':
		depth := 0
		for j.at < len(j.s) {
			switch j.s[j.at] {
			case '"':
				end := quoteEnd(j.s[j.at:])
				if end < 0 {
					return false
				}
				j.at += end
			case '{', '[':
				if depth++; depth > jsonDepth {
					return false
				}
			case '}', ']':
				if depth--; depth == 0 {
					j.at++
					return true
				}
			}
			j.at++
		}
		return false
	case c == '-' || isDigit(c) || c == 't' || c == 'f' || c == 'n':
		from := j.at
		for j.at < len(j.s) && strings.IndexByte(",}] \t\r\n", j.s[j.at]) < 0 {
			j.at++
		}
		return j.at > from
	}
	return false
}

// jsonInside is a string without its quotes; anything else is itself.
func jsonInside(v string) string {
	if len(v) >= 2 && v[0] == '"' {
		return v[1 : len(v)-1]
	}
	return v
}

// jsonText is the text of a string as written, its escapes resolved; of any
// other value it is the value. An array of small numbers is bytes: journald
// writes messages so that are not UTF-8.
func jsonText(v string) string {
	if len(v) > 2 && v[0] == '[' {
		if b, ok := jsonBytes(v); ok {
			return decodeText(b)
		}
	}
	s := jsonInside(v)
	if v == s || strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return jsonUnescape(s)
}

func jsonBytes(v string) (string, bool) {
	var b strings.Builder
	for part := range strings.SplitSeq(v[1:len(v)-1], ",") {
		n, err := strconv.ParseUint(strings.TrimSpace(part), 10, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(n))
	}
	return b.String(), true
}

func jsonUnescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'u':
			r, n := jsonRune(s[i-1:])
			b.WriteRune(r)
			i += n - 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// jsonRune reads \u4e2d, or a pair of them, and returns its length. What is no
// character becomes the replacement character.
func jsonRune(s string) (rune, int) {
	hex := func(s string) (rune, bool) {
		if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
			return 0, false
		}
		n, err := strconv.ParseUint(s[2:6], 16, 16)
		return rune(n), err == nil
	}
	r, ok := hex(s)
	if !ok {
		return utf8.RuneError, 2
	}
	if utf16.IsSurrogate(r) {
		if low, ok := hex(s[6:]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, 12
			}
		}
		return utf8.RuneError, 6
	}
	return r, 6
}
