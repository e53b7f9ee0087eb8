package report

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"forensic"
	"forensic/event"
	"forensic/timeline"
)

// someEvents are events with something in every field, the last without a time.
func someEvents() []event.Event {
	at := time.Date(2014, 11, 24, 7, 38, 33, 682e6, time.UTC).UnixNano()
	stamp := func(step time.Duration, has event.Fields) event.Stamp {
		return event.Stamp{Step: step, Has: has}
	}
	const all = event.HasTime | event.HasDate | event.HasYear | event.HasZone
	return []event.Event{
		{
			Kind: "zookeeper.end_of_stream", Level: event.Warning, Component: "NIOServerCnxn", Text: "caught end of stream exception",
			Attrs: event.Attrs{{Name: "thread", Value: "t"}, {Name: "session", Value: "0x0"}, {Name: "session", Value: "0x1"}},
			Trace: event.Trace{Language: "java", Class: "EndOfStreamException", Message: "Unable", Root: "EndOfStreamException", RootMessage: "Unable", Top: "at x", Frames: 3},
			Stamp: stamp(time.Millisecond, all), Where: event.Span{Source: 1, First: 17, Last: 21}, Host: "zk3", At: at, ZoneKnown: true, Hits: []event.Hit{{Selection: 1}},
		},
		{
			Kind: "kernel.message", Text: "bad \xff byte", Of: "time wait", Count: event.Times{Low: 0, Best: 29, High: -1},
			Stamp: stamp(time.Second, event.HasTime|event.HasDate), Where: event.Span{Source: 2, First: 4, Last: 4}, Host: "app-07", At: at + 5e9,
		},
		{
			Kind: "flow.summary", Attrs: event.Attrs{{Name: "client", Value: "10.0.0.3:32119"}, {Name: "server", Value: "10.0.1.77:2181"}},
			Stamp: stamp(time.Microsecond, all), Where: event.Span{Source: 3, First: 4, Last: 9}, At: at + 6e9, ZoneKnown: true,
		},
		{Kind: "log.message", Text: "no time", Where: event.Span{Source: 2, First: 9, Last: 9}, At: event.NoTime},
	}
}

