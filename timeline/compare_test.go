package timeline

import (
	"context"
	"testing"
	"time"

	"forensic/event"
)

func TestOrderIsSureOnlyWhereClocksAllowIt(t *testing.T) {
	tl, _ := settled(t, Options{
		Zones: map[string]*time.Location{"h1": time.UTC, "h2": time.UTC, "h3": time.UTC},
	},
		file{path: "1.log", host: "h1", records: []string{"2017-11-24 13:00:00", "2017-11-24 13:00:00", "2017-11-24 13:00:05"}},
		file{path: "1b.log", host: "h1", records: []string{"2017-11-24 13:00:00", "2017-11-24 13:00:02"}},
		file{path: "2.log", host: "h2", records: []string{"2017-11-24 13:00:01", "2017-11-24 13:00:10"}},
		file{path: "3.log", host: "h3", records: []string{"2017-11-24 13:00:30"}},
		file{path: "4.log", records: []string{"2017-11-24 14:00:00", "impossible"}},
	)
	for _, h := range tl.hosts.list {
		if h.name != "h3" {
			h.offset = offset{known: true, err: 2 * time.Second}
		}
	}
	seen := map[string]*event.Event{}
	for ev := range tl.Replay(context.Background()) {
		seen[tl.byID[ev.Where.Source].src.Path+":"+string(rune('0'+ev.Where.First))] = ev.Clone()
	}
	for _, c := range []struct {
		a, b  string
		first int
		sure  bool
	}{
		{"1.log:1", "1.log:2", -1, true},   // one file
		{"1.log:3", "1.log:1", 1, true},    //
		{"1.log:1", "1b.log:1", 0, false},  // one host, one second
		{"1.log:1", "1b.log:2", -1, true},  // one host, two seconds
		{"1.log:1", "2.log:1", -1, false},  // a second apart, clocks by four
		{"1.log:1", "2.log:2", -1, true},   //
		{"2.log:2", "1.log:1", 1, true},    //
		{"1.log:1", "3.log:1", -1, false},  // nobody compared the clock of h3
		{"1.log:1", "4.log:1", -1, false},  // no host, no zone
		{"1.log:1", "4.log:2", 0, false},   // no time
		{"4.log:2", "4.log:1", 0, false},   //
		{"1b.log:1", "1b.log:1", 0, false}, // itself
	} {
		if first, sure := tl.Order(seen[c.a], seen[c.b]); first != c.first || sure != c.sure {
			t.Errorf("%s and %s: %d, %v; want %d, %v", c.a, c.b, first, sure, c.first, c.sure)
		}
	}
}
