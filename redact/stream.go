package redact

import (
	"bytes"
	"io"
	"path"
	"strings"
)

const (
	window    = 512 << 10 // looked at together
	lookAhead = 48 << 10  // at its end waits for what follows
	lookBack  = 16 << 10  // before it is looked at again for what it says about the rest
)

// A Stream redacts one member as it is written to it. Text may get longer or
// shorter; what is no text keeps its length and its places.
type Stream struct {
	r     *Redactor
	w     io.Writer
	buf   []byte
	out   []byte
	twice []byte
	done  int // bytes of buf that are written already
	begun bool
	mode  mode
	wide  wide
	where string
	base  string
	total int64
	err   error
}

type mode uint8

const (
	asText   mode = iota
	asBinary      // lengths are kept
	asWide        // text of two bytes a character
	withheld      // a store of keys: nothing of it is copied
)

// NewStream returns a Stream for the member at path; its output goes to w.
func (r *Redactor) NewStream(w io.Writer, at string) *Stream {
	return &Stream{r: r, w: w, where: at, base: strings.ToLower(path.Base(at))}
}

// Withheld tells that the member was a store of keys, of which only a mark was written.
func (s *Stream) Withheld() bool { return s.mode == withheld }

// Write takes a piece of the member.
func (s *Stream) Write(p []byte) (int, error) {
	n := len(p)
	s.total += int64(n)
	for len(p) > 0 && s.err == nil {
		room := min(len(p), window-min(window, len(s.buf)))
		if room == 0 {
			room = min(len(p), lookAhead)
		}
		s.take(p[:room])
		p = p[room:]
		if len(s.buf) >= window {
			s.flush(false)
		}
	}
	if s.err != nil {
		return 0, s.err
	}
	return n, nil
}

func (s *Stream) take(p []byte) {
	if s.mode == asWide {
		s.buf = s.wide.decode(s.buf, p)
		return
	}
	s.buf = append(s.buf, p...)
}

// Close redacts what is left. It does not close the writer.
func (s *Stream) Close() error {
	if s.err == nil {
		s.flush(true)
	}
	if s.err == nil && s.mode == withheld {
		s.write(append(s.r.mark(nil, Key, s.buf[:min(len(s.buf), 4096)], s.where), '\n'))
	}
	s.buf, s.out = nil, nil
	return s.err
}

func (s *Stream) write(b []byte) {
	if s.err != nil || len(b) == 0 {
		return
	}
	if s.mode == asWide {
		s.wide.out = s.wide.encode(s.wide.out[:0], b)
		b = s.wide.out
	}
	_, s.err = s.w.Write(b)
}

// flush redacts and writes the buffer, but for its end where more may come.
func (s *Stream) flush(last bool) {
	if !s.begun {
		s.begin()
	}
	if s.mode == withheld {
		s.buf = s.buf[:min(len(s.buf), 4096)]
		return
	}
	sc := s.r.scan(s.seen())
	defer s.r.release(sc)
	sc.fixed, sc.where = s.mode == asBinary, s.where
	s.byName(sc)
	sc.find()
	cut := len(s.buf)
	if !last {
		cut = s.cutAt(sc)
	}
	if s.mode == asBinary {
		sc.b, sc.edits = s.buf, within(sc.edits, s.done, cut)
		sc.overwrite(s.done)
		s.write(s.buf[s.done:cut])
	} else {
		s.out = sc.apply(s.out[:0], s.done, cut)
		if len(sc.edits) > 0 {
			s.again(cut)
		}
		s.write(s.out)
	}
	if last && s.mode == asWide {
		if s.err == nil && len(s.wide.odd) > 0 {
			_, s.err = s.w.Write(s.wide.odd)
		}
	}
	keep := max(0, cut-lookBack)
	s.buf = append(s.buf[:0], s.buf[keep:]...)
	s.done = cut - keep
}

// again looks at what was redacted between what stands around it: see whole.
func (s *Stream) again(cut int) {
	for range maxRounds {
		s.twice = append(append(append(s.twice[:0], s.buf[:s.done]...), s.out...), s.buf[cut:]...)
		to := s.done + len(s.out)
		sc := s.r.scan(s.twice)
		sc.where, sc.again = s.where, true
		sc.find()
		kept := sc.edits[:0]
		for _, e := range sc.edits {
			if e.from >= s.done && e.to <= to {
				kept = append(kept, e)
			}
		}
		sc.edits = kept
		if len(kept) > 0 {
			s.out = sc.apply(s.out[:0], s.done, to)
		}
		s.r.release(sc)
		if len(kept) == 0 {
			return
		}
	}
}

