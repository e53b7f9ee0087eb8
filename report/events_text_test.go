package report

import (
	"fmt"
	"strings"
	"testing"

	"forensic/event"
)

// Each host has its column, and a line keeps to it.
func TestTextHostColumns(t *testing.T) {
	text := string(events(t, EventOptions{Format: "text"}, someEvents()))
	lines := strings.Split(text, "\n")
	if a, b := strings.Index(lines[1], "zk3 "), strings.Index(lines[2], "app-07 "); a != b+len("app-07 ") {
		t.Errorf("zk3 stands at %d, app-07 at %d:\n%s", a, b, text)
	}
	for _, l := range lines[1:3] {
		path := strings.Index(l, "zk3/logs")
		if path < 0 {
			path = strings.Index(l, "app-07/messages")
		}
		if path != strings.Index(lines[1], "zk3/logs") {
			t.Errorf("the source stands elsewhere:\n%s", text)
		}
	}
}

func TestTextFolds(t *testing.T) {
	var es []event.Event
	add := func(text string, count int) {
		e := someEvents()[0]
		e.At += int64(len(es)) * 1e9
		e.Text, e.Count = text, event.Times{Low: count, Best: count, High: count}
		es = append(es, e)
	}
	for i := range 97 {
		add(fmt.Sprintf("took %d ms", 10*i), 1)
	}
	add("done", 3)
	add("done", 4)
	add("over", 1)
	text := string(events(t, EventOptions{Format: "text"}, es))
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines:\n%s", len(lines), text)
	}
	for i, want := range []string{": took 0 ms [EndOfStreamException: Unable] ×97 to 2014-11-24 15:40:09.682, with other numbers", ": done [EndOfStreamException: Unable] ×7 to 2014-11-24 15:40:11.682", ": over [EndOfStreamException: Unable]"} {
		if !strings.HasSuffix(lines[i+1], want) {
			t.Errorf("line %d is %q, want %q", i+1, lines[i+1], want)
		}
	}
	if n := strings.Count(string(events(t, EventOptions{Format: "text", Plain: true}, es)), "\n"); n != len(es)+1 {
		t.Errorf("%d lines where nothing is folded, want %d", n, len(es)+1)
	}
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"a", "a", true}, {"a1b", "a22b", true}, {"10.0.0.1:5", "192.0.2.7:41000", true}, {"a1", "a", false}, {"a", "a1", false},
		{"a1b", "a1c", false}, {"", "1", false}, {"0x1f", "0x2f", true}, {"0x1f", "0x1e", false},
	} {
		if got := alike(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}
