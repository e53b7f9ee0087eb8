package bundle

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
)

// A tree is a directory with everything below it: of the system, or an fs.FS.
type tree interface {
	// folder opens a directory by its path below the tree, "." for the tree itself.
	folder(path string) (folder, error)
}

// A folder is one open directory.
type folder interface {
	list() ([]entry, error) // what could be listed comes with the error too
	sub(name string) (folder, error)
	open(name string) (fs.File, error)
	link(name string) string // where a symbolic link points
	close()
}

// An entry is one name in a directory.
type entry struct {
	name string
	kind byte // one of the constants below
}

const (
	regular    = 'f'
	directory  = 'd'
	symlink    = 'l'
	pipe       = 'p'
	socket     = 's'
	device     = 'b'
	unreadable = '!' // a directory that could not be listed
)

func kindOf(m fs.FileMode) byte {
	switch {
	case m.IsRegular():
		return regular
	case m.IsDir():
		return directory
	case m&fs.ModeSymlink != 0:
		return symlink
	case m&fs.ModeNamedPipe != 0:
		return pipe
	case m&fs.ModeSocket != 0:
		return socket
	}
	return device
}

// dirTree is a directory of the system. Nothing in it leads out of it.
type dirTree struct{ root *os.Root }

func (t dirTree) folder(p string) (folder, error) {
	r, err := t.root.OpenRoot(p)
	if err != nil {
		return nil, err
	}
	return dirFolder{r}, nil
}

type dirFolder struct{ root *os.Root }

func (d dirFolder) close() { d.root.Close() }

func (d dirFolder) sub(name string) (folder, error) {
	r, err := d.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return dirFolder{r}, nil
}

func (d dirFolder) list() (list []entry, err error) {
	f, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for {
		batch, err := f.ReadDir(1024)
		for _, e := range batch {
			list = append(list, entry{e.Name(), kindOf(e.Type())})
		}
		if err != nil || len(batch) == 0 {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return list, err
		}
	}
}

// open does not wait for anybody to write into a pipe; the caller looks at what
// it got before reading.
func (d dirFolder) open(name string) (fs.File, error) {
	return d.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

func (d dirFolder) link(name string) string {
	target, err := d.root.Readlink(name)
	if err != nil {
		return "an unknown place"
	}
	return target
}

// fsysTree is an fs.FS.
type fsysTree struct{ fsys fs.FS }

func (t fsysTree) folder(p string) (folder, error) { return fsysFolder{t.fsys, p}, nil }

type fsysFolder struct {
	fsys fs.FS
	dir  string
}

func (d fsysFolder) close() {}

func (d fsysFolder) sub(name string) (folder, error) {
	return fsysFolder{d.fsys, path.Join(d.dir, name)}, nil
}

func (d fsysFolder) list() (list []entry, err error) {
	all, err := fs.ReadDir(d.fsys, d.dir)
	for _, e := range all {
		list = append(list, entry{e.Name(), kindOf(e.Type())})
	}
	return list, err
}

func (d fsysFolder) open(name string) (fs.File, error) { return d.fsys.Open(path.Join(d.dir, name)) }

func (d fsysFolder) link(name string) string {
	target, err := fs.ReadLink(d.fsys, path.Join(d.dir, name))
	if err != nil {
		return "an unknown place"
	}
	return target
}

// listTree lists everything below a tree but directories, in the order of paths.
func listTree(t tree) (*pathList, error) {
	top, err := t.folder(".")
	if err != nil {
		return nil, err
	}
	defer top.close()
	l := new(pathList)
	names, err := top.list()
	if err != nil {
		return nil, err
	}
	l.walk(top, "", names)
	return l, nil
}

// walk adds what is in d, whose paths begin with prefix. A directory is sorted
// as if its name ended with a slash: then all paths come in their order.
func (l *pathList) walk(d folder, prefix string, names []entry) {
	slices.SortFunc(names, func(a, b entry) int { return compareEntries(a, b) })
	for _, e := range names {
		if e.kind != directory {
			l.add(prefix+e.name, e.kind)
			continue
		}
		sub, err := d.sub(e.name)
		if err != nil {
			l.add(prefix+e.name, unreadable)
			continue
		}
		below, err := sub.list()
		l.walk(sub, prefix+e.name+"/", below)
		if err != nil {
			l.add(prefix+e.name, unreadable)
		}
		sub.close()
	}
}

func compareEntries(a, b entry) int {
	n := min(len(a.name), len(b.name))
	if c := strings.Compare(a.name[:n], b.name[:n]); c != 0 {
		return c
	}
	return int(a.after(n)) - int(b.after(n))
}

// after is the byte that follows the first n of the path.
func (e entry) after(n int) byte {
	switch {
	case len(e.name) > n:
		return e.name[n]
	case e.kind == directory:
		return '/'
	}
	return 0
}

// A pathList holds many paths in little room: each says how much of the one
// before it begins with, and then the rest.
type pathList struct {
	b    []byte
	full []int // where every pathStep-th begins; those are written whole
	n    int
	last string
}

const pathStep = 32

func (l *pathList) len() int { return l.n }

func (l *pathList) add(p string, kind byte) {
	shared := 0
	if l.n%pathStep == 0 {
		l.full = append(l.full, len(l.b))
	} else {
		for shared < min(len(p), len(l.last)) && p[shared] == l.last[shared] {
			shared++
		}
	}
	rest := p[shared:]
	l.b = append(l.b, kind, byte(shared), byte(shared>>8), byte(len(rest)), byte(len(rest)>>8))
	l.b = append(l.b, rest...)
	l.last = p
	l.n++
}

// each calls f with the paths from first to end, until it returns false.
func (l *pathList) each(first, end int, f func(p string, kind byte) bool) bool {
	if first >= end {
		return true
	}
	i := first / pathStep * pathStep
	b := l.b[l.full[i/pathStep]:]
	var p []byte
	for ; i < end; i++ {
		kind, shared, rest := b[0], int(b[1])|int(b[2])<<8, int(b[3])|int(b[4])<<8
		p = append(p[:shared], b[5:5+rest]...)
		b = b[5+rest:]
		if i >= first && !f(string(p), kind) {
			return false
		}
	}
	return true
}
