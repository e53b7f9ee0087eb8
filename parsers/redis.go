package parsers

import (
	"strings"

	"forensic/event"
)

// The log of a Redis server or sentinel:
//
//	1234:M 24 Nov 2017 13:46:54.760 * Ready to accept connections
//	[1234] 24 Nov 13:46:54.760 # Server started, Redis version 2.8.19
var _ = add(Format{
	Name:  "redis",
	Doc:   "Redis server and sentinel log, 2.x to 7.",
	Files: []string{"redis*.log*", "sentinel*.log*"},
	Kinds: []event.Kind{
		{Name: "redis.started", Doc: "The server is ready for connections, or stated its version.", Attrs: []string{event.PID, "role", "version"}},
		{Name: "redis.stopping", Doc: "The server was told to end.", Attrs: []string{event.PID, "role", "reason"}},
		{Name: "redis.accept_failed", Doc: "A connection could not be accepted.", Attrs: []string{event.PID, "role", "reason"}},
		{Name: "redis.client_closed", Doc: "The server closed a client's connection: idle, over its output limits, refused.", Attrs: []string{event.PID, "role", event.Client, "reason"}, Joins: true},
		{Name: "redis.replica_lost", Doc: "The link between a primary and a replica broke.", Attrs: []string{event.PID, "role", "reason"}},
		{Name: "redis.saving_failed", Doc: "A background save or rewrite failed.", Attrs: []string{event.PID, "role", "reason"}},
		{Name: "redis.slow_fsync", Doc: "The disk could not keep up with the append-only file.", Attrs: []string{event.PID, "role"}},
		{Name: "redis.failover", Doc: "Sentinel or the cluster saw an instance down, or changed the primary.", Attrs: []string{event.PID, "role", "event", "instance"}},
		{Name: "redis.crash", Doc: "The server crashed and printed a report.", Attrs: []string{event.PID, "role", "reason"}},
		{Name: "redis.message", Doc: "Any other record.", Attrs: []string{event.PID, "role"}},
	},
	Lines: &Lines{Head: redisHead, Decode: redisDecode, Joins: func(_, text string) bool {
		return strings.HasPrefix(text, "Client ") || strings.HasPrefix(text, "Closing ")
	}},
})

// redisHead reads "PID:ROLE DATE LEVEL message", and of releases before 3.0
// "[PID] DATE LEVEL message", whose date has no year.
func redisHead(line string, e *event.Event) bool {
	rest := line
	switch {
	case line[0] == '[':
		pid := leadingDigits(line[1:])
		if pid == "" || !strings.HasPrefix(line[1+len(pid):], "] ") {
			return false
		}
		rest = line[len(pid)+3:]
	case isDigit(line[0]):
		pid := leadingDigits(line)
		n := len(pid)
		if n+3 >= len(line) || line[n] != ':' {
			return false
		}
		if strings.HasPrefix(line[n+1:], "signal-handler (") {
			rest = line[n+1+len("signal-handler ("):]
			end := strings.IndexByte(rest, ')')
			if end < 0 {
				return false
			}
			st, k := stampAt(rest[:end])
			if k == 0 {
				return false
			}
			e.Stamp, e.Level, e.Component, e.Text = st, event.Warning, "signal-handler", strings.TrimPrefix(rest[end+1:], " ")
			return true
		}
		if line[n+2] != ' ' || line[n+1] < 'A' || line[n+1] > 'Z' {
			return false
		}
		rest = line[n+3:]
	default:
		return false
	}
	if rest == "" || !isDigit(rest[0]) {
		return false
	}
	st, n := stampAt(rest)
	if n == 0 || n+3 > len(rest) || rest[n] != ' ' {
		return false
	}
	level := redisLevel(rest[n+1])
	if level == event.NoLevel || n+2 < len(rest) && rest[n+2] != ' ' {
		return false
	}
	e.Stamp, e.Level, e.Component, e.Text = st, level, "redis", strings.TrimLeft(rest[n+2:], " ")
	return true
}

func redisLevel(c byte) event.Level {
	switch c {
	case '.':
		return event.Debug
	case '-':
		return event.Info
	case '*':
		return event.Notice
	case '#':
		return event.Warning
	}
	return event.NoLevel
}

// A redisText is how a message begins and what it makes.
type redisText struct{ has, kind, reason string }

