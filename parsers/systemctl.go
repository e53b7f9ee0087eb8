package parsers

import (
	"strings"

	"forensic/event"
)

// What systemctl lists (units, files, sockets, jobs), and the status of one
// unit.
//
//	  UNIT            LOAD   ACTIVE SUB     DESCRIPTION
//	● nginx.service   loaded failed failed  The nginx HTTP server
var _ = addSnapshot(Format{
	Name:  "systemctl",
	Doc:   "systemctl: units, unit files, sockets, jobs, and status.",
	Files: []string{"systemctl*"},
	Kinds: []event.Kind{serviceUnit},
	Sniff: func(head []byte) Score {
		var c systemctl
		sc := snapshotScore(head, func(line string) bool { return c.fits(line) })
		if !c.listed {
			return Score{0, "no unit is listed"}
		}
		return sc
	},
	Parse: snapshotOf(systemctlRead),
})

var serviceUnit = event.Kind{
	Name: "service.unit", Doc: "A unit of systemd as systemctl shows it.",
	Attrs: []string{"unit", "load", "active", "sub", "description", "job", "job_type", "state", "preset", "listen", "activates", "since", event.PID, "tasks", "memory", "exit"},
}

var systemctlColumns = map[string]string{
	"UNIT": "unit", "LOAD": "load", "ACTIVE": "active", "SUB": "sub", "JOB": "job", "DESCRIPTION": "description", "UNIT FILE": "unit", "STATE": "state", "PRESET": "preset", "VENDOR PRESET": "preset",
	"LISTEN": "listen", "ACTIVATES": "activates", "TYPE": "job_type",
}

type systemctl struct {
	cols   columns
	list   bool // inside a table
	status bool // inside a status
	listed bool
}

func (c *systemctl) header(line string) bool {
	t := strings.TrimSpace(line)
	if !strings.HasPrefix(t, "UNIT") && !strings.HasPrefix(t, "LISTEN") && !strings.HasPrefix(t, "JOB") {
		return false
	}
	words := strings.Fields(t)
	var names []string
	for i := 0; i < len(words); i++ {
		name := words[i]
		if name == "UNIT" && i+1 < len(words) && words[i+1] == "FILE" || name == "VENDOR" {
			i++
			name += " " + words[i]
		}
		if systemctlColumns[name] == "" {
			return false
		}
		names = append(names, name)
	}
	if len(names) < 2 {
		return false
	}
	c.cols = columns{}
	for _, n := range names {
		c.cols.names = append(c.cols.names, n)
		c.cols.attrs = append(c.cols.attrs, systemctlColumns[n])
	}
	c.list, c.status, c.listed = true, false, true
	return true
}

// fits tells whether a line is part of a listing or a status.
func (c *systemctl) fits(line string) bool {
	if c.header(line) || systemctlNote(line) {
		return true
	}
	if _, ok := systemctlStatus(line); ok {
		c.status, c.list, c.listed = true, false, true
		return true
	}
	if c.status {
		return true
	}
	return c.list && len(c.row(line)) >= 2
}

// systemctlNote recognises the legend and the counts below a table.
func systemctlNote(line string) bool {
	for _, p := range [...]string{"LOAD   =", "ACTIVE =", "SUB    =", "JOB    =", "To show all", "Pass --all"} {
		if strings.HasPrefix(line, p) {
			return true
		}
	}
	n, rest, ok := strings.Cut(line, " ")
	return ok && isNumber(n) && (strings.Contains(rest, "listed") || strings.HasPrefix(rest, "loaded units") || strings.HasPrefix(rest, "unit files"))
}

// row cuts a row into cells: a word each, the last column has the rest. A
// socket's address may have blanks, so its row is read from behind.
func (c *systemctl) row(line string) []string {
	t := strings.TrimLeft(strings.TrimSpace(line), "●*○×↻ ")
	f := strings.Fields(t)
	n := len(c.cols.names)
	if len(f) < 2 || len(f) < min(n-1, 3) {
		return nil
	}
	if c.cols.names[0] == "LISTEN" && len(f) > n {
		k := len(f) - n + 1
		return append([]string{strings.Join(f[:k], " ")}, f[k:]...)
	}
	cells := make([]string, 0, n)
	for i := 0; i < n-1 && i < len(f); i++ {
		name := c.cols.names[i]
		if name == "JOB" && i > 0 && !systemctlJobs[f[i]] { // empty for nearly all
			cells = append(cells, "")
			f = append(f[:i:i], append([]string{""}, f[i:]...)...)
			continue
		}
		cells = append(cells, f[i])
	}
	if len(f) >= n {
		cells = append(cells, strings.Join(f[n-1:], " "))
	}
	return cells
}

