package parsers

import (
	"strings"

	"forensic/event"
)

// The log of a PostgreSQL server. What stands before the level is set by
// log_line_prefix: a time and a process id nearly always, user and database
// often. The zone is an abbreviation (CST is China's and Chicago's).
//
//	2017-11-24 13:45:11.123 CST [1234] LOG:  database system is ready to accept connections
//	2017-11-24 13:45:12.123 CST [1235] app@shop FATAL:  sorry, too many clients already
//
// DETAIL, HINT, STATEMENT and CONTEXT lines belong to the record before them.
var _ = add(Format{
	Name:  "postgresql",
	Doc:   "PostgreSQL server log (stderr format, any log_line_prefix with a time).",
	Files: []string{"postgresql*.log*", "postgres*.log*", "pg*.log*"},
	Kinds: []event.Kind{
		{Name: "postgresql.started", Doc: "The server is ready for connections.", Attrs: []string{event.PID}},
		{Name: "postgresql.stopping", Doc: "The server was told to end, or ended.", Attrs: []string{event.PID, "reason"}},
		{Name: "postgresql.connected", Doc: "A client connected.", Attrs: []string{event.PID, event.Client, "user", "database"}, Joins: true},
		{Name: "postgresql.disconnected", Doc: "A client's session ended; duration as written.", Attrs: []string{event.PID, event.Client, "user", "database", "duration"}, Joins: true},
		{Name: "postgresql.refused", Doc: "A connection was refused: too many clients, starting up, authentication.", Attrs: []string{event.PID, "user", "database", "reason"}},
		{Name: "postgresql.lost_client", Doc: "The connection to a client broke.", Attrs: []string{event.PID, "user", "database", "reason"}},
		{Name: "postgresql.slow", Doc: "A statement took longer than the threshold; duration in milliseconds.", Attrs: []string{event.PID, "user", "database", "duration"}},
		{Name: "postgresql.deadlock", Doc: "A deadlock was found and one transaction ended.", Attrs: []string{event.PID, "user", "database"}},
		{Name: "postgresql.crashed", Doc: "A server process was killed or crashed; all sessions end.", Attrs: []string{event.PID, "signal"}},
		{Name: "postgresql.message", Doc: "Any other record; of an error, detail is its second line.", Attrs: []string{event.PID, "user", "database", "detail"}},
	},
	Lines: &Lines{Head: postgresqlHead, Decode: postgresqlDecode, More: postgresqlMore, Joins: func(_, text string) bool {
		return strings.HasPrefix(text, "connection ") || strings.HasPrefix(text, "disconnection")
	}},
})

var postgresqlLevels = [...]struct {
	word  string
	level event.Level
	more  bool // says more of the record before it
}{
	{"LOG:", event.Info, false}, {"ERROR:", event.Error, false}, {"FATAL:", event.Critical, false}, {"PANIC:", event.Critical, false}, {"WARNING:", event.Warning, false},
	{"NOTICE:", event.Notice, false}, {"INFO:", event.Info, false}, {"DEBUG:", event.Debug, false}, {"DEBUG1:", event.Debug, false}, {"DEBUG2:", event.Debug, false},
	{"DEBUG3:", event.Debug, false}, {"DEBUG4:", event.Debug, false}, {"DEBUG5:", event.Debug, false},
	{"DETAIL:", event.NoLevel, true}, {"HINT:", event.NoLevel, true}, {"STATEMENT:", event.NoLevel, true}, {"CONTEXT:", event.NoLevel, true}, {"QUERY:", event.NoLevel, true}, {"LOCATION:", event.NoLevel, true},
}

// postgresqlHead wants one of the server's level words with its colon and two
// blanks, and before it what log_line_prefix makes: a time at any place, or
// nothing at all.
func postgresqlHead(line string, e *event.Event) bool {
	level, from, more := postgresqlLevel(line)
	if from == 0 || more {
		return postgresqlRow(line, e)
	}
	st, ok := postgresqlTime(line[:from])
	if !ok || from < len(line) && line[from] == ' ' || st.Has == 0 && level != event.Error && level != event.Critical && line[0] != 'L' { // uvicorn pads its levels to a column
		return false
	}
	e.Stamp, e.Level, e.Component, e.Text = st, level, "postgres", line[from:]
	return true
}

// postgresqlLevel finds the level word, and where the message begins: 0 where
// there is none. More says that the line goes on with the record before it.
func postgresqlLevel(line string) (level event.Level, from int, more bool) {
	for at := 0; at < min(len(line), 300); {
		colon := strings.Index(line[at:min(len(line), 300)], ":  ")
		if colon < 0 {
			return event.NoLevel, 0, false
		}
		colon += at
		start := colon
		for start > 0 && (line[start-1]-'A' <= 25 || start == colon && isDigit(line[start-1])) {
			start--
		}
		if word := line[start : colon+1]; len(word) > 3 && (start == 0 || !isWord(line[start-1])) {
			for i := range postgresqlLevels {
				if l := &postgresqlLevels[i]; l.word == word {
					return l.level, colon + 3, l.more
				}
			}
		}
		at = colon + 3
	}
	return event.NoLevel, 0, false
}

