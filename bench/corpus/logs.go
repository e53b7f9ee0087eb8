package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// partSize is the size of one file; what does not fit goes to rotated ones, so a large corpus has many files.
const partSize = 42_000_000

// monday is when all logs begin, by the clocks of their hosts.
var monday = time.Date(2024, time.March, 4, 0, 0, 0, 0, time.UTC)

// A part is one file of logs.
type part struct {
	path string
	text []byte
	last time.Time
}

// parts makes the files of a corpus of the given size, in the order of their names, and hands each to take.
func parts(seed uint64, size int64, take func(part) error) error {
	for _, k := range kinds() {
		total := size * int64(k.share) / 100
		n := int((total + partSize - 1) / partSize)
		start := monday
		for i := range n {
			want := total/int64(n) + 1
			l := newLog(newRandom(seed, k.path, strconv.Itoa(i)), k, start.UnixMilli())
			text := make([]byte, 0, want+8192)
			for int64(len(text)) < want {
				text = l.record(text)
			}
			p := part{k.path, text, time.UnixMilli(l.ms).UTC()}
			if older := n - 1 - i; older > 0 {
				p.path += "." + strconv.Itoa(older)
			}
			start = p.last
			if err := take(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeLogs writes the folder and the archive in one go: one goroutine makes the files, this one writes and packs them.
func writeLogs(out string, m *Manifest) error {
	archive, err := newArchive(filepath.Join(out, "logs.tgz"))
	if err != nil {
		return err
	}
	made, failed := make(chan part, 1), make(chan error, 1)
	go func() {
		defer close(made)
		failed <- parts(m.Seed, m.Size, func(p part) error { made <- p; return nil })
	}()
	folder := File{Path: "logs"}
	for p := range made { // always to the end, so that the other goroutine ends too
		count(m, p.text)
		folder.Bytes += int64(len(p.text))
		if err == nil {
			err = writePart(filepath.Join(out, "logs"), p)
		}
		if err == nil {
			err = archive.add(p)
		}
	}
	if err == nil {
		err = <-failed
	}
	packed, closing := archive.close()
	if err == nil {
		err = closing
	}
	m.Files = append(m.Files, folder, packed)
	return err
}

func writePart(dir string, p part) error {
	path := filepath.Join(dir, p.path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make a folder for %q: %w", path, err)
	}
	if err := os.WriteFile(path, p.text, 0o644); err != nil {
		return fmt.Errorf("write %q: %w", path, err)
	}
	return os.Chtimes(path, p.last, p.last)
}

// writeSmall writes the bundle of 1 MB.
func writeSmall(out string, m *Manifest) error {
	archive, err := newArchive(filepath.Join(out, "small.tgz"))
	if err != nil {
		return err
	}
	err = parts(m.Seed, 1_000_000, archive.add)
	packed, closing := archive.close()
	m.Files = append(m.Files, packed)
	if err == nil {
		err = closing
	}
	return err
}

// writeShuffled writes one log of a tenth of the size (200 MB at most) in order, and the same records shuffled.
func writeShuffled(out string, m *Manifest) error {
	k := kinds()[3]
	l := newLog(newRandom(m.Seed, "shuffled"), k, monday.UnixMilli())
	want := int(min(m.Size/10, 200_000_000))
	text := make([]byte, 0, want+8192)
	var starts []int
	for len(text) < want {
		starts = append(starts, len(text))
		text = l.record(text)
	}
	last := time.UnixMilli(l.ms).UTC()
	if err := writePart(filepath.Join(out, "ordered"), part{"messages", text, last}); err != nil {
		return err
	}
	order := make([]int, len(starts))
	for i := range order { // Fisher and Yates, inside out
		j := l.below(i + 1)
		order[i], order[j] = order[j], i
	}
	starts = append(starts, len(text))
	shuffled := make([]byte, 0, len(text))
	for _, i := range order {
		shuffled = append(shuffled, text[starts[i]:starts[i+1]]...)
	}
	m.Files = append(m.Files, File{Path: "ordered", Bytes: int64(len(text))}, File{Path: "shuffled", Bytes: int64(len(text))})
	return writePart(filepath.Join(out, "shuffled"), part{"messages", shuffled, last})
}

// count adds a file's lines and hits to the manifest. No line holds two of the literals.
func count(m *Manifest, text []byte) {
	m.Lines += int64(bytes.Count(text, []byte{'\n'}))
	for _, p := range patterns {
		n := bytes.Count(text, []byte(p.literal))
		m.Hits[p.name] += n
		m.Matching += int64(n)
	}
}

// An archive is a tgz that knows its size and sum.
type archive struct {
	name string
	file *os.File
	sum  hash.Hash
	size int64
	gz   *gzip.Writer
	tar  *tar.Writer
}

func newArchive(path string) (*archive, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("make %q: %w", path, err)
	}
	a := &archive{name: filepath.Base(path), file: f, sum: sha256.New()}
	a.gz = gzip.NewWriter(io.MultiWriter(f, a.sum, a))
	a.tar = tar.NewWriter(a.gz)
	return a, nil
}

// Write counts what goes to the file.
func (a *archive) Write(b []byte) (int, error) {
	a.size += int64(len(b))
	return len(b), nil
}

func (a *archive) add(p part) error {
	head := tar.Header{Name: p.path, Mode: 0o644, Size: int64(len(p.text)), ModTime: p.last.Truncate(time.Second), Format: tar.FormatUSTAR}
	if err := a.tar.WriteHeader(&head); err != nil {
		return fmt.Errorf("pack %q: %w", p.path, err)
	}
	if _, err := a.tar.Write(p.text); err != nil {
		return fmt.Errorf("pack %q: %w", p.path, err)
	}
	return nil
}

func (a *archive) close() (File, error) {
	var err error
	for _, c := range []io.Closer{a.tar, a.gz, a.file} {
		if e := c.Close(); err == nil {
			err = e
		}
	}
	return File{a.name, a.size, hex.EncodeToString(a.sum.Sum(nil))}, err
}
