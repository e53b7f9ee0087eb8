package pcap

import (
	"encoding/binary"
	"errors"
	"strconv"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

const maxNesting = 16 // headers inside headers: tags, labels, tunnels

var (
	errShort     = errors.New("packet ends inside its headers")
	errHeader    = errors.New("header that cannot be; not decoded")
	errNesting   = errors.New("too many headers inside each other; not decoded")
	errEncrypted = errors.New("encrypted wireless frame; not decoded")
	errNoLink    = errors.New("packet without a known link type; not decoded")
)

// A decoder turns records into packets by gopacket's layers, which it reuses.
// Checksums never decide anything: a capture on the sending host has wrong ones.
type decoder struct {
	acc *account
	out packet
	cut int // bytes of the record that were on the wire but not captured

	eth  layers.Ethernet
	dot1 layers.Dot1Q
	sll  layers.LinuxSLL
	loop layers.Loopback
	ip4  layers.IPv4
	ip6  layers.IPv6
	skip layers.IPv6ExtensionSkipper
	tcp  layers.TCP
	udp  layers.UDP
	gre  layers.GRE
	vx   layers.VXLAN
	span layers.ERSPANII
	icmp layers.ICMPv4
	ic6  layers.ICMPv6
	arp  layers.ARP
	llc  layers.LLC
	snap layers.SNAP

	nesting    int
	lastOdd    error // the latest thing noted
	noLink     error // of the latest link type nobody decodes
	noLinkType uint16
	ifaces     int // the highest interface number seen
	pieces     fragments

	places *places // of a capture being copied: where addresses and headers stand
}

// decode fills in d.out.
func (d *decoder) decode(rec *record, number int) verdict {
	if rec.timed {
		d.out.time = rec.time
	}
	d.ifaces = max(d.ifaces, rec.iface)
	if d.places == nil && d.straight(rec, number) { // which notes no places
		return decoded
	}
	return d.layered(rec, number)
}

// layered decodes by gopacket's layers. They panic on some bad input: such a
// packet is a bad one, and counted.
func (d *decoder) layered(rec *record, number int) (v verdict) {
	defer func() {
		if r := recover(); r != nil {
			d.acc.problem("packet made a decoder fail; not decoded", atPacket(number))
			d.out.content, v = other, bad
		}
	}()
	d.out = packet{
		number: number, time: d.out.time, timed: rec.timed, offset: rec.offset, end: rec.offset + int64(rec.length),
		iface: uint32(rec.iface) << 8,
	}
	d.out.copies = rec.several || d.ifaces > 1
	d.cut, d.nesting = rec.wire-len(rec.data), 0
	switch err := d.link(rec.link, rec.data); err {
	case nil:
		return decoded
	case errShort:
		if d.cut > 0 {
			return partly
		}
		d.odd(err, number)
		return partly
	default:
		d.odd(err, number)
		return bad
	}
}

// odd notes what is wrong with a packet. There may be millions of them.
func (d *decoder) odd(err error, number int) {
	if err == d.lastOdd {
		d.acc.again(err.Error())
		return
	}
	d.lastOdd = err
	d.acc.problem(err.Error(), atPacket(number))
}

func (d *decoder) link(link uint16, b []byte) error {
	switch link {
	case linkEthernet:
		return d.ethernet(b)
	case linkSLL:
		return d.cooked(b)
	case linkSLL2:
		return d.cooked2(b)
	case linkRaw, linkRawBSD, linkRawOld, linkIPv4, linkIPv6:
		return d.ip(b)
	case linkNull, linkLoop:
		return d.loopback(b)
	case linkPPP, linkPPPSerial:
		return d.ppp(b)
	case linkPPPoE:
		return d.pppoe(b)
	case linkMPLS:
		return d.mpls(b)
	case linkWireless:
		return d.wireless(b)
	case linkRadiotap:
		if len(b) < 8 {
			return errShort
		}
		n := int(binary.LittleEndian.Uint16(b[2:]))
		if n < 8 {
			return errHeader
		}
		if n > len(b) {
			return errShort
		}
		return d.wireless(b[n:])
	case linkNFLOG:
		return d.nflog(b)
	case linkUnknown:
		return errNoLink
	}
	if d.noLink == nil || d.noLinkType != link {
		d.noLink, d.noLinkType = errors.New("link type "+strconv.Itoa(int(link))+"; not decoded"), link
	}
	return d.noLink
}

func (d *decoder) ethernet(b []byte) error {
	if d.eth.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return errShort
	}
	copy(d.out.hardware[:], d.eth.SrcMAC)
	if d.eth.EthernetType == layers.EthernetTypeLLC {
		return d.subnet(d.eth.Payload)
	}
	return d.ethertype(uint16(d.eth.EthernetType), d.eth.Payload)
}

// ethertype goes on behind whatever named the protocol of what follows.
func (d *decoder) ethertype(kind uint16, b []byte) error {
	if d.nesting++; d.nesting > maxNesting {
		return errNesting
	}
	switch kind {
	case 0x0800:
		return d.ipv4(b)
	case 0x86dd:
		return d.ipv6(b)
	case 0x8100, 0x88a8, 0x9100, 0x9200:
		if d.dot1.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
			return errShort
		}
		if kind := uint16(d.dot1.Type); kind >= 0x0600 {
			return d.ethertype(kind, d.dot1.Payload)
		}
		return d.subnet(d.dot1.Payload)
	case 0x8847, 0x8848:
		return d.mpls(b)
	case 0x8864:
		return d.pppoe(b)
	case 0x0806:
		return d.resolution(b)
	case 0x6558: // Ethernet bridged in GRE or Geneve
		return d.inner(b)
	case 0x880b:
		return d.ppp(b)
	case 0x88be: // ERSPAN
		return d.mirror(b)
	}
	return nil
}

