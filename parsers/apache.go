package parsers

import (
	"strings"

	"forensic/event"
)

// The error log of Apache's web server, 2.0 to 2.4:
//
//	[Fri Nov 24 13:46:54.760123 2017] [core:error] [pid 1:tid 2] [client 192.0.2.3:47772] AH00037: Symbolic link not allowed
//	[Sun Dec 04 04:47:44 2005] [error] mod_jk child workerEnv in error state 6
var _ = add(Format{
	Name:  "apache",
	Doc:   "Apache web server error log, 2.0 to 2.4.",
	Files: []string{"error_log*", "*-error.log*", "*_error.log*"},
	Kinds: []event.Kind{
		{Name: "apache.message", Doc: "A record; code is the number Apache gives to its messages (AH00037).", Attrs: []string{event.Client, event.PID, event.Thread, "code", "referer", event.Class}},
	},
	Lines: &Lines{Head: apacheHead, Decode: apacheDecode},
})

func apacheHead(line string, e *event.Event) bool {
	if line[0] != '[' {
		return false
	}
	st, n := stampAt(line[1:])
	if n == 0 || st.Has&event.HasYear == 0 || !strings.HasPrefix(line[1+n:], "] [") || strings.IndexByte(line[:n], ',') >= 0 || isDigit(line[1]) && line[5] == '-' {
		return false
	}
	module, rest, ok := strings.Cut(line[n+4:], "]")
	if !ok {
		return false
	}
	level := module
	if i := strings.LastIndexByte(module, ':'); i >= 0 {
		module, level = module[:i], module[i+1:]
	} else {
		module = ""
	}
	if strings.HasPrefix(level, "trace") {
		level = "trace"
	}
	l := levelWord(level)
	if l == event.NoLevel {
		return false
	}
	rest = strings.TrimLeft(rest, " ")
	for _, word := range [...]string{"[pid ", "[client ", "[remote "} {
		if strings.HasPrefix(rest, word) {
			if _, after, ok := strings.Cut(rest, "] "); ok {
				rest = after
			}
		}
	}
	e.Stamp, e.Level, e.Component, e.Text = st, l, module, rest
	return true
}

func apacheDecode(e *event.Event) {
	e.Kind = "apache.message"
	line, _, _ := strings.Cut(e.Raw, "\n")
	head := line[:max(len(line)-len(e.Text), 0)]
	if _, ids, ok := strings.Cut(head, "[pid "); ok {
		ids, _, _ = strings.Cut(ids, "]")
		pid, tid, _ := strings.Cut(ids, ":tid ")
		e.Set(event.PID, pid)
		e.Set(event.Thread, tid)
	}
	for _, word := range [...]string{"[client ", "[remote "} {
		if _, c, ok := strings.Cut(head, word); ok {
			c, _, _ = strings.Cut(c, "]")
			if a := addressAt(c); a != "" {
				c = a
			}
			e.Set(event.Client, c)
			break
		}
	}
	if strings.HasPrefix(e.Text, "AH") && digits(e.Text[2:], 5) && strings.HasPrefix(e.Text[7:], ": ") {
		e.Set("code", e.Text[:7])
	}
	if _, r, ok := strings.Cut(e.Text, ", referer: "); ok {
		e.Set("referer", r)
	}
	e.Set(event.Class, e.Trace.Class)
}
