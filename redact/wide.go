package redact

import (
	"bytes"
	"unicode/utf8"
)

// A wide turns UTF-16 into UTF-8 and back, byte for byte: half surrogate pairs
// travel as the three bytes that would stand for them.
type wide struct {
	big bool
	odd []byte // of a character that is not whole yet
	out []byte
}

// sniff tells UTF-16 by its mark, or by every other byte being zero.
func (w *wide) sniff(head []byte) bool {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")) && !bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")):
		return true
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		w.big = true
		return true
	}
	head = head[:min(len(head), 512)&^1]
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	half := len(head) / 2
	if half < 8 {
		return false
	}
	w.big = zeros[0] > zeros[1]
	return zeros[1]*10 > half*8 && zeros[0] == 0 || zeros[0]*10 > half*8 && zeros[1] == 0
}

func (w *wide) decode(dst, p []byte) []byte {
	if len(w.odd) > 0 {
		p = append(w.odd, p...)
	}
	i := 0
	for ; i+1 < len(p); i += 2 {
		c := w.unit(p[i:])
		if c >= 0xd800 && c < 0xdc00 {
			if i+3 >= len(p) {
				break // its other half is to come
			}
			if d := w.unit(p[i+2:]); d >= 0xdc00 && d < 0xe000 {
				dst = utf8.AppendRune(dst, (c-0xd800)<<10+(d-0xdc00)+0x10000)
				i += 2
				continue
			}
		}
		switch {
		case c < 0x80:
			dst = append(dst, byte(c))
		case c < 0x800:
			dst = append(dst, 0xc0|byte(c>>6), 0x80|byte(c&0x3f))
		default:
			dst = append(dst, 0xe0|byte(c>>12), 0x80|byte(c>>6&0x3f), 0x80|byte(c&0x3f))
		}
	}
	w.odd = append([]byte(nil), p[i:]...)
	return dst
}

func (w *wide) unit(p []byte) rune {
	if w.big {
		return rune(p[0])<<8 | rune(p[1])
	}
	return rune(p[1])<<8 | rune(p[0])
}

func (w *wide) encode(dst, p []byte) []byte {
	for i := 0; i < len(p); {
		c := p[i]
		switch {
		case c < 0x80:
			dst = w.put(dst, rune(c))
			i++
		case c < 0xe0 && i+1 < len(p):
			dst = w.put(dst, rune(c&0x1f)<<6|rune(p[i+1]&0x3f))
			i += 2
		case c < 0xf0 && i+2 < len(p):
			dst = w.put(dst, rune(c&0xf)<<12|rune(p[i+1]&0x3f)<<6|rune(p[i+2]&0x3f))
			i += 3
		case i+3 < len(p):
			r := (rune(c&7)<<18 | rune(p[i+1]&0x3f)<<12 | rune(p[i+2]&0x3f)<<6 | rune(p[i+3]&0x3f)) - 0x10000
			dst = w.put(w.put(dst, 0xd800+r>>10), 0xdc00+r&0x3ff)
			i += 4
		default:
			i = len(p)
		}
	}
	return dst
}

func (w *wide) put(dst []byte, c rune) []byte {
	if w.big {
		return append(dst, byte(c>>8), byte(c))
	}
	return append(dst, byte(c), byte(c>>8))
}
