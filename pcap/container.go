package pcap

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
	"time"
)

// A record is one captured packet as its container holds it.
type record struct {
	data    []byte // what was captured; good until the next record
	wire    int    // how long the packet was
	time    int64  // nanoseconds since 1970 UTC
	timed   bool   // false: the container wrote no time, or one outside 1970 to 2261
	step    time.Duration
	link    uint16
	iface   int  // which interface of the capture, from 1; 0 where the container does not say
	several bool // the capture was taken on more than one
	offset  int64
	length  int
}

// A container reads records one after the other. It ends with io.EOF; what was
// odd it has told to the account.
type container interface {
	next(rec *record) error
}

// Sniff tells whether a member that begins like this is a capture that Read can
// read, and which.
func Sniff(head []byte) (ok bool, why string) {
	if len(head) < 8 {
		return false, ""
	}
	switch magic := binary.LittleEndian.Uint32(head); magic {
	case magicSection:
		if len(head) >= 12 {
			switch binary.LittleEndian.Uint32(head[8:]) {
			case orderMagic, bits.ReverseBytes32(orderMagic):
				return true, "pcapng section header"
			}
		}
		return false, ""
	default:
		for _, m := range classicMagics {
			if (magic == m.magic || bits.ReverseBytes32(magic) == m.magic) && len(head) >= 24 { // a whole file header
				return true, "pcap file header"
			}
		}
	}
	if bytes.HasPrefix(head, snoopMagic) && len(head) >= 16 {
		return true, "snoop file header"
	}
	return false, ""
}

// open chooses the container by its first bytes.
func open(src *source, acc *account) (container, error) {
	head := src.peek(24)
	ok, _ := Sniff(head)
	switch {
	case !ok:
		return nil, errNoCapture
	case binary.LittleEndian.Uint32(head) == magicSection:
		return &blocks{src: src, acc: acc}, nil
	case bytes.HasPrefix(head, snoopMagic):
		return openSnoop(src, acc)
	}
	return openClassic(src, acc)
}

// cutShort accounts for the rest of a capture that ends inside a record.
func cutShort(src *source, acc *account, what string) error {
	at := src.at
	left := src.skip(maxPacket * 2)
	acc.problem(what, atByte(at))
	acc.Unparsed += left
	return io.EOF
}

// width returns how wide one tick of a clock is.
func width(perSecond uint64) time.Duration {
	if perSecond == 0 || perSecond >= uint64(time.Second) {
		return time.Nanosecond
	}
	return time.Duration(uint64(time.Second) / perSecond)
}
