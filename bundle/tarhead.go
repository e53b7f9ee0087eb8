package bundle

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
)

const tarBlock = 512

// A tarHeader is what one header block says, or several where records of
// extended attributes or long names come before it.
type tarHeader struct {
	name, link string
	kind       byte
	size       int64 // bytes of data in the archive
	whole      int64 // bytes of the file, where that is another number (sparse); else -1
	modified   time.Time
}

// parseTarHeader reads one block; false: it is no header.
func parseTarHeader(b []byte) (h tarHeader, ok bool) {
	if !tarChecksum(b) {
		return h, false
	}
	h.name = tarString(b[:100])
	h.kind = b[156]
	h.link = tarString(b[157:257])
	h.whole = -1
	var okSize, okTime bool
	var seconds int64
	h.size, okSize = tarNumber(b[124:136])
	seconds, okTime = tarNumber(b[136:148])
	if !okSize || h.size < 0 {
		return h, false
	}
	if okTime && seconds != 0 {
		h.modified = time.Unix(seconds, 0).UTC()
	}
	switch string(b[257:265]) {
	case "ustar\x0000":
		if prefix := tarString(b[345:500]); prefix != "" {
			h.name = prefix + "/" + h.name
		}
	case "ustar  \x00":
		if h.kind == 'S' {
			h.whole, _ = tarNumber(b[483:495])
		}
	}
	return h, true
}

// tarChecksum tells whether the bytes of a block add up to its checksum, which
// some old programs computed over signed bytes.
func tarChecksum(b []byte) bool {
	want, ok := tarNumber(b[148:156])
	if !ok || want == 0 {
		return false
	}
	var unsigned, signed int64
	for i, c := range b[:tarBlock] {
		if i >= 148 && i < 156 {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	return want == unsigned || want == signed
}

func tarString(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// tarNumber reads octal digits, or the binary form that GNU tar uses for large
// and negative numbers.
func tarNumber(b []byte) (int64, bool) {
	if b[0]&0x80 != 0 {
		negative := b[0]&0x40 != 0
		var v uint64
		for i, c := range b {
			if negative {
				c = ^c
			}
			if i == 0 {
				c &= 0x7f
			}
			if v > math.MaxInt64>>8 {
				return 0, false
			}
			v = v<<8 | uint64(c)
		}
		if negative {
			return -int64(v) - 1, true
		}
		return int64(v), true
	}
	s := strings.Trim(string(b), " \x00")
	if s == "" {
		return 0, true
	}
	if i := strings.IndexAny(s, " \x00"); i >= 0 {
		s = s[:i]
	}
	v, err := strconv.ParseUint(s, 8, 63)
	return int64(v), err == nil
}

// A tarExtension is what records before a header say about it.
type tarExtension struct {
	name, link string
	size       int64 // -1: not said
	whole      int64
	sparse     bool
	modified   time.Time
}

var noExtension = tarExtension{size: -1, whole: -1}

// apply lets e override h.
func (e *tarExtension) apply(h *tarHeader) {
	if e.name != "" {
		h.name = e.name
	}
	if e.link != "" {
		h.link = e.link
	}
	if e.size >= 0 {
		h.size = e.size
	}
	if !e.modified.IsZero() {
		h.modified = e.modified
	}
	if e.sparse {
		h.kind, h.whole = 'S', max(e.whole, 0)
	}
}

// over returns e with what is missing in it taken from below.
func (e tarExtension) over(below tarExtension) tarExtension {
	if e.name == "" {
		e.name = below.name
	}
	if e.link == "" {
		e.link = below.link
	}
	if e.size < 0 {
		e.size = below.size
	}
	if e.modified.IsZero() {
		e.modified = below.modified
	}
	return e
}

// parsePax reads records of the form "30 mtime=1350244992.023960108\n" into e;
// false: they are not of that form, and what came before counts.
func (e *tarExtension) parsePax(b string) bool {
	for b != "" {
		digits, rest, ok := strings.Cut(b, " ")
		n, err := strconv.Atoi(digits)
		if !ok || err != nil || n < len(digits)+3 || n > len(b) || b[n-1] != '\n' {
			return strings.Trim(b, "\x00") == ""
		}
		key, value, ok := strings.Cut(rest[:n-len(digits)-2], "=")
		if !ok {
			return false
		}
		e.set(key, value)
		b = b[n:]
	}
	return true
}

func (e *tarExtension) set(key, value string) {
	switch key {
	case "path":
		e.name = value
	case "linkpath":
		e.link = value
	case "size":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 {
			e.size = n
		}
	case "mtime":
		if t, ok := paxTime(value); ok {
			e.modified = t
		}
	case "GNU.sparse.name":
		e.name, e.sparse = value, true
	case "GNU.sparse.realsize", "GNU.sparse.size":
		e.sparse = true
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 {
			e.whole = n
		}
	case "GNU.sparse.major", "GNU.sparse.map", "GNU.sparse.numblocks":
		e.sparse = true
	}
}

func paxTime(s string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	fraction = (fraction + "000000000")[:9]
	nsec, err := strconv.ParseUint(fraction, 10, 32)
	if err != nil {
		return time.Time{}, false
	}
	if strings.HasPrefix(whole, "-") {
		return time.Unix(sec, -int64(nsec)).UTC(), true
	}
	return time.Unix(sec, int64(nsec)).UTC(), true
}
