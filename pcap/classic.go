package pcap

import (
	"encoding/binary"
	"io"
	"math/bits"
	"strconv"
	"time"
)

// The magic numbers of pcap and its relatives. The record headers of some of
// them differ although the magic does not: see variant.
var classicMagics = []struct {
	magic uint32
	nano  bool
	extra int // bytes behind the file header
}{
	{0xa1b2c3d4, false, 0},
	{0xa1b23c4d, true, 0},
	{0xa1b2cd34, false, 0}, // Kuznetzov's patch: interface and protocol in each record
	{0x1c0001ac, true, 4},  // Ixia, hardware: the length of the rest follows the header
	{0x1c0001ab, false, 4}, // Ixia, software
}

const kuznetzov = 0xa1b2cd34

// classic reads pcap: a file header of 24 bytes, then records.
type classic struct {
	src      *source
	acc      *account
	swap     bool // written in the byte order that is not ours
	nano     bool
	header   int // of a record: 16, 20 (Nokia), 24 or 28 (patched)
	lengths  lengthOrder
	link     uint16
	snap     uint32
	last     int64 // seconds of the record before, to find the way back after damage
	packets  int
	ifaceOff int // where the record header holds the interface; 0: nowhere
	tooLong  string
}

// lengthOrder says which of a record's two lengths comes first: before pcap 2.3
// it was the one on the wire, and some files of 2.3 still do it that way.
type lengthOrder uint8

const (
	capturedFirst lengthOrder = iota
	wireFirst
	smallerFirst
)

func openClassic(src *source, acc *account) (container, error) {
	h := src.peek(24)
	if len(h) < 24 {
		return nil, io.ErrUnexpectedEOF
	}
	c := &classic{src: src, acc: acc, header: 16}
	magic := binary.LittleEndian.Uint32(h)
	extra := 0
	for _, m := range classicMagics {
		if magic == m.magic || bits.ReverseBytes32(magic) == m.magic {
			c.swap, c.nano, extra = magic != m.magic, m.nano, m.extra
			magic = m.magic
			break
		}
	}
	major, minor := c.u16(h[4:]), c.u16(h[6:])
	c.snap = c.u32(h[16:])
	network := c.u32(h[20:])
	c.link = uint16(network)
	switch {
	case major == 2 && minor < 3, major == 543: // 543: DG/UX
		c.lengths = wireFirst
	case major == 2 && minor == 3:
		c.lengths = smallerFirst
	}
	if major == 2 && minor == 2 && magic == 0xa1b2c3d4 {
		c.aix(network)
	}
	if major != 2 || minor != 4 {
		acc.problem("pcap version "+strconv.Itoa(int(major))+"."+strconv.Itoa(int(minor))+" instead of 2.4; read on", atByte(4))
	}
	src.use(24)
	if extra > 0 {
		src.use(len(src.peek(extra)))
	}
	if major == 2 && minor >= 4 || major != 2 && major != 543 {
		c.variant(magic)
	}
	return c, nil
}

// aix tells captures of AIX, which writes interface types of RFC 1573 and
// nanoseconds under the magic of pcap.
func (c *classic) aix(network uint32) {
	link, ok := map[uint32]uint16{6: linkEthernet, 9: 6, 15: 10, 24: linkNull}[network]
	if ok {
		c.link, c.nano = link, true
	}
}

// variant finds out which record header the file has, as its magic does not
// tell: the one under which the first three records make most sense.
func (c *classic) variant(magic uint32) {
	try := []int{16, 24, 20}
	switch magic {
	case kuznetzov:
		try = []int{24, 28}
	case 0xa1b2c3d4:
	default:
		return
	}
	best := -1
	for _, header := range try {
		if faults := c.faults(header); best < 0 || faults < best {
			best, c.header = faults, header
		}
		if best == 0 {
			break
		}
	}
	if c.header >= 24 {
		c.ifaceOff = 16
	}
}

// faults counts what makes no sense in the first three records, read with a
// record header of that many bytes.
func (c *classic) faults(header int) int {
	faults := 0
	for at, n := 0, 0; n < 3; n++ {
		h := c.src.peek(at + header)[at:]
		if len(h) < header {
			if len(h) > 0 {
				faults++
			}
			return faults
		}
		faults += c.oddities(h, header)
		captured := int64(c.u32(h[8:]))
		at += header + int(captured)
		if captured > maxPacket || len(c.src.peek(at)) < at {
			return faults + 1
		}
	}
	return faults
}

// oddities counts what makes no sense in one record header.
func (c *classic) oddities(h []byte, header int) int {
	faults := 0
	odd := func(is bool) {
		if is {
			faults++
		}
	}
	captured, wire := c.u32(h[8:]), c.u32(h[12:])
	odd(c.u32(h[4:]) >= 1e6)
	odd(c.snap != 0 && captured > c.snap)
	odd(captured > wire)
	odd(wire > 128<<20)
	switch {
	case header >= 24:
		p := c.u16(h[20:])
		odd(c.u32(h[16:]) > 10000)
		odd(p < 0x0600 && p != 0x0060 && p != 0x0200 && p != 0x0400 && p > 0x17)
		odd(h[22] > 4)
	case header == 20:
		odd(c.u32(h[16:])&0x0fff00f0 != 0x0fbf0000)
	}
	return faults
}

