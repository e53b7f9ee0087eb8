package pcap

import (
	"bytes"
	"encoding/binary"
)

// mysql reads the server's greeting, its errors, and the client's request for
// encryption.
func (r *reader) mysql(f *Flow, t *talk, role uint8, b []byte) {
	s := t.story
	if role == client {
		r.request(s)
		// The request is a login cut off after its fixed part, with the bit set.
		if len(b) == 36 && b[3] == 1 && b[0] == 32 && b[5]&0x08 != 0 {
			t.starttls = starttlsAccepted // it is not answered
		}
		return
	}
	s.answers++
	if len(b) < 7 {
		return
	}
	switch {
	case s.answers == 1 && b[4] == 10:
		version, _, _ := bytes.Cut(b[5:], []byte{0})
		s.version = printable(version, 60)
	case b[4] == 0xff && int(b[0])|int(b[1])<<8|int(b[2])<<16 <= 1024:
		message := b[7:]
		if len(message) >= 6 && message[0] == '#' {
			message = message[6:]
		}
		r.sqlError(f, s, "mysql.error", "", int64(binary.LittleEndian.Uint16(b[5:])), message)
	}
}

// postgresql reads the server's errors and the negotiation of encryption.
func (r *reader) postgresql(f *Flow, t *talk, role uint8, b []byte) {
	s := t.story
	if role == client {
		r.request(s)
		if len(b) == 8 && binary.BigEndian.Uint32(b[4:]) == 80877103 {
			t.starttls = starttlsAsked
		}
		return
	}
	s.answers++
	if t.starttls == starttlsAsked && len(b) == 1 {
		t.starttls = starttlsRefused
		if b[0] == 'S' {
			t.starttls = starttlsAccepted
		}
		return
	}
	if b[0] != 'E' || len(b) < 7 || b[5] != 'S' && b[5] != 'V' && b[5] != 'C' {
		return
	}
	var code, message []byte
	for _, field := range bytes.Split(b[5:], []byte{0}) {
		if len(field) == 0 {
			break
		}
		switch field[0] {
		case 'C':
			code = field[1:]
		case 'M':
			message = field[1:]
		}
	}
	r.sqlError(f, s, "postgresql.error", printable(code, 8), 0, message)
}

func (r *reader) sqlError(f *Flow, s *story, kind, state string, code int64, message []byte) {
	s.failures++
	if !s.tells() {
		return
	}
	r.event(kind, f, r.now)
	r.ev.Worded = false // it quotes the server
	r.here()
	r.str("code", state)
	r.count("code", code)
	r.quote("message", message[:min(len(message), 120)])
	r.line()
	r.parties(f)
	r.say(": ")
	r.text = appendPrintable(r.text, message, 120)
	r.send()
}
