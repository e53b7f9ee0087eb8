package pcap

import (
	"hash/maphash"
	"math/bits"
)

// An index finds a flow by its key. It holds only numbers and a part of the
// hash; the key itself stands in the flow, which is wanted next anyway. The
// hash is seeded, so that nobody can write a capture whose keys all collide.
type index struct {
	slots []slot // a power of two of them, at most half in use
	used  int
	seed  uint64
}

type slot struct {
	tag  uint32 // hash; its low bits say where the slot should be
	flow int32  // 0: free
}

func newIndex() index {
	return index{slots: make([]slot, 1024), seed: maphash.Comparable(maphash.MakeSeed(), 0)}
}

func (x *index) tag(k *flowKey) uint32 {
	h := mix(k.a.hi^x.seed, k.a.lo^0x9e3779b97f4a7c15)
	h = mix(h^k.b.hi, k.b.lo^x.seed)
	return uint32(mix(h^k.ports, x.seed^0xd6e8feb86659fd93) >> 16)
}

func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low ^ a
}

// find returns the flow with that key, or nil.
func (t *table) lookup(k *flowKey) *Flow {
	x := &t.index
	tag, mask := x.tag(k), uint32(len(x.slots)-1)
	for i := tag & mask; ; i = (i + 1) & mask {
		s := x.slots[i]
		if s.flow == 0 {
			return nil
		}
		if s.tag == tag {
			if f := t.at(s.flow); f.key.is(k) {
				return f
			}
		}
	}
}

// add puts in a key that is not there.
func (x *index) add(k *flowKey, n int32) {
	if x.used*2 >= len(x.slots) {
		old := x.slots
		x.slots = make([]slot, len(old)*2)
		for _, s := range old {
			if s.flow != 0 {
				x.place(s)
			}
		}
	}
	x.used++
	x.place(slot{x.tag(k), n})
}

func (x *index) place(s slot) {
	mask := uint32(len(x.slots) - 1)
	i := s.tag & mask
	for x.slots[i].flow != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = s
}

// remove takes a flow out and closes the gap, so that what was put behind it
// for want of room is still found.
func (x *index) remove(k *flowKey, n int32) {
	mask := uint32(len(x.slots) - 1)
	i := x.tag(k) & mask
	for x.slots[i].flow != n {
		i = (i + 1) & mask
	}
	x.used--
	for j := i; ; {
		x.slots[i] = slot{}
		for {
			j = (j + 1) & mask
			s := x.slots[j]
			if s.flow == 0 {
				return
			}
			if home := s.tag & mask; (j-home)&mask >= (j-i)&mask {
				break
			}
		}
		x.slots[i], i = x.slots[j], j
	}
}
