package parsers

import (
	"time"

	"forensic/event"
)

// numericStamp reads the layouts that begin with a digit, by how many digits
// stand there.
func numericStamp(s string, order dateOrder) (event.Stamp, int) {
	n := 1
	for n < len(s) && n < 20 && isDigit(s[n]) {
		n++
	}
	if n == len(s) && n < 10 {
		return event.Stamp{}, 0
	}
	switch n {
	case 1, 2:
		return shortStamp(s, n, order)
	case 4:
		if s[4] == '-' || s[4] == '/' || s[4] == '.' {
			return isoStamp(s)
		}
		return localYearStamp(s)
	case 5:
		if s[5] == '-' && digits(s[6:], 2) { // the year 10000 and later
			return farStamp(s)
		}
	case 6:
		return sixStamp(s)
	case 8, 14, 17:
		return compactStamp(s)
	case 10, 13, 16, 19:
		return epochStamp(s, n)
	}
	return event.Stamp{}, 0
}

// shortStamp reads the layouts that begin with one or two digits.
func shortStamp(s string, n int, order dateOrder) (event.Stamp, int) {
	switch s[n] {
	case ':':
		return clockOnly(s)
	case '/', '-', '.':
		if n+1 < len(s) && isDigit(s[n+1]) {
			if st, end := numbersStamp(s, n, order); end > 0 {
				return st, end
			}
		}
	}
	return dayFirst(s)
}

// numbersStamp reads dates whose month is a number and does not stand behind
// the year:
//
//	17/11/24 13:46:54   24/11/2017 13:46:54   11/24/2017 1:46:54 PM
//	24.11.2017 13:46    11-24 13:46:54.760    10.30 16:49:06   11/24-13:46:54.760
func numbersStamp(s string, n int, order dateOrder) (event.Stamp, int) {
	sep := s[n]
	a, _ := num12(s, 0)
	b, i := num12(s, n+1)
	if i == 0 || i >= len(s) || isDigit(s[i]) {
		return event.Stamp{}, 0
	}
	year, has := event.YearUnwritten, event.Fields(0)
	month, day := a, b
	if s[i] == sep && i+2 < len(s) && isDigit(s[i+1]) {
		c, j := num12(s, i+1)
		if digits(s[i+1:], 4) {
			c, j = num4(s[i+1:]), i+5
		}
		switch {
		case j >= len(s) || isDigit(s[j]):
		case j == i+2: // 24-3-1: a year is two digits or four
			if n == 1 {
				return event.Stamp{}, 0
			}
			year, month, day = century(a), b, c
			has, i = event.HasYear, j
		default:
			if c < 100 && (n == 1 || i == n+2) { // 3/1/24: neither does a year lead here
				order = unpaddedOrder(a, b, sep, order)
			}
			year, month, day = ordered(a, b, c, sep, order)
			has, i = event.HasYear, j
		}
	}
	if i >= len(s) {
		return event.Stamp{}, 0
	}
	if has == 0 && (order == orderDMY || order == orderAny && a > 12 && b <= 12) {
		month, day = b, a
	}
	i = clockStart(s, i)
	if i == 0 {
		return event.Stamp{}, 0
	}
	c, k := clockAt(s[i:])
	if has != 0 {
		c, k = clockHalved(s[i:]) // 11/24/2017 01:46:54 PM
	}
	if k == 0 && has != 0 {
		c, k = looseClock(s[i:])
	}
	if k == 0 || has == 0 && (month < 1 || month > 12 || day < 1 || day > 31 || c.hour > 24 || c.min > 59 || c.sec > 60) {
		return event.Stamp{}, 0
	}
	i += k
	if has != 0 {
		return zoned(s, i, year, month, day, c)
	}
	return zoneAt(s, i, stampOf(year, month, day, c, s[:i]))
}

// unpaddedOrder is the order of a date whose first two numbers are not padded,
// so that the year stands behind them.
func unpaddedOrder(a, b int, sep byte, order dateOrder) dateOrder {
	switch {
	case a > 12:
		return orderDMY
	case b > 12:
		return orderMDY
	case order == orderDMY || order == orderAny && sep != '/':
		return orderDMY
	}
	return orderMDY
}

// ordered tells year, month and day of three numbers apart: by the order that
// was learnt, by what is possible, by habit (two-digit years lead, as Hadoop
// and Spark write them; four-digit ones follow the month in America and,
// between dots or dashes, the day's month elsewhere).
func ordered(a, b, c int, sep byte, order dateOrder) (year, month, day int) {
	switch order {
	case orderYMD:
		if c < 100 {
			return century(a), b, c
		}
	case orderDMY:
		return century(c), b, a
	case orderMDY:
		return century(c), a, b
	}
	if c >= 100 {
		if a > 12 || sep != '/' && b <= 12 {
			return c, b, a
		}
		return c, a, b
	}
	switch {
	case b > 12 && a <= 12:
		return century(c), a, b
	case c > 31:
		return century(c), b, a
	case sep == '.' && a <= 31:
		return century(c), b, a
	case sep == '/' && a < 8 && c >= 8 && c < 40: // who writes the year first between slashes, Hadoop and its kin, began in 2008
		return century(c), a, b
	}
	return century(a), b, c
}

// century completes a year of two digits.
func century(y int) int {
	switch {
	case y >= 100:
		return y
	case y >= 70:
		return 1900 + y
	}
	return 2000 + y
}

