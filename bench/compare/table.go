//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// table prints the goals as Markdown, with the machine and the versions they were measured with.
func (b *bench) table(list []goal, wrong []string) string {
	var t strings.Builder
	fmt.Fprintf(&t, "| # | goal, %s | must | aim | measured | | this : other |\n|---|---|---:|---:|---:|---|---|\n", b.size)
	for _, g := range list {
		value, ok := g.value(b)
		measured, verdict, note := "-", "", ""
		switch {
		case ok:
			measured, verdict = figure(value)+g.unit, g.verdict(value)
			if g.note != nil {
				note = g.note(b)
			}
		default:
			note = "not measured: " + b.why(g)
		}
		fmt.Fprintf(&t, "| %s | %s | %s%s | %s%s | %s | %s | %s |\n", g.name, g.about, figure(g.must), g.unit, figure(g.aim), g.unit, measured, verdict, note)
	}
	fmt.Fprintf(&t, "\n%s, %d cores; %s; medians of %d rounds taking turns, tshark once.\n", processor(), runtime.NumCPU(), b.versions(), b.rounds)
	if len(wrong) == 0 {
		t.WriteString("Answers were compared first and are equal.\n")
	}
	for _, w := range wrong {
		t.WriteString("ANSWERS DIFFER: " + w + "\n")
	}
	return t.String()
}

func (g goal) verdict(value float64) string {
	reached := func(limit float64) bool { return value <= limit && !g.more || value >= limit && g.more }
	switch {
	case reached(g.aim):
		return "aim"
	case reached(g.must):
		return "must"
	}
	return "**missed**"
}

// why a row has no figure: the first of its contenders that did not run.
func (b *bench) why(g goal) string {
	for _, name := range g.needs {
		if reason := b.failed[name]; reason != "" {
			first, _, _ := strings.Cut(reason, "\n")
			return first
		}
		if strings.HasPrefix(name, "large") && b.large == "" {
			return "no larger corpus named (-large 10GB)"
		}
	}
	return "no run"
}

func figure(v float64) string {
	if v >= 20 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

var version = regexp.MustCompile(`[0-9]+(\.[0-9]+)+`)

// versions are what each tool says of itself.
func (b *bench) versions() string {
	list := []string{strings.Replace(runtime.Version(), "go", "Go ", 1)}
	for _, tool := range []string{"gzip", "rg", "tshark", "capinfos"} {
		text, err := exec.Command(tool, "--version").Output()
		if err != nil {
			list = append(list, tool+" not installed")
			continue
		}
		list = append(list, tool+" "+version.FindString(string(text)))
	}
	return strings.Join(list, ", ")
}