var redisMessages = []redisText{
	{"Ready to accept connections", "redis.started", ""},
	{"The server is now ready to accept connections", "redis.started", ""},
	{"Redis version=", "redis.started", ""},
	{"Server started, Redis version ", "redis.started", ""},
	{"User requested shutdown", "redis.stopping", "asked by a user"},
	{"Received SIGTERM", "redis.stopping", "SIGTERM"},
	{"Received SIGINT", "redis.stopping", "SIGINT"},
	{"Redis is now ready to exit", "redis.stopping", ""},
	{"Accepting client connection: ", "redis.accept_failed", ""},
	{"Error accepting a client connection: ", "redis.accept_failed", ""},
	{"Error registering fd event for the new client: ", "redis.accept_failed", ""},
	{"Closing idle client", "redis.client_closed", "idle"},
	{"Connection with master lost", "redis.replica_lost", ""},
	{"Connection with replica ", "redis.replica_lost", ""},
	{"Connection with slave ", "redis.replica_lost", ""},
	{"MASTER timeout", "redis.replica_lost", ""},
	{"Timeout connecting to the MASTER", "redis.replica_lost", ""},
	{"Disconnecting timedout replica", "redis.replica_lost", ""},
	{"Disconnecting timedout slave", "redis.replica_lost", ""},
	{"Error condition on socket for SYNC: ", "redis.replica_lost", ""},
	{"Background saving error", "redis.saving_failed", ""},
	{"Background saving terminated", "redis.saving_failed", ""},
	{"Can't save in background: ", "redis.saving_failed", ""},
	{"Background AOF rewrite terminated", "redis.saving_failed", ""},
	{"Error writing to the AOF file: ", "redis.saving_failed", ""},
	{"Write error saving DB on disk: ", "redis.saving_failed", ""},
	{"Failed opening the RDB file", "redis.saving_failed", ""},
	{"Asynchronous AOF fsync is taking too long", "redis.slow_fsync", ""},
	{"=== REDIS BUG REPORT START", "redis.crash", ""},
	{"=== ASSERTION FAILED", "redis.crash", ""},
	{"Out Of Memory allocating ", "redis.crash", ""},
}

func redisDecode(e *event.Event) {
	e.Kind = "redis.message"
	id := e.Raw[:max(strings.IndexAny(e.Raw, " \n"), 0)]
	pid := leadingDigits(strings.TrimPrefix(id, "["))
	e.Set(event.PID, pid)
	if n := len(pid); n+2 == len(id) && id[n] == ':' {
		e.Set("role", redisRole(id[n+1]))
	}
	for _, t := range redisMessages {
		rest, ok := strings.CutPrefix(e.Text, t.has)
		if !ok {
			continue
		}
		e.Kind = t.kind
		switch {
		case t.kind == "redis.started":
			if v, ok := strings.CutPrefix(t.has, "Redis version"); ok && v != "" || strings.HasSuffix(t.has, "version ") {
				version, _, _ := strings.Cut(rest, ",")
				e.Set("version", version)
			}
		case t.reason != "":
			e.Set("reason", t.reason)
		case t.kind != "redis.slow_fsync":
			e.Set("reason", redisReason(e.Text, t.has, rest))
		}
		return
	}
	switch {
	case strings.Contains(e.Text, "closed for overcoming of output buffer limits"), strings.Contains(e.Text, "closed ASAP for overcoming of output buffer limits"):
		e.Kind = "redis.client_closed"
		_, addr, _ := strings.Cut(e.Text, "addr=")
		e.Set(event.Client, addressAt(addr))
		e.Set("reason", "over its output buffer limits")
	case strings.HasPrefix(e.Text, "+"), strings.HasPrefix(e.Text, "-sdown"), strings.HasPrefix(e.Text, "-odown"):
		word, rest, _ := strings.Cut(e.Text, " ")
		e.Kind = "redis.failover"
		e.Set("event", word)
		e.Set("instance", rest)
	case strings.HasPrefix(e.Text, "Marking node "), strings.HasPrefix(e.Text, "FAIL message received"), strings.HasPrefix(e.Text, "Failover election won"), strings.HasPrefix(e.Text, "Cluster state changed: "):
		e.Kind = "redis.failover"
		e.Set("event", e.Text)
	}
}

// redisReason is what a message says behind its beginning; where nothing is left
// there, the message itself.
func redisReason(text, has, rest string) string {
	if strings.HasSuffix(has, ": ") && rest != "" {
		return rest
	}
	return text
}

func redisRole(c byte) string {
	switch c {
	case 'M':
		return "master"
	case 'S':
		return "replica"
	case 'C':
		return "child"
	case 'X':
		return "sentinel"
	}
	return ""
}
