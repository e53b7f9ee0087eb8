package report

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"forensic/event"
)

// tree decodes JSON strictly: no key twice in any object, nothing behind it.
func tree(t *testing.T, text []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v := branch(t, d)
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("something stands behind the value: %v", err)
	}
	return v
}

func branch(t *testing.T, d *json.Decoder) any {
	t.Helper()
	next := func() json.Token {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}
	tok := next()
	switch tok {
	case json.Delim('{'):
		out := map[string]any{}
		for d.More() {
			key := next().(string)
			if _, twice := out[key]; twice {
				t.Fatalf("%q stands twice", key)
			}
			out[key] = branch(t, d)
		}
		next()
		return out
	case json.Delim('['):
		out := []any{}
		for d.More() {
			out = append(out, branch(t, d))
		}
		next()
		return out
	}
	if n, ok := tok.(json.Number); ok {
		if i, err := n.Int64(); err == nil && (i > 1<<53 || i < -1<<53) {
			t.Fatalf("%s is no number that every reader holds", n)
		}
	}
	return tok
}

// at walks down a tree by keys and positions.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

// visibleBytes fails where a text holds what is not seen.
func visibleBytes(t *testing.T, text []byte, allowed string) {
	t.Helper()
	for _, c := range string(text) {
		if hidden(c) && !strings.ContainsRune(allowed, c) {
			t.Fatalf("%q in %.300s", c, text)
		}
	}
}

func TestL2tCSV(t *testing.T) {
	for _, s := range everyHostile() {
		text := events(t, EventOptions{Format: "l2tcsv"}, hostileEvents(s))
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil || len(rows) != 2 || !slices.Equal(rows[0], l2tColumns) {
			t.Fatalf("%q: %v, %d rows in %s", s, err, len(rows), text)
		}
		for i, cell := range rows[1] {
			if formula(cell) {
				t.Errorf("%q: cell %s is %q", s, l2tColumns[i], cell)
			}
		}
		desc, extra := rows[1][10], rows[1][16]
		want := s
		if want == "" {
			want = "log.message"
		}
		if _, names, ok := strings.Cut(extra, "; apostrophe: "); ok && slices.Contains(strings.Fields(names), "desc") {
			desc = strings.TrimPrefix(desc, "'")
		}
		if desc != Visible(want) {
			t.Errorf("desc %q reads back as %q", want, desc)
		}
		if _, err := time.Parse("01/02/2006 15:04:05", rows[1][0]+" "+rows[1][1]); err != nil {
			t.Error(err)
		}
		visibleBytes(t, text, "\r\n")
	}
	rows, err := csv.NewReader(bytes.NewReader(events(t, EventOptions{Format: "l2tcsv"}, someEvents()))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[1][:3], " "); got != "11/24/2014 07:38:33 UTC" {
		t.Errorf("time is %s", got)
	}
	if got := rows[4][0] + rows[4][6]; got != "00/00/0000Not a time" {
		t.Errorf("an event without a time: %s", got)
	}
}

// A value cannot pass itself off as the next name in "extra".
func TestL2tExtraIsNotForged(t *testing.T) {
	es := someEvents()[:1]
	es[0].Attrs = event.Attrs{{Name: "x", Value: "1; level: critical"}}
	text := events(t, EventOptions{Format: "l2tcsv"}, es)
	if bytes.Contains(text, []byte("; level: critical")) {
		t.Errorf("forged: %s", text)
	}
}

