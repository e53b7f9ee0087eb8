package pcap

import (
	"golang.org/x/crypto/cryptobyte"
)

// A clientHello is what a client asks for.
type clientHello struct {
	version   uint16   // in the message itself
	versions  []uint16 // supported_versions
	sni       string
	alpn      string // the names it offers, joined by commas
	session   bool   // it brings a session or a ticket
	sessionID [32]byte
	idLength  int
	psk       bool
	early     bool
}

// A serverHello is what the server chose.
type serverHello struct {
	version uint16 // the real one; 0: none seen
	draft   uint16 // of TLS 1.3, where it was one
	cipher  uint16
	alpn    string
	resumes bool // it takes up the session the client offered
}

// The random of a ServerHello that asks for another ClientHello (RFC 8446).
var retryRandom = [32]byte{
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
}

// messages takes bytes of handshake records; messages may span records, and a
// record may hold several.
func (r *reader) messages(f *Flow, t *talk, role uint8, b []byte) {
	h := t.tls
	d := &h.sides[role]
	for len(b) > 0 && !h.decided {
		if d.got < 4 {
			n := copy(d.header[d.got:], b)
			d.got += uint8(n)
			b = b[n:]
			if d.got < 4 {
				return
			}
			d.rest = int32(d.header[1])<<16 | int32(d.header[2])<<8 | int32(d.header[3])
			switch d.header[0] {
			case msgClientHello, msgServerHello, msgCertificate:
				d.wanted = d.rest <= maxMessage
			default:
				d.wanted = false
			}
			if d.wanted && d.body == nil {
				d.body = r.streams.buffer()
			}
			d.body = d.body[:0]
		}
		n := min(int(d.rest), len(b))
		if d.wanted {
			d.body = append(d.body, b[:n]...)
		}
		d.rest -= int32(n)
		b = b[n:]
		if d.rest == 0 {
			d.got = 0
			r.handshakeMessage(f, t, role, d.header[0], d.body)
		}
	}
}

func (r *reader) handshakeMessage(f *Flow, t *talk, role uint8, kind uint8, body []byte) {
	h := t.tls
	switch {
	case kind == msgClientHello && role == client:
		h.hello.read(body)
		r.hello(f, t)
	case kind == msgServerHello && role == server:
		r.answered(f, t, body)
	case kind == msgCertificate && role == server:
		h.certificate = true
		var leaf certificate
		leaf.read(body)
		r.tellCertificate(f, t, &leaf)
	case kind == msgRequest && role == server:
		h.request = true
	case kind == msgHelloDone && role == server:
		h.done = true
	case kind == msgClientKey && role == client:
		h.keyExchange = true
	}
}

// hello notes a complete ClientHello.
func (r *reader) hello(f *Flow, t *talk) {
	h := t.tls
	h.hellos++
	h.helloEnd = t.streams[client].next
	if h.hellos == 1 {
		h.helloAt, h.helloStart = r.now, t.said[client].packet
		if v := r.services.of(f); v != nil {
			v.tls++
			if f.opened == established && !h.upgraded {
				v.hello.add(t.said[client].at - f.openAt)
			}
		}
		if h.upgraded || h.helloStart == 0 {
			h.helloStart = r.number
		}
		r.tellHello(f, t)
	}
}

// oldHello reads a hello in the format of SSL 2, which old clients send first,
// and returns what follows it.
func (r *reader) oldHello(f *Flow, t *talk, b []byte) []byte {
	h := t.tls
	size := 2 + (int(b[0]&0x7f)<<8 | int(b[1]))
	h.hello.version = uint16(b[3])<<8 | uint16(b[4])
	h.sides[client].begun = true
	r.hello(f, t)
	if size > len(b) {
		h.skip(client, size-len(b))
		return nil
	}
	return b[size:]
}

func (r *reader) answered(f *Flow, t *talk, body []byte) {
	h := t.tls
	var a serverHello
	retry := a.read(body, &h.hello)
	if retry {
		h.retried = true
		r.tellRetry(f, t)
		return
	}
	h.answer, h.answerAt = a, r.now
	h.version = a.version
	r.tellAnswer(f, t)
}

