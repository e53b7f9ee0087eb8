package timeline

import (
	"cmp"
	"slices"
)

// A sorter puts the records of a buffer with too many stretches in order, so
// that a source whose records are shuffled costs one stretch a buffer and not
// one a record.
type sorter struct {
	keys   []sortKey
	groups []stretch
	ids    map[stretch]uint32
	out    []byte
}

type sortKey struct {
	group uint32 // stretches that may become one
	key   int64
	line  uint64
	at    uint32 // in the buffer, which is also the order of arrival
}

// sortBuffer replaces the stretches that lie in the buffer by as few as can be.
func (l *Lane) sortBuffer() {
	w := &l.sorter
	w.keys, w.groups = w.keys[:0], w.groups[:0]
	if w.ids == nil {
		w.ids = map[stretch]uint32{}
	}
	clear(w.ids)
	for i := l.inBuf; i < len(l.runs); i++ {
		r := &l.runs[i]
		at, to := max(r.from, l.base), r.to
		g := w.group(r)
		for at < to {
			b := l.buf[at-l.base:]
			w.keys = append(w.keys, sortKey{g, int64(order.Uint64(b)), lineOf(b), uint32(at - l.base)})
			at += int64(order.Uint32(b[8:]))
		}
	}
	slices.SortFunc(w.keys, func(a, b sortKey) int {
		if c := cmp.Compare(a.group, b.group); c != 0 {
			return c
		}
		if c := cmp.Compare(a.key, b.key); c != 0 {
			return c
		}
		if c := cmp.Compare(a.line, b.line); c != 0 {
			return c
		}
		return cmp.Compare(a.at, b.at)
	})
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
