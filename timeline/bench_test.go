package timeline

import (
	"context"
	"fmt"
	"testing"
	"time"

	"forensic/event"
)

func sample() event.Event {
	return event.Event{
		Kind: "zookeeper.accepted", Level: event.Info, Component: "NIOServerCnxnFactory",
		Stamp: event.Stamp{Wall: wall("2014-11-24 07:38:33.348"), Has: hasDated, Step: time.Millisecond},
		Attrs: event.Attrs{{Name: "client", Value: "192.0.2.10:51514"}, {Name: "thread", Value: "NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181"}},
		Where: event.Span{Source: 1, First: 1, Last: 1, Length: 110},
		Hits:  []event.Hit{{Selection: 3}},
	}
}

func BenchmarkCount(b *testing.B) {
	l := New(b.TempDir()).Lane()
	ev := sample()
	for b.Loop() {
		ev.Stamp.Wall += int64(time.Millisecond)
		ev.Where.First++
		l.Count(&ev)
	}
}

func BenchmarkAdd(b *testing.B) {
	tl := New(b.TempDir())
	defer tl.Close()
	l := tl.Lane()
	ev := sample()
	for b.Loop() {
		ev.Stamp.Wall += int64(time.Millisecond)
		ev.Where.First++
		l.Count(&ev)
		if err := l.Add(&ev, Keep{}); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkReplay(b *testing.B, sources, attrs int) {
	tl := New(b.TempDir())
	defer tl.Close()
	l := tl.Lane()
	const events = 400000
	var list []event.Source
	for s := range sources {
		ev := sample()
		ev.Attrs = ev.Attrs[:attrs]
		ev.Where.Source = s
		for range events / sources {
			ev.Stamp.Wall += int64(time.Millisecond)
			ev.Where.First++
			l.Count(&ev)
			if err := l.Add(&ev, Keep{}); err != nil {
				b.Fatal(err)
			}
		}
		list = append(list, event.Source{ID: s, Path: fmt.Sprint(s)})
	}
	tl.Settle(list, Options{})
	n := 0
	for b.Loop() {
		for ev, err := range tl.Replay(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
			n += len(ev.Kind) & 1
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*(events/sources*sources)), "ns/event")
}

func BenchmarkReplay(b *testing.B) {
	for _, sources := range []int{1, 4, 20, 64, 256} {
		b.Run(fmt.Sprintf("sources=%d", sources), func(b *testing.B) { benchmarkReplay(b, sources, 2) })
	}
}

// BenchmarkSettle has twenty thousand small sources.
func BenchmarkSettle(b *testing.B) {
	tl := New(b.TempDir())
	defer tl.Close()
	l := tl.Lane()
	var list []event.Source
	for s := range 20000 {
		ev := sample()
		ev.Where.Source = s
		ev.Stamp.Has = []event.Fields{hasDated, hasYearless, hasAbsolute}[s%3]
		ev.Stamp.Wall += int64(s) * int64(time.Second)
		if ev.Stamp.Has == hasYearless {
			ev.Stamp.Wall = canvas + int64(s)*int64(time.Minute)
		}
		for range 5 {
			ev.Where.First++
			l.Count(&ev)
			if err := l.Add(&ev, Keep{}); err != nil {
				b.Fatal(err)
			}
		}
		l.EndSource(s)
		list = append(list, event.Source{ID: s, Path: fmt.Sprintf("var/log/pods/%d/app%d.log", s%500, s), Format: "syslog", Modified: time.Unix(1511502311, 0)})
	}
	for b.Loop() {
		tl.Settle(list, Options{})
	}
}

// BenchmarkAddShuffled has one source whose records are in no order.
func BenchmarkAddShuffled(b *testing.B) {
	tl := New(b.TempDir())
	defer tl.Close()
	l := tl.Lane()
	ev := sample()
	start := ev.Stamp.Wall
	random := uint64(1)
	for b.Loop() {
		random = random*6364136223846793005 + 1442695040888963407
		ev.Stamp.Wall = start + int64(random>>33)*1000
		ev.Where.First++
		l.Count(&ev)
		if err := l.Add(&ev, Keep{}); err != nil {
			b.Fatal(err)
		}
	}
}
