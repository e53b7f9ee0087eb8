package parsers

import (
	"strings"

	"forensic/event"
)

// A file written by a syslog daemon: RFC 3164 lines without their priority,
// rsyslog's RFC 3339 lines, RFC 5424, busybox with facility and level:
//
//	Nov 24 13:45:11 app-07 kernel: TCP: time wait bucket table overflow
//	2023-06-15T12:34:56.123456+02:00 app-07 sshd[812]: Server listening on 0.0.0.0 port 22.
//	<165>1 2003-10-11T22:14:15.003Z app-07 evntslog - ID47 - An application event
var _ = add(Format{
	Name:  "syslog",
	Doc:   "System log (/var/log/messages, syslog, kern.log). RFC 3164 and 5424, rsyslog's RFC 3339, busybox.",
	Files: []string{"messages*", "syslog*", "kern.log*", "daemon.log*", "secure*", "auth.log*", "cron*", "maillog*", "boot.log*"},
	Kinds: []event.Kind{event.KernelMessage, event.KernelSuppressed, event.LogMessage},
	Lines: &Lines{Head: syslogHead, Decode: syslogDecode, Learn: syslogLearn},
})

func syslogHead(line string, e *event.Event) bool {
	level := event.NoLevel
	if line[0] == '<' {
		pri, n := priorityAt(line)
		if n == 0 {
			return false
		}
		level, line = severityLevels[pri&7], line[n:]
		if strings.HasPrefix(line, "1 ") {
			return syslog5424(line[2:], level, e)
		}
	}
	st, n := stampAt(line)
	if n == 0 || st.Has&event.HasDate == 0 || n+1 >= len(line) || line[n] != ' ' {
		return false
	}
	if strings.IndexByte(line[:n], ',') >= 0 || line[0] >= 0x80 {
		return false // java.util.logging
	}
	iso := isDigit(line[0])
	if iso && (len(line) < 11 || line[10] != 'T') {
		return false
	}
	tag, msg, ok := syslogTag(line[n+1:], iso)
	if !ok {
		return false
	}
	e.Stamp, e.Level, e.Component, e.Text = st, level, tag, msg
	if level == event.NoLevel {
		e.Level = syslogFacility(line[n+1:])
	}
	return true
}

// syslogTag reads "host tag[pid]: message". In a line of strict layout (one that
// begins as many application logs do) the tag must be there and the host must
// not be a level.
func syslogTag(s string, strict bool) (tag, msg string, ok bool) {
	host, rest, found := strings.Cut(s, " ")
	if !found || host == "" {
		return "", "", false
	}
	if strict {
		if _, n := levelAt(host); n == len(host) || strings.ContainsAny(host, "[]()=,;|\"") {
			return "", "", false
		}
	}
	if strings.HasSuffix(host, ":") { // no host: busybox -S, or a tag alone
		return tagName(host[:len(host)-1]), rest, true
	}
	if f, r, ok := strings.Cut(rest, " "); ok && isFacility(f) {
		rest = r
	}
	word, after, found := strings.Cut(rest, ": ")
	if !found {
		word, found = strings.CutSuffix(rest, ":")
	}
	if found && word != "" && isTag(word) {
		return tagName(word), after, true
	}
	return "", rest, !strict
}

// isTag tells whether s can be what stands before the colon of a syslog
// message: one word, perhaps with a process id, perhaps with a unit in
// parentheses.
func isTag(s string) bool {
	if len(s) > 80 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' {
			return false
		}
	}
	return true
}

// tagName takes the process id off a tag.
func tagName(s string) string {
	if i := strings.IndexByte(s, '['); i > 0 && s[len(s)-1] == ']' {
		return s[:i]
	}
	return s
}

var severityLevels = [8]event.Level{
	event.Critical, event.Critical, event.Critical, event.Error,
	event.Warning, event.Notice, event.Info, event.Debug,
}

// priorityAt reads "<165>" at the start of s.
func priorityAt(s string) (pri, n int) {
	for i := 1; i < len(s) && i < 6; i++ {
		switch c := s[i]; {
		case isDigit(c):
			pri = pri*10 + int(c-'0')
		case c == '>' && i > 1 && pri < 192:
			return pri, i + 1
		default:
			return 0, 0
		}
	}
	return 0, 0
}

// syslog5424 reads "TIME HOST APP PROCID MSGID SD MESSAGE"; "-" is nil.
func syslog5424(s string, level event.Level, e *event.Event) bool {
	st, n := stampAt(s)
	if n == 0 {
		if !strings.HasPrefix(s, "- ") {
			return false
		}
		n = 1
	}
	fields := s[n:]
	if fields == "" || fields[0] != ' ' {
		return false
	}
	_, rest, ok1 := strings.Cut(fields[1:], " ")
	app, rest, ok2 := strings.Cut(rest, " ")
	_, rest, ok3 := strings.Cut(rest, " ")
	_, rest, ok4 := strings.Cut(rest, " ")
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return false
	}
	sd := structuredData(rest)
	if sd < 0 {
		return false
	}
	if app == "-" {
		app = ""
	}
	msg := strings.TrimPrefix(strings.TrimLeft(rest[sd:], " "), "\ufeff")
	e.Stamp, e.Level, e.Component, e.Text = st, level, app, strings.TrimLeft(msg, " ")
	return true
}

// structuredData returns where the structured data of RFC 5424 end, or -1.
func structuredData(s string) int {
	if strings.HasPrefix(s, "-") {
		return 1
	}
	i := 0
	for i < len(s) && s[i] == '[' {
		quoted := false
		for i++; ; i++ {
			if i >= len(s) {
				return -1
			}
			if s[i] == '\\' {
				i++
			} else if s[i] == '"' {
				quoted = !quoted
			} else if s[i] == ']' && !quoted {
				break
			}
		}
		i++
	}
	if i == 0 {
		return -1
	}
	return i
}

var facilityNames = [...]string{"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "local"}

// isFacility tells whether s is busybox's "kern.info".
func isFacility(s string) bool { return facilityLevel(s) != event.NoLevel }

func facilityLevel(s string) event.Level {
	f, l, ok := strings.Cut(s, ".")
	if !ok {
		return event.NoLevel
	}
	for _, name := range facilityNames {
		if f == name || name == "local" && len(f) == 6 && f[:5] == name {
			switch l {
			case "debug":
				return event.Debug
			case "info":
				return event.Info
			case "notice":
				return event.Notice
			case "warn", "warning":
				return event.Warning
			case "err", "error":
				return event.Error
			case "crit", "alert", "emerg", "panic":
				return event.Critical
			}
		}
	}
	return event.NoLevel
}

func syslogFacility(s string) event.Level {
	_, rest, _ := strings.Cut(s, " ")
	f, _, _ := strings.Cut(rest, " ")
	if strings.IndexByte(f, '.') < 0 {
		return event.NoLevel
	}
	return facilityLevel(f)
}
