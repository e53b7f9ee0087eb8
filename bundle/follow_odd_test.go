package bundle

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// What stands in the place of a followed file has a text of its own, ends
// nothing, and when a file is there again it is read.
func TestFollowWhatStandsInTheWay(t *testing.T) {
	for name, c := range map[string]struct {
		make func(path string) error
		told string
	}{
		"folder": {func(p string) error { return os.Mkdir(p, 0o700) }, "a folder stands in its place; a log is waited for there"},
		"link":   {func(p string) error { return os.Symlink("/etc/passwd", p) }, "a symbolic link stands in its place"},
		"pipe":   {func(p string) error { return syscall.Mkfifo(p, 0o600) }, "a named pipe stands in its place"},
		"device": {func(p string) error { return syscall.Mknod(p, syscall.S_IFCHR|0o600, 1<<8|5) }, "a device stands in its place"},
		"nothing": {func(p string) error { return nil },
			"the file was deleted; what was written to it by then is read, and another one waited for"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "app.log")
			w := newWriter(t, path, 1)
			r := follow(t, FollowOptions{}, path)
			w.write(10)
			w.check(os.Remove(path))
			w.write(10) // to the file that has no name any more
			w.f.Close()
			if err := c.make(path); err != nil {
				r.end(t)
				t.Skipf("cannot be made here: %v", err)
			}
			r.awaitFault(t, c.told)
			r.await(t, "app.log", w.next)
			w.check(os.RemoveAll(path))
			w.open()
			w.write(10)
			r.await(t, "app.log", w.next)
			r.end(t)
			if got := tallyNumbered(r.got("app.log"), w.next); got != (tallied{}) {
				t.Errorf("%+v; told %q", got, r.told())
			}
		})
	}
}

// Permission lost and given back; only where there is any to lose.
func TestFollowPermission(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	path := filepath.Join(t.TempDir(), "app.log")
	w := newWriter(t, path, 1)
	w.write(10)
	w.check(os.Chmod(path, 0))
	r := follow(t, FollowOptions{Whole: true}, path)
	r.awaitFault(t, "permission denied; it is tried again until it is given")
	w.check(os.Chmod(path, 0o600))
	r.await(t, "app.log", w.next)
	r.awaitFault(t, "permission was given")
	r.end(t)
}

// Without a watcher the same is promised, and it is said that there is none.
func TestFollowFoldersAndPatterns(t *testing.T) {
	dir := t.TempDir()
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	a := newWriter(t, filepath.Join(dir, "a.log"), 1)
	r := follow(t, FollowOptions{}, dir)
	p := follow(t, FollowOptions{Poll: true}, filepath.Join(dir, "*.log"))
	a.write(20)
	b := newWriter(t, filepath.Join(sub, "b.log"), 2)
	b.write(30)
	c := newWriter(t, filepath.Join(dir, "c.log"), 3)
	c.write(40)
	a.rename()
	a.write(20)
	r.await(t, "a.log", a.next)
	r.await(t, "sub/b.log", b.next)
	r.await(t, "c.log", c.next)
	p.await(t, "a.log", a.next)
	p.await(t, "c.log", c.next)
	r.end(t)
	p.end(t)
	if n := len(r.text); n != 3 {
		t.Errorf("%d logs in the folder, want 3: the renamed file is none", n)
	}
	if n := len(p.text); n != 2 {
		t.Errorf("%d logs by the pattern, want 2", n)
	}
}

// Since reads back through renamed and compressed generations, each line once,
// although one stands there twice while it is being compressed.
func TestFollowSince(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "app.log")
	w := newWriter(t, path, 4)
	pack := func(n int, keep bool) {
		name := fmt.Sprintf("%s.%d", path, n)
		b, err := os.ReadFile(name)
		w.check(err)
		var z bytes.Buffer
		g := gzip.NewWriter(&z)
		g.Write(b)
		g.Close()
		w.check(os.WriteFile(name+".gz", z.Bytes(), 0o600))
		if !keep {
			w.check(os.Remove(name))
		}
	}
	for n := range 5 {
		if n > 0 {
			w.shift(9)
		}
		w.write(100)
	}
	old := time.Now().Add(-time.Hour)
	pack(4, false)
	w.check(os.Chtimes(path+".4.gz", old, old))
	pack(3, false)
	pack(2, true)
	r := follow(t, FollowOptions{Since: time.Now().Add(-10 * time.Minute)}, path)
	w.write(50)
	w.shift(9)
	w.write(50)
	r.await(t, "app.log", w.next-100)
	r.end(t)
	got := tallyNumbered(r.got("app.log"), w.next)
	if got.lost != 100 || got.twice+got.torn+got.disorder > 0 {
		t.Errorf("%+v: the first 100 lines are older than asked for, all others are there once; told %q", got, r.told())
	}
}

