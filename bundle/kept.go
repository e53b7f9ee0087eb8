package bundle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

const (
	chunkSize   = 128 << 10 // so much of one file is packed together
	segmentSize = 16 << 20  // packed bytes of one segment
	chunkHead   = 40

	maxKeptFiles = 20_000
)

// A keptStore holds the bytes of what is followed, packed, in segments of which the
// oldest go first when there is too much of them. What it holds at the end is
// analysed as if it were the files.
//
// A segment is chunks one behind the other, each with a head that says of which
// file it is and where in it, so that what a killed process left can be read.
type keptStore struct {
	dir   string
	most  int64
	age   time.Duration
	owned bool // the folder was made by us

	mu       sync.Mutex
	enc      *zstd.Encoder
	dec      *zstd.Decoder
	files    []*keptFile
	segments []*segment
	next     int // number of the next file
	bytes    int64
	dropped  int64 // bytes, as written, that are not kept any more
	failed   error
	tell     func(*Fault)
}

// A segment is one file of the store.
type segment struct {
	number int
	f      *os.File
	size   int64
	last   time.Time
	synced bool
}

// A keptFile is what is kept of one generation.
type keptFile struct {
	id     int
	l      *Log
	g      *generation
	log    string // label of the log it belongs to
	listed bool   // it has bytes
	over   bool   // none will come any more
	chunks []chunk
	buf    []byte // not packed yet
	at     int64  // where buf begins
	line   int
}

// A chunk is a piece of a file: where in it, and where it is kept.
type chunk struct {
	at      int64
	line    int // lines before it
	raw     int
	segment *segment
	from    int64
	packed  int
}

func newKept(dir string, owned bool, opt FollowOptions) (*keptStore, error) {
	k := &keptStore{dir: dir, owned: owned, most: opt.KeepBytes, age: opt.KeepFor}
	var err error
	if k.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true)); err != nil {
		return nil, err
	}
	if k.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(8<<20)); err != nil {
		return nil, err
	}
	return k, nil
}

// file begins a file.
func (k *keptStore) file(l *Log, g *generation) *keptFile {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.next++
	return &keptFile{id: k.next, l: l, g: g, log: l.Path, at: g.given, line: g.line}
}

// add keeps bytes of a file, which begin at a place in it.
func (k *keptStore) add(f *keptFile, b []byte, at int64, line int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(f.buf) == 0 {
		f.at, f.line = at, line
	}
	if !f.listed {
		f.listed = true
		k.files = append(k.files, f)
	}
	f.buf = append(f.buf, b...)
	if len(f.buf) >= chunkSize {
		k.pack(f)
	}
}

// pack writes what was not packed yet. What cannot be written is dropped, which
// is told once: following itself goes on.
func (k *keptStore) pack(f *keptFile) {
	if len(f.buf) == 0 {
		return
	}
	c := chunk{at: f.at, line: f.line, raw: len(f.buf)}
	s, err := k.segment()
	if err == nil {
		b := k.enc.EncodeAll(f.buf, make([]byte, chunkHead, chunkHead+len(f.buf)/2))
		c.segment, c.from, c.packed = s, s.size+chunkHead, len(b)-chunkHead
		f.head(b, c)
		_, err = s.f.WriteAt(b, s.size)
		if err == nil {
			s.size += int64(len(b))
			s.last, s.synced = time.Now(), false
			k.bytes += int64(len(b))
		}
	}
	if err == nil {
		f.chunks = append(f.chunks, c)
		if k.failed != nil {
			k.failed = nil
		}
	} else {
		k.dropped += int64(len(f.buf))
		if k.failed == nil {
			k.failed = err
			k.tell(&Fault{Path: f.log, What: "what is followed cannot be kept for the report at the end: " + plainError(err) + "; it goes on when there is room", At: byteAt(f.at)})
		}
	}
	f.buf = f.buf[:0]
}

