package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// path goes into a file that was named by the user.
func (w *walker) path(r Root) error {
	f, err := os.OpenFile(r.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("open %s: %s", r.Path, plainError(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open %s: %s", r.Path, plainError(err))
	}
	it := r.item(baseName(r.Path))
	switch {
	case info.Mode().IsRegular():
		it.fromFile(f, info)
		w.regularFile(r, it, f, info.Size())
	case info.Mode()&fs.ModeNamedPipe != 0:
		w.stream(r, it, f, false)
	default:
		return fmt.Errorf("open %s: neither a file nor a directory", r.Path)
	}
	return nil
}

// item names what a PATH itself is: members of an archive that is the only PATH
// are named as inside it.
func (r Root) item(base string) item {
	if r.Label == "" {
		return item{path: base, size: -1, ratio: 1}
	}
	return item{path: r.Label, inside: r.Label + "!/", size: -1, ratio: 1}
}

// regularFile reads a file with random access. Its hash is computed by the
// goroutine that reads it, ahead of who needs the bytes; a zip archive is not
// read in order, so its hash has a goroutine of its own.
func (w *walker) regularFile(r Root, it item, f *os.File, size int64) {
	it.random, it.whole = f, size
	var head [sniffSize]byte
	n, _ := f.ReadAt(head[:], 0)
	switch {
	case !w.lim.Hash:
		t := newTape(&fileReader{w.ctx, f, w.lim.Read})
		defer t.release()
		_ = w.enter(it, t) && w.unchanged(it)
		r.state.set(size, "")
	case zipMagic(head[:n]) || selfExtracting(head[:n], it):
		sum := &summed{r: io.NewSectionReader(f, 0, size), h: sha256.New()}
		done := make(chan struct{})
		go func() {
			defer close(done)
			sum.all(w.ctx)
		}()
		t := newTape(&fileReader{w.ctx, f, w.lim.Read})
		_ = w.enter(it, t) && w.unchanged(it)
		t.release()
		<-done
		r.state.set(sum.result())
	default:
		it.random = nil
		w.stream(r, it, f, true)
	}
}

// standardInput reads from a pipe, a terminal, or a file the shell opened.
func (w *walker) standardInput(r Root) error {
	it := r.item("stdin")
	f := os.Stdin
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open standard input: %s", plainError(err))
	}
	if info.IsDir() {
		return fmt.Errorf("open standard input: it is a directory; name it instead of -")
	}
	if at, err := f.Seek(0, io.SeekCurrent); err == nil && at == 0 && info.Mode().IsRegular() {
		it.fromFile(f, info)
		w.regularFile(r, it, f, info.Size())
		return nil
	}
	if f.SetReadDeadline(time.Time{}) != nil && info.Mode()&fs.ModeNamedPipe != 0 {
		// A pipe opened anew does not block, so that waiting can be ended.
		if again, err := os.OpenFile("/dev/stdin", os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
			if same, err := again.Stat(); err == nil && os.SameFile(info, same) {
				f = again
			}
			defer again.Close()
		}
	}
	w.stream(r, it, f, false)
	return nil
}

// stream reads a file from its beginning to its end in a goroutine.
func (w *walker) stream(r Root, it item, f *os.File, ordinary bool) {
	src := &summed{r: f, read: w.lim.Read}
	if w.lim.Hash {
		src.h = sha256.New()
	}
	fl := &flow{limit: float64(w.lim.Ratio), base: 1, judge: w.judge, live: !ordinary}
	if !ordinary {
		fl.detached = f.SetReadDeadline(time.Time{}) != nil
		unwatch := context.AfterFunc(w.ctx, func() { f.SetReadDeadline(time.Unix(1, 0)) })
		defer unwatch()
	}
	it.flow = fl
	fl.start(w.ctx, src)
	t := newTape(fl)
	ok := w.enter(it, t) && w.unchanged(it)
	t.release()
	if ok {
		// The hash is of all bytes, those behind the last member too.
		for fl.err == nil {
			fl.skip(1 << 40)
		}
	}
	complete := ok && fl.err == io.EOF
	if !complete {
		w.cancel()
	}
	fl.close()
	if complete || !fl.detached {
		n, sum := src.result()
		r.state.set(n, sum)
	}
}

// summed counts and hashes what is read through it.
type summed struct {
	r    io.Reader
	h    hash.Hash // nil: only counted
	n    int64
	end  bool
	read *atomic.Int64 // nil: nobody watches
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.n += int64(n)
	if s.read != nil {
		s.read.Add(int64(n))
	}
	if s.h != nil {
		s.h.Write(p[:n])
	}
	s.end = s.end || err == io.EOF
	return n, err
}

func (s *summed) consumed() int64 { return s.n }
func (s *summed) effort() int64   { return 0 }
func (s *summed) close()          {}

// all reads to the end, or until ctx is done.
func (s *summed) all(ctx context.Context) {
	b := blocks.Get().(*block)
	defer blocks.Put(b)
	for ctx.Err() == nil {
		if _, err := s.Read(b.buf[:]); err != nil {
			return
		}
	}
}

// result returns the sum only of a whole input.
func (s *summed) result() (int64, string) {
	if s.h == nil || !s.end {
		return s.n, ""
	}
	return s.n, hex.EncodeToString(s.h.Sum(nil))
}