// read takes what it can; a message that ends early leaves the rest empty.
func (c *clientHello) read(body []byte) {
	s := cryptobyte.String(body)
	var random, id, list []byte
	*c = clientHello{versions: c.versions[:0]}
	if !s.ReadUint16(&c.version) || !s.ReadBytes(&random, 32) || !readPrefixed8(&s, &id) {
		return
	}
	c.idLength = copy(c.sessionID[:], id)
	if !readPrefixed16(&s, &list) || !readPrefixed8(&s, &list) {
		return
	}
	var extensions cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&extensions) {
		return
	}
	for !extensions.Empty() {
		var kind uint16
		var e cryptobyte.String
		if !extensions.ReadUint16(&kind) || !extensions.ReadUint16LengthPrefixed(&e) {
			return
		}
		switch kind {
		case 0:
			c.sni = readName(e)
		case 16:
			c.alpn = readProtocols(e)
		case 35: // a session ticket
			c.session = c.session || len(e) > 0
		case 41:
			c.psk = true
		case 42:
			c.early = true
		case 43:
			var list cryptobyte.String
			for e.ReadUint8LengthPrefixed(&list); len(c.versions) < 16; {
				var v uint16
				if !list.ReadUint16(&v) {
					break
				}
				c.versions = append(c.versions, v)
			}
		}
	}
	c.session = c.session || c.idLength > 0 || c.psk
}

// read tells whether the hello is a request for another ClientHello.
func (a *serverHello) read(body []byte, asked *clientHello) (retry bool) {
	s := cryptobyte.String(body)
	var random, id []byte
	if !s.ReadUint16(&a.version) || !s.ReadBytes(&random, 32) {
		return false
	}
	retry = [32]byte(random) == retryRandom
	var compression uint8
	if !readPrefixed8(&s, &id) || !s.ReadUint16(&a.cipher) || !s.ReadUint8(&compression) {
		return retry
	}
	echoed := len(id) > 0 && len(id) == asked.idLength && string(id) == string(asked.sessionID[:asked.idLength])
	psk := false
	var extensions cryptobyte.String
	if s.ReadUint16LengthPrefixed(&extensions) {
		for !extensions.Empty() {
			var kind uint16
			var e cryptobyte.String
			if !extensions.ReadUint16(&kind) || !extensions.ReadUint16LengthPrefixed(&e) {
				break
			}
			switch kind {
			case 16:
				a.alpn = readProtocols(e)
			case 41:
				psk = true
			case 43:
				e.ReadUint16(&a.version)
			}
		}
	}
	a.normalise()
	if a.version == tls13 {
		a.resumes = psk
	} else {
		a.resumes = echoed
	}
	return retry
}

// normalise takes drafts of TLS 1.3 for what they became.
func (a *serverHello) normalise() {
	if a.version>>8 == 0x7f || a.version>>8 == 0xfb || a.version>>8 == 0x7e {
		a.draft, a.version = a.version, tls13
	}
}

func readPrefixed8(s *cryptobyte.String, out *[]byte) bool {
	var v cryptobyte.String
	ok := s.ReadUint8LengthPrefixed(&v)
	*out = v
	return ok
}

func readPrefixed16(s *cryptobyte.String, out *[]byte) bool {
	var v cryptobyte.String
	ok := s.ReadUint16LengthPrefixed(&v)
	*out = v
	return ok
}

// readName reads server_name: the first host name.
func readName(e cryptobyte.String) string {
	var list, name cryptobyte.String
	if !e.ReadUint16LengthPrefixed(&list) {
		return ""
	}
	for !list.Empty() {
		var kind uint8
		if !list.ReadUint8(&kind) || !list.ReadUint16LengthPrefixed(&name) {
			return ""
		}
		if kind == 0 {
			return printable(name, 255)
		}
	}
	return ""
}

// readProtocols reads a list of ALPN names.
func readProtocols(e cryptobyte.String) string {
	var list, name cryptobyte.String
	if !e.ReadUint16LengthPrefixed(&list) {
		return ""
	}
	var out []byte
	for range 16 {
		if list.Empty() || !list.ReadUint8LengthPrefixed(&name) {
			break
		}
		if len(name) == 2 && name[0] == name[1] && name[0]&0x0f == 0x0a || len(name) == 0 { // GREASE
			continue
		}
		if len(out) > 0 {
			out = append(out, ',')
		}
		out = appendPrintable(out, name, 64)
	}
	return string(out)
}

func printable(b []byte, limit int) string { return string(appendPrintable(nil, b, limit)) }

// appendPrintable appends at most limit bytes of b; what is not printable ASCII
// is written as \x and two digits.
func appendPrintable(out, b []byte, limit int) []byte {
	const digits = "0123456789abcdef"
	for i, c := range b {
		if i == limit {
			break
		}
		switch {
		case c == '\\':
			out = append(out, '\\', '\\')
		case c >= 0x20 && c < 0x7f:
			out = append(out, c)
		case c == '\r':
			out = append(out, '\\', 'r')
		case c == '\n':
			out = append(out, '\\', 'n')
		default:
			out = append(out, '\\', 'x', digits[c>>4], digits[c&15])
		}
	}
	return out
}
