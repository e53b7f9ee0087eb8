package pcap

import (
	"cmp"
	"slices"

	"forensic/event"
)

const (
	maxConversations = 1 << 14    // of UDP, at the same time; beyond that they are forgotten
	maxUDPServices   = 4096       // server ports
	answerTime       = 5 * second // after which a datagram counts as unanswered
)

// A udpService is what is known of a port: its name, and whether a client
// expects an answer to what it sends there.
type udpService struct {
	name    string
	answers bool
}

var udpPorts = map[uint16]udpService{
	53: {"dns", true}, 67: {"dhcp", false}, 69: {"tftp", true}, 123: {"ntp", true}, 137: {"netbios", false}, 138: {"netbios", false},
	161: {"snmp", true}, 162: {"snmp-trap", false}, 443: {"quic", true}, 500: {"ike", true}, 514: {"syslog", false}, 520: {"rip", false},
	547: {"dhcpv6", false}, 623: {"ipmi", true}, 1645: {"radius", true}, 1646: {"radius-accounting", true},
	1812: {"radius", true}, 1813: {"radius-accounting", true}, 1900: {"ssdp", false}, 2055: {"netflow", false}, 3799: {"radius-change", true},
	4500: {"ike", true}, 4739: {"ipfix", false}, 5060: {"sip", true}, 5353: {"mdns", false}, 6343: {"sflow", false}, 8125: {"statsd", false},
	9995: {"netflow", false},
}

// A conversation is what two ends of UDP sent each other.
type conversation struct {
	server  int32 // in the table of services
	client  uint8 // which end
	asked   int   // since the last answer
	askedAt int64
	heard   bool
}

// A udpTalk is one server port of UDP.
type udpTalk struct {
	at         endpoint
	asked      int
	answered   int
	unanswered int // of clients that never heard anything
	clients    callers
	bytes      [2]uint64
	span
}

// datagrams follows UDP between pairs of ends.
type datagrams struct {
	open  map[flowKey]*conversation
	index map[endpoint]int32
	all   []udpTalk
	full  int // packets to ports beyond the limit
	gone  int // conversations forgotten for want of room
}

// datagram counts one.
func (r *reader) datagram(p *packet) {
	if p.copies && r.copied(p) {
		r.seen.Copies++
		return
	}
	d := &r.datagrams
	if d.open == nil {
		d.open, d.index = make(map[flowKey]*conversation), make(map[endpoint]int32)
	}
	key, end := keyOf(p.src, p.dst)
	c := d.open[key]
	if c == nil {
		if len(d.open) >= maxConversations {
			d.gone += len(d.open)
			clear(d.open)
		}
		asker := end
		if _, named := udpPorts[p.dst.port]; !named {
			if _, named := udpPorts[p.src.port]; named {
				asker = 1 - end
			}
		}
		n := d.service(key.end(1 - asker))
		if n == 0 {
			return
		}
		c = &conversation{server: n, client: asker}
		d.open[key] = c
		d.all[n-1].clients.add(key.end(asker).address)
	}
	s := &d.all[c.server-1]
	s.meet(p)
	if end != c.client {
		s.answered++
		s.bytes[server] += uint64(p.length)
		c.asked, c.heard = 0, true
		return
	}
	s.asked++
	s.bytes[client] += uint64(p.length)
	c.asked++
	c.askedAt = p.time
}

// service returns the number of a server port, 0 where there are too many.
func (d *datagrams) service(e endpoint) int32 {
	n := d.index[e]
	if n == 0 {
		if len(d.all) >= maxUDPServices {
			d.full++
			return 0
		}
		d.all = append(d.all, udpTalk{at: e})
		n = int32(len(d.all))
		d.index[e] = n
	}
	return n
}

// meet moves where in the capture something stands on to a packet.
func (s *span) meet(p *packet) {
	if s.firstPacket == 0 {
		s.firstPacket, s.offset, s.first, s.last = p.number, p.offset, p.time, p.time
	}
	s.lastPacket, s.endsAt, s.last = p.number, p.end, max(s.last, p.time)
}

// settle ends all conversations: who never heard anything, although there was
// time for it, has no answer. Where some were forgotten nobody knows.
func (d *datagrams) settle(now int64) {
	if d.gone > 0 {
		return
	}
	for _, c := range d.open {
		if s := &d.all[c.server-1]; !c.heard && now-c.askedAt >= answerTime && udpPorts[s.at.port].answers && !s.at.shared() {
			s.unanswered += c.asked
		}
	}
}

// shared tells that an address is no machine's own: multicast or broadcast.
func (e endpoint) shared() bool {
	a := e.netip()
	return a.IsMulticast() || a.Is4() && a.As4() == [4]byte{255, 255, 255, 255}
}

// tellDatagrams tells what was said to each port of UDP, at the end.
func (r *reader) tellDatagrams() {
	d := &r.datagrams
	d.settle(r.end)
	slices.SortFunc(d.all, func(a, b udpTalk) int { return cmp.Compare(a.firstPacket, b.firstPacket) })
	for i := range d.all {
		s := &d.all[i]
		r.event("udp.service", nil, s.last)
		r.where(s.firstPacket, s.lastPacket, s.offset, s.endsAt)
		n, one := s.clients.told(s.asked + s.answered)
		r.str(event.Client, one)
		r.endpoint(event.Server, s.at)
		r.str("protocol", udpPorts[s.at.port].name)
		r.number64("clients", int64(n))
		r.number64("requests", int64(s.asked))
		r.number64("answers", int64(s.answered))
		r.count("unanswered", int64(s.unanswered))
		r.line()
		r.text = s.at.append(r.text)
		r.say(": datagrams ")
		r.text = appendTwo(r.text, int64(s.asked), int64(s.answered))
		r.say(" (to it, from it)")
		if s.unanswered > 0 {
			r.say(", ")
			r.text = appendNumber(r.text, s.unanswered)
			r.say(" of them from clients that never heard anything")
		}
		r.send()
	}
}

// table lists them for the overview.
func (d *datagrams) table() []event.Service {
	var out []event.Service
	for i := range d.all {
		s := &d.all[i]
		e := event.Service{
			Server: string(s.at.append(nil)), Transport: "udp", Protocol: udpPorts[s.at.port].name, Packets: s.asked + s.answered,
			Unanswered: s.unanswered, ToServer: int64(s.bytes[client]), ToClient: int64(s.bytes[server]),
		}
		e.Clients, e.Client = s.clients.told(s.asked + s.answered)
		out = append(out, e)
	}
	return out
}
