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
func (b *block) firstOf(head []byte) (n int, err error) {
	for n < len(head) {
		k, quiet, err := b.live.More(head[n:])
		n += k
		if quiet {
			b.hushed = true
			break
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// readLive appends what a live member gives, or notes that it is quiet.
func (b *block) readLive() {
	room := b.grow()
	if len(b.ahead) > 0 {
		n := copy(room, b.ahead)
		b.ahead = b.ahead[n:]
		b.buf = b.buf[:len(b.buf)+n]
		return
	}
	if b.hushed { // it was quiet when the first bytes were read, and is told once
		b.hushed, b.quiet = false, true
		return
	}
	n, quiet, err := b.live.More(room)
	b.buf, b.quiet = b.buf[:len(b.buf)+n], quiet
	if err != nil {
		b.eof = true
		if !errors.Is(err, io.EOF) {
			b.fault = err
		}
	}
}
