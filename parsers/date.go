package parsers

import (
	"strings"
	"time"

	"forensic/event"
)

// What date prints, in the language of the machine. An abbreviation of a zone
// is kept as a name: CST is China's and Chicago's.
//
//	Fri Nov 24 13:45:11 CST 2017
//	2017年 11月 24日 星期五 13:45:11 CST
var _ = addSnapshot(Format{
	Name:  "date",
	Doc:   "The output of date.",
	Files: []string{"date*"},
	Kinds: []event.Kind{event.HostClock},
	Sniff: func(head []byte) Score {
		n := 0
		sc := snapshotScore(head, func(line string) bool { n++; _, ok := dateLine(line); return ok })
		if n > 3 || n > 1 && sc.Points < 0.5 { // below a date a log has its record
			return Score{0, "more than a date"}
		}
		sc.Points /= 0.95 // nothing is surer than a date that is all of a line
		return sc
	},
	Parse: snapshotOf(dateRead),
})

func dateRead(s *snapshot) {
	cmd := commandOf(s.in)
	for i := range s.n() {
		line := strings.TrimSpace(s.line(i))
		st, ok := dateLine(line)
		if !ok && isNumber(line) && strings.Contains(cmd, "%s") {
			st, ok = dateEpoch(line)
		}
		if ok {
			dateSend(s, i, st, "date")
		}
	}
}

// dateSend says that line i states the host's clock.
func dateSend(s *snapshot, i int, st event.Stamp, source string) {
	e := s.begin(event.HostClock.Name, i, i)
	e.Stamp = st
	if st.Has&event.HasZone != 0 {
		e.Set("zone", zoneText(int(st.Zone)))
	}
	if !st.Impossible {
		e.Set("zone_name", st.Text)
	}
	if st.Text == "CST" && strings.ContainsAny(e.Text, "年月") { // who writes Chinese there keeps China's
		e.Set("zone", zoneText(8*60))
		source += ", in Chinese"
	}
	e.Set("source", source)
	s.send()
}

// zoneText writes an offset in minutes as +08:00.
func zoneText(minutes int) string {
	sign := byte('+')
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	h, m := minutes/60, minutes%60
	return string([]byte{sign, byte('0' + h/10), byte('0' + h%10), ':', byte('0' + m/10), byte('0' + m%10)})
}

// dateEpoch reads the seconds of date +%s.
func dateEpoch(s string) (event.Stamp, bool) {
	if len(s) < 9 || len(s) > 11 {
		return event.Stamp{}, false
	}
	n := int64(0)
	for i := range len(s) {
		n = n*10 + int64(s[i]-'0')
	}
	return event.Stamp{Wall: n * int64(time.Second), Has: event.HasTime | event.HasDate | event.HasYear | event.HasZone, Step: time.Second}, true
}

// dateParts are what the words of a date gave so far.
type dateParts struct {
	year, month, day int
	clock            clock
	hasClock         bool
	half             half
	zone             int
	hasZone          bool
	zoneName         string
}

// dateLine reads a line that is nothing but a date with its year and a time,
// in any order of words: weekday, day, month, clock, half of the day, zone,
// year. A word it does not know may only be the first, where the weekday
// stands.
func dateLine(line string) (event.Stamp, bool) {
	line = strings.TrimSpace(line)
	if len(line) < 14 || len(line) > 80 || !strings.ContainsAny(line, "0123456789") {
		return event.Stamp{}, false
	}
	if st, n := stampAt(line); n == len(line) && st.Has&(event.HasDate|event.HasYear) == event.HasDate|event.HasYear && strings.ContainsAny(line, ":时") {
		return st, true
	}
	var p dateParts
	rest := line
	for n := 0; rest != ""; n++ {
		rest = strings.TrimLeft(rest, " \t,")
		end := strings.IndexAny(rest, " \t,")
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		rest = rest[end:]
		if n > 9 || word != "" && !p.take(word) && (n > 0 || !weekdayLike(word)) {
			return event.Stamp{}, false
		}
	}
	if p.year == 0 || p.month == 0 || p.day == 0 || !p.hasClock {
		return event.Stamp{}, false
	}
	p.clock.halve(p.half)
	st := stampOf(p.year, p.month, p.day, p.clock, line)
	st.Has |= event.HasYear
	if p.hasZone {
		st.Has, st.Zone = st.Has|event.HasZone, int16(p.zone)
	} else if !st.Impossible {
		st.Text = p.zoneName
	}
	return st, true
}

