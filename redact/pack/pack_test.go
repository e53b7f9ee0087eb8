package pack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"forensic/bundle"
)

var at = time.Date(2024, 3, 2, 10, 14, 3, 0, time.UTC)

type file struct {
	name string
	data []byte
}

func tarOf(t *testing.T, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: 0o644, ModTime: at.Add(time.Duration(i) * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		w.Write(f.data)
	}
	w.Close()
	return b.Bytes()
}

func zipOf(t *testing.T, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at.Add(time.Duration(i) * time.Hour)}
		if i == 1 { // one that says no zone
			h.Modified = time.Time{}
			h.ModifiedDate, h.ModifiedTime = 0x5862, 0x51c1
		}
		m, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		m.Write(f.data)
	}
	w.Close()
	return b.Bytes()
}

func packedAs(t *testing.T, kind string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := bundle.Compress(kind, &b, at.Add(-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// listed tells what a walk gives: names, times, content, and the kinds of the
// containers around each.
func listed(t *testing.T, path string) string {
	t.Helper()
	var b strings.Builder
	for m, err := range bundle.Open(context.Background(), path, bundle.Limits{}) {
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		data, err := io.ReadAll(m)
		if err != nil {
			t.Errorf("%s: %v", m.Path, err)
		}
		fmt.Fprintf(&b, "%s %s %s", m.Path, m.Modified.Format(time.RFC3339Nano), m.ModifiedFrom)
		for c := m.In; c != nil; c = c.Outer {
			fmt.Fprintf(&b, " <%s", c.Kind)
		}
		fmt.Fprintf(&b, " %d %q\n", len(data), data[:min(len(data), 40)])
	}
	return b.String()
}

// Every kind of container, and kinds in kinds, becomes one like it.
func TestSameKind(t *testing.T) {
	plain := []byte("2024-03-02 10:14:03 INFO started\n")
	large := bytes.Repeat(plain, 300_000) // more than waits in memory
	inner := tarOf(t, file{"app.log", plain}, file{"sub/large.log", large})
	nested := []file{
		{"a.log", plain}, {"b.log.gz", packedAs(t, "gzip", plain)}, {"c.tgz", packedAs(t, "gzip", inner)}, {"d.zip", zipOf(t, file{"x.log", plain}, file{"old.log", plain}, file{"y.tar.xz", packedAs(t, "xz", inner)})},
		{"e.tar.zst", packedAs(t, "zstd", inner)}, {"f.log.xz", packedAs(t, "xz", plain)}, {"messages-20240302.bz2", packedAs(t, "bzip2", plain)}, {"empty.log", nil}, {"a.log.1", plain}, {"g.gz.gz", packedAs(t, "gzip", packedAs(t, "gzip", plain))},
	}
	for name, data := range map[string][]byte{
		"one.log": plain, "one.log.gz": packedAs(t, "gzip", plain), "one.tar": tarOf(t, nested...), "one.tgz": packedAs(t, "gzip", tarOf(t, nested...)), "one.zip": zipOf(t, nested...),
		"one.tar.xz": packedAs(t, "xz", inner), "one.tar.bz2": packedAs(t, "bzip2", tarOf(t, file{"app.log", plain}, file{"large.log", large[:1_000_000]})), "one.tar.zst": packedAs(t, "zstd", inner),
	} {
		t.Run(name, func(t *testing.T) {
			from := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(from, data, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(from, at, at); err != nil {
				t.Fatal(err)
			}
			to := filepath.Join(t.TempDir(), name)
			out, err := os.Create(to)
			if err != nil {
				t.Fatal(err)
			}
			copyAll(t, from, &Packer{File: out, Temp: t.TempDir()})
			if err := out.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(to, at, at); err != nil {
				t.Fatal(err)
			}
			if got, want := listed(t, to), listed(t, from); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func copyAll(t *testing.T, from string, p *Packer) {
	t.Helper()
	p.Name = func(s string) string { return s }
	for m, err := range bundle.Open(context.Background(), from, bundle.Limits{}) {
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Add(m, func(w io.Writer) error { _, err := io.Copy(w, m); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

// A folder becomes a folder; names that lead out of it do not.
func TestFolder(t *testing.T) {
	from := t.TempDir()
	for _, f := range []file{{"a.log", []byte("x\n")}, {"sub/deep/b.log", []byte("y\n")}, {"sub/c.tar", tarOf(t, file{"d.log", []byte("z\n")}, file{"../../out.log", []byte("w\n")})}} {
		path := filepath.Join(from, f.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	above := t.TempDir()
	to := filepath.Join(above, "to")
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	p := &Packer{Folder: root, Temp: t.TempDir(), Name: func(s string) string { return s }}
	for m, err := range bundle.Open(context.Background(), from, bundle.Limits{}) {
		if m == nil {
			continue // what is said of the name that leads out
		} else if err != nil {
			t.Fatal(err)
		}
		if err := p.Add(m, func(w io.Writer) error { _, err := io.Copy(w, m); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.log", "sub/deep/b.log", "sub/c.tar"} {
		info, err := os.Stat(filepath.Join(to, name))
		if err != nil || !info.ModTime().Equal(at) {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	if all, _ := os.ReadDir(above); len(all) != 1 {
		t.Errorf("beside the folder there is %v", all)
	}
	p.Name = func(string) string { return "../out.log" }
	if err := p.Add(&bundle.Member{Path: "x"}, func(io.Writer) error { return nil }); err == nil {
		t.Error("a name that leads out was written")
	}
}

// limited fails when more is written than there is room.
type limited struct{ room int }

var errFull = errors.New("full")

func (l *limited) Write(b []byte) (int, error) {
	if l.room -= len(b); l.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// However early the disk is full, the error comes through.
func TestFull(t *testing.T) {
	from := filepath.Join(t.TempDir(), "x.tgz")
	data := packedAs(t, "gzip", tarOf(t, file{"a.log", bytes.Repeat([]byte("0123456789abcdef"), 5000)}, file{"b.zip", zipOf(t, file{"c.log", []byte("x")})}))
	if err := os.WriteFile(from, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	copyAll(t, from, &Packer{File: &whole})
	for room := range whole.Len() {
		p := &Packer{File: &limited{room}, Name: func(s string) string { return s }}
		var failed error
		for m := range bundle.Open(context.Background(), from, bundle.Limits{}) {
			if failed = p.Add(m, func(w io.Writer) error { _, err := io.Copy(w, m); return err }); failed != nil {
				break
			}
		}
		if failed == nil {
			failed = p.Close()
		}
		p.Abandon()
		if !errors.Is(failed, errFull) {
			t.Fatalf("room for %d of %d bytes: %v", room, whole.Len(), failed)
		}
	}
}
