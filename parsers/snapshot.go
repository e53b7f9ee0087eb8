package parsers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"unsafe"

	"forensic/event"
)

// maxSnapshot is how much of one snapshot is read: the output of a command is
// held whole, since its first rows may be explained by its last.
const maxSnapshot = 16 << 20

// A snapshot is the output of one command, held whole: its lines, which of them
// some reader has claimed, and the event being filled in. Readers ask for lines
// and begin events on them; numbers, marks and the account are kept here.
type snapshot struct {
	ctx   context.Context
	in    *Input
	out   Emit
	enc   encoding
	text  string
	lines []snapshotLine
	page  event.Page
	marks []event.Mark
	ev    event.Event
	tried event.Event
	sent  int
	unfit string // what to say of a line that nobody claimed
	err   error  // from out or ctx: nothing is sent after it
	fault error  // what ended the reading, where it was not the end

	closing bool
}

// A snapshotLine is where a line ends in the text and in the member's own bytes.
type snapshotLine struct {
	end     int32
	claimed bool
	raw     int64
}

// snapshots names the formats that are the output of one command.
var snapshots = map[string]bool{}

// addSnapshot registers the output of a command as a format.
func addSnapshot(f Format) bool {
	snapshots[f.Name] = true
	return add(f)
}

// snapshotOf makes a Parse of a function that reads a whole text.
func snapshotOf(read func(s *snapshot)) func(context.Context, *Input, Emit) error {
	return func(ctx context.Context, in *Input, emit Emit) error {
		s := readSnapshot(ctx, in, emit)
		read(s)
		return s.close()
	}
}

// readSnapshot takes the text and cuts it into lines.
func readSnapshot(ctx context.Context, in *Input, emit Emit) *snapshot {
	s := &snapshot{ctx: ctx, in: in, out: emit, unfit: lineUnfit}
	in.behind = s.behind
	raw, err := io.ReadAll(io.LimitReader(in.Reader, maxSnapshot))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		s.fault = err
	}
	enc, mark := encodingOf(raw)
	s.enc = enc
	in.Account.Bytes, in.Account.Claimed = int64(mark), int64(mark)
	if enc == asUTF8 {
		s.text = string(raw[mark:])
	} else {
		whole := mark + (len(raw)-mark)&^1
		s.text = string(decodeUTF16(nil, raw[mark:whole], enc))
		in.Account.Bytes += int64(len(raw) - whole) // half a character at the end
		in.Account.Unparsed += int64(len(raw) - whole)
	}
	if in.Taken.Zero() {
		in.Taken = takenFromName(in.Path)
	}
	s.cut(int64(mark))
	s.page = event.Page{Text: s.text, Offset: in.Offset + int64(mark)}
	if in.Filter != nil {
		s.marks = in.Filter(s.text, nil)
		sortMarks(s.marks)
	}
	if s.fault == nil && len(raw) == maxSnapshot {
		s.surplus()
	}
	return s
}

