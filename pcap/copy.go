package pcap

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"forensic/event"
)

// An Editor sees a capture while it is copied. What it is given it may
// overwrite; it cannot make it longer or shorter, so that the copy is read as the
// original was: packets, sequence numbers and times are those.
type Editor struct {
	Packet func(p *Piece)
	Block  func(kind uint32, big bool, body []byte) // of pcapng, big endian or not: what is no packet; the options behind one
	Raw    func(b []byte)                           // what could not be read as packets
}

// Kinds of blocks of pcapng that hold more than text.
const (
	BlockNames   = blockNames
	BlockSecrets = blockSecrets
)

// A Piece is one packet in its place. It is good until Editor.Packet returns.
type Piece struct {
	Data     []byte               // the frame, as far as it was captured
	Payload  []byte               // what TCP or UDP carries, within Data; nil where nothing of it could be told
	Stream   bool                 // it is TCP
	Seq      uint32               // of the payload's first byte
	Src, Dst netip.AddrPort       // of the innermost packet, as they were
	Addrs    func(f func([]byte)) // calls f with each address in its headers: 4 or 16 bytes
}

// Copy copies a capture through an Editor. Checksums that were right are right
// afterwards, those that were wrong are wrong.
func Copy(ctx context.Context, r io.Reader, w io.Writer, edit Editor) (event.Account, error) {
	var acc account
	var failed error
	src := newSource(r)
	src.passing = edit.Raw
	src.told = func(b []byte) {
		if failed == nil {
			_, failed = w.Write(b)
		}
	}
	box, err := open(src, &acc)
	if err != nil {
		return acc.Account, errors.Join(src.damage(), err)
	}
	if b, ok := box.(*blocks); ok {
		b.edit = edit.Block
	}
	d := decoder{acc: &acc, places: &places{}}
	var rec record
	for number := 1; ; number++ {
		if number&1023 == 0 && ctx.Err() != nil {
			return acc.Account, fmt.Errorf("copy capture: %w", ctx.Err())
		}
		err = box.next(&rec)
		if err != nil || failed != nil {
			break
		}
		d.edit(&rec, number, edit.Packet)
	}
	src.skip(1 << 62) // what is left where the container gave up
	src.tell()
	if damage := src.damage(); damage != nil {
		err = damage
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return acc.Account, errors.Join(failed, err)
}

// edit shows one packet and mends its checksums.
func (d *decoder) edit(rec *record, number int, show func(*Piece)) {
	d.places.all = d.places.all[:0]
	d.decode(rec, number)
	p := &d.out
	piece := Piece{
		Data: rec.data, Stream: p.content == tcpSegment, Seq: p.seq,
		Src: netip.AddrPortFrom(p.src.netip(), p.src.port), Dst: netip.AddrPortFrom(p.dst.netip(), p.dst.port),
	}
	if (p.content == tcpSegment || p.content == udpDatagram) && lies(p.payload, rec.data) {
		piece.Payload = p.payload
	}
	if p.content == icmpMessage && lies(p.quoted, rec.data) {
		d.places.quoted(p.quoted)
	}
	if p.flags&syn != 0 {
		piece.Seq++
	}
	// A header put together from fragments is not in its place.
	kept := d.places.all[:0]
	for _, pl := range d.places.all {
		if lies(pl.b, rec.data) {
			kept = append(kept, pl)
		}
	}
	d.places.all = kept
	piece.Addrs = d.places.addresses
	before := d.places.sums()
	show(&piece)
	d.places.mend(before)
}

// lies tells whether part is a piece of whole, not just equal to one.
func lies(part, whole []byte) bool {
	at := cap(whole) - cap(part)
	return len(part) > 0 && at >= 0 && at+len(part) <= len(whole) && &whole[at] == &part[0]
}

// places are the headers of one packet, outermost first.
type places struct{ all []place }

type place struct {
	b    []byte // from the header's beginning to the end of what it covers
	kind byte   // '4', '6', 'a' for ARP, 't' TCP, 'u' UDP, 'q' a quoted header
}

// note is called by the decoder; nothing is noted where no capture is copied.
func (p *places) note(b []byte, kind byte) {
	if p != nil {
		p.all = append(p.all, place{b, kind})
	}
}

// quoted notes the header that an ICMP error quotes.
func (p *places) quoted(b []byte) {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		p.note(b, '4')
	case len(b) >= 40 && b[0]>>4 == 6:
		p.note(b, '6')
	}
}

func (p *places) addresses(f func([]byte)) {
	for _, pl := range p.all {
		switch b := pl.b; {
		case pl.kind == '4' && len(b) >= 20:
			f(b[12:16])
			f(b[16:20])
		case pl.kind == '6' && len(b) >= 40:
			f(b[8:24])
			f(b[24:40])
		case pl.kind == 'a' && len(b) >= 28:
			f(b[14:18])
			f(b[24:28])
		}
	}
}

// sums returns for each header what the bytes under its checksum add up to.
func (p *places) sums() [maxNesting * 2]uint32 {
	var s [maxNesting * 2]uint32
	for i := range p.all {
		if i < len(s) {
			s[i] = p.sum(i)
		}
	}
	return s
}

// sum adds the words under the checksum of header i: of TCP and UDP also the
// addresses of the header above.
func (p *places) sum(i int) uint32 {
	pl := p.all[i]
	switch pl.kind {
	case '4':
		return add16(0, pl.b[:min(len(pl.b), int(pl.b[0]&0xf)*4)])
	case 't', 'u':
		s := add16(0, pl.b)
		for j := i - 1; j >= 0; j-- {
			switch above := p.all[j]; above.kind {
			case '4':
				return add16(s, above.b[12:20])
			case '6':
				return add16(s, above.b[8:40])
			}
		}
		return s
	}
	return 0
}

// mend changes each checksum by what its bytes changed (RFC 1624).
func (p *places) mend(before [maxNesting * 2]uint32) {
	for i := len(p.all) - 1; i >= 0; i-- {
		if i >= len(before) {
			continue
		}
		pl := p.all[i]
		after := p.sum(i)
		at := map[byte]int{'4': 10, 't': 16, 'u': 6}[pl.kind]
		if after == before[i] || at == 0 || len(pl.b) < at+2 {
			continue
		}
		field := pl.b[at : at+2]
		old := binary.BigEndian.Uint16(field)
		if pl.kind == 'u' && old == 0 {
			continue // no checksum was sent
		}
		sum := uint32(^old) + uint32(^uint16(before[i])) + after
		for sum>>16 != 0 {
			sum = sum&0xffff + sum>>16
		}
		binary.BigEndian.PutUint16(field, ^uint16(sum))
	}
}

// add16 adds the 16-bit words of b in ones' complement.
func add16(s uint32, b []byte) uint32 {
	for ; len(b) >= 2; b = b[2:] {
		s += uint32(b[0])<<8 | uint32(b[1])
		s = s&0xffff + s>>16
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
		s = s&0xffff + s>>16
	}
	return s
}
