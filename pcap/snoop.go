package pcap

import (
	"encoding/binary"
	"io"
	"strconv"
	"time"
)

var snoopMagic = []byte("snoop\x00\x00\x00")

// snoop reads the captures of Solaris (RFC 1761): a header of 16 bytes, then
// records whose length is padded and written apart.
type snoop struct {
	src     *source
	acc     *account
	link    uint16
	packets int
	drops   uint32
}

func openSnoop(src *source, acc *account) (container, error) {
	h := src.peek(16)
	if len(h) < 16 {
		return nil, io.ErrUnexpectedEOF
	}
	s := &snoop{src: src, acc: acc, link: linkUnknown}
	switch kind := binary.BigEndian.Uint32(h[12:]); kind {
	case 0, 4:
		s.link = linkEthernet
	default:
		acc.problem("snoop data link type "+strconv.Itoa(int(kind))+" is not decoded", atByte(12))
	}
	src.use(16)
	return s, nil
}

func (s *snoop) next(rec *record) error {
	h := s.src.peek(24)
	if len(h) < 24 {
		if len(h) == 0 {
			return io.EOF
		}
		return cutShort(s.src, s.acc, "capture ends inside a record header; the packets before it were kept")
	}
	wire, captured := binary.BigEndian.Uint32(h), binary.BigEndian.Uint32(h[4:])
	whole, drops := binary.BigEndian.Uint32(h[8:]), binary.BigEndian.Uint32(h[12:])
	if captured > maxPacket || whole < 24+captured || whole > maxPacket+4096 {
		at := s.src.at
		s.acc.Unparsed += s.src.skip(1 << 62)
		s.acc.problem("record says "+strconv.FormatUint(uint64(whole), 10)+" bytes for a packet of "+strconv.FormatUint(uint64(captured), 10)+"; reading stopped there", atByte(at))
		return io.EOF
	}
	h = s.src.peek(int(whole))
	if len(h) < int(whole) {
		return cutShort(s.src, s.acc, "capture ends inside packet "+strconv.Itoa(s.packets+1)+"; the packets before it were kept")
	}
	if drops > s.drops {
		s.drops = drops
	}
	s.packets++
	*rec = record{
		data: h[24 : 24+captured], wire: int(min(max(wire, captured), 1<<30)),
		time:  int64(binary.BigEndian.Uint32(h[16:]))*1e9 + int64(binary.BigEndian.Uint32(h[20:]))*1000,
		timed: true, step: time.Microsecond, link: s.link,
		offset: s.src.at, length: len(h),
	}
	s.acc.Claimed += int64(len(h))
	s.src.use(len(h))
	return nil
}

func (s *snoop) dropped() uint64 { return uint64(s.drops) }
