package pack

import (
	"archive/tar"
	"archive/zip"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// A tarWriter writes a tar archive, whose headers hold sizes: a member waits in
// the spool until all of it is there.
type tarWriter struct {
	w     *tar.Writer
	spool spool
	head  tar.Header
}

func newTar(w io.Writer, temp string) *tarWriter {
	return &tarWriter{w: tar.NewWriter(w), spool: spool{temp: temp}}
}

func (t *tarWriter) slot(name string, modified time.Time, _ string) (slot, error) {
	t.head = tar.Header{Typeflag: tar.TypeReg, Name: strings.ReplaceAll(name, "\x00", "_"), Mode: 0o644, ModTime: modified}
	if modified.IsZero() {
		t.head.ModTime = time.Unix(0, 0)
	}
	if t.head.ModTime.Nanosecond() != 0 {
		t.head.Format = tar.FormatPAX
	}
	return t, t.spool.begin()
}

func (t *tarWriter) Write(b []byte) (int, error) { return t.spool.write(b) }

func (t *tarWriter) done() error {
	t.head.Size = t.spool.size
	if err := t.w.WriteHeader(&t.head); err != nil {
		return fmt.Errorf("%s: %w", t.head.Name, err)
	}
	return t.spool.copyTo(t.w)
}

func (t *tarWriter) close() error {
	t.spool.drop()
	return t.w.Close()
}

// A zipWriter writes a zip archive. Sizes stand behind the data.
type zipWriter struct{ w *zip.Writer }

func newZip(w io.Writer) *zipWriter { return &zipWriter{zip.NewWriter(w)} }

func (z *zipWriter) slot(name string, modified time.Time, from string) (slot, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: modified}
	h.SetMode(0o644)
	if from == "zip entry without zone" { // it stays one
		h.Modified = time.Time{}
		h.ModifiedDate = uint16(modified.Day() + int(modified.Month())<<5 + (modified.Year()-1980)<<9)
		h.ModifiedTime = uint16(modified.Second()/2 + modified.Minute()<<5 + modified.Hour()<<11)
	}
	w, err := z.w.CreateHeader(h)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return plain{w}, nil
}

func (z *zipWriter) close() error { return z.w.Close() }

// spoolMemory is how much of a member waits in memory before it goes to a file.
const spoolMemory = 4 << 20

// A spool keeps the content of one member at a time.
type spool struct {
	temp string
	mem  []byte
	file *os.File
	size int64
	used bool // the file holds the beginning
}

func (s *spool) begin() error {
	s.mem, s.size, s.used = s.mem[:0], 0, false
	if s.file != nil {
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	return nil
}

func (s *spool) write(b []byte) (int, error) {
	s.size += int64(len(b))
	s.mem = append(s.mem, b...)
	if len(s.mem) < spoolMemory {
		return len(b), nil
	}
	if s.file == nil {
		f, err := os.CreateTemp(s.temp, "forensic-*") // mode 0600
		if err != nil {
			return 0, fmt.Errorf("temporary file: %w", err)
		}
		os.Remove(f.Name()) // what is gone already cannot be left behind
		s.file = f
	}
	s.used = true
	if _, err := s.file.Write(s.mem); err != nil {
		return 0, fmt.Errorf("temporary file: %w", err)
	}
	s.mem = s.mem[:0]
	return len(b), nil
}

func (s *spool) copyTo(w io.Writer) error {
	if s.used {
		inFile := s.size - int64(len(s.mem))
		if _, err := io.Copy(w, io.NewSectionReader(s.file, 0, inFile)); err != nil {
			return err
		}
	}
	_, err := w.Write(s.mem)
	return err
}

func (s *spool) drop() {
	s.mem = nil
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
		s.file = nil
	}
}