// subnet reads 802.2: only SNAP says what follows.
func (d *decoder) subnet(b []byte) error {
	if len(b) == 0 && d.cut <= 0 {
		return nil
	}
	if d.llc.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return errShort
	}
	if d.llc.DSAP != 0xaa || d.llc.SSAP != 0xaa {
		return nil
	}
	if d.snap.DecodeFromBytes(d.llc.Payload, gopacket.NilDecodeFeedback) != nil {
		return errShort
	}
	return d.ethertype(uint16(d.snap.Type), d.snap.Payload)
}

// cooked reads what "-i any" wrote before libpcap 1.10. It names no interface,
// but the direction and the kind of device tell most copies apart.
func (d *decoder) cooked(b []byte) error {
	if d.sll.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return errShort
	}
	d.out.copies = true
	d.out.iface |= uint32(d.sll.PacketType)&0xf<<4 | uint32(d.sll.AddrType)&0xfff<<16
	return d.ethertypeOfCooked(uint16(d.sll.EthernetType), d.sll.Payload)
}

// cooked2 reads what it writes since: LINUX_SLL2, which gopacket does not have.
func (d *decoder) cooked2(b []byte) error {
	if len(b) < 20 {
		return errShort
	}
	d.out.copies = true
	d.out.iface = binary.BigEndian.Uint32(b[4:])<<4 | uint32(b[10])&0xf
	return d.ethertypeOfCooked(binary.BigEndian.Uint16(b), b[20:])
}

func (d *decoder) ethertypeOfCooked(kind uint16, b []byte) error {
	if kind == 0x0004 { // 802.2
		return d.subnet(b)
	}
	return d.ethertype(kind, b)
}

func (d *decoder) loopback(b []byte) error {
	if len(b) < 4 {
		return errShort
	}
	if d.loop.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return errHeader
	}
	switch d.loop.Family {
	case 2:
		return d.ipv4(d.loop.Payload)
	case 10, 23, 24, 28, 30: // what Linux, Windows and the BSDs call IPv6
		return d.ipv6(d.loop.Payload)
	}
	return nil
}

// mpls passes over the labels and guesses, as nothing says what follows.
func (d *decoder) mpls(b []byte) error {
	for range maxNesting {
		if len(b) < 4 {
			return errShort
		}
		bottom := b[2]&1 != 0
		b = b[4:]
		if !bottom {
			continue
		}
		if len(b) < 4 {
			return errShort
		}
		switch b[0] >> 4 {
		case 4:
			return d.ipv4(b)
		case 6:
			return d.ipv6(b)
		case 0: // a control word, then Ethernet
			return d.ethernet(b[4:])
		}
		return d.ethernet(b)
	}
	return errNesting
}

func (d *decoder) pppoe(b []byte) error {
	if len(b) < 6 {
		return errShort
	}
	if b[1] != 0 { // not a session packet
		return nil
	}
	return d.ppp(b[6:])
}

func (d *decoder) ppp(b []byte) error {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 0x03 {
		b = b[2:]
	}
	if len(b) < 2 {
		return errShort
	}
	kind, size := uint16(b[0]), 1
	if b[0]&1 == 0 {
		kind, size = binary.BigEndian.Uint16(b), 2
	}
	switch kind {
	case 0x21:
		return d.ipv4(b[size:])
	case 0x57:
		return d.ipv6(b[size:])
	case 0x281, 0x283:
		return d.mpls(b[size:])
	}
	return nil
}

// wireless reads a data frame of 802.11; what is encrypted stays unread.
func (d *decoder) wireless(b []byte) error {
	if len(b) < 24 {
		return errShort
	}
	control, flags := b[0], b[1]
	if control&0x0c != 0x08 || control&0x40 != 0 { // not data, or data without data
		return nil
	}
	size := 24
	if flags&3 == 3 {
		size += 6
	}
	if control&0x80 != 0 {
		size += 2
		if flags&0x80 != 0 {
			size += 4
		}
	}
	if flags&0x40 != 0 {
		return errEncrypted
	}
	if len(b) < size {
		return errShort
	}
	return d.subnet(b[size:])
}

// nflog reads what iptables' NFLOG target hands to tcpdump: fields of type and
// length, one of which is the packet.
func (d *decoder) nflog(b []byte) error {
	if len(b) < 4 {
		return errShort
	}
	b = b[4:]
	for len(b) >= 4 {
		size, kind := int(binary.LittleEndian.Uint16(b)), binary.LittleEndian.Uint16(b[2:])&0x7fff
		if size < 4 {
			return errHeader
		}
		if kind == 9 { // NFULA_PAYLOAD
			return d.ip(b[4:min(size, len(b))])
		}
		b = b[min(len(b), (size+3)&^3):]
	}
	return nil
}

// mirror reads ERSPAN: Ethernet frames that a switch copies.
func (d *decoder) mirror(b []byte) error {
	if len(b) < 8 {
		return errShort
	}
	if d.span.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return errHeader
	}
	return d.inner(d.span.Payload)
}

// inner decodes a frame inside a packet. The outer addresses are forgotten.
func (d *decoder) inner(b []byte) error {
	d.out.tunnel = true
	return d.ethernet(b)
}

func (d *decoder) resolution(b []byte) error {
	if d.arp.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return errShort
	}
	if d.arp.HwAddressSize != 6 || d.arp.ProtAddressSize != 4 {
		return nil
	}
	p := &d.out
	p.content = arpMessage
	d.places.note(b, 'a')
	copy(p.claimed[:], d.arp.SourceHwAddress)
	p.src, p.dst = endpoint{address4(d.arp.SourceProtAddress), 0}, endpoint{address4(d.arp.DstProtAddress), 0}
	return nil
}
