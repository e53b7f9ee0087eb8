package bundle

import (
	"errors"
	"io"
)

// An lzma2 decodes the data of an xz block.
//
// It is ours and not the xz module's because that hands out nothing of the
// chunk it is in when the data end or are damaged, which is all of a small file
// and up to 2 MiB of a large one, and because most bundles of this format
// (support reports of Linux distributions) are large: this one is also faster.
// The module stays the one it is held against in the tests.
type lzma2 struct {
	in      io.Reader
	dict    []byte // a ring
	pos     int    // where the next byte goes
	total   int64  // bytes since the dictionary was reset
	left    int    // bytes of the chunk still to come
	plain   bool   // of a chunk that is not compressed
	err     error  // what ended the data, comes when all before it was handed out
	started bool   // a dictionary was set up
	known   bool   // properties were set
	lzmaState
	chunk  [1<<16 + 64]byte // the compressed chunk; what is behind it is never needed
	at     int              // in chunk
	end    int              // of what there is in chunk
	short  error            // why the chunk is not whole
	rng    uint32
	code   uint32
	length int // bytes of a match that did not fit yet
}

// lzmaState is what a reset of the state resets.
type lzmaState struct {
	state      int
	rep        [4]uint32
	lc         uint
	lpMask     int64
	pbMask     int64
	isMatch    [12][16]uint16
	isRep      [12]uint16
	isRep0     [12]uint16
	isRep1     [12]uint16
	isRep2     [12]uint16
	isRep0Long [12][16]uint16
	slots      [4][64]uint16
	special    [128]uint16
	align      [16]uint16
	matchLen   lzmaLength
	repLen     lzmaLength
	literals   [16][0x300]uint16
}

type lzmaLength struct {
	choice, choice2 uint16
	low, mid        [16][8]uint16
	high            [256]uint16
}

const lzmaEven = 1 << 10 // the probability both ways alike

var errLzma = errors.New("not as the format says")

func newLzma2(in io.Reader, dictionary int) *lzma2 {
	return &lzma2{in: in, dict: make([]byte, dictionary)}
}

