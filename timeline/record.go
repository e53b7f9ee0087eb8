package timeline

import (
	"encoding/binary"
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
	attrs := ev.Attrs
	if k.Join && ev.Worded {
		attrs = l.joining(attrs)
	}
	if len(attrs) > 0 {
		flags |= withAttrs
		b = l.appendAttrs(b, attrs)
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

// joining are the attributes by which an event of a capture that no rule asked
// for can be met again; it has thirty.
func (l *Lane) joining(attrs event.Attrs) event.Attrs {
	l.joined = l.joined[:0]
	for i := range attrs {
		switch attrs[i].Name {
		case event.Client, event.Server, event.Session, event.Flow, event.Host, event.PID, "request", "request_id", "trace_id":
			l.joined = append(l.joined, attrs[i])
		}
	}
	return l.joined
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
