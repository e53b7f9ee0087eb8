package bundle

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestMain fails where a test leaves a goroutine or an open file behind.
func TestMain(m *testing.M) {
	before, files := runtime.NumGoroutine(), openFiles()
	code := m.Run()
	if f := flag.Lookup("test.fuzz"); f != nil && f.Value.String() != "" {
		os.Exit(code) // the fuzzer has goroutines of its own
	}
	for start := time.Now(); runtime.NumGoroutine() > before+watcherLeft(); runtime.Gosched() {
		if time.Since(start) > 5*time.Second {
			stacks := make([]byte, 1<<20)
			fmt.Printf("goroutines left behind:\n%s\n", stacks[:runtime.Stack(stacks, true)])
			os.Exit(1)
		}
	}
	if n := openFiles(); n > files+2+5*min(watcherLeft(), 1) { // two of the runtime's own poller
		list, _ := os.ReadDir("/proc/self/fd")
		for _, e := range list {
			to, _ := os.Readlink("/proc/self/fd/" + e.Name())
			fmt.Println(e.Name(), to)
		}
		fmt.Printf("%d files open, %d before\n", n, files)
		os.Exit(1)
	}
	os.Exit(code)
}

// watcherLeft counts the goroutines of hpcloud/tail that never end, however many
// files were followed: its tracker and what that reads from.
func watcherLeft() int {
	stacks := make([]byte, 1<<20)
	text := string(stacks[:runtime.Stack(stacks, true)])
	return strings.Count(text, "watch.(*InotifyTracker).run(") + strings.Count(text, "fsnotify%2ev1.(*Watcher).readEvents(")
}

func openFiles() int {
	list, _ := os.ReadDir("/proc/self/fd")
	return len(list)
}

// containers returns one of each kind, with the members of a directory.
func containers(t testing.TB) (all map[string][]byte, texts map[string]string) {
	r := rand.New(rand.NewSource(4))
	texts = map[string]string{}
	var files []file
	for i := range 6 {
		name := fmt.Sprintf("logs/%d.log", i)
		texts[name] = logText(r, "x", 1<<(2*i))
		files = append(files, file{name, texts[name]})
	}
	tarred := tarOf(t, files...)
	nested := tarOf(t, file{"in.tgz", string(gzipOf(t, tarred))}, file{"in.zip", string(zipOf(t, 8, files...))})
	for _, f := range files {
		texts["in.tgz!/"+f.name], texts["in.zip!/"+f.name] = f.text, f.text
	}
	texts["hello"] = hello
	return map[string][]byte{
		"tar": tarred, "tgz": gzipOf(t, tarred), "tar.xz": xzBlocksOf(t, tarred, 4<<10), "tar.zst": zstdOf(t, tarred),
		"stored.zip": zipOf(t, 0, files...), "zip": zipOf(t, 8, files...), "nested": nested, "nested.gz": gzipOf(t, nested),
		"hello": bzip2Hello,
	}, texts
}

// TestCut cuts every kind of container at many places. What comes is the
// beginning of what was there, more with every byte, and something says that it
// is not all.
func TestCut(t *testing.T) {
	all, texts := containers(t)
	for name, b := range all {
		t.Run(name, func(t *testing.T) {
			whole := kept(t, walkBytes(t, "hello", b, Limits{}), texts)
			last := 0
			step := max(len(b)/40, 1)
			for cut := 0; cut < len(b); cut += step {
				got := walkBytes(t, "hello", b[:cut], Limits{})
				if plain := len(got) == 1 && got[0].text == string(b[:cut]); plain && cut < sniffSize {
					continue // too little to be known
				}
				n := kept(t, got, texts)
				if n < last {
					t.Errorf("cut at %d: %d bytes, %d a little earlier", cut, n, last)
				}
				if last = n; n < whole && !faulty(got) {
					t.Errorf("cut at %d: %d of %d bytes, and nothing says so:\n%s", cut, n, whole, show(got))
				}
			}
			if last < whole/4 {
				t.Errorf("only %d of %d bytes at the last cut", last, whole)
			}
		})
	}
}

// kept adds up what came of the members, each of which must be the beginning of
// its text.
func kept(t testing.TB, got []seen, texts map[string]string) (n int) {
	t.Helper()
	for _, s := range got {
		if s.text == "" || s.text == "(not read)" {
			continue
		}
		if !strings.HasPrefix(texts[s.path], s.text) {
			t.Errorf("%s: %d bytes that are not its beginning", s.path, len(s.text))
		}
		n += len(s.text)
	}
	return n
}

func faulty(got []seen) bool {
	for _, s := range got {
		if s.fault != "" {
			return true
		}
	}
	return false
}

