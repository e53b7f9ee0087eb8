package pcap

import "encoding/binary"

// Nearly every packet of nearly every capture is Ethernet, perhaps with one
// tag, IPv4 without options or IPv6 without extensions, and TCP. Such a packet
// is read here by the fields that are wanted, in one pass over its headers:
// gopacket's layers fill in three times as much, which is a tenth of the time
// a capture takes. Whatever is not exactly that goes the way of the layers, and
// a test holds that both ways see the same.

// straight fills in d.out for a plain TCP segment and tells whether it was one.
func (d *decoder) straight(rec *record, number int) bool {
	b := rec.data
	if rec.link != linkEthernet || len(b) < 14+20+20 {
		return false
	}
	kind := binary.BigEndian.Uint16(b[12:])
	at := 14
	if kind == 0x8100 {
		kind, at = binary.BigEndian.Uint16(b[16:]), 18
	}
	p := &d.out
	h := b[at:]
	var body []byte
	switch {
	case kind == 0x0800 && len(h) >= 20+20 && h[0] == 0x45 && h[9] == protoTCP && (h[6]&0x3f)|h[7] == 0:
		total := int(binary.BigEndian.Uint16(h[2:]))
		if total < 20+20 {
			return false
		}
		p.src.address, p.dst.address = address4(h[12:]), address4(h[16:])
		p.id, p.ttl, p.four = binary.BigEndian.Uint16(h[4:]), h[8], true
		p.length = total - 20
		body = h[20:min(total, len(h))]
	case kind == 0x86dd && len(h) >= 40+20 && h[0]>>4 == 6 && h[6] == protoTCP:
		p.length = int(binary.BigEndian.Uint16(h[4:]))
		if p.length < 20 {
			return false
		}
		p.src.address, p.dst.address = address16(h[8:]), address16(h[24:])
		p.id, p.ttl, p.four = 0, h[7], false
		body = h[40:min(40+p.length, len(h))]
	default:
		return false
	}
	size := int(body[12]>>4) * 4
	if size < 20 || size > len(body) {
		return false
	}
	p.number, p.timed, p.offset, p.end = number, rec.timed, rec.offset, rec.offset+int64(rec.length)
	p.iface = uint32(rec.iface) << 8
	p.copies = rec.several || d.ifaces > 1
	p.content, p.tunnel, p.options = tcpSegment, false, 0
	p.src.port, p.dst.port = binary.BigEndian.Uint16(body), binary.BigEndian.Uint16(body[2:])
	p.seq, p.ack = binary.BigEndian.Uint32(body[4:]), binary.BigEndian.Uint32(body[8:])
	p.flags, p.window = body[13], binary.BigEndian.Uint16(body[14:])
	p.payload, p.length = body[size:], p.length-size
	if p.copies && size > 20 {
		p.options = hash(body[20:size])
	}
	d.cut = rec.wire - len(b)
	return true
}
