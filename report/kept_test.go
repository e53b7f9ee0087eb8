package report

import (
	"math/rand/v2"
	"strings"
	"testing"

	"forensic"
	"forensic/event"
)

// Where there are too many events the loud stay longest, what stays lies evenly
// over the time, and the number of the others is told.
func TestKept(t *testing.T) {
	k := NewKept()
	const many = 500_000
	for i := range many {
		e := event.Event{At: int64(i) * 1e6, Level: event.Info, Text: "x", Where: event.Span{Source: 1, First: i + 1}}
		if i%100 == 0 {
			e.Level = event.Error
		}
		if err := k.Event(&e); err != nil {
			t.Fatal(err)
		}
	}
	all, left := k.all()
	loud, gap, before := 0, int64(0), int64(0)
	for i := range all {
		if all[i].Level == event.Error {
			loud++
		}
		if all[i].At < before {
			t.Fatal("not in the order of time")
		}
		gap, before = max(gap, all[i].At-before), all[i].At
	}
	if loud != many/100 || len(all)+left != many || len(all) > htmlMarks || len(all) < htmlMarks/8 {
		t.Errorf("%d kept, %d of them loud, %d left out", len(all), loud, left)
	}
	if gap > 64e6 || many*1e6-before > 64e6 {
		t.Errorf("a gap of %d ms", gap/1e6)
	}
}

// A page stays below 10 MB, whatever the events say.
func TestPageOfIncompressibleEvents(t *testing.T) {
	r := sample()
	k := NewKept()
	if err := k.Begin(r, nil); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 90_000 {
		var b strings.Builder
		for range 30 {
			b.WriteRune(rune(0x4e00 + random.IntN(20000)))
		}
		e := event.Event{At: r.First + int64(i)*1e6, Level: event.Level(i % 8), Text: b.String(), Where: event.Span{Source: 1, First: i + 1}}
		if err := k.Event(&e); err != nil {
			t.Fatal(err)
		}
	}
	page := New(r, Options{})
	page.Kept = k
	if n := len(pageOf(t, page, New(r, Options{Lang: "zh"}))); n > 10_000_000 || n < 3_000_000 {
		t.Errorf("the page has %d bytes", n)
	}
}

// The events of a page come from the pipeline: with their findings, in order.
func TestKeptOfABundle(t *testing.T) {
	k := NewKept()
	r, err := forensic.Analyze(t.Context(), []string{"../fixtures/bundles/zookeeper-churn/zookeeper-churn.tgz"}, forensic.Options{}, k)
	if err != nil {
		t.Fatal(err)
	}
	all, left := k.all()
	if left != 0 || len(all) < 100 {
		t.Fatalf("%d events, %d left out", len(all), left)
	}
	found := map[string]int{}
	for i := range all {
		for _, id := range all[i].Findings {
			found[id]++
		}
		if i > 0 && all[i].At < all[i-1].At || all[i].Text == "" {
			t.Errorf("event %d: %+v", i, all[i])
		}
	}
	for _, f := range r.Findings {
		if found[f.ID] == 0 {
			t.Errorf("no event belongs to %s (%s)", f.ID, f.Rule)
		}
	}
}
