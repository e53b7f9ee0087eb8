package parsers

import (
	"strings"
	"time"

	"forensic/event"
)

const monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec"

// month3 reads an English month by its first three letters, or returns 0.
func month3(s string) int {
	if len(s) < 3 {
		return 0
	}
	if i := strings.Index(monthNames, s[:3]); i >= 0 && i%3 == 0 {
		return i/3 + 1
	}
	return 0
}

const dayNames = "MonTueWedThuFriSatSun"

func weekday3(s string) bool {
	if len(s) < 4 {
		return false
	}
	i := strings.Index(dayNames, s[:3])
	return i >= 0 && i%3 == 0
}

// namedStamp reads the layouts that begin with the name of a month or weekday:
//
//	Nov 24 13:45:11          Nov 24 2017 13:45:11      Nov 24 13:45:11 2017
//	Nov 24, 2014 7:32:43 PM  Fri Nov 24 13:45:11 2017  Fri, 24 Nov 2017 13:45:11 +0800
func namedStamp(s string) (event.Stamp, int) {
	i := 0
	if weekday3(s) {
		switch {
		case s[3] == ' ':
			i = 4
		case s[3] == ',' && len(s) > 5 && s[4] == ' ':
			st, n := dayFirst(s[5:])
			if n == 0 {
				return st, 0
			}
			return st, n + 5
		default:
			return event.Stamp{}, 0
		}
	}
	month := month3(s[i:])
	if month == 0 || i+5 >= len(s) || s[i+3] != ' ' {
		return event.Stamp{}, 0
	}
	j := i + 4
	for j < len(s) && s[j] == ' ' {
		j++
	}
	day, j := num12(s, j)
	if j == 0 || j+1 >= len(s) {
		return event.Stamp{}, 0
	}
	if s[j] == ',' {
		return julStamp(s, month, day, j+1)
	}
	if s[j] != ' ' {
		return event.Stamp{}, 0
	}
	j++
	year, has := event.YearUnwritten, event.Fields(0)
	if digits(s[j:], 4) && len(s) > j+5 && s[j+4] == ' ' { // Nov 24 2017 13:45:11
		year, has, j = num4(s[j:]), event.HasYear, j+5
	}
	c, n := clockAt(s[j:])
	if n == 0 {
		return event.Stamp{}, 0
	}
	j += n
	if has == 0 {
		year, has, c, j = yearBehind(s, j, c)
	}
	st := stampOf(year, month, day, c, s[:j])
	st.Has |= has
	return st, j
}

// yearBehind reads what may stand behind the time: ":123" milliseconds of
// Comware, a zone by name, and the year.
func yearBehind(s string, j int, c clock) (int, event.Fields, clock, int) {
	k := j
	if k+4 < len(s) && s[k] == ':' && digits(s[k+1:], 3) {
		c.nano, c.step = int64(num2(s[k+1:])*10+int(s[k+3]-'0'))*int64(time.Millisecond), time.Millisecond
		k += 4
		j = k
	}
	if k < len(s) && s[k] == ' ' {
		k++
	}
	// "Fri Nov 24 13:45:11 CST 2017": the name is kept by who wants it
	z := k
	for z < len(s) && s[z] >= 'A' && s[z] <= 'Z' && z-k < 5 {
		z++
	}
	if z > k+1 && z < len(s) && s[z] == ' ' && digits(s[z+1:], 4) {
		k = z + 1
	}
	if k > j && digits(s[k:], 4) && (len(s) == k+4 || !isWord(s[k+4])) && num4(s[k:]) >= 1970 && num4(s[k:]) < 2262 {
		// A four-digit word behind a syslog time is a year only if it is not
		// the host's name; a host of digits alone is hardly met.
		return num4(s[k:]), event.HasYear, c, k + 4
	}
	return event.YearUnwritten, 0, c, j
}

