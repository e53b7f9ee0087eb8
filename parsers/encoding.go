package parsers

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// An encoding is how the text of a member is written. Everything but UTF-16 is
// cut into lines on its raw bytes and decoded record by record.
type encoding uint8

const (
	asUTF8 encoding = iota // and ASCII, and GBK or Big5 in places: decided record by record
	asUTF16LE
	asUTF16BE
)

// encodingOf looks for UTF-16: a mark, or NUL bytes in every other place.
func encodingOf(head []byte) (enc encoding, mark int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}) && !bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}):
		return asUTF16LE, 2
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return asUTF16BE, 2
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return asUTF8, 3
	}
	n := min(len(head), 4096) &^ 1
	if n < 8 {
		return asUTF8, 0
	}
	even, odd := 0, 0
	for i := 0; i < n; i += 2 {
		if head[i] == 0 && head[i+1] != 0 {
			even++
		}
		if head[i+1] == 0 && head[i] != 0 {
			odd++
		}
	}
	switch {
	case odd > n/2*6/10 && even < odd/8:
		return asUTF16LE, 0
	case even > n/2*6/10 && odd < even/8:
		return asUTF16BE, 0
	}
	return asUTF8, 0
}

// headText is the head as text for detection: without mark, leading NULs and
// the runs of them that a machine leaves in a log when it loses power, UTF-16
// decoded.
func headText(head []byte) string {
	enc, mark := encodingOf(head)
	if enc == asUTF8 {
		text := string(bytes.TrimLeft(head[mark:], "\x00"))
		if strings.Contains(text, nulRun) {
			text = strings.ReplaceAll(text, nulRun, "")
		}
		return text
	}
	return string(decodeUTF16(nil, head[mark:len(head)&^1], enc))
}

// nulRun is more NUL bytes than the fields of binary records leave between each
// other. What is left of longer runs is too little to matter.
var nulRun = strings.Repeat("\x00", 64)

// decodeUTF16 appends the text of b, whole units, to out.
func decodeUTF16(out, b []byte, enc encoding) []byte {
	unit := func(i int) uint16 {
		if enc == asUTF16LE {
			return uint16(b[i]) | uint16(b[i+1])<<8
		}
		return uint16(b[i+1]) | uint16(b[i])<<8
	}
	for i := 0; i+1 < len(b); i += 2 {
		u := rune(unit(i))
		if utf16.IsSurrogate(u) {
			if i+3 < len(b) {
				if r := utf16.DecodeRune(u, rune(unit(i+2))); r != utf8.RuneError {
					out = utf8.AppendRune(out, r)
					i += 2
					continue
				}
			}
			// Half a pair is no character. It stays what it is, in three bytes
			// that are no UTF-8, so that two of them never become the same text.
			out = append(out, 0xe0|byte(u>>12), 0x80|byte(u>>6)&0xbf, 0x80|byte(u)&0xbf)
			continue
		}
		out = utf8.AppendRune(out, u)
	}
	return out
}

// utf16Size is how many bytes s took before it was decoded from UTF-16. It
// looks at first bytes of characters alone, so that the sizes of two halves add
// up wherever s is cut.
func utf16Size[T string | []byte](s T) int64 {
	n := int64(0)
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0xf0:
			n += 4
		case c < 0x80 || c >= 0xc0:
			n += 2
		}
	}
	return n
}

// decodeText returns s as UTF-8 where it is not: GB18030 if all of it decodes,
// else Big5, else each bad byte as the escape \xNN, so that two different
// inputs never become the same text.
func decodeText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	if t, err := simplifiedchinese.GB18030.NewDecoder().String(s); err == nil && !strings.ContainsRune(t, utf8.RuneError) {
		return t
	}
	if t, err := traditionalchinese.Big5.NewDecoder().String(s); err == nil && !strings.ContainsRune(t, utf8.RuneError) {
		return t
	}
	return escapeBad(s)
}

func escapeBad(s string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b.WriteString(`\x`)
			b.WriteByte(hex[s[i]>>4])
			b.WriteByte(hex[s[i]&15])
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// cleanLine takes off what stands before the first character of a line without
// being part of it: NUL padding and terminal colours.
func cleanLine(line string) string {
	for len(line) > 0 {
		switch {
		case line[0] == 0:
			line = strings.TrimLeft(line, "\x00")
		case line[0] == 0x1b && len(line) > 2 && line[1] == '[':
			end := 2
			for end < len(line) && (line[end] == ';' || line[end] >= '0' && line[end] <= '9') {
				end++
			}
			if end == len(line) || line[end] != 'm' && line[end] != 'K' {
				return line
			}
			line = line[end+1:]
		default:
			return line
		}
	}
	return line
}
