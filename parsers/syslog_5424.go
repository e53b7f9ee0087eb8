package parsers

import (
	"strings"
	"time"

	"forensic/event"
)

// rfc5424 reads "TIME HOST APP PROCID MSGID SD MESSAGE"; "-" is nil.
func (p *syslogLine) rfc5424(s string) bool {
	st, n := stampAt(s)
	if n == 0 {
		switch n = strings.IndexByte(s, ' '); {
		case n < 1 || s[0] != '-' && !isDigit(s[0]):
			return false
		case n > 1: // a time that is none
			st = event.Stamp{Has: event.HasTime | event.HasDate | event.HasYear, Step: time.Second, Impossible: true, Text: s[:n]}
		}
	}
	fields := s[n:]
	if fields == "" || fields[0] != ' ' {
		return false
	}
	host, rest, ok1 := strings.Cut(fields[1:], " ")
	app, rest, ok2 := strings.Cut(rest, " ")
	pid, rest, ok3 := strings.Cut(rest, " ")
	_, rest, ok4 := strings.Cut(rest, " ")
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return false
	}
	sd := structuredData(rest)
	if sd < 0 {
		return false
	}
	p.stamp, p.host, p.tag, p.pid = st, notNil(host), notNil(app), notNil(pid)
	p.text = strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(rest[sd:], " "), "\ufeff"), " ")
	return true
}

func notNil(s string) string {
	if s == "-" {
		return ""
	}
	return s
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
