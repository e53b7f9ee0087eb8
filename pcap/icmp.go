package pcap

import (
	"encoding/binary"

	"forensic/event"
)

// What ICMP says of a flow.
const (
	icmpNothing = iota
	icmpNet
	icmpHost
	icmpPort
	icmpProhibited
	icmpTooBig
	icmpExpired
	icmpOther
)

var icmpWords = [...]string{
	"", "net_unreachable", "host_unreachable", "port_unreachable", "prohibited", "fragmentation_needed", "ttl_exceeded", "unreachable",
}

// maxUnreachable is how many errors about packets of no known connection are
// told; the rest is counted.
const maxUnreachable = 1000

// message takes an ICMP message that speaks of another packet.
func (r *reader) message(p *packet) {
	src, dst, proto, ok := quotation(p.quoted)
	if !ok {
		return
	}
	what := meaning(p)
	if proto == protoTCP {
		key, end := keyOf(src, dst)
		if f := r.flows.find(&key); f != nil {
			r.unreachable(f, f.role(end), what, p)
			return
		}
	}
	if r.errors++; r.errors > maxUnreachable {
		return
	}
	r.event("icmp.error", nil, r.now)
	r.here()
	r.endpoint(event.Client, src)
	r.endpoint(event.Server, dst)
	r.str("proto", protoName(proto))
	r.tellICMP(what, p)
	r.line()
	r.text = p.src.netip().AppendTo(r.text)
	r.say(": ", icmpWords[what], " of ")
	r.text = dst.append(r.text)
	r.send()
}

// unreachable attaches a message to the connection it speaks of.
func (r *reader) unreachable(f *Flow, role uint8, what uint8, p *packet) {
	again := f.unreachable == what
	f.unreachable = what
	if p.mtu != 0 {
		f.mtu = p.mtu
	}
	if again {
		return
	}
	r.event("flow.unreachable", f, r.now)
	r.here()
	r.str("about", roleNames[role])
	r.tellICMP(what, p)
	r.line()
	r.parties(f)
	r.say(": ", icmpWords[what], ", says ")
	r.text = p.src.netip().AppendTo(r.text)
	r.send()
}

func (r *reader) tellICMP(what uint8, p *packet) {
	r.str("icmp", icmpWords[what])
	from := len(r.text)
	r.text = p.src.netip().AppendTo(r.text)
	r.cut("by", from)
	r.count("mtu", int64(p.mtu))
}

func meaning(p *packet) uint8 {
	if p.four {
		switch {
		case p.kind == 11:
			return icmpExpired
		case p.code == 0 || p.code == 6 || p.code == 11:
			return icmpNet
		case p.code == 1 || p.code == 7 || p.code == 12:
			return icmpHost
		case p.code == 3:
			return icmpPort
		case p.code == 4:
			return icmpTooBig
		case p.code == 9 || p.code == 10 || p.code == 13:
			return icmpProhibited
		}
		return icmpOther
	}
	switch {
	case p.kind == 2:
		return icmpTooBig
	case p.kind == 3:
		return icmpExpired
	case p.code == 0:
		return icmpNet
	case p.code == 1, p.code == 5, p.code == 6:
		return icmpProhibited
	case p.code == 3:
		return icmpHost
	case p.code == 4:
		return icmpPort
	}
	return icmpOther
}

// quotation reads the packet an ICMP error quotes: its addresses and ports.
func quotation(b []byte) (src, dst endpoint, proto uint8, ok bool) {
	if len(b) < 28 {
		return
	}
	switch b[0] >> 4 {
	case 4:
		size := int(b[0]&15) * 4
		if size < 20 || len(b) < size+4 {
			return
		}
		src.address, dst.address, proto = address4(b[12:]), address4(b[16:]), b[9]
		b = b[size:]
	case 6:
		if len(b) < 44 {
			return
		}
		src.address, dst.address, proto = address16(b[8:]), address16(b[24:]), b[6]
		b = b[40:]
	default:
		return
	}
	if proto == protoTCP || proto == protoUDP {
		src.port, dst.port = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	}
	return src, dst, proto, true
}

func protoName(p uint8) string {
	switch p {
	case protoTCP:
		return "tcp"
	case protoUDP:
		return "udp"
	case protoICMP, protoICMPv6:
		return "icmp"
	}
	return ""
}
