package parsers

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"unicode/utf8"
	"unsafe"

	"forensic/event"
)

const (
	blockSize = 256 << 10 // what is read at once
	smallRead = 8 << 10   // what is read first: most members are small
	maxLine   = 1 << 20   // what is kept of one line
	frontRoom = 64 << 10  // in front of a chunk, for what is still wanted of the one before
	aheadOf   = 2         // chunks that are read before they are asked for
)

// A feed reads a member and hands it on in chunks of whole lines, decoded where
// it is UTF-16, with the literals of rules found in them. Where the reader may
// be used by another goroutine it does so ahead of the scanner: reading and
// looking for literals take about as long as cutting records.
type feed struct {
	src    io.Reader
	units  *utf16Reader // what src is, of UTF-16
	enc    encoding
	filter Filter
	torn   []byte // the line that has not ended yet
	fault  error
	eof    bool
	begun  bool   // a chunk was filled
	left   []byte // of Read

	live   Live   // src, of a member that is still growing
	before []byte // what of it was read already
	hushed bool   // it was quiet behind that

	full chan *chunk // filled ahead; nil: next fills
	free chan *chunk
	stop chan struct{}
	done chan struct{}
}

// A chunk is a piece of a member: whole lines in mem[from:to], room before them.
type chunk struct {
	mem      []byte
	from, to int
	marks    []event.Mark // counted from from
	cuts     []cut        // what was left out of it, counted from from,
	lost     int64        // and how much of that was the end of an overlong line
	clean    bool         // it is UTF-8
	eof      bool
	quiet    bool // nothing more came of a live member for a while
	fault    error
	panicked any // what reading it said, to be said again by the scanner
}

// begin looks at the first bytes and returns the size of a byte order mark.
func (f *feed) begin(in *Input) (mark int64) {
	head := make([]byte, 4096)
	var n int
	var err error
	if f.live, _ = in.Reader.(Live); f.live != nil {
		n, err = f.firstOf(head)
	} else {
		n, err = io.ReadFull(in.Reader, head)
	}
	head = head[:n]
	enc, size := encodingOf(head)
	f.enc, f.filter, f.free = enc, in.Filter, make(chan *chunk, aheadOf+2)
	f.src = io.MultiReader(bytes.NewReader(head[size:]), in.Reader)
	if err != nil {
		f.src = bytes.NewReader(head[size:])
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			f.fault = err // once the first bytes are read
		}
	}
	if enc != asUTF8 {
		f.units = &utf16Reader{src: f.src, enc: enc}
		f.src = f.units
		f.live = nil // its lines are told as the next ones come
	} else if f.live != nil {
		f.before = head[size:]
	}
	return int64(size)
}

// odd is how many bytes of half a character stand at the member's end.
func (f *feed) odd() int {
	if f.units == nil {
		return 0
	}
	return f.units.odd
}

// ahead lets a goroutine of the feed's own read from now on. What it returns
// ends that, and waits for it.
func (f *feed) ahead() (end func()) {
	f.full = make(chan *chunk, aheadOf)
	f.stop, f.done = make(chan struct{}), make(chan struct{})
	for range aheadOf {
		f.free <- &chunk{}
	}
	go f.run()
	return func() {
		close(f.stop)
		<-f.done
	}
}

func (f *feed) run() {
	defer close(f.done)
	defer close(f.full)
	for !f.eof {
		var c *chunk
		select {
		case c = <-f.free:
		case <-f.stop:
			return
		}
		f.guarded(c)
		select {
		case f.full <- c:
		case <-f.stop:
			return
		}
	}
}

// guarded fills a chunk; a panic of the reader is left to the scanner's
// goroutine, where it is dealt with.
func (f *feed) guarded(c *chunk) {
	defer func() {
		if p := recover(); p != nil {
			f.eof = true
			*c = chunk{mem: c.mem, eof: true, panicked: p}
		}
	}()
	f.fill(c)
}

// next returns the next chunk, an empty one behind the last.
func (f *feed) next() *chunk {
	if f.full == nil {
		var c *chunk
		select {
		case c = <-f.free:
		default:
			c = &chunk{}
		}
		f.fill(c)
		return c
	}
	c := <-f.full
	if c == nil {
		return &chunk{clean: true, eof: true}
	}
	if c.panicked != nil {
		panic(c.panicked)
	}
	return c
}

// giveBack lets a chunk be filled again.
func (f *feed) giveBack(c *chunk) {
	if c != nil {
		f.free <- c
	}
}

