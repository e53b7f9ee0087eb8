package parsers

import (
	"strings"

	"forensic/event"
)

// What lsof prints. Cells may be empty, so words are put under the header they
// end at; only the last column is set to the left.
//
//	COMMAND   PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME
//	java      990 root   46u  IPv6  302870      0t0  TCP 192.0.2.77:2181->192.0.2.3:44269 (ESTABLISHED)
var _ = addSnapshot(Format{
	Name:  "lsof",
	Doc:   "lsof: open files and sockets of processes.",
	Files: []string{"lsof*"},
	Kinds: []event.Kind{fileOpen},
	Sniff: func(head []byte) Score {
		var l lsof
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			var e event.Event
			if l.header(line) {
				return true
			}
			if l.row(line, &e) {
				rows++
				return true
			}
			return lsofNote(line)
		})
		if rows == 0 {
			return Score{0, "no open file is listed"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		var l lsof
		for i := range s.n() {
			line := s.line(i)
			switch {
			case l.header(line), lsofNote(line):
				s.claim(i)
			case l.row(line, s.trial()):
				l.row(line, s.begin(fileOpen.Name, i, i))
				s.send()
			}
		}
	}),
})

var fileOpen = event.Kind{
	Name: "file.open", Doc: "A file or socket that a process has open; deleted says that its name is gone while its space is not.",
	Attrs: []string{"command", event.PID, "tid", "task", "user", "fd", "type", "device", "size", "links", "node", "name", "deleted", "state", event.Client, event.Server},
}

func lsofNote(line string) bool {
	return strings.HasPrefix(line, "lsof: ") || strings.HasPrefix(line, "      Output information may be incomplete")
}

// An lsof remembers where the columns of its header end and the last begins.
type lsof struct {
	w     words
	names []string
	ends  []int
	name  int
}

var lsofColumns = map[string]string{
	"COMMAND": "command", "PID": event.PID, "TID": "tid", "TASKCMD": "task", "USER": "user", "FD": "fd", "TYPE": "type", "DEVICE": "device", "SIZE/OFF": "size", "SIZE": "size", "OFFSET": "size",
	"NLINK": "links", "NODE": "node", "NAME": "name",
}

func (l *lsof) header(line string) bool {
	l.w.split(line)
	if l.w.at(0) != "COMMAND" || l.w.at(1) != "PID" || l.w.at(l.w.n-1) != "NAME" {
		return false
	}
	l.names, l.ends = nil, nil
	for i := range l.w.n {
		l.names = append(l.names, lsofColumns[l.w.at(i)])
		l.ends = append(l.ends, l.w.to[i])
	}
	l.name = l.w.from[l.w.n-1]
	return true
}

// row reads an open file. Command, pid, user, fd and type always stand there;
// a thread adds two; the words between the type and the name go under the
// headers they end at.
func (l *lsof) row(line string, e *event.Event) bool {
	w := &l.w
	w.split(line)
	if w.n < 5 || !isNumber(w.at(1)) {
		return false
	}
	e.Set("command", strings.ReplaceAll(w.at(0), `\x20`, " "))
	e.Set(event.PID, w.at(1))
	i := 2
	if l.has("tid") && isNumber(w.at(2)) && w.to[2] <= l.end("tid") {
		e.Set("tid", w.at(2))
		i++
		if l.has("task") && w.from[i] < l.end("task") {
			e.Set("task", w.at(i))
			i++
		}
	}
	e.Set("user", w.at(i))
	e.Set("fd", w.at(i+1))
	if !lsofFD(w.at(i + 1)) {
		return false
	}
	i += 2
	if len(l.names) == 0 && (w.n < 8 || !lsofTypes[w.at(i)]) {
		return false
	}
	if len(l.names) == 0 || l.name >= len(line) || line[l.name] == ' ' || line[l.name-1] != ' ' {
		l.moved(i, e)
		return true
	}
	for i < w.n && w.from[i] < l.name {
		if k := l.under(w.to[i]); k >= 0 {
			e.Set(l.names[k], w.at(i))
		}
		i++
	}
	lsofName(e, w.rest(i))
	return true
}