// sixStamp reads 171124 13:46:54, 171124  3:46:54 and 081109 203518.
func sixStamp(s string) (event.Stamp, int) {
	year, month, day := century(num2(s)), num2(s[2:]), num2(s[4:])
	if s[6] != ' ' || month < 1 || month > 12 || day < 1 || day > 31 {
		return event.Stamp{}, 0
	}
	i := 7
	if i < len(s) && s[i] == ' ' {
		i++
	}
	c, n := clockAt(s[i:])
	if n == 0 {
		c, n = clock12(s[i:])
	}
	if n == 0 && digits(s[i:], 6) && len(s) > i+6 && s[i+6] == ' ' {
		c, n = clock{num2(s[i:]), num2(s[i+2:]), num2(s[i+4:]), fraction{step: time.Second}}, 6
	}
	if n == 0 || c.hour > 24 || c.min > 59 || c.sec > 60 {
		return event.Stamp{}, 0
	}
	return zoned(s, i+n, year, month, day, c)
}

// compactStamp reads 20171124T134654,760, 20171124134654760, 20171124
// 13:46:54.760 and 20171124-22:15:29:606.
func compactStamp(s string) (event.Stamp, int) {
	year, month, day := num4(s), num2(s[4:]), num2(s[6:])
	if year < 1970 || year > 2261 || month < 1 || month > 12 || day < 1 || day > 31 {
		return event.Stamp{}, 0
	}
	i := 8
	if i < len(s) && (s[i] == 'T' || s[i] == '-' || s[i] == '_' || s[i] == ' ' || s[i] == ':' || s[i] == '.' && digits(s[9:], 6) && len(s) > 16 && !isDigit(s[15])) {
		i++
	}
	if c, n := clockAt(s[i:]); n > 0 && i == 9 {
		return zoned(s, i+n, year, month, day, c)
	}
	if i == 9 && s[8] != ' ' { // 20171223-0:0:2:909: nothing is padded
		if c, n := clockUnpadded(s[i:]); n > 0 {
			return zoned(s, i+n, year, month, day, c)
		}
	}
	if !digits(s[i:], 6) {
		return event.Stamp{}, 0
	}
	c := clock{num2(s[i:]), num2(s[i+2:]), num2(s[i+4:]), fraction{step: time.Second}}
	if c.hour > 23 || c.min > 59 || c.sec > 60 {
		return event.Stamp{}, 0
	}
	i += 6
	if n := c.read(s[i:]); n > 0 {
		i += n
	} else if digits(s[i:], 3) {
		c.nano, c.step = int64(num2(s[i:])*10+int(s[i+2]-'0'))*int64(time.Millisecond), time.Millisecond
		i += 3
	}
	if i < len(s) && isWord(s[i]) && s[i] != 'Z' {
		return event.Stamp{}, 0
	}
	return zoned(s, i, year, month, day, c)
}

// clockUnpadded reads 0:0:2:909, each field with as many digits as it needs.
func clockUnpadded(s string) (c clock, n int) {
	var part [4]int
	i := 0
	for k := range part {
		v, digits := 0, 0
		for i < len(s) && isDigit(s[i]) && digits < 3 {
			v, i, digits = v*10+int(s[i]-'0'), i+1, digits+1
		}
		if digits == 0 || k < 3 && (i >= len(s) || s[i] != ':') {
			return c, 0
		}
		part[k] = v
		if k < 3 {
			i++
		}
	}
	return clock{part[0], part[1], part[2], fraction{int64(part[3]) * int64(time.Millisecond), time.Millisecond}}, i
}

// Between these seconds since 1970, years 2000 and 2040, a number may be a time.
const (
	epochLow  = 946684800
	epochHigh = 2208988800
)

// epochStamp reads seconds since 1970 with an optional fraction, or milli-,
// micro- or nanoseconds: n digits.
func epochStamp(s string, n int) (event.Stamp, int) {
	if n < len(s) && isWord(s[n]) {
		return event.Stamp{}, 0
	}
	v := int64(0)
	for i := range n {
		v = v*10 + int64(s[i]-'0')
	}
	unit := time.Second
	for i := n; i > 10; i-- {
		unit /= 10
	}
	wall, step := v*int64(unit), unit
	if sec := wall / int64(time.Second); n < 19 && v > (1<<63-1)/int64(unit) || sec < epochLow || sec >= epochHigh {
		return event.Stamp{}, 0
	}
	end := n
	if n == 10 && len(s) > 11 && s[10] == '.' && isDigit(s[11]) {
		var c clock
		end += c.read(s[10:])
		wall, step = wall+c.nano, c.step
	}
	if end < len(s) && (isWord(s[end]) || s[end] == '-' || s[end] == '.' && end+1 < len(s) && isWord(s[end+1])) {
		return event.Stamp{}, 0
	}
	return event.Stamp{Wall: wall, Has: event.HasTime | event.HasDate | event.HasYear | event.HasZone, Step: step}, end
}

// farStamp reads a year of five digits, which no clock here can hold.
func farStamp(s string) (event.Stamp, int) {
	_, n := isoStamp(s[1:])
	if n == 0 {
		return event.Stamp{}, 0
	}
	n++
	return event.Stamp{Has: event.HasTime | event.HasDate | event.HasYear, Step: time.Second, Impossible: true, Text: s[:n]}, n
}

// bootStamp reads seconds since the machine or the process began, "12345.678901",
// and returns how many bytes that took.
func bootStamp(s string) (event.Stamp, int) {
	i, v := 0, int64(0)
	for i < len(s) && isDigit(s[i]) && i < 10 {
		v, i = v*10+int64(s[i]-'0'), i+1
	}
	if i == 0 || i+1 >= len(s) || s[i] != '.' && s[i] != ',' || !isDigit(s[i+1]) {
		return event.Stamp{}, 0
	}
	var c clock
	i += c.read(s[i:])
	if v > 1<<33 {
		return event.Stamp{}, 0
	}
	return event.Stamp{Wall: v*int64(time.Second) + c.nano, Has: event.SinceBoot, Step: c.step}, i
}
