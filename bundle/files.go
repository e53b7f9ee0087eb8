package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync/atomic"
)

// files goes through the files of a group.
func (w *walker) files(r Root) error {
	t := r.group.tree
	if t == nil {
		root, err := os.OpenRoot(r.Path)
		if err != nil {
			return fmt.Errorf("open %s: %s", r.Path, plainError(err))
		}
		defer root.Close()
		t = dirTree{root}
	}
	prefix := ""
	if r.Label != "" {
		prefix = r.Label + "/"
	}
	var at string // path of the folder at hand
	var in folder
	defer func() {
		if in != nil {
			in.close()
		}
	}()
	r.group.list.each(r.group.first, r.group.end, func(p string, kind byte) bool {
		it := item{path: prefix + readableName(p), size: -1, ratio: 1}
		it.inside = it.path + "!/"
		if kind == unreadable {
			return w.fault(&Fault{Path: it.path, What: "the directory could not be read whole: " + w.whyNot(t, p)})
		}
		if dir := path.Dir(p); in == nil || dir != at {
			if in != nil {
				in.close()
			}
			var err error
			if in, err = t.folder(dir); err != nil {
				in = nil
				return w.refuse(it, plainError(err)+"; not read", "")
			}
			at = dir
		}
		return w.file(it, in, path.Base(p), kind)
	})
	return nil
}

// whyNot asks a directory again why it cannot be listed.
func (w *walker) whyNot(t tree, p string) string {
	d, err := t.folder(p)
	if err != nil {
		return plainError(err)
	}
	defer d.close()
	if _, err = d.list(); err != nil {
		return plainError(err)
	}
	return "it can now"
}

// file opens one file of a folder and goes into it.
func (w *walker) file(it item, in folder, name string, kind byte) bool {
	if why := w.notAFile(in, name, kind); why != "" {
		return w.refuse(it, why, "")
	}
	f, err := in.open(name)
	if err != nil {
		return w.refuse(it, plainError(err)+"; not read", "")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return w.refuse(it, plainError(err)+"; not read", "")
	}
	if why := w.notAFile(in, name, kindOf(info.Mode())); why != "" {
		return w.refuse(it, why, "")
	}
	if w.lim.Own != nil && w.lim.Own(info) {
		return true
	}
	it.fromFile(f, info)
	if r, ok := f.(io.ReaderAt); ok {
		it.random, it.whole = r, info.Size()
	}
	t := newTape(&fileReader{w.ctx, f, w.lim.Read})
	defer t.release()
	return w.enter(it, t) && w.unchanged(it)
}

// notAFile words what is not opened; empty for a regular file.
func (w *walker) notAFile(in folder, name string, kind byte) string {
	switch kind {
	case regular:
		return ""
	case symlink:
		return "symbolic link to " + readableName(in.link(name)) + "; not followed"
	case pipe:
		return "named pipe; not followed"
	case socket:
		return "socket; not followed"
	case directory:
		return "it became a directory; not read"
	}
	return "device; not followed"
}

// fromFile takes over what the system says about a file, and asks again at the
// end whether it still says so.
func (it *item) fromFile(f fs.File, before fs.FileInfo) {
	it.modified, it.modifiedFrom = before.ModTime().UTC(), "file"
	it.size = before.Size()
	it.begun, _ = before.Sys().(begun)
	if before.ModTime().IsZero() {
		it.modified, it.modifiedFrom = before.ModTime(), ""
	}
	path, asked := it.path, false
	it.changed = func() *Fault {
		after, err := f.Stat()
		if asked || err != nil || after.Size() == before.Size() && after.ModTime().Equal(before.ModTime()) {
			return nil
		}
		asked = true
		how := "it was written to"
		if after.Size() != before.Size() {
			how = fmt.Sprintf("%s before, %d after", count(before.Size(), "byte"), after.Size())
		}
		return &Fault{Path: path, What: "the file changed while it was read: " + how}
	}
}

// unchanged reports a file that changed while it was read, if its reader has not.
func (w *walker) unchanged(it item) bool {
	if w.stopped || it.changed == nil {
		return !w.stopped
	}
	if f := it.changed(); f != nil {
		return w.fault(f)
	}
	return true
}

// A fileReader reads a file until the walk is stopped, and can leave parts out.
type fileReader struct {
	ctx  context.Context
	f    fs.File
	read *atomic.Int64
}

func (r *fileReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.f.Read(p)
	if r.read != nil {
		r.read.Add(int64(n))
	}
	return n, err
}

// skip seeks where the file can, but not behind its end.
func (r *fileReader) skip(n int64) (int64, error) {
	s, ok := r.f.(io.Seeker)
	if ok && n > 1<<20 {
		at, err := s.Seek(0, io.SeekCurrent)
		info, err2 := r.f.Stat()
		if err == nil && err2 == nil {
			if n = min(n, info.Size()-at); n > 0 {
				_, err = s.Seek(n, io.SeekCurrent)
				if r.read != nil {
					r.read.Add(n)
				}
				return n, err
			}
			return 0, io.EOF
		}
	}
	buf := blocks.Get().(*block)
	defer blocks.Put(buf)
	k, err := r.Read(buf.buf[:min(n, blockSize)])
	if errors.Is(err, io.EOF) && k > 0 {
		err = nil
	}
	return int64(k), err
}