// postgresqlTime finds the time in a prefix: at its start, or behind what stands
// before it. A prefix that is empty has none, and that will do.
func postgresqlTime(prefix string) (event.Stamp, bool) {
	if c := prefix[0]; c >= 'A' && c <= 'Z' && strings.IndexByte(prefix, ':') == len(prefix)-3 && strings.IndexByte(prefix, ' ') == len(prefix)-2 {
		return event.Stamp{}, true
	}
	for i := 0; i+10 < len(prefix) && i < 160; i++ {
		if !isDigit(prefix[i]) || i > 0 && (isWord(prefix[i-1]) || prefix[i-1] == '.' || prefix[i-1] == '-') {
			continue
		}
		if st, n := stampAt(prefix[i:]); n > 0 && st.Has&event.HasYear != 0 {
			return st, true
		}
	}
	return event.Stamp{}, false
}

// postgresqlMore tells DETAIL, HINT, STATEMENT and CONTEXT lines.
func postgresqlMore(line string) bool {
	_, from, more := postgresqlLevel(line)
	return from > 0 && more
}

func postgresqlDecode(e *event.Event) {
	e.Kind = "postgresql.message"
	line, below, _ := strings.Cut(e.Raw, "\n")
	if !postgresqlFields(e, line) {
		postgresqlPrefix(e, line[:max(len(line)-len(e.Text), 0)])
	}
	m := e.Text
	switch {
	case strings.HasPrefix(m, "database system is ready to accept"):
		e.Kind = "postgresql.started"
	case strings.HasPrefix(m, "received ") && strings.Contains(m, "shutdown request"), strings.HasPrefix(m, "database system is shut down"):
		e.Kind = "postgresql.stopping"
		e.Set("reason", m)
	case strings.HasPrefix(m, "connection received: "):
		e.Kind = "postgresql.connected"
		e.Set(event.Client, postgresqlAddress(m))
	case strings.HasPrefix(m, "connection authorized: "):
		e.Kind = "postgresql.connected"
		postgresqlNames(e, m)
	case strings.HasPrefix(m, "disconnection: "):
		e.Kind = "postgresql.disconnected"
		e.Set("duration", valueBehind(m, "session time: "))
		postgresqlNames(e, m)
		e.Set(event.Client, postgresqlAddress(m))
	case e.Level == event.Critical && (strings.Contains(m, "too many clients") || strings.Contains(m, "remaining connection slots") || strings.Contains(m, "too many connections for") ||
		strings.Contains(m, "the database system is ") || strings.Contains(m, "authentication failed") || strings.Contains(m, "no pg_hba.conf entry")):
		e.Kind = "postgresql.refused"
		e.Set("reason", m)
	case strings.HasPrefix(m, "could not receive data from client"), strings.HasPrefix(m, "could not send data to client"), strings.HasPrefix(m, "unexpected EOF on client connection"), strings.HasPrefix(m, "connection to client lost"):
		e.Kind = "postgresql.lost_client"
		e.Set("reason", m)
	case strings.HasPrefix(m, "duration: "):
		e.Kind = "postgresql.slow"
		e.Set("duration", valueBehind(m, "duration: "))
	case strings.HasPrefix(m, "deadlock detected"):
		e.Kind = "postgresql.deadlock"
	case strings.Contains(m, "was terminated by signal "):
		e.Kind = "postgresql.crashed"
		e.Set("signal", numberBehind(m, "by signal "))
	default:
		if _, detail, ok := strings.Cut(below, "DETAIL:  "); ok {
			detail, _, _ = strings.Cut(detail, "\n")
			e.Set("detail", strings.TrimRight(detail, "\r"))
		}
	}
}

// postgresqlPrefix takes process id, user and database from what stands before
// the level: "[1234] app@shop", "1234: user=app,db=shop".
func postgresqlPrefix(e *event.Event, s string) {
	if i := strings.IndexByte(s, '['); i >= 0 {
		if pid := leadingDigits(s[i+1:]); pid != "" && strings.HasPrefix(s[i+1+len(pid):], "]") {
			e.Set(event.PID, pid)
		}
	}
	if u, d := valueBehind(s, "user="), valueBehind(s, "db="); u != "" || d != "" {
		e.Set("user", postgresqlKnown(u))
		e.Set("database", postgresqlKnown(d))
		return
	}
	at := strings.IndexByte(s, '@')
	if at < 0 {
		return
	}
	from := strings.LastIndexAny(s[:at], " :|,(<") + 1
	to := strings.IndexAny(s[at:], " :|,)>")
	if to < 0 {
		to = len(s) - at
	}
	e.Set("user", postgresqlKnown(s[from:at]))
	e.Set("database", postgresqlKnown(s[at+1:at+to]))
}

func postgresqlKnown(s string) string {
	if s == "[unknown]" {
		return ""
	}
	return s
}

func postgresqlNames(e *event.Event, m string) {
	if !e.Attrs.Has("user") {
		e.Set("user", valueBehind(m, "user="))
	}
	if !e.Attrs.Has("database") {
		e.Set("database", valueBehind(m, "database="))
	}
}

// postgresqlAddress reads "host=192.0.2.3 port=47772".
func postgresqlAddress(m string) string {
	host, port := valueBehind(m, "host="), valueBehind(m, "port=")
	if addressAt(host) == "" || port == "" {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}
