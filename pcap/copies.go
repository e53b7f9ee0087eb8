package pcap

// copies finds packets that the capture holds more than once, because it was
// taken on several interfaces ("-i any" sees a packet on the card, the bridge
// and the virtual card). It remembers the latest packets only, by their hash.
type copies struct {
	recent []remembered
}

type remembered struct {
	print uint64
	time  int64
	iface uint32
}

const (
	remember  = 1 << 12
	apart     = 100e6 // nanoseconds between copies on different interfaces
	apartSame = 1e6   // on what looks like the same one: an old cooked capture names none
)

// copied tells that this segment was seen already, on another interface. What a
// host sends again has another identification or comes later.
func (r *reader) copied(p *packet) bool {
	if r.copies.recent == nil {
		r.copies.recent = make([]remembered, remember)
	}
	print := p.print()
	slot := &r.copies.recent[print%remember]
	since := p.time - slot.time
	if slot.print == print && since >= 0 {
		if slot.iface != p.iface && since < apart {
			return true
		}
		// Only a bare acknowledgement may be said twice within a millisecond.
		once := p.four && p.id != 0 || p.length > 0 || p.flags&(syn|fin|rst) != 0
		if slot.iface == p.iface && once && since < apartSame {
			return true
		}
	}
	*slot = remembered{print, p.time, p.iface}
	return false
}

// print is a hash of everything that a copy has in common with its original.
func (p *packet) print() uint64 {
	h := uint64(14695981039346656037)
	for _, v := range [...]uint64{
		p.src.hi, p.src.lo, p.dst.hi, p.dst.lo, uint64(p.src.port)<<48 | uint64(p.dst.port)<<32 | uint64(p.id)<<16 | uint64(p.window),
		uint64(p.seq)<<32 | uint64(p.ack), uint64(p.flags)<<56 | uint64(p.length)<<32 | uint64(p.options),
	} {
		h = (h ^ v) * 1099511628211
		h ^= h >> 29
	}
	return h
}
