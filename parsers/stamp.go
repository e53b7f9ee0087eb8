package parsers

import (
	"time"

	"forensic/event"
)

// stampAt reads a timestamp at the start of s, in whichever layout its first
// bytes promise, and returns how many bytes it took: 0 where there is none. It
// reads digits at fixed places and allocates nothing.
func stampAt(s string) (event.Stamp, int) {
	if len(s) < 8 {
		return event.Stamp{}, 0
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9':
		return numericStamp(s)
	case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		return namedStamp(s)
	}
	return event.Stamp{}, 0
}

// numericStamp reads the layouts that begin with a digit.
func numericStamp(s string) (event.Stamp, int) {
	if digits(s, 4) && (s[4] == '-' || s[4] == '/' || s[4] == '.') {
		return isoStamp(s)
	}
	if digits(s, 2) && s[2] == ':' {
		return clockOnly(s)
	}
	return otherNumeric(s)
}

// isoStamp reads 2006-01-02 15:04:05.000 and its relatives: T for the space,
// slashes or dots for the dashes, comma for the dot, one-digit months and days,
// a zone behind it.
func isoStamp(s string) (event.Stamp, int) {
	year := num4(s)
	sep := s[4]
	month, i := num12(s, 5)
	if i == 0 || i >= len(s) || s[i] != sep {
		return event.Stamp{}, 0
	}
	day, i := num12(s, i+1)
	if i == 0 || i >= len(s) {
		return event.Stamp{}, 0
	}
	switch s[i] {
	case ' ', 'T', '_', ':':
		i++
		for i < len(s) && s[i] == ' ' {
			i++
		}
	default:
		return event.Stamp{}, 0
	}
	t, n := clockAt(s[i:])
	if n == 0 {
		return event.Stamp{}, 0
	}
	i += n
	st := stampOf(year, month, day, t, s[:i])
	st.Has |= event.HasYear
	return zoneAt(s, i, st)
}

// A clock is a time of day as written.
type clock struct {
	hour, min, sec int
	nano           int64
	step           time.Duration
}

// clockAt reads 15:04:05 with an optional fraction behind a dot or a comma.
func clockAt(s string) (c clock, n int) {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' || !digits(s, 2) || !digits(s[3:], 2) || !digits(s[6:], 2) {
		return c, 0
	}
	c.hour, c.min, c.sec, c.step = num2(s), num2(s[3:]), num2(s[6:]), time.Second
	if c.hour > 24 || c.min > 59 || c.sec > 60 {
		return c, 0
	}
	n = 8
	if len(s) > 9 && (s[8] == '.' || s[8] == ',') && isDigit(s[9]) {
		i, v, scale := 9, int64(0), int64(time.Second)
		for i < len(s) && isDigit(s[i]) {
			if scale > 1 {
				v, scale = v*10+int64(s[i]-'0'), scale/10
			}
			i++
		}
		c.nano, c.step, n = v*scale, time.Duration(scale), i
	}
	return c, n
}

// clockOnly reads a time of day that stands alone.
func clockOnly(s string) (event.Stamp, int) {
	c, n := clockAt(s)
	if n == 0 {
		return event.Stamp{}, 0
	}
	st := stampOf(event.YearUnwritten, 1, 1, c, s[:n])
	st.Has &^= event.HasDate
	return st, n
}

// zoneAt reads an offset or Z behind the time that ends at i.
func zoneAt(s string, i int, st event.Stamp) (event.Stamp, int) {
	j := i
	if j < len(s) && s[j] == ' ' && j+5 < len(s) && (s[j+1] == '+' || s[j+1] == '-') && digits(s[j+2:], 4) {
		j++ // "2017-11-24 13:46:54 +0800"
	}
	if j >= len(s) {
		return st, i
	}
	switch s[j] {
	case 'Z':
		if j+1 < len(s) && isWord(s[j+1]) {
			return st, i
		}
		st.Has |= event.HasZone
		return st, j + 1
	case '+', '-':
		sign, h, end, rest := s[j], s[j+1:], 0, 0
		switch {
		case len(h) >= 5 && digits(h, 2) && h[2] == ':' && digits(h[3:], 2):
			end, rest = j+6, num2(h[3:])
		case digits(h, 4):
			end, rest = j+5, num2(h[2:])
		case digits(h, 2):
			end = j + 3
		default:
			return st, i
		}
		if end < len(s) && isDigit(s[end]) || num2(h) > 15 || rest > 59 {
			return st, i
		}
		st.Zone = int16(num2(h)*60 + rest)
		if sign == '-' {
			st.Zone = -st.Zone
		}
		st.Has |= event.HasZone
		return st, end
	}
	return st, i
}

var beforeMonth = [13]int{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}
var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// stampOf puts a date and a clock together. What no calendar knows is marked
// impossible and keeps its text.
func stampOf(year, month, day int, c clock, text string) event.Stamp {
	st := event.Stamp{Has: event.HasTime | event.HasDate, Step: c.step}
	leap := year%4 == 0 && (year%100 != 0 || year%400 == 0)
	bad := month < 1 || month > 12 || day < 1 || day > monthDays[min(max(month, 0), 12)] || month == 2 && day == 29 && !leap
	if bad || year < 1970 || year > 2261 || c.hour > 23 {
		st.Impossible, st.Text = true, text
		return st
	}
	days := (year-1970)*365 + (year-1969)/4 - (year-1901)/100 + (year-1601)/400 + beforeMonth[month] + day - 1
	if leap && month > 2 {
		days++
	}
	sec := min(c.sec, 59) // a leap second is the last second of its minute
	st.Wall = (int64(days)*86400+int64(c.hour)*3600+int64(c.min)*60+int64(sec))*int64(time.Second) + c.nano
	return st
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func isWord(c byte) bool {
	return isDigit(c) || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// digits tells whether s begins with n digits.
func digits(s string, n int) bool {
	if len(s) < n {
		return false
	}
	for i := range n {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

func num2(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }
func num4(s string) int { return num2(s)*100 + num2(s[2:]) }

// num12 reads one or two digits at i and returns where they end, or 0.
func num12(s string, i int) (v, end int) {
	if i >= len(s) || !isDigit(s[i]) {
		return 0, 0
	}
	v = int(s[i] - '0')
	if i+1 < len(s) && isDigit(s[i+1]) {
		return v*10 + int(s[i+1]-'0'), i + 2
	}
	return v, i + 1
}
