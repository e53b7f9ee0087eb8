package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"sort"
	"time"
)

// Kept returns, for what was given until now, one Root whose members are the
// files that were followed, named as analyze would name them where they lie
// now, and the Faults that belong to them. It may be read while following goes
// on. A member that is not kept from its beginning says so in Line and Offset.
func (f *Following) Kept() (Root, []*Fault) {
	view := f.view()
	list, err := listTree(fsysTree{view})
	if err != nil { // of our own tree: cannot be
		list = &pathList{}
	}
	f.mu.Lock()
	faults := slices.Clone(f.faults)
	f.mu.Unlock()
	faults = append(faults, view.faults...)
	return Root{state: &rootState{shared: newShared()}, Dir: true, group: &group{tree: fsysTree{view}, list: list, end: list.len()}}, faults
}

// A keptView is what is kept, at one moment, as a file system.
type keptView struct {
	k      *keptStore
	files  map[string]*keptMember
	dirs   map[string][]fs.DirEntry
	faults []*Fault
}

// A keptMember is one file in it.
type keptMember struct {
	name     string
	f        *keptFile
	from, to int64
	line     int
	modified time.Time
}

// view takes stock.
func (f *Following) view() *keptView {
	f.mu.Lock()
	logs := f.logs
	f.mu.Unlock()
	for _, l := range logs {
		l.mu.Lock()
		l.refresh()
		l.mu.Unlock()
	}
	k := f.kept
	k.mu.Lock()
	files := slices.Clone(k.files)
	k.mu.Unlock()
	v := &keptView{k: k, files: map[string]*keptMember{}, dirs: map[string][]fs.DirEntry{".": nil}}
	byLog := map[*Log][]*keptFile{}
	var order []*Log
	for _, x := range files {
		if byLog[x.l] == nil {
			order = append(order, x.l)
		}
		byLog[x.l] = append(byLog[x.l], x)
	}
	for _, l := range order {
		v.addLog(l, byLog[l])
	}
	for _, m := range v.files {
		v.list(m.name, m)
	}
	for _, entries := range v.dirs {
		sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	}
	return v
}

// addLog names the generations of a log, newest first: the newest is the log,
// the others are where they lie now, and those that are gone get the numbers
// that rotation would have given them.
func (v *keptView) addLog(l *Log, files []*keptFile) {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.SortFunc(files, func(a, b *keptFile) int { return b.id - a.id })
	number := 0
	for i, x := range files {
		g := x.g
		name := l.Path
		if i > 0 || g.path != l.path && l.path != "" && !g.retired.IsZero() {
			if name = l.f.labelOf(l, g); name == l.Path || g.gone || v.files[name] != nil {
				for number++; ; number++ {
					if name = fmt.Sprintf("%s.%d", l.Path, number); v.files[name] == nil && !l.taken(name) {
						break
					}
				}
			} else {
				number = max(number, min(rotationNumber(name), 9999))
			}
		}
		m := &keptMember{name: name, f: x, modified: g.mtime}
		if g.file != nil {
			if info, err := g.file.Stat(); err == nil {
				m.modified = info.ModTime()
			}
		}
		if m.modified.IsZero() {
			m.modified = g.grew
		}
		v.k.mu.Lock()
		m.from, m.line = x.first()
		m.to = x.end()
		v.k.mu.Unlock()
		if m.to <= m.from {
			continue
		}
		if m.from > g.from {
			v.faults = append(v.faults, &Fault{Path: name, Limit: true, Bytes: m.from - g.from, What: fmt.Sprintf(
				"%s (%s) of what was followed are not kept any more; the report begins behind them", count(m.from-g.from, "byte"), count(int64(m.line), "line"))})
		}
		v.files[name] = m
	}
}

// taken tells whether another generation lies under a name now.
func (l *Log) taken(name string) bool {
	for _, g := range slices.Concat(l.gens, l.past) {
		if g.path != "" && !g.gone && l.f.labelOf(l, g) == name {
			return true
		}
	}
	return false
}

// refresh finds out where the files of a log lie now.
func (l *Log) refresh() {
	if l.path == "" {
		return
	}
	for _, g := range slices.Concat(l.gens, l.past) {
		g.gone = g.path != l.path || !g.retired.IsZero()
	}
	for _, name := range l.siblings() {
		info, err := os.Lstat(name)
		if err != nil || compressedEnding(name) != "" {
			continue
		}
		id := idOf(info)
		for _, g := range l.gens {
			if g.file != nil && g.id == id {
				g.path, g.gone = name, false
			}
		}
		for _, g := range l.past {
			if g.id != id {
				continue
			}
			if f, _, err := openRegular(name); err == nil {
				if g.begins(f) {
					g.path, g.gone = name, false
				}
				f.Close()
			}
		}
	}
}