// cut finds the lines of the text, which begins at raw of the member.
func (s *snapshot) cut(raw int64) {
	s.lines = make([]snapshotLine, 0, strings.Count(s.text, "\n")+1)
	for at := 0; at < len(s.text); {
		end := len(s.text)
		if i := strings.IndexByte(s.text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if s.enc == asUTF8 {
			raw += int64(end - at)
		} else {
			raw += utf16Size(s.text[at:end])
		}
		s.lines = append(s.lines, snapshotLine{end: int32(end), raw: raw})
		at = end
	}
}

// surplus accounts for what is behind the end of what is read.
func (s *snapshot) surplus() {
	behind := &counted{src: s.in.Reader}
	lines, err := countLines(behind)
	if n := behind.n; n > 0 {
		s.in.Problem(fmt.Sprintf("output of a command is longer than %d bytes; its rest was not read", maxSnapshot), fmt.Sprintf("line %d", s.in.Line+len(s.lines)))
		s.in.Account.Bytes += n
		s.in.Account.Unparsed += n
		if s.text != "" && s.text[len(s.text)-1] != '\n' {
			lines-- // the rest of a line that is counted
		}
		s.in.Account.Lines += lines
		s.in.Account.UnparsedLines += lines
	}
	if err != nil {
		s.fault = err
	}
}

// n is how many lines there are.
func (s *snapshot) n() int { return len(s.lines) }

// start is where line i begins in the text.
func (s *snapshot) start(i int) int {
	if i == 0 {
		return 0
	}
	return int(s.lines[i-1].end)
}

// rawStart is where line i begins in the member's own bytes.
func (s *snapshot) rawStart(i int) int64 {
	if i == 0 {
		return s.page.Offset - s.in.Offset
	}
	return s.lines[i-1].raw
}

// line is line i as a terminal showed it: without its end, escapes and what was
// typed over.
func (s *snapshot) line(i int) string {
	return plainLine(strings.TrimRight(s.text[s.start(i):s.lines[i].end], "\r\n"))
}

// claim says that line i was understood.
func (s *snapshot) claim(i int) { s.lines[i].claimed = true }

// begin starts an event that was read from lines first to last and claims them.
// Its text is the first of them.
func (s *snapshot) begin(kind string, first, last int) *event.Event {
	for i := first; i <= last; i++ {
		s.lines[i].claimed = true
	}
	e := &s.ev
	e.Reset()
	e.Kind, e.Stamp = kind, s.in.Taken
	from := s.start(first)
	e.Raw = strings.TrimRight(s.text[from:s.lines[last].end], "\r\n")
	if len(e.Raw) > maxRecord {
		e.Raw = e.Raw[:maxRecord]
	}
	e.Text = s.line(first)
	e.Rewritten = !strings.HasPrefix(e.Raw, e.Text)
	if len(e.Text) > maxText {
		e.Text = e.Text[:maxText]
	}
	raw := s.rawStart(first)
	e.Where = event.Span{Source: s.in.Source, First: s.in.Line + first + 1, Last: s.in.Line + last + 1, Offset: s.in.Offset + raw, Length: int(s.lines[last].raw - raw)}
	e.Page, e.From, e.Lead = &s.page, from, s.start(max(first-aroundLines, 0))
	e.Marks = s.marksIn(from, from+len(e.Raw))
	return e
}

// trial is an event to try a row on before it is begun.
func (s *snapshot) trial() *event.Event {
	s.tried.Reset()
	return &s.tried
}

// marksIn returns the marks in text[from:to].
func (s *snapshot) marksIn(from, to int) []event.Mark {
	at := func(m event.Mark, p int) int { return int(m.At) - p }
	i, _ := slices.BinarySearchFunc(s.marks, from, at)
	j, _ := slices.BinarySearchFunc(s.marks, to, at)
	return s.marks[i:j:j]
}

// send emits the event that was begun last.
func (s *snapshot) send() {
	if s.err != nil {
		return
	}
	if s.sent++; s.sent&1023 == 0 {
		if s.err = s.ctx.Err(); s.err != nil {
			return
		}
	}
	s.in.Account.Events++
	s.err = s.out(&s.ev)
}

// odd notes a problem at line i.
func (s *snapshot) odd(i int, what string) {
	s.in.Problem(what, fmt.Sprintf("line %d", s.in.Line+i+1))
}

// lineUnfit is the problem of a line that nobody claimed.
const lineUnfit = "line does not fit this output"

// close accounts for every line: blank ones and elisions are understood
// anywhere, what nobody claimed is not.
func (s *snapshot) close() error {
	a := &s.in.Account
	s.closing = true
	at := s.rawStart(0)
	for i := range s.lines {
		l := &s.lines[i]
		size := l.raw - at
		at = l.raw
		a.Bytes += size
		a.Lines++
		if !l.claimed {
			line := strings.TrimSpace(s.line(i))
			if line == "" {
				l.claimed = true
			} else if elided(line) {
				l.claimed = true
				s.odd(i, "rows are left out of this output")
			}
		}
		if l.claimed {
			a.Claimed += size
			continue
		}
		a.Unparsed += size
		a.UnparsedLines++
		s.odd(i, s.unfit)
	}
	if sec, ok := s.in.Reader.(*section); ok {
		sec.claimed = make([]bool, len(s.lines))
		for i := range s.lines {
			sec.claimed[i] = s.lines[i].claimed
		}
	}
	if s.err != nil {
		return s.err
	}
	return s.fault
}

// elided tells whether a line says that others were left out.
func elided(line string) bool {
	if strings.Trim(line, ". \t…") == "" && (strings.Count(line, ".") >= 3 || strings.Contains(line, "…")) {
		return true
	}
	line = strings.Trim(line, "[]()<>（）-* ")
	switch line {
	case "snip", "snipped", "omitted", "truncated", "省略", "略", "中略":
		return true
	}
	return false
}

// A tally scores a head by its lines.
type tally struct{ good, other int }

const hopeless = 100

// snapshotScore scores a text by the share of its lines that fit; blank lines
// and elisions count for nothing. A table is never quite certain, so that a
// transcript around it wins.
//
// A text of which none of the first hundred lines fits is something else: there
// are forty such formats, and every member is shown to all of them.
func snapshotScore(head []byte, fits func(line string) bool) Score {
	var t tally
	for line := range headLines(head) {
		if fits(line) {
			t.good++
		} else {
			t.other++
		}
		if t.good == 0 && t.other == hopeless {
			break
		}
	}
	return t.score("lines fit")
}

func (t tally) score(what string) Score {
	if t.good == 0 {
		return Score{0, "no line fits"}
	}
	return Score{0.95 * float64(t.good) / float64(t.good+t.other), fmt.Sprintf("%d of %d %s", t.good, t.good+t.other, what)}
}

// headLines ranges over the lines of a head that say something, as a terminal
// shows them.
func headLines(head []byte) func(yield func(string) bool) {
	for i := range cleaned {
		if h := cleaned[i].Load(); h != nil && h.head == unsafe.SliceData(head) && h.size == len(head) {
			return slices.Values(h.lines)
		}
	}
	return cleanLines(head)
}

// cleaned are the lines of the heads that are being detected: every snapshot's
// format asks for the same ones. Where more workers detect at the same time than
// there is room for, formats clean a head for themselves.
var cleaned [8]atomic.Pointer[cleanHead]

type cleanHead struct {
	head  *byte
	size  int
	lines []string
}

// cleanOnce keeps the lines of a head until what it returns is called.
func cleanOnce(head []byte) (forget func()) {
	h := &cleanHead{unsafe.SliceData(head), len(head), slices.Collect(cleanLines(head))}
	for i := range cleaned {
		if cleaned[i].CompareAndSwap(nil, h) {
			return func() { cleaned[i].Store(nil) }
		}
	}
	return func() {}
}

func cleanLines(head []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		text := string(head)
		if len(head) >= HeadSize-1 {
			if i := strings.LastIndexByte(text, '\n'); i > 0 {
				text = text[:i]
			}
		}
		tried := 0
		for line := range strings.Lines(text) {
			line = plainLine(strings.TrimRight(line, "\r\n"))
			if t := strings.TrimSpace(line); t == "" || elided(t) {
				continue
			}
			if tried++; tried > sampleLines || !yield(line) {
				return
			}
		}
	}
}
