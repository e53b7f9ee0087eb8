package parsers

import (
	"strings"

	"forensic/event"
)

// What w, who and last print: who is on a machine, who was, and when it started.
//
//	USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT
//	root     pts/0        2024-03-02 10:14 (192.0.2.5)
//	reboot   system boot  5.14.0-362.el9.x Sat Mar  2 08:00   still running
var _ = addSnapshot(Format{
	Name:  "sessions",
	Doc:   "w, who and last: who is or was on a machine, and when it started.",
	Files: []string{"w", "w.txt", "who", "who_*", "who.txt", "last", "last_*", "last.txt", "lastb*"},
	Kinds: []event.Kind{hostSession, hostLoad},
	Sniff: func(head []byte) Score {
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			if sessionsHeader(line) {
				rows++
				return true
			}
			if uptimeRead(line, &event.Event{}) {
				return true
			}
			if sessionsRow(line, &event.Event{}) {
				rows++
				return true
			}
			return sessionsEnd(line)
		})
		if rows == 0 {
			return Score{0, "nobody is listed"}
		}
		return sc
	},
	Parse: snapshotOf(sessionsRead),
})

var hostSession = event.Kind{
	Name: "host.session", Doc: "Somebody is or was on a machine, or it started (user reboot, where it is a boot). The time is when that began.",
	Attrs: []string{"user", "tty", "from", "login", "idle", "command", "end"},
}

func sessionsRead(s *snapshot) {
	w := false
	for i := range s.n() {
		line := s.line(i)
		switch {
		case uptimeRead(line, s.trial()):
			uptimeRead(line, s.begin(hostLoad.Name, i, i))
			s.send()
		case sessionsHeader(line):
			s.claim(i)
			w = strings.Contains(line, "LOGIN@")
		case sessionsEnd(line):
			s.claim(i)
		case w && len(strings.Fields(line)) >= 6:
			f := strings.Fields(line)
			e := s.begin(hostSession.Name, i, i)
			e.Set("user", f[0])
			e.Set("tty", f[1])
			at := 2
			if len(f) >= 8 && f[2] != "-" { // a local one may leave FROM empty
				e.Set("from", f[2])
				at = 3
			} else if f[2] == "-" {
				at = 3
			}
			e.Set("login", f[at])
			e.Set("idle", f[at+1])
			e.Set("command", strings.Join(f[min(at+4, len(f)-1):], " "))
			s.send()
		case sessionsRow(line, s.trial()):
			sessionsRow(line, s.begin(hostSession.Name, i, i))
			s.send()
		}
	}
}

func sessionsHeader(line string) bool {
	return strings.HasPrefix(line, "USER ") && strings.Contains(line, "LOGIN@") || strings.HasPrefix(line, "NAME ") && strings.Contains(line, "LINE") && strings.Contains(line, "TIME")
}

// sessionsEnd recognises the last line of last.
func sessionsEnd(line string) bool {
	return (strings.HasPrefix(line, "wtmp") || strings.HasPrefix(line, "btmp")) && strings.Contains(line, " begins ")
}

// sessionsRow reads a row of who or last: a user, a terminal, perhaps where from,
// and a date that the rest of the line stands behind.
func sessionsRow(line string, e *event.Event) bool {
	f := strings.Fields(line)
	if len(f) < 4 {
		return false
	}
	user, rest := f[0], line
	tty := f[1]
	if i := strings.Index(line, "system boot"); i >= 0 && i <= 12 {
		tty = "system boot"
		if strings.TrimSpace(line[:i]) == "" {
			user = "reboot"
		}
	} else if !sessionsTerminal(tty) {
		return false
	}
	at, n := -1, 0
	var st event.Stamp
	for i := strings.Index(line, tty) + len(tty); i < len(line); i++ {
		if line[i-1] != ' ' || line[i] == ' ' {
			continue
		}
		if st, n = sessionsStamp(line[i:]); n > 0 {
			at = i
			break
		}
	}
	if at < 0 || st.Impossible {
		return false
	}
	from := strings.TrimSpace(line[strings.Index(line, tty)+len(tty) : at])
	rest = strings.TrimSpace(line[at+n:])
	if inside, ok := strings.CutPrefix(rest, "("); ok {
		from, rest = strings.TrimSuffix(inside, ")"), ""
	}
	e.Stamp = st
	e.Set("user", user)
	e.Set("tty", tty)
	e.Set("from", from)
	e.Set("end", strings.TrimLeft(rest, "- "))
	return true
}

// sessionsStamp reads "2024-03-02 10:14" and "Sat Mar  2 10:14:05 2024".
func sessionsStamp(s string) (event.Stamp, int) {
	st, n := stampAt(s)
	if n == 0 && len(s) >= 16 && weekday3(s) { // last leaves the seconds out
		if st, n = stampAt(s[:16] + ":00"); n == 19 {
			st.Text, n = s[:3], 16
			st.Step = 60e9
		}
	}
	if n == 0 || st.Has&event.HasDate == 0 || st.Has&event.HasTime == 0 {
		return st, 0
	}
	return st, n
}

func sessionsTerminal(s string) bool {
	return strings.HasPrefix(s, "pts/") || strings.HasPrefix(s, "tty") || strings.HasPrefix(s, ":") && len(s) > 1 && isDigit(s[1]) || strings.HasPrefix(s, "ssh:") || strings.HasPrefix(s, "console") || strings.HasPrefix(s, "hvc")
}
