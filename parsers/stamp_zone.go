package parsers

import (
	"strings"

	"forensic/event"
)

// zoneAt reads what says the zone behind the time that ends at i: Z, an offset,
// a name. A name other than UTC is kept in Text: CST is China's and Chicago's.
func zoneAt(s string, i int, st event.Stamp) (event.Stamp, int) {
	if i >= len(s) {
		return st, i
	}
	switch c := s[i]; {
	case c == 'Z':
		if i+1 < len(s) && isWord(s[i+1]) {
			return st, i
		}
		st.Has |= event.HasZone
		return st, i + 1
	case c == '+' || c == '-':
		return offsetAt(s, i, st)
	case c == ' ' && i+3 < len(s):
		switch d := s[i+1]; {
		case d == '+' || d == '-':
			if digits(s[i+2:], 4) || digits(s[i+2:], 2) && i+4 < len(s) && s[i+4] == ':' {
				if z, end := offsetAt(s, i+1, st); end > i+1 {
					return z, end
				}
			}
		case d >= 'A' && d <= 'Z':
			return zoneNamed(s, i, st)
		}
	}
	return st, i
}

// offsetAt reads +08:00, +0800 or +08 at i, and Java's [Asia/Shanghai] behind
// it.
func offsetAt(s string, i int, st event.Stamp) (event.Stamp, int) {
	h, end, rest := s[i+1:], 0, 0
	switch {
	case len(h) >= 5 && digits(h, 2) && h[2] == ':' && digits(h[3:], 2):
		end, rest = i+6, num2(h[3:])
	case digits(h, 4):
		end, rest = i+5, num2(h[2:])
	case digits(h, 2):
		end = i + 3
	default:
		return st, i
	}
	if end < len(s) && isWord(s[end]) || num2(h) > 14 || rest%15 != 0 || rest > 45 {
		return st, i
	}
	st.Zone = int16(num2(h)*60 + rest)
	if s[i] == '-' {
		st.Zone = -st.Zone
	}
	st.Has |= event.HasZone
	if end+2 < len(s) && s[end] == '[' && s[end+1] >= 'A' && s[end+1] <= 'Z' {
		if j := strings.IndexByte(s[end:], ']'); j > 0 && j < 40 && strings.IndexByte(s[end:end+j], '/') > 0 {
			end += j + 1
		}
	}
	return st, end
}

// zoneNamed reads " CST" at i.
func zoneNamed(s string, i int, st event.Stamp) (event.Stamp, int) {
	j := i + 1
	for j < len(s) && s[j] >= 'A' && s[j] <= 'Z' && j-i <= 5 {
		j++
	}
	if j < len(s) && (isWord(s[j]) || s[j] == '.' || s[j] == '/' || s[j] == '-' && j+1 < len(s) && !isDigit(s[j+1])) {
		return st, i
	}
	name := s[i+1 : j]
	if !isZoneName(name) {
		return st, i
	}
	if name == "UTC" || name == "GMT" {
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			return offsetAt(s, j, st) // GMT+08:00
		}
		st.Has |= event.HasZone
		return st, j
	}
	if !st.Impossible {
		st.Text = name
	}
	return st, j
}

// maybeZone tells whether the word at i looks like a zone's name: three to five
// capitals with one of the last letters such names have, which no level has.
func maybeZone(s string, i int) bool {
	n := 0
	for i+n < len(s) && n < 6 && s[i+n]-'A' <= 25 {
		n++
	}
	if n < 3 || n > 5 {
		return false
	}
	switch s[i+n-1] {
	case 'T', 'C', 'Z', 'D', 'A', 'B', 'K':
		return true
	}
	return false
}

// isZoneName tells the abbreviations that stand behind times from levels and
// other words in capitals.
func isZoneName(w string) bool {
	switch len(w) {
	case 3:
		switch w {
		case "UTC", "GMT", "CST", "CDT", "EST", "EDT", "MST", "MDT", "PST", "PDT", "CET", "EET", "WET", "MEZ",
			"BST", "IST", "JST", "KST", "HKT", "SGT", "MSK", "HST", "BRT", "ART", "WIB", "PHT", "ICT", "PKT", "EAT",
			"WAT", "CAT", "TRT", "MYT", "NPT", "UYT", "CLT", "COT", "PET", "VET", "GST", "AST", "ADT", "NST", "NDT", "MSD", "WST":
			return true
		}
	case 4:
		switch w {
		case "CEST", "EEST", "WEST", "MESZ", "AEST", "AEDT", "ACST", "ACDT", "AWST", "NZST", "NZDT", "AKST", "AKDT", "SAST", "BRST", "CLST", "WITA", "IRST", "IRDT":
			return true
		}
	}
	return false
}
