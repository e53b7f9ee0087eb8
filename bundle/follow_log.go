package bundle

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxDrained = 32  // renamed files read to their end whose descriptors are held for late writes
	maxUnread  = 256 // renamed files not read yet whose descriptors are held; the folder has the others
	maxPast    = 512 // files that are known again after their descriptor was given back
)

// A Log is what one name stands for: the files written under it one after
// another, read as one stream of whole lines. One goroutine reads it.
type Log struct {
	Path string // as in Member.Path

	f     *Following
	path  string // "" for standard input
	at    *spec
	wake  chan struct{}
	block []byte

	gave atomic.Int64 // when something last came

	mu       sync.Mutex
	gens     []*generation // oldest first; the last is the one at path
	past     []*generation // closed ones
	before   map[fileID]*generation
	out      []byte
	pending  []byte // of out, what the reader has not taken
	inside   *generation
	opening  *generation // being added
	raw      bool
	fed      bool // something came since the reader was told that it is quiet
	ended    bool
	ending   bool
	closed   bool
	stood    string        // what stands in the way of the name, as told
	listed   time.Time     // when its folder was last looked through while it was empty
	missing  time.Time     // since when nothing has the name
	linked   bool          // the name is a symbolic link, and was from the beginning
	replay   io.ReadCloser // what was kept before a restart
	replayed int           // lines of that
	pump     *pump
	turns    []turn
	last     *generation // that bytes were last given of
	bytes    int64       // given
	lines    int
}

// A turn says from which line of the stream on lines are of another file, or of
// another place in it.
type turn struct {
	line int // of the stream, from 1
	g    *generation
	at   int // the line of g that it is
}

// maxTurns is how many turns are remembered for Place.
const maxTurns = 1024

func (f *Following) newLog(label, path string, at *spec) *Log {
	return &Log{Path: label, f: f, path: path, at: at, wake: make(chan struct{}, 1), block: make([]byte, readSize), before: map[fileID]*generation{}}
}

// Raw says that the log is not made of lines: bytes are given as they come.
func (l *Log) Raw() {
	l.mu.Lock()
	l.raw = true
	for _, g := range l.gens {
		g.flush = g.flush || len(g.held) > 0
	}
	l.mu.Unlock()
	l.rouse()
}

// Read waits for bytes.
func (l *Log) Read(p []byte) (int, error) {
	for {
		n, quiet, err := l.More(p)
		if n > 0 || err != nil {
			return n, err
		}
		_ = quiet
	}
}

// More is Read, but comes back with nothing, and says so, when nothing came for
// a second after something had.
func (l *Log) More(p []byte) (n int, quiet bool, err error) {
	if len(p) == 0 {
		return 0, false, nil
	}
	var timer *time.Timer
	defer func() {
		if timer != nil {
			timer.Stop()
		}
	}()
	for {
		n, err := l.take(p)
		if n > 0 || err != nil {
			return n, false, err
		}
		var silence <-chan time.Time
		if l.fed {
			if timer == nil {
				timer = time.NewTimer(quietAfter)
			}
			silence = timer.C
		}
		stopping := l.f.ctx.Done()
		if l.ending {
			stopping = nil
		}
		select {
		case <-l.wake:
		case <-silence:
			l.fed = false
			return 0, true, nil
		case <-stopping:
			l.end()
		}
	}
}

// take gives what is there now.
func (l *Log) take(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) == 0 && l.replay != nil {
		n, err := l.replay.Read(p)
		if n > 0 {
			l.fed = true
			l.lines += bytes.Count(p[:n], []byte{'\n'})
			l.replayed = l.lines
			return n, nil
		}
		if err != nil {
			l.replay.Close()
			l.replay = nil
		}
	}
	for len(l.pending) == 0 {
		if !l.fetch() {
			if l.ended {
				return 0, io.EOF
			}
			if !l.ending {
				return 0, nil
			}
			// The last words: lines without end.
			if !l.flushAll() {
				l.finish()
				return 0, io.EOF
			}
		}
	}
	n := copy(p, l.pending)
	l.pending = l.pending[n:]
	l.fed = true
	return n, nil
}

// end takes note that following ends: what is there is given, and no more.
func (l *Log) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ending = true
	for _, g := range l.gens {
		if g.file == nil {
			continue
		}
		if info, err := g.file.Stat(); err == nil {
			g.until = info.Size()
		}
	}
}

