package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/report"
)

// A progressLine tells on standard error, in one line that it writes over, how
// far the reading is. A goroutine of its own writes it, which ends with end.
type progressLine struct {
	w     io.Writer
	lang  string
	total int64        // bytes of the inputs, 0 where unknown
	read  atomic.Int64 // of them

	mu   sync.Mutex
	at   forensic.Progress // the member begun last
	stop chan struct{}
	done sync.WaitGroup
}

// patience is how long a run may take before it tells how far it is, and tick
// how often it does then.
const (
	patience = time.Second
	tick     = 250 * time.Millisecond
)

// progress returns the line to show, or nil where nobody would look at it.
func (p *program) progress(c *cli.Context, paths []string) (*progressLine, error) {
	when, err := choice(c, "progress", "auto", "always", "never")
	if err != nil {
		return nil, err
	}
	if when == "never" || c.Bool("quiet") || when == "auto" && !isTerminal(p.stderr) {
		return nil, nil
	}
	l := &progressLine{w: p.stderr, lang: p.lang, total: bytesOf(paths), stop: make(chan struct{})}
	l.done.Go(l.run)
	return l, nil
}

// bytesOf is the size of the inputs, 0 where it is not known before they are
// read to their ends.
func bytesOf(paths []string) int64 {
	var sum int64
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return 0
		case info.Mode().IsRegular():
			sum += info.Size()
		case info.IsDir():
			err := filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
				if err == nil && d.Type().IsRegular() {
					if info, err := d.Info(); err == nil {
						sum += info.Size()
					}
				}
				return nil
			})
			if err != nil {
				return 0
			}
		default:
			return 0
		}
	}
	return sum
}

// note is called for each member, by several goroutines.
func (l *progressLine) note(at forensic.Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = at
}

// run writes the line until end is called.
func (l *progressLine) run() {
	begun := time.Now()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	shown := false
	for {
		select {
		case <-l.stop:
			if shown {
				fmt.Fprint(l.w, "\r\x1b[K")
			}
			return
		case now := <-ticker.C:
			if passed := now.Sub(begun); passed >= patience {
				shown = true
				fmt.Fprintf(l.w, "\r\x1b[K%s", report.Cut(l.words(passed), 78))
			}
		}
	}
}

// words says how far the reading is, and how long it may take yet where enough
// was read to tell.
func (l *progressLine) words(passed time.Duration) string {
	l.mu.Lock()
	at := l.at
	l.mu.Unlock()
	read, zh := l.read.Load(), l.lang == "zh"
	members := fmt.Sprintf("%d members", at.Members)
	if zh {
		members = fmt.Sprintf("%d 个成员", at.Members)
	}
	amount := fmt.Sprintf("%.1f MB", float64(read)/1e6)
	if l.total > 0 {
		amount = fmt.Sprintf("%.1f/%.1f MB", float64(min(read, l.total))/1e6, float64(l.total)/1e6)
	}
	comma, colon := ", ", ": "
	if zh {
		comma, colon = "，", "："
	}
	s := members + comma + amount
	if left, ok := timeLeft(passed, read, l.total); ok {
		if zh {
			s += fmt.Sprintf("，约剩 %s", left)
		} else {
			s += fmt.Sprintf(", about %s left", left)
		}
	} else if read >= l.total && l.total > 0 {
		if zh {
			return s + "，正在整理时间线"
		}
		return s + ", putting the timeline in order"
	}
	return s + colon + report.Visible(at.Member)
}

// timeLeft is how long the rest takes at the pace so far; false where too little
// was read to tell, or all of it.
func timeLeft(passed time.Duration, read, total int64) (time.Duration, bool) {
	if read <= 0 || total <= 0 || read >= total || read < total/50 {
		return 0, false
	}
	left := time.Duration(float64(passed) / float64(read) * float64(total-read))
	return max(left.Round(time.Second), time.Second), true
}

// end clears the line.
func (l *progressLine) end() {
	close(l.stop)
	l.done.Wait()
}
