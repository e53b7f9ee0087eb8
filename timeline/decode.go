package timeline

import (
	"errors"
	"time"

	"forensic/event"
)

// A decoder reads one record back. The event's strings are pieces of text, so
// that nothing is allocated and nothing is overwritten under a reader.
type decoder struct {
	text string
	pos  int
	bad  bool
}

var errDamaged = errors.New("replay: a temporary file does not hold what was written")

func (d *decoder) uvarint() uint64 {
	if d.pos < len(d.text) {
		if c := d.text[d.pos]; c < 0x80 {
			d.pos++
			return uint64(c)
		}
	}
	return d.long()
}

// long is kept out of line, so that uvarint can be in line.
//
//go:noinline
func (d *decoder) long() uint64 {
	var v uint64
	for shift := uint(0); shift < 64; shift += 7 {
		if d.pos >= len(d.text) {
			break
		}
		c := d.text[d.pos]
		d.pos++
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	d.bad = true
	return 0
}

func (d *decoder) varint() int64 {
	u := d.uvarint()
	v := int64(u >> 1)
	if u&1 != 0 {
		v = ^v
	}
	return v
}

func (d *decoder) string() string { return d.bytes(d.uvarint()) }

func (d *decoder) bytes(n uint64) string {
	if n > uint64(len(d.text)-d.pos) {
		d.bad = true
		return ""
	}
	s := d.text[d.pos : d.pos+int(n)]
	d.pos += int(n)
	return s
}

func (d *decoder) int64() int64 {
	if len(d.text)-d.pos < 8 {
		d.bad = true
		return 0
	}
	var v uint64
	for i := range 8 {
		v |= uint64(d.text[d.pos+i]) << (8 * i)
	}
	d.pos += 8
	return int64(v)
}

func (d *decoder) value(l *Lane) string {
	n := d.uvarint()
	if n&1 != 0 {
		return l.values.name(uint32(n >> 1))
	}
	return d.bytes(n >> 1)
}

func (d *decoder) attrs(l *Lane, to event.Attrs) event.Attrs {
	n := d.uvarint()
	for ; n > 0 && !d.bad; n-- {
		name := ""
		if id := d.uvarint(); id == 0 {
			name = d.string()
		} else {
			name = l.names.name(uint32(id))
		}
		to = append(to, event.Attr{Name: name, Value: d.value(l)})
	}
	return to
}

// A slate is the one event a replay shows, and the storage behind it.
type slate struct {
	ev     event.Event
	groups event.Attrs
	flags  uint16 // of the record before
}

// wipe empties what the record before filled in. The whole event is wiped by
// event.Reset at three times the cost: half a kilobyte with twenty pointers.
func (s *slate) wipe() {
	ev := &s.ev
	ev.Attrs, ev.Hits = ev.Attrs[:0], ev.Hits[:0]
	if s.flags&(withCount|withTrace) != 0 {
		ev.Count, ev.Trace = event.Times{}, event.Trace{}
	}
	if s.flags&(withText|withTextOfRaw|withRaw|withOf|withRewritten) != 0 {
		ev.Text, ev.Raw, ev.Of, ev.Rewritten = "", "", "", false
	}
	if s.flags&(withStampText|withImpossible) != 0 {
		ev.Stamp.Text, ev.Stamp.Impossible = "", false
	}
	ev.Stamp.Step = 0
}

// decode fills the slate from a record. Head and text are of the same record.
func (s *slate) decode(head []byte, text string, l *Lane) error {
	ev := &s.ev
	s.wipe()
	groups := s.groups[:0]
	d := decoder{text: text, pos: headSize}
	flags := order.Uint16(head[18:])
	s.flags = flags
	ev.Kind = l.kinds.name(uint32(order.Uint16(head[16:])))
	ev.Level = event.Level(head[20] & 15)
	ev.Where.First = int(order.Uint32(head[24:]))
	if flags&withFarLine != 0 {
		ev.Where.First |= int(d.uvarint() << 32)
	}
	ev.Where.Last = ev.Where.First + int(d.uvarint())
	ev.Where.Offset = int64(d.uvarint())
	ev.Where.Length = int(d.uvarint())
	ev.Stamp.Has = event.Fields(head[21])
	ev.Stamp.Zone = int16(order.Uint16(head[22:]))
	if code := int(head[20] >> 4); code < len(stepCodes) {
		ev.Stamp.Step = stepCodes[code]
	}
	if flags&withStep != 0 {
		ev.Stamp.Step = time.Duration(d.uvarint())
	}
	ev.Stamp.Wall = written(int64(order.Uint64(head)), &ev.Stamp)
	if flags&withImpossible != 0 {
		ev.Stamp.Impossible = true
		ev.Stamp.Wall = d.int64()
	}
	if flags&withStampText != 0 {
		ev.Stamp.Text = d.string()
	}
	if flags&withCount != 0 {
		ev.Count.Low = int(d.varint())
		ev.Count.Best = int(d.varint())
		ev.Count.High = int(d.varint())
	}
	if flags&withComponent != 0 {
		ev.Component = d.value(l)
	} else {
		ev.Component = ""
	}
	if flags&withAttrs != 0 {
		ev.Attrs = d.attrs(l, ev.Attrs)
	}
	if flags&withHits != 0 {
		for n := d.uvarint(); n > 0 && !d.bad; n-- {
			h := event.Hit{Selection: uint16(d.uvarint())}
			from := len(groups)
			groups = d.attrs(l, groups)
			if len(groups) > from {
				h.Groups = groups[from:len(groups):len(groups)]
			}
			ev.Hits = append(ev.Hits, h)
		}
	}
	if flags&withTrace != 0 {
		ev.Trace = event.Trace{
			Language: d.string(), Class: d.string(), Message: d.string(),
			Root: d.string(), RootMessage: d.string(), Top: d.string(), Frames: int(d.uvarint()),
		}
	}
	ev.Rewritten = flags&withRewritten != 0
	if flags&withOf != 0 {
		ev.Of = d.string()
	}
	if flags&withRaw != 0 {
		ev.Raw = d.string()
	}
	if flags&withTextOfRaw != 0 {
		from, n := d.uvarint(), d.uvarint()
		if from+n > uint64(len(ev.Raw)) {
			return errDamaged
		}
		ev.Text = ev.Raw[from : from+n]
	}
	if flags&withText != 0 {
		ev.Text = d.string()
	}
	s.groups = groups
	if d.bad {
		return errDamaged
	}
	return nil
}
