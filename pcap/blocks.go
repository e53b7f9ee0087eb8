package pcap

import (
	"encoding/binary"
	"io"
	"math/bits"
	"strconv"
	"time"
)

const (
	magicSection = 0x0a0d0d0a
	orderMagic   = 0x1a2b3c4d

	blockInterface = 1
	blockOldPacket = 2
	blockSimple    = 3
	blockNames     = 4
	blockStats     = 5
	blockPacket    = 6
	blockSecrets   = 10

	maxBlock      = 16 << 20 // what Wireshark takes for a block
	maxInterfaces = 1 << 16
	optionWindow  = 64 << 10 // how much of a block is searched for options
)

// blocks reads pcapng: blocks whose length stands at both ends. Interfaces are
// counted from zero again in each section.
type blocks struct {
	src     *source
	acc     *account
	swap    bool
	section bool // a section header was seen
	ifaces  []iface
	base    int // how many interfaces the sections before had
	packets int
	drops   uint64
	end     int64 // when the capture itself says it ended
	secrets int
	edit    func(kind uint32, big bool, body []byte) // of a capture being copied: may change what is no packet
}

// An iface is one interface of the section being read.
type iface struct {
	link   uint16
	snap   uint32
	ticks  uint64 // of its clock a second
	step   time.Duration
	offset int64 // seconds to add
}

func (b *blocks) u32(p []byte) uint32 {
	v := binary.LittleEndian.Uint32(p)
	if b.swap {
		v = bits.ReverseBytes32(v)
	}
	return v
}

func (b *blocks) u16(p []byte) uint16 {
	v := binary.LittleEndian.Uint16(p)
	if b.swap {
		v = bits.ReverseBytes16(v)
	}
	return v
}

func (b *blocks) u64(p []byte) uint64 {
	v := binary.LittleEndian.Uint64(p)
	if b.swap {
		v = bits.ReverseBytes64(v)
	}
	return v
}

func (b *blocks) next(rec *record) error {
	for {
		h := b.src.peek(12)
		if len(h) < 12 {
			if len(h) == 0 {
				return io.EOF
			}
			return cutShort(b.src, b.acc, "capture ends inside a block header; the packets before it were kept")
		}
		if binary.LittleEndian.Uint32(h) == magicSection {
			b.order(h)
		}
		kind, size := b.u32(h), b.u32(h[4:])
		if size < 12 || size > maxBlock || kind == magicSection && size < 28 {
			if !b.resume(size) {
				return io.EOF
			}
			continue
		}
		got, err := b.block(kind, int(size), rec)
		if got || err != nil {
			return err
		}
	}
}

// order takes the byte order that a section header states. Where it states
// none the last one holds, and the length will tell.
func (b *blocks) order(h []byte) {
	switch binary.LittleEndian.Uint32(h[8:]) {
	case orderMagic:
		b.swap = false
	case bits.ReverseBytes32(orderMagic):
		b.swap = true
	}
}

// block reads one block of a sound length. It tells whether it was a packet.
func (b *blocks) block(kind uint32, size int, rec *record) (bool, error) {
	padded := (size + 3) &^ 3
	if padded != size {
		b.acc.problem("block length "+strconv.Itoa(size)+" is no multiple of four; rounded up", atByte(b.src.at))
	}
	start := b.src.at
	head := b.src.peek(min(padded, maxPacket+512))
	if len(head) < min(padded, maxPacket+512) {
		return false, cutShort(b.src, b.acc, "capture ends inside a block; the packets before it were kept")
	}
	if padded <= len(head) && b.u32(head[padded-4:]) != uint32(size) {
		b.acc.problem("block lengths at its two ends differ; the first was taken", atByte(start))
	}
	packet, more := false, false
	switch kind {
	case magicSection:
		b.base += len(b.ifaces)
		b.ifaces = b.ifaces[:0]
		b.section = true
	case blockInterface:
		b.describe(head[:min(size, len(head))-4], start)
	case blockPacket, blockOldPacket, blockSimple:
		if !b.section {
			b.acc.problem("packet before a section header", atByte(start))
		}
		packet = b.packet(kind, head, size, rec)
		more = packet
	case blockStats:
		b.statistics(head[:min(size, len(head))-4])
	case blockSecrets:
		b.secrets++
		b.acc.problem("capture carries decryption secrets; they are neither used nor shown", atByte(start))
	}
	if padded > len(head) {
		// Only the head of the block was looked at: whatever follows is passed over.
		if packet {
			b.acc.problem("block of "+strconv.Itoa(size)+" bytes around a packet; options behind it were not read", atByte(start))
		}
		rec.data = append([]byte(nil), rec.data...)
		done := b.src.skip(int64(padded))
		b.acc.Claimed += done
		return more, nil
	}
	if b.edit != nil {
		b.edit(kind, b.swap, beside(head, packet, rec))
	}
	b.src.use(padded)
	b.acc.Claimed += int64(padded)
	return more, nil
}