// list puts a file into its folder, and that into its own.
func (v *keptView) list(name string, e fs.DirEntry) {
	dir := path.Dir(name)
	_, there := v.dirs[dir]
	v.dirs[dir] = append(v.dirs[dir], e)
	if !there {
		v.list(dir, keptDir{dir})
	}
}

// Open opens a file or a folder.
func (v *keptView) Open(name string) (fs.File, error) {
	if m := v.files[name]; m != nil {
		return &keptReader{k: v.k, m: m, at: m.from}, nil
	}
	if list, ok := v.dirs[name]; ok {
		return &keptFolder{keptDir{name}, list}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Name, Size, Mode, ModTime, IsDir, Sys, Type and Info make a member its own
// entry and information.
func (m *keptMember) Name() string               { return path.Base(m.name) }
func (m *keptMember) Size() int64                { return m.to - m.from }
func (m *keptMember) Mode() fs.FileMode          { return 0o400 }
func (m *keptMember) ModTime() time.Time         { return m.modified }
func (m *keptMember) IsDir() bool                { return false }
func (m *keptMember) Sys() any                   { return begun{m.line, m.from} }
func (m *keptMember) Type() fs.FileMode          { return 0 }
func (m *keptMember) Info() (fs.FileInfo, error) { return m, nil }

// begun says behind which line and byte a file begins.
type begun struct {
	line   int
	offset int64
}

// A keptDir is the information about a folder.
type keptDir struct{ name string }

func (d keptDir) Name() string               { return path.Base(d.name) }
func (d keptDir) Size() int64                { return 0 }
func (d keptDir) Mode() fs.FileMode          { return fs.ModeDir | 0o500 }
func (d keptDir) ModTime() time.Time         { return time.Time{} }
func (d keptDir) IsDir() bool                { return true }
func (d keptDir) Sys() any                   { return nil }
func (d keptDir) Type() fs.FileMode          { return fs.ModeDir }
func (d keptDir) Info() (fs.FileInfo, error) { return d, nil }

// A keptFolder is an open one.
type keptFolder struct {
	keptDir
	list []fs.DirEntry
}

// Stat, Read, Close and ReadDir make it an fs.ReadDirFile.
func (d *keptFolder) Stat() (fs.FileInfo, error) { return d.keptDir, nil }
func (d *keptFolder) Read([]byte) (int, error)   { return 0, errors.New("it is a folder") }
func (d *keptFolder) Close() error               { return nil }
func (d *keptFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	list := d.list
	if n <= 0 {
		d.list = nil
		return list, nil
	}
	if len(list) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(list))
	d.list = list[n:]
	return list[:n], nil
}

// A keptReader reads a file of the view.
type keptReader struct {
	k     *keptStore
	m     *keptMember
	at    int64
	block []byte // what was unpacked,
	from  int64  // and where it begins
}

// Stat describes the file.
func (r *keptReader) Stat() (fs.FileInfo, error) { return r.m, nil }

// Close has nothing to give back.
func (r *keptReader) Close() error { return nil }

// Read reads on, up to where the view ends.
func (r *keptReader) Read(p []byte) (int, error) {
	p = p[:min(int64(len(p)), r.m.to-r.at)]
	if len(p) == 0 {
		return 0, io.EOF
	}
	n, err := r.ReadAt(p[:], r.at-r.m.from)
	r.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// ReadAt reads from a place, counted from where the view of the file begins.
func (r *keptReader) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := r.m.from + off + int64(n)
		if at >= r.m.to {
			return n, io.EOF
		}
		if at < r.from || at >= r.from+int64(len(r.block)) {
			if r.block == nil {
				r.block = make([]byte, chunkSize+readSize+longest)
			}
			r.block = r.block[:cap(r.block)]
			k, err := r.k.readAt(r.m.f, r.block, at)
			r.block, r.from = r.block[:k], at
			if err != nil {
				return n, err
			}
		}
		n += copy(p[n:min(int64(len(p)), int64(n)+r.m.to-at)], r.block[at-r.from:])
	}
	return n, nil
}
