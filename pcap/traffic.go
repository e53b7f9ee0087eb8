package pcap

import (
	"cmp"
	"slices"

	"forensic/event"
)

const (
	fewNotable   = 3  // connections told for each reason
	fewFailed    = 2  // for each way to fail
	mostServices = 64 // services told
)

// traffic counts what the connections of the capture were, for the overview.
type traffic struct {
	opened [len(openWords)]int
	closed [len(closeWords)]int
	tls    map[string]int
	failed []failure
	slow   [len(reasons)]ranking
	begun  map[endpoint]*begun
}

// begun is a server of connections that were open before the capture.
type begun struct {
	times   int
	bytes   [2]uint64
	clients callers
}

// maxBegun bounds them; the table of services is shorter by far.
const maxBegun = 1024

func (t *traffic) meet(f *Flow) {
	at := f.key.end(server ^ f.client)
	b := t.begun[at]
	if b == nil {
		if len(t.begun) >= maxBegun {
			return
		}
		if t.begun == nil {
			t.begun = map[endpoint]*begun{}
		}
		b = &begun{}
		t.begun[at] = b
	}
	b.times++
	b.bytes[client] += f.at(client).bytes
	b.bytes[server] += f.at(server).bytes
	b.clients.add(f.key.end(client ^ f.client).address)
}

// Reasons to tell a connection beside that it failed.
var reasons = [...]string{"slow_to_open", "slow_to_answer", "longest", "repeated"}

const (
	slowToOpen = iota
	slowToAnswer
	longest
	repeated
)

// A failure is one way to fail, and the first connections that did.
type failure struct {
	what  string
	times int
	first []event.Notable
}

// A ranking keeps the few with the largest value; of equal ones the first.
type ranking []event.Notable

func (k *ranking) takes(value int64) bool {
	return value > 0 && (len(*k) < fewNotable || value > (*k)[len(*k)-1].Value)
}

func (k *ranking) add(n event.Notable) {
	at, _ := slices.BinarySearchFunc(*k, n.Value, func(m event.Notable, v int64) int {
		if m.Value >= v {
			return -1
		}
		return 1
	})
	*k = slices.Insert(*k, at, n)
	*k = (*k)[:min(len(*k), fewNotable)]
}

// tally notes a connection that is told; the sentence about it stands in the
// event that was just sent.
func (r *reader) tally(f *Flow, v verdictTLS) {
	t := &r.traffic
	t.opened[f.opened]++
	if f.opened == established || f.opened == midstream {
		t.closed[f.closed]++
	}
	if f.opened == midstream {
		t.meet(f)
	}
	if v.word != "none" && (v.word != "unknown" || r.tlsMatters(f)) {
		if t.tls == nil {
			t.tls = map[string]int{}
		}
		t.tls[v.word]++
		if s := r.services.of(f); s != nil && v.word == "unknown" && f.talk != nil && f.talk.mode == secure {
			s.unclear++
		}
	}
	if what := r.failure(f, v); what != "" {
		t.fail(what, r, f)
	}
	if f.openAt != 0 && f.synAt != 0 {
		r.rank(slowToOpen, f.openAt-f.synAt, f)
	}
	if k := f.talk; k != nil && k.opener == client && k.said[server].segments > 0 && f.opened == established && !f.partial() {
		r.rank(slowToAnswer, k.said[server].at-k.said[client].at, f)
	}
	if f.opened == established || f.opened == midstream {
		r.rank(longest, r.until(f)-f.first, f)
	}
	r.rank(repeated, int64(f.sides[0].retransmitted)+int64(f.sides[1].retransmitted), f)
}

// failure is the word for how a connection failed; empty where it did not, or
// where the capture does not tell.
func (r *reader) failure(f *Flow, v verdictTLS) string {
	switch f.opened {
	case refused, noAnswer, noFinalACK:
		return openWords[f.opened]
	}
	switch t := f.talk; {
	case f.refusedLate(v):
		return "turned_away"
	case f.unconfirmed() != "":
		return "unconfirmed"
	case t != nil && t.story != nil && f.ignored():
		return "unanswered"
	}
	switch v.word {
	case "none", "unknown", "established", "resumed", "in_progress":
		return ""
	case "not_tls":
		if !r.expectsTLS(f) {
			return ""
		}
	}
	return v.word
}

func (t *traffic) fail(what string, r *reader, f *Flow) {
	i := slices.IndexFunc(t.failed, func(x failure) bool { return x.what == what })
	if i < 0 {
		i = len(t.failed)
		t.failed = append(t.failed, failure{what: what})
	}
	x := &t.failed[i]
	if x.times++; len(x.first) < fewFailed {
		x.first = append(x.first, r.notable("failed", f))
	}
}