// A sharedBuffer is written by one goroutine and looked at by another.
type sharedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *sharedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *sharedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// held is how many files a log holds open.
func held(l *Log) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.gens)
}

// A bubble follows one file, in a time of its own, without a watcher.
func bubble(t *testing.T, test func(w *numberWriter, l *Log, got *sharedBuffer, told func() string)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(dir, "app.log")
		w := newWriter(t, path, 1)
		var all sharedBuffer
		ctx, stop := context.WithCancel(context.Background())
		f, err := Follow(ctx, []string{path}, FollowOptions{Poll: true, Tell: func(x *Fault) { fmt.Fprintln(&all, x.What) }})
		if err != nil {
			t.Fatal(err)
		}
		var got sharedBuffer
		done := make(chan struct{})
		go func() {
			defer close(done)
			for l := range f.Logs() {
				io.Copy(&got, l)
			}
		}()
		synctest.Wait()
		test(w, f.logs[0], &got, all.String)
		stop()
		<-done
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestFollowTiming(t *testing.T) {
	pass := func(d time.Duration) {
		time.Sleep(d)
		synctest.Wait()
	}
	t.Run("a line without end", func(t *testing.T) {
		bubble(t, func(w *numberWriter, l *Log, got *sharedBuffer, told func() string) {
			w.raw("whole\nhalf a l")
			pass(4 * time.Second)
			if got.String() != "whole\n" || told() != "" {
				t.Errorf("after 4 s: %q, told %q", got, told())
			}
			pass(2 * time.Second)
			if got.String() != "whole\n" || !strings.Contains(told(), "the last line has no end since 5s") {
				t.Errorf("after 6 s: %q, told %q", got, told())
			}
			w.raw("ine\n")
			pass(time.Second)
			if got.String() != "whole\nhalf a line\n" {
				t.Errorf("completed: %q", got)
			}
		})
	})
	t.Run("a renamed file", func(t *testing.T) {
		bubble(t, func(w *numberWriter, l *Log, got *sharedBuffer, told func() string) {
			w.raw("one\n")
			pass(time.Second)
			old := w.f
			w.check(os.Rename(w.path, w.path+".1"))
			w.open()
			w.raw("two\n")
			pass(9 * time.Second)
			if _, err := io.WriteString(old, "late\nand a hal"); err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
			if got.String() != "one\ntwo\nlate\n" || !strings.Contains(told(), "written to after it was renamed") {
				t.Errorf("%q, told %q", got, told())
			}
			pass(8 * time.Second)
			if n := held(l); n != 2 {
				t.Errorf("%d files are held 9 s after the last write, want 2", n)
			}
			pass(4 * time.Second)
			if n := held(l); n != 1 || got.String() != "one\ntwo\nlate\nand a hal" {
				t.Errorf("%d files are held 13 s after it, want 1; %q", n, got)
			}
			old.Close()
		})
	})
	t.Run("a clock that is set back", func(t *testing.T) {
		bubble(t, func(w *numberWriter, l *Log, got *sharedBuffer, told func() string) {
			w.raw("one\n")
			pass(time.Second)
			past := time.Now().Add(-time.Hour)
			w.raw("two\n")
			w.check(os.Chtimes(w.path, past, past))
			pass(time.Second)
			w.raw("three\n")
			pass(time.Second)
			if got.String() != "one\ntwo\nthree\n" || told() != "" {
				t.Errorf("%q, told %q", got, told())
			}
		})
	})
}

// A slow reader holds nobody up but itself, and gets everything.
func TestFollowSlowReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	w := newWriter(t, path, 9)
	r := follow(t, FollowOptions{}, path)
	r.mu.Lock()
	r.slow = func() { time.Sleep(5 * time.Millisecond) }
	r.mu.Unlock()
	for range 30 {
		w.write(400)
		w.rename()
	}
	r.await(t, "app.log", w.next)
	r.end(t)
	if got := tallyNumbered(r.got("app.log"), w.next); got != (tallied{}) {
		t.Errorf("%+v; told %q", got, r.told())
	}
}
