package parsers

import (
	"path"
	"strings"

	"forensic/event"
)

// What ps prints, by the names in its header: -ef, aux, -eLf, -o lists, busybox
// and the BSDs. Rows that lost their header to a grep are known by their shape.
//
//	UID        PID  PPID  C STIME TTY          TIME CMD
//	root      1028     1  0 Jan04 ?        00:00:06 /opt/LicServer/core/bin/licsscore
var _ = addSnapshot(Format{
	Name:  "ps",
	Doc:   "ps: processes.",
	Files: []string{"ps", "ps_*", "ps-*", "ps.txt"},
	Kinds: []event.Kind{processRow},
	Sniff: func(head []byte) Score {
		var p ps
		var e event.Event
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			if p.header(line) {
				return true
			}
			e.Reset()
			if p.row(line, &e) {
				rows++
				return true
			}
			return rows > 0 && p.thread(line)
		})
		if rows == 0 {
			return Score{0, "no process is listed"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		var p ps
		var trial event.Event
		above := false
		for i := range s.n() {
			line := s.line(i)
			trial.Reset()
			switch {
			case p.header(line):
				s.claim(i)
			case p.row(line, &trial):
				p.row(line, s.begin(processRow.Name, i, i))
				s.send()
				above = true
			case above && p.thread(line):
				s.claim(i)
			}
		}
	}),
})

var processRow = event.Kind{
	Name: "process.row", Doc: "A process, or with lwp a thread, in a snapshot.",
	Attrs: []string{
		event.PID, "ppid", "lwp", "threads", "user", "group", "command", "program", "state", "cpu", "memory", "vsz", "rss", "shared", "tty", "start", "elapsed", "time",
		"priority", "nice", "wait", "label", "processor",
	},
}

// psColumns gives the columns of every ps, and of top, their attributes.
var psColumns = map[string]string{
	"UID": "user", "USER": "user", "RUSER": "user", "EUSER": "user", "GROUP": "group", "RGROUP": "group", "PID": event.PID, "PPID": "ppid", "LWP": "lwp", "TID": "lwp", "SPID": "lwp", "NLWP": "threads", "THCNT": "threads",
	"C": "cpu", "%CPU": "cpu", "CPU": "", "%MEM": "memory", "VSZ": "vsz", "VIRT": "vsz", "RSS": "rss", "RES": "rss", "RSZ": "rss", "SHR": "shared", "TTY": "tty", "TT": "tty", "STAT": "state", "S": "state", "STATE": "state",
	"STIME": "start", "START": "start", "STARTED": "start", "ELAPSED": "elapsed", "ETIME": "elapsed", "TIME": "time", "TIME+": "time", "CMD": "command", "COMMAND": "command", "ARGS": "command",
	"PRI": "priority", "PR": "priority", "NI": "nice", "WCHAN": "wait", "LABEL": "label", "CONTEXT": "label", "PSR": "processor", "P": "processor",
}

// A ps remembers the columns above its rows.
type ps struct {
	w    words
	cols columns
}

// header recognises the names of columns: a PID among them and what runs last.
func (p *ps) header(line string) bool {
	p.w.split(line)
	last := p.w.at(p.w.n - 1)
	if p.w.n < 2 || !(last == "CMD" || last == "COMMAND" || last == "ARGS") && !strings.Contains(line, " PID ") {
		return false
	}
	known, pid := 0, false
	for i := range p.w.n {
		_, ok := psColumns[p.w.at(i)]
		if ok {
			known++
		}
		pid = pid || p.w.at(i) == "PID"
	}
	if !pid || known < p.w.n-3 || known < 2 {
		return false
	}
	p.cols = readColumns(line, true, psColumns)
	return true
}

// thread recognises what ps m prints below a process for each of its threads,
// which have no number there: the process stands for them.
func (p *ps) thread(line string) bool {
	p.w.split(line)
	if len(p.cols.names) == 0 || p.w.n < len(p.cols.names) {
		return false
	}
	for k, name := range p.cols.names {
		if (name == "PID" || k == len(p.cols.names)-1) && p.w.at(k) != "-" {
			return false
		}
	}
	return true
}

