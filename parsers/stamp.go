package parsers

import (
	"time"

	"forensic/event"
)

// A dateOrder says how a member writes days and months that are numbers. It is
// learnt from many lines where one line leaves it open.
type dateOrder uint8

const (
	orderAny dateOrder = iota // by what is possible, else by habit
	orderYMD
	orderDMY
	orderMDY
)

// stampAt reads a timestamp at the start of s, in whichever layout its first
// bytes promise, and returns how many bytes it took: 0 where there is none. It
// reads digits at fixed places and allocates nothing.
//
// What has the shape of a time but stands in no calendar is a stamp all the
// same, marked impossible: the record begins there.
func stampAt(s string) (event.Stamp, int) { return stampOrdered(s, orderAny) }

// stampOrdered is stampAt where the order of day and month is known.
func stampOrdered(s string, order dateOrder) (event.Stamp, int) {
	if len(s) < 8 {
		return event.Stamp{}, 0
	}
	switch c := s[0]; {
	case c-'0' <= 9:
		if len(s) >= 20 && s[4] == '-' && s[7] == '-' && s[13] == ':' && s[16] == ':' && (s[10] == ' ' || s[10] == 'T') {
			return plainISO(s)
		}
		return numericStamp(s, order)
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		if len(s) > 17 && s[3] == ' ' && s[6] == ' ' && s[9] == ':' && s[12] == ':' {
			return plainSyslog(s)
		}
		return namedStamp(s)
	case c >= 0xc3:
		return localNamedStamp(s)
	}
	return event.Stamp{}, 0
}

// plainISO reads the commonest layout of all, 2006-01-02 15:04:05.000, eight
// bytes at a time: taking the separators away leaves the digits' values, and
// whatever was none shows in its upper half.
func plainISO(s string) (event.Stamp, int) {
	const (
		date  = 0x2d30302d30303030 // "0000-00-"
		clock = 0x30303a3030003030 // "00", the separator left out, "00:00"
		high  = 0xf0f0f0f0f0f0f0f0
		six   = 0x0606060606060606
	)
	d := load8(s, 0) ^ date
	c := load8(s, 8)&^0xff0000 ^ clock
	sec := uint32(s[17]-'0') | uint32(s[18]-'0')<<8
	if (d|(d+six)|c|(c+six))&high != 0 || (sec|(sec+0x0606))&0xf0f0 != 0 {
		return isoStamp(s)
	}
	year := int(d&15)*1000 + int(d>>8&15)*100 + int(d>>16&15)*10 + int(d>>24&15)
	month := int(d>>40&15)*10 + int(d>>48&15)
	day := int(c&15)*10 + int(c>>8&15)
	hour := int(c>>24&15)*10 + int(c>>32&15)
	min := int(c>>48&15)*10 + int(c>>56&15)
	second := int(sec&15)*10 + int(sec>>8)
	if month-1 > 11 || day-1 > 27 || year-1970 > 291 || hour > 23 || min > 59 || second > 59 || month < 1 || day < 1 || year < 1970 {
		return isoStamp(s) // the ends of months, and what is impossible, take the long way
	}
	st := event.Stamp{Has: event.HasTime | event.HasDate | event.HasYear, Step: time.Second}
	st.Wall = (int64(daysBefore(year, month)+day-1)*86400 + int64(hour*3600+min*60+second)) * int64(time.Second)
	i := 19
	if s[19] == '.' || s[19] == ',' {
		if len(s) >= 23 && s[20]-'0' <= 9 && s[21]-'0' <= 9 && s[22]-'0' <= 9 && (len(s) == 23 || s[23]-'0' > 9) {
			st.Wall += int64(int(s[20]-'0')*100+int(s[21]-'0')*10+int(s[22]-'0')) * int64(time.Millisecond)
			st.Step, i = time.Millisecond, 23
		} else {
			var f fraction
			i += f.read(s[19:])
			st.Wall += f.nano
			if i > 19 {
				st.Step = f.step
			}
		}
	} else if s[19] == ':' {
		return isoStamp(s)
	}
	if i < len(s) {
		switch s[i] {
		case 'Z', '+', '-':
			return zoneAt(s, i, st)
		case ' ':
			if i+1 < len(s) && (s[i+1] == '+' || s[i+1] == '-' || maybeZone(s, i+1)) {
				return zoneAt(s, i, st)
			}
			if i+2 < len(s) && s[i+2]|0x20 == 'm' || i+1 < len(s) && s[i+1] >= 0x80 {
				return isoStamp(s) // a clock of twelve hours
			}
		}
	}
	return st, i
}

