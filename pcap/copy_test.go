package pcap

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"testing"
	"testing/iotest"

	"forensic/event"
	"forensic/fixtures"
)

// nothing is an Editor that changes nothing, and counts what it is shown.
func nothing(packets *int) Editor {
	return Editor{
		Packet: func(p *Piece) { *packets++ },
		Block:  func(uint32, bool, []byte) {},
		Raw:    func([]byte) {},
	}
}

// A copy through an editor that changes nothing is the capture, whole, cut or
// damaged, however it is read.
func TestCopyIsTheCapture(t *testing.T) {
	for name, b := range captures(t) {
		damaged := bytes.Clone(b)
		binary.LittleEndian.PutUint32(damaged[min(len(damaged)/2, len(damaged)-4):], 0xfffffff0)
		for what, in := range map[string][]byte{"whole": b, "cut": b[:len(b)*2/3], "damaged": damaged} {
			if len(in) < 24 {
				continue
			}
			for how, r := range map[string]io.Reader{"at once": bytes.NewReader(in), "by bytes": iotest.OneByteReader(bytes.NewReader(in)), "by halves": iotest.HalfReader(bytes.NewReader(in))} {
				var out bytes.Buffer
				n := 0
				if _, err := Copy(context.Background(), r, &out, nothing(&n)); err != nil {
					t.Errorf("%s, %s, %s: %v", name, what, how, err)
				}
				if !bytes.Equal(out.Bytes(), in) {
					t.Errorf("%s, %s, %s: %d bytes became %d", name, what, how, len(in), out.Len())
				}
			}
		}
	}
}

// Where payload and addresses are changed, checksums that were right stay right,
// and the rest of the capture stays.
func TestCopyMendsChecksums(t *testing.T) {
	mended := 0
	for name, b := range captures(t) {
		in := right(t, b)
		var out bytes.Buffer
		_, err := Copy(context.Background(), bytes.NewReader(in), &out, Editor{
			Packet: func(p *Piece) {
				for i := range p.Payload {
					p.Payload[i] ^= byte(i)
				}
				seen := 0
				p.Addrs(func(a []byte) {
					a[len(a)-1] ^= 0x15
					seen++
				})
				if p.Src.Port() > 0 && seen < 2 {
					t.Errorf("%s: %d addresses of a packet from %s to %s were shown", name, seen, p.Src, p.Dst)
				}
			},
			Block: func(uint32, bool, []byte) {}, Raw: func([]byte) {},
		})
		if err != nil || out.Len() != len(in) {
			t.Errorf("%s: %d bytes became %d: %v", name, len(in), out.Len(), err)
		}
		if again := right(t, out.Bytes()); !bytes.Equal(again, out.Bytes()) {
			t.Errorf("%s: a checksum is wrong", name)
		}
		if !bytes.Equal(in, out.Bytes()) {
			mended++
		}
	}
	if mended < 50 {
		t.Errorf("only %d captures were changed", mended)
	}
}

// right returns the capture with every checksum computed anew.
func right(t *testing.T, b []byte) []byte {
	t.Helper()
	b = bytes.Clone(b)
	src := newSource(bytes.NewReader(b))
	var acc account
	var out bytes.Buffer
	src.told = func(p []byte) { out.Write(p) }
	box, err := open(src, &acc)
	if err != nil {
		t.Fatal(err)
	}
	d := decoder{acc: &acc, places: &places{}}
	var rec record
	for number := 1; box.next(&rec) == nil; number++ {
		d.places.all = d.places.all[:0]
		if d.decode(&rec, number) != decoded {
			continue
		}
		for i := len(d.places.all) - 1; i >= 0; i-- {
			pl := d.places.all[i]
			at := map[byte]int{'4': 10, 't': 16, 'u': 6}[pl.kind]
			if at == 0 || len(pl.b) < at+2 || !lies(pl.b, rec.data) || pl.kind == 'u' && pl.b[6]|pl.b[7] == 0 {
				continue
			}
			pl.b[at], pl.b[at+1] = 0, 0
			binary.BigEndian.PutUint16(pl.b[at:], ^uint16(d.places.sum(i)))
		}
	}
	src.skip(1 << 62)
	src.tell()
	return out.Bytes()
}

// What is told of a copy whose payload was overwritten is the same but for it.
func TestCopyKeepsTheStory(t *testing.T) {
	for name, b := range captures(t) {
		var out bytes.Buffer
		n := 0
		if _, err := Copy(context.Background(), bytes.NewReader(b), &out, nothing(&n)); err != nil {
			t.Fatal(err)
		}
		var a, c Summary
		a, _ = Read(context.Background(), bytes.NewReader(b), Options{}, func(*event.Event) error { return nil })
		c, _ = Read(context.Background(), bytes.NewReader(out.Bytes()), Options{}, func(*event.Event) error { return nil })
		if a.Account != c.Account || a.Account.Packets != n {
			t.Errorf("%s: %+v became %+v; %d packets were shown", name, a.Account, c.Account, n)
		}
	}
}

func captures(t *testing.T) map[string][]byte {
	t.Helper()
	cases, err := fixtures.Under("../fixtures/flows")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, c := range cases {
		for _, f := range c.Files {
			if ok, _ := Sniff(f.Data); ok {
				all[c.Path+": "+f.Name] = f.Data
			}
		}
	}
	if len(all) < 50 {
		t.Fatalf("%d captures", len(all))
	}
	return all
}
