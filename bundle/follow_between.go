package bundle

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// siblings lists the names in the log's folder that rotation gives to its
// files.
func (l *Log) siblings() []string {
	d, err := os.Open(filepath.Dir(l.path))
	if err != nil {
		return nil
	}
	defer d.Close()
	base := filepath.Base(l.path)
	var names []string
	for {
		list, err := d.ReadDir(1024)
		for _, e := range list {
			if rotatedFrom(e.Name(), base) {
				names = append(names, filepath.Join(filepath.Dir(l.path), e.Name()))
			}
		}
		if err != nil {
			return names
		}
	}
}

// learn remembers the older generations that are there already.
func (l *Log) learn() {
	for _, name := range l.siblings() {
		l.know(name)
	}
}

// know remembers a file that is not to be read.
func (l *Log) know(name string) {
	f, info, err := openRegular(name)
	if err != nil {
		return
	}
	defer f.Close()
	g := &generation{id: idOf(info), path: name, head: make([]byte, min(info.Size(), headKept))}
	n, _ := f.ReadAt(g.head, 0)
	g.head = g.head[:n]
	if len(l.before) > 4*maxPast {
		clear(l.before)
	}
	l.before[g.id] = g
}

// between finds the files the log was written to between the newest that is
// read and the one that has its name now, oldest first.
//
// Where the file stayed and was emptied, current is it: a copy of what it holds
// may be being made, and is none of them.
func (l *Log) between(newest *generation, current *os.File) []*generation {
	if newest == nil {
		newest = &generation{}
	}
	var found []*generation
	for _, name := range l.siblings() {
		if l.unread()+len(found) >= maxUnread {
			continue
		}
		if ending := compressedEnding(name); ending != "" {
			if g := l.unknownPacked(name, ending, found); g != nil {
				found = append(found, g)
			}
			continue
		}
		g := l.unknown(name)
		if g != nil && slices.ContainsFunc(found, func(o *generation) bool { return o.file != nil && o.id == g.id }) {
			g.file.Close() // renamed while the folder was gone through
			continue
		}
		if g != nil && current != nil && (prefixOf(g.file, current) || l.wasRead(g)) {
			g.file.Close()
			continue
		}
		if g != nil {
			found = append(found, g)
		}
	}
	if len(found) > 1 {
		l.settleNames(append(found[:len(found):len(found)], newest))
	}
	order(found, rotationNumber(newest.path))
	if newest.deleted() && len(found) > 0 {
		l.fault(nil, "files that the log was written to were deleted, perhaps some that were not read", "")
	}
	return found
}

// settleNames finds under which names files are, until two looks agree: renaming
// may be going on, and the order of files goes by their numbers.
func (l *Log) settleNames(list []*generation) {
	for range 8 {
		same := true
		for _, name := range l.siblings() {
			info, err := os.Lstat(name)
			if err != nil {
				same = false
				continue
			}
			for _, g := range list {
				if g.id == idOf(info) && g.path != name {
					g.path, same = name, false
				}
			}
		}
		if same {
			return
		}
	}
}

// order sorts generations oldest first. Where all have numbers these tell: dates
// rise with time; small ones do if any is above that of the one before them,
// else they fall.
func order(list []*generation, before int) {
	const dates = 10_000
	rising, numbered := false, true
	for _, g := range list {
		n := rotationNumber(g.path)
		rising = rising || before >= 0 && n > before || n >= dates
		numbered = numbered && n >= 0
	}
	slices.SortFunc(list, func(a, b *generation) int {
		if c := a.mtime.Compare(b.mtime); c != 0 && !numbered {
			return c
		}
		c := cmp.Compare(rotationNumber(b.path), rotationNumber(a.path))
		if rising {
			c = -c
		}
		return cmp.Or(c, strings.Compare(a.path, b.path))
	})
	for _, g := range list {
		g.mtime = time.Time{}
	}
}

// unknown opens a sibling that was not read: a generation, or one that was left
// and has grown since.
func (l *Log) unknown(name string) *generation {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	id := idOf(info)
	if l.opening != nil && l.opening.id == id {
		l.opening.path = name // it was renamed since
		return nil
	}
	for _, g := range l.gens {
		if g.file != nil && g.id == id {
			g.path, g.gone = name, false
			return nil
		}
	}
	f, info, err := openRegular(name)
	if err != nil {
		l.fault(nil, filepath.Base(name)+": "+whyNotOpen(err), "")
		return nil
	}
	id = idOf(info)
	if l.opening != nil && l.opening.id == id || l.has(id) {
		f.Close() // renamed over it just now
		return nil
	}
	if b := l.before[id]; b != nil && b.begins(f) {
		f.Close()
		return nil
	}
	for i, g := range l.past {
		if g.id != id || !g.begins(f) {
			continue
		}
		g.path, g.gone = name, false
		if info.Size() <= g.seen {
			f.Close()
			return nil
		}
		l.past = slices.Delete(l.past, i, i+1)
		g.file, g.drained, g.kept.over = f, true, false
		l.gens = slices.Insert(l.gens, 0, g) // older than what is read, and late
		return nil
	}
	for _, g := range slices.Concat(l.gens, l.past) {
		if g.given >= 256 && info.Size() >= g.given && g.id != id && g.starts(f) {
			f.Close()
			l.know(name) // a copy of what was read
			return nil
		}
	}
	g := begin(f, info, name, 0)
	g.mtime = info.ModTime() // for order
	return g
}

// unknownPacked opens a compressed sibling that holds what was not read: the file
// was renamed and compressed between two looks.
func (l *Log) unknownPacked(name, ending string, found []*generation) *generation {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if _, err := os.Lstat(strings.TrimSuffix(name, ending)); err == nil {
		return nil // it is being made, and what it is made of is there
	}
	id := idOf(info)
	if b := l.before[id]; b != nil && b.path != "" && compressedEnding(b.path) == ending {
		return nil
	}
	head := make([]byte, headKept)
	src := l.unpacked(name)
	n, _ := io.ReadFull(src, head)
	src.Close()
	head = head[:n]
	l.before[id] = &generation{id: id, path: name}
	all := slices.Concat(l.gens, l.past, found)
	if l.opening != nil {
		all = append(all, l.opening)
	}
	for _, g := range all {
		first := g.head
		if len(first) == 0 && g.file != nil {
			first = make([]byte, headKept)
			n, _ := g.file.ReadAt(first, 0)
			first = first[:n]
		}
		if len(first) > 0 && strings.HasPrefix(string(head), string(first)) {
			return nil // of one that is read
		}
	}
	if n == 0 {
		return nil
	}
	return &generation{path: name, src: l.unpacked(name), grew: time.Now(), id: id, mtime: info.ModTime()}
}

// begins tells whether a file has the first bytes that g has.
func (g *generation) begins(f io.ReaderAt) bool {
	b := make([]byte, len(g.head))
	n, _ := f.ReadAt(b, 0)
	return string(b[:n]) == string(g.head)
}
