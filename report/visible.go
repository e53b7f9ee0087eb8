package report

import (
	"unicode"
	"unicode/utf8"
)

// Visible makes untrusted text safe to show: what would move a cursor, turn
// writing round, or not be seen at all is written out as \x1b or \u202e, and a
// byte that is no UTF-8 as \xff. Tabs stay. Every text that came from an input
// passes here before a person sees it; the JSON writers have the same list and
// write it in JSON's own escapes.
func Visible(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\t' {
			return string(AppendVisible(make([]byte, 0, len(s)+16), s))
		}
	}
	return s
}

// AppendVisible appends what Visible returns.
func AppendVisible(b []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c != 0x7f && (c >= ' ' || c == '\t') {
				i++
				continue
			}
			b = append(b, s[from:i]...)
			b = append(b, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, s[from:i]...)
			b = append(b, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
			i++
			from = i
			continue
		}
		if hidden(r) {
			b = append(b, s[from:i]...)
			b = appendRuneCode(b, r)
			from = i + n
		}
		i += n
	}
	return append(b, s[from:]...)
}

const hexDigits = "0123456789abcdef"

func appendRuneCode(b []byte, r rune) []byte {
	digits := 4
	b = append(b, '\\', 'u')
	if r > 0xffff {
		b[len(b)-1], digits = 'U', 8
	}
	for shift := (digits - 1) * 4; shift >= 0; shift -= 4 {
		b = append(b, hexDigits[r>>shift&15])
	}
	return b
}

// hidden tells which characters beyond ASCII are never shown as they are: C1
// controls, everything that turns or joins writing without being seen, line
// and paragraph separators, tags, selectors of variants, and fillers.
func hidden(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' && r != '\t' || r == 0x7f
	case r <= 0x9f:
		return true
	case r < 0x034f:
		return r == 0xad
	case r >= 0x4e00 && r <= 0xd7ff: // most of what Chinese needs
		return false
	}
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2028, 0x2029, 0x3164, 0xffa0:
		return true
	}
	switch {
	case r >= 0x180b && r <= 0x180f, r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0000 && r <= 0xe0fff, r >= 0xfff0 && r <= 0xfffb:
		return true
	}
	return unicode.Is(unicode.Cf, r)
}
