package parsers

import (
	"errors"
	"io"
)

// Live is the Reader of a member that is still growing. A record is told when
// the next one begins; where none does, for a while, it is told as it stands.
type Live interface {
	io.Reader

	// More reads like Read, but comes back with nothing, and says so, when
	// nothing came for a while after something had.
	More(p []byte) (n int, quiet bool, err error)
}

// firstOf reads what is there of a live member: not more than fits, and perhaps
// nothing.
func (f *feed) firstOf(head []byte) (n int, err error) {
	for n < len(head) {
		k, quiet, err := f.live.More(head[n:])
		n += k
		if quiet {
			f.hushed = true
			break
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// readLive appends what a live member gives, or notes that it is quiet.
func (f *feed) readLive(c *chunk) (n int) {
	room := c.mem[c.to:]
	if len(f.before) > 0 {
		n = copy(room, f.before)
		f.before = f.before[n:]
		return n
	}
	if f.hushed { // behind the first bytes, and is told once
		f.hushed, c.quiet = false, true
		return 0
	}
	n, quiet, err := f.live.More(room)
	c.quiet = quiet
	if err != nil {
		f.eof = true
		if !errors.Is(err, io.EOF) {
			f.fault = err
		}
	}
	return n
}
