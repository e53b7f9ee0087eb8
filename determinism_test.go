package forensic_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"forensic"
	"forensic/fixtures"
	"forensic/report"
)

// told is the JSON report of paths, without what the law excepts.
func told(t *testing.T, opt forensic.Options, paths ...string) string {
	t.Helper()
	r, err := forensic.Analyze(context.Background(), paths, opt)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.JSON(&b, report.New(r, report.Options{})); err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(b.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	delete(v, "inputs")
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// pack makes an archive of a folder, its members in the opposite order, with
// their times.
func pack(t *testing.T, dir, to string) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(paths)
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		h := &tar.Header{Name: filepath.ToSlash(rel), Mode: 0o644, Size: int64(len(data)), ModTime: info.ModTime(), Format: tar.FormatPAX}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Analysing twice gives the same, the second time by the plain way: one
// goroutine, no filter, every pattern tried on every record, nothing unpacked.
// So does an archive of the same members in another order.
func TestSameInputSameReport(t *testing.T) {
	for _, folder := range []string{"fixtures/formats", "fixtures/rules"} {
		cases, err := fixtures.Under(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(strings.TrimSuffix(filepath.ToSlash(c.Path), ".txtar"), func(t *testing.T) {
				dir := t.TempDir()
				in := filepath.Join(dir, "in")
				if err := c.Write(in); err != nil {
					t.Fatal(err)
				}
				if c.Modified().IsZero() {
					age(t, in)
				}
				opt := forensic.Options{KeepAll: true}
				opt.Limits.Hash = true
				first := told(t, opt, in)
				plain := opt
				plain.Slow = true
				if again := told(t, plain, in); again != first {
					t.Errorf("the plain way differs:\n%s", firstDifference(first, again))
				}
				archive := filepath.Join(dir, "in.tgz")
				pack(t, in, archive)
				if packed := told(t, opt, archive); packed != first {
					t.Errorf("the archive differs from the folder:\n%s", firstDifference(first, packed))
				}
			})
		}
	}
}

// age gives the files of a folder a time that does not depend on the day.
func age(t *testing.T, dir string) {
	t.Helper()
	old := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(path, old, old)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// firstDifference shows where two texts part.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			from := max(i-3, 0)
			return strings.Join(x[from:i+1], "\n") + "\n--- and not ---\n" + strings.Join(y[from:i+1], "\n")
		}
	}
	return "one is longer"
}