// load8 reads eight bytes of s at i.
func load8(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// isoStamp reads 2006-01-02 15:04:05.000 and its relatives: T for the space,
// slashes or dots for the dashes, comma for the dot, one-digit months and days,
// a zone behind it.
func isoStamp(s string) (event.Stamp, int) {
	year := num4(s)
	sep := s[4]
	month, i := num12(s, 5)
	if i == 0 || i >= len(s) || s[i] != sep {
		return countedStamp(s)
	}
	day, i := num12(s, i+1)
	if i == 0 || i >= len(s) {
		return event.Stamp{}, 0
	}
	if s[i] == '-' && sep == '-' && i+8 < len(s) && s[i+3] == '.' {
		return dottedStamp(s, year, month, day, i+1)
	}
	i = clockStart(s, i)
	if i == 0 {
		return event.Stamp{}, 0
	}
	c, n := clockAt(s[i:])
	if n == 0 {
		if c, n = looseClock(s[i:]); n == 0 {
			return event.Stamp{}, 0
		}
	}
	return zoned(s, i+n, year, month, day, c)
}

// clockStart goes over what may stand between a date and its clock, from i on,
// and returns where the clock begins, or 0.
func clockStart(s string, i int) int {
	switch s[i] {
	case ' ', '\t':
		for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
			i++
		}
		if i+2 < len(s) && s[i] == '-' { // gin's "2017/11/24 - 13:46:54", Suricata's " -- "
			for i < len(s) && (s[i] == '-' || s[i] == ' ') {
				i++
			}
		}
	case 'T', 't', '_', ':', '-', '|':
		i++
	case ',':
		for i++; i < len(s) && s[i] == ' '; i++ {
		}
	default:
		return 0
	}
	if i >= len(s) {
		return 0
	}
	return i
}

// zoned makes the stamp of a year, month, day and clock that ends at i, and
// reads the zone behind it.
func zoned(s string, i, year, month, day int, c clock) (event.Stamp, int) {
	st := stampOf(year, month, day, c, s[:i])
	st.Has |= event.HasYear
	return zoneAt(s, i, st)
}

// dottedStamp reads the clock of 2005-06-03-15.42.50.675872, as DB2 and Blue
// Gene write it; DB2 puts the zone behind it in minutes (+480).
func dottedStamp(s string, year, month, day, i int) (event.Stamp, int) {
	if len(s) < i+8 || !digits(s[i:], 2) || !digits(s[i+3:], 2) || s[i+5] != '.' || !digits(s[i+6:], 2) {
		return event.Stamp{}, 0
	}
	c := clock{num2(s[i:]), num2(s[i+3:]), num2(s[i+6:]), fraction{step: time.Second}}
	i += 8
	i += c.read(s[i:])
	st := stampOf(year, month, day, c, s[:i])
	st.Has |= event.HasYear
	if i+3 < len(s) && (s[i] == '+' || s[i] == '-') && digits(s[i+1:], 3) && (i+4 == len(s) || !isDigit(s[i+4])) {
		minutes := int(s[i+1]-'0')*100 + num2(s[i+2:])
		if s[i] == '-' {
			minutes = -minutes
		}
		st.Zone = int16(minutes)
		st.Has |= event.HasZone
		return st, i + 4
	}
	return zoneAt(s, i, st)
}

// A clock is a time of day as written. A value that no clock shows is kept: the
// stamp it ends in is impossible.
type clock struct {
	hour, min, sec int
	fraction
}

// A fraction is what stands behind the seconds, and how fine it is.
type fraction struct {
	nano int64
	step time.Duration
}

// clockAt reads 15:04:05 with an optional fraction behind a dot, a comma, or a
// colon and three digits.
func clockAt(s string) (c clock, n int) {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' || !digits(s, 2) || !digits(s[3:], 2) || !digits(s[6:], 2) {
		return c, 0
	}
	c.hour, c.min, c.sec, c.step = num2(s), num2(s[3:]), num2(s[6:]), time.Second
	if len(s) > 9 {
		return c, 8 + c.read(s[8:])
	}
	return c, 8
}

