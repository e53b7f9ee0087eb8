package timeline

import (
	"fmt"
	"sync"
	"testing"

	"forensic/event"
)

// TestLanesAtTheSameTime has goroutines gather side by side, each in its lane.
func TestLanesAtTheSameTime(t *testing.T) {
	tl := New(t.TempDir())
	defer tl.Close()
	var wg sync.WaitGroup
	var sources []event.Source
	for i := range 4 {
		l := tl.Lane()
		sources = append(sources, event.Source{ID: i, Path: fmt.Sprint(i)})
		wg.Go(func() {
			ev := sample()
			ev.Where.Source = i
			for range 30000 {
				ev.Where.First++
				ev.Stamp.Wall++
				l.Count(&ev)
				if err := l.Add(&ev, Keep{Text: true}); err != nil {
					t.Error(err)
					return
				}
			}
			l.EndSource(i)
		})
	}
	wg.Wait()
	tl.Settle(sources, Options{})
	if n := len(replayed(t, tl)); n != 120000 {
		t.Errorf("%d events", n)
	}
	inOrder(t, tl)
}
