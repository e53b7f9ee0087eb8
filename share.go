package forensic

import (
	"context"
	"errors"
	"io"
	"sync"

	"forensic/bundle"
)

// An archive is one stream: its members come one after another, and unpacking
// them is faster than reading what they say. So whoever walks an archive hands a
// member to a worker that has nothing to do, as fast as it unpacks, and goes on
// to the next one while that is read.

const (
	spoolBlock = 256 << 10
	spoolDepth = 128     // blocks of all members that wait to be read: 32 MiB
	worthIt    = 1 << 20 // smaller members are read by whoever walks
)

// A spool is a member on its way to another worker.
type spool struct {
	full chan []byte
	err  error  // behind the last block; nil: the member's end
	cur  []byte // what is being read,
	left []byte // and what is left of it
}

var spoolBlocks = sync.Pool{New: func() any { return make([]byte, spoolBlock) }}

// share hands a member to an idle worker, if there is one, and tells whether it
// did. It returns when the member is unpacked.
func (w *worker) share(ctx context.Context, m *bundle.Member) (shared bool, err error) {
	if m.ModifiedFrom == "file" || m.Size >= 0 && m.Size < worthIt { // a file of its own needs no unpacking
		return false, nil
	}
	s := &spool{full: make(chan []byte, max(spoolDepth/w.jobs, 4))}
	other := *m
	other.ReadCloser = s
	select {
	case w.idle <- &other:
	default:
		return false, nil
	}
	return true, s.fill(ctx, m)
}

// fill copies a member into the spool. An error of the member's reader is read
// from the spool behind what came before it, and returned.
func (s *spool) fill(ctx context.Context, r io.Reader) error {
	defer close(s.full)
	for {
		b := spoolBlocks.Get().([]byte)
		n, err := r.Read(b)
		if n > 0 {
			select {
			case s.full <- b[:n]:
			case <-ctx.Done():
				s.err = ctx.Err()
				return s.err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			s.err = err
			return err
		}
	}
}

func (s *spool) Read(p []byte) (int, error) {
	for len(s.left) == 0 {
		if s.cur != nil {
			spoolBlocks.Put(s.cur[:spoolBlock])
		}
		var more bool
		if s.cur, more = <-s.full; !more {
			if s.err != nil {
				return 0, s.err
			}
			return 0, io.EOF
		}
		s.left = s.cur
	}
	n := copy(p, s.left)
	s.left = s.left[n:]
	return n, nil
}

// Close is nothing: whoever walks closes the member.
func (s *spool) Close() error { return nil }
