// Package timeline puts what many sources tell on one line of time.
//
// It works in three steps. Gather: every goroutine that reads owns a Lane, tells
// it of each event (Count) and hands over those to be kept (Add). Settle: when
// all has been read, host, year, zone and offset are decided for each source,
// with reasons. Replay: the kept events come back in the order of their settled
// times, as often as asked.
//
// It owns the lanes, the temporary files behind them, and every decision about
// a clock. It refuses to look at text: what an event means was said by package
// parsers, what it proves is said by package correlate. Its input are events
// as parsers emit them and the list of sources; its output are events with
// Host and At, clocks with reasons, and what each source covers.
//
// Why one append-only log a lane and not sorted runs in memory: sources are
// nearly ordered, so a log cut into ascending stretches needs no sorting, and
// fresh pages for large runs cost more than the temporary file (both measured).
// Why a stretch and not a record carries source and host: settling then is a
// function of a few stretches, and records are never rewritten.
package timeline

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A Timeline holds what was gathered. Lanes may be used at the same time, each
// by one goroutine; Settle and what follows begin when all lanes are quiet.
type Timeline struct {
	// Disk bounds the bytes of temporary files; 0 means nine tenths of what is
	// free when the first is made. It is set before the first Lane is asked for.
	Disk int64

	parent  string
	mu      sync.Mutex
	dir     string // made when the first lane spills
	lanes   []*Lane
	spilled atomic.Int64
	room    atomic.Int64 // what was found free

	memory  int64
	places  []*place       // settled sources, in the order of their paths
	byID    map[int]*place // by the handle they were read under
	hosts   *roster
	stated  []statement
	early   map[string]*series
	dated   map[string][]*place
	runs    []stretch // what Replay merges
	merged  store     // the compacted log, where there were too many stretches
	settled bool
	wrap    func(store) store // by tests, to let it fail
	unread  error             // of reading a text back
	failed  error             // of reading back while settling; Replay tells it

	uncompared int          // clocks beyond maxFaces
	textless   atomic.Int64 // events whose text was left out for want of space
}

// A store is a temporary file.
type store interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// Options is what the user knows, and how much memory Replay may use.
type Options struct {
	Zones   map[string]*time.Location // by host; "" is for all others
	Year    int                       // of the first stamp that has none, in each series
	Offsets map[string]time.Duration  // by host: how far its clock is ahead
	Memory  int64                     // bytes for merging; 0 means 32 MiB
}

// Keep says what of an added event is kept beside its values, which always are:
// its text, and the record as written with so many lines around it.
type Keep struct {
	Lines int  // lines before and after, at most three; 0 keeps the message alone
	Text  bool // false keeps the values only
	Join  bool // kept for clocks only, so that it may be thinned out
}

// New returns an empty Timeline that makes a private folder for its temporary
// files below dir ("" means the system's) once they are needed.
func New(dir string) *Timeline {
	return &Timeline{parent: dir, byID: map[int]*place{}}
}

// Lane returns a new lane, for one goroutine.
func (t *Timeline) Lane() *Lane {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := newLane(t, len(t.lanes)+1)
	t.lanes = append(t.lanes, l)
	return l
}

// Close removes the temporary files.
func (t *Timeline) Close() error {
	var all []error
	for _, l := range t.lanes {
		for _, f := range []store{l.file, l.side.file} {
			if f != nil {
				all = append(all, f.Close())
			}
		}
		l.file, l.side.file = nil, nil
	}
	if t.merged != nil {
		all = append(all, t.merged.Close())
		t.merged = nil
	}
	if t.dir != "" {
		all = append(all, os.RemoveAll(t.dir))
		t.dir = ""
	}
	return errors.Join(all...)
}

// leastFree is how much space there must be before the first temporary file.
const leastFree = 64 << 20

// create makes a numbered temporary file in the private folder.
func (t *Timeline) create(name string) (store, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dir == "" {
		dir, err := os.MkdirTemp(t.parent, fmt.Sprintf("forensic-%d-", os.Getpid()))
		if err != nil {
			return nil, fmt.Errorf("make a temporary folder: %w", err)
		}
		t.dir = dir
		if n, ok := free(dir); ok && n < leastFree {
			return nil, fmt.Errorf("keep events: the temporary folder has %d bytes left, at least %d are needed: %w", n, int64(leastFree), syscall.ENOSPC)
		} else if ok && t.Disk == 0 {
			t.room.Store(int64(min(n, 1<<62)) / 10 * 9) // others write there too
		}
	}
	f, err := os.OpenFile(filepath.Join(t.dir, name), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	// Where the system allows it the name goes at once: then nothing is left
	// behind, however the program ends.
	os.Remove(f.Name())
	if t.wrap != nil {
		return t.wrap(f), nil
	}
	return f, nil
}

// spend accounts n bytes of temporary files.
func (t *Timeline) spend(n int) error {
	total := t.spilled.Add(int64(n))
	if most := t.most(); most > 0 && total > most {
		return fmt.Errorf("keep events: temporary files would take more than %d bytes: %w", most, syscall.ENOSPC)
	}
	return nil
}

// scarce tells that the temporary space is nearly used up, so that text is left
// out before events are.
func (t *Timeline) scarce() bool {
	most := t.most()
	return most > 0 && t.spilled.Load() > most/4*3
}

// most is how many bytes temporary files may take; 0 where nobody can say.
func (t *Timeline) most() int64 { return cmp.Or(t.Disk, t.room.Load()) }

// Host returns the settled host of a source, "" where none is known.
func (t *Timeline) Host(source int) string {
	if p := t.byID[source]; p != nil {
		return p.hostName()
	}
	return ""
}
