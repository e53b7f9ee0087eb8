package pcap

// after tells whether sequence number a comes after b.
func after(a, b uint32) bool { return int32(a-b) > 0 }

// segment takes one TCP segment to its flow.
func (r *reader) segment(p *packet) {
	key, end := keyOf(p.src, p.dst)
	f := r.flows.find(&key)
	if p.copies && r.copied(p) {
		if f != nil {
			f.sides[end].copies++
		}
		r.seen.Copies++
		return
	}
	if f != nil && f.replaced(p, end) {
		f.replacedBy = true
		r.finish(f)
		f = nil
	}
	if f == nil {
		f = r.begin(key, p, end)
	}
	s, o := &f.sides[end], &f.sides[1-end]
	f.hears(p)
	s.packets++
	s.bytes += uint64(p.length)
	if p.cut() {
		f.cut = true
	}
	role := f.role(end)
	fresh := f.judge(s, o, p)
	f.open(s, o, p, role)
	f.shut(s, o, p, role)
	if f.opened == established && f.openPacket == p.number {
		r.established(f)
	}
	if p.length > 0 && s.marks&(wasKeepAlive|wasProbe) == 0 {
		if p.flags&syn != 0 {
			p.seq++ // payload in a SYN begins behind it
		}
		r.said(f, role, p, fresh)
	}
	if p.flags&(syn|fin|rst) != 0 || fresh && p.length > 0 {
		f.progress = p.time
	}
	if f.done {
		r.flows.close(f)
	}
}

// begin makes the flow of a packet that belongs to none.
func (r *reader) begin(key flowKey, p *packet, end uint8) *Flow {
	for r.full() {
		r.evict()
	}
	r.seen.Flows++
	f := r.flows.add(key, p.time)
	f.number = r.seen.Flows
	f.firstPacket, f.firstOffset = p.number, p.offset
	f.tunnel = p.tunnel
	switch {
	case p.flags&(syn|ack) == syn:
		f.client = end
		f.opened = noAnswer
	case p.flags&syn != 0:
		f.client = 1 - end
		f.opened = noFinalACK
	default:
		f.client = r.guess(&key, end)
		f.guessed = true
	}
	r.attempt(f)
	return f
}

// guess says who is the client of a connection whose beginning nobody saw: the
// one that speaks to a port where others connect, else to the port that is
// more like a service's, else who speaks first.
func (r *reader) guess(key *flowKey, end uint8) uint8 {
	a, b := key.end(0), key.end(1)
	switch ka, kb := r.services.known(a), r.services.known(b); {
	case ka && !kb:
		return 1
	case kb && !ka:
		return 0
	}
	for _, limit := range []uint16{1024, 32768} {
		if (a.port < limit) != (b.port < limit) {
			if a.port < limit {
				return 1
			}
			return 0
		}
	}
	return end
}

// replaced tells that a packet begins another connection between the ports of
// this one.
func (f *Flow) replaced(p *packet, end uint8) bool {
	s, o := &f.sides[end], &f.sides[1-end]
	switch {
	case p.flags&syn == 0 || p.flags&rst != 0:
		return false
	case p.flags&ack == 0:
		if s.seen&(sawSYN|hasNext) != 0 && p.seq+1 == s.base {
			return false // the same SYN again, or late
		}
		if o.seen&sawSYN != 0 && s.seen&hasNext == 0 && !f.done {
			return false // both open at the same time
		}
		return true
	case f.done: // an answer to a SYN that is not in the capture
		return s.seen&sawSYN == 0 || p.seq+1 != s.base
	}
	// An answer to a SYN that the capture lost, while this one was still open.
	return f.role(end) == server && s.seen&sawSYN != 0 && f.opened == established && p.seq+1 != s.base && p.ack != o.base
}

// hears notes that the flow has a packet more.
func (f *Flow) hears(p *packet) {
	if pause := p.time - f.last; pause > f.idle {
		f.idle, f.idleFrom = pause, f.last
	}
	f.last = max(f.last, p.time)
	f.lastPacket, f.lastEnd = p.number, p.end
	if !p.timed {
		f.untimed = true
	}
}

// open follows the three packets that open a connection.
func (f *Flow) open(s, o *side, p *packet, role uint8) {
	switch {
	case p.flags&rst != 0:
		if f.opened == noAnswer && role == server {
			f.opened = refused
		}
		return
	case p.flags&syn != 0:
		s.seen |= sawSYN | hasBase
		s.base = p.seq + 1
		if p.flags&ack == 0 {
			f.tries++
			if f.tries == 1 {
				f.synAt = p.time
			}
			return
		}
		f.answers++
		if f.opened == noAnswer || f.opened == refused {
			f.opened = noFinalACK
		}
		if f.answerAt == 0 {
			f.answerAt = p.time
		}
		return
	case f.opened != noAnswer && f.opened != noFinalACK:
		return
	case role == client:
		// An acknowledgement: of the answer that was seen, or of one that was not.
		if p.flags&ack == 0 || o.seen&sawSYN == 0 && p.ack == 0 || o.seen&sawSYN != 0 && after(o.base, p.ack) {
			return
		}
	case p.length == 0 && p.flags&fin == 0:
		return // the server sends payload only when it has the acknowledgement
	}
	f.opened = established
	f.openAt, f.openPacket, f.progress = p.time, p.number, p.time
}

