package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
)

// write makes files below dir; a name that ends with a slash is a directory.
func write(t testing.TB, dir string, files ...file) {
	t.Helper()
	for _, f := range files {
		p := filepath.Join(dir, f.name)
		must(t, os.MkdirAll(filepath.Dir(p), 0o700))
		if strings.HasSuffix(f.name, "/") {
			must(t, os.MkdirAll(p, 0o700))
			continue
		}
		must(t, os.WriteFile(p, []byte(f.text), 0o600))
	}
}

func collectAll(t testing.TB, paths ...string) (all []seen) {
	t.Helper()
	roots, err := Roots(paths)
	must(t, err)
	for _, r := range roots {
		all = append(all, collect(t, r, Limits{})...)
	}
	return all
}

func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	gz := string(gzipOf(t, []byte("z")))
	write(t, dir, file{"b.log", "b"}, file{"a/x", "x"}, file{"a-b", "ab"}, file{"a.log", "a"}, file{"a/sub/y.gz", gz},
		file{"t.tgz", string(gzipOf(t, tarOf(t, file{"in", "1"})))}, file{"empty/", ""}, file{"\xc8\xd5.log", "day"})
	want := []seen{
		{path: "a-b", text: "ab"}, {path: "a.log", text: "a"}, {path: "a/sub/y.gz", text: "z"}, {path: "a/x", text: "x"},
		{path: "b.log", text: "b"}, {path: "t.tgz!/in", text: "1"}, {path: "日.log", text: "day"},
	}
	wantSeen(t, collectAll(t, dir), want...)
	must(t, os.Remove(dir+"/\xc8\xd5.log")) // an fs.FS has no such names
	var got []seen
	for m, err := range Walk(context.Background(), os.DirFS(dir), Limits{}) {
		must(t, err)
		b, err := io.ReadAll(m)
		must(t, err)
		got = append(got, seen{path: m.Path, text: string(b)})
	}
	wantSeen(t, got, want[:len(want)-1]...)
}

func TestLabels(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, file{"one/a.tgz", string(gzipOf(t, tarOf(t, file{"in", "1"})))}, file{"two/a.tgz", "text"}, file{"three/a.tgz/x", "x"})
	wantSeen(t, collectAll(t, dir+"/one/a.tgz", dir+"/two/a.tgz", dir+"/three/a.tgz/"),
		seen{path: "a.tgz!/in", text: "1"}, seen{path: "a.tgz#2", text: "text"}, seen{path: "a.tgz#3/x", text: "x"})
}

func TestRootsNamesWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, file{"a", "a"})
	roots, err := Roots([]string{dir + "/missing", dir + "/a", "/dev/zero"})
	if len(roots) != 1 || roots[0].Input != 1 || err == nil ||
		!strings.Contains(err.Error(), "missing: no such file") || !strings.Contains(err.Error(), "/dev/zero: neither a file nor a directory") {
		t.Errorf("%v, %v", roots, err)
	}
	for _, err := range Open(context.Background(), dir+"/missing", Limits{}) {
		if err == nil {
			t.Error("no error")
		}
	}
	must(t, os.Mkdir(dir+"/empty", 0o700))
	if got := collectAll(t, dir+"/empty"); got != nil {
		t.Errorf("empty directory: %v", got)
	}
}

// TestNothingIsOpenedButFiles has a named pipe nobody writes into, and links
// that leave the directory, loop, or stay inside.
func TestNothingIsOpenedButFiles(t *testing.T) {
	dir := t.TempDir()
	must(t, syscall.Mkfifo(dir+"/fifo", 0o600))
	for name, target := range map[string]string{"out": "/etc/passwd", "up": "../../x", "loop": "loop", "zero": "/dev/zero", "in": "real", "dir": "/etc"} {
		must(t, os.Symlink(target, filepath.Join(dir, name)))
	}
	write(t, dir, file{"real", "1"})
	done := make(chan []seen)
	go func() { done <- collectAll(t, dir) }()
	select {
	case got := <-done:
		link := func(name, target string) seen {
			return seen{path: name, text: "(not read)", fault: "symbolic link to " + target + "; not followed"}
		}
		wantSeen(t, got, link("dir", "/etc"), seen{path: "fifo", text: "(not read)", fault: "named pipe; not followed"},
			link("in", "real"), link("loop", "loop"), link("out", "/etc/passwd"), seen{path: "real", text: "1"},
			link("up", "../../x"), link("zero", "/dev/zero"))
	case <-time.After(10 * time.Second):
		t.Fatal("the walk waits for somebody")
	}
}

