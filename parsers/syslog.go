package parsers

import (
	"slices"
	"strings"

	"forensic/event"
)

// A file written by a syslog daemon or by journalctl: RFC 3164 lines with or
// without their priority, rsyslog's RFC 3339 lines, RFC 5424, busybox with
// facility and level, network devices (Cisco, Comware):
//
//	Nov 24 13:45:11 app-07 kernel: TCP: time wait bucket table overflow
//	2023-06-15T12:34:56.123456+02:00 app-07 sshd[812]: Server listening on 0.0.0.0 port 22.
//	<165>1 2003-10-11T22:14:15.003Z app-07 evntslog - ID47 - An application event
//	%Jun 26 17:08:35:809 2008 Sysname SHELL/4/LOGIN: VTY logged in from 192.0.2.7
var _ = add(Format{
	Name:  "syslog",
	Doc:   "System log (/var/log/messages, syslog, kern.log, journalctl). RFC 3164 and 5424, rsyslog's RFC 3339, busybox, network devices; several records on one line.",
	Files: []string{"messages*", "syslog*", "kern.log*", "daemon.log*", "secure*", "auth.log*", "cron*", "maillog*", "boot.log*", "journalctl*", "haproxy.log*"},
	Kinds: slices.Concat([]event.Kind{event.KernelMessage, event.KernelSuppressed, event.LogMessage}, programKinds, zookeeperKinds),
	Lines: &Lines{
		Head:   func(line string, e *event.Event) bool { return new(syslogMemory).head(line, e) },
		Decode: func(e *event.Event) { new(syslogMemory).decode(e) },
		Learn:  func(sample string) *Lines { return new(syslogMemory).lines(sample) },
		Joins:  syslogJoins,
	},
	Around: func(in *Input, emit Emit, read func(*Lines, Emit) error) error {
		m := new(syslogMemory)
		return read(&Lines{Learn: m.lines}, m.apart(in, emit))
	},
})

func (m *syslogMemory) lines(sample string) *Lines {
	m.flat = isFlattened(sample)
	return &Lines{Head: m.head, Decode: m.decode, After: m.after}
}

// head tells whether a line begins a record.
func (m *syslogMemory) head(line string, e *event.Event) bool {
	p := &m.line
	if !p.read(line) {
		return false
	}
	if p.text != "" && p.text[0] == '#' && isTraceLine(p.text) {
		return false // the next line of a stack trace that the daemon cut at its line ends
	}
	if p.level == event.NoLevel && p.text != "" {
		p.ownLevel()
	}
	if p.tag != "kernel" && mayBeRecord(p.text) {
		m.inside(p)
	}
	e.Stamp, e.Level, e.Component, e.Text = p.stamp, p.level, p.tag, p.text
	if p.logger != "" {
		e.Component = p.logger
	}
	return true
}

// mayBeRecord tells whether a message may begin as the records of an
// application's log do: with a time, or a mark before one.
func mayBeRecord(s string) bool {
	return s != "" && (isDigit(s[0]) || s[0] == '[' || len(s) > 5 && digits(s[1:], 4))
}

// isTraceLine tells whether a message, its control characters escaped, is a line
// of a stack trace.
func isTraceLine(s string) bool {
	s, ok := strings.CutPrefix(s, "#011")
	return ok && (strings.HasPrefix(s, "at ") || strings.HasPrefix(s, "... "))
}

// inside reads a message that is itself a record of an application's log: its
// level, its logger, and its time where that is finer than the daemon's.
func (m *syslogMemory) inside(p *syslogLine) {
	if m.inner == nil {
		m.inner = newApplication("")
		m.inner.plain = false
	}
	in := m.inner
	if !in.first[p.text[0]] || !in.read(p.text) {
		return
	}
	p.stamp = finerStamp(p.stamp, in.stamp)
	if in.level != event.NoLevel {
		p.level = in.level
	}
	p.text = in.text
	if in.component != "" {
		p.logger = in.component
	}
}

// A syslogLine is one line taken apart.
type syslogLine struct {
	stamp                        event.Stamp
	level                        event.Level
	host, tag, pid, text, logger string
}

