package timeline

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"forensic/event"
)

// Replay shows the kept events in the order of their settled times; of equal
// times, in the order of their sources' paths, then as written. Events whose
// time nobody knows come last. The event shown is good until the next one. It
// may be ranged over as often as wanted, and ends early when ctx does.
func (t *Timeline) Replay(ctx context.Context) iter.Seq2[*event.Event, error] {
	return t.replay(ctx, false)
}

// Selected is Replay of the events that a selection of some rule took, and of
// what operators did: the others are stepped over without being decoded.
func (t *Timeline) Selected(ctx context.Context) iter.Seq2[*event.Event, error] {
	return t.replay(ctx, true)
}

func (t *Timeline) replay(ctx context.Context, selected bool) iter.Seq2[*event.Event, error] {
	return func(yield func(*event.Event, error) bool) {
		if !t.settled {
			yield(nil, fmt.Errorf("replay: clocks are not settled yet"))
			return
		}
		if err := cmp.Or(t.failed, t.compact()); err != nil {
			yield(nil, err)
			return
		}
		m, err := t.newMerge(t.runs, !selected)
		if err != nil {
			yield(nil, err)
			return
		}
		var show slate
		for n := 1; len(m.heap) > 0; n++ {
			r := m.top()
			if !selected || r.selected() {
				if err := show.decode(r.head, r.record(), r.lane); err != nil {
					yield(nil, err)
					return
				}
				ev := &show.ev
				ev.At, ev.Where.Source = r.at, r.place.src.ID
				ev.ZoneKnown = r.known || ev.Stamp.Has&event.HasZone != 0
				t.hostOf(ev, r)
				if !yield(ev, nil) {
					return
				}
			}
			if err := m.next(); err != nil {
				yield(nil, err)
				return
			}
			if n&1023 == 0 && ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
		}
		if ctx.Err() != nil {
			yield(nil, ctx.Err())
		}
	}
}

// hostOf names the host of an event: what its stretch says, unless the source
// tells of too many hosts, or the event is of a flow, whose host is the server's
// if it is known by address, else the client's.
func (t *Timeline) hostOf(ev *event.Event, r *reader) {
	switch {
	case r.each:
		name := ev.Attrs.Get(event.Host)
		if h := t.hosts.find(name); h != nil {
			name = h.name
		}
		ev.Host = name
	case r.flows && (strings.HasPrefix(ev.Kind, "flow.") || strings.HasPrefix(ev.Kind, "tls.")):
		ev.Host = ""
		if h := t.hosts.at(ev.Attrs.Get("server.host")); h != nil {
			ev.Host = h.name
		} else if h := t.hosts.at(ev.Attrs.Get("client.host")); h != nil {
			ev.Host = h.name
		}
	default:
		ev.Host = r.host
	}
	if ev.At == event.NoTime || r.place.taken.step == 0 || ev.Stamp.Has != 0 || ev.Stamp.Impossible {
		return
	}
	ev.Stamp.Step = r.place.taken.step
}

// A reader stands at one record of one stretch.
type reader struct {
	lane   *Lane
	place  *place
	host   string
	hostID uint32
	known  bool // its zone is
	each   bool // look at each event for its host
	flows  bool
	conv   conv

	file     io.ReaderAt
	pos, end int64  // of what is not loaded yet
	chunk    []byte // loaded; overwritten by the next load
	texts    bool   // most records will be asked for
	text     string // then the same, never overwritten
	off      int
	size     int // of the record
	room     int
	settled  bool // records carry their settled time (see compact)

	at, key int64
	line    uint64
	seq     uint32
	head    []byte
}

// record is the whole of a record, which may be kept.
func (r *reader) record() string {
	if r.texts {
		return r.text[r.off : r.off+r.size]
	}
	return string(r.chunk[r.off : r.off+r.size])
}

// selected tells whether Selected shows the record.
func (r *reader) selected() bool {
	return order.Uint16(r.head[18:])&withHits != 0 ||
		r.lane.kinds.name(uint32(order.Uint16(r.head[16:]))) == event.OperatorRan.Name
}

// load reads on, from the begin of a record, at least n bytes.
func (r *reader) load(n int) error {
	rest := len(r.chunk) - r.off
	r.pos -= int64(rest)
	size := int(min(r.end-r.pos, int64(max(r.room, n))))
	if size < n {
		return errDamaged
	}
	if cap(r.chunk) < size {
		r.chunk = make([]byte, size)
	}
	r.chunk = r.chunk[:size]
	if _, err := r.file.ReadAt(r.chunk, r.pos); err != nil && err != io.EOF {
		return fmt.Errorf("replay: read a temporary file: %w", err)
	}
	if r.texts {
		r.text = string(r.chunk)
	}
	r.pos += int64(size)
	r.off = 0
	return nil
}

// next steps to the next record that is no copy; false at the end of the stretch.
func (r *reader) next(t *Timeline) (bool, error) {
	for {
		ok, err := r.step(t)
		if !ok || err != nil || r.settled || r.line > r.place.copied.to || r.line < r.place.copied.from || r.place.copied.what == nil {
			return ok, err
		}
	}
}

// step steps to the next record; false at the end of the stretch.
func (r *reader) step(t *Timeline) (bool, error) {
	r.off += r.size
	head := headSize
	if r.settled {
		head += prefixSize
	}
	if len(r.chunk)-r.off < head {
		if r.pos-int64(len(r.chunk)-r.off) >= r.end {
			r.size = 0
			return false, nil
		}
		if err := r.load(head); err != nil {
			return false, err
		}
	}
	if r.settled {
		if err := r.prefix(t); err != nil {
			return false, err
		}
	}
	size := int(order.Uint32(r.chunk[r.off+8:]))
	if size < headSize {
		return false, errDamaged
	}
	if len(r.chunk)-r.off < size {
		if err := r.load(size); err != nil {
			return false, err
		}
	}
	r.head = r.chunk[r.off : r.off+headSize]
	r.size = size
	r.key = int64(order.Uint64(r.head))
	r.seq = order.Uint32(r.head[12:])
	r.line = lineOf(r.chunk[r.off : r.off+size])
	if !r.settled {
		r.at = r.conv.at(r.key)
	}
	return true, nil
}

// memory lets a buffer that was never written be read like a file.
type memory struct {
	base int64
	buf  []byte
	file store
}

// ReadAt reads what is on disk from there, and the rest from the buffer.
func (m memory) ReadAt(b []byte, at int64) (int, error) {
	n := 0
	if at < m.base {
		part := int(min(int64(len(b)), m.base-at))
		got, err := m.file.ReadAt(b[:part], at)
		if err != nil {
			return got, err
		}
		n = got
	}
	if n < len(b) {
		n += copy(b[n:], m.buf[at+int64(n)-m.base:])
	}
	return n, nil
}

// open returns a reader at the first record of a stretch, or nil.
func (t *Timeline) open(s *stretch, room int, texts bool) (*reader, error) {
	r := &reader{lane: s.lane, pos: s.from, end: s.to, room: room, settled: s.sorted, texts: texts}
	if s.sorted {
		r.file = t.merged
	} else {
		r.file = memory{s.lane.base, s.lane.buf, s.lane.file}
		r.place = t.byID[s.source]
		if r.place == nil || r.place.duplicate != nil {
			return nil, nil
		}
		r.flows, r.each, r.hostID = r.place.flows, s.host == noHost, s.host
		h := r.settledHost()
		r.host = r.hostName()
		r.known = r.place.zoneFor(h).known
		r.conv = newConv(r.place, h, s)
	}
	ok, err := r.next(t)
	if !ok {
		return nil, err
	}
	return r, nil
}