// take reads one word of a date.
func (p *dateParts) take(word string) bool {
	for _, unit := range [...]struct {
		sign string
		to   *int
	}{{"年", &p.year}, {"月", &p.month}, {"日", &p.day}} {
		if num, rest, ok := strings.Cut(word, unit.sign); ok && isNumber(num) {
			*unit.to = atoi(num)
			return rest == "" || p.take(rest)
		}
	}
	if c, n := dateClock(word); n > 0 {
		p.clock, p.hasClock = c, true
		rest := word[n:]
		return rest == "" || p.takeHalf(rest) || p.takeZone(rest)
	}
	if p.takeHalf(word) {
		return true
	}
	switch num := strings.TrimSuffix(word, "."); {
	case len(num) == 4 && isNumber(num) && p.year == 0:
		p.year = atoi(num)
		return true
	case len(num) <= 2 && isNumber(num) && p.day == 0:
		p.day = atoi(num)
		return true
	}
	if m, n := localMonth(word); n == len(word) && p.month == 0 {
		p.month = m
		return true
	}
	if m := month3(word); m > 0 && p.month == 0 && len(word) <= 9 && !strings.ContainsAny(word, "0123456789") {
		p.month = m
		return true
	}
	if weekday3(word+" ") || strings.HasPrefix(word, "星期") || strings.HasPrefix(word, "周") || strings.HasSuffix(word, "曜日") || strings.HasPrefix(word, "礼拜") {
		return true
	}
	return p.takeZone(word)
}

func (p *dateParts) takeHalf(word string) bool {
	h, n := dayHalf(word, false)
	if n == 0 {
		return false
	}
	p.half = h
	rest := word[n:]
	if c, m := dateClock(rest); m > 0 && m == len(rest) {
		p.clock, p.hasClock = c, true
		return true
	}
	return rest == ""
}

// takeZone reads UTC, +0800, +08 or the abbreviation of a zone.
func (p *dateParts) takeZone(word string) bool {
	if p.hasZone || p.zoneName != "" {
		return false
	}
	if word == "UTC" || word == "GMT" || word == "Z" {
		p.hasZone = true
		return true
	}
	if word[0] == '+' || word[0] == '-' {
		st, n := offsetAt(word, 0, event.Stamp{})
		if n != len(word) {
			return false
		}
		p.zone, p.hasZone = int(st.Zone), true
		return true
	}
	if len(word) < 2 || len(word) > 5 || strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return false
	}
	p.zoneName = word
	return true
}

// dateClock reads 13:45:11, 1:45:11, 13:45:11.123 or 13时45分11秒.
func dateClock(s string) (c clock, n int) {
	parts, i := [3]int{}, 0
	for k := range parts {
		v, end := num12(s, i)
		if end == 0 {
			return c, 0
		}
		parts[k], i = v, end
		if k == 2 {
			break
		}
		switch rest := s[i:]; {
		case strings.HasPrefix(rest, ":"):
			i++
		case strings.HasPrefix(rest, "时"), strings.HasPrefix(rest, "分"):
			i += 3
		default:
			return c, 0
		}
	}
	i += len(s[i:]) - len(strings.TrimPrefix(s[i:], "秒"))
	c = clock{hour: parts[0], min: parts[1], sec: parts[2], fraction: fraction{step: time.Second}}
	if c.hour > 24 || c.min > 59 || c.sec > 60 {
		return c, 0
	}
	if i < len(s) && s[i] == '.' {
		j, scale := i+1, int64(time.Second)
		for j < len(s) && isDigit(s[j]) {
			if scale > 1 {
				scale /= 10
				c.nano += int64(s[j]-'0') * scale
			}
			j++
		}
		c.step, i = time.Duration(scale), j
	}
	return c, i
}

// weekdayLike tells whether a word may be a weekday in some language.
func weekdayLike(word string) bool {
	return len(word) <= 20 && !strings.ContainsAny(word, "0123456789:=/_()[]{}<>\"'")
}

// atoi reads digits that isNumber has seen.
func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
