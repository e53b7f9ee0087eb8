package script

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// values collects the name=value words behind a message's name.
func values(words []word) (map[string]string, int) {
	v := map[string]string{}
	n := 0
	for n < len(words) && words[n].assigned {
		v[words[n].text] = words[n].value
		n++
	}
	return v, n
}

// number reads a value; sizes are bounded by who uses them.
func number(v map[string]string, name string, otherwise uint64) uint64 {
	if n, err := strconv.ParseUint(v[name], 0, 64); err == nil {
		return n
	}
	return otherwise
}

var errMessage = errors.New("message missing")

// zookeeper writes one packet of its protocol.
func zookeeper(words []word) ([]byte, int, error) {
	if len(words) == 0 {
		return nil, 0, errMessage
	}
	v, used := values(words[1:])
	o := binary.BigEndian
	timeout, session := uint32(number(v, "timeout", 30000)), number(v, "session", 0)
	password := func(b []byte) []byte { return append(o.AppendUint32(b, 16), make([]byte, 16)...) }
	var b []byte
	switch words[0].text {
	case "connect_request":
		b = o.AppendUint32(b, 0)
		b = o.AppendUint64(b, number(v, "zxid", 0))
		b = o.AppendUint32(b, timeout)
		b = password(o.AppendUint64(b, session))
		if v["old"] == "" {
			b = append(b, 0)
		}
	case "connect_response":
		b = o.AppendUint32(b, 0)
		b = o.AppendUint32(b, timeout)
		b = password(o.AppendUint64(b, session))
		if v["old"] == "" {
			b = append(b, 0)
		}
	case "expired":
		b = append(password(make([]byte, 16)), 0)
	case "ping":
		b = append(b, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 11)
	case "pong":
		b = append(b, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0)
	case "close":
		b = append(b, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xf5)
	case "closed":
		b = append(b, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0)
	default:
		return nil, 0, fmt.Errorf("zk %q", words[0].text)
	}
	return append(o.AppendUint32(nil, uint32(len(b))), b...), used + 1, nil
}

// redis writes the bare words as a request.
func redis(words []word) ([]byte, int) {
	n := 0
	for n < len(words) && !words[n].assigned {
		n++
	}
	b := fmt.Appendf(nil, "*%d\r\n", n)
	for _, w := range words[:n] {
		b = fmt.Appendf(b, "$%d\r\n%s\r\n", len(w.text), w.text)
	}
	return b, n
}

func mysql(words []word) ([]byte, int, error) {
	if len(words) == 0 {
		return nil, 0, errMessage
	}
	frame := func(n byte, b []byte) []byte {
		return append([]byte{byte(len(b)), byte(len(b) >> 8), 0, n}, b...)
	}
	v, used := values(words[1:])
	switch words[0].text {
	case "greeting":
		version := v["version"]
		if version == "" {
			version = "8.0.30"
		}
		b := append([]byte{10}, version...)
		b = append(b, 0, 7, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0xff, 0xff)
		return frame(0, append(b, make([]byte, 31)...)), used + 1, nil
	case "ssl_request":
		return frame(1, append([]byte{0x85, 0xae, 0xff, 1, 0, 0, 0, 1, 45}, make([]byte, 23)...)), used + 1, nil
	case "error":
		if len(words) < 3 {
			return nil, 0, errMessage
		}
		code, err := strconv.Atoi(words[1].text)
		return frame(byte(number(v, "n", 0)), append([]byte{0xff, byte(code), byte(code >> 8)}, words[2].text...)), 3, err
	}
	return nil, 0, fmt.Errorf("mysql %q", words[0].text)
}

func postgres(words []word) ([]byte, int, error) {
	if len(words) == 0 {
		return nil, 0, errMessage
	}
	switch words[0].text {
	case "ssl_request":
		return []byte{0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f}, 1, nil
	case "startup":
		b := []byte("\x00\x03\x00\x00user\x00app\x00database\x00app\x00\x00")
		return append(binary.BigEndian.AppendUint32(nil, uint32(len(b)+4)), b...), 1, nil
	case "error":
		if len(words) < 3 {
			return nil, 0, errMessage
		}
		b := fmt.Appendf(nil, "SFATAL\x00VFATAL\x00C%s\x00M%s\x00\x00", words[1].text, words[2].text)
		return append(binary.BigEndian.AppendUint32([]byte{'E'}, uint32(len(b)+4)), b...), 3, nil
	}
	return nil, 0, fmt.Errorf("pg %q", words[0].text)
}

