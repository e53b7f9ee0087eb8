package timeline

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// An offset that was printed once says nothing of the other half of the year.
func TestOffsetOfTheOtherHalfYear(t *testing.T) {
	for _, c := range []struct {
		name, record, date string
		note               string
	}{
		{"winter's offset, summer's records", "2017-07-24 13:00:00 | log.message host=a", "2017-11-24 14:00:00 | host.clock zone_name=CET", "zone +01:00 was seen on 2017-11-24; records before 2017-10-29 may be an hour off"},
		{"summer's offset, winter's records", "2017-11-24 13:00:00 | log.message host=a", "2017-07-24 14:00:00 | host.clock zone=-04:00", "zone -04:00 was seen on 2017-07-24; records from 2017-11-05 on may be an hour off"},
		{"the same half", "2017-12-24 13:00:00 | log.message host=a", "2017-11-24 14:00:00 | host.clock zone_name=CET", ""},
		{"where nobody changes clocks", "2017-07-24 13:00:00 | log.message host=a", "2017-11-24 14:00:00 | host.clock zone=+08:00", ""},
		{"a zone by name", "2017-07-24 13:00:00 | log.message host=a", "2017-11-24 14:00:00 | host.clock zone_name=Europe/Berlin", ""},
		{"UTC", "2017-07-24 13:00:00 | log.message host=a", "2017-11-24 14:00:00 | host.clock zone=+00:00", ""},
	} {
		tl, _ := settled(t, Options{}, file{path: "a.log", records: []string{c.record}}, file{path: "date", records: []string{c.date}})
		at := slices.IndexFunc(facts(t, tl, "a.log").Notes, func(n string) bool { return strings.Contains(n, "hour off") })
		note := ""
		if at >= 0 {
			note = facts(t, tl, "a.log").Notes[at]
		}
		if c.note == "" && note != "" || !strings.HasPrefix(note, c.note) {
			t.Errorf("%s: %q, want %q", c.name, note, c.note)
		}
	}
}

func TestUsualChanges(t *testing.T) {
	for _, c := range []struct {
		offset int
		at     string
		from   string
		to     string
	}{
		{3600, "2024-01-15", "2023-10-29", "2024-03-31"},
		{3600, "2024-07-15", "2024-03-31", "2024-10-27"},
		{-5 * 3600, "2024-01-15", "2023-11-05", "2024-03-10"},
		{-5 * 3600, "2024-07-15", "2024-03-10", "2024-11-03"},
		{10 * 3600, "2024-01-15", "2023-09-24", "2024-04-07"},
	} {
		at, _ := time.Parse(time.DateOnly, c.at)
		from, to := certain(c.offset, at.UnixNano())
		day := func(ns int64) string { return time.Unix(0, ns).UTC().Format(time.DateOnly) }
		if day(from) != c.from || day(to) != c.to {
			t.Errorf("%d at %s: %s to %s, want %s to %s", c.offset, c.at, day(from), day(to), c.from, c.to)
		}
	}
}
