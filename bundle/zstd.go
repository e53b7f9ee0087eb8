package bundle

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

const (
	zstdMaxWindow  = 128 << 20
	zstdKeptWindow = 8 << 20 // decoders that needed more are not kept for others
)

func zstdFrame(b []byte) bool {
	return len(b) >= 5 && binary.LittleEndian.Uint32(b) == 0xfd2fb528 && b[4]&8 == 0
}

func zstdSkippable(b []byte) bool {
	return len(b) >= 8 && binary.LittleEndian.Uint32(b)&^15 == 0x184d2a50
}

var zstdCodec = &codec{
	name:  "zstd",
	first: []byte{0x28, 0xb5, 0x2f, 0xfd},
	magic: func(b []byte) bool { return zstdFrame(b) || zstdSkippable(b) },
	sure:  zstdFrame,
	open: func(in *bufio.Reader, mem *windows) (streamDecoder, error) {
		if b, _ := in.Peek(8); zstdSkippable(b) {
			in.Discard(8)
			return &zstdSkip{in, int64(binary.LittleEndian.Uint32(b[4:]))}, nil
		}
		return openZstd(in, mem)
	},
}

// zstdSkip passes over a frame that carries no data.
type zstdSkip struct {
	in   *bufio.Reader
	left int64
}

func (s *zstdSkip) Read([]byte) (int, error) {
	n, err := s.in.Discard(int(min(s.left, blockSize)))
	s.left -= int64(n)
	if s.left == 0 {
		return 0, io.EOF
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return 0, err
}

func (s *zstdSkip) release() {}

var zstdDecoders = sync.Pool{New: func() any {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(zstdMaxWindow), zstd.WithDecoderMaxMemory(zstdMaxWindow))
	if err != nil {
		panic(err) // only wrong options get here
	}
	return d
}}

// A zstdReader decodes one frame.
type zstdReader struct {
	d      *zstd.Decoder
	frame  *zstdFrameReader
	window uint64
}

func openZstd(in *bufio.Reader, mem *windows) (streamDecoder, error) {
	head, _ := in.Peek(18)
	window, size, dictionary, err := zstdHeader(head)
	switch {
	case err != nil:
		return nil, err
	case dictionary:
		return nil, refused{what: "zstd data needs a dictionary that is not in it"}
	case window > zstdMaxWindow:
		return nil, refused{fmt.Sprintf("zstd data asks for a window of %d bytes, the limit is %d", window, zstdMaxWindow), true}
	}
	if err := mem.take(int64(window)); err != nil {
		return nil, err
	}
	z := &zstdReader{frame: &zstdFrameReader{in: in, left: size, checksum: head[4]&4 != 0}, window: window}
	z.d = zstdDecoders.Get().(*zstd.Decoder)
	if err := z.d.Reset(z.frame); err != nil {
		z.release()
		return nil, err
	}
	return z, nil
}

// zstdHeader reads what a frame asks for, before anything is allocated for it.
func zstdHeader(b []byte) (window uint64, size int, dictionary bool, err error) {
	flags := b[4]
	single := flags&0x20 != 0
	size = 5
	if !single {
		size++
	}
	dictSize := [4]int{0, 1, 2, 4}[flags&3]
	contentSize := [4]int{0, 2, 4, 8}[flags>>6]
	if single && contentSize == 0 {
		contentSize = 1
	}
	if len(b) < size+dictSize+contentSize {
		return 0, 0, false, io.ErrUnexpectedEOF
	}
	if !single {
		base := uint64(1) << (10 + b[5]>>3)
		window = base + base/8*uint64(b[5]&7)
	}
	for _, c := range b[size : size+dictSize] {
		dictionary = dictionary || c != 0
	}
	size += dictSize
	if single {
		for i := contentSize - 1; i >= 0; i-- {
			window = window<<8 | uint64(b[size+i])
		}
		if contentSize == 2 {
			window += 256
		}
	}
	return window, size + contentSize, dictionary, nil
}

func (z *zstdReader) Read(p []byte) (int, error) {
	n, err := z.d.Read(p)
	if err != nil {
		switch {
		case errors.Is(err, zstd.ErrCRCMismatch):
			err = errChecksum
		case z.frame.err != nil && err != io.EOF:
			err = z.frame.err
		case err == io.EOF && !z.frame.ended:
			err = io.ErrUnexpectedEOF
		}
	}
	return n, err
}

// effort counts a large window: it is made for the frame, however small.
func (z *zstdReader) effort() int64 {
	if z.window > zstdKeptWindow {
		return int64(z.window)
	}
	return 0
}

func (z *zstdReader) release() {
	if z.window > zstdKeptWindow || z.d.Reset(nil) != nil {
		z.d.Close()
		return
	}
	zstdDecoders.Put(z.d)
}

// A zstdFrameReader hands out the bytes of one frame and ends with it. The
// decoder would read on into whatever follows, and takes a cut magic for the end.
type zstdFrameReader struct {
	in       *bufio.Reader
	left     int // bytes of the header, block or checksum at hand
	head     []byte
	store    [3]byte
	last     bool
	checksum bool
	ended    bool
	err      error
}

func (f *zstdFrameReader) Read(p []byte) (int, error) {
	if f.left == 0 && len(f.head) == 0 && !f.advance() {
		if f.err != nil {
			return 0, f.err
		}
		return 0, io.EOF
	}
	if len(f.head) > 0 {
		n := copy(p, f.head)
		f.head = f.head[n:]
		return n, nil
	}
	n, err := f.in.Read(p[:min(len(p), f.left)])
	f.left -= n
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	f.err = err
	return n, err
}

// advance goes to the next block, or to the checksum; false: the frame is over.
func (f *zstdFrameReader) advance() bool {
	if f.last {
		if f.checksum {
			f.checksum, f.left = false, 4
			return true
		}
		f.ended = true
		return false
	}
	if _, err := io.ReadFull(f.in, f.store[:]); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		f.err = err
		return false
	}
	f.head = f.store[:]
	v := int(f.store[0]) | int(f.store[1])<<8 | int(f.store[2])<<16
	f.last = v&1 != 0
	f.left = v >> 3
	if v>>1&3 == 1 { // one byte, repeated
		f.left = 1
	}
	return true
}
