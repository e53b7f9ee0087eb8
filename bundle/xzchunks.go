package bundle

import (
	"fmt"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// xzChunks gives the module that decodes LZMA2 whole chunks only. The module
// hands out nothing of a chunk that it cannot decode to the end, and its error
// does not tell a cut from damage; here the sizes of each chunk are known, so
// that a cut can be told exactly, and no byte behind the block is read.
type xzChunks struct {
	in    io.Reader
	left  int64 // of the block as its header has it; negative: not told
	buf   [6 + 1<<16]byte
	have  []byte // what of buf is still to be handed out
	ended bool   // the end marker was handed out
	err   error  // what ended the chunks before their end marker
}

// A cutChunk is a chunk that is not whole, so that nothing of it can be had.
type cutChunk struct{ packed, unpacked int }

func (c cutChunk) Error() string { return c.lost() }
func (cutChunk) Unwrap() error   { return io.ErrUnexpectedEOF }

func (c cutChunk) lost() string {
	return fmt.Sprintf("the last %s are part of a block of %s that can only be unpacked whole", count(int64(c.packed), "byte"), count(int64(c.unpacked), "byte"))
}

// newXzData returns a decoder of the chunks in in.
func newXzData(in *xzChunks, dictionary int) (lz *lzma.Reader2, err error) {
	defer func() {
		if recover() != nil {
			lz, err = nil, errXz
		}
	}()
	return lzma.Reader2Config{DictCap: max(dictionary, lzma.MinDictCap)}.NewReader2(in)
}

// Read never reports more than the end: the module would keep back what it has
// when it meets another error. Whoever reads from the module asks c.err.
func (c *xzChunks) Read(p []byte) (int, error) {
	if len(c.have) == 0 {
		if c.ended || c.err != nil {
			return 0, io.EOF
		}
		if c.err = c.next(); len(c.have) == 0 {
			return 0, io.EOF
		}
	}
	n := copy(p, c.have)
	c.have = c.have[n:]
	return n, nil
}

// next reads a chunk. Of one that is stored as it is, a part will do.
func (c *xzChunks) next() error {
	head, err := c.header()
	if err != nil || c.ended {
		return err
	}
	size, unpacked := int(c.buf[1])<<8+int(c.buf[2])+1, 0
	stored := c.buf[0] < 0x80
	if !stored {
		unpacked = int(c.buf[0]&0x1f)<<16 + size
		size = int(c.buf[3])<<8 + int(c.buf[4]) + 1
	}
	if c.left >= 0 {
		if c.left -= int64(head + size); c.left < 0 {
			return errXz
		}
	}
	n, err := io.ReadFull(c.in, c.buf[head:head+size])
	switch err = notEOF(err); {
	case err == nil || stored:
		c.have = c.buf[:head+n]
		return err
	case err == io.ErrUnexpectedEOF:
		return cutChunk{n, unpacked}
	}
	return err
}

// header reads the header of a chunk, or the end marker, and returns its size.
func (c *xzChunks) header() (size int, err error) {
	if _, err := io.ReadFull(c.in, c.buf[:1]); err != nil {
		return 0, notEOF(err)
	}
	switch control := c.buf[0]; {
	case control == 0:
		c.have, c.ended = c.buf[:1], true
		return 1, nil
	case control < 3:
		size = 3
	case control < 0x80:
		return 0, errXz
	case control < 0xc0:
		size = 5
	default:
		size = 6
	}
	_, err = io.ReadFull(c.in, c.buf[1:size])
	return size, notEOF(err)
}
