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
	const (
		jan, feb, mar, apr = 'J' | 'a'<<8 | 'n'<<16, 'F' | 'e'<<8 | 'b'<<16, 'M' | 'a'<<8 | 'r'<<16, 'A' | 'p'<<8 | 'r'<<16
		may, jun, jul, aug = 'M' | 'a'<<8 | 'y'<<16, 'J' | 'u'<<8 | 'n'<<16, 'J' | 'u'<<8 | 'l'<<16, 'A' | 'u'<<8 | 'g'<<16
		sep, oct, nov, dec = 'S' | 'e'<<8 | 'p'<<16, 'O' | 'c'<<8 | 't'<<16, 'N' | 'o'<<8 | 'v'<<16, 'D' | 'e'<<8 | 'c'<<16
	)
	switch uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 {
	case jan:
		return 1
	case feb:
		return 2
	case mar:
		return 3
	case apr:
		return 4
	case may:
		return 5
	case jun:
		return 6
	case jul:
		return 7
	case aug:
		return 8
	case sep:
		return 9
	case oct:
		return 10
	case nov:
		return 11
	case dec:
		return 12
	}
	return 0
}

// monthShouted reads a month's first three letters in capitals, or returns 0.
func monthShouted(s string) int {
	if len(s) < 3 || s[1]-'A' > 25 || s[2]-'A' > 25 {
		return 0
	}
	b := [3]byte{s[0], s[1] | 0x20, s[2] | 0x20}
	return month3(string(b[:]))
}

