//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// A bench is a corpus, the commands that read it, and what they cost so far.
type bench struct {
	options
	progress io.Writer
	manifest manifest
	runs     map[string][]cost
	failed   map[string]string // contenders that could not run, and why
}

// manifest is what bench/corpus says of its output.
type manifest struct {
	Size     int64          `json:"size"`
	Lines    int64          `json:"lines"`
	Matching int64          `json:"matching"`
	Hits     map[string]int `json:"hits"`
	Packets  int            `json:"packets"`
	Flows    map[string]int `json:"flows"`
}

func openBench(o options, progress io.Writer) (*bench, error) {
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return nil, err
	}
	o.dir = dir
	b := &bench{options: o, progress: progress, runs: map[string][]cost{}, failed: map[string]string{}}
	text, err := os.ReadFile(b.path("manifest.json"))
	if err != nil {
		return nil, fmt.Errorf("%w: make it first: go run ./bench/corpus -size %s", err, o.size)
	}
	if err := json.Unmarshal(text, &b.manifest); err != nil {
		return nil, fmt.Errorf("read %q: %w", b.path("manifest.json"), err)
	}
	return b, nil
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, b.size, name) }

// contenders are all commands, in the order in which they take turns: those that are compared stand side by side.
func (b *bench) contenders() []contender {
	logs, packets := b.path("logs.tgz"), b.path("capture.pcap")
	us := func(name string, args ...string) contender {
		return contender{name: name, argv: append([]string{b.program}, args...)}
	}
	list := []contender{
		{name: "zcat", argv: []string{"sh", "-c", `zcat "$1" | cat >/dev/null`, "sh", logs}},
		us("logs", "analyze", logs),
		{name: "rg", argv: []string{"rg", "-z", "-a", "-c", "-f", b.path("patterns.txt"), logs}},
		us("more rules", "analyze", "--rules", b.path("more-rules"), logs),
		us("timeline", "timeline", "--format", "jsonl", logs),
		us("small", "analyze", b.path("small.tgz")),
		us("ordered", "analyze", b.path("ordered")),
		us("shuffled", "analyze", b.path("shuffled")),
		us("one job", "analyze", "--jobs", "1", b.path("logs")),
		us("two jobs", "analyze", "--jobs", "2", b.path("logs")),
		{name: "collector", argv: []string{b.program, "analyze", logs}, trace: true, once: true},
		us("capture", "analyze", "--no-hash", packets),
		{name: "capinfos", argv: []string{"capinfos", "-c", packets}},
		us("capture hashed", "analyze", packets),
		{name: "tshark conv", argv: []string{"tshark", "-r", packets, "-q", "-z", "conv,tcp"}, once: true, keep: true},
		{name: "tshark tls", argv: []string{"tshark", "-r", packets, "-Y", "tls.handshake", "-T", "fields", "-e", "frame.time_epoch",
			"-e", "tcp.stream", "-e", "tls.handshake.type", "-e", "tls.handshake.extensions_server_name"}, once: true, keep: true},
	}
	if b.large != "" {
		large := filepath.Join(b.dir, b.large)
		list = append(list, us("large logs", "analyze", filepath.Join(large, "logs.tgz")),
			us("large capture", "analyze", "--no-hash", filepath.Join(large, "capture.pcap")))
		for i := range list[len(list)-2:] {
			list[len(list)-2+i].once = true
		}
	}
	return list
}

// of gives a median of a contender; false if it did not run.
func (b *bench) of(name string, figure func(cost) float64) (float64, bool) {
	runs := b.runs[name]
	return median(runs, figure), len(runs) > 0
}

// ratio of two contenders' medians.
func (b *bench) ratio(name, other string, figure func(cost) float64) (float64, bool) {
	x, ok := b.of(name, figure)
	y, also := b.of(other, figure)
	return x / y, ok && also && y > 0
}

func seconds(s float64) string { return strconv.FormatFloat(s, 'f', 2, 64) + " s" }
