package timeline

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"syscall"
	"testing"
	"time"

	"forensic/event"
)

// A failing store fails the nth call of all stores of a timeline, once or from
// then on.
type failing struct {
	calls, nth int
	forever    bool
	seen       map[string]bool
}

func (f *failing) fails(what string) bool {
	f.calls++
	if f.calls == f.nth || f.forever && f.calls > f.nth {
		f.seen[what] = true
		return true
	}
	return false
}

type failingStore struct {
	store
	*failing
}

func (s failingStore) ReadAt(b []byte, at int64) (int, error) {
	if s.fails("read") {
		return 0, syscall.EIO
	}
	return s.store.ReadAt(b, at)
}

func (s failingStore) WriteAt(b []byte, at int64) (int, error) {
	if s.fails("write") {
		n, _ := s.store.WriteAt(b[:len(b)/2], at)
		return n, syscall.ENOSPC
	}
	return s.store.WriteAt(b, at)
}

func (s failingStore) Close() error {
	err := s.store.Close()
	if s.fails("close") {
		return syscall.EIO
	}
	return err
}

// TestNthCallFails keeps and replays events on a disk that fails its first,
// second, ... call, once and for ever, until a run passes. Who is told that all
// went well got every event with its lines.
func TestNthCallFails(t *testing.T) {
	seen := map[string]bool{}
	want, err := keptAndReplayed(t, &failing{seen: seen})
	if err != nil {
		t.Fatal(err)
	}
	for _, forever := range []bool{false, true} {
		for nth := 1; ; nth++ {
			f := &failing{nth: nth, forever: forever, seen: seen}
			got, err := keptAndReplayed(t, f)
			if f.calls < nth {
				if err != nil || got != want {
					t.Errorf("no call failed, and %v", err)
				}
				break
			}
			switch {
			case err == nil && got != want:
				t.Errorf("call %d, for ever: %v: something is missing and nobody is told", nth, forever)
			case err != nil && !errors.Is(err, syscall.EIO) && !errors.Is(err, syscall.ENOSPC):
				t.Errorf("call %d, for ever: %v: the cause is lost: %v", nth, forever, err)
			}
		}
	}
	for _, what := range []string{"read", "write", "close"} {
		if !seen[what] {
			t.Errorf("no %s ever failed", what)
		}
	}
}

// keptAndReplayed is a sum of everything that came back.
func keptAndReplayed(t *testing.T, f *failing) (sum uint64, err error) {
	t.Helper()
	tl := New(t.TempDir())
	tl.wrap = func(s store) store { return failingStore{s, f} }
	defer func() {
		if closing := tl.Close(); err == nil && closing != nil {
			err = closing
		}
	}()
	l := tl.Lane()
	ev := sample()
	page := event.Page{}
	for i := range 30_000 {
		line := fmt.Sprintf("2014-11-24 07:38:33,348 INFO something happened for the %dth time, and it is told here at some length\n", i)
		page.Text = line
		ev.Text, ev.Raw, ev.Page, ev.From, ev.Lead = line[30:], line, &page, 0, 0
		ev.Where.First, ev.Where.Last, ev.Where.Length = i+1, i+1, len(line)
		ev.Where.Offset = page.Offset
		ev.Hits[0].Selection = uint16(i / 500) // a selection keeps the lines of its first thousand
		ev.Stamp.Wall += int64(time.Millisecond)
		if i%100 == 99 { // back in time, so that there are many stretches
			ev.Stamp.Wall -= int64(time.Second)
		}
		l.Count(&ev)
		if err := l.Add(&ev, Keep{Lines: 3, Text: true}); err != nil {
			return 0, err
		}
		page.Offset += int64(len(line))
	}
	l.EndSource(1)
	tl.Settle([]event.Source{{ID: 1, Path: "a"}}, Options{})
	h := fnv.New64a()
	for ev, err := range tl.Replay(context.Background()) {
		if err != nil {
			return 0, err
		}
		var text string
		var before, after []string
		if ev.Where.First%5000 == 1 {
			text, before, after = tl.Text(ev)
		}
		if _, err := io.WriteString(h, fmt.Sprintln(ev.At, ev.Where.First, ev.Text, text, before, after)); err != nil {
			return 0, err
		}
	}
	return h.Sum64(), tl.Unread()
}
