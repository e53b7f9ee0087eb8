package parsers

import (
	"strings"

	"forensic/event"
)

// The error log of MySQL and MariaDB, 5.1 to 8, and their slow query log:
//
//	171124 13:46:54 [Note] /usr/sbin/mysqld: ready for connections.
//	2017-11-24 13:45:11 1234 [Warning] IP address '192.0.2.3' could not be resolved
//	2017-11-24T05:45:11.123456Z 0 [Note] InnoDB: Starting shutdown...
//	2023-01-24T05:45:11.123456Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections.
var _ = add(Format{
	Name:  "mysql",
	Doc:   "MySQL and MariaDB error log (5.1 to 8) and slow query log.",
	Files: []string{"mysqld*.log*", "mysql*.log*", "mariadb*.log*", "*.err"},
	Kinds: []event.Kind{
		{Name: "mysql.started", Doc: "The server is ready for connections.", Attrs: []string{event.Thread, "code"}},
		{Name: "mysql.stopping", Doc: "The server was told to end, or ended.", Attrs: []string{event.Thread, "code"}},
		{Name: "mysql.aborted_connection", Doc: "A connection ended without a good-bye, or was refused; reason is the server's.", Attrs: []string{event.Thread, "code", "connection", "user", "database", "peer", "reason"}},
		{Name: "mysql.crashed", Doc: "The server got a signal, or an assertion failed.", Attrs: []string{event.Thread, "code", "reason"}},
		{Name: "mysql.slow_query", Doc: "A query took longer than the threshold; times in seconds.", Attrs: []string{event.Thread, "user", "peer", "duration", "lock_time", "rows_sent", "rows_examined"}},
		{Name: "mysql.message", Doc: "Any other record.", Attrs: []string{event.Thread, "code"}},
	},
	Lines: &Lines{Head: mysqlHead, Decode: mysqlDecode, Whole: mysqlWhole, Body: true},
})

// mysqlHead reads "TIME [THREAD] [Level] [code] [subsystem] message", the lines
// that mysqld_safe writes, and the time line of a slow query.
func mysqlHead(line string, e *event.Event) bool {
	slow := strings.HasPrefix(line, "# Time: ")
	if slow {
		line = line[len("# Time: "):]
	}
	if line == "" || !isDigit(line[0]) {
		return false
	}
	st, n := stampAt(line)
	if n == 0 || st.Has&event.HasYear == 0 {
		return false
	}
	rest := strings.TrimLeft(line[n:], " ")
	if slow {
		if rest != "" {
			return false
		}
		e.Stamp, e.Component = st, "slow query"
		return true
	}
	if line[4] != '-' && !digits(line, 6) { // its dates are 2017-11-24 or 171124
		return false
	}
	if id := leadingDigits(rest); id != "" {
		rest = strings.TrimLeft(rest[len(id):], " ")
	}
	if text, ok := strings.CutPrefix(rest, "mysqld_safe "); ok {
		e.Stamp, e.Component, e.Text = st, "mysqld_safe", text
		return true
	}
	level := event.NoLevel
	switch {
	case strings.HasPrefix(rest, "[Note] "):
		level, rest = event.Info, rest[7:]
	case strings.HasPrefix(rest, "[Warning] "):
		level, rest = event.Warning, rest[10:]
	case strings.HasPrefix(rest, "[ERROR] "):
		level, rest = event.Error, rest[8:]
	case strings.HasPrefix(rest, "[System] "):
		level, rest = event.Info, rest[9:]
	case strings.HasPrefix(rest, "InnoDB: "):
	default:
		return false
	}
	component := ""
	if strings.HasPrefix(rest, "[MY-") {
		_, rest, _ = strings.Cut(rest, "] ")
		if name, after, ok := strings.Cut(strings.TrimPrefix(rest, "["), "] "); ok && strings.HasPrefix(rest, "[") {
			component, rest = name, after
		}
	} else if name, after, ok := strings.Cut(rest, ": "); ok && isName(name, true) && !strings.ContainsAny(name, "/ ") {
		component, rest = name, after // "InnoDB: …"
	}
	e.Stamp, e.Level, e.Component, e.Text = st, level, component, rest
	return true
}

