package parsers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"
)

const (
	blockSize = 256 << 10 // what is read at once
	maxLine   = 1 << 20   // what is kept of one line
	maxBuffer = 6 << 20   // beyond it, lines behind a record are not waited for
)

// lineCut is said of a line that maxLine cut.
const lineCut = "line is longer than 1 MiB; its first 1048576 bytes are kept, all are counted"

// begin takes the first block and returns the size of a byte order mark.
func (b *block) begin(in *Input) int64 {
	head := make([]byte, 4096)
	b.live, _ = in.Reader.(Live)
	var n int
	var err error
	if b.live != nil {
		n, err = b.firstOf(head)
	} else {
		n, err = io.ReadFull(in.Reader, head)
	}
	head = head[:n]
	enc, mark := encodingOf(head)
	b.enc, b.filter = enc, in.Filter
	b.src = io.MultiReader(bytes.NewReader(head[mark:]), in.Reader)
	if err != nil {
		b.src = bytes.NewReader(head[mark:])
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			b.fault = err
		}
	}
	if enc != asUTF8 {
		b.units = &utf16Reader{src: b.src, enc: enc}
		b.src = b.units
		b.live = nil // its lines are told as the next ones come
	} else if b.live != nil {
		b.ahead = head[mark:]
	}
	b.page.Offset = in.Offset + int64(mark)
	if b.refill(0) > 0 {
		in.Problem(lineCut, fmt.Sprintf("line %d", in.Line+1+b.cutLine(0)))
	}
	return int64(mark)
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
	if b.units == nil || b.units.odd == 0 || !b.eof {
		return
	}
	in.Problem("the text ends in the middle of a character", fmt.Sprintf("byte %d", in.Offset+in.Account.Bytes))
	in.Account.Bytes += int64(b.units.odd)
	in.Account.Unparsed += int64(b.units.odd)
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

// refill drops buf[:keep], reads a block behind the rest, and makes the text
// whole lines again. A line that does not end within maxLine is cut there; how
// many bytes that left out is returned.
func (b *block) refill(keep int) int64 {
	filtered := len(b.text) - keep
	b.drop(keep)
	var left int64
	b.quiet = false
	for !b.eof && !b.quiet {
		b.read()
		if bytes.IndexByte(b.buf[filtered:], '\n') >= 0 {
			if len(b.buf)-filtered >= blockSize/2 || b.live != nil {
				break
			}
		} else if len(b.buf)-filtered > maxLine {
			if nul := len(b.buf) - filtered - len(bytes.TrimLeft(b.buf[filtered:], "\x00")); nul > maxLine/2 {
				// What was never written is no part of the line behind it.
				b.leaveOut(filtered, nul)
				continue
			}
			left = b.cut(filtered + maxLine)
			break
		}
	}
	whole := len(b.buf)
	if !b.eof {
		whole = bytes.LastIndexByte(b.buf, '\n') + 1
	}
	// The one place where bytes become a string without a copy: formats get
	// strings, and these are good until the next refill.
	b.text = unsafe.String(unsafe.SliceData(b.buf), whole)
	b.clean = utf8.ValidString(b.text)
	b.page.Text = b.text
	b.safe = whole
	for i := 0; i < aroundLines && !b.eof && !b.quiet && len(b.buf) < maxBuffer && b.safe > 0; i++ {
		b.safe = strings.LastIndexByte(b.text[:b.safe-1], '\n') + 1
	}
	if b.filter != nil && whole > filtered {
		at := len(b.marks)
		b.marks = b.filter(b.text[filtered:], b.marks)
		for i := at; i < len(b.marks); i++ {
			b.marks[i].At += int32(filtered)
		}
		sortMarks(b.marks[at:])
	}
	return left
}

// drop moves buf[keep:] to the front, and everything that points into it.
func (b *block) drop(keep int) {
	b.next = 0
	if keep == 0 {
		return
	}
	b.buf = b.buf[:copy(b.buf, b.buf[keep:])]
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

// read appends what one Read gives.
func (b *block) read() {
	if b.fault != nil {
		// The reader failed while the first bytes were looked at.
		n, _ := io.ReadFull(b.src, b.grow())
		b.buf, b.eof = b.buf[:len(b.buf)+n], true
		return
	}
	if b.live != nil {
		b.readLive()
		return
	}
	n, err := b.src.Read(b.grow())
	b.buf = b.buf[:len(b.buf)+n]
	if err != nil {
		b.eof = true
		if !errors.Is(err, io.EOF) {
			b.fault = err
		}
	}
}

// grow returns room for a block behind buf.
func (b *block) grow() []byte {
	if cap(b.buf)-len(b.buf) < blockSize {
		b.buf = slices.Grow(b.buf, blockSize+blockSize/4)
	}
	return b.buf[len(b.buf) : len(b.buf)+blockSize]
}

// leaveOut takes n bytes at pos out of the buffer; they stay counted.
func (b *block) leaveOut(pos, n int) {
	b.cuts = append(b.cuts, cut{pos, b.own(b.buf[pos : pos+n])})
	b.buf = b.buf[:pos+copy(b.buf[pos:], b.buf[pos+n:])]
}

// own is how many of the member's own bytes text of the buffer took.
func (b *block) own(text []byte) int64 {
	if b.enc == asUTF8 {
		return int64(len(text))
	}
	return utf16Size(text)
}

// cutLine is the line, counted from the one at pos, that the last cut ended.
func (b *block) cutLine(pos int) int {
	return strings.Count(b.text[pos:min(b.cuts[len(b.cuts)-1].pos, len(b.text))], "\n")
}

// cut ends the line that goes over at with a line feed of ours, and leaves out
// what the line has behind it. It returns how many bytes that were.
func (b *block) cut(at int) int64 {
	left := int64(0)
	for at > 0 && !utf8.RuneStart(b.buf[at]) && b.enc != asUTF8 {
		at--
	}
	for {
		if nl := bytes.IndexByte(b.buf[at:], '\n'); nl >= 0 {
			left += b.own(b.buf[at : at+nl])
			b.buf = append(b.buf[:at], b.buf[at+nl:]...)
			break
		}
		left += b.own(b.buf[at:])
		b.buf = b.buf[:at]
		if b.eof {
			b.buf = append(b.buf, '\n') // counted below: this one is not the member's
			left -= b.own([]byte{'\n'})
			break
		}
		b.read()
	}
	b.cuts = append(b.cuts, cut{at, left})
	return left
}

// A utf16Reader decodes UTF-16 to UTF-8 as it is read.
type utf16Reader struct {
	src  io.Reader
	enc  encoding
	raw  []byte
	have int
	odd  int // bytes behind the last whole unit, at the end
	out  []byte
	err  error
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.out) == 0 && r.err == nil {
		if r.raw == nil {
			r.raw = make([]byte, 64<<10)
		}
		n, err := r.src.Read(r.raw[r.have:])
		r.have += n
		r.err = err
		use := r.have &^ 1
		// A first half of a pair waits for its second.
		if use >= 2 && err == nil && r.half(use-2) {
			use -= 2
		}
		r.out = decodeUTF16(r.out[:0], r.raw[:use], r.enc)
		r.have = copy(r.raw, r.raw[use:r.have])
		if err != nil {
			r.odd = r.have
		}
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	if n > 0 {
		return n, nil
	}
	return 0, r.err
}

func (r *utf16Reader) half(i int) bool {
	high := r.raw[i+1]
	if r.enc == asUTF16BE {
		high = r.raw[i]
	}
	return high >= 0xd8 && high < 0xdc
}
