package parsers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Read is Parse under the guard that every member and every section is read
// under: a panic of a reader ends neither the program nor the member around it.
// It becomes one problem, the lines not yet accounted for become unparsed, and
// Stopped is set. The caller closes the account of bytes, as it does for every
// reader that leaves some.
func (f Format) Read(ctx context.Context, in *Input, emit Emit) (err error) {
	defer func() {
		if recover() != nil {
			err = in.stop(f.Name)
		}
		in.end()
	}()
	return f.Parse(ctx, in, emit)
}

// stop accounts for a reader that panicked. What the panic said is of use to
// nobody but us, and may quote the input.
func (in *Input) stop(format string) (err error) {
	in.Stopped = true
	kept := in.Account.Bytes
	in.Problem(fmt.Sprintf("%d bytes were kept, then the reader of %s stopped, which is a bug of ours; what follows is kept as unparsed", kept, format), fmt.Sprintf("byte %d", in.Offset+kept))
	if in.behind == nil {
		return nil
	}
	defer func() {
		if recover() != nil { // what is read from is broken, too
			err = nil
		}
	}()
	in.Behind, err = in.behind()
	in.Account.Lines += in.Behind
	in.Account.UnparsedLines += in.Behind
	return err
}

// end stops whoever reads ahead, and waits.
func (in *Input) end() {
	if in.release != nil {
		in.release()
		in.release = nil
	}
}

// sniff is Sniff under the guard.
func (f Format) sniff(head []byte) (s Score) {
	defer func() {
		if recover() != nil {
			s = Score{0, "the look at it stopped, which is a bug of ours"}
		}
	}()
	return f.Sniff(head)
}

// behind counts the lines from the record that was open, or the line that was
// looked at, to the member's end.
func (s *scanner) behind() (int, error) {
	at := min(s.at.pos, len(s.text))
	if s.open != nil {
		at = min(s.start.pos, at)
	}
	n, err := countLines(io.MultiReader(strings.NewReader(s.text[at:]), &s.feed))
	if err == nil {
		err = s.fault
	}
	return n, err
}

// behind counts the lines of what was held and of what is behind it: none of
// them is accounted for before the end.
func (s *snapshot) behind() (int, error) {
	if s.closing {
		return 0, nil
	}
	n, err := countLines(io.MultiReader(strings.NewReader(s.text), s.in.Reader))
	if err == nil {
		err = s.fault
	}
	return n, err
}

// counted counts bytes.
type counted struct {
	src io.Reader
	n   int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.n += int64(n)
	return n, err
}

// countLines counts line feeds, and a last line without one.
func countLines(r io.Reader) (n int, err error) {
	buf, last := make([]byte, 64<<10), byte('\n')
	for err == nil {
		var k int
		k, err = r.Read(buf)
		if n += bytes.Count(buf[:k], []byte{'\n'}); k > 0 {
			last = buf[k-1]
		}
	}
	if last != '\n' {
		n++
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}
