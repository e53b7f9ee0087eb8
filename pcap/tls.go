package pcap

// Record types of TLS.
const (
	recordCipher    = 20
	recordAlert     = 21
	recordHandshake = 22
	recordData      = 23
	recordHeartbeat = 24
)

// Handshake messages that are looked at.
const (
	msgClientHello = 1
	msgServerHello = 2
	msgCertificate = 11
	msgRequest     = 13
	msgHelloDone   = 14
	msgClientKey   = 16
)

const (
	maxRecord  = 16384 + 2048
	maxMessage = 64 << 10 // of a message that is kept to be read
	tls13      = 0x0304
)

// A handshake is how far two ends got. It is fed the bytes of both directions
// in order, and is decided when the handshake is over, one way or the other;
// from then on nothing is looked at any more.
//
// What each direction has shown, in this order:
//
//	client: hello, (second hello after a retry), key exchange, cipher, finished
//	server: (retry), hello, (certificate, done), cipher, finished
//
// where TLS 1.3 hides everything behind the hellos in records of type 23.
type handshake struct {
	decided   bool
	tentative bool // taken for TLS before its first byte was seen
	upgraded  bool // after STARTTLS or the like
	garbled   bool // began like TLS, and then was not

	sides [2]direction

	hellos     int // complete ClientHellos
	helloAt    int64
	helloStart int
	helloEnd   uint32 // sequence number behind the last one
	hello      clientHello

	answer   serverHello
	answerAt int64
	retried  bool // the server asked for another hello

	certificate bool
	request     bool // the server wants a certificate
	done        bool // ServerHelloDone
	keyExchange bool
	cipherAt    int64
	alert       alert
	stranger    bool // the server answered with something that is no TLS
	version     uint16
	outcome     outcome
	at          int64 // when it was decided
	packet      int
	serverNext  uint32 // where the server's stream stood then
}

// outcome says how a decided handshake ended.
type outcome uint8

const (
	undecided outcome = iota
	completed
	resumed
	alerted
)

// A direction is the record layer of one end.
type direction struct {
	body []byte  // what is kept of the handshake message being read
	head [5]byte // of the record being read
	heads,
	kind uint8
	got    uint8   // bytes of header
	header [4]byte // of the message
	left   int32   // bytes of the record's body still to come
	size   int32   // of that body
	rest   int32   // bytes of the message's body still to come

	data      int32 // records of type 23
	firstData int32 // size of the first
	early     int32 // of them before the server answered
	alert     [2]byte

	begun    bool // a record header was read
	lost     bool // bytes are missing: waiting for something like a header
	gaps     bool // bytes were missing once
	wanted   bool // the message is kept
	cipher   bool // ChangeCipherSpec
	finished bool // an encrypted handshake record came behind it
}

type alert struct {
	level, code uint8
	from        uint8
	hidden      bool // only its size gives it away
	at          int64
	packet      int
}

// startsTLS tells whether a stream begins with a record of TLS, or with a hello
// in the format of SSL 2. midway: any record may come first.
func startsTLS(b []byte, role uint8, midway bool) bool {
	if len(b) == 0 {
		return false
	}
	kind := b[0]
	switch {
	case kind == recordHandshake:
	case role == server && kind == recordAlert:
	case midway && kind >= recordCipher && kind <= recordData && len(b) >= 5:
	default:
		return role == client && startsSSL2(b)
	}
	if len(b) >= 2 && b[1] != 3 || len(b) >= 3 && b[2] > 4 {
		return false
	}
	if len(b) >= 5 {
		if size := int(b[3])<<8 | int(b[4]); size == 0 || size > maxRecord {
			return false
		}
	}
	if kind == recordHandshake && len(b) >= 6 && !midway {
		return role == client && b[5] == msgClientHello || role == server && (b[5] == msgServerHello || b[5] == 0)
	}
	return true
}

