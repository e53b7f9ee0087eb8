package parsers

import (
	"strconv"
	"strings"

	"forensic/event"
)

// What uptime and w say first, and /proc/uptime and /proc/loadavg.
//
//	10:23:49 up 85 days,  3:12,  1 user,  load average: 6.04, 3.80, 2.02
var _ = addSnapshot(Format{
	Name:  "uptime",
	Doc:   "The output of uptime, or /proc/uptime and /proc/loadavg: how long a host has been up, and its load.",
	Files: []string{"uptime*", "loadavg"},
	Kinds: []event.Kind{hostLoad},
	Sniff: func(head []byte) Score {
		n, text := 0, ""
		sc := snapshotScore(head, func(line string) bool { n++; text = line; var e event.Event; return uptimeRead(line, &e) })
		if n > 3 {
			return Score{0, "more than a line"}
		}
		if sc.Points == 0 && n == 1 && uptimeProc(text, &event.Event{}) {
			return Score{0.6, "a line of /proc"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		for i := range s.n() {
			var trial event.Event
			line := s.line(i)
			read := uptimeRead
			if !read(line, &trial) {
				read = uptimeProc
			}
			trial.Reset()
			if read(line, &trial) {
				read(line, s.begin(hostLoad.Name, i, i))
				s.send()
			}
		}
	}),
})

// hostLoad is also what top says in its first line.
var hostLoad = event.Kind{
	Name: "host.load", Joins: true, Doc: "How long a host has been up, in seconds, who is on it, and its load.",
	Attrs: []string{"time", "uptime", "users", "load_1m", "load_5m", "load_15m", "idle", "running", "processes", "last_pid"},
}

// uptimeRead takes the line apart at its words; users and days may be missing,
// and other languages have a comma in numbers.
func uptimeRead(line string, e *event.Event) bool {
	line = strings.TrimSpace(line)
	now, rest, ok := strings.Cut(line, " up ")
	if !ok {
		return false
	}
	now = strings.TrimSpace(now)
	if now != "" && (len(now) < 4 || strings.Trim(now, "0123456789:APMapm ") != "") {
		return false
	}
	i := strings.Index(rest, "load average")
	if i < 0 {
		return false
	}
	_, loads, ok := strings.Cut(rest[i:], ":")
	if !ok {
		return false
	}
	parts := strings.Split(strings.TrimRight(rest[:i], " ,"), ",")
	seconds, users := 0, ""
	for _, p := range parts {
		p = strings.TrimSpace(p)
		if n, ok := strings.CutSuffix(strings.TrimSuffix(p, "s"), " user"); ok {
			users = n
			continue
		}
		n, ok := uptimeSpan(p)
		if !ok {
			return false
		}
		seconds += n
	}
	e.Set("time", now)
	e.Set("uptime", strconv.Itoa(seconds))
	e.Set("users", users)
	setLoads(e, loads)
	return true
}

// setLoads takes three averages, with dots or, in other languages, commas.
func setLoads(e *event.Event, s string) {
	f := strings.Fields(s)
	for k, name := range [...]string{"load_1m", "load_5m", "load_15m"} {
		if k < len(f) {
			e.Set(name, strings.ReplaceAll(strings.TrimRight(f[k], ","), ",", "."))
		}
	}
}

// uptimeSpan reads "85 days", "3:12", "20 min", "45 secs", "2 hrs".
func uptimeSpan(s string) (seconds int, ok bool) {
	if h, m, ok := strings.Cut(s, ":"); ok && isNumber(h) && isNumber(m) {
		return atoi(h)*3600 + atoi(m)*60, true
	}
	total := 0
	f := strings.Fields(s)
	if len(f) == 0 || len(f)%2 != 0 {
		return 0, false
	}
	for i := 0; i < len(f); i += 2 {
		if !isNumber(f[i]) {
			return 0, false
		}
		n := min(atoi(f[i]), 1<<30)
		switch strings.TrimSuffix(f[i+1], "s") {
		case "year":
			n *= 365 * 86400
		case "week":
			n *= 7 * 86400
		case "day", "day(s)":
			n *= 86400
		case "hour", "hr":
			n *= 3600
		case "minute", "min":
			n *= 60
		case "second", "sec":
		default:
			return 0, false
		}
		total += n
	}
	return total, true
}

// uptimeProc reads /proc/uptime (two numbers of seconds) and /proc/loadavg.
func uptimeProc(line string, e *event.Event) bool {
	f := strings.Fields(line)
	if len(f) == 2 && isDecimal(f[0]) && isDecimal(f[1]) && strings.Contains(f[0], ".") {
		e.Set("uptime", f[0])
		e.Set("idle", f[1])
		return true
	}
	if len(f) == 5 && isDecimal(f[0]) && isDecimal(f[1]) && isDecimal(f[2]) && isNumber(f[4]) {
		running, all, ok := strings.Cut(f[3], "/")
		if !ok || !isNumber(running) || !isNumber(all) {
			return false
		}
		setLoads(e, line)
		e.Set("running", running)
		e.Set("processes", all)
		e.Set("last_pid", f[4])
		return true
	}
	return false
}

// isDecimal tells whether s is digits with one dot or comma among them at most.
func isDecimal(s string) bool {
	a, b, ok := strings.Cut(s, ".")
	if !ok {
		if a, b, ok = strings.Cut(s, ","); !ok {
			return isNumber(s)
		}
	}
	return isNumber(a) && isNumber(b)
}
