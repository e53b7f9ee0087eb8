package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"forensic/report"
)

// A screen shows what stands while files are followed: the newest findings, how
// often each came, and its last line. It is drawn anew at most twice a second,
// and only where something changed, so that it can be read.
type screen struct {
	out   *os.File
	in    *os.File
	tell  telling
	paths []string
	quit  func()
	began time.Time

	mu      sync.Mutex
	rows    []row // the newest first
	notes   []string
	paused  bool
	open    int // the row whose evidence is shown, -1: none
	at      int // the row that is chosen
	dirty   bool
	saved   *term.State
	drawn   string
	stopped bool
	ending  bool // the end was asked for
	over    chan struct{}
	wg      sync.WaitGroup
}

// A row is one finding.
type row struct {
	report.Change
	opened  time.Time
	changed time.Time
}

// mostRows is how many findings the screen remembers; cleared ones go first.
const mostRows = 200

func newScreen(out, in *os.File, tell telling, paths []string, quit func()) *screen {
	return &screen{out: out, in: in, tell: tell, paths: paths, quit: quit, began: time.Now(), open: -1, dirty: true, over: make(chan struct{})}
}

// start takes the terminal over.
func (s *screen) start() {
	if s == nil {
		return
	}
	s.saved, _ = term.MakeRaw(int(s.in.Fd()))
	io.WriteString(s.out, "\x1b[?1049h\x1b[?25l\x1b[2J")
	s.wg.Go(s.draw)
	// It ends with the process: a read of a terminal cannot be called off.
	go s.keys()
}

// stop gives the terminal back.
func (s *screen) stop() {
	if s == nil {
		return
	}
	s.mu.Lock()
	if s.stopped {
		s.mu.Unlock()
		return
	}
	s.stopped = true
	s.mu.Unlock()
	close(s.over)
	s.wg.Wait()
	io.WriteString(s.out, "\x1b[?25h\x1b[?1049l")
	if s.saved != nil {
		term.Restore(int(s.in.Fd()), s.saved)
	}
	for _, n := range s.notes { // what would else be gone with the screen
		fmt.Fprintln(os.Stderr, "forensic: "+n)
	}
}

// keys acts on what is typed.
func (s *screen) keys() {
	var b [64]byte
	for {
		n, err := s.in.Read(b[:])
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.stopped {
			s.mu.Unlock()
			return
		}
		end, again := false, s.ending
		for typed := string(b[:n]); typed != ""; {
			var k string
			k, typed = firstKey(typed)
			end = s.key(k) || end
		}
		s.dirty, s.ending = true, s.ending || end
		s.mu.Unlock()
		switch {
		case end && again: // it takes too long: leave at once
			s.stop()
			os.Exit(exitInterrupted)
		case end:
			s.quit()
		}
	}
}

// firstKey takes the first key off what was typed.
func firstKey(typed string) (k, rest string) {
	if len(typed) >= 3 && strings.HasPrefix(typed, "\x1b[") {
		return typed[:3], typed[3:]
	}
	return typed[:1], typed[1:]
}

// key acts on one; true: the end.
func (s *screen) key(k string) bool {
	switch k {
	case "q", "Q", "\x03", "\x04":
		return true
	case "p", "P", " ":
		s.paused = !s.paused
	case "\r", "\n":
		if s.open >= 0 {
			s.open = -1
		} else if len(s.rows) > 0 {
			s.open = s.at
		}
	case "\x1b":
		s.open = -1
	case "\x1b[A", "k":
		s.at = max(0, s.at-1)
	case "\x1b[B", "j":
		s.at = min(max(len(s.rows)-1, 0), s.at+1)
	}
	if s.open >= 0 {
		s.open = s.at
	}
	return false
}

// change takes a change of a finding.
func (s *screen) change(c report.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirty = true
	i := slices.IndexFunc(s.rows, func(r row) bool { return r.ID == c.ID })
	if i < 0 {
		s.rows = slices.Insert(s.rows, 0, row{c, c.Time, c.Time})
		if s.at > 0 || s.open >= 0 {
			s.at++ // the chosen one stays chosen
		}
		if s.open >= 0 {
			s.open = s.at
		}
		s.forget()
		return
	}
	r := &s.rows[i]
	before := r.Change
	r.Change, r.changed = c, c.Time
	r.Finding = before.Finding
	if c.Source == "" {
		r.Source, r.Line, r.Text = before.Source, before.Line, before.Text
	}
}

// forget drops the oldest cleared finding where there are too many.
func (s *screen) forget() {
	if len(s.rows) <= mostRows {
		return
	}
	for i := len(s.rows) - 1; i >= 0; i-- {
		if s.rows[i].State == "cleared" && i != s.at {
			s.rows = slices.Delete(s.rows, i, i+1)
			return
		}
	}
	s.rows = s.rows[:mostRows]
	s.at = min(s.at, mostRows-1)
	if s.open >= 0 {
		s.open = s.at
	}
}

// note takes something that is no finding.
func (s *screen) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, time.Now().Format("15:04:05 ")+what)
	if len(s.notes) > 100 {
		s.notes = s.notes[1:]
	}
	s.dirty = true
}

// draw draws when something changed, and once a second for the clock.
func (s *screen) draw() {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		s.mu.Lock()
		if s.dirty && !s.paused || n%2 == 0 {
			s.paint()
		}
		s.mu.Unlock()
		select {
		case <-tick.C:
		case <-s.over:
			return
		}
	}
}

// paint writes the whole screen, if it is not what it was.
func (s *screen) paint() {
	width, height, err := term.GetSize(int(s.out.Fd()))
	if err != nil || width < 20 || height < 5 {
		width, height = max(width, 80), max(height, 24)
	}
	lines := s.lines(width, height, time.Now())
	var b strings.Builder
	b.WriteString("\x1b[H")
	for i, l := range lines[:min(len(lines), height)] {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString(l)
		b.WriteString("\x1b[K")
	}
	b.WriteString("\x1b[J")
	if text := b.String(); text != s.drawn {
		io.WriteString(s.out, text)
		s.drawn = text
	}
	s.dirty = false
}
