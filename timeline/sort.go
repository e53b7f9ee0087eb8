package timeline

import (
	"cmp"
	"math/bits"
	"slices"
)

// A sorter puts the records of a buffer with too many stretches in order, so
// that a source whose records are shuffled costs one stretch a buffer and not
// one a record. It sorts by digits: a comparison sort costs eight times as much.
type sorter struct {
	keys, spare []sortKey
	groups      []stretch
	ids         map[stretch]uint32
	out         []byte
	counts      [1 << digitBits]uint32
}

const digitBits = 11

type sortKey struct {
	key   uint64 // from the lowest in the buffer
	group uint32 // stretches that may become one
	at    uint32 // in the buffer, which is also the order of arrival
}

// sortBuffer replaces the stretches that lie in the buffer by as few as can be.
func (l *Lane) sortBuffer() {
	w := &l.sorter
	w.collect(l)
	w.sort(l.buf)
	runs := l.runs[:l.inBuf]
	if l.inBuf < len(l.runs) && l.runs[l.inBuf].from < l.base {
		cut := l.runs[l.inBuf] // what of it was written before stays a stretch
		cut.to = l.base
		runs = append(runs, cut)
	}
	w.out = w.out[:0]
	last := ^uint32(0)
	for _, k := range w.keys {
		b := l.buf[k.at:]
		if k.group != last {
			r := w.groups[k.group]
			r.lane = l
			r.from = l.base + int64(len(w.out))
			runs = append(runs, r)
			last = k.group
		}
		w.out = append(w.out, b[:order.Uint32(b[8:])]...)
		runs[len(runs)-1].to = l.base + int64(len(w.out))
	}
	l.runs = runs
	l.buf, w.out = w.out, l.buf
	l.running = false
}

// collect lists the records of the buffer.
func (w *sorter) collect(l *Lane) {
	w.keys, w.groups = w.keys[:0], w.groups[:0]
	if w.ids == nil {
		w.ids = map[stretch]uint32{}
	}
	clear(w.ids)
	lowest := always
	for i := l.inBuf; i < len(l.runs); i++ {
		r := &l.runs[i]
		at, to := max(r.from, l.base), r.to
		g := w.group(r)
		for at < to {
			b := l.buf[at-l.base:]
			key := int64(order.Uint64(b))
			lowest = min(lowest, key)
			w.keys = append(w.keys, sortKey{uint64(key), g, uint32(at - l.base)})
			at += int64(order.Uint32(b[8:]))
		}
	}
	for i := range w.keys {
		w.keys[i].key -= uint64(lowest)
	}
}

// group numbers what a stretch has in common with others.
func (w *sorter) group(r *stretch) uint32 {
	same := *r
	same.lane, same.from, same.to = nil, 0, 0
	id, ok := w.ids[same]
	if !ok {
		id = uint32(len(w.groups))
		w.ids[same] = id
		w.groups = append(w.groups, same)
	}
	return id
}

// sort orders by group, key, line and arrival.
func (w *sorter) sort(buf []byte) {
	var most uint64
	for i := range w.keys {
		most |= w.keys[i].key
	}
	if len(w.spare) < len(w.keys) {
		w.spare = make([]sortKey, cap(w.keys))
	}
	for shift := 0; shift < bits.Len64(most); shift += digitBits {
		w.pass(func(k *sortKey) uint32 { return uint32(k.key>>shift) & (1<<digitBits - 1) })
	}
	for shift := 0; shift < bits.Len(uint(len(w.groups)-1)); shift += digitBits {
		w.pass(func(k *sortKey) uint32 { return k.group >> shift & (1<<digitBits - 1) })
	}
	// Records of one time came by arrival; they go by line.
	for i := 0; i < len(w.keys); {
		n := i + 1
		for n < len(w.keys) && w.keys[n].key == w.keys[i].key && w.keys[n].group == w.keys[i].group {
			n++
		}
		if n > i+1 {
			slices.SortStableFunc(w.keys[i:n], func(a, b sortKey) int {
				return cmp.Compare(lineOf(buf[a.at:]), lineOf(buf[b.at:]))
			})
		}
		i = n
	}
}

// pass orders by one digit, and leaves the order of equal ones.
func (w *sorter) pass(digit func(*sortKey) uint32) {
	clear(w.counts[:])
	for i := range w.keys {
		w.counts[digit(&w.keys[i])]++
	}
	sum := uint32(0)
	for i, n := range w.counts {
		w.counts[i] = sum
		sum += n
	}
	to := w.spare[:len(w.keys)]
	for i := range w.keys {
		d := digit(&w.keys[i])
		to[w.counts[d]] = w.keys[i]
		w.counts[d]++
	}
	w.keys, w.spare = to, w.keys[:cap(w.keys)]
}
