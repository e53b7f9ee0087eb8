package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sync"
)

// A codec is one kind of compressed data. Its files are streams one behind the
// other (members of gzip, frames of zstd): each is opened for itself, so that
// damage in one costs no other.
type codec struct {
	name string
	// magic tells whether b, the bytes at a place where a stream should begin, begins one.
	magic func(b []byte) bool
	// sure is magic for a place where no stream need begin: it must not be
	// deceived by arbitrary bytes.
	sure func(b []byte) bool
	// first is the byte sequence that magic begins with, for a quick search.
	first []byte
	// open returns a decoder for one stream; it reads no byte behind it.
	open func(in *bufio.Reader, mem *windows) (streamDecoder, error)
}

// A streamDecoder decodes one stream, checks its checksum before io.EOF, and
// reads no byte behind it; one that did says so with tooFar.
type streamDecoder interface {
	io.Reader
	release() // gives pooled parts back
}

// tooFar is what a decoder returns that looked for a further stream by itself
// and read n bytes of something else.
type tooFar struct{ n int64 }

func (tooFar) Error() string { return "read behind the end" }

// goesOnError is damage in a stream whose decoder can go on behind it.
type goesOnError struct{ error }

// refused is a decoder's error that is no damage: the data asks too much, or
// for something that is not there.
type refused struct {
	what  string
	limit bool // too much
}

func (r refused) Error() string { return r.what }

// magicSize is how many bytes magic and sure want to see.
const magicSize = 18

// streams decodes all streams of a compressed file, one after another.
type streams struct {
	*codec
	mem     *windows
	in      *history
	br      *bufio.Reader
	dec     streamDecoder
	begin   int64 // where the current stream began
	any     bool  // a stream was opened
	pending error // comes with the next Read
	ended   bool
	extra   int64 // effort of decoders that are gone
}

var bufios = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 128<<10) }}

func newStreams(c *codec, in io.Reader, all *windows) *streams {
	h := &history{r: in}
	br := bufios.Get().(*bufio.Reader)
	br.Reset(h)
	return &streams{codec: c, mem: all.part(), in: h, br: br}
}

func (s *streams) consumed() int64 { return s.in.position() - int64(s.br.Buffered()) }

// laborious is a decoder that does work which its output does not show.
type laborious interface{ effort() int64 }

func (s *streams) effort() int64 {
	if l, ok := s.dec.(laborious); ok {
		return s.extra + l.effort()
	}
	return s.extra
}

func (s *streams) close() {
	s.drop()
	s.mem.release()
	s.br.Reset(nil)
	bufios.Put(s.br)
}

func (s *streams) drop() {
	if s.dec != nil {
		s.extra = s.effort()
		s.dec.release()
		s.dec = nil
	}
}