func (c *classic) u32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if c.swap {
		v = bits.ReverseBytes32(v)
	}
	return v
}

func (c *classic) u16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if c.swap {
		v = bits.ReverseBytes16(v)
	}
	return v
}

// sizes returns a record's captured length and length on the wire.
func (c *classic) sizes(h []byte) (captured, wire uint32) {
	captured, wire = c.u32(h[8:]), c.u32(h[12:])
	if c.lengths == wireFirst || c.lengths == smallerFirst && captured > wire {
		captured, wire = wire, captured
	}
	return captured, wire
}

func (c *classic) next(rec *record) error {
	for {
		h := c.src.peek(c.header)
		if len(h) < c.header {
			if len(h) == 0 {
				return io.EOF
			}
			return cutShort(c.src, c.acc, "capture ends inside a record header; the packets before it were kept")
		}
		captured, wire := c.sizes(h)
		if captured > maxPacket {
			if !c.resume() {
				return io.EOF
			}
			continue
		}
		whole := c.header + int(captured)
		h = c.src.peek(whole)
		if len(h) < whole {
			return cutShort(c.src, c.acc, "capture ends inside packet "+strconv.Itoa(c.packets+1)+"; the packets before it were kept")
		}
		c.packets++
		c.fill(rec, h, captured, wire)
		c.src.use(whole)
		c.acc.Claimed += int64(whole)
		return nil
	}
}

func (c *classic) fill(rec *record, h []byte, captured, wire uint32) {
	if c.snap != 0 && captured > c.snap {
		if c.tooLong == "" { // worded once: there may be a million of them
			c.tooLong = "packet is longer than the file's limit (" + strconv.Itoa(int(captured)) + ", " + strconv.Itoa(int(c.snap)) + "); kept"
			c.acc.problem(c.tooLong, atPacket(c.packets))
		} else {
			c.acc.again(c.tooLong)
		}
	}
	seconds, part := int64(c.u32(h)), int64(c.u32(h[4:]))
	rec.step = time.Microsecond
	if c.nano {
		rec.step = time.Nanosecond
	} else {
		part *= 1000
	}
	c.last = seconds
	rec.time, rec.timed = seconds*1e9+part, true
	rec.data = h[c.header:]
	rec.wire = int(max(wire, captured))
	if wire > 1<<30 {
		rec.wire = int(captured)
	}
	rec.link = c.link
	rec.iface = 0
	if c.ifaceOff > 0 {
		rec.iface = 1 + int(c.u32(h[c.ifaceOff:])&0xffff)
	}
	rec.offset, rec.length = c.src.at, len(h)
}

// resume looks for the next place where two records follow each other after a
// record whose length cannot be, and goes on there.
func (c *classic) resume() bool {
	start := c.src.at
	captured, _ := c.sizes(c.src.peek(c.header))
	c.src.skip(1)
	for {
		window := c.src.peek(bufferSize)
		for i := 0; i+c.header <= len(window); i++ {
			if c.plausible(window[i:]) {
				c.src.skip(int64(i))
				c.damaged(start, captured, "reading resumed at byte "+strconv.FormatInt(c.src.at, 10))
				return true
			}
			// The record may lie across the end of the window: look again with more.
			if i >= bufferSize/2 && len(window) == bufferSize {
				break
			}
		}
		if len(window) < bufferSize {
			c.src.skip(bufferSize)
			c.damaged(start, captured, "no packet was found behind it")
			return false
		}
		c.src.skip(bufferSize / 2)
	}
}

func (c *classic) damaged(start int64, captured uint32, then string) {
	c.acc.problem("packet header says "+strconv.FormatUint(uint64(captured), 10)+" bytes; "+then, atByte(start))
	c.acc.Unparsed += c.src.at - start
}

// plausible tells whether two records, or one and the end, begin here.
func (c *classic) plausible(b []byte) bool {
	for range 2 {
		if len(b) < c.header {
			return len(b) == 0 && c.src.err != nil
		}
		captured, wire := c.sizes(b)
		if captured == 0 || captured > wire || wire > maxPacket || c.snap > 0 && captured > max(c.snap, 65535) {
			return false
		}
		part, limit := c.u32(b[4:]), uint32(1e6)
		if c.nano {
			limit = 1e9
		}
		if part >= limit {
			return false
		}
		seconds := int64(c.u32(b))
		if c.packets > 0 && (seconds < c.last-86400 || seconds > c.last+86400) {
			return false
		}
		whole := c.header + int(captured)
		if whole > len(b) {
			return false
		}
		b = b[whole:]
	}
	return true
}
