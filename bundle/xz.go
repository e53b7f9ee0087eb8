package bundle

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// The container of xz is read here and not by the xz module: that allocates the
// dictionary a header asks for, up to 4 GiB, remembers every block, and ends at
// the first that is damaged. The data of the blocks are decoded by the module.

const xzMaxDictionary = 64 << 20

var xzMagic = []byte{0xfd, '7', 'z', 'X', 'Z', 0}

func xzHeader(b []byte) bool {
	return len(b) >= 12 && bytes.Equal(b[:6], xzMagic) && b[6] == 0 && b[7] < 16 &&
		crc32.ChecksumIEEE(b[6:8]) == binary.LittleEndian.Uint32(b[8:])
}

var xzCodec = &codec{
	name:  "xz",
	first: xzMagic,
	magic: func(b []byte) bool { return len(b) >= 6 && bytes.Equal(b[:6], xzMagic) },
	sure:  xzHeader,
	open: func(in *bufio.Reader, mem *windows) (streamDecoder, error) {
		b, _ := in.Peek(12)
		if len(b) < 12 {
			in.Discard(len(b))
			return nil, io.ErrUnexpectedEOF
		}
		if !xzHeader(b) {
			return nil, errXz
		}
		check := b[7]
		in.Discard(12)
		return &xzStream{in: &countingReader{r: in}, check: check, mem: mem}, nil
	},
}

var errXz = errors.New("xz: not as the format says")

// countingReader counts what was read and keeps a running CRC where asked to.
type countingReader struct {
	r   *bufio.Reader
	n   int64
	sum hash.Hash32
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.sum != nil {
		c.sum.Write(p[:n])
	}
	return n, err
}

func (c *countingReader) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err != nil {
		return 0, err
	}
	c.n++
	if c.sum != nil {
		c.sum.Write([]byte{b})
	}
	return b, nil
}

// An xzStream decodes one stream: header, blocks, index, footer.
type xzStream struct {
	in    *countingReader
	check byte
	mem   *windows

	lz         *lzma.Reader2 // the LZMA2 data of the current block, nil between blocks
	chunks     xzChunks
	begin      int64 // where the current block's data begin
	headSize   int64
	packed     int64 // sizes of the current block as its header has them, -1: not told
	unpacked   int64
	got        int64
	sum        hash.Hash
	blocks     uint64
	totalBytes uint64 // of all blocks, unpacked
	totalSizes uint64 // of all blocks, packed with header and check
	worked     int64
	lossy      bool // a block was damaged: the sums cannot be held against the index
}

func (x *xzStream) release() {}

func (x *xzStream) effort() int64 { return x.worked }

func (x *xzStream) Read(p []byte) (int, error) {
	if x.lz == nil {
		more, err := x.nextBlock()
		if err != nil {
			return 0, notEOF(err)
		}
		if !more {
			return 0, io.EOF
		}
	}
	n, err := x.decode(p)
	x.got += int64(n)
	if x.sum != nil {
		x.sum.Write(p[:n])
	}
	switch {
	case x.unpacked >= 0 && x.got > x.unpacked:
		err = errXz
	case err == io.EOF:
		err = notEOF(x.endBlock())
	}
	if err == errXz || err == errChecksum {
		err = x.leaveBlock(err)
	}
	return n, err
}

// decode reads from the module, whose panics and errors all mean the same:
// either its input failed, or the data are damaged.
func (x *xzStream) decode(p []byte) (n int, err error) {
	defer func() {
		if recover() != nil {
			n, err = 0, errXz
		}
	}()
	n, err = x.lz.Read(p)
	switch {
	case err == nil:
		return n, nil
	case x.chunks.err != nil:
		return n, x.chunks.err
	case err == io.EOF && x.lz.EOS():
		return n, io.EOF
	}
	return n, errXz
}

// leaveBlock goes behind a damaged block, where its header says how long it is
// or only its checksum was wrong.
func (x *xzStream) leaveBlock(err error) error {
	if x.lz != nil {
		left := x.packed - (x.in.n - x.begin)
		if x.packed < 0 || left < 0 {
			return err
		}
		tail := -x.packed&3 + int64(xzCheckSize[x.check])
		if _, e := io.CopyN(io.Discard, x.in, left+tail); e != nil {
			return notEOF(e)
		}
	} else if err != errChecksum {
		return err
	}
	x.lz, x.lossy = nil, true
	x.blocks++
	return goesOnError{err}
}

func notEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// nextBlock reads a block header, or the index and footer; then there is no more.
func (x *xzStream) nextBlock() (more bool, err error) {
	x.in.n = 0
	size, err := x.in.ReadByte()
	if err != nil {
		return false, err
	}
	if size == 0 {
		return false, x.readIndex()
	}
	head := make([]byte, (int(size)+1)*4)
	head[0] = size
	if _, err := io.ReadFull(x.in, head[1:]); err != nil {
		return false, err
	}
	body := head[:len(head)-4]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(head[len(body):]) {
		return false, errChecksum
	}
	dictionary, err := x.parseHeader(body)
	if err != nil {
		return false, err
	}
	if dictionary > xzMaxDictionary {
		return false, refused{fmt.Sprintf("xz data asks for a dictionary of %d bytes, the limit is %d", dictionary, xzMaxDictionary), true}
	}
	if x.unpacked >= 0 {
		dictionary = min(dictionary, x.unpacked)
	} else if b, _ := x.in.r.Peek(x.in.r.Size()); true {
		// Most small files say 8 MiB and need none of it.
		dictionary = min(dictionary, lzma2Size(b))
	}
	dictionary = max(dictionary, lzma.MinDictCap)
	if err := x.mem.take(dictionary); err != nil {
		return false, err
	}
	x.worked += dictionary
	x.headSize, x.begin, x.got = int64(len(head)), x.in.n, 0
	x.sum = xzCheck(x.check)
	x.chunks = xzChunks{in: x.in, left: x.packed}
	x.lz, err = newXzData(&x.chunks, int(dictionary))
	return err == nil, err
}

