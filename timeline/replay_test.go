package timeline

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"forensic/event"
)

// told is a source for tests and the events it tells, in file order.
type told struct {
	src    event.Source
	events []event.Event
}

const (
	hasDated    = event.HasTime | event.HasDate | event.HasYear
	hasYearless = event.HasTime | event.HasDate
	hasAbsolute = hasDated | event.HasZone
)

func wall(s string) int64 {
	for _, layout := range []string{"2006-01-02 15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixNano()
		}
	}
	panic(s)
}

// yearlessWall is a stamp like "Nov 24 13:45:11".
func yearlessWall(s string) int64 {
	t, err := time.Parse("2006 Jan 2 15:04:05", "1972 "+s)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

// gather tells a timeline what the sources tell, through so many lanes.
func gather(tb testing.TB, tl *Timeline, lanes int, all []told, k Keep) []event.Source {
	tb.Helper()
	var ls []*Lane
	for range lanes {
		ls = append(ls, tl.Lane())
	}
	var sources []event.Source
	for i := range all {
		l := ls[i%lanes]
		tellAll(tb, l, &all[i], k)
		sources = append(sources, all[i].src)
	}
	return sources
}

func tellAll(tb testing.TB, l *Lane, s *told, k Keep) {
	tb.Helper()
	for j := range s.events {
		ev := s.events[j]
		ev.Where.Source = s.src.ID
		if ev.Where.First == 0 {
			ev.Where.First, ev.Where.Last = j+1, j+1
		}
		l.Count(&ev)
		if err := l.Add(&ev, k); err != nil {
			tb.Fatal(err)
		}
	}
	l.EndSource(s.src.ID)
}

// replayed lists path, line, time and host of all events.
func replayed(tb testing.TB, tl *Timeline) []string {
	tb.Helper()
	var all []string
	for ev, err := range tl.Replay(context.Background()) {
		if err != nil {
			tb.Fatal(err)
		}
		p := tl.byID[ev.Where.Source]
		all = append(all, fmt.Sprintf("%s:%d %s %s %s", p.src.Path, ev.Where.First, Format(ev.At, ev.Stamp.Step), ev.Host, ev.Kind))
	}
	return all
}

func TestReplayKeepsAllValues(t *testing.T) {
	tl := New(t.TempDir())
	defer tl.Close()
	l := tl.Lane()
	page := &event.Page{Text: "one\ntwo\nthree\nfour: a message\n\tat frame\nfive\nsix\nseven\neight\n", Offset: 100}
	raw := "four: a message\n\tat frame\n"
	from := strings.Index(page.Text, raw)
	ev := event.Event{
		Kind: "x.y", Level: event.Warning, Component: "comp", Text: "a message", Of: "other", Count: event.Times{Low: 1, Best: 2, High: -1},
		Attrs: event.Attrs{{Name: "client", Value: "192.0.2.1:5"}, {Name: "host", Value: "zk1"}},
		Trace: event.Trace{Language: "java", Class: "a.B", Message: "m", Root: "a.C", RootMessage: "rm", Top: "t", Frames: 7},
		Stamp: event.Stamp{Wall: wall("2014-11-24 07:38:33.348"), Has: hasAbsolute, Zone: 480, Step: time.Millisecond},
		Where: event.Span{Source: 5, First: 4, Last: 5, Offset: 100 + int64(from), Length: len(raw)},
		Raw:   raw, Page: page, From: from, Lead: 0,
		Hits: []event.Hit{{Selection: 3, Groups: event.Attrs{{Name: "g", Value: "v"}}}, {Selection: 9}},
	}
	l.Count(&ev)
	if err := l.Add(&ev, Keep{Lines: 3, Text: true}); err != nil {
		t.Fatal(err)
	}
	tl.Settle([]event.Source{{ID: 5, Path: "a.log"}}, Options{})
	for range 2 {
		n := 0
		for got, err := range tl.Replay(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			want := ev
			want.Page, want.From, want.Lead = nil, 0, 0
			want.Host, want.ZoneKnown, want.At = "zk1", true, wall("2014-11-23 23:38:33.348")
			if fmt.Sprintf("%+v", *got) != fmt.Sprintf("%+v", want) {
				t.Errorf("got\n%+v\nwant\n%+v", *got, want)
			}
			text, before, after := tl.Text(got)
			if text != "four: a message\n\tat frame" || !slices.Equal(before, []string{"one", "two", "three"}) || !slices.Equal(after, []string{"five", "six", "seven"}) {
				t.Errorf("text %q before %q after %q", text, before, after)
			}
		}
		if n != 1 {
			t.Fatalf("%d events", n)
		}
	}
}

// randomTold makes sources of all sorts: in order, shuffled, without years,
// with impossible stamps, of many hosts.
func randomTold(r *rand.Rand, sources, events int) []told {
	var all []told
	for i := range sources {
		s := told{src: event.Source{
			ID: 1000 - i*7, Path: fmt.Sprintf("h%d/log%02d.log", i%3, r.IntN(100000)), Format: "text",
			Modified: time.Date(2018, 1, 20, 0, 0, 0, 0, time.UTC),
		}}
		at := wall("2017-12-28 00:00:00") + r.Int64N(5)*day
		has := []event.Fields{hasDated, hasYearless, hasAbsolute}[r.IntN(3)]
		shuffled := r.IntN(4) == 0
		for range r.IntN(events) {
			at += r.Int64N(int64(time.Hour)) / (1 + r.Int64N(1000))
			w := at
			if shuffled {
				w += r.Int64N(4 * day)
			}
			w -= w % int64(time.Second)
			ev := event.Event{Kind: fmt.Sprintf("k.%d", r.IntN(5)), Level: event.Level(r.IntN(8))}
			ev.Stamp = event.Stamp{Wall: w, Has: has, Step: time.Second}
			switch r.IntN(50) {
			case 0:
				ev.Stamp = event.Stamp{Impossible: true, Text: "Feb 30"}
			case 1:
				ev.Stamp = event.Stamp{}
			default:
				if has == hasYearless {
					d := time.Unix(0, w).UTC()
					ev.Stamp.Wall = time.Date(1972, d.Month(), d.Day(), d.Hour(), d.Minute(), d.Second(), 0, time.UTC).UnixNano()
				}
				if has == hasAbsolute {
					ev.Stamp.Zone = int16(r.IntN(3) * 60)
				}
			}
			if r.IntN(3) == 0 {
				ev.Set("host", fmt.Sprintf("host%d", r.IntN(4)))
			}
			s.events = append(s.events, ev)
		}
		all = append(all, s)
	}
	return all
}

func TestReplayOrderIsTotalAndTheSameForAnyLanes(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		all := randomTold(r, 40, 1+int(seed)*60)
		total := 0
		for i := range all {
			total += len(all[i].events)
		}
		var want []string
		for _, lanes := range []int{1, 2, 3, 7} {
			tl := New(t.TempDir())
			mixed := slices.Clone(all)
			r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			sources := gather(t, tl, lanes, mixed, Keep{})
			tl.Settle(sources, Options{Memory: 1 << 20})
			got := replayed(t, tl)
			if len(got) != total {
				t.Fatalf("seed %d: %d events of %d", seed, len(got), total)
			}
			if want == nil {
				want = got
				inOrder(t, tl)
			} else if !slices.Equal(got, want) {
				for i := range got {
					if got[i] != want[i] {
						t.Fatalf("seed %d, %d lanes: event %d is %s, was %s", seed, lanes, i, got[i], want[i])
					}
				}
			}
			tl.Close()
		}
	}
}

