package timeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"forensic/event"
)

// TestNothingIsAllocatedPerRecord: what a lane allocates are buffers and tables,
// and so is the same for ten times as many records.
func TestNothingIsAllocatedPerRecord(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates by itself")
	}
	for _, c := range []struct {
		name string
		do   func(l *Lane, ev *event.Event) error
	}{
		{"Count", func(l *Lane, ev *event.Event) error { l.Count(ev); return nil }},
		{"Add", func(l *Lane, ev *event.Event) error { l.Count(ev); return l.Add(ev, Keep{Text: true}) }},
		{"Add with lines", func(l *Lane, ev *event.Event) error { l.Count(ev); return l.Add(ev, Keep{Text: true, Lines: 3}) }},
	} {
		run := func(n int) float64 {
			return testing.AllocsPerRun(5, func() {
				tl := New(t.TempDir())
				defer tl.Close()
				l := tl.Lane()
				ev := sample()
				page := strings.Repeat("a line of text around the record\n", 7)
				ev.Page, ev.From, ev.Lead = &event.Page{Text: page}, 99, 0
				ev.Raw = page[99:132]
				ev.Text = ev.Raw[2:10]
				for i := range n {
					ev.Stamp.Wall += int64(time.Millisecond)
					ev.Where.First++
					ev.Where.Last++
					ev.Where.Offset = ev.Page.Offset + 99
					ev.Page.Offset += 400
					if i%100 == 0 {
						ev.Attrs[0].Value = fmt.Sprintf("192.0.2.%d:4000", i/100%250)
					}
					if err := c.do(l, &ev); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
		// Sprintf above is two a hundred records; tables double a few times.
		few, many := run(2000), run(20000)
		if many-few > 18000/100*2+120 {
			t.Errorf("%s: %.0f allocations for 2,000 records, %.0f for 20,000", c.name, few, many)
		}
	}
}

func TestShownEventsDoNotLeakIntoEachOther(t *testing.T) {
	tl := New(t.TempDir())
	defer tl.Close()
	l := tl.Lane()
	full := event.Event{
		Kind: "a.b", Level: event.Error, Component: "c", Text: "t", Of: "o", Rewritten: true, Raw: "r t", Count: event.Times{Low: 2, Best: 2, High: 2},
		Attrs: event.Attrs{{Name: "n", Value: "v"}}, Trace: event.Trace{Class: "x"}, Hits: []event.Hit{{Selection: 1, Groups: event.Attrs{{Name: "g", Value: "h"}}}},
		Stamp: event.Stamp{Has: hasAbsolute, Zone: 60, Step: 7, Text: "CET"}, Where: event.Span{First: 1 << 40, Last: 1<<40 + 3, Offset: 1 << 50, Length: 9},
	}
	bare := event.Event{Kind: "b", Stamp: event.Stamp{Has: hasDated}, Where: event.Span{First: 1, Last: 1}}
	impossible := event.Event{Stamp: event.Stamp{Impossible: true, Wall: 5, Text: "24:00"}, Where: event.Span{First: 2, Last: 2}}
	for i := range 9 {
		ev := []event.Event{full, bare, impossible}[i%3]
		ev.Stamp.Wall += int64(i)
		l.Count(&ev)
		if err := l.Add(&ev, Keep{Text: true, Lines: 3}); err != nil {
			t.Fatal(err)
		}
	}
	tl.Settle([]event.Source{{ID: 0, Path: "a"}}, Options{})
	n := 0
	for ev := range tl.Replay(context.Background()) {
		want := bare
		switch {
		case ev.Stamp.Impossible:
			want = impossible
		case ev.Kind == "a.b":
			want = full
		}
		got := *ev
		got.At, got.Host, got.ZoneKnown = 0, "", false
		want.Stamp.Wall = got.Stamp.Wall
		if a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); a != b {
			t.Errorf("got\n%s\nwant\n%s", a, b)
		}
		n++
	}
	if n != 9 {
		t.Errorf("%d events", n)
	}
}

func TestReplayStopsWithItsContext(t *testing.T) {
	tl := New(t.TempDir())
	defer tl.Close()
	l := tl.Lane()
	ev := sample()
	for range 5000 {
		l.Count(&ev)
		if err := l.Add(&ev, Keep{}); err != nil {
			t.Fatal(err)
		}
	}
	tl.Settle([]event.Source{{ID: 1, Path: "a"}}, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	var last error
	for _, err := range tl.Replay(ctx) {
		if err != nil {
			last = err
			break
		}
		if n++; n == 10 {
			cancel()
		}
	}
	if last != context.Canceled || n > 2000 {
		t.Errorf("%d events, then %v", n, last)
	}
	for range tl.Replay(context.Background()) { // leaving early is no error
		break
	}
}

func TestTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	tl := New(dir)
	l := tl.Lane()
	ev := sample()
	add := func(n int) (err error) {
		for range n {
			l.Count(&ev)
			if err = l.Add(&ev, Keep{}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := add(1000); err != nil {
		t.Fatal(err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 0 {
		t.Error("a small run touched the disk")
	}
	if err := add(100000); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(names) != 1 {
		t.Fatal(names)
	}
	if st, _ := os.Stat(names[0]); st.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %v", st.Mode())
	}
	files, _ := filepath.Glob(filepath.Join(names[0], "*"))
	if len(files) != 0 {
		t.Errorf("a kill would leave %v behind", files)
	}
	if st, err := l.file.(*os.File).Stat(); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("file has mode %v, %v", st.Mode(), err)
	}
	if most := tl.most(); most <= 0 {
		t.Error("nothing bounds the temporary files")
	}
	if err := tl.Close(); err != nil {
		t.Error(err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 0 {
		t.Error("temporary files are left")
	}

	tl = New(dir)
	tl.Disk = 3 << 20
	l = tl.Lane()
	if err := add(1000000); err == nil || !strings.Contains(err.Error(), "3145728") {
		t.Errorf("no bound: %v", err)
	}
	tl.Close()

	tl = New(filepath.Join(dir, "missing"))
	l = tl.Lane()
	if err := add(100000); err == nil {
		t.Error("a missing folder is no error")
	}
	tl.Close()
}

func TestLinesAround(t *testing.T) {
	// Twenty lines; records are single lines, kept now and then.
	var text strings.Builder
	var at []int
	for i := range 20 {
		at = append(at, text.Len())
		fmt.Fprintf(&text, "line %d\n", i+1)
	}
	at = append(at, text.Len())
	tl := New(t.TempDir())
	defer tl.Close()
	l := tl.Lane()
	page := &event.Page{Text: text.String(), Offset: 1000}
	keep := []int{0, 4, 5, 13, 19}
	once := map[int]bool{}
	want := 0
	for _, i := range keep {
		for j := max(0, i-3); j <= min(19, i+3); j++ {
			if !once[j] {
				once[j] = true
				want += at[j+1] - at[j]
			}
		}
		ev := event.Event{
			Stamp: event.Stamp{Wall: int64(i), Has: hasDated}, Raw: page.Text[at[i] : at[i+1]-1], Page: page, From: at[i], Lead: at[max(0, i-3)],
			Where: event.Span{First: i + 1, Last: i + 1, Offset: 1000 + int64(at[i]), Length: at[i+1] - at[i]},
		}
		l.Count(&ev)
		if err := l.Add(&ev, Keep{Lines: 3, Text: true}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(l.side.buf); got != want || want == len(page.Text) {
		t.Errorf("the side file has %d bytes, want %d: lines twice, or missing", got, want)
	}
	tl.Settle([]event.Source{{Path: "a"}}, Options{})
	for _, i := range keep {
		// Where alone is enough to find the text.
		text, before, after := tl.Text(&event.Event{Where: event.Span{First: i + 1, Last: i + 1, Offset: 1000 + int64(at[i]), Length: at[i+1] - at[i]}})
		var wantBefore, wantAfter []string
		for j := max(0, i-3); j < i; j++ {
			wantBefore = append(wantBefore, fmt.Sprintf("line %d", j+1))
		}
		for j := i + 1; j < min(20, i+4); j++ {
			wantAfter = append(wantAfter, fmt.Sprintf("line %d", j+1))
		}
		if want := fmt.Sprintf("line %d", i+1); text != want || fmt.Sprint(before) != fmt.Sprint(wantBefore) || fmt.Sprint(after) != fmt.Sprint(wantAfter) {
			t.Errorf("line %d: %q, before %q, after %q", i+1, text, before, after)
		}
	}
}

// TestLinesAroundARecordWithinALine: what else stands on its line is neither
// before nor after it.
func TestLinesAroundARecordWithinALine(t *testing.T) {
	tl := New(t.TempDir())
	defer tl.Close()
	l := tl.Lane()
	page := &event.Page{Text: "before\none two three\nafter\n"}
	for i, word := range []string{"one ", "two ", "three"} {
		from := strings.Index(page.Text, word)
		ev := event.Event{
			Stamp: event.Stamp{Wall: int64(i), Has: hasDated}, Raw: word, Page: page, From: from, Lead: 0,
			Where: event.Span{First: 2, Last: 2, Offset: int64(from), Length: len(word)},
		}
		l.Count(&ev)
		if err := l.Add(&ev, Keep{Lines: 3, Text: true}); err != nil {
			t.Fatal(err)
		}
	}
	tl.Settle([]event.Source{{Path: "a"}}, Options{})
	n := 0
	for ev := range tl.Replay(context.Background()) {
		text, before, after := tl.Text(ev)
		if want := []string{"one ", "two ", "three"}[n]; text != want || fmt.Sprint(before, after) != "[before] [after]" {
			t.Errorf("%q, %q, %q", text, before, after)
		}
		n++
	}
}

func TestLinesAroundEndAfterAThousand(t *testing.T) {
	tl := New(t.TempDir())
	defer tl.Close()
	l := tl.Lane()
	page := &event.Page{Text: "before\nthe record\nafter\n"}
	for i := range 1500 {
		page.Offset = int64(i) * 1000
		ev := event.Event{
			Stamp: event.Stamp{Wall: int64(i), Has: hasDated}, Raw: page.Text[7:17], Text: "record", Page: page, From: 7, Lead: 0,
			Where: event.Span{First: 1 + i*10, Offset: page.Offset + 7, Length: 11}, Hits: []event.Hit{{Selection: 4}},
		}
		l.Count(&ev)
		if err := l.Add(&ev, Keep{Lines: 3, Text: true}); err != nil {
			t.Fatal(err)
		}
	}
	tl.Settle([]event.Source{{Path: "a"}}, Options{})
	n, around := 0, 0
	for ev := range tl.Replay(context.Background()) {
		text, before, _ := tl.Text(ev)
		if text != "the record" || ev.Text != "record" {
			t.Fatalf("event %d: %q %q", n, text, ev.Text)
		}
		n++
		around += len(before)
	}
	if n != 1500 || around != fullLines {
		t.Errorf("%d events, %d with lines around", n, around)
	}
}

func TestFormat(t *testing.T) {
	at := wall("2014-11-24 07:38:33.348") + 123456
	for _, c := range []struct {
		step time.Duration
		want string
	}{
		{time.Second, "2014-11-24T07:38:33Z"}, {time.Minute, "2014-11-24T07:38:33Z"}, {time.Millisecond, "2014-11-24T07:38:33.348Z"},
		{100 * time.Millisecond, "2014-11-24T07:38:33.3Z"}, {10 * time.Millisecond, "2014-11-24T07:38:33.34Z"},
		{time.Microsecond, "2014-11-24T07:38:33.348123Z"}, {time.Nanosecond, "2014-11-24T07:38:33.348123456Z"}, {0, "2014-11-24T07:38:33.348123456Z"},
	} {
		if got := Format(at, c.step); got != c.want {
			t.Errorf("step %v: %s, want %s", c.step, got, c.want)
		}
	}
	if Format(event.NoTime, time.Second) != "" {
		t.Error("no time has no digits")
	}
	for _, at := range []int64{-1 << 63, -1, 0, 951782400e9, 951868800e9, 1<<63 - 2} {
		if got, want := Format(at, time.Nanosecond), time.Unix(0, at).UTC().Format("2006-01-02T15:04:05.000000000Z"); got != want {
			t.Errorf("%d: %s, want %s", at, got, want)
		}
	}
}
