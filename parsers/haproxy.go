package parsers

import (
	"strings"

	"forensic/event"
)

// haproxyDecode reads haproxy's messages: a request, a TCP session, a server
// that changed its state. Its process sends them through syslog:
//
//	192.0.2.3:47772 [24/Nov/2017:13:46:54.760] web web/app1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET / HTTP/1.1"
//	192.0.2.3:47772 [24/Nov/2017:13:46:54.760] zk zk/zk1 0/0/5007 212 -- 1/1/1/1/0 0/0
//	Server zk/zk1 is DOWN, reason: Layer4 connection problem, info: "Connection refused"
func haproxyDecode(e *event.Event, s string) bool {
	if rest, ok := strings.CutPrefix(s, "Server "); ok {
		node, rest, ok := strings.Cut(rest, " is ")
		if !ok {
			return false
		}
		state := rest
		if i := strings.IndexAny(rest, ",. "); i >= 0 {
			state = rest[:i]
		}
		e.Kind = "haproxy.server"
		backend, node, _ := strings.Cut(node, "/")
		e.Set("backend", backend)
		e.Set("node", node)
		e.Set("state", state)
		if _, why, ok := strings.Cut(rest, "reason: "); ok {
			why, _, _ = strings.Cut(why, ", check duration")
			e.Set("reason", why)
		}
		return true
	}
	client, rest, ok := strings.Cut(s, " [")
	if !ok || addressAt(client) == "" {
		return false
	}
	when, rest, ok := strings.Cut(rest, "] ")
	if !ok {
		return false
	}
	if st, n := stampAt(when); n == len(when) { // when it was accepted; to the millisecond
		e.Stamp = finerStamp(e.Stamp, st)
	}
	frontend, rest, _ := strings.Cut(rest, " ")
	target, rest, _ := strings.Cut(rest, " ")
	times, rest, ok := strings.Cut(rest, " ")
	if !ok || strings.Count(times, "/") < 2 {
		return false
	}
	backend, node, _ := strings.Cut(target, "/")
	e.Set(event.Client, addressAt(client))
	e.Set("frontend", strings.TrimSuffix(frontend, "~"))
	e.Set("backend", backend)
	e.Set("node", node)
	total := strings.TrimPrefix(times[strings.LastIndexByte(times, '/')+1:], "+")
	if strings.Count(times, "/") == 2 {
		bytes, rest, _ := strings.Cut(rest, " ")
		state, _, _ := strings.Cut(rest, " ")
		e.Kind = "haproxy.session"
		e.Set("duration", total)
		e.Set("bytes", strings.TrimPrefix(bytes, "+"))
		e.Set("state", state)
		return true
	}
	f := strings.SplitN(rest, " ", 6)
	if len(f) < 5 {
		return false
	}
	e.Kind = "http.request"
	e.Set("status", f[0])
	e.Set("bytes", strings.TrimPrefix(f[1], "+"))
	e.Set("state", f[4])
	e.Set("duration", milliseconds(total))
	if i := strings.IndexByte(rest, '"'); i >= 0 {
		requestLine(e, strings.TrimSuffix(rest[i+1:], `"`))
	}
	return true
}

// milliseconds turns "109" into "0.109".
func milliseconds(s string) string {
	if s == "" || leadingDigits(s) != s {
		return ""
	}
	for len(s) < 4 {
		s = "0" + s
	}
	return s[:len(s)-3] + "." + s[len(s)-3:]
}
