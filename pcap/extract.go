package pcap

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"
)

// A Conversation names packets of one connection: its two ends, in whatever
// order, and between which packets of the capture it lies.
type Conversation struct {
	A, B        netip.AddrPort
	First, Last int // packets, from 1; 0: no bound
}

// Extract reads a capture a second time and writes the packets of some
// conversations as pcapng, with their link type, time, resolution and length on
// the wire, byte for byte. It returns how many there were. Whatever else a
// capture holds (secrets, names, comments) is not written.
func Extract(ctx context.Context, r io.Reader, w io.Writer, want []Conversation) (int, error) {
	var acc account
	src := newSource(r)
	box, err := open(src, &acc)
	if err != nil {
		return 0, errors.Join(src.damage(), err)
	}
	x := extract{out: bufio.NewWriterSize(w, 1<<16), wanted: make(map[flowKey][]Conversation)}
	for _, c := range want {
		key, _ := keyOf(endpointOf(c.A), endpointOf(c.B))
		x.wanted[key] = append(x.wanted[key], c)
	}
	x.header()
	d := decoder{acc: &acc}
	var rec record
	for number := 1; ; number++ {
		if number&1023 == 0 && ctx.Err() != nil {
			return x.written, fmt.Errorf("extract packets: %w", ctx.Err())
		}
		if err := box.next(&rec); err != nil {
			if damage := src.damage(); damage != nil {
				err = damage
			}
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return x.written, errors.Join(err, x.out.Flush())
		}
		d.decode(&rec, number)
		if x.wants(&d.out, number) {
			x.packet(&rec)
		}
		if x.err != nil {
			return x.written, fmt.Errorf("extract packets: %w", x.err)
		}
	}
}

func endpointOf(a netip.AddrPort) endpoint {
	b := a.Addr().As16()
	return endpoint{address16(b[:]), a.Port()}
}

// An extract is a pcapng file being written.
type extract struct {
	out     *bufio.Writer
	wanted  map[flowKey][]Conversation
	ifaces  []extracted
	written int
	block   []byte
	err     error
}

// extracted is an interface that was described.
type extracted struct {
	link  uint16
	step  time.Duration
	iface int
}

func (x *extract) wants(p *packet, number int) bool {
	if p.content != tcpSegment {
		return false
	}
	key, _ := keyOf(p.src, p.dst)
	for _, c := range x.wanted[key] {
		if number >= c.First && (c.Last == 0 || number <= c.Last) {
			return true
		}
	}
	return false
}

// write finishes the block at hand.
func (x *extract) write(kind uint32, body []byte) {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	size := uint32(12 + len(body))
	head := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, kind), size)
	for _, b := range [][]byte{head, body, head[4:8]} {
		if _, err := x.out.Write(b); err != nil && x.err == nil {
			x.err = err
		}
	}
}

func (x *extract) header() {
	o := binary.LittleEndian
	b := o.AppendUint32(nil, orderMagic)
	b = o.AppendUint16(o.AppendUint16(b, 1), 0)
	x.write(magicSection, o.AppendUint64(b, 1<<64-1))
}

// describe returns the number of a packet's interface, and describes it when it
// is met first.
func (x *extract) describe(rec *record) int {
	is := extracted{rec.link, rec.step, rec.iface}
	for i := range x.ifaces {
		if x.ifaces[i] == is {
			return i
		}
	}
	x.ifaces = append(x.ifaces, is)
	o := binary.LittleEndian
	b := o.AppendUint16(o.AppendUint16(nil, rec.link), 0)
	b = o.AppendUint32(b, maxPacket)
	resolution := byte(9)
	if rec.step == time.Microsecond {
		resolution = 6
	}
	b = append(b, 9, 0, 1, 0, resolution, 0, 0, 0, 0, 0, 0, 0)
	x.write(blockInterface, b)
	return len(x.ifaces) - 1
}

func (x *extract) packet(rec *record) {
	number := x.describe(rec)
	ticks := uint64(rec.time)
	if rec.step == time.Microsecond {
		ticks /= 1000
	}
	o := binary.LittleEndian
	b := o.AppendUint32(x.block[:0], uint32(number))
	b = o.AppendUint32(o.AppendUint32(b, uint32(ticks>>32)), uint32(ticks))
	b = o.AppendUint32(o.AppendUint32(b, uint32(len(rec.data))), uint32(rec.wire))
	x.block = append(b, rec.data...)
	x.write(blockPacket, x.block)
	x.written++
}
