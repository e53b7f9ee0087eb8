package bundle

import (
	"fmt"
	"sync/atomic"
)

// shared is what all Roots of one call to Roots count together.
type shared struct {
	members atomic.Int64
	bytes   atomic.Int64
	excess  atomic.Int64  // unpacked at a higher ratio than allowed: a small file of zeros is no attack
	large   chan struct{} // a token for whoever holds large windows
}

func newShared() *shared { return &shared{large: make(chan struct{}, 1)} }

// budget is the limit on unpacked bytes, over all levels and Roots. Producers
// ask it from their goroutines.
type budget struct {
	*shared
	max int64
}

// spend takes n bytes; false: there is nothing left.
func (b *budget) spend(n int64) bool {
	if b == nil {
		return true
	}
	return b.bytes.Add(n) <= b.max
}

func (b *budget) exceeded() *damage {
	return &damage{
		what:  fmt.Sprintf("the whole input unpacks to more than %d bytes, the limit", b.max),
		limit: true, at: -1, resumed: -1,
	}
}

// judge holds the work of a flow against the ratio. It runs in the goroutine of
// the walk and counts only what that has taken over, so that the same input is
// cut at the same byte however fast the decoders ran ahead.
func (w *walker) judge(f *flow) *damage {
	excess := w.shared.excess.Load()
	if d := f.hot - f.paid; d != 0 {
		f.paid = f.hot
		excess = w.shared.excess.Add(d)
	}
	if excess > w.lim.RatioAfter && f.ratio > float64(w.lim.Ratio) {
		return &damage{
			what:  fmt.Sprintf("unpacks to more than %d times its size, the limit", w.lim.Ratio),
			limit: true, at: -1, resumed: -1,
		}
	}
	return nil
}
