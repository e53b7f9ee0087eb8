package bundle

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"time"
)

const (
	headKept = 1 << 10   // first bytes that a file is known by
	tailKept = 64        // bytes before our offset that must not change
	readSize = 256 << 10 // what is read at once
	longest  = 1 << 20   // what is held of a line without end; then it is given in pieces
)

// A fileID tells files of one moment apart.
type fileID struct{ dev, ino uint64 }

// A generation is one of the files that a log was written to, one after
// another. Three places in it are known: given, up to where whole lines went to
// the reader; seen, up to where it was read; between them lies a line without
// end, which is held.
type generation struct {
	file  *os.File
	src   io.ReadCloser // a compressed one, which is read once, instead of file
	id    fileID
	path  string // where it was last known to be
	gone  bool   // and whether it is there no more
	head  []byte
	tail  []byte
	sum   hash.Hash // of the bytes before given, where those were read from the first on
	from  int64     // where reading began
	given int64
	seen  int64
	line  int    // lines before given
	held  []byte // bytes from given to seen

	size    int64 // when last asked
	until   int64 // where following ended; 0: it goes on
	mtime   time.Time
	grew    time.Time // when bytes last came
	retired time.Time // since when there is a newer one; zero: there is none
	drained bool      // it was read to its end after that
	flush   bool      // the held line will not be completed
	warned  bool      // the held line was told
	late    int64     // bytes that came after a newer one was read from
	kept    *keptFile
	waker   *waker
}

// notRegular is what stands where a log should be.
type notRegular struct{ what string }

func (n notRegular) Error() string { return n.what }

