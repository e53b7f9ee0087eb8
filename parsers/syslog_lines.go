package parsers

import (
	"strings"
	"time"

	"forensic/event"
)

// Lines of syslog files that are put together in other ways.

// banner reads what journalctl prints between records.
func (p *syslogLine) banner(line string) bool {
	for _, b := range [...]string{"-- Logs begin at ", "-- Journal begins at ", "-- Reboot --", "-- Boot ", "-- No entries --"} {
		if strings.HasPrefix(line, b) {
			p.tag, p.text = "journalctl", strings.Trim(line, "- ")
			return true
		}
	}
	return false
}

// behindEpoch takes off what clusters of research centres put before each line:
// a label, the time since 1970, the date, and the host.
//
//   - 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond[2915]: …
func behindEpoch(line string, p *syslogLine) string {
	label, rest, _ := strings.Cut(line, " ")
	if label == "" || len(rest) < 30 || !digits(rest, 10) || rest[10] != ' ' || !digits(rest[11:], 4) || rest[15] != '.' {
		return line
	}
	st, n := epochStamp(rest, 10)
	if n == 0 {
		return line
	}
	_, rest, _ = strings.Cut(rest[11:], " ")
	host, rest, ok := strings.Cut(rest, " ")
	if !ok {
		return line
	}
	p.stamp, p.host = st, host
	return rest
}

// yearFrom gives a time without a year the year of the same instant written
// another way.
func yearFrom(st, at event.Stamp) event.Stamp {
	if st.Has&event.HasYear != 0 || st.Impossible || at.Impossible || at.Has&event.HasYear == 0 {
		return st
	}
	const day = int64(24 * time.Hour)
	year := time.Unix(0, at.Wall).UTC().Year()
	t := time.Unix(0, st.Wall).UTC()
	for y := year - 1; y <= year+1; y++ {
		wall := time.Date(y, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC).UnixNano()
		if d := wall - at.Wall; d > -day && d < day {
			st.Wall = wall
			st.Has |= event.HasYear
			return st
		}
	}
	return st
}

// finerStamp chooses between the time a wrapper wrote and the one the record
// inside wrote itself: the inner one, with the zone that the outer reveals,
// where both are the same instant; else the outer.
func finerStamp(outer, inner event.Stamp) event.Stamp {
	if inner.Impossible || inner.Has&event.HasTime == 0 {
		return outer
	}
	if outer.Impossible || outer.Has&event.HasTime == 0 {
		return inner
	}
	if inner.Has&event.HasDate == 0 {
		return outer
	}
	inner = yearFrom(inner, outer)
	if outer.Has&event.HasYear == 0 {
		outer = yearFrom(outer, inner)
	}
	if at, ok := outer.Absolute(); ok {
		if own, ok := inner.Absolute(); ok {
			if near(own, at, int64(time.Minute)) {
				return inner
			}
			return outer
		}
		zoned := zoneBetween(inner, outer)
		if zoned.Has&event.HasZone != 0 {
			return zoned
		}
		return outer
	}
	if near(inner.Wall, outer.Wall, int64(2*time.Second)) && inner.Step <= outer.Step {
		return inner
	}
	return outer
}

func near(a, b, within int64) bool { return a-b <= within && b-a <= within }

// device reads the lines of network devices, whose time has a mark before it:
//
//	%Jun 26 17:08:35:809 2008 Sysname SHELL/4/LOGIN: …   *Mar  1 18:46:11.123: %SYS-5-CONFIG_I: …
func (p *syslogLine) device(line string) bool {
	st, n := stampAt(line)
	if n == 0 || n+2 >= len(line) {
		return false
	}
	p.stamp = st
	rest := line[n:]
	if c, ok := strings.CutPrefix(rest, ": %"); ok {
		return p.cisco("%" + c)
	}
	host, rest, ok := strings.Cut(strings.TrimPrefix(rest, " "), " ")
	if !ok {
		return false
	}
	p.host = host
	return p.device2(rest)
}

