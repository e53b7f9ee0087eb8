//go:build unix

package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A goal is a row of the table.
type goal struct {
	name      string // number, and a letter where one row holds two figures
	about     string
	group     string // logs, capture or memory
	must, aim float64
	more      bool // more is better
	unit      string
	needs     []string // contenders
	value     func(b *bench) (float64, bool)
	note      func(b *bench) string
}

func ratioOf(name, other string, figure func(cost) float64) func(*bench) (float64, bool) {
	return func(b *bench) (float64, bool) { return b.ratio(name, other, figure) }
}

func medianOf(name string, factor float64, figure func(cost) float64) func(*bench) (float64, bool) {
	return func(b *bench) (float64, bool) {
		x, ok := b.of(name, figure)
		return x * factor, ok
	}
}

// both is a note that shows two contenders' seconds.
func both(name, other string, figure func(cost) float64) func(*bench) string {
	return func(b *bench) string {
		x, _ := b.of(name, figure)
		y, _ := b.of(other, figure)
		return seconds(x) + " : " + seconds(y)
	}
}

func goals() []goal {
	return []goal{
		{name: "1", group: "logs", about: "tgz of logs: wall vs `zcat FILE \\| cat`", must: 0.80, aim: 0.45,
			needs: []string{"logs", "zcat"}, value: ratioOf("logs", "zcat", wall), note: both("logs", "zcat", wall)},
		{name: "2", group: "logs", about: "the same: CPU vs `zcat`", must: 1.0, aim: 0.70,
			needs: []string{"logs", "zcat"}, value: ratioOf("logs", "zcat", cpu), note: both("logs", "zcat", cpu)},
		{name: "3", group: "logs", about: "the same: wall vs `rg -z -a -c -f`, 20 patterns", must: 0.75, aim: 0.45,
			needs: []string{"logs", "rg"}, value: ratioOf("logs", "rg", wall), note: both("logs", "rg", wall)},
		{name: "4", group: "logs", about: "180 more rules: wall vs without", must: 1.15, aim: 1.05,
			needs: []string{"more rules", "logs"}, value: ratioOf("more rules", "logs", wall), note: both("more rules", "logs", wall)},
		{name: "5", group: "capture", about: "capture: CPU vs `capinfos -c`", must: 3.0, aim: 1.5,
			needs: []string{"capture", "capinfos", "capture hashed"}, value: ratioOf("capture", "capinfos", cpu), note: hashNote},
		{name: "6a", group: "capture", about: "capture: times less CPU than `tshark -q -z conv,tcp`", must: 15, aim: 30, more: true, unit: "x",
			needs: []string{"capture", "tshark conv"}, value: ratioOf("tshark conv", "capture", cpu), note: both("capture", "tshark conv", cpu)},
		{name: "6b", group: "capture", about: "capture: times less CPU than `tshark -T fields` for TLS", must: 40, aim: 80, more: true, unit: "x",
			needs: []string{"capture", "tshark tls"}, value: ratioOf("tshark tls", "capture", cpu), note: both("capture", "tshark tls", cpu)},
		{name: "7a", group: "memory", about: "peak memory, logs", must: 256, aim: 128, unit: " MiB",
			needs: []string{"logs", "large logs"}, value: highest("logs", "large logs")},
		{name: "7b", group: "memory", about: "peak memory, capture", must: 256, aim: 128, unit: " MiB",
			needs: []string{"capture", "large capture"}, value: highest("capture", "large capture")},
		{name: "8a", group: "memory", about: "ten times the logs: CPU vs the smaller", must: 10.8, aim: 10.2,
			needs: []string{"large logs", "logs"}, value: ratioOf("large logs", "logs", cpu), note: both("large logs", "logs", cpu)},
		{name: "8b", group: "memory", about: "ten times the capture: CPU vs the smaller", must: 10.8, aim: 10.2,
			needs: []string{"large capture", "capture"}, value: ratioOf("large capture", "capture", cpu), note: both("large capture", "capture", cpu)},
		{name: "9", group: "logs", about: "bundle of 1 MB: wall", must: 150, aim: 40, unit: " ms",
			needs: []string{"small"}, value: medianOf("small", 1000, wall)},
		{name: "10a", group: "logs", about: "bytes allocated per input byte, logs", must: 0.5, aim: 0.1,
			needs: []string{"collector"}, value: allocated},
		{name: "10b", group: "logs", about: "garbage collection's share of CPU, logs", must: 5, aim: 2, unit: " %",
			needs: []string{"collector"}, value: collected},
		{name: "11", group: "logs", about: "`timeline --format jsonl` of everything: wall vs `zcat`", must: 1.9, aim: 1.5,
			needs: []string{"timeline", "zcat"}, value: ratioOf("timeline", "zcat", wall), note: both("timeline", "zcat", wall)},
		{name: "12", group: "logs", about: "records shuffled vs in order: CPU", must: 1.6, aim: 1.3,
			needs: []string{"shuffled", "ordered"}, value: ratioOf("shuffled", "ordered", cpu), note: both("shuffled", "ordered", cpu)},
		{name: "13", group: "logs", about: "folder of plain files, `--jobs 2` vs `--jobs 1`: wall", must: 0.60, aim: 0.53,
			needs: []string{"two jobs", "one job"}, value: ratioOf("two jobs", "one job", wall), note: both("two jobs", "one job", wall)},
	}
}

