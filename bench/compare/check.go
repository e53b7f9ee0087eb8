//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// report is what is read of this program's JSON.
type report struct {
	Findings []struct {
		Rule  string `json:"rule"`
		Count int    `json:"count"`
		Low   int    `json:"count_low"`
	} `json:"findings"`
	Coverage struct {
		Lines int64 `json:"lines"`
	} `json:"coverage"`
}

// check compares answers before anything is measured, and lists the differences.
func (b *bench) check(list []goal) ([]string, error) {
	group := func(name string) bool { return slices.ContainsFunc(list, func(g goal) bool { return g.group == name }) }
	var wrong []string
	differ := func(what string, got, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			wrong = append(wrong, fmt.Sprintf("%s: %v, not %v", what, got, want))
		}
	}
	if group("logs") || group("memory") {
		if n, ok := b.countWithRg(); ok {
			differ("lines with a pattern, rg against the corpus", n, b.manifest.Matching)
		}
		r, err := b.report("logs.tgz")
		if err != nil {
			return nil, err
		}
		differ("lines read, against the corpus", r.Coverage.Lines, b.manifest.Lines)
		for name, want := range b.manifest.Hits {
			differ("records of "+name+", against the corpus and rg", r.count(name), want)
		}
	}
	if group("capture") || group("memory") {
		r, err := b.report("capture.pcap")
		if err != nil {
			return nil, err
		}
		differ("connections, against the corpus", r.count("flows"), b.flows())
		for name, want := range b.manifest.Flows {
			if b.ruleFor(name) {
				differ("connections that were "+name+", against the corpus", r.count("flows-"+name), want)
			}
		}
	}
	slices.Sort(wrong)
	if len(wrong) == 0 {
		fmt.Fprintln(b.progress, "answers: equal to the corpus's own and to rg's")
	}
	return wrong, nil
}

// report analyses with the corpus's own rules, which count what each pattern and each fate has.
func (b *bench) report(name string) (report, error) {
	var r report
	run, err := perform(contender{name: "analyze " + name, keep: true,
		argv: []string{b.program, "analyze", "--rules", b.path("rules"), "--format", "json", b.path(name)}})
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(run.output, &r); err != nil {
		return r, fmt.Errorf("the report on %s: %w", name, err)
	}
	return r, nil
}

// count adds up what is certain in the findings of a rule.
func (r report) count(name string) (n int) {
	for _, f := range r.Findings {
		if f.Rule == "corpus/"+name {
			n += f.Low
		}
	}
	return n
}

// ruleFor tells whether the corpus has a rule that counts the connections of a fate.
func (b *bench) ruleFor(fate string) bool {
	_, err := os.Stat(b.path("rules/corpus/flows-" + fate + ".yaml"))
	return err == nil
}

func (b *bench) flows() (n int) {
	for _, m := range b.manifest.Flows {
		n += m
	}
	return n
}

func (b *bench) countWithRg() (int64, bool) {
	text, err := exec.Command("rg", "-z", "-a", "-c", "-f", b.path("patterns.txt"), b.path("logs.tgz")).Output()
	if err != nil {
		fmt.Fprintln(b.progress, "answers: not compared with rg:", err)
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

var conversation = regexp.MustCompile(`(?m)^\S+ +<-> `)

// checkTimed compares with the output of those that are too slow to be run for the answer alone.
func (b *bench) checkTimed() (wrong []string) {
	for _, r := range b.runs["tshark conv"] {
		if n := len(conversation.FindAll(r.output, -1)); n != b.flows() {
			wrong = append(wrong, fmt.Sprintf("connections, tshark against the corpus: %d, not %d", n, b.flows()))
		}
	}
	for _, r := range b.runs["tshark tls"] {
		asked, want := hellos(r.output), 0
		for fate, n := range b.manifest.Flows {
			if strings.HasPrefix(fate, "tls-") {
				want += n
			}
		}
		if asked != want {
			wrong = append(wrong, fmt.Sprintf("connections with a ClientHello, tshark against the corpus: %d, not %d", asked, want))
		}
	}
	return wrong
}

// hellos counts the streams in which tshark saw a ClientHello.
func hellos(fields []byte) int {
	streams := map[string]bool{}
	for line := range bytes.Lines(fields) {
		column := bytes.Split(line, []byte{'\t'})
		if len(column) > 2 && slices.Contains(strings.Split(string(column[2]), ","), "1") {
			streams[string(column[1])] = true
		}
	}
	return len(streams)
}
