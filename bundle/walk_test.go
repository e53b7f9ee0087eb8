package bundle

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

var when = time.Date(2024, 3, 2, 10, 14, 3, 0, time.UTC)

// A seen is what a walk told about one member or container.
type seen struct {
	path, text, fault string
}

// collect walks a Root and writes down everything it yields.
func collect(t testing.TB, r Root, lim Limits) []seen {
	t.Helper()
	var got []seen
	for m, err := range r.Open(context.Background(), lim) {
		var f *Fault
		switch {
		case err != nil && !errors.As(err, &f):
			t.Fatalf("walk ended: %v", err)
		case m == nil:
			got = append(got, seen{path: f.Path, fault: told(f)})
			continue
		case err != nil:
			got = append(got, seen{path: m.Path, text: "(not read)", fault: told(f)})
			continue
		}
		b, err := io.ReadAll(m)
		s := seen{path: m.Path, text: string(b)}
		if err != nil {
			if !errors.As(err, &f) {
				t.Fatalf("%s: %v", m.Path, err)
			}
			s.fault = told(f)
		}
		if err := m.Close(); err != nil {
			t.Fatalf("%s: close: %v", m.Path, err)
		}
		got = append(got, s)
	}
	return got
}

// A readMember is a member together with what it held.
type readMember struct {
	*Member
	text string
}

// walkMembers walks a file that must be without faults.
func walkMembers(t testing.TB, content []byte) (all []readMember) {
	t.Helper()
	p := filepath.Join(t.TempDir(), "input")
	must(t, os.WriteFile(p, content, 0o600))
	for m, err := range Open(context.Background(), p, Limits{}) {
		must(t, err)
		b, err := io.ReadAll(m)
		must(t, err)
		all = append(all, readMember{m, string(b)})
	}
	return all
}

func told(f *Fault) string {
	if f.At == "" {
		return f.What
	}
	return f.What + " @ " + f.At
}

// walkBytes walks one file with the given content.
func walkBytes(t testing.TB, name string, content []byte, lim Limits) []seen {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, content, 0o600); err != nil {
		t.Fatal(err)
	}
	roots, err := Roots([]string{p})
	if err != nil {
		t.Fatal(err)
	}
	return collect(t, roots[0], lim)
}

func wantSeen(t testing.TB, got []seen, want ...seen) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", show(got), show(want))
	}
}

func show(all []seen) string {
	var b strings.Builder
	for _, s := range all {
		text := s.text
		if len(text) > 60 {
			text = fmt.Sprintf("%s… (%d bytes)", text[:40], len(text))
		}
		fmt.Fprintf(&b, "  %q %q %q\n", s.path, text, s.fault)
	}
	return b.String()
}

// A file is a member to be put into an archive.
type file struct{ name, text string }

func tarOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		must(t, w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.text)), Mode: 0o644, ModTime: when}))
		_, err := w.Write([]byte(f.text))
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func zipOf(t testing.TB, method uint16, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		m, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: method, Modified: when})
		must(t, err)
		_, err = m.Write([]byte(f.text))
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func gzipOf(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

func xzOf(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := xz.NewWriter(&out)
	must(t, err)
	_, err = w.Write(b)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

func zstdOf(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out)
	must(t, err)
	for len(b) > 0 { // in blocks that are smaller than need be
		n := min(len(b), 8<<10)
		_, err = w.Write(b[:n])
		must(t, err)
		must(t, w.Flush())
		b = b[n:]
	}
	must(t, w.Close())
	return out.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryContainer(t *testing.T) {
	files := []file{{"logs/app.log", "one\ntwo\n"}, {"b.txt", "x"}}
	inside := []seen{{path: "logs/app.log", text: "one\ntwo\n"}, {path: "b.txt", text: "x"}}
	tarred := tarOf(t, files...)
	for name, b := range map[string][]byte{
		"a.tar": tarred, "a.tgz": gzipOf(t, tarred), "a.tar.xz": xzOf(t, tarred), "a.tar.zst": zstdOf(t, tarred),
		"stored.zip": zipOf(t, zip.Store, files...), "a.zip": zipOf(t, zip.Deflate, files...),
		"a.zip.gz": gzipOf(t, zipOf(t, zip.Deflate, files...)),
	} {
		t.Run(name, func(t *testing.T) {
			wantSeen(t, walkBytes(t, name, b, Limits{}), inside...)
			wantSeen(t, walkBytes(t, name, b, Limits{Hash: true}), inside...)
		})
	}
	for name, b := range map[string][]byte{
		"app.log": []byte("one\n"), "app.log.gz": gzipOf(t, []byte("one\n")), "app.log.xz": xzOf(t, []byte("one\n")),
		"app.zst": zstdOf(t, []byte("one\n")), "twice.gz": gzipOf(t, gzipOf(t, []byte("one\n"))),
	} {
		wantSeen(t, walkBytes(t, name, b, Limits{}), seen{path: name, text: "one\n"})
	}
}

// TestContentDecides has names that lie, and formats that are only named.
func TestContentDecides(t *testing.T) {
	why := func(what string) string { return what + "s are not read; unpack it and name the folder" }
	for _, c := range []struct{ name, in, text, fault string }{
		{"app.log", string(gzipOf(t, []byte("text"))), "text", ""},
		{"app.log.gz", "text", "text", ""},
		{"a.zip", "text that begins with PK, not with its magic", "text that begins with PK, not with its magic", ""},
		{"a.tar", "text", "text", ""},
		{"a.gz", "\x1f\x8b", "\x1f\x8b", ""},
		{"core.rar", "Rar!\x1a\x07\x00", "(not read)", why("RAR archive")},
		{"a", "Rar!\x1a\x07\x01\x00", "(not read)", why("RAR archive")},
		{"a.7z", "7z\xbc\xaf\x27\x1c\x00\x04", "(not read)", why("7z archive")},
		{"a.lz4", "\x04\x22\x4d\x18", "(not read)", why("lz4 file")},
		{"a.Z", "\x1f\x9d\x90", "(not read)", why("compress (.Z) file")},
		{"a.cpio", "070701" + strings.Repeat("0000A1ff", 13) + "name", "(not read)", why("cpio archive")},
		{"mysqld.log", "070701 10:14:03 mysqld started, and says more than sixty-four bytes about it, all of them text\n", "070701 10:14:03 mysqld started, and says more than sixty-four bytes about it, all of them text\n", ""},
	} {
		wantSeen(t, walkBytes(t, c.name, []byte(c.in), Limits{}), seen{path: c.name, text: c.text, fault: c.fault})
	}
}

func TestFaultWords(t *testing.T) {
	f := &Fault{Path: "a.tgz!/x", What: "compressed data ends early; 1087438 bytes were kept", At: "byte 285943"}
	if got, want := f.Error(), "a.tgz!/x: compressed data ends early; 1087438 bytes were kept, at byte 285943"; got != want {
		t.Errorf("%q", got)
	}
	for what, want := range map[string]string{
		f.What: "compressed data ends early; 1087438 bytes (24911 lines) were kept",
		"the archive ends early; 5 of 9 bytes were kept": "the archive ends early; 5 of 9 bytes (24911 lines) were kept",
		"x; 1 byte was kept; reading resumed at byte 9":  "x; 1 byte (24911 lines) was kept; reading resumed at byte 9",
		"symbolic link to x; not followed":               "symbolic link to x; not followed",
	} {
		if got := (&Fault{What: what}).WithLines(24911); got != want {
			t.Errorf("%q", got)
		}
	}
}

// TestModified tells where the time of a member comes from.
func TestModified(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.ModTime = when.Add(time.Hour)
	w.Write([]byte("text"))
	must(t, w.Close())
	for _, c := range []struct {
		in   []byte
		from string
		want time.Time
	}{
		{b.Bytes(), "gzip header", when.Add(time.Hour)},
		{tarOf(t, file{"a", "1"}), "tar header", when},
		{tarOf(t, file{"a.gz", b.String()}), "gzip header", when.Add(time.Hour)},
		{tarOf(t, file{"a.gz", string(gzipOf(t, nil))}), "tar header", when},
		{gzipOf(t, tarOf(t, file{"a", "1"})), "tar header", when},
	} {
		if m := walkMembers(t, c.in)[0]; !m.Modified.Equal(c.want) || m.ModifiedFrom != c.from {
			t.Errorf("%v from %s, want %v from %s", m.Modified, m.ModifiedFrom, c.want, c.from)
		}
	}
	if m := walkMembers(t, []byte("text"))[0]; m.ModifiedFrom != "file" || m.Size != 4 || time.Since(m.Modified) > time.Hour {
		t.Errorf("%+v", m)
	}
}

func TestNested(t *testing.T) {
	inner := gzipOf(t, tarOf(t, file{"zookeeper.out", "zk"}))
	zipped := zipOf(t, zip.Deflate, file{"x.log", "x"}, file{"zk.tgz", string(inner)})
	outer := gzipOf(t, tarOf(t, file{"./logs/zk.tgz", string(inner)}, file{"all.zip", string(zipped)}, file{"last", "l"}))
	wantSeen(t, walkBytes(t, "bundle.tgz", outer, Limits{}),
		seen{path: "logs/zk.tgz!/zookeeper.out", text: "zk"},
		seen{path: "all.zip!/x.log", text: "x"},
		seen{path: "all.zip!/zk.tgz!/zookeeper.out", text: "zk"},
		seen{path: "last", text: "l"})
}
