package pcap

import (
	"encoding/binary"
	"net/netip"
)

// Link types, as pcap and pcapng number them: 16 bits, where gopacket has 8.
const (
	linkNull      = 0
	linkEthernet  = 1
	linkPPP       = 9
	linkRaw       = 101
	linkRawBSD    = 12
	linkRawOld    = 14
	linkPPPSerial = 50
	linkPPPoE     = 51
	linkWireless  = 105
	linkLoop      = 108
	linkSLL       = 113
	linkRadiotap  = 127
	linkIPv4      = 228
	linkIPv6      = 229
	linkNFLOG     = 239
	linkMPLS      = 219
	linkSLL2      = 276
	linkUnknown   = 0xffff
)

// TCP flags as they stand in the header.
const (
	fin = 1 << iota
	syn
	rst
	psh
	ack
)

// What a packet turned out to hold.
type content uint8

const (
	other content = iota // whole, but nothing flows are made of
	tcpSegment
	udpDatagram
	icmpMessage
	arpMessage
	fragment // held until its siblings come
)

// How far a packet could be decoded.
type verdict uint8

const (
	decoded verdict = iota
	partly          // it ends inside its headers
	bad             // a header that cannot be, or a link type nobody decodes
)

// An address is an IPv6 address, or an IPv4 address mapped into one.
type address struct{ hi, lo uint64 }

const mapped = 0xffff << 32

func address4(b []byte) address { return address{0, mapped | uint64(binary.BigEndian.Uint32(b))} }

func address16(b []byte) address {
	return address{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

// netip returns the address for printing.
func (a address) netip() netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], a.hi)
	binary.BigEndian.PutUint64(b[8:], a.lo)
	return netip.AddrFrom16(b).Unmap()
}

func (a address) less(b address) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

// An endpoint is an address and a port.
type endpoint struct {
	address
	port uint16
}

func (e endpoint) append(b []byte) []byte {
	return netip.AddrPortFrom(e.netip(), e.port).AppendTo(b)
}

// A packet is what the decoder makes of a record: the innermost addresses and
// the transport header. It is reused, and borrows the record's bytes.
type packet struct {
	number int
	time   int64
	timed  bool
	offset int64 // of its record in the member
	end    int64

	content  content
	src, dst endpoint
	tunnel   bool   // inside another packet
	copies   bool   // the capture may hold it more than once: several interfaces
	iface    uint32 // tells copies of one packet apart
	ttl      uint8
	id       uint16 // IPv4 identification
	four     bool   // IPv4

	seq, ack uint32
	flags    uint8
	window   uint16
	options  uint32 // hash of the TCP options, to tell copies from repetitions

	payload []byte // what was captured of it
	length  int    // how long it was on the wire

	kind, code uint8 // ICMP
	mtu        uint16
	quoted     []byte // the packet an ICMP error speaks of, from its IP header

	hardware, claimed [6]byte // ARP: who speaks, and the sender address it claims in src
}

// cut tells that not all of the payload was captured.
func (p *packet) cut() bool { return len(p.payload) < p.length }
