package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// soaking tells whether the long tests are asked for.
func soaking() bool { return os.Getenv("SOAK") != "" }

// A million lines over a thousand rotations (a share of that where no soak is
// asked for), at full speed and at 20,000 lines a second: what was lost, twice,
// torn, and how long after it was written a line came. The machine it runs on
// decides about the last, so it is told and not judged.
func TestFollowSoak(t *testing.T) {
	lines, turns := 40_000, 40
	if soaking() {
		lines, turns = 1_000_000, 1000
	}
	for _, how := range []string{"rename", "copytruncate"} {
		for _, pace := range []int{0, 20_000} {
			name := fmt.Sprintf("%s at full speed", how)
			if pace > 0 {
				name = fmt.Sprintf("%s at %d lines a second", how, pace)
			}
			t.Run(name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "app.log")
				w := newWriter(t, path, 5)
				r := follow(t, FollowOptions{KeepBytes: 64 << 20}, path)
				var seen latencies
				seen.attach(r)
				began := time.Now()
				goroutines, files := 0, 0
				for n := range turns {
					for done := 0; done < lines/turns; done += 100 {
						seen.wrote(w.next + 99)
						w.write(100)
						if pace > 0 {
							due := time.Duration(float64(w.next) / float64(pace) * float64(time.Second))
							time.Sleep(due - time.Since(began))
						}
					}
					if how == "rename" {
						w.rename()
					} else {
						// What is written while it is copied and cut is lost to
						// everybody: this writer waits meanwhile.
						w.copyTruncate()
						r.await(t, "app.log", w.next)
					}
					if n == turns/2 {
						goroutines, files = runtime.NumGoroutine(), openFiles()
					}
				}
				r.await(t, "app.log", w.next)
				took := time.Since(began)
				more, moreFiles := runtime.NumGoroutine()-goroutines, openFiles()-files
				r.end(t)
				got := tallyNumbered(r.got("app.log"), w.next)
				t.Logf("%d lines in %s: lost %d, twice %d, torn %d; from write to reader median %s, 99th percentile %s; since half the way %+d goroutines, %+d files",
					w.next, took.Round(time.Millisecond), got.lost, got.twice, got.torn, seen.at(50), seen.at(99), more, moreFiles)
				if got.lost+got.twice+got.torn > 0 {
					t.Errorf("%+v; told %q", got, r.told())
				}
				if more > 150 || moreFiles > 150 {
					t.Errorf("%d more goroutines, %d more files than half the way", more, moreFiles)
				}
			})
		}
	}
}

// latencies are how long after it was written a line came to the reader.
type latencies struct {
	mu   sync.Mutex
	when map[int]time.Time
	all  []time.Duration
}

// attach looks at what the reader got after each read.
func (l *latencies) attach(r *follower) {
	l.when = map[int]time.Time{}
	at := 0
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slow = func() {
		r.mu.Lock()
		b := r.text["app.log"]
		text := ""
		if b != nil {
			text = string(b.Bytes()[at:])
		}
		end := strings.LastIndexByte(text, '\n') + 1
		text = text[:end]
		at += end
		r.mu.Unlock()
		now := time.Now()
		l.mu.Lock()
		defer l.mu.Unlock()
		for line := range strings.Lines(text) {
			head, _, _ := strings.Cut(strings.TrimPrefix(line, "#"), " ")
			n, err := strconv.Atoi(head)
			if at, ok := l.when[n]; ok && err == nil {
				l.all = append(l.all, now.Sub(at))
				delete(l.when, n)
			}
		}
	}
}

func (l *latencies) wrote(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.when[n] = time.Now()
}

func (l *latencies) at(percent int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.all) == 0 {
		return 0
	}
	slices.Sort(l.all)
	return l.all[len(l.all)*percent/100].Round(10 * time.Microsecond)
}
