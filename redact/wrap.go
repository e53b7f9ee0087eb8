package redact

import (
	"bytes"
	"encoding/base64"
)

// leastWrapped is the shortest base64 text that is looked into, and the stride
// of the search: of so many bytes none may be another character.
const leastWrapped = 16

// mostWrapped is the longest.
const mostWrapped = 256 << 10

// unwrap looks into base64 for text that holds secrets, and writes it anew.
func (s *scan) unwrap() {
	b := s.b
	for i := 0; i+leastWrapped <= len(b); {
		j := i + leastWrapped - 1
		for j >= i && base64Byte[b[j]] {
			j--
		}
		if j >= i {
			i = j + 1
			continue
		}
		to := i + leastWrapped
		for to < len(b) && base64Byte[b[to]] {
			to++
		}
		for k := 0; k < 2 && to < len(b) && b[to] == '='; k++ {
			to++
		}
		s.wrapped(i, to)
		i = to
	}
}

var base64Byte = func() (t [256]bool) {
	for c := range 256 {
		t[c] = isAlnum(byte(c)) || c == '+' || c == '/' || c == '-' || c == '_'
	}
	return t
}()

// wrapped looks into one run of base64. A path looks like one too: what decodes
// to text is none.
func (s *scan) wrapped(from, to int) {
	v := s.b[from:to]
	if len(v) > mostWrapped || len(bytes.TrimRight(v, "="))%4 == 1 {
		return
	}
	var quick [12]byte
	if n, err := base64.StdEncoding.Decode(quick[:], standard(v[:min(8, len(v)&^3)])); err != nil || !printableStart(quick[:n]) {
		return
	}
	enc := base64Of(v)
	if enc == nil {
		return
	}
	plain := make([]byte, enc.DecodedLen(len(v)))
	n, err := enc.Decode(plain, v)
	if err != nil || !printable(plain[:n]) {
		return
	}
	inner := s.r.scan(plain[:n])
	defer s.r.release(inner)
	inner.depth, inner.fixed, inner.where = s.depth+1, s.fixed, s.where
	inner.find()
	if len(inner.edits) == 0 {
		return
	}
	var out []byte
	if s.fixed {
		out = bytes.Clone(plain[:n])
		copyOf := s.r.scan(out)
		copyOf.edits, copyOf.where = append(copyOf.edits, inner.edits...), s.where
		copyOf.overwrite(0)
		s.r.release(copyOf)
	} else {
		out = inner.apply(nil, 0, n)
	}
	s.edits = append(s.edits, edit{from: from, to: to, with: enc.AppendEncode(nil, out)})
}

// standard maps the alphabet for URLs to the other one.
func standard(v []byte) []byte {
	out := make([]byte, 0, 8)
	for _, c := range v {
		switch c {
		case '-':
			c = '+'
		case '_':
			c = '/'
		}
		out = append(out, c)
	}
	return out
}

func printableStart(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f || c == 0xff || c == 0xc0 {
			return false
		}
	}
	return len(b) > 0
}