func events(t *testing.T, o EventOptions, es []event.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	s, err := NewEvents(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	r := sample()
	of := func(e *event.Event, to []string) []string {
		if len(e.Hits) > 0 {
			return append(to, "F1")
		}
		return to
	}
	if err := s.Begin(r, of); err != nil {
		t.Fatal(err)
	}
	var reused event.Event
	for i := range es {
		reused = es[i]
		reused.Attrs = slices.Clone(es[i].Attrs)
		if err := s.Event(&reused); err != nil {
			t.Fatal(err)
		}
		for j := range reused.Attrs {
			reused.Attrs[j].Value = "reused"
		}
		reused = event.Event{Text: "reused"}
	}
	if err := s.Close(r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEvents(t *testing.T) {
	for _, f := range EventFormats {
		golden(t, "events."+f, string(events(t, EventOptions{Format: f}, someEvents())))
	}
}

func TestEventsFitTheirSchema(t *testing.T) {
	s := validator(t, "timeline", true)
	for _, f := range []string{"jsonl", "timesketch"} {
		for line := range bytes.Lines(events(t, EventOptions{Format: f}, someEvents())) {
			check(t, s, line)
		}
	}
}

// strict decodes one JSON object and refuses a key that stands twice.
func strict(t *testing.T, line []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(line))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	out := map[string]any{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if seen[key.(string)] {
			t.Fatalf("%v stands twice in %s", key, line)
		}
		seen[key.(string)] = true
		out[key.(string)] = v
	}
	return out
}

// hostileEvents are events with s in every string.
func hostileEvents(s string) []event.Event {
	return []event.Event{{
		Kind: "log.message", Component: s, Text: s, Of: s, Host: s, Attrs: event.Attrs{{Name: s, Value: s}, {Name: "x" + s, Value: s}},
		Trace: event.Trace{Class: s, Message: s, Root: s, RootMessage: s, Top: s, Language: s},
		Where: event.Span{Source: 1, First: 1, Last: 1}, At: 0,
	}}
}

func TestHostileEventsAsJSON(t *testing.T) {
	for _, s := range everyHostile() {
		for _, f := range []string{"jsonl", "timesketch"} {
			text := events(t, EventOptions{Format: f}, hostileEvents(s))
			if bytes.Count(text, []byte("\n")) != 1 {
				t.Errorf("%s %q: not one line: %s", f, s, text)
			}
			for _, c := range string(text) {
				if hidden(c) && c != '\n' {
					t.Fatalf("%s %q: %q in %s", f, s, c, text)
				}
			}
			v := strict(t, text)
			if s == "" {
				continue
			}
			if v["message"] != decoded(s) || v["component"] != decoded(s) {
				t.Errorf("%s %q reads back as %q", f, s, v["message"])
			}
			if raw, ok := v["message_base64"].(string); ok {
				if b, err := base64.StdEncoding.DecodeString(raw); err != nil || string(b) != s {
					t.Errorf("%q: base64 is %q", s, b)
				}
			} else if decoded(s) != s {
				t.Errorf("%q: bytes that are no UTF-8 are lost", s)
			}
		}
	}
}

// No cell is a formula, and each can be brought back but for what is hidden.
func TestHostileEventsAsCSV(t *testing.T) {
	for _, s := range everyHostile() {
		text := events(t, EventOptions{Format: "csv"}, hostileEvents(s))
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil || len(rows) != 2 || !slices.Equal(rows[0], csvColumns) {
			t.Fatalf("%q: %v, %d rows in %s", s, err, len(rows), text)
		}
		added := strings.Fields(rows[1][len(csvColumns)-1])
		for i, cell := range rows[1] {
			if formula(cell) {
				t.Errorf("%q: cell %s is %q", s, csvColumns[i], cell)
			}
			if csvColumns[i] == "message" {
				if slices.Contains(added, "message") {
					cell = strings.TrimPrefix(cell, "'")
				}
				if cell != Visible(s) {
					t.Errorf("message %q reads back as %q", s, cell)
				}
			}
		}
		for _, c := range string(text) {
			if hidden(c) && c != '\r' && c != '\n' {
				t.Fatalf("%q: %q in %s", s, c, text)
			}
		}
	}
	if text := events(t, EventOptions{Format: "csv", BOM: true}, nil); !bytes.HasPrefix(text, []byte("\xef\xbb\xbf\"time\"")) {
		t.Errorf("no byte order mark: %q", text)
	}
}

func TestHostileEventsAsText(t *testing.T) {
	for _, s := range everyHostile() {
		text := events(t, EventOptions{Format: "text"}, hostileEvents(s))
		if n := bytes.Count(text, []byte("\n")); n != 2 {
			t.Errorf("%q: %d lines", s, n)
		}
		for _, c := range string(text) {
			if hidden(c) && c != '\n' {
				t.Fatalf("%q: %q in %s", s, c, text)
			}
		}
	}
}

func TestWant(t *testing.T) {
	count := func(w Want) int {
		return bytes.Count(events(t, EventOptions{Format: "jsonl", Want: w}, someEvents()), []byte("\n"))
	}
	for name, c := range map[string]struct {
		want Want
		n    int
	}{
		"all":          {Want{}, 4},
		"host":         {Want{Hosts: []string{"zk3"}}, 1},
		"source":       {Want{Sources: []string{"messages", "wire.*"}}, 3},
		"path":         {Want{Sources: []string{"zk3/logs/*"}}, 1},
		"level":        {Want{Level: event.Warning}, 1},
		"kind":         {Want{Kinds: []string{"zookeeper.*", "flow.summary"}}, 2},
		"grep":         {Want{Grep: regexp.MustCompile("(?i)STREAM")}, 1},
		"finding":      {Want{Findings: []string{"F1", "F9"}}, 1},
		"around":       {Want{Around: "2014-11-24T07:38:34Z", Within: 2 * time.Second}, 1},
		"around local": {Want{Around: "2014-11-24 15:38:38", Within: 2 * time.Second}, 2},
	} {
		if got := count(c.want); got != c.n {
			t.Errorf("%s: %d events, want %d", name, got, c.n)
		}
	}
}

// A writer that fails ends the list with its error, however many events follow.
func TestEventsOnAFailingWriter(t *testing.T) {
	s, err := NewEvents(failing{}, EventOptions{Format: "jsonl"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Begin(sample(), nil); err != nil {
		t.Fatal(err)
	}
	es := someEvents()
	for range 100_000 {
		if err = s.Event(&es[0]); err != nil {
			break
		}
	}
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the error did not stop the events: %v", err)
	}
	s.Abort()
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Listing takes no memory per event.
func TestEventsAllocate(t *testing.T) {
	for _, f := range EventFormats {
		s, err := NewEvents(io.Discard, EventOptions{Format: f})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Begin(sample(), nil); err != nil {
			t.Fatal(err)
		}
		es := someEvents()
		for range 20_000 { // until all batches have grown
			_ = s.Event(&es[2])
		}
		if n := testing.AllocsPerRun(20_000, func() { _ = s.Event(&es[2]) }); n > 0.05 && f != "csv" {
			t.Errorf("%s: %.2f allocations an event", f, n)
		}
		if err := s.Close(nil); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkEvents(b *testing.B) {
	for _, f := range EventFormats {
		b.Run(f, func(b *testing.B) {
			s, err := NewEvents(io.Discard, EventOptions{Format: f})
			if err != nil {
				b.Fatal(err)
			}
			if err := s.Begin(sample(), func(_ *event.Event, to []string) []string { return to }); err != nil {
				b.Fatal(err)
			}
			es := someEvents()
			b.ReportAllocs()
			for i := range b.N {
				_ = s.Event(&es[i&3])
			}
			if err := s.Close(nil); err != nil {
				b.Fatal(err)
			}
		})
	}
}

var _ forensic.Sink = (*Events)(nil)

func ExampleVisible() {
	fmt.Println(Visible("a\x1b[2Jb"), timeline.Format(0, time.Second))
	// Output: a\x1b[2Jb 1970-01-01T00:00:00Z
}
