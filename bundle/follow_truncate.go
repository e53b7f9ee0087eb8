package bundle

import (
	"fmt"
	"os"
	"slices"
	"time"
)

// prefixOf tells whether one file holds no more than the beginning of another.
func prefixOf(a, b *os.File) bool {
	x, y := make([]byte, 32<<10), make([]byte, 32<<10)
	for at := int64(0); ; {
		n, err := a.ReadAt(x, at)
		m, _ := b.ReadAt(y[:n], at)
		if m < n || string(x[:n]) != string(y[:n]) {
			return false
		}
		if at += int64(n); err != nil {
			return true
		}
	}
}

// wasRead tells whether a file holds the beginning of what was read last: a copy
// that was made before the last of it was written.
func (l *Log) wasRead(c *generation) bool {
	x, y := make([]byte, 32<<10), make([]byte, 32<<10)
	for i := len(l.gens) - 1; i >= max(0, len(l.gens)-3); i-- {
		g := l.gens[i]
		if c.size == 0 || c.size > g.given || g.kept == nil {
			continue
		}
		at := int64(0)
		for at < c.size {
			n, _ := c.file.ReadAt(x[:min(int64(len(x)), c.size-at)], at)
			m, err := l.f.kept.readAt(g.kept, y[:n], at)
			if m == 0 || err != nil || string(x[:m]) != string(y[:m]) {
				break
			}
			at += int64(m)
		}
		if at == c.size {
			return true
		}
	}
	return false
}

// emptied looks for what was copied from a file that is empty, filled and emptied
// so fast that its own time does not show it.
func (l *Log) emptied(now time.Time) {
	g := l.newest()
	if g == nil || g.file == nil || g.seen > 0 || g.size > 0 || now.Sub(l.listed) < listEvery {
		return
	}
	l.listed = now
	l.insert(len(l.gens)-1, l.between(g, g.file), now)
}

// truncated goes on where the file of a generation has lost what was read of
// it: in the copy that was made of it before, if there is one, and in the file
// from its first byte on.
func (l *Log) truncated(i int) {
	g := l.gens[i]
	file, known := g.file, g.size
	now := time.Now()
	if known == 0 { // others may have been copied from it, and it begins anew
		l.insert(i, l.between(g, file), now)
		return
	}
	to := g.seen // up to where it was read, or will be
	old := l.copyOf(g)
	w := g.waker
	g.waker = nil
	g.file = old
	if old != nil {
		if info, err := old.Stat(); err == nil {
			to = info.Size()
			g.size = to
		}
		g.held, g.seen = g.held[:0], g.given
		g.tail = make([]byte, min(g.given, tailKept))
		old.ReadAt(g.tail, g.given-int64(len(g.tail)))
		g.mtime = time.Time{}
	} else {
		g.flush = len(g.held) > 0 // its rest is gone
		g.path, g.gone = "", true
	}
	g.retired, g.drained = now, false
	switch {
	case known > to:
		what, at := lost(to, known)
		l.fault(nil, "the file was truncated: "+what, at)
	case old == nil && g.seen > 0:
		l.fault(nil, fmt.Sprintf("the file was truncated at %d bytes; what was written to it in the moment before, if anything, is lost", g.seen), fmt.Sprintf("byte %d", g.seen))
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return
	}
	path := g.path
	if i == len(l.gens)-1 {
		path = l.path
	}
	n := begin(file, info, path, 0)
	n.waker = w
	n.kept = l.f.kept.file(l, n)
	l.gens = slices.Insert(l.gens, i+1, n)
	if i+1 < len(l.gens)-1 {
		n.retired = now
	}
	l.insert(i+1, l.between(g, file), now) // copied and emptied more than once
	l.f.dirty.Store(true)
}

// insert puts generations that are over before another one.
func (l *Log) insert(at int, list []*generation, now time.Time) {
	for _, g := range list {
		g.retired = now
		g.kept = l.f.kept.file(l, g)
	}
	l.gens = slices.Insert(l.gens, at, list...)
}

// copyOf finds a copy of what was read of a truncated file, and opens it.
func (l *Log) copyOf(g *generation) *os.File {
	if g.given == 0 {
		return nil
	}
	var best *os.File
	var newest time.Time
	for _, name := range l.siblings() {
		info, err := os.Lstat(name)
		if err != nil || !info.Mode().IsRegular() || compressedEnding(name) != "" || l.has(idOf(info)) {
			continue
		}
		f, info, err := openRegular(name)
		if err != nil {
			continue
		}
		if b := l.before[idOf(info)]; info.Size() < g.given || b != nil && b.begins(f) && !g.begins(f) || !g.starts(f) {
			f.Close()
			continue
		}
		if best != nil && info.ModTime().Before(newest) {
			f.Close()
			continue
		}
		if best != nil {
			best.Close()
		}
		best, newest = f, info.ModTime()
		g.id, g.path = idOf(info), name
	}
	return best
}

// has tells whether a file is being read.
func (l *Log) has(id fileID) bool {
	return slices.ContainsFunc(l.gens, func(g *generation) bool { return g.file != nil && g.id == id })
}