// Read returns no bytes and no error at the end of each stream, so that whoever
// counts the work done gets a word in.
func (s *streams) Read(p []byte) (int, error) {
	if err := s.pending; err != nil {
		s.pending = nil
		return 0, err
	}
	if s.ended {
		return 0, io.EOF
	}
	if s.dec == nil {
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n, err := s.dec.Read(p)
	switch {
	case err == nil:
	case err == io.EOF:
		s.drop()
	default:
		var far tooFar
		if errors.As(err, &far) {
			s.drop()
			s.seek(s.consumed() - far.n)
			break
		}
		var d error
		if e, ok := err.(goesOnError); ok {
			at := s.consumed()
			d = &damage{what: damaged(e.error), at: at, resumed: at, more: true}
		} else {
			d = s.rescue(err)
		}
		if n == 0 {
			return 0, d
		}
		s.pending = d
	}
	return n, nil
}

// next opens the stream that begins here. Zeros between and behind streams are
// padding of tapes and block devices, no damage.
func (s *streams) next() error {
	for {
		b, err := s.br.Peek(magicSize)
		if len(b) == 0 {
			return s.endOfInput(err)
		}
		if s.magic(b) {
			break
		}
		zeros := len(b) - len(bytes.TrimLeft(b, "\x00"))
		if zeros == 0 || !s.any {
			return s.strange()
		}
		s.br.Discard(zeros)
	}
	s.begin, s.any = s.consumed(), true
	dec, err := s.open(s.br, s.mem)
	if err != nil {
		return s.rescue(err)
	}
	s.dec = dec
	return nil
}

// endOfInput ends the streams where the input ends between two of them.
func (s *streams) endOfInput(err error) error {
	d, ok := err.(*damage)
	if !ok {
		s.ended = true
		if err == errCut {
			return &damage{what: "compressed data ends early", at: s.consumed(), resumed: -1}
		}
		return err
	}
	return s.inherit(d)
}

// inherit passes on damage of the input. If good bytes follow it, so may streams.
func (s *streams) inherit(d *damage) error {
	s.drop()
	out := &damage{what: d.what, at: s.consumed(), resumed: -1, limit: d.limit}
	if !s.in.resume() {
		s.ended = true
		return out
	}
	s.br.Reset(s.in)
	s.hunt(out, s.in.position(), false)
	return out
}

// strange reports bytes between or behind streams that are no stream.
func (s *streams) strange() error {
	at := s.consumed()
	d := &damage{what: "other bytes follow the end of the compressed data", at: at, resumed: -1}
	if b, _ := s.br.Peek(magicSize); bytes.HasPrefix(s.first, b) {
		d.what = "compressed data ends early"
	}
	s.hunt(d, at, false)
	return d
}

// rescue looks for the next stream behind a damaged one and returns what to
// tell about it.
func (s *streams) rescue(err error) error {
	s.drop()
	at := s.consumed()
	if r, ok := errors.AsType[refused](err); ok {
		d := &damage{what: r.what, at: s.begin, resumed: -1, limit: r.limit}
		s.hunt(d, s.begin+1, true)
		return d
	}
	if s.br.Buffered() == 0 && s.in.replay == 0 {
		if d, ok := s.in.err.(*damage); ok {
			return s.inherit(d)
		}
		if s.in.err != nil && s.in.err != io.EOF && s.in.err != errCut {
			s.ended = true
			return s.in.err
		}
	}
	d := &damage{what: damaged(err), at: at, resumed: -1}
	b, peekErr := s.br.Peek(magicSize)
	if len(b) == 0 && goesOn(peekErr) && s.in.resume() {
		s.br.Reset(s.in)
		s.hunt(d, s.in.position(), false)
		return d
	}
	atEnd := len(b) == 0 && peekErr != nil
	switch {
	case errors.Is(err, errChecksum):
		if atEnd || s.magic(b) || zero(b) {
			// It ended where it should: nothing of it hides another stream.
			s.ended, d.more = atEnd, !atEnd
			if d.more {
				d.resumed = at
			}
			return d
		}
	case atEnd, errors.Is(err, io.ErrUnexpectedEOF): // what a decoder has not taken of its last bytes is no other end
		d.what = "compressed data ends early"
		if c, ok := errors.AsType[cutChunk](err); ok {
			d.also = c.lost()
		}
	}
	s.hunt(d, s.begin+1, false)
	return d
}

var errChecksum = errors.New("checksum does not match")

func damaged(err error) string {
	if errors.Is(err, errChecksum) {
		return "compressed data is damaged: its checksum does not match"
	}
	return "compressed data is damaged"
}

// hunt looks for the next stream from a place on and completes d. A decoder that
// lost its way may have run over the beginnings of good streams before it
// noticed, so the place may lie before the damage; there what looks like a
// stream may also be a compressed file that the damaged stream holds as it is,
// so it must decode. The same goes for a stream that was not tried (strict).
func (s *streams) hunt(d *damage, from int64, strict bool) {
	s.seek(from)
	trials := 8
	for {
		b, _ := s.br.Peek(s.br.Size())
		if len(b) == 0 {
			break
		}
		again := 0
		for at := 0; ; at++ {
			k := bytes.Index(b[at:], s.first)
			if k < 0 {
				break
			}
			at += k
			if len(b)-at < magicSize || !s.sure(b[at:]) {
				continue
			}
			place := s.consumed() + int64(at)
			if strict || place < d.at {
				if at > 0 && len(b) == s.br.Size() {
					again = at // with all the room behind it
					break
				}
				if trials--; trials < 0 || !s.stands(s.in.since(place)) {
					continue
				}
			}
			s.br.Discard(at)
			d.more, d.resumed = true, place
			d.lost = max(place-d.at, 0)
			return
		}
		switch {
		case again > 0:
			s.br.Discard(again)
			continue
		case len(b) == s.br.Size():
			s.br.Discard(len(b) - magicSize + 1)
			continue
		}
		s.br.Discard(len(b))
		break
	}
	if s.in.resume() {
		// A hole in the input only prolongs the damage that is told already.
		s.br.Reset(s.in)
		s.hunt(d, s.in.position(), strict)
		return
	}
	s.ended = true
	d.lost = max(s.consumed()-d.at, 0)
}

// stands tells whether b begins with a stream that decodes and is followed by
// another or by the end; or decodes for longer than a compressed
// file that lies in the damaged stream would: there it is cut into pieces of
// 64 KiB at most.
func (s *streams) stands(b []byte) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	in := bytes.NewReader(b)
	br := bufio.NewReader(in)
	dec, err := s.open(br, s.mem)
	if err != nil {
		return false
	}
	defer dec.release()
	n, err := io.Copy(io.Discard, io.LimitReader(dec, trialSize))
	s.extra += n
	used := len(b) - in.Len() - br.Buffered()
	if far, ok := errors.AsType[tooFar](err); ok {
		used, err = used-int(far.n), nil
	}
	if n == trialSize || errors.Is(err, io.ErrUnexpectedEOF) && used == len(b) {
		return used > 96<<10
	}
	// Zeros up to the end would also be what fills up a member of an archive.
	return err == nil && (used == len(b) || s.magic(bytes.TrimLeft(b[used:], "\x00")))
}

// trialSize is how much of what a stream holds is enough to believe in it.
const trialSize = 64 << 20

// seek goes back to a place, or as near as is remembered.
func (s *streams) seek(to int64) {
	s.in.rewind(min(to, s.in.off))
	s.br.Reset(s.in)
}