var systemctlJobs = wordSet("start stop restart reload verify-active try-restart nop")

func systemctlRead(s *snapshot) {
	var c systemctl
	for i := 0; i < s.n(); i++ {
		line := s.line(i)
		if c.header(line) || systemctlNote(line) {
			s.claim(i)
			continue
		}
		if unit, ok := systemctlStatus(line); ok {
			i = systemctlLog(s, systemctlUnit(s, i, unit))
			c.list = false
			continue
		}
		if !c.list || strings.TrimSpace(line) == "" {
			continue
		}
		if cells := c.row(line); len(cells) >= 2 {
			e := s.begin(serviceUnit.Name, i, i)
			for k, v := range cells {
				if v == "-" {
					cells[k] = ""
				}
			}
			c.cols.fill(e, cells)
			s.send()
		}
	}
}

// systemctlStatus recognises the first line of a status: "● nginx.service - …".
func systemctlStatus(line string) (unit string, ok bool) {
	rest, ok := strings.CutPrefix(line, "● ")
	if !ok {
		if rest, ok = strings.CutPrefix(line, "* "); !ok {
			if rest, ok = strings.CutPrefix(line, "× "); !ok {
				rest, ok = strings.CutPrefix(line, "○ ")
			}
		}
	}
	name, about, found := strings.Cut(rest, " - ")
	if !ok || strings.Contains(name, " ") || !found && !strings.Contains(rest, ".service") || about == "" && found {
		return "", false
	}
	i := strings.LastIndexByte(strings.TrimSpace(name), '.')
	return strings.TrimSpace(name), i > 0
}

// systemctlLog reads the unit's last log lines, which stand below its status,
// and returns the last of them.
func systemctlLog(s *snapshot, last int) int {
	from := last + 1
	for from < s.n() && strings.TrimSpace(s.line(from)) == "" {
		from++
	}
	to := from
	for to < s.n() {
		if _, n := stampAt(s.line(to)); n == 0 {
			break
		}
		to++
	}
	if to == from {
		return last
	}
	sh := &shell{snapshot: s, taken: s.in.Taken}
	sh.read(shellPrompt{}, "", from, to)
	return to - 1
}

// systemctlUnit reads a status up to the log lines behind it, and returns its
// last line.
func systemctlUnit(s *snapshot, first int, unit string) int {
	last := first
	for last+1 < s.n() && strings.HasPrefix(s.line(last+1), " ") {
		last++
	}
	lines := make([]string, 0, last-first)
	for i := first + 1; i <= last; i++ {
		lines = append(lines, s.line(i))
	}
	_, about, _ := strings.Cut(s.line(first), " - ")
	e := s.begin(serviceUnit.Name, first, last)
	e.Set("unit", unit)
	e.Set("description", about)
	for _, line := range lines {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		switch name {
		case "Loaded":
			load, _, _ := strings.Cut(value, " ")
			e.Set("load", load)
		case "Active":
			state, since, _ := strings.Cut(value, " since ")
			active, sub, _ := strings.Cut(state, " (")
			e.Set("active", active)
			e.Set("sub", strings.TrimSuffix(sub, ")"))
			since, _, _ = strings.Cut(since, ";")
			e.Set("since", since)
		case "Main PID", "Process":
			if pid := leadingDigits(value); name == "Main PID" && pid != "" {
				e.Set(event.PID, pid)
			}
			if i := strings.Index(value, "code="); i >= 0 && !e.Attrs.Has("exit") {
				e.Set("exit", strings.TrimSuffix(value[i:], ")"))
			}
		case "Tasks":
			e.Set("tasks", leadingDigits(value))
		case "Memory":
			e.Set("memory", value)
		}
	}
	s.send()
	return last
}
