package script

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TCP flags.
var flagBits = map[string]uint8{"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECE": 64, "CWR": 128}

// A segment is one packet before it is put on a link.
type segment struct {
	from, to  *end
	src, dst  pair
	proto     uint8 // 6 TCP, 17 UDP, 1 ICMP
	flags     uint8
	seq, ack  uint32
	win       int
	mss       int
	wscale    int
	payload   []byte
	ttl, id   int
	length    int // lies about the IP length where not negative
	cut       int
	frag      int
	reverse   bool
	iface     int
	wrap      []word
	icmp      []byte
	lost      bool
	splitAt   int
	swap      bool
	take      string
	seqWord   string
	ackWord   string
	again     int
	copy      int
	haveFlags bool
	rtt       time.Duration
}

// packet compiles what follows the time.
func (c *compiler) packet(words []word) error {
	if words[0].text == "arp" {
		return c.arp(words[1:])
	}
	from, to, ok := strings.Cut(words[0].text, ">")
	s := segment{from: c.ends[from], to: c.ends[to], proto: 6, win: -1, wscale: -1, length: -1, iface: 1, rtt: 200 * time.Microsecond}
	if !ok || s.from == nil || s.to == nil {
		return fmt.Errorf("%q names no two endpoints", words[0].text)
	}
	verb := ""
	for i := 1; i < len(words); i++ {
		w := words[i]
		switch {
		case w.quoted:
			s.payload = append(s.payload, w.text...)
		case w.assigned:
			if err := s.option(w); err != nil {
				return err
			}
		case isFlags(w.text):
			for _, f := range strings.Split(w.text, ",") {
				s.flags |= flagBits[f]
			}
			s.haveFlags = true
		default:
			used, v, err := c.word(&s, words[i:])
			if err != nil {
				return err
			}
			i += used - 1
			if v != "" {
				verb = v
			}
		}
	}
	return c.send(s, verb)
}

func isFlags(s string) bool {
	for _, f := range strings.Split(s, ",") {
		if flagBits[f] == 0 {
			return false
		}
	}
	return true
}

// word takes a bare word with what belongs to it; it returns how many words
// that is, and the verb if it is one.
func (c *compiler) word(s *segment, words []word) (used int, verb string, err error) {
	var p []byte
	switch w := words[0].text; w {
	case "connect", "close":
		return 1, w, nil
	case "lost":
		s.lost = true
	case "swap":
		s.swap = true
	case "again":
		s.again = 1
	case "copy":
		s.copy = 1
	case "udp":
		s.proto = 17
	case "pppoe", "gre", "ipip", "hop":
		s.wrap = append(s.wrap, words[0])
	case "hex":
		used = 1
		for _, x := range words[1:] {
			b, err := hex.DecodeString(x.text)
			if err != nil || x.assigned || x.quoted {
				break
			}
			s.payload = append(s.payload, b...)
			used++
		}
		return used, "", nil
	case "zeros":
		if len(words) < 2 {
			return 0, "", errors.New("zeros needs a number")
		}
		n, err := strconv.Atoi(words[1].text)
		if err != nil || n < 0 || n > 1<<20 {
			return 0, "", fmt.Errorf("zeros %q", words[1].text)
		}
		s.payload = append(s.payload, make([]byte, n)...)
		return 2, "", nil
	case "tls":
		p, used, err = tlsRecords(words[1:])
	case "zk":
		p, used, err = zookeeper(words[1:])
	case "redis":
		p, used = redis(words[1:])
	case "mysql":
		p, used, err = mysql(words[1:])
	case "pg":
		p, used, err = postgres(words[1:])
	case "dns":
		s.proto = 17
		p, used, err = dns(words[1:])
	case "icmp":
		used, err = c.unreachable(s, words[1:])
	default:
		return 0, "", fmt.Errorf("unknown word %q", w)
	}
	s.payload = append(s.payload, p...)
	return used + 1, "", err
}

// option takes name=value.
func (s *segment) option(w word) (err error) {
	number := func(into *int) {
		*into, err = strconv.Atoi(w.value)
	}
	switch w.text {
	case "seq":
		s.seqWord = w.value
	case "ack":
		s.ackWord = w.value
	case "take":
		s.take = w.value
	case "win":
		number(&s.win)
	case "mss":
		number(&s.mss)
	case "wscale":
		number(&s.wscale)
	case "len":
		number(&s.length)
	case "ttl":
		number(&s.ttl)
	case "id":
		number(&s.id)
	case "cut":
		number(&s.cut)
	case "split":
		number(&s.splitAt)
	case "again":
		number(&s.again)
	case "copy":
		number(&s.copy)
	case "if":
		number(&s.iface)
	case "rtt":
		s.rtt, err = time.ParseDuration(w.value)
	case "frag":
		value, reverse := strings.CutSuffix(w.value, ",reverse")
		s.reverse = reverse
		s.frag, err = strconv.Atoi(value)
	case "vlan", "mpls", "vxlan", "geneve":
		s.wrap = append(s.wrap, w)
	default:
		return fmt.Errorf("unknown option %q", w.text)
	}
	return err
}

