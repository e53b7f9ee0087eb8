package pcap

import (
	"encoding/binary"

	"github.com/google/gopacket"
)

// Protocols above IP.
const (
	protoHopByHop = 0
	protoICMP     = 1
	protoIPIP     = 4
	protoTCP      = 6
	protoUDP      = 17
	protoIPv6     = 41
	protoRouting  = 43
	protoFragment = 44
	protoGRE      = 47
	protoAH       = 51
	protoICMPv6   = 58
	protoOptions  = 60
	protoMobility = 135
)

// ip reads a packet whose link says only that it is IP.
func (d *decoder) ip(b []byte) error {
	if len(b) < 1 {
		return errShort
	}
	switch b[0] >> 4 {
	case 4:
		return d.ipv4(b)
	case 6:
		return d.ipv6(b)
	}
	return errHeader
}

func (d *decoder) ipv4(b []byte) error {
	if d.nesting++; d.nesting > maxNesting {
		return errNesting
	}
	if len(b) < 20 {
		return errShort
	}
	header, total := int(b[0]&0xf)*4, int(binary.BigEndian.Uint16(b[2:]))
	if b[0]>>4 != 4 || header < 20 || total != 0 && total < header {
		return errHeader
	}
	if len(b) < header {
		return errShort
	}
	length := total - header
	if total == 0 { // the card cuts it later and fills in the length then
		length = len(b) + d.cut - header
	} else if len(b) > total {
		b = b[:total] // padding
	}
	p := &d.out
	body := b[header:]
	// The layer refuses options that lie; their packet is whole without them.
	if d.ip4.DecodeFromBytes(b[:min(len(b), 65535)], gopacket.NilDecodeFeedback) == nil && total != 0 {
		body = d.ip4.Payload
	}
	d.places.note(b, '4')
	proto, offset := b[9], int(binary.BigEndian.Uint16(b[6:])&0x1fff)*8
	p.id, p.ttl, p.four = binary.BigEndian.Uint16(b[4:]), b[8], true
	p.src.address, p.dst.address = address4(b[12:]), address4(b[16:])
	if more := b[6]&0x20 != 0; more || offset > 0 {
		return d.piece(pieceKey{p.src.address, p.dst.address, uint32(p.id), proto}, offset, more, body, length)
	}
	return d.transport(proto, body, length)
}

func (d *decoder) ipv6(b []byte) error {
	if d.nesting++; d.nesting > maxNesting {
		return errNesting
	}
	if len(b) < 40 {
		return errShort
	}
	if b[0]>>4 != 6 {
		return errHeader
	}
	p := &d.out
	d.places.note(b, '6')
	p.four, p.id, p.ttl = false, 0, b[7]
	p.src.address, p.dst.address = address16(b[8:]), address16(b[24:])
	total, next := int(binary.BigEndian.Uint16(b[4:])), b[6]
	body, length := b[40:], total
	switch {
	case total == 0 && next == protoHopByHop: // maybe a jumbogram; its true length is what there is
		length = len(body) + d.cut
	case total == 0 && next == 59: // nothing follows
		return nil
	case total == 0: // the card cuts it later
		length = len(body) + d.cut
	default:
		body = body[:min(len(body), total)]
		// The layer would read hop-by-hop options into new memory for each packet.
		if next != protoHopByHop && d.ip6.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil {
			body = d.ip6.Payload
		}
	}
	return d.extensions(next, body, length)
}

// extensions passes over the headers between IPv6 and the transport.
func (d *decoder) extensions(next uint8, b []byte, length int) error {
	for range maxNesting {
		switch next {
		case protoHopByHop, protoRouting, protoOptions, protoMobility:
			if d.skip.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
				return errShort
			}
			next = uint8(d.skip.NextHeader)
			length -= len(b) - len(d.skip.Payload)
			b = d.skip.Payload
		case protoAH:
			if len(b) < 8 {
				return errShort
			}
			size := (int(b[1]) + 2) * 4
			if len(b) < size {
				return errShort
			}
			next, b, length = b[0], b[size:], length-size
		case protoFragment:
			if len(b) < 8 {
				return errShort
			}
			p := &d.out
			field := binary.BigEndian.Uint16(b[2:])
			offset, more := int(field&^7), field&1 != 0
			key := pieceKey{p.src.address, p.dst.address, binary.BigEndian.Uint32(b[4:]), b[0]}
			next, b, length = b[0], b[8:], length-8
			if offset > 0 || more {
				return d.piece(key, offset, more, b, length)
			}
		default:
			return d.transport(next, b, length)
		}
	}
	return errNesting
}

// transport reads what IP carries: b was captured of length bytes.
func (d *decoder) transport(proto uint8, b []byte, length int) error {
	switch proto {
	case protoTCP:
		return d.segment(b, length)
	case protoUDP:
		return d.datagram(b, length)
	case protoICMP:
		return d.message4(b)
	case protoICMPv6:
		return d.message6(b)
	case protoIPIP:
		d.out.tunnel = true
		return d.ipv4(b)
	case protoIPv6:
		d.out.tunnel = true
		return d.ipv6(b)
	case protoGRE:
		return d.encapsulated(b)
	case protoAH:
		if len(b) < 12 {
			return errShort
		}
		if size := (int(b[1]) + 2) * 4; size <= len(b) {
			return d.transport(b[0], b[size:], length-size)
		}
		return errShort
	}
	return nil
}

