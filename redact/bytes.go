package redact

import "unicode/utf8"

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isAlpha(c byte) bool { return isUpper(c) || isLower(c) }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isAlnum(c byte) bool { return isAlpha(c) || isDigit(c) }
func isWord(c byte) bool  { return isAlnum(c) || c == '_' }
func isIdent(c byte) bool { return isWord(c) || c == '-' || c == '.' }
func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isHex(c byte) bool   { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

func lower(c byte) byte {
	if isUpper(c) {
		return c | 0x20
	}
	return c
}

func isText(b []byte) bool { return utf8.Valid(b) }

// folds tells whether b begins with a lower case text, whatever its own case.
func folds(b []byte, text string) bool {
	if len(b) < len(text) {
		return false
	}
	for i := range len(text) {
		if lower(b[i]) != text[i] {
			return false
		}
	}
	return true
}

// same is folds for the whole of b.
func same(b []byte, text string) bool { return len(b) == len(text) && folds(b, text) }

// run returns where the bytes from i on that satisfy is end.
func run(b []byte, i int, is func(byte) bool) int {
	for i < len(b) && is(b[i]) {
		i++
	}
	return i
}

// A shape counts what a text is made of.
type shape struct{ lower, upper, digits, other int }

func shapeOf(v []byte) (m shape) {
	for _, c := range v {
		switch {
		case isLower(c):
			m.lower++
		case isUpper(c):
			m.upper++
		case isDigit(c):
			m.digits++
		default:
			m.other++
		}
	}
	return m
}
