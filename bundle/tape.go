package bundle

import (
	"errors"
	"io"
	"sync"
)

// damage is a hole or an early end in a stream of bytes. It travels as an error
// between the layers and becomes a Fault where a path is known. A reader that
// returned damage with more set goes on behind the hole when it is read again.
type damage struct {
	what    string // "compressed data ends early"
	at      int64  // where, in the bytes of the layer that found it; -1: nowhere
	resumed int64  // where reading went on, in the same bytes; -1: nowhere
	lost    int64  // bytes of that layer which were not used
	also    string // what is said behind what was kept
	more    bool   // good bytes follow
	limit   bool   // a limit of ours, no fault of the input
}

func (d *damage) Error() string { return d.what }

// behind is what follows what was kept.
func (d *damage) behind() string {
	if d.also == "" {
		return ""
	}
	return "; " + d.also
}

// A tape is a stream with a little look-ahead. An error sticks to the place
// where it came up, behind the bytes read before it.
type tape struct {
	r        io.Reader
	buf      *[tapeSize]byte
	pos, end int   // buf[pos:end] was read from r and not yet delivered
	off      int64 // of buf[pos]
	err      error // behind buf[end]
}

const tapeSize = 32 << 10

var tapeBuffers = sync.Pool{New: func() any { return new([tapeSize]byte) }}

func newTape(r io.Reader) *tape {
	return &tape{r: r, buf: tapeBuffers.Get().(*[tapeSize]byte)}
}

// release gives the buffer back. The tape is of no use afterwards.
func (t *tape) release() {
	if t.buf != nil {
		tapeBuffers.Put(t.buf)
		t.buf, t.pos, t.end, t.err = nil, 0, 0, errReleased
	}
}

var errReleased = errors.New("read after close")

// peek returns the next n bytes, fewer only before an error; n is at most
// tapeSize. They are good until the next call.
func (t *tape) peek(n int) []byte {
	if t.buf == nil {
		return nil
	}
	if t.end-t.pos < n && t.pos+n > len(t.buf) {
		t.end = copy(t.buf[:], t.buf[t.pos:t.end])
		t.pos = 0
	}
	for empty := 0; t.end-t.pos < n && t.err == nil; {
		k, err := t.r.Read(t.buf[t.end:])
		t.end += k
		t.err = err
		if k > 0 {
			empty = 0
		} else if empty++; err == nil && empty > 100 {
			t.err = io.ErrNoProgress
		}
	}
	return t.buf[t.pos:min(t.end, t.pos+n)]
}

func (t *tape) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if t.pos == t.end {
		if t.err != nil {
			return 0, t.err
		}
		if len(p) >= tapeSize/2 {
			n, err := t.r.Read(p)
			t.off += int64(n)
			t.err = err
			if n > 0 || err == nil {
				return n, nil
			}
			return 0, err
		}
		t.pos, t.end = 0, 0
		if len(t.peek(1)) == 0 {
			return 0, t.err
		}
	}
	n := copy(p, t.buf[t.pos:t.end])
	t.pos += n
	t.off += int64(n)
	return n, nil
}

// A skipper passes over bytes without handing them out.
type skipper interface {
	skip(n int64) (int64, error)
}

// skip passes over n bytes, fewer only before an error.
func (t *tape) skip(n int64) (done int64, err error) {
	for done < n {
		if have := int64(t.end - t.pos); have > 0 {
			k := min(have, n-done)
			t.pos += int(k)
			t.off += k
			done += k
			continue
		}
		if t.err != nil {
			return done, t.err
		}
		if s, ok := t.r.(skipper); ok && n-done > tapeSize {
			k, err := s.skip(n - done)
			t.off += k
			done += k
			t.err = err
			continue
		}
		t.pos, t.end = 0, 0
		t.peek(1)
	}
	return done, nil
}

// resume forgets damage behind which good bytes follow, once the bytes before
// it are used up.
func (t *tape) resume() bool {
	if d, ok := t.err.(*damage); ok && d.more && t.pos == t.end {
		t.err = nil
		return true
	}
	return false
}

// A stream is bytes with a little look-ahead: a tape, or a section of one.
type stream interface {
	io.Reader
	skipper
	peek(n int) []byte
	offset() int64 // of the next byte, in the bytes of the tape below
	resume() bool
}

func (t *tape) offset() int64 { return t.off }

// A section is the part of a stream that belongs to one member.
type section struct {
	in   stream
	left int64
}

// errCut says that a section ended before its time.
var errCut = errors.New("ends early")

func (s *section) offset() int64 { return s.in.offset() }

// resume never does: nobody knows how much of the section lay in the hole.
func (s *section) resume() bool { return false }

func (s *section) peek(n int) []byte { return s.in.peek(int(min(int64(n), s.left))) }

func (s *section) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n, err := s.in.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	return n, cutShort(err)
}

func (s *section) skip(n int64) (int64, error) {
	want := min(n, s.left)
	k, err := s.in.skip(want)
	s.left -= k
	if err == nil && want < n {
		return k, io.EOF
	}
	return k, cutShort(err)
}

func cutShort(err error) error {
	if err == io.EOF {
		return errCut
	}
	return err
}