// head writes the head of a chunk.
func (f *keptFile) head(b []byte, c chunk) {
	o := binary.LittleEndian
	o.PutUint32(b[0:], 0x6b707431) // "1tpk"
	o.PutUint32(b[4:], uint32(f.id))
	o.PutUint64(b[8:], uint64(c.at))
	o.PutUint64(b[16:], uint64(c.line))
	o.PutUint32(b[24:], uint32(c.raw))
	o.PutUint32(b[28:], uint32(c.packed))
	o.PutUint32(b[32:], crc32.ChecksumIEEE(b[chunkHead:]))
	o.PutUint32(b[36:], crc32.ChecksumIEEE(b[:36]))
}

// done says that nothing will be added to a file any more.
func (k *keptStore) done(f *keptFile) {
	if f == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pack(f)
	f.buf, f.over = nil, true
}

// segment returns the one to write to.
func (k *keptStore) segment() (*segment, error) {
	n := len(k.segments)
	if n > 0 && k.segments[n-1].size < min(segmentSize, max(k.most/8, 64<<10)) {
		return k.segments[n-1], nil
	}
	number := 1
	if n > 0 {
		number = k.segments[n-1].number + 1
	}
	f, err := os.OpenFile(k.segmentName(number), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	s := &segment{number: number, f: f, last: time.Now()}
	k.segments = append(k.segments, s)
	return s, nil
}

func (k *keptStore) segmentName(n int) string {
	return filepath.Join(k.dir, fmt.Sprintf("segment-%06d", n))
}

// forget drops the oldest segments while there is too much, or they are too old.
func (k *keptStore) forget(now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for len(k.segments) > 1 && (k.bytes > k.most || len(k.files) > maxKeptFiles || now.Sub(k.segments[0].last) > k.age) {
		s := k.segments[0]
		k.segments = k.segments[1:]
		k.bytes -= s.size
		s.f.Close()
		os.Remove(s.f.Name())
		files := k.files[:0]
		for _, f := range k.files {
			n := 0
			for n < len(f.chunks) && f.chunks[n].segment == s {
				k.dropped += int64(f.chunks[n].raw)
				n++
			}
			if f.chunks = f.chunks[n:]; len(f.chunks) == 0 {
				f.chunks = nil
			}
			if len(f.chunks) > 0 || len(f.buf) > 0 || !f.over {
				files = append(files, f)
			}
		}
		clear(k.files[len(files):])
		k.files = files
	}
}

// sync makes everything durable and returns the place that follows it.
func (k *keptStore) sync() (segment int, at int64, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range k.files {
		k.pack(f)
	}
	if k.failed != nil {
		return 0, 0, k.failed
	}
	for _, s := range k.segments {
		if !s.synced {
			if err := s.f.Sync(); err != nil {
				return 0, 0, err
			}
			s.synced = true
		}
	}
	if n := len(k.segments); n > 0 {
		return k.segments[n-1].number, k.segments[n-1].size, nil
	}
	return 0, 0, nil
}

// close gives files back, and removes them where all is over.
func (k *keptStore) close(remove bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all []error
	for _, s := range k.segments {
		all = append(all, s.f.Close())
	}
	k.segments = nil
	k.enc.Close()
	k.dec.Close()
	if remove && k.owned {
		all = append(all, os.RemoveAll(k.dir))
	}
	return errors.Join(all...)
}

// first is where a file is kept from, and how many lines came before.
func (f *keptFile) first() (at int64, line int) {
	if len(f.chunks) > 0 {
		return f.chunks[0].at, f.chunks[0].line
	}
	return f.at, f.line
}

// end is where what is kept of a file ends.
func (f *keptFile) end() int64 {
	if len(f.buf) > 0 {
		return f.at + int64(len(f.buf))
	}
	if n := len(f.chunks); n > 0 {
		return f.chunks[n-1].at + int64(f.chunks[n-1].raw)
	}
	return f.at
}

// readAt reads what is kept of a file, counted in the file's own bytes.
func (k *keptStore) readAt(f *keptFile, p []byte, at int64) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := sort.Search(len(f.chunks), func(i int) bool { return f.chunks[i].at+int64(f.chunks[i].raw) > at })
	if i < len(f.chunks) {
		c := f.chunks[i]
		if at < c.at { // dropped
			return 0, &Fault{Path: f.log, What: fmt.Sprintf("%s are not kept any more", count(c.at-at, "byte")), At: byteAt(at)}
		}
		raw, err := k.unpack(c)
		if err != nil {
			return 0, err
		}
		return copy(p, raw[at-c.at:]), nil
	}
	if off := at - f.at; off >= 0 && off < int64(len(f.buf)) {
		return copy(p, f.buf[off:]), nil
	}
	return 0, io.EOF
}