// mysqlWhole takes the statement of a slow query for its text.
func mysqlWhole(e *event.Event) {
	if e.Component != "slow query" || e.Text != "" {
		return
	}
	for line := range strings.Lines(e.Raw) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "SET timestamp=") || strings.HasPrefix(line, "use ") {
			continue
		}
		e.Text = line
		return
	}
}

func mysqlDecode(e *event.Event) {
	e.Kind = "mysql.message"
	line, _, _ := strings.Cut(e.Raw, "\n")
	if e.Component == "slow query" {
		mysqlSlow(e)
		return
	}
	if _, n := stampAt(line); n > 0 {
		rest := strings.TrimLeft(line[n:], " ")
		e.Set(event.Thread, leadingDigits(rest))
		if i := strings.Index(rest, "[MY-"); i >= 0 {
			code, _, _ := strings.Cut(rest[i+1:], "]")
			e.Set("code", code)
		}
	}
	m := e.Text
	switch {
	case strings.Contains(m, "ready for connections"):
		e.Kind = "mysql.started"
	case strings.Contains(m, "Shutdown complete"), strings.Contains(m, "Normal shutdown"), strings.Contains(m, "Received SHUTDOWN from user"):
		e.Kind = "mysql.stopping"
	case strings.HasPrefix(m, "Aborted connection "):
		e.Kind = "mysql.aborted_connection"
		e.Set("connection", leadingDigits(m[len("Aborted connection "):]))
		e.Set("user", quotedBehind(m, "user: "))
		e.Set("database", quotedBehind(m, "db: "))
		e.Set("peer", quotedBehind(m, "host: "))
		if open := strings.LastIndexByte(m, '('); open > 0 {
			e.Set("reason", strings.TrimRight(m[open+1:], ").\r"))
		}
	case strings.HasPrefix(m, "Too many connections"), strings.Contains(m, "is blocked because of many connection errors"):
		e.Kind = "mysql.aborted_connection"
		e.Set("reason", m)
	case strings.Contains(m, "Assertion failure"), strings.Contains(e.Raw, "mysqld got signal "), strings.Contains(e.Raw, "mysqld got exception "):
		e.Kind = "mysql.crashed"
		reason := m
		if i := strings.Index(e.Raw, "mysqld got "); i >= 0 {
			reason, _, _ = strings.Cut(e.Raw[i:], "\n")
		}
		e.Set("reason", strings.TrimRight(reason, " ;\r"))
	}
}

// mysqlSlow reads the comment lines of a slow query.
func mysqlSlow(e *event.Event) {
	e.Kind = "mysql.slow_query"
	for line := range strings.Lines(e.Raw) {
		line = strings.TrimRight(line, "\r\n")
		if u, ok := strings.CutPrefix(line, "# User@Host: "); ok {
			user, rest, _ := strings.Cut(u, "[")
			e.Set("user", user)
			if open := strings.LastIndexByte(rest, '['); open >= 0 {
				peer, after, _ := strings.Cut(rest[open+1:], "]")
				e.Set("peer", peer)
				_, id, _ := strings.Cut(after, "Id:")
				e.Set(event.Thread, strings.TrimSpace(id))
			}
		}
		if strings.HasPrefix(line, "# Query_time: ") {
			f := strings.Fields(line)
			for i := 1; i+1 < len(f); i += 2 {
				switch f[i] {
				case "Query_time:":
					e.Set("duration", f[i+1])
				case "Lock_time:":
					e.Set("lock_time", f[i+1])
				case "Rows_sent:":
					e.Set("rows_sent", f[i+1])
				case "Rows_examined:":
					e.Set("rows_examined", f[i+1])
				}
			}
		}
	}
}

// quotedBehind returns what stands in single quotes behind a mark.
func quotedBehind(s, mark string) string {
	_, rest, ok := strings.Cut(s, mark+"'")
	if !ok {
		return ""
	}
	v, _, _ := strings.Cut(rest, "'")
	return v
}
