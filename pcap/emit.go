package pcap

import (
	"net/netip"
	"strconv"

	"forensic/event"
)

// An event is put together in one piece of memory: its text and attributes are
// cut from one string, made when it is sent.

// event begins one about a flow (or about none), that happened at a time.
func (r *reader) event(kind string, f *Flow, at int64) {
	r.ev.Reset()
	r.ev.Kind, r.ev.Rewritten, r.ev.Worded = kind, true, true // no words of ours stand in a packet
	r.text, r.cuts = r.text[:0], r.cuts[:0]
	if r.timed && (f == nil || !f.untimed) {
		r.ev.Stamp = r.stamp(at)
	}
	if f != nil {
		r.addr(event.Client, f.addr(client))
		r.addr(event.Server, f.addr(server))
		r.number64(event.Flow, int64(f.number))
	}
}

// whole points at all packets of a flow, here at the one just read.
func (r *reader) whole(f *Flow) {
	r.where(f.firstPacket, f.lastPacket, f.firstOffset, f.lastEnd)
}

func (r *reader) here() {
	p := &r.dec.out
	r.where(r.number, r.number, p.offset, p.end)
}

func (r *reader) where(first, last int, from, to int64) {
	r.ev.Where = event.Span{Source: r.opt.Source, First: first, Last: last, Offset: from, Length: int(to - from)}
}

// A cut is an attribute whose value lies in the text.
type cut struct {
	name     string
	from, to int
}

// addr adds an address and port.
func (r *reader) addr(name string, a netip.AddrPort) {
	from := len(r.text)
	r.text = a.AppendTo(r.text)
	r.cut(name, from)
}

// endpoint adds an end that is no flow's.
func (r *reader) endpoint(name string, e endpoint) {
	from := len(r.text)
	r.text = e.append(r.text)
	r.cut(name, from)
}

func (r *reader) cut(name string, from int) {
	if len(r.text) > from {
		r.cuts = append(r.cuts, cut{name, from, len(r.text)})
	}
}

// str adds an attribute, unless it is empty.
func (r *reader) str(name, value string) {
	from := len(r.text)
	r.text = append(r.text, value...)
	r.cut(name, from)
}

// count adds a number, unless it is zero.
func (r *reader) count(name string, n int64) {
	if n != 0 {
		r.number64(name, n)
	}
}

func (r *reader) number64(name string, n int64) {
	from := len(r.text)
	r.text = strconv.AppendInt(r.text, n, 10)
	r.cut(name, from)
}

// ms adds a length of time in milliseconds, to the microsecond.
func (r *reader) ms(name string, nanoseconds int64) {
	from := len(r.text)
	r.text = appendMS(r.text, nanoseconds)
	r.cut(name, from)
}

func appendMS(b []byte, nanoseconds int64) []byte {
	if nanoseconds < 0 {
		b, nanoseconds = append(b, '-'), -nanoseconds
	}
	us := nanoseconds / 1000
	b = strconv.AppendInt(b, us/1000, 10)
	part := us % 1000
	if part == 0 {
		return b
	}
	b = append(b, '.', byte('0'+part/100), byte('0'+part/10%10), byte('0'+part%10))
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// appendSpan writes a length of time for people.
func appendSpan(b []byte, nanoseconds int64) []byte {
	switch {
	case nanoseconds < 1e6:
		return append(strconv.AppendInt(b, nanoseconds/1e3, 10), " µs"...)
	case nanoseconds < 1e9:
		return append(strconv.AppendInt(b, nanoseconds/1e6, 10), " ms"...)
	case nanoseconds < 100e9:
		b = strconv.AppendInt(b, nanoseconds/1e9, 10)
		return append(b, '.', byte('0'+nanoseconds/1e8%10), ' ', 's')
	}
	return append(strconv.AppendInt(b, nanoseconds/1e9, 10), " s"...)
}

// say adds to the line that people read; it must come after all attributes.
func (r *reader) say(parts ...string) {
	for _, s := range parts {
		r.text = append(r.text, s...)
	}
}

// line begins that line.
func (r *reader) line() { r.lineFrom = len(r.text) }

// send hands the event on.
func (r *reader) send() {
	if r.err != nil {
		return
	}
	all := string(r.text)
	for _, c := range r.cuts {
		r.ev.Attrs = append(r.ev.Attrs, event.Attr{Name: c.name, Value: all[c.from:c.to]})
	}
	r.ev.Text = all[r.lineFrom:]
	r.acc.Events++
	r.err = r.out(&r.ev)
}
