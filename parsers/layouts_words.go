package parsers

import (
	"strings"
	"time"

	"forensic/event"
)

// Layouts of servers and languages whose fields the language of patterns cannot
// tell apart.

// monologFind reads PHP's Monolog, Laravel and Symfony: the channel and the
// level are one word.
//
//	[2017-11-24T13:46:54.760000+08:00] app.ERROR: gone {"id":7} []
func monologFind(m *matcher, line string) bool {
	if line[0] != '[' {
		return false
	}
	n := m.stampAt(line, 1)
	rest, ok := strings.CutPrefix(line[1+n:], "] ")
	if n == 0 || !ok {
		return false
	}
	word, _, ok := strings.Cut(rest[:min(len(rest), 120)], ": ")
	dot := strings.LastIndexByte(word, '.')
	if !ok || dot < 1 || strings.IndexByte(word, ' ') >= 0 {
		return false
	}
	level := word[dot+1:]
	if level == "" || level[0] < 'A' || level[0] > 'Z' {
		return false
	}
	m.fields = fields{stamp: m.memo, level: levelWord(level), component: word[:dot], text: rest[len(word)+2:]}
	return m.level != event.NoLevel
}

// phpFind reads PHP's own log, where the level is two words.
func phpFind(m *matcher, line string) bool {
	n := m.stampAt(line, 1)
	rest, ok := strings.CutPrefix(line[1+n:], "] PHP ")
	if n == 0 || !ok {
		return false
	}
	for _, l := range [...]struct {
		words string
		level event.Level
	}{
		{"Fatal error: ", event.Critical}, {"Parse error: ", event.Critical}, {"Core error: ", event.Critical}, {"Compile error: ", event.Critical},
		{"Recoverable fatal error: ", event.Error}, {"Catchable fatal error: ", event.Error}, {"User error: ", event.Error},
		{"Core warning: ", event.Warning}, {"Compile warning: ", event.Warning}, {"User warning: ", event.Warning},
		{"User notice: ", event.Notice}, {"Strict Standards: ", event.Notice}, {"Deprecated: ", event.Notice}, {"User deprecated: ", event.Notice},
	} {
		if text, ok := strings.CutPrefix(rest, l.words); ok {
			m.fields = fields{stamp: m.memo, level: l.level, text: strings.TrimLeft(text, " ")}
			return true
		}
	}
	if strings.HasPrefix(rest, "Stack trace:") || strings.HasPrefix(rest, "  ") { // with log_errors to syslog's layout each line is dated
		m.fields = fields{stamp: m.memo, text: rest}
		return true
	}
	return false
}

// weblogicFind reads WebLogic's server log, whose time is also written as
// milliseconds since 1970, and what it prints:
//
//	####<Nov 24, 2017 1:46:54,123 PM CST> <Info> <Server> <app-07> <Admin> <main> <<WLS Kernel>> <> <> <1511502311123> <BEA-002613> <Listening>
//	<Nov 24, 2017 1:46:54 PM CST> <Notice> <WebLogicServer> <BEA-000365> <Server state changed>
func weblogicFind(m *matcher, line string) bool {
	whole := strings.HasPrefix(line, "####<")
	s := strings.TrimPrefix(line, "####")
	if s == "" || s[0] != '<' {
		return false
	}
	st, n := stampOrdered(s[1:], m.order)
	end := strings.Index(s[:min(len(s), 120)], "> <")
	if n == 0 || end < n || end > n+50 {
		return false
	}
	if zone := strings.TrimSpace(s[1+n : end]); zone != "" { // "China Standard Time"
		st = zoneInWords(st, zone)
	}
	m.fields = fields{stamp: st}
	s = s[end+2:]
	for i := 0; ; i++ {
		v, rest, ok := weblogicField(s)
		if !ok {
			m.text = strings.TrimPrefix(s, "<")
			break
		}
		s = rest
		last := !strings.HasPrefix(rest, "<")
		switch {
		case last && i > 1:
			m.text = v
		case i == 0:
			level, k := levelAt(v)
			if k != len(v) {
				return false
			}
			m.level = level
		case i == 1:
			m.component = v
		case !whole:
		case i == 2:
			m.host = v
		case i == 4:
			m.thread = v
		case i == 8 && len(v) == 13:
			if at, k := epochStamp(v, 13); k == 13 {
				m.stamp = zoneBetween(m.stamp, at)
			}
		}
		if last {
			break
		}
	}
	return m.component != ""
}

// weblogicField reads one field in angle brackets, which may hold brackets; what
// is left of a message goes on below.
func weblogicField(s string) (v, rest string, ok bool) {
	if s == "" || s[0] != '<' {
		return "", s, false
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '<':
			depth++
		case '>':
			if depth--; depth == 0 || i+2 < len(s) && s[i+1] == ' ' && s[i+2] == '<' || i+1 == len(s) {
				return strings.TrimSpace(s[1:i]), strings.TrimPrefix(s[i+1:], " "), true
			}
		}
	}
	return "", s, false
}