// beside returns what a block holds beside a packet: all between its lengths, or
// the options behind the packet.
func beside(block []byte, packet bool, rec *record) []byte {
	from := 8
	if packet {
		from = min(cap(block)-cap(rec.data)+len(rec.data), len(block)-4)
	}
	return block[from : len(block)-4]
}

// describe reads an interface description block.
func (b *blocks) describe(p []byte, at int64) {
	if len(p) < 16 {
		b.acc.problem("interface block is too short", atByte(at))
		return
	}
	if len(b.ifaces) == maxInterfaces {
		b.acc.problem("more than 65536 interfaces", atByte(at))
		return
	}
	f := iface{link: b.u16(p[8:]), snap: b.u32(p[12:]), ticks: 1e6}
	b.options(p[16:min(len(p), optionWindow)], func(code uint16, value []byte) {
		switch {
		case code == 9 && len(value) >= 1:
			f.ticks = ticks(value[0])
			if f.ticks == 0 {
				f.ticks = 1e6
				b.acc.problem("clock resolution "+strconv.Itoa(int(value[0]))+" of an interface cannot be; microseconds taken", atByte(at))
			}
		case code == 14 && len(value) >= 8:
			f.offset = int64(b.u64(value))
		}
	})
	f.step = width(f.ticks)
	b.ifaces = append(b.ifaces, f)
}

// ticks reads if_tsresol: a power of ten, or of two where the top bit is set.
func ticks(resolution byte) uint64 {
	exponent := int(resolution & 0x7f)
	if resolution&0x80 != 0 {
		if exponent > 63 {
			return 0
		}
		return 1 << exponent
	}
	if exponent > 19 {
		return 0
	}
	n := uint64(1)
	for range exponent {
		n *= 10
	}
	return n
}

// options calls found for each option of a block; a length that lies ends them.
func (b *blocks) options(p []byte, found func(code uint16, value []byte)) {
	for len(p) >= 4 {
		code, size := b.u16(p), int(b.u16(p[2:]))
		p = p[4:]
		if code == 0 || size > len(p) {
			return
		}
		found(code, p[:size])
		p = p[min(len(p), (size+3)&^3):]
	}
}

// packet reads one of the three blocks that hold a packet.
func (b *blocks) packet(kind uint32, p []byte, size int, rec *record) bool {
	number := 0
	var stamp uint64
	var captured, wire uint32
	body, timed := 28, true
	switch kind {
	case blockPacket:
		if size < 32 {
			b.acc.problem("packet block is too short", atByte(b.src.at))
			return false
		}
		number = int(b.u32(p[8:]))
		stamp = uint64(b.u32(p[12:]))<<32 | uint64(b.u32(p[16:]))
		captured, wire = b.u32(p[20:]), b.u32(p[24:])
	case blockOldPacket:
		if size < 32 {
			b.acc.problem("packet block is too short", atByte(b.src.at))
			return false
		}
		number = int(b.u16(p[8:]))
		stamp = uint64(b.u32(p[12:]))<<32 | uint64(b.u32(p[16:]))
		captured, wire = b.u32(p[20:]), b.u32(p[24:])
	default:
		if size < 16 {
			b.acc.problem("packet block is too short", atByte(b.src.at))
			return false
		}
		body, timed = 12, false
		wire = b.u32(p[8:])
		captured = wire
		if len(b.ifaces) > 0 && b.ifaces[0].snap != 0 {
			captured = min(captured, b.ifaces[0].snap)
		}
		captured = min(captured, uint32(size-16))
	}
	b.packets++
	room := uint32(size - body - 4)
	if captured > room || captured > maxPacket {
		b.acc.problem("packet says "+strconv.FormatUint(uint64(captured), 10)+" bytes, its block has "+strconv.FormatUint(uint64(room), 10)+"; cut to fit", atPacket(b.packets))
		captured = min(captured, room, maxPacket)
	}
	*rec = record{
		data: p[body : body+int(captured)], wire: int(min(max(wire, captured), 1<<30)),
		step: time.Microsecond, link: linkUnknown, offset: b.src.at, length: min(size, 1<<30),
		several: b.base+len(b.ifaces) > 1,
	}
	if number < 0 || number >= len(b.ifaces) {
		b.acc.problem("packet names interface "+strconv.Itoa(number)+", which is not described; not decoded", atPacket(b.packets))
		return true
	}
	f := &b.ifaces[number]
	rec.link, rec.step, rec.iface = f.link, f.step, b.base+number+1
	if timed {
		rec.time, rec.timed = f.when(stamp)
	}
	return true
}

