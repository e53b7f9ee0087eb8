package inflate

import (
	"bufio"
	"io"
)

// The flags of a gzip header.
const (
	hasSum     = 1 << 1
	hasExtra   = 1 << 2
	hasName    = 1 << 3
	hasComment = 1 << 4
	reserved   = 0xe0
)

// header reads the header of a member.
func header(in *bufio.Reader) error {
	head, err := in.Peek(10)
	if err != nil {
		if len(head) == 0 {
			return err
		}
		if _, err := in.Discard(len(head)); err != nil { // a header that is cut is used up
			return err
		}
		return io.ErrUnexpectedEOF
	}
	if head[0] != 0x1f || head[1] != 0x8b || head[2] != 8 || head[3]&reserved != 0 {
		return ErrHeader
	}
	flags := head[3]
	if _, err := in.Discard(10); err != nil {
		return err
	}
	if flags&hasExtra != 0 {
		size, err := in.Peek(2)
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		if _, err := in.Discard(2 + int(size[0]) + int(size[1])<<8); err != nil {
			return io.ErrUnexpectedEOF
		}
	}
	for _, f := range [...]byte{hasName, hasComment} {
		if flags&f == 0 {
			continue
		}
		if err := skipString(in); err != nil {
			return err
		}
	}
	if flags&hasSum != 0 {
		if _, err := in.Discard(2); err != nil {
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}

// skipString skips up to a NUL byte; a name longer than 64 KiB is no name.
func skipString(in *bufio.Reader) error {
	for range 64 << 10 {
		c, err := in.ReadByte()
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		if c == 0 {
			return nil
		}
	}
	return ErrHeader
}