// zoneInWords gives a time the zone that stands behind it in words, where the
// words are those of one offset only; others are kept.
func zoneInWords(st event.Stamp, name string) event.Stamp {
	switch name {
	case "Coordinated Universal Time", "Greenwich Mean Time", "UTC", "GMT", "Z":
		st.Has |= event.HasZone
	case "China Standard Time", "中国标准时间", "中國標準時間", "Singapore Time", "Singapore Standard Time", "Hong Kong Time", "Hong Kong Standard Time":
		st.Has, st.Zone = st.Has|event.HasZone, 8*60
	case "Japan Standard Time", "日本標準時", "Korean Standard Time":
		st.Has, st.Zone = st.Has|event.HasZone, 9*60
	case "Central European Time", "Central European Standard Time", "Mitteleuropäische Zeit":
		st.Has, st.Zone = st.Has|event.HasZone, 60
	case "Central European Summer Time", "Mitteleuropäische Sommerzeit":
		st.Has, st.Zone = st.Has|event.HasZone, 2*60
	case "Eastern Standard Time", "Central Daylight Time":
		st.Has, st.Zone = st.Has|event.HasZone, -5*60
	case "Eastern Daylight Time":
		st.Has, st.Zone = st.Has|event.HasZone, -4*60
	case "Pacific Standard Time":
		st.Has, st.Zone = st.Has|event.HasZone, -8*60
	case "Pacific Daylight Time":
		st.Has, st.Zone = st.Has|event.HasZone, -7*60
	case "India Standard Time":
		st.Has, st.Zone = st.Has|event.HasZone, 5*60+30
	}
	return st
}

// slapdFind reads what OpenLDAP's slapd prints since 2.5: seconds since 1970 in
// hexadecimal, their fraction in nanoseconds, and the thread.
func slapdFind(m *matcher, line string) bool {
	st, ok := slapdStamp(line)
	if !ok || len(line) < 20 || line[8] != '.' || !strings.HasPrefix(line[17:], " 0x") {
		return false
	}
	nano, ok := hex32(line[9:])
	if !ok || nano >= int64(time.Second) {
		return false
	}
	st.Wall, st.Step = st.Wall+nano, time.Nanosecond
	thread, text, _ := strings.Cut(line[18:], " ")
	m.fields = fields{stamp: st, thread: thread, text: text}
	return true
}

// slapdOldFind reads what it printed before: the seconds alone.
func slapdOldFind(m *matcher, line string) bool {
	st, ok := slapdStamp(line)
	if !ok || len(line) < 10 || line[8] != ' ' {
		return false
	}
	m.fields = fields{stamp: st, text: line[9:]}
	return true
}

func slapdStamp(line string) (event.Stamp, bool) {
	sec, ok := hex32(line)
	st := event.Stamp{Wall: sec * int64(time.Second), Has: event.HasTime | event.HasDate | event.HasYear | event.HasZone, Step: time.Second}
	return st, ok && sec >= epochLow && sec < epochHigh
}

// hex32 reads eight hexadecimal digits in small letters.
func hex32(s string) (int64, bool) {
	if len(s) < 8 {
		return 0, false
	}
	v := int64(0)
	for i := range 8 {
		switch c := s[i]; {
		case isDigit(c):
			v = v<<4 | int64(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | int64(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}

// kitchenFind reads zerolog's console: a clock of twelve hours without seconds
// and a level of three letters.
func kitchenFind(m *matcher, line string) bool {
	hour, i := num12(line, 0)
	if i == 0 || len(line) < i+10 || line[i] != ':' || !digits(line[i+1:], 2) || line[i+4] != 'M' || line[i+5] != ' ' || hour > 12 || hour == 0 {
		return false
	}
	c := clock{hour, num2(line[i+1:]), 0, fraction{step: time.Minute}}
	switch line[i+3] {
	case 'A':
		c.halve(morning)
	case 'P':
		c.halve(afternoon)
	default:
		return false
	}
	level, n := levelAt(line[i+6:])
	if n != 3 || line[i+9] != ' ' || c.min > 59 {
		return false
	}
	st := stampOf(event.YearUnwritten, 1, 1, c, line[:i+5])
	st.Has &^= event.HasDate
	m.fields = fields{stamp: st, level: level, text: line[i+10:]}
	return true
}

// rootFind reads what Python's logging writes unless told otherwise:
// "WARNING:root:disk is nearly full".
func rootFind(m *matcher, line string) bool {
	level, n := levelAt(line)
	if n == 0 || n+2 > len(line) || line[n] != ':' {
		return false
	}
	rest := line[n+1:]
	colon := strings.IndexByte(rest[:min(len(rest), 100)], ':')
	if colon < 1 || !isName(rest[:colon], true) || strings.IndexByte(rest[:colon], ' ') >= 0 {
		return false
	}
	m.fields = fields{level: level, component: rest[:colon], text: rest[colon+1:]}
	return true
}
