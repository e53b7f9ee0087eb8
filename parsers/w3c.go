package parsers

import (
	"fmt"
	"strings"

	"forensic/event"
)

// A log in the W3C's extended format, which Microsoft's IIS writes: a line of
// #Fields names the columns, which may change in the middle. Times are UTC.
//
//	#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status time-taken
//	2017-11-24 05:46:54 192.0.2.7 GET /cart - 80 - 192.0.2.3 curl/7.29.0 200 123
var _ = add(Format{
	Name:  "w3c",
	Doc:   "W3C extended log (IIS and others), its columns named in the file.",
	Files: []string{"u_ex*.log*", "ex*.log"},
	Kinds: []event.Kind{httpRequest},
	Sniff: w3cSniff,
	Lines: &Lines{
		Head:   func(string, *event.Event) bool { return false },
		Decode: func(*event.Event) {},
		Learn: func(string) *Lines {
			w := new(w3c)
			return &Lines{Head: w.head, Decode: w.decode}
		},
	},
})

// w3cSniff wants the line that names the columns, and rows behind it.
func w3cSniff(head []byte) Score {
	w, rows, other := new(w3c), 0, 0
	var e event.Event
	for line := range strings.Lines(string(head)) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		if w.head(line, &e) {
			rows++
		} else if line[0] != '#' {
			other++
		}
	}
	if len(w.columns) == 0 || rows == 0 {
		return Score{0, "no #Fields with date and time"}
	}
	return Score{float64(rows) / float64(rows+other), fmt.Sprintf("%d rows of the columns it names", rows)}
}

// A w3c is one log being read. A line of #Fields belongs to the record before
// it, so that record has the columns before those.
type w3c struct {
	line            string // that of #Fields
	columns, before []string
}

// head takes every line but the directives; their columns hold for the lines
// behind them.
func (w *w3c) head(line string, e *event.Event) bool {
	if line[0] == '#' {
		// The same line may come again, when the record before it is cut anew.
		if f, ok := strings.CutPrefix(line, "#Fields:"); ok && f != w.line {
			w.line = strings.Clone(f)
			w.before, w.columns = w.columns, strings.Fields(w.line)
		}
		return false
	}
	if len(w.columns) < 3 || w.columns[0] != "date" || w.columns[1] != "time" || !isDigit(line[0]) {
		return false
	}
	st, n := stampAt(line)
	if n == 0 || st.Has&event.HasYear == 0 || n >= len(line) || line[n] != ' ' && line[n] != '\t' {
		return false
	}
	st.Has |= event.HasZone
	e.Stamp, e.Text = st, line[n+1:]
	return true
}

func (w *w3c) decode(e *event.Event) {
	e.Kind = httpRequest.Name
	line, below, _ := strings.Cut(e.Raw, "\n")
	values, columns := strings.Fields(strings.TrimSuffix(line, "\r")), w.columns
	if strings.Contains(below, "#Fields:") {
		columns = w.before
	}
	if len(values) != len(columns) {
		return
	}
	query := ""
	path := ""
	for i, name := range columns {
		v := values[i]
		if v == "-" {
			continue
		}
		switch name {
		case "cs-method":
			e.Set("method", v)
		case "cs-uri-stem":
			path = v
		case "cs-uri-query":
			query = v
		case "cs-uri":
			path = v
		case "c-ip":
			e.Set(event.Client, v)
		case "cs-username":
			e.Set("user", v)
		case "cs(User-Agent)":
			e.Set("agent", strings.ReplaceAll(v, "+", " "))
		case "cs(Referer)":
			e.Set("referer", v)
		case "cs-host":
			e.Set("vhost", v)
		case "cs-version":
			e.Set("protocol", v)
		case "sc-status":
			e.Set("status", v)
		case "sc-bytes":
			e.Set("bytes", v)
		case "time-taken":
			e.Set("duration", milliseconds(v))
		}
	}
	if query != "" {
		path += "?" + query
	}
	e.Set("path", path)
}
