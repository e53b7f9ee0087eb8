package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// spoolMemory is how much of a stream is held in memory before a file is made.
const spoolMemory = 1 << 20

// A spool holds what needs random access but came as a stream, in numbered
// files of a private folder. No name of an input ever gets here.
type spool struct {
	parent string
	dir    string
	n      int
}

// A spooled stream is in memory or in a file.
type spooled struct {
	io.ReaderAt
	size int64
	file *os.File
}

// take copies all of r. What could not be read of r is problem; err is about
// our own folder.
func (sp *spool) take(r io.Reader) (got *spooled, problem, err error) {
	head := make([]byte, 0, 64<<10)
	for len(head) < spoolMemory {
		if len(head) == cap(head) {
			head = append(head, 0)[:len(head)]
		}
		n, err := r.Read(head[len(head):min(cap(head), spoolMemory)])
		head = head[:len(head)+n]
		if err != nil {
			return &spooled{ReaderAt: bytes.NewReader(head), size: int64(len(head))}, ended(err), nil
		}
	}
	f, err := sp.create()
	if err != nil {
		return nil, nil, err
	}
	got = &spooled{ReaderAt: f, file: f}
	in := &inputErr{r: io.MultiReader(bytes.NewReader(head), r)}
	buf := blocks.Get().(*block)
	got.size, err = io.CopyBuffer(struct{ io.Writer }{f}, in, buf.buf[:])
	blocks.Put(buf)
	if err != nil && in.err == nil {
		got.close()
		return nil, nil, fmt.Errorf("temporary file: %w", withoutPath(err))
	}
	return got, ended(in.err), nil
}

func ended(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// inputErr remembers an error of the reading side, io.EOF apart.
type inputErr struct {
	r   io.Reader
	err error
}

func (i *inputErr) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	if err != nil && err != io.EOF {
		i.err = err
	}
	return n, err
}

func (sp *spool) create() (*os.File, error) {
	if sp.dir == "" {
		dir, err := os.MkdirTemp(sp.parent, "forensic-"+strconv.Itoa(os.Getpid())+"-")
		if err != nil {
			return nil, fmt.Errorf("temporary folder: %w", withoutPath(err))
		}
		sp.dir = dir // made with mode 0700
	}
	sp.n++
	f, err := os.OpenFile(filepath.Join(sp.dir, strconv.Itoa(sp.n)), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("temporary file: %w", withoutPath(err))
	}
	// Where the system allows it the name goes at once: then nothing is left
	// behind, however the program ends.
	os.Remove(f.Name())
	return f, nil
}

func (s *spooled) close() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
}

// close removes the folder.
func (sp *spool) close() error {
	if sp.dir == "" {
		return nil
	}
	err := os.RemoveAll(sp.dir)
	sp.dir = ""
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