// fill reads whole lines into a chunk: half a block at least, unless the member
// ends. A line that does not end within maxLine is cut there.
func (f *feed) fill(c *chunk) {
	c.from = 0
	if f.begun { // of the first nothing was before
		c.from = frontRoom
	}
	c.to, c.lost, c.cuts, c.marks, c.quiet = c.from, 0, c.cuts[:0], c.marks[:0], false
	c.room(len(f.torn))
	c.to += copy(c.mem[c.to:], f.torn)
	f.torn = f.torn[:0]
	end := 0 // behind the last whole line
	for !f.eof {
		n := f.read(c)
		if nl := bytes.LastIndexByte(c.mem[c.to-n:c.to], '\n'); nl >= 0 {
			end = c.to - n + nl + 1
		}
		if end > 0 && (c.to-c.from >= blockSize/2 || f.live != nil) || c.quiet {
			break
		}
		if end == 0 && c.to-c.from > maxLine {
			held := c.mem[c.from:c.to]
			if nul := len(held) - len(bytes.TrimLeft(held, "\x00")); nul > maxLine/2 {
				// What was never written is no part of the line behind it.
				c.cuts = append(c.cuts, cut{0, f.own(held[:nul])})
				c.to = c.from + copy(held, held[nul:])
				continue
			}
			end = f.cut(c)
			break
		}
	}
	if f.eof {
		end = c.to
	}
	end = max(end, c.from)
	f.torn = append(f.torn, c.mem[end:c.to]...)
	c.to, c.eof, c.fault = end, f.eof, nil
	if f.eof {
		c.fault = f.fault
	}
	f.begun = true
	lines := c.mem[c.from:c.to]
	c.clean = utf8.Valid(lines)
	if f.filter != nil && len(lines) > 0 {
		c.marks = f.filter(unsafe.String(unsafe.SliceData(lines), len(lines)), c.marks)
		sortMarks(c.marks)
	}
}

// read appends what one Read gives, and returns how much that is.
func (f *feed) read(c *chunk) int {
	want := blockSize
	if !f.begun {
		want = max(smallRead, min(c.to, blockSize))
	}
	if len(c.mem)-c.to < want/4 {
		c.room(want)
	}
	want = min(want, len(c.mem)-c.to)
	var n int
	var err error
	if f.live != nil {
		n = f.readLive(c)
	} else if f.fault != nil { // the reader failed while the first bytes were looked at
		n, _ = io.ReadFull(f.src, c.mem[c.to:])
		f.eof = true
	} else if n, err = f.src.Read(c.mem[c.to : c.to+want]); err != nil {
		f.eof = true
		if !errors.Is(err, io.EOF) {
			f.fault = err
		}
	}
	c.to += n
	return n
}

// room makes room for so many bytes behind what a chunk holds.
func (c *chunk) room(n int) {
	if len(c.mem)-c.to < n {
		mem := make([]byte, max(c.to+n, 2*len(c.mem)))
		copy(mem[c.from:], c.mem[min(c.from, len(c.mem)):min(c.to, len(c.mem))])
		c.mem = mem
	}
}

// behind puts what is still wanted of the chunk before in front of this one.
func (c *chunk) behind(rest string) {
	if len(rest) > c.from {
		mem := make([]byte, frontRoom+len(rest)+len(c.mem)-c.from)
		c.to = frontRoom + len(rest) + copy(mem[frontRoom+len(rest):], c.mem[c.from:c.to])
		c.mem, c.from = mem, frontRoom+len(rest)
	}
	copy(c.mem[c.from-len(rest):], rest)
}

// own is how many of the member's own bytes a text took.
func (f *feed) own(text []byte) int64 {
	if f.enc == asUTF8 {
		return int64(len(text))
	}
	return utf16Size(text)
}

// cut ends the line that a chunk begins with behind maxLine bytes with a line
// feed of ours, and leaves out what the line has behind it. It returns where the
// last whole line ends.
func (f *feed) cut(c *chunk) int {
	at := c.from + maxLine
	for at > c.from && !utf8.RuneStart(c.mem[at]) && f.enc != asUTF8 {
		at--
	}
	for {
		if nl := bytes.IndexByte(c.mem[at:c.to], '\n'); nl >= 0 {
			c.lost += f.own(c.mem[at : at+nl])
			c.to = at + copy(c.mem[at:], c.mem[at+nl:c.to])
			break
		}
		c.lost += f.own(c.mem[at:c.to])
		c.to = at
		if f.eof {
			c.room(1)
			c.mem[at] = '\n' // counted below: this one is not the member's
			c.to++
			c.lost -= f.own([]byte{'\n'})
			break
		}
		f.read(c)
	}
	c.cuts = append(c.cuts, cut{at - c.from, c.lost})
	return c.from + bytes.LastIndexByte(c.mem[c.from:c.to], '\n') + 1
}

// sortMarks orders what a filter found, which may come from several passes.
func sortMarks(m []event.Mark) {
	byPlace := func(a, b event.Mark) int { return int(a.At) - int(b.At) }
	if !slices.IsSortedFunc(m, byPlace) {
		slices.SortFunc(m, byPlace)
	}
}

// Read gives what is left, for whoever only counts it.
func (f *feed) Read(p []byte) (int, error) {
	for len(f.left) == 0 {
		if f.full == nil && f.begun {
			f.left, f.begun = f.torn, false
			continue
		}
		if f.full == nil {
			return f.src.Read(p)
		}
		c := f.next()
		if c.eof && c.from == c.to {
			return 0, io.EOF
		}
		f.left = append(f.left[:0], c.mem[c.from:c.to]...)
		f.giveBack(c)
	}
	n := copy(p, f.left)
	f.left = f.left[n:]
	return n, nil
}
