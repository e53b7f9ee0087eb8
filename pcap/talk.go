package pcap

// What kind of conversation a flow carries, as far as its first bytes told.
type mode uint8

const (
	silent mode = iota // nothing was said
	plain              // something that is no TLS, so far
	secure             // TLS records
)

const keep = 64 // payload bytes kept of each end of each direction

// A talk is what was said on a connection: its first and last bytes, who spoke
// when, and what they made of it.
type talk struct {
	mode     mode
	protocol protocol
	starttls starttls
	opener   uint8 // who spoke first
	closer   uint8 // who spoke last
	said     [2]said
	streams  [2]stream
	tls      *handshake
	story    *story
}

// said is what one side said.
type said struct {
	first, last   [keep]byte
	firsts, lasts uint8
	segments      uint32
	size          int // of its last segment
	at, lastAt    int64
	packet        int
}

// begins returns the first bytes of the side's stream, ends its last.
func (s *said) begins() []byte { return s.first[:s.firsts] }
func (s *said) ends() []byte   { return s.last[:s.lasts] }

// said takes a segment with payload. fresh tells that it is no repetition.
func (r *reader) said(f *Flow, role uint8, p *packet, fresh bool) {
	t := f.talk
	if t == nil {
		t = r.streams.talk()
		t.opener = role
		f.talk = t
	}
	s := &t.said[role]
	side := f.at(role)
	if s.segments == 0 {
		s.at, s.packet = p.time, p.number
	}
	s.segments++
	offset := p.seq - side.base
	if offset <= uint32(s.firsts) && s.firsts < keep && offset+uint32(len(p.payload)) > uint32(s.firsts) {
		s.firsts += uint8(copy(s.first[s.firsts:], p.payload[uint32(s.firsts)-offset:]))
	}
	if fresh {
		t.closer, s.lastAt, s.size = role, p.time, p.length
		if t.mode != secure || len(p.payload) <= keep { // of what is encrypted only a last alert is looked at
			s.tail(p.payload)
		} else {
			s.lasts = 0
		}
	}
	switch t.mode {
	case silent:
		r.listen(f, t, role, p, offset)
	case plain:
		r.chat(f, t, role, p, fresh)
	case secure:
		if !t.tls.decided {
			r.feed(f, t, role, p)
		}
	}
}

// tail keeps the last bytes.
func (s *said) tail(b []byte) {
	if len(b) >= keep {
		s.lasts = uint8(copy(s.last[:], b[len(b)-keep:]))
		return
	}
	if over := int(s.lasts) + len(b) - keep; over > 0 {
		copy(s.last[:], s.last[over:s.lasts])
		s.lasts -= uint8(over)
	}
	s.lasts += uint8(copy(s.last[s.lasts:], b))
}

// listen decides by the first bytes whether this is TLS.
func (r *reader) listen(f *Flow, t *talk, role uint8, p *packet, offset uint32) {
	switch {
	case offset != 0: // what came before it may follow
		r.secure(f, t)
		t.tls.tentative = true
		r.feed(f, t, role, p)
	case startsTLS(p.payload, role, f.opened == midstream):
		r.secure(f, t)
		r.feed(f, t, role, p)
	case len(p.payload) == 0: // the snap length cut everything off
	default:
		t.mode = plain
		t.protocol = r.recognise(f, role, p.payload)
		r.chat(f, t, role, p, true)
	}
}

// secure begins to follow a handshake.
func (r *reader) secure(f *Flow, t *talk) {
	t.mode = secure
	t.tls = r.streams.handshake()
	for role := range uint8(2) {
		t.streams[role] = stream{held: t.streams[role].held[:0]}
		if s := f.at(role); s.seen&hasBase != 0 {
			t.streams[role].next, t.streams[role].known = s.base, true
		}
	}
}

// upgrade begins to follow a handshake after something else was said: STARTTLS,
// a proxy's CONNECT, or another agreement that needs not be understood.
func (r *reader) upgrade(f *Flow, t *talk, role uint8, p *packet) {
	r.secure(f, t)
	t.tls.upgraded = true
	t.streams[role].next, t.streams[role].known = p.seq, true
	o := f.at(1 - role)
	t.streams[1-role].next, t.streams[1-role].known = o.next, o.seen&hasNext != 0
	r.feed(f, t, role, p)
}

// notTLS takes back what first looked like TLS.
func (r *reader) notTLS(f *Flow, t *talk) {
	if !t.tls.tentative && !t.tls.upgraded {
		t.tls.garbled = true
		t.tls.decided = true
		r.streams.release(t)
		return
	}
	r.streams.drop(t)
	t.mode = plain
	if t.protocol == 0 {
		t.protocol = r.recognise(f, client, t.said[client].begins())
	}
}
