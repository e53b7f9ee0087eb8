package script

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// put writes a segment as one frame, or as several fragments.
func (c *compiler) put(s segment, st *stream, fresh bool) error {
	if s.id == 0 {
		c.ids++
		s.id = int(c.ids)
	}
	if s.ttl == 0 {
		s.ttl = 64
	}
	if fresh {
		st.sent = append(st.sent, packet{seg: s})
		if len(st.sent) > 64 {
			st.sent = st.sent[1:]
		}
	}
	if s.lost {
		return nil
	}
	st.written = s
	body := s.transport()
	if s.frag <= 0 {
		return c.frame(&s, s.network(body, 0, false))
	}
	var pieces [][]byte
	for at := 0; at < len(body); at += s.frag {
		end := min(at+s.frag, len(body))
		pieces = append(pieces, s.network(body[at:end], at, end < len(body)))
	}
	for i := range pieces {
		if s.reverse {
			i = len(pieces) - 1 - i
		}
		if err := c.frame(&s, pieces[i]); err != nil {
			return err
		}
	}
	return nil
}

// transport returns the TCP, UDP or ICMP part.
func (s *segment) transport() []byte {
	var b []byte
	switch s.proto {
	case 6:
		var options []byte
		if s.mss > 0 {
			options = append(options, 2, 4, byte(s.mss>>8), byte(s.mss))
		}
		if s.wscale >= 0 {
			options = append(options, 1, 3, 3, byte(s.wscale))
		}
		win := s.win
		if win < 0 {
			win = 64240
		}
		b = binary.BigEndian.AppendUint16(b, s.from.addr.Port())
		b = binary.BigEndian.AppendUint16(b, s.to.addr.Port())
		b = binary.BigEndian.AppendUint32(b, s.seq)
		b = binary.BigEndian.AppendUint32(b, s.ack)
		b = append(b, byte(20+len(options))<<2, s.flags, byte(win>>8), byte(win), 0, 0, 0, 0)
		b = append(append(b, options...), s.payload...)
		s.checksum(b, 16)
	case 17:
		b = binary.BigEndian.AppendUint16(b, s.from.addr.Port())
		b = binary.BigEndian.AppendUint16(b, s.to.addr.Port())
		b = binary.BigEndian.AppendUint16(b, uint16(8+len(s.payload)))
		b = append(append(b, 0, 0), s.payload...)
		s.checksum(b, 6)
	default:
		b = append(b, s.icmp...)
		if s.proto == 58 {
			s.checksum(b, 2)
		} else {
			binary.BigEndian.PutUint16(b[2:], fold(sum(b, 0)))
		}
	}
	return b
}

// checksum fills in the sum over b and what comes before it.
func (s *segment) checksum(b []byte, at int) {
	pseudo := append(addrBytes(s.from.addr), addrBytes(s.to.addr)...)
	pseudo = append(pseudo, 0, s.proto, byte(len(b)>>8), byte(len(b)))
	binary.BigEndian.PutUint16(b[at:], fold(sum(b, sum(pseudo, 0))))
}

func addrBytes(a netip.AddrPort) []byte { return a.Addr().AsSlice() }

func sum(b []byte, s uint32) uint32 {
	for i := 0; i+1 < len(b); i += 2 {
		s += uint32(b[i])<<8 | uint32(b[i+1])
	}
	if len(b)%2 == 1 {
		s += uint32(b[len(b)-1]) << 8
	}
	return s
}

func fold(s uint32) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}

// network puts an IP header before b. A fragment has an offset, or more to come.
func (s *segment) network(b []byte, offset int, more bool) []byte {
	if s.from.addr.Addr().Is4() {
		return s.ipv4(b, offset, more)
	}
	return s.ipv6(b, offset, more)
}

func (s *segment) ipv4(b []byte, offset int, more bool) []byte {
	total := 20 + len(b)
	if s.length >= 0 {
		total = s.length
	}
	bits := offset / 8
	if more {
		bits |= 0x2000
	}
	if s.frag <= 0 {
		bits |= 0x4000
	}
	h := []byte{0x45, 0, byte(total >> 8), byte(total), byte(s.id >> 8), byte(s.id), byte(bits >> 8), byte(bits), byte(s.ttl), s.proto, 0, 0}
	h = append(append(h, addrBytes(s.from.addr)...), addrBytes(s.to.addr)...)
	binary.BigEndian.PutUint16(h[10:], fold(sum(h, 0)))
	return append(h, b...)
}

func (s *segment) ipv6(b []byte, offset int, more bool) []byte {
	next := s.proto
	if s.frag > 0 {
		h := []byte{next, 0, byte(offset >> 8), byte(offset), 0, 0, byte(s.id >> 8), byte(s.id)}
		if more {
			h[3] |= 1
		}
		b, next = append(h, b...), 44
	}
	for _, w := range s.wrap {
		if w.text == "hop" {
			b, next = append([]byte{next, 0, 1, 4, 0, 0, 0, 0}, b...), 0
		}
	}
	total := len(b)
	if s.length >= 0 {
		total = s.length
	}
	h := []byte{0x60, 0, 0, 0, byte(total >> 8), byte(total), next, byte(s.ttl)}
	h = append(append(h, addrBytes(s.from.addr)...), addrBytes(s.to.addr)...)
	return append(h, b...)
}