// openRegular opens a regular file and nothing else.
func openRegular(path string) (*os.File, fs.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notRegular{notFollowed(info.Mode())}
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

func notFollowed(m fs.FileMode) string {
	switch kindOf(m) {
	case directory:
		return "a folder stands in its place"
	case pipe:
		return "a named pipe stands in its place"
	case socket:
		return "a socket stands in its place"
	case symlink:
		return "a symbolic link stands in its place"
	}
	return "a device stands in its place"
}

// begin makes a generation of an open file, to be read from a byte on.
func begin(f *os.File, info fs.FileInfo, path string, from int64) *generation {
	g := &generation{file: f, id: idOf(info), path: path, from: from, given: from, seen: from, size: info.Size(), grew: time.Now()}
	if info.Size() == 0 {
		g.mtime = info.ModTime()
	}
	if from == 0 {
		g.sum = sha256.New()
	} else {
		g.head = make([]byte, min(from, headKept))
		n, _ := f.ReadAt(g.head, 0)
		g.head = g.head[:n]
		g.tail = make([]byte, min(from, tailKept))
		n, _ = f.ReadAt(g.tail, from-int64(len(g.tail)))
		g.tail = g.tail[:n]
	}
	return g
}

// What a look at a file came to.
type look int

const (
	nothing look = iota
	gave         // lines are in the log's out
	changed      // it is not the file any more that was read: see Log.truncated
)

// read takes what is new into out, whole lines only.
func (g *generation) read(l *Log) look {
	if g.flush {
		return g.give(l, len(g.held), true)
	}
	if g.src != nil {
		return g.readSource(l)
	}
	if g.file == nil {
		return nothing
	}
	info, err := g.file.Stat()
	if err != nil {
		return nothing
	}
	before := g.size
	g.size = info.Size()
	switch {
	case g.size < max(g.seen, before):
		g.size = max(before, g.seen)
		return changed
	case g.size == g.seen && info.ModTime().Equal(g.mtime):
		return nothing
	}
	room := int64(len(l.block))
	if l.ending {
		if room = min(room, g.until-g.seen); room <= 0 {
			return nothing
		}
	}
	n, err := g.file.ReadAt(l.block[:room], g.seen)
	if err != nil && !errors.Is(err, io.EOF) {
		l.fault(g, "reading failed: "+plainError(err)+"; it is tried again", "")
		return nothing
	}
	if !g.same() {
		g.size = max(before, g.seen)
		return changed
	}
	if n == 0 && g.seen == 0 && !g.mtime.IsZero() && !info.ModTime().Equal(g.mtime) {
		g.mtime = info.ModTime()
		return changed // it was filled and emptied between two looks
	}
	if n == 0 {
		g.mtime = info.ModTime() // only now: what was written meanwhile has a later one, or is more
		return nothing
	}
	return g.took(l, l.block[:n])
}

// took passes on the whole lines of what was read at seen.
func (g *generation) took(l *Log, new []byte) look {
	n := len(new)
	if g.seen == 0 && notLines(new) {
		l.raw = true
	}
	g.note(new)
	g.seen += int64(n)
	g.grew, g.warned = time.Now(), false
	end := bytes.LastIndexByte(new, '\n') + 1
	if l.raw {
		end = n
	}
	if end == 0 && len(g.held)+n <= longest {
		g.held = append(g.held, new...)
		return nothing
	}
	if end == 0 {
		end = n
	}
	l.out = append(append(l.out[:0], g.held...), new[:end]...)
	g.held = append(g.held[:0], new[end:]...)
	return g.pass(l, l.out[len(l.out)-1] == '\n' || l.raw)
}

// notLines tells bytes that are not made of lines: captures, and UTF-16, whose
// line ends are two bytes. NULs at the beginning are what a writer leaves that
// goes on at its place in a truncated file.
func notLines(b []byte) bool {
	b = bytes.TrimLeft(b[:min(len(b), 4096)], "\x00")
	return bytes.IndexByte(b, 0) >= 0
}

// readSource reads on in a compressed generation.
func (g *generation) readSource(l *Log) look {
	for {
		n, err := g.src.Read(l.block)
		if n > 0 {
			if g.took(l, l.block[:n]) == gave {
				return gave
			}
		}
		if err == nil {
			continue
		}
		if fault := (*Fault)(nil); errors.As(err, &fault) {
			l.fault(g, fault.What, fault.At)
		} else if !errors.Is(err, io.EOF) {
			l.fault(g, "reading failed: "+plainError(err), "")
		}
		g.src.Close()
		g.src = nil
		return g.give(l, len(g.held), true)
	}
}

// same tells whether the first bytes, and those before our place, are what they
// were when we read them.
func (g *generation) same() bool {
	var b [headKept]byte
	n, _ := g.file.ReadAt(b[:len(g.head)], 0)
	if !bytes.Equal(b[:n], g.head) {
		return false
	}
	n, _ = g.file.ReadAt(b[:len(g.tail)], g.seen-int64(len(g.tail)))
	return bytes.Equal(b[:n], g.tail)
}

// note remembers the first and the last bytes of what was read at seen.
func (g *generation) note(new []byte) {
	if g.seen < headKept && g.seen == int64(len(g.head)) {
		g.head = append(g.head, new[:min(len(new), headKept-len(g.head))]...)
	}
	if len(new) >= tailKept {
		g.tail = append(g.tail[:0], new[len(new)-tailKept:]...)
		return
	}
	if over := len(g.tail) + len(new) - tailKept; over > 0 {
		g.tail = g.tail[:copy(g.tail, g.tail[over:])]
	}
	g.tail = append(g.tail, new...)
}

// give hands out what is held, as it is.
func (g *generation) give(l *Log, n int, last bool) look {
	g.flush = false
	if n == 0 {
		return nothing
	}
	l.out = append(l.out[:0], g.held[:n]...)
	g.held = g.held[:0]
	return g.pass(l, last)
}

// pass accounts for what is in out: the reader will get it, and it is kept.
func (g *generation) pass(l *Log, whole bool) look {
	if g.sum != nil {
		g.sum.Write(l.out)
	}
	l.f.kept.add(g.kept, l.out, g.given, g.line)
	g.given += int64(len(l.out))
	g.line += bytes.Count(l.out, []byte{'\n'})
	l.inside = nil
	if !whole {
		l.inside = g
	}
	l.passed(g)
	return gave
}

// close gives the descriptor back.
func (g *generation) close(f *Following) {
	if g.waker != nil {
		f.pumps.Go(g.waker.stop) // which may take a moment
		g.waker = nil
	}
	if g.file != nil {
		if info, err := g.file.Stat(); err == nil {
			g.mtime = info.ModTime() // which the report goes by
		}
		g.file.Close()
		g.file = nil
	}
	if g.src != nil {
		g.src.Close()
		g.src = nil
	}
}

// starts tells whether an open file begins with what g has read, so that it is
// g or a copy of it.
func (g *generation) starts(f io.ReaderAt) bool {
	head := make([]byte, len(g.head))
	if n, _ := f.ReadAt(head, 0); n < len(head) || !bytes.Equal(head, g.head) {
		return false
	}
	if g.sum == nil {
		tail := make([]byte, min(int64(tailKept), g.given))
		n, _ := f.ReadAt(tail, g.given-int64(len(tail)))
		return n == len(tail) && g.tailAt(tail)
	}
	h := sha256.New()
	n, err := io.Copy(h, io.NewSectionReader(f, 0, g.given))
	return err == nil && n == g.given && bytes.Equal(h.Sum(nil), g.sum.Sum(nil))
}

// tailAt compares bytes that end at given with what is remembered of them,
// which ends at seen.
func (g *generation) tailAt(b []byte) bool {
	known := g.tail[:max(0, len(g.tail)-len(g.held))]
	n := min(len(known), len(b))
	return bytes.Equal(known[len(known)-n:], b[len(b)-n:])
}

// lost words bytes that could not be read any more.
func lost(from, to int64) (what, at string) {
	return fmt.Sprintf("%s were not read before that", count(to-from, "byte")), fmt.Sprintf("byte %d to %d", from, to)
}