// plainSyslog reads "Nov 24 13:45:11 host", whose separators have been seen; a
// year or a zone may stand behind it.
func plainSyslog(s string) (event.Stamp, int) {
	month, tens := month3(s), s[4]
	if tens == ' ' {
		tens = '0'
	}
	day := int(tens-'0')*10 + int(s[5]-'0')
	c := clock{num2(s[7:]), num2(s[10:]), num2(s[13:]), fraction{step: time.Second}}
	ok := tens-'0' <= 3 && isDigit(s[5]) && digits(s[7:], 2) && digits(s[10:], 2) && digits(s[13:], 2)
	if month == 0 || !ok || day < 1 || day > 28 || c.hour > 23 || c.min > 59 || c.sec > 59 || s[15] != ' ' || s[16] < ' ' {
		return namedStamp(s)
	}
	if d := s[16]; d == '+' || d == '-' || isDigit(d) || maybeZone(s, 16) || d >= 0x80 || s[17]|0x20 == 'm' {
		return namedStamp(s)
	}
	wall := (int64(2*365+beforeMonth[month]+day-1)*86400 + int64(c.hour*3600+c.min*60+c.sec)) * int64(time.Second)
	if month > 2 {
		wall += 86400 * int64(time.Second) // 1972 is a leap year
	}
	return event.Stamp{Wall: wall, Has: event.HasTime | event.HasDate, Step: time.Second}, 15
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
//	Fri 24 Nov 2017 13:45:11 Fri 2017-11-24 13:45:11   Friday, November 24, 2017 1:45:11 PM
func namedStamp(s string) (event.Stamp, int) {
	i := 0
	month := month3(s)
	if month == 0 && weekday3(s) {
		i = wordEnd(s, 3)
		if i < len(s) && (s[i] == ',' || s[i] == '.') {
			i++
		}
		if i+8 >= len(s) || s[i] != ' ' {
			return event.Stamp{}, 0
		}
		i++
		if isDigit(s[i]) {
			st, n := dayFirst(s[i:])
			if n == 0 && digits(s[i:], 4) && s[i+4] == '-' {
				st, n = isoStamp(s[i:])
			}
			if n == 0 {
				return st, 0
			}
			return st, n + i
		}
		month = month3(s[i:])
	}
	if month == 0 {
		return localNamedStamp(s)
	}
	j := i + 3
	if j < len(s) && s[j] != ' ' {
		if j = wordEnd(s, j); j < len(s) && s[j] == '.' {
			j++
		}
		if !longMonth(s[i:j], month) {
			return localNamedStamp(s)
		}
	}
	return monthFirst(s, j, month)
}

// monthFirst reads what follows the month's name, from j on: day, year and
// clock in any order.
func monthFirst(s string, j, month int) (event.Stamp, int) {
	if j+6 >= len(s) || s[j] != ' ' {
		return event.Stamp{}, 0
	}
	for j < len(s) && s[j] == ' ' {
		j++
	}
	day, j := num12(s, j)
	if j == 0 || j+2 >= len(s) {
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
	c, n := clockHalved(s[j:])
	if n == 0 {
		return event.Stamp{}, 0
	}
	j += n
	if has == 0 {
		return yearBehind(s, j, month, day, c)
	}
	return zoned(s, j, year, month, day, c)
}

// yearBehind reads what may stand behind "Nov 24 13:45:11": the year, perhaps
// with a zone before it, as date prints it ("Fri Nov 24 13:45:11 CST 2017").
func yearBehind(s string, j, month, day int, c clock) (event.Stamp, int) {
	if j+5 <= len(s) && s[j] == ' ' {
		k, name := j+1, ""
		if s[k] >= 'A' && s[k] <= 'Z' {
			for k < len(s) && s[k] >= 'A' && s[k] <= 'Z' {
				k++
			}
			if k < len(s) && s[k] == ':' && isZoneName(s[j+1:k]) { // Cisco: "Nov 24 13:45:11.123 CST: %LINK"
				return zoneNamed(s, j, stampOf(event.YearUnwritten, month, day, c, s[:j]))
			}
			if k == len(s) || s[k] != ' ' || !isZoneName(s[j+1:k]) {
				return stampOf(event.YearUnwritten, month, day, c, s[:j]), j
			}
			name = s[j+1 : k]
			k++
		} else if s[k] == '+' || s[k] == '-' { // "Fri Nov 24 13:45:11 +08 2017"
			z, end := offsetAt(s, k, event.Stamp{})
			if end == k || end+5 > len(s) || s[end] != ' ' || !plausibleYear(s[end+1:]) {
				return stampOf(event.YearUnwritten, month, day, c, s[:j]), j
			}
			st := stampOf(num4(s[end+1:]), month, day, c, s[:end+5])
			st.Has |= event.HasYear | event.HasZone
			st.Zone = z.Zone
			return st, end + 5
		}
		// A four-digit word behind a syslog time is a year only if it is not
		// the host's name; a host of digits alone is hardly met.
		if plausibleYear(s[k:]) {
			st := stampOf(num4(s[k:]), month, day, c, s[:k+4])
			st.Has |= event.HasYear
			switch {
			case name == "UTC" || name == "GMT":
				st.Has |= event.HasZone
			case name != "" && !st.Impossible:
				st.Text = name
			case name == "":
				return zoneAt(s, k+4, st)
			}
			return st, k + 4
		}
	}
	return stampOf(event.YearUnwritten, month, day, c, s[:j]), j
}

func plausibleYear(s string) bool {
	return digits(s, 4) && (len(s) == 4 || !isWord(s[4]) && s[4] != '.' && s[4] != '-') && num4(s) >= 1970 && num4(s) < 2262
}

// dayFirst reads 24 Nov 2017 13:45:11, 24-Nov-2014 19:32:43.123,
// 24/Nov/2017:13:45:11 +0800, 24-Nov-2017::13:45:11 and 24Nov2017 13:45:11, the
// month in any language.
func dayFirst(s string) (event.Stamp, int) {
	day, i := num12(s, 0)
	if i == 0 || i+12 > len(s) {
		return event.Stamp{}, 0
	}
	sep := s[i]
	switch sep {
	case ' ', '-', '/':
		i++
	case '.':
		if i++; i < len(s) && s[i] == ' ' { // German: 24. Nov. 2017
			i, sep = i+1, ' '
		}
	default:
		if month := month3(s[i:]); month > 0 && digits(s[i+3:], 4) && i+8 < len(s) { // Minecraft: 24Nov2017
			return dayYear(s, i+3, day, month)
		}
		if month, j := localMonth(s); month > 0 { // 11月 24, 2017: the month was first
			return monthFirst(s, j, month)
		}
		return event.Stamp{}, 0
	}
	month, n := month3(s[i:]), 3
	if month == 0 {
		month = monthShouted(s[i:]) // Oracle's listener: 24-NOV-2017
	}
	if month == 0 || i+3 < len(s) && s[i+3] != sep {
		if month, n = localMonth(s[i:]); month == 0 {
			end := wordEnd(s, i)
			if month = month3(s[i:]); month == 0 || !longMonth(s[i:end], month) {
				return event.Stamp{}, 0
			}
			n = end - i
		}
	}
	i += n
	if i >= len(s) || s[i] != sep {
		return event.Stamp{}, 0
	}
	return dayYear(s, i+1, day, month)
}

// dayYear reads what follows day and month: a year, if it is written, and the
// clock.
func dayYear(s string, i, day, month int) (event.Stamp, int) {
	year, has := event.YearUnwritten, event.Fields(0)
	if digits(s[i:], 4) {
		year, has, i = num4(s[i:]), event.HasYear, i+4
		for i < len(s) && (s[i] == ':' || s[i] == ' ' || s[i] == ',' || s[i] == 'T') {
			i++
		}
	} else if digits(s[i:], 2) && len(s) > i+3 && s[i+2] == ' ' { // Oracle: 24-NOV-17
		year, has, i = century(num2(s[i:])), event.HasYear, i+3
	}
	if i >= len(s) {
		return event.Stamp{}, 0
	}
	c, n := clockHalved(s[i:])
	if n == 0 {
		if c, n = looseClock(s[i:]); n == 0 {
			return event.Stamp{}, 0
		}
	}
	i += n
	if has == 0 {
		return yearBehind(s, i, month, day, c)
	}
	return zoned(s, i, year, month, day, c)
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
	if strings.HasPrefix(s[i:], "at ") { // "November 24, 2017 at 1:46:54 PM"
		i += 3
	} else if strings.HasPrefix(s[i:], "@ ") { // Kibana: "Nov 24, 2017 @ 13:46:54.123"
		i += 2
	}
	half, n := dayHalf(s[i:], true)
	i += n
	c, n := clock12(s[i:])
	if n == 0 {
		return event.Stamp{}, 0
	}
	c.halve(half)
	return zoned(s, i+n, year, month, day, c)
}

// clock12 reads 7:32:43 PM, whose hour is not padded. Without AM or PM the
// clock has 24 hours.
func clock12(s string) (clock, int) {
	hour, i := num12(s, 0)
	if i == 0 || i+6 > len(s) || s[i] != ':' || !digits(s[i+1:], 2) || s[i+3] != ':' || !digits(s[i+4:], 2) {
		return clock{}, 0
	}
	c := clock{hour, num2(s[i+1:]), num2(s[i+4:]), fraction{step: time.Second}}
	i += 6
	i += c.read(s[i:])
	gap := spaceAt(s[i:])
	if gap > 0 {
		if half, n := dayHalf(s[i+gap:], false); n > 0 {
			c.halve(half)
			return c, i + gap + n
		}
	} else if half, n := dayHalf(s[i:], false); n > 0 { // 7:32:43PM
		c.halve(half)
		return c, i + n
	}
	return c, i
}

// clockHalved reads a clock of 24 hours, or of twelve with AM or PM behind it.
func clockHalved(s string) (clock, int) {
	c, n := clockAt(s)
	if n == 0 {
		return clock12(s)
	}
	if n+3 <= len(s) && s[n] == ' ' && (s[n+1] >= 0x80 || s[n+2]|0x20 == 'm') {
		if half, h := dayHalf(s[n+1:], false); h > 0 {
			c.halve(half)
			n += h + 1
		}
	}
	return c, n
}

// wordEnd goes over letters from i on.
func wordEnd(s string, i int) int {
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= 0x80) {
		i++
	}
	return i
}

var longMonths = [13]string{"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// longMonth tells whether w is the month's whole name, or another common short
// form ("Sept").
func longMonth(w string, month int) bool {
	w = strings.TrimSuffix(w, ".")
	return w == longMonths[month] || w == longMonths[month][:3] || w == "Sept" && month == 9
}
