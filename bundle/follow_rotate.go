package bundle

import (
	"io/fs"
	"os"
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
	found = append(found, next)
	if next.path != l.path && newest != nil && len(found) > 1 { // it may be older than one of them by now
		l.settleNames(append(found[:len(found):len(found)], newest))
		order(found, rotationNumber(newest.path))
	}
	for _, g := range found {
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

// rename finds under which name a file is now.
func (l *Log) rename(g *generation) {
	for _, name := range l.siblings() {
		if info, err := os.Lstat(name); err == nil && idOf(info) == g.id {
			g.path, g.gone = name, false
			return
		}
	}
}
