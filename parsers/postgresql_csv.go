package parsers

import (
	"strings"

	"forensic/event"
)

// PostgreSQL's log in csvlog format, a row of a record, whose text may hold line
// feeds between its quotes:
//
//	2017-11-24 13:45:11.123 CST,"app","shop",1234,"192.0.2.7:51514",5a17b0df.4d2,5,"SELECT",2017-11-24 13:40:00 CST,3/17,0,ERROR,42P01,"relation ""x"" does not exist",,,,,,"select 1",15,,"psql","client backend",,0

// Columns of csvlog, the same since 8.3.
const (
	postgresqlUser     = 1
	postgresqlDatabase = 2
	postgresqlPID      = 3
	postgresqlPeer     = 4
	postgresqlSeverity = 11
	postgresqlMessage  = 13
)

// postgresqlRow reads the first line of a row.
func postgresqlRow(line string, e *event.Event) bool {
	if !isDigit(line[0]) {
		return false
	}
	st, n := stampAt(line)
	if n == 0 || n >= len(line) || line[n] != ',' || st.Has&event.HasYear == 0 {
		return false
	}
	severity := csvField(line, postgresqlSeverity)
	for i := range postgresqlLevels {
		l := &postgresqlLevels[i]
		if l.more || len(severity) != len(l.word)-1 || severity != l.word[:len(severity)] {
			continue
		}
		if leadingDigits(csvField(line, postgresqlPID)) == "" {
			return false
		}
		e.Stamp, e.Level, e.Component, e.Text = st, l.level, "postgres", csvField(line, postgresqlMessage)
		e.Rewritten = strings.Contains(e.Text, `""`)
		return true
	}
	return false
}

// postgresqlFields sets what the columns of a row say; false where the line is
// none.
func postgresqlFields(e *event.Event, line string) bool {
	if line == "" || !isDigit(line[0]) || !postgresqlRow(line, new(event.Event)) {
		return false
	}
	e.Set(event.PID, csvField(line, postgresqlPID))
	e.Set("user", csvField(line, postgresqlUser))
	e.Set("database", csvField(line, postgresqlDatabase))
	if e.Rewritten {
		e.Text = strings.ReplaceAll(e.Text, `""`, `"`)
	}
	if peer := csvField(line, postgresqlPeer); strings.HasPrefix(e.Text, "connection ") && addressAt(peer) != "" {
		e.Set(event.Client, peer)
	}
	return true
}

func csvField(row string, column int) string { return csvColumn(row, ',', column) }
