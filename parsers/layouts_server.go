package parsers

import (
	"strings"

	"forensic/event"
)

// Layouts of servers that stand among the lines of others: what a web server for
// programs says of a request, what a library of etcd prints, what a daemon
// prints that has no system log.

// uwsgiFind reads a request that uWSGI served, whose time stands behind what it
// took to tell who asked.
func uwsgiFind(m *matcher, line string) bool {
	rest, ok := strings.CutPrefix(line, "[pid: ")
	if !ok {
		return false
	}
	open := strings.Index(rest[:min(len(rest), 400)], "} [")
	if open < 0 {
		return false
	}
	st, n := stampAt(rest[open+3:])
	if end := open + 3 + n; n > 0 && end < len(rest) && rest[end] == ']' {
		m.fields = fields{stamp: st, pid: leadingDigits(rest), text: strings.TrimLeft(rest[end+1:], " ")}
		return true
	}
	return false
}

// raftFind reads what etcd's raft prints up to 3.4: its name stands against the
// time.
func raftFind(m *matcher, line string) bool {
	rest, ok := strings.CutPrefix(line, "raft")
	if !ok {
		return false
	}
	st, n := stampAt(rest)
	if n == 0 || n >= len(rest) || rest[n] != ' ' {
		return false
	}
	level, k := levelAt(rest[n+1:])
	text, ok := strings.CutPrefix(rest[n+1+k:], ": ")
	if k == 0 || !ok {
		return false
	}
	m.fields = fields{stamp: st, level: level, component: "raft", text: text}
	return true
}

// requestFind reads a line of an access log that a server for programs
// (gunicorn, Werkzeug, Puma) prints among its other lines.
func requestFind(m *matcher, line string) bool {
	open := strings.IndexByte(line[:min(len(line), 120)], '[')
	if open < 8 || open+24 > len(line) || line[open-1] != ' ' || !isDigit(line[open+1]) || strings.Count(line[:open], " ") > 4 {
		return false
	}
	if addressAt(line) == "" && !strings.HasPrefix(line, "localhost ") {
		return false
	}
	st, n := stampAt(line[open+1:])
	text, ok := strings.CutPrefix(line[open+1+n:], "] ")
	if n == 0 || st.Has&event.HasYear == 0 || !ok || text == "" || text[0] != '"' {
		return false
	}
	m.fields = fields{stamp: st, text: text}
	return true
}

// tagFind reads what a daemon prints that would go to the system log: its name,
// its process id, and the message.
func tagFind(m *matcher, line string) bool {
	open := strings.IndexByte(line[:min(len(line), 60)], '[')
	if open < 2 || !isName(line[:open], true) || strings.IndexByte(line[:open], ' ') >= 0 {
		return false
	}
	pid := leadingDigits(line[open+1:])
	text, ok := strings.CutPrefix(line[open+1+len(pid):], "]: ")
	if pid == "" || !ok {
		return false
	}
	m.fields = fields{component: line[:open], pid: pid, text: text}
	return true
}

// npmFind reads npm's debug log: the number of the record and a level, of which
// npm has its own.
func npmFind(m *matcher, line string) bool {
	number := leadingDigits(line)
	rest, ok := strings.CutPrefix(line[len(number):], " ")
	word, text, _ := strings.Cut(rest, " ")
	if number == "" || !ok {
		return false
	}
	level := event.NoLevel
	switch word {
	case "silly", "timing", "verbose":
		level = event.TraceLevel
	case "http", "info":
		level = event.Info
	case "notice":
		level = event.Notice
	case "warn":
		level = event.Warning
	case "error":
		level = event.Error
	default:
		return false
	}
	m.fields = fields{level: level, text: text}
	return true
}
