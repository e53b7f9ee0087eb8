package parsers

import "io"

// A utf16Reader decodes UTF-16 to UTF-8 as it is read.
type utf16Reader struct {
	src  io.Reader
	enc  encoding
	raw  []byte
	have int
	odd  int // bytes behind the last whole unit, at the end
	out  []byte
	err  error
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.out) == 0 && r.err == nil {
		if r.raw == nil {
			r.raw = make([]byte, 64<<10)
		}
		n, err := r.src.Read(r.raw[r.have:])
		r.have += n
		r.err = err
		use := r.have &^ 1
		// A first half of a pair waits for its second.
		if use >= 2 && err == nil && r.half(use-2) {
			use -= 2
		}
		r.out = decodeUTF16(r.out[:0], r.raw[:use], r.enc)
		r.have = copy(r.raw, r.raw[use:r.have])
		if err != nil {
			r.odd = r.have
		}
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	if n > 0 {
		return n, nil
	}
	return 0, r.err
}

func (r *utf16Reader) half(i int) bool {
	high := r.raw[i+1]
	if r.enc == asUTF16BE {
		high = r.raw[i]
	}
	return high >= 0xd8 && high < 0xdc
}