// lzma2Size adds up what the chunks in b unpack to, if their end is in b.
func lzma2Size(b []byte) (sum int64) {
	for len(b) > 0 && b[0] != 0 {
		head, packed := 3, 0
		switch {
		case len(b) < 6:
			return xzMaxDictionary
		case b[0] >= 0x80:
			sum += int64(b[0]&0x1f) << 16
			head, packed = 5, int(b[3])<<8+int(b[4])+1
			if b[0] >= 0xc0 {
				head++
			}
		default:
			packed = int(b[1])<<8 + int(b[2]) + 1
		}
		sum += int64(b[1])<<8 + int64(b[2]) + 1
		if head+packed >= len(b) {
			return xzMaxDictionary
		}
		b = b[head+packed:]
	}
	if len(b) == 0 {
		return xzMaxDictionary
	}
	return sum
}

// parseHeader reads sizes and filters of a block.
func (x *xzStream) parseHeader(b []byte) (dictionary int64, err error) {
	flags := b[1]
	b = b[2:]
	x.packed, x.unpacked = -1, -1
	number := func() (v int64) {
		u, n := binary.Uvarint(b)
		if n <= 0 || u > 1<<62 {
			err, b = errXz, nil
			return 0
		}
		b = b[n:]
		return int64(u)
	}
	if flags&0x3c != 0 {
		return 0, errXz
	}
	if flags&0x40 != 0 {
		x.packed = number()
	}
	if flags&0x80 != 0 {
		x.unpacked = number()
	}
	for left := int(flags & 3); ; left-- {
		id := number()
		size := number()
		if err != nil || size > int64(len(b)) {
			return 0, errXz
		}
		props := b[:size]
		b = b[size:]
		if id != 0x21 {
			return 0, refused{what: fmt.Sprintf("xz data uses filter %d, which is not read", id)}
		}
		if left > 0 || size != 1 {
			return 0, errXz
		}
		dictionary, err := lzma.DecodeDictCap(props[0])
		if err != nil {
			return 0, errXz
		}
		return dictionary, nil
	}
}

// xzCheck returns the hash of a check, nil for those that are not verified.
func xzCheck(id byte) hash.Hash {
	switch id {
	case 1:
		return crc32.NewIEEE()
	case 4:
		return crc64.New(crc64Table)
	case 10:
		return sha256.New()
	}
	return nil
}

var crc64Table = crc64.MakeTable(crc64.ECMA)

// xzCheckSize is the room each check takes, also those this program does not know.
var xzCheckSize = [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}

func (x *xzStream) endBlock() error {
	packed := x.in.n - x.begin
	if x.packed >= 0 && x.packed != packed || x.unpacked >= 0 && x.unpacked != x.got {
		return errXz
	}
	x.lz = nil
	size := xzCheckSize[x.check]
	tail := make([]byte, int(-packed&3)+size)
	if _, err := io.ReadFull(x.in, tail); err != nil {
		return err
	}
	stored := tail[len(tail)-size:]
	if x.sum != nil {
		sum := x.sum.Sum(nil)
		if x.check != 10 { // the CRCs are little endian
			for i, j := 0, len(sum)-1; i < j; i, j = i+1, j-1 {
				sum[i], sum[j] = sum[j], sum[i]
			}
		}
		if !bytes.Equal(sum, stored) {
			return errChecksum
		}
	}
	x.blocks++
	x.totalBytes += uint64(x.got)
	x.totalSizes += uint64(x.headSize + packed + int64(size))
	return nil
}

// readIndex holds the index against what was read, then the footer.
func (x *xzStream) readIndex() error {
	x.in.sum = crc32.NewIEEE()
	x.in.sum.Write([]byte{0})
	n, err := binary.ReadUvarint(x.in)
	if err != nil {
		return err
	}
	if n != x.blocks {
		return errXz
	}
	var sizes, total uint64
	for range n {
		size, err := binary.ReadUvarint(x.in)
		if err != nil {
			return err
		}
		unpacked, err := binary.ReadUvarint(x.in)
		if err != nil {
			return err
		}
		sizes += size
		total += unpacked
	}
	var tail [3 + 4 + 12]byte
	pad := int(-x.in.n & 3)
	if _, err := io.ReadFull(x.in, tail[:pad]); err != nil {
		return err
	}
	sum := x.in.sum.Sum32()
	x.in.sum = nil
	if _, err := io.ReadFull(x.in, tail[pad:pad+16]); err != nil {
		return err
	}
	footer := tail[pad+4 : pad+16]
	switch {
	case !x.lossy && (sizes != x.totalSizes || total != x.totalBytes):
		return errXz
	case binary.LittleEndian.Uint32(tail[pad:]) != sum,
		binary.LittleEndian.Uint32(footer) != crc32.ChecksumIEEE(footer[4:10]):
		return errChecksum
	case footer[10] != 'Y' || footer[11] != 'Z' || footer[9] != x.check:
		return errXz
	}
	return nil
}