// frame wraps an IP packet as its words say, puts it on the link and writes it.
func (c *compiler) frame(s *segment, b []byte) error {
	kind := uint16(0x0800)
	if b[0]>>4 == 6 {
		kind = 0x86dd
	}
	for i := len(s.wrap) - 1; i >= 0; i-- {
		var err error
		if b, kind, err = s.wrapped(s.wrap[i], b, kind); err != nil {
			return err
		}
	}
	frame, err := c.onLink(s, b, kind)
	if err != nil {
		return err
	}
	p := packet{at: c.now, frame: frame, wire: len(frame), captured: min(len(frame), c.snaplen), iface: s.iface}
	if s.cut > 0 {
		p.captured = min(p.captured, s.cut)
	}
	c.out = append(c.out, p)
	return nil
}

// wrapped puts b, of an Ethernet type, into something else.
func (s *segment) wrapped(w word, b []byte, kind uint16) ([]byte, uint16, error) {
	n := 0
	var err error
	if w.assigned && w.text != "vlan" {
		if n, err = strconv.Atoi(w.value); err != nil {
			return nil, 0, err
		}
	}
	outer := *s
	outer.wrap, outer.frag, outer.length = nil, 0, -1
	ethernet := func() []byte {
		return binary.BigEndian.AppendUint16(append(append([]byte{}, s.to.mac[:]...), s.from.mac[:]...), kind)
	}
	switch w.text {
	case "hop":
		return b, kind, nil
	case "vlan":
		tags := strings.Split(w.value, ".")
		for i := len(tags) - 1; i >= 0; i-- {
			tag, err := strconv.Atoi(tags[i])
			if err != nil {
				return nil, 0, err
			}
			b = append([]byte{byte(tag >> 8), byte(tag), byte(kind >> 8), byte(kind)}, b...)
			kind = 0x8100
			if i == 0 && len(tags) > 1 {
				kind = 0x88a8
			}
		}
		return b, kind, nil
	case "mpls":
		return append([]byte{byte(n >> 12), byte(n >> 4), byte(n<<4) | 1, 64}, b...), 0x8847, nil
	case "pppoe":
		proto := byte(0x21)
		if kind == 0x86dd {
			proto = 0x57
		}
		size := len(b) + 2
		return append([]byte{0x11, 0, 0, 1, byte(size >> 8), byte(size), 0, proto}, b...), 0x8864, nil
	case "gre":
		outer.proto = 47
		b = append([]byte{0, 0, byte(kind >> 8), byte(kind)}, b...)
	case "ipip":
		outer.proto = 4
		if kind == 0x86dd {
			outer.proto = 41
		}
	case "vxlan":
		b = append(append([]byte{8, 0, 0, 0, byte(n >> 16), byte(n >> 8), byte(n), 0}, ethernet()...), b...)
		b = datagram(4789, b)
		outer.proto = 17
	case "geneve":
		b = append([]byte{0, 0, byte(kind >> 8), byte(kind), byte(n >> 16), byte(n >> 8), byte(n), 0}, b...)
		b = datagram(6081, b)
		outer.proto = 17
	default:
		return nil, 0, fmt.Errorf("unknown wrapping %q", w.text)
	}
	// The tunnel's own ends: addresses that are in no flow.
	from, to := *s.from, *s.to
	from.addr, to.addr = netip.MustParseAddrPort("198.51.100.201:0"), netip.MustParseAddrPort("198.51.100.202:0")
	outer.from, outer.to = &from, &to
	return outer.ipv4(b, 0, false), 0x0800, nil
}

func datagram(port uint16, b []byte) []byte {
	h := binary.BigEndian.AppendUint16([]byte{0xd4, 0x31}, port)
	h = binary.BigEndian.AppendUint16(h, uint16(8+len(b)))
	return append(append(h, 0, 0), b...)
}

// onLink puts the header of the interface's link type before b.
func (c *compiler) onLink(s *segment, b []byte, kind uint16) ([]byte, error) {
	link := "ethernet"
	if n := len(c.links); n > 0 {
		link = c.links[min(s.iface, n)-1]
	}
	var h []byte
	switch link {
	case "ethernet":
		h = append(append(h, s.to.mac[:]...), s.from.mac[:]...)
		h = binary.BigEndian.AppendUint16(h, kind)
	case "sll":
		h = []byte{0, byte(s.direction()), 0, 1, 0, 6}
		h = append(append(h, s.from.mac[:]...), 0, 0)
		h = binary.BigEndian.AppendUint16(h, kind)
	case "sll2":
		h = binary.BigEndian.AppendUint16(h, kind)
		h = append(h, 0, 0, 0, 0, 0, byte(s.iface), 0, 1, byte(s.direction()), 6)
		h = append(append(h, s.from.mac[:]...), 0, 0)
	case "raw":
	case "null", "loop":
		family := byte(2)
		if kind == 0x86dd {
			family = 30
		}
		h = []byte{family, 0, 0, 0}
		if link == "loop" {
			h = []byte{0, 0, 0, family}
		}
	case "ppp":
		h = []byte{0xff, 3, 0, 0x21}
		if kind == 0x86dd {
			h[3] = 0x57
		}
	default:
		return nil, fmt.Errorf("unknown link %q", link)
	}
	return append(h, b...), nil
}

// direction is what a cooked capture writes of the first interface and others:
// sent by us, or for us.
func (s *segment) direction() int {
	if s.iface > 1 {
		return 0
	}
	return 4
}
