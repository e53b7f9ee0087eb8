package main

import (
	"encoding/binary"
	"net/netip"
)

// A flow is one TCP connection: its packets, planned when it begins, and where it is in them.
type flow struct {
	id      int
	packets []packet
	next    int
	at      int64 // microseconds since 1970, of the next packet
	side    [2]side
	trip    int64 // microseconds there and back
}

// A side is one end. What it sends is acknowledged as soon as the other sends again.
type side struct {
	addr  netip.AddrPort
	seq   uint32
	id    uint16
	tick  uint32 // offset of its TCP timestamps
	stamp uint32 // the last one it sent
}

type packet struct {
	after   int64 // microseconds since the packet before
	from    int   // 0: client, 1: server
	flags   byte
	again   bool // sent before: the sequence number of its first time
	payload []byte
}

const (
	fin = 1
	syn = 2
	rst = 4
	psh = 8
	ack = 16
)

const segment = 1448 // bytes of payload in a full packet with timestamps

// open plans the three packets that begin a connection.
func (f *flow) open() {
	f.send(0, 0, syn, nil)
	f.send(f.trip, 1, syn|ack, nil)
	f.send(40, 0, ack, nil)
}

// talk plans a message, cut into segments, with an acknowledgement for every second one.
func (f *flow) talk(wait int64, from int, message []byte) {
	n := 0
	for len(message) > 0 {
		cut := min(segment, len(message))
		flags := byte(ack)
		if cut == len(message) {
			flags |= psh
		}
		f.send(wait, from, flags, message[:cut])
		message = message[cut:]
		wait = 12
		if n++; n%2 == 0 || len(message) == 0 {
			f.send(f.trip/2+8, 1-from, ack, nil)
		}
	}
}

// close plans an orderly end.
func (f *flow) close(wait int64, from int) {
	f.send(wait, from, fin|ack, nil)
	f.send(f.trip/2+20, 1-from, fin|ack, nil)
	f.send(f.trip/2+15, from, ack, nil)
}

func (f *flow) send(wait int64, from int, flags byte, payload []byte) {
	f.packets = append(f.packets, packet{after: wait, from: from, flags: flags, payload: payload})
}

// repeat plans a packet with payload once more, as if it had been lost behind the place of the capture.
func (f *flow) repeat(r *random) {
	at := r.below(len(f.packets))
	for ; at < len(f.packets); at++ {
		p := f.packets[at]
		if len(p.payload) == 0 || p.again {
			continue
		}
		p.again, p.after = true, 200_000
		f.packets = append(f.packets[:at+1], append([]packet{p}, f.packets[at+1:]...)...)
		return
	}
}

func (f *flow) overhead() int {
	if f.side[0].addr.Addr().Is4() {
		return 14 + 20 + 32
	}
	return 14 + 40 + 32
}

// append appends the next packet as a frame.
func (f *flow) append(b []byte) []byte {
	p := &f.packets[f.next]
	me, peer := &f.side[p.from], &f.side[1-p.from]
	b = f.ethernet(b, p.from)
	length := 32 + len(p.payload)
	if p.flags&syn != 0 {
		length += 8
	}
	var sum uint32
	if me.addr.Addr().Is4() {
		b, sum = ipv4(b, me, peer, length)
	} else {
		b, sum = ipv6(b, me, peer, length)
	}
	tcpAt := len(b)
	b = f.tcp(b, p, me, peer)
	b = append(b, p.payload...)
	binary.BigEndian.PutUint16(b[tcpAt+16:], fold(add(sum, b[tcpAt:])))
	if !p.again {
		me.seq += uint32(len(p.payload))
		if p.flags&(syn|fin) != 0 {
			me.seq++
		}
	}
	return b
}

func (f *flow) ethernet(b []byte, from int) []byte {
	inner, outer := []byte{2, 0, 0xc0, 0, 2, 1}, []byte{2, 0, 0xc0, 0, 2, 254}
	if from == 0 {
		inner, outer = outer, inner
	}
	b = append(append(b, outer...), inner...)
	if f.side[0].addr.Addr().Is4() {
		return append(b, 0x08, 0x00)
	}
	return append(b, 0x86, 0xdd)
}

func ipv4(b []byte, me, peer *side, length int) ([]byte, uint32) {
	at := len(b)
	b = append(b, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(20+length))
	me.id++
	b = binary.BigEndian.AppendUint16(b, me.id)
	b = append(b, 0x40, 0, 64, 6, 0, 0)
	b = append(append(b, me.addr.Addr().AsSlice()...), peer.addr.Addr().AsSlice()...)
	binary.BigEndian.PutUint16(b[at+10:], fold(add(0, b[at:])))
	return b, add(uint32(6+length), b[at+12:at+20])
}

func ipv6(b []byte, me, peer *side, length int) ([]byte, uint32) {
	at := len(b)
	b = append(b, 0x60, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(length))
	b = append(b, 6, 64)
	b = append(append(b, me.addr.Addr().AsSlice()...), peer.addr.Addr().AsSlice()...)
	return b, add(uint32(6+length), b[at+8:at+40])
}

// tcp appends a header with timestamps, and with the usual options where a connection begins.
func (f *flow) tcp(b []byte, p *packet, me, peer *side) []byte {
	b = binary.BigEndian.AppendUint16(b, me.addr.Port())
	b = binary.BigEndian.AppendUint16(b, peer.addr.Port())
	seq := me.seq
	if p.again && p.flags&(syn|fin) == 0 {
		seq -= uint32(len(p.payload))
	} else if p.again {
		seq--
	}
	b = binary.BigEndian.AppendUint32(b, seq)
	acknowledged := peer.seq
	if p.flags&ack == 0 {
		acknowledged = 0
	}
	b = binary.BigEndian.AppendUint32(b, acknowledged)
	words := byte(8)
	if p.flags&syn != 0 {
		words = 10
	}
	b = append(b, words<<4, p.flags, 0x01, 0xf5, 0, 0, 0, 0)
	if p.flags&syn != 0 {
		b = append(b, 2, 4, 0x05, 0xb4, 4, 2)
	} else {
		b = append(b, 1, 1)
	}
	me.stamp = uint32(f.at/1000) + me.tick
	b = append(b, 8, 10)
	b = binary.BigEndian.AppendUint32(b, me.stamp)
	b = binary.BigEndian.AppendUint32(b, peer.stamp)
	if p.flags&syn != 0 {
		b = append(b, 1, 3, 3, 7)
	}
	return b
}

// add sums 16-bit words for an Internet checksum; fold ends it. A frame is far too short to overflow.
func add(sum uint32, b []byte) uint32 {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	return sum
}

func fold(sum uint32) uint16 {
	for sum>>16 != 0 {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
