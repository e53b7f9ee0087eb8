package timeline

import (
	"fmt"
	"sort"
	"strings"

	"forensic/event"
)

const (
	maxAround = 64 << 10 // bytes of one record with the lines around it
	maxChunks = 1 << 18  // ranges of lines a lane remembers
)

// A side is the file with the lines around kept records. Each line of a source
// stands there once: ranges that touch are one.
type side struct {
	buf    []byte
	base   int64
	file   store
	chunks map[int][]chunk // by source, in file order
	count  int
	bare   int    // records without the lines around, beyond maxChunks
	last   *chunk // the one the file ends with
	source int
}

// A chunk is a range of whole lines. Where says which bytes of the member they
// are; a page that does not count in the member's bytes gives chunks of one
// record, whose begin within is kept instead.
type chunk struct {
	where  int64 // of its first byte
	at     int64 // in the side file
	length int32
	raw    int32 // where the one record begins, or -1
	size   int32 // of that record
}

// put copies the record and up to n lines before and after it. False says that
// there is nothing to copy, or no room.
func (s *side) put(l *Lane, ev *event.Event, n int) (bool, error) {
	if ev.Page == nil {
		return false, nil
	}
	if s.count >= maxChunks {
		s.bare++
		return false, nil
	}
	page := ev.Page.Text
	from, end := ev.From, ev.From+len(ev.Raw)
	if from < 0 || ev.Lead < 0 || ev.Lead > from || end > len(page) {
		return false, nil
	}
	lead := linesBefore(page[ev.Lead:from], n) + ev.Lead
	tail := end
	if len(ev.Raw) <= maxAround/2 {
		tail = end + linesAfter(page[end:], n, strings.HasSuffix(ev.Raw, "\n"))
	} else {
		tail = from + maxAround/2
	}
	lead = max(lead, from-maxAround/4)
	tail = min(tail, end+maxAround/4)
	if ev.Where.Offset != ev.Page.Offset+int64(from) {
		c := chunk{where: ev.Where.Offset, raw: int32(from - lead), size: int32(min(end, tail) - from)}
		return true, s.begin(l, ev.Where.Source, c, page[lead:tail])
	}
	where := ev.Page.Offset + int64(lead)
	if c := s.last; c != nil && s.source == ev.Where.Source && c.raw < 0 && where >= c.where && where <= c.where+int64(c.length) {
		have := int(c.where + int64(c.length) - where)
		if lead+have >= tail {
			return true, nil
		}
		if int(c.length)+tail-lead-have < 1<<30 {
			c.length += int32(tail - lead - have)
			return true, s.write(l, page[lead+have:tail])
		}
	}
	return true, s.begin(l, ev.Where.Source, chunk{where: where, raw: -1}, page[lead:tail])
}

// begin starts a chunk.
func (s *side) begin(l *Lane, source int, c chunk, text string) error {
	if s.chunks == nil {
		s.chunks = map[int][]chunk{}
	}
	c.at, c.length = s.base+int64(len(s.buf)), int32(len(text))
	list := append(s.chunks[source], c)
	s.chunks[source] = list
	s.last, s.source = &list[len(list)-1], source
	s.count++
	return s.write(l, text)
}

func (s *side) write(l *Lane, text string) error {
	s.buf = append(s.buf, text...)
	if len(s.buf) < laneBuffer {
		return nil
	}
	if s.file == nil {
		f, err := l.t.create(fmt.Sprintf("lane-%03d.lines", l.number))
		if err != nil {
			return fmt.Errorf("keep lines: %w", err)
		}
		s.file = f
	}
	if err := l.t.spend(len(s.buf)); err != nil {
		return err
	}
	if _, err := s.file.WriteAt(s.buf, s.base); err != nil {
		return fmt.Errorf("keep lines: %w", err)
	}
	s.base += int64(len(s.buf))
	s.buf = s.buf[:0]
	return nil
}

// read returns n bytes of the side file.
func (s *side) read(at int64, n int) (string, error) {
	b := make([]byte, 0, n)
	if at < s.base {
		part := int(min(int64(n), s.base-at))
		b = b[:part]
		if _, err := s.file.ReadAt(b, at); err != nil {
			return "", fmt.Errorf("read kept lines: %w", err)
		}
	}
	if rest := n - len(b); rest > 0 {
		from := at + int64(len(b)) - s.base
		b = append(b, s.buf[from:from+int64(rest)]...)
	}
	return string(b), nil
}

// find returns the kept text around a record, and where in it the record lies.
func (s *side) find(w event.Span) (text string, from, to int, err error) {
	list := s.chunks[w.Source]
	i := sort.Search(len(list), func(i int) bool { return list[i].where > w.Offset }) - 1
	for tries := 0; i >= 0 && tries < 8; tries++ { // nearly always the first looked at
		c := list[i]
		switch {
		case c.raw >= 0 && c.where == w.Offset:
			text, err = s.read(c.at, int(c.length))
			return text, int(c.raw), int(c.raw + c.size), err
		case c.raw < 0 && w.Offset < c.where+int64(c.length):
			from := int(w.Offset - c.where)
			to := min(from+w.Length, int(c.length))
			lo, hi := max(0, from-maxAround), min(int(c.length), to+maxAround)
			text, err = s.read(c.at+int64(lo), hi-lo)
			return text, from - lo, min(to, from+maxAround) - lo, err
		}
		i--
	}
	return "", 0, 0, nil
}

// Text returns the record as written and up to three lines before and after it,
// where Keep asked for them. It needs no more of the event than Where, and falls
// back on what the event itself carries.
func (t *Timeline) Text(ev *event.Event) (text string, before, after []string) {
	text = strings.TrimRight(ev.Raw, "\r\n")
	if text == "" {
		text = ev.Text
	}
	for _, l := range t.lanes {
		if len(l.side.chunks[ev.Where.Source]) == 0 {
			continue
		}
		page, from, to, err := l.side.find(ev.Where)
		if err != nil && t.unread == nil {
			t.unread = err
		}
		if err != nil || to <= from {
			continue
		}
		text = strings.TrimRight(page[from:to], "\r\n")
		lead := page[:strings.LastIndexByte(page[:from], '\n')+1] // there may be other records on its line
		before = split(lead[linesBefore(lead, 3):])
		rest := page[to:]
		if !strings.HasSuffix(page[from:to], "\n") {
			rest = rest[linesAfter(rest, 0, false):]
		}
		after = split(rest[:linesAfter(rest, 3, true)])
		break
	}
	return text, before, after
}

// Unread tells why a text could not be read back, once one could not: what was
// made of events since then may lack it.
func (t *Timeline) Unread() error { return t.unread }

// split cuts whole lines apart, without their ends.
func split(s string) []string {
	if s == "" {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines
}

// linesBefore returns where the last n lines of s begin.
func linesBefore(s string, n int) int {
	at := len(s)
	for ; n > 0 && at > 0; n-- {
		at = strings.LastIndexByte(s[:at-1], '\n') + 1
	}
	return at
}

// linesAfter returns where the first n lines of s end. Where the record before
// s did not take its own line end along, that comes first.
func linesAfter(s string, n int, ended bool) int {
	at := 0
	if !ended {
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			at = i + 1
		} else {
			return len(s)
		}
	}
	for ; n > 0 && at < len(s); n-- {
		i := strings.IndexByte(s[at:], '\n')
		if i < 0 {
			return len(s)
		}
		at += i + 1
	}
	return at
}
