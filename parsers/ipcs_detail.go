package parsers

import (
	"strings"

	"forensic/event"
)

// ipcsDetail recognises the first line of ipcs -i, and returns the id it is
// about.
//
//	Semaphore Array semid=13205634
func ipcsDetail(line string) string {
	_, id, ok := strings.Cut(line, "semid=")
	if !ok || strings.Contains(line[:len(line)-len(id)-len("semid=")], "=") || !isNumber(strings.TrimSpace(id)) {
		return ""
	}
	return strings.TrimSpace(id)
}

// ipcsOne reads what ipcs -i says of one set, from line first on: who owns it,
// when it was used, and who used it last, semaphore by semaphore.
func ipcsOne(s *snapshot, first int) {
	last := first
	var owner, group, perms, size, used, changed, pid string
	for i := first + 1; i < s.n(); i++ {
		line := s.line(i)
		if ipcsDetail(line) != "" || strings.HasPrefix(line, "------") {
			break
		}
		name, value, ok := strings.Cut(line, "=")
		value = strings.TrimSpace(value)
		f := strings.Fields(line)
		switch name = strings.TrimSpace(name); {
		case ok && name == "uid":
			owner = leadingDigits(value)
			if _, g, ok := strings.Cut(line, "\t gid="); ok && g != "" {
				group = leadingDigits(g)
			}
		case ok && name == "mode":
			perms, _, _ = strings.Cut(value, ",")
		case ok && name == "nsems":
			size = value
		case ok && name == "otime":
			used = strings.TrimPrefix(value, "Not set")
		case ok && name == "ctime":
			changed = value
		case len(f) == 5 && isNumber(f[0]) && isNumber(f[4]):
			if f[4] != "0" {
				pid = f[4]
			}
		case strings.TrimSpace(line) != "" && f[0] != "semnum":
			continue
		}
		s.claim(i)
		last = i
	}
	e := s.begin(ipcSemaphores.Name, first, last)
	id := ipcsDetail(s.line(first))
	e.Set("id", id)
	ipcsDecoded(e, id)
	e.Set("owner", owner)
	e.Set("group", group)
	e.Set("perms", perms)
	e.Set("semaphores", size)
	e.Set("last_op", used)
	e.Set("last_change", changed)
	e.Set(event.PID, pid)
	s.send()
}
