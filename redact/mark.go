package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
)

// A mark is REDACTED_kind_ and ten hexadecimal digits: letters that stand for
// themselves in JSON, YAML, XML, URLs and shells, so that what was readable
// before is readable after.
const (
	markBegin  = "REDACTED_"
	markDigits = 10
)

// isMark tells whether b begins with a mark, and returns its length.
func isMark(b []byte) int {
	if !bytes.HasPrefix(b, []byte(markBegin)) {
		return 0
	}
	i := len(markBegin)
	word := i
	for i < len(b) && b[i] >= 'a' && b[i] <= 'z' {
		i++
	}
	if i == len(b) || b[i] != '_' || !isKindWord(b[word:i]) {
		return 0
	}
	i++
	for range markDigits {
		if i == len(b) || !isHex(b[i]) {
			return 0
		}
		i++
	}
	for i < len(b) && b[i] == 'x' { // padding, where the length was kept
		i++
	}
	return i
}

func isKindWord(b []byte) bool {
	for _, w := range kindWords {
		if string(b) == w {
			return true
		}
	}
	return false
}

// marked tells whether a value holds a mark already.
func marked(v []byte) bool {
	for {
		i := bytes.Index(v, []byte(markBegin))
		if i < 0 {
			return false
		}
		if isMark(v[i:]) > 0 {
			return true
		}
		v = v[i+1:]
	}
}

// digest is what all marks of a value are made from.
func (r *Redactor) digest(value []byte) []byte {
	r.mac.Reset()
	r.mac.Write(value)
	return r.mac.Sum(r.sum[:0])
}

// mark appends the mark of a value as it stands in the text.
func (r *Redactor) mark(dst []byte, k Kind, raw []byte, where string) []byte {
	v := r.canonical(raw)
	at := len(dst)
	dst = r.appendMark(dst, k, v)
	r.remember(k, v, dst[at:], where)
	return dst
}

func (r *Redactor) appendMark(dst []byte, k Kind, v []byte) []byte {
	dst = append(dst, markBegin...)
	dst = append(dst, kindWords[k]...)
	dst = append(dst, '_')
	return hex.AppendEncode(dst, r.digest(v)[:markDigits/2])
}

// marked is the edit for a place that is to bear the mark of another value than
// what stands there.
func (r *Redactor) marked(from, to int, value []byte) edit {
	v := bytes.Clone(r.canonical(value))
	return edit{from: from, to: to, kind: Secret, with: r.appendMark(nil, Secret, v), value: v}
}

// cover writes a mark of the same length over a value. Where a whole mark has no
// room, small and large letters x stand for bits of the digest: what is all x is
// known to be hidden.
func (r *Redactor) cover(value []byte, from int, k Kind, where string) {
	v := r.canonical(value)
	sum := r.digest(v)
	full := append(append([]byte(markBegin), kindWords[k]...), '_')
	full = hex.AppendEncode(full, sum[:markDigits/2])
	mark := full
	if len(value) < len(full) {
		mark = full[:0:0]
		for i := range value {
			mark = append(mark, "xX"[sum[i/8%len(sum)]>>(i%8)&1])
		}
	}
	r.remember(k, v, mark, where)
	for i := from; i < len(value); i++ {
		if i < len(mark) {
			value[i] = mark[i]
		} else {
			value[i] = 'x'
		}
	}
}

// canonical undoes the escapes of a value, so that a secret is the same secret
// in JSON, in a URL and in base64. It need not be right, only the same each time.
func (r *Redactor) canonical(raw []byte) []byte {
	v := raw
	if bytes.IndexByte(v, '\\') >= 0 || bytes.IndexByte(v, '%') >= 0 || bytes.IndexByte(v, '&') >= 0 {
		r.clean = unescape(r.clean[:0], v)
		v = r.clean
	}
	if plain := printableBase64(v); plain != nil {
		return plain
	}
	return v
}

func unescape(dst, v []byte) []byte {
	for i := 0; i < len(v); {
		switch {
		case v[i] == '%' && i+2 < len(v) && isHex(v[i+1]) && isHex(v[i+2]):
			dst = append(dst, unhex(v[i+1])<<4|unhex(v[i+2]))
			i += 3
		case v[i] == '\\' && i+5 < len(v) && v[i+1] == 'u' && v[i+2] == '0' && v[i+3] == '0' && isHex(v[i+4]) && isHex(v[i+5]):
			dst = append(dst, unhex(v[i+4])<<4|unhex(v[i+5]))
			i += 6
		case v[i] == '\\' && i+1 < len(v):
			i++
			for i+1 < len(v) && v[i] == '\\' { // escaped more than once
				i++
			}
			dst = append(dst, v[i])
			i++
		case v[i] == '&':
			c, n := entity(v[i:])
			dst = append(dst, c)
			i += n
		default:
			dst = append(dst, v[i])
			i++
		}
	}
	return dst
}

var entities = []struct {
	text string
	c    byte
}{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#34;", '"'}, {"&apos;", '\''}, {"&#39;", '\''}}

// entity reads an XML entity; an ampersand that begins none stands for itself.
func entity(v []byte) (byte, int) {
	for _, e := range entities {
		if bytes.HasPrefix(v, []byte(e.text)) {
			return e.c, len(e.text)
		}
	}
	return v[0], 1
}

// printableBase64 returns what base64 text stands for, nil where it is not base64 of
// text.
func printableBase64(v []byte) []byte {
	if len(v) < 8 {
		return nil
	}
	enc := base64Of(v)
	if enc == nil {
		return nil
	}
	out := make([]byte, enc.DecodedLen(len(v)))
	n, err := enc.Decode(out, v)
	if err != nil {
		return nil
	}
	out = bytes.TrimRight(out[:n], "\n")
	if len(out) < 4 || !printable(out) {
		return nil
	}
	return out
}

// base64Of chooses the alphabet and padding a text may be written in.
func base64Of(v []byte) *base64.Encoding {
	body := bytes.TrimRight(v, "=")
	pad := len(v) - len(body)
	if pad > 2 || pad > 0 && len(v)%4 != 0 || len(body)%4 == 1 {
		return nil
	}
	url, std := false, false
	for _, c := range body {
		switch {
		case c == '-' || c == '_':
			url = true
		case c == '+' || c == '/':
			std = true
		case !isAlnum(c):
			return nil
		}
	}
	whole := len(v)%4 == 0
	switch {
	case url && std:
		return nil
	case url && whole:
		return base64.URLEncoding
	case url:
		return base64.RawURLEncoding
	case whole:
		return base64.StdEncoding
	}
	return base64.RawStdEncoding
}

// printable tells text in ASCII or UTF-8 from arbitrary bytes.
func printable(b []byte) bool {
	high := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
		if c >= 0x80 {
			high++
		}
	}
	return high == 0 || isText(b)
}
