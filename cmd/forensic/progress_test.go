package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"forensic"
)

func TestTimeLeft(t *testing.T) {
	for _, c := range []struct {
		passed      time.Duration
		read, total int64
		want        time.Duration // 0: unknown
	}{
		{2 * time.Second, 50, 100, 2 * time.Second}, {2 * time.Second, 1, 100, 0}, {10 * time.Second, 90, 100, time.Second},
		{time.Second, 100, 100, 0}, {time.Second, 200, 100, 0}, {time.Second, 10, 0, 0}, {time.Second, 0, 100, 0},
		{time.Minute, 1 << 40, 1 << 41, time.Minute},
	} {
		got, ok := timeLeft(c.passed, c.read, c.total)
		if ok != (c.want > 0) || got != c.want {
			t.Errorf("%v: %v, %v", c, got, ok)
		}
	}
}

func TestProgressWords(t *testing.T) {
	l := &progressLine{total: 100e6}
	l.note(forensic.Progress{Member: "logs/a\x1b[2J.log", Members: 12})
	l.read.Store(25e6)
	if got, want := l.words(10*time.Second), "12 members, 25.0/100.0 MB, about 30s left: logs/a\\x1b[2J.log"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	l.lang = "zh"
	if got, want := l.words(10*time.Second), "12 个成员，25.0/100.0 MB，约剩 30s：logs/a\\x1b[2J.log"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	l.read.Store(100e6)
	if got := l.words(10 * time.Second); !strings.HasSuffix(got, "正在整理时间线") {
		t.Error(got)
	}
	l.total, l.lang = 0, ""
	if got, want := l.words(time.Second), "12 members, 100.0 MB: logs/a\\x1b[2J.log"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What is read of a folder and of an archive is counted in the inputs' own bytes.
func TestProgressCounts(t *testing.T) {
	dir := t.TempDir()
	text := bytes.Repeat([]byte("2024-03-02 10:14:03,120 INFO x - y\n"), 1000)
	for _, name := range []string{"a.log", "b.log"} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const archive = "../../fixtures/bundles/healthy-quiet/healthy-quiet.tgz"
	paths := []string{dir, archive}
	l := &progressLine{total: bytesOf(paths)}
	var opt forensic.Options
	opt.Limits.Read = &l.read
	if _, err := forensic.Analyze(t.Context(), paths, opt); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(archive)
	if want := int64(2*len(text)) + info.Size(); err != nil || l.total != want || l.read.Load() != want {
		t.Errorf("read %d of %d, want %d; %v", l.read.Load(), l.total, want, err)
	}
}
