package bundle

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"time"
)

// A zipEntry is what a record of the directory, or a local header, says about a
// member.
type zipEntry struct {
	raw          string // the name as written
	name         string // the name as read
	flags        uint16
	method       uint16
	crc          uint32
	packed       int64
	size         int64
	offset       int64 // of the local header, from where the archive begins
	link         bool
	torn         bool // nothing behind the data says that they are whole
	modified     time.Time
	modifiedFrom string
}

const (
	zipLocalSize = 30
	zipDirSize   = 46
	zipEndSize   = 22
	zipNoSize    = 0xffffffff
)

// A zipEnd is the end record of an archive, with its 64-bit form taken in.
type zipEnd struct {
	at      int64 // of the end record
	after   int64 // behind it and its comment
	entries uint64
	dir     int64 // where the directory begins in the file
	dirSize int64
	base    int64 // bytes before the archive's own beginning
}

// findZipEnd looks for an end record that points at a directory.
func findZipEnd(r io.ReaderAt, size int64) (zipEnd, bool) {
	tail := make([]byte, min(size, 64<<10+zipEndSize))
	from := size - int64(len(tail))
	if n, _ := r.ReadAt(tail, from); n < len(tail) {
		return zipEnd{}, false
	}
	for i := len(tail); ; {
		i = bytes.LastIndex(tail[:i], []byte("PK\x05\x06"))
		if i < 0 {
			return zipEnd{}, false
		}
		if e, ok := parseZipEnd(r, tail[i:], from+int64(i)); ok {
			return e, true
		}
	}
}

func parseZipEnd(r io.ReaderAt, b []byte, at int64) (e zipEnd, ok bool) {
	if len(b) < zipEndSize {
		return e, false
	}
	le := binary.LittleEndian
	comment := int(le.Uint16(b[20:]))
	if zipEndSize+comment > len(b) {
		return e, false
	}
	e = zipEnd{
		at: at, after: at + zipEndSize + int64(comment), entries: uint64(le.Uint16(b[10:])),
		dirSize: int64(le.Uint32(b[12:])), dir: int64(le.Uint32(b[16:])),
	}
	dirEnd := at
	if start, big, ok := zip64End(r, at); ok {
		e.entries, e.dirSize, e.dir = le.Uint64(big[32:]), int64(le.Uint64(big[40:])), int64(le.Uint64(big[48:]))
		dirEnd = start
	}
	if e.dirSize < 0 || e.dir < 0 || e.dirSize > dirEnd {
		return e, false
	}
	if e.entries == 0 && e.dirSize == 0 {
		e.dir = dirEnd
		return e, true
	}
	// What stands before the archive, such as a program that unpacks it, shifts
	// everything; a suffix inside the last record does not.
	var sig [4]byte
	for _, dir := range []int64{dirEnd - e.dirSize, e.dir} {
		if _, err := r.ReadAt(sig[:], dir); err == nil && string(sig[:]) == "PK\x01\x02" && dir >= e.dir {
			e.base, e.dir = dir-e.dir, dir
			return e, true
		}
	}
	return e, false
}

// zip64End returns the 64-bit end record that belongs to the end record at.
func zip64End(r io.ReaderAt, at int64) (start int64, b []byte, ok bool) {
	var locator [20]byte
	if _, err := r.ReadAt(locator[:], at-20); at < 20+56 || err != nil || string(locator[:4]) != "PK\x06\x07" {
		return 0, nil, false
	}
	b = make([]byte, 56)
	told := int64(binary.LittleEndian.Uint64(locator[8:]))
	for _, start := range []int64{at - 20 - 56, told} {
		if start < 0 || start > at {
			continue
		}
		if _, err := r.ReadAt(b, start); err == nil && string(b[:4]) == "PK\x06\x06" {
			return start, b, true
		}
	}
	return 0, nil, false
}

