package timeline

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"forensic/event"
)

// The encoding of a record is private to this file. A fixed head, read by the
// merge for every record, then a body, read when the record's turn has come:
//
//	0  key     int64   its place in time within the stretch (see tally)
//	8  size    uint32  of the whole record
//	12 seq     uint32  number of the record among those kept of its source
//	16 kind    uint16
//	18 flags   uint16
//	20 level   uint8   low half; high half: step, by stepCodes
//	21 has     uint8   event.Fields
//	22 zone    int16
//	24 line    uint32  the first one; above that the body begins with the rest of it
//	28 hash    uint32  of the text, to find copies; 0 where there was none
//	32 body    in the order of encode
const headSize = 32

const (
	withCount uint16 = 1 << iota
	withTrace
	withText      // the message stands in the body
	withTextOfRaw // the message is a piece of Raw
	withRaw
	withHits
	withAttrs
	withComponent
	withOf
	withRewritten
	withStampText
	withImpossible
	withStep    // a step that has no code
	withLines   // lines around lie in the side file
	withFarLine // a line number of more than 32 bits
)

// Bounds of one string of a record, and of the record as written within it.
const (
	maxString = 64 << 10
	maxRaw    = 4 << 10
)

var stepCodes = [...]time.Duration{
	0, 1, time.Microsecond, time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond,
	time.Second, time.Minute, 100 * time.Nanosecond, 10 * time.Microsecond, 100 * time.Microsecond, time.Hour, 24 * time.Hour,
}

func stepCode(step time.Duration) int {
	for i, s := range stepCodes {
		if s == step {
			return i
		}
	}
	return -1
}

var (
	order = binary.LittleEndian
	zeros [headSize]byte
)

// lineOf is the first line of a record, for order.
func lineOf(record []byte) uint64 {
	line := uint64(order.Uint32(record[24:]))
	if order.Uint16(record[18:])&withFarLine != 0 {
		far, _ := binary.Uvarint(record[headSize:])
		line |= far << 32
	}
	return line
}

// encode appends ev to the lane's buffer.
func (l *Lane) encode(ev *event.Event, s *tally, k Keep, lines bool) {
	start := len(l.buf)
	b := append(l.buf, zeros[:]...)
	var flags uint16
	if far := uint64(ev.Where.First) >> 32; far != 0 {
		flags |= withFarLine
		b = binary.AppendUvarint(b, far)
	}
	b = binary.AppendUvarint(b, uint64(ev.Where.Last-ev.Where.First))
	b = binary.AppendUvarint(b, uint64(ev.Where.Offset))
	b = binary.AppendUvarint(b, uint64(ev.Where.Length))
	code := s.code
	if code < 0 {
		flags |= withStep
		b = binary.AppendUvarint(b, uint64(ev.Stamp.Step))
		code = 0
	}
	if ev.Stamp.Impossible {
		flags |= withImpossible
		b = order.AppendUint64(b, uint64(ev.Stamp.Wall))
	}
	if ev.Stamp.Text != "" {
		flags |= withStampText
		b = appendString(b, ev.Stamp.Text)
	}
	if ev.Count != (event.Times{}) {
		flags |= withCount
		b = binary.AppendVarint(b, int64(ev.Count.Low))
		b = binary.AppendVarint(b, int64(ev.Count.Best))
		b = binary.AppendVarint(b, int64(ev.Count.High))
	}
	if ev.Component != "" {
		flags |= withComponent
		b = l.appendValue(b, 0, ev.Component)
	}
	if len(ev.Attrs) > 0 {
		flags |= withAttrs
		b = l.appendAttrs(b, ev.Attrs)
	}
	if len(ev.Hits) > 0 {
		flags |= withHits
		b = binary.AppendUvarint(b, uint64(len(ev.Hits)))
		for i := range ev.Hits {
			b = binary.AppendUvarint(b, uint64(ev.Hits[i].Selection))
			b = l.appendAttrs(b, ev.Hits[i].Groups)
		}
	}
	if ev.Trace.Class != "" {
		flags |= withTrace
		b = appendTrace(b, &ev.Trace)
	}
	if ev.Rewritten {
		flags |= withRewritten
	}
	if lines {
		flags |= withLines
	}
	if k.Text {
		b, flags = appendText(b, flags, ev, k.Lines > 0)
	}
	h := b[start:]
	order.PutUint64(h, uint64(s.key))
	order.PutUint32(h[8:], uint32(len(h)))
	order.PutUint32(h[12:], s.seq)
	order.PutUint16(h[16:], uint16(l.kinds.id(ev.Kind)))
	order.PutUint16(h[18:], flags)
	h[20] = uint8(ev.Level)&15 | uint8(code)<<4
	h[21] = uint8(ev.Stamp.Has)
	order.PutUint16(h[22:], uint16(ev.Stamp.Zone))
	order.PutUint32(h[24:], uint32(ev.Where.First))
	if ev.Raw != "" {
		order.PutUint32(h[28:], hashText(ev.Raw))
	}
	l.buf = b
}

