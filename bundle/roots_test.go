package bundle

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// TestWorkers walks Roots with several workers, as an analysis does: the sum of
// what comes is the same.
func TestWorkers(t *testing.T) {
	dir := t.TempDir()
	for i := range 40 {
		text := fmt.Sprintf("text %d", i)
		write(t, dir, file{fmt.Sprintf("%d.log", i), text}, file{fmt.Sprintf("%d.log.gz", i), string(gzipOf(t, []byte(text)))},
			file{fmt.Sprintf("%d.tgz", i), string(gzipOf(t, tarOf(t, file{"a", text}, file{"b.xz", string(xzOf(t, []byte(text)))})))})
	}
	for name, limits := range map[string]Limits{"plain": {}, "hashed": {Hash: true}} {
		roots, err := Roots([]string{dir, filepath.Join(dir, "7.tgz"), filepath.Join(dir, "8.log")})
		must(t, err)
		var mu sync.Mutex
		var got []string
		next := make(chan Root)
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				for r := range next {
					for m, err := range r.Open(context.Background(), limits) {
						if err != nil {
							t.Error(err)
							continue
						}
						b, err := io.ReadAll(m)
						if err != nil {
							t.Error(err)
						}
						mu.Lock()
						got = append(got, m.Path+" "+string(b))
						mu.Unlock()
					}
				}
			})
		}
		for _, r := range roots {
			next <- r
		}
		close(next)
		wait.Wait()
		slices.Sort(got)
		if base := filepath.Base(dir); len(got) != 40*4+3 || !slices.Contains(got, base+"/7.tgz!/b.xz text 7") || !slices.Contains(got, "7.tgz!/a text 7") {
			t.Errorf("%s: %d members: %q", name, len(got), got)
		}
		for i := range roots {
			if n, sum := roots[i].Sum(); roots[i].Dir != (n == 0) || (sum != "") != (limits.Hash && !roots[i].Dir) {
				t.Errorf("%s: sum of %s: %d %q", name, roots[i].Path, n, sum)
			}
		}
	}
}

// TestLargeWindowsWait has two walks that need large windows at once.
func TestLargeWindowsWait(t *testing.T) {
	var first, second windows
	token := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(context.Background())
	first = windows{ctx: ctx, token: token}
	second = windows{ctx: ctx, token: token}
	a, b := first.part(), first.part()
	must(t, a.take(100<<20))
	if err := b.take(64 << 20); err == nil {
		t.Error("two large windows inside each other")
	}
	must(t, b.take(28<<20))
	waiting := make(chan error)
	c := second.part()
	go func() { waiting <- c.take(9 << 20) }()
	a.release()
	select {
	case <-waiting:
		t.Error("did not wait")
	default:
	}
	b.release()
	must(t, <-waiting)
	d := first.part()
	go func() { waiting <- d.take(9 << 20) }()
	cancel()
	if err := <-waiting; err == nil {
		t.Error("a cancelled walk got its window")
	}
	c.release()
	must(t, second.part().take(freeWindow))
}

func FuzzMemberName(f *testing.F) {
	for _, name := range []string{"a", "../../x", "/abs", `C:\x`, `\\host\share`, "a\x1b]0;title\a", "\xff\xfe", "./a//b/./c", "日志", "\xc8\xd5", "a/", ".", "..", "-", "a!/b", "a#2"} {
		f.Add(name)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, name string) {
		if len(name) > 60_000 || name == "" {
			return
		}
		zipped := handmadeZip(storedPart(name, "text"), storedPart("in.zip", string(handmadeZip(storedPart(name, "text")))))
		old, err := os.Getwd()
		must(t, err)
		must(t, os.Chdir(dir))
		defer os.Chdir(old)
		for _, stream := range []bool{false, true} {
			got := collect(t, memory(zipped, stream), Limits{Temp: dir})
			n := 0
			for _, s := range got {
				if s.text == "text" {
					n++
				}
			}
			if folder := name[len(name)-1] == '/' || name[len(name)-1] == '\\'; n != 2 && !folder {
				t.Errorf("%q: %s", name, show(got))
			}
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("%q left %v behind, %v", name, left, err)
		}
	})
}
