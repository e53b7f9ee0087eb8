// Command corpus writes what the benchmarks read: a folder and an archive of
// logs, and a capture, of a size to choose. Nothing of it is kept in the
// repository: the same seed gives the same bytes on every machine and in every
// run.
//
//	go run ./bench/corpus -dir bench-data -size 1GB
//
// writes bench-data/1GB:
//
//	logs/, logs.tgz   syslog, zookeeper.out with traces, log4j and Python logs with theirs
//	small.tgz         the same kinds of logs, 1 MB
//	ordered/ shuffled/  one log in order, and its records shuffled
//	capture.pcap      HTTP, TLS of many fates, resets, retransmissions
//	patterns.txt      what a rule might ask, as regular expressions for grep and rg
//	rules/            the same patterns as rules of this program, and rules that count flows
//	more-rules/       rules that match nothing, to see what their number costs
//	manifest.json     sizes, lines, hits of each pattern, flows of each fate, SHA-256 sums
//
// It uses the standard library only, and nothing of this project, so that what
// it says about its output is a second opinion.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// version changes whenever the bytes do, so that an old corpus is not taken for a new one.
const version = 2

// A Manifest says what was written.
type Manifest struct {
	Version  int            `json:"version"`
	Seed     uint64         `json:"seed"`
	Size     int64          `json:"size"`
	Files    []File         `json:"files"`
	Lines    int64          `json:"lines"`    // of logs/
	Matching int64          `json:"matching"` // lines of logs/ that hold a pattern
	Hits     map[string]int `json:"hits"`     // lines of logs/ by pattern
	Packets  int            `json:"packets"`
	Flows    map[string]int `json:"flows"` // TCP connections of the capture by fate
}

// A File is one output; a folder's Bytes are those of its files, without a sum.
type File struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256,omitempty"`
}

func main() {
	dir := flag.String("dir", "bench-data", "where to write; a folder named after the size is made in it")
	size := flag.String("size", "1GB", "bytes of logs, and of the capture: 1MB, 1GB, 10GB")
	seed := flag.Uint64("seed", 1, "another seed gives another corpus")
	flag.Parse()
	if err := run(*dir, *size, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func run(dir, size string, seed uint64) error {
	bytes, err := parseSize(size)
	if err != nil {
		return err
	}
	out := filepath.Join(dir, size)
	if upToDate(out, seed, bytes) {
		fmt.Println("corpus:", out, "is there already")
		return nil
	}
	if err := os.RemoveAll(out); err != nil {
		return fmt.Errorf("empty %q: %w", out, err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make %q: %w", out, err)
	}
	m := Manifest{Version: version, Seed: seed, Size: bytes, Hits: map[string]int{}, Flows: map[string]int{}}
	for _, step := range []func(string, *Manifest) error{writeLogs, writeSmall, writeShuffled, writeRules, writeCapture} {
		if err := step(out, &m); err != nil {
			return err
		}
	}
	for _, f := range m.Files {
		fmt.Printf("corpus: %-24s %14d bytes\n", f.Path, f.Bytes)
	}
	fmt.Printf("corpus: %d lines, %.1f %% with a pattern; %d packets\n", m.Lines, 100*float64(m.Matching)/float64(max(m.Lines, 1)), m.Packets)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "manifest.json"), append(text, '\n'), 0o644)
}

// upToDate compares the manifest with what was asked, and the files' sizes with the manifest.
func upToDate(out string, seed uint64, size int64) bool {
	text, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if err != nil {
		return false
	}
	var m Manifest
	if json.Unmarshal(text, &m) != nil || !reflect.DeepEqual([]any{m.Version, m.Seed, m.Size}, []any{version, seed, size}) {
		return false
	}
	for _, f := range m.Files {
		info, err := os.Stat(filepath.Join(out, f.Path))
		if err != nil || !info.IsDir() && info.Size() != f.Bytes {
			return false
		}
	}
	return true
}

// parseSize reads 500KB, 1MB, 1.5GB: powers of ten, as file sizes are sold.
func parseSize(s string) (int64, error) {
	for unit, factor := range map[string]float64{"KB": 1e3, "MB": 1e6, "GB": 1e9} {
		if number, ok := strings.CutSuffix(s, unit); ok {
			n, err := strconv.ParseFloat(number, 64)
			if err == nil && n > 0 && n*factor < 1e12 {
				return int64(n * factor), nil
			}
		}
	}
	return 0, errors.New("size " + strconv.Quote(s) + ": write it as 1MB, 1GB or 10GB")
}
