package correlate

import (
	"strings"
	"testing"

	"forensic/event"
)

// TestCopies: what several files of one host tell is counted once, and what one
// file tells twice is counted twice.
func TestCopies(t *testing.T) {
	const rule = `
title: t
severity: warning
select: {a: {kind: app.message}}
match: {any: a, by: [host]}
say: '{{.Count}} times.'
zh: {say: '{{.Count}} 次。'}
`
	for _, c := range []struct {
		name   string
		events string
		want   int
	}{
		{"one file, twice", "1 app.message source=1|2 app.message source=1", 2},
		{"two files", "1 app.message source=1|1.4 app.message source=2|2 app.message source=1|2.4 app.message source=2", 2},
		{"the second file runs ahead", "1 app.message source=1|1.2 app.message source=2|1.9 app.message source=2|2 app.message source=1", 2},
		{"three files", "1 app.message source=1|1 app.message source=2|1 app.message source=3", 1},
		{"the log rotated in between", "1 app.message source=4|1.2 app.message source=1", 2},
		{"too far apart", "1 app.message source=1|4 app.message source=3", 2},
		{"dmesg, whose start is rough", "1 app.message source=2|31 app.message source=1", 1},
		{"dmesg, twice", "1 app.message source=2|9 app.message source=2|31 app.message source=1|39 app.message source=1", 2},
		{"another host", "1 app.message source=1|1 app.message source=2 host=h2", 2},
		{"another file than loggers write", "1 app.message source=1|1 app.message source=9", 2},
		{"without a time", "1 app.message source=1|? app.message source=2", 1},
		{"without a time, and one more", "1 app.message source=1|? app.message source=2|? app.message source=2", 2},
	} {
		s := newStory(t, parse(t, "x/a", rule))
		s.e.Cover(event.Coverage{
			{Source: 1, Machine: 1, Log: 1, Path: "messages", Format: "syslog"},
			{Source: 2, Machine: 2, Log: 2, Path: "dmesg", Format: "dmesg"},
			{Source: 3, Machine: 3, Log: 3, Path: "journal", Format: "journal"},
			{Source: 4, Machine: 1, Log: 1, Path: "messages.1", Format: "syslog"},
			{Source: 9, Machine: 9, Log: 9, Path: "app.log", Format: "lines"},
		})
		for _, line := range strings.Split(c.events, "|") {
			ev := s.ev(t, line)
			ev.Component, ev.Text = "kernel", "it happened"
			s.selector.Select(ev)
			s.e.Observe(ev)
		}
		got := s.e.Close(s.seen)
		n := 0
		for _, f := range got.Findings {
			n += f.Count.Best
		}
		if n != c.want {
			t.Errorf("%s: counted %d, want %d", c.name, n, c.want)
		}
		said := got.Findings[0].Wording["en"].Say
		if again := strings.Contains(said, "counted once"); again != (c.want < strings.Count(c.events, "|")+1) {
			t.Errorf("%s: says %q", c.name, said)
		}
	}
}

// TestUnnamedMachine: sources without a host that are of one machine share
// their findings.
func TestUnnamedMachine(t *testing.T) {
	s := newStory(t, parse(t, "x/a", "title: t\nseverity: warning\nselect: {a: {kind: app.message}}\nmatch: {count: a, at_least: 3, within: 1m, by: [host]}\nsay: x\n"))
	s.e.Cover(event.Coverage{{Source: 1, Machine: 1}, {Source: 2, Machine: 1}, {Source: 3, Machine: 3}})
	for _, line := range []string{"1 app.message source=1 host=", "2 app.message source=2 host=", "3 app.message source=3 host=", "4 app.message source=1 host="} {
		ev := s.ev(t, line)
		s.selector.Select(ev)
		s.e.Observe(ev)
	}
	got := s.e.Close(s.seen).Findings
	if len(got) != 1 || got[0].Count.Best != 3 {
		t.Fatalf("found %d, want one with three events of two sources", len(got))
	}
}
