package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/report"
)

// A progressLine tells on standard error, in one line that it writes over, how
// far the reading is.
type progressLine struct {
	w     io.Writer
	lang  string
	total int64 // bytes of the inputs, 0 where unknown

	mu    sync.Mutex
	last  time.Duration
	shown bool
}

// patience is how long a run may take before it tells how far it is.
const patience = time.Second

// progress returns the line to show, or nil where nobody would look at it.
func (p *program) progress(c *cli.Context, paths []string) (*progressLine, error) {
	when, err := choice(c, "progress", "auto", "always", "never")
	if err != nil {
		return nil, err
	}
	if when == "never" || c.Bool("quiet") || when == "auto" && !isTerminal(p.stderr) {
		return nil, nil
	}
	return &progressLine{w: p.stderr, lang: p.lang, total: plainBytes(paths)}, nil
}

// plainBytes is the size of the inputs where it is known without opening them;
// of compressed ones it says nothing about how much there is to read.
func plainBytes(paths []string) int64 {
	var sum int64
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		sum += info.Size()
	}
	return sum
}

// note is called for each member, by several goroutines.
func (l *progressLine) note(at forensic.Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at.Elapsed < patience || at.Elapsed-l.last < 200*time.Millisecond {
		return
	}
	l.last, l.shown = at.Elapsed, true
	words := "%d members, %.1f MB, %s: %s"
	if l.lang == "zh" {
		words = "%d 个成员，%.1f MB，%s：%s"
	}
	line := fmt.Sprintf(words, at.Members, float64(at.Bytes)/1e6, at.Elapsed.Round(time.Second), report.Visible(at.Member))
	fmt.Fprintf(l.w, "\r\x1b[K%s", report.Cut(line, 78))
}

// end clears the line.
func (l *progressLine) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}
