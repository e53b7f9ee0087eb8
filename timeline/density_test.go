package timeline

import (
	"testing"
	"time"
)

// Every event with a time is in one minute, at its place on the settled line.
func TestMinutes(t *testing.T) {
	tl, _ := settled(t, Options{Year: 2017, Zones: map[string]*time.Location{"": time.FixedZone("", 8*3600)}},
		file{path: "a.log", records: []string{"2017-11-24 13:45:10", "2017-11-24 13:45:59", "2017-11-24 13:47:00", "2017-11-24 13:44:30"}},
		file{path: "b.log", records: []string{"Nov 24 13:37:53", "", "Nov 24 13:37:59"}},
		file{path: "c.log", records: []string{""}},
		file{path: "d.log", records: []string{"2017-11-24 05:00:00+00:00", "2017-11-24 13:00:30"}},
	)
	at := func(s string) int64 { return stampOf(s).Wall - int64(8*time.Hour) }
	want := [][]struct {
		at string
		n  uint32
	}{
		{{"2017-11-24 13:44:00", 1}, {"2017-11-24 13:45:00", 2}, {"2017-11-24 13:47:00", 1}},
		{{"2017-11-24 13:37:00", 2}},
		{},
		{{"2017-11-24 13:00:00", 1}, {"2017-11-24 21:00:00", 1}}, // a zone that is written holds for the file
	}
	for i, c := range tl.Coverage() {
		if len(c.Minutes) != len(want[i]) {
			t.Errorf("%s: %+v", c.Path, c.Minutes)
			continue
		}
		for k, w := range want[i] {
			if m := c.Minutes[k]; m.At != at(w.at) || m.Events != w.n || c.Width != time.Minute {
				t.Errorf("%s (%v to %v): minute %d is %s with %d of width %s, want %s with %d", c.Path, time.Unix(0, c.First).UTC(), time.Unix(0, c.Last).UTC(), k, time.Unix(0, m.At).UTC(), m.Events, c.Width, w.at, w.n)
			}
		}
	}
}
