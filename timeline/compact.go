package timeline

import "fmt"

// A merge of very many stretches waits for memory at each step: twenty thousand
// small sources make twenty thousand of them, a large shuffled one a stretch for
// each buffer. So where there are more than manyRuns, neighbours in the logs are
// merged first, into stretches of one more file whose records carry their
// settled time.
const (
	manyRuns   = 256
	compactRun = 8 << 20 // bytes of records that are merged into one, at least
	prefixSize = 24      // time, rank, lane, host; see prefix
)

const (
	prefixEach  = 1 << iota // look at each event for its host
	prefixKnown             // its zone is known
)

// compact lowers the number of stretches; once, before the first replay.
func (t *Timeline) compact() error {
	if len(t.runs) <= manyRuns || t.merged != nil {
		return nil
	}
	f, err := t.create("merged.log")
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	t.merged = f
	var total int64
	for i := range t.runs {
		total += t.runs[i].to - t.runs[i].from
	}
	size := max(compactRun, total/(manyRuns/4))
	var out []stretch
	w := &mergedWriter{t: t}
	for i := 0; i < len(t.runs); {
		n, bytes := i, int64(0)
		for n < len(t.runs) && (n == i || bytes+t.runs[n].to-t.runs[n].from <= size) {
			bytes += t.runs[n].to - t.runs[n].from
			n++
		}
		if n == i+1 {
			out = append(out, t.runs[i])
		} else if out, err = w.merge(out, t.runs[i:n]); err != nil {
			return err
		}
		i = n
	}
	t.runs = out
	return nil
}

// A mergedWriter appends merged stretches to the file.
type mergedWriter struct {
	t    *Timeline
	buf  []byte
	base int64
}

func (w *mergedWriter) merge(out, runs []stretch) ([]stretch, error) {
	m, err := w.t.newMerge(runs, false)
	if err != nil {
		return nil, err
	}
	from := w.base + int64(len(w.buf))
	for len(m.heap) > 0 {
		r := m.top()
		var flags uint32
		if r.each {
			flags |= prefixEach
		}
		if r.known {
			flags |= prefixKnown
		}
		w.buf = order.AppendUint64(w.buf, uint64(r.at))
		w.buf = order.AppendUint32(w.buf, uint32(r.place.rank))
		w.buf = order.AppendUint32(w.buf, uint32(r.lane.number))
		w.buf = order.AppendUint32(w.buf, r.hostID)
		w.buf = order.AppendUint32(w.buf, flags)
		w.buf = append(w.buf, r.chunk[r.off:r.off+r.size]...)
		if len(w.buf) >= laneBuffer {
			if err := w.flush(); err != nil {
				return nil, err
			}
		}
		if err := m.next(); err != nil {
			return nil, err
		}
	}
	if err := w.flush(); err != nil {
		return nil, err
	}
	if w.base > from {
		out = append(out, stretch{from: from, to: w.base, sorted: true})
	}
	return out, nil
}

func (w *mergedWriter) flush() error {
	if err := w.t.spend(len(w.buf)); err != nil {
		return err
	}
	if _, err := w.t.merged.WriteAt(w.buf, w.base); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	w.base += int64(len(w.buf))
	w.buf = w.buf[:0]
	return nil
}

// prefix reads what compact put before a record.
func (r *reader) prefix(t *Timeline) error {
	b := r.chunk[r.off:]
	r.at = int64(order.Uint64(b))
	rank, lane := int(order.Uint32(b[8:])), int(order.Uint32(b[12:]))
	if rank >= len(t.places) || lane < 1 || lane > len(t.lanes) {
		return errDamaged
	}
	flags := order.Uint32(b[20:])
	r.each, r.known = flags&prefixEach != 0, flags&prefixKnown != 0
	if p := t.places[rank]; p != r.place || r.hostID != order.Uint32(b[16:]) || r.lane != t.lanes[lane-1] {
		r.place, r.lane, r.hostID = p, t.lanes[lane-1], order.Uint32(b[16:])
		r.flows = p.flows
		r.host = r.hostName()
	}
	r.off += prefixSize
	return nil
}

// hostName is the settled name of the host whose stretch the reader is in.
func (r *reader) hostName() string {
	if h := r.settledHost(); h != nil {
		return h.name
	}
	return ""
}

func (r *reader) settledHost() *host {
	if r.hostID != 0 && r.hostID != noHost && int(r.hostID) < len(r.lane.resolved) {
		if h := r.lane.resolved[r.hostID]; h != nil {
			return h
		}
	}
	return r.place.host
}