func inOrder(tb testing.TB, tl *Timeline) {
	tb.Helper()
	last, path, line := int64(-1<<63), "", 0
	for ev, err := range tl.Replay(context.Background()) {
		if err != nil {
			tb.Fatal(err)
		}
		p := tl.byID[ev.Where.Source].src.Path
		if ev.At < last || ev.At == last && (p < path || p == path && ev.Where.First < line && ev.At != event.NoTime) {
			tb.Fatalf("%s:%d at %d after %s:%d at %d", p, ev.Where.First, ev.At, path, line, last)
		}
		last, path, line = ev.At, p, ev.Where.First
	}
}

// TestReplayAcrossSpills makes buffers small by volume: many events in few
// sources, shuffled and not.
func TestReplayAcrossSpills(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var want []string
	for _, lanes := range []int{1, 2} {
		r = rand.New(rand.NewPCG(3, 3))
		var all []told
		for i := range 4 {
			s := told{src: event.Source{ID: i, Path: fmt.Sprintf("%d.log", i)}}
			at := wall("2017-12-28 00:00:00")
			for range 30000 {
				at += r.Int64N(int64(time.Second))
				w := at
				if i == 1 {
					w += r.Int64N(day)
				}
				s.events = append(s.events, event.Event{Kind: "k", Text: "some text of a record", Stamp: event.Stamp{Wall: w, Has: hasDated}})
			}
			all = append(all, s)
		}
		tl := New(t.TempDir())
		sources := gather(t, tl, lanes, all, Keep{Text: true})
		tl.Settle(sources, Options{Memory: 1 << 20})
		if lanes == 1 && tl.lanes[0].file == nil {
			t.Fatal("nothing was spilled")
		}
		got := replayed(t, tl)
		inOrder(t, tl)
		if want == nil {
			want = got
		} else if !slices.Equal(got, want) {
			t.Fatal("order depends on lanes")
		}
		if len(got) != 120000 {
			t.Fatal(len(got))
		}
		tl.Close()
	}
}

// TestReplayOfManySources has more stretches than are merged at once.
func TestReplayOfManySources(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	all := randomTold(r, 1500, 12)
	var want []string
	for _, lanes := range []int{1, 3} {
		tl := New(t.TempDir())
		sources := gather(t, tl, lanes, all, Keep{})
		for range 2 { // settling again starts afresh
			tl.Settle(sources, Options{})
			many := len(tl.runs)
			got := replayed(t, tl)
			if many <= manyRuns || len(tl.runs) >= many {
				t.Fatalf("%d stretches became %d", many, len(tl.runs))
			}
			inOrder(t, tl)
			if want == nil {
				want = got
			} else if !slices.Equal(got, want) {
				t.Fatal("order depends on lanes, or on settling twice")
			}
		}
		// What compact wrote says the same as a merge of all stretches.
		tl.collect()
		m, err := tl.newMerge(tl.runs, true)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			r := m.top()
			if at := fmt.Sprintf("%s:%d ", r.place.src.Path, r.line); !strings.HasPrefix(want[i], at) {
				t.Fatalf("event %d is %s, want %s", i, want[i], at)
			}
			if err := m.next(); err != nil {
				t.Fatal(err)
			}
		}
		tl.Close()
	}
}
