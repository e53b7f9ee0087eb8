package pcap

import (
	"math"
	"math/bits"
	"slices"

	"forensic/event"
)

const (
	maxHosts = 4096  // hosts whose attempts are followed
	maxPairs = 16384 // pairs of a host and a service

	scanTargets = 20  // different ports from which on a host scans, if hardly one answers
	floodHalf   = 100 // half-open connections from which on a port is flooded
	loopTimes   = 8   // connections from which on a host comes back again and again
)

// patterns follows who connects where, to tell a scan from a flood from a
// client that cannot get what it wants and comes back.
type patterns struct {
	hosts  map[address]*host
	pairs  map[pairKey]*pair
	floods map[endpoint]*flood
	full   int // hosts and pairs beyond the limits
}

// A host that opens connections.
type host struct {
	targets  sketch
	attempts int
	opened   int
	refused  int
	silent   int
	span
}

// A pair is one client host and one service.
type pairKey struct {
	client address
	server endpoint
}

type pair struct {
	pairKey
	host      *host // of the client, once one of its attempts is over
	times     int
	opened    int
	refused   int
	silent    int   // no answer
	wordless  int   // opened, and nothing was said
	short     int   // closed or failed within ten seconds
	latest    int64 // when the last one began
	gaps      int
	sum, sum2 float64 // of the intervals, in seconds
	span
}

// A flood counts half-open connections to a service by second.
type flood struct {
	half    int
	answer  int // of them, with an answer of the server
	clients sketch
	second  int64
	count   int
	peak    int
	span
}

// A span is where something stands in the capture.
type span struct {
	first, last    int64
	firstPacket    int
	lastPacket     int
	offset, endsAt int64
}

func (s *span) add(f *Flow) {
	if s.firstPacket == 0 || f.firstPacket < s.firstPacket {
		s.firstPacket, s.offset, s.first = f.firstPacket, f.firstOffset, f.first
	}
	s.lastPacket, s.endsAt = max(s.lastPacket, f.lastPacket), max(s.endsAt, f.lastEnd)
	s.last = max(s.last, f.last)
}

// A sketch estimates how many different things were added.
type sketch struct{ bits [16]uint64 }

func (s *sketch) add(h uint64) { s.bits[h>>6&15] |= 1 << (h & 63) }

func (s *sketch) size() int {
	set := 0
	for _, b := range s.bits {
		set += bits.OnesCount64(b)
	}
	const all = 1024
	if set == all {
		return 8 * all
	}
	return int(math.Round(-all * math.Log(1-float64(set)/all)))
}

func scatter(e endpoint) uint64 {
	return mix(e.hi^0x9e3779b97f4a7c15^uint64(e.port)<<17, e.lo^0xd6e8feb86659fd93)
}

// attempt notes that a connection was tried, when its first packet comes.
func (r *reader) attempt(f *Flow) {
	if f.opened == midstream {
		return
	}
	p := &r.patterns
	if p.pairs == nil {
		p.pairs, p.hosts, p.floods = make(map[pairKey]*pair), make(map[address]*host), make(map[endpoint]*flood)
	}
	c, s := f.key.end(client^f.client), f.key.end(server^f.client)
	key := pairKey{c.address, s}
	v := p.pairs[key]
	if v == nil {
		if len(p.pairs) >= maxPairs {
			p.full++
			return
		}
		v = &pair{pairKey: key}
		p.pairs[key] = v
	}
	f.pair = v
	if v.times > 0 {
		gap := float64(f.first-v.latest) / 1e9
		v.gaps++
		v.sum += gap
		v.sum2 += gap * gap
	}
	v.times++
	v.latest = f.first
}

// outcome notes what became of an attempt, when it is over.
func (r *reader) outcome(f *Flow) {
	p := &r.patterns
	if f.opened == midstream || p.pairs == nil {
		return
	}
	c, s := f.key.end(client^f.client), f.key.end(server^f.client)
	h := p.host(c.address, f.pair)
	if v := f.pair; v != nil {
		v.add(f)
		v.count(f)
	}
	if h != nil {
		h.targets.add(scatter(s))
		h.attempts++
		h.span.add(f)
		switch f.opened {
		case established:
			h.opened++
		case refused:
			h.refused++
		default:
			h.silent++
		}
	}
	if f.opened == noAnswer || f.opened == noFinalACK {
		p.flood(s, c, f)
	}
}

// host returns the host at an address, or nil where there are too many.
func (p *patterns) host(a address, v *pair) *host {
	if v != nil && v.host != nil {
		return v.host
	}
	h := p.hosts[a]
	if h == nil && len(p.hosts) < maxHosts {
		h = &host{}
		p.hosts[a] = h
	}
	if v != nil {
		v.host = h
	}
	return h
}

func (v *pair) count(f *Flow) {
	switch f.opened {
	case established:
		v.opened++
		if f.talk == nil {
			v.wordless++
		}
	case refused:
		v.refused++
	default:
		v.silent++
	}
	if f.closed != openAtEnd && f.last-f.first < 10*second || f.opened != established {
		v.short++
	}
}

