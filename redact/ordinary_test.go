package redact

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Of ordinary lines at most one in two thousand changes: the fixtures of formats
// and rules, and the corpus of the benchmarks. Its mail log holds addresses,
// which are no ordinary lines.
func TestOrdinaryLines(t *testing.T) {
	dirs := []string{"../fixtures/formats", "../fixtures/rules"}
	if path, err := exec.LookPath("go"); err == nil {
		dir := t.TempDir()
		if out, err := exec.Command(path, "run", "forensic/bench/corpus", "-dir", dir, "-size", "4MB", "-seed", "11").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		dirs = append(dirs, filepath.Join(dir, "4MB", "logs"))
	} else {
		t.Log("there is no go command to write the corpus with")
	}
	lines, changed := 0, 0
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			n, c := changes(t, b)
			lines, changed = lines+n, changed+c
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d lines changed", changed, lines)
	if lines < 30_000 {
		t.Errorf("only %d lines were read", lines)
	}
	if float64(changed) > 0.0005*float64(lines) {
		t.Errorf("%d of %d lines changed, want at most 0.05 %%", changed, lines)
	}
}

// changes counts the lines of a text, and those that are other lines when it is
// redacted; mail addresses apart.
func changes(t *testing.T, b []byte) (lines, changed int) {
	r := New([]byte("key"), Options{})
	var out bytes.Buffer
	s := r.NewStream(&out, "x.log")
	s.Write(b)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, after := strings.Split(string(b), "\n"), strings.Split(out.String(), "\n")
	if len(before) != len(after) {
		t.Errorf("%d lines became %d", len(before), len(after))
		return len(before), len(before)
	}
	for i := range before {
		if before[i] == after[i] || strings.Contains(before[i], "@example.com>") {
			continue
		}
		changed++
		t.Logf("%s\n\tbecame %s", before[i], after[i])
	}
	return len(before), changed
}

// However a text is cut into pieces it becomes the same, also beyond the window.
func TestPieces(t *testing.T) {
	key := "-----BEGIN RSA PRIVATE KEY-----\n" + strings.Repeat("MIIEowIBAAKCAQEAx7Yz0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH\n", 25) + "-----END RSA PRIVATE KEY-----\n"
	var long strings.Builder
	for i := range 40_000 {
		long.WriteString("2024-03-02 10:14:03 INFO ordinary line with password=geheim-" + strings.Repeat("x", i%7) + "1 in it\n")
		if i%997 == 0 {
			long.WriteString(key)
		}
	}
	text := []byte(long.String() + strings.Repeat(`{"password":"geheim-1","a":1},`, 40_000) + "\n" + strings.Repeat("a", 2<<20) + " password=geheim-2")
	var want []byte
	for _, size := range []int{len(text), 1 << 20, 65536, 4099} {
		var out bytes.Buffer
		s := New([]byte("key"), Options{}).NewStream(&out, "x.log")
		for b := text; len(b) > 0; b = b[min(len(b), size):] {
			if _, err := s.Write(b[:min(len(b), size)]); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(out.Bytes(), []byte("geheim")) || bytes.Contains(out.Bytes(), []byte("MIIEow")) {
			t.Errorf("pieces of %d: a secret is left", size)
		}
		if want == nil {
			want = bytes.Clone(out.Bytes())
		}
		if !bytes.Equal(out.Bytes(), want) {
			t.Errorf("pieces of %d give another text", size)
		}
	}
}

// Redacting costs no allocation a line where there is nothing to redact.
func TestAllocations(t *testing.T) {
	line := []byte("2024-03-02 10:14:03,123 INFO  [main] c.e.app.Config - token expired for session 0x16b2c3d4e5f0001, see https://example.com/x?y=1\n")
	few, many := bytes.Repeat(line, 10), bytes.Repeat(line, 1000)
	cost := func(text []byte) float64 {
		r := New([]byte("key"), Options{})
		return testing.AllocsPerRun(10, func() { r.Fixed(text, 0, "x") })
	}
	if a, b := cost(few), cost(many); b > a+2 {
		t.Errorf("%v allocations for 10 lines, %v for 1000", a, b)
	}
}

func BenchmarkText(b *testing.B) {
	line := []byte("2024-03-02 10:14:03,123 INFO  [main] c.e.app.Config - token expired for session 0x16b2c3d4e5f0001, see https://example.com/x?y=1\n")
	text := bytes.Repeat(line, 4000)
	r := New([]byte("key"), Options{})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r.Fixed(text, 0, "x")
	}
}

// FuzzText redacts arbitrary bytes: nothing fails, a second time changes
// nothing, and bytes whose length is kept keep it.
func FuzzText(f *testing.F) {
	for _, line := range append(places, ordinary...) {
		f.Add([]byte(strings.NewReplacer("«", "", "»", "").Replace(line)))
	}
	for _, found := range []string{ // by earlier runs
		"sshpAss -p10 0000000", "Pwd={0}00", "pAss \x00", "0@\x8b.0@0.AA", "pAss0='pAss0= 00000'0000",
	} {
		f.Add([]byte(found))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		New([]byte("key"), Options{Addresses: true, Hosts: true, HostNames: []string{"zk1"}}).Text(b)
		once := New([]byte("key"), Options{}).Text(b)
		if twice := New([]byte("other"), Options{}).Text(once); !bytes.Equal(once, twice) {
			t.Errorf("%q\n\tbecame %q\n\tand then %q", b, once, twice)
		}
		fixed := bytes.Clone(b)
		New([]byte("key"), Options{}).Fixed(fixed, 0, "x")
		if len(fixed) != len(b) {
			t.Errorf("%d bytes became %d", len(b), len(fixed))
		}
		var out bytes.Buffer
		s := New([]byte("key"), Options{}).NewStream(&out, "shadow")
		s.Write(b)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
