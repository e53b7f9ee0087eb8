package bundle

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"forensic/bundle/inflate"
)

// inflater is what a decoder of gzip must do to be used here: Reset reads the
// header of one member, Read returns io.EOF behind its trailer and has read no
// byte more. It is the one place to change for another decoder.
type inflater interface {
	Reset(r io.Reader) error
	Read(p []byte) (int, error)
}

var inflaters = sync.Pool{New: func() any { return inflater(new(inflate.Reader)) }}

var gzipCodec = &codec{
	name:  "gzip",
	first: []byte{0x1f, 0x8b, 8},
	magic: func(b []byte) bool {
		return len(b) >= 4 && b[0] == 0x1f && b[1] == 0x8b && b[2] == 8 && b[3]&0xe0 == 0
	},
	sure: func(b []byte) bool {
		return b[3]&0xe0 == 0 && (b[8] == 0 || b[8] == 2 || b[8] == 4) && (b[9] <= 13 || b[9] == 255)
	},
	open: func(in *bufio.Reader, _ *windows) (streamDecoder, error) {
		d := &gzipMember{inflaters.Get().(inflater)}
		if err := d.Reset(in); err != nil {
			d.release()
			return nil, err
		}
		return d, nil
	},
}

type gzipMember struct{ inflater }

func (m *gzipMember) Read(p []byte) (int, error) {
	n, err := m.inflater.Read(p)
	if err == inflate.ErrChecksum {
		err = errChecksum
	}
	return n, err
}

func (m *gzipMember) release() { inflaters.Put(m.inflater) }

// gzipModified reads the time in a gzip header; zero means it is not told.
func gzipModified(head []byte) (time.Time, bool) {
	if len(head) < 8 {
		return time.Time{}, false
	}
	sec := binary.LittleEndian.Uint32(head[4:])
	return time.Unix(int64(sec), 0).UTC(), sec != 0
}

var (
	bzip2Block = []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}
	bzip2End   = []byte{0x17, 0x72, 0x45, 0x38, 0x50, 0x90}
)

func bzip2Magic(b []byte) bool {
	return len(b) >= 10 && string(b[:3]) == "BZh" && b[3] >= '1' && b[3] <= '9' &&
		(bytes.Equal(b[4:10], bzip2Block) || bytes.Equal(b[4:10], bzip2End))
}

var bzip2Codec = &codec{
	name:  "bzip2",
	first: []byte("BZh"),
	magic: bzip2Magic,
	sure:  bzip2Magic,
	open: func(in *bufio.Reader, _ *windows) (streamDecoder, error) {
		return bzip2Streams{bzip2.NewReader(in)}, nil
	},
}

// bzip2Streams is the standard decoder, which goes on into further streams by
// itself and says so of two bytes that begin none.
type bzip2Streams struct{ io.Reader }

func (b bzip2Streams) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if e, ok := errors.AsType[bzip2.StructuralError](err); ok {
		switch {
		case strings.Contains(string(e), "bad magic value in continuation"):
			err = tooFar{2}
		case strings.Contains(string(e), "checksum"):
			err = errChecksum
		}
	}
	return n, err
}

func (bzip2Streams) release() {}
