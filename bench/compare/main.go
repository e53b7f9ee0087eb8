//go:build unix

// Command compare measures this program beside those it replaces, on a corpus
// of bench/corpus, and prints a Markdown table of the goals.
//
//	go run ./bench/corpus -size 1GB
//	go run ./bench/compare -size 1GB -forensic ./forensic
//
// It needs no more of this program than the path of its binary. The answers are
// checked first: counts of patterns against rg, connections against tshark and
// against what the corpus says of itself. Then all take turns, round after
// round, and medians are compared, so that a machine that is busy for a moment
// is busy for everybody. What is not installed is left out and said to be.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// options are the flags.
type options struct {
	program string // the binary that is measured
	dir     string // of the corpus
	size    string
	large   string // size of a second corpus, ten times as large
	rounds  int
	rows    string
	output  string
	anyway  bool
}

func main() {
	var o options
	flag.StringVar(&o.program, "forensic", "./forensic", "the built program")
	flag.StringVar(&o.dir, "dir", "bench-data", "where bench/corpus wrote")
	flag.StringVar(&o.size, "size", "1GB", "which corpus")
	flag.StringVar(&o.large, "large", "", "a corpus ten times as large, for the rows that compare the two: 10GB")
	flag.IntVar(&o.rounds, "rounds", 5, "how often everything runs; tshark runs once")
	flag.StringVar(&o.rows, "rows", "all", "goals to measure: numbers, or logs, capture, memory: 1,2,3 or logs")
	flag.StringVar(&o.output, "o", "", "also write the table to this file")
	flag.BoolVar(&o.anyway, "anyway", false, "measure even where the answers differ; the table says so")
	flag.Parse()
	if err := run(o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(o options, out, progress io.Writer) error {
	program, err := filepath.Abs(o.program)
	if err != nil {
		return err
	}
	o.program = program
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("%w: build it first: make build", err)
	}
	b, err := openBench(o, progress)
	if err != nil {
		return err
	}
	goals, err := chosen(o.rows)
	if err != nil {
		return err
	}
	wrong, err := b.check(goals)
	if err != nil {
		return err
	}
	if len(wrong) > 0 && !o.anyway {
		return fmt.Errorf("the answers differ, so there is nothing to measure (-anyway measures all the same):\n  %s", strings.Join(wrong, "\n  "))
	}
	if err := b.measure(goals); err != nil {
		return err
	}
	wrong = append(wrong, b.checkTimed()...)
	table := b.table(goals, wrong)
	if o.output != "" {
		if err := os.WriteFile(o.output, []byte(table), 0o644); err != nil {
			return fmt.Errorf("write the table: %w", err)
		}
	}
	_, err = io.WriteString(out, table)
	return err
}
