package forensic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"forensic/bundle"
	"forensic/pcap"
	"forensic/redact"
	"forensic/redact/pack"
)

// A Redaction is what became of an input of which a copy was made.
type Redaction struct {
	Members  int // copied
	Captures int // of these
	Bytes    int64
	Left     []Skipped // not in the copy, and why
	Notes    []Skipped // copied, but something is odd
}

// Redact writes a copy of path to a Packer, with marks in the place of secrets.
// The input is only read. What cannot be opened is left out and named, so that
// nothing unseen travels in the copy.
func Redact(ctx context.Context, path string, to *pack.Packer, by *redact.Redactor, lim bundle.Limits, tell func(Progress)) (*Redaction, error) {
	roots, err := bundle.Roots([]string{path})
	if err != nil {
		return nil, err
	}
	c := &copying{by: by, to: to, begun: time.Now(), tell: tell, out: &Redaction{}}
	to.Name = by.Name
	for _, root := range roots {
		if err := c.walk(ctx, root, lim); err != nil {
			to.Abandon()
			return nil, err
		}
	}
	if err := to.Close(); err != nil {
		return nil, err
	}
	byPath := func(a, b Skipped) int { return strings.Compare(a.Path+"\x00"+a.Why, b.Path+"\x00"+b.Why) }
	slices.SortFunc(c.out.Left, byPath)
	slices.SortFunc(c.out.Notes, byPath)
	return c.out, nil
}

// A copying is one Redact.
type copying struct {
	by    *redact.Redactor
	to    *pack.Packer
	out   *Redaction
	begun time.Time
	tell  func(Progress)
	buf   []byte
}

// note names what is odd. Names of members may hold secrets themselves.
func (c *copying) note(path, what string) {
	c.out.Notes = append(c.out.Notes, Skipped{Path: c.by.Name(path), Why: string(c.by.Text([]byte(what)))})
}

func (c *copying) walk(ctx context.Context, root bundle.Root, lim bundle.Limits) error {
	for m, err := range root.Open(ctx, lim) {
		var fault *bundle.Fault
		switch {
		case errors.As(err, &fault) && m != nil:
			c.out.Left = append(c.out.Left, Skipped{Path: c.by.Name(m.Path), Why: string(c.by.Text([]byte(fault.What)))})
		case errors.As(err, &fault):
			c.note(fault.Path, placed(fault))
		case err != nil:
			return err
		default:
			err := c.to.Add(m, func(w io.Writer) error { return c.member(ctx, m, w) })
			m.Close()
			if err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// placed words a fault with its place.
func placed(f *bundle.Fault) string {
	if f.At == "" {
		return f.What
	}
	return f.What + ", at " + f.At
}

// member copies the content of one member.
func (c *copying) member(ctx context.Context, m *bundle.Member, w io.Writer) (err error) {
	defer func() {
		// What a detector stumbled over is not told: it may be a secret.
		if recover() != nil {
			err = fmt.Errorf("redact %s: a detector failed; this is a bug of forensic", c.by.Name(m.Path))
		}
	}()
	in := &memberReader{r: m}
	if c.buf == nil {
		c.buf = make([]byte, 128<<10)
	}
	head := in.peek(c.buf[:4096])
	c.out.Members++
	if ok, _ := pcap.Sniff(head); ok {
		c.out.Captures++
		err = c.capture(ctx, m.Path, in, w)
	} else {
		err = c.text(m.Path, in, w)
	}
	c.out.Bytes += in.n
	if c.tell != nil {
		c.tell(Progress{Member: m.Path, Members: c.out.Members, Bytes: c.out.Bytes, Elapsed: time.Since(c.begun)})
	}
	var fault *bundle.Fault
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(in.err, &fault):
		c.note(fault.Path, placed(fault))
	case in.err != io.EOF:
		return fmt.Errorf("read %s: %w", c.by.Name(m.Path), in.err)
	}
	return nil
}

// text copies what is no capture.
func (c *copying) text(path string, in *memberReader, w io.Writer) error {
	s := c.by.NewStream(w, path)
	var err, ended error
	for err == nil && ended == nil {
		var n int
		n, ended = in.Read(c.buf)
		_, err = s.Write(c.buf[:n])
	}
	if closing := s.Close(); err == nil {
		err = closing
	}
	if s.Withheld() {
		c.note(path, "a store of keys; only a mark was written in its place")
	}
	return err
}

// capture copies a capture packet by packet.
func (c *copying) capture(ctx context.Context, path string, in *memberReader, w io.Writer) error {
	wire := c.by.NewWire(path)
	out := &keeping{w: w}
	account, err := pcap.Copy(ctx, in, out, pcap.Editor{
		Packet: func(p *pcap.Piece) {
			switch {
			case p.Payload == nil:
				wire.Raw(p.Data)
			case p.Stream:
				wire.Segment(p.Src, p.Dst, p.Seq, p.Payload)
			default:
				wire.Datagram(p.Src, p.Dst, p.Payload)
			}
			p.Addrs(c.by.Addr)
		},
		Block: func(kind uint32, big bool, body []byte) {
			switch kind {
			case pcap.BlockSecrets:
				wire.Secrets(body)
			case pcap.BlockNames:
				wire.Names(body, big)
			default:
				wire.Raw(body)
			}
		},
		Raw: wire.Raw,
	})
	switch {
	case out.err != nil:
		return out.err
	case in.err != nil && in.err != io.EOF, ctx.Err() != nil:
		return ctx.Err() // of damage the caller tells
	}
	if err == nil && account.Unparsed > 0 {
		c.note(path, fmt.Sprintf("%d bytes are no packets; they were redacted as text", account.Unparsed))
	}
	return err
}

// keeping remembers that writing failed.
type keeping struct {
	w   io.Writer
	err error
}

func (f *keeping) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err != nil {
		f.err = err
	}
	return n, err
}

// A memberReader counts, and remembers how the reading ended.
type memberReader struct {
	r    io.Reader
	head []byte // read already
	n    int64
	err  error
}

func (m *memberReader) Read(b []byte) (int, error) {
	if len(m.head) > 0 {
		n := copy(b, m.head)
		m.head = m.head[n:]
		return n, nil
	}
	if m.err != nil {
		return 0, m.err
	}
	var n int
	n, m.err = m.r.Read(b)
	m.n += int64(n)
	return n, m.err
}

// peek shows as much as fits, or all there is.
func (m *memberReader) peek(b []byte) []byte {
	n := 0
	for n < len(b) && m.err == nil {
		k, _ := m.Read(b[n:])
		n += k
	}
	m.head = append([]byte(nil), b[:n]...)
	return m.head
}
