package pcap

import (
	"errors"
	"io"
)

const (
	bufferSize = 1 << 20 // one read of a large capture
	firstSize  = 1 << 15 // the first one: most captures in a bundle are small
	maxPacket  = 262144  // what Wireshark reads of one packet; more is damage
)

// A source hands out the bytes of a capture in order, out of one buffer that is
// never larger than bufferSize, whatever a length in the capture says.
type source struct {
	r        io.Reader
	buf      []byte
	from, to int   // buf[from:to] is read and not yet used
	at       int64 // where in the member buf[from] stands
	err      error // what the reader ended with; io.EOF at the end

	// Of a capture being copied: who gets each byte, once and in order, when it
	// can no longer be changed; where in buf those begin; and who may change what
	// is passed over.
	told    func([]byte)
	untold  int
	passing func([]byte)
}

func newSource(r io.Reader) *source { return &source{r: r, buf: make([]byte, firstSize)} }

// peek returns the next n bytes without using them, or as many as are left.
// They are good until the next peek or skip. n is at most bufferSize.
func (s *source) peek(n int) []byte {
	s.tell()
	if s.to-s.from < n {
		s.fill(n)
	}
	return s.buf[s.from:min(s.to, s.from+n)]
}

// tell hands on what was used.
func (s *source) tell() {
	if s.told != nil && s.untold < s.from {
		s.told(s.buf[s.untold:s.from])
	}
	s.untold = s.from
}

func (s *source) fill(n int) {
	if full := s.to == len(s.buf); len(s.buf) < n || full && len(s.buf) < bufferSize {
		grown := make([]byte, min(max(4*len(s.buf), n), bufferSize))
		s.to = copy(grown, s.buf[s.from:s.to])
		s.buf, s.from, s.untold = grown, 0, 0
	}
	if s.from > 0 {
		copy(s.buf, s.buf[s.from:s.to])
		s.to -= s.from
		s.from, s.untold = 0, 0
	}
	for idle := 0; s.to < n && s.err == nil; {
		got, err := s.r.Read(s.buf[s.to:])
		s.to += got
		s.err = err
		if got > 0 {
			idle = 0
		} else if idle++; idle > 100 {
			s.err = io.ErrNoProgress
		}
	}
}

// use moves on over n bytes that peek has shown.
func (s *source) use(n int) {
	s.from += n
	s.at += int64(n)
}

// skip moves on over n bytes and tells how many there were.
func (s *source) skip(n int64) int64 {
	var done int64
	for done < n {
		have := int64(len(s.peek(int(min(n-done, bufferSize)))))
		if have == 0 {
			break
		}
		if s.passing != nil {
			s.passing(s.buf[s.from : s.from+int(have)])
		}
		s.use(int(have))
		done += have
	}
	return done
}

// damage returns what the reader failed with, if it did not just end.
func (s *source) damage() error {
	if s.err == nil || errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}
