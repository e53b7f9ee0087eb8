package pcap

import (
	"encoding/binary"

	"forensic/event"
)

// zookeeper reads the first packet of each side: the client asks for a session,
// the server grants it, or answers with none, which means that it is over.
func (r *reader) zookeeper(f *Flow, t *talk, role uint8, b []byte) {
	s := t.story
	switch {
	case role == client && s.requests == 0:
		if len(b) < 44 {
			return
		}
		r.request(s)
		s.timeout, s.session = binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint64(b[20:])
		r.event("zookeeper.connect_request", f, r.now)
		r.here()
		r.sessionID(s.session)
		r.count("timeout_ms", int64(s.timeout))
		r.line()
		r.parties(f)
		if s.session == 0 {
			r.say(": asks for a session")
		} else {
			r.say(": asks to go on with a session")
		}
		r.send()
	case role == server && s.answers == 0 && s.requests > 0:
		if len(b) < 40 || binary.BigEndian.Uint32(b) > 64 {
			return
		}
		s.answers++
		session, timeout := binary.BigEndian.Uint64(b[12:]), binary.BigEndian.Uint32(b[8:])
		s.expired = session == 0
		r.event("zookeeper.connect_response", f, r.now)
		r.here()
		r.sessionID(session)
		r.count("timeout_ms", int64(timeout))
		r.flag("expired", s.expired)
		r.ms("answer_ms", r.now-s.asked)
		r.line()
		r.parties(f)
		if s.expired {
			r.say(": the session is over")
		} else {
			r.say(": session granted")
		}
		r.send()
		s.session = session
	case role == server && s.answers == 0:
		s.answers++
	}
}

func (r *reader) sessionID(n uint64) {
	const digits = "0123456789abcdef"
	from := len(r.text)
	r.text = append(r.text, '0', 'x')
	begun := false
	for shift := 60; shift >= 0; shift -= 4 {
		d := n >> shift & 15
		if begun = begun || d != 0 || shift == 0; begun {
			r.text = append(r.text, digits[d])
		}
	}
	r.cut(event.Session, from)
}

// zookeeperWord notes a four-letter word; the answer needs no look.
func (r *reader) zookeeperWord(f *Flow, t *talk, role uint8, b []byte) {
	s := t.story
	if role == server || s.requests > 0 || len(b) < 4 {
		s.answers++
		return
	}
	r.request(s)
	s.command = string(b[:4])
	r.event("zookeeper.word", f, r.now)
	r.here()
	r.str("word", s.command)
	r.line()
	r.parties(f)
	r.say(": four-letter word ", s.command)
	r.send()
}

// zookeeperEnds tells a connection that the server ended although a session was
// asked for, or that it left without an answer.
func (r *reader) zookeeperEnds(f *Flow, t *talk) {
	s := t.story
	if s.requests == 0 || s.answers > 0 || f.partial() {
		return
	}
	if f.closed == openAtEnd && r.end-s.asked < stallsAfter {
		return
	}
	r.event("zookeeper.unanswered", f, s.asked)
	r.where(s.askedAt, f.lastPacket, f.firstOffset, f.lastEnd)
	r.sessionID(s.session)
	r.str("close", closeWords[f.closed])
	r.ms("waited_ms", r.until(f)-s.asked)
	r.line()
	r.parties(f)
	r.say(": a session was asked for and never answered")
	r.send()
}
