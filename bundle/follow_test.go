package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A follower reads every log of a Following in a goroutine of its own.
type follower struct {
	*Following
	mu     sync.Mutex
	text   map[string]*bytes.Buffer
	faults []string
	wg     sync.WaitGroup
	slow   func()
	stop   context.CancelFunc
}

func follow(t testing.TB, opt FollowOptions, paths ...string) *follower {
	t.Helper()
	r := &follower{text: map[string]*bytes.Buffer{}}
	opt.Tell = func(f *Fault) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.faults = append(r.faults, f.Error())
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	var err error
	if r.Following, err = Follow(ctx, paths, opt); err != nil {
		t.Fatal(err)
	}
	r.wg.Go(func() {
		for l := range r.Logs() {
			r.mu.Lock()
			b := &bytes.Buffer{}
			r.text[l.Path] = b
			r.mu.Unlock()
			r.wg.Go(func() { r.read(l, b) })
		}
	})
	return r
}

func (r *follower) read(l *Log, to *bytes.Buffer) {
	p := make([]byte, 64<<10)
	for {
		n, err := l.Read(p)
		r.mu.Lock()
		to.Write(p[:n])
		slow := r.slow
		r.mu.Unlock()
		if err != nil {
			return
		}
		if slow != nil {
			slow()
		}
	}
}

// end stops and waits.
func (r *follower) end(t testing.TB) {
	t.Helper()
	r.stop()
	r.wg.Wait()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func (r *follower) got(log string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b := r.text[log]; b != nil {
		return b.String()
	}
	return ""
}

// await waits until a log has given so many lines.
func (r *follower) await(t testing.TB, log string, lines int) {
	t.Helper()
	for end := time.Now().Add(8 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Count(r.got(log), "\n") >= lines {
			return
		}
	}
	t.Fatalf("%s gave %d lines of %d; %v", log, strings.Count(r.got(log), "\n"), lines, r.told())
}

func (r *follower) awaitFault(t testing.TB, what string) {
	t.Helper()
	for end := time.Now().Add(8 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(strings.Join(r.told(), "\n"), what) {
			return
		}
	}
	t.Fatalf("nothing tells %q: %q", what, r.told())
}

func (r *follower) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.faults)
}

// A tallied text is what became of numbered lines.
type tallied struct{ lost, twice, torn, disorder int }

// numbered is line n of a numbered log: of varying length, and with its number
// at both ends, so that a torn one is seen.
func numbered(n int) string {
	return fmt.Sprintf("#%d %s %d#\n", n, strings.Repeat("x", n%97), n)
}

func tallyNumbered(text string, want int) (t tallied) {
	seen := make([]int, want)
	last := -1
	for line := range strings.Lines(text) {
		var n int
		head, rest, ok := strings.Cut(strings.TrimPrefix(line, "#"), " ")
		n, err := strconv.Atoi(head)
		if _ = rest; !ok || err != nil || n < 0 || n >= want || line != numbered(n) {
			t.torn++
			continue
		}
		seen[n]++
		if n < last {
			t.disorder++
		}
		last = n
	}
	for _, n := range seen {
		switch {
		case n == 0:
			t.lost++
		case n > 1:
			t.twice += n - 1
		}
	}
	return t
}

// A writer writes numbered lines, in pieces, into a file that it renames,
// copies or recreates.
type numberWriter struct {
	t    testing.TB
	path string
	f    *os.File
	next int
	rnd  *rand.Rand
	gens int
}

func newWriter(t testing.TB, path string, seed uint64) *numberWriter {
	w := &numberWriter{t: t, path: path, rnd: rand.New(rand.NewPCG(seed, 1))}
	w.open()
	t.Cleanup(func() { w.f.Close() })
	return w
}

func (w *numberWriter) check(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}

func (w *numberWriter) open() {
	f, err := os.OpenFile(w.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	w.check(err)
	w.f = f
}

// write writes n lines, some of them in pieces.
func (w *numberWriter) write(n int) {
	var b strings.Builder
	for range n {
		b.WriteString(numbered(w.next))
		w.next++
		if w.rnd.IntN(8) == 0 {
			s := b.String()
			cut := w.rnd.IntN(len(s) + 1)
			w.raw(s[:cut])
			b.Reset()
			b.WriteString(s[cut:])
		}
	}
	w.raw(b.String())
}

func (w *numberWriter) raw(s string) {
	_, err := io.WriteString(w.f, s)
	w.check(err)
}

// rename rotates by new names: x.1, x.2, ... rising.
func (w *numberWriter) rename() {
	w.gens++
	w.check(os.Rename(w.path, fmt.Sprintf("%s.%d", w.path, w.gens)))
	w.f.Close()
	w.open()
}

// shift rotates as logrotate does: x becomes x.1, x.1 becomes x.2.
func (w *numberWriter) shift(keep int) {
	for i := keep; i > 0; i-- {
		err := os.Rename(fmt.Sprintf("%s.%d", w.path, i), fmt.Sprintf("%s.%d", w.path, i+1))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			w.t.Fatal(err)
		}
	}
	w.check(os.Rename(w.path, w.path+".1"))
	w.f.Close()
	w.open()
}

// copyTruncate copies the file and cuts it.
func (w *numberWriter) copyTruncate() {
	w.gens++
	b, err := os.ReadFile(w.path)
	w.check(err)
	w.check(os.WriteFile(fmt.Sprintf("%s.%d", w.path, w.gens), b, 0o600))
	w.check(os.Truncate(w.path, 0))
}

func TestFollowEveryLineOnce(t *testing.T) {
	for _, poll := range []bool{false, true} {
		for _, how := range []string{"plain", "rename", "shift", "copytruncate", "recreate"} {
			t.Run(fmt.Sprintf("%s poll=%v", how, poll), func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "app.log")
				w := newWriter(t, path, 7)
				r := follow(t, FollowOptions{Poll: poll}, path)
				for round := range 12 {
					w.write(500)
					switch how {
					case "rename":
						w.rename()
					case "shift":
						w.shift(20)
					case "copytruncate":
						w.copyTruncate()
					case "recreate":
						r.await(t, "app.log", w.next)
						w.check(os.Remove(path))
						w.f.Close()
						w.open()
					}
					if round%3 == 0 {
						time.Sleep(time.Duration(w.rnd.IntN(20)) * time.Millisecond)
					}
					if how == "copytruncate" {
						r.awaitFault(t, "") // nothing: the pause between two of them
						r.await(t, "app.log", w.next)
					}
				}
				w.write(100)
				r.await(t, "app.log", w.next)
				r.end(t)
				got := tallyNumbered(r.got("app.log"), w.next)
				if how == "shift" { // of files renamed while the folder is listed, the order is a guess
					got.disorder = 0
				}
				if got != (tallied{}) {
					t.Errorf("of %d lines %+v; told %q", w.next, got, r.told())
				}
			})
		}
	}
}
