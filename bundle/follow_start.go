package bundle

import (
	"bytes"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"
	"time"
)

// countAtMost is how much of a file is read to count the lines before the place
// where following begins.
const countAtMost = 4 << 30

// start begins a log: where a checkpoint says, or where the options do. There
// says whether its file was there before following began.
func (l *Log) start(there bool) {
	if at, err := os.Lstat(l.path); err == nil {
		l.linked = at.Mode()&fs.ModeSymlink != 0
	}
	if l.f.state != nil && l.resume() {
		return
	}
	back := l.f.opt.Whole || !l.f.opt.Since.IsZero()
	if !there || !back {
		l.learn()
	}
	file, info, err := openRegular(l.path)
	if err != nil {
		if os.IsNotExist(err) {
			l.absent(time.Now())
		} else {
			l.stands(whyNotOpen(err))
		}
		return
	}
	from := int64(0)
	if there {
		from = l.beginning(file, info)
	}
	if there && from == 0 && back {
		l.readBack(info)
	}
	g := begin(file, info, l.path, from)
	g.line = linesTo(file, from)
	l.join(g, time.Now())
}

// beginning is the place from which a file that is there already is read.
func (l *Log) beginning(file *os.File, info fs.FileInfo) int64 {
	if l.f.opt.Whole {
		return 0
	}
	if l.f.opt.Since.IsZero() || info.ModTime().Before(l.f.opt.Since) {
		return lineStart(file, info.Size())
	}
	return l.sinceIn(file, info)
}

// sinceIn steps back through a file, with growing strides, until a block begins
// before the time that is asked for.
func (l *Log) sinceIn(file *os.File, info fs.FileInfo) int64 {
	if l.f.opt.Older == nil || l.f.opt.Whole {
		return 0
	}
	block := make([]byte, readSize)
	for stride := int64(readSize); stride < info.Size(); stride *= 2 {
		at := info.Size() - stride
		n, _ := file.ReadAt(block, at)
		first := bytes.IndexByte(block[:n], '\n') + 1
		last := bytes.LastIndexByte(block[:n], '\n') + 1
		if first < last && l.f.opt.Older(l.path, block[first:last]) {
			return at + int64(first)
		}
	}
	return 0
}

// lineStart is where the line begins in which a place lies: what is written
// there next completes it.
func lineStart(file io.ReaderAt, at int64) int64 {
	block := make([]byte, 64<<10)
	from := max(0, at-int64(len(block)))
	n, _ := file.ReadAt(block[:at-from], from)
	if i := bytes.LastIndexByte(block[:n], '\n'); i >= 0 {
		return from + int64(i) + 1
	}
	if from == 0 {
		return 0
	}
	return at
}

// linesTo counts the lines before a place.
func linesTo(file io.ReaderAt, to int64) int {
	if to > countAtMost {
		return 0
	}
	n := 0
	block := make([]byte, readSize)
	for at := int64(0); at < to; {
		k, err := file.ReadAt(block[:min(int64(len(block)), to-at)], at)
		n += bytes.Count(block[:k], []byte{'\n'})
		at += int64(k)
		if err != nil {
			break
		}
	}
	return n
}

// readBack adds the older generations that were written to since the time that
// is asked for, compressed ones too. Where one stands beside its compressed
// copy, which is being made, it is read once.
func (l *Log) readBack(current fs.FileInfo) {
	var found []*generation
	names := l.siblings()
	for _, name := range names {
		info, err := os.Lstat(name)
		if err != nil || !info.Mode().IsRegular() || idOf(info) == idOf(current) {
			continue
		}
		ending := compressedEnding(name)
		switch {
		case info.ModTime().Before(l.f.opt.Since):
			l.know(name)
		case ending == "":
			if file, info, err := openRegular(name); err == nil {
				from := l.sinceIn(file, info)
				g := begin(file, info, name, from)
				g.line, g.mtime = linesTo(file, from), info.ModTime()
				found = append(found, g)
			}
		case !slices.Contains(names, name[:len(name)-len(ending)]):
			l.know(name)
			found = append(found, &generation{path: name, src: l.unpacked(name), grew: time.Now(), mtime: info.ModTime(), id: idOf(info)})
		}
	}
	order(found, -1)
	// One that is read from its middle is the oldest that is wanted.
	for i := len(found) - 1; i > 0; i-- {
		if found[i].from > 0 {
			for _, g := range found[:i] {
				g.close(l.f)
			}
			found = found[i:]
			break
		}
	}
	for _, g := range found {
		l.join(g, time.Now())
	}
}

// unpacked opens what a compressed file holds.
func (l *Log) unpacked(name string) io.ReadCloser {
	next, stop := iter.Pull2(Open(l.f.ctx, name, Limits{}))
	return &unpackedReader{next: next, stop: stop}
}

// An unpackedReader reads the members of a file one after another.
type unpackedReader struct {
	next func() (*Member, error, bool)
	stop func()
	m    *Member
}

func (u *unpackedReader) Read(p []byte) (int, error) {
	for {
		if u.m == nil {
			m, err, ok := u.next()
			if !ok {
				return 0, io.EOF
			}
			if err != nil {
				return 0, err
			}
			u.m = m
		}
		n, err := u.m.Read(p)
		if err == io.EOF {
			u.m.Close()
			u.m, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (u *unpackedReader) Close() error {
	u.stop()
	return nil
}
