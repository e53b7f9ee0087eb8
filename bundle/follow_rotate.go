package bundle

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// abandonAfter is how long a log found in a folder is held after its name and
// its file are gone.
const abandonAfter = 10 * time.Minute

// look looks at what stands under the log's name, until it is what is read.
func (l *Log) look(now time.Time) {
	for tries := 0; tries < 64 && l.lookOnce(now); tries++ {
	}
}

// lookOnce tells whether another file was found under the name.
func (l *Log) lookOnce(now time.Time) bool {
	info, err := os.Stat(l.path)
	if err == nil && !l.linked {
		if at, err2 := os.Lstat(l.path); err2 == nil && at.Mode()&fs.ModeSymlink != 0 {
			info, err = at, nil
		}
	}
	switch {
	case os.IsNotExist(err):
		l.absent(now)
		return false
	case err != nil:
		l.stands(whyNotOpen(err))
		return false
	case !info.Mode().IsRegular():
		l.stands(notFollowed(info.Mode()) + "; a log is waited for there")
		return false
	}
	l.missing = time.Time{}
	newest := l.newest()
	if newest != nil && newest.id == idOf(info) {
		l.stands("")
		return false
	}
	if l.unread() >= maxUnread {
		return false
	}
	file, info, err := openRegular(l.path)
	if err != nil {
		l.stands(whyNotOpen(err))
		return false
	}
	if newest != nil && newest.id == idOf(info) {
		file.Close()
		return true
	}
	l.stands("")
	// Only now the folder is listed: what was renamed before the file was opened
	// is in it.
	next := begin(file, info, l.path, 0)
	l.opening = next
	found := l.between(newest, nil)
	l.opening = nil
	for _, g := range append(found, next) {
		l.join(g, now)
	}
	return true
}

// newest is the file that the log was last written to.
func (l *Log) newest() *generation {
	if n := len(l.gens); n > 0 {
		return l.gens[n-1]
	}
	return nil
}

// unread counts the renamed files that were not read to their end.
func (l *Log) unread() int {
	n := 0
	for _, g := range l.gens {
		if !g.drained {
			n++
		}
	}
	return n
}

// join adds a newer generation.
func (l *Log) join(g *generation, now time.Time) {
	if old := l.newest(); old != nil && old.retired.IsZero() {
		old.retired = now
		if old.path == l.path {
			old.path, old.gone = "", true // unless the folder shows it
			l.rename(old)
		}
	}
	if g.kept == nil {
		g.kept = l.f.kept.file(l, g)
	}
	l.gens = append(l.gens, g)
	if g.file != nil {
		g.waker = l.f.wakeBy(g.file, func(gone bool) {
			l.rouse()
			if gone {
				l.f.again()
			}
		})
	}
	l.rouse()
}

// absent notes that nothing has the name.
func (l *Log) absent(now time.Time) {
	if l.missing.IsZero() {
		l.missing = now
	}
	if now.Sub(l.listed) >= listEvery {
		l.listed = now
		for _, g := range l.between(l.newest(), nil) { // renamed again before they were seen
			l.join(g, now)
		}
	}
	newest := l.newest()
	switch gone := now.Sub(l.missing); {
	case newest == nil:
		l.stands("there is no such file; it is waited for")
	case gone >= 2*time.Second: // rotation leaves a gap
		what := "the file was renamed, and no other took its name; it is waited for"
		if newest.deleted() {
			what = "the file was deleted; what was written to it by then is read, and another one waited for"
		}
		l.stands(what)
	}
	if l.at.kind == 'f' || newest != nil && now.Sub(newest.grew) < abandonAfter || now.Sub(l.missing) < abandonAfter {
		return
	}
	for i := len(l.gens) - 1; i >= 0; i-- {
		if len(l.gens[i].held) > 0 {
			l.gens[i].flush = true
			l.rouse()
			return
		}
		l.leave(i)
	}
	l.finish()
	l.rouse()
}

// deleted tells whether no name is left of a file.
func (g *generation) deleted() bool {
	if g.file == nil {
		return false
	}
	info, err := g.file.Stat()
	return err == nil && linksOf(info) == 0
}

// stands tells what stands in the way of the name, once, and that it is gone.
func (l *Log) stands(what string) {
	if what == l.stood {
		return
	}
	if what != "" {
		l.f.fault(&Fault{Path: l.Path, What: what})
	} else if strings.HasPrefix(l.stood, "permission") {
		l.f.fault(&Fault{Path: l.Path, What: "permission was given; it is read"})
	}
	l.stood = what
}

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

// rename finds under which name a file is now.
func (l *Log) rename(g *generation) {
	for _, name := range l.siblings() {
		if info, err := os.Lstat(name); err == nil && idOf(info) == g.id {
			g.path, g.gone = name, false
			return
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