// moved reads the fields from the type on where a paste moved the columns: each
// is known by its shape.
func (l *lsof) moved(i int, e *event.Event) {
	w := &l.w
	if lsofTypes[w.at(i)] {
		e.Set("type", w.at(i))
		i++
	}
	if v := w.at(i); isNumber(v) || strings.HasPrefix(v, "0x") || strings.Count(v, ",") == 1 && isNumber(strings.ReplaceAll(v, ",", "")) {
		e.Set("device", v)
		i++
	}
	if v := w.at(i); strings.HasPrefix(v, "0t") || strings.HasPrefix(v, "0x") || isNumber(v) && (isNumber(w.at(i+1)) || isUpper(w.at(i+1))) {
		e.Set("size", v)
		i++
	}
	if l.has("links") && isNumber(w.at(i)) {
		e.Set("links", w.at(i))
		i++
	}
	if v := w.at(i); isNumber(v) || v == "TCP" || v == "UDP" || v == "ICMP" {
		e.Set("node", v)
		i++
	}
	lsofName(e, w.rest(i))
}

func (l *lsof) has(name string) bool { return l.end(name) > 0 }

// end is where the header of that name ends, or 0.
func (l *lsof) end(name string) int {
	for k, n := range l.names {
		if n == name {
			return l.ends[k]
		}
	}
	return 0
}

// under is the column behind fd whose header ends nearest to where a word does.
func (l *lsof) under(to int) int {
	best, far := -1, 1<<30
	for k, n := range l.names {
		switch n {
		case "type", "device", "size", "links", "node":
			if d := max(l.ends[k]-to, to-l.ends[k]); d < far {
				best, far = k, d
			}
		}
	}
	return best
}

// lsofTypes are the types that rows without a header are known by.
var lsofTypes = wordSet("REG DIR CHR BLK FIFO IPv4 IPv6 unix sock a_inode netlink pack unknown KOBJECT LINK inet inet6 rte raw VREG VDIR VCHR PIPE")

// lsofFD recognises cwd, txt, mem, 12u, 3w, NOFD and the like.
func lsofFD(s string) bool {
	num := strings.TrimLeft(s, "0123456789")
	if len(num) < len(s) {
		return len(num) <= 3 // mode and lock
	}
	if base, _, ok := strings.Cut(s, "-"); ok && len(base) == 3 { // mem-W: a lock
		s = base
	}
	switch s {
	case "cwd", "txt", "mem", "rtd", "NOFD", "DEL", "mmap", "ltx", "err", "jld", "pd", "tr", "v86", "m86", "Lnn", "FD", "unknown", "twd", "ctty", "fp.":
		return true
	}
	return false
}

// lsofName takes what the name says: a connection, its state, a deleted file.
func lsofName(e *event.Event, name string) {
	e.Set("name", name)
	if strings.HasSuffix(name, "(deleted)") || e.Attrs.Get("links") == "0" {
		e.Set("deleted", "yes")
	}
	ends, state, ok := strings.Cut(name, " (")
	if ok && strings.HasSuffix(state, ")") && isUpper(state) {
		e.Set("state", strings.TrimSuffix(state, ")"))
	}
	a, b, ok := strings.Cut(ends, "->")
	if !ok {
		return
	}
	from, to := endOf(a), endOf(b)
	switch known := knownPorts[to.port]; {
	case known != knownPorts[from.port] && known, known == knownPorts[from.port] && to.port < ephemeral && from.port >= ephemeral:
		e.Set(event.Client, from.String())
		e.Set(event.Server, to.String())
	case known != knownPorts[from.port], from.port < ephemeral && to.port >= ephemeral:
		e.Set(event.Client, to.String())
		e.Set(event.Server, from.String())
	}
}