func (d *decoder) encapsulated(b []byte) error {
	if len(b) < 4 {
		return errShort
	}
	if d.gre.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return errHeader
	}
	d.out.tunnel = true
	kind := uint16(d.gre.Protocol)
	if kind == 0x88be && !d.gre.SeqPresent { // ERSPAN of the first kind has no header of its own
		return d.inner(d.gre.Payload)
	}
	return d.ethertype(kind, d.gre.Payload)
}

func (d *decoder) segment(b []byte, length int) error {
	p := &d.out
	if len(b) < 14 {
		return errShort
	}
	size := int(b[12]>>4) * 4
	if size < 20 || size > length {
		return errHeader
	}
	d.places.note(b, 't')
	p.content, p.window = tcpSegment, 1 // unless it was captured
	if len(b) >= 20 {
		// Options that lie make an error; the fields before them are read.
		_ = d.tcp.DecodeFromBytes(b, gopacket.NilDecodeFeedback)
		p.window = d.tcp.Window
	}
	p.src.port, p.dst.port = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p.seq, p.ack, p.flags = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:]), b[13]
	p.length = length - size
	if len(b) >= size {
		p.payload = b[size:]
		if p.copies && size > 20 {
			p.options = hash(b[20:size])
		}
		return nil
	}
	return nil // cut inside its options: everything that counts is there
}

// hash is FNV-1a.
func hash(b []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

func (d *decoder) datagram(b []byte, length int) error {
	p := &d.out
	if len(b) < 8 {
		return errShort
	}
	d.places.note(b, 'u')
	p.src.port, p.dst.port = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	body := b[8:]
	if d.udp.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil {
		body = d.udp.Payload
	}
	switch p.dst.port {
	case 4789, 8472:
		if len(body) > 8 && body[0]&0x08 != 0 && d.vx.DecodeFromBytes(body, gopacket.NilDecodeFeedback) == nil {
			return d.inner(d.vx.Payload)
		}
	case 4790: // VXLAN that names what it carries
		if len(body) > 8 && body[0]&0x08 != 0 {
			d.out.tunnel = true
			switch {
			case body[0]&0x04 == 0 || body[3] == 3:
				return d.inner(body[8:])
			case body[3] == 1 || body[3] == 2:
				return d.ip(body[8:])
			}
		}
	case 6081:
		if ok, err := d.geneve(body); ok {
			return err
		}
	case 2152:
		if ok, err := d.mobile(body); ok {
			return err
		}
	}
	p.content, p.payload, p.length = udpDatagram, body, max(length-8, len(body))
	return nil
}

// geneve is read by hand: the layer keeps every option of every packet.
func (d *decoder) geneve(b []byte) (bool, error) {
	if len(b) < 8 || b[0]>>6 != 0 {
		return false, nil
	}
	size := 8 + int(b[0]&0x3f)*4
	if len(b) < size {
		return false, nil
	}
	d.out.tunnel = true
	return true, d.ethertype(binary.BigEndian.Uint16(b[2:]), b[size:])
}

// mobile reads GTP version 1, user plane.
func (d *decoder) mobile(b []byte) (bool, error) {
	if len(b) < 8 || b[0]>>5 != 1 || b[0]&0x10 == 0 || b[1] != 255 {
		return false, nil
	}
	size := 8
	if b[0]&7 != 0 {
		size = 12
		for next := byte(1); b[0]&4 != 0 && next != 0; {
			if len(b) < size {
				return false, nil
			}
			if next = b[size-1]; next == 0 {
				break
			}
			if len(b) <= size || b[size] == 0 {
				return false, nil
			}
			size += int(b[size]) * 4
		}
	}
	if len(b) <= size {
		return false, nil
	}
	d.out.tunnel = true
	return true, d.ip(b[size:])
}

func (d *decoder) message4(b []byte) error {
	if d.icmp.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return errShort
	}
	p := &d.out
	p.content = icmpMessage
	p.kind, p.code = d.icmp.TypeCode.Type(), d.icmp.TypeCode.Code()
	switch p.kind {
	case 3, 11: // unreachable, time exceeded
		p.quoted = d.icmp.Payload
		if p.kind == 3 && p.code == 4 {
			p.mtu = d.icmp.Seq
		}
	}
	return nil
}

func (d *decoder) message6(b []byte) error {
	if len(b) < 8 || d.ic6.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return errShort
	}
	p := &d.out
	p.content = icmpMessage
	p.kind, p.code = d.ic6.TypeCode.Type(), d.ic6.TypeCode.Code()
	switch p.kind {
	case 1, 2, 3: // unreachable, too big, time exceeded
		p.quoted = b[8:]
		if p.kind == 2 {
			p.mtu = uint16(min(binary.BigEndian.Uint32(b[4:]), 65535))
		}
	}
	return nil
}
