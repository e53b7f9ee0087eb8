//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// A contender is a command that takes turns with others.
type contender struct {
	name  string
	argv  []string
	once  bool // too slow to run in every round
	keep  bool // its output is looked at
	trace bool // with the runtime's garbage collection trace
}

// A cost is what one execution cost, its children included.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes resident, of the largest process
	output    []byte
	messages  []byte
}

// perform runs a command to its end. A command that fails has no cost worth comparing.
func perform(c contender) (cost, error) {
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	var output, messages bytes.Buffer
	cmd.Stderr = &messages
	if c.keep {
		cmd.Stdout = &output
	}
	if c.trace {
		cmd.Env = append(os.Environ(), "GODEBUG=gctrace=1")
	}
	start := time.Now()
	err := cmd.Run()
	r := cost{wall: time.Since(start), output: output.Bytes(), messages: messages.Bytes()}
	if err != nil {
		return r, fmt.Errorf("%s: %w\n%s", c.name, err, tail(r.messages))
	}
	r.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peak = int64(usage.Maxrss) << 10 // Linux counts kilobytes
	}
	return r, nil
}

func tail(b []byte) []byte { return b[max(0, len(b)-500):] }

// measure lets everybody who is needed for the goals take turns.
func (b *bench) measure(goals []goal) error {
	var field []contender
	for _, c := range b.contenders() {
		if needed(goals, c.name) && b.possible(c) {
			field = append(field, c)
		}
	}
	b.warm()
	for round := range b.rounds {
		for _, c := range field {
			if c.once && round > 0 || b.failed[c.name] != "" {
				continue
			}
			r, err := perform(c)
			if err != nil {
				if c.argv[0] != b.program {
					return err
				}
				b.failed[c.name] = err.Error() // a verb or flag that does not exist yet leaves its row out
				continue
			}
			b.runs[c.name] = append(b.runs[c.name], r)
			fmt.Fprintf(b.progress, "round %d: %-14s %7.2f s wall %7.2f s CPU %6.0f MiB\n", round+1, c.name, r.wall.Seconds(), r.cpu.Seconds(), mib(r.peak))
		}
	}
	return nil
}

// possible tells whether a command's program and files are there, and notes why not.
func (b *bench) possible(c contender) bool {
	if _, err := exec.LookPath(c.argv[0]); err != nil {
		b.failed[c.name] = c.argv[0] + " is not installed"
		return false
	}
	for _, a := range c.argv[1:] {
		if filepath.IsAbs(a) {
			if _, err := os.Stat(a); err != nil {
				b.failed[c.name] = "no " + filepath.Base(a) + " in the corpus"
				return false
			}
		}
	}
	return true
}

// warm reads all inputs once, so that nobody pays for the disk.
func (b *bench) warm() {
	for _, name := range []string{"logs.tgz", "capture.pcap"} {
		if f, err := os.Open(b.path(name)); err == nil {
			_, _ = io.Copy(io.Discard, f) // a file that cannot be read fails where it is measured
			f.Close()
		}
	}
}

func needed(goals []goal, name string) bool {
	return slices.ContainsFunc(goals, func(g goal) bool { return slices.Contains(g.needs, name) })
}

// median of one figure of a contender's runs.
func median(runs []cost, figure func(cost) float64) float64 {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = figure(r)
	}
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return 0
	}
	return (values[(n-1)/2] + values[n/2]) / 2
}

func wall(r cost) float64 { return r.wall.Seconds() }
func cpu(r cost) float64  { return r.cpu.Seconds() }
func peak(r cost) float64 { return mib(r.peak) }

func mib(n int64) float64 { return float64(n) / (1 << 20) }