// read takes a line apart, or returns false where it begins no record.
func (p *syslogLine) read(line string) bool {
	*p = syslogLine{}
	if line == "" {
		return false
	}
	switch c := line[0]; {
	case c == '<':
		pri, n := priorityAt(line)
		if n == 0 || n >= len(line) {
			return false
		}
		line = line[n:]
		if pri >= 0 {
			p.level = severityLevels[pri&7]
		}
		if v := leadingDigits(line); v != "" && len(v) < 4 && strings.HasPrefix(line[len(v):], " ") && p.rfc5424(line[len(v)+1:]) {
			return true
		}
		if !p.dated(line) { // what has a priority is a record, whatever follows
			p.text = line
		}
		return true
	case c == '-':
		if strings.HasPrefix(line, "-- ") {
			return p.banner(line)
		}
		line = behindEpoch(line, p)
	case c == '1' && strings.HasPrefix(line, "1 ") && len(line) > 22 && line[12] == 'T':
		return p.rfc5424(line[2:])
	case c == '*' || c == '%' || c == '.':
		if rest, ok := strings.CutPrefix(line, "%@"); ok { // the number of the record in a Comware's logfile
			line = rest[max(strings.IndexByte(rest, '%'), 0):]
		}
		if line == "" {
			return false
		}
		line = line[1:]
		if len(line) < 8 || c == '.' && isDigit(line[0]) {
			return false
		}
		return p.device(line)
	case c >= 'A' && c <= 'Z' && len(line) > 26 && month3(line) == 0:
		line = behindEpoch(line, p) // a label of capitals before the epoch
	}
	return p.dated(line)
}

// dated reads a line from its time on.
func (p *syslogLine) dated(line string) bool {
	if line == "" {
		return false
	}
	st, n := stampAt(line)
	if n == 0 || st.Has&event.HasDate == 0 || n+1 >= len(line) || line[n] != ' ' || line[0] >= 0x80 {
		if n > 0 && n+2 < len(line) && line[n] == ':' && line[n+1] == ' ' && line[n+2] == '%' {
			p.stamp = st // Cisco: "Nov 24 13:45:11.123 CST: %LINK-3-UPDOWN: …"
			return p.cisco(line[n+2:])
		}
		return false
	}
	strict := isDigit(line[0])
	if strict {
		if line[10] != 'T' && line[10] != '.' || line[4] != '-' && line[10] == 'T' || st.Has&event.HasZone == 0 && line[10] == '.' {
			return false
		}
	} else if weekday3(line) != (line[3] == ' ' && line[8] == '-') || line[3] != ' ' || strings.IndexByte(line[:n], ',') >= 0 {
		return false // java.util.logging, dates of mails
	}
	if p.stamp.Has != 0 {
		st = zoneBetween(yearFrom(st, p.stamp), p.stamp)
	}
	p.stamp = st
	host := p.host
	ok := p.body(line[n+1:], strict)
	if host != "" {
		p.host = host // of the cluster's prefix
	}
	return ok
}

// body reads "host tag[pid]: message". In a line of strict layout (one that
// begins as many application logs do) the tag must be there and the host must
// not be a level.
func (p *syslogLine) body(s string, strict bool) bool {
	for s != "" && s[0] == ' ' {
		s = s[1:]
	}
	host, rest, found := strings.Cut(s, " ")
	if !found || host == "" || host[0] == '[' || isShouted(host) && levelWord(host) != event.NoLevel || len(host) < 5 && isZoneName(host) { // the output of date
		return false
	}
	if strict {
		if _, n := levelAt(rest); host == "-" && n > 0 {
			return false
		}
		if _, n := levelAt(host); n == len(host) || strings.ContainsAny(host, "[]()=,;|\"{}") {
			return false
		}
	}
	switch last := host[len(host)-1]; {
	case host == "---": // macOS: "--- last message repeated 1 time ---"
		p.text = strings.TrimSuffix(rest, " ---")
		return true
	case last == ':' && strings.HasPrefix(rest, repeatedLast):
		p.host, p.text = host[:len(host)-1], rest
		return true
	case last == ':': // no host: busybox -S, or a tag alone
		p.setTag(host[:len(host)-1])
		p.text = rest
		return true
	}
	p.host = host
	if len(rest) > 0 && rest[0] >= 'a' && rest[0] <= 'z' {
		if end := strings.IndexByte(rest, ' '); end > 5 && end < 20 {
			if l := facilityLevel(rest[:end]); l != event.NoLevel {
				if p.level == event.NoLevel {
					p.level = l
				}
				rest = rest[end+1:]
			}
		}
	}
	if strings.HasPrefix(rest, "%") {
		return p.device2(rest)
	}
	colon := tagEnd(rest)
	if colon < 0 {
		p.text = rest
		return !strict
	}
	p.setTag(rest[:colon])
	p.text = strings.TrimPrefix(rest[colon+1:], " ")
	if strings.HasPrefix(p.text, "[ID ") { // Solaris
		if end := strings.IndexByte(p.text, ']'); end > 0 && end < 40 {
			id := p.text[:end]
			if i := strings.LastIndexByte(id, ' '); i > 0 && p.level == event.NoLevel {
				p.level = facilityLevel(id[i+1:])
			}
			p.text = strings.TrimPrefix(p.text[end+1:], " ")
		}
	}
	return true
}

