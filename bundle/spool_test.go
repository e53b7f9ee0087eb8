package bundle

import (
	"context"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func noise(n int) string {
	b := make([]byte, n)
	rand.New(rand.NewSource(9)).Read(b)
	return string(b)
}

// TestSpool reads a large zip archive that comes as a stream: while it is read
// there is one private folder without a name from the archive, afterwards none.
func TestSpool(t *testing.T) {
	big := noise(3 << 20)
	in := gzipOf(t, tarOf(t, file{"a.zip", string(zipOf(t, 0, file{"../../evil", big}, file{"inner.zip", string(zipOf(t, 8, file{"x", big}))}))}, file{"z", "1"}))
	dir, temp := t.TempDir(), t.TempDir()
	p := filepath.Join(dir, "in.tgz")
	must(t, os.WriteFile(p, in, 0o600))
	var got []string
	for m, err := range Open(context.Background(), p, Limits{Temp: temp}) {
		if m == nil {
			continue // the name that points outside
		}
		must(t, err)
		list, err := os.ReadDir(temp)
		must(t, err)
		for _, e := range list {
			info, err := e.Info()
			must(t, err)
			if info.Mode().Perm() != 0o700 || !strings.HasPrefix(e.Name(), "forensic-") {
				t.Errorf("folder %s %v", e.Name(), info.Mode())
			}
			inside, err := os.ReadDir(filepath.Join(temp, e.Name()))
			must(t, err)
			for _, f := range inside {
				if len(f.Name()) > 2 {
					t.Errorf("a file named %s", f.Name())
				}
			}
		}
		n, err := io.Copy(io.Discard, m)
		must(t, err)
		got = append(got, fmt.Sprint(m.Path, " ", n, " ", len(list)))
	}
	want := "a.zip!/../../evil 3145728 1, a.zip!/inner.zip!/x 3145728 1, z 1 1"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %q", got)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	roots, err := Roots([]string{p})
	must(t, err)
	wantSeen(t, collect(t, roots[0], Limits{Temp: filepath.Join(temp, "missing")}),
		seen{path: "a.zip", fault: "temporary folder: no such file or directory; the archive was not read"}, seen{path: "z", text: "1"})
}

// TestSpoolCut spools a zip archive whose stream ends early.
func TestSpoolCut(t *testing.T) {
	big := noise(2 << 20)
	in := tarOf(t, file{"a.zip", string(zipOf(t, 0, file{"one", big[:1000]}, file{"two", big}))})
	got := walkBytes(t, "in.tar", in[:1<<20+200_000], Limits{})
	if len(got) != 5 || got[0].fault != "the archive ends early; 1248064 bytes were kept @ byte 1248064" ||
		got[2].path != "a.zip!/one" || got[2].text != big[:1000] || got[2].fault != "" ||
		got[3].path != "a.zip!/two" || !strings.HasPrefix(big, got[3].text) || !strings.HasPrefix(got[3].fault, "the data end early; ") {
		t.Errorf("got:\n%s", show(got))
	}
}

// TestHoleBelow has damage in an outer stream, with inner streams behind it.
func TestHoleBelow(t *testing.T) {
	inner := func(s string) []byte { return gzipOf(t, []byte(s)) }
	bad := gzipOf(t, inner(noise(3000)))
	outer := join(gzipOf(t, inner("first\n")), flip(bad, len(bad)-6), gzipOf(t, inner("third\n")))
	got := walkBytes(t, "x", outer, Limits{})
	if len(got) < 1 || !strings.HasPrefix(got[0].text, "first\n") || !strings.HasSuffix(got[0].text, "third\n") || got[0].fault == "" {
		t.Errorf("got:\n%s", show(got))
	}
	outer = join(gzipOf(t, inner("first\n")), flip(bad, 300), gzipOf(t, inner("third\n")))
	got = walkBytes(t, "x", outer, Limits{})
	if len(got) < 1 || !strings.HasPrefix(got[0].text, "first\n") || !strings.HasSuffix(got[0].text, "third\n") || got[0].fault == "" {
		t.Errorf("got:\n%s", show(got))
	}
}

func TestPaxSparse(t *testing.T) {
	record := func(pairs ...string) (text string) {
		for i := 0; i < len(pairs); i += 2 {
			body := fmt.Sprintf(" %s=%s\n", pairs[i], pairs[i+1])
			text += fmt.Sprint(len(body)+2) + body
		}
		return text
	}
	for _, pax := range []string{
		record("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.name", "holes", "GNU.sparse.realsize", "1099511627776"),
		record("path", "holes", "GNU.sparse.size", "1099511627776", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "0,1"),
	} {
		in := join(rawHeader("PaxHeaders/x", 'x', int64(len(pax)), nil), blockOf(pax), rawHeader("GNUSparseFile.0/holes", '0', 512, nil), blockOf("x"),
			tarOf(t, file{"after", "1"}))
		wantSeen(t, walkBytes(t, "a.tar", in, Limits{}),
			seen{path: "holes", text: "(not read)", fault: "sparse file of 1099511627776 bytes in 2048 bytes of archive; not expanded @ member 1"},
			seen{path: "after", text: "1"})
	}
}

// TestNamedPipe reads a pipe that the user named.
func TestNamedPipe(t *testing.T) {
	p := filepath.Join(t.TempDir(), "pipe")
	must(t, syscall.Mkfifo(p, 0o600))
	w, err := os.OpenFile(p, os.O_RDWR, 0)
	must(t, err)
	roots, err := Roots([]string{p})
	must(t, err)
	text := noise(1 << 20) // more than a pipe holds
	go func() {
		w.Write(gzipOf(t, tarOf(t, file{"in", text})))
		w.Close()
	}()
	wantSeen(t, collect(t, roots[0], Limits{}), seen{path: "in", text: text})
}

func TestLabelOfDot(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, file{"folder/x", "1"}, file{"y", "2"})
	t.Chdir(filepath.Join(dir, "folder"))
	wantSeen(t, collectAll(t, ".", "../y"), seen{path: "folder/x", text: "1"}, seen{path: "y", text: "2"})
	wantSeen(t, collectAll(t, "."), seen{path: "x", text: "1"})
}

// TestStandardInputFile has standard input opened on a file by the shell.
func TestStandardInputFile(t *testing.T) {
	p := filepath.Join(t.TempDir(), "a.zip")
	must(t, os.WriteFile(p, handmadeZip(storedPart("a", "1")), 0o600))
	f, err := os.Open(p)
	must(t, err)
	old := os.Stdin
	os.Stdin = f
	defer func() { os.Stdin = old; f.Close() }()
	wantSeen(t, collectAll(t, "-"), seen{path: "a", text: "1"})
}
