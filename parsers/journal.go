package parsers

import (
	"slices"
	"strings"

	"forensic/event"
)

// What journalctl -o export prints: FIELD=value lines, a blank line behind each
// record. A value that is not plain text stands on the lines below its name,
// behind its length in eight bytes.
//
//	__CURSOR=s=1f2e;i=1
//	__REALTIME_TIMESTAMP=1511502311123456
//	PRIORITY=3
//	SYSLOG_IDENTIFIER=licsscore
//	MESSAGE=accept error 24
//
// With -o verbose the time stands on the first line and the fields are indented.
var _ = add(Format{
	Name:  "journal",
	Doc:   "The systemd journal as journalctl -o export or -o verbose prints it.",
	Files: []string{"*.journal.txt", "journal*export*", "*.export"},
	Kinds: slices.Concat([]event.Kind{event.LogMessage, event.KernelMessage, event.KernelSuppressed}, programKinds),
	Lines: &Lines{
		Head:   journalHead,
		Decode: func(e *event.Event) { new(journal).decode(e) },
		Learn: func(string) *Lines {
			j := new(journal)
			return &Lines{Head: journalHead, Decode: j.decode, Whole: j.whole, After: j.after, Body: true}
		},
		Joins: syslogJoins,
	},
})

// journalHead takes the line a record begins with.
func journalHead(line string, e *event.Event) bool {
	if strings.HasPrefix(line, "__CURSOR=") {
		return true
	}
	if line[0] < 'F' || line[0] > 'W' || !strings.HasSuffix(line, "]") || !strings.Contains(line, " [s=") {
		return false
	}
	st, n := stampAt(line) // verbose: "Fri 2017-11-24 13:45:11.123456 CST [s=1f2e;i=1;b=…]"
	if n == 0 || !strings.HasPrefix(line[n:], " [s=") {
		return false
	}
	e.Stamp = st
	return true
}

// A journal is one being read.
type journal struct {
	memory                      syslogMemory
	time, level, tag, host, pid string
	message                     string
	comm, transport             string
}

// read takes a record's fields.
func (j *journal) read(raw string) {
	j.time, j.level, j.tag, j.host, j.pid, j.message, j.comm, j.transport = "", "", "", "", "", "", "", ""
	for rest := raw; rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		line = strings.TrimSuffix(strings.TrimLeft(line, " \t"), "\r")
		name, value, ok := strings.Cut(line, "=")
		if !ok && line == "MESSAGE" && len(rest) > 8 { // its length, then its text
			value = rest[8:]
			if i := strings.IndexByte(value, '\n'); i >= 0 {
				value, rest = value[:i], value[i+1:]
			} else {
				rest = ""
			}
			name = line
		}
		switch name {
		case "__REALTIME_TIMESTAMP":
			j.time = value
		case "PRIORITY":
			j.level = value
		case "SYSLOG_IDENTIFIER":
			j.tag = value
		case "_COMM":
			j.comm = value
		case "_TRANSPORT":
			j.transport = value
		case "_HOSTNAME":
			j.host = value
		case "_PID", "SYSLOG_PID":
			if j.pid == "" || name == "_PID" {
				j.pid = value
			}
		case "MESSAGE":
			if j.message == "" {
				j.message = value
			}
		}
	}
	if j.tag == "" {
		j.tag = j.comm
	}
	if j.transport == "kernel" {
		j.tag = "kernel"
	}
}

// whole sets what stands below the first line.
func (j *journal) whole(e *event.Event) {
	j.read(e.Raw)
	if st, n := stampAt(j.time); n == len(j.time) && n > 0 {
		e.Stamp = st
	}
	if len(j.level) == 1 && j.level[0] >= '0' && j.level[0] <= '7' {
		e.Level = severityLevels[j.level[0]-'0']
	}
	e.Component, e.Text = j.tag, j.message
}

func (j *journal) after(e *event.Event) {
	j.read(e.Raw)
	j.memory.remember(e, j.host)
}

func (j *journal) decode(e *event.Event) {
	j.read(e.Raw)
	e.Kind = event.LogMessage.Name
	if j.tag == "kernel" {
		e.Kind = event.KernelMessage.Name
	}
	j.memory.standsFor(e, j.host)
	if e.Kind == event.KernelMessage.Name || e.Kind == event.KernelSuppressed.Name {
		e.Set(event.Host, j.host)
		return
	}
	programDecode(e, &syslogLine{host: j.host, tag: j.tag, pid: j.pid, text: e.Text})
}
