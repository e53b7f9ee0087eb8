package script

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

var linkNumbers = map[string]uint32{"ethernet": 1, "sll": 113, "sll2": 276, "raw": 101, "null": 0, "loop": 108, "ppp": 9}

// container writes the packets as a file.
func (c *compiler) container() ([]byte, error) {
	if len(c.links) == 0 {
		c.links = []string{"ethernet"}
	}
	for _, l := range c.links {
		if _, ok := linkNumbers[l]; !ok {
			return nil, fmt.Errorf("unknown link %q", l)
		}
	}
	name, big := strings.CutSuffix(c.box, "-be")
	var order appender = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	switch name {
	case "pcap":
		return c.classic(order, 0xa1b2c3d4, time.Microsecond), nil
	case "pcap-ns":
		return c.classic(order, 0xa1b23c4d, time.Nanosecond), nil
	case "pcap-modified":
		return c.classic(order, 0xa1b2cd34, time.Microsecond), nil
	case "pcapng":
		return c.blocks(order), nil
	case "snoop":
		return c.snoop(), nil
	}
	return nil, fmt.Errorf("unknown container %q", c.box)
}

type appender interface {
	AppendUint16([]byte, uint16) []byte
	AppendUint32([]byte, uint32) []byte
}

func (c *compiler) classic(o appender, magic uint32, tick time.Duration) []byte {
	b := o.AppendUint32(nil, magic)
	b = o.AppendUint16(b, 2)
	b = o.AppendUint16(b, 4)
	b = o.AppendUint32(b, 0)
	b = o.AppendUint32(b, 0)
	b = o.AppendUint32(b, uint32(c.snaplen))
	b = o.AppendUint32(b, linkNumbers[c.links[0]])
	for _, p := range c.out {
		b = o.AppendUint32(b, uint32(p.at.Unix()))
		b = o.AppendUint32(b, uint32(time.Duration(p.at.Nanosecond())/tick))
		b = o.AppendUint32(b, uint32(p.captured))
		b = o.AppendUint32(b, uint32(p.wire))
		if magic == 0xa1b2cd34 {
			b = o.AppendUint32(b, uint32(p.iface))
			b = o.AppendUint16(b, 0x0800)
			b = append(b, 0, 0)
		}
		b = append(b, p.frame[:p.captured]...)
	}
	return b
}

func (c *compiler) blocks(o appender) []byte {
	block := func(b []byte, kind uint32, body []byte) []byte {
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
		size := uint32(12 + len(body))
		b = o.AppendUint32(b, kind)
		b = o.AppendUint32(b, size)
		b = append(b, body...)
		return o.AppendUint32(b, size)
	}
	head := o.AppendUint32(nil, 0x1a2b3c4d)
	head = o.AppendUint16(head, 1)
	head = o.AppendUint16(head, 0)
	head = append(head, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	b := block(nil, 0x0a0d0d0a, head)
	for _, l := range c.links {
		body := o.AppendUint16(nil, uint16(linkNumbers[l]))
		body = o.AppendUint16(body, 0)
		body = o.AppendUint32(body, uint32(c.snaplen))
		body = o.AppendUint16(body, 9)
		body = o.AppendUint16(body, 1)
		body = append(body, 9, 0, 0, 0)
		body = o.AppendUint32(body, 0)
		b = block(b, 1, body)
	}
	stamp := func(b []byte, t time.Time) []byte {
		n := uint64(t.UnixNano())
		return o.AppendUint32(o.AppendUint32(b, uint32(n>>32)), uint32(n))
	}
	for _, p := range c.out {
		body := stamp(o.AppendUint32(nil, uint32(min(p.iface, len(c.links))-1)), p.at)
		body = o.AppendUint32(body, uint32(p.captured))
		body = o.AppendUint32(body, uint32(p.wire))
		b = block(b, 6, append(body, p.frame[:p.captured]...))
	}
	if c.drops > 0 {
		body := stamp(o.AppendUint32(nil, 0), c.now)
		body = o.AppendUint16(body, 5)
		body = o.AppendUint16(body, 8)
		n := uint64(c.drops)
		if _, big := o.(interface{ PutUint64([]byte, uint64) }); big {
			eight := make([]byte, 8)
			o.(interface{ PutUint64([]byte, uint64) }).PutUint64(eight, n)
			body = append(body, eight...)
		}
		body = o.AppendUint32(body, 0)
		b = block(b, 5, body)
	}
	return b
}

func (c *compiler) snoop() []byte {
	o := binary.BigEndian
	b := append([]byte("snoop\x00\x00\x00"), 0, 0, 0, 2, 0, 0, 0, 4)
	for _, p := range c.out {
		pad := (4 - p.captured%4) % 4
		b = o.AppendUint32(b, uint32(p.wire))
		b = o.AppendUint32(b, uint32(p.captured))
		b = o.AppendUint32(b, uint32(24+p.captured+pad))
		b = o.AppendUint32(b, uint32(c.drops))
		b = o.AppendUint32(b, uint32(p.at.Unix()))
		b = o.AppendUint32(b, uint32(p.at.Nanosecond()/1000))
		b = append(append(b, p.frame[:p.captured]...), make([]byte, pad)...)
	}
	return b
}
