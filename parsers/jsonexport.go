package parsers

import (
	"fmt"
	"strings"

	"forensic/event"
	"forensic/parsers/trace"
)

// Logs as a search engine or a cloud gives them out: one JSON document with the
// records in an array, at the top or inside (CloudWatch's events, Elasticsearch's
// hits, Loki's, Cloud Logging's), on one line or printed over many.
//
//	{"events": [{"timestamp": 1511502311123, "message": "START RequestId: 5f1c"}, …]}
var _ = addSnapshot(Format{
	Name:  "jsonexport",
	Doc:   "Log records exported as one JSON document (CloudWatch, Elasticsearch, Loki, Cloud Logging).",
	Files: []string{"*.json"},
	Kinds: []event.Kind{event.LogMessage},
	Sniff: jsonexportSniff,
	Parse: snapshotOf(jsonexportRead),
})

// jsonexportSniff wants a document that is an array, or an object without a time
// of its own, with two records inside or one and nothing else.
func jsonexportSniff(head []byte) Score {
	text := strings.TrimLeft(string(head), " \t\r\n")
	if text == "" || text[0] != '[' && text[0] != '{' {
		return Score{0, "no JSON document"}
	}
	if text[0] == '{' {
		if s, ok := jsonOpen(text); ok && s.skipAll() && strings.TrimSpace(text[s.at:]) != "" {
			return Score{0, "several JSON documents"}
		}
		var own jsonRecord
		if s, ok := jsonOpen(text); ok {
			own.members(&s, 3)
		}
		if own.stamp.Has != 0 && own.message != "" {
			return Score{0, "one record"}
		}
	}
	records, objects := 0, 0
	x := jsonexport{each: func(_, _ int, j *jsonRecord) {
		if objects++; j.stamp.Has != 0 && j.message != "" || j.level != event.NoLevel && j.message != "" {
			records++
		}
	}}
	x.value(text, 0, 0)
	if records == 0 {
		return Score{0, "no array of records"}
	}
	return Score{0.9 * float64(records) / float64(objects), fmt.Sprintf("a JSON document with %d objects in arrays, %d with a time and a message", objects, records)}
}

// A jsonexport goes through a document and tells the objects of its arrays.
type jsonexport struct {
	each func(from, to int, j *jsonRecord)
	rec  jsonRecord
}

// value looks for arrays of objects in the value that s begins with, which
// stands at from of the document, and returns how long it is; a document that
// is cut gives what it has.
func (x *jsonexport) value(s string, from, depth int) int {
	if depth > 6 || s == "" {
		return len(s)
	}
	switch s[0] {
	case '{':
		scan, _ := jsonOpen(s)
		for {
			at := scan.at
			_, v, ok := scan.next()
			if !ok {
				if i := strings.IndexAny(s[at:], "[{"); scan.at >= at && i >= 0 && !strings.Contains(s[at:at+i], "}") {
					x.value(s[at+i:], from+at+i, depth+1) // cut inside this member
				}
				return len(s)
			}
			if v[0] == '{' || v[0] == '[' {
				x.value(v, from+scan.at-len(v), depth+1)
			}
		}
	case '[':
		for i := 1; i < len(s); {
			switch s[i] {
			case ' ', '\t', '\r', '\n', ',':
				i++
				continue
			case '{':
				scan := jsonScan{s: s, at: i}
				if !scan.skip() {
					return len(s)
				}
				x.object(s[i:scan.at], from+i)
				i = scan.at
				continue
			}
			return len(s)
		}
	}
	return len(s)
}

// object tells one object of an array; what an engine wraps it in is taken off.
func (x *jsonexport) object(s string, from int) {
	x.rec.read(s)
	if x.rec.message == "" {
		scan, _ := jsonOpen(s)
		for {
			key, v, ok := scan.next()
			if !ok {
				break
			}
			if v[0] == '{' && (key == "_source" || key == "fields" || key == "content" || key == "jsonPayload" || key == "attributes" || key == "result") {
				inner, _ := jsonOpen(v)
				x.rec.members(&inner, 1)
			} else if v[0] == '[' {
				x.value(v, from+scan.at-len(v), 2)
			}
		}
	}
	x.each(from, from+len(s), &x.rec)
}

func jsonexportRead(s *snapshot) {
	at, line := 0, 0
	lineOf := func(pos int) int { // positions come in order, but for arrays inside a record
		if pos < at {
			line = 0
		}
		for line+1 < s.n() && s.start(line+1) <= pos {
			line++
		}
		at = pos
		return line
	}
	x := jsonexport{each: func(from, to int, j *jsonRecord) {
		if j.stamp.Has == 0 && (j.message == "" || j.level == event.NoLevel) {
			return
		}
		first := lineOf(from)
		e := s.begin(event.LogMessage.Name, first, lineOf(to-1))
		j.fill(e)
		e.Text = jsonText(j.message)
		if e.Level == event.NoLevel {
			if l, n := levelAt(strings.TrimLeft(e.Text, "[")); n > 0 {
				e.Level = l
			}
		}
		stack := jsonText(j.stackText)
		if stack == "" {
			stack = e.Text
		}
		e.Trace, _ = trace.Find(stack)
		if i := strings.IndexByte(e.Text, '\n'); i >= 0 {
			e.Text = e.Text[:i]
		}
		e.Rewritten = true
		e.Set(event.Host, jsonText(j.host))
		e.Set(event.PID, jsonText(j.pid))
		e.Set(event.Thread, jsonText(j.thread))
		e.Set(event.Class, e.Trace.Class)
		peersIn(e)
		s.send()
	}}
	from := len(s.text) - len(strings.TrimLeft(s.text, " \t\r\n"))
	x.value(s.text[from:], from, 0)
	if s.sent > 0 {
		for i := range s.n() { // the brackets around the records say nothing
			s.claim(i)
		}
	}
}