func (c *compiler) stream(from, to *end) *stream {
	key := pair{from.addr, to.addr}
	st := c.pairs[key]
	if st == nil {
		c.isn += 1000
		st = &stream{next: c.isn}
		c.pairs[key] = st
	}
	return st
}

// send puts a segment on the wire: one packet, several, or none.
func (c *compiler) send(s segment, verb string) error {
	st := c.stream(s.from, s.to)
	switch {
	case verb == "connect":
		return c.three(s, "SYN", "SYN,ACK", "ACK")
	case verb == "close":
		return c.three(s, "FIN,ACK", "FIN,ACK", "ACK")
	case s.again > 0 || s.copy > 0:
		n := max(s.again, s.copy)
		if n > len(st.sent) {
			return errors.New("nothing to repeat")
		}
		old := st.sent[len(st.sent)-n].seg
		if s.copy == 1 {
			old = st.written
		}
		old.lost, old.iface, old.cut = false, s.iface, s.cut
		if s.again > 0 {
			old.id = 0
			if s.ackWord != "" {
				old.ack = relative(s.ackWord, old.ack)
			}
		}
		if s.ttl > 0 {
			old.ttl = s.ttl
		}
		return c.put(old, st, false)
	}
	if err := s.taken(); err != nil {
		return err
	}
	if s.proto != 6 {
		return c.put(s, st, true)
	}
	if s.flags&2 != 0 && st.started { // another connection between the same ports
		c.isn += 1000
		st.next = c.isn
	}
	st.started = true
	if s.splitAt <= 0 || len(s.payload) <= s.splitAt {
		return c.segment(s, st)
	}
	return c.parts(s, st)
}

// parts sends payload in several segments.
func (c *compiler) parts(s segment, st *stream) error {
	var all []segment
	for rest := s.payload; len(rest) > 0; {
		n := min(s.splitAt, len(rest))
		part := s
		part.payload, part.splitAt = rest[:n], 0
		rest = rest[n:]
		c.number(&part, st)
		all = append(all, part)
	}
	if n := len(all); s.swap && n >= 2 {
		all[n-1], all[n-2] = all[n-2], all[n-1]
	}
	for i, part := range all {
		if i > 0 {
			c.now = c.now.Add(10 * time.Microsecond)
		}
		if err := c.put(part, st, true); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) segment(s segment, st *stream) error {
	c.number(&s, st)
	return c.put(s, st, true)
}

// number fills in what follows by itself.
func (c *compiler) number(s *segment, st *stream) {
	if !s.haveFlags {
		s.flags = 16
		if len(s.payload) > 0 {
			s.flags |= 8
		}
	}
	s.seq = st.next
	if s.seqWord != "" {
		s.seq = relative(s.seqWord, s.seq)
	}
	next := s.seq + uint32(len(s.payload))
	if s.flags&3 != 0 {
		next++
	}
	if int32(next-st.next) > 0 || s.flags&2 != 0 {
		st.next = next
	}
	if s.flags&16 != 0 {
		s.ack = c.stream(s.to, s.from).next
		if s.ackWord != "" {
			s.ack = relative(s.ackWord, s.ack)
		}
	}
}

// relative reads +N, -N or N.
func relative(word string, base uint32) uint32 {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return base
	}
	if word[0] == '+' || word[0] == '-' {
		return base + uint32(n)
	}
	return uint32(n)
}

// taken keeps the part of the payload that take= names.
func (s *segment) taken() error {
	if s.take == "" {
		return nil
	}
	a, b, ok := strings.Cut(s.take, ":")
	from, to := 0, len(s.payload)
	var err error
	if a != "" {
		from, err = strconv.Atoi(a)
	}
	if ok && b != "" && err == nil {
		to, err = strconv.Atoi(b)
	}
	if err != nil || from < 0 || to > len(s.payload) || from > to {
		return fmt.Errorf("take=%s of %d bytes", s.take, len(s.payload))
	}
	s.payload = s.payload[from:to]
	return nil
}

// three sends three packets, the middle one the other way.
func (c *compiler) three(s segment, words ...string) error {
	for i, flags := range words {
		one := s
		one.haveFlags, one.flags = true, 0
		for _, f := range strings.Split(flags, ",") {
			one.flags |= flagBits[f]
		}
		if i == 1 {
			one.from, one.to = s.to, s.from
		}
		if i > 0 {
			c.now = c.now.Add(s.rtt)
		}
		if err := c.send(one, ""); err != nil {
			return err
		}
	}
	return nil
}
