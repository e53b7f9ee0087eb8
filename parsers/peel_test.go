package parsers_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"forensic/event"
	"forensic/fixtures"
	"forensic/parsers"
)

// peeled reads a wrapped log and returns what its events say of themselves.
func peeled(t *testing.T, format, text string) (all []event.Event, in *parsers.Input) {
	t.Helper()
	f, err := parsers.Named(format)
	if err != nil {
		t.Fatal(err)
	}
	emit := func(e *event.Event) error {
		e.Decode()
		kept := *e
		kept.Text, kept.Raw = strings.Clone(e.Text), strings.Clone(e.Raw)
		all = append(all, kept)
		return nil
	}
	in = input(fixtures.File{Name: "x", Data: []byte(text)}, fixtures.Case{}, emit)
	if err := f.Parse(context.Background(), in, emit); err != nil {
		t.Fatal(err)
	}
	return all, in
}

// TestPeelManyStreams reads more pods than are read apart: no line is lost.
func TestPeelManyStreams(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "[pod/app-%03d/app] 2024-03-01T10:00:%02d.000000000Z INFO: line %d\n", i%100, i%60, i)
	}
	all, in := peeled(t, "podprefix", b.String())
	if len(all) != 300 {
		t.Errorf("%d records of 300", len(all))
	}
	seen := map[int]bool{}
	for _, e := range all {
		if want := fmt.Sprintf("line %d", e.Where.First-1); !strings.HasSuffix(e.Text, want) || seen[e.Where.First] {
			t.Errorf("line %d: %q", e.Where.First, e.Text)
		}
		seen[e.Where.First] = true
	}
	if in.Account.Claimed != in.Account.Bytes || len(in.Problems) != 1 {
		t.Errorf("account %+v, problems %v", in.Account, in.Problems)
	}
}

// TestPeelOpenPart ends a CRI log in the middle of a line that was written in
// parts.
func TestPeelOpenPart(t *testing.T) {
	all, _ := peeled(t, "cri", "2024-03-01T10:00:00.000000001Z stderr P half \n2024-03-01T10:00:00.000000002Z stderr P of it")
	if len(all) != 1 || all[0].Text != "half of it" || all[0].Where.First != 1 || all[0].Where.Last != 2 {
		t.Errorf("%+v", all)
	}
}

// TestPeelLongDump reads a thread dump longer than what a stream keeps of its
// lines: the tally at its end still tells of its beginning.
func TestPeelLongDump(t *testing.T) {
	var b strings.Builder
	n := 0
	put := func(s string) {
		n++
		fmt.Fprintf(&b, "{\"log\":%q,\"stream\":\"stdout\",\"time\":\"2024-03-01T10:00:00.%09dZ\"}\n", s+"\n", n)
	}
	put("2024-03-01 10:00:00")
	put("Full thread dump OpenJDK 64-Bit Server VM (11.0.2+9 mixed mode):")
	put("")
	for i := range 12000 {
		put(fmt.Sprintf("\"worker-%d\" #%d prio=5 os_prio=0 tid=0x00007f nid=0x1 runnable [0x00007f]", i, i))
		put("   java.lang.Thread.State: RUNNABLE")
		put("\tat example.Main.run(Main.java:1)")
		put("")
	}
	all, _ := peeled(t, "docker", b.String())
	threads, tallies := 0, 0
	for _, e := range all {
		switch e.Kind {
		case "jvm.thread":
			threads++
		case "jvm.threads":
			tallies++
		}
	}
	if threads != 12000 || tallies == 0 {
		t.Errorf("%d threads and %d tallies", threads, tallies)
	}
}

// TestPeelStops ends a wrapped log when its consumer does.
func TestPeelStops(t *testing.T) {
	f, _ := parsers.Named("compose")
	enough := errors.New("enough")
	emit := func(*event.Event) error { return enough }
	text := strings.Repeat("web | INFO: one\ndb | INFO: two\n", 10)
	in := input(fixtures.File{Name: "x", Data: []byte(text)}, fixtures.Case{}, emit)
	if err := f.Parse(context.Background(), in, emit); !errors.Is(err, enough) {
		t.Errorf("%v", err)
	}
}