// when turns ticks into nanoseconds since 1970. Times outside 1970 to 2261 are
// not times.
func (f *iface) when(stamp uint64) (int64, bool) {
	const last = 9214646400 // 2262
	seconds, part := stamp/f.ticks, stamp%f.ticks
	if seconds > last*2 || f.offset > last || f.offset < -last*2 {
		return 0, false
	}
	whole := int64(seconds) + f.offset
	if whole < 0 || whole >= last {
		return 0, false
	}
	var nano uint64
	switch f.ticks {
	case 1e6:
		nano = part * 1000
	case 1e9:
		nano = part
	default:
		high, low := bits.Mul64(part, 1e9)
		nano, _ = bits.Div64(high, low, f.ticks)
	}
	return whole*1e9 + int64(nano), true
}

// statistics adds up what the capturing program says it lost.
func (b *blocks) statistics(p []byte) {
	if len(p) < 20 {
		return
	}
	number := int(b.u32(p[8:]))
	b.options(p[20:], func(code uint16, value []byte) {
		switch {
		case (code == 5 || code == 7) && len(value) >= 8: // isb_ifdrop, isb_osdrop
			b.drops += b.u64(value)
		case code == 3 && len(value) >= 8 && number < len(b.ifaces): // isb_endtime
			stamp := uint64(b.u32(value))<<32 | uint64(b.u32(value[4:]))
			if t, ok := b.ifaces[number].when(stamp); ok {
				b.end = max(b.end, t)
			}
		}
	})
}

func (b *blocks) dropped() uint64 { return b.drops }
func (b *blocks) ended() int64    { return b.end }

// resume looks for the next block after one whose length cannot be: a known
// type whose length stands at both ends.
func (b *blocks) resume(size uint32) bool {
	start := b.src.at
	b.src.skip(1)
	for {
		window := b.src.peek(bufferSize)
		for i := 0; i+12 <= len(window); i++ {
			if b.plausible(window[i:]) {
				b.src.skip(int64(i))
				b.damaged(start, size, "reading resumed at byte "+strconv.FormatInt(b.src.at, 10))
				return true
			}
			if i >= bufferSize/2 && len(window) == bufferSize {
				break
			}
		}
		if len(window) < bufferSize {
			b.src.skip(bufferSize)
			b.damaged(start, size, "no block was found behind it")
			return false
		}
		b.src.skip(bufferSize / 2)
	}
}

func (b *blocks) damaged(start int64, size uint32, then string) {
	b.acc.problem("block says "+strconv.FormatUint(uint64(size), 10)+" bytes; "+then, atByte(start))
	b.acc.Unparsed += b.src.at - start
}

func (b *blocks) plausible(p []byte) bool {
	kind, size := b.u32(p), b.u32(p[4:])
	switch kind {
	case magicSection:
		m := binary.LittleEndian.Uint32(p[8:])
		if m != orderMagic && m != bits.ReverseBytes32(orderMagic) {
			return false
		}
		if m == orderMagic == b.swap {
			size = bits.ReverseBytes32(size)
		}
		return size >= 28 && size <= maxBlock
	case blockInterface, blockOldPacket, blockSimple, blockNames, blockStats, blockPacket, blockSecrets:
		if size < 12 || size%4 != 0 || uint64(size) > uint64(len(p)) {
			return false
		}
		return b.u32(p[size-4:]) == size
	}
	return false
}
