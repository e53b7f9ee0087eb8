package pcap

import (
	"strings"
	"testing"
)

// gopacket's decoder of GRE runs past the end of a packet whose routing field
// is cut off. The guard makes a bad packet of it and the next one is read.
func TestGuard(t *testing.T) {
	gre := append([]byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
		0x45, 0, 0, 24, 0, 1, 0, 0, 64, 47, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0x40, 0, 8, 0)
	var acc account
	d := decoder{acc: &acc}
	if v := d.decode(&record{data: gre, wire: len(gre), link: linkEthernet}, 7); v != bad {
		t.Errorf("verdict %d", v)
	}
	if len(acc.problems) != 1 || !strings.Contains(acc.problems[0].What, "decoder fail") || acc.problems[0].At != "packet 7" {
		t.Errorf("problems %+v", acc.problems)
	}
	arp := append([]byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6},
		0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 2)
	if v := d.decode(&record{data: arp, wire: len(arp), link: linkEthernet}, 8); v != decoded || d.out.content != arpMessage {
		t.Errorf("verdict %d behind a bad packet", v)
	}
}

// Flows are found again whatever was added and removed in between.
func TestIndex(t *testing.T) {
	table := newTable()
	key := func(i int) flowKey {
		return flowKey{address{0, mapped | uint64(i*7919)}, address{uint64(i % 3), uint64(i)}, uint64(i)<<32 | 80}
	}
	const n = 5000
	for i := range n {
		table.add(key(i), 0).number = i
		if i%3 == 0 && i > 100 {
			k := key(i - 100)
			if f := table.lookup(&k); f != nil {
				table.remove(f)
			}
		}
	}
	left := 0
	for i := range n {
		k := key(i)
		f := table.lookup(&k)
		gone := i+100 < n && (i+100)%3 == 0
		if (f == nil) != gone || f != nil && f.number != i {
			t.Fatalf("flow %d: %v, removed %t", i, f, gone)
		}
		if f != nil {
			left++
		}
	}
	if got := len(table.rest()); got != left || table.index.used != left {
		t.Errorf("%d left, %d listed, %d in use", left, got, table.index.used)
	}
}

// Fragments may come in any order, overlap and repeat; the first bytes stay.
func TestDatagram(t *testing.T) {
	whole := []byte("0123456789abcdefghijklmnopqrstuv")
	for _, order := range [][][2]int{
		{{0, 8}, {8, 16}, {16, 32}},
		{{16, 32}, {8, 16}, {0, 8}},
		{{8, 24}, {0, 16}, {0, 16}, {16, 32}},
		{{0, 32}},
	} {
		g := datagram{total: -1}
		done := false
		for i, r := range order {
			if done {
				t.Errorf("%v: whole too early", order)
			}
			piece := append([]byte(nil), whole[r[0]:r[1]]...)
			done = g.add(r[0], r[1] < 32, piece)
			if i > 0 { // what overlaps says something else
				for at := range piece {
					piece[at] = '!'
				}
				g.add(r[0], r[1] < 32, piece)
			}
		}
		if !done || string(g.bytes) != string(whole) {
			t.Errorf("%v: %t %q", order, done, g.bytes)
		}
	}
}

func TestQuantile(t *testing.T) {
	var d delays
	for i := range 100 {
		d.add(int64(i) * 1e6)
	}
	for _, c := range []struct {
		share     float64
		low, high int64
	}{{0.5, 49e6, 62e6}, {0.95, 94e6, 99e6}, {1, 99e6, 99e6}} {
		if got := d.quantile(c.share); got < c.low || got > c.high {
			t.Errorf("%v: %d, want %d to %d", c.share, got, c.low, c.high)
		}
	}
	for us := range uint64(100000) {
		if i := step(us); uint64(upper(i)) <= us || i > 0 && uint64(upper(i-1)) > us {
			t.Fatalf("%d µs fall into step %d, which ends at %d", us, i, upper(i))
		}
	}
}