// shut notes who closed first, and whether the other side did.
func (f *Flow) shut(s, o *side, p *packet, role uint8) {
	switch {
	case p.flags&rst != 0:
		s.resets++
		s.seen |= sawRST
		f.done = true
		f.closes(resetClient+closing(role), p)
	case p.flags&fin != 0 && p.flags&syn == 0:
		s.fin = p.seq + uint32(p.length)
		s.seen |= sawFIN
		f.closes(finClient+closing(role), p)
		if o.seen&sawFIN != 0 {
			f.done = true
			f.crossed = f.crossed || !after(p.ack, o.fin)
		}
	}
}

func (f *Flow) closes(how closing, p *packet) {
	if f.closed == openAtEnd {
		f.closed, f.closedAt = how, p.time
	}
}

// judge compares a segment with what its side sent before, by the rules of
// Wireshark's sequence analysis, so that the two agree. It tells whether the
// segment brought something new.
func (f *Flow) judge(s, o *side, p *packet) (fresh bool) {
	const control = syn | fin | rst
	known := s.seen&hasNext != 0
	marks, length := uint8(0), uint32(p.length)
	bare := p.flags&control == 0
	same := length == 0 && bare && known && p.seq == s.next && p.ack == s.acked && p.window == s.window

	switch {
	case known && length == 1 && p.seq == s.next && o.seen&hasNext != 0 && o.window == 0 && bare:
		marks = wasProbe
	case p.window == 0 && bare:
		s.zeroWindow++
	}
	if known && marks == 0 {
		switch {
		case after(p.seq, s.next) && p.flags&rst == 0:
			s.missing++
			s.tear(s.next, p.seq)
		case length <= 1 && p.seq == s.next-1 && bare:
			marks = wasKeepAlive
			s.keepAlives++
		case same && o.marks&wasKeepAlive != 0, same && p.window == 0:
			// the answer to a keep-alive, or to a probe
		case same:
			s.again = min(s.again+1, 250)
		}
	}
	if p.ack != s.acked {
		s.again = 0
	}
	fresh = true
	if (length > 0 || p.flags&(syn|fin) != 0) && marks&wasKeepAlive == 0 && known {
		fresh = f.repeats(s, o, p, length)
	}
	next := p.seq + length
	if p.flags&(syn|fin) != 0 {
		next++
	}
	if marks&wasProbe == 0 && p.flags&rst == 0 && (!known || after(next, s.next)) {
		s.next, s.nextAt = next, p.time
		if s.seen&(hasNext|hasBase) == 0 {
			s.base = p.seq
		}
		s.seen |= hasNext
	}
	s.window, s.marks = p.window, marks
	if p.flags&ack != 0 {
		s.acked, s.ackedAt = p.ack, p.time
		s.seen |= hasACK
	}
	return fresh
}

// repeats counts a segment that does not go on where its side had got to. It
// tells whether it brought something the capture did not have.
func (f *Flow) repeats(s, o *side, p *packet, length uint32) bool {
	behind := after(s.next, p.seq) && !(length > 1 && s.next-1 == p.seq)
	end := p.seq + length
	had := behind && !s.mends(p.seq, end) && !after(end, s.next)
	spurious := length > 0 && o.seen&hasACK != 0 && !after(end, o.acked)
	if !behind && !spurious {
		return true
	}
	limit := int64(3e6)
	if f.opened == established && f.synAt != 0 && f.openAt > f.synAt {
		limit = f.openAt - f.synAt
	}
	fast := o.again >= 2 && o.acked == p.seq && p.time-o.ackedAt < 20e6
	if had || spurious && !after(end, s.next) {
		s.duplicates++
	}
	if p.flags&(syn|fin) != 0 {
		end++
	}
	if since := p.time - s.nextAt; !spurious && !fast && since >= 0 && since < limit && s.next != end {
		s.disordered++
	} else {
		s.retransmitted++
	}
	return !had
}

// tear remembers that a range went by unseen.
func (s *side) tear(from, to uint32) {
	for i := range s.holes {
		if h := &s.holes[i]; h.from == h.to {
			*h = hole{from, to}
			return
		}
	}
	s.holes[len(s.holes)-1].to = to // what lies between is given up with it
}

// mends takes a range out of the holes and tells whether it touched one.
func (s *side) mends(from, to uint32) bool {
	touched := false
	for i := range s.holes {
		h := &s.holes[i]
		if h.from == h.to || !after(to, h.from) || !after(h.to, from) {
			continue
		}
		touched = true
		switch {
		case !after(from, h.from):
			h.from = to
			if !after(h.to, to) {
				*h = hole{}
			}
		case !after(h.to, to):
			h.to = from
		default:
			rest := h.to
			h.to = from
			s.tear(to, rest)
		}
	}
	return touched
}
