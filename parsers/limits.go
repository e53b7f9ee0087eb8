package parsers

import (
	"strings"

	"forensic/event"
)

// The limits of a process: /proc/PID/limits, and what ulimit -a prints.
//
//	Max open files            1024                 4096                 files
//	open files                      (-n) 1024
var _ = addSnapshot(Format{
	Name:  "limits",
	Doc:   "/proc/PID/limits and ulimit -a: what a process may use.",
	Files: []string{"limits", "ulimit*"},
	Kinds: []event.Kind{processLimit},
	Sniff: func(head []byte) Score {
		return snapshotScore(head, func(line string) bool {
			return limitsProc(line, &event.Event{}) || limitsShell(line, &event.Event{}) || strings.HasPrefix(line, "Limit  ")
		})
	},
	Parse: snapshotOf(func(s *snapshot) {
		cmd := commandOf(s.in)
		pid := limitsPID(cmd)
		for i := range s.n() {
			line := s.line(i)
			read := limitsProc
			if !read(line, &event.Event{}) {
				read = limitsShell
			}
			var trial event.Event
			switch {
			case strings.HasPrefix(line, "Limit  "):
				s.claim(i)
			case read(line, &trial):
				e := s.begin(processLimit.Name, i, i)
				read(line, e)
				e.Set(event.PID, pid)
				s.send()
			case strings.HasPrefix(cmd, "ulimit -") && (isNumber(strings.TrimSpace(line)) || strings.TrimSpace(line) == "unlimited"):
				limitsOne(s, i, cmd, strings.TrimSpace(line))
			}
		}
	}),
})

var processLimit = event.Kind{
	Name: "process.limit", Doc: "A limit of a process, or of the shell that was asked. The soft one binds; names are those of /proc.",
	Attrs: []string{event.PID, "name", "soft", "hard", "unit"},
}

// limitsPID is the process whose file was shown: /proc/1028/limits.
func limitsPID(cmd string) string {
	if _, rest, ok := strings.Cut(cmd, "proc/"); ok {
		if pid, file, ok := strings.Cut(rest, "/"); ok && strings.HasPrefix(file, "limits") {
			return leadingDigits(pid)
		}
	}
	return ""
}

// limitsProc reads "Max open files   1024   4096   files".
func limitsProc(line string, e *event.Event) bool {
	rest, ok := strings.CutPrefix(line, "Max ")
	if !ok {
		return false
	}
	cells := wideCells(rest)
	if len(cells) < 3 || !limitsValue(cells[1]) || !limitsValue(cells[2]) {
		return false
	}
	e.Set("name", cells[0])
	e.Set("soft", cells[1])
	e.Set("hard", cells[2])
	if len(cells) > 3 {
		e.Set("unit", cells[3])
	}
	return true
}

func limitsValue(s string) bool { return isNumber(s) || s == "unlimited" }

// limitsCalled gives the names of ulimit those of /proc.
var limitsCalled = map[string]string{
	"-n": "open files", "-u": "processes", "-c": "core file size", "-d": "data size", "-f": "file size", "-l": "locked memory", "-m": "resident set", "-s": "stack size", "-t": "cpu time",
	"-v": "address space", "-i": "pending signals", "-q": "msgqueue size", "-r": "realtime priority", "-e": "nice priority", "-x": "file locks", "-R": "realtime timeout", "-p": "pipe size",
}

// limitsShell reads "open files   (-n) 1024" and "(blocks, -c)".
func limitsShell(line string, e *event.Event) bool {
	i := strings.LastIndex(line, ") ")
	open := strings.IndexByte(line, '(')
	if open <= 0 || i < open {
		return false
	}
	value := strings.TrimSpace(line[i+1:])
	unit, flag, ok := cutLast(line[open+1:i], " ")
	if !ok {
		unit, flag = "", line[open+1:i]
	}
	name := limitsCalled[flag]
	if name == "" || !limitsValue(value) {
		return false
	}
	e.Set("name", name)
	e.Set("soft", value)
	e.Set("unit", strings.TrimSuffix(unit, ","))
	return true
}

// limitsOne reads the bare answer of ulimit -n, -Hn.
func limitsOne(s *snapshot, i int, cmd, value string) {
	flag := strings.Fields(cmd)[1]
	attr := "soft"
	if strings.Contains(flag, "H") {
		attr = "hard"
	}
	name := limitsCalled["-"+strings.Trim(flag, "-HS")]
	if name == "" {
		return
	}
	e := s.begin(processLimit.Name, i, i)
	e.Set("name", name)
	e.Set(attr, value)
	s.send()
}