func (r *reader) rank(reason int, value int64, f *Flow) {
	if k := &r.traffic.slow[reason]; k.takes(value) {
		n := r.notable(reasons[reason], f)
		n.Value = value
		k.add(n)
	}
}

func (r *reader) notable(why string, f *Flow) event.Notable {
	return event.Notable{Why: why, Text: string(r.text[r.lineFrom:]), First: f.firstPacket, Last: f.lastPacket}
}

// overview is what the report tells of the capture as a whole.
func (r *reader) overview() event.Traffic {
	t := &r.traffic
	o := event.Traffic{Connections: r.seen.Flows, TCP: r.seen.TCP, UDP: r.seen.UDP}
	add := func(what string, n int) {
		if n > 0 {
			o.Outcomes = append(o.Outcomes, event.Outcome{What: what, Times: n})
		}
	}
	for i := len(openWords) - 1; i >= 0; i-- {
		add(openWords[i], t.opened[i])
	}
	for i := range closeWords {
		add(closeWords[i], t.closed[i])
	}
	for _, word := range wordsInOrder {
		add("tls_"+word, t.tls[word])
	}
	o.Services, o.Left = r.serviceTable()
	slices.SortStableFunc(t.failed, func(a, b failure) int {
		return cmp.Or(b.times-a.times, cmp.Compare(a.first[0].First, b.first[0].First))
	})
	for _, x := range t.failed {
		for _, n := range x.first {
			n.What, n.Times = x.what, x.times
			o.Notable = append(o.Notable, n)
		}
	}
	for _, k := range t.slow {
		o.Notable = append(o.Notable, k...)
	}
	return o
}

// wordsInOrder are the words for how far TLS got, as a handshake goes on.
var wordsInOrder = []string{
	"established", "resumed", "in_progress", "unknown", "not_tls",
	"tcp_only_idle", "tcp_only_closed_by_client", "tcp_only_closed_by_server",
	"client_hello_partial", "client_hello_lost", "client_hello", "client_hello_reset",
	"server_hello", "client_silent_after_certificate", "server_silent_after_key_exchange", "client_silent_after_retry", "alert",
}

// serviceTable lists who was talked to, the busiest first.
func (r *reader) serviceTable() ([]event.Service, int) {
	var all []event.Service
	for i := range r.services.all {
		v := &r.services.all[i]
		s := event.Service{
			Server: string(v.at.append(nil)), Transport: "tcp", Protocol: v.protocol,
			Established: v.opened[established], Refused: v.opened[refused], NoAnswer: v.opened[noAnswer], NoFinalACK: v.opened[noFinalACK],
			TLS: v.tls, TLSEstablished: v.secured, TLSUnknown: v.unclear, Silent: v.alone, Plain: v.plain,
			ToServer: int64(v.bytes[client]), ToClient: int64(v.bytes[server]),
		}
		for _, n := range v.opened {
			s.Connections += n
		}
		if s.Connections == 0 {
			continue
		}
		s.Clients, s.Client = v.clients.told(s.Connections)
		all = append(all, s)
	}
	for at, b := range r.traffic.begun { // in any order: sorted below
		s := event.Service{
			Server: string(at.append(nil)), Transport: "tcp", Connections: b.times, Begun: b.times,
			ToServer: int64(b.bytes[client]), ToClient: int64(b.bytes[server]),
		}
		s.Clients, s.Client = b.clients.told(b.times)
		all = append(all, s)
	}
	all = append(all, r.datagrams.table()...)
	slices.SortStableFunc(all, func(a, b event.Service) int {
		return cmp.Or(b.Connections+b.Packets/2-a.Connections-a.Packets/2, cmp.Compare(a.Server, b.Server), cmp.Compare(a.Transport, b.Transport), a.Begun-b.Begun)
	})
	left := max(len(all)-mostServices, 0)
	return all[:len(all)-left], left
}

// callers are the hosts that used a service.
type callers struct {
	one    address
	others bool
	many   sketch
}

func (c *callers) add(a address) {
	if c.one == (address{}) {
		c.one = a
	}
	c.others = c.others || c.one != a
	c.many.add(scatter(endpoint{a, 0}))
}

// told returns how many there were, and the one where it was one.
func (c *callers) told(most int) (int, string) {
	if !c.others {
		return 1, c.one.netip().String()
	}
	return max(2, min(c.many.size(), most)), ""
}
