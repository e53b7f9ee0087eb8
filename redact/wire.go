package redact

import (
	"bytes"
	"net/netip"
)

// A Wire redacts the packets of one capture. Lengths stay, so that sequence
// numbers and headers stay true; a secret torn by the end of a segment is
// recognised by what came before it in its direction.
type Wire struct {
	r     *Redactor
	where string
	sides map[direction]*side
	order []direction // oldest first
	buf   []byte
}

type direction struct{ from, to netip.AddrPort }

// A side remembers the end of what one side of a connection said, as it was.
type side struct {
	next uint32 // number of the byte behind it
	tail []byte
}

const (
	maxSides = 4096
	maxTail  = 4 << 10
)

// NewWire returns a Wire for the capture at path.
func (r *Redactor) NewWire(path string) *Wire {
	return &Wire{r: r, where: path, sides: map[direction]*side{}}
}

// Segment redacts the payload of a TCP segment in its place. seq is the number
// of its first byte.
func (w *Wire) Segment(from, to netip.AddrPort, seq uint32, payload []byte) {
	if len(payload) == 0 || encrypted(payload) {
		return
	}
	d := direction{from, to}
	s := w.sides[d]
	if s == nil {
		s = w.open(d)
	}
	// What came before, where it is known.
	before := s.tail[:0]
	if back := s.next - seq; len(s.tail) > 0 && back <= uint32(len(s.tail)) {
		before = s.tail[:len(s.tail)-int(back)]
	}
	w.buf = append(append(w.buf[:0], before...), payload...)
	n := len(before)
	if end := seq + uint32(len(payload)); len(s.tail) == 0 || int32(end-s.next) > 0 {
		s.tail = append(s.tail[:0], w.buf[max(0, len(w.buf)-maxTail):]...)
		s.next = end
	}
	w.look(w.buf, n, from.Port(), to.Port())
	copy(payload, w.buf[n:])
}

// Datagram redacts the payload of a UDP datagram in its place.
func (w *Wire) Datagram(from, to netip.AddrPort, payload []byte) {
	w.look(payload, 0, from.Port(), to.Port())
	if p, q := from.Port(), to.Port(); p == 53 || q == 53 || p == 5353 || q == 5353 || p == 5355 || q == 5355 {
		w.dns(payload)
	}
}

// Raw redacts bytes that are no payload of a known kind.
func (w *Wire) Raw(b []byte) { w.r.Fixed(b, 0, w.where) }

func (w *Wire) open(d direction) *side {
	if len(w.order) >= maxSides {
		delete(w.sides, w.order[0])
		w.order = append(w.order[:0], w.order[1:]...)
	}
	s := &side{}
	w.sides[d] = s
	w.order = append(w.order, d)
	return s
}

func (w *Wire) look(b []byte, from int, src, dst uint16) {
	s := w.r.scan(b)
	defer w.r.release(s)
	s.fixed, s.cut, s.where = true, true, w.where
	s.protocols(from, src, dst)
	s.find()
	s.overwrite(from)
}

// encrypted tells a payload that begins with a record of TLS other than a
// handshake, or of a handshake: names in it are looked at by who asks for hosts.
func encrypted(b []byte) bool {
	return len(b) >= 5 && (b[0] == 0x17 || b[0] == 0x14 || b[0] == 0x15) && b[1] == 3 && b[2] <= 4
}

// protocols finds passwords of protocols that have neither names nor signs.
func (s *scan) protocols(from int, src, dst uint16) {
	b := s.b
	for i := lineStart(b, from); i < len(b); {
		end := lineEnd(b, i, len(b))
		s.verb(b[i:end], i)
		i = end + 1
	}
	s.resp()
	s.zookeeperAuth()
	s.plain()
	s.ldapBind()
	s.mqtt(from)
	if p := b[from:]; len(p) > 6 && p[0] == 'p' && be32(p[1:]) == uint32(len(p)-1) && p[len(p)-1] == 0 && !bytes.Contains(p, []byte("SCRAM")) {
		s.add(from+5, len(b)-1, Secret) // PasswordMessage of PostgreSQL
	}
	if src == 161 || dst == 161 || src == 162 || dst == 162 {
		s.snmp()
	}
}