// chosen are the rows asked for, by number or group.
func chosen(rows string) ([]goal, error) {
	all := goals()
	if rows == "all" {
		return all, nil
	}
	var list []goal
	for word := range strings.SplitSeq(rows, ",") {
		word = strings.TrimSpace(word)
		fits := func(g goal) bool { return g.name == word || g.group == word || strings.TrimRight(g.name, "ab") == word }
		if !slices.ContainsFunc(all, fits) {
			return nil, fmt.Errorf("no goal %q: numbers from 1 to 13, or logs, capture, memory", word)
		}
		for _, g := range all {
			if fits(g) && !slices.ContainsFunc(list, func(have goal) bool { return have.name == g.name }) {
				list = append(list, g)
			}
		}
	}
	return list, nil
}

func hashNote(b *bench) string {
	note := both("capture", "capinfos", cpu)(b)
	if x, ok := b.ratio("capture hashed", "capinfos", cpu); ok {
		note += fmt.Sprintf("; with its SHA-256 %.2f", x)
	}
	return note
}

// highest is the largest peak of any run of some contenders.
func highest(names ...string) func(*bench) (float64, bool) {
	return func(b *bench) (most float64, ok bool) {
		for _, name := range names {
			for _, r := range b.runs[name] {
				most, ok = max(most, peak(r)), true
			}
		}
		return most, ok
	}
}

// "gc 12 @0.513s 1%: ... 4->5->2 MB, ..." is what the Go runtime prints of each collection.
var collection = regexp.MustCompile(`(?m)^gc \d+ @[\d.]+s (\d+)%: .* (\d+)->\d+->(\d+) MB`)

// allocated adds up what the heap grew between collections. What came after the last one is not in it.
func allocated(b *bench) (float64, bool) {
	runs := b.runs["collector"]
	if len(runs) == 0 {
		return 0, false
	}
	total, live := 0, 0
	for _, m := range collection.FindAllSubmatch(runs[0].messages, -1) {
		total += number(m[2]) - live
		live = number(m[3])
	}
	return float64(total) * (1 << 20) / float64(b.manifest.Size), true
}

func collected(b *bench) (float64, bool) {
	runs := b.runs["collector"]
	if len(runs) == 0 {
		return 0, false
	}
	all := collection.FindAllSubmatch(runs[0].messages, -1)
	if len(all) == 0 {
		return 0, true
	}
	return float64(number(all[len(all)-1][1])), true
}

func number(digits []byte) int {
	n, _ := strconv.Atoi(string(digits)) // the expression lets nothing else through
	return n
}
