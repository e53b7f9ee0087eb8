package pcap

const (
	maxDatagrams = 256      // put together at the same time
	maxPieces    = 128      // of one datagram
	pieceTime    = 30 * 1e9 // nanoseconds, as Linux waits
)

// A pieceKey names the datagram a fragment belongs to.
type pieceKey struct {
	src, dst address
	id       uint32
	proto    uint8
}

// A datagram is put together from fragments that may come in any order.
type datagram struct {
	since int64
	bytes []byte
	have  [][2]int // ranges that came, in order of arrival
	total int      // -1 until the last fragment came
}

// fragments holds a bounded number of datagrams. What is given up is counted.
type fragments struct {
	open   map[pieceKey]*datagram
	order  []pieceKey // oldest first
	spare  []*datagram
	lost   int // datagrams given up
	joined int
}

// piece takes one fragment. The last one that comes stands for the datagram.
func (d *decoder) piece(key pieceKey, offset int, more bool, b []byte, length int) error {
	d.out.content = fragment
	if len(b) < length || offset+length > 65535 || more && length%8 != 0 || length <= 0 {
		// Cut by the snap length, or no fragment at all: the first one still
		// shows whose it is.
		if offset == 0 {
			return d.transport(key.proto, b, length)
		}
		return nil
	}
	f := &d.pieces
	f.expire(d.out.time)
	g := f.datagram(key, d.out.time)
	if g == nil || !g.add(offset, more, b) {
		return nil
	}
	f.joined++
	d.out.content = other
	err := d.transport(key.proto, g.bytes[:g.total], g.total)
	f.remove(key) // its bytes stay good until the next datagram is begun
	return err
}

func (f *fragments) datagram(key pieceKey, now int64) *datagram {
	if g := f.open[key]; g != nil {
		return g
	}
	if f.open == nil {
		f.open = make(map[pieceKey]*datagram)
	}
	if len(f.open) >= maxDatagrams {
		f.lost++
		f.remove(f.order[0])
	}
	g := &datagram{}
	if n := len(f.spare); n > 0 {
		g, f.spare = f.spare[n-1], f.spare[:n-1]
	}
	*g = datagram{since: now, bytes: g.bytes[:0], have: g.have[:0], total: -1}
	f.open[key] = g
	f.order = append(f.order, key)
	return g
}

func (f *fragments) remove(key pieceKey) {
	if g := f.open[key]; g != nil {
		f.spare = append(f.spare, g)
		delete(f.open, key)
	}
	for i, k := range f.order {
		if k == key {
			f.order = append(f.order[:i], f.order[i+1:]...)
			return
		}
	}
}

// expire gives up datagrams whose siblings did not come in time.
func (f *fragments) expire(now int64) {
	for len(f.order) > 0 {
		g := f.open[f.order[0]]
		if g != nil && now-g.since < pieceTime {
			return
		}
		f.lost++
		f.remove(f.order[0])
	}
}

// add tells whether the datagram is whole now. Of bytes that come twice the
// first stay.
func (g *datagram) add(offset int, more bool, b []byte) bool {
	end := offset + len(b)
	if len(g.have) >= maxPieces || g.total >= 0 && end > g.total {
		return false
	}
	if !more {
		if g.total >= 0 && g.total != end {
			return false
		}
		g.total = end
	}
	if end > len(g.bytes) {
		g.bytes = append(g.bytes, make([]byte, end-len(g.bytes))...)
	}
	at := offset
	for at < end { // copy what is not there yet
		to, covered := end, false
		for _, r := range g.have {
			if at >= r[0] && at < r[1] {
				at, covered = r[1], true
				break
			}
			if r[0] > at {
				to = min(to, r[0])
			}
		}
		if !covered {
			copy(g.bytes[at:to], b[at-offset:])
			at = to
		}
	}
	g.have = append(g.have, [2]int{offset, end})
	return g.total >= 0 && g.whole()
}

func (g *datagram) whole() bool {
	for at := 0; at < g.total; {
		next := at
		for _, r := range g.have {
			if r[0] <= at && r[1] > next {
				next = r[1]
			}
		}
		if next == at {
			return false
		}
		at = next
	}
	return true
}