// TestPipeInPlaceOfFile swaps a file for a pipe between listing and opening.
func TestPipeInPlaceOfFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, file{"a", "1"})
	roots, err := Roots([]string{dir})
	must(t, err)
	must(t, os.Remove(dir+"/a"))
	must(t, syscall.Mkfifo(dir+"/a", 0o600))
	wantSeen(t, collect(t, roots[0], Limits{}), seen{path: "a", text: "(not read)", fault: "named pipe; not followed"})
	must(t, os.Remove(dir+"/a"))
	must(t, os.Symlink("/etc/passwd", dir+"/a"))
	got := collect(t, roots[0], Limits{})
	if len(got) != 1 || got[0].text != "(not read)" || !strings.Contains(got[0].fault, "escapes") {
		t.Errorf("%s", show(got))
	}
	must(t, os.Remove(dir+"/a"))
	wantSeen(t, collect(t, roots[0], Limits{}), seen{path: "a", text: "(not read)", fault: "no such file or directory; not read"})
}

// forbidden is a file system in which some files may not be opened.
type forbidden struct{ fstest.MapFS }

func (f forbidden) Open(name string) (fs.File, error) {
	if strings.HasPrefix(name, "secret") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.Open(name)
}

func (f forbidden) ReadDir(name string) ([]fs.DirEntry, error) {
	if strings.HasPrefix(name, "secret") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadDir(name)
}

func TestPermission(t *testing.T) {
	fsys := forbidden{fstest.MapFS{"a": {Data: []byte("1")}, "secret": {Data: []byte("2")}, "secrets/x": {Data: []byte("3")}, "z": {Data: []byte("4")}}}
	var got []string
	for m, err := range Walk(context.Background(), fsys, Limits{}) {
		name := "-"
		if m != nil {
			name = m.Path
		}
		got = append(got, fmt.Sprint(name, " ", err))
	}
	want := []string{"a <nil>", "secret secret: permission denied; not read", "- secrets: the directory could not be read whole: permission denied", "z <nil>"}
	for i := range want {
		want[i] = strings.Replace(want[i], "permission denied", fs.ErrPermission.Error(), 1)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestChangedWhileRead appends to files after they were opened.
func TestChangedWhileRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, file{"a.log", strings.Repeat("x", 100)}, file{"b.tar", string(tarOf(t, file{"in", "1"}))})
	must(t, os.Chtimes(dir+"/a.log", when, when))
	roots, err := Roots([]string{dir})
	must(t, err)
	var got []string
	for _, r := range roots {
		for m, err := range r.Open(context.Background(), Limits{}) {
			if m == nil {
				got = append(got, err.Error())
				continue
			}
			for _, name := range []string{"a.log", "b.tar"} {
				f, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_WRONLY, 0)
				must(t, err)
				f.Write(make([]byte, 512))
				f.Close()
			}
			b, err := io.ReadAll(m)
			got = append(got, fmt.Sprint(m.Path, " ", len(b), " ", err))
		}
	}
	want := []string{
		"a.log 100 a.log: the file changed while it was read: 100 bytes before, 612 after; 100 bytes were kept",
		"b.tar!/in 1 <nil>",
		"b.tar: the file changed while it was read: 2560 bytes before, 3072 after",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestManyFiles sees a large directory in few Roots, and every file once.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for i := range 1100 {
		name := fmt.Sprintf("d%d/f%d", i%7, i)
		write(t, dir, file{name, "x"})
		want = append(want, name)
	}
	slices.Sort(want)
	roots, err := Roots([]string{dir})
	must(t, err)
	if len(roots) > groupsOf {
		t.Errorf("%d Roots", len(roots))
	}
	var got []string
	for _, r := range roots {
		for m, err := range r.Open(context.Background(), Limits{}) {
			must(t, err)
			got = append(got, m.Path)
		}
	}
	if !slices.Equal(got, want) {
		t.Error("not every file once, in order")
	}
}

