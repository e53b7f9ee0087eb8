package report

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"
)

// JSON writes the report as one object, indented, with the fields in the order
// of the contract. Characters that Visible would show are written in JSON's
// escapes, so that the values stay what they are and a terminal is safe.
func JSON(w io.Writer, r *Report) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return err
	}
	_, err := w.Write(escapeHidden(b.Bytes()))
	return err
}

// escapeHidden rewrites hidden characters of a JSON text, which can only stand
// in its strings.
func escapeHidden(text []byte) []byte {
	var out []byte
	from := 0
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf && c != 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if hidden(r) {
			out = append(out, text[from:i]...)
			out = appendJSONEscape(out, r)
			from = i + n
		}
		i += n
	}
	if out == nil {
		return text
	}
	return append(out, text[from:]...)
}

// appendJSONEscape appends \u202e, or two of them beyond the first plane.
func appendJSONEscape(b []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		return appendJSONEscape(appendJSONEscape(b, 0xd800+r>>10), 0xdc00+r&0x3ff)
	}
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// appendJSON appends s as a JSON string. Bytes that are no UTF-8 become U+FFFD;
// who needs them writes them as base64 beside it.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
				i++
				continue
			}
			b = append(b, s[from:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\t':
				b = append(b, '\\', 't')
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			default:
				b = appendJSONEscape(b, rune(c))
			}
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b = append(append(b, s[from:i]...), "\ufffd"...)
			from = i + n
		case hidden(r):
			b = appendJSONEscape(append(b, s[from:i]...), r)
			from = i + n
		}
		i += n
	}
	return append(append(b, s[from:]...), '"')
}

// MarshalJSON writes the time as RFC 3339 in UTC.
func (m Moment) MarshalJSON() ([]byte, error) {
	if !m.Known {
		return []byte("null"), nil
	}
	return append(append([]byte{'"'}, m.String()...), '"'), nil
}

// MarshalJSON writes the entities as an object.
func (e Entities) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, a := range e {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, a.Name)
		b = append(b, ':')
		b = appendJSON(b, a.Value)
	}
	return append(b, '}'), nil
}