// device2 reads "MODULE/4/MNEMONIC: text" and "%%10MODULE/4/MNEMONIC(l): text" of
// Comware and its relatives, and Cisco's "%MODULE-4-MNEMONIC: text".
func (p *syslogLine) device2(s string) bool {
	name, text, ok := strings.Cut(s, ":")
	if !ok || strings.IndexByte(name, ' ') >= 0 || len(name) > 60 {
		return false
	}
	if strings.HasPrefix(name, "%") && !strings.HasPrefix(name, "%%") {
		return p.cisco(s)
	}
	name = strings.TrimLeft(name, "%0123456789")
	module, rest, ok := strings.Cut(name, "/")
	if !ok || module == "" || rest == "" || !isDigit(rest[0]) || rest[0] > '7' {
		return false
	}
	if i := strings.IndexByte(name, '('); i > 0 {
		name = name[:i]
	}
	if p.level == event.NoLevel {
		p.level = severityLevels[rest[0]-'0']
	}
	p.tag, p.text = name, strings.TrimLeft(text, " ")
	return true
}

func (p *syslogLine) cisco(s string) bool {
	name, text, ok := strings.Cut(s[1:], ":")
	if !ok || strings.IndexByte(name, ' ') >= 0 {
		return false
	}
	for i := 0; i+2 < len(name); i++ {
		if name[i] == '-' && isDigit(name[i+1]) && name[i+1] < '8' && name[i+2] == '-' {
			if p.level == event.NoLevel {
				p.level = severityLevels[name[i+1]-'0']
			}
			p.tag, p.text = name, strings.TrimLeft(text, " ")
			return true
		}
	}
	return false
}

// isFlattened tells whether a sample has several records on one line, as a
// transcript that lost its line ends has.
func isFlattened(sample string) bool {
	for line := range strings.Lines(sample) {
		var p syslogLine
		if line = strings.TrimRight(line, "\r\n"); line == "" || !p.read(line) || p.host == "" {
			continue
		}
		if nextRecord(line, 1, p.host) > 0 {
			return true
		}
	}
	return false
}

// nextRecord returns where, behind from, another record of the same host begins
// in a line, or -1.
func nextRecord(line string, from int, host string) int {
	for least := max(from, 1); ; {
		i := strings.Index(line[from:], host)
		if i < 0 {
			return -1
		}
		at := from + i
		from = at + len(host)
		if at < 17 || from >= len(line) || line[from] != ' ' || line[at-1] != ' ' {
			continue
		}
		// "Nov 24 13:45:11 " stands before the host, or one with a year.
		for _, n := range [...]int{16, 21} {
			if start := at - n; start >= least && line[start-1] == ' ' && month3(line[start:]) > 0 {
				if _, k := stampAt(line[start:]); k == n-1 {
					return start
				}
			}
		}
	}
}

// apart emits the records of a line one by one, where a member has several on
// one line.
func (m *syslogMemory) apart(in *Input, emit Emit) Emit {
	return func(e *event.Event) error {
		if !m.flat || e.Where.First != e.Where.Last {
			return emit(e)
		}
		raw, where, from, marks := e.Raw, e.Where, e.From, e.Marks
		for at := 0; at < len(raw); {
			var p syslogLine
			if !p.read(raw[at:]) {
				return emit(e)
			}
			end := len(raw)
			if p.host != "" {
				if next := nextRecord(raw, at+1, p.host); next > 0 {
					end = next
				}
			}
			piece := strings.TrimRight(raw[at:end], " ")
			if !p.read(piece) || at == 0 && end == len(raw) {
				return emit(e)
			}
			one := event.Event{
				Stamp: p.stamp, Level: p.level, Component: p.tag, Text: p.text, Raw: piece, Where: where,
				Page: e.Page, From: from + at, Lead: e.Lead, Rest: m.decode,
			}
			one.Where.Offset, one.Where.Length = where.Offset+int64(at), end-at
			for _, mark := range marks {
				if int(mark.At) >= one.From && int(mark.At) < one.From+end-at {
					one.Marks = append(one.Marks, mark)
				}
			}
			if err := emit(&one); err != nil {
				return err
			}
			m.after(&one)
			if at > 0 {
				in.Account.Events++
			}
			at = end
		}
		m.told = true
		return nil
	}
}
