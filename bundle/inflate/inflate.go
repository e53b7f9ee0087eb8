// Package inflate decodes gzip members (RFC 1952, RFC 1951) about twice as fast
// as the libraries do, because unpacking is most of what reading a bundle costs.
//
// It owns one member at a time: its input is a bufio.Reader, of which it takes
// no byte beyond the member's trailer, and its output is the member's bytes,
// checked against the trailer. It refuses to go on behind damage; what came
// before has been returned by then.
//
// What makes it fast: a bit buffer of 64 bits refilled by one load; first
// tables of 11 bits whose entries hold one or two literals, or a length or
// distance with the count of its extra bits already added; copies of 16 bytes
// with slack behind the buffer. Everything near the end of input or output goes
// through a second, careful loop over the same tables.
package inflate

import (
	"bufio"
	"errors"
	"hash/crc32"
	"io"
	"math/bits"
)

var (
	// ErrHeader says that a gzip header is malformed.
	ErrHeader = errors.New("gzip header is malformed")
	// ErrChecksum says that the bytes of a member, all of them returned, are
	// not those that were packed.
	ErrChecksum = errors.New("gzip checksum does not match")
	// ErrCorrupt says that the compressed data are damaged.
	ErrCorrupt = errors.New("compressed data are damaged")
)

const (
	window  = 32 << 10  // how far back a copy reaches
	chunk   = 256 << 10 // what is decoded before it is handed on
	slack   = 320       // a copy may write so far beyond its end
	outSize = window + chunk + slack
	ahead   = 16 // bytes of input that the fast loop wants to see
)

// A Reader decodes one gzip member after another; Reset begins each. It is
// reused: it holds its window and tables.
type Reader struct {
	src *bufio.Reader
	in  []byte // what src has buffered
	pos int    // in in
	bb  uint64 // bits taken from in and not used; above n they repeat what is to come
	n   uint   // how many

	out  []byte
	from int // out[from:to] is decoded and not handed on
	to   int
	told uint64 // how many bytes came before out[window]

	state func(*Reader) error // what to decode next; nil at the end
	final bool                // the block is the last one
	left  int                 // of a stored block
	err   error               // what ends the reading, once out is handed on
	crc   uint32
	size  uint32
	codes codes
}

// Reset reads the header of the member that begins in src. The error is io.EOF
// where src is at its end.
func (r *Reader) Reset(src io.Reader) error {
	in, ok := src.(*bufio.Reader)
	if !ok {
		in = bufio.NewReaderSize(src, 64<<10)
	}
	if r.out == nil {
		r.out = make([]byte, outSize)
	}
	r.src, r.in, r.pos, r.bb, r.n = in, nil, 0, 0, 0
	r.from, r.to, r.state, r.final, r.err = window, window, (*Reader).block, false, nil
	r.crc, r.size, r.told = 0, 0, 0
	clear(r.out[:window])
	if err := header(in); err != nil {
		r.err = err
		return err
	}
	return nil
}

// Read returns bytes of the member, and io.EOF behind its last.
func (r *Reader) Read(p []byte) (int, error) {
	for r.from == r.to {
		if r.err != nil {
			return 0, r.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		r.decode()
	}
	n := copy(p, r.out[r.from:r.to])
	r.from += n
	return n, nil
}

// decode fills the output buffer anew, behind the window of what came before.
func (r *Reader) decode() {
	if r.to > window {
		r.told += uint64(r.to - window)
		copy(r.out[:window], r.out[r.to-window:r.to])
	}
	r.from, r.to = window, window
	for r.err == nil && r.to < window+chunk {
		if r.state == nil {
			r.err = r.trailer()
			break
		}
		before := r.to
		if err := r.state(r); err != nil {
			r.giveBack()
			r.err = err
		}
		r.sum(before)
	}
	if r.err == nil {
		r.giveBack()
	}
}

// sum takes what was decoded since from into the checksum.
func (r *Reader) sum(from int) {
	r.crc = crc32.Update(r.crc, crc32.IEEETable, r.out[from:r.to])
	r.size += uint32(r.to - from)
}

// fill makes at least want bytes of input visible, as far as there are so many.
func (r *Reader) fill(want int) error {
	if len(r.in)-r.pos >= want {
		return nil
	}
	held := int(r.n >> 3) // bytes in the bit buffer, which may have to go back
	if _, err := r.src.Discard(r.pos - held); err != nil {
		return err
	}
	_, err := r.src.Peek(held + want)
	r.in, _ = r.src.Peek(r.src.Buffered())
	r.pos = held
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return err
	}
	return nil
}