// row reads a process by the header, or by the shape of -ef and aux.
func (p *ps) row(line string, e *event.Event) bool {
	p.w.split(line)
	cols := &p.cols
	if len(cols.names) == 0 {
		switch {
		case psLooksEF(&p.w):
			cols = &psEF
		case psLooksAux(&p.w):
			cols = &psAux
		default:
			return false
		}
	}
	return psFill(cols, &p.w, e)
}

var (
	psEF  = readColumns("UID PID PPID C STIME TTY TIME CMD", true, psColumns)
	psAux = readColumns("USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND", true, psColumns)
)

// psFill gives each column a word. A start may have several: a date in full, or
// month and day. The last column has the rest; a process without a name has
// none.
func psFill(cols *columns, w *words, e *event.Event) bool {
	at := 0
	for k, name := range cols.names {
		if at >= w.n {
			if k < len(cols.names)-1 {
				return false
			}
			break
		}
		to := at + 1
		switch {
		case k == len(cols.names)-1:
			to = w.n
		case (name == "STARTED" || name == "START" || name == "STIME") && weekday3(w.at(at)+" ") && month3(w.at(at+1)) > 0:
			to = at + 5
		case (name == "STARTED" || name == "START" || name == "STIME") && len(w.at(at)) == 3 && month3(w.at(at)) > 0 && isNumber(w.at(at+1)):
			to = at + 2
		case name == "STAT" && len(w.at(at)) == 1 && len(w.at(at+1)) == 1 && (w.at(at+1) == "<" || w.at(at+1) == "N" || w.at(at+1) == "W"): // busybox: "S <"
			to = at + 2
		}
		v := w.between(at, to)
		if name == "PID" && !isNumber(v) {
			return false
		}
		if k == len(cols.names)-1 {
			v = w.rest(at)
		}
		if a := cols.attrs[k]; a != "" && v != "-" && !e.Attrs.Has(a) {
			e.Set(a, v)
		}
		at = to
	}
	if !e.Attrs.Has(event.PID) {
		return false
	}
	e.Set("program", psProgram(e.Attrs.Get("command")))
	return true
}

// psProgram is the base name of what runs; kernel threads keep their brackets.
func psProgram(command string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(command, `\_| `), " ")
	if strings.HasPrefix(first, "[") {
		return first
	}
	return path.Base(strings.TrimSuffix(strings.TrimPrefix(first, "-"), ":"))
}

// psLooksEF recognises user pid ppid c stime tty time command.
func psLooksEF(w *words) bool {
	return w.n >= 8 && isNumber(w.at(1)) && isNumber(w.at(2)) && isNumber(w.at(3)) && psStart(w.at(4)) && psTerminal(w.at(5)) && psTime(w.at(6)) && !isNumber(w.at(0)+"x")
}

// psLooksAux recognises user pid cpu memory vsz rss tty stat start time command.
func psLooksAux(w *words) bool {
	return w.n >= 11 && isNumber(w.at(1)) && isDecimal(w.at(2)) && isDecimal(w.at(3)) && isNumber(w.at(4)) && isNumber(w.at(5)) && psTerminal(w.at(6)) && psStart(w.at(8)) && psTime(w.at(9))
}

// psStart recognises 10:15, Jan04, 2016 and 10:15AM.
func psStart(s string) bool {
	if len(s) == 4 && isNumber(s) {
		return true
	}
	if month3(s) > 0 && len(s) == 5 && isNumber(s[3:]) {
		return true
	}
	return len(s) >= 4 && len(s) <= 8 && isDigit(s[0]) && strings.Contains(s, ":") || len(s) == 7 && isNumber(s[:2]) && month3(s[2:]) > 0 || strings.HasSuffix(s, "月") || strings.Contains(s, "月")
}

func psTerminal(s string) bool {
	return s == "?" || s == "??" || s == "-" || strings.HasPrefix(s, "pts/") || strings.HasPrefix(s, "tty") || strings.HasPrefix(s, "console") || strings.HasPrefix(s, "hvc")
}

// psTime recognises 00:00:06, 2-03:04:05, 0:06, 0:06.12.
func psTime(s string) bool {
	return strings.Contains(s, ":") && strings.Trim(s, "0123456789:-.") == ""
}
