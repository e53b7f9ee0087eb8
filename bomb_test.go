package forensic_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nestedBomb is 100 GiB of zeros, compressed, and compressed once more: streams
// of 64 MiB one behind the other, which readers take for one.
func nestedBomb(t *testing.T) []byte {
	t.Helper()
	var one, all bytes.Buffer
	z := gzip.NewWriter(&one)
	zeros := make([]byte, 1<<20)
	for range 64 {
		if _, err := z.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	z = gzip.NewWriter(&all)
	for range 100 << 30 / (64 << 20) {
		if _, err := z.Write(one.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}

// TestBombBesideGoodMembers has the program read 200 good members with a bomb of
// 100 GiB, two levels deep, in their middle: the good ones are read whole, the
// bomb is named, and memory stays within 256 MiB.
func TestBombBesideGoodMembers(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "forensic")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/forensic").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	bomb := nestedBomb(t)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for i := range 201 {
		name, data := fmt.Sprintf("logs/%03d.log", i), []byte(records(50))
		if i == 100 {
			name, data = "logs/bomb.gz", bomb
		}
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []io.Closer{w, z} {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	path, out := filepath.Join(dir, "bundle.tgz"), filepath.Join(dir, "r.json")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	code, peak, said := watched(t, program, "analyze", "-q", path, "-o", out)
	took := time.Since(begun)
	if code != 0 || said != "" || peak > 256<<20 {
		t.Errorf("exit %d, peak %d bytes, said %q", code, peak, said)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Sources []struct {
			Path          string
			Lines, Events int
		}
		Skipped  []struct{ Path, Why string }
		Coverage struct {
			Members int
			Limits  []string `json:"limits_hit"`
		}
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	good := 0
	for _, s := range r.Sources {
		if s.Lines == 50 && s.Events == 50 {
			good++
		}
	}
	if good != 200 || len(r.Sources)+len(r.Skipped) != 201 || r.Coverage.Members != 201 {
		t.Errorf("%d good members of 200; %d sources, skipped %v", good, len(r.Sources), r.Skipped)
	}
	if len(r.Coverage.Limits) != 1 || !strings.HasPrefix(r.Coverage.Limits[0], "logs/bomb.gz: unpacks to more than 1000 times its size") {
		t.Errorf("limits: %q", r.Coverage.Limits)
	}
	t.Logf("a bomb of 100 GiB in %d bytes: %d good members of 200, peak %d MiB, %.1f s", len(bomb), good, peak>>20, took.Seconds())
}
