package timeline

// A merge takes the earliest record of many stretches, again and again. The heap
// holds small values without pointers, and the top is replaced, not taken off and
// put back: both measured to be several times faster than container/heap.
type merge struct {
	t       *Timeline
	heap    []ahead
	readers []*reader
}

type ahead struct {
	at   int64
	rank int32 // of the first source of the member
	r    int32 // in readers
}

const (
	defaultMemory = 32 << 20
	minRoom       = 4 << 10
	maxRoom       = 256 << 10
)

func (t *Timeline) newMerge(runs []stretch, texts bool) (*merge, error) {
	m := &merge{t: t, heap: make([]ahead, 0, len(runs))}
	room := int(min(max(t.memory/int64(2*len(runs)+1), minRoom), maxRoom))
	for i := range runs {
		r, err := t.open(&runs[i], room, texts)
		if err != nil {
			return nil, err
		}
		if r != nil {
			m.heap = append(m.heap, ahead{r.at, r.place.chief, int32(len(m.readers))})
			m.readers = append(m.readers, r)
		}
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	return m, nil
}

// top is the reader of the earliest record.
func (m *merge) top() *reader { return m.readers[m.heap[0].r] }

// next steps past the record on top.
func (m *merge) next() error {
	r := m.top()
	ok, err := r.next(m.t)
	if err != nil {
		return err
	}
	if ok {
		m.heap[0].at, m.heap[0].rank = r.at, r.place.chief
	} else {
		m.readers[m.heap[0].r] = nil
		last := len(m.heap) - 1
		m.heap[0] = m.heap[last]
		m.heap = m.heap[:last]
	}
	m.down(0)
	return nil
}

func (m *merge) down(i int) {
	h := m.heap
	if i >= len(h) {
		return
	}
	moving := h[i]
	for {
		c := 2*i + 1
		if c >= len(h) {
			break
		}
		if c+1 < len(h) && m.before(&h[c+1], &h[c]) {
			c++
		}
		if !m.before(&h[c], &moving) {
			break
		}
		h[i] = h[c]
		i = c
	}
	h[i] = moving
}

// before is the total order: time, member, written time, line, section, number.
// What a transcript shows within one second stays in the order of its lines.
func (m *merge) before(a, b *ahead) bool {
	if a.at != b.at {
		return a.at < b.at
	}
	if a.rank != b.rank {
		return a.rank < b.rank
	}
	x, y := m.readers[a.r], m.readers[b.r]
	switch {
	case x.key != y.key:
		return x.key < y.key
	case x.line != y.line:
		return x.line < y.line
	case x.place.rank != y.place.rank:
		return x.place.rank < y.place.rank
	}
	return x.seq < y.seq
}