func TestECS(t *testing.T) {
	for _, s := range everyHostile() {
		text := events(t, EventOptions{Format: "ecs"}, hostileEvents(s))
		if bytes.Count(text, []byte("\n")) != 1 {
			t.Fatalf("%q: not one line", s)
		}
		v := tree(t, text)
		if got := at(v, "message"); s != "" && got != decoded(s) {
			t.Errorf("%q reads back as %q", s, at(v, "message"))
		}
		if raw, ok := at(v, "forensic", "message_base64").(string); ok {
			if b, err := base64.StdEncoding.DecodeString(raw); err != nil || string(b) != s {
				t.Errorf("%q: base64 is %q", s, b)
			}
		} else if decoded(s) != s {
			t.Errorf("%q: bytes that are no UTF-8 are lost", s)
		}
		for name := range at(v, "labels").(map[string]any) {
			if name == "" || strings.ContainsAny(name, ". \t") {
				t.Errorf("label %q", name)
			}
		}
		visibleBytes(t, text, "\n")
	}
	lines := bytes.Split(events(t, EventOptions{Format: "ecs"}, someEvents()), []byte("\n"))
	first, flow, untimed := tree(t, lines[0]), tree(t, lines[2]), tree(t, lines[3])
	for _, c := range []struct{ got, want any }{
		{at(first, "@timestamp"), "2014-11-24T07:38:33.682Z"},
		{at(first, "log", "level"), "warning"},
		{at(first, "host", "name"), "zk3"},
		{at(first, "error", "type"), "EndOfStreamException"},
		{at(first, "forensic", "finding", 0), "F1"},
		{at(flow, "client", "ip"), "10.0.0.3"},
		{at(flow, "server", "port"), json.Number("2181")},
		{at(flow, "event", "category", 0), "network"},
		{at(flow, "forensic", "last_packet"), json.Number("9")},
		{at(untimed, "tags", 0), "no_time"},
	} {
		if c.got != c.want {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
}

// Names that become the same without their dots stay two labels.
func TestECSLabelsStandOnce(t *testing.T) {
	es := someEvents()[:1]
	es[0].Attrs = event.Attrs{{Name: "a.b", Value: "1"}, {Name: "a_b", Value: "2"}, {Name: "a b", Value: "3"}}
	labels := at(tree(t, events(t, EventOptions{Format: "ecs"}, es)), "labels").(map[string]any)
	if len(labels) != 3 {
		t.Errorf("labels are %v", labels)
	}
}

func TestOTLP(t *testing.T) {
	record := func(v any) any { return at(v, "resourceLogs", 0, "scopeLogs", 0, "logRecords", 0) }
	named := func(v any, key string) any {
		seen := map[string]bool{}
		var found any
		for _, a := range at(record(v), "attributes").([]any) {
			k := at(a, "key").(string)
			if k == "" || seen[k] {
				t.Fatalf("attribute %q", k)
			}
			seen[k] = true
			if k == key {
				found = at(a, "value")
			}
		}
		return found
	}
	for _, s := range everyHostile() {
		text := events(t, EventOptions{Format: "otlp"}, hostileEvents(s))
		if bytes.Count(text, []byte("\n")) != 1 {
			t.Fatalf("%q: not one line", s)
		}
		v := tree(t, text)
		if got := at(record(v), "body", "stringValue"); got != decoded(s) {
			t.Errorf("%q reads back as %q", s, got)
		}
		raw, ok := at(named(v, "forensic.message"), "bytesValue").(string)
		if b, err := base64.StdEncoding.DecodeString(raw); ok && (err != nil || string(b) != s) || !ok && decoded(s) != s {
			t.Errorf("%q: bytes are %q", s, b)
		}
		visibleBytes(t, text, "\n")
	}
	lines := bytes.Split(events(t, EventOptions{Format: "otlp"}, someEvents()), []byte("\n"))
	first, flow, untimed := tree(t, lines[0]), tree(t, lines[2]), tree(t, lines[3])
	for _, c := range []struct{ got, want any }{
		{at(record(first), "timeUnixNano"), "1416814713682000000"},
		{at(record(first), "severityNumber"), json.Number("13")},
		{at(first, "resourceLogs", 0, "resource", "attributes", 0, "value", "stringValue"), "zk3"},
		{at(named(first, "forensic.line"), "intValue"), "17"},
		{at(named(first, "forensic.attr.session"), "stringValue"), "0x0"},
		{at(named(first, "forensic.finding"), "arrayValue", "values", 0, "stringValue"), "F1"},
		{at(named(flow, "client.port"), "intValue"), "32119"},
		{at(record(untimed), "timeUnixNano"), "0"},
	} {
		if c.got != c.want {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
}

func TestPerfetto(t *testing.T) {
	for _, s := range everyHostile() {
		text := events(t, EventOptions{Format: "perfetto"}, hostileEvents(s))
		marks := at(tree(t, text), "traceEvents").([]any)
		if len(marks) != 3 {
			t.Fatalf("%q: %d marks", s, len(marks))
		}
		if got := at(marks[2], "args", "message"); s != "" && got != decoded(s) {
			t.Errorf("%q reads back as %q", s, got)
		}
		visibleBytes(t, text, "\n")
	}
	es := someEvents()
	es[2].Attrs = append(es[2].Attrs, event.Attr{Name: "duration_ms", Value: "1500.25"}, event.Attr{Name: "idle_ms", Value: "250"})
	v := tree(t, events(t, EventOptions{Format: "perfetto"}, es))
	if got := fmt.Sprint(at(v, "otherData", "begins"), at(v, "otherData", "events_without_time")); got != "2014-11-24T07:30:11.000000000Z1" {
		t.Errorf("otherData is %s", got)
	}
	begun := map[string]float64{}
	places := map[string]bool{}
	for _, m := range at(v, "traceEvents").([]any) {
		place := fmt.Sprint(at(m, "pid"), "/", at(m, "tid"))
		if at(m, "ph") == "M" {
			places[place] = true
			continue
		}
		if !places[place] {
			t.Errorf("a mark in the nameless thread %s", place)
		}
		ts, err := strconv.ParseFloat(string(at(m, "ts").(json.Number)), 64)
		if err != nil || ts < 0 {
			t.Errorf("ts %v, %v", ts, err)
		}
		id := fmt.Sprint(at(m, "id"))
		switch at(m, "ph") {
		case "b":
			begun[id] = ts
		case "e":
			if length := ts - begun[id]; length != 1750250 {
				t.Errorf("the connection lasts %v µs", length)
			}
			delete(begun, id)
		}
	}
	if len(begun) > 0 {
		t.Errorf("%d bars without an end", len(begun))
	}
	if marks := at(tree(t, events(t, EventOptions{Format: "perfetto"}, nil)), "traceEvents").([]any); len(marks) != 0 {
		t.Errorf("no events make %d marks", len(marks))
	}
}

// mermaidLine is everything that a line of the diagram may be.
var mermaidLine = regexp.MustCompile(`^(sequenceDiagram|    participant (h\d+|others) as [^;#%<>&{}"\x60\\]+|    Note over (h\d+|others): [^;#%<>&{}"\x60\\]+|    (h\d+|others)->>(h\d+|others): [^;#%<>&{}"\x60\\]+|    %% \d+ events without a time are left out)$`)

func checkMermaid(t *testing.T, text []byte) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if lines[0] != "sequenceDiagram" {
		t.Fatalf("begins with %q", lines[0])
	}
	lives := map[string]bool{}
	for _, line := range lines {
		if !mermaidLine.MatchString(line) {
			t.Fatalf("line %q", line)
		}
		words := strings.Fields(line)
		if words[0] == "participant" {
			lives[words[1]] = true
		}
		if words[0] == "Note" && !lives[strings.TrimSuffix(words[2], ":")] {
			t.Fatalf("no such lifeline: %q", line)
		}
	}
	if n := utf8.RuneCount(text); n > 50_000 {
		t.Errorf("%d characters are more than renderers take", n)
	}
	visibleBytes(t, text, "\n")
}

func TestMermaid(t *testing.T) {
	for _, s := range everyHostile() {
		text := events(t, EventOptions{Format: "mermaid"}, hostileEvents(s))
		checkMermaid(t, text)
		if n := bytes.Count(text, []byte("\n")); n != 3 {
			t.Errorf("%q: %d lines in %s", s, n, text)
		}
	}
	es := someEvents()
	text := string(events(t, EventOptions{Format: "mermaid"}, []event.Event{es[0], es[0], es[0], es[2], es[3]}))
	checkMermaid(t, []byte(text))
	for _, want := range []string{"caught end of stream exception ×3\n", "h2->>h1: ", "%% 1 events without a time"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

// However many events and hosts there are, the diagram stays one that renderers
// take, and says what it leaves out.
func TestMermaidOfMany(t *testing.T) {
	var es []event.Event
	for i := range 5000 {
		e := someEvents()[0]
		e.At += int64(i) * 1e6
		e.Host = fmt.Sprintf("host-%d", i%40)
		e.Text = fmt.Sprintf("%d %s", i, strings.Repeat("<", 200))
		es = append(es, e)
	}
	text := events(t, EventOptions{Format: "mermaid"}, es)
	checkMermaid(t, text)
	if want := fmt.Sprintf(": %d events are left out here,", 5000-2*mermaidHalf); !bytes.Contains(text, []byte(want)) {
		t.Errorf("%q is not said in %.3000s", want, text)
	}
	if bytes.Count(text, []byte("Note over")) != 2*mermaidHalf+1 {
		t.Errorf("%d notes", bytes.Count(text, []byte("Note over")))
	}
}