func be32(b []byte) uint32 {
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// lineStart is where the line that holds a place begins.
func lineStart(b []byte, at int) int { return bytes.LastIndexByte(b[:at], '\n') + 1 }

// verb takes the password of a command of FTP, POP3, IMAP, SMTP or redis.
func (s *scan) verb(line []byte, at int) {
	line = bytes.TrimRight(line, "\r")
	if len(line) < 6 || len(line) > 1024 || line[0] < ' ' || line[0] > 'z' {
		return
	}
	switch {
	case folds(line, "pass ") && (line[0] == 'P' && line[1] == 'A' || bytes.Count(line, []byte(" ")) == 1):
		s.add(at+5, at+len(line), Secret)
	case folds(line, "auth plain "), folds(line, "auth login "), folds(line, "auth cram-md5 "), folds(line, "auth xoauth2 "):
		s.add(at+bytes.LastIndexByte(line, ' ')+1, at+len(line), Secret)
	case folds(line, "auth ") && !bytes.ContainsAny(line, "="):
		if !folds(line, "auth tls") && !folds(line, "auth ssl") && !folds(line, "auth login") && !folds(line, "auth plain") {
			s.add(at+bytes.LastIndexByte(line, ' ')+1, at+len(line), Secret)
		}
	case folds(line, "apop "):
		s.add(at+bytes.LastIndexByte(line, ' ')+1, at+len(line), Secret)
	case indexFold(line[:min(len(line), 40)], " login ") > 0: // a1 LOGIN user password
		words := bytes.Fields(line)
		if len(words) == 4 && same(words[1], "login") && run(words[0], 0, isAlnum) == len(words[0]) {
			v := bytes.Trim(words[3], `"`)
			from := at + bytes.LastIndex(line, v)
			s.add(from, from+len(v), Secret)
		}
	}
	// What AUTH LOGIN asks for comes as lines of base64 alone.
	if plain := printableBase64(line); plain != nil && len(line)%4 == 0 && len(line) < 200 && s.saidBefore(at) {
		s.add(at, at+len(line), Secret)
	}
}

// saidBefore looks for the command that is answered in lines of base64; the
// questions for them go the other way.
func (s *scan) saidBefore(at int) bool {
	before := s.b[max(0, at-400):at]
	return indexFold(before, "auth login") >= 0 || indexFold(before, "auth plain") >= 0 || indexFold(before, "authenticate ") >= 0
}

// resp takes the arguments of AUTH and HELLO … AUTH in the protocol of redis.
func (s *scan) resp() {
	b := s.b
	for i := 0; ; {
		k := indexFold(b[i:], "\r\nauth\r\n$")
		if k < 0 {
			return
		}
		i += k + len("\r\nauth\r\n")
		words := 2 // of the command: user and password, or one
		if begin := bytes.LastIndexByte(b[:i-8], '*'); begin >= 0 && hasAt(b, begin, "*2\r\n") {
			words = 1
		}
		for ; words > 0 && i < len(b) && b[i] == '$'; words-- {
			n := 0
			for i++; i < len(b) && isDigit(b[i]) && n < 1<<20; i++ {
				n = n*10 + int(b[i]-'0')
			}
			if !hasAt(b, i, "\r\n") {
				return
			}
			i += 2
			if words == 1 {
				s.add(i, min(len(b), i+n), Secret)
			}
			i = min(len(b), i+n+2)
		}
	}
}

// zookeeperAuth takes the password of the scheme "digest": its data are
// user:password, both with their lengths in front.
func (s *scan) zookeeperAuth() {
	b := s.b
	k := bytes.Index(b, []byte("\x00\x00\x00\x06digest"))
	if k < 0 || len(b) < k+14 {
		return
	}
	from := k + 14
	to := min(len(b), from+int(min(be32(b[k+10:]), 4096)))
	if c := bytes.IndexByte(b[from:to], ':'); c >= 0 {
		s.add(from+c+1, to, Secret)
	}
}

// plain takes the password of SASL PLAIN: \0user\0password, behind the name of
// the mechanism (AMQP) or alone (Kafka).
func (s *scan) plain() {
	b := s.b
	for i := 0; i+4 < len(b); i++ {
		k := bytes.IndexByte(b[i:], 0)
		if k < 0 {
			return
		}
		i += k
		user := i + 1 + run(b[i+1:], 0, isPrintable)
		if user-i < 2 || user >= len(b) || b[user] != 0 || user-i > 80 {
			continue
		}
		to := user + 1 + run(b[user+1:], 0, isPrintable)
		n := uint32(to - i)
		// Its length stands in front: four bytes of AMQP and Kafka.
		if to-user < 3 || i < 4 || be32(b[i-4:]) != n {
			continue
		}
		s.add(user+1, to, Secret)
		return
	}
}

func isPrintable(c byte) bool { return c > ' ' && c < 0x7f || c >= 0x80 }

// ldapBind takes the password of a simple bind: version 3, a name, and the
// password under the tag 0x80.
func (s *scan) ldapBind() {
	b := s.b
	k := bytes.Index(b, []byte("\x02\x01\x03\x04"))
	if k < 0 {
		return
	}
	i, n := berLength(b, k+4)
	if i < 0 || i+n >= len(b) || b[i+n] != 0x80 {
		return
	}
	from, m := berLength(b, i+n+1)
	if from > 0 && m > 0 {
		s.add(from, min(len(b), from+m), Secret)
	}
}

// berLength reads a length and returns where what it measures begins, -1: none.
func berLength(b []byte, i int) (from, n int) {
	if i >= len(b) {
		return -1, 0
	}
	if b[i] < 0x80 {
		return i + 1, int(b[i])
	}
	size := int(b[i] & 0x7f)
	if size > 3 || i+size >= len(b) {
		return -1, 0
	}
	for _, c := range b[i+1 : i+1+size] {
		n = n<<8 | int(c)
	}
	return i + 1 + size, n
}

// snmp takes the community of versions 1 and 2c.
func (s *scan) snmp() {
	b := s.b
	if len(b) < 10 || b[0] != 0x30 {
		return
	}
	i, _ := berLength(b, 1)
	if i < 0 || i+5 >= len(b) || b[i] != 2 || b[i+1] != 1 || b[i+2] > 1 || b[i+3] != 4 {
		return
	}
	if from, n := berLength(b, i+4); from > 0 && from+n <= len(b) {
		s.add(from, from+n, Secret)
	}
}

// mqtt takes the password of CONNECT, its last field.
func (s *scan) mqtt(from int) {
	b := s.b[from:]
	if len(b) < 14 || b[0] != 0x10 {
		return
	}
	i := 2
	for i < 5 && b[i-1]&0x80 != 0 {
		i++
	}
	if !hasAt(b, i, "\x00\x04MQTT") && !hasAt(b, i, "\x00\x06MQIsdp") {
		return
	}
	i += 2 + int(b[i+1]) + 1
	if i+3 > len(b) {
		return
	}
	flags := b[i]
	i += 3
	fields := 1 + int(flags>>1&2) + int(flags>>7)
	for ; fields > 0 && i+2 <= len(b); fields-- {
		i += 2 + int(b[i])<<8 + int(b[i+1])
	}
	if flags&0x40 != 0 && i+2 < len(b) {
		n := int(b[i])<<8 + int(b[i+1])
		s.add(from+i+2, from+min(len(b), i+2+n), Secret)
	}
}

// Names redacts the body of a pcapng block of names: addresses, each with names.
func (w *Wire) Names(body []byte, big bool) {
	for i := 0; i+4 <= len(body); {
		kind, size := int(body[i])|int(body[i+1])<<8, int(body[i+2])|int(body[i+3])<<8
		if big {
			kind, size = int(body[i])<<8|int(body[i+1]), int(body[i+2])<<8|int(body[i+3])
		}
		i += 4
		if kind == 0 || i+size > len(body) {
			return
		}
		switch {
		case kind == 1 && size >= 4:
			w.r.Addr(body[i : i+4])
			w.r.Fixed(body[i+4:i+size], 0, w.where)
		case kind == 2 && size >= 16:
			w.r.Addr(body[i : i+16])
			w.r.Fixed(body[i+16:i+size], 0, w.where)
		}
		i += (size + 3) &^ 3
	}
}

// Secrets covers the body of a pcapng block of decryption secrets.
func (w *Wire) Secrets(body []byte) {
	if len(body) > 8 && !marked(body[8:]) {
		w.r.cover(body[8:], 0, Key, w.where)
	}
}
