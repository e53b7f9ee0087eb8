package pcap

import "slices"

// A list of flows, in the order in which they were put there.
type list struct{ oldest, newest int32 }

const (
	notListed = iota
	listedLive
	listedClosed
)

const (
	chunk       = 256         // flows allocated together
	lingers     = 15 * second // how long a closed flow waits for stragglers
	second      = int64(1e9)  // of capture time
	sweepAtOnce = 4           // flows looked at for each packet
)

// A table holds the flows that are not finished, a bounded number of them.
// Order by age costs nothing per packet: a flow that spoke since it was put
// into its list is moved when its turn comes.
type table struct {
	index  index
	chunks [][]Flow
	free   []int32
	used   int32
	live   list
	closed list
	last   *Flow
}

func newTable() *table { return &table{index: newIndex()} }

func (t *table) at(n int32) *Flow { return &t.chunks[(n-1)/chunk][(n-1)%chunk] }

func (t *table) find(key *flowKey) *Flow {
	if t.last != nil && t.last.key.is(key) {
		return t.last
	}
	f := t.lookup(key)
	if f != nil {
		t.last = f
	}
	return f
}

// add returns an empty flow.
func (t *table) add(key flowKey, now int64) *Flow {
	var n int32
	if free := len(t.free); free > 0 {
		n, t.free = t.free[free-1], t.free[:free-1]
	} else {
		if int(t.used)%chunk == 0 {
			t.chunks = append(t.chunks, make([]Flow, chunk))
		}
		t.used++
		n = t.used
	}
	f := t.at(n)
	*f = Flow{key: key, slot: n, first: now, last: now, progress: now}
	t.index.add(&key, n)
	t.last = f
	t.put(n, f, listedLive)
	return f
}

// remove forgets a flow. Its storage is used again.
func (t *table) remove(f *Flow) {
	t.take(f.slot, f)
	t.index.remove(&f.key, f.slot)
	t.free = append(t.free, f.slot)
	t.last = nil
}

// close moves a flow to the closed ones.
func (t *table) close(f *Flow) {
	if f.listed == listedClosed {
		return
	}
	t.take(f.slot, f)
	t.put(f.slot, f, listedClosed)
}

func (t *table) list(f *Flow) *list {
	if f.listed == listedClosed {
		return &t.closed
	}
	return &t.live
}

func (t *table) put(n int32, f *Flow, where uint8) {
	f.listed, f.listedAt = where, f.last
	l := t.list(f)
	f.older, f.newer = l.newest, 0
	if l.newest != 0 {
		t.at(l.newest).newer = n
	} else {
		l.oldest = n
	}
	l.newest = n
}

func (t *table) take(n int32, f *Flow) {
	l := t.list(f)
	if f.older != 0 {
		t.at(f.older).newer = f.newer
	} else {
		l.oldest = f.newer
	}
	if f.newer != 0 {
		t.at(f.newer).older = f.older
	} else {
		l.newest = f.older
	}
	f.listed = notListed
}

// expired returns a closed flow that nothing more is expected of, or nil.
func (t *table) expired(now int64) *Flow {
	for range sweepAtOnce {
		n := t.closed.oldest
		if n == 0 {
			return nil
		}
		f := t.at(n)
		switch {
		case now-f.last > lingers || f.last-now > 3600*second: // or time was set back
			return f
		case now-f.listedAt <= lingers:
			return nil
		}
		t.take(n, f) // it was heard of since
		t.put(n, f, listedClosed)
	}
	return nil
}

// victim returns the flow that has to go when there is no room: the longest
// closed, else the longest idle.
func (t *table) victim() *Flow {
	if t.closed.oldest != 0 {
		return t.at(t.closed.oldest)
	}
	var best *Flow
	for range 64 {
		n := t.live.oldest
		f := t.at(n)
		if best == nil || f.last < best.last {
			best = f
		}
		if f.last == f.listedAt {
			break // not heard of since it was put there
		}
		t.take(n, f)
		t.put(n, f, listedLive)
	}
	return best
}

// rest returns the flows that are left, by number.
func (t *table) rest() []*Flow {
	left := make([]*Flow, 0, t.index.used)
	for n := int32(1); n <= t.used; n++ {
		if f := t.at(n); f.listed != notListed {
			left = append(left, f)
		}
	}
	slices.SortFunc(left, func(a, b *Flow) int { return a.number - b.number })
	return left
}
