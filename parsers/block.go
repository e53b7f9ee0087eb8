package parsers

import (
	"fmt"
	"strings"
	"unicode/utf8"
	"unsafe"

	"forensic/event"
)

// maxBuffer is what a block holds at most while lines behind a record are waited
// for.
const maxBuffer = 6 << 20

// lineCut is said of a line that maxLine cut.
const lineCut = "line is longer than 1 MiB; its first 1048576 bytes are kept, all are counted"

// begin takes the first block and returns the size of a byte order mark.
func (b *block) begin(in *Input) int64 {
	mark := b.feed.begin(in)
	b.enc = b.feed.enc
	b.page.Offset = in.Offset + mark
	if b.refill(0) > 0 {
		in.Problem(lineCut, fmt.Sprintf("line %d", in.Line+1+b.cutLine(0)))
	}
	if in.Ahead && !b.eof {
		in.release = b.feed.ahead()
	}
	return mark
}

// line returns the line at pos, without its end and what stands before its
// first character, and where it ends.
func (b *block) line(pos int) (line string, end int, ok bool) {
	if pos >= len(b.text) {
		return "", pos, false
	}
	rest := b.text[pos:]
	if nl := strings.IndexByte(rest, '\n'); nl >= 0 {
		line, end = rest[:nl], pos+nl+1
	} else {
		line, end = rest, len(b.text)
	}
	if n := len(line); n > 0 {
		if line[n-1] == '\r' {
			line = line[:n-1]
		}
		if n > 1 && (line[0] == 0 || line[0] == 0x1b) {
			line = cleanLine(line)
		}
	}
	return line, end, true
}

// half accounts for what is left of a character in which the member ends.
func (b *block) half(in *Input) {
	odd := b.feed.odd()
	if odd == 0 || !b.eof {
		return
	}
	in.Problem("the text ends in the middle of a character", fmt.Sprintf("byte %d", in.Offset+in.Account.Bytes))
	in.Account.Bytes += int64(odd)
	in.Account.Unparsed += int64(odd)
}

// size is how many of the member's own bytes text[from:to] took.
func (b *block) size(from, to int) int64 {
	n := int64(to - from)
	if b.enc != asUTF8 {
		n = utf16Size(b.text[from:to])
	}
	for _, c := range b.cuts {
		if c.pos >= from && c.pos < to {
			n += c.size
		}
	}
	return n
}

// refill drops text[:keep] and puts the next chunk behind the rest. It returns
// how many bytes an overlong line in it lost.
func (b *block) refill(keep int) int64 {
	rest := b.text[keep:]
	c := b.feed.next()
	c.behind(rest)
	b.forget(keep)
	for _, k := range c.cuts {
		b.cuts = append(b.cuts, cut{len(rest) + k.pos, k.size})
	}
	for _, m := range c.marks {
		b.marks = append(b.marks, event.Mark{At: m.At + int32(len(rest)), Literal: m.Literal})
	}
	b.clean = c.clean && (b.clean || rest == "" || utf8.ValidString(rest))
	b.feed.giveBack(b.chunk)
	b.chunk, b.eof, b.fault, b.quiet = c, c.eof, c.fault, c.quiet
	// The one place where bytes become a string without a copy: formats get
	// strings, and these are good until the next refill.
	text := c.mem[c.from-len(rest) : c.to]
	b.text = unsafe.String(unsafe.SliceData(text), len(text))
	b.page.Text = b.text
	b.safe = len(b.text)
	for i := 0; i < aroundLines && !b.eof && !b.quiet && len(b.text) < maxBuffer && b.safe > 0; i++ {
		b.safe = strings.LastIndexByte(b.text[:b.safe-1], '\n') + 1
	}
	return c.lost
}

// cutLine is the line, counted from the one at pos, that the last cut ended.
func (b *block) cutLine(pos int) int {
	return strings.Count(b.text[pos:min(b.cuts[len(b.cuts)-1].pos, len(b.text))], "\n")
}

// forget takes what points into text[:keep] away, and moves the rest.
func (b *block) forget(keep int) {
	b.next = 0
	b.page.Offset += int64(keep)
	marks := b.marks[:0]
	for _, m := range b.marks {
		if m.At -= int32(keep); m.At >= 0 {
			marks = append(marks, m)
		}
	}
	b.marks = marks
	cuts := b.cuts[:0]
	for _, c := range b.cuts {
		if c.pos -= keep; c.pos >= 0 {
			cuts = append(cuts, c)
		}
	}
	b.cuts = cuts
}