// dayFirst reads 24 Nov 2017 13:45:11, 24-Nov-2014 19:32:43.123,
// 24/Nov/2017:13:45:11 +0800 and 24-Nov-2017::13:45:11.
func dayFirst(s string) (event.Stamp, int) {
	day, i := num12(s, 0)
	if i == 0 || i+8 > len(s) {
		return event.Stamp{}, 0
	}
	sep := s[i]
	month := month3(s[i+1:])
	if month == 0 || sep != ' ' && sep != '-' && sep != '/' {
		return event.Stamp{}, 0
	}
	i += 4
	if s[i] != sep {
		return event.Stamp{}, 0
	}
	i++
	year, has := event.YearUnwritten, event.Fields(0)
	if digits(s[i:], 4) {
		year, has, i = num4(s[i:]), event.HasYear, i+4
		for i < len(s) && (s[i] == ':' || s[i] == ' ') {
			i++
		}
	}
	if i >= len(s) {
		return event.Stamp{}, 0
	}
	c, n := clockAt(s[i:])
	if n == 0 {
		return event.Stamp{}, 0
	}
	i += n
	st := stampOf(year, month, day, c, s[:i])
	st.Has |= has
	return zoneAt(s, i, st)
}

// julStamp reads the rest of java.util.logging's "Nov 24, 2014 7:32:43 PM"
// behind the comma.
func julStamp(s string, month, day, i int) (event.Stamp, int) {
	if i >= len(s) || s[i] != ' ' || !digits(s[i+1:], 4) {
		return event.Stamp{}, 0
	}
	year := num4(s[i+1:])
	i += 5
	for i < len(s) && (s[i] == ' ' || s[i] == ',') {
		i++
	}
	c, n := clock12(s[i:])
	if n == 0 {
		return event.Stamp{}, 0
	}
	st := stampOf(year, month, day, c, s[:i+n])
	st.Has |= event.HasYear
	return st, i + n
}

// clock12 reads 7:32:43 PM, whose hour is not padded; a narrow no-break space
// stands before PM on newer Java. Without AM or PM the clock has 24 hours.
func clock12(s string) (clock, int) {
	hour, i := num12(s, 0)
	if i == 0 || i+6 > len(s) || s[i] != ':' || !digits(s[i+1:], 2) || s[i+3] != ':' || !digits(s[i+4:], 2) {
		return clock{}, 0
	}
	c := clock{hour: hour, min: num2(s[i+1:]), sec: num2(s[i+4:]), step: time.Second}
	i += 6
	rest := s[i:]
	for _, gap := range [...]string{" ", "\u202f", "\u00a0"} {
		if r, ok := strings.CutPrefix(rest, gap); ok && len(r) >= 2 && (r[1] == 'M' || r[1] == 'm') {
			switch r[0] {
			case 'A', 'a':
				if hour == 12 {
					c.hour = 0
				}
				return c, i + len(gap) + 2
			case 'P', 'p':
				if hour < 12 {
					c.hour = hour + 12
				}
				return c, i + len(gap) + 2
			}
		}
	}
	if c.hour > 24 || c.min > 59 || c.sec > 60 {
		return clock{}, 0
	}
	return c, i
}

// otherNumeric reads the rarer layouts that begin with a digit.
func otherNumeric(s string) (event.Stamp, int) {
	if st, n := dayFirst(s); n > 0 {
		return st, n
	}
	return compactStamp(s)
}

// compactStamp reads 20171124T134654,760 and 20171124134654760.
func compactStamp(s string) (event.Stamp, int) {
	if !digits(s, 8) {
		return event.Stamp{}, 0
	}
	i := 8
	if i < len(s) && (s[i] == 'T' || s[i] == '-' || s[i] == '_' || s[i] == ' ') {
		i++
	}
	if !digits(s[i:], 6) {
		return event.Stamp{}, 0
	}
	year, month, day := num4(s), num2(s[4:]), num2(s[6:])
	c := clock{hour: num2(s[i:]), min: num2(s[i+2:]), sec: num2(s[i+4:]), step: time.Second}
	if year < 1990 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31 || c.hour > 23 || c.min > 59 || c.sec > 60 {
		return event.Stamp{}, 0
	}
	i += 6
	ms := i
	if ms < len(s) && (s[ms] == ',' || s[ms] == '.') {
		ms++
	}
	if digits(s[ms:], 3) && (len(s) == ms+3 || !isDigit(s[ms+3])) {
		c.nano, c.step = int64(num2(s[ms:])*10+int(s[ms+2]-'0'))*int64(time.Millisecond), time.Millisecond
		i = ms + 3
	}
	if i < len(s) && isDigit(s[i]) {
		return event.Stamp{}, 0
	}
	st := stampOf(year, month, day, c, s[:i])
	st.Has |= event.HasYear
	return zoneAt(s, i, st)
}