var rcodes = map[string]uint16{"NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "REFUSED": 5}
var types = map[string]uint16{"": 1, "A": 1, "NS": 2, "CNAME": 5, "PTR": 12, "TXT": 16, "AAAA": 28, "SRV": 33}

func dns(words []word) ([]byte, int, error) {
	if len(words) == 0 {
		return nil, 0, errMessage
	}
	v, used := values(words[1:])
	o := binary.BigEndian
	flags, answers := uint16(0x0100), uint16(0)
	if words[0].text == "answer" {
		flags = 0x8180 | rcodes[v["rcode"]]
		if v["rcode"] == "" {
			answers = uint16(number(v, "answers", 1))
		}
	}
	b := o.AppendUint16(nil, uint16(number(v, "id", 1)))
	for _, n := range []uint16{flags, 1, answers, 0, 0} {
		b = o.AppendUint16(b, n)
	}
	for _, label := range strings.Split(v["name"], ".") {
		b = append(append(b, byte(len(label))), label...)
	}
	b = append(b, 0)
	b = o.AppendUint16(o.AppendUint16(b, types[v["type"]]), 1)
	for i := range answers {
		b = append(b, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, byte(i+1))
	}
	return b, used + 1, nil
}

var icmpKinds = map[string][2][2]byte{ // of IPv4, of IPv6
	"net_unreachable":  {{3, 0}, {1, 0}},
	"host_unreachable": {{3, 1}, {1, 3}},
	"port_unreachable": {{3, 3}, {1, 4}},
	"admin_prohibited": {{3, 13}, {1, 1}},
	"frag_needed":      {{3, 4}, {2, 0}},
	"ttl_exceeded":     {{11, 0}, {3, 0}},
}

// unreachable writes an ICMP error about the last packet of a direction.
func (c *compiler) unreachable(s *segment, words []word) (int, error) {
	if len(words) < 3 || words[1].text != "of" {
		return 0, errors.New("icmp KIND of A>B")
	}
	kind, ok := icmpKinds[words[0].text]
	from, to, _ := strings.Cut(words[2].text, ">")
	if !ok || c.ends[from] == nil || c.ends[to] == nil {
		return 0, fmt.Errorf("icmp %s of %s", words[0].text, words[2].text)
	}
	st := c.stream(c.ends[from], c.ends[to])
	if len(st.sent) == 0 {
		return 0, errors.New("nothing was sent that way")
	}
	v, used := values(words[3:])
	mtu := number(v, "mtu", 1400)
	old := st.sent[len(st.sent)-1].seg
	quoted := old.network(old.transport(), 0, false)
	s.proto = 1
	body := []byte{kind[0][0], kind[0][1], 0, 0, 0, 0, 0, 0}
	quote := quoted[:min(len(quoted), 28)]
	if quoted[0]>>4 == 6 {
		s.proto, body[0], body[1] = 58, kind[1][0], kind[1][1]
		quote = quoted[:min(len(quoted), 1232)]
	}
	if words[0].text == "frag_needed" {
		body[6], body[7] = byte(mtu>>8), byte(mtu)
	}
	s.icmp = append(body, quote...)
	return used + 3, nil
}

// arp writes a frame of address resolution.
func (c *compiler) arp(words []word) error {
	var from, to netip.Addr
	var mac [6]byte
	var err error
	op := byte(2)
	switch {
	case len(words) >= 3 && words[1].text == "is":
		from, err = netip.ParseAddr(words[0].text)
		to = from
		if err == nil {
			mac, err = parseMAC(words[2].text)
		}
	case len(words) >= 5 && words[0].text == "who" && words[2].text == "tell":
		op = 1
		if to, err = netip.ParseAddr(words[1].text); err == nil {
			from, err = netip.ParseAddr(words[3].text)
		}
		if err == nil {
			mac, err = parseMAC(words[4].value)
		}
	default:
		return errors.New("arp ADDRESS is MAC, or arp who ADDRESS tell ADDRESS mac=MAC")
	}
	if err != nil {
		return err
	}
	b := append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, mac[:]...)
	b = append(b, 8, 6, 0, 1, 8, 0, 6, 4, 0, op)
	b = append(append(b, mac[:]...), from.AsSlice()...)
	b = append(append(b, 0, 0, 0, 0, 0, 0), to.AsSlice()...)
	c.out = append(c.out, packet{at: c.now, frame: b, wire: len(b), captured: len(b), iface: 1})
	return nil
}