// appendText keeps the message, and the record around it where that is asked
// for; a message that is a piece of the record is not written twice.
func appendText(b []byte, flags uint16, ev *event.Event, raw bool) ([]byte, uint16) {
	if ev.Of != "" {
		flags |= withOf
		b = appendString(b, ev.Of)
	}
	text := ev.Text
	if raw && ev.Raw != "" {
		kept := ev.Raw[:min(len(ev.Raw), maxRaw)]
		flags |= withRaw
		b = appendString(b, kept)
		if at := strings.Index(kept, text); at >= 0 && text != "" {
			flags |= withTextOfRaw
			b = binary.AppendUvarint(b, uint64(at))
			return binary.AppendUvarint(b, uint64(len(text))), flags
		}
	}
	if text != "" {
		flags |= withText
		b = appendString(b, text)
	}
	return b, flags
}

func (l *Lane) appendAttrs(b []byte, attrs event.Attrs) []byte {
	b = binary.AppendUvarint(b, uint64(len(attrs)))
	for i := range attrs {
		id := l.names.id(attrs[i].Name)
		b = binary.AppendUvarint(b, uint64(id))
		if id == 0 {
			b = appendString(b, attrs[i].Name)
		}
		b = l.appendValue(b, id, attrs[i].Value)
	}
	return b
}

// Values that return, such as threads and loggers, are numbered too; a name
// whose values are mostly new, such as client, is left alone.
const (
	maxValues    = 1 << 13 // of a lane
	maxOfOneName = 1 << 8
	maxValueSize = 128
)

// appendValue writes the number of a value above its lowest bit, which is set;
// or its size, with that bit clear, and then the value.
func (l *Lane) appendValue(b []byte, name uint32, v string) []byte {
	for int(name) >= len(l.fresh) {
		l.fresh = append(l.fresh, 0)
	}
	if n := l.fresh[name]; n < maxOfOneName && len(v) <= maxValueSize {
		had := len(l.values.list)
		if id := l.values.id(v); id != 0 {
			if len(l.values.list) > had {
				l.fresh[name] = n + 1
			}
			return binary.AppendUvarint(b, uint64(id)<<1|1)
		}
	}
	v = v[:min(len(v), maxString)]
	b = binary.AppendUvarint(b, uint64(len(v))<<1)
	return append(b, v...)
}

func appendTrace(b []byte, t *event.Trace) []byte {
	b = appendString(b, t.Language)
	b = appendString(b, t.Class)
	b = appendString(b, t.Message)
	b = appendString(b, t.Root)
	b = appendString(b, t.RootMessage)
	b = appendString(b, t.Top)
	return binary.AppendUvarint(b, uint64(t.Frames))
}

func appendString(b []byte, s string) []byte {
	s = s[:min(len(s), maxString)]
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

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
