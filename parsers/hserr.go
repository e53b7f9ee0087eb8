package parsers

import (
	"strings"

	"forensic/event"
)

// The report a Java virtual machine writes when it crashes (hs_err_pidN.log):
// one event, at the time the report gives.
var _ = add(Format{
	Name:  "hserr",
	Doc:   "Crash report of a Java virtual machine (hs_err_pidN.log).",
	Files: []string{"hs_err*.log*"},
	Kinds: []event.Kind{
		{Name: "jvm.crash", Doc: "A Java virtual machine crashed: by a signal, an internal error, or for want of native memory.", Attrs: []string{"signal", "error", event.PID, "tid", "frame", "version", event.Thread, "elapsed", "command"}},
	},
	Sniff: func(head []byte) Score {
		s := string(head[:min(len(head), 4096)])
		if strings.HasPrefix(s, "#") && (strings.Contains(s, hserrFatal) || strings.Contains(s, hserrMemory)) {
			return Score{1, "begins as a crash report"}
		}
		return Score{0, "no crash report"}
	},
	Parse: snapshotOf(hserrRead),
})

const (
	hserrFatal  = "A fatal error has been detected by the Java Runtime Environment"
	hserrMemory = "There is insufficient memory for the Java Runtime Environment"
)

func hserrRead(s *snapshot) {
	if s.n() == 0 {
		return
	}
	e := s.begin("jvm.crash", 0, s.n()-1)
	e.Level, e.Component, e.Text, e.Stamp = event.Critical, "jvm", "", event.Stamp{}
	after := ""
	for i := range s.n() {
		hserrLine(e, strings.TrimSpace(strings.TrimPrefix(s.line(i), "#")), &after)
	}
	if e.Stamp.Has == 0 {
		e.Stamp = s.in.Taken
	}
	s.send()
}

func hserrLine(e *event.Event, s string, after *string) {
	was := *after
	*after = s
	switch {
	case strings.HasPrefix(s, "SIG") || strings.HasPrefix(s, "Internal Error") || strings.HasPrefix(s, "EXCEPTION_"):
		if e.Text != "" {
			return
		}
		e.Text = s
		if strings.HasPrefix(s, "Internal Error") {
			e.Set("error", s)
		} else {
			signal, _, _ := strings.Cut(s, " ")
			e.Set("signal", signal)
		}
		e.Set(event.PID, numberBehind(s, "pid="))
		e.Set("tid", numberBehind(s, "tid="))
	case strings.HasPrefix(s, hserrMemory):
		e.Text = s
		e.Set("error", "insufficient memory")
	case was == "Problematic frame:":
		e.Set("frame", s)
	case strings.HasPrefix(s, "JRE version: "):
		e.Set("version", s[len("JRE version: "):])
	case strings.HasPrefix(s, "Current thread ("):
		_, rest, _ := strings.Cut(s, `"`)
		name, _, _ := strings.Cut(rest, `"`)
		e.Set(event.Thread, name)
	case strings.HasPrefix(s, "Command Line: "):
		e.Set("command", s[len("Command Line: "):])
	case strings.HasPrefix(strings.ToLower(s), "time: ") && e.Stamp.Has == 0:
		st, n := stampAt(s[len("time: "):])
		if n == 0 {
			return
		}
		rest := s[len("time: ")+n:]
		e.Stamp = st
		if st, k := zoneAt(rest, 0, st); k > 0 {
			e.Stamp, rest = st, rest[k:]
		}
		e.Set("elapsed", elapsedIn(rest))
	case strings.HasPrefix(s, "elapsed time: ") && !e.Attrs.Has("elapsed"):
		e.Set("elapsed", elapsedIn(s))
	}
}

// elapsedIn takes the seconds from "elapsed time: 0.07 seconds (0d 0h 0m 0s)".
func elapsedIn(s string) string {
	_, rest, _ := strings.Cut(s, "elapsed time: ")
	v, _, _ := strings.Cut(rest, " ")
	return v
}