// startsSSL2 checks the lengths that such a hello states against each other.
func startsSSL2(b []byte) bool {
	if len(b) < 11 || b[0]&0x80 == 0 || b[2] != 1 {
		return false
	}
	if !(b[3] == 3 && b[4] <= 4 || b[3] == 0 && b[4] == 2) {
		return false
	}
	size := int(b[0]&0x7f)<<8 | int(b[1])
	ciphers, session, challenge := int(b[5])<<8|int(b[6]), int(b[7])<<8|int(b[8]), int(b[9])<<8|int(b[10])
	return ciphers%3 == 0 && ciphers > 0 && challenge >= 16 && challenge <= 32 && size == 9+ciphers+session+challenge
}

// records takes bytes of one direction in order.
func (r *reader) records(f *Flow, t *talk, role uint8, b []byte) {
	h := t.tls
	d := &h.sides[role]
	if d.lost {
		if !startsTLS(b, role, true) {
			return
		}
		d.lost, d.heads, d.left, d.got, d.rest = false, 0, 0, 0, 0
	}
	if !d.begun && d.heads == 0 && !startsTLS(b, role, h.tentative || h.upgraded || f.opened == midstream) {
		r.strange(f, t, role)
		return
	}
	if role == client && !d.begun && d.heads == 0 && startsSSL2(b) {
		b = r.oldHello(f, t, b)
	}
	for len(b) > 0 && !h.decided {
		if d.left == 0 {
			n := copy(d.head[d.heads:], b)
			d.heads += uint8(n)
			b = b[n:]
			if d.heads < 5 {
				return
			}
			d.heads = 0
			if !d.header5() {
				r.strange(f, t, role)
				return
			}
			r.recordBegins(f, t, role)
			if d.left == 0 {
				r.recordEnds(f, t, role)
			}
			continue
		}
		n := min(int(d.left), len(b))
		d.left -= int32(n)
		r.recordBody(f, t, role, b[:n])
		b = b[n:]
		if d.left == 0 && !h.decided {
			r.recordEnds(f, t, role)
		}
	}
}

// header5 reads the header of a record.
func (d *direction) header5() bool {
	kind, size := d.head[0], int(d.head[3])<<8|int(d.head[4])
	if kind < recordCipher || kind > recordHeartbeat || d.head[1] != 3 || d.head[2] > 4 || size > maxRecord {
		return false
	}
	d.kind, d.size, d.left, d.begun = kind, int32(size), int32(size), true
	return true
}

// strange is called when a direction turns out not to speak TLS.
func (r *reader) strange(f *Flow, t *talk, role uint8) {
	h := t.tls
	d := &h.sides[role]
	switch {
	case role == server && !d.begun && h.sides[client].begun:
		h.stranger = true
		t.protocol = r.recognise(f, server, t.said[server].begins())
		h.decided = true
		r.streams.release(t)
	case !d.begun && !h.sides[1-role].begun:
		r.notTLS(f, t)
	case d.gaps:
		d.lost = true
	default:
		r.garbled(f, t)
	}
}

func (r *reader) garbled(f *Flow, t *talk) {
	t.tls.garbled, t.tls.decided = true, true
	r.streams.release(t)
}

// skip passes over bytes that the capture does not have.
func (h *handshake) skip(role uint8, n int) {
	d := &h.sides[role]
	d.gaps = true
	if d.lost {
		return
	}
	if n < int(d.left) && !d.reads() {
		d.left -= int32(n)
		return
	}
	d.lost = true
}

// lose gives up a direction's place in the stream.
func (h *handshake) lose(role uint8) {
	h.sides[role].lost, h.sides[role].gaps = true, true
}

// reads tells that the body of the record at hand is wanted.
func (d *direction) reads() bool {
	return d.kind == recordHandshake && !d.cipher || d.kind == recordAlert && !d.cipher
}

// recordBegins is called when a header is complete.
func (r *reader) recordBegins(f *Flow, t *talk, role uint8) {
	h := t.tls
	d := &h.sides[role]
	switch d.kind {
	case recordData:
		if d.data == d.early {
			d.firstData = d.size // of those that are no early data
		}
		d.data++
		if role == client && h.answerAt == 0 {
			d.early++
		}
	case recordHandshake:
		if d.cipher && h.answer.version != tls13 {
			d.finished = true
		}
	}
}

