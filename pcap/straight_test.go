package pcap

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"reflect"
	"testing"
)

// The short way and the layers see the same in every segment that the short way
// takes: whole ones, and ones cut or changed anywhere.
func TestStraight(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var acc account
	short, long := decoder{acc: &acc}, decoder{acc: &acc}
	taken := 0
	for n := range 200_000 {
		frame := frames[n%len(frames)](random)
		for range random.IntN(3) { // mostly in the headers
			frame[random.IntN(min(len(frame), 14+4+40+20))] = byte(random.Uint32())
		}
		captured := frame
		if random.IntN(4) == 0 {
			captured = frame[:random.IntN(len(frame)+1)]
		}
		rec := record{
			data: captured, wire: len(frame), time: int64(n), timed: n%5 > 0, link: linkEthernet,
			iface: random.IntN(3), several: n%2 == 0, offset: int64(n), length: len(captured) + 16,
		}
		short.out, long.out = packet{}, packet{}
		if !short.straight(&rec, n) {
			continue
		}
		taken++
		if v := long.layered(&rec, n); v != decoded {
			t.Fatalf("% x: the layers say %d", captured, v)
		}
		a, b := short.out, long.out
		if !bytes.Equal(a.payload, b.payload) {
			t.Fatalf("% x: payload % x, by the layers % x", captured, a.payload, b.payload)
		}
		a.payload, b.payload = nil, nil
		b.hardware = a.hardware // only looked at in ARP
		if short.cut != long.cut || !reflect.DeepEqual(a, b) {
			t.Fatalf("% x:\n%+v\nby the layers\n%+v", captured, a, b)
		}
	}
	if taken < 50_000 {
		t.Errorf("only %d segments were taken", taken)
	}
}

var frames = []func(*rand.Rand) []byte{
	func(r *rand.Rand) []byte { return frame4(r, nil) },
	func(r *rand.Rand) []byte { return frame4(r, []byte{0, 42, 8, 0}) },
	func(r *rand.Rand) []byte { return frame6(r) },
}

// frame4 is a segment in IPv4, with options and padding as chance has it.
func frame4(r *rand.Rand, tag []byte) []byte {
	options, payload := r.IntN(11)*4, r.IntN(50)
	total := 40 + options + payload
	b := append(make([]byte, 12, 200), 8, 0)
	if tag != nil {
		b = append(append(b[:12], 0x81, 0), tag...)
	}
	b = append(b, 0x45, 0, byte(total>>8), byte(total), 0, byte(r.Uint32()), 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, byte(r.Uint32()))
	b = segmentOf(r, b, options, payload)
	return append(b, make([]byte, r.IntN(8))...)
}

func frame6(r *rand.Rand) []byte {
	options, payload := r.IntN(11)*4, r.IntN(50)
	b := append(make([]byte, 12, 200), 0x86, 0xdd, 0x60, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(20+options+payload))
	b = append(b, 6, 64)
	b = append(b, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(r.Uint32()))
	return segmentOf(r, b, options, payload)
}

func segmentOf(r *rand.Rand, b []byte, options, payload int) []byte {
	b = append(b, 0x9c, 0x40, 1, 0xbb)
	b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, r.Uint32()), r.Uint32())
	b = append(b, byte(20+options)/4<<4, 0x18, 1, 0xf6, 0, 0, 0, 0)
	for range options {
		b = append(b, 1)
	}
	for range payload {
		b = append(b, byte(r.Uint32()))
	}
	return b
}