// TestMutated changes bytes of every kind of container: nothing may panic, hang
// or end the walk with an error.
func TestMutated(t *testing.T) {
	all, _ := containers(t)
	r := rand.New(rand.NewSource(5))
	for _, b := range all {
		for range 40 {
			m := bytes.Clone(b)
			for range 1 + r.Intn(3) {
				at := r.Intn(len(m))
				switch r.Intn(4) {
				case 0:
					m[at] ^= 1 << r.Intn(8)
				case 1:
					m[at] = byte(r.Intn(256))
				case 2:
					copy(m[at:], []byte{0xff, 0xff, 0xff, 0xff}[:1+r.Intn(4)])
				case 3:
					copy(m[at:], m[r.Intn(len(m)):])
				}
			}
			collect(t, memory(m, false), Limits{})
		}
	}
}

// TestLeaveEarly stops walks at every point; TestMain sees what stays behind.
func TestLeaveEarly(t *testing.T) {
	all, _ := containers(t)
	for name, b := range all {
		p := filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(p, b, 0o600))
		for stop := range 6 {
			n := 0
			for m, err := range Open(context.Background(), p, Limits{Hash: stop%2 == 0}) {
				if n++; n > stop {
					break
				}
				if m != nil && err == nil {
					io.ReadFull(m, make([]byte, 10*stop))
				}
			}
			func() {
				defer func() { recover() }()
				n := 0
				for range Open(context.Background(), p, Limits{}) {
					if n++; n > stop {
						panic("the caller fails")
					}
				}
			}()
			ctx, cancel := context.WithCancel(context.Background())
			var last error
			n = 0
			for m, err := range Open(ctx, p, Limits{}) {
				if n++; n > stop {
					cancel()
				}
				last = err
				if m != nil && err == nil {
					_, err = io.Copy(io.Discard, m)
					if n > stop && !errors.Is(err, context.Canceled) {
						t.Errorf("%s: read after cancel: %v", name, err)
					}
				}
			}
			if n > stop && !errors.Is(last, context.Canceled) {
				t.Errorf("%s: cancelled at %d, the last word is %v", name, stop, last)
			}
			cancel()
		}
	}
}

// TestMemberEndsWithTheWalk reads a member after the walk went on.
func TestMemberEndsWithTheWalk(t *testing.T) {
	p := filepath.Join(t.TempDir(), "a.tar")
	must(t, os.WriteFile(p, tarOf(t, file{"a", "1"}, file{"b", "2"}), 0o600))
	var before *Member
	for m, err := range Open(context.Background(), p, Limits{}) {
		must(t, err)
		if before != nil {
			if _, err := before.Read(make([]byte, 1)); err == nil {
				t.Error("read a member that is over")
			}
		}
		before = m
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("text"))
	f.Add(gzipOf(f, tarOf(f, file{"a", "1"}, file{"b.gz", string(gzipOf(f, []byte("2")))})))
	f.Add(handmadeZip(storedPart("a", "1"), deflatedPart("b", "2"), storedPart("c.tar", string(tarOf(f, file{"d", "3"})))))
	f.Add(handmadeZip(deflatedPart("b", "2"))[:40])
	f.Add(xzSHA256)
	f.Add(bzip2Hello)
	f.Add(zstdOf(f, []byte(hello)))
	f.Add(join(gzipOf(f, []byte("1"))[:20], gzipOf(f, []byte("2")), make([]byte, 9)))
	f.Add(join(rawHeader("s", 'S', 512, nil), blockOf("x")))
	f.Fuzz(func(t *testing.T, b []byte) {
		lim := Limits{MemberBytes: 8 << 20, TotalBytes: 64 << 20, Ratio: 100, RatioAfter: 8 << 20, Members: 1000}
		random := collect(t, memory(b, false), lim)
		if stream := collect(t, memory(b, true), lim); show(random) != show(stream) && !selfExtracting(b, item{random: bytes.NewReader(b), whole: int64(len(b))}) {
			t.Errorf("as a stream it is another:\n%s\n%s", show(random), show(stream))
		}
	})
}

// memory is a Root of one file in memory; as a stream it has no random access.
func memory(b []byte, stream bool) Root {
	var t tree = fsysTree{fstest.MapFS{"input": {Data: b}}}
	if stream {
		t = fsysTree{streamed{fstest.MapFS{"input": {Data: b}}}}
	}
	list, _ := listTree(t)
	return Root{state: &rootState{shared: newShared()}, group: &group{tree: t, list: list, end: list.len()}}
}

type streamed struct{ fs.FS }

func (s streamed) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if info, e := f.Stat(); e == nil && info.IsDir() {
		return f, err
	}
	return struct{ fs.File }{f}, err
}