// read takes a dot, a comma, or a colon and three digits, and returns its
// length.
func (f *fraction) read(s string) int {
	if len(s) < 2 || !isDigit(s[1]) {
		return 0
	}
	switch s[0] {
	case '.', ',':
	case ':':
		if len(s) < 4 || !isDigit(s[2]) || !isDigit(s[3]) || len(s) > 4 && isWord(s[4]) {
			return 0
		}
	default:
		return 0
	}
	i, v, scale := 1, int64(0), int64(time.Second)
	for i < len(s) && isDigit(s[i]) {
		if scale > 1 {
			v, scale = v*10+int64(s[i]-'0'), scale/10
		}
		i++
	}
	f.nano, f.step = v*scale, time.Duration(scale)
	return i
}

// looseClock reads the clocks that come with a date only: an hour of one digit,
// AM or PM in any place and language, no seconds.
func looseClock(s string) (clock, int) {
	half, i := dayHalf(s, true)
	c, n := clock12(s[i:])
	if n == 0 {
		hour, j := num12(s, i)
		if j == 0 || len(s) < j+3 || s[j] != ':' || !digits(s[j+1:], 2) || len(s) > j+3 && s[j+3] != ' ' && s[j+3] != ']' {
			return clock{}, 0
		}
		c, n = clock{hour, num2(s[j+1:]), 0, fraction{step: time.Minute}}, j+3-i
	}
	c.halve(half)
	return c, i + n
}

// clockOnly reads a time of day that stands alone: one of 24 hours, or of
// twelve with AM or PM behind it.
func clockOnly(s string) (event.Stamp, int) {
	c, n := clockAt(s)
	if n == 0 || n+2 < len(s) && s[n] == ' ' && s[n+2]|0x20 == 'm' {
		at := n
		if c, n = clock12(s); n == 0 || at == 0 && !halved(s[:n]) {
			return event.Stamp{}, 0
		}
	}
	if n == 0 || c.hour > 24 || c.min > 59 || c.sec > 60 || n < len(s) && (s[n] == ':' && (n+1 == len(s) || s[n+1] != ' ') || isDigit(s[n])) {
		return event.Stamp{}, 0
	}
	st := stampOf(event.YearUnwritten, 1, 1, c, s[:n])
	st.Has &^= event.HasDate
	return st, n
}

// halved tells whether a clock ends in AM or PM.
func halved(s string) bool { return !isDigit(s[len(s)-1]) }

var beforeMonth = [13]int{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}
var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// daysBefore is how many days lie between 1970 and the first of a month of the
// years this program knows, 1970 to 2261.
func daysBefore(year, month int) int {
	days := (year-1970)*365 + (year-1969)/4 + beforeMonth[month]
	if year > 2000 {
		days -= (year - 2001) / 100 // 2100 and 2200 are no leap years
	}
	if month > 2 && isLeap(year) {
		days++
	}
	return days
}

func isLeap(year int) bool { return year&3 == 0 && (year%100 != 0 || year%400 == 0) }

// stampOf puts a date and a clock together. What no calendar knows is marked
// impossible and keeps its text. A leap second lies in the last second of its
// minute or in the one behind it, and is as wide as both.
func stampOf(year, month, day int, c clock, text string) event.Stamp {
	st := event.Stamp{Has: event.HasTime | event.HasDate, Step: c.step}
	bad := month < 1 || month > 12 || day < 1 || day > monthDays[min(max(month, 0), 12)] || month == 2 && day == 29 && !isLeap(year)
	if bad || year < 1970 || year > 2261 || c.hour > 23 || c.min > 59 || c.sec > 60 || c.sec == 60 && c.min%15 != 14 {
		st.Impossible, st.Text = true, text
		return st
	}
	if c.sec == 60 {
		c.sec, c.nano, st.Step = 59, 0, 2*time.Second
	}
	st.Wall = (int64(daysBefore(year, month)+day-1)*86400+int64(c.hour)*3600+int64(c.min)*60+int64(c.sec))*int64(time.Second) + c.nano
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