// readZipRecord reads the record of the directory at a place; next is behind it.
func readZipRecord(r io.ReaderAt, at, end int64) (e zipEntry, next int64, ok bool) {
	var b [zipDirSize]byte
	if _, err := r.ReadAt(b[:], at); at+zipDirSize > end || err != nil || string(b[:4]) != "PK\x01\x02" {
		return e, 0, false
	}
	le := binary.LittleEndian
	n, m, k := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int64(le.Uint16(b[32:]))
	text := make([]byte, n+m)
	next = at + zipDirSize + int64(n+m) + k
	if _, err := r.ReadAt(text, at+zipDirSize); next > end || err != nil {
		return e, 0, false
	}
	e = zipEntry{
		flags: le.Uint16(b[8:]), method: le.Uint16(b[10:]), crc: le.Uint32(b[16:]),
		packed: int64(le.Uint32(b[20:])), size: int64(le.Uint32(b[24:])), offset: int64(le.Uint32(b[42:])),
		raw: string(text[:n]),
	}
	made, mode := b[5], le.Uint32(b[38:])>>16
	e.link = made == 3 && mode&0xf000 == 0xa000
	e.dosTime(le.Uint16(b[14:]), le.Uint16(b[12:]))
	e.extra(text[n:], true)
	return e, next, true
}

// readZipLocal reads the local header at a place; data is where its data begin.
func readZipLocal(r io.ReaderAt, at, end int64) (e zipEntry, data int64, ok bool) {
	var b [zipLocalSize]byte
	if at < 0 || at+zipLocalSize > end {
		return e, 0, false
	}
	if _, err := r.ReadAt(b[:], at); err != nil || string(b[:4]) != "PK\x03\x04" {
		return e, 0, false
	}
	le := binary.LittleEndian
	n, m := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
	data = at + zipLocalSize + int64(n+m)
	text := make([]byte, n+m)
	if data > end {
		return e, 0, false
	}
	if _, err := r.ReadAt(text, at+zipLocalSize); err != nil {
		return e, 0, false
	}
	e = zipEntry{
		flags: le.Uint16(b[6:]), method: le.Uint16(b[8:]), crc: le.Uint32(b[14:]),
		packed: int64(le.Uint32(b[18:])), size: int64(le.Uint32(b[22:])), offset: at, raw: string(text[:n]),
	}
	e.dosTime(le.Uint16(b[12:]), le.Uint16(b[10:]))
	e.extra(text[n:], false)
	return e, data, true
}

// dosTime takes over a time that does not tell its zone.
func (e *zipEntry) dosTime(date, clock uint16) {
	if date == 0 {
		return
	}
	e.modified = time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31),
		int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
	e.modifiedFrom = "zip entry without zone"
}

// extra reads the fields that matter: sizes above 4 GiB, times, the name in UTF-8.
func (e *zipEntry) extra(b []byte, directory bool) {
	le := binary.LittleEndian
	e.name = e.raw
	for len(b) >= 4 {
		id, n := le.Uint16(b), int(le.Uint16(b[2:]))
		b = b[4:]
		if n > len(b) {
			return
		}
		f := b[:n]
		b = b[n:]
		switch {
		case id == 1:
			take := func(v *int64) {
				if *v == zipNoSize && len(f) >= 8 {
					*v = int64(le.Uint64(f))
					f = f[8:]
				}
			}
			take(&e.size)
			take(&e.packed)
			if directory {
				take(&e.offset)
			}
		case id == 0x5455 && n >= 5 && f[0]&1 != 0:
			e.modified = time.Unix(int64(int32(le.Uint32(f[1:]))), 0).UTC()
			e.modifiedFrom = "zip entry"
		case id == 0x000a && n >= 16 && le.Uint16(f[4:]) == 1 && e.modifiedFrom != "zip entry":
			// 100 ns since 1601
			ticks := int64(le.Uint64(f[8:]))
			e.modified = time.Unix(ticks/1e7-11644473600, ticks%1e7*100).UTC()
			e.modifiedFrom = "zip entry"
		case id == 0x7075 && n > 5 && f[0] == 1 && le.Uint32(f[1:]) == crc32.ChecksumIEEE([]byte(e.raw)):
			e.name = string(f[5:])
		}
	}
}