// unpack reads a chunk.
func (k *keptStore) unpack(c chunk) ([]byte, error) {
	b := make([]byte, c.packed)
	if _, err := c.segment.f.ReadAt(b, c.from); err != nil {
		return nil, fmt.Errorf("read what was kept: %w", err)
	}
	raw, err := k.dec.DecodeAll(b, make([]byte, 0, c.raw))
	if err != nil || len(raw) != c.raw {
		return nil, fmt.Errorf("read what was kept: chunk at byte %d of %s is damaged", c.from, filepath.Base(c.segment.f.Name()))
	}
	return raw, nil
}

// load reads the heads of all chunks up to a place, which is where what is kept
// ends; what lies behind is cut off.
func (k *keptStore) load(lastSegment int, end int64, files map[int]*keptFile) error {
	names, err := filepath.Glob(filepath.Join(k.dir, "segment-*"))
	if err != nil {
		return err
	}
	sort.Strings(names)
	for _, name := range names {
		number := 0
		if _, err := fmt.Sscanf(filepath.Base(name), "segment-%d", &number); err != nil {
			continue
		}
		if number > lastSegment {
			os.Remove(name)
			continue
		}
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err != nil {
			f.Close()
			return err
		}
		s := &segment{number: number, f: f, size: info.Size(), last: info.ModTime(), synced: true}
		if number == lastSegment {
			if s.size < end {
				f.Close()
				return fmt.Errorf("%s ends early", filepath.Base(name))
			}
			s.size = end
			if err := f.Truncate(end); err != nil {
				f.Close()
				return err
			}
		}
		k.segments = append(k.segments, s)
		k.bytes += s.size
		if err := k.loadSegment(s, files); err != nil {
			return err
		}
	}
	if n := len(k.segments); lastSegment > 0 && (n == 0 || k.segments[n-1].number != lastSegment) {
		return fmt.Errorf("segment-%06d is missing", lastSegment)
	}
	return nil
}

func (k *keptStore) loadSegment(s *segment, files map[int]*keptFile) error {
	var head [chunkHead]byte
	o := binary.LittleEndian
	for at := int64(0); at < s.size; {
		if _, err := s.f.ReadAt(head[:], at); err != nil || o.Uint32(head[36:]) != crc32.ChecksumIEEE(head[:36]) {
			return fmt.Errorf("%s is damaged at byte %d", filepath.Base(s.f.Name()), at)
		}
		c := chunk{
			at: int64(o.Uint64(head[8:])), line: int(o.Uint64(head[16:])), raw: int(o.Uint32(head[24:])),
			segment: s, from: at + chunkHead, packed: int(o.Uint32(head[28:])),
		}
		if c.raw > 64*chunkSize || at+chunkHead+int64(c.packed) > s.size {
			return fmt.Errorf("%s is damaged at byte %d", filepath.Base(s.f.Name()), at)
		}
		if f := files[int(o.Uint32(head[4:]))]; f != nil {
			f.chunks = append(f.chunks, c)
		}
		at = c.from + int64(c.packed)
	}
	return nil
}
