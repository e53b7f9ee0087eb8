package pcap

import "reflect"

const (
	maxHeld      = 64 << 10 // bytes held back of one direction
	maxHeldParts = 48
)

// A stream puts one direction's segments in order, as long as somebody wants
// its bytes.
type stream struct {
	next  uint32
	known bool
	held  []part // came too early, by sequence number
	bytes int
}

type part struct {
	seq    uint32
	data   []byte
	length int // on the wire
}

// A pool lends what only some flows need, and bounds the bytes held back.
type pool struct {
	limit      int
	bytes      int
	given      int // gaps accepted because there was no room to wait
	talking    int // talks lent
	shaking    int // handshakes lent
	stories    int // stories given out
	talks      []*talk
	handshakes []*handshake
	buffers    [][]byte
}

const maxSpare = 4096

// What a flow costs, for the bound on memory.
var (
	flowSize      = int(reflect.TypeFor[Flow]().Size()) + 16 // and its place in the index
	talkSize      = int(reflect.TypeFor[talk]().Size())
	storySize     = int(reflect.TypeFor[story]().Size()) + 64
	handshakeSize = int(reflect.TypeFor[handshake]().Size()) + 256 // and its strings
)

func (p *pool) talk() *talk {
	p.talking++
	if n := len(p.talks); n > 0 {
		t := p.talks[n-1]
		p.talks = p.talks[:n-1]
		*t = talk{streams: [2]stream{{held: t.streams[0].held[:0]}, {held: t.streams[1].held[:0]}}}
		return t
	}
	return &talk{}
}

func (p *pool) handshake() *handshake {
	p.shaking++
	if n := len(p.handshakes); n > 0 {
		h := p.handshakes[n-1]
		p.handshakes = p.handshakes[:n-1]
		return h
	}
	return &handshake{}
}

func (p *pool) buffer() []byte {
	if n := len(p.buffers); n > 0 {
		b := p.buffers[n-1]
		p.buffers = p.buffers[:n-1]
		return b[:0]
	}
	return make([]byte, 0, 2048)
}

func (p *pool) giveBack(b []byte) {
	if cap(b) > 0 && cap(b) <= 16<<10 && len(p.buffers) < maxSpare {
		p.buffers = append(p.buffers, b)
	}
}

// release gives back what only an undecided handshake needs.
func (p *pool) release(t *talk) {
	for i := range t.streams {
		for _, h := range t.streams[i].held {
			p.giveBack(h.data)
		}
		p.bytes -= t.streams[i].bytes
		clear(t.streams[i].held)
		t.streams[i] = stream{held: t.streams[i].held[:0]}
	}
	if t.tls != nil {
		for i := range t.tls.sides {
			p.giveBack(t.tls.sides[i].body)
			t.tls.sides[i].body = nil
		}
	}
}

// drop gives back the handshake as well.
func (p *pool) drop(t *talk) {
	p.release(t)
	if t.tls != nil {
		p.shaking--
		if len(p.handshakes) < maxSpare {
			*t.tls = handshake{}
			p.handshakes = append(p.handshakes, t.tls)
		}
	}
	t.tls = nil
}

// forget gives back everything a flow said.
func (p *pool) forget(t *talk) {
	p.drop(t)
	p.talking--
	if t.story != nil {
		p.stories--
	}
	if len(p.talks) < maxSpare {
		p.talks = append(p.talks, t)
	}
}

// feed hands a segment's bytes on in order; what comes too early is held back.
func (r *reader) feed(f *Flow, t *talk, role uint8, p *packet) {
	s := &t.streams[role]
	if !s.known {
		s.next, s.known = p.seq, true
	}
	for after(p.seq, s.next) && !r.hold(s, p) {
		r.gap(f, t, role)
		if t.follows() && len(s.held) == 0 && after(p.seq, s.next) {
			t.tls.lose(role)
			s.next = p.seq
		}
	}
	if t.follows() && !after(p.seq, s.next) {
		r.deliver(f, t, role, p.seq, p.payload, p.length)
	}
	for role := range uint8(2) {
		if !t.follows() {
			return
		}
		// The other end has what the capture has not: nobody will send it again.
		if s := &t.streams[role]; len(s.held) > 0 {
			if o := f.at(1 - role); o.seen&hasACK != 0 && after(o.acked, s.next) {
				r.gap(f, t, role)
			}
		}
	}
}

// follows tells that the handshake is still wanted.
func (t *talk) follows() bool { return t.mode == secure && !t.tls.decided }

// deliver passes on what is new of a segment, and what was held back for it.
func (r *reader) deliver(f *Flow, t *talk, role uint8, seq uint32, b []byte, length int) {
	s := &t.streams[role]
	for {
		old := int(int32(s.next - seq))
		if old < 0 { // half the numbers apart: no stream of this connection
			return
		}
		if old < length {
			s.next = seq + uint32(length)
			if old < len(b) {
				r.records(f, t, role, b[old:])
			}
			if missing := length - max(len(b), old); missing > 0 && t.follows() {
				t.tls.skip(role, missing)
			}
		}
		if !t.follows() || len(s.held) == 0 || after(s.held[0].seq, s.next) {
			return
		}
		h := s.held[0]
		seq, b, length = h.seq, h.data, h.length
		copy(s.held, s.held[1:])
		s.held[len(s.held)-1] = part{}
		s.held = s.held[:len(s.held)-1]
		s.bytes -= len(h.data)
		r.streams.bytes -= len(h.data)
		defer r.streams.giveBack(h.data)
	}
}

// hold keeps a segment that came too early. It refuses where there is no room.
func (r *reader) hold(s *stream, p *packet) bool {
	n := len(p.payload)
	if len(s.held) >= maxHeldParts || s.bytes+n > maxHeld || r.streams.bytes+n > r.streams.limit {
		r.streams.given++
		return false
	}
	at := len(s.held)
	for at > 0 && after(s.held[at-1].seq, p.seq) {
		at--
	}
	if at > 0 && s.held[at-1].seq == p.seq && s.held[at-1].length >= p.length {
		return true
	}
	s.held = append(s.held, part{})
	copy(s.held[at+1:], s.held[at:])
	s.held[at] = part{p.seq, append(r.streams.buffer(), p.payload...), p.length}
	s.bytes += n
	r.streams.bytes += n
	return true
}

// gap gives up what is missing before the first segment held back.
func (r *reader) gap(f *Flow, t *talk, role uint8) {
	s := &t.streams[role]
	if len(s.held) == 0 || !t.follows() {
		return
	}
	from := s.held[0].seq
	t.tls.skip(role, int(from-s.next))
	s.next = from
	r.deliver(f, t, role, from, nil, 0)
}