func (d *lzma2) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && d.err == nil {
		if d.left == 0 {
			d.err = d.next()
			continue
		}
		if d.pos == len(d.dict) {
			d.pos = 0
		}
		from := d.pos
		limit := from + min(d.left, len(p)-n, len(d.dict)-from)
		if d.plain {
			var k int
			k, d.err = io.ReadFull(d.in, d.dict[from:limit])
			d.pos += k
			d.total += int64(k)
		} else {
			d.err = d.decode(limit)
		}
		n += copy(p[n:], d.dict[from:d.pos])
		if d.left -= d.pos - from; d.left == 0 && !d.plain && d.err == nil {
			d.err = d.endChunk()
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, d.err
}

// next reads the header of a chunk, and the chunk if it is compressed.
func (d *lzma2) next() error {
	var h [6]byte
	if _, err := io.ReadFull(d.in, h[:1]); err != nil {
		return notEOF(err)
	}
	control := h[0]
	if control == 0 {
		return io.EOF
	}
	if control == 1 || control >= 0xe0 {
		d.total, d.started = 0, true
	}
	size := 5
	switch {
	case !d.started, control > 2 && control < 0x80:
		return errLzma
	case control < 0x80:
		size = 3
	case control >= 0xc0:
		size = 6
	}
	if _, err := io.ReadFull(d.in, h[1:size]); err != nil {
		return notEOF(err)
	}
	d.left = int(h[1])<<8 + int(h[2]) + 1
	if d.plain = control < 0x80; d.plain {
		return nil
	}
	d.left += int(control&0x1f) << 16
	if control >= 0xc0 && !d.properties(h[5]) {
		return errLzma
	}
	if !d.known {
		return errLzma
	}
	if control >= 0xa0 {
		d.resetState()
	}
	return d.load(int(h[3])<<8 + int(h[4]) + 1)
}

func (d *lzma2) properties(b byte) bool {
	lc, lp, pb := b%9, b/9%5, b/45
	if pb > 4 || lc+lp > 4 {
		return false
	}
	d.lc, d.lpMask, d.pbMask, d.known = uint(lc), 1<<lp-1, 1<<pb-1, true
	return true
}

func (d *lzma2) resetState() {
	d.state, d.rep = 0, [4]uint32{}
	for i := range d.isMatch {
		even(d.isMatch[i][:])
		even(d.isRep0Long[i][:])
	}
	for _, p := range [][]uint16{d.isRep[:], d.isRep0[:], d.isRep1[:], d.isRep2[:], d.special[:], d.align[:]} {
		even(p)
	}
	for i := range d.slots {
		even(d.slots[i][:])
	}
	for i := range d.literals {
		even(d.literals[i][:])
	}
	for _, l := range []*lzmaLength{&d.matchLen, &d.repLen} {
		l.choice, l.choice2 = lzmaEven, lzmaEven
		for i := range l.low {
			even(l.low[i][:])
			even(l.mid[i][:])
		}
		even(l.high[:])
	}
}

func even(p []uint16) {
	for i := range p {
		p[i] = lzmaEven
	}
}

// load reads a compressed chunk. One that is not whole is decoded as far as it
// goes; only then its end is told.
func (d *lzma2) load(size int) error {
	n, err := io.ReadFull(d.in, d.chunk[:size])
	d.end, d.short = n, notEOF(err)
	if n < 5 {
		if err != nil {
			return d.short
		}
		return errLzma
	}
	if d.chunk[0] != 0 {
		return errLzma
	}
	d.rng, d.code, d.at, d.length = 1<<32-1, 0, 5, 0
	for _, b := range d.chunk[1:5] {
		d.code = d.code<<8 | uint32(b)
	}
	return nil
}

// endChunk checks that the chunk came out even.
func (d *lzma2) endChunk() error {
	d.normalize()
	if d.length != 0 || d.code != 0 || d.at != d.end {
		return errLzma
	}
	return nil
}

func (d *lzma2) normalize() {
	if d.rng < 1<<24 {
		d.rng <<= 8
		d.code = d.code<<8 | uint32(d.chunk[d.at])
		d.at++
	}
}

// bit decodes one bit with its probability.
func (d *lzma2) bit(p *uint16) uint32 {
	if d.rng < 1<<24 {
		d.rng <<= 8
		d.code = d.code<<8 | uint32(d.chunk[d.at])
		d.at++
	}
	bound := d.rng >> 11 * uint32(*p)
	if d.code < bound {
		d.rng = bound
		*p += (1<<11 - *p) >> 5
		return 0
	}
	d.rng -= bound
	d.code -= bound
	*p -= *p >> 5
	return 1
}

// tree decodes a number of as many bits as len(p) has room for.
func (d *lzma2) tree(p []uint16) uint32 {
	rng, code, at, m := d.rng, d.code, d.at, uint32(1)
	for int(m) < len(p) {
		if rng < 1<<24 {
			rng <<= 8
			code = code<<8 | uint32(d.chunk[at])
			at++
		}
		q := uint32(p[m])
		bound := rng >> 11 * q
		if code < bound {
			rng = bound
			p[m] = uint16(q + (1<<11-q)>>5)
			m <<= 1
		} else {
			rng -= bound
			code -= bound
			p[m] = uint16(q - q>>5)
			m = m<<1 | 1
		}
	}
	d.rng, d.code, d.at = rng, code, at
	return m - uint32(len(p))
}

// reverse decodes n bits, the lowest first. p[0] belongs to the first.
func (d *lzma2) reverse(p []uint16, n uint) (v uint32) {
	m := uint32(1)
	for i := range n {
		b := d.bit(&p[m-1])
		m = m<<1 | b
		v |= b << i
	}
	return v
}

// decode fills the dictionary up to limit, or until the chunk ends.
func (d *lzma2) decode(limit int) error {
	for {
		if d.length > 0 {
			d.repeat(limit)
		}
		if d.pos >= limit {
			return nil
		}
		place := d.total & d.pbMask
		if d.bit(&d.isMatch[d.state][place]) == 0 {
			b := d.literal()
			if d.at > d.end {
				return d.cut()
			}
			d.dict[d.pos] = b
			d.pos++
			d.total++
			continue
		}
		n := d.match(place)
		if d.at > d.end {
			return d.cut()
		}
		if int64(d.rep[0]) >= min(d.total, int64(len(d.dict))) {
			return errLzma
		}
		d.length = n
	}
}

// cut says why the chunk has no more.
func (d *lzma2) cut() error {
	if d.short != nil {
		return d.short
	}
	return errLzma
}

// back returns the byte that lies n+1 back, zero where there is none.
func (d *lzma2) back(n uint32) byte {
	if int64(n) >= min(d.total, int64(len(d.dict))) {
		return 0
	}
	i := d.pos - int(n) - 1
	if i < 0 {
		i += len(d.dict)
	}
	return d.dict[i]
}

func (d *lzma2) literal() byte {
	p := &d.literals[(d.total&d.lpMask)<<d.lc|int64(d.back(0)>>(8-d.lc))]
	if d.state < 7 {
		d.state = max(d.state-3, 0)
		return byte(d.tree(p[:0x100]))
	}
	d.state -= 3
	if d.state >= 7 {
		d.state -= 3
	}
	// The byte at the last distance did not match; its bits help until one differs.
	with, m, offset := uint32(d.back(d.rep[0])), uint32(1), uint32(0x100)
	for m < 0x100 {
		with <<= 1
		hint := with & offset
		if d.bit(&p[offset+hint+m]) == 0 {
			m <<= 1
			offset &^= hint
		} else {
			m = m<<1 | 1
			offset &= hint
		}
	}
	return byte(m)
}

// match decodes a length and sets the distance.
func (d *lzma2) match(place int64) int {
	after := func(literal, other int) {
		if d.state < 7 {
			d.state = literal
		} else {
			d.state = other
		}
	}
	if d.bit(&d.isRep[d.state]) == 0 {
		after(7, 10)
		n := d.lengthOf(&d.matchLen, place)
		d.rep = [4]uint32{d.distance(n), d.rep[0], d.rep[1], d.rep[2]}
		return n
	}
	if d.bit(&d.isRep0[d.state]) == 0 {
		if d.bit(&d.isRep0Long[d.state][place]) == 0 {
			after(9, 11)
			return 1
		}
	} else if d.bit(&d.isRep1[d.state]) == 0 {
		d.rep = [4]uint32{d.rep[1], d.rep[0], d.rep[2], d.rep[3]}
	} else if d.bit(&d.isRep2[d.state]) == 0 {
		d.rep = [4]uint32{d.rep[2], d.rep[0], d.rep[1], d.rep[3]}
	} else {
		d.rep = [4]uint32{d.rep[3], d.rep[0], d.rep[1], d.rep[2]}
	}
	after(8, 11)
	return d.lengthOf(&d.repLen, place)
}

func (d *lzma2) lengthOf(l *lzmaLength, place int64) int {
	if d.bit(&l.choice) == 0 {
		return 2 + int(d.tree(l.low[place][:]))
	}
	if d.bit(&l.choice2) == 0 {
		return 10 + int(d.tree(l.mid[place][:]))
	}
	return 18 + int(d.tree(l.high[:]))
}

func (d *lzma2) distance(length int) uint32 {
	slot := d.tree(d.slots[min(length-2, 3)][:])
	if slot < 4 {
		return slot
	}
	n := uint(slot>>1 - 1)
	base := 2 | slot&1
	if slot < 14 {
		base <<= n
		return base + d.reverse(d.special[base-slot:], n)
	}
	for range n - 4 { // bits without a probability
		d.normalize()
		d.rng >>= 1
		d.code -= d.rng
		mask := 0 - d.code>>31
		d.code += d.rng & mask
		base = base<<1 + mask + 1
	}
	return base<<4 + d.reverse(d.align[:], 4)
}

// repeat copies as much of a match as there is room for.
func (d *lzma2) repeat(limit int) {
	n := min(d.length, limit-d.pos)
	d.length -= n
	d.total += int64(n)
	from := d.pos - int(d.rep[0]) - 1
	if from < 0 {
		from += len(d.dict)
	}
	if from+n <= len(d.dict) && (from > d.pos || from+n <= d.pos) {
		d.pos += copy(d.dict[d.pos:d.pos+n], d.dict[from:from+n])
		return
	}
	for range n {
		d.dict[d.pos] = d.dict[from]
		d.pos++
		if from++; from == len(d.dict) {
			from = 0
		}
	}
}
