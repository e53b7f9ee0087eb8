package parsers

import (
	"strings"
	"unicode/utf8"
)

// plainLine is a line as a terminal shows it: escapes are taken out, what a
// carriage return or backspace went over is gone, a pager's mark too.
func plainLine(line string) string {
	clean := true
	for i := 0; i < len(line); i++ {
		if c := line[i]; c < ' ' && c != '\t' || c >= 0x80 {
			clean = false
			break
		}
	}
	if clean && !strings.HasPrefix(line, "--More--") {
		return line
	}
	if !utf8.ValidString(line) {
		line = decodeText(line)
	}
	if strings.IndexAny(line, "\x00\x07\x08\x0d\x0e\x0f\x1b") >= 0 {
		line = shown(line)
	}
	if rest, ok := strings.CutPrefix(line, "--More--"); ok {
		line = strings.TrimLeft(rest, " \t")
	}
	return line
}

// shown plays the control characters of a line.
func shown(line string) string {
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case 0x1b:
			i = escapeEnd(line, i)
		case '\b':
			if len(out) > 0 {
				_, n := utf8.DecodeLastRune(out)
				out = out[:len(out)-n]
			}
		case '\r':
			if strings.Trim(line[i:], "\r") != "" {
				out = out[:0]
			}
		case 0, 7, 0x0e, 0x0f:
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// escapeEnd returns the last byte of the escape sequence that begins at i.
func escapeEnd(line string, i int) int {
	if i+1 >= len(line) {
		return i
	}
	switch line[i+1] {
	case '[':
		for i += 2; i < len(line); i++ {
			if c := line[i]; c >= 0x40 && c <= 0x7e {
				return i
			}
		}
		return i
	case ']': // a window's title, up to BEL or ESC \
		for i += 2; i < len(line); i++ {
			if line[i] == 7 {
				return i
			}
			if line[i] == 0x1b {
				return i + 1
			}
		}
		return i
	case '(', ')', '#':
		return i + 2
	}
	return i + 1
}