// tagEnd returns where the colon behind a tag stands, or -1: "sshd[812]:",
// "sshd(pam_unix)[812]:", "com.apple.launchd[1] (com.apple.x[12]):".
func tagEnd(s string) int {
	limit := min(len(s), 120)
	blank := false
	for i := 0; i < limit; i++ {
		switch s[i] {
		case ':':
			if i+1 == len(s) || s[i+1] == ' ' {
				if i == 0 || blank && s[i-1] != ')' {
					return -1
				}
				return i
			}
		case ' ':
			if i+1 < limit && s[i+1] == '(' && i > 0 && s[i-1] == ']' && !blank {
				blank = true
				continue
			}
			return -1
		case '=', '"':
			return -1
		}
	}
	return -1
}

// setTag takes the process id off a tag.
func (p *syslogLine) setTag(tag string) {
	p.tag = tag
	open := strings.IndexByte(tag, '[')
	if open <= 0 {
		return
	}
	end := strings.IndexByte(tag[open:], ']')
	if end < 0 {
		return
	}
	p.tag = tag[:open]
	if pid := tag[open+1 : open+end]; leadingDigits(pid) == pid {
		p.pid = pid
	}
}

// ownLevel reads the level a program writes before its message ("error: …",
// "WARNING: …", "<info> …").
func (p *syslogLine) ownLevel() {
	s := p.text
	if s[0] == '<' || s[0] == '[' {
		s = s[1:]
	} else if s[0]|0x20 < 'a' || s[0]|0x20 > 'z' {
		return
	}
	l, n := levelAt(s)
	if n == 0 || n >= len(s) || s[n] != ':' && (len(s) == len(p.text) || s[n] != '>' && s[n] != ']') {
		if strings.HasPrefix(s, "time=\"") { // logfmt of a daemon
			if _, v, ok := strings.Cut(s[:min(len(s), 100)], "level="); ok {
				p.level, _ = levelAt(strings.TrimPrefix(v, `"`))
			}
		}
		return
	}
	p.level = l
}

var severityLevels = [8]event.Level{
	event.Critical, event.Critical, event.Critical, event.Error,
	event.Warning, event.Notice, event.Info, event.Debug,
}

// priorityAt reads "<165>" at the start of s; a number that is no priority gives
// -1.
func priorityAt(s string) (pri, n int) {
	for i := 1; i < len(s) && i < 7; i++ {
		switch c := s[i]; {
		case isDigit(c):
			pri = pri*10 + int(c-'0')
		case (c == '>' || c == ')') && i > 1:
			if pri > 191 {
				pri = -1
			}
			return pri, i + 1
		default:
			return 0, 0
		}
	}
	return 0, 0
}

var facilityNames = [...]string{"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "console", "local"}

// facilityLevel reads busybox's "kern.info" and AIX's "kern:info".
func facilityLevel(s string) event.Level {
	i := strings.IndexByte(s, '.')
	if i < 0 {
		i = strings.IndexByte(s, ':')
	}
	if i < 3 {
		return event.NoLevel
	}
	f, l := s[:i], s[i+1:]
	for _, name := range facilityNames {
		if f == name || name == "local" && len(f) == 6 && f[:5] == name {
			return levelWord(l)
		}
	}
	return event.NoLevel
}
