package parsers

import (
	"strconv"
	"strings"
)

// gcBytes turns "65536K" into bytes.
func gcBytes(s string) string {
	digits := leadingDigits(s)
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n > 1<<33 {
		return ""
	}
	switch unit := strings.TrimSpace(s[len(digits):]); {
	case unit == "B" || unit == "":
	case unit[0] == 'K':
		n <<= 10
	case unit[0] == 'M':
		n <<= 20
	case unit[0] == 'G':
		n <<= 30
	default:
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// gcMillis turns seconds with a fraction into milliseconds, digit by digit: no
// rounding shows.
func gcMillis(s string) string {
	s = strings.TrimSpace(s)
	whole, part, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	if whole == "" || leadingDigits(whole) != whole || leadingDigits(part) != part {
		return ""
	}
	return moved(whole, part, 3)
}

// gcNanos turns nanoseconds into milliseconds.
func gcNanos(digits string) string {
	if digits == "" {
		return ""
	}
	for len(digits) < 7 {
		digits = "0" + digits
	}
	return moved(digits[:len(digits)-6], digits[len(digits)-6:], 0)
}

// moved writes whole.part with its point n places further to the right.
func moved(whole, part string, n int) string {
	for len(part) < n {
		part += "0"
	}
	whole, part = whole+part[:n], strings.TrimRight(part[n:], "0")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if part == "" {
		return whole
	}
	return whole + "." + part
}