func (r *reader) recordBody(f *Flow, t *talk, role uint8, b []byte) {
	h := t.tls
	d := &h.sides[role]
	switch d.kind {
	case recordHandshake:
		if !d.cipher || h.hiddenCipher(role) {
			r.messages(f, t, role, b)
		}
	case recordAlert:
		if d.size == 2 {
			copy(d.alert[int(d.size-d.left)-len(b):], b)
		}
	}
}

// hiddenCipher tells that the ChangeCipherSpec seen changes nothing: TLS 1.3
// sends one for the look of it, and a second hello may follow.
func (h *handshake) hiddenCipher(role uint8) bool {
	return h.retried && h.answer.version == 0 || h.answer.version == tls13
}

func (r *reader) recordEnds(f *Flow, t *talk, role uint8) {
	h := t.tls
	d := &h.sides[role]
	switch {
	case d.kind == recordCipher:
		d.cipher = true
		if h.cipherAt == 0 {
			h.cipherAt = r.now
		}
	case d.kind == recordAlert && d.size == 2 && d.alert[0] >= 1 && d.alert[0] <= 2:
		r.alerted(f, t, role)
		return
	}
	r.progress(f, t)
}

// progress looks whether the handshake is complete by what is visible.
func (r *reader) progress(f *Flow, t *talk) {
	h := t.tls
	c, s := &h.sides[client], &h.sides[server]
	if h.answerAt == 0 && !(c.finished && s.finished) {
		return // both may have finished although the hellos are missing
	}
	if h.answer.version == tls13 {
		// The first record the client encrypts is its part of the end, unless it
		// is an alert, which is always this short.
		if s.data > 0 && c.data > c.early && !isAlertSize(c.firstData) {
			how := completed
			if h.answer.resumes {
				how = resumed
			}
			r.completed(f, t, how)
		}
		return
	}
	if c.finished && s.finished {
		how := completed
		if h.hello.session && !h.certificate && !h.keyExchange {
			how = resumed
		}
		r.completed(f, t, how)
	}
}

// isAlertSize tells that an encrypted record of TLS 1.3 can only be an alert:
// two bytes, the hidden type, and a tag of 16 bytes, or of 8 in some ciphers.
func isAlertSize(size int32) bool { return size == 19 || size == 11 }

func (r *reader) completed(f *Flow, t *talk, how outcome) {
	h := t.tls
	h.outcome, h.decided, h.at, h.packet = how, true, r.now, r.number
	h.version = h.answer.version
	h.serverNext = t.streams[server].next
	r.streams.release(t)
	r.tellEstablished(f, t)
}

// turnedAway tells that all a server said after a handshake of TLS 1.3 is one
// record that can only be an alert, before the client wanted to leave: that is
// how a client's certificate is refused, which the client learns too late.
func (f *Flow) turnedAway() bool {
	t := f.talk
	h := t.tls
	if h.version != tls13 || h.outcome != completed && h.outcome != resumed || h.alert.at != 0 || f.partial() {
		return false
	}
	const sealedAlert = 5 + 2 + 1 + 16
	s := &t.said[server]
	next := f.at(server).next
	if f.at(server).seen&sawFIN != 0 {
		next = f.at(server).fin
	}
	if next-h.serverNext != sealedAlert || s.size != sealedAlert || int(s.lasts) < sealedAlert {
		return false
	}
	record := s.ends()[int(s.lasts)-sealedAlert:]
	if record[0] != recordData || record[3] != 0 || record[4] != sealedAlert-5 {
		return false
	}
	return f.closed == openAtEnd || f.closed == finServer || f.closed == resetServer || s.lastAt <= f.closedAt
}

func (r *reader) alerted(f *Flow, t *talk, role uint8) {
	h := t.tls
	d := &h.sides[role]
	a := alert{level: d.alert[0], code: d.alert[1], from: role, at: r.now, packet: r.number}
	if h.alert.level < 2 {
		h.alert = a
	}
	r.tellAlert(f, t, a)
	if a.level == 2 {
		h.outcome, h.decided, h.at, h.packet = alerted, true, r.now, r.number
		r.streams.release(t)
	}
}
