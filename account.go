package forensic

import (
	"bytes"
	"fmt"

	"forensic/event"
	"forensic/parsers"
)

// finish closes the account of a member: what its reader left is unparsed.
// head is how the member begins; whole is false where the reading was stopped.
func (w *worker) finish(s *event.Source, in *parsers.Input, c *countingReader, head []byte, whole bool) {
	a := in.Account
	if in.Offset > 0 {
		in.Problem(fmt.Sprintf("%d NUL bytes before the first line were left out: a file cut short while it was written to looks like this", in.Offset), "byte 0")
		a.Bytes, a.Skipped = a.Bytes+in.Offset, a.Skipped+in.Offset
	}
	missing := c.n - a.Bytes
	if missing < 0 {
		a.Bytes = c.n // the sum then does not close, which is told
	} else if missing > 0 {
		if !in.Stopped && whole {
			in.Problem(fmt.Sprintf("%d bytes were not read by the reader of %s", missing, s.Format), fmt.Sprintf("byte %d", a.Bytes))
		}
		a.Unparsed += missing
		a.Bytes = c.n
	}
	seen, counted := c.digest()
	if counted && a.Packets == 0 && !manyNULs(head) {
		if missing > 0 && seen.lines > a.Lines {
			a.UnparsedLines += seen.lines - a.Lines
			a.Lines = seen.lines
		}
		if seen.lines != a.Lines && !isCapture(s) {
			a.Miscounted = seen.lines - a.Lines
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s.Account, s.Problems, s.SHA256 = a, append(s.Problems, in.Problems...), seen.sum
	s.Assumed, s.Traffic = in.Assumed, in.Traffic
	if s.Taken.Zero() {
		s.Taken = in.Taken
	}
	if a.Packets > 0 {
		s.Unit = "packet"
	}
}

// isCapture tells a source that is made of packets, not of lines.
func isCapture(s *event.Source) bool { return s.Format == "capture" }

// manyNULs tells bytes of which a line feed may be half a character: UTF-16.
func manyNULs(head []byte) bool {
	return bytes.IndexByte(head[:min(len(head), 4096)], 0) >= 0 || bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})
}
