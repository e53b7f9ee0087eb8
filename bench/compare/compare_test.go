//go:build unix

package main

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program stands for the binary that is measured: it answers as the corpus below wants.
const program = `#!/bin/sh
case "$*" in
timeline*) echo 'no such verb' >&2; exit 2 ;;
*--format\ json*logs.tgz) echo '{"findings":[{"rule":"corpus/end-of-stream","count":9,"count_low":ROWS},{"rule":"zookeeper/other","count_low":5}],"coverage":{"lines":10}}' ;;
*) echo report ;;
esac
`

func corpus(t *testing.T, rows string) options {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("forensic", strings.ReplaceAll(program, "ROWS", rows), 0o755)
	write("1MB/manifest.json", `{"size":1000000,"lines":10,"matching":0,"hits":{"end-of-stream":4}}`, 0o644)
	for _, name := range []string{"logs.tgz", "small.tgz", "patterns.txt", "logs/a", "ordered/a", "shuffled/a", "rules/a", "more-rules/a"} {
		write("1MB/"+name, "", 0o644)
	}
	return options{program: filepath.Join(dir, "forensic"), dir: dir, size: "1MB", rounds: 2, rows: "4,9,11,13"}
}

func TestTable(t *testing.T) {
	o := corpus(t, "4")
	o.anyway = true // rg, where it is installed, has its own opinion on an empty archive
	o.output = filepath.Join(o.dir, "table.md")
	var out strings.Builder
	if err := run(o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| 9 | bundle of 1 MB: wall | 150 ms | 40 ms |",
		"| 13 | folder of plain files, `--jobs 2` vs `--jobs 1`: wall | 0.60 | 0.53 |",
		"not measured: timeline: exit status 2",
		"medians of 2 rounds",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	written, err := os.ReadFile(o.output)
	if err != nil || string(written) != out.String() {
		t.Errorf("the file has %q, %v", written, err)
	}
}

func TestWrongAnswersAreNotMeasured(t *testing.T) {
	err := run(corpus(t, "3"), io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "records of end-of-stream, against the corpus and rg: 3, not 4") {
		t.Errorf("got %v", err)
	}
}

func TestChosen(t *testing.T) {
	for rows, want := range map[string]int{"all": 17, "1, 2": 2, "6": 2, "capture": 3, "1,logs,1": 10, "14": 0} {
		got, err := chosen(rows)
		if len(got) != want || (err != nil) != (want == 0) {
			t.Errorf("%q: %d goals, %v; want %d", rows, len(got), err, want)
		}
	}
}

func TestVerdict(t *testing.T) {
	less, more := goal{must: 0.8, aim: 0.45}, goal{must: 15, aim: 30, more: true}
	for _, c := range []struct {
		g     goal
		value float64
		want  string
	}{{less, 0.4, "aim"}, {less, 0.8, "must"}, {less, 0.81, "**missed**"}, {more, 31, "aim"}, {more, 15, "must"}, {more, 14, "**missed**"}} {
		if got := c.g.verdict(c.value); got != c.want {
			t.Errorf("%v: %s, want %s", c.value, got, c.want)
		}
	}
}

func TestMedian(t *testing.T) {
	runs := []cost{{wall: 3 * time.Second}, {wall: time.Second}, {wall: 2 * time.Second}}
	if got := median(runs, wall); got != 2 {
		t.Errorf("of three: %v", got)
	}
	if got := median(runs[:2], wall); got != 2 {
		t.Errorf("of two: %v", got)
	}
}

func TestCollectorTrace(t *testing.T) {
	b := &bench{manifest: manifest{Size: 1 << 20}, runs: map[string][]cost{"collector": {{messages: []byte(
		"gc 1 @0.012s 2%: 0.026+0.39+0.10 ms clock, 0.21+0.88/0.52/0+0.84 ms cpu, 4->5->2 MB, 5 MB goal, 0 MB stacks, 0 MB globals, 8 P\n" +
			"gc 2 @0.112s 3%: 0.026+0.39+0.10 ms clock, 0.21+0.88/0.52/0+0.84 ms cpu, 6->6->3 MB, 7 MB goal, 0 MB stacks, 0 MB globals, 8 P\n")}}}}
	if got, _ := allocated(b); math.Abs(got-8) > 1e-9 { // 4, and 6-2
		t.Errorf("allocated %v bytes an input byte, want 8", got)
	}
	if got, _ := collected(b); got != 3 {
		t.Errorf("collector's share %v, want 3", got)
	}
}

func TestHellos(t *testing.T) {
	if got := hellos([]byte("1.0\t7\t1\thost\n1.1\t7\t2,11,12,14\t\n1.2\t8\t11\t\n1.3\t9\t1\t\n1.4\t9\t1\t\n")); got != 2 {
		t.Errorf("%d streams with a ClientHello, want 2", got)
	}
}