func TestSum(t *testing.T) {
	dir := t.TempDir()
	tgz := gzipOf(t, tarOf(t, file{"in", strings.Repeat("log\n", 1000)}))
	for name, b := range map[string][]byte{
		"plain": []byte("text"), "empty": nil, "a.tgz": tgz, "junk.tgz": join(tgz, []byte("junk")), "cut.tgz": tgz[:len(tgz)/2],
		"a.zip": handmadeZip(storedPart("a", "1")), "cut.zip": handmadeZip(storedPart("a", "1"))[:50], "a.rar": []byte("Rar!\x1a\x07\x00 and more"),
	} {
		p := filepath.Join(dir, name)
		must(t, os.WriteFile(p, b, 0o600))
		sum := sha256.Sum256(b)
		for _, readAll := range []bool{true, false} {
			roots, err := Roots([]string{p})
			must(t, err)
			for m := range roots[0].Open(context.Background(), Limits{Hash: true}) {
				if m != nil && readAll {
					io.Copy(io.Discard, m)
				}
			}
			if n, got := roots[0].Sum(); n != int64(len(b)) || got != hex.EncodeToString(sum[:]) {
				t.Errorf("%s: %d bytes, sum %s", name, n, got)
			}
		}
	}
	must(t, os.WriteFile(dir+"/large", make([]byte, 8<<20), 0o600))
	roots, _ := Roots([]string{dir + "/large"})
	for range roots[0].Open(context.Background(), Limits{Hash: true}) {
		break
	}
	if _, got := roots[0].Sum(); got != "" {
		t.Error("a sum of a walk that was left early")
	}
}

// feed makes standard input a pipe with the given bytes.
func feed(t testing.TB, b []byte) {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	old := os.Stdin
	os.Stdin = r
	written := make(chan struct{})
	go func() {
		defer close(written)
		w.Write(b)
		w.Close()
	}()
	t.Cleanup(func() {
		r.Close()
		<-written
		os.Stdin = old
	})
}

func TestStandardInput(t *testing.T) {
	members := []file{{"a.log", "one\n"}, {"b/c", "2"}}
	want := []seen{{path: "a.log", text: "one\n"}, {path: "b/c", text: "2"}}
	tarred := tarOf(t, members...)
	for name, c := range map[string]struct {
		in   []byte
		want []seen
	}{
		"text": {[]byte("text"), []seen{{path: "stdin", text: "text"}}}, "empty": {nil, []seen{{path: "stdin"}}},
		"gz":  {gzipOf(t, []byte("text")), []seen{{path: "stdin", text: "text"}}},
		"tar": {tarred, want}, "tgz": {gzipOf(t, tarred), want}, "zip": {zipOf(t, 8, members...), want},
	} {
		t.Run(name, func(t *testing.T) {
			for _, hash := range []bool{false, true} {
				feed(t, c.in)
				roots, err := Roots([]string{"-"})
				must(t, err)
				wantSeen(t, collect(t, roots[0], Limits{Hash: hash}), c.want...)
				n, sum := roots[0].Sum()
				if n != int64(len(c.in)) || (sum != "") != hash {
					t.Errorf("%d bytes, sum %q", n, sum)
				}
			}
		})
	}
}

// TestStandardInputIdle ends a walk while nothing comes.
func TestStandardInputIdle(t *testing.T) {
	r, w, err := os.Pipe()
	must(t, err)
	old := os.Stdin
	os.Stdin = r
	defer func() { os.Stdin = old; r.Close(); w.Close() }()
	gz := gzipOf(t, []byte(strings.Repeat("x", 1<<20)))
	w.Write(gz[:len(gz)/2])
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := false
	for m, err := range Open(ctx, "-", Limits{Hash: true}) {
		if err != nil {
			ended = errors.Is(err, context.Canceled)
			break
		}
		time.AfterFunc(20*time.Millisecond, cancel)
		if _, err := io.Copy(io.Discard, m); !errors.Is(err, context.Canceled) {
			t.Errorf("read: %v", err)
		}
	}
	if !ended {
		t.Error("the walk did not say why it ended")
	}
}