// giveBack returns whole bytes of the bit buffer to the input, and tells the
// source what was used.
func (r *Reader) giveBack() {
	r.pos -= int(r.n >> 3)
	r.n &= 7
	r.bb &= 1<<r.n - 1
	if r.pos > 0 {
		if _, err := r.src.Discard(r.pos); err != nil {
			r.err = err
		}
	}
	r.in, r.pos = nil, 0
}

// need makes count bits available, at most 32, taking a byte at a time.
func (r *Reader) need(count uint) error {
	for r.n < count {
		if r.pos >= len(r.in) {
			if err := r.fill(1); err != nil {
				return err
			}
			if r.pos >= len(r.in) {
				return io.ErrUnexpectedEOF
			}
		}
		r.bb |= uint64(r.in[r.pos]) << r.n
		r.pos++
		r.n += 8
	}
	return nil
}

// take uses count bits.
func (r *Reader) take(count uint) (uint32, error) {
	if err := r.need(count); err != nil {
		return 0, err
	}
	v := uint32(r.bb & (1<<count - 1))
	r.bb >>= count
	r.n -= count
	return v, nil
}

// block reads the three bits that begin a block.
func (r *Reader) block() error {
	if r.final {
		r.state = nil
		return nil
	}
	head, err := r.take(3)
	if err != nil {
		return err
	}
	r.final = head&1 == 1
	switch head >> 1 {
	case 0:
		return r.storedHead()
	case 1:
		r.codes.fixed()
	case 2:
		if err := r.dynamic(); err != nil {
			return err
		}
	default:
		return ErrCorrupt
	}
	r.state = (*Reader).symbols
	return nil
}

func (r *Reader) storedHead() error {
	r.bb >>= r.n & 7
	r.n &^= 7
	v, err := r.take(32)
	if err != nil {
		return err
	}
	if v&0xffff != ^v>>16 {
		return ErrCorrupt
	}
	r.left = int(v & 0xffff)
	r.state = (*Reader).stored
	return nil
}

// stored copies a block that was not compressed.
func (r *Reader) stored() error {
	for r.left > 0 && r.n > 0 && r.to < window+chunk {
		b, err := r.take(8)
		if err != nil {
			return err
		}
		r.out[r.to] = byte(b)
		r.to++
		r.left--
	}
	for r.left > 0 && r.to < window+chunk {
		if err := r.fill(1); err != nil {
			return err
		}
		if r.pos >= len(r.in) {
			return io.ErrUnexpectedEOF
		}
		room := min(r.left, window+chunk-r.to)
		n := copy(r.out[r.to:r.to+room], r.in[r.pos:])
		r.to += n
		r.pos += n
		r.left -= n
	}
	if r.left == 0 {
		r.state = (*Reader).block
	}
	return nil
}

// trailer reads checksum and size behind the last block.
func (r *Reader) trailer() error {
	r.bb >>= r.n & 7
	r.n &^= 7
	crc, err := r.take(32)
	if err != nil {
		return err
	}
	size, err := r.take(32)
	r.giveBack()
	if err != nil {
		return err
	}
	if crc != r.crc || size != r.size {
		return ErrChecksum
	}
	return io.EOF
}

// reverse turns the n low bits of v around: codes are written with their first
// bit first.
func reverse(v uint32, n uint) uint32 { return bits.Reverse32(v) >> (32 - n) }