func (p *patterns) flood(s, c endpoint, f *Flow) {
	v := p.floods[s]
	if v == nil {
		if len(p.floods) >= maxServices {
			p.full++
			return
		}
		v = &flood{}
		p.floods[s] = v
	}
	v.half++
	if f.opened == noFinalACK {
		v.answer++
	}
	v.clients.add(scatter(endpoint{c.address, 0}))
	if now := f.first / second; now != v.second {
		v.second, v.count = now, 0
	}
	v.count++
	v.peak = max(v.peak, v.count)
	v.span.add(f)
}

// tellPatterns tells what the attempts amount to, at the end.
func (r *reader) tellPatterns() {
	scanning := r.tellScans()
	flooded := r.tellFloods()
	r.tellLoops(scanning, flooded)
}

// tellScans tells hosts that tried many ports and got next to nothing.
func (r *reader) tellScans() map[address]bool {
	scanning := map[address]bool{}
	for _, a := range inOrder(r.patterns.hosts, (*host).scans, func(h *host) int { return h.firstPacket }) {
		h := r.patterns.hosts[a]
		targets := h.targets.size()
		scanning[a] = true
		r.event("flow.scan", nil, h.first)
		r.where(h.firstPacket, h.lastPacket, h.offset, h.endsAt)
		from := len(r.text)
		r.text = a.netip().AppendTo(r.text)
		r.cut(event.Client, from)
		r.number64("targets", int64(min(targets, h.attempts)))
		r.number64("attempts", int64(h.attempts))
		r.count("established", int64(h.opened))
		r.count("refused", int64(h.refused))
		r.count("unanswered", int64(h.silent))
		r.ms("duration_ms", h.last-h.first)
		r.line()
		r.text = a.netip().AppendTo(r.text)
		r.say(" tries many ports and hardly one answers")
		r.send()
	}
	return scanning
}

// tellFloods tells ports with many half-open connections and few real ones.
func (r *reader) tellFloods() map[endpoint]bool {
	flooded := map[endpoint]bool{}
	for _, s := range inOrder(r.patterns.floods, func(v *flood) bool { return v.half >= floodHalf }, func(v *flood) int { return v.firstPacket }) {
		v := r.patterns.floods[s]
		opened := 0
		if n := r.services.index[s]; n != 0 {
			opened = r.services.all[n-1].opened[established]
		}
		if v.peak < floodHalf/4 || v.half < 4*opened {
			continue
		}
		r.event("flow.flood", nil, v.first)
		r.where(v.firstPacket, v.lastPacket, v.offset, v.endsAt)
		r.endpoint(event.Server, s)
		r.number64("half_open", int64(v.half))
		r.number64("answered", int64(v.answer))
		r.number64("established", int64(opened))
		r.number64("clients", int64(min(v.clients.size(), v.half)))
		r.number64("peak_per_second", int64(v.peak))
		r.ms("duration_ms", v.last-v.first)
		r.line()
		r.text = s.append(r.text)
		r.say(" gets many SYNs that never become connections")
		r.send()
		flooded[s] = true
	}
	return flooded
}

// tellLoops tells clients that come back again and again. Who takes part in a
// flood or a scan is told there.
func (r *reader) tellLoops(scanning map[address]bool, flooded map[endpoint]bool) {
	for _, key := range inOrder(r.patterns.pairs, (*pair).loops, func(v *pair) int { return v.firstPacket }) {
		v := r.patterns.pairs[key]
		if scanning[key.client] || flooded[key.server] && v.opened+v.refused == 0 {
			continue
		}
		mean := v.sum / float64(v.gaps)
		deviation := math.Sqrt(max(v.sum2/float64(v.gaps)-mean*mean, 0))
		r.event("flow.loop", nil, v.first)
		r.where(v.firstPacket, v.lastPacket, v.offset, v.endsAt)
		from := len(r.text)
		r.text = key.client.netip().AppendTo(r.text)
		r.cut(event.Client, from)
		r.endpoint(event.Server, key.server)
		r.number64("times", int64(v.times))
		r.count("established", int64(v.opened))
		r.count("refused", int64(v.refused))
		r.count("unanswered", int64(v.silent))
		r.count("wordless", int64(v.wordless))
		r.ms("interval_ms", int64(mean*1e9))
		if mean > 0 {
			r.ms("variation", int64(deviation/mean*1e6))
		}
		r.ms("duration_ms", v.last-v.first)
		r.line()
		r.text = key.client.netip().AppendTo(r.text)
		r.say(" connects to ")
		r.text = key.server.append(r.text)
		r.say(" again and again, and gets nothing")
		r.send()
	}
}

// scans tells that a host tried many ports and hardly got anything.
func (h *host) scans() bool {
	return h.attempts >= scanTargets && h.opened*5 <= h.attempts && h.targets.size() >= scanTargets
}

// loops tells that a client came back again and again and mostly got nothing.
func (v *pair) loops() bool {
	return v.times >= loopTimes && (v.refused+v.silent+v.wordless)*2 >= v.times
}

// inOrder returns the keys of a map that matter, by where in the capture they
// began.
func inOrder[K comparable, V any](m map[K]V, matters func(V) bool, packet func(V) int) []K {
	var keys []K
	for k, v := range m {
		if packet(v) > 0 && matters(v) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b K) int { return packet(m[a]) - packet(m[b]) })
	return keys
}
