package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"
)

// A corpus is worth nothing if it is another one tomorrow, or if its manifest is wrong.
func TestTheSameEveryTime(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, dir := range []string{first, second} {
		if err := run(dir, "1MB", 7); err != nil {
			t.Fatal(err)
		}
	}
	a, b := manifest(t, first), manifest(t, second)
	if !reflect.DeepEqual(a, b) {
		t.Errorf("two runs differ:\n%+v\n%+v", a, b)
	}
	sums := 0
	for _, f := range a.Files {
		if f.SHA256 != "" {
			sums++
		}
	}
	if sums != 3 {
		t.Errorf("%d files have a sum, want logs.tgz, small.tgz and capture.pcap", sums)
	}
	if err := run(first, "1MB", 7); err != nil { // finds itself and stays
		t.Fatal(err)
	}
}

func TestHitsAreWhatTheExpressionsFind(t *testing.T) {
	var all bytes.Buffer
	m := Manifest{Hits: map[string]int{}}
	err := parts(3, 2_000_000, func(p part) error {
		all.Write(p.text)
		count(&m, p.text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	found, matching := map[string]int{}, int64(0)
	for line := range bytes.Lines(all.Bytes()) {
		hits := 0
		for _, p := range patterns {
			if bytes.Contains(line, []byte(p.literal)) && regexp.MustCompile(p.expr).Match(line) {
				found[p.name]++
				hits++
			}
		}
		if hits > 1 {
			t.Errorf("two patterns in one line: %s", line)
		}
		matching += int64(hits)
	}
	if !reflect.DeepEqual(found, m.Hits) || matching != m.Matching {
		t.Errorf("the expressions find %d %v\nthe manifest says %d %v", matching, found, m.Matching, m.Hits)
	}
	for _, p := range patterns {
		if found[p.name] == 0 {
			t.Errorf("no line holds %s", p.name)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"1MB": 1e6, "1.5GB": 15e8, "10GB": 1e10, "": 0, "5": 0, "-1GB": 0, "1TB": 0} {
		got, err := parseSize(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("parseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func manifest(t *testing.T, dir string) (m Manifest) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "1MB", "manifest.json"))
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}