// flushAll lets the lines without end go; false: there are none.
func (l *Log) flushAll() bool {
	any := false
	for _, g := range l.gens {
		if len(g.held) > 0 && !g.flush {
			g.flush, any = true, true
			if !l.raw {
				l.fault(g, fmt.Sprintf("the last line has no end: its %s are given as they are", count(int64(len(g.held)), "byte")), fmt.Sprintf("line %d", g.line+1))
			}
		}
	}
	return any
}

func (l *Log) finish() {
	if !l.ended {
		l.ended = true
		l.f.open.Add(-1)
		l.f.again()
	}
}

// fetch takes the next lines into pending, of the oldest file that has any.
func (l *Log) fetch() bool {
	for {
		again := false
		if l.pump != nil {
			return l.pump.fetch(l)
		}
		for i, g := range l.gens {
			if l.inside != nil && l.inside != g {
				continue
			}
			what := g.read(l)
			if what == gave {
				l.pending = l.out
				if newer := i < len(l.gens)-1; newer && g.drained && slices.Contains(l.gens[i+1:], l.last) {
					l.lateWrite(g)
				}
				l.last = g
				l.gave.Store(time.Now().UnixNano())
				l.f.dirty.Store(true)
				return true
			}
			if what == changed {
				l.truncated(i)
				again = true
				break
			}
			if !g.retired.IsZero() {
				g.drained = true
			}
		}
		if !again {
			return false
		}
	}
}

// lateWrite notes bytes that came into a renamed file after a newer one was
// read from.
func (l *Log) lateWrite(g *generation) {
	if g.late == 0 {
		l.fault(g, "written to after it was renamed; what came late is read, and stands behind newer lines", fmt.Sprintf("line %d", g.line))
	}
	g.late += int64(len(l.out))
}

// passed counts what was given, and remembers where its lines are.
func (l *Log) passed(g *generation) {
	n := bytes.Count(l.out, []byte{'\n'})
	if l.last != g {
		if len(l.turns) == maxTurns {
			l.turns = append(l.turns[:0], l.turns[maxTurns/2:]...)
		}
		l.turns = append(l.turns, turn{l.lines + 1, g, g.line - n + 1})
	}
	l.bytes += int64(len(l.out))
	l.lines += n
}

// Place tells in which file, and at which of its lines, a line of the stream
// stands.
func (l *Log) Place(line int) (path string, at int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.turns) - 1; i >= 0; i-- {
		if t := l.turns[i]; t.line <= line {
			return l.f.labelOf(l, t.g), t.at + line - t.line
		}
	}
	return l.Path, line
}

// Lag is how many bytes of what is known to be written were not given yet.
func (l *Log) Lag() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	lag := int64(len(l.pending))
	for _, g := range l.gens {
		if g.file != nil {
			lag += max(g.size-g.given, 0)
		}
	}
	return lag
}

// rouse lets the reader look.
func (l *Log) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// fault notes what is odd about a file of the log.
func (l *Log) fault(g *generation, what, at string) {
	path := l.Path
	if g != nil && g.path != l.path && g.path != "" {
		path = l.f.labelOf(l, g)
	}
	l.f.fault(&Fault{Path: path, What: what, At: at})
}

// Close gives the descriptors back.
func (l *Log) Close() error {
	l.mu.Lock()
	for _, g := range l.gens {
		g.close(l.f)
	}
	if l.replay != nil {
		l.replay.Close()
		l.replay = nil
	}
	l.closed = true
	l.finish()
	l.mu.Unlock()
	return nil
}

// labelOf is what a file of a log is called: the log's folder and its own name.
func (f *Following) labelOf(l *Log, g *generation) string {
	if g.path == "" || g.path == l.path {
		return l.Path
	}
	base := readableName(filepath.Base(g.path))
	for i := len(l.Path) - 1; i >= 0; i-- {
		if l.Path[i] == '/' {
			return l.Path[:i+1] + base
		}
	}
	return base
}

// Stdin tells whether the log is standard input.
func (l *Log) Stdin() bool { return l.path == "" }

// Old tells whether a line of the stream was given before a restart, too.
func (l *Log) Old(line int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return line <= l.replayed
}
