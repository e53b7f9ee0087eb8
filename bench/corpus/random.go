package main

// A random is a stream of numbers that is the same everywhere and for ever
// (splitmix64), which math/rand does not promise for its derived functions.
type random struct{ state uint64 }

// newRandom derives a stream from a seed and the names of what it is for.
func newRandom(seed uint64, names ...string) *random {
	r := &random{seed}
	for _, name := range names {
		for _, c := range []byte(name) {
			r.state = r.next() ^ uint64(c)
		}
	}
	return r
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below gives a number from 0 to n-1.
func (r *random) below(n int) int { return int(r.next() >> 11 % uint64(n)) }

// between gives a number from low to high.
func (r *random) between(low, high int) int { return low + r.below(high-low+1) }

// about gives a number around mean, from 0 to twice of it.
func (r *random) about(mean int) int { return r.below(2*mean + 1) }

func (r *random) fill(b []byte) {
	for i := range b {
		b[i] = byte(r.next() >> 32)
	}
}
