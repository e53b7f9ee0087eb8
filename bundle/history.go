package bundle

import "io"

// historySize is how far back a search for the next good stream can begin. A
// decoder that lost its way notices within a few blocks.
const historySize = 256 << 10

// A history is the compressed input of a decoder: it counts what was read and
// remembers the last of it, so that a search can begin before the place where
// the decoder noticed damage.
type history struct {
	r      io.Reader
	old    []byte // the last bytes read
	off    int64  // where old ends, in the bytes of the input
	replay int    // bytes at the end of old that are to be read again
	err    error  // what ended the input, io.EOF included
}

func (h *history) Read(p []byte) (int, error) {
	if h.replay > 0 {
		n := copy(p, h.old[len(h.old)-h.replay:])
		h.replay -= n
		return n, nil
	}
	if h.err != nil {
		return 0, h.err
	}
	n, err := h.r.Read(p)
	h.err = err
	h.off += int64(n)
	if len(h.old)+n > 2*historySize && len(h.old) > historySize {
		h.old = h.old[:copy(h.old, h.old[len(h.old)-historySize:])]
	}
	h.old = append(h.old, p[:n]...)
	if n > 0 {
		return n, nil
	}
	return 0, err
}

// position is where the next Read begins.
func (h *history) position() int64 { return h.off - int64(h.replay) }

// rewind goes back to a position, or as far as is remembered.
func (h *history) rewind(to int64) {
	back := min(h.off-to, int64(len(h.old)))
	h.replay = int(max(back, 0))
}

// resume forgets damage of the input behind which good bytes follow.
func (h *history) resume() bool {
	in, ok := h.r.(stream)
	if ok && h.replay == 0 && goesOn(h.err) && in.resume() {
		h.err = nil
		// What was before the hole does not continue behind it.
		h.old = h.old[:0]
		return true
	}
	return false
}

// since returns what is remembered from a position on.
func (h *history) since(at int64) []byte {
	return h.old[max(int64(len(h.old))-(h.off-at), 0):]
}