// seen is what is looked at: of binary data a copy in which blanks stand for the
// zeros between words, as in the environment and the arguments of a process.
func (s *Stream) seen() []byte {
	if s.mode != asBinary {
		return s.buf
	}
	b := append(s.out[:0], s.buf...)
	s.out = b
	for i := range b {
		if b[i] == 0 && i > 0 && i+1 < len(b) && b[i-1] > ' ' && b[i-1] < 0x7f && b[i+1] > ' ' && b[i+1] < 0x7f {
			b[i] = ' '
		}
	}
	return b
}

// within keeps the edits that begin between two places.
func within(all []edit, from, to int) []edit {
	kept := all[:0]
	for _, e := range all {
		if e.from >= from && e.from < to {
			kept = append(kept, e)
		}
	}
	return kept
}

// cutAt chooses how much of the buffer is written now: up to the end of a line,
// or of a word, and never through a secret.
func (s *Stream) cutAt(sc *scan) int {
	cut := max(len(s.buf)-lookAhead, s.done+1)
	low := max(s.done+1, cut-64<<10)
	if k := bytes.LastIndexByte(s.buf[low:cut], '\n'); k >= 0 {
		cut = low + k + 1
	} else if k := bytes.LastIndexAny(s.buf[low:cut], " ,;&"); k >= 0 {
		cut = low + k + 1
	}
	for _, e := range sc.edits {
		if e.from < cut && cut < e.to {
			if e.from > s.done {
				return e.from
			}
			return e.to
		}
	}
	return cut
}

// begin decides what the member is by its first bytes.
func (s *Stream) begin() {
	s.begun = true
	head := s.buf[:min(len(s.buf), 8<<10)]
	switch {
	case keyStore(head, s.base):
		s.mode = withheld
	case s.wide.sniff(head):
		raw := s.buf
		s.mode = asWide
		s.buf = s.wide.decode(nil, raw)
	case bytes.IndexByte(head, 0) >= 0:
		s.mode = asBinary
	}
}

// keyStore tells files that hold private keys in a form of their own.
func keyStore(head []byte, base string) bool {
	for _, magic := range []string{"\xfe\xed\xfe\xed\x00\x00\x00", "\xce\xce\xce\xce\x00\x00\x00", "\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", "openssh-key-v1\x00"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	switch {
	case len(head) > 24 && head[0] == 0x30 && head[1] == 0x82 && bytes.HasPrefix(head[4:], []byte("\x02\x01\x03\x30")): // PKCS 12
		return true
	case len(head) > 24 && head[0] == 0x30 && head[1]&0x80 != 0 && derKey(head):
		return true
	case bytes.HasPrefix(head, []byte("\x05\x02")) && strings.Contains(base, "keytab"):
		return true
	}
	return false
}

// derKey tells a private key in DER: a sequence of a version and either the
// algorithm of PKCS 8, whose names begin alike, or the numbers of RSA.
func derKey(head []byte) bool {
	i := 2 + int(head[1]&0x7f)
	if i+12 > len(head) || head[1]&0x7f > 4 || !bytes.HasPrefix(head[i:], []byte("\x02\x01")) || head[i+2] > 1 {
		return false
	}
	switch head[i+3] {
	case 0x30: // PKCS 8, whose algorithm begins with a name
		return head[i+5] == 0x06
	case 0x02: // the modulus of RSA
		return head[i+4]&0x80 != 0
	}
	return false
}

// byName looks at files whose lines hold secrets without a telling name.
func (s *Stream) byName(sc *scan) {
	var look func(*scan, []byte, int)
	switch {
	case strings.Contains(s.base, "shadow"):
		look = (*scan).shadowLine
	case strings.Contains(s.base, "pgpass"):
		look = (*scan).pgpassLine
	case strings.Contains(s.base, "htpasswd"), strings.Contains(s.base, "passwd-s3fs"), strings.Contains(s.base, "chap-secrets"):
		look = (*scan).pairLine
	default:
		return
	}
	for i := 0; i < len(sc.b); {
		end := lineEnd(sc.b, i, len(sc.b))
		look(sc, sc.b[i:end], i)
		i = end + 1
	}
}

// pgpassLine takes the last field of host:port:database:user:password.
func (s *scan) pgpassLine(line []byte, at int) {
	line = bytes.TrimRight(line, "\r")
	if fields := bytes.SplitN(line, []byte(":"), 5); len(fields) == 5 && line[0] != '#' {
		s.add(at+len(line)-len(fields[4]), at+len(line), Secret)
	}
}

// pairLine takes what stands behind the first colon.
func (s *scan) pairLine(line []byte, at int) {
	line = bytes.TrimRight(line, "\r ")
	if k := bytes.IndexByte(line, ':'); k > 0 && line[0] != '#' {
		s.add(at+k+1, at+len(line), Secret)
	}
}
