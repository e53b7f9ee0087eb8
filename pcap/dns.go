package pcap

import (
	"encoding/binary"
	"slices"

	"forensic/event"
)

const (
	maxQueries = 16384      // without an answer, at the same time
	queryTime  = 5 * second // after which a resolver asks again or gives up
	maxServers = 1024
)

// A queryKey names a query: who asked whom, and its number.
type queryKey struct {
	client, server endpoint
	id             uint16
}

type query struct {
	key    queryKey
	name   string
	kind   uint16
	at     int64
	packet int
	offset int64
	end    int64
	tries  int
	done   bool
}

// A resolver remembers DNS queries until they are answered or given up.
type resolver struct {
	open     map[queryKey]*query
	order    []*query // oldest first
	answered map[endpoint]int
	lost     int // queries given up for want of room
}

// dns takes a datagram from or to port 53.
func (r *reader) dns(p *packet) {
	b := p.payload
	if len(b) < 12 || b[2]>>3&15 != 0 { // not a standard query
		return
	}
	d := &r.resolver
	r.expireQueries(r.now - queryTime)
	id := binary.BigEndian.Uint16(b)
	if b[2]&0x80 == 0 {
		if p.dst.port == 53 {
			r.query(p, queryKey{p.src, p.dst, id}, b)
		}
		return
	}
	if d.answered == nil {
		d.answered = make(map[endpoint]int)
	}
	if n, ok := d.answered[p.src]; ok || len(d.answered) < maxServers {
		d.answered[p.src] = n + 1
	}
	key := queryKey{p.dst, p.src, id}
	q := d.open[key]
	if q == nil {
		return
	}
	delete(d.open, key)
	q.done = true
	if code := b[3] & 15; code != 0 && code != 3 {
		r.dnsEvent("dns.failed", q, r.now, rcodeNames[code])
	}
}

var rcodeNames = [16]string{
	"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE",
	"11", "12", "13", "14", "15",
}

func (r *reader) query(p *packet, key queryKey, b []byte) {
	d := &r.resolver
	if q := d.open[key]; q != nil {
		if !p.copies || r.now-q.at > int64(apart) {
			q.tries++
		}
		return
	}
	name, kind := question(b)
	if name == "" {
		return
	}
	if d.open == nil {
		d.open = make(map[queryKey]*query)
	}
	if len(d.open) >= maxQueries {
		d.lost++
		return
	}
	q := &query{key: key, name: name, kind: kind, at: r.now, packet: r.number, offset: p.offset, end: p.end, tries: 1}
	d.open[key] = q
	if len(d.order) >= 2*maxQueries { // answered ones wait behind one that is not
		d.order = slices.DeleteFunc(d.order, func(q *query) bool { return q.done })
	}
	d.order = append(d.order, q)
}

// question reads the first name asked for.
func question(b []byte) (name string, kind uint16) {
	if binary.BigEndian.Uint16(b[4:]) == 0 {
		return "", 0
	}
	var out []byte
	for at := 12; at < len(b) && len(out) < 256; {
		n := int(b[at])
		at++
		if n == 0 {
			if len(b) < at+4 {
				return "", 0
			}
			if len(out) == 0 {
				out = append(out, '.')
			}
			return string(out), binary.BigEndian.Uint16(b[at:])
		}
		if n > 63 || at+n > len(b) {
			return "", 0
		}
		if len(out) > 0 {
			out = append(out, '.')
		}
		out = appendPrintable(out, b[at:at+n], 63)
		at += n
	}
	return "", 0
}

// expireQueries tells the queries asked before a time that nobody answered.
func (r *reader) expireQueries(before int64) {
	d := &r.resolver
	for len(d.order) > 0 && (d.order[0].done || d.order[0].at < before) {
		q := d.order[0]
		d.order[0] = nil
		d.order = d.order[1:]
		if q.done {
			continue
		}
		delete(d.open, q.key)
		r.dnsEvent("dns.unanswered", q, q.at, "")
	}
}

var queryTypes = map[uint16]string{
	1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 65: "HTTPS", 255: "ANY",
}

func (r *reader) dnsEvent(kind string, q *query, at int64, code string) {
	r.event(kind, nil, at)
	r.where(q.packet, q.packet, q.offset, q.end)
	if code != "" {
		r.where(q.packet, r.number, q.offset, r.dec.out.end)
	}
	r.endpoint(event.Client, q.key.client)
	r.endpoint(event.Server, q.key.server)
	r.str("name", q.name)
	if t, ok := queryTypes[q.kind]; ok {
		r.str("type", t)
	} else {
		r.number64("type", int64(q.kind))
	}
	r.str("rcode", code)
	if q.tries > 1 {
		r.count("tries", int64(q.tries))
	}
	r.number64("server_answers", int64(r.resolver.answered[q.key.server]))
	if code != "" {
		r.ms("answer_ms", at-q.at)
	}
	r.line()
	r.text = q.key.client.append(r.text)
	r.say(" asks ")
	r.text = q.key.server.append(r.text)
	r.say(" for ", q.name, ": ")
	if code == "" {
		r.say("no answer")
	} else {
		r.say(code)
	}
	r.send()
}
