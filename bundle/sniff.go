package bundle

import "bytes"

// sniffSize is how many bytes decide what something is: one tar header.
const sniffSize = 512

// A content is what bytes are, whatever their name says.
type content struct {
	codec   *codec // compressed data
	archive byte   // 't' tar, 'z' zip
	refused string // a kind of archive that is named and skipped
}

// sniff tells content by its first bytes. Everything else is a plain file.
func sniff(b []byte) content {
	switch {
	case gzipCodec.magic(b):
		return content{codec: gzipCodec}
	case bzip2Magic(b):
		return content{codec: bzip2Codec}
	case len(b) >= 6 && xzCodec.magic(b):
		return content{codec: xzCodec}
	case zstdFrame(b), zstdSkippable(b) && zstdBehind(b):
		return content{codec: zstdCodec}
	case zipMagic(b):
		return content{archive: 'z'}
	case tarMagic(b):
		return content{archive: 't'}
	}
	for _, r := range refusedKinds {
		if bytes.HasPrefix(b, []byte(r.magic)) && (r.also == nil || r.also(b[len(r.magic):])) {
			return content{refused: r.name}
		}
	}
	return content{}
}

// cpioNumbers tells a cpio header from a log of 1 July 2007: numbers follow the
// magic without a space.
func cpioNumbers(b []byte) bool {
	if len(b) < 64 {
		return false
	}
	for _, c := range b[:64] {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// zstdBehind tells whether a frame follows a skippable one: lz4 has the same
// skippable frames.
func zstdBehind(b []byte) bool {
	for zstdSkippable(b) {
		size := 8 + int64(b[4]) | int64(b[5])<<8 | int64(b[6])<<16 | int64(b[7])<<24
		if size > int64(len(b)) {
			return false
		}
		b = b[size:]
	}
	return zstdFrame(b)
}

func zipMagic(b []byte) bool {
	if len(b) < 4 || b[0] != 'P' || b[1] != 'K' {
		return false
	}
	switch string(b[2:4]) {
	case "\x03\x04", "\x05\x06", "\x06\x06":
		return true
	case "\x07\x08", "00": // the first part of a set, or a set of one
		return len(b) >= 8 && string(b[4:8]) == "PK\x03\x04"
	}
	return false
}

// tarMagic knows a header by its magic, damaged or not, and headers from before
// there was one by their checksum.
func tarMagic(b []byte) bool {
	if len(b) >= 263 && string(b[257:262]) == "ustar" && (b[262] == 0 || b[262] == ' ') {
		return true
	}
	if len(b) < tarBlock || b[0] == 0 {
		return false
	}
	_, ok := parseTarHeader(b[:tarBlock])
	return ok
}

var refusedKinds = []struct {
	magic, name string
	also        func(behind []byte) bool
}{
	{"Rar!\x1a\x07", "RAR archive", nil},
	{"RE~^", "RAR archive", nil},
	{"7z\xbc\xaf\x27\x1c", "7z archive", nil},
	{"\x04\x22\x4d\x18", "lz4 file", nil},
	{"\x02\x21\x4c\x18", "lz4 file", nil},
	{"LZIP\x01", "lzip file", nil},
	{"\x89LZO\x00\x0d\x0a\x1a\x0a", "lzop file", nil},
	{"\x1f\x9d", "compress (.Z) file", nil},
	{"\x1f\xa0", "LZH-compressed (.z) file", nil},
	{"\x1f\x1e", "pack-compressed (.z) file", nil},
	{"MSCF\x00\x00\x00\x00", "cabinet archive", nil},
	{"070701", "cpio archive", cpioNumbers},
	{"070702", "cpio archive", cpioNumbers},
	{"070707", "cpio archive", cpioNumbers},
	{"!<arch>\n", "ar archive", nil},
	{"\xed\xab\xee\xdb", "RPM package", nil},
}
