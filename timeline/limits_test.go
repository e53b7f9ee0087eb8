package timeline

import (
	"fmt"
	"strings"
	"testing"

	"forensic/event"
)

// A bound that is reached is said, in both languages; one that is not, is not.
func TestLimits(t *testing.T) {
	for _, n := range []int{10, maxStatements + 3} {
		tl := New(t.TempDir())
		l := tl.Lane()
		ev := event.Event{Kind: event.HostName.Name, Where: event.Span{Source: 1, First: 1, Last: 1}}
		for i := range n {
			ev.Where.First, ev.Where.Last = i+1, i+1
			ev.Attrs = event.Attrs{{Name: "address", Value: fmt.Sprintf("198.51.100.%d", i%250)}}
			l.Count(&ev)
			if err := l.Add(&ev, Keep{}); err != nil {
				t.Fatal(err)
			}
		}
		tl.Settle([]event.Source{{ID: 1, Path: "hosts"}}, Options{})
		limits := tl.Limits()
		tl.Close()
		if n <= maxStatements {
			if len(limits) != 0 {
				t.Errorf("%d statements: %v", n, limits)
			}
			continue
		}
		if len(limits) != 1 || !strings.HasPrefix(limits[0]["en"], "3 statements of times, zones, names and addresses were not heard") || !strings.HasPrefix(limits[0]["zh"], "3 条") {
			t.Errorf("%d statements: %v", n, limits)
		}
	}
}
